//! Changes of many tickets: all done or each refusal told, nothing twice, one undo, and who may.

use crate::{
    client::Visitor,
    world::{World, eventually},
};
use serde_json::{Value, json};

pub const BULK: &str = "/api/support/bulk";

/// Waits until it is done; answers it.
pub async fn ended(who: &Visitor, id: &str, state: &str) -> Value {
    let path = format!("{BULK}/{id}");
    eventually("the bulk has ended", || async { who.get(&path).await.is(200).json()["state"] == state }).await;
    who.get(&path).await.json()
}

async fn asked(who: &Visitor, body: Value) -> String {
    who.post(BULK, &body).await.is(202).id()
}

/// Tickets of Cleo, every third in a team that is not Ana's.
async fn filled(world: &World, count: usize) -> (Visitor, Visitor, Vec<String>) {
    let (cleo, sue) = (world.customer("Cleo").await, world.supervisor("Sue").await);
    let foreign = world.team("Foreign").await;
    let mut ids = Vec::new();
    for n in 0..count {
        let team = if n % 3 == 2 { json!(foreign.id) } else { Value::Null };
        let ticket = sue.asks_with(json!({ "title": format!("T{n}"), "description": "d", "userId": cleo.id(), "teamId": team, "tags": ["old"] })).await;
        ids.push(ticket["id"].as_str().unwrap().to_owned());
    }
    (cleo, sue, ids)
}

both! {
    async fn the_rest_is_done_and_each_refusal_is_told(world) {
        let ana = world.agent("Ana").await;
        let (cleo, sue, mut ids) = filled(world, 30).await;
        ids.push("01a00000-0000-7000-8000-000000000000".to_owned());
        ids.push(ids[0].clone());

        let id = asked(&ana, json!({ "tickets": ids, "status": "PENDING", "priority": "HIGH", "addTags": ["new"], "removeTags": ["old"] })).await;
        let done = ended(&ana, &id, "DONE").await;
        let refusals = ana.get(&format!("{BULK}/{id}/items?limit=6")).await.is(200).json();
        let rest = ana.get(&format!("{BULK}/{id}/items?after={}", refusals["nextAfter"])).await.is(200).json();

        assert_eq!((done["total"].as_i64(), done["done"].as_i64(), done["refused"].as_i64()), (Some(31), Some(20), Some(11)), "named twice is once: {done}");
        let all: Vec<&Value> = refusals["items"].as_array().unwrap().iter().chain(rest["items"].as_array().unwrap()).collect();
        assert_eq!(all.len(), 11);
        for item in all {
            assert_eq!(item["reason"], "There is no such ticket, or not for you.", "the same words for what is foreign and what is not there");
            assert!(item["number"].is_null() && ids.iter().position(|id| item["ticketId"] == **id).is_some_and(|at| at % 3 == 2 || at == 30), "{item}");
        }
        for (n, id) in ids.iter().take(30).enumerate() {
            let ticket = sue.ticket(id).await;
            let expected = if n % 3 == 2 { ("OPEN", "MEDIUM", json!(["old"])) } else { ("PENDING", "HIGH", json!(["new"])) };
            assert_eq!((ticket["status"].as_str().unwrap(), ticket["priority"].as_str().unwrap(), ticket["tags"].clone()), expected);
        }
        let _ = cleo;
    }

    async fn one_undo_takes_all_back_but_not_what_somebody_changed_since(world) {
        let ana = world.agent("Ana").await;
        let (_, sue, ids) = filled(world, 9).await;
        let id = asked(&ana, json!({ "tickets": ids, "status": "ON_HOLD", "assignedTo": "me", "addTags": ["bulk"] })).await;
        ended(&ana, &id, "DONE").await;
        let version = sue.ticket(&ids[0]).await["version"].clone();
        sue.put(&format!("/api/support/tickets/{}", ids[0]), &json!({ "version": version, "status": "RESOLVED" })).await.is(200);
        sue.delete(&format!("/api/support/tickets/{}", ids[1])).await.is(204);

        ana.post(&format!("{BULK}/{id}/undo"), &json!({})).await.is(202);
        ana.post(&format!("{BULK}/{id}/undo"), &json!({})).await.is(202);
        let undone = ended(&ana, &id, "UNDONE").await;
        ana.post(&format!("{BULK}/{id}/undo"), &json!({})).await.is(202);
        let kept = ana.get(&format!("{BULK}/{id}/items?outcome=KEPT")).await.json();

        assert_eq!((undone["done"].as_i64(), undone["restored"].as_i64(), undone["kept"].as_i64()), (Some(6), Some(4), Some(2)), "{undone}");
        assert_eq!(kept["items"][0]["reason"], "Status was changed since; the rest is back.");
        assert_eq!(kept["items"][1]["reason"], "It lies in the trash now.");
        let (first, other) = (sue.ticket(&ids[0]).await, sue.ticket(&ids[3]).await);
        assert_eq!((first["status"].as_str(), first["assignedTo"].is_null(), &first["tags"]), (Some("RESOLVED"), true, &json!(["old"])));
        assert_eq!((other["status"].as_str(), other["assignedTo"].is_null(), &other["tags"]), (Some("OPEN"), true, &json!(["old"])));
        assert_eq!(ended(&ana, &id, "UNDONE").await["restored"], 4, "a second undo does nothing");
    }

    async fn all_that_match_go_into_the_trash_and_come_back(world) {
        let ana = world.agent("Ana").await;
        let (_, sue, ids) = filled(world, 9).await;
        ana.post(BULK, &json!({ "matching": "view=open&colour=red", "trash": true })).await.is(422);
        ana.post(BULK, &json!({ "matching": "tag=nothing", "trash": true })).await.is(422);
        ana.post(BULK, &json!({ "tickets": ids, "matching": "tag=old", "trash": true })).await.is(422);
        ana.post(BULK, &json!({ "tickets": ids })).await.is(422);

        let id = asked(&ana, json!({ "matching": "view=open&tag=old", "trash": true })).await;
        let done = ended(&ana, &id, "DONE").await;
        let left = sue.get("/api/support/tickets?tag=old").await.ids().len();
        ana.post(&format!("{BULK}/{id}/undo"), &json!({})).await.is(202);
        ended(&ana, &id, "UNDONE").await;

        assert_eq!((done["total"].as_i64(), done["done"].as_i64(), left), (Some(6), Some(6), 3), "only what Ana may see matches");
        assert_eq!(sue.get("/api/support/tickets?tag=old").await.ids().len(), 9);
    }

    async fn a_note_to_many_never_reaches_a_customer_and_a_reply_is_filled_in(world) {
        let ana = world.agent("Ana").await;
        let (cleo, _, ids) = filled(world, 3).await;

        let note = asked(&ana, json!({ "tickets": ids, "note": "Secret of {{requester.name}}" })).await;
        ended(&ana, &note, "DONE").await;
        let reply = asked(&ana, json!({ "tickets": ids, "reply": "Hello {{requester.first_name}}, {{ticket.title}}" })).await;
        ended(&ana, &reply, "DONE").await;

        let (hers, anas) = (cleo.ticket(&ids[0]).await, ana.ticket(&ids[0]).await);
        assert!(!hers.to_string().contains("Secret") && hers["messages"].as_array().unwrap().len() == 2, "{hers}");
        assert!(anas.to_string().contains("Secret of Cleo"));
        assert_eq!(hers["messages"][1]["content"], "Hello Cleo, T0");
        let events = cleo.get(&format!("/api/support/tickets/{}/events", ids[0])).await.is(200).text();
        assert!(!events.contains("noted") && !events.contains("Secret"), "{events}");
    }

    async fn a_ticket_that_its_verb_refuses_does_not_keep_the_others(world) {
        let ana = world.agent("Ana").await;
        let cleo = world.customer("Cleo").await;
        let mut ids = Vec::new();
        for n in 0..60 {
            let tags: Vec<String> = if n % 20 == 7 { (0..20).map(|tag| format!("t{tag:02}")).collect() } else { Vec::new() };
            ids.push(ana.asks_with(json!({ "title": format!("T{n}"), "description": "d", "userId": cleo.id(), "tags": tags })).await["id"].as_str().unwrap().to_owned());
        }

        let id = asked(&ana, json!({ "tickets": ids, "addTags": ["more"], "status": "PENDING" })).await;
        let done = ended(&ana, &id, "DONE").await;
        let refused = ana.get(&format!("{BULK}/{id}/items")).await.json();

        assert_eq!((done["done"].as_i64(), done["refused"].as_i64()), (Some(57), Some(3)));
        assert!(refused["items"].as_array().unwrap().iter().all(|item| item["reason"].as_str().unwrap().contains("At most 20 tags")), "{refused}");
        assert_eq!(ana.ticket(&ids[7]).await["status"], "OPEN", "nothing of it is done by half");
        let twice = world.count(db::sql!("SELECT COUNT(*) FROM (SELECT subject_id FROM events WHERE kind = 'ticket.status_changed' GROUP BY subject_id HAVING COUNT(*) > 1) AS twice")).await;
        assert_eq!(twice, 0, "what was rolled back left no line");
    }

    async fn it_is_for_whoever_asked_and_an_admin_takes_it_back_when_they_are_gone(world) {
        let (ana, bo) = (world.agent("Ana").await, world.agent("Bo").await);
        let (cleo, sue, ids) = filled(world, 6).await;
        let id = asked(&ana, json!({ "tickets": ids, "status": "PENDING" })).await;
        ended(&ana, &id, "DONE").await;
        let ada = world.admin("Ada").await;
        let again = asked(&ana, json!({ "tickets": ids, "priority": "LOW" })).await;
        ended(&ana, &again, "DONE").await;

        bo.get(&format!("{BULK}/{id}")).await.is(404);
        sue.get(&format!("{BULK}/{id}/items")).await.is(404);
        bo.post(&format!("{BULK}/{id}/undo"), &json!({})).await.is(404);
        cleo.post(BULK, &json!({ "tickets": ids, "status": "OPEN" })).await.is(403);
        let mut tx = world.write().await;
        accounts::Person::get(&mut tx, ana.id()).await.unwrap().set_disabled(&mut tx, &kernel::Actor::system("Test"), true).await.unwrap();
        tx.commit().await.unwrap();
        ada.post(&format!("{BULK}/{id}/undo"), &json!({})).await.is(202);
        let undone = ended(&ada, &id, "UNDONE").await;

        assert_eq!(undone["restored"].as_i64(), Some(4), "it is taken back in the name of Ada: {undone}");
        assert_eq!(sue.ticket(&ids[0]).await["status"], "OPEN");
    }

    async fn the_pages_of_a_bulk_read_an_index(world) {
        let ana = world.agent("Ana").await;
        let (_, _, ids) = filled(world, 3).await;
        let id = asked(&ana, json!({ "tickets": ids, "status": "PENDING" })).await;
        let actor = world.actor(&ana).await;
        let mut conn = world.read().await;
        let bulk = macros::Bulk::get(&mut conn, &actor, id.parse().unwrap()).await.unwrap();

        let plan = conn.plan(bulk.items_statement(&actor, macros::bulk::Outcome::Refused, 0, 100)).await.unwrap();

        assert!(world.engine == db::Engine::Postgres || plan.contains("bulk_items_by_state") && !plan.contains("TEMP B-TREE"), "{plan}");
    }
}
