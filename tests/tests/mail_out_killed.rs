//! The real binary sends, killed with `kill -9` again and again: each reply that was acknowledged reaches the server, and what
//! is repeated is what a connection was about to write down, with the same Message-ID.

use crate::{client::Visitor, killed, postgres, smtp::Smtp, world::eventually};
use db::{Clock, Db, Options, sql};
use serde_json::json;
use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    time::Duration,
};

const KILLS: usize = 3;
const LINES: usize = 2;

async fn sent_through_kills(database: Option<&str>) {
    let folder = tempfile::tempdir().unwrap();
    let folder: &Path = folder.path();
    let mut tokens = Vec::new();
    for (email, role) in [("cleo@customer.test", "customer"), ("ada@staff.test", "admin")] {
        killed::run(folder, database, &["user", "add", email, "--name", email, "--role", role]).await;
        tokens.push(killed::run(folder, database, &["token", "add", email, "--name", "kill", "--scope", "tickets:read", "--scope", "tickets:write"]).await);
    }
    let options = killed::options(folder, database);
    let (smtp, http) = (Smtp::start().await, reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(20)).build().unwrap());
    let (mut said, mut ticket) = (BTreeSet::new(), String::new());
    for round in 0..=KILLS {
        let mut program = killed::start(folder, database).await;
        let (cleo, ada) = (Visitor::new(http.clone(), &program.url).with_token(&tokens[0]), Visitor::new(http.clone(), &program.url).with_token(&tokens[1]));
        if round == 0 {
            let mailbox = ada.post("/api/mail/mailboxes", &json!({ "address": "support@help.test", "name": "Support", "isOn": true })).await.is(201).id();
            let how = json!({ "host": "127.0.0.1", "port": smtp.port, "security": "NONE", "mostAtOnce": LINES, "mostAMinute": 10_000 });
            ada.put(&format!("/api/mail/mailboxes/{mailbox}/sending"), &how).await.is(200);
            cleo.asks("Printer").await["id"].as_str().unwrap().clone_into(&mut ticket);
        }
        if round < KILLS {
            let (before, mut n) = (smtp.seen().len(), 0);
            while smtp.seen().len() < before + 15 {
                let text = format!("Reply {round}.{n}.");
                ada.post(&format!("/api/support/tickets/{ticket}/messages"), &json!({ "content": text })).await.is(201);
                said.insert(text);
                n += 1;
            }
        } else {
            eventually("all are out", || async { texts(&smtp).len() >= said.len() }).await;
        }
        program.child.start_kill().unwrap(); // SIGKILL
        program.child.wait().await.unwrap();
        time_passes(&options).await;
    }

    let mut by_id = BTreeMap::<String, BTreeSet<String>>::new();
    for mail in smtp.seen() {
        by_id.entry(mail.header("Message-ID")).or_default().insert(text(&mail.mail().text));
    }
    assert_eq!(texts(&smtp), said, "each reply is out");
    assert!(by_id.values().all(|texts| texts.len() == 1), "a Message-ID is one mail");
    assert_eq!(by_id.len(), said.len(), "a mail has one Message-ID");
    let repeats = smtp.seen().len() - said.len();
    assert!(repeats <= KILLS * LINES, "{repeats} were repeated");
}

/// The first line of a reply.
fn text(whole: &str) -> String {
    whole.lines().find(|line| line.starts_with("Reply ")).unwrap_or_default().to_owned()
}

fn texts(smtp: &Smtp) -> BTreeSet<String> {
    smtp.seen().iter().map(|mail| text(&mail.mail().text)).collect()
}

/// What a dead process had taken is free again after its lease; here at once.
async fn time_passes(options: &Options) {
    let db = Db::open(options, Clock::default()).await.unwrap();
    let mut tx = db.write().await.unwrap();
    tx.run(sql!("UPDATE sendings SET next_at = 0 WHERE state = 'SENDING'")).await.unwrap();
    tx.commit().await.unwrap();
    db.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn replies_go_out_through_kills_on_sqlite() {
    sent_through_kills(None).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn replies_go_out_through_kills_on_postgresql() {
    let (name, url) = postgres::database().await;
    sent_through_kills(Some(&url)).await;
    postgres::drop_database(&name).await;
}
