//! A bulk change of the real binary, killed with `kill -9` in the middle: it goes on by itself and does nothing twice.

use crate::{
    bulk::BULK,
    client::Visitor,
    killed, postgres,
    world::{eventually, sized},
};
use db::{Clock, Db, Options, sql};
use serde_json::json;
use std::time::Duration;

pub fn amount() -> usize {
    sized(2_000, 800)
}

/// Puts tickets there before the program starts.
pub async fn filled(options: &Options, tickets: usize) {
    let db = Db::open(options, Clock::default()).await.unwrap();
    let mut tx = db.write().await.unwrap();
    let cleo = accounts::Person::by_email(&mut tx, "cleo@customer.test").await.unwrap().unwrap();
    let actor = kernel::Actor::system("Test");
    for n in 0..tickets {
        let new = tickets::NewTicket {
            title: format!("T{n}"),
            content: tickets::Body::markdown("d"),
            category: tickets::Category::Bug,
            priority: tickets::Priority::Low,
            channel: tickets::Channel::Web,
            cc: Vec::new(),
            tags: Vec::new(),
            assignee: None,
            team: None,
            follows: None,
            file_keys: Vec::new(),
        };
        tickets::Ticket::create(&mut tx, &actor, &cleo, new).await.unwrap();
    }
    tx.commit().await.unwrap();
    db.close().await;
}

async fn killed_in_the_middle(database: Option<&str>) {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    for (email, role) in [("cleo@customer.test", "customer"), ("ana@staff.test", "agent")] {
        killed::run(folder, database, &["user", "add", email, "--name", email, "--role", role]).await;
    }
    let token =
        killed::run(folder, database, &["token", "add", "ana@staff.test", "--name", "kill", "--scope", "tickets:read", "--scope", "tickets:write"]).await;
    let options = killed::options(folder, database);
    filled(&options, amount()).await;
    let http = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(20)).build().unwrap();

    let mut program = killed::start(folder, database).await;
    let ana = Visitor::new(http.clone(), &program.url).with_token(&token);
    let id = ana.post(BULK, &json!({ "matching": "view=all", "status": "PENDING", "note": "Once", "addTags": ["bulk"] })).await.is(202).id();
    let path = format!("{BULK}/{id}");
    eventually("it is at work", || async { ana.get(&path).await.json()["done"].as_i64().unwrap() > 100 }).await;
    program.child.start_kill().unwrap(); // SIGKILL
    program.child.wait().await.unwrap();
    let program = killed::start(folder, database).await;
    let ana = Visitor::new(http, &program.url).with_token(&token);
    let after_kill = ana.get(&path).await.is(200).json();
    let mut done = after_kill.clone();
    for _ in 0..240 {
        done = ana.get(&path).await.json();
        if done["state"] == "DONE" {
            break;
        }
        tokio::time::sleep(Duration::from_millis(250)).await;
    }

    let total = i64::try_from(amount()).unwrap();
    assert!(after_kill["done"].as_i64().unwrap() < total, "it was killed in the middle: {after_kill}");
    assert_eq!((done["state"].as_str(), done["done"].as_i64(), done["refused"].as_i64()), (Some("DONE"), Some(total), Some(0)));
    let db = killed::left_by(program, &options).await;
    let mut conn = db.read().await.unwrap();
    let counts: (i64, i64, i64, i64) = conn
        .one(sql!(
            "SELECT (SELECT COUNT(*) FROM tickets WHERE status = 'PENDING'), (SELECT COUNT(*) FROM ticket_tags WHERE tag = 'bulk'),
             (SELECT COUNT(*) FROM messages WHERE is_internal = TRUE), (SELECT COUNT(*) FROM events WHERE kind = 'ticket.status_changed')"
        ))
        .await
        .unwrap();
    assert_eq!(counts, (total, total, total, total), "each ticket once: status, tag, note, event");
    drop(conn);
    db.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bulk_killed_in_the_middle_goes_on_and_does_nothing_twice_on_sqlite() {
    killed_in_the_middle(None).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bulk_killed_in_the_middle_goes_on_and_does_nothing_twice_on_postgresql() {
    let (name, url) = postgres::database().await;
    killed_in_the_middle(Some(&url)).await;
    postgres::drop_database(&name).await;
}
