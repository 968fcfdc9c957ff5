//! nDCG@10 of both, by kind of query, with and without a slip.

use super::{
    collection::{Collection, Document, Query, ndcg, slip},
    fts::Fts,
};
use crate::{
    Outcome,
    client::Client,
    report::line,
    server::{Server, config},
};
use kernel::{Actor, Role};
use knowledge::{Article, State, Step, Wish};
use serde_json::Value;
use std::collections::BTreeMap;

/// Weights of title and labels that FTS5 is tuned over.
const TITLES: [f64; 6] = [1.0, 2.0, 3.0, 5.0, 8.0, 12.0];
const LABELS: [f64; 4] = [1.0, 2.0, 4.0, 6.0];

/// Figures of one kind of queries: ours, FTS5; both with a slip, and how many had one.
#[derive(Default)]
struct Sums {
    count: f64,
    ours: f64,
    fts: f64,
    slips: f64,
    before: f64,
    after: f64,
    fts_before: f64,
    fts_after: f64,
}

pub(super) async fn compare(collection: &Collection) -> Outcome<()> {
    let folder = tempfile::tempdir()?;
    let data = folder.path().to_str().ok_or("the folder has a strange name")?;
    let token = fill(data, &collection.documents).await?;
    let server = Server::spawn(&["serve", data, "sqlite"])?;
    let mut client = Client::new(&server.address, &token).await?;
    ready(&mut client).await?;
    let mut fts = Fts::of(&collection.documents).await?;
    let weights = tuned(&mut fts, &collection.queries).await?;
    let mut kinds: BTreeMap<&str, Sums> = BTreeMap::new();
    let mut weakest: Vec<(f64, String)> = Vec::new();
    for (turn, query) in collection.queries.iter().enumerate() {
        let ours = ndcg(&find(&mut client, &query.text).await?, &query.relevant);
        let theirs = ndcg(&fts.find(&query.text, weights).await?, &query.relevant);
        let slipped = match slip(&query.text, turn) {
            Some(text) => Some((ndcg(&find(&mut client, &text).await?, &query.relevant), ndcg(&fts.find(&text, weights).await?, &query.relevant))),
            None => None,
        };
        weakest.push((ours - theirs, format!("{ours:.2} for {theirs:.2}: {} ({})", query.text, query.kind)));
        for kind in [query.kind.as_str(), "~ all"] {
            let sums = kinds.entry(kind).or_default();
            sums.count += 1.0;
            sums.ours += ours;
            sums.fts += theirs;
            if let Some((after, fts_after)) = slipped {
                sums.slips += 1.0;
                sums.before += ours;
                sums.after += after;
                sums.fts_before += theirs;
                sums.fts_after += fts_after;
            }
        }
    }
    line(&format!("FTS5's bm25 at its best weights on these very queries: title {}, labels {}", weights.0, weights.1));
    line("kind            queries    nDCG@10     FTS5   one slip: loss    FTS5's");
    for (kind, sums) in &kinds {
        let loss = |before: f64, after: f64| if before > 0.0 { format!("{:.1} %", (1.0 - after / before) * 100.0) } else { "-".to_owned() };
        line(&format!(
            "{kind:<15} {:>7} {:>10.3} {:>8.3} {:>16} {:>9}",
            sums.count,
            sums.ours / sums.count,
            sums.fts / sums.count,
            loss(sums.before, sums.after),
            loss(sums.fts_before, sums.fts_after)
        ));
    }
    weakest.sort_by(|one, other| one.0.total_cmp(&other.0));
    line("Where FTS5 is better:");
    for (_, words) in weakest.iter().filter(|(difference, _)| *difference < -0.05).take(12) {
        line(&format!("  {words}"));
    }
    Ok(())
}

/// Who writes articles, and a token of theirs.
pub(super) async fn writer(tx: &mut db::Tx) -> Outcome<(accounts::Person, String)> {
    let bench = Actor::system("Bench");
    let person = accounts::Person::put(tx, &bench, "bench@example.com", "Bench", Role::Supervisor, None).await?;
    let token = accounts::Token::add(tx, &bench, person.id, "bench", &[kernel::Scope::KnowledgeRead, kernel::Scope::KnowledgeWrite], None).await?;
    Ok((person, token))
}

/// Makes an article of each document, published; answers a token.
async fn fill(data: &str, documents: &[Document]) -> Outcome<String> {
    let opened = support::open(&config(data, "sqlite"), db::Clock::default()).await?;
    let mut tx = opened.app.db.write().await?;
    let (person, token) = writer(&mut tx).await?;
    let actor = person.acting();
    for document in documents {
        add(&mut tx, &actor, document, Some(document.id.clone())).await?;
    }
    tx.commit().await?;
    opened.app.db.close().await;
    Ok(token)
}

pub(super) async fn add(tx: &mut db::Tx, actor: &Actor, document: &Document, external_id: Option<String>) -> Outcome<()> {
    let wish = Wish {
        title: Some(document.title.chars().take(160).collect()),
        content: Some(document.body.clone()),
        tags: Some(document.labels.iter().map(|label| label.to_lowercase()).collect()),
        external_id,
        ..Wish::default()
    };
    let article = Article::add(tx, actor, &wish).await?;
    article.go(tx, actor, &Step::to(article.version, State::Published)).await?;
    Ok(())
}

/// Waits until the index is whole.
pub(super) async fn ready(client: &mut Client) -> Outcome<()> {
    loop {
        let (_, body) = client.get("/readyz").await?;
        if serde_json::from_slice::<Value>(&body)?["search"] == "ok" {
            return Ok(());
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
}

async fn find(client: &mut Client, text: &str) -> Outcome<Vec<String>> {
    let (status, body) = client.get(&format!("/api/search?limit=10&q={}", encode(text))).await?;
    let found: Value = serde_json::from_slice(&body)?;
    if status != 200 {
        return Err(format!("'{text}' answered {status}: {found}").into());
    }
    Ok(found["items"].as_array().into_iter().flatten().map(|item| item["externalId"].as_str().unwrap_or_default().to_owned()).collect())
}

pub(super) fn encode(text: &str) -> String {
    text.bytes().map(|byte| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

/// The weights by which FTS5 does best on these queries: a floor as high as it can be.
async fn tuned(fts: &mut Fts, queries: &[Query]) -> Outcome<(f64, f64)> {
    let mut best = (f64::MIN, (1.0, 1.0));
    for title in TITLES {
        for labels in LABELS {
            let mut sum = 0.0;
            for query in queries {
                sum += ndcg(&fts.find(&query.text, (title, labels)).await?, &query.relevant);
            }
            if sum > best.0 {
                best = (sum, (title, labels));
            }
        }
    }
    Ok(best.1)
}
