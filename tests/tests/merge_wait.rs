//! Merging meets what waits: scheduled replies, drafts, snoozes, a bulk change, and what somebody changed since.

use crate::{
    bulk::{BULK, ended},
    client::{Told, Visitor},
    world::{World, eventually},
};
use db::{Engine, sql};
use serde_json::{Value, json};
use std::time::Duration;

const API: &str = "/api/support/tickets";
const HOUR: Duration = Duration::from_hours(1);

fn id(ticket: &Value) -> String {
    ticket["id"].as_str().unwrap().to_owned()
}

fn at(world: &World, hours: u32) -> String {
    world.clock.now().plus(HOUR * hours).to_jiff().to_string()
}

async fn pair(world: &World) -> (Visitor, Visitor, String, String) {
    let (cleo, ana) = (world.customer("Cleo").await, world.agent("Ana").await);
    let (source, target) = (id(&cleo.asks("Source").await), id(&cleo.asks("Target").await));
    (cleo, ana, source, target)
}

async fn merges(who: &Visitor, source: &str, target: &str) -> Told {
    who.post(&format!("{API}/{source}/merge"), &json!({ "into": target })).await
}

async fn undoes(who: &Visitor, source: &str) -> Told {
    who.post(&format!("{API}/{source}/merge/undo"), &json!({})).await
}

async fn waiting(who: &Visitor, ticket: &str) -> Vec<Value> {
    who.get(&format!("{API}/{ticket}/scheduled")).await.is(200).json()["items"].as_array().unwrap().clone()
}

async fn contents(who: &Visitor, ticket: &str) -> Vec<String> {
    who.ticket(ticket).await["messages"].as_array().unwrap().iter().map(|message| message["content"].as_str().unwrap().to_owned()).collect()
}

async fn draft(world: &World, who: &Visitor, ticket: &str) -> Option<(bool, String)> {
    let ticket: uuid::Uuid = ticket.parse().unwrap();
    world.read().await.first(sql!("SELECT is_internal, content FROM drafts WHERE person_id = $1 AND ticket_id = $2", who.id(), ticket)).await.unwrap()
}

async fn drafts(who: &Visitor, ticket: &str, kind: &str, text: &str) {
    let body = json!({ "kind": kind, "content": text });
    who.send(who.request("PUT", &format!("/desk/tickets/{ticket}/draft")).json(&body)).await.is(204);
}

both! {
    async fn what_is_scheduled_in_the_source_is_called_off_and_its_text_goes_to_its_author(world) {
        let (cleo, ana, source, target) = pair(world).await;
        let ben = world.agent("Ben").await;
        let key = ben.uploads("plan.txt", b"plan").await;
        let body = json!({ "sendAt": at(world, 5), "content": "Does it work now?", "status": "RESOLVED", "fileId": [key] });
        ben.post(&format!("{API}/{source}/scheduled"), &body).await.is(201);
        ben.post(&format!("{API}/{source}/scheduled"), &json!({ "sendAt": at(world, 5), "status": "ON_HOLD" })).await.is(201);
        let preview = ana.get(&format!("/desk/tickets/{source}/merge?into={target}")).await.is(200).text();

        merges(&ana, &source, &target).await.is(201);

        assert!(preview.contains("is called off (2)") && preview.contains("1 public message of"), "{preview}");
        assert_eq!((waiting(&ana, &source).await.len(), waiting(&ana, &target).await.len()), (0, 0));
        assert_eq!(draft(world, &ben, &target).await, Some((false, "Does it work now?".to_owned())));
        assert_eq!(draft(world, &ana, &target).await, None, "it is no draft of who merged");
        let box_of_ben = ben.get(&format!("/desk/tickets/{target}")).await.is(200).text();
        assert!(box_of_ben.contains("Does it work now?") && box_of_ben.contains("plan.txt"), "its file, too: {box_of_ben}");
        world.clock.advance(HOUR * 6);
        tokio::time::sleep(Duration::from_millis(1_200)).await;
        assert_eq!(contents(&cleo, &target).await.len(), 2, "nothing goes out");
        assert_eq!(ana.ticket(&target).await["status"], "OPEN");
        let told = ana.post(&format!("{API}/{source}/scheduled"), &json!({ "sendAt": at(world, 9), "content": "Again" })).await;
        assert!(told.status == 409 && told.json()["type"].as_str().unwrap().ends_with("/merged"), "{}", told.text());
        undoes(&ana, &source).await.is(200);
        assert_eq!(contents(&ana, &source).await, ["About Source."]);
    }

    async fn what_is_scheduled_in_the_target_stops_until_somebody_looks(world) {
        let (cleo, ana, source, target) = pair(world).await;
        ana.post(&format!("{API}/{target}/scheduled"), &json!({ "sendAt": at(world, 5), "content": "Solved?", "status": "RESOLVED" })).await.is(201);

        merges(&ana, &source, &target).await.is(201);

        let left = waiting(&ana, &target).await;
        assert_eq!((left.len(), &left[0]["stoppedBy"]), (1, &json!("MERGE")));
        world.clock.advance(HOUR * 6);
        tokio::time::sleep(Duration::from_millis(1_200)).await;
        assert_eq!(contents(&cleo, &target).await.len(), 2);
        assert!(ana.get(&format!("/desk/tickets/{target}")).await.text().contains("Another ticket was merged in"));
        let item = id(&left[0]);
        ana.form(&format!("/desk/tickets/{target}/later/{item}/hurry"), &[]).await.is(303);
        assert_eq!(contents(&cleo, &target).await.last().unwrap(), "Solved?", "whoever has read it lets it go");
    }

    async fn drafts_follow_their_authors_and_a_note_among_them_stays_a_note(world) {
        let (_, ana, source, target) = pair(world).await;
        let ben = world.agent("Ben").await;
        drafts(&ana, &source, "reply", "Half a reply").await;
        drafts(&ben, &source, "reply", "Dear Cleo").await;
        drafts(&ben, &target, "note", "zq-not for her").await;

        merges(&ana, &source, &target).await.is(201);

        assert_eq!(draft(world, &ana, &target).await, Some((false, "Half a reply".to_owned())));
        assert_eq!(draft(world, &ben, &target).await, Some((true, "Dear Cleo\n\nzq-not for her".to_owned())));
        assert_eq!((draft(world, &ana, &source).await, draft(world, &ben, &source).await), (None, None));
    }

    async fn a_snoozed_source_comes_back_awake_and_a_snoozed_target_stays_asleep(world) {
        let (_, ana, source, target) = pair(world).await;
        for ticket in [&source, &target] {
            ana.put(&format!("{API}/{ticket}/snooze"), &json!({ "until": at(world, 5) })).await.is(200);
        }
        let open = || async { ana.get(&format!("{API}?view=open")).await.ids() };

        let preview = ana.get(&format!("/desk/tickets/{source}/merge?into={target}")).await.text();
        merges(&ana, &source, &target).await.is(201);
        let merged = open().await;
        undoes(&ana, &source).await.is(200);

        assert!(preview.contains("is snoozed and stays so"), "{preview}");
        assert_eq!((merged, open().await), (Vec::<String>::new(), vec![source]));
    }

    async fn no_list_of_work_shows_what_was_merged_away(world) {
        let (cleo, ana, source, target) = pair(world).await;
        for ticket in [&source, &target] {
            ana.post(&format!("{API}/{ticket}/claim"), &json!({})).await.is(200);
        }
        let view = ana.post("/api/support/views", &json!({ "name": "Mine", "query": "view=mine" })).await.is(201).json();
        merges(&ana, &source, &target).await.is(201);

        for list in ["view=mine", "view=open", "view=pending", "view=resolved", "status=OPEN", "q=Source&view=open"] {
            let ids = ana.get(&format!("{API}?{list}")).await.is(200).ids();
            assert!(!ids.contains(&source), "{list}: {ids:?}");
        }
        assert_eq!(ana.get(&format!("{API}?{}", view["query"].as_str().unwrap())).await.ids(), [target.as_str()]);
        assert_eq!(cleo.get(&format!("{API}?view=open")).await.ids(), [target]);
    }

    async fn a_bulk_merges_what_was_chosen_into_one_and_one_undo_parts_all(world) {
        let (cleo, ana) = (world.customer("Cleo").await, world.agent("Ana").await);
        let mut ids = Vec::new();
        for n in 0..5 {
            ids.push(id(&cleo.asks(&format!("T{n}")).await));
        }
        let otto = id(&world.customer("Otto").await.asks("Foreign").await);
        let mut chosen = ids.clone();
        chosen.push(otto.clone());

        let bulk = ana.post(BULK, &json!({ "tickets": chosen, "mergeInto": ids[0] })).await.is(202).id();
        let done = ended(&ana, &bulk, "DONE").await;
        let refused = ana.get(&format!("{BULK}/{bulk}/items")).await.json();
        let merged = contents(&ana, &ids[0]).await;
        let touched = ana.post(BULK, &json!({ "tickets": [ids[1]], "status": "OPEN" })).await.is(202).id();
        let touched = (ended(&ana, &touched, "DONE").await, ana.get(&format!("{BULK}/{touched}/items")).await.json());
        ana.post(&format!("{BULK}/{bulk}/undo"), &json!({})).await.is(202);
        let undone = ended(&ana, &bulk, "UNDONE").await;

        assert_eq!((done["total"].as_i64(), done["done"].as_i64(), done["refused"].as_i64()), (Some(5), Some(4), Some(1)), "the target is none of them: {done}");
        assert!(refused["items"][0]["ticketId"] == otto && refused["items"][0]["reason"].as_str().unwrap().contains("Otto would see"), "{refused}");
        assert_eq!(merged.len(), 5);
        assert!(touched.0["refused"] == 1 && touched.1["items"][0]["reason"].as_str().unwrap().contains("goes on there"), "a merged one is opened by nobody: {}", touched.1);
        assert_eq!((undone["restored"].as_i64(), undone["kept"].as_i64()), (Some(4), Some(0)));
        for (n, ticket) in ids.iter().enumerate() {
            assert_eq!(contents(&ana, ticket).await, [format!("About T{n}.")]);
            assert_eq!(ana.ticket(ticket).await["status"], "OPEN");
        }
    }

    async fn a_bulk_merge_that_makes_no_sense_is_refused(world) {
        let (_, ana, source, target) = pair(world).await;
        for (body, field) in [
            (json!({ "tickets": [source], "mergeInto": source }), "tickets"),
            (json!({ "tickets": [source], "mergeInto": target, "status": "OPEN" }), "mergeInto"),
            (json!({ "tickets": [source], "mergeInto": "01a00000-0000-7000-8000-000000000000" }), "mergeInto"),
        ] {
            let told = ana.post(BULK, &body).await.is(422).json();
            assert!(!told["errors"][field].is_null(), "{told}");
        }
        let page = ana.get(&format!("/desk/bulk/merge?tickets={source},{target}")).await.is(200).text();
        assert!(page.contains("Merge 2 tickets") && page.contains("name=\"mergeInto\""), "{page}");
        assert_eq!(ana.get(&format!("/desk/bulk/merge?tickets={source}")).await.status, 303, "one alone is not merged");
    }

    async fn a_parent_is_not_merged_away_and_its_child_may_be(world) {
        let (cleo, ana, parent, child) = pair(world).await;
        let other = id(&cleo.asks("Other").await);
        ana.post(&format!("{API}/{parent}/links"), &json!({ "relation": "PARENT_OF", "ticketId": child })).await.is(201);

        let told = merges(&ana, &parent, &other).await;

        assert!(told.status == 409 && told.json()["type"].as_str().unwrap().ends_with("/has-children"), "{}", told.text());
        merges(&ana, &child, &other).await.is(201);
    }

    async fn undoing_leaves_what_others_changed_since(world) {
        let (cleo, ana, source, target) = pair(world).await;
        let extra = id(&cleo.replies(&source, "And another thing").await);
        merges(&ana, &source, &target).await.is(201);
        let split = ana.post(&format!("{API}/{target}/split"), &json!({ "messageId": extra })).await.is(201).json();
        let version = ana.ticket(&target).await["version"].clone();
        ana.put(&format!("{API}/{target}"), &json!({ "version": version, "status": "PENDING", "tags": ["kept"], "title": "Renamed" })).await.is(200);
        ana.replies(&target, "Said since").await;

        undoes(&ana, &source).await.is(200);

        let now = ana.ticket(&target).await;
        assert_eq!((&now["status"], &now["tags"], &now["title"]), (&json!("PENDING"), &json!(["kept"]), &json!("Renamed")));
        assert_eq!(contents(&ana, &target).await, ["About Target.", "Said since"]);
        assert_eq!((contents(&ana, &source).await, contents(&ana, &id(&split)).await), (vec!["About Source.".to_owned()], vec!["And another thing".to_owned()]), "what was split off stays split off");
        refuse_far(&ana, &source, &target).await;
    }
}

/// A target that lies in the trash, or went on itself, gives nothing back until that is undone.
async fn refuse_far(ana: &Visitor, source: &str, target: &str) {
    merges(ana, source, target).await.is(201);
    ana.delete(&format!("{API}/{target}")).await.is(204);
    let told = undoes(ana, source).await;
    assert!(told.status == 409 && told.text().contains("Restore it first") || told.status == 403, "{}", told.text());
}

#[tokio::test]
async fn replies_to_a_merged_ticket_while_its_target_is_merged_back_never_block_each_other() {
    let world = World::new(Engine::Postgres).await;
    let (cleo, ana, source, target) = pair(&world).await;
    merges(&ana, &source, &target).await.is(201);
    for round in 0..12 {
        let words = format!("Reply {round}");
        let (said, told) = tokio::join!(cleo.replies(&source, &words), merges(&ana, &target, &source));
        assert_eq!(said["ticketId"], target);
        assert_eq!(told.status, 409, "{}", told.text());
    }
    eventually("all arrived", || async { contents(&cleo, &target).await.len() == 14 }).await;
    world.end().await;
}
