//! The API of rules: made, read, arranged, replaced, tried, explained and removed; and what it refuses.

use crate::{client::Visitor, world::eventually};
use kernel::Scope;
use serde_json::{Value, json};

const API: &str = "/api/support/rules";

fn wish(name: &str) -> Value {
    let blocked = json!({ "all": [{ "field": "category", "op": "is", "value": "BUG" }, { "any": [{ "field": "subject", "op": "contains", "value": "blocked" }, { "field": "priority", "op": "is", "value": "URGENT" }] }] });
    json!({ "name": name, "on": true, "when": ["ticket.created"], "if": blocked, "then": [{ "do": "set_priority", "with": "HIGH" }] })
}

async fn names(ada: &Visitor) -> Vec<String> {
    let list = ada.get(API).await.is(200).json();
    list["items"].as_array().unwrap().iter().map(|rule| rule["name"].as_str().unwrap().to_owned()).collect()
}

#[expect(clippy::needless_pass_by_value, reason = "it is written where it is given")]
fn with(mut body: Value, changes: Value) -> Value {
    for (name, value) in changes.as_object().unwrap() {
        body[name] = value.clone();
    }
    body
}

both! {
    async fn a_rule_is_made_read_replaced_and_removed(world) {
        let ada = world.admin("Ada").await;
        let keyed = |body: Value| ada.send(ada.request("POST", API).header("idempotency-key", "one").json(&body));

        let made = keyed(wish("First")).await.is(201);
        let again = keyed(wish("First")).await.is(201);
        keyed(wish("Another")).await.is(422);
        let id = made.id();
        let read = ada.get(made.header("location")).await.is(200).json();
        let changed = ada.put(&format!("{API}/{id}"), &with(wish("Renamed"), json!({ "version": 1, "stops": true, "on": false }))).await.is(200).json();
        let stale = ada.put(&format!("{API}/{id}"), &with(wish("Too late"), json!({ "version": 1 }))).await.is(409).json();

        assert_eq!((again.id(), again.header("idempotent-replayed"), names(&ada).await), (id.clone(), "true", vec!["Renamed".to_owned()]));
        assert_eq!((&read["on"], &read["stops"], &read["if"], &read["fired"]), (&json!(true), &json!(false), &wish("x")["if"], &json!(0)));
        assert_eq!((&changed["version"], &changed["stops"], &changed["on"]), (&json!(2), &json!(true), &json!(false)));
        assert_eq!(stale["type"], "/problems/stale-version");
        ada.delete(&format!("{API}/{id}")).await.is(204);
        ada.delete(&format!("{API}/{id}")).await.is(404);
        ada.get(&format!("{API}/{id}")).await.is(404);
        assert!(names(&ada).await.is_empty());
    }

    async fn rules_are_arranged_all_together(world) {
        let ada = world.admin("Ada").await;
        let mut ids = Vec::new();
        for name in ["A", "B", "C"] {
            ids.push(ada.post(API, &wish(name)).await.is(201).id());
        }
        let order = format!("{API}/order");
        let version = ada.get(&format!("{API}/{}", ids[0])).await.json()["version"].clone();

        ada.put(&order, &json!({ "rules": [ids[2], ids[0], ids[1]] })).await.is(200);
        let twice = ada.put(&order, &json!({ "rules": [ids[2], ids[0], ids[1]] })).await.is(200).json();

        assert_eq!(names(&ada).await, ["C", "A", "B"]);
        assert_eq!(twice["items"][0]["name"], "C");
        assert_eq!(ada.get(&format!("{API}/{}", ids[0])).await.json()["version"], version, "who edits it is not disturbed");
        assert_eq!(ada.put(&order, &json!({ "rules": [ids[0], ids[1]] })).await.is(409).json()["type"], "/problems/other-rules");
        ada.put(&order, &json!({ "rules": [ids[0], ids[0], ids[1], ids[2]] })).await.is(422);
    }

    async fn what_is_wrong_with_a_rule_is_told_with_its_place(world) {
        let ada = world.admin("Ada").await;
        let cases = [
            (json!({ "name": "" }), "name"),
            (json!({ "when": [] }), "when"),
            (json!({ "when": ["ticket.exploded"] }), "when"),
            (json!({ "if": { "all": [], "any": [] } }), "if"),
            (json!({ "if": { "field": "category", "op": "is", "value": "NONSENSE" } }), "c1value"),
            (json!({ "if": { "any": [{ "field": "status", "op": "is", "value": "OPEN" }, { "field": "mood", "op": "is", "value": "x" }] } }), "c2value"),
            (json!({ "then": [] }), "then"),
            (json!({ "then": [{ "do": "set_priority", "with": "HIGH" }, { "do": "set_team", "with": "019a90c2-7d1e-7b7f-9a53-0c1b6f1f3f10" }] }), "a2value"),
            (json!({ "then": [{ "do": "notify", "with": "x" }] }), "a1value"),
            (json!({ "surprise": true }), "surprise"),
            (json!({ "when": "time", "if": null }), "if"),
        ];

        for (changes, field) in cases {
            let body = ada.post(API, &with(wish("Wrong"), changes.clone())).await.is(422).json();
            assert!(body["errors"][field].is_array(), "{changes}: {body}");
        }
        let long = with(wish("Long"), json!({ "then": [{ "do": "note", "with": "x".repeat(2_000_000) }] }));
        ada.post(API, &long).await.is(413);
        ada.put(&format!("{API}/no-id"), &with(wish("x"), json!({ "version": 1 }))).await.is(404);
        assert!(names(&ada).await.is_empty());
        let id = ada.post(API, &wish("Stays")).await.is(201).id();
        let long = with(wish("Long"), json!({ "version": 1, "then": [{ "do": "note", "with": "x".repeat(2_000_000) }] }));
        ada.put(&format!("{API}/{id}"), &long).await.is(413);
        assert_eq!(names(&ada).await, ["Stays"]);
    }

    async fn only_admins_keep_rules_and_a_token_needs_the_scope(world) {
        let (ada, sue, ana, cleo) = (world.admin("Ada").await, world.supervisor("Sue").await, world.agent("Ana").await, world.customer("Cleo").await);
        let (reads, writes) = (world.token(&ada, &[Scope::TicketsRead]).await, world.token(&ada, &[Scope::TicketsRead, Scope::TicketsWrite]).await);
        let id = writes.post(API, &wish("By a program")).await.is(201).id();

        world.stranger().get(API).await.is(401);
        for who in [&sue, &ana, &cleo] {
            who.get(API).await.is(403);
            who.post(API, &wish("No")).await.is(403);
            who.delete(&format!("{API}/{id}")).await.is(403);
        }
        reads.get(&format!("{API}/{id}")).await.is(200);
        reads.post(API, &wish("No")).await.is(403);
        reads.delete(&format!("{API}/{id}")).await.is(403);

        assert_eq!(names(&ada).await, ["By a program"]);
    }

    async fn programs_read_the_terms_dry_runs_and_traces(world) {
        let (ada, ana, cleo) = (world.admin("Ada").await, world.agent("Ana").await, world.customer("Cleo").await);
        let ask = async |title: &str, category: &str| cleo.asks_with(json!({ "title": title, "description": "d", "category": category })).await["id"].as_str().unwrap().to_owned();
        let before = ask("Blocked since Monday", "BUG").await;
        ask("Something else", "BILLING").await;
        let id = ada.post(API, &wish("Blocked first")).await.is(201).id();

        let terms = ada.get(&format!("{API}/terms")).await.is(200).json();
        let run = ada.get(&format!("{API}/{id}/dry-run")).await.is(200).json();
        let (yes, no) = (ask("Blocked again", "BUG").await, ask("Fine", "BUG").await);
        let traces = async |query: &str| ada.get(&format!("{API}/{id}/traces{query}")).await.is(200).json();
        eventually("both were asked", || async { traces("").await["items"].as_array().unwrap().len() == 2 }).await;

        let named = |list: &str, name: &str| terms[list].as_array().unwrap().iter().find(|term| term["name"] == name).cloned().unwrap_or_else(|| panic!("no {name} in {list}"));
        assert!(named("fields", "priority")["ops"].as_array().unwrap().contains(&json!("changed_to")));
        assert!(named("actions", "set_status")["choices"].as_array().unwrap().iter().any(|choice| choice["value"] == "ON_HOLD"));
        for (list, name) in [("events", "sla.breached"), ("fields", "sla.due"), ("actions", "round_robin"), ("actions", "note")] {
            named(list, name);
        }
        assert_eq!((&run["asked"], &run["count"], &run["tickets"][0]["id"], &run["steps"]), (&json!(2), &json!(1), &json!(before), &json!(["Set priority to High"])));
        let page = traces("?limit=1").await;
        let rest = traces(&format!("?limit=1&cursor={}", page["nextCursor"].as_str().unwrap())).await;
        let outcome = |page: &Value| (page["items"][0]["ticketId"].as_str().unwrap().to_owned(), page["items"][0]["rules"][0]["outcome"].as_str().unwrap().to_owned());
        let mut found = [outcome(&page), outcome(&rest)];
        found.sort_by_key(|(ticket, _)| *ticket == no);
        assert_eq!(found, [(yes.clone(), "FIRED".to_owned()), (no.clone(), "MISSED".to_owned())]);
        assert_eq!(rest["nextCursor"], Value::Null);
        let of_ticket = ana.get(&format!("/api/support/tickets/{no}/rules")).await.is(200).json();
        assert_eq!(of_ticket["items"][0]["rules"][0]["why"], "Not true: Priority is Urgent; it was Normal");
        ada.get(&format!("{API}/{id}/traces?cursor=nonsense")).await.is(422);
        cleo.get(&format!("/api/support/tickets/{no}/rules")).await.is(403);
    }
}
