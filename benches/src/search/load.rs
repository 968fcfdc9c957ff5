//! Times over many articles, made of sentences of the collection so that words are as frequent as in real texts, while
//! somebody writes.

use super::{
    collection::{Collection, Document},
    judge::{add, encode, ready, writer},
};
use crate::{
    Outcome,
    client::Client,
    report::{figure, line, median, quantile, wrong},
    requests::{read, read_beside},
    server::{Server, config},
    twin::Twin,
};
use serde_json::{Value, json};
use std::{
    path::Path,
    time::{Duration, Instant},
};
use tokio::task::JoinHandle;

/// Searches that are timed.
const SEARCHES: usize = 2_000;
/// Articles of one transaction.
const LOT: usize = 50;

/// Numbers that are the same in each run.
pub(super) struct Dice(pub(super) u64);

impl Dice {
    pub(super) fn below(&mut self, limit: usize) -> usize {
        // xorshift64*
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        usize::try_from(self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33).unwrap_or_default() % limit.max(1)
    }
}

/// An article of some sentences, and a word of its own.
pub(super) fn made(dice: &mut Dice, sentences: &[&str], titles: &[&str], n: usize) -> Document {
    let body: Vec<&str> = (0..6 + dice.below(14)).map(|_| sentences[dice.below(sentences.len())]).collect();
    Document {
        id: String::new(),
        title: format!("{} {n}", titles[dice.below(titles.len())]),
        labels: vec![format!("label{}", dice.below(400))],
        body: body.join(" "),
    }
}

async fn fill(data: &str, collection: &Collection, articles: usize) -> Outcome<String> {
    let opened = support::open(&config(data, "sqlite"), db::Clock::default()).await?;
    let mut tx = opened.app.db.write().await?;
    let (person, token) = writer(&mut tx).await?;
    tx.commit().await?;
    let sentences: Vec<&str> =
        collection.documents.iter().flat_map(|document| document.body.split_inclusive(['.', '。'])).filter(|sentence| sentence.len() > 20).collect();
    let titles: Vec<&str> = collection.documents.iter().map(|document| document.title.as_str()).collect();
    let (mut dice, actor) = (Dice(0x5eed), person.acting());
    let numbers: Vec<usize> = (0..articles).collect();
    for some in numbers.chunks(LOT) {
        let mut tx = opened.app.db.write().await?;
        for n in some {
            add(&mut tx, &actor, &made(&mut dice, &sentences, &titles, *n), None).await?;
        }
        tx.commit().await?;
    }
    opened.app.db.close().await;
    Ok(token)
}

pub(super) async fn measure(collection: &Collection, articles: usize) -> Outcome<()> {
    let folder = tempfile::tempdir()?;
    let data = folder.path().to_str().ok_or("the folder has a strange name")?;
    let token = fill(data, collection, articles).await?;
    let twin = Twin::of(data, "sqlite").await?;
    let (server, mut client) = built(data, &token).await?;
    let page = first_page(&mut client).await?;
    // an address with a query is never kept: its statements are what a page needs
    let anew = format!("{page}?made=now");
    read_beside("SQLite", "article page", &server, &token, (&page, &anew), "sqlite", &twin).await?;
    read("SQLite", "article page, made anew", &server, &token, &anew, "sqlite", &twin).await?;
    read("SQLite", "article page, beside the one statement that it sends", &server, &token, &page, "sqlite", &twin).await?;
    // the other one was silent for too long
    let mut client = Client::new(&server.address, &token).await?;
    let article = |n: u64| json!({ "title": format!("Written meanwhile {n}"), "content": "Some words that are read at once.", "status": "PUBLISHED" });
    let writing = tokio::spawn(write(server.address.clone(), token, "/api/knowledge/articles".to_owned(), article));
    let queries: Vec<String> = collection.queries.iter().map(|query| format!("/api/search?limit=10&q={}", encode(&query.text))).collect();
    times(&mut client, "searches while writing", &queries, Some(5.0), 30.0).await?;
    let begun: Vec<String> =
        collection.queries.iter().map(|query| format!("/search/suggestions?q={}", encode(&query.text.chars().take(9).collect::<String>()))).collect();
    times(&mut client, "suggestions while writing", &begun, Some(20.0), 60.0).await?;
    ended(&writing, &server)
}

/// Serves the folder, and tells how long its index takes and how large it is.
pub(super) async fn built(data: &str, token: &str) -> Outcome<(Server, Client)> {
    let (server, began) = (Server::spawn(&["serve", data, "sqlite"])?, Instant::now());
    let mut client = Client::new(&server.address, token).await?;
    ready(&mut client).await?;
    line(&format!("built in                                    {:>9.1} s", began.elapsed().as_secs_f64()));
    line(&format!("size of the index                           {:>9.1} MB", size(&Path::new(data).join("search"))));
    line(&format!("memory after building                       {:>9.1} MB", server.memory()));
    Ok((server, client))
}

/// Ends the writer, which must have written all the while.
pub(super) fn ended(writing: &JoinHandle<Outcome<()>>, server: &Server) -> Outcome<()> {
    if writing.is_finished() {
        return Err("the writer ended early".into());
    }
    writing.abort();
    line(&format!("memory after searching                      {:>9.1} MB", server.memory()));
    Ok(())
}

/// The path of an article that readers see.
async fn first_page(client: &mut Client) -> Outcome<String> {
    let (_, body) = client.get("/api/knowledge/articles?limit=1").await?;
    let told: Value = serde_json::from_slice(&body)?;
    Ok(format!("/a/{}", told["items"][0]["slug"].as_str().ok_or("there is no article")?))
}

/// How long each takes; `half` may take so long, 95 of 100 `most`.
pub(super) async fn times(client: &mut Client, what: &str, paths: &[String], half: Option<f64>, most: f64) -> Outcome<()> {
    let mut times = Vec::new();
    for turn in 0..SEARCHES {
        let path = &paths[turn % paths.len()];
        let began = Instant::now();
        let (status, body) = client.get(path).await?;
        times.push(began.elapsed().as_secs_f64() * 1_000.0);
        if status != 200 {
            return Err(format!("{path} answered {status}: {}", String::from_utf8_lossy(&body)).into());
        }
    }
    match half {
        Some(half) => figure(&format!("{what}, p50"), median(times.clone()), "ms", half, true),
        None => line(&format!("{what:<43} {:>9.1} ms, p50", median(times.clone()))),
    }
    figure(&format!("{what}, p95"), quantile(times, 0.95), "ms", most, true);
    Ok(())
}

/// Writes ten a second until it is ended, or something is refused.
pub(super) async fn write(address: String, token: String, path: String, body: impl Fn(u64) -> Value) -> Outcome<()> {
    let mut client = Client::new(&address, &token).await?;
    for n in 0.. {
        let (status, answer) = client.post(&path, &body(n).to_string()).await?;
        if !(200..300).contains(&status) {
            let error: Box<dyn std::error::Error + Send + Sync> = format!("{path} answered {status}: {}", String::from_utf8_lossy(&answer)).into();
            wrong(error.as_ref());
            return Err(error);
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "megabytes")]
fn size(folder: &Path) -> f64 {
    fn bytes(folder: &Path) -> u64 {
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        entries.map(|entry| if entry.path().is_dir() { bytes(&entry.path()) } else { entry.metadata().map_or(0, |data| data.len()) }).sum()
    }
    bytes(folder) as f64 / 1e6
}
