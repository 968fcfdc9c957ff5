//! Custom statuses set by macros, by many at once and by rules, taken back, and what happens when they are removed.

use crate::{bulk::ended, client::Visitor, world::eventually};
use serde_json::{Value, json};

const API: &str = "/api/support/tickets";

async fn status(ada: &Visitor, name: &str, counts_as: &str) {
    ada.form("/admin/statuses", &[("name", name), ("status", counts_as)]).await.is(303);
}

async fn asks(who: &Visitor, title: &str) -> String {
    who.asks(title).await["id"].as_str().unwrap().to_owned()
}

/// Status and custom status of a ticket.
async fn stands(who: &Visitor, id: &str) -> (String, Option<String>) {
    let seen = who.ticket(id).await;
    (seen["status"].as_str().unwrap().to_owned(), seen["customStatus"].as_str().map(str::to_owned))
}

fn both(status: &str, custom: Option<&str>) -> (String, Option<String>) {
    (status.to_owned(), custom.map(str::to_owned))
}

async fn rule(ada: &Visitor, mut says: Value) -> String {
    (says["name"], says["on"]) = (json!("Sort"), json!(true));
    ada.post("/api/support/rules", &says).await.is(201).id()
}

both! {
    async fn a_macro_sets_one_says_so_before_and_is_taken_back(world) {
        let (ada, ben, cleo) = (world.admin("Ada").await, world.agent("Ben").await, world.customer("Cleo").await);
        status(&ada, "In review", "IN_PROGRESS").await;
        status(&ada, "Needs a log", "PENDING").await;
        let id = asks(&cleo, "Crash").await;
        ben.form("/desk/macros", &[("name", "Review it"), ("status", "custom:in_review")]).await.is(303);
        let log = ben.post("/api/support/macros", &json!({ "name": "Ask for a log", "customStatus": "needs_a_log", "reply": "Send us a log." })).await.is(201).json();
        assert_eq!(log["does"]["customStatus"], "needs_a_log");
        let list = ben.get("/api/support/macros?q=review").await.is(200).json();
        let review = list["items"][0]["id"].as_str().unwrap().to_owned();

        assert!(ben.get(&format!("/desk/macros/{review}")).await.text().contains("<option value=\"custom:in_review\" selected"), "the form has it chosen");
        let preview = ben.get(&format!("/desk/tickets/{id}/macros/{review}")).await.is(200).text();
        assert!(preview.contains("In review"), "{preview}");
        assert_eq!(stands(&ben, &id).await, both("OPEN", None), "nothing is done yet");
        let done = ben.post(&format!("{API}/{id}/macros/{review}"), &json!({})).await.is(200).json();
        assert_eq!(stands(&ben, &id).await, both("IN_PROGRESS", Some("in_review")));
        let one = ben.post(&format!("{API}/{id}/macros/{}", log["id"].as_str().unwrap()), &json!({})).await.is(200).json();
        assert_eq!(stands(&ben, &id).await, both("PENDING", Some("needs_a_log")));

        for (told, status) in [(&one, both("IN_PROGRESS", Some("in_review"))), (&done, both("OPEN", None))] {
            let bulk = told["bulk"].as_str().unwrap();
            ben.post(&format!("/api/support/bulk/{bulk}/undo"), &json!({})).await.is(202);
            ended(&ben, bulk, "UNDONE").await;
            assert_eq!(stands(&ben, &id).await, status);
        }
    }

    async fn a_macro_with_a_removed_one_is_refused(world) {
        let (ada, ben, cleo) = (world.admin("Ada").await, world.agent("Ben").await, world.customer("Cleo").await);
        status(&ada, "In review", "IN_PROGRESS").await;
        let id = asks(&cleo, "Crash").await;
        let one = ben.post("/api/support/macros", &json!({ "name": "Review it", "customStatus": "in_review", "priority": "HIGH" })).await.is(201).id();
        ben.post("/api/support/macros", &json!({ "name": "Slip", "customStatus": "nothing" })).await.is(422);
        let other = ben.post("/api/support/macros", &json!({ "name": "Both", "customStatus": "in_review", "status": "CLOSED" })).await.is(422).json();
        assert_eq!(other["errors"]["status"][0], "“In review” belongs to IN_PROGRESS.");

        ada.form("/admin/statuses/in_review/archive", &[]).await.is(303);

        let words = "The status it sets was removed.";
        assert!(ben.get(&format!("/desk/tickets/{id}/macros/{one}")).await.text().contains(words));
        assert!(ben.get("/desk/macros").await.text().contains(words));
        assert!(ben.get(&format!("/desk/macros/{one}")).await.text().contains("A status that is gone"));
        ben.post(&format!("{API}/{id}/macros/{one}"), &json!({})).await.is(409);
        assert_eq!(ben.ticket(&id).await["priority"], "MEDIUM", "nothing of it is done");
        ben.post("/api/support/bulk", &json!({ "tickets": [id], "customStatus": "in_review" })).await.is(422);
        ada.form("/admin/statuses/in_review/restore", &[]).await.is(303);
        ben.post(&format!("{API}/{id}/macros/{one}"), &json!({})).await.is(200);
        assert_eq!(stands(&ben, &id).await, both("IN_PROGRESS", Some("in_review")));
    }

    async fn many_at_once_get_one_and_lose_it_by_undo_unless_somebody_was_faster(world) {
        let (ada, ben, cleo) = (world.admin("Ada").await, world.agent("Ben").await, world.customer("Cleo").await);
        status(&ada, "In review", "IN_PROGRESS").await;
        status(&ada, "In the lab", "IN_PROGRESS").await;
        let (by_form, plain, named, later) = (asks(&cleo, "Zero").await, asks(&cleo, "One").await, asks(&cleo, "Two").await, asks(&cleo, "Three").await);
        ben.put(&format!("{API}/{named}"), &json!({ "version": 1, "customStatus": "in_the_lab" })).await.is(200);

        let form = ben.get(&format!("/desk/bulk/new?tickets={plain}")).await.is(200).text();
        assert!(form.contains("value=\"custom:in_review\""), "{form}");
        ben.form("/desk/bulk", &[("tickets", &by_form), ("status", "custom:in_review")]).await.is(303);
        let bulk = ben.post("/api/support/bulk", &json!({ "tickets": [plain, named, later], "customStatus": "in_review" })).await.is(202).id();
        ended(&ben, &bulk, "DONE").await;
        for id in [&by_form, &plain, &named, &later] {
            assert_eq!(stands(&ben, id).await, both("IN_PROGRESS", Some("in_review")));
        }
        let version = ben.ticket(&later).await["version"].clone();
        ben.put(&format!("{API}/{later}"), &json!({ "version": version, "customStatus": "in_the_lab" })).await.is(200);

        ben.post(&format!("/api/support/bulk/{bulk}/undo"), &json!({})).await.is(202);
        ended(&ben, &bulk, "UNDONE").await;

        assert_eq!(stands(&ben, &plain).await, both("OPEN", None));
        assert_eq!(stands(&ben, &named).await, both("IN_PROGRESS", Some("in_the_lab")));
        assert_eq!(stands(&ben, &later).await, both("IN_PROGRESS", Some("in_the_lab")), "what a colleague set since stays");
        let kept = ben.get(&format!("/api/support/bulk/{bulk}/items?outcome=KEPT")).await.is(200).json();
        assert_eq!(kept["items"][0]["reason"], "Status was changed since.");
    }

    async fn undoing_a_merge_gives_it_back(world) {
        let (ada, ben, cleo) = (world.admin("Ada").await, world.agent("Ben").await, world.customer("Cleo").await);
        status(&ada, "In review", "IN_PROGRESS").await;
        let (source, target) = (asks(&cleo, "One").await, asks(&cleo, "Two").await);
        ben.put(&format!("{API}/{source}"), &json!({ "version": 1, "customStatus": "in_review" })).await.is(200);

        ben.post(&format!("{API}/{source}/merge"), &json!({ "into": target })).await.is(201);
        assert_eq!(stands(&ben, &source).await, both("CLOSED", None));
        ada.form("/admin/statuses/in_review/archive", &[]).await.is(303);
        ben.post(&format!("{API}/{source}/merge/undo"), &json!({})).await.is(200);

        assert_eq!(stands(&ben, &source).await, both("IN_PROGRESS", Some("in_review")), "also when it can no longer be set");
    }

    async fn rules_ask_for_one_and_set_one(world) {
        let (ada, ben, cleo) = (world.admin("Ada").await, world.agent("Ben").await, world.customer("Cleo").await);
        status(&ada, "In review", "IN_PROGRESS").await;
        status(&ada, "Escalated", "ON_HOLD").await;
        let to_review = json!({ "when": ["ticket.created"], "if": { "all": [{ "field": "subject", "op": "contains", "value": "crash" }] }, "then": [{ "do": "set_custom_status", "with": "in_review" }] });
        rule(&ada, to_review).await;
        let escalate = json!({ "when": ["ticket.priority_changed"], "if": { "all": [{ "field": "custom_status", "op": "is", "value": "in_review" }] }, "then": [{ "do": "set_custom_status", "with": "escalated" }] });
        rule(&ada, escalate).await;
        let tag = json!({ "when": ["ticket.custom_status_changed"], "if": { "all": [{ "field": "custom_status", "op": "changed_to", "value": "escalated" }] }, "then": [{ "do": "add_tag", "with": "late" }] });
        let tagging = rule(&ada, tag).await;
        let (crash, other) = (asks(&cleo, "Crash").await, asks(&cleo, "Other").await);

        eventually("a review", || async { stands(&ben, &crash).await == both("IN_PROGRESS", Some("in_review")) }).await;
        for id in [&other, &crash] {
            let version = ben.ticket(id).await["version"].clone();
            ben.put(&format!("{API}/{id}"), &json!({ "version": version, "priority": "URGENT" })).await.is(200);
        }
        eventually("an escalation", || async { stands(&ben, &crash).await == both("ON_HOLD", Some("escalated")) }).await;
        eventually("a tag", || async { ben.ticket(&crash).await["tags"] == json!(["late"]) }).await;
        assert_eq!(stands(&ben, &other).await, both("OPEN", None), "the condition holds it back");
        let dry = ada.get(&format!("/api/support/rules/{tagging}/dry-run")).await.is(200).json();
        assert_eq!(dry["count"], 1, "{dry}");
    }

    async fn a_rule_that_names_a_removed_one_is_switched_off_with_the_reason(world) {
        let (ada, cleo) = (world.admin("Ada").await, world.customer("Cleo").await);
        status(&ada, "In review", "IN_PROGRESS").await;
        let step = rule(&ada, json!({ "when": ["ticket.created"], "then": [{ "do": "set_custom_status", "with": "in_review" }] })).await;
        let asked = rule(&ada, json!({ "when": ["ticket.created"], "if": { "all": [{ "field": "custom_status", "op": "is", "value": "in_review" }] }, "then": [{ "do": "add_tag", "with": "x" }] })).await;

        ada.form("/admin/statuses/in_review/archive", &[]).await.is(303);

        for (rule, words) in [(&step, "Step 1: what to set custom status to is gone."), (&asked, "Condition 1: this choice of custom status is gone.")] {
            eventually("the rule to be off", || async { ada.get(&format!("/api/support/rules/{rule}")).await.json()["on"] == false }).await;
            let page = ada.get("/admin/automations").await.text();
            assert!(page.contains(words), "{page}");
        }
        let id = asks(&cleo, "Crash").await;
        assert_eq!(stands(&ada, &id).await, both("OPEN", None));
    }
}
