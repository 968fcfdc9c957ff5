//! The real program, killed with `kill -9` again and again while it fetches, or left alone by its database: each mail is kept once
//! and has one fate.

use crate::{
    client::Visitor,
    cluster::Cluster,
    dovecot::Dovecot,
    killed,
    mail_fetch::source,
    mail_in::{Letter, SUPPORT},
    postgres,
    world::Dice,
};
use db::{Clock, Db, Options, sql};
use serde_json::json;
use std::{path::Path, time::Duration};

const MAILS: u32 = 1_000;
const KILLS: u64 = 30;

async fn counts(db: &Db) -> (i64, i64, i64, i64, i64) {
    let query = sql!(
        "SELECT (SELECT COUNT(*) FROM mails), (SELECT COUNT(*) FROM mails WHERE fate = 'NEW_TICKET'), (SELECT COUNT(*) FROM tickets),
                (SELECT COUNT(DISTINCT header_id) FROM mails), (SELECT COUNT(*) FROM messages)"
    );
    db.read().await.unwrap().one(query).await.unwrap()
}

/// A program that fetches all that is there.
async fn fetching(folder: &Path, database: Option<&str>, dovecot: &Dovecot) -> killed::Program {
    killed::run(folder, database, &["user", "add", "ada@staff.test", "--name", "Ada", "--role", "admin"]).await;
    let token =
        killed::run(folder, database, &["token", "add", "ada@staff.test", "--name", "kill", "--scope", "tickets:read", "--scope", "tickets:write"]).await;
    let http = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(20)).build().unwrap();
    let program = killed::start(folder, database).await;
    let ada = Visitor::new(http, &program.url).with_token(&token);
    let id = ada.post("/api/mail/mailboxes", &json!({ "address": SUPPORT, "name": "Support", "isOn": true, "mostAnHour": 100_000 })).await.is(201).id();
    ada.put(&format!("/api/mail/mailboxes/{id}/fetching"), &source(dovecot, "ALL")).await.is(200);
    program
}

/// Between which steps the work stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    /// A mail is in the store, its row is not there.
    Stored,
    /// Mails are kept, the cursor is behind them.
    Kept,
    /// The cursor is on, fates are not decided.
    Passed,
    /// Anywhere.
    Any,
}

const STEPS: [Step; 4] = [Step::Stored, Step::Kept, Step::Passed, Step::Any];

/// Raw mails in the store without a row.
async fn rowless(db: &Db, folder: &Path) -> i64 {
    let stored = std::fs::read_dir(folder.join("files/mail"))
        .map_or(0, |entries| entries.filter(|entry| entry.as_ref().is_ok_and(|entry| !entry.file_name().to_string_lossy().contains('#'))).count());
    i64::try_from(stored).unwrap() - counts(db).await.0
}

/// `known`: rowless mails that earlier kills left.
async fn stands_at(db: &Db, step: Step, folder: &Path, known: i64) -> bool {
    if step == Step::Stored {
        return rowless(db, folder).await > known;
    }
    let query = sql!("SELECT COALESCE(MAX(m.uid), 0), COUNT(*), (SELECT MAX(uid) FROM mail_fetching) FROM mails m WHERE m.fate IS NULL");
    let (last, waiting, cursor): (i64, i64, i64) = db.read().await.unwrap().one(query).await.unwrap();
    match step {
        Step::Kept => waiting > 0 && cursor < last,
        Step::Passed => waiting > 0 && cursor >= last,
        Step::Stored | Step::Any => true,
    }
}

async fn killed_while_fetching(database: Option<&str>) {
    let (folder, mut dovecot) = (tempfile::tempdir().unwrap(), Dovecot::start().await);
    let folder = folder.path();
    for n in 0..MAILS {
        dovecot.gets(&Letter::of(&format!("p{n}@lumen.test"), &format!("Question {n}"), &format!("Words of {n}.")).raw());
    }
    let options = killed::options(folder, database);
    let mut program = fetching(folder, database, &dovecot).await;
    let db = Db::open(&options, Clock::default()).await.unwrap();
    let (mut dice, mut hits, mut known) = (Dice(30), [0; STEPS.len()], 0);

    for kill in 1..=KILLS {
        // on the way to the last mail, so that each kill falls into the work
        let least = i64::try_from(u64::from(MAILS) * kill / (KILLS + 2)).unwrap();
        let (mut kept, mut looks) = (0, 0);
        while kept < least {
            tokio::time::sleep(Duration::from_millis(5)).await;
            kept = counts(&db).await.0;
            looks += 1;
            assert!(looks < 12_000, "{kept} of {least} mails after a minute");
        }
        tokio::time::sleep(Duration::from_millis(dice.next() % 20)).await;
        let step = STEPS[usize::try_from(kill).unwrap() % STEPS.len()];
        for _ in 0..500 {
            if stands_at(&db, step, folder, known).await || counts(&db).await.0 > least + 25 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        program.child.start_kill().unwrap(); // SIGKILL
        program.child.wait().await.unwrap();
        for (hit, step) in hits.iter_mut().zip(STEPS) {
            *hit += u32::from(stands_at(&db, step, folder, known).await);
        }
        known = rowless(&db, folder).await;
        let kept = counts(&db).await.0;
        assert!(kept < i64::from(MAILS), "it was killed in the middle");
        program = killed::start(folder, database).await;
    }
    let all = i64::from(MAILS);
    for _ in 0..6_000 {
        if counts(&db).await.1 == all {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    tokio::time::sleep(Duration::from_millis(300)).await;
    let found = counts(&db).await;
    let halves: i64 = db.read().await.unwrap().one(sql!("SELECT COUNT(*) FROM mails WHERE fate IS NULL OR ticket_id IS NULL OR uid IS NULL")).await.unwrap();
    program.child.start_kill().unwrap();
    program.child.wait().await.unwrap();
    db.close().await;
    dovecot.end().await;

    assert_eq!(found, (all, all, all, all, all), "mails, new tickets, tickets, ids, messages");
    assert_eq!(halves, 0, "each has its fate");
    assert!(hits.iter().all(|hit| *hit >= 1), "it was killed at each step: {hits:?} of {STEPS:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_mails_and_thirty_kills_on_sqlite_none_is_lost_and_none_comes_twice() {
    killed_while_fetching(None).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_mails_and_thirty_kills_on_postgresql_none_is_lost_and_none_comes_twice() {
    let (name, url) = postgres::database().await;
    killed_while_fetching(Some(&url)).await;
    postgres::drop_database(&name).await;
}

/// A server of its own, crashed and started again in the middle of the work.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_mails_while_the_database_crashes_and_restarts_none_is_lost_and_none_comes_twice() {
    const CRASHES: i64 = 5;
    let (mut dovecot, folder, server) = (Dovecot::start().await, tempfile::tempdir().unwrap(), Cluster::start().await);
    let (folder, url) = (folder.path(), server.url());
    for n in 0..MAILS {
        dovecot.gets(&Letter::of(&format!("p{n}@lumen.test"), &format!("Question {n}"), &format!("Words of {n}.")).raw());
    }
    let mut program = fetching(folder, Some(&url), &dovecot).await;
    let open = async || Db::open(&Options::postgres(&url), Clock::default()).await.unwrap();
    for crash in 1..=CRASHES {
        let (db, least, mut looks) = (open().await, i64::from(MAILS) * crash / (CRASHES + 2), 0);
        while counts(&db).await.0 < least {
            tokio::time::sleep(Duration::from_millis(5)).await;
            looks += 1;
            assert!(looks < 12_000, "not even {least} mails after a minute");
        }
        assert!(counts(&db).await.0 < i64::from(MAILS), "it crashes in the middle");
        db.close().await;
        server.crashes_and_starts().await;
    }
    let (db, all) = (open().await, i64::from(MAILS));
    for _ in 0..6_000 {
        if counts(&db).await.1 == all {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let found = counts(&db).await;
    program.child.start_kill().unwrap();
    program.child.wait().await.unwrap();
    db.close().await;
    dovecot.end().await;
    server.end().await;
    assert_eq!(found, (all, all, all, all, all), "mails, new tickets, tickets, ids, messages");
}
