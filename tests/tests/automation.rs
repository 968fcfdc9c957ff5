//! Rules: they answer to the journal in their order, once, and say why; they cannot run in circles.

use crate::{client::Visitor, world::eventually};
use db::sql;
use futures::future::join_all;
use serde_json::{Value, json};
use std::time::Duration;
use tokio::sync::watch;

/// An admin makes a rule by the form; answers its address.
async fn rule(ada: &Visitor, name: &str, stops: bool, definition: &Value) -> String {
    let (definition, stops) = (definition.to_string(), if stops { "true" } else { "" });
    let told = ada.form("/admin/automations", &[("name", name), ("on", "true"), ("stops", stops), ("definition", &definition)]).await.is(303);
    told.header("location").to_owned()
}

#[expect(clippy::needless_pass_by_value, reason = "it is written where it is given")]
fn when(events: &[&str], all: Value, then: Value) -> Value {
    json!({ "when": events, "if": { "all": all }, "then": then })
}

fn is(field: &str, value: &str) -> Value {
    json!({ "field": field, "op": "is", "value": value })
}

fn act(name: &str, with: &str) -> Value {
    json!({ "do": name, "with": with })
}

fn id_of(ticket: &Value) -> String {
    ticket["id"].as_str().unwrap().to_owned()
}

both! {
    async fn a_rule_answers_to_an_event_and_history_and_trace_say_why(world) {
        let (ada, ana, cleo) = (world.admin("Ada").await, world.agent("Ana").await, world.customer("Cleo").await);
        let blocked = json!({ "field": "subject", "op": "contains", "value": "BLOCKED" });
        let path = rule(&ada, "Blocked release", false, &when(&["ticket.created"], json!([is("category", "BUG"), blocked]), json!([act("set_priority", "HIGH"), act("set_status", "IN_PROGRESS"), act("reply", "We are on it.")]))).await;

        let ticket = id_of(&cleo.asks_with(json!({ "title": "Release is blocked", "description": "d", "category": "BUG" })).await);
        let other = id_of(&cleo.asks_with(json!({ "title": "A release", "description": "d", "category": "BUG" })).await);
        eventually("the rule fired", || async { ana.ticket(&ticket).await["priority"] == "HIGH" }).await;
        eventually("the other one was asked", || async { world.count(sql!("SELECT COUNT(*) FROM rule_traces")).await >= 2 }).await;

        let now = ana.ticket(&ticket).await;
        assert_eq!((now["status"].as_str(), &now["firstReplyAt"], now["messages"].as_array().unwrap().len()), (Some("IN_PROGRESS"), &Value::Null, 2), "an automatic reply is no first reply");
        let history = ana.get(&format!("/desk/tickets/{ticket}/history")).await.is(200).text();
        assert!(history.contains("Rule “Blocked release”") && history.contains(&format!("/desk/tickets/{ticket}/rules")), "{history}");
        let trace = ada.get(&format!("{path}/trace")).await.is(200).text();
        assert!(trace.contains("All conditions were true") && trace.contains("Not true: Subject contains"), "{trace}");
        assert!(ana.get(&format!("/desk/tickets/{other}/rules")).await.is(200).text().contains("Not true: Subject contains BLOCKED"));
        for seen in [cleo.get(&format!("/requests/{ticket}")).await.text(), cleo.get(&format!("/api/support/tickets/{ticket}/events")).await.text(), cleo.ticket(&ticket).await.to_string()] {
            assert!(!seen.contains("Blocked release") && !seen.contains("\"cause\""), "the customer learns of a rule: {seen}");
        }
        cleo.get(&format!("/desk/tickets/{ticket}/rules")).await.is(403);
    }

    async fn rules_are_asked_in_order_on_what_the_ones_before_left_and_stop_where_one_says_so(world) {
        let (ada, cleo) = (world.admin("Ada").await, world.customer("Cleo").await);
        let second = rule(&ada, "Second", false, &when(&["ticket.created"], json!([is("priority", "HIGH")]), json!([act("add_tag", "second")]))).await;
        rule(&ada, "First", true, &when(&["ticket.created"], json!([is("priority", "LOW")]), json!([act("set_priority", "HIGH"), act("add_tag", "first")]))).await;
        rule(&ada, "Third", false, &when(&["ticket.created"], json!([]), json!([act("add_tag", "third")]))).await;
        let tags = async |priority: &str| {
            let ticket = id_of(&cleo.asks_with(json!({ "title": "T", "description": "d", "priority": priority })).await);
            eventually("a rule fired", || async { ada.ticket(&ticket).await["tags"].as_array().is_some_and(|tags| !tags.is_empty()) }).await;
            tokio::time::sleep(Duration::from_millis(300)).await;
            ada.ticket(&ticket).await["tags"].to_string()
        };

        let before = [tags("LOW").await, tags("HIGH").await];
        ada.form(&format!("{second}/move"), &[("to", "down")]).await.is(303);
        let after = tags("LOW").await;
        ada.form(&format!("{second}/move"), &[("to", "down")]).await.is(303);
        let last = tags("MEDIUM").await;

        assert_eq!(before, [json!(["first"]).to_string(), json!(["second", "third"]).to_string()], "what comes after a stop is not asked");
        assert_eq!((after, last), (json!(["first"]).to_string(), json!(["third"]).to_string()));
    }

    async fn rules_cannot_run_in_circles_and_ten_are_the_most(world) {
        let (ada, ana, cleo) = (world.admin("Ada").await, world.agent("Ana").await, world.customer("Cleo").await);
        let turns = |from: &str, to: &str| when(&["ticket.priority_changed"], json!([is("priority", from)]), json!([act("set_priority", to)]));
        rule(&ada, "Down", false, &turns("HIGH", "LOW")).await;
        rule(&ada, "Up", false, &turns("LOW", "HIGH")).await;
        for n in 0..12 {
            rule(&ada, &format!("Tag {n}"), false, &when(&["ticket.category_changed"], json!([]), json!([act("add_tag", &format!("t{n}"))]))).await;
        }
        let ticket = id_of(&cleo.asks("Circle").await);
        let path = format!("/api/support/tickets/{ticket}");

        ana.put(&path, &json!({ "version": ana.ticket(&ticket).await["version"], "priority": "HIGH" })).await.is(200);
        eventually("the circle is cut", || async { ana.get(&format!("/desk/tickets/{ticket}/rules")).await.text().contains("It had set this off itself") }).await;
        ana.put(&path, &json!({ "version": ana.ticket(&ticket).await["version"], "category": "BUG" })).await.is(200);
        eventually("the limit is told", || async { ana.get(&format!("/desk/tickets/{ticket}/rules")).await.text().contains("Ten rules had fired already") }).await;

        let changes = world.count(sql!("SELECT COUNT(*) FROM events WHERE kind = 'ticket.priority_changed'")).await;
        assert_eq!(changes, 3, "Ana's, Down's and Up's");
        assert_eq!(ana.ticket(&ticket).await["tags"].as_array().unwrap().len(), 10);
    }

    async fn a_rule_that_names_a_removed_team_is_switched_off_with_the_reason(world) {
        let (ada, team) = (world.admin("Ada").await, world.team("Doomed").await);
        rule(&ada, "To the doomed", false, &when(&["ticket.created"], json!([]), json!([act("set_team", &team.id.to_string())]))).await;
        let cleo = world.customer("Cleo").await;
        eventually("it works", || async { let ticket = id_of(&cleo.asks("T").await); tokio::time::sleep(Duration::from_millis(100)).await; !ada.ticket(&ticket).await["teamId"].is_null() }).await;
        let mut tx = world.write().await;
        tx.run(sql!("UPDATE tickets SET team_id = NULL")).await.unwrap();
        tx.run(sql!("DELETE FROM teams WHERE id = $1", team.id)).await.unwrap();
        tx.record(kernel::Actor::system("Test").event("team.removed", ("team", team.id.uuid()), true, json!({}))).await.unwrap();
        tx.commit().await.unwrap();

        eventually("the list says so", || async { ada.get("/admin/automations").await.text().contains("Switched off: Step 1: what to give to team is gone.") }).await;

        assert_eq!(world.count(sql!("SELECT COUNT(*) FROM events WHERE kind = 'rule.disabled'")).await, 1);
        let ticket = id_of(&cleo.asks("After").await);
        assert!(ada.ticket(&ticket).await["teamId"].is_null());
    }

    async fn a_dry_run_tells_what_would_have_happened_and_writes_nothing(world) {
        let (ada, ana, cleo) = (world.admin("Ada").await, world.agent("Ana").await, world.customer("Cleo").await);
        let ticket = id_of(&cleo.asks_with(json!({ "title": "Was low once", "description": "d", "priority": "LOW" })).await);
        ana.put(&format!("/api/support/tickets/{ticket}"), &json!({ "version": 1, "priority": "URGENT" })).await.is(200);
        cleo.asks_with(json!({ "title": "Never low", "description": "d", "priority": "HIGH" })).await;
        let path = rule(&ada, "Lows", false, &when(&["ticket.created"], json!([is("priority", "LOW")]), json!([act("set_status", "ON_HOLD")]))).await;
        let rows = || world.count(sql!("SELECT (SELECT COUNT(*) FROM events WHERE kind <> 'deadlines.moved') + (SELECT COUNT(*) FROM rule_traces) + (SELECT CAST(COALESCE(SUM(version), 0) AS BIGINT) FROM tickets)"));
        let before = rows().await;

        let page = ada.get(&format!("{path}/dry-run")).await.is(200).text();

        assert!(page.contains("changed 1 of 2 tickets") && page.contains("Was low once") && !page.contains("Never low") && page.contains("Set status to On hold"), "{page}");
        assert_eq!(rows().await, before);
    }

    async fn a_rule_of_time_fires_once_and_again_only_after_it_was_false(world) {
        let (ada, ana, cleo) = (world.admin("Ada").await, world.agent("Ana").await, world.customer("Cleo").await);
        let waits = json!([is("status", "PENDING"), { "field": "status_since", "op": "older_hours", "value": 24 }]);
        rule(&ada, "Remind", false, &json!({ "when": "time", "if": { "all": waits }, "then": [act("note", "Remind them.")] })).await;
        let ticket = id_of(&cleo.asks("T").await);
        let set = async |status: &str| { ana.put(&format!("/api/support/tickets/{ticket}"), &json!({ "version": ana.ticket(&ticket).await["version"], "status": status })).await.is(200); };
        let pass = async || { automation::pass(&world.app).await.unwrap(); ana.ticket(&ticket).await["messages"].as_array().unwrap().len() - 1 };
        set("PENDING").await;

        let early = pass().await;
        world.clock.advance(Duration::from_hours(25));
        let late = [pass().await, pass().await];
        set("OPEN").await;
        let open = pass().await;
        set("PENDING").await;
        world.clock.advance(Duration::from_hours(25));
        let again = [pass().await, pass().await];

        assert_eq!((early, late, open, again), (0, [1, 1], 1, [2, 2]));
    }

    async fn readers_that_die_and_begin_anew_beside_each_other_fire_each_rule_once(world) {
        let (ada, cleo) = (world.admin("Ada").await, world.customer("Cleo").await);
        rule(&ada, "Note it", false, &when(&["ticket.created"], json!([]), json!([act("note", "Seen.")]))).await;
        let (_keep, stop) = watch::channel(false);
        let titles: Vec<String> = (0..30).map(|n| format!("T{n}")).collect();

        let asking = join_all(titles.iter().map(|title| cleo.asks(title)));
        let dying = async {
            for round in 0..12_u64 {
                let reader = tokio::spawn(automation::follow(world.app.clone(), stop.clone()));
                tokio::time::sleep(Duration::from_millis(15 + round * 7 % 40)).await;
                reader.abort();
            }
        };
        tokio::join!(asking, dying);

        eventually("all were noted", || async { world.count(sql!("SELECT COUNT(*) FROM messages WHERE is_internal = TRUE")).await >= 30 }).await;
        tokio::time::sleep(Duration::from_millis(500)).await;
        let notes = world.count(sql!("SELECT COUNT(*) FROM messages WHERE is_internal = TRUE")).await;
        let noted = world.count(sql!("SELECT COUNT(DISTINCT ticket_id) FROM messages WHERE is_internal = TRUE")).await;
        assert_eq!((notes, noted), (30, 30));
    }
}
