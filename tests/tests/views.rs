//! Snooze and spam: what leaves the lists of work, what comes back, and what customers learn of it.

use crate::{
    client::Visitor,
    world::{World, eventually},
};
use db::sql;
use serde_json::json;
use std::{collections::BTreeSet, time::Duration};

const API: &str = "/api/support/tickets";

async fn listed(who: &Visitor, view: &str) -> BTreeSet<String> {
    who.get(&format!("{API}?limit=100&view={view}")).await.is(200).ids().into_iter().collect()
}

async fn made(who: &Visitor, title: &str) -> String {
    who.asks(title).await["id"].as_str().unwrap().to_owned()
}

/// A time from now on, as programs write it.
fn soon(world: &World, hours: u64) -> String {
    world.clock.now().plus(Duration::from_hours(hours)).to_jiff().to_string()
}

both! {
    async fn a_snoozed_ticket_leaves_the_lists_of_work_and_comes_back_to_their_top_in_time(world) {
        let (cleo, ana) = (world.customer("Cleo").await, world.agent("Ana").await);
        let (first, second) = (made(&cleo, "First").await, made(&cleo, "Second").await);
        let (path, until) = (format!("{API}/{first}/snooze"), json!({ "until": soon(world, 2) }));

        ana.put(&path, &until).await.is(200);
        ana.put(&path, &until).await.is(200);

        assert_eq!(listed(&ana, "open").await, BTreeSet::from([second.clone()]));
        assert_eq!(listed(&ana, "snoozed").await, BTreeSet::from([first.clone()]));
        assert!(listed(&ana, "all").await.contains(&first), "it is not lost");
        assert_eq!(world.count(sql!("SELECT COUNT(*) FROM events WHERE kind = 'ticket.snoozed'")).await, 1, "twice is the same as once");
        world.clock.advance(Duration::from_hours(3));
        eventually("it is back", || async { listed(&ana, "open").await.len() == 2 }).await;
        let top = ana.get(&format!("{API}?view=open")).await.ids()[0].clone();
        let page = ana.get("/desk?view=open").await.text();
        assert_eq!((top, page.contains("Back: its time came")), (first.clone(), true));
        assert!(listed(&ana, "snoozed").await.is_empty());
        assert!(ana.get(&format!("/desk/tickets/{first}/history")).await.text().contains("Back from snooze"));
        ana.get(&path).await.is(404);
    }

    async fn a_customers_reply_brings_it_back_and_the_late_job_changes_nothing(world) {
        let (cleo, ana) = (world.customer("Cleo").await, world.agent("Ana").await);
        let id = made(&cleo, "First").await;
        ana.put(&format!("{API}/{id}/snooze"), &json!({ "untilReply": true })).await.is(200);
        ana.put(&format!("{API}/{id}/snooze"), &json!({ "until": soon(world, 2) })).await.is(200);
        ana.notes(&id, "A note wakes nobody.").await;
        assert!(listed(&ana, "open").await.is_empty());

        cleo.replies(&id, "Here I am.").await;

        assert_eq!(listed(&ana, "open").await, BTreeSet::from([id.clone()]));
        assert!(ana.get(&format!("/desk/tickets/{id}")).await.text().contains("Back: the customer replied"));
        let mut tx = world.write().await;
        let until = world.clock.now().plus(Duration::from_hours(2)).micros();
        tickets::wake_in_time(&mut tx, id.parse().unwrap(), until).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(world.count(sql!("SELECT COUNT(*) FROM events WHERE kind = 'ticket.woke'")).await, 1);
    }

    async fn the_past_is_refused_and_so_is_what_is_settled(world) {
        let (cleo, ana) = (world.customer("Cleo").await, world.agent("Ana").await);
        let id = made(&cleo, "First").await;
        let path = format!("{API}/{id}/snooze");

        let past = world.clock.now().minus(Duration::from_secs(1)).to_jiff().to_string();
        assert!(ana.put(&path, &json!({ "until": past })).await.is(422).json()["errors"]["until"].is_array());
        ana.put(&path, &json!({})).await.is(422);
        ana.put(&path, &json!({ "until": soon(world, 24 * 400) })).await.is(422);
        ana.put(&path, &json!({ "untilReply": true })).await.is(200);
        ana.put(&format!("{API}/{id}"), &json!({ "version": ana.ticket(&id).await["version"], "status": "RESOLVED" })).await.is(200);

        ana.put(&path, &json!({ "untilReply": true })).await.is(409);
        assert!(listed(&ana, "snoozed").await.is_empty(), "what is settled is away no more");
        ana.put(&format!("{API}/{id}"), &json!({ "version": ana.ticket(&id).await["version"], "status": "OPEN" })).await.is(200);
        assert_eq!(listed(&ana, "open").await.len(), 1);
    }

    async fn the_desk_puts_away_by_presets_and_takes_it_back(world) {
        let (cleo, ana) = (world.customer("Cleo").await, world.agent("Ana").await);
        let id = made(&cleo, "First").await;
        let page = ana.get(&format!("/desk/tickets/{id}")).await.text();
        assert!(page.contains("Tomorrow") && page.contains("Until the customer replies"), "{page}");

        ana.form(&format!("/desk/tickets/{id}/snooze"), &[("until", "monday")]).await.is(303);
        assert!(ana.get(&format!("/desk/tickets/{id}")).await.text().contains("Wake now"));
        ana.form(&format!("/desk/tickets/{id}/wake"), &[]).await.is(303);

        assert_eq!(listed(&ana, "open").await.len(), 1);
        ana.form(&format!("/desk/tickets/{id}/snooze"), &[("until", "day"), ("day", "2001-01-01")]).await.is(303);
        assert!(ana.get(&format!("/desk/tickets/{id}")).await.text().contains("This time has passed"));
        assert_eq!(listed(&ana, "open").await.len(), 1, "the past puts nothing away");
    }

    async fn spam_leaves_every_list_but_its_own_and_its_sender_sees_no_difference(world) {
        let (cleo, ana, sue) = (world.customer("Cleo").await, world.agent("Ana").await, world.supervisor("Sue").await);
        let id = made(&cleo, "Cheap pills").await;
        let before = cleo.ticket(&id).await;

        ana.send(ana.request("PUT", &format!("{API}/{id}/spam"))).await.is(204);
        ana.send(ana.request("PUT", &format!("{API}/{id}/spam"))).await.is(204);

        for view in ["open", "all", "unassigned", "pending"] {
            assert!(listed(&sue, view).await.is_empty() && listed(&ana, view).await.is_empty(), "{view}");
        }
        assert!(ana.get(&format!("{API}?q=pills")).await.ids().is_empty());
        assert_eq!((listed(&ana, "spam").await.len(), listed(&sue, "spam").await.len()), (1, 1));
        let after = cleo.ticket(&id).await;
        assert_eq!((&after["status"], &after["updatedAt"]), (&before["status"], &before["updatedAt"]));
        assert_eq!((listed(&cleo, "open").await.len(), listed(&cleo, "spam").await.len()), (1, 1), "the view means nothing to customers");
        for door in [format!("/requests/{id}"), "/requests".into(), format!("{API}/{id}/events")] {
            assert!(!cleo.get(&door).await.text().to_lowercase().contains("spam"), "{door}");
        }
        ana.delete(&format!("{API}/{id}/spam")).await.is(204);
        assert_eq!(listed(&ana, "open").await.len(), 1);
    }

    async fn customers_learn_nothing_of_a_snooze(world) {
        let (cleo, ana) = (world.customer("Cleo").await, world.agent("Ana").await);
        let id = made(&cleo, "First").await;

        ana.put(&format!("{API}/{id}/snooze"), &json!({ "untilReply": true })).await.is(200);

        assert_eq!(listed(&cleo, "open").await.len(), 1, "to the customer it is open");
        for door in [format!("/requests/{id}"), "/requests".into(), format!("{API}/{id}"), format!("{API}/{id}/events")] {
            let text = cleo.get(&door).await.text().to_lowercase();
            assert!(!text.contains("snooz") && !text.contains("put it away") && !text.contains("ticket.woke"), "{door}: {text}");
        }
        cleo.get(&format!("{API}/{id}/snooze")).await.is(403);
    }

    async fn a_new_outside_domain_is_asked_for_once_and_the_difference_is_shown(world) {
        let (cleo, ana) = (world.customer("Cleo").await, world.agent("Ana").await);
        let id = made(&cleo, "First").await;
        ana.replies(&id, "Hello").await;
        for email in ["otto@outside.test", "maya@customer.test"] {
            ana.form(&format!("/desk/tickets/{id}/followers"), &[("act", "add"), ("role", "cc"), ("email", email)]).await.is(303);
        }
        let say = format!("/desk/tickets/{id}/messages");
        let page = ana.get(&format!("/desk/tickets/{id}")).await.text();
        assert!(page.contains("otto is new") && page.contains("Also send to outside.test") && !page.contains("Also send to customer.test"), "{page}");

        let refused = ana.form(&say, &[("kind", "reply"), ("content", "For you")]).await.is(422).text();
        assert!(refused.contains("Copies would go to outside.test") && refused.contains("For you"), "nothing typed is lost: {refused}");
        ana.form(&say, &[("kind", "note"), ("content", "Notes ask nobody")]).await.is(303);
        assert_eq!(ana.ticket(&id).await["messages"].as_array().unwrap().len(), 3);
        ana.form(&say, &[("kind", "reply"), ("content", "For you"), ("confirmDomain", "outside.test")]).await.is(303);
        ana.form(&say, &[("kind", "reply"), ("content", "Once more")]).await.is(303);

        assert!(!ana.get(&format!("/desk/tickets/{id}")).await.text().contains("Also send to"));
        assert_eq!(ana.ticket(&id).await["messages"].as_array().unwrap().len(), 5);
    }
}
