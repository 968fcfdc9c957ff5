//! A policy applied to tickets that came before it: only when asked, with a count before, and what was missed stays.

use crate::{
    client::Visitor,
    deadlines::{kept, only_policy, rules, said},
    world::{World, eventually},
};
use db::sql;
use serde_json::{Value, json};
use std::time::Duration;

const FORM: [(&str, &str); 7] = [
    ("name", "Better"),
    ("active", "true"),
    ("earlier", "true"),
    ("validFrom", "2999-01-01"),
    ("FIRST_RESPONSE-HIGH", "30"),
    ("FIRST_RESPONSE-HIGH-unit", "min"),
    ("warnPercent", "25"),
];

async fn ticket(sue: &Visitor, title: &str) -> String {
    sue.asks_with(json!({ "title": title, "description": "d", "priority": "HIGH" })).await["id"].as_str().unwrap().to_owned()
}

async fn clock(who: &Visitor, ticket: &str) -> Value {
    who.get(&format!("/api/support/tickets/{ticket}/sla")).await.is(200).json()["clocks"][0].clone()
}

/// A policy of tomorrow above the one of today; answers its page of tickets that came before.
async fn better(world: &World, ada: &Visitor) -> String {
    let page = ada.form("/admin/sla", &FORM).await.is(303).header("location").to_owned();
    for _ in 0..world.count(sql!("SELECT COUNT(*) FROM sla_policies")).await {
        ada.form(&page.replace("/earlier", "/move"), &[("to", "up")]).await.is(303);
    }
    page
}

both! {
    async fn a_policy_is_applied_to_earlier_tickets_only_when_asked_and_what_was_missed_stays(world) {
        let (ada, sue) = (world.admin("Ada").await, world.supervisor("Sue").await);
        only_policy(world, rules(60)).await;
        let (late, closed) = (ticket(&sue, "Late").await, ticket(&sue, "Closed").await);
        kept(world, 2).await;
        sue.put(&format!("/api/support/tickets/{closed}"), &json!({ "version": 1, "status": "CLOSED" })).await.is(200);
        world.clock.advance(Duration::from_hours(2));
        eventually("the late one is missed", || async { clock(&sue, &late).await["state"] == "MISSED" && said(world, "sla.breached").await == 1 }).await;
        let early = ticket(&sue, "Early").await;
        kept(world, 3).await;
        world.clock.advance(Duration::from_mins(10));
        let missed = clock(&sue, &late).await;

        let page = better(world, &ada).await;
        sue.put(&format!("/api/support/tickets/{early}"), &json!({ "version": 1, "tags": ["seen"] })).await.is(200);
        let asked = ada.get(&page).await.is(200).text();
        let untouched = clock(&sue, &early).await["targetMinutes"].clone();
        let stale = ada.form(&page, &[("version", "7")]).await.status;
        ada.form(&page, &[("version", "1")]).await.is(303);

        assert!(page.ends_with("/earlier") && asked.contains("Apply to 2 tickets"), "{asked}");
        assert_eq!((untouched, stale.as_u16()), (json!(60), 409), "not before it is asked for");
        eventually("the new promise", || async { clock(&sue, &early).await["targetMinutes"] == 30 }).await;
        let told = clock(&sue, &early).await;
        assert_eq!((&told["state"], &told["countedMinutes"]), (&json!("RUNNING"), &json!(10)), "from its old start");
        let still = clock(&sue, &late).await;
        for fact in ["state", "targetMinutes", "dueAt", "startedAt"] {
            assert_eq!(still[fact], missed[fact], "what was missed, and what it missed: {fact}");
        }
        assert_eq!(said(world, "sla.breached").await, 1, "nothing is said twice");
        eventually("its end", || async { ada.get(&page).await.text().contains("No ticket would change") }).await;
        let page = ada.get(&page).await.text();
        assert!(page.contains("2 tickets were looked at, 2 got the policy"), "{page}");
        let history = sue.get(&format!("/desk/tickets/{early}/history")).await.is(200).text();
        assert!(history.contains("Policy applied") && history.contains("Better") && history.contains("Ada applied it"), "{history}");
    }

    async fn who_has_an_applied_policy_keeps_it_and_a_second_asking_begins_nothing(world) {
        let (ada, sue) = (world.admin("Ada").await, world.supervisor("Sue").await);
        only_policy(world, rules(60)).await;
        let early = ticket(&sue, "Early").await;
        kept(world, 1).await;
        let page = better(world, &ada).await;

        for _ in 0..2 {
            ada.form(&page, &[("version", "1")]).await.is(303);
        }
        eventually("the new promise", || async { clock(&sue, &early).await["targetMinutes"] == 30 }).await;
        // asked for after the first one's end it is a second one, which must not find the next ticket
        eventually("its end", || async { world.count(sql!("SELECT COUNT(*) FROM sla_backfills WHERE state = 'RUNNING'")).await == 0 }).await;
        sue.put(&format!("/api/support/tickets/{early}"), &json!({ "version": 1, "tags": ["vip"] })).await.is(200);
        let later = ticket(&sue, "Later").await;
        kept(world, 2).await;

        assert_eq!(said(world, "sla.policy_applied").await, 1);
        assert_eq!(clock(&sue, &early).await["targetMinutes"], 30, "a change of the ticket does not take it away");
        assert_eq!(clock(&sue, &later).await["targetMinutes"], 60, "it is not valid yet");
    }

    async fn a_policy_saved_as_it_was_makes_no_new_promise(world) {
        let ada = world.admin("Ada").await;
        let page = better(world, &ada).await.replace("/earlier", "");
        let version = || world.count(sql!("SELECT version FROM sla_policies WHERE name = 'Better'"));
        let with = |version: &'static str, minutes: &'static str| FORM.map(|(name, value)| if name == "FIRST_RESPONSE-HIGH" { (name, minutes) } else { (name, value) }).into_iter().chain([("version", version)]).collect::<Vec<_>>();

        ada.form(&page, &with("1", "30")).await.is(303);
        let same = version().await;
        ada.form(&page, &with("1", "45")).await.is(303);
        let other = version().await;
        let stale = ada.form(&page, &with("1", "45")).await.status;

        assert_eq!((same, other, stale.as_u16()), (1, 2, 409));
    }
}
