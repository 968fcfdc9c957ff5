//! The real program, killed with `kill -9` while it counts: it goes on where it was, and counts nothing twice.

use crate::{bulk_killed::filled, killed, postgres};
use analytics::Fact;
use db::{Clock, Db, sql};
use std::{path::Path, time::Duration};

/// Some lots: three kills fall between the first and the last.
const TICKETS: usize = 2_000;

/// Waits until so many tickets are counted; answers how many are.
async fn counted(db: &Db, least: usize) -> usize {
    for _ in 0..6_000 {
        let count: i64 = db.read().await.unwrap().one(sql!("SELECT COUNT(*) FROM analytics_places")).await.unwrap();
        let count = usize::try_from(count).unwrap();
        if count >= least {
            return count;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("{least} tickets are not counted after a minute");
}

async fn facts(db: &Db) -> Vec<Fact> {
    let mut facts = analytics::facts(&mut db.read().await.unwrap()).await.unwrap();
    facts.sort_by_key(|fact| fact.id);
    facts
}

async fn killed_while_counting(folder: &Path, database: Option<&str>) {
    killed::run(folder, database, &["user", "add", "cleo@customer.test", "--name", "Cleo", "--role", "customer"]).await;
    let options = killed::options(folder, database);
    filled(&options, TICKETS).await;
    let db = Db::open(&options, Clock::default()).await.unwrap();

    let mut seen = Vec::new();
    for _ in 0..3 {
        let mut program = killed::start(folder, database).await;
        seen.push(counted(&db, seen.last().copied().unwrap_or(0) + 1).await);
        program.child.start_kill().unwrap(); // SIGKILL
        program.child.wait().await.unwrap();
    }
    let mut program = killed::start(folder, database).await;
    counted(&db, TICKETS).await;
    program.child.start_kill().unwrap();
    program.child.wait().await.unwrap();

    assert!(seen[0] < TICKETS, "it was killed in the middle: {seen:?}");
    let live = facts(&db).await;
    assert_eq!(live.len(), TICKETS, "each once");
    let said = killed::run(folder, database, &["analytics", "rebuild"]).await;
    assert!(said.starts_with(&format!("{TICKETS} tickets counted")), "{said}");
    assert_eq!(facts(&db).await, live);
    db.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn counting_killed_in_the_middle_goes_on_and_counts_nothing_twice_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    killed_while_counting(folder.path(), None).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn counting_killed_in_the_middle_goes_on_and_counts_nothing_twice_on_postgresql() {
    let folder = tempfile::tempdir().unwrap();
    let (name, url) = postgres::database().await;
    killed_while_counting(folder.path(), Some(&url)).await;
    postgres::drop_database(&name).await;
}
