//! Send later: a reply or a status at a time, unless the customer comes first.

use crate::{
    client::Visitor,
    world::{World, eventually},
};
use db::sql;
use serde_json::{Value, json};
use std::time::Duration;

const HOUR: Duration = Duration::from_hours(1);

/// A time to come, as programs write it.
pub fn at(world: &World, hours: u32) -> String {
    world.clock.now().plus(HOUR * hours).to_jiff().to_string()
}

async fn asked(world: &World) -> (Visitor, Visitor, String) {
    let (cleo, ana) = (world.customer("Cleo").await, world.agent("Ana").await);
    let ticket = cleo.asks("Printer").await["id"].as_str().unwrap().to_owned();
    (cleo, ana, ticket)
}

fn scheduled(ticket: &str) -> String {
    format!("/api/support/tickets/{ticket}/scheduled")
}

async fn waiting(who: &Visitor, ticket: &str) -> Vec<Value> {
    who.get(&scheduled(ticket)).await.is(200).json()["items"].as_array().unwrap().clone()
}

async fn thread(who: &Visitor, ticket: &str) -> usize {
    who.ticket(ticket).await["messages"].as_array().unwrap().len()
}

async fn events(world: &World, kind: &str) -> i64 {
    world.count(sql!("SELECT COUNT(*) FROM events WHERE kind = $1", kind)).await
}

both! {
    async fn a_reply_goes_out_at_its_time_and_customers_see_nothing_of_it_before(world) {
        let (cleo, ana, ticket) = asked(world).await;
        let key = ana.uploads("secret.txt", b"secret").await;

        let body = json!({ "sendAt": at(world, 5), "content": "Did it help?", "status": "PENDING", "fileId": [key] });
        let later = ana.post(&scheduled(&ticket), &body).await.is(201).json();

        let (message, id) = (later["messageId"].as_str().unwrap(), later["id"].as_str().unwrap().parse::<db::Id<tickets::later::Scheduled>>().unwrap());
        for door in [format!("/requests/{ticket}"), format!("/api/support/tickets/{ticket}"), format!("/api/support/tickets/{ticket}/messages"), format!("/api/support/tickets/{ticket}/events"), format!("/api/support/tickets/{ticket}/attachments"), format!("/api/support/tickets/{ticket}/export")] {
            let text = cleo.get(&door).await.is(200).text();
            assert!(!text.contains("Did it help?") && !text.contains("secret.txt") && !text.contains("later_"), "{door}: {text}");
        }
        let page = ana.get(&format!("/desk/tickets/{ticket}")).await.text();
        assert!(page.contains("Did it help?") && page.contains("Goes out") && page.contains("unless Cleo writes before"), "{page}");
        world.clock.advance(HOUR * 4);
        tokio::time::sleep(Duration::from_millis(1_200)).await;
        assert_eq!(thread(&cleo, &ticket).await, 1, "not an hour too early");
        world.clock.advance(HOUR * 2);
        eventually("it is out", || async { thread(&cleo, &ticket).await == 2 }).await;

        let after = cleo.ticket(&ticket).await;
        assert_eq!((after["messages"][1]["content"].as_str(), after["messages"][1]["user"]["name"].as_str(), after["status"].as_str()), (Some("Did it help?"), Some("Ana"), Some("PENDING")));
        assert_eq!((after["messages"][1]["id"].as_str(), &after["firstReplyAt"]), (Some(message), &after["messages"][1]["createdAt"]), "it counts from when it went out");
        assert!(waiting(&ana, &ticket).await.is_empty());
        let mut tx = world.write().await;
        tickets::later::due(&mut tx, id, ticket.parse().unwrap(), 0).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(events(world, "ticket.replied").await, 1, "the job may run twice");
    }

    async fn what_the_customer_says_before_stops_it_and_staff_decides(world) {
        let (cleo, ana, ticket) = asked(world).await;
        let (ben, path) = (world.agent("Ben").await, scheduled(&ticket));
        for (hours, content) in [(2, "Still broken?"), (3, "Closing soon")] {
            ana.post(&path, &json!({ "sendAt": at(world, hours), "content": content })).await.is(201);
        }
        ana.post(&path, &json!({ "sendAt": at(world, 4), "status": "RESOLVED" })).await.is(201);
        ben.notes(&ticket, "A colleague's note stops nothing").await;
        assert!(waiting(&ana, &ticket).await.iter().all(|later| later["stoppedBy"].is_null()));

        cleo.replies(&ticket, "It works again").await;
        world.clock.advance(HOUR * 10);
        tokio::time::sleep(Duration::from_millis(1_200)).await;

        let left = waiting(&ana, &ticket).await;
        assert_eq!((left.len(), left.iter().all(|later| later["stoppedBy"] == "CUSTOMER"), thread(&cleo, &ticket).await), (3, true, 2));
        assert_eq!(cleo.ticket(&ticket).await["status"], "OPEN");
        let page = ana.get(&format!("/desk/tickets/{ticket}")).await.text();
        assert!(page.contains("Not sent by itself") && page.contains("Cleo wrote before that"), "{page}");
        let act = async |who: &Visitor, index: usize, act: &str| who.form(&format!("/desk/tickets/{ticket}/later/{}/{act}", left[index]["id"].as_str().unwrap()), &[]).await.is(303);
        act(&ben, 0, "cancel").await;
        assert!(ben.get(&format!("/desk/tickets/{ticket}")).await.text().contains("Still broken?</textarea>"), "the text is in the box of whoever called it off");
        act(&ben, 1, "hurry").await;
        assert_eq!((thread(&cleo, &ticket).await, cleo.ticket(&ticket).await["messages"][2]["user"]["name"].as_str().unwrap().to_owned()), (3, "Ana".to_owned()), "in its author's name");
        act(&ana, 2, "hurry").await;
        assert_eq!(cleo.ticket(&ticket).await["status"], "RESOLVED");
        assert!(waiting(&ana, &ticket).await.is_empty());
        ana.form(&format!("/desk/tickets/{ticket}/later/{}/cancel", left[0]["id"].as_str().unwrap()), &[]).await.is(404);
    }

    async fn a_status_is_set_at_its_time_and_not_after_the_customer_opened_it_again(world) {
        let (cleo, ana, first) = asked(world).await;
        let second = cleo.asks("Scanner").await["id"].as_str().unwrap().to_owned();
        for ticket in [&first, &second] {
            ana.post(&scheduled(ticket), &json!({ "sendAt": at(world, 2), "status": "RESOLVED" })).await.is(201);
        }
        cleo.put(&format!("/api/support/tickets/{second}"), &json!({ "version": cleo.ticket(&second).await["version"], "status": "RESOLVED" })).await.is(200);
        cleo.put(&format!("/api/support/tickets/{second}"), &json!({ "version": cleo.ticket(&second).await["version"], "status": "OPEN" })).await.is(200);

        world.clock.advance(HOUR * 3);
        eventually("the first is solved", || async { cleo.ticket(&first).await["status"] == "RESOLVED" }).await;

        assert_eq!((cleo.ticket(&second).await["status"].as_str(), waiting(&ana, &second).await[0]["stoppedBy"].as_str()), (Some("OPEN"), Some("CUSTOMER")));
        let history = ana.get(&format!("/desk/tickets/{first}/history")).await.text();
        assert!(history.contains("Scheduled") && history.contains("Solved"), "{history}");
    }

    async fn what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost(world) {
        let (cleo, ana, ticket) = asked(world).await;
        let path = scheduled(&ticket);
        let past = world.clock.now().minus(Duration::from_secs(1)).to_jiff().to_string();
        for (body, field) in [
            (json!({ "sendAt": past, "content": "c" }), "sendAt"),
            (json!({ "sendAt": at(world, 24 * 400), "content": "c" }), "sendAt"),
            (json!({ "content": "c" }), "sendAt"),
            (json!({ "sendAt": at(world, 1) }), "content"),
        ] {
            assert!(ana.post(&path, &body).await.is(422).json()["errors"][field].is_array(), "{body}");
        }
        let say = format!("/desk/tickets/{ticket}/messages");
        for (kind, when, moment, words) in [("reply", "moment", "2001-01-01T09:00", "This time has passed"), ("reply", "moment", "", "Choose a day and a time"), ("note", "tomorrow", "", "Only replies are sent later")] {
            let told = ana.form(&say, &[("kind", kind), ("content", "Typed long"), ("later", when), ("sendAt", moment)]).await.is(422).text();
            assert!(told.contains(words) && told.contains("Typed long") && told.contains(moment), "{words}: {told}");
        }
        cleo.post(&path, &json!({ "sendAt": at(world, 1), "content": "c" })).await.is(403);
        cleo.get(&path).await.is(403);
        assert!(waiting(&ana, &ticket).await.is_empty());

        ana.form(&say, &[("kind", "reply"), ("content", "Good morning"), ("later", "tomorrow"), ("sendAt", ""), ("laterStatus", "ON_HOLD")]).await.is(303);
        ana.form(&say, &[("kind", "reply"), ("content", ""), ("later", "week"), ("sendAt", ""), ("laterStatus", "RESOLVED")]).await.is(303);
        // Enter in the field of the moment presses the button that sends
        let moment = world.clock.now().plus(HOUR * 24 * 30).to_jiff().strftime("%Y-%m-%dT%H:%M").to_string();
        ana.form(&say, &[("kind", "reply"), ("content", "Not yet"), ("sendAt", &moment), ("laterStatus", ""), ("status", "PENDING")]).await.is(303);
        let left = waiting(&ana, &ticket).await;
        let told: Vec<_> = left.iter().map(|later| (later["messageId"].is_null(), later["status"].as_str().unwrap())).collect();
        assert_eq!(told, [(false, "ON_HOLD"), (true, "RESOLVED"), (false, "PENDING")]);
        assert_eq!(thread(&cleo, &ticket).await, 1);
    }

    async fn who_may_no_more_and_what_lies_in_the_trash_sends_nothing(world) {
        let (cleo, ana, ticket) = asked(world).await;
        let (ben, trashed) = (world.agent("Ben").await, cleo.asks("Scanner").await["id"].as_str().unwrap().to_owned());
        ana.post(&scheduled(&ticket), &json!({ "sendAt": at(world, 1), "content": "Bye" })).await.is(201);
        ben.post(&scheduled(&trashed), &json!({ "sendAt": at(world, 1), "content": "Bye" })).await.is(201);
        ben.delete(&format!("/api/support/tickets/{trashed}")).await.is(204);
        let mut tx = world.write().await;
        tx.run(sql!("UPDATE people SET disabled_at = 1 WHERE id = $1", ana.id())).await.unwrap();
        tx.commit().await.unwrap();

        world.clock.advance(HOUR * 2);
        eventually("both are stopped", || async { world.count(sql!("SELECT COUNT(*) FROM scheduled WHERE stopped_by IS NOT NULL")).await == 2 }).await;

        assert_eq!((waiting(&ben, &ticket).await[0]["stoppedBy"].as_str(), waiting(&ben, &trashed).await[0]["stoppedBy"].as_str()), (Some("RIGHTS"), Some("TRASH")));
        assert_eq!(thread(&cleo, &ticket).await, 1);
        world.clock.advance(Duration::from_hours(24 * 31));
        tickets::sweep(&world.app.db).await.unwrap();
        assert_eq!(world.count(sql!("SELECT COUNT(*) FROM scheduled")).await, 1, "what goes for good takes it along");
    }
}
