//! Links and splitting: both ends show it, circles are refused, a message leaves with all that belongs to it.

use crate::{client::Visitor, world::World};
use futures::future::join_all;
use serde_json::{Value, json};
use std::time::Duration;

const API: &str = "/api/support/tickets";

fn id(ticket: &Value) -> String {
    ticket["id"].as_str().unwrap().to_owned()
}

async fn several(who: &Visitor, count: usize) -> Vec<String> {
    let mut ids = Vec::new();
    for n in 0..count {
        ids.push(id(&who.asks(&format!("Ticket {n}")).await));
    }
    ids
}

async fn relations(who: &Visitor, ticket: &str) -> Vec<(String, String)> {
    let links = who.get(&format!("{API}/{ticket}/links")).await.is(200).json();
    let text = |link: &Value, name: &str| link[name].as_str().unwrap().to_owned();
    links["items"].as_array().unwrap().iter().map(|link| (text(link, "relation"), text(link, "ticketId"))).collect()
}

both! {
    async fn both_ends_show_a_link_and_either_removes_it(world) {
        let (cleo, ana) = (world.customer("Cleo").await, world.agent("Ana").await);
        let ids = several(&cleo, 2).await;
        let pairs = [("RELATED", "RELATED"), ("DUPLICATE_OF", "DUPLICATED_BY"), ("PARENT_OF", "CHILD_OF"), ("CAUSED_BY", "CAUSES")];
        for (here, there) in pairs {
            let body = json!({ "relation": here, "ticketId": ids[1] });

            let link = ana.post(&format!("{API}/{}/links", ids[0]), &body).await.is(201).id();
            let again = ana.post(&format!("{API}/{}/links", ids[0]), &body).await.is(201).id();

            assert_eq!(link, again, "twice is the same as once");
            assert_eq!(relations(&ana, &ids[0]).await, [(here.to_owned(), ids[1].clone())]);
            assert_eq!(relations(&ana, &ids[1]).await, [(there.to_owned(), ids[0].clone())]);
            ana.delete(&format!("{API}/{}/links/{link}", ids[1])).await.is(204);
            assert!(relations(&ana, &ids[0]).await.is_empty());
            ana.delete(&format!("{API}/{}/links/{link}", ids[1])).await.is(404);
        }
    }

    async fn circles_and_second_parents_are_refused(world) {
        let (cleo, ana) = (world.customer("Cleo").await, world.agent("Ana").await);
        let ids = several(&cleo, 4).await;
        let link = |from: usize, relation: &'static str, to: usize| {
            let (path, body) = (format!("{API}/{}/links", ids[from]), json!({ "relation": relation, "ticketId": ids[to] }));
            let ana = &ana;
            async move { ana.post(&path, &body).await }
        };
        link(0, "PARENT_OF", 1).await.is(201);
        link(2, "CHILD_OF", 1).await.is(201);

        for (from, relation, to, kind) in [(0, "RELATED", 0, "link-to-itself"), (1, "PARENT_OF", 0, "circular"), (2, "PARENT_OF", 0, "circular"), (0, "CHILD_OF", 2, "circular"), (3, "PARENT_OF", 1, "has-a-parent")] {
            let told = link(from, relation, to).await;
            assert!(told.status == 409 && told.json()["type"].as_str().unwrap().ends_with(kind), "{from} {relation} {to}: {}", told.text());
        }
        assert_eq!(link(0, "SPLIT_INTO", 1).await.status, 422, "what comes of splitting is not set by hand");
        assert_eq!(link(0, "MERGED_INTO", 1).await.status, 422);
    }

    async fn of_links_at_once_that_would_close_a_circle_one_is_refused(world) {
        let (cleo, ana) = (world.customer("Cleo").await, world.agent("Ana").await);
        for _ in 0..4 {
            let ids = several(&cleo, 3).await;
            let wishes: Vec<(String, Value)> = (0..3).map(|n| (format!("{API}/{}/links", ids[n]), json!({ "relation": "PARENT_OF", "ticketId": ids[(n + 1) % 3] }))).collect();

            let told = join_all(wishes.iter().map(|(path, body)| ana.post(path, body))).await;

            assert_eq!(told.iter().filter(|told| told.status == 201).count(), 2, "{told:?}");
        }
    }

    async fn the_other_end_is_shown_only_to_those_who_may_see_it(world) {
        let team = world.team("Secret").await;
        let (cleo, ana, sue) = (world.customer("Cleo").await, world.agent("Ana").await, world.supervisor("Sue").await);
        let open = id(&cleo.asks("Open").await);
        let hidden = id(&sue.asks_with(json!({ "title": "zq-hidden", "description": "h", "teamId": team.id })).await);
        sue.post(&format!("{API}/{open}/links"), &json!({ "relation": "CAUSED_BY", "ticketId": hidden })).await.is(201);

        assert_eq!((relations(&sue, &open).await.len(), relations(&ana, &open).await.len()), (1, 0));
        assert!(!ana.get(&format!("/desk/tickets/{open}/links")).await.is(200).text().contains("zq-hidden"));
        assert_eq!(ana.post(&format!("{API}/{open}/links"), &json!({ "relation": "RELATED", "ticketId": hidden })).await.status, 422);
        cleo.get(&format!("{API}/{open}/links")).await.is(403);
        assert!(!cleo.get(&format!("{API}/{open}/events")).await.is(200).text().contains(&hidden));
    }

    async fn a_message_is_split_off_with_its_files_and_time(world) {
        let (cleo, otto, ana) = (world.customer("Cleo").await, world.customer("Otto").await, world.agent("Ana").await);
        let ticket = id(&cleo.asks_with(json!({ "title": "Printer", "description": "It smokes.", "cc": [otto.email] })).await);
        let key = otto.uploads("bill.txt", b"bill").await;
        let message = otto.post(&format!("{API}/{ticket}/messages"), &json!({ "content": "And who pays?", "fileId": [key] })).await.is(201).json();
        world.clock.advance(Duration::from_mins(5));

        let told = ana.post(&format!("{API}/{ticket}/split"), &json!({ "messageId": id(&message), "title": "Who pays?" })).await.is(201);

        let new = told.json();
        assert_eq!(told.header("location"), format!("{API}/{}", id(&new)));
        assert_eq!((&new["title"], &new["userId"], &new["status"], &new["description"]), (&json!("Who pays?"), &json!(otto.id()), &json!("OPEN"), &json!("And who pays?")));
        assert_eq!((&new["messages"][0]["id"], &new["messages"][0]["createdAt"]), (&message["id"], &message["createdAt"]));
        assert_eq!(otto.get(otto.ticket(&id(&new)).await["attachments"][0]["url"].as_str().unwrap()).await.is(200).text(), "bill");
        cleo.get(&format!("{API}/{}", id(&new))).await.is(404);
        assert_eq!(ana.ticket(&ticket).await["messages"].as_array().unwrap().len(), 1);
        assert_eq!(relations(&ana, &ticket).await, [("SPLIT_INTO".to_owned(), id(&new))]);
        assert_eq!(relations(&ana, &id(&new)).await, [("SPLIT_FROM".to_owned(), ticket)]);
    }

    async fn first_messages_notes_and_held_replies_stay(world) {
        let (cleo, ana) = (world.customer("Cleo").await, world.agent("Ana").await);
        let (ticket, other) = (id(&cleo.asks("One").await), id(&cleo.asks("Two").await));
        let note = id(&ana.notes(&ticket, "zq-note").await);
        ana.form(&format!("/desk/tickets/{ticket}/messages"), &[("kind", "reply"), ("content", "held")]).await.is(303);
        let messages = ana.ticket(&ticket).await["messages"].clone();
        let split = |message: String| { let (ana, path) = (&ana, format!("{API}/{ticket}/split")); async move { ana.post(&path, &json!({ "messageId": message })).await } };

        for (message, kind) in [(id(&messages[0]), "first-message"), (note, "note-stays"), (id(&messages[2]), "reply-held")] {
            let told = split(message).await;
            assert!(told.status == 409 && told.json()["type"].as_str().unwrap().ends_with(kind), "{kind}: {}", told.text());
        }
        assert_eq!(split(id(&ana.ticket(&other).await["messages"][0])).await.status, 404, "a message of another ticket");
    }

    async fn likely_duplicates_stand_beside_an_open_ticket(world) {
        let (cleo, otto, ana) = (world.customer("Cleo").await, world.customer("Otto").await, world.agent("Ana").await);
        let ticket = id(&cleo.asks("Evaluation run stuck at 98%").await);
        let (same, like, unlike) = (id(&cleo.asks("Evaluation run is stuck").await), id(&otto.asks("My evaluation run stuck too").await), id(&otto.asks("Invoice is wrong").await));

        let page = ana.get(&format!("/desk/tickets/{ticket}/links")).await.is(200).text();

        assert!(page.contains("May say the same") && page.contains(&same) && page.contains(&like) && !page.contains(&unlike), "{page}");
    }
}

#[tokio::test]
async fn hints_and_links_read_few_rows_by_an_index() {
    let world = World::new(db::Engine::Sqlite).await;
    let sue = world.supervisor("Sue").await;
    let ticket = id(&sue.asks("Anything").await).parse().unwrap();
    let actor = world.actor(&sue).await;
    let mut conn = world.read().await;
    let ticket = tickets::Ticket::get(&mut conn, &actor, ticket, tickets::policy::Action::See).await.unwrap();

    for query in tickets::beside(&actor, &ticket, conn.now()) {
        let plan = conn.plan(query).await.unwrap();
        assert!(!plan.contains("SCAN t") && !plan.contains("SCAN ticket"), "{plan}");
    }
    world.end().await;
}
