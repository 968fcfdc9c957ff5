//! Merging: what moves, what is refused, what goes back, and that of two at once one wins.

use crate::{
    client::{Told, Visitor},
    world::World,
};
use db::sql;
use serde_json::{Value, json};
use std::time::Duration;

const API: &str = "/api/support/tickets";

fn id(ticket: &Value) -> String {
    ticket["id"].as_str().unwrap().to_owned()
}

async fn merges(who: &Visitor, source: &str, target: &str) -> Told {
    who.post(&format!("{API}/{source}/merge"), &json!({ "into": target })).await
}

async fn contents(who: &Visitor, ticket: &str) -> Vec<String> {
    who.ticket(ticket).await["messages"].as_array().unwrap().iter().map(|message| message["content"].as_str().unwrap().to_owned()).collect()
}

/// Whether it was refused with this word, and the sentence has these words.
fn refused(told: &Told, kind: &str, words: &str) {
    assert_eq!(told.status, 409, "{}", told.text());
    let problem = told.json();
    assert!(problem["type"].as_str().unwrap().ends_with(&format!("/{kind}")), "{problem}");
    assert!(problem["detail"].as_str().unwrap().contains(words), "{problem}");
}

/// Two tickets of Cleo: the first with a file, a reply and a note, tags and a copy; Ana of the staff.
async fn pair(world: &World) -> (Visitor, Visitor, String, String) {
    let (cleo, ana) = (world.customer("Cleo").await, world.agent("Ana").await);
    let key = cleo.uploads("trace.txt", b"trace").await;
    let source = id(&cleo.asks_with(json!({ "title": "Printer", "description": "It smokes.", "fileId": [key] })).await);
    world.clock.advance(Duration::from_mins(1));
    let target = id(&cleo.asks_with(json!({ "title": "Fire", "description": "It burns." })).await);
    world.clock.advance(Duration::from_mins(1));
    ana.replies(&source, "Unplug it.").await;
    ana.notes(&source, "not again").await;
    let version = ana.ticket(&source).await["version"].clone();
    ana.put(&format!("{API}/{source}"), &json!({ "version": version, "tags": ["smoke", "printer"], "status": "PENDING" })).await.is(200);
    let version = ana.ticket(&target).await["version"].clone();
    ana.put(&format!("{API}/{target}"), &json!({ "version": version, "tags": ["printer"] })).await.is(200);
    world.clock.advance(Duration::from_mins(1));
    (cleo, ana, source, target)
}

/// What must be the same after a merge was undone: all but versions, times of change and the link of a file.
async fn state(ana: &Visitor, ticket: &str) -> Value {
    let mut state = ana.ticket(ticket).await;
    for name in ["version", "updatedAt"] {
        state.as_object_mut().unwrap().remove(name);
    }
    for file in state["attachments"].as_array_mut().unwrap() {
        file.as_object_mut().unwrap().remove("url");
    }
    state["followers"] = ana.get(&format!("{API}/{ticket}/followers")).await.is(200).json()["items"].clone();
    state
}

both! {
    async fn a_merge_moves_messages_with_their_times_and_files_and_closes_the_source(world) {
        let (cleo, ana, source, target) = pair(world).await;
        let before = ana.ticket(&source).await;

        let merged = merges(&ana, &source, &target).await.is(201).json();

        let (was, now) = (ana.ticket(&source).await, ana.ticket(&target).await);
        assert_eq!((&merged["into"], &merged["messages"]), (&json!(target), &json!(3)));
        assert_eq!(was["status"], "CLOSED");
        assert_eq!(contents(&ana, &target).await, ["It smokes.", "It burns.", "Unplug it.", "not again"], "in order of time");
        for message in before["messages"].as_array().unwrap() {
            let moved = now["messages"].as_array().unwrap().iter().find(|moved| moved["id"] == message["id"]).unwrap();
            assert_eq!((&moved["createdAt"], &moved["ticketId"]), (&message["createdAt"], &json!(target)));
        }
        let file = now["attachments"][0]["url"].as_str().unwrap();
        assert_eq!(ana.get(file).await.is(200).text(), "trace");
        assert_eq!(cleo.get(cleo.ticket(&target).await["attachments"][0]["url"].as_str().unwrap()).await.is(200).text(), "trace");
        assert_eq!(now["tags"], json!(["printer", "smoke"]));
        assert_eq!(now["firstReplyAt"], Value::Null, "what was answered in the source answers nothing here");
        assert_eq!(contents(&cleo, &source).await, ["It smokes.", "Unplug it."], "the source's page shows what came from it, without notes");
    }

    async fn undoing_gives_back_exactly_what_came_and_keeps_what_was_said_since(world) {
        let (cleo, ana, source, target) = pair(world).await;
        let (otto, added) = (world.customer("Otto").await, json!({ "email": "otto@customer.test" }));
        ana.post(&format!("{API}/{source}/followers"), &added).await.is(201);
        let (source_was, mut target_was) = (state(&ana, &source).await, state(&ana, &target).await);
        ana.post(&format!("{API}/{source}/merge"), &json!({ "into": target, "acrossOrganizations": true })).await.is(201);
        assert_eq!(contents(&otto, &target).await.len(), 3, "a copy joins the target");
        let since = id(&cleo.replies(&target, "And now?").await);
        let late = cleo.replies(&source, "To the old one.").await;
        assert_eq!(late["ticketId"], target, "what is sent to the source arrives in the target");

        ana.post(&format!("{API}/{source}/merge/undo"), &json!({})).await.is(200);

        let (mut source_now, mut target_now) = (state(&ana, &source).await, state(&ana, &target).await);
        let said = target_now["messages"].as_array_mut().unwrap().pop().unwrap();
        assert_eq!(said["id"], since, "what was said in the target stays there");
        let back = source_now["messages"].as_array_mut().unwrap().pop().unwrap();
        assert_eq!(back["id"], late["id"], "what was sent to the source goes back with it");
        assert_eq!(source_now, source_was);
        target_was["status"] = target_now["status"].clone();
        assert_eq!(target_now, target_was);
        otto.get(&format!("{API}/{target}")).await.is(404);
        refused(&ana.post(&format!("{API}/{source}/merge/undo"), &json!({})).await, "not-merged", "nothing to undo");
    }

    async fn what_makes_no_sense_is_refused_with_words(world) {
        let (cleo, ana, source, target) = pair(world).await;
        let (third, trashed, closed) = (id(&cleo.asks("Third").await), id(&cleo.asks("Trashed").await), id(&cleo.asks("Closed").await));
        ana.delete(&format!("{API}/{trashed}")).await.is(204);
        ana.put(&format!("{API}/{closed}"), &json!({ "version": 1, "status": "CLOSED" })).await.is(200);
        let team = world.team("Elsewhere").await;
        let hidden = id(&world.supervisor("Sue").await.asks_with(json!({ "title": "Hidden", "description": "h", "teamId": team.id })).await);

        refused(&merges(&ana, &source, &source).await, "merge-into-itself", "into itself");
        refused(&merges(&ana, &source, &trashed).await, "in-the-trash", "Restore it first");
        refused(&merges(&ana, &source, &closed).await, "closed", "is closed");
        assert_eq!(merges(&ana, &trashed, &source).await.status, 403);
        for nowhere in [hidden.as_str(), "01a00000-0000-7000-8000-000000000000"] {
            let told = merges(&ana, &source, nowhere).await;
            assert_eq!((told.status.as_u16(), told.json()["errors"]["into"].is_null()), (422, false), "{}", told.text());
        }
        assert_eq!(ana.post(&format!("{API}/{source}/merge"), &json!({})).await.status, 422);
        merges(&ana, &source, &target).await.is(201);
        refused(&merges(&ana, &source, &third).await, "merged", "was merged into");
        refused(&merges(&ana, &third, &source).await, "merged", "Merge into that one");
        refused(&merges(&ana, &target, &source).await, "merged", "already");
        refused(&ana.put(&format!("{API}/{source}"), &json!({ "version": ana.ticket(&source).await["version"], "status": "OPEN" })).await, "merged", "Undo the merge");
        refused(&ana.post(&format!("{API}/{source}/claim"), &json!({})).await, "merged", "Undo the merge");
        refused(&ana.delete(&format!("{API}/{source}")).await, "merged", "Undo the merge");
    }

    async fn a_reply_that_can_be_taken_back_waits_before_its_ticket_is_merged(world) {
        let (_, ana, source, target) = pair(world).await;
        ana.form(&format!("/desk/tickets/{source}/messages"), &[("kind", "reply"), ("content", "held")]).await.is(303);

        refused(&merges(&ana, &source, &target).await, "reply-held", "has not gone out");
        refused(&merges(&ana, &target, &source).await, "reply-held", "has not gone out");
    }

    async fn people_of_elsewhere_are_named_before_they_see_more(world) {
        let (cleo, ana, source, _) = pair(world).await;
        let otto = world.customer("Otto").await;
        let theirs = id(&otto.asks("Theirs").await);

        let told = merges(&ana, &source, &theirs).await;

        refused(&told, "other-organization", "Cleo would see what is public");
        assert!(told.json()["detail"].as_str().unwrap().contains("Otto would see"), "{}", told.text());
        cleo.get(&format!("{API}/{theirs}")).await.is(404);
        ana.post(&format!("{API}/{source}/merge"), &json!({ "into": theirs, "acrossOrganizations": true })).await.is(201);
        cleo.ticket(&theirs).await;
    }

    async fn a_chain_is_undone_from_its_end_and_carries_replies_to_its_end(world) {
        let (cleo, ana, first, second) = pair(world).await;
        let third = id(&cleo.asks("Third").await);
        merges(&ana, &first, &second).await.is(201);
        merges(&ana, &second, &third).await.is(201);

        let reply = cleo.replies(&first, "Still there?").await;

        assert_eq!(reply["ticketId"], third);
        assert_eq!(contents(&ana, &third).await.len(), 6);
        refused(&ana.post(&format!("{API}/{first}/merge/undo"), &json!({})).await, "merged", "Undo that first");
        ana.post(&format!("{API}/{second}/merge/undo"), &json!({})).await.is(200);
        assert_eq!(contents(&ana, &third).await, ["About Third."]);
        ana.post(&format!("{API}/{first}/merge/undo"), &json!({})).await.is(200);
        assert_eq!(contents(&ana, &first).await, ["It smokes.", "Unplug it.", "not again", "Still there?"]);
        assert_eq!(contents(&ana, &second).await, ["It burns."]);
    }

    async fn after_thirty_days_a_merge_stands(world) {
        let (_, ana, source, target) = pair(world).await;
        merges(&ana, &source, &target).await.is(201);
        world.clock.advance(Duration::from_hours(721));
        // Ana's session is over by then
        let ben = world.agent("Ben").await;

        refused(&ben.post(&format!("{API}/{source}/merge/undo"), &json!({})).await, "too-late", "30 days");
    }

    async fn of_merges_at_once_one_wins(world) {
        let (cleo, ana, ben) = (world.customer("Cleo").await, world.agent("Ana").await, world.agent("Ben").await);
        for round in 0..6 {
            let mut ids = Vec::new();
            for n in 0..3 {
                ids.push(id(&cleo.asks(&format!("{round}.{n}")).await));
            }
            let (to_second, to_first) = if round % 2 == 0 { ((&ids[0], &ids[1]), (&ids[1], &ids[0])) } else { ((&ids[0], &ids[1]), (&ids[0], &ids[2])) };

            let (one, other) = tokio::join!(merges(&ana, to_second.0, to_second.1), merges(&ben, to_first.0, to_first.1));

            let mut statuses = [one.status.as_u16(), other.status.as_u16()];
            statuses.sort_unstable();
            assert_eq!(statuses, [201, 409], "{} / {}", one.text(), other.text());
            let stands = world.count(sql!("SELECT COUNT(*) FROM ticket_merges m JOIN tickets t ON t.id = m.source_id WHERE t.title LIKE $1 AND undone_at IS NULL", format!("{round}.%"))).await;
            assert_eq!(stands, 1);
        }
    }

    async fn a_reply_while_its_ticket_is_merged_is_never_left_behind(world) {
        let (cleo, ana) = (world.customer("Cleo").await, world.agent("Ana").await);
        for round in 0..8 {
            let (source, target) = (id(&cleo.asks(&format!("S{round}")).await), id(&cleo.asks(&format!("T{round}")).await));

            let (merged, said) = tokio::join!(merges(&ana, &source, &target), cleo.replies(&source, "meanwhile"));

            merged.is(201);
            let place = world.count(sql!("SELECT COUNT(*) FROM messages WHERE id = $1 AND ticket_id = $2", said["id"].as_str().unwrap().parse::<uuid::Uuid>().unwrap(), target.parse::<uuid::Uuid>().unwrap())).await;
            assert_eq!((place, ana.ticket(&source).await["status"].as_str().unwrap()), (1, "CLOSED"));
        }
    }
}
