//! An import of hundreds of pages (1,200 where proofs are whole) by the real binary, killed with `kill -9` again and again: it goes on by itself, each page comes once
//! and whole, and its report has each once.

use crate::{client::Visitor, killed, knowledge_exchange::archive, postgres, world::sized};
use db::sql;
use reqwest::StatusCode;
use serde_json::Value;
use std::{io::Write as _, time::Duration};

fn amount() -> i64 {
    i64::try_from(sized(1_200, 400)).unwrap()
}

const KILLS: i64 = 2;

/// Pages, each with a link to the next.
fn pages() -> Vec<u8> {
    let all: Vec<(String, String)> = (0..amount())
        .map(|n| (format!("part-{}/page-{n}.md", n % 20), format!("---\ntitle: Page {n}\n---\n\n## What\n\nWords of {n}. See [next](page-{}.md).\n", n + 20)))
        .collect();
    archive(&all.iter().map(|(path, text)| (path.as_str(), text.as_bytes())).collect::<Vec<_>>())
}

/// Waits until so much of a hundred is done, and at all for the end.
async fn reached(sue: &Visitor, place: &str, percent: i64) -> Value {
    let mut now = Value::Null;
    for _ in 0..1_200 {
        now = sue.get(place).await.is(200).json();
        if now["percent"].as_i64().unwrap() >= percent && (percent < 100 || now["state"] == "DONE") {
            return now;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("not within a minute: {percent} of 100, but {now}");
}

async fn killed_in_the_middle(database: Option<&str>) {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    killed::run(folder, database, &["user", "add", "sue@staff.test", "--name", "Sue", "--role", "supervisor"]).await;
    let scopes = ["token", "add", "sue@staff.test", "--name", "docs", "--scope", "knowledge:read", "--scope", "knowledge:write"];
    let token = killed::run(folder, database, &scopes).await;
    let options = killed::options(folder, database);
    let http = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(20)).build().unwrap();
    let mut program = killed::start(folder, database).await;
    let mut sue = Visitor::new(http.clone(), &program.url).with_token(&token);
    let told = sue.multipart("/api/knowledge/imports", &[], &[("docs.zip", &pages())]).await.is(202);
    let place = told.header("location").to_owned();

    let mut seen = Vec::new();
    for kill in 1..=KILLS {
        reached(&sue, &place, kill * 30).await;
        program.child.start_kill().unwrap(); // SIGKILL
        program.child.wait().await.unwrap();
        program = killed::start(folder, database).await;
        sue = Visitor::new(http.clone(), &program.url).with_token(&token);
        let now = sue.get(&place).await.is(200).json();
        assert_eq!(now["state"], "RUNNING", "it was killed in the middle: {now}");
        seen.push(now["percent"].as_i64().unwrap());
    }
    let done = reached(&sue, &place, 100).await;

    assert_eq!((done["state"].as_str(), done["refused"].as_i64()), (Some("DONE"), Some(0)), "{done}");
    let told = done["added"].as_i64().unwrap() + done["same"].as_i64().unwrap();
    assert_eq!(told, amount(), "each page has one line: {done}");
    let answer = sue.get("/a/page-7").await;
    assert!(answer.status == StatusCode::OK && answer.text().contains("href=\"/a/page-27\""), "{}", answer.text());
    let db = killed::left_by(program, &options).await;
    let mut conn = db.read().await.unwrap();
    let counts: (i64, i64, i64, i64) = conn
        .one(sql!(
            "SELECT (SELECT COUNT(*) FROM articles), (SELECT COUNT(DISTINCT external_id) FROM articles), (SELECT COUNT(*) FROM articles WHERE live_number = 2),
             (SELECT COUNT(*) FROM knowledge_import_lines)"
        ))
        .await
        .unwrap();
    assert_eq!(counts, (amount(), amount(), amount(), amount()), "each page once, with its words, published");
    drop(conn);
    db.close().await;
    let _ = writeln!(std::io::stderr(), "killed {KILLS} times, at {seen:?} of 100: {} pages came once", amount());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_import_killed_in_the_middle_goes_on_and_brings_each_page_once_on_sqlite() {
    killed_in_the_middle(None).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_import_killed_in_the_middle_goes_on_and_brings_each_page_once_on_postgresql() {
    let (name, url) = postgres::database().await;
    killed_in_the_middle(Some(&url)).await;
    postgres::drop_database(&name).await;
}
