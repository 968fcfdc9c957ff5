//! Notices are made once for each event and person, and pushed once: through `kill -9`, and by two nodes at once.

use crate::{
    client::Visitor,
    killed,
    notices::change,
    postgres,
    receiver::Receiver,
    world::{World, eventually},
};
use db::{Clock, Db, Engine, sql};
use futures::future::join_all;
use kernel::Scope;
use serde_json::json;
use std::time::Duration;
use support::Config;

/// Replies until the program is gone.
async fn reply(client: Visitor, ticket: String) {
    loop {
        let request = client.request("POST", &format!("/api/support/tickets/{ticket}/messages")).json(&json!({ "content": "Hello?" }));
        if request.send().await.is_err() {
            return;
        }
    }
}

/// Replies of the customer, notices of them, and events and people that have more than one.
async fn counts(db: &Db) -> (i64, i64, i64) {
    let query = sql!(
        "SELECT (SELECT COUNT(*) FROM events WHERE kind = 'ticket.customer_replied'), (SELECT COUNT(*) FROM notices WHERE kind = 'customer_reply'),
         (SELECT COUNT(*) FROM (SELECT person_id, seq FROM notices GROUP BY person_id, seq HAVING COUNT(*) > 1) AS twice)"
    );
    db.read().await.unwrap().one(query).await.unwrap()
}

async fn killed_while_telling(rounds: usize, database: Option<&str>) {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let mut tokens = Vec::new();
    for (email, role) in [("ana@staff.test", "agent"), ("cleo@customer.test", "customer")] {
        killed::run(folder, database, &["user", "add", email, "--name", email.split('@').next().unwrap(), "--role", role]).await;
        let scopes = ["--scope", "tickets:read", "--scope", "tickets:write"];
        tokens.push(killed::run(folder, database, &[&["token", "add", email, "--name", "kill"][..], &scopes].concat()).await);
    }
    let http = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(20)).build().unwrap();
    let client = |url: &str, which: usize| Visitor::new(http.clone(), url).with_token(&tokens[which]);
    let mut ticket = String::new();
    for round in 0..rounds {
        let mut program = killed::start(folder, database).await;
        if round == 0 {
            client(&program.url, 1).asks("Printer").await["id"].as_str().unwrap().clone_into(&mut ticket);
            client(&program.url, 0).post(&format!("/api/support/tickets/{ticket}/claim"), &json!({})).await.is(200);
        }
        let replying: Vec<_> = (0..3).map(|_| tokio::spawn(reply(client(&program.url, 1), ticket.clone()))).collect();
        tokio::time::sleep(Duration::from_millis(700 + 110 * round as u64)).await;
        program.child.start_kill().unwrap(); // SIGKILL
        program.child.wait().await.unwrap();
        for task in replying {
            task.await.unwrap();
        }
    }
    let config = Config { rate_limits: false, listen: "127.0.0.1:0".parse().unwrap(), database_url: database.map(str::to_owned), ..Config::in_folder(folder) };
    let running = support::start(&config, Clock::default()).await.unwrap();
    let options = killed::options(folder, database);
    let db = Db::open(&options, Clock::default()).await.unwrap();
    let mut last = (0, 0, 1);
    for _ in 0..1_200 {
        last = counts(&db).await;
        if last.0 == last.1 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    db.close().await;
    running.stop().await;

    assert!(last.0 > 10, "only {} replies", last.0);
    assert_eq!((last.1, last.2), (last.0, 0), "each reply has its notice, and none has two");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_while_it_tells_on_sqlite_every_reply_has_one_notice() {
    killed_while_telling(4, None).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_while_it_tells_on_postgresql_every_reply_has_one_notice() {
    let (name, url) = postgres::database().await;
    killed_while_telling(3, Some(&url)).await;
    postgres::drop_database(&name).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_nodes_tell_each_event_once_and_mail_it_once() {
    let world = World::new(Engine::Postgres).await;
    let (cleo, sue, ana) = (world.customer("Cleo").await, world.supervisor("Sue").await, world.agent("Ana").await);
    let program = world.token(&sue, &[Scope::TicketsRead, Scope::TicketsWrite]).await;
    let other = support::start(&world.config, world.clock.clone()).await.unwrap();
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let there = Visitor::new(http, &format!("http://{}", other.address)).with_token(program.token().unwrap());
    let id = cleo.asks("Printer").await["id"].as_str().unwrap().to_owned();
    change(&sue, &id, json!({ "assignedTo": ana.id() })).await;

    join_all((0..40).map(|n| if n % 2 == 0 { &program } else { &there }).map(|at| at.notes(&id, "@ana look"))).await;
    let made = async || world.count(sql!("SELECT COUNT(*) FROM notices WHERE kind = 'mention'")).await;
    eventually("each is told", || async { made().await == 40 }).await;
    world.clock.advance(Duration::from_mins(3));
    eventually("all are mailed", || async { world.count(sql!("SELECT COUNT(*) FROM notice_deliveries WHERE state = 'SENT'")).await == 40 }).await;
    let (notices, mails) = (made().await, world.outbox().await.iter().filter(|mail| mail.text.contains("Sue mentioned you")).count());
    other.stop().await;
    world.end().await;

    assert_eq!((notices, mails), (40, 1), "forty notices, one mail");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_nodes_push_each_notice_once() {
    let world = World::new(Engine::Postgres).await;
    let (cleo, sue, ana) = (world.customer("Cleo").await, world.supervisor("Sue").await, world.agent("Ana").await);
    let other = support::start(&world.config, world.clock.clone()).await.unwrap();
    let receiver = Receiver::open().await;
    crate::push::adds(&ana, &receiver.at("push")).await;
    for n in 0..20 {
        let id = cleo.asks(&format!("Printer {n}")).await["id"].as_str().unwrap().to_owned();
        sue.notes(&id, "@ana look").await;
    }
    let count = async |state: &str| world.count(sql!("SELECT COUNT(*) FROM notice_deliveries WHERE channel = 'PUSH' AND state = $1", state)).await;
    eventually("each is told", || async { count("WAITING").await == 20 }).await;

    world.clock.advance(Duration::from_secs(11));

    eventually("all are pushed", || async { count("SENT").await == 20 }).await;
    let heard = receiver.heard("push").len();
    other.stop().await;
    world.end().await;
    assert_eq!(heard, 20, "each once");
}
