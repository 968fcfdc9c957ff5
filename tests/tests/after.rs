//! What happens by itself, and by and by: held replies go out or are taken back, solved requests close, the trash empties.

use crate::{
    client::Visitor,
    live::Socket,
    world::{World, eventually},
};
use db::sql;
use serde_json::{Value, json};
use std::time::Duration;

const DAY: Duration = Duration::from_hours(24);

/// Cleo's ticket, and Ana's reply to it that can still be taken back.
async fn held(world: &World, status: &str) -> (Visitor, Visitor, String, String) {
    let (cleo, ana) = (world.customer("Cleo").await, world.agent("Ana").await);
    let ticket = cleo.asks("Printer").await["id"].as_str().unwrap().to_owned();
    ana.form(&format!("/desk/tickets/{ticket}/messages"), &[("kind", "reply"), ("content", "Turn it on"), ("status", status)]).await.is(303);
    let message = ana.ticket(&ticket).await["messages"][1]["id"].as_str().unwrap().to_owned();
    (cleo, ana, ticket, message)
}

async fn thread(who: &Visitor, ticket: &str) -> usize {
    who.ticket(ticket).await["messages"].as_array().unwrap().len()
}

both! {
    async fn a_reply_goes_out_after_its_time_and_only_then_counts(world) {
        let (cleo, ana, ticket, _) = held(world, "PENDING").await;
        let topic = format!("ticket:{ticket}");
        let mut socket = Socket::open(world, &cleo, &[&topic], i64::MAX).await;
        let before = ana.ticket(&ticket).await;
        assert_eq!((thread(&cleo, &ticket).await, &before["firstReplyAt"], before["status"].as_str()), (1, &Value::Null, Some("OPEN")));

        world.clock.advance(Duration::from_secs(11));

        assert!(socket.hears(&topic, Duration::from_secs(5)).await, "the customer's page rings");
        let after = cleo.ticket(&ticket).await;
        assert_eq!((after["messages"][1]["content"].as_str(), after["status"].as_str()), (Some("Turn it on"), Some("PENDING")));
        assert_eq!(after["firstReplyAt"], after["messages"][1]["createdAt"], "the response time counts to when it went out");
        assert_eq!(after["messages"][1]["user"]["name"], "Ana");
    }

    async fn a_reply_taken_back_was_never_sent_and_is_a_draft_again(world) {
        let (cleo, ana, ticket, message) = held(world, "RESOLVED").await;

        ana.form(&format!("/desk/tickets/{ticket}/messages/{message}/undo"), &[]).await.is(303);
        world.clock.advance(Duration::from_mins(1));
        tokio::time::sleep(Duration::from_millis(1_300)).await;

        assert_eq!((thread(&cleo, &ticket).await, thread(&ana, &ticket).await), (1, 1));
        assert_eq!(cleo.ticket(&ticket).await["status"], "OPEN");
        assert!(ana.get(&format!("/desk/tickets/{ticket}")).await.is(200).text().contains("Turn it on"), "the text is in the composer");
        ana.form(&format!("/desk/tickets/{ticket}/messages/{message}/undo"), &[]).await.is(404);
    }

    async fn only_its_author_takes_a_reply_back_and_not_after_it_went_out(world) {
        let (cleo, ana, ticket, message) = held(world, "").await;
        let (ben, undo) = (world.agent("Ben").await, format!("/desk/tickets/{ticket}/messages/{message}/undo"));

        ben.form(&undo, &[]).await.is(303);
        assert_eq!(thread(&ana, &ticket).await, 2, "somebody else's undo does nothing");
        world.clock.advance(Duration::from_secs(11));
        eventually("it is out", || async { thread(&cleo, &ticket).await == 2 }).await;
        ana.form(&undo, &[]).await.is(303);

        assert_eq!(thread(&cleo, &ticket).await, 2, "what is sent is sent");
    }

    async fn a_solved_request_closes_after_some_days_and_one_that_was_opened_again_does_not(world) {
        let (cleo, ana) = (world.customer("Cleo").await, world.agent("Ana").await);
        let mut tickets = Vec::new();
        for title in ["Stays solved", "Opened again"] {
            let ticket = cleo.asks(title).await;
            let id = ticket["id"].as_str().unwrap().to_owned();
            ana.put(&format!("/api/support/tickets/{id}"), &json!({ "version": 1, "status": "RESOLVED" })).await.is(200);
            tickets.push(id);
        }
        world.clock.advance(DAY);
        cleo.replies(&tickets[1], "Still broken").await;
        assert_eq!(cleo.ticket(&tickets[1]).await["status"], "OPEN", "a customer's reply opens it");

        world.clock.advance(DAY * 7);
        eventually("the first is closed", || async { cleo.ticket(&tickets[0]).await["status"] == "CLOSED" }).await;

        assert_eq!(cleo.ticket(&tickets[1]).await["status"], "OPEN");
        assert!(cleo.get(&format!("/requests/{}", tickets[0])).await.is(200).text().contains("closed"));
    }

    async fn a_reply_to_a_closed_request_goes_on_in_a_new_one(world) {
        let (cleo, ana) = (world.customer("Cleo").await, world.agent("Ana").await);
        let ticket = cleo.asks("Printer").await["id"].as_str().unwrap().to_owned();
        ana.put(&format!("/api/support/tickets/{ticket}"), &json!({ "version": 1, "status": "CLOSED" })).await.is(200);

        let message = cleo.replies(&ticket, "Broken again").await;

        let next = message["ticketId"].as_str().unwrap();
        assert_ne!(next, ticket);
        let next = cleo.ticket(next).await;
        assert_eq!((next["followsId"].as_str(), next["status"].as_str(), next["description"].as_str()), (Some(&*ticket), Some("OPEN"), Some("Broken again")));
        assert_eq!((cleo.ticket(&ticket).await["status"].as_str(), thread(&cleo, &ticket).await), (Some("CLOSED"), 1));
    }

    async fn the_trash_keeps_a_ticket_for_thirty_days_and_then_nothing_is_left(world) {
        let (cleo, ana) = (world.customer("Cleo").await, world.agent("Ana").await);
        let key = cleo.uploads("trace.txt", b"trace").await;
        let ticket = cleo.asks_with(json!({ "title": "T", "description": "d", "fileId": [key] })).await["id"].as_str().unwrap().to_owned();
        let draft = ana.request("PUT", &format!("/desk/tickets/{ticket}/draft")).json(&json!({ "kind": "note", "content": "n" }));
        ana.send(draft).await.is(204);
        ana.delete(&format!("/api/support/tickets/{ticket}")).await.is(204);
        cleo.get(&format!("/api/support/tickets/{ticket}")).await.is(404);

        world.clock.advance(DAY * 29);
        tickets::sweep(&world.app.db).await.unwrap();
        let day_29 = world.count(sql!("SELECT COUNT(*) FROM tickets")).await;
        world.clock.advance(DAY * 2);
        tickets::sweep(&world.app.db).await.unwrap();

        let left = world.count(sql!("SELECT (SELECT COUNT(*) FROM tickets) + (SELECT COUNT(*) FROM messages) + (SELECT COUNT(*) FROM drafts) + (SELECT COUNT(*) FROM files) + (SELECT COUNT(*) FROM ticket_people)")).await;
        assert_eq!((day_29, left), (1, 0));
        eventually("its file is gone from the disk", || async { world.count(sql!("SELECT COUNT(*) FROM jobs WHERE kind = 'files.delete' AND state = 'done'")).await == 1 }).await;
    }

    async fn a_node_without_its_store_is_not_ready(world) {
        let (anyone, files) = (world.stranger(), world.folder.path().join("files"));
        anyone.get("/readyz").await.is(200);

        std::fs::rename(&files, files.with_extension("gone")).unwrap();
        anyone.get("/readyz").await.is(503);
        anyone.get("/healthz").await.is(200);

        std::fs::rename(files.with_extension("gone"), &files).unwrap();
        eventually("it is ready again", || async { anyone.get("/readyz").await.status == 200 }).await;
    }

    async fn a_session_that_is_not_used_ends(world) {
        let cleo = world.customer("Cleo").await;
        cleo.get("/requests").await.is(200);

        world.clock.advance(DAY * 15);
        world.app.actors.clear();

        assert!(cleo.get("/requests").await.is(303).header("location").starts_with("/sign-in"));
    }
}
