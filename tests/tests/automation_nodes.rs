//! Two programs on one PostgreSQL: each event is answered once, and nobody is given more than they can carry.

use crate::{
    assignment::{crew, loads},
    client::Visitor,
    world::{World, eventually},
};
use db::{Engine, sql};
use futures::future::join_all;
use kernel::Scope;
use serde_json::json;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_nodes_answer_each_ticket_once_and_overload_nobody() {
    let world = World::new(Engine::Postgres).await;
    let (ada, sue) = (world.admin("Ada").await, world.supervisor("Sue").await);
    let (team, _) = crew(&world, &sue, "Busy", "LEAST_BUSY").await;
    let rule = json!({ "name": "Note it", "on": true, "when": ["ticket.created"], "then": [{ "do": "note", "with": "Seen." }] });
    ada.post("/api/support/rules", &rule).await.is(201);
    let program = world.token(&sue, &[Scope::TicketsRead, Scope::TicketsWrite]).await;
    let other = support::start(&world.config, world.clock.clone()).await.unwrap();
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let there = Visitor::new(http, &format!("http://{}", other.address)).with_token(program.token().unwrap());

    join_all((0..50).map(|n| {
        let at = if n % 2 == 0 { &program } else { &there };
        at.asks_with(json!({ "title": format!("T{n}"), "description": "d", "teamId": team.id }))
    }))
    .await;
    eventually("each was noted", || async { world.count(sql!("SELECT COUNT(DISTINCT ticket_id) FROM messages WHERE is_internal = TRUE")).await == 50 }).await;
    eventually("ten wait for room", || async { world.count(sql!("SELECT COUNT(*) FROM assignment_waiting")).await == 10 }).await;
    let notes = world.count(sql!("SELECT COUNT(*) FROM messages WHERE is_internal = TRUE")).await;
    let fired = world.count(sql!("SELECT fired FROM rules")).await;
    let full = loads(&world, &team).await;
    other.stop().await;
    world.end().await;

    assert_eq!((notes, fired), (50, 50), "one note a ticket, and counted once");
    assert_eq!(full, [8; 5], "nobody above eight");
}
