//! Clocks at the doors: what the watcher says and when, once, also after a restart; what a later change leaves alone.

use crate::{
    client::Visitor,
    live::Socket,
    world::{World, eventually},
};
use db::{Engine, Id, sql};
use kernel::Actor;
use serde_json::{Value, json};
use sla::{Calendar, Conditions, Metric, NewPolicy, Policy, Rules, SavedCalendar, rank};
use std::time::Duration;
use tickets::Priority;

/// A calendar file with one holiday.
pub const ICS: &[u8] =
    b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20261225\r\nRRULE:FREQ=YEARLY\r\nSUMMARY:Christmas\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";

/// Minutes to the first reply at HIGH, round the clock; nothing else is promised.
pub fn rules(first_reply: u32) -> Rules {
    let mut targets = [[None; 4]; 7];
    targets[Metric::FirstResponse.index()][rank(Priority::High)] = Some(first_reply);
    Rules { conditions: Conditions::default(), targets, pauses: vec!["PENDING".to_owned()], always: [false; 4], warn_percent: 25, calendar: None }
}

/// A policy or a calendar that nobody needs, for the walk.
pub async fn spare(world: &World, is_policy: bool) -> String {
    let mut tx = world.write().await;
    let actor = Actor::system("Test");
    let id = if is_policy {
        let valid_from = tx.now();
        let new = NewPolicy { name: "Spare".to_owned(), is_active: false, valid_from, calendar: None, rules: rules(60) };
        Policy::add(&mut tx, &actor, new).await.unwrap().to_string()
    } else {
        SavedCalendar::add(&mut tx, &actor, &format!("Spare {}", uuid::Uuid::new_v4()), &Calendar::office()).await.unwrap().to_string()
    };
    tx.commit().await.unwrap();
    id
}

/// Instead of the policy of a fresh installation: this one alone, valid from ever.
pub async fn only_policy(world: &World, rules: Rules) -> Id<Policy> {
    let mut tx = world.write().await;
    tx.run(sql!("UPDATE sla_policies SET is_active = FALSE")).await.unwrap();
    let new = NewPolicy { name: "Quick".to_owned(), is_active: true, valid_from: db::Timestamp::default(), calendar: None, rules };
    let id = Policy::add(&mut tx, &Actor::system("Test"), new).await.unwrap();
    tx.commit().await.unwrap();
    id
}

async fn ticket(sue: &Visitor, ana: &Visitor) -> String {
    let body = json!({ "title": "Printer", "description": "d", "priority": "HIGH", "assignedTo": ana.id() });
    sue.asks_with(body).await["id"].as_str().unwrap().to_owned()
}

/// Everything that rings at a page of the desk for two seconds.
async fn rings(socket: &mut Socket) -> Vec<i64> {
    let mut rings = Vec::new();
    while let Some(ring) = socket.next(Duration::from_secs(2)).await {
        rings.extend(ring["seq"].as_i64());
    }
    rings
}

async fn clocks(who: &Visitor, ticket: &str) -> Vec<Value> {
    who.get(&format!("/api/support/tickets/{ticket}/sla")).await.is(200).json()["clocks"].as_array().unwrap().clone()
}

pub async fn said(world: &World, kind: &str) -> i64 {
    world.count(sql!("SELECT COUNT(*) FROM events WHERE kind = $1", kind)).await
}

/// Waits until every line of the journal that moves clocks was read.
pub async fn settled(world: &World) {
    let waiting = || {
        sql!(
            "SELECT COUNT(*) FROM events WHERE subject_kind = 'ticket' AND kind IN ('ticket.created', 'ticket.replied', 'ticket.status_changed') AND seq > (SELECT seq FROM readers WHERE name = 'sla')"
        )
    };
    eventually("the clocks are up to date", || async { world.count(waiting()).await == 0 }).await;
}

/// Waits until the clocks of so many tickets are kept.
pub async fn kept(world: &World, tickets: i64) {
    eventually("the clocks are kept", || async { world.count(sql!("SELECT COUNT(DISTINCT ticket_id) FROM sla_clocks")).await >= tickets }).await;
}

both! {
    async fn a_list_is_rung_again_when_a_deadline_stands_in_it(world) {
        let (sue, ana) = (world.supervisor("Sue").await, world.agent("Ana").await);
        only_policy(world, rules(60)).await;
        let mut socket = Socket::open(world, &ana, &["desk"], i64::MAX).await;

        ticket(&sue, &ana).await;

        let rung = rings(&mut socket).await;
        let moved = world.count(sql!("SELECT MAX(seq) FROM events WHERE kind = 'deadlines.moved'")).await;
        assert_eq!(rung.last(), Some(&moved), "{rung:?}");
        assert!(ana.get("/desk?view=all").await.text().contains("data-sla=\"ok\""));
    }

    async fn a_deadline_is_warned_of_and_announced_once_within_five_seconds(world) {
        let (sue, ana) = (world.supervisor("Sue").await, world.agent("Ana").await);
        only_policy(world, rules(60)).await;
        let id = ticket(&sue, &ana).await;
        kept(world, 1).await;
        assert_eq!((said(world, "sla.warned").await, said(world, "sla.breached").await), (0, 0));

        world.clock.advance(Duration::from_mins(45));
        eventually("the warning", || async { said(world, "sla.warned").await == 1 }).await;
        let soon = ana.get("/api/support/tickets?view=breaching").await.is(200).ids();
        world.clock.advance(Duration::from_mins(15));
        eventually("the breach", || async { said(world, "sla.breached").await == 1 }).await;

        let (due, at): (i64, i64) = world.read().await.one(sql!("SELECT c.missed_at, e.at FROM sla_clocks c JOIN events e ON e.subject_id = c.ticket_id WHERE e.kind = 'sla.breached'")).await.unwrap();
        assert!((0..5_000_000).contains(&(at - due)), "{} ms after the deadline", (at - due) / 1_000);
        assert_eq!(soon, [id.as_str()]);
        assert_eq!(ana.get("/api/support/tickets?view=breached").await.ids(), [id.as_str()]);
        assert_eq!(clocks(&ana, &id).await[0]["state"], "MISSED");
        world.clock.advance(Duration::from_mins(3));
        let mails = async || world.outbox().await.into_iter().filter(|mail| mail.to == ana.email).collect::<Vec<_>>();
        let says = async |word: &str| mails().await.iter().any(|mail| mail.text.contains(word));
        eventually("both are mailed", || async { says("A deadline is near").await && says("A deadline is missed").await }).await;
        world.clock.advance(Duration::from_hours(30));
        ana.replies(&id, "Late, but here.").await;
        eventually("it is no longer late", || async { ana.get("/api/support/tickets?view=breached").await.ids().is_empty() }).await;
        assert_eq!((said(world, "sla.warned").await, said(world, "sla.breached").await), (1, 1));
    }

    async fn what_was_answered_in_time_is_met_and_nothing_is_said(world) {
        let (sue, ana) = (world.supervisor("Sue").await, world.agent("Ana").await);
        only_policy(world, rules(60)).await;
        let id = ticket(&sue, &ana).await;
        ana.notes(&id, "Only a note.").await;
        eventually("its clock runs", || async { !clocks(&ana, &id).await.is_empty() }).await;
        world.clock.advance(Duration::from_mins(30));
        assert_eq!(clocks(&ana, &id).await[0]["state"], "RUNNING", "a note answers nothing");
        ana.replies(&id, "Here.").await;
        eventually("its clock stands", || async { clocks(&ana, &id).await[0]["state"] == "MET" }).await;
        world.clock.advance(Duration::from_hours(10));

        let told = clocks(&ana, &id).await;

        assert_eq!((told.len(), &told[0]["state"], &told[0]["countedMinutes"]), (1, &json!("MET"), &json!(30)));
        eventually("the clock is kept as met", || async { world.count(sql!("SELECT COUNT(*) FROM sla_clocks WHERE state = 'MET'")).await == 1 }).await;
        assert_eq!((said(world, "sla.warned").await, said(world, "sla.breached").await), (0, 0));
    }

    async fn a_policy_that_changes_later_rewrites_nothing(world) {
        let (sue, ana) = (world.supervisor("Sue").await, world.agent("Ana").await);
        let policy = only_policy(world, rules(60)).await;
        let old = ticket(&sue, &ana).await;
        kept(world, 1).await;
        world.clock.advance(Duration::from_mins(5));
        let before = clocks(&ana, &old).await[0]["dueAt"].clone();

        let mut tx = world.write().await;
        let found = Policy::get(&mut tx, policy).await.unwrap();
        let new = NewPolicy { name: "Quick".to_owned(), is_active: true, valid_from: db::Timestamp::default(), calendar: None, rules: rules(1) };
        found.change(&mut tx, &Actor::system("Test"), found.version, new).await.unwrap();
        tx.commit().await.unwrap();
        let new = ticket(&sue, &ana).await;
        kept(world, 2).await;
        sue.put(&format!("/api/support/tickets/{old}"), &json!({ "version": 1, "tags": ["looked-at-again"] })).await.is(200);
        let position = world.count(sql!("SELECT MAX(seq) FROM events WHERE kind = 'ticket.tags_changed'")).await;
        eventually("the change was read", || async { world.count(sql!("SELECT seq FROM readers WHERE name = 'sla'")).await >= position }).await;

        assert_eq!(clocks(&ana, &old).await[0]["dueAt"], before);
        assert_eq!(clocks(&ana, &old).await[0]["targetMinutes"], 60);
        assert_eq!(clocks(&ana, &new).await[0]["targetMinutes"], 1);
        let removed = async {
            let mut tx = world.write().await;
            Policy::get(&mut tx, policy).await.unwrap().remove(&mut tx, &Actor::system("Test")).await.unwrap();
            tx.commit().await.unwrap();
        };
        removed.await;
        assert_eq!(clocks(&ana, &old).await[0]["dueAt"], before, "a removed one neither");
    }

    async fn the_first_policy_that_fits_counts_and_another_takes_over_when_the_ticket_changes(world) {
        let (sue, ana) = (world.supervisor("Sue").await, world.agent("Ana").await);
        let vip = Rules { conditions: Conditions { tags: vec!["vip".to_owned()], ..Conditions::default() }, ..rules(30) };
        only_policy(world, vip).await;
        let mut tx = world.write().await;
        let new = NewPolicy { name: "Others".to_owned(), is_active: true, valid_from: db::Timestamp::default(), calendar: None, rules: rules(60) };
        Policy::add(&mut tx, &Actor::system("Test"), new).await.unwrap();
        tx.commit().await.unwrap();

        let id = ticket(&sue, &ana).await;
        kept(world, 1).await;
        let at_first = clocks(&ana, &id).await[0]["targetMinutes"].clone();
        world.clock.advance(Duration::from_mins(10));
        sue.put(&format!("/api/support/tickets/{id}"), &json!({ "version": 1, "tags": ["vip"] })).await.is(200);

        assert_eq!(at_first, 60);
        eventually("the other policy", || async { clocks(&ana, &id).await[0]["targetMinutes"] == 30 }).await;
        let told = clocks(&ana, &id).await;
        assert_eq!((&told[0]["countedMinutes"], told[0]["startedAt"].as_str().unwrap()), (&json!(10), sue.ticket(&id).await["createdAt"].as_str().unwrap()), "from the old start");
    }

    async fn customers_learn_nothing_of_promises(world) {
        let (cleo, sue, ana) = (world.customer("Cleo").await, world.supervisor("Sue").await, world.agent("Ana").await);
        only_policy(world, rules(1)).await;
        let id = sue.asks_with(json!({ "title": "Mine", "description": "d", "priority": "HIGH", "userId": cleo.id(), "assignedTo": ana.id() })).await["id"].as_str().unwrap().to_owned();
        kept(world, 1).await;
        world.clock.advance(Duration::from_mins(2));
        eventually("the breach", || async { said(world, "sla.breached").await == 1 }).await;

        for path in [format!("/requests/{id}"), "/requests".to_owned(), format!("/api/support/tickets/{id}"), format!("/api/support/tickets/{id}/events"), "/api/support/tickets?sort=sla".to_owned(), "/api/support/tickets?view=breached".to_owned()] {
            let text = cleo.get(&path).await.is(200).text().to_lowercase();
            let leaks = ["sla-", "sla_", "sla.", "\"sla", "deadline", "breach", "service level"].iter().find(|word| text.contains(**word));
            assert_eq!(leaks, None, "{path}: {text}");
        }
        cleo.get(&format!("/api/support/tickets/{id}/sla")).await.is(403);
        let events = ana.get(&format!("/api/support/tickets/{id}/events")).await.is(200).text();
        assert!(events.contains("sla.breached"), "{events}");
    }

    async fn lists_sort_by_deadline_and_pages_walk_each_row_once(world) {
        let (sue, ana) = (world.supervisor("Sue").await, world.agent("Ana").await);
        only_policy(world, rules(600)).await;
        let mut by_deadline = Vec::new();
        for _ in 0..5 {
            by_deadline.push(ticket(&sue, &ana).await);
            world.clock.advance(Duration::from_mins(1));
        }
        let without = sue.asks("Nothing is promised at MEDIUM").await["id"].as_str().unwrap().to_owned();
        kept(world, 5).await;

        let mut walked = Vec::new();
        let mut cursor = String::new();
        loop {
            let page = ana.get(&format!("/api/support/tickets?sort=sla&limit=2{cursor}")).await.is(200);
            walked.extend(page.ids());
            match page.json()["nextCursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }

        by_deadline.push(without);
        assert_eq!(walked, by_deadline);
        let desk = ana.get("/desk?view=open&sort=sla").await.is(200).text();
        assert!(desk.contains(r#"data-controller="sla-clock""#) && desk.contains("First reply due in"), "{desk}");
    }
}

async fn restart(engine: Engine) {
    let mut world = World::new(engine).await;
    let (sue, ana) = (world.supervisor("Sue").await, world.agent("Ana").await);
    only_policy(&world, rules(60)).await;
    ticket(&sue, &ana).await;
    kept(&world, 1).await;
    world.stop().await;
    world.clock.advance(Duration::from_hours(3));

    world.start().await;

    eventually("the breach of the time between", || async { said(&world, "sla.breached").await == 1 }).await;
    world.stop().await;
    world.start().await;
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    assert_eq!(said(&world, "sla.breached").await, 1, "once");
    assert_eq!(world.count(sql!("SELECT COUNT(*) FROM sla_policies WHERE name = 'Standard'")).await, 1, "a restart begins nothing anew");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deadline_that_passed_while_nothing_ran_is_announced_once_after_the_restart_on_sqlite() {
    restart(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deadline_that_passed_while_nothing_ran_is_announced_once_after_the_restart_on_postgresql() {
    restart(Engine::Postgres).await;
}

/// The watcher asks once a second: it must not walk.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_due_is_read_from_its_index() {
    let world = World::new(Engine::Sqlite).await;
    let mut conn = world.read().await;
    for statement in [
        "SELECT next_at FROM sla_clocks WHERE next_at IS NOT NULL ORDER BY next_at LIMIT 1",
        "SELECT ticket_id FROM sla_clocks WHERE next_at <= 5 ORDER BY next_at LIMIT 100",
    ] {
        let plan = conn.plan(db::Query::with(statement, Vec::new())).await.unwrap();
        assert!(plan.contains("sla_clocks_next") && !plan.contains("TEMP B-TREE"), "{statement}: {plan}");
    }
    drop(conn);
    world.end().await;
}
