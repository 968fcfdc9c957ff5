//! Incidents: one update goes to every child once, what is not reached is told, clocks and customers see a reply.

use crate::{
    bulk::{BULK, ended},
    client::{Told, Visitor},
    deadlines::{only_policy, rules, settled},
    world::{World, eventually},
};
use db::sql;
use serde_json::{Value, json};

const API: &str = "/api/support/tickets";

fn id(ticket: &Value) -> String {
    ticket["id"].as_str().unwrap().to_owned()
}

pub async fn child_of(who: &Visitor, child: &str, parent: &str) {
    who.post(&format!("{API}/{child}/links"), &json!({ "relation": "CHILD_OF", "ticketId": parent })).await.is(201);
}

async fn marks(who: &Visitor, ticket: &str) {
    who.put(&format!("{API}/{ticket}/incident"), &json!({})).await.is(200);
}

/// A second ticket for the walk: linked with the first, an incident with a child, an update and a public title.
#[derive(Clone)]
pub struct Outage {
    /// Its id and number.
    pub second: (String, i64),
    /// The link to the first ticket.
    pub link: String,
    /// The update.
    pub update: String,
}

impl Outage {
    pub async fn set(sue: &Visitor, ana: &Visitor, cleo: &Visitor, team: kernel::TeamId, first: &str) -> Self {
        let ask = |title: &'static str| async move { sue.asks_with(json!({ "title": title, "description": "w", "userId": cleo.id(), "teamId": team })).await };
        let (second, child) = (ask("Second").await, id(&ask("Child").await));
        let second = (id(&second), second["number"].as_i64().unwrap());
        let link = ana.post(&format!("{API}/{first}/links"), &json!({ "relation": "RELATED", "ticketId": second.0 })).await.is(201).id();
        child_of(ana, &child, &second.0).await;
        ana.put(&format!("{API}/{}/incident", second.0), &json!({ "publicTitle": "Walk" })).await.is(200);
        let update = ana.post(&format!("{API}/{}/updates", second.0), &json!({ "content": "w" })).await.is(202).id();
        Self { second, link, update }
    }
}

/// Waits until it is done; answers it.
pub async fn sent(who: &Visitor, told: Told) -> Value {
    let path = told.is(202).header("location").to_owned();
    eventually("the update was sent", || async { who.get(&path).await.is(200).json()["state"] == "DONE" }).await;
    who.get(&path).await.json()
}

async fn missed(who: &Visitor, incident: &str, update: &Value) -> Vec<(String, String)> {
    let path = format!("{API}/{incident}/updates/{}/items", update["id"].as_str().unwrap());
    let items = who.get(&path).await.is(200).json()["items"].as_array().unwrap().clone();
    items.iter().map(|item| (item["ticketId"].as_str().unwrap().to_owned(), item["reason"].as_str().unwrap().to_owned())).collect()
}

async fn last(who: &Visitor, ticket: &str) -> Value {
    who.ticket(ticket).await["messages"].as_array().unwrap().last().unwrap().clone()
}

/// An incident of Sue with a request of Cleo and one of Otto.
async fn outage(world: &World) -> (Visitor, Visitor, Visitor, Visitor, String, [String; 2]) {
    let (cleo, otto, ana, sue) = (world.customer("Cleo").await, world.customer("Otto").await, world.agent("Ana").await, world.supervisor("Sue").await);
    let incident = id(&sue.asks("Region two is down").await);
    let children = [id(&cleo.asks("My run is stuck").await), id(&otto.asks("Nothing works").await)];
    for child in &children {
        child_of(&ana, child, &incident).await;
    }
    marks(&ana, &incident).await;
    (cleo, otto, ana, sue, incident, children)
}

both! {
    async fn an_update_is_a_reply_in_each_childs_own_thread_and_in_the_incident(world) {
        let (cleo, otto, ana, _, incident, children) = outage(world).await;

        let told = ana.post(&format!("{API}/{incident}/updates"), &json!({ "content": "It works **again**.", "status": "RESOLVED" })).await;
        let update = sent(&ana, told).await;

        assert_eq!((&update["total"], &update["sent"], &update["missed"], &update["status"]), (&json!(2), &json!(2), &json!(0), &json!("RESOLVED")));
        for (who, ticket) in [(&cleo, &children[0]), (&otto, &children[1]), (&ana, &incident)] {
            let message = last(who, ticket).await;
            assert_eq!((message["content"].as_str(), message["user"]["name"].as_str(), message["internal"].as_bool()), (Some("It works **again**."), Some("Ana"), Some(false)));
            assert_eq!(who.ticket(ticket).await["status"], "RESOLVED");
            assert_eq!(who.ticket(ticket).await["messages"].as_array().unwrap().len(), 2, "once");
        }
        cleo.get(&format!("{API}/{}", children[1])).await.is(404);
        let public = cleo.get(&format!("{API}/{}/events", children[0])).await.is(200).text();
        assert!(!public.contains("incident") && !public.contains(&incident), "customers see a reply and nothing else: {public}");
        let page = ana.get(&format!("/desk/tickets/{}", children[0])).await.text();
        assert!(page.contains("an incident"), "{page}");
        let panel = ana.get(&format!("/desk/tickets/{}/incident", children[0])).await.is(200).text();
        assert!(panel.contains("Part of") && panel.contains("Region two is down"), "{panel}");
    }

    async fn what_is_not_reached_is_told_before_and_after_with_the_reason(world) {
        let (cleo, _, _, sue, incident, children) = outage(world).await;
        let (closed, trashed, merged, other, foreign) = (id(&cleo.asks("Closed").await), id(&cleo.asks("Trashed").await), id(&cleo.asks("Merged").await), id(&cleo.asks("Other").await), id(&cleo.asks("Foreign").await));
        for child in [&closed, &trashed, &merged, &foreign] {
            child_of(&sue, child, &incident).await;
        }
        sue.put(&format!("{API}/{closed}"), &json!({ "version": 1, "status": "CLOSED" })).await.is(200);
        sue.delete(&format!("{API}/{trashed}")).await.is(204);
        sue.post(&format!("{API}/{merged}/merge"), &json!({ "into": other })).await.is(201);
        let team = world.team("Elsewhere").await;
        sue.put(&format!("{API}/{foreign}"), &json!({ "version": 1, "teamId": team.id })).await.is(200);
        let ben = world.agent("Ben").await;

        let preview = ben.get(&format!("/desk/tickets/{incident}/updates/new")).await.is(200).text();
        let told = ben.post(&format!("{API}/{incident}/updates"), &json!({ "content": "We look into it." })).await;
        let update = sent(&ben, told).await;

        assert!(preview.contains("Send an update to 2 requests") && preview.contains("Cleo") && preview.contains("It is closed.") && preview.contains("1 that your account may not see"), "{preview}");
        assert_eq!((&update["total"], &update["sent"], &update["missed"]), (&json!(6), &json!(2), &json!(4)));
        let missed = missed(&ben, &incident, &update).await;
        let because = |ticket: &String| missed.iter().find(|(id, _)| id == ticket).map(|(_, reason)| reason.clone()).unwrap_or_default();
        assert_eq!((because(&closed), because(&trashed), because(&foreign)), ("It is closed.".into(), "It lies in the trash.".into(), "Your account may not see it.".into()));
        assert!(because(&merged).contains("was merged into #"), "{missed:?}");
        assert_eq!(sue.ticket(&foreign).await["messages"].as_array().unwrap().len(), 1);
        assert_eq!(last(&cleo, &children[0]).await["content"], "We look into it.");
        let page = ben.get(&format!("/desk/tickets/{incident}/updates/{}", update["id"].as_str().unwrap())).await.is(200).text();
        assert!(page.contains("2 of 6 have it") && page.contains("It is closed.") && !page.contains(">Foreign<"), "{page}");
    }

    async fn a_child_that_needs_a_field_to_be_solved_has_the_words_without_the_status(world) {
        let (cleo, _, ana, _, incident, children) = outage(world).await;
        let mut tx = world.write().await;
        tx.run(sql!(
            "INSERT INTO custom_fields (key, label, help, kind, audience, options, is_needed_at_first, is_needed_to_solve, position, version)
             VALUES ('cause', 'Cause', '', 'TEXT', 'EVERYONE', '[]', FALSE, TRUE, 1, 1)"
        )).await.unwrap();
        tx.commit().await.unwrap();
        for ticket in [&incident, &children[1]] {
            let version = ana.ticket(ticket).await["version"].clone();
            ana.put(&format!("{API}/{ticket}"), &json!({ "version": version, "customFields": { "cause": "power" } })).await.is(200);
        }

        let told = ana.post(&format!("{API}/{incident}/updates"), &json!({ "content": "Solved.", "status": "RESOLVED" })).await;
        let update = sent(&ana, told).await;

        assert_eq!((&update["sent"], &update["missed"]), (&json!(2), &json!(0)));
        assert_eq!((last(&cleo, &children[0]).await["content"].as_str(), cleo.ticket(&children[0]).await["status"].as_str()), (Some("Solved."), Some("OPEN")));
        assert_eq!(ana.ticket(&children[1]).await["status"], "RESOLVED");
        let page = ana.get(&format!("/desk/tickets/{incident}/updates/{}", update["id"].as_str().unwrap())).await.text();
        assert!(page.contains("Without the status") && page.contains("not the status"), "{page}");
    }

    async fn an_update_answers_the_first_reply_clock_of_each_child(world) {
        only_policy(world, rules(60)).await;
        let (cleo, ana, sue) = (world.customer("Cleo").await, world.agent("Ana").await, world.supervisor("Sue").await);
        let incident = id(&sue.asks("Outage").await);
        let child = id(&sue.asks_with(json!({ "title": "Child", "description": "d", "priority": "HIGH", "userId": cleo.id() })).await);
        child_of(&ana, &child, &incident).await;
        marks(&ana, &incident).await;
        settled(world).await;
        world.clock.advance(std::time::Duration::from_mins(10));

        let told = ana.post(&format!("{API}/{incident}/updates"), &json!({ "content": "We know." })).await;
        sent(&ana, told).await;

        assert!(!ana.ticket(&child).await["firstReplyAt"].is_null());
        let state = || async { ana.get(&format!("{API}/{child}/sla")).await.is(200).json()["clocks"][0]["state"].clone() };
        eventually("the clock is met", || async { state().await == "MET" }).await;
    }

    async fn what_makes_no_sense_is_refused_and_a_retry_sends_nothing_twice(world) {
        let (cleo, _, ana, sue, incident, children) = outage(world).await;
        let lonely = id(&cleo.asks("Lonely").await);
        let path = |ticket: &str| format!("{API}/{ticket}/updates");

        let plain = ana.post(&path(&lonely), &json!({ "content": "x" })).await;
        marks(&ana, &lonely).await;
        let alone = ana.post(&path(&lonely), &json!({ "content": "x" })).await;
        for (told, kind) in [(plain, "no-incident"), (alone, "no-children")] {
            assert!(told.status == 409 && told.json()["type"].as_str().unwrap().ends_with(kind), "{}", told.text());
        }
        assert_eq!(cleo.ticket(&lonely).await["messages"].as_array().unwrap().len(), 1, "nothing was said");
        for body in [json!({}), json!({ "content": "x", "status": "CLOSED" }), json!({ "content": "x", "more": 1 })] {
            ana.post(&path(&incident), &body).await.is(422);
        }
        assert_eq!(ana.post(&path(&incident), &json!({ "content": "x".repeat(100_001) })).await.status, 422);
        let send = || async { ana.send(ana.request("POST", &path(&incident)).header("idempotency-key", "once").json(&json!({ "content": "Once" }))).await.is(202) };
        let (first, second) = (send().await, send().await);
        sent(&ana, first).await;
        assert_eq!(second.header("idempotent-replayed"), "true");
        assert_eq!(ana.ticket(&children[0]).await["messages"].as_array().unwrap().len(), 2);
        cleo.put(&format!("{API}/{}/incident", children[0]), &json!({})).await.is(403);
        cleo.post(&path(&children[0]), &json!({ "content": "x" })).await.is(403);
        sue.put(&format!("{API}/{lonely}"), &json!({ "version": ana.ticket(&lonely).await["version"], "status": "CLOSED" })).await.is(200);
        ana.delete(&format!("{API}/{lonely}/incident")).await.is(204);
        ana.delete(&format!("{API}/{lonely}/incident")).await.is(204);
        ana.get(&format!("{API}/{lonely}/incident")).await.is(404);
        assert_eq!(ana.put(&format!("{API}/{lonely}/incident"), &json!({})).await.status, 409, "a closed ticket is no incident");
    }

    async fn tickets_of_a_list_become_children_in_one_step_and_part_in_one_undo(world) {
        let (cleo, ana) = (world.customer("Cleo").await, world.agent("Ana").await);
        let incident = id(&cleo.asks("Outage").await);
        marks(&ana, &incident).await;
        let mut ids = vec![incident.clone()];
        for n in 0..3 {
            ids.push(id(&cleo.asks(&format!("T{n}")).await));
        }
        child_of(&ana, &ids[1], &incident).await;
        let children = || async { ana.get(&format!("{API}/{incident}/incident")).await.is(200).json()["children"].as_i64().unwrap() };
        let page = ana.get(&format!("/desk/bulk/incident?tickets={}", ids.join(","))).await.is(200).text();

        let bulk = ana.post(BULK, &json!({ "tickets": ids, "childOf": incident })).await.is(202).id();
        ended(&ana, &bulk, "DONE").await;
        let linked = children().await;
        ana.post(&format!("{BULK}/{bulk}/undo"), &json!({})).await.is(202);
        ended(&ana, &bulk, "UNDONE").await;

        assert!(page.contains("name=\"childOf\"") && page.contains("Outage"), "{page}");
        assert_eq!((linked, children().await), (3, 1), "the one that was linked before stays");
    }

    async fn a_draft_in_a_child_stays_and_an_update_page_works_without_script(world) {
        let (cleo, _, ana, _, incident, children) = outage(world).await;
        let draft = ana.request("PUT", &format!("/desk/tickets/{}/draft", children[0])).json(&json!({ "kind": "note", "content": "zq-mine" }));
        ana.send(draft).await.is(204);
        let path = format!("/desk/tickets/{incident}/updates");

        let empty = ana.form(&path, &[("content", "")]).await;
        let done = ana.form(&path, &[("content", "Hello both"), ("status", "")]).await.is(303);

        assert!(empty.status == 422 && empty.text().contains("This is needed."), "{}", empty.text());
        assert_eq!(done.header("location"), format!("/desk/tickets/{incident}"), "two have it when the page comes");
        assert_eq!(last(&cleo, &children[0]).await["content"], "Hello both");
        let kept: Option<(bool, String)> = world.read().await.first(sql!("SELECT is_internal, content FROM drafts")).await.unwrap();
        assert_eq!(kept, Some((true, "zq-mine".to_owned())));
        ana.form(&format!("/desk/tickets/{incident}/incident"), &[("act", "title"), ("publicTitle", "Region two is slow")]).await.is(303);
        ana.form(&format!("/desk/tickets/{incident}/incident"), &[("act", "open")]).await.is(303);
        assert_eq!(ana.get(&format!("{API}/{incident}/incident")).await.json()["publicTitle"], "Region two is slow", "pressed twice, it keeps its title");
    }

    async fn only_a_public_title_is_shown_to_customers_who_write_about_the_same(world) {
        let (cleo, _, ana, _, incident, _) = outage(world).await;
        let ask = |text: &str| { let path = format!("/requests/incidents?q={}", crate::client::encode(text)); let stranger = world.stranger(); async move { stranger.get(&path).await.is(200).text() } };
        let page = format!("/requests/incidents/{incident}");

        let before = ask("evaluations in region two are slow").await;
        world.stranger().get(&page).await.is(404);
        ana.put(&format!("{API}/{incident}/incident"), &json!({ "publicTitle": "Slow evaluations in region two" })).await.is(200);
        let (about, other) = (ask("my evaluations are so slow").await, ask("invoice has a wrong address").await);
        let one = world.stranger().get(&page).await.is(200).text();
        let form = cleo.get("/requests/new").await.is(200).text();
        let version = ana.ticket(&incident).await["version"].clone();
        ana.put(&format!("{API}/{incident}"), &json!({ "version": version, "status": "RESOLVED" })).await.is(200);

        assert!(!before.contains("known-incidents-title") && !other.contains("known-incidents-title"), "{before}{other}");
        assert!(about.contains("Slow evaluations in region two") && !about.contains("Region two is down"), "{about}");
        assert!(one.contains("Slow evaluations in region two") && !one.contains("Region two is down") && !one.contains("Sue"), "{one}");
        assert!(form.contains("src=\"/requests/incidents\""), "the form asks the panel");
        world.stranger().get(&page).await.is(404);
        assert!(!ask("my evaluations are so slow").await.contains("known-incidents-title"), "a solved one is no news");
    }
}
