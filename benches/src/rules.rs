//! What rules add to a create: the same creates, in turns, by a program without rules and by one with fifty that are on.
//! None of them fires, as nearly always; all that listen are asked, and why they did not fire is written down.

use crate::{
    Outcome,
    client::Client,
    cpu, fill,
    report::{figure, line, median, quantile},
    requests::backends,
    server::{Server, config},
    writers::CREATE,
};
use kernel::{Actor, Result};
use serde_json::{Value, json};
use std::time::Duration;

/// Rules that are on.
const RULES: u32 = 50;
/// Creates of one turn, and turns.
const CREATES: u32 = 50;
const TURNS: usize = 40;
/// The tickets that are there before.
const TICKETS: i64 = 1_000;
/// Within this time all that a create sets off is done.
const SETTLED: Duration = Duration::from_millis(400);

/// A rule that some events set off and whose conditions are of every usual kind.
fn rule(n: u32) -> Value {
    let when = if n % 5 == 4 { json!(["ticket.customer_replied", "ticket.status_changed"]) } else { json!(["ticket.created", "ticket.priority_changed"]) };
    let any = json!([{ "field": "subject", "op": "contains", "value": format!("word {n}") }, { "field": "tags", "op": "any_of", "value": [format!("tag-{n}"), "urgent"] }]);
    json!({ "when": when, "if": { "all": [{ "field": "category", "op": "any_of", "value": ["BUG", "BILLING"] }, { "field": "channel", "op": "is", "value": "web" }, { "any": any }] }, "then": [{ "do": "set_priority", "with": "URGENT" }] })
}

async fn add_rules(data: &str, database: &str) -> Outcome<()> {
    let opened = support::open(&config(data, database), db::Clock::default()).await?;
    let mut tx = opened.app.db.write().await?;
    let catalog = automation::Catalog::of(&mut tx, &opened.app.domains, "ticket").await?;
    for n in 0..RULES {
        let wish = automation::Wish { name: format!("Rule {n}"), is_on: true, stops: false, definition: rule(n) };
        let added: Result<_> = automation::Rule::add(&mut tx, &Actor::system("Bench"), &wish, &catalog).await;
        added?;
    }
    tx.commit().await?;
    opened.app.db.close().await;
    Ok(())
}

/// A program at work on a database of its own.
struct House {
    server: Server,
    client: Client,
    url: String,
    _folder: tempfile::TempDir,
}

impl House {
    async fn new(url: String, has_rules: bool) -> Outcome<Self> {
        let folder = tempfile::tempdir()?;
        let data = folder.path().to_str().ok_or("the folder has a strange name")?;
        let filled = fill::fill(data, &url, TICKETS).await?;
        if has_rules {
            add_rules(data, &url).await?;
        }
        let server = Server::spawn(&["serve", data, &url])?;
        let client = Client::new(&server.address, &filled.token).await?;
        Ok(Self { server, client, url, _folder: folder })
    }

    /// CPU of one create with all that it sets off, in the program and in the engine, in microseconds.
    async fn turn(&mut self) -> Outcome<f64> {
        let serving = backends(&self.url).await?;
        let before = self.server.cpu() + cpu::of_postgres(&serving);
        for _ in 0..CREATES {
            let (status, body) = self.client.post("/api/support/tickets", CREATE).await?;
            if status != 201 {
                return Err(format!("a create answered {status}: {}", String::from_utf8_lossy(&body)).into());
            }
        }
        tokio::time::sleep(SETTLED).await;
        Ok((self.server.cpu() + cpu::of_postgres(&serving) - before) / f64::from(CREATES))
    }
}

/// Both take turns, and each turn has its own ratio: what slows the machine for a while slows both.
pub(crate) async fn measure(name: &str, without: String, with: String) -> Outcome<()> {
    let (mut bare, mut ruled) = (House::new(without, false).await?, House::new(with, true).await?);
    let (mut ratios, mut bares, mut ruleds) = (Vec::new(), Vec::new(), Vec::new());
    for turn in 0..=TURNS {
        let (one, other) = (bare.turn().await?, ruled.turn().await?);
        // the first turn warms both
        if turn > 0 {
            ratios.push(other / one);
            bares.push(one);
            ruleds.push(other);
        }
    }
    line(&format!(
        "       {name}: a create {:.0} us CPU without rules, {:.0} with {RULES}; of ten turns eight from {:.2} to {:.2} x",
        median(bares),
        median(ruleds),
        quantile(ratios.clone(), 0.1),
        quantile(ratios.clone(), 0.9)
    ));
    figure(&format!("{name}: CPU per create with {RULES} rules / without"), median(ratios), "x", 1.3, true);
    Ok(())
}
