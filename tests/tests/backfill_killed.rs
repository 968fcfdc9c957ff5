//! A policy applied to earlier tickets by the real binary, killed with `kill -9` in the middle three times: each ticket gets it
//! once, and the progress is right. And its lots are read by an index.

use crate::{
    bulk_killed,
    client::Visitor,
    deadlines::rules,
    killed, postgres,
    world::{World, sized},
};
use accounts::{Person, Session};
use db::{Clock, Db, Engine, Options, Timestamp, sql};
use kernel::Actor;
use sla::{NewPolicy, Policy};
use std::{path::Path, time::Duration};

fn amount() -> usize {
    sized(4_000, 2_000)
}
/// A lot is 200 tickets, so this leaves many of them.
const KILLS: usize = 3;

/// A policy that is valid for no ticket by itself; answers its page of earlier tickets, and a session of the admin.
async fn prepared(options: &Options) -> (String, String) {
    bulk_killed::filled(options, amount()).await;
    let db = Db::open(options, Clock::default()).await.unwrap();
    let mut tx = db.write().await.unwrap();
    tx.run(sql!("UPDATE sla_policies SET is_active = FALSE")).await.unwrap();
    let valid_from = Timestamp::from_seconds(32_000_000_000);
    let mut rules = rules(60);
    rules.targets[0] = [Some(60); 4];
    let policy = Policy::add(&mut tx, &Actor::system("Test"), NewPolicy { name: "Better".to_owned(), is_active: true, valid_from, calendar: None, rules })
        .await
        .unwrap();
    let ada = Person::by_email(&mut tx, "ada@staff.test").await.unwrap().unwrap();
    let session = Session::begin(&mut tx, &ada, "127.0.0.1", "test").await.unwrap();
    tx.commit().await.unwrap();
    db.close().await;
    (format!("/admin/sla/{policy}/earlier"), session)
}

/// How it stands: looked at, changed, all, and whether it is at its end.
async fn standing(db: &Db) -> (i64, i64, i64, bool) {
    let mut conn = db.read().await.unwrap();
    conn.one(sql!("SELECT looked, changed, total, state = 'DONE' FROM sla_backfills")).await.unwrap()
}

/// Waits until more than these were looked at; answers how many.
async fn beyond(db: &Db, looked: i64) -> i64 {
    for _ in 0..12_000 {
        let now = standing(db).await;
        if now.0 > looked || now.3 {
            return now.0;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("it does not go on after {looked}");
}

async fn killed_again_and_again(folder: &Path, database: Option<&str>) {
    for (email, role) in [("cleo@customer.test", "customer"), ("ada@staff.test", "admin")] {
        killed::run(folder, database, &["user", "add", email, "--name", email, "--role", role]).await;
    }
    let options = killed::options(folder, database);
    let (page, session) = prepared(&options).await;
    let http = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).timeout(Duration::from_mins(1)).build().unwrap();
    let db = Db::open(&options, Clock::default()).await.unwrap();

    let mut program = killed::start(folder, database).await;
    let ada = Visitor::new(http.clone(), &program.url).with_cookie("session", &session);
    ada.form(&page, &[("version", "1")]).await.is(303);
    let (mut looked, mut kills) = (0, Vec::new());
    for _ in 0..KILLS {
        looked = beyond(&db, looked).await;
        program.child.start_kill().unwrap(); // SIGKILL
        program.child.wait().await.unwrap();
        kills.push(standing(&db).await);
        program = killed::start(folder, database).await;
    }
    while !standing(&db).await.3 {
        looked = beyond(&db, looked).await;
    }
    let told = Visitor::new(http, &program.url).with_cookie("session", &session).get(&page).await.is(200).text();
    program.child.start_kill().unwrap();
    program.child.wait().await.unwrap();

    let total = i64::try_from(amount()).unwrap();
    assert!(kills.iter().all(|kill| kill.0 > 0 && kill.0 < total && kill.0 == kill.1 && !kill.3), "in the middle, by whole lots: {kills:?}");
    assert!(kills.windows(2).all(|pair| pair[0].0 < pair[1].0), "it goes on where it stood: {kills:?}");
    assert_eq!(standing(&db).await, (total, total, total, true));
    assert!(told.contains(&format!("{total} tickets were looked at, {total} got the policy")), "{told}");
    let counts: (i64, i64, i64, i64) = db
        .read()
        .await
        .unwrap()
        .one(sql!(
            "SELECT (SELECT COUNT(*) FROM sla_terms), (SELECT COUNT(DISTINCT ticket_id) FROM sla_terms),
             (SELECT COUNT(*) FROM events WHERE kind = 'sla.policy_applied'), (SELECT COUNT(DISTINCT subject_id) FROM events WHERE kind = 'sla.policy_applied')"
        ))
        .await
        .unwrap();
    assert_eq!(counts, (total, total, total, total), "each ticket once");
    db.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_application_killed_again_and_again_handles_each_ticket_once_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    killed_again_and_again(folder.path(), None).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_application_killed_again_and_again_handles_each_ticket_once_on_postgresql() {
    let folder = tempfile::tempdir().unwrap();
    let (name, url) = postgres::database().await;
    killed_again_and_again(folder.path(), Some(&url)).await;
    postgres::drop_database(&name).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_lots_of_an_application_are_read_by_an_index() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let world = World::new(engine).await;
        let mut tx = world.write().await;
        // an empty table is read as a whole, whatever there is
        if engine == Engine::Postgres {
            tx.run(db::Query::with("SET LOCAL enable_seqscan = off", Vec::new())).await.unwrap();
        }
        let plan = sla::backfill_plan(&mut tx).await.unwrap();
        drop(tx);

        assert!(plan.contains("tickets_alive") && !plan.contains("TEMP B-TREE") && !plan.contains("Sort"), "{plan}");
        world.end().await;
    }
}
