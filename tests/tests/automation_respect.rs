//! Rules among what else there is: promises, reports, custom fields, and people who leave.

use crate::{
    client::Visitor,
    deadlines::{only_policy, rules, settled},
    world::{World, eventually},
};
use db::sql;
use kernel::Actor;
use serde_json::{Value, json};
use std::time::Duration;

const API: &str = "/api/support/rules";

/// An admin makes a rule that is on.
async fn rule(ada: &Visitor, name: &str, when: Value, test: Value, then: Value) -> String {
    ada.post(API, &json!({ "name": name, "on": true, "when": when, "if": test, "then": then })).await.is(201).id()
}

async fn asks(who: &Visitor, body: Value) -> String {
    who.asks_with(body).await["id"].as_str().unwrap().to_owned()
}

async fn first_reply(ana: &Visitor, ticket: &str) -> Value {
    let clocks = ana.get(&format!("/api/support/tickets/{ticket}/sla")).await.is(200).json()["clocks"].as_array().unwrap().clone();
    clocks.into_iter().find(|clock| clock["metric"] == "FIRST_RESPONSE").unwrap()
}

async fn has_tag(who: &Visitor, ticket: &str, tag: &str) -> bool {
    who.ticket(ticket).await["tags"].as_array().unwrap().contains(&json!(tag))
}

async fn disable(world: &World, who: &Visitor) {
    let mut tx = world.write().await;
    accounts::Person::get(&mut tx, who.id()).await.unwrap().set_disabled(&mut tx, &Actor::system("Test"), true).await.unwrap();
    tx.commit().await.unwrap();
}

both! {
    async fn an_automatic_reply_stops_no_clock_and_is_nobodys_answer_in_reports(world) {
        let (ada, ana, sue, cleo) = (world.admin("Ada").await, world.agent("Ana").await, world.supervisor("Sue").await, world.customer("Cleo").await);
        only_policy(world, rules(60)).await;
        rule(&ada, "Greet", json!(["ticket.created"]), Value::Null, json!([{ "do": "reply", "with": "We got it." }])).await;

        let ticket = asks(&cleo, json!({ "title": "Printer", "description": "d", "priority": "HIGH" })).await;
        eventually("it was greeted", || async { cleo.ticket(&ticket).await["messages"].as_array().unwrap().len() == 2 }).await;
        settled(world).await;
        let greeted = first_reply(&ana, &ticket).await;
        world.clock.advance(Duration::from_mins(10));
        ana.replies(&ticket, "Turn it on.").await;
        settled(world).await;
        let answered = first_reply(&ana, &ticket).await;

        assert_eq!((greeted["state"].as_str(), answered["state"].as_str(), answered["countedMinutes"].as_u64()), (Some("RUNNING"), Some("MET"), Some(10)));
        let report = || async { sue.get("/api/analytics/report?period=7d").await.is(200).json()["total"].clone() };
        eventually("the answer is counted", || async { report().await["firstReply"]["count"] == 1 }).await;
        assert_eq!(report().await["firstReply"]["median"].as_u64().unwrap() / 60, 10);
        assert!(cleo.get(&format!("/requests/{ticket}")).await.text().contains(", automated"), "the customer is told that nobody wrote it");
    }

    async fn rules_listen_to_deadlines_and_ask_how_near_they_are(world) {
        let (ada, ana, cleo) = (world.admin("Ada").await, world.agent("Ana").await, world.customer("Cleo").await);
        only_policy(world, rules(120)).await;
        let near = json!({ "field": "sla.due", "op": "within_hours", "value": 1 });
        rule(&ada, "Soon", json!("time"), near, json!([{ "do": "add_tag", "with": "soon" }])).await;
        let missed = json!({ "all": [{ "field": "sla.standing", "op": "is", "value": "late" }, { "field": "sla.breached", "op": "yes" }] });
        rule(&ada, "Late", json!(["sla.breached"]), missed, json!([{ "do": "add_tag", "with": "late" }])).await;
        let ticket = asks(&cleo, json!({ "title": "Printer", "description": "d", "priority": "HIGH" })).await;
        settled(world).await;
        automation::pass(&world.app).await.unwrap();
        let early = has_tag(&ana, &ticket, "soon").await;

        world.clock.advance(Duration::from_mins(61));
        automation::pass(&world.app).await.unwrap();
        let soon = has_tag(&ana, &ticket, "soon").await;
        world.clock.advance(Duration::from_hours(1));
        eventually("the rule answered to the breach", || async { has_tag(&ana, &ticket, "late").await }).await;

        assert_eq!((early, soon), (false, true));
        assert!(ana.get(&format!("/desk/tickets/{ticket}/rules")).await.text().contains("A deadline is missed"));
    }

    async fn custom_fields_are_asked_and_set_and_one_that_is_archived_switches_the_rule_off(world) {
        let (ada, ana, cleo) = (world.admin("Ada").await, world.agent("Ana").await, world.customer("Cleo").await);
        for form in [
            &[("label", "Plan"), ("kind", "SELECT"), ("options", "Free\nLisbon, Business")][..],
            &[("label", "Seats"), ("kind", "NUMBER")][..],
            &[("label", "Risk"), ("kind", "SELECT"), ("options", "Low\nHigh"), ("audience", "STAFF")][..],
        ] {
            ada.form("/admin/fields", form).await.is(303);
        }
        let many = json!({ "all": [{ "field": "customFields.plan", "op": "is", "value": "Lisbon, Business" }, { "field": "customFields.seats", "op": "more", "value": 9.5 }] });
        let id = rule(&ada, "Many seats", json!(["ticket.created", "ticket.field_changed"]), many, json!([{ "do": "set.customFields.risk", "with": "High" }])).await;
        let turned = json!({ "field": "customFields.risk", "op": "changed_to", "value": "High" });
        rule(&ada, "At risk", json!(["ticket.field_changed"]), turned, json!([{ "do": "add_tag", "with": "at-risk" }])).await;
        let few = asks(&cleo, json!({ "title": "T", "description": "d", "customFields": { "plan": "Lisbon, Business", "seats": 3 } })).await;

        let version = ana.ticket(&few).await["version"].clone();
        ana.put(&format!("/api/support/tickets/{few}"), &json!({ "version": version, "customFields": { "seats": 10 } })).await.is(200);
        eventually("both fired", || async { has_tag(&ana, &few, "at-risk").await }).await;

        assert_eq!(ana.ticket(&few).await["customFields"]["risk"], "High");
        ada.form("/admin/fields/risk/archive", &[]).await.is(303);
        eventually("it is off", || async { !ada.get(&format!("{API}/{id}")).await.json()["disabledBecause"].is_null() }).await;
        let off = ada.get(&format!("{API}/{id}")).await.is(200).json();
        assert_eq!((&off["on"], off["disabledBecause"].as_str()), (&json!(false), Some("Step 1: there is nothing called set.customFields.risk.")));
        let why = ada.form(&format!("/admin/automations/{id}/switch"), &[("on", "true")]).await.is(303);
        assert_eq!(why.header("location"), format!("/admin/automations/{id}"), "it can't be switched on before it is mended");
    }

    async fn who_leaves_the_staff_leaves_their_open_tickets_to_others_and_history_says_why(world) {
        let (ada, sue, cleo) = (world.admin("Ada").await, world.supervisor("Sue").await, world.customer("Cleo").await);
        let (team, other) = (world.team("Crew").await, world.team("Elsewhere").await);
        let (ana, ben) = (world.agent_of("Ana", &team).await, world.agent_of("Ben", &team).await);
        let names_ben = rule(&ada, "To Ben", json!(["ticket.rated"]), Value::Null, json!([{ "do": "set_assignee", "with": ben.id() }])).await;
        let mut tickets = Vec::new();
        for place in [&team, &team, &other] {
            tickets.push(asks(&sue, json!({ "title": "T", "description": "d", "userId": cleo.id(), "teamId": place.id, "assignedTo": ben.id() })).await);
        }
        sue.put(&format!("/api/support/tickets/{}", tickets[1]), &json!({ "version": sue.ticket(&tickets[1]).await["version"], "status": "RESOLVED" })).await.is(200);
        sue.form(&format!("/admin/assignment/teams/{}", team.id), &[("mode", "ROUND_ROBIN")]).await.is(303);
        let owner = async |at: usize| sue.ticket(&tickets[at]).await["assignee"]["name"].as_str().map(str::to_owned);

        disable(world, &ben).await;
        eventually("the open one of the team has somebody new", || async { owner(0).await.as_deref() == Some("Ana") }).await;
        eventually("the open one of another team has nobody", || async { owner(2).await.is_none() }).await;
        let solved = owner(1).await;
        cleo.replies(&tickets[1], "It broke again.").await;
        eventually("what is opened again has somebody new", || async { owner(1).await.as_deref() == Some("Ana") }).await;

        assert_eq!(solved.as_deref(), Some("Ben"), "who solved it is still told");
        for ticket in [&tickets[0], &tickets[1], &tickets[2]] {
            assert!(history(&sue, ticket).await.contains("Ben is no longer on the desk"));
        }
        eventually("the rule that names him is off", || async { ada.get(&format!("{API}/{names_ben}")).await.json()["disabledBecause"] == "Step 1: what to assign to is gone." }).await;
        assert_eq!(world.count(sql!("SELECT COUNT(*) FROM tickets WHERE assignee_id = $1 AND is_active = TRUE", ana.id())).await, 2);
    }

    async fn spam_and_trash_are_left_alone(world) {
        let (ada, sue, cleo) = (world.admin("Ada").await, world.supervisor("Sue").await, world.customer("Cleo").await);
        let ticket = asks(&cleo, json!({ "title": "Watches", "description": "d" })).await;
        sue.put(&format!("/api/support/tickets/{ticket}/spam"), &json!({})).await;
        rule(&ada, "Thank", json!(["ticket.customer_replied"]), Value::Null, json!([{ "do": "reply", "with": "Thank you." }])).await;

        cleo.replies(&ticket, "Cheap!").await;
        let other = asks(&cleo, json!({ "title": "Real", "description": "d" })).await;
        cleo.replies(&other, "Please.").await;
        eventually("the real one is thanked", || async { sue.ticket(&other).await["messages"].as_array().unwrap().len() == 3 }).await;

        assert_eq!(sue.ticket(&ticket).await["messages"].as_array().unwrap().len(), 2);
    }
}

async fn history(who: &Visitor, ticket: &str) -> String {
    who.get(&format!("/desk/tickets/{ticket}/history")).await.is(200).text()
}
