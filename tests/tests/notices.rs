//! Notices in the app: who is told of what, once, live; never of one's own acts, and of nothing that may not be seen.

use crate::{
    client::Visitor,
    live::Socket,
    world::{World, eventually},
};
use db::{Tx, sql};
use kernel::PersonId;
use serde_json::{Value, json};
use std::time::Duration;
use uuid::Uuid;

pub const API: &str = "/api/notifications";

/// What somebody is told, the newest first: kinds.
pub async fn kinds(who: &Visitor) -> Vec<String> {
    let items = who.get(API).await.is(200).json()["items"].as_array().unwrap().clone();
    items.iter().map(|item| item["kind"].as_str().unwrap().to_owned()).collect()
}

pub async fn unread(who: &Visitor) -> i64 {
    who.get(&format!("{API}/unread")).await.is(200).json()["unread"].as_i64().unwrap()
}

/// Waits until the last reply of a customer that concerns somebody was read.
pub async fn told(world: &World) {
    // lines of people's acts are behind those of notices once the reader wrote its position down
    let last = "SELECT COALESCE(MAX(seq), 0) FROM events WHERE kind = 'ticket.customer_replied'";
    let last = world.count(db::Query::with(last, Vec::new())).await;
    let at = async || world.count(sql!("SELECT seq FROM readers WHERE name = 'notifications'")).await;
    eventually("the journal is read", || async { at().await >= last }).await;
}

/// Somebody changes a ticket by the API.
pub async fn change(who: &Visitor, ticket: &str, fields: Value) {
    let mut body = fields;
    body["version"] = who.ticket(ticket).await["version"].clone();
    who.put(&format!("/api/support/tickets/{ticket}"), &body).await.is(200);
}

/// Waits until somebody has so many unread notices.
pub async fn has_unread(who: &Visitor, count: i64) {
    eventually(&format!("{} has {count} unread", who.name), || async { unread(who).await == count }).await;
}

/// A ticket of this customer that belongs to that agent; nothing of it is unread.
pub async fn ticket_of(customer: &Visitor, sue: &Visitor, agent: &Visitor, title: &str) -> String {
    let id = customer.asks(title).await["id"].as_str().unwrap().to_owned();
    change(sue, &id, json!({ "assignedTo": agent.id() })).await;
    has_unread(agent, 1).await;
    agent.put(&format!("{API}/read"), &json!({})).await.is(200);
    id
}

/// A notice of somebody about a ticket, and what could not be sent of it.
pub async fn one(tx: &mut Tx, person: PersonId, ticket: Uuid) -> (String, String) {
    // of today: what is old is swept away when the program has started
    let (notice, delivery, now) = (Uuid::now_v7(), Uuid::now_v7(), tx.now());
    tx.run(sql!(
        "INSERT INTO notices (id, person_id, seq, kind, subject_kind, subject_id, author, is_shown, created_at) VALUES ($1, $2, -1, 'answered', 'ticket', $3, 'Ana', TRUE, $4)",
        notice,
        person,
        ticket,
        now
    ))
    .await
    .unwrap();
    tx.run(sql!(
        "INSERT INTO notice_deliveries (id, notice_id, person_id, subject_id, channel, state, mail_id, tries, due_at, created_at) VALUES ($1, $2, $3, $4, 'MAIL', 'SENT', $1, 0, 0, 0)",
        delivery,
        notice,
        person,
        ticket
    ))
    .await
    .unwrap();
    tx.run(sql!(
        "INSERT INTO jobs (id, kind, payload, state, run_at, attempts, error, created_at) VALUES ($1, 'mail.send', '{}', 'dead', 0, 12, '550 No such user', 0)",
        delivery
    ))
    .await
    .unwrap();
    (notice.to_string(), delivery.to_string())
}

both! {
    async fn who_gets_a_ticket_from_another_is_told_once_and_the_bell_rings(world) {
        let (cleo, sue, ana) = (world.customer("Cleo").await, world.supervisor("Sue").await, world.agent("Ana").await);
        let id = cleo.asks("Printer").await["id"].as_str().unwrap().to_owned();
        let mut socket = Socket::open(world, &ana, &[&format!("person:{}", ana.id())], i64::MAX).await;
        let empty = ana.get("/notifications/bell").await.is(200).text();

        change(&sue, &id, json!({ "assignedTo": ana.id() })).await;

        let rung = socket.next(Duration::from_secs(5)).await.unwrap();
        assert_eq!(rung["topic"], format!("person:{}", ana.id()));
        assert!(!empty.contains("badge"), "{empty}");
        let bell = ana.get("/notifications/bell").await.text();
        assert!(bell.contains("1 unread") && bell.contains("Sue assigned it to you") && bell.contains("Printer"), "{bell}");
        assert_eq!((unread(&ana).await, kinds(&ana).await), (1, vec!["assigned".to_owned()]));
        assert_eq!(unread(&sue).await, 0, "whoever did it knows");
        let page = ana.get("/notifications").await.is(200).text();
        assert!(page.contains("One unread.") && page.contains("Sue assigned it to you"), "{page}");
    }

    async fn ones_own_acts_tell_nobody(world) {
        let (cleo, ana) = (world.customer("Cleo").await, world.agent("Ana").await);
        let id = cleo.asks("Printer").await["id"].as_str().unwrap().to_owned();
        ana.post(&format!("/api/support/tickets/{id}/claim"), &json!({})).await.is(200);
        ana.notes(&id, "A note to myself, @ana.").await;
        cleo.replies(&id, "Still broken.").await;

        has_unread(&ana, 1).await;

        assert_eq!(kinds(&ana).await, ["customer_reply"]);
        assert_eq!(kinds(&cleo).await, Vec::<String>::new());
    }

    async fn notes_and_mentions_reach_staff_alone_and_answers_the_customer(world) {
        let (cleo, sue, ana, bea) = (world.customer("Cleo").await, world.supervisor("Sue").await, world.agent("Ana").await, world.agent("Bea").await);
        let id = ticket_of(&cleo, &sue, &ana, "Printer").await;
        sue.notes(&id, "Ask @bea and @cleo, but not `@sue` or a@ana.test.").await;
        ana.replies(&id, "Turn it on, says @bea.").await;
        change(&ana, &id, json!({ "status": "RESOLVED" })).await;

        has_unread(&cleo, 2).await;
        has_unread(&bea, 2).await;

        assert_eq!(kinds(&cleo).await, ["solved", "answered"]);
        assert_eq!(kinds(&bea).await, ["mention", "mention"]);
        assert_eq!(kinds(&ana).await, ["note", "assigned"]);
        assert!(!cleo.get("/notifications").await.text().contains("note"), "nothing of a note reaches customers");
        let item = cleo.get(API).await.json()["items"][0].clone();
        assert_eq!(item["path"], format!("/requests/{id}"));
    }

    async fn looking_at_the_ticket_or_saying_so_marks_as_read(world) {
        let (cleo, sue, ana) = (world.customer("Cleo").await, world.supervisor("Sue").await, world.agent("Ana").await);
        let id = ticket_of(&cleo, &sue, &ana, "Printer").await;
        cleo.replies(&id, "One.").await;
        has_unread(&ana, 1).await;
        ana.get(&format!("/desk/tickets/{id}/notices")).await.is(200);
        let after_look = unread(&ana).await;
        cleo.replies(&id, "Two.").await;
        has_unread(&ana, 1).await;
        let notice = ana.get(API).await.ids()[0].clone();
        let opened = ana.get(&format!("/notifications/{notice}")).await.is(303);
        let after_open = unread(&ana).await;
        cleo.replies(&id, "Three.").await;
        cleo.replies(&id, "Four.").await;
        has_unread(&ana, 2).await;
        let newest = ana.get(API).await.ids()[0].clone();
        let by_api = ana.put(&format!("{API}/{newest}/read"), &json!({})).await.is(200).json();

        assert_eq!((after_look, after_open, by_api["unread"].as_i64()), (0, 0, Some(0)));
        assert_eq!(opened.header("location"), format!("/desk/tickets/{id}"));
        sue.get(&format!("/notifications/{newest}")).await.is(404);
        sue.form(&format!("/notifications/{newest}/read"), &[]).await.is(404);
    }

    async fn what_may_not_be_seen_any_more_is_not_shown(world) {
        let (cleo, sue) = (world.customer("Cleo").await, world.supervisor("Sue").await);
        let (here, there) = (world.team("Here").await, world.team("There").await);
        let ana = world.agent_of("Ana", &here).await;
        let id = ticket_of(&cleo, &sue, &ana, "Printer").await;
        sue.notes(&id, "@ana look").await;
        has_unread(&ana, 1).await;

        change(&sue, &id, json!({ "assignedTo": null, "teamId": there.id })).await;

        has_unread(&ana, 0).await;
        assert_eq!(kinds(&ana).await, Vec::<String>::new());
        assert!(!ana.get("/notifications").await.text().contains("Printer"));
    }

    async fn muted_tickets_and_tags_say_nothing_and_a_kind_can_be_switched(world) {
        let (cleo, sue, team) = (world.customer("Cleo").await, world.supervisor("Sue").await, world.team("Here").await);
        let ana = world.agent_of("Ana", &team).await;
        let (muted, tagged, open) =
            (ticket_of(&cleo, &sue, &ana, "Muted").await, ticket_of(&cleo, &sue, &ana, "Tagged").await, ticket_of(&cleo, &sue, &ana, "Open").await);
        change(&sue, &tagged, json!({ "tags": ["newsletter"] })).await;
        ana.put(&format!("/api/support/tickets/{muted}/mute"), &json!({})).await.is(200);
        let mut choices = ana.get(&format!("{API}/choices")).await.is(200).json();
        let mut on = choices["on"].take().as_array().unwrap().clone();
        assert!(!on.contains(&json!("team_ticket.APP")) && on.contains(&json!("assigned.APP")), "{on:?}");
        on.push(json!("team_ticket.APP"));
        let kept = ana.put(&format!("{API}/choices"), &json!({ "on": on, "mutedTags": ["#Newsletter"] })).await.is(200).json();
        ana.put(&format!("{API}/choices"), &json!({ "on": ["answered.APP"] })).await.is(422);
        ana.put(&format!("{API}/choices"), &json!({ "on": [], "quietFrom": "25:00" })).await.is(422);

        for id in [&muted, &tagged, &open] {
            cleo.replies(id, "Hello?").await;
        }
        sue.asks_with(json!({ "title": "For the team", "description": "d", "userId": cleo.id(), "teamId": team.id })).await;

        has_unread(&ana, 2).await;
        told(world).await;
        assert_eq!(kept["mutedTags"], json!(["newsletter"]));
        assert_eq!(kinds(&ana).await[..2], ["team_ticket", "customer_reply"]);
        assert_eq!(unread(&ana).await, 2);
        ana.delete(&format!("/api/support/tickets/{muted}/mute")).await.is(200);
        cleo.replies(&muted, "Hello again?").await;
        has_unread(&ana, 3).await;
    }
}
