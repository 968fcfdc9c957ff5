//! The real binary, killed with `kill -9` while rules answer: each event is answered once, whatever dies.

use crate::{client::Visitor, killed, postgres, world::eventually};
use db::{Clock, Db, Options, sql};
use serde_json::json;
use std::time::Duration;

/// Asks until the program is gone.
async fn ask(client: Visitor, name: String) {
    for n in 0.. {
        let request = client.request("POST", "/api/support/tickets").json(&json!({ "title": format!("{name} {n}"), "description": "d" }));
        if request.send().await.is_err() {
            return;
        }
    }
}

async fn counts(options: &Options) -> (i64, i64, i64) {
    let db = Db::open(options, Clock::default()).await.unwrap();
    let query = sql!(
        "SELECT (SELECT COUNT(*) FROM tickets), (SELECT COUNT(*) FROM messages WHERE is_internal = TRUE),
         (SELECT COUNT(DISTINCT ticket_id) FROM messages WHERE is_internal = TRUE)"
    );
    let counts = db.read().await.unwrap().one(query).await.unwrap();
    db.close().await;
    counts
}

async fn killed_while_rules_answer(rounds: usize, database: Option<&str>) {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    killed::run(folder, database, &["user", "add", "ada@staff.test", "--name", "Ada", "--role", "admin"]).await;
    let scopes = ["--scope", "tickets:read", "--scope", "tickets:write"];
    let token = killed::run(folder, database, &[&["token", "add", "ada@staff.test", "--name", "kill"][..], &scopes].concat()).await;
    let options = killed::options(folder, database);
    let http = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(20)).build().unwrap();
    let client = |url: &str| Visitor::new(http.clone(), url).with_token(&token);
    let rule = json!({ "name": "Note it", "on": true, "when": ["ticket.created"], "then": [{ "do": "note", "with": "Seen." }] });

    for round in 0..rounds {
        let mut program = killed::start(folder, database).await;
        if round == 0 {
            client(&program.url).post("/api/support/rules", &rule).await.is(201);
        }
        let asking: Vec<_> = (0..4).map(|n| tokio::spawn(ask(client(&program.url), format!("R{round} C{n}")))).collect();
        tokio::time::sleep(Duration::from_millis(600 + 90 * round as u64)).await;
        program.child.start_kill().unwrap(); // SIGKILL
        program.child.wait().await.unwrap();
        for task in asking {
            task.await.unwrap();
        }
    }
    let mut program = killed::start(folder, database).await;
    eventually("every ticket was answered", || async {
        let (tickets, _, noted) = counts(&options).await;
        tickets == noted
    })
    .await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    let (tickets, notes, _) = counts(&options).await;
    program.child.start_kill().unwrap();
    program.child.wait().await.unwrap();

    assert!(tickets > 5, "only {tickets} tickets");
    assert_eq!(notes, tickets, "one note a ticket");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_while_rules_answer_on_sqlite_each_ticket_is_answered_once() {
    killed_while_rules_answer(4, None).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_while_rules_answer_on_postgresql_each_ticket_is_answered_once() {
    let (name, url) = postgres::database().await;
    killed_while_rules_answer(3, Some(&url)).await;
    postgres::drop_database(&name).await;
}
