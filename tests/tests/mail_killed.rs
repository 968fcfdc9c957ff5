//! Mail while the program is killed with `kill -9` again and again: what was acknowledged is there once, as it came, with one
//! fate; what was sent again because nobody answered is no second ticket.

use crate::{
    client::Visitor,
    killed::{run, start},
    mail_in::Letter,
    postgres,
    world::Dice,
};
use db::{Clock, Db, Options, sql};
use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

const MAILS: usize = 200;
const KILLS: usize = 10;
const CLIENTS: usize = 4;

/// Hands over its part of the mails, each until it is acknowledged, wherever the program is at that time.
async fn post(url: Arc<tokio::sync::RwLock<String>>, token: String, number: usize, done: Arc<AtomicUsize>) {
    for n in (number..MAILS).step_by(CLIENTS) {
        let letter = Letter { id: format!("{n}@killed.test"), ..Letter::of(&format!("s{n}@killed.test"), &format!("Mail {n}"), &format!("Text {n}")) };
        loop {
            let base = url.read().await.clone();
            let client = Visitor::new(reqwest::Client::builder().no_proxy().build().unwrap(), &base).with_token(&token);
            let request = client.request("POST", "/api/mail/inbound").header("content-type", "message/rfc822").body(letter.raw());
            match request.timeout(Duration::from_secs(5)).send().await {
                Ok(answer) if answer.status() == 201 => break,
                Ok(answer) => panic!("{}: {}", answer.status(), answer.text().await.unwrap_or_default()),
                Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
            }
        }
        done.fetch_add(1, Ordering::Relaxed);
    }
}

async fn killed(folder: &Path, database: Option<&str>, options: Options) {
    run(folder, database, &["user", "add", "ada@test", "--name", "Ada", "--role", "admin"]).await;
    let token = run(folder, database, &["token", "add", "ada@test", "--name", "x", "--scope", "tickets:write"]).await;
    let mut program = start(folder, database).await;
    let url = Arc::new(tokio::sync::RwLock::new(program.url.clone()));
    let done = Arc::new(AtomicUsize::new(0));
    let clients: Vec<_> = (0..CLIENTS).map(|number| tokio::spawn(post(Arc::clone(&url), token.clone(), number, Arc::clone(&done)))).collect();
    let mut dice = Dice(7);
    for _ in 0..KILLS {
        tokio::time::sleep(Duration::from_millis(40 + dice.next() % 150)).await;
        program.child.kill().await.unwrap();
        program = start(folder, database).await;
        *url.write().await = program.url.clone();
    }
    for client in clients {
        client.await.unwrap();
    }
    assert_eq!(done.load(Ordering::Relaxed), MAILS);
    let db = Db::open(&options, Clock::default()).await.unwrap();
    let mut looks = 0;
    while db.read().await.unwrap().one::<i64>(sql!("SELECT COUNT(*) FROM mails WHERE fate IS NULL")).await.unwrap() > 0 {
        looks += 1;
        assert!(looks < 400, "mails that a dead process left behind still wait after 40 s");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let mut conn = db.read().await.unwrap();
    let tickets: i64 = conn.one(sql!("SELECT COUNT(*) FROM tickets WHERE title LIKE 'Mail %'")).await.unwrap();
    let different: i64 = conn.one(sql!("SELECT COUNT(DISTINCT title) FROM tickets WHERE title LIKE 'Mail %'")).await.unwrap();
    assert_eq!((tickets, different), (200, 200), "each mail is one ticket");
    let fates: Vec<(String, i64)> = conn.all(sql!("SELECT fate, COUNT(*) FROM mails GROUP BY fate ORDER BY fate")).await.unwrap();
    assert!(fates.iter().all(|(fate, _)| fate == "NEW_TICKET" || fate == "DUPLICATE"), "{fates:?}");
    assert_eq!(fates.iter().find(|(fate, _)| fate == "NEW_TICKET").map(|(_, count)| *count), Some(200), "{fates:?}");
    drop(conn);
    db.close().await;
    program.child.kill().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_mail_is_lost_or_doubled_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    killed(folder.path(), None, Options::Sqlite(folder.path().join("support.sqlite"))).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_mail_is_lost_or_doubled_on_postgres() {
    let folder = tempfile::tempdir().unwrap();
    let (name, url) = postgres::database().await;
    killed(folder.path(), Some(&url), Options::postgres(&url)).await;
    postgres::drop_database(&name).await;
}
