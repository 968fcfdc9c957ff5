//! Searches and pages over very many tickets, six messages each, made of sentences of the collection, while somebody writes.

use super::{
    collection::Collection,
    judge::encode,
    load::{built, ended, times, write},
};
use crate::{
    Outcome,
    fill::{Texts, fill_with},
    report::line,
};
use serde_json::json;
use std::{fmt::Write as _, time::Instant};

/// Messages of a ticket; the last is a note at every fourth.
const MESSAGES: i64 = 6;
/// Steps from the sentence of one ticket, message and place to the next: primes, so that each combination is another.
const STEPS: (i64, i64, i64) = (7_919, 104_729, 611_953);

/// Sentences and titles in tables, and messages of three sentences each.
fn texts(collection: &Collection) -> Texts {
    let plain = |text: &&str| text.len() > 20 && !text.contains(['<', '&', '\0']);
    let sentences: Vec<&str> =
        collection.documents.iter().flat_map(|document| document.body.split_inclusive(['.', '。'])).map(str::trim).filter(plain).collect();
    let titles: Vec<&str> = collection.documents.iter().map(|document| document.title.as_str()).filter(|title| !title.contains(['<', '&', '\0'])).collect();
    let table = |name: &str, rows: &[&str]| {
        let mut insert = format!("INSERT INTO {name} VALUES ");
        for (n, text) in rows.iter().enumerate() {
            let _ = write!(insert, "{}({n}, '{}')", if n == 0 { "" } else { ", " }, text.replace('\'', "''"));
        }
        [format!("CREATE TABLE {name} (n INTEGER PRIMARY KEY, text TEXT NOT NULL)"), insert]
    };
    let (count, (ticket, message, place)) = (sentences.len(), STEPS);
    let sentence =
        |m: i64, p: i64| format!("(SELECT text FROM bench_sentences WHERE n = (i * {ticket} + {m} * {message} + {p} * {place} + i / {count} * {p}) % {count})");
    let said = |m: i64| format!("({} || ' ' || {} || ' ' || {})", sentence(m, 1), sentence(m, 2), sentence(m, 3));
    Texts {
        before: table("bench_sentences", &sentences).into_iter().chain(table("bench_titles", &titles)).collect(),
        title: format!("((SELECT text FROM bench_titles WHERE n = i * {ticket} % {}) || ' ' || i)", titles.len()),
        messages: (0..MESSAGES).map(|m| (said(m), if m == MESSAGES - 1 { "i % 4 = 0".to_owned() } else { "FALSE".to_owned() })).collect(),
    }
}

pub(super) async fn measure(collection: &Collection, tickets: i64) -> Outcome<()> {
    let folder = tempfile::tempdir()?;
    let data = folder.path().to_str().ok_or("the folder has a strange name")?;
    let began = Instant::now();
    let filled = fill_with(data, "sqlite", tickets, &texts(collection)).await?;
    line(&format!("filled in                                   {:>9.1} s", began.elapsed().as_secs_f64()));
    let (server, mut client) = built(data, &filled.token).await?;
    let note = |n: u64| json!({ "content": format!("Some words that are read at once, {n}."), "internal": true });
    let messages = format!("/api/support/tickets/{}/messages", filled.ticket);
    let writing = tokio::spawn(write(server.address.clone(), filled.token.clone(), messages, note));
    // a list takes no longer words than these
    let short = collection.queries.iter().filter(|query| query.text.chars().count() <= 200);
    let each = |path: &str| short.clone().map(|query| format!("{path}{}", encode(&query.text))).collect::<Vec<_>>();
    times(&mut client, "searches while writing", &each("/api/search?limit=10&q="), None, 150.0).await?;
    times(&mut client, "lists with words while writing", &each("/api/support/tickets?limit=50&q="), None, 150.0).await?;
    times(&mut client, "lists while writing", &["/api/support/tickets?limit=50".to_owned()], None, 100.0).await?;
    times(&mut client, "tickets while writing", &[format!("/api/support/tickets/{}", filled.ticket)], None, 100.0).await?;
    ended(&writing, &server)
}
