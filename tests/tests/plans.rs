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

/// What a plan of SQLite scans: names with what follows them. What a subquery gives is read whole, as it has been found.
pub fn scans(plan: &str) -> Vec<&str> {
    let (mut given, mut found) = (Vec::new(), Vec::new());
    // the scan of a subquery stands below what it is made of, which may have the same name
    for scan in plan.lines().rev().filter_map(|line| line.trim().strip_prefix("SCAN ")) {
        let is_given = plan.contains(&format!("CO-ROUTINE {scan}\n")) && !given.contains(&scan);
        if is_given { given.push(scan) } else { found.push(scan) }
    }
    found
}

/// Of a plan, the tables that it reads whole: not in the order of an index as far as the limit goes, and not an index of a part.
fn whole<'a>(plan: &'a str, text: &'a str, tables: &BTreeSet<String>, partial: &BTreeSet<String>) -> Vec<&'a str> {
    let unbounded = scans(plan).into_iter().filter(|scan| {
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

#[tokio::test]
async fn what_has_a_label_is_counted_from_the_label() {
    let world = World::new(Engine::Sqlite).await;
    let team = world.team("Big").await;
    for who in [world.admin("Ada").await, world.agent_of("Ana", &team).await] {
        let actor = world.actor(&who).await;
        let filter = tickets::list::Filter { view: Some(tickets::list::View::Open), tags: vec!["vip".to_owned()], ..Default::default() };
        let plan = world.read().await.plan(filter.counting(&actor)).await.unwrap();
        assert!(plan.contains("SEARCH t USING INDEX sqlite_autoindex_tickets_1 (id=?)"), "{plan}");
    }
    world.end().await;
}

/// A page of a list is found before what its rows show is joined to it: PostgreSQL orders eight tables at most, and joined the
/// whole of a team's tickets to people, teams and messages before it looked which fifty were asked for.
#[tokio::test]
async fn a_page_of_a_list_is_found_before_anything_is_joined_to_it() {
    let world = World::new(Engine::Postgres).await;
    let team = world.team("Big").await;
    let (ana, sue, cleo) = (world.agent_of("Ana", &team).await, world.supervisor("Sue").await, world.customer("Cleo").await);
    cleo.asks("Charged twice").await;
    let db = &world.app.db;
    db.raw("UPDATE tickets SET team_id = (SELECT id FROM teams)").await.unwrap();
    db.raw(
        "INSERT INTO tickets SELECT (jsonb_populate_record(t, jsonb_build_object('id', gen_random_uuid(), 'number', t.number + i, 'updated_at', t.updated_at + i,
         'first_message_id', gen_random_uuid()))).* FROM tickets t, generate_series(1, 5000) AS i",
    )
    .await
    .unwrap();
    db.raw(
        "INSERT INTO messages SELECT (jsonb_populate_record(m, jsonb_build_object('id', t.first_message_id, 'ticket_id', t.id))).* FROM messages m, tickets t
         WHERE t.first_message_id <> m.id",
    )
    .await
    .unwrap();
    db.raw("ANALYZE").await.unwrap();
    let router = web::router(world.app.clone(), support::own_routes());

    let rows = |line: &str| line.split("rows=").nth(1).and_then(|rest| rest.split(' ').next()).and_then(|rows| rows.parse::<i64>().ok()).unwrap();
    for who in [&ana, &sue] {
        for query in ["view=open", "view=all&sort=oldest", "view=unassigned", "view=open&tag=vip", &format!("view=open&requester={}", cleo.email), "q=charged"]
        {
            let mut looked = 0;
            for statement in heard(&router, who, &format!("/desk?{query}")).await {
                if statement.text().contains("JOIN messages d") {
                    let plan = world.read().await.plan(statement).await.unwrap();
                    let before: Vec<&str> = plan.split("messages d").next().unwrap_or_default().lines().collect();
                    let join = before.iter().rev().find(|line| line.contains("rows=") && (line.contains("Join") || line.contains("Nested Loop"))).unwrap();
                    assert!(rows(join) <= 51, "{} tickets are joined to their messages for {query}:\n{plan}", rows(join));
                    looked += 1;
                }
            }
            assert!(looked == 1, "{query}: {looked} lists");
        }
    }
    world.end().await;
}
