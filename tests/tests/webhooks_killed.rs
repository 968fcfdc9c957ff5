//! The real binary, killed with `kill -9` while it sends: every event is delivered, and what comes twice says so by its id.
//! And two of them at once: nothing comes twice.

use crate::{
    client::Visitor,
    killed, postgres,
    receiver::{API, Receiver, webhook},
    world::{World, eventually},
};
use db::{Clock, Db, Engine, sql};
use futures::future::join_all;
use kernel::Scope;
use serde_json::json;
use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};
use support::Config;

/// Asks until the program is gone.
async fn ask(client: Visitor, name: String) {
    for n in 0.. {
        let request = client.request("POST", "/api/support/tickets").json(&json!({ "title": format!("{name} {n}"), "description": "d" }));
        if request.send().await.is_err() {
            return;
        }
    }
}

/// Tickets, deliveries of their coming in, and those that did not arrive yet.
async fn counts(db: &Db) -> (i64, i64, i64) {
    let query = sql!(
        "SELECT (SELECT COUNT(*) FROM tickets), (SELECT COUNT(DISTINCT seq) FROM webhook_deliveries WHERE kind = 'ticket.created'),
         (SELECT COUNT(*) FROM webhook_deliveries WHERE state <> 'DELIVERED')"
    );
    db.read().await.unwrap().one(query).await.unwrap()
}

async fn killed_while_sending(rounds: usize, database: Option<&str>) {
    let (folder, receiver) = (tempfile::tempdir().unwrap(), Receiver::open().await);
    let folder = folder.path();
    std::fs::write(folder.join("support.toml"), "[outgoing]\nprivate = [\"127.0.0.1\"]\nhttp = true\n").unwrap();
    killed::run(folder, database, &["user", "add", "ada@staff.test", "--name", "Ada", "--role", "admin"]).await;
    let scopes = ["--scope", "tickets:read", "--scope", "tickets:write"];
    let token = killed::run(folder, database, &[&["token", "add", "ada@staff.test", "--name", "kill"][..], &scopes].concat()).await;
    let http = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(20)).build().unwrap();
    let client = |url: &str| Visitor::new(http.clone(), url).with_token(&token);

    for round in 0..rounds {
        let mut program = killed::start(folder, database).await;
        if round == 0 {
            client(&program.url).post(API, &json!({ "name": "Hook", "url": receiver.at("hook"), "events": ["ticket.created"], "on": true })).await.is(201);
        }
        let asking: Vec<_> = (0..4).map(|n| tokio::spawn(ask(client(&program.url), format!("R{round} C{n}")))).collect();
        tokio::time::sleep(Duration::from_millis(900 + 90 * round as u64)).await;
        program.child.start_kill().unwrap(); // SIGKILL
        program.child.wait().await.unwrap();
        for task in asking {
            task.await.unwrap();
        }
    }
    // a minute later, so that what the dead had in hand is free
    let clock = Clock::default();
    clock.advance(Duration::from_mins(1));
    let config = Config {
        rate_limits: false,
        listen: "127.0.0.1:0".parse().unwrap(),
        database_url: database.map(str::to_owned),
        outgoing: fetch::Rules { private: vec!["127.0.0.1".parse().unwrap()], http: true },
        ..Config::in_folder(folder)
    };
    let running = support::start(&config, clock).await.unwrap();
    let options = killed::options(folder, database);
    let db = Db::open(&options, Clock::default()).await.unwrap();
    let mut last = (0, 0, 1);
    for _ in 0..2_400 {
        last = counts(&db).await;
        if last.0 == last.1 && last.2 == 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    let tickets: Vec<uuid::Uuid> = db.read().await.unwrap().all(sql!("SELECT id FROM tickets")).await.unwrap();
    db.close().await;
    running.stop().await;

    let mut ids: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for heard in receiver.heard("hook") {
        let ticket = heard.json()["data"]["ticket"]["id"].as_str().unwrap().to_owned();
        ids.entry(ticket).or_default().insert(heard.header("webhook-id").to_owned());
    }
    assert_eq!((last.0, last.2), (last.1, 0), "each ticket has its delivery, and all arrived");
    assert!(tickets.len() > 10, "only {} tickets", tickets.len());
    assert!(tickets.iter().all(|id| ids.contains_key(&id.to_string())), "{} of {} tickets were told", ids.len(), tickets.len());
    assert!(ids.values().all(|ids| ids.len() == 1), "what came twice has one webhook-id");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_while_it_sends_on_sqlite_every_event_is_delivered() {
    killed_while_sending(4, None).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_while_it_sends_on_postgresql_every_event_is_delivered() {
    let (name, url) = postgres::database().await;
    killed_while_sending(3, Some(&url)).await;
    postgres::drop_database(&name).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_nodes_send_each_event_once() {
    let (world, receiver) = (World::new(Engine::Postgres).await, Receiver::open().await);
    let ada = world.admin("Ada").await;
    webhook(&ada, &receiver.at("hook"), json!({ "events": ["ticket.created"] })).await;
    let program = world.token(&ada, &[Scope::TicketsRead, Scope::TicketsWrite]).await;
    let other = support::start(&world.config, world.clock.clone()).await.unwrap();
    let there = Visitor::new(reqwest::Client::builder().no_proxy().build().unwrap(), &format!("http://{}", other.address)).with_token(program.token().unwrap());

    join_all((0..40).map(|n| if n % 2 == 0 { &program } else { &there }.asks_with(json!({ "title": format!("T{n}"), "description": "d" })))).await;
    eventually("all are delivered", || async { world.count(sql!("SELECT COUNT(*) FROM webhook_deliveries WHERE state = 'DELIVERED'")).await == 40 }).await;
    let heard = receiver.hears("hook", 40).await;
    other.stop().await;
    world.end().await;

    assert_eq!(heard.iter().map(|one| one.header("webhook-id").to_owned()).collect::<BTreeSet<_>>().len(), 40);
}
