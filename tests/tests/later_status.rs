//! Send later with a custom status: offered, taken by programs, set at its time, and stopped when it was removed.

use crate::{client::Visitor, later::at, world::eventually};
use db::sql;
use serde_json::{Value, json};
use std::time::Duration;

const HOUR: Duration = Duration::from_hours(1);

async fn status(ada: &Visitor, name: &str, counts_as: &str) {
    ada.form("/admin/statuses", &[("name", name), ("status", counts_as), ("customerName", "")]).await.is(303);
}

fn scheduled(ticket: &str) -> String {
    format!("/api/support/tickets/{ticket}/scheduled")
}

async fn waiting(who: &Visitor, ticket: &str) -> Vec<Value> {
    who.get(&scheduled(ticket)).await.is(200).json()["items"].as_array().unwrap().clone()
}

async fn asks(who: &Visitor, title: &str) -> String {
    who.asks(title).await["id"].as_str().unwrap().to_owned()
}

both! {
    async fn a_custom_status_is_set_at_its_time_alone_or_after_a_reply(world) {
        let (ada, ana, cleo) = (world.admin("Ada").await, world.agent("Ana").await, world.customer("Cleo").await);
        status(&ada, "Waiting on legal", "ON_HOLD").await;
        let (alone, after, by_menu) = (asks(&cleo, "Contract").await, asks(&cleo, "Printer").await, asks(&cleo, "Scanner").await);

        let made = ana.post(&scheduled(&alone), &json!({ "sendAt": at(world, 1), "customStatus": "waiting_on_legal" })).await.is(201).json();
        ana.post(&scheduled(&after), &json!({ "sendAt": at(world, 1), "content": "We ask.", "customStatus": "waiting_on_legal", "status": "ON_HOLD" })).await.is(201);
        let page = ana.get(&format!("/desk/tickets/{by_menu}")).await.text();
        let moment = world.clock.now().plus(HOUR).to_jiff().strftime("%Y-%m-%dT%H:%M").to_string();
        ana.form(&format!("/desk/tickets/{by_menu}/messages"), &[("kind", "reply"), ("content", "From the menu"), ("later", "moment"), ("sendAt", &moment), ("laterStatus", "custom:waiting_on_legal")]).await.is(303);
        let told = ana.get(&format!("/desk/tickets/{by_menu}")).await.text();
        world.clock.advance(HOUR * 2);
        for ticket in [&alone, &after, &by_menu] {
            eventually("it is set", || async { ana.ticket(ticket).await["customStatus"] == "waiting_on_legal" }).await;
            assert_eq!((&ana.ticket(ticket).await["status"], waiting(&ana, ticket).await.len()), (&json!("ON_HOLD"), 0));
        }

        assert_eq!((&made["status"], &made["customStatus"]), (&json!("ON_HOLD"), &json!("waiting_on_legal")));
        assert!(page.contains("<option value=\"custom:waiting_on_legal\">Waiting on legal</option>"), "{page}");
        assert!(told.contains("Goes out") && told.contains("then Waiting on legal"), "{told}");
        assert_eq!(cleo.ticket(&after).await["messages"].as_array().unwrap().len(), 2);
        let history = ana.get(&format!("/desk/tickets/{alone}/history")).await.text();
        assert!(history.contains("scheduled the status Waiting on legal") || history.contains("Waiting on legal"), "{history}");
        assert!(!cleo.get(&format!("/api/support/tickets/{alone}/events")).await.text().contains("legal"));
    }

    async fn a_status_that_was_removed_stops_it_and_says_so(world) {
        let (ada, ana, cleo) = (world.admin("Ada").await, world.agent("Ana").await, world.customer("Cleo").await);
        status(&ada, "Needs a log", "PENDING").await;
        let (alone, reply) = (asks(&cleo, "Contract").await, asks(&cleo, "Printer").await);
        ana.post(&scheduled(&alone), &json!({ "sendAt": at(world, 1), "customStatus": "needs_a_log" })).await.is(201);
        ana.post(&scheduled(&reply), &json!({ "sendAt": at(world, 1), "content": "Send the log.", "customStatus": "needs_a_log" })).await.is(201);
        ada.form("/admin/statuses/needs_a_log/archive", &[]).await.is(303);

        world.clock.advance(HOUR * 2);
        eventually("both are stopped", || async { world.count(sql!("SELECT COUNT(*) FROM scheduled WHERE stopped_by = 'STATUS'")).await == 2 }).await;

        let pages = [ana.get(&format!("/desk/tickets/{alone}")).await.text(), ana.get(&format!("/desk/tickets/{reply}")).await.text()];
        assert!(pages[0].contains("It was removed before that") && pages[1].contains("The status Needs a log was removed before that"), "{}", pages[1]);
        assert!(pages[0].contains("stopped what was scheduled: the status that it sets was removed"), "{}", pages[0]);
        assert_eq!(cleo.ticket(&reply).await["messages"].as_array().unwrap().len(), 1);
        let (first, second) = (waiting(&ana, &alone).await[0].clone(), waiting(&ana, &reply).await[0].clone());
        assert_eq!(first["stoppedBy"], "STATUS");
        let refused = ana.post(&format!("{}/{}/now", scheduled(&alone), first["id"].as_str().unwrap()), &json!({})).await.is(409).json();
        assert!(refused["detail"].as_str().unwrap().contains("“Needs a log” was removed"), "{refused}");
        ana.post(&format!("{}/{}/now", scheduled(&reply), second["id"].as_str().unwrap()), &json!({})).await.is(204);
        let now = ana.ticket(&reply).await;
        assert_eq!((now["messages"].as_array().unwrap().len(), &now["status"], &now["customStatus"]), (2, &json!("OPEN"), &Value::Null), "the reply goes out, the status stays");
    }

    async fn a_reply_goes_out_and_its_solving_status_stays_away_where_a_field_is_empty(world) {
        let (ada, ana, cleo) = (world.admin("Ada").await, world.agent("Ana").await, world.customer("Cleo").await);
        status(&ada, "Shipped", "RESOLVED").await;
        let ticket = asks(&cleo, "Parcel").await;
        ana.post(&scheduled(&ticket), &json!({ "sendAt": at(world, 1), "content": "It is on its way.", "customStatus": "shipped" })).await.is(201);
        ada.form("/admin/fields", &[("label", "Cause"), ("kind", "TEXT"), ("isNeededToSolve", "true")]).await.is(303);

        world.clock.advance(HOUR * 2);
        eventually("it is out", || async { cleo.ticket(&ticket).await["messages"].as_array().unwrap().len() == 2 }).await;

        assert_eq!(ana.ticket(&ticket).await["status"], "OPEN");
        assert!(waiting(&ana, &ticket).await.is_empty());
    }

    async fn a_status_that_is_not_there_or_of_another_is_refused(world) {
        let (ada, ana, cleo) = (world.admin("Ada").await, world.agent("Ana").await, world.customer("Cleo").await);
        status(&ada, "Needs a log", "PENDING").await;
        let ticket = asks(&cleo, "Printer").await;

        for body in [json!({ "customStatus": "gone" }), json!({ "customStatus": "needs_a_log", "status": "OPEN" })] {
            let mut body = body;
            body["sendAt"] = json!(at(world, 1));
            assert!(ana.post(&scheduled(&ticket), &body).await.is(422).json()["errors"]["customStatus"].is_array(), "{body}");
        }
        let page = ana.form(&format!("/desk/tickets/{ticket}/messages"), &[("kind", "reply"), ("content", "Typed long"), ("later", "tomorrow"), ("laterStatus", "custom:gone")]).await.is(422).text();
        assert!(page.contains("href=\"#laterStatus\"") && page.contains("There is no such status.") && page.contains("Typed long"), "{page}");
        assert!(waiting(&ana, &ticket).await.is_empty());
    }
}
