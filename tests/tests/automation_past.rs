//! Dry runs ask what a ticket was then: its custom status too, whatever that is called since; where it can't be known, they say
//! so.

use crate::{client::Visitor, world::World};
use db::sql;
use serde_json::{Value, json};
use uuid::Uuid;

const API: &str = "/api/support/tickets";

async fn asks(who: &Visitor, title: &str) -> String {
    who.asks(title).await["id"].as_str().unwrap().to_owned()
}

async fn set(who: &Visitor, ticket: &str, mut change: Value) {
    change["version"] = who.ticket(ticket).await["version"].clone();
    who.put(&format!("{API}/{ticket}"), &change).await.is(200);
}

/// What a rule at each note would have done: which tickets, and of how many that is not known.
async fn tried(ada: &Visitor, condition: Value) -> (Vec<String>, u64) {
    let rule = json!({ "name": "Past", "on": false, "when": ["ticket.noted"], "if": { "all": [condition] }, "then": [{ "do": "add_tag", "with": "past" }] });
    let id = ada.post("/api/support/rules", &rule).await.is(201).id();
    let told = ada.get(&format!("/api/support/rules/{id}/dry-run")).await.is(200).json();
    let mut found: Vec<String> =
        told["tickets"].as_array().unwrap().iter().map(|one| one["label"].as_str().unwrap().split_once(' ').unwrap().1.to_owned()).collect();
    found.sort();
    (found, told["unsure"].as_u64().unwrap())
}

/// Two tickets: one that was noted before it stood in a custom status, one that was noted while it did.
async fn told(world: &World) -> (Visitor, Visitor) {
    let (ada, ana, cleo) = (world.admin("Ada").await, world.agent("Ana").await, world.customer("Cleo").await);
    for name in ["Waiting on legal", "Other"] {
        ada.form("/admin/statuses", &[("name", name), ("status", "ON_HOLD"), ("customerName", "")]).await.is(303);
    }
    let (before, within) = (asks(&cleo, "Before").await, asks(&cleo, "Within").await);
    ana.notes(&before, "No custom status yet").await;
    for ticket in [&before, &within] {
        set(&ana, ticket, json!({ "customStatus": "waiting_on_legal" })).await;
    }
    ana.notes(&within, "Custom status").await;
    set(&ana, &within, json!({ "status": "OPEN" })).await;
    (ada, ana)
}

fn asked(op: &str, value: &Value) -> Value {
    json!({ "field": "custom_status", "op": op, "value": value })
}

both! {
    async fn a_custom_status_is_asked_as_it_was_then(world) {
        let (ada, _) = told(world).await;
        let both = |names: [&str; 2]| (names.map(str::to_owned).to_vec(), 0);
        let one = |name: &str| (vec![name.to_owned()], 0);

        assert_eq!(tried(&ada, asked("is_empty", &Value::Null)).await, one("Before"));
        assert_eq!(tried(&ada, asked("is_set", &Value::Null)).await, one("Within"));
        assert_eq!(tried(&ada, asked("is", &json!("waiting_on_legal"))).await, one("Within"));
        assert_eq!(tried(&ada, asked("is_not", &json!("waiting_on_legal"))).await, one("Before"));
        assert_eq!(tried(&ada, asked("none_of", &json!(["other"]))).await, both(["Before", "Within"]));
        ada.form("/admin/statuses/waiting_on_legal", &[("name", "Other"), ("customerName", ""), ("version", "1")]).await;
        ada.form("/admin/statuses/waiting_on_legal", &[("name", "Legal"), ("customerName", ""), ("version", "1")]).await;
        assert_eq!(tried(&ada, asked("is", &json!("waiting_on_legal"))).await, one("Within"), "whatever it is called since");
        ada.form("/admin/statuses/waiting_on_legal/archive", &[]).await.is(303);
        assert_eq!(tried(&ada, asked("is_set", &Value::Null)).await, one("Within"), "and when it is removed");
    }

    async fn what_the_journal_can_not_tell_is_not_guessed(world) {
        let (ada, _) = told(world).await;
        // as lines were before they told what is stored
        let mut tx = world.write().await;
        let lines: Vec<(i64, String)> = tx.all(sql!("SELECT seq, data FROM events WHERE kind = 'ticket.custom_status_changed'")).await.unwrap();
        for (seq, data) in lines {
            let mut facts: Value = serde_json::from_str(&data).unwrap();
            for name in ["oldValue", "newValue"] {
                facts.as_object_mut().unwrap().remove(name);
            }
            tx.run(sql!("UPDATE events SET data = $2 WHERE seq = $1", seq, facts.to_string())).await.unwrap();
        }
        tx.commit().await.unwrap();

        let by_name = tried(&ada, asked("is", &json!("waiting_on_legal"))).await;
        ada.form("/admin/statuses/waiting_on_legal", &[("name", "Legal"), ("customerName", ""), ("version", "1")]).await.is(303);
        let renamed = tried(&ada, asked("is", &json!("waiting_on_legal"))).await;
        let rule = json!({ "name": "Both", "on": false, "when": ["ticket.noted"], "if": { "all": [asked("is_set", &Value::Null), { "field": "priority", "op": "is", "value": "URGENT" }] }, "then": [{ "do": "add_tag", "with": "past" }] });
        let id = ada.post("/api/support/rules", &rule).await.is(201).id();
        let certain = ada.get(&format!("/api/support/rules/{id}/dry-run")).await.is(200).json();
        let page = ada.get(&format!("/admin/automations/{}/dry-run", { tried(&ada, asked("is_set", &Value::Null)).await; world.read().await.one::<Uuid>(sql!("SELECT id FROM rules ORDER BY number DESC LIMIT 1")).await.unwrap() })).await.is(200).text();

        assert_eq!(by_name, (vec!["Within".to_owned()], 1), "a name that one status has tells which; a word of the six does not");
        assert_eq!(renamed, (Vec::new(), 2));
        assert_eq!((&certain["count"], &certain["unsure"]), (&json!(0), &json!(0)), "what is false in any case is told");
        assert!(page.contains("Of 2 more it can’t be told"), "{page}");
    }

    async fn the_journal_tells_of_a_custom_status_that_came_back_with_an_undone_merge(world) {
        let (ada, ana) = told(world).await;
        let (source, target) = (asks(&ana, "Source").await, asks(&ana, "Target").await);
        set(&ana, &source, json!({ "customStatus": "waiting_on_legal" })).await;

        ana.post(&format!("{API}/{source}/merge"), &json!({ "into": target })).await.is(201);
        ana.post(&format!("{API}/{source}/merge/undo"), &json!({})).await.is(200);

        assert_eq!(ada.ticket(&source).await["customStatus"], "waiting_on_legal");
        let data: Vec<String> = world.read().await.all(sql!("SELECT data FROM events WHERE kind = 'ticket.custom_status_changed' AND subject_id = $1 ORDER BY seq", source.parse::<Uuid>().unwrap())).await.unwrap();
        let values: Vec<Value> = data.iter().map(|data| serde_json::from_str::<Value>(data).unwrap()).map(|facts| json!([facts["oldValue"], facts["newValue"]])).collect();
        assert_eq!(values, [json!([null, "waiting_on_legal"]), json!(["waiting_on_legal", null]), json!([null, "waiting_on_legal"])]);
    }
}
