//! The customer's side: own and colleagues' requests, closing and opening again with a reason, suggestions while writing;
//! and the history that tells of it, page by page.

use crate::{
    client::Visitor,
    world::{World, eventually},
};
use db::{Engine, journal, sql};
use kernel::Role;
use serde_json::{Value, json};
use std::time::Duration;

const OPEN: &str = "019a90c2-7d1e-4b7f-9a53-0c1b6f1f3f10";

async fn deflected(world: &World) -> Vec<Value> {
    let facts: Vec<String> = world.read().await.all(sql!("SELECT data FROM events WHERE kind = 'request.deflected' ORDER BY seq")).await.unwrap();
    facts.iter().map(|facts| serde_json::from_str(facts).unwrap()).collect()
}

/// The look after half an hour was taken.
async fn looked(world: &World) {
    world.clock.advance(Duration::from_mins(31));
    eventually("the look was taken", || async {
        world.count(sql!("SELECT COUNT(*) FROM jobs WHERE kind = 'tickets.deflection' AND state = 'queued'")).await == 0
    })
    .await;
}

async fn opens(who: &Visitor, id: &str) {
    who.form("/requests/suggestions/own-requests", &[("id", id), ("href", "/requests/1"), ("category", "BUG")]).await.is(204);
}

both! {
    async fn colleagues_requests_are_listed_only_where_the_organization_allows_it(world) {
        world.organization("Open", "open.test", true).await;
        world.organization("Shut", "shut.test", false).await;
        let mut people = Vec::new();
        for (name, email) in [("Ann", "ann@open.test"), ("Bob", "bob@open.test"), ("Cid", "cid@shut.test"), ("Dan", "dan@shut.test")] {
            people.push(world.person(name, email, Role::Customer, None).await);
        }
        for (who, title) in people.iter().zip(["Of Ann", "Of Bob", "Of Cid", "Of Dan"]) {
            who.asks(title).await;
        }

        let ann = people[0].get("/requests?show=organization").await.is(200).text();
        let own = people[0].get("/requests").await.is(200).text();
        let cid = people[2].get("/requests?show=organization").await.is(200).text();

        assert!(ann.contains("Of Ann") && ann.contains("Of Bob") && ann.contains("Bob") && !ann.contains("Of Cid"), "{ann}");
        assert!(own.contains("My organization") && own.contains("Of Ann") && !own.contains("Of Bob"), "{own}");
        assert!(cid.contains("Of Cid") && !cid.contains("Of Dan") && !cid.contains("My organization"), "{cid}");
    }

    async fn a_customer_solves_and_opens_again_with_a_reason(world) {
        let (cleo, ana) = (world.customer("Cleo").await, world.agent("Ana").await);
        let ticket = cleo.asks("Printer").await["id"].as_str().unwrap().to_owned();
        let base = format!("/requests/{ticket}");
        cleo.form(&format!("{base}/solve"), &[]).await.is(303);
        assert_eq!(cleo.ticket(&ticket).await["status"], "RESOLVED");

        cleo.form(&format!("{base}/reopen"), &[("reason", "It smokes *again*")]).await.is(303);
        let reopened = ana.ticket(&ticket).await;
        cleo.form(&format!("{base}/solve"), &[]).await.is(303);
        cleo.form(&format!("{base}/reopen"), &[]).await.is(303);
        let quiet = ana.ticket(&ticket).await;
        let version = quiet["version"].clone();
        ana.put(&format!("/api/support/tickets/{ticket}"), &json!({ "version": version, "status": "CLOSED" })).await.is(200);
        cleo.form(&format!("{base}/reopen"), &[("reason", "too late")]).await.is(409);

        assert_eq!((reopened["status"].as_str(), reopened["messages"][1]["content"].as_str()), (Some("OPEN"), Some("It smokes *again*")));
        assert_eq!((quiet["status"].as_str(), quiet["messages"].as_array().unwrap().len()), (Some("OPEN"), 2));
        assert_eq!(ana.ticket(&ticket).await["messages"].as_array().unwrap().len(), 2, "a refused reason is no message");
    }

    async fn own_open_requests_about_the_same_are_suggested_and_nobody_elses(world) {
        let (cleo, otto, ana) = (world.customer("Cleo").await, world.customer("Otto").await, world.agent("Ana").await);
        for title in ["Evaluation run stuck at 93", "Invoice of October", "Evaluation run was stuck before"] {
            cleo.asks(title).await;
        }
        let other = otto.asks("Evaluation run stuck for Otto").await;
        let solved = cleo.get("/api/support/tickets?q=before").await.ids().remove(0);
        ana.put(&format!("/api/support/tickets/{solved}"), &json!({ "version": 1, "status": "RESOLVED", "priority": "HIGH" })).await.is(200);
        let ask = |q: &str| format!("/requests/suggestions?q={}&category=BUG", crate::client::encode(q));

        let told = cleo.get(&ask("my evaluation run is stuck")).await.is(200).text();

        assert!(told.contains("id=\"panel-own-requests\"") && told.contains("Evaluation run stuck at 93"), "{told}");
        assert!(!told.contains("Invoice") && !told.contains("stuck before") && !told.contains(other["id"].as_str().unwrap()), "{told}");
        for (who, q) in [(&cleo, "is it on"), (&cleo, "zebra crossing today"), (&world.stranger(), "my evaluation run is stuck")] {
            let told = who.get(&ask(q)).await.is(200).text();
            assert!(!told.contains("Evaluation run"), "{q}: {told}");
        }
        assert!(cleo.get("/requests/new").await.is(200).text().contains("src=\"/requests/suggestions\""), "the form asks the panel");
    }

    async fn a_suggestion_that_was_opened_and_no_request_sent_counts_once(world) {
        let cleo = world.customer("Cleo").await;
        opens(&cleo, OPEN).await;
        opens(&cleo, OPEN).await;
        assert_eq!(deflected(world).await, Vec::<Value>::new(), "not before its time");

        looked(world).await;

        assert_eq!(deflected(world).await, [json!({ "panel": "own-requests", "href": "/requests/1", "category": "BUG" })]);
        assert_eq!(world.count(sql!("SELECT COUNT(*) FROM suggestion_opens")).await, 0);
    }

    async fn a_request_that_is_sent_all_the_same_was_not_ended_by_it(world) {
        let (cleo, gina) = (world.customer("Cleo").await, world.stranger());
        let second = "019a90c2-7d1e-4b7f-9a53-0c1b6f1f3f11";
        opens(&cleo, OPEN).await;
        opens(&gina, second).await;

        cleo.form("/requests", &[("title", "Sent"), ("content", "c"), ("category", "BUG"), ("opened", OPEN)]).await.is(303);
        gina.form("/requests", &[("title", "Sent"), ("content", "c"), ("category", "BUG"), ("email", "gina@else.test"), ("name", "Gina"), ("opened", second)]).await.is(200);
        looked(world).await;

        assert_eq!(deflected(world).await, Vec::<Value>::new());
    }

    async fn only_what_a_panel_shows_is_counted(world) {
        let cleo = world.customer("Cleo").await;
        let path = "/requests/suggestions/own-requests";

        cleo.form("/requests/suggestions/sla", &[("id", OPEN), ("href", "/x")]).await.is(404);
        for href in ["https://evil.test/", "//evil.test", "x", ""] {
            cleo.form(path, &[("id", OPEN), ("href", href)]).await.is(422);
        }
        cleo.form(path, &[("href", "/x")]).await.is(422);

        assert_eq!(world.count(sql!("SELECT COUNT(*) FROM suggestion_opens")).await, 0);
    }

    async fn a_long_history_is_read_page_by_page_each_line_once(world) {
        let (cleo, ana) = (world.customer("Cleo").await, world.agent("Ana").await);
        let ticket = cleo.asks("Long").await["id"].as_str().unwrap().to_owned();
        let id: uuid::Uuid = ticket.parse().unwrap();
        for lot in 0..10 {
            let mut tx = world.write().await;
            for n in 0..100 {
                let kind = if n % 2 == 0 { "ticket.priority_changed" } else { "ticket.title_changed" };
                let event = kernel::Actor::system("Test").event(kind, ("ticket", id), n % 2 == 0, json!({ "old": lot, "new": format!("n{lot}-{n}") }));
                tx.record(event).await.unwrap();
            }
            tx.commit().await.unwrap();
        }
        let path = format!("/api/support/tickets/{ticket}/events");

        let (all, public) = (walked(&ana, &path, "").await, walked(&cleo, &path, "").await);
        let narrowed = walked(&ana, &path, "&kind=ticket.created,ticket.title_changed").await;

        assert_eq!((all.len(), public.len(), narrowed.len()), (1_001, 501, 501));
        assert!(all.is_sorted() && all.windows(2).all(|pair| pair[0] < pair[1]), "in order, each once");
        let (mut pages, mut rows, mut href) = (0, 0, format!("/desk/tickets/{ticket}/history"));
        loop {
            let page = ana.get(&href).await.is(200).text();
            (pages, rows) = (pages + 1, rows + page.matches("<th scope=\"row\">").count());
            let Some((before, _)) = page.split_once("\" rel=\"next\"") else { break };
            href = before.rsplit("href=\"").next().unwrap().replace("&#38;", "&").replace("&amp;", "&");
        }
        assert_eq!((pages, rows), (21, 1_001));
        let narrow = ana.get(&format!("/desk/tickets/{ticket}/history?kind=ticket.created")).await.is(200).text();
        assert!(narrow.matches("<th scope=\"row\">").count() == 1 && narrow.contains("All changes"), "{narrow}");
        ana.get(&format!("/desk/tickets/{ticket}/history?cursor=nonsense")).await.is(422);
    }

    async fn the_history_says_why_and_what_was_before_and_after(world) {
        let (cleo, ana) = (world.customer("Cleo").await, world.agent("Ana").await);
        let ticket = cleo.asks("Printer").await["id"].as_str().unwrap().to_owned();
        cleo.post(&format!("/api/support/tickets/{ticket}/followers"), &json!({ "email": "carl@customer.test" })).await.is(201);
        ana.put(&format!("/api/support/tickets/{ticket}"), &json!({ "version": 1, "status": "RESOLVED", "priority": "HIGH" })).await.is(200);
        cleo.put(&format!("/api/support/tickets/{ticket}/rating"), &json!({ "score": 2 })).await.is(200);
        cleo.put(&format!("/api/support/tickets/{ticket}/rating"), &json!({ "score": 4 })).await.is(200);
        let mut tx = world.write().await;
        tx.record(kernel::Actor::system("Clockwork").event("odd.something_new", ("ticket", ticket.parse().unwrap()), true, json!({ "old": false, "new": 7 }))).await.unwrap();
        tx.commit().await.unwrap();

        let page = ana.get(&format!("/desk/tickets/{ticket}/history")).await.is(200).text();

        let row = |what: &str| page.split("<tr>").find(|row| row.contains(what)).unwrap_or_else(|| panic!("no {what} in {page}")).to_owned();
        assert!(row("<td>Priority</td>").contains("<td>Normal</td><td>High</td>") && !row("<td>Priority</td>").contains("Automatic"));
        assert!(row("<td>Status</td>").contains("<td>Open</td><td>Solved</td>"));
        assert!(row("<td>Rating</td><td>2</td>").contains("<td>4</td>"));
        assert!(row("<td>Added</td>").contains("carl"));
        assert!(row("<td>Something new</td>").contains("<td>no</td><td>7</td>") && row("<td>Something new</td>").contains("Automatic"));
        assert!(row("<td>Created</td>").contains("#1001"));
    }
}

async fn walked(who: &Visitor, path: &str, more: &str) -> Vec<i64> {
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = who.get(&format!("{path}?limit=100{more}{cursor}")).await.is(200).json();
        seen.extend(page["items"].as_array().unwrap().iter().map(|event| event["seq"].as_i64().unwrap()));
        match page["nextCursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return seen,
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_of_a_history_is_read_from_its_index_in_order() {
    let world = World::new(Engine::Sqlite).await;
    let ticket: uuid::Uuid = world.customer("Cleo").await.asks("One").await["id"].as_str().unwrap().parse().unwrap();
    let wanted = journal::Wanted { before: Some(9), newest_first: true, kinds: vec!["ticket.created".to_owned()], ..journal::Wanted::default() };

    let plan = journal::plan_of_page(&mut world.read().await, ticket, &wanted).await.unwrap();

    assert!(plan.contains("events_subject") && !plan.contains("TEMP B-TREE"), "{plan}");
    world.end().await;
}
