//! What happens when two people do the same thing at once.

use crate::{client::Told, world::World};
use db::{Engine, sql};
use futures::future::join_all;
use serde_json::{Value, json};

async fn tickets(world: &World) -> i64 {
    world.count(sql!("SELECT COUNT(*) FROM tickets")).await
}

both! {
    async fn of_two_agents_who_claim_at_once_one_wins_and_the_other_is_told_who(world) {
        let (cleo, ana, ben) = (world.customer("Cleo").await, world.agent("Ana").await, world.agent("Ben").await);
        for round in 0..10 {
            let ticket = cleo.asks(&format!("Round {round}")).await["id"].as_str().unwrap().to_owned();
            let path = format!("/api/support/tickets/{ticket}/claim");

            let (first, second) = (json!({}), json!({}));
            let (ana_told, ben_told) = tokio::join!(ana.post(&path, &first), ben.post(&path, &second));

            let (winner, loser) = if ana_told.status == 200 { (("Ana", ana_told), ben_told) } else { (("Ben", ben_told), ana_told) };
            assert_eq!((winner.1.status.as_u16(), loser.status.as_u16()), (200, 409), "{}", loser.text());
            assert!(loser.json()["type"].as_str().unwrap().ends_with("/already-claimed") && loser.json()["detail"].as_str().unwrap().contains(winner.0), "{}", loser.text());
            let now = cleo.ticket(&ticket).await;
            assert_eq!(now["assignee"]["name"], winner.0);
            let assigned = ana.get(&format!("/api/support/tickets/{ticket}/events")).await.json()["items"].as_array().unwrap().iter().filter(|event| event["kind"] == "ticket.assigned").count();
            assert_eq!(assigned, 1, "the history has one line of it");
        }
    }

    async fn claiming_twice_is_harmless(world) {
        let (cleo, ana) = (world.customer("Cleo").await, world.agent("Ana").await);
        let path = format!("/api/support/tickets/{}/claim", cleo.asks("T").await["id"].as_str().unwrap());

        let versions = [ana.post(&path, &json!({})).await.is(200).json()["version"].clone(), ana.post(&path, &json!({})).await.is(200).json()["version"].clone()];

        assert_eq!(versions[0], versions[1]);
    }

    async fn of_edits_with_the_same_version_one_is_taken_and_the_others_get_the_current_ticket(world) {
        let (cleo, ana) = (world.customer("Cleo").await, world.agent("Ana").await);
        let ticket = cleo.asks("T").await;
        let path = format!("/api/support/tickets/{}", ticket["id"].as_str().unwrap());

        let edits: Vec<Value> = (0..6).map(|n| json!({ "version": ticket["version"], "title": format!("Title {n}") })).collect();
        let told: Vec<Told> = join_all(edits.iter().map(|edit| ana.put(&path, edit))).await;

        let taken: Vec<Value> = told.iter().filter(|told| told.status == 200).map(Told::json).collect();
        assert_eq!(taken.len(), 1);
        for refused in told.iter().filter(|told| told.status != 200) {
            assert_eq!(refused.status, 409, "{}", refused.text());
            let problem = refused.json();
            assert!(problem["type"].as_str().unwrap().ends_with("/stale-version"));
            assert_eq!((&problem["current"]["title"], &problem["current"]["version"]), (&taken[0]["title"], &taken[0]["version"]));
        }
    }

    async fn messages_never_conflict_with_changes(world) {
        let (cleo, ana) = (world.customer("Cleo").await, world.agent("Ana").await);
        let ticket = cleo.asks("T").await;
        let id = ticket["id"].as_str().unwrap();

        let words: Vec<String> = (0..10).map(|n| format!("r{n}")).collect();
        join_all(words.iter().map(|words| cleo.replies(id, words))).await;

        ana.put(&format!("/api/support/tickets/{id}"), &json!({ "version": ticket["version"], "priority": "URGENT" })).await.is(200);
        assert_eq!(cleo.ticket(id).await["messages"].as_array().unwrap().len(), 11);
    }

    async fn the_same_key_twice_at_once_makes_one_ticket_and_gives_the_same_answer(world) {
        let cleo = world.customer("Cleo").await;
        let before = tickets(world).await;
        let body = json!({ "title": "Once", "description": "d" });
        let ask = |key: &'static str| cleo.send(cleo.request("POST", "/api/support/tickets").header("idempotency-key", key).json(&body));

        let told = join_all((0..6).map(|_| ask("k1"))).await;

        assert_eq!(tickets(world).await, before + 1);
        assert!(told.iter().all(|each| each.status == 201 && each.bytes == told[0].bytes), "all the same");
        let other = cleo.send(cleo.request("POST", "/api/support/tickets").header("idempotency-key", "k1").json(&json!({ "title": "Other", "description": "d" }))).await;
        assert_eq!(other.status, 422, "the same key with another body: {}", other.text());
        let otto = world.customer("Otto").await;
        let theirs = otto.send(otto.request("POST", "/api/support/tickets").header("idempotency-key", "k1").json(&body)).await.is(201);
        assert_ne!(theirs.id(), told[0].id(), "a key is somebody's own");
    }

    async fn a_form_sent_twice_makes_one_request_and_one_reply(world) {
        let cleo = world.customer("Cleo").await;
        let fields = [("title", "Twice"), ("content", "c"), ("category", "BUG"), ("idempotencyKey", "form-1")];
        let before = tickets(world).await;

        let (first, second) = tokio::join!(cleo.form("/requests", &fields), cleo.form("/requests", &fields));

        assert_eq!((first.status.as_u16(), second.status.as_u16()), (303, 303));
        assert_eq!((first.header("location"), tickets(world).await), (second.header("location"), before + 1));
        let thread = format!("{}/messages", first.header("location"));
        let reply = [("content", "Reply"), ("idempotencyKey", "form-2")];
        tokio::join!(cleo.multipart(&thread, &reply, &[]), cleo.multipart(&thread, &reply, &[]));
        let id = first.header("location").rsplit('/').next().unwrap().to_owned();
        assert_eq!(cleo.ticket(&id).await["messages"].as_array().unwrap().len(), 2);
    }

    async fn two_hundred_writers_at_once_all_succeed(world) {
        let (cleo, before) = (world.customer("Cleo").await, tickets(world).await);

        let told = join_all((0..200).map(|n| { let cleo = &cleo; async move { cleo.post("/api/support/tickets", &json!({ "title": format!("W{n}"), "description": "d" })).await } })).await;

        let failed: Vec<_> = told.iter().filter(|told| told.status != 201).map(Told::text).collect();
        assert!(failed.is_empty(), "{failed:?}");
        let mut numbers: Vec<i64> = told.iter().map(|told| told.json()["number"].as_i64().unwrap()).collect();
        numbers.sort_unstable();
        numbers.dedup();
        assert_eq!((numbers.len(), tickets(world).await), (200, before + 200), "no number twice");
        if world.engine == Engine::Sqlite {
            assert_eq!(numbers[199] - numbers[0], 199, "consecutive");
        }
    }

    async fn a_one_time_link_works_for_one_of_two_who_press_at_once(world) {
        let stranger = world.stranger();
        stranger.form("/requests", &[("title", "Guest"), ("content", "c"), ("category", "BUG"), ("email", "guest@else.test"), ("name", "Guest")]).await.is(200);
        let mail = world.outbox().await.remove(0);
        let path = mail.text.split_whitespace().find(|word| word.contains("/requests/confirm/")).unwrap().rsplit_once("8080").unwrap().1.to_owned();
        let before = tickets(world).await;

        let (one, two) = (world.stranger(), world.stranger());
        tokio::join!(one.form(&path, &[]), two.form(&path, &[]));

        assert_eq!(tickets(world).await, before + 1);
    }
}
