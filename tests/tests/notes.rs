//! Internal notes never reach a customer, whichever door they try; nor does a reply that can still be taken back.

use crate::{client::Visitor, live::Socket, world::World};
use db::journal;
use serde_json::json;
use std::time::Duration;

const SECRET: &str = "zq-internal-secret";

/// Cleo's ticket with a note and its file; Cleo, Ana of the staff, and the ticket.
async fn noted(world: &World) -> (Visitor, Visitor, String) {
    let (cleo, ana) = (world.customer("Cleo").await, world.agent("Ana").await);
    let ticket = cleo.asks("Printer").await["id"].as_str().unwrap().to_owned();
    let key = ana.uploads("zq-internal-file.txt", SECRET.as_bytes()).await;
    ana.post(&format!("/api/support/tickets/{ticket}/messages"), &json!({ "content": SECRET, "internal": true, "fileId": [key] })).await.is(201);
    (cleo, ana, ticket)
}

/// Every door that shows a ticket to its customer.
fn doors(ticket: &str) -> Vec<String> {
    let api = "/api/support/tickets";
    vec![
        format!("/requests/{ticket}"),
        "/requests".into(),
        "/requests?show=organization".into(),
        "/".into(),
        format!("/search?q={SECRET}"),
        format!("/api/search?q={SECRET}"),
        "/api/search?q=Printer".into(),
        format!("/search/suggestions?q={SECRET}"),
        "/search/suggestions?q=zq".into(),
        "/search?q=Printer".into(),
        format!("{api}/{ticket}"),
        format!("{api}/{ticket}/messages"),
        format!("{api}/{ticket}/messages?limit=1"),
        format!("{api}/{ticket}/attachments"),
        format!("{api}/{ticket}/events"),
        format!("{api}/{ticket}/followers"),
        api.into(),
        format!("{api}?q={SECRET}"),
        format!("{api}?view=trash"),
        format!("/requests?q={SECRET}"),
        format!("/desk/tickets/{ticket}"),
        format!("/desk/tickets/{ticket}/history"),
        format!("/desk/palette?q={SECRET}"),
    ]
}

async fn shows_nothing(who: &Visitor, ticket: &str, words: &[&str]) {
    for door in doors(ticket) {
        let text = who.get(&door).await.text();
        if door.contains(SECRET) {
            // a search shows what was typed; it must not find the ticket by it
            assert!(!text.contains(ticket) || door.contains(ticket), "{door} finds the ticket by its note:\n{text}");
            continue;
        }
        for word in words {
            assert!(!text.contains(word), "{door} shows {word}:\n{text}");
        }
    }
}

both! {
    async fn no_door_shows_a_customer_a_note_or_its_file(world) {
        let (cleo, ana, ticket) = noted(world).await;
        let note = ana.ticket(&ticket).await["messages"][1]["id"].as_str().unwrap().to_owned();

        shows_nothing(&cleo, &ticket, &[SECRET, &note, "noted", "zq-internal-file"]).await;

        assert!(ana.get(&format!("/desk/tickets/{ticket}")).await.is(200).text().contains(SECRET), "the agent sees it");
    }

    async fn a_note_stays_hidden_after_changes_trash_and_restore(world) {
        let (cleo, ana, ticket) = noted(world).await;
        let path = format!("/api/support/tickets/{ticket}");
        let version = ana.ticket(&ticket).await["version"].clone();

        let changed = ana.put(&path, &json!({ "version": version, "title": "Printer 2", "description": "new", "status": "RESOLVED", "tags": [SECRET] })).await.is(200).json();
        ana.delete(&path).await.is(204);
        shows_nothing(&cleo, &ticket, &[SECRET]).await;
        ana.post(&format!("{path}/restore"), &json!({})).await.is(200);

        shows_nothing(&cleo, &ticket, &[SECRET]).await;
        let stale = cleo.put(&path, &json!({ "version": changed["version"].as_i64().unwrap() - 1, "status": "OPEN" })).await.is(409);
        assert!(!stale.text().contains(SECRET), "{}", stale.text());
        assert!(cleo.replies(&ticket, "again").await["content"] == "again" && !cleo.ticket(&ticket).await.to_string().contains(SECRET));
    }

    async fn a_link_to_a_notes_file_is_worth_nothing_to_a_customer(world) {
        let (cleo, ana, ticket) = noted(world).await;
        let attachment = ana.get(&format!("/api/support/tickets/{ticket}/attachments")).await.is(200).json()["items"][0].clone();
        let link = attachment["url"].as_str().unwrap();

        let (theirs, ours) = (cleo.get(link).await, ana.get(link).await);

        assert_eq!((theirs.status.as_u16(), ours.status.as_u16(), ours.text().as_str()), (404, 200, SECRET));
        assert!(!theirs.text().contains(SECRET));
    }

    async fn a_customers_socket_does_not_ring_for_a_note(world) {
        let (cleo, ana, ticket) = noted(world).await;
        let topic = format!("ticket:{ticket}");
        let mut theirs = Socket::open(world, &cleo, &[&topic, &format!("person:{}", cleo.id())], i64::MAX).await;
        let mut ours = Socket::open(world, &ana, &[&topic], i64::MAX).await;

        ana.notes(&ticket, "another").await;
        ana.form(&format!("/desk/tickets/{ticket}/messages"), &[("kind", "reply"), ("content", "held")]).await.is(303);

        assert!(ours.hears(&topic, Duration::from_secs(5)).await && ours.hears(&topic, Duration::from_secs(5)).await, "staff is rung");
        assert!(!theirs.hears(&topic, Duration::from_millis(500)).await, "the customer is not");
        assert!(ana.replies(&ticket, "Done").await["content"] == "Done" && theirs.hears(&topic, Duration::from_secs(5)).await, "a reply rings");
    }

    async fn a_customer_cannot_write_a_note_or_make_one_of_a_message(world) {
        let (cleo, _, ticket) = noted(world).await;

        let told = cleo.post(&format!("/api/support/tickets/{ticket}/messages"), &json!({ "content": "mine", "internal": true })).await;

        assert_eq!(told.status, 403, "{}", told.text());
        assert_eq!(cleo.ticket(&ticket).await["messages"].as_array().unwrap().len(), 1);
    }

    async fn a_held_reply_and_its_file_are_hidden_until_it_goes_out(world) {
        let (cleo, ana) = (world.customer("Cleo").await, world.agent("Ana").await);
        let ticket = cleo.asks("Printer").await["id"].as_str().unwrap().to_owned();
        let key = ana.uploads("held-file.txt", b"held").await;
        ana.form(&format!("/desk/tickets/{ticket}/messages"), &[("kind", "reply"), ("content", SECRET), ("fileId", &key), ("status", "PENDING")]).await.is(303);
        let held = ana.ticket(&ticket).await["messages"][1]["id"].as_str().unwrap().to_owned();
        let other = ana.uploads("second-file.txt", b"more").await;

        ana.post(&format!("/api/support/tickets/{ticket}/attachments"), &json!({ "fileId": [other], "messageId": held })).await.is(201);

        shows_nothing(&cleo, &ticket, &[SECRET, "held-file", "second-file", &held, "PENDING"]).await;
    }

    async fn the_journal_marks_whatever_tells_of_a_note_as_for_staff(world) {
        let (_, ana, ticket) = noted(world).await;
        let note = ana.ticket(&ticket).await["messages"][1]["id"].as_str().unwrap().to_owned();

        let events = journal::of(&mut world.read().await, ticket.parse().unwrap()).await.unwrap();

        let told: Vec<_> = events.iter().filter(|event| event.data.contains(&note)).collect();
        assert!(!told.is_empty() && told.iter().all(|event| event.staff_only), "{told:?}");
        assert!(events.iter().all(|event| !event.data.contains(SECRET)), "the journal holds no bodies");
    }

    async fn a_note_stays_hidden_when_its_ticket_is_merged_and_when_that_is_undone(world) {
        let (cleo, ana, ticket) = noted(world).await;
        let other = cleo.asks("Other printer").await["id"].as_str().unwrap().to_owned();
        let note = ana.ticket(&ticket).await["messages"][1]["id"].as_str().unwrap().to_owned();
        let link = ana.get(&format!("/api/support/tickets/{ticket}/attachments")).await.json()["items"][0]["url"].as_str().unwrap().to_owned();
        let words = [SECRET, "zq-internal-file", &note];
        let path = format!("/api/support/tickets/{ticket}/merge");

        ana.post(&path, &json!({ "into": other })).await.is(201);
        shows_nothing(&cleo, &ticket, &words).await;
        shows_nothing(&cleo, &other, &words).await;
        assert_eq!((cleo.get(&link).await.status.as_u16(), ana.get(&link).await.status.as_u16()), (404, 200));
        assert!(ana.ticket(&other).await["messages"].as_array().unwrap().iter().any(|message| message["id"] == *note && message["internal"] == true));
        ana.post(&format!("{path}/undo"), &json!({})).await.is(200);

        shows_nothing(&cleo, &ticket, &words).await;
        shows_nothing(&cleo, &other, &words).await;
        assert_eq!(cleo.get(&link).await.status, 404);
    }

    async fn a_note_cannot_be_split_off(world) {
        let (cleo, ana, ticket) = noted(world).await;
        let note = ana.ticket(&ticket).await["messages"][1]["id"].as_str().unwrap().to_owned();

        let told = ana.post(&format!("/api/support/tickets/{ticket}/split"), &json!({ "messageId": note })).await;

        assert_eq!(told.status, 409, "{}", told.text());
        shows_nothing(&cleo, &ticket, &[SECRET, &note]).await;
    }

    async fn a_note_stays_hidden_when_a_message_beside_it_is_split_off_and_when_its_ticket_is_linked(world) {
        let (cleo, ana, ticket) = noted(world).await;
        let (otto, parent) = (world.customer("Otto").await, ana.asks("zq-parent").await["id"].as_str().unwrap().to_owned());
        let note = ana.ticket(&ticket).await["messages"][1]["id"].as_str().unwrap().to_owned();
        let other = cleo.replies(&ticket, "Something else").await["id"].as_str().unwrap().to_owned();
        let path = |ticket: &str, verb: &str| format!("/api/support/tickets/{ticket}/{verb}");

        let split = ana.post(&path(&ticket, "split"), &json!({ "messageId": other })).await.is(201).id();
        ana.post(&path(&ticket, "links"), &json!({ "relation": "CHILD_OF", "ticketId": parent })).await.is(201);
        ana.put(&path(&parent, "incident"), &json!({})).await.is(200);
        ana.post(&path(&parent, "updates"), &json!({ "content": "For all" })).await.is(202);
        crate::world::eventually("the update came", || async { cleo.ticket(&ticket).await["messages"].as_array().unwrap().len() == 2 }).await;

        for (who, ticket) in [(&cleo, &ticket), (&cleo, &split), (&otto, &ticket)] {
            shows_nothing(who, ticket, &[SECRET, "zq-internal-file", &note, "zq-parent", &parent]).await;
        }
        cleo.get(&path(&ticket, "links")).await.is(403);
        cleo.get(&path(&ticket, "updates")).await.is(403);
    }

    async fn a_note_does_not_move_the_request_in_the_customers_eyes(world) {
        let (cleo, ana) = (world.customer("Cleo").await, world.agent("Ana").await);
        let ticket = cleo.asks("Printer").await["id"].as_str().unwrap().to_owned();
        cleo.asks("Later").await;
        let list = || async { cleo.get("/api/support/tickets").await.is(200).json()["items"].as_array().unwrap().iter().map(|item| item["updatedAt"].clone()).collect::<Vec<_>>() };
        let before = list().await;
        world.clock.advance(Duration::from_hours(1));

        ana.notes(&ticket, SECRET).await;

        assert_eq!(before, list().await, "a customer does not even learn the time of a note");
    }
}
