//! The settings of service levels as an admin uses them: forms, order, trial, import, and what is refused.

use crate::{
    deadlines::ICS,
    world::{World, eventually},
};
use db::sql;
use serde_json::json;
use std::time::Duration;

const TYPED: &str = "Kept as typed";

async fn policy_id(world: &World, name: &str) -> String {
    world.read().await.one::<uuid::Uuid>(sql!("SELECT id FROM sla_policies WHERE name = $1", name)).await.unwrap().to_string()
}

async fn calendar_id(world: &World, name: &str) -> String {
    world.read().await.one::<uuid::Uuid>(sql!("SELECT id FROM sla_calendars WHERE name = $1", name)).await.unwrap().to_string()
}

both! {
    async fn a_fresh_installation_has_clocks_from_the_first_ticket(world) {
        let (cleo, ana) = (world.customer("Cleo").await, world.agent("Ana").await);
        let id = cleo.asks("Printer").await["id"].as_str().unwrap().to_owned();

        eventually("clocks", || async { !ana.get(&format!("/api/support/tickets/{id}/sla")).await.is(200).json()["clocks"].as_array().unwrap().is_empty() }).await;
        let told = ana.get(&format!("/api/support/tickets/{id}/sla")).await.json();

        assert_eq!((&told["policy"], &told["timeZone"]), (&json!("Standard"), &json!("UTC")));
        assert_eq!(told["clocks"][0]["metric"], "FIRST_RESPONSE");
        let panel = ana.get(&format!("/desk/tickets/{id}/sla")).await.is(200).text();
        assert!(panel.contains("Service level") && panel.contains("First reply") && panel.contains("Counted"), "{panel}");
        assert!(ana.get(&format!("/desk/tickets/{id}")).await.text().contains("panel-sla"));
    }

    async fn an_admin_makes_a_policy_orders_it_tries_it_and_removes_it(world) {
        let (ada, sue) = (world.admin("Ada").await, world.supervisor("Sue").await);
        let fields = [("name", "Gold <b>"), ("active", "true"), ("validFrom", "2020-01-01"), ("calendar", ""), ("tags", "VIP"), ("FIRST_RESPONSE-HIGH", "1"), ("FIRST_RESPONSE-HIGH-unit", "h"), ("always", "URGENT"), ("pause-PENDING", "true"), ("warnPercent", "25")];
        let quick = sue.asks_with(json!({ "title": "Quick", "description": "d", "priority": "HIGH", "tags": ["vip"] })).await["id"].as_str().unwrap().to_owned();
        sue.asks_with(json!({ "title": "Slow", "description": "d", "priority": "HIGH", "tags": ["vip"] })).await;
        sue.asks_with(json!({ "title": "Other", "description": "d", "priority": "HIGH" })).await;
        sue.replies(&quick, "Here.").await;
        world.clock.advance(Duration::from_hours(2));

        let tried = ada.form("/admin/sla/trial", &fields).await.is(200).text();
        let none_saved = world.count(sql!("SELECT COUNT(*) FROM sla_policies")).await;
        let added = ada.form("/admin/sla", &fields).await.is(303).header("location").to_owned();
        let id = policy_id(world, "Gold <b>").await;
        ada.form(&format!("/admin/sla/{id}/move"), &[("to", "up")]).await.is(303);
        let list = ada.get("/admin/sla").await.is(200).text();
        let editor = ada.get(&added).await.is(200).text();

        assert!(tried.contains("0 of 3 tickets"), "the standard policy stands above a new one: {tried}");
        assert_eq!(none_saved, 1);
        assert!(list.find("Gold &#60;b&#62;").or(list.find("Gold &lt;b&gt;")) < list.find("Standard"), "{list}");
        assert!(editor.contains(r#"name="FIRST_RESPONSE-HIGH""#) && editor.contains("vip"), "{editor}");
        let with_id: Vec<(&str, &str)> = fields.iter().copied().chain([("id", id.as_str()), ("version", "1")]).collect();
        let tried = ada.form("/admin/sla/trial", &with_id).await.is(200).text();
        assert!(tried.contains("2 of 3 tickets") && tried.contains("50%"), "{tried}");
        ada.form(&format!("/admin/sla/{id}"), &with_id[..].iter().copied().filter(|(name, _)| *name != "name").chain([("name", "Silver")]).collect::<Vec<_>>()).await.is(303);
        let stale = ada.form(&format!("/admin/sla/{id}"), &with_id).await.is(409).text();
        assert!(stale.contains("Somebody else saved this meanwhile"), "{stale}");
        ada.form(&format!("/admin/sla/{id}/remove"), &[]).await.is(303);
        assert!(!ada.get("/admin/sla").await.text().contains(&format!("href=\"/admin/sla/{id}\"")), "it is off the list");
    }

    async fn a_removed_policy_comes_back_by_undo_at_its_place(world) {
        let ada = world.admin("Ada").await;
        for name in ["First", "Second"] {
            ada.form("/admin/sla", &[("name", name), ("active", "true"), ("validFrom", "2020-01-01"), ("FIRST_RESPONSE-HIGH", "60")]).await.is(303);
        }
        let id = policy_id(world, "First").await;

        ada.form(&format!("/admin/sla/{id}/remove"), &[]).await.is(303);
        let toast = ada.get("/admin/sla").await.text();
        ada.get(&format!("/admin/sla/{id}")).await.is(404);
        ada.form(&format!("/admin/sla/{id}/remove"), &[]).await.is(404);
        for _ in 0..2 {
            ada.form(&format!("/admin/sla/{id}/restore"), &[]).await.is(303);
        }

        assert!(toast.contains(&format!("action=\"/admin/sla/{id}/restore\"")) && toast.contains("Undo"), "{toast}");
        let list = ada.get("/admin/sla").await.text();
        let of = |name: &str| list.find(&format!(">{name}<")).unwrap_or_else(|| panic!("no {name} in {list}"));
        assert!(of("Standard") < of("First") && of("First") < of("Second"));
    }

    async fn a_removed_policy_keeps_no_calendar_and_goes_with_it(world) {
        let ada = world.admin("Ada").await;
        ada.form("/admin/calendars", &[("name", "Lisbon"), ("zone", "Europe/Lisbon"), ("mon", "09:00-18:00")]).await.is(303);
        let calendar = calendar_id(world, "Lisbon").await;
        ada.form("/admin/sla", &[("name", "Gold"), ("validFrom", "2020-01-01"), ("calendar", &calendar), ("FIRST_RESPONSE-HIGH", "60")]).await.is(303);
        let id = policy_id(world, "Gold").await;

        ada.form(&format!("/admin/calendars/{calendar}/remove"), &[]).await.is(409);
        ada.form(&format!("/admin/sla/{id}/remove"), &[]).await.is(303);
        ada.form(&format!("/admin/calendars/{calendar}/remove"), &[]).await.is(303);

        ada.form(&format!("/admin/sla/{id}/restore"), &[]).await.is(404);
    }

    async fn what_a_policy_can_not_say_is_refused_with_what_was_typed(world) {
        let ada = world.admin("Ada").await;
        for (name, value, sentence) in [
            ("FIRST_RESPONSE-HIGH", "0", "Must be a whole number"),
            ("FIRST_RESPONSE-HIGH", "soon", "Must be a whole number"),
            ("FIRST_RESPONSE-HIGH-unit", "day", "The unit is min or h"),
            ("validFrom", "25.11.2026", "Write a day like"),
            ("calendar", "019a90c2-7d1e-7b7f-9a53-0c1b6f1f3f10", "There is no such calendar"),
            ("priority", "WORST", "Must be one of"),
            ("warnPercent", "200", "Must be a whole number"),
            ("name", "", "This is needed"),
        ] {
            let mut fields = vec![("name", TYPED), ("validFrom", "2026-11-25"), ("FIRST_RESPONSE-HIGH", "60"), ("FIRST_RESPONSE-HIGH-unit", "min")];
            fields.retain(|(known, _)| *known != name);
            fields.push((name, value));
            let told = ada.form("/admin/sla", &fields).await.is(422).text();
            assert!(told.to_lowercase().contains(&sentence.to_lowercase()), "{name}={value}: {told}");
            assert!(name == "name" || told.contains(TYPED));
        }
        let nothing = ada.form("/admin/sla", &[("name", "Empty"), ("validFrom", "2026-11-25")]).await.is(422).text();
        assert!(nothing.contains("A policy promises something"), "{nothing}");
    }

    async fn a_calendar_without_hours_is_refused_and_holidays_come_from_a_file(world) {
        let ada = world.admin("Ada").await;
        let closed = ada.form("/admin/calendars", &[("name", "Never"), ("zone", "Europe/Lisbon")]).await.is(422).text();
        let nowhere = ada.form("/admin/calendars", &[("name", "Nowhere"), ("zone", "Europe/Atlantis"), ("mon", "09:00-18:00")]).await.is(422).text();
        let wrong = ada.form("/admin/calendars", &[("name", "Wrong"), ("zone", "UTC"), ("mon", "9-18")]).await.is(422).text();
        ada.form("/admin/calendars", &[("name", "Lisbon"), ("zone", "Europe/Lisbon"), ("mon", "09:00-12:00, 11:00-18:00"), ("fri", "22:00-06:00"), ("holidays", "2026-12-08 Conceição")]).await.is(303);
        let id = calendar_id(world, "Lisbon").await;
        ada.multipart(&format!("/admin/calendars/{id}/import"), &[], &[("days.ics", ICS)]).await.is(303);
        let twice = ada.multipart(&format!("/admin/calendars/{id}/import"), &[], &[("days.ics", ICS)]).await.is(303);
        let broken = ada.multipart(&format!("/admin/calendars/{id}/import"), &[], &[("days.ics", b"no calendar")]).await.is(422).text();

        assert!(closed.contains("would never count"), "{closed}");
        assert!(nowhere.contains("This is no time zone"), "{nowhere}");
        assert!(wrong.contains("is no interval"), "{wrong}");
        assert!(broken.contains("This is no iCalendar file"), "{broken}");
        assert!(twice.header("location").ends_with(&id));
        let page = ada.get(&format!("/admin/calendars/{id}")).await.is(200).text();
        assert!(page.contains("12-25 Christmas") && page.contains("2026-12-08 Conceição") && page.contains("22:00-06:00"), "{page}");
        assert_eq!(page.matches("12-25 Christmas").count(), 3, "once in the list, twice in the hint");
        let office = calendar_id(world, "Office hours").await;
        let used = ada.form(&format!("/admin/calendars/{office}/remove"), &[]).await.is(409).text();
        assert!(used.contains("The policy Standard counts in this calendar"), "{used}");
        ada.form(&format!("/admin/calendars/{id}/remove"), &[]).await.is(303);
    }
}
