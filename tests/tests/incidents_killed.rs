//! An update to hundreds of children by the real binary, killed with `kill -9` in the middle: it goes on by itself, and
//! each child has it exactly once.

use crate::{bulk_killed, client::Visitor, killed, postgres, world::eventually};
use db::{Clock, Db, Options, sql};
use serde_json::json;
use std::time::Duration;

const API: &str = "/api/support/tickets";

/// Makes the first ticket an incident and all others its children.
async fn linked(options: &Options) -> String {
    let db = Db::open(options, Clock::default()).await.unwrap();
    let mut tx = db.write().await.unwrap();
    let incident: uuid::Uuid = tx.one(sql!("SELECT id FROM tickets ORDER BY number LIMIT 1")).await.unwrap();
    let children: Vec<uuid::Uuid> = tx.all(sql!("SELECT id FROM tickets WHERE id <> $1", incident)).await.unwrap();
    for child in children {
        tx.run(sql!(
            "INSERT INTO ticket_links (id, from_id, to_id, kind, created_by, created_at) VALUES ($1, $2, $3, 'PARENT', 'Test', 0)",
            uuid::Uuid::now_v7(),
            incident,
            child
        ))
        .await
        .unwrap();
    }
    tx.commit().await.unwrap();
    db.close().await;
    incident.to_string()
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
    bulk_killed::filled(&options, bulk_killed::amount()).await;
    let incident = linked(&options).await;
    let http = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(20)).build().unwrap();

    let mut program = killed::start(folder, database).await;
    let ana = Visitor::new(http.clone(), &program.url).with_token(&token);
    ana.put(&format!("{API}/{incident}/incident"), &json!({})).await.is(200);
    let path = ana.post(&format!("{API}/{incident}/updates"), &json!({ "content": "Once", "status": "RESOLVED" })).await.is(202).header("location").to_owned();
    eventually("it is at work", || async { ana.get(&path).await.json()["sent"].as_i64().unwrap() > 100 }).await;
    program.child.start_kill().unwrap(); // SIGKILL
    program.child.wait().await.unwrap();
    let program = killed::start(folder, database).await;
    let ana = Visitor::new(http, &program.url).with_token(&token);
    let after_kill = ana.get(&path).await.is(200).json();
    let mut done = after_kill.clone();
    for _ in 0..480 {
        done = ana.get(&path).await.json();
        if done["state"] == "DONE" {
            break;
        }
        tokio::time::sleep(Duration::from_millis(250)).await;
    }

    let children = i64::try_from(bulk_killed::amount()).unwrap() - 1;
    assert!(after_kill["sent"].as_i64().unwrap() < children, "it was killed in the middle: {after_kill}");
    assert_eq!((done["state"].as_str(), done["sent"].as_i64(), done["missed"].as_i64()), (Some("DONE"), Some(children), Some(0)));
    let db = killed::left_by(program, &options).await;
    let mut conn = db.read().await.unwrap();
    let counts: (i64, i64, i64, i64) = conn
        .one(sql!(
            "SELECT (SELECT COUNT(*) FROM messages WHERE source = 'Once'), (SELECT COUNT(DISTINCT ticket_id) FROM messages WHERE source = 'Once'),
             (SELECT COUNT(*) FROM events WHERE kind = 'ticket.replied'), (SELECT COUNT(*) FROM tickets WHERE status = 'RESOLVED')"
        ))
        .await
        .unwrap();
    let all = children + 1;
    assert_eq!(counts, (all, all, all, all), "each child once, and the incident itself");
    drop(conn);
    db.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_update_killed_in_the_middle_goes_on_and_reaches_each_child_once_on_sqlite() {
    killed_in_the_middle(None).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_update_killed_in_the_middle_goes_on_and_reaches_each_child_once_on_postgresql() {
    let (name, url) = postgres::database().await;
    killed_in_the_middle(Some(&url)).await;
    postgres::drop_database(&name).await;
}
