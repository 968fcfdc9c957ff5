//! What pages and the API read: no statement reads all of a table that grows. SQLite's planner knows no sizes here, so that its plan is
//! the same with one row as with a million; PostgreSQL has the same indexes.

use crate::{client::Visitor, walk_table::TABLE, world::World};
use axum::{body::Body, extract::Request};
use db::{Engine, Query};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use tower::ServiceExt as _;

/// Tables that a team fills by hand, to some hundreds of rows.
const SMALL: &[&str] = &[
    "article_counts",
    "article_snippets",
    "checklist_templates",
    "custom_fields",
    "custom_statuses",
    "knowledge_categories",
    "knowledge_edition",
    "knowledge_sections",
    "mail_fetching",
    "mail_templates",
    "mailbox_sending",
    "mailboxes",
    "sla_policies",
    "team_assignment",
    "teams",
    "webhooks",
];
/// What counts all there is, out of an index, because it says how many there are.
const COUNTS: &[&str] = &["SELECT COUNT(*) FROM organizations", "SELECT role, COUNT(*) FROM people GROUP BY role"];

/// The table behind a name of a plan: itself, or what is called so in the statement.
fn table<'a>(name: &'a str, text: &'a str, tables: &BTreeSet<String>) -> Option<&'a str> {
    if tables.contains(name) {
        return Some(name);
    }
    let words: Vec<&str> = text.split(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | ',')).filter(|word| !word.is_empty() && *word != "AS").collect();
    words.windows(2).find(|pair| pair[1] == name && tables.contains(pair[0])).map(|pair| pair[0])
}

/// Of a plan, the tables that it reads whole: not in the order of an index as far as the limit goes, and not an index of a part.
fn whole<'a>(plan: &'a str, text: &'a str, tables: &BTreeSet<String>, partial: &BTreeSet<String>) -> Vec<&'a str> {
    let scans = plan.lines().filter_map(|line| line.trim().strip_prefix("SCAN "));
    let unbounded = scans.filter(|scan| {
        let index = scan.split_once(" INDEX ").map(|(_, index)| index);
        index.is_none_or(|index| !text.contains(" LIMIT ") && !partial.contains(index))
    });
    unbounded.filter_map(|scan| table(scan.split(' ').next().unwrap_or_default(), text, tables)).filter(|name| !SMALL.contains(name)).collect()
}

async fn heard(router: &axum::Router, who: &Visitor, path: &str) -> Vec<Query> {
    let request = Request::get(path).header("host", "house").header("cookie", who.cookies()).body(Body::empty()).unwrap();
    let (answer, statements) = db::heard(router.clone().oneshot(request)).await;
    assert!(!answer.unwrap().status().is_server_error(), "{path} failed");
    statements
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_page_and_no_list_reads_a_whole_table_that_grows() {
    let world = World::new(Engine::Sqlite).await;
    let (ada, cleo) = (world.admin("Ada").await, world.customer("Cleo").await);
    let ticket = cleo.asks("Charged twice").await["id"].as_str().unwrap().to_owned();
    ada.post("/api/knowledge/categories", &json!({ "title": "Billing" })).await.is(201);
    let article = ada
        .post("/api/knowledge/articles", &json!({ "title": "Charged twice", "category": "billing", "content": "We give it back.", "status": "PUBLISHED" }))
        .await
        .is(201)
        .json();
    crate::search::indexed(&world).await;
    let ids = [ticket.as_str(), article["id"].as_str().unwrap(), article["slug"].as_str().unwrap(), "billing"];
    let router = web::router(world.app.clone(), support::own_routes());
    let mut paths: Vec<String> = Vec::new();
    for (route, _) in TABLE {
        let Some(path) = route.strip_prefix("GET ").filter(|path| *path != "/live") else { continue };
        match (path.find('{'), path.find('}')) {
            (Some(from), Some(to)) => paths.extend(ids.iter().map(|id| format!("{}{id}{}", &path[..from], &path[to + 1..])).filter(|path| !path.contains('{'))),
            _ => paths.push(path.to_owned()),
        }
    }
    for list in ["/desk", "/requests", "/api/support/tickets"] {
        paths.extend(
            ["q=charged", "status=OPEN", "sort=oldest", "sort=priority", "sort=newest", "tag=x", "organization=none"].map(|query| format!("{list}?{query}")),
        );
    }

    let mut conn = world.read().await;
    let tables: BTreeSet<String> =
        conn.all::<String>(Query::with("SELECT name FROM sqlite_master WHERE type = 'table'", Vec::new())).await.unwrap().into_iter().collect();
    let partial = Query::with("SELECT name FROM sqlite_master WHERE type = 'index' AND sql LIKE '% WHERE %'", Vec::new());
    let partial: BTreeSet<String> = conn.all::<String>(partial).await.unwrap().into_iter().collect();
    let mut found: BTreeMap<(String, String), BTreeSet<String>> = BTreeMap::new();
    let mut count = 0;
    for path in &paths {
        for who in [&ada, &cleo] {
            for query in heard(&router, who, path).await {
                if COUNTS.contains(&query.text()) || !query.text().starts_with("SELECT") && !query.text().starts_with("WITH") {
                    continue;
                }
                count += 1;
                let plan = conn.plan(query.clone()).await.unwrap();
                for name in whole(&plan, query.text(), &tables, &partial) {
                    found.entry((name.to_owned(), format!("{}\n{plan}", query.text()))).or_default().insert(path.clone());
                }
            }
        }
    }

    assert!(count > 500, "{count} statements of {} pages", paths.len());
    let lines: Vec<String> = found.iter().map(|((name, text), paths)| format!("{name}: {paths:?}\n  {text}")).collect();
    assert!(found.is_empty(), "\n{}", lines.join("\n"));
    drop(conn);
    world.end().await;
}

#[tokio::test]
async fn what_one_customer_asked_is_found_by_an_index_of_its_own_and_counted_by_it_alone() {
    let world = World::new(Engine::Sqlite).await;
    let (ada, cleo) = (world.admin("Ada").await, world.customer("Cleo").await);
    cleo.asks("Charged twice").await;
    let query = format!("view=open&requester={}", cleo.email);
    ada.post("/api/support/views", &json!({ "name": "Cleo", "query": query })).await.is(201);
    let router = web::router(world.app.clone(), support::own_routes());

    for (path, index) in [(format!("/desk?{query}"), "INDEX tickets_by_requester"), ("/desk/counts".to_owned(), "COVERING INDEX tickets_by_requester")] {
        let mut plans = Vec::new();
        for query in heard(&router, &ada, &path).await {
            if query.text().contains("t.requester_id IN") {
                plans.push(world.read().await.plan(query).await.unwrap());
            }
        }
        assert!(!plans.is_empty() && plans.iter().all(|plan| plan.contains(index)), "{path}: {plans:#?}");
    }
    world.end().await;
}
