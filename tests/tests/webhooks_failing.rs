//! Receivers that fail, in every way there is: what is tried again, when it is given up, and that nobody else waits for it.

use crate::{
    receiver::{API, Receiver, later, log, newest, one, tried, webhook},
    world::eventually,
};
use db::sql;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

const DAY: u64 = 24 * 3600;

both! {
    async fn what_fails_is_tried_again_with_the_same_id_until_it_arrives(world) {
        let (ada, cleo, receiver) = (world.admin("Ada").await, world.customer("Cleo").await, Receiver::open().await);
        let (id, secret) = webhook(&ada, &receiver.at("hook"), json!({})).await;
        receiver.answers(500);

        cleo.asks("Printer").await;
        let waiting = tried(&ada, &id, 1).await;
        let failing = ada.get(&format!("{API}/{id}")).await.json()["failingSince"].clone();
        receiver.answers(200);
        later(world, 7);
        let delivered = newest(&ada, &id, "DELIVERED").await;
        let heard = receiver.hears("hook", 2).await;

        assert_eq!((&waiting["state"], &waiting["status"], &waiting["log"][0]["status"]), (&json!("WAITING"), &json!(500), &json!(500)));
        assert!(waiting["nextTryAt"].is_string() && failing.is_string());
        assert_eq!((heard[0].header("webhook-id"), &heard[0].body), (heard[1].header("webhook-id"), &heard[1].body));
        for one in &heard {
            one.is_signed_by(&[&secret]);
        }
        assert_eq!((&delivered["tries"], delivered["log"].as_array().unwrap().len()), (&json!(2), 2));
        assert!(ada.get(&format!("{API}/{id}")).await.json()["failingSince"].is_null());
    }

    async fn after_a_day_it_has_failed_and_can_be_sent_again(world) {
        let (ada, cleo, receiver) = (world.admin("Ada").await, world.customer("Cleo").await, Receiver::open().await);
        let (id, _) = webhook(&ada, &receiver.at("hook"), json!({ "events": ["ticket.created"] })).await;
        receiver.answers(404);

        cleo.asks("Printer").await;
        tried(&ada, &id, 1).await;
        later(world, DAY - 60);
        tried(&ada, &id, 2).await;
        later(world, 61);
        let failed = newest(&ada, &id, "FAILED").await;
        receiver.answers(200);
        ada.post(&format!("{API}/{id}/deliveries/{}/replay", failed["id"].as_str().unwrap()), &json!({})).await.is(202);
        let delivered = newest(&ada, &id, "DELIVERED").await;

        assert_eq!((&failed["reason"], &failed["log"].as_array().unwrap().len()), (&json!("It was tried for 24 hours."), &3));
        assert_eq!((&delivered["reason"], &delivered["tries"]), (&Value::Null, &json!(1)));
        assert_eq!(ada.get(&format!("{API}/{id}")).await.json()["on"], json!(true), "one day is not five");
    }

    async fn five_days_without_success_switch_it_off_with_the_reason(world) {
        let (ada, cleo, receiver) = (world.admin("Ada").await, world.customer("Cleo").await, Receiver::open().await);
        let (id, _) = webhook(&ada, &receiver.at("hook"), json!({ "events": ["ticket.created"] })).await;
        receiver.answers(500);

        for count in 1..=5 {
            cleo.asks("Printer").await;
            eventually("its delivery is made", || async { log(&ada, &id).await.len() == count }).await;
            tried(&ada, &id, 1).await;
            later(world, DAY + 1);
            newest(&ada, &id, "FAILED").await;
        }
        let off = ada.get(&format!("{API}/{id}")).await.json();
        let page = ada.get("/admin/webhooks").await.is(200).text();

        assert_eq!((&off["on"], &off["disabledBecause"]), (&json!(false), &json!("Nothing could be delivered for 5 days.")));
        assert!(page.contains("Nothing could be delivered for 5 days."));
        assert_eq!(world.count(sql!("SELECT COUNT(*) FROM events WHERE kind = 'webhook.disabled'")).await, 1);
    }

    async fn gone_switches_it_off_at_once_and_what_waits_is_given_up_after_a_day(world) {
        let (ada, cleo, receiver) = (world.admin("Ada").await, world.customer("Cleo").await, Receiver::open().await);
        let (id, _) = webhook(&ada, &receiver.at("hook"), json!({ "events": ["ticket.created"] })).await;
        receiver.answers(500);
        cleo.asks("Waits").await;
        tried(&ada, &id, 1).await;
        let waits = log(&ada, &id).await[0]["id"].as_str().unwrap().to_owned();
        receiver.answers(410);

        cleo.asks("Gone").await;
        let failed = newest(&ada, &id, "FAILED").await;
        let off = ada.get(&format!("{API}/{id}")).await.json();
        let refused = ada.post(&format!("{API}/{id}/deliveries/{}/replay", failed["id"].as_str().unwrap()), &json!({})).await.is(409).json();
        later(world, DAY + 1);
        webhooks::sweep(&world.app.db).await.unwrap();

        assert_eq!((&off["on"], &off["disabledBecause"]), (&json!(false), &json!("Its receiver says that it is gone (410).")));
        assert!(refused["type"].as_str().unwrap().ends_with("webhook-off"), "{refused}");
        assert_eq!(one(&ada, &id, &waits).await["reason"], "The webhook was off.");
        later(world, 31 * DAY);
        webhooks::sweep(&world.app.db).await.unwrap();
        assert!(log(&ada, &id).await.is_empty(), "the log is kept for 30 days");
        assert_eq!(world.count(sql!("SELECT COUNT(*) FROM webhook_tries")).await, 0);
    }

    async fn a_receiver_that_asks_for_a_pause_gets_one_for_everything(world) {
        let (ada, cleo, receiver) = (world.admin("Ada").await, world.customer("Cleo").await, Receiver::open().await);
        let (id, _) = webhook(&ada, &receiver.at("busy"), json!({})).await;

        cleo.asks("First").await;
        tried(&ada, &id, 1).await;
        cleo.asks("Second").await;
        eventually("the second waits", || async { log(&ada, &id).await.len() == 2 }).await;
        later(world, 300);
        tokio::time::sleep(Duration::from_millis(1_500)).await;
        let paused = receiver.heard("busy").len();
        later(world, 301);
        eventually("it goes on", || async { receiver.heard("busy").len() >= 2 }).await;

        assert_eq!(paused, 1);
    }

    async fn answers_that_are_cut_huge_or_lead_elsewhere_are_bounded_and_not_followed(world) {
        let (ada, cleo, receiver) = (world.admin("Ada").await, world.customer("Cleo").await, Receiver::open().await);
        let mut ids = Vec::new();
        for path in ["cut", "huge", "away", "near"] {
            ids.push(webhook(&ada, &receiver.at(path), json!({})).await.0);
        }

        cleo.asks("Printer").await;
        let (cut, huge) = (tried(&ada, &ids[0], 1).await, newest(&ada, &ids[1], "DELIVERED").await);
        let (away, near) = (tried(&ada, &ids[2], 1).await, tried(&ada, &ids[3], 1).await);

        assert!(cut["state"] == "WAITING" && cut["log"][0]["error"].as_str().unwrap().contains("broke off"), "{cut}");
        assert_eq!((huge["log"][0]["answer"].as_str().unwrap().chars().count(), &huge["log"][0]["cut"]), (4096, &json!(true)));
        assert!(!huge["log"][0]["answer"].as_str().unwrap().contains('\0'));
        assert_eq!((&away["state"], &away["status"], &near["state"], &near["status"]), (&json!("WAITING"), &json!(307), &json!("WAITING"), &json!(307)));
        assert!(receiver.heard("inner").is_empty(), "no redirect is followed");
    }

    async fn a_slow_receiver_holds_up_nobody_and_is_asked_by_few_at_once(world) {
        let (ada, cleo, slow, quick) = (world.admin("Ada").await, world.customer("Cleo").await, Receiver::open().await, Receiver::open().await);
        // two webhooks at one host share its limit
        webhook(&ada, &slow.at("slow"), json!({ "name": "A" })).await;
        webhook(&ada, &slow.at("slow"), json!({ "name": "B" })).await;
        webhook(&ada, &quick.at("hook"), json!({ "name": "C" })).await;

        let begun = Instant::now();
        for n in 0..12 {
            cleo.asks(&format!("Ticket {n}")).await;
        }
        let asked = begun.elapsed();
        quick.hears("hook", 12).await;

        assert!(begun.elapsed() < asked + Duration::from_secs(3), "{:?}, of which {asked:?} to ask", begun.elapsed());
        assert!((1..=4).contains(&slow.most_at_once()), "{}", slow.most_at_once());
        assert!(slow.heard("slow").len() < 24, "it is still at it");
    }

    async fn a_secret_that_can_t_be_opened_switches_it_off_until_there_is_a_new_one(world) {
        let (ada, receiver) = (world.admin("Ada").await, Receiver::open().await);
        let (id, _) = webhook(&ada, &receiver.at("hook"), json!({})).await;
        let mut tx = world.write().await;
        tx.run(sql!("UPDATE webhooks SET secret = $1", vec![7_u8; 90])).await.unwrap();
        tx.commit().await.unwrap();

        world.customer("Cleo").await.asks("Printer").await;

        eventually("it is switched off", || async { ada.get(&format!("{API}/{id}")).await.json()["on"] == false }).await;
        let broken = ada.get(&format!("{API}/{id}")).await.json()["disabledBecause"].to_string();
        assert!(broken.contains("Make a new one"), "{broken}");
        assert!(receiver.heard("hook").is_empty(), "nothing goes out unsigned");
        let secret = ada.post(&format!("{API}/{id}/secret"), &json!({})).await.is(201).json()["secret"].as_str().unwrap().to_owned();
        ada.post(&format!("{API}/{id}/test"), &json!({})).await.is(202);
        receiver.hears("hook", 1).await[0].is_signed_by(&[&secret]);
    }
}
