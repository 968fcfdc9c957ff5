//! What is sent, how it is signed, and what never leaves.

use crate::{
    receiver::{API, Receiver, later, log, newest, one, webhook},
    world::eventually,
};
use db::sql;
use serde_json::json;

both! {
    async fn what_happens_is_sent_signed_with_the_fields_of_the_api(world) {
        let (ada, ana, cleo, receiver) = (world.admin("Ada").await, world.agent("Ana").await, world.customer("Cleo").await, Receiver::open().await);
        cleo.asks("Before").await;
        let (id, secret) = webhook(&ada, &receiver.at("hook"), json!({})).await;

        let ticket = cleo.asks("Printer").await["id"].as_str().unwrap().to_owned();
        let reply = ana.replies(&ticket, "Turn it **on**.").await;
        let heard = receiver.hears("hook", 2).await;

        let (created, replied) = (heard.iter().find(|one| one.kind() == "ticket.created").unwrap(), heard.iter().find(|one| one.kind() == "ticket.replied").unwrap());
        for one in &heard {
            one.is_signed_by(&[&secret]);
            assert!(one.header("webhook-id").starts_with("msg_") && one.header("content-type") == "application/json" && one.json()["id"].as_str().unwrap().starts_with("evt_"));
        }
        let (body, api) = (replied.json(), ada.ticket(&ticket).await);
        for name in ["id", "number", "title", "description", "status", "priority", "category", "channel", "createdAt", "user", "customFields", "tags"] {
            assert_eq!(body["data"]["ticket"][name], api[name], "{name}");
        }
        for name in ["id", "content", "html", "createdAt", "ticketId", "userId", "internal"] {
            assert_eq!(body["data"]["message"][name], reply[name], "{name}");
        }
        assert_eq!((&body["actor"]["name"], &body["actor"]["kind"], &body["data"]["details"]), (&json!("Ana"), &json!("PERSON"), &json!({ "isFirstReply": true })));
        assert_eq!((&created.json()["data"]["ticket"]["title"], &created.json()["actor"]["name"]), (&json!("Printer"), &json!("Cleo")));
        assert!(body["createdAt"].is_string());
        eventually("both are delivered", || async { log(&ada, &id).await.iter().all(|delivery| delivery["state"] == "DELIVERED") }).await;
    }

    async fn only_what_a_webhook_listens_to_is_sent_and_nothing_while_it_is_off(world) {
        let (ada, ana, cleo, receiver) = (world.admin("Ada").await, world.agent("Ana").await, world.customer("Cleo").await, Receiver::open().await);
        let wish = json!({ "events": ["ticket.priority_changed"] });
        let (id, _) = webhook(&ada, &receiver.at("hook"), wish).await;
        let change = async |ticket: &str, priority: &str| {
            let version = ana.ticket(ticket).await["version"].clone();
            ana.put(&format!("/api/support/tickets/{ticket}"), &json!({ "version": version, "priority": priority })).await.is(200);
        };
        let turn = async |on: bool| {
            let now = ada.get(&format!("{API}/{id}")).await.is(200).json();
            ada.put(&format!("{API}/{id}"), &json!({ "version": now["version"], "name": "Hook", "url": now["url"], "events": now["events"], "on": on })).await.is(200);
        };

        let ticket = cleo.asks("Printer").await["id"].as_str().unwrap().to_owned();
        change(&ticket, "HIGH").await;
        let heard = receiver.hears("hook", 1).await;
        turn(false).await;
        change(&ticket, "LOW").await;
        turn(true).await;
        change(&ticket, "URGENT").await;
        let all = receiver.hears("hook", 2).await;

        assert_eq!(heard[0].json()["data"]["details"], json!({ "old": "MEDIUM", "new": "HIGH" }));
        assert_eq!(all[1].json()["data"]["details"]["new"], "URGENT");
    }

    async fn an_internal_note_goes_only_to_who_asked_for_notes(world) {
        let (ada, ana, cleo, receiver) = (world.admin("Ada").await, world.agent("Ana").await, world.customer("Cleo").await, Receiver::open().await);
        let (plain, _) = webhook(&ada, &receiver.at("plain"), json!({})).await;
        let (listens, _) = webhook(&ada, &receiver.at("listens"), json!({ "events": ["ticket.noted"] })).await;
        let (notes, _) = webhook(&ada, &receiver.at("notes"), json!({ "events": ["ticket.noted"], "internal": true })).await;
        for (format, path) in [("SLACK", "slack"), ("DISCORD", "discord"), ("TEAMS", "teams")] {
            webhook(&ada, &receiver.at(path), json!({ "format": format })).await;
        }

        let ticket = cleo.asks("Printer").await["id"].as_str().unwrap().to_owned();
        ana.notes(&ticket, "Between us: zebra.").await;
        ana.replies(&ticket, "Turn it on.").await;
        let told = receiver.hears("notes", 1).await;
        for path in ["plain", "slack", "discord", "teams"] {
            receiver.hears(path, 2).await;
        }

        assert_eq!((&told[0].json()["data"]["message"]["content"], &told[0].json()["data"]["message"]["internal"]), (&json!("Between us: zebra."), &json!(true)));
        assert!(receiver.heard("listens").is_empty() && log(&ada, &listens).await.is_empty());
        for path in ["plain", "slack", "discord", "teams"] {
            assert!(receiver.heard(path).iter().all(|one| !one.body.contains("zebra")), "{path}");
        }
        assert!(log(&ada, &plain).await.iter().all(|delivery| delivery["event"] != "ticket.noted"));
        // who does not want notes any more gets none of before either
        let noted = newest(&ada, &notes, "DELIVERED").await;
        let now = ada.get(&format!("{API}/{notes}")).await.json();
        ada.put(&format!("{API}/{notes}"), &json!({ "version": now["version"], "name": "Hook", "url": now["url"], "events": ["*"], "on": true })).await.is(200);
        ada.post(&format!("{API}/{notes}/deliveries/{}/replay", noted["id"].as_str().unwrap()), &json!({})).await.is(409);
    }

    async fn a_note_that_waits_is_given_up_when_notes_are_not_wanted_any_more(world) {
        let (ada, ana, cleo, receiver) = (world.admin("Ada").await, world.agent("Ana").await, world.customer("Cleo").await, Receiver::open().await);
        let (id, _) = webhook(&ada, &receiver.at("hook"), json!({ "events": ["ticket.noted"], "internal": true })).await;
        receiver.answers(500);
        let ticket = cleo.asks("Printer").await["id"].as_str().unwrap().to_owned();
        ana.notes(&ticket, "Between us: zebra.").await;
        receiver.hears("hook", 1).await;

        eventually("the try is written down", || async { log(&ada, &id).await[0]["status"] == 500 }).await;
        let now = ada.get(&format!("{API}/{id}")).await.json();
        ada.put(&format!("{API}/{id}"), &json!({ "version": now["version"], "name": "Hook", "url": now["url"], "events": ["*"], "on": true })).await.is(200);
        later(world, 60);
        let given_up = newest(&ada, &id, "FAILED").await;

        receiver.hears("hook", 1).await;
        assert!(given_up["reason"].as_str().unwrap().contains("internal note"), "{given_up}");
    }

    async fn a_reply_that_can_be_taken_back_is_not_sent_before_it_is_out(world) {
        let (ada, ana, cleo, receiver) = (world.admin("Ada").await, world.agent("Ana").await, world.customer("Cleo").await, Receiver::open().await);
        webhook(&ada, &receiver.at("hook"), json!({ "internal": true })).await;
        let ticket = cleo.asks("Printer").await["id"].as_str().unwrap().to_owned();
        receiver.hears("hook", 1).await;

        ana.form(&format!("/desk/tickets/{ticket}/messages"), &[("kind", "reply"), ("content", "Wrong window: zebra")]).await.is(303);
        let held = world.count(sql!("SELECT COUNT(*) FROM messages WHERE held_until IS NOT NULL")).await;
        tokio::time::sleep(std::time::Duration::from_millis(600)).await;
        let before = receiver.heard("hook").len();
        later(world, 60);
        let heard = receiver.hears("hook", 2).await;

        assert_eq!((held, before), (1, 1));
        assert_eq!((heard[1].kind(), &heard[1].json()["data"]["message"]["content"]), ("ticket.replied".to_owned(), &json!("Wrong window: zebra")));
    }

    async fn a_new_secret_and_the_old_one_sign_together_for_a_day(world) {
        let (ada, cleo, receiver) = (world.admin("Ada").await, world.customer("Cleo").await, Receiver::open().await);
        let (id, old) = webhook(&ada, &receiver.at("hook"), json!({ "events": ["ticket.created"] })).await;

        let rotated = ada.post(&format!("{API}/{id}/secret"), &json!({})).await.is(201).json();
        cleo.asks("First").await;
        receiver.hears("hook", 1).await[0].is_signed_by(&[rotated["secret"].as_str().unwrap(), &old]);
        later(world, 24 * 3600 + 1);
        cleo.asks("Second").await;
        receiver.hears("hook", 2).await[1].is_signed_by(&[rotated["secret"].as_str().unwrap()]);

        assert_ne!(rotated["secret"], json!(old));
        assert!(ada.get(&format!("{API}/{id}")).await.is(200).json()["secret"].is_null());
    }

    async fn chats_get_their_form_and_no_mention_or_link_of_a_customer(world) {
        let (ada, cleo, receiver) = (world.admin("Ada").await, world.customer("Cleo").await, Receiver::open().await);
        for (format, path) in [("SLACK", "slack"), ("DISCORD", "discord"), ("TEAMS", "teams")] {
            webhook(&ada, &receiver.at(path), json!({ "format": format })).await;
        }

        let ticket = cleo.asks_with(json!({ "title": "@everyone <!channel> look", "description": "<https://evil.example|here> [x](https://evil.example)" })).await;

        for path in ["slack", "discord", "teams"] {
            let body = &receiver.hears(path, 1).await[0].body.clone();
            assert!(!body.contains("@everyone") && !body.contains("://evil") && !body.contains("evil.example") && !body.contains("<!channel"), "{body}");
            assert!(body.contains(&format!("{}/desk/tickets/{}", world.config.public_url, ticket["id"].as_str().unwrap())), "{body}");
        }
        assert_eq!(receiver.heard("discord")[0].json()["allowed_mentions"], json!({ "parse": [] }));
    }

    async fn a_test_and_a_replay_arrive_with_their_ids(world) {
        let (ada, receiver) = (world.admin("Ada").await, Receiver::open().await);
        let (id, secret) = webhook(&ada, &receiver.at("hook"), json!({ "on": false })).await;

        let delivery = ada.post(&format!("{API}/{id}/test"), &json!({})).await.is(202).id();
        eventually("it was tried", || async { one(&ada, &id, &delivery).await["state"] != "WAITING" }).await;
        let tried = one(&ada, &id, &delivery).await;
        assert_eq!(tried["state"], "DELIVERED", "{tried}");
        let first = receiver.hears("hook", 1).await;
        later(world, 30);
        ada.post(&format!("{API}/{id}/deliveries/{delivery}/replay"), &json!({})).await.is(202);
        let both = receiver.hears("hook", 2).await;

        assert_eq!((first[0].kind(), first[0].json()["data"]["webhook"]["name"].clone()), ("webhook.test".to_owned(), json!("Hook")));
        assert_eq!((both[0].header("webhook-id"), &both[0].body), (both[1].header("webhook-id"), &both[1].body));
        assert_ne!(both[0].header("webhook-timestamp"), both[1].header("webhook-timestamp"));
        both[1].is_signed_by(&[&secret]);
        let now = one(&ada, &id, &delivery).await;
        eventually("two tries stand in the log", || async { one(&ada, &id, &delivery).await["log"].as_array().unwrap().len() == 2 }).await;
        assert_eq!((&now["test"], &now["messageId"]), (&json!(true), &json!(both[0].header("webhook-id"))));
    }
}
