//! Web Push: a receiver stands for the push service of a browser, and opens what comes with the browser's own key.

use crate::{
    client::Visitor,
    notices::{API, has_unread, ticket_of},
    receiver::{Heard, Receiver},
    world::{World, eventually},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use db::{Tx, sql};
use kernel::{PersonId, Scope};
use p256::{
    SecretKey,
    ecdsa::{Signature, VerifyingKey, signature::Verifier as _},
    elliptic_curve::sec1::ToEncodedPoint as _,
};
use serde_json::{Value, json};
use std::time::Duration;
use uuid::Uuid;

const BROWSERS: &str = "/api/notifications/browsers";
/// What a browser sends, for the walk.
pub const WISH: &str = r#"json {"endpoint":"https://push.example.net/walk","p256dh":"BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4","auth":"BTBZMqHH6r4Tts7J_aSIgg"}"#;
const AUTH: [u8; 16] = *b"sixteen bytes ok";

/// A browser's own key.
fn key() -> SecretKey {
    SecretKey::from_slice(&[7; 32]).unwrap()
}

fn wish(endpoint: &str) -> Value {
    let public = key().public_key().to_encoded_point(false);
    json!({ "endpoint": endpoint, "p256dh": URL_SAFE_NO_PAD.encode(public.as_bytes()), "auth": URL_SAFE_NO_PAD.encode(AUTH) })
}

pub async fn adds(who: &Visitor, endpoint: &str) -> String {
    who.post(BROWSERS, &wish(endpoint)).await.is(201).id()
}

/// Opens a message as the browser does.
fn opened(heard: &Heard) -> Value {
    serde_json::from_slice(&web_push_native::decrypt(heard.bytes.to_vec(), &key(), &AUTH.into()).unwrap()).unwrap()
}

/// A browser in the first session of somebody, which nobody sends to.
pub async fn quiet(tx: &mut Tx, person: PersonId) -> String {
    let id = Uuid::now_v7();
    tx.run(sql!(
        "INSERT INTO notice_browsers (id, person_id, session_id, endpoint, public_key, auth, name, created_at)
         SELECT $1, $2, id, $3, $4, $5, 'Walk', 0 FROM sessions WHERE person_id = $2 ORDER BY id LIMIT 1",
        id,
        person,
        format!("https://127.0.0.2/{id}"),
        vec![4_u8; 65],
        vec![1_u8; 16]
    ))
    .await
    .unwrap();
    id.to_string()
}

/// Lets the seconds pass in which something may be read in the app.
fn soon(world: &World) {
    world.clock.advance(Duration::from_secs(11));
}

async fn settled(world: &World, state: &str, count: i64) {
    let query = || sql!("SELECT COUNT(*) FROM notice_deliveries WHERE channel = 'PUSH' AND state = $1", state);
    eventually(&format!("{count} are {state}"), || async { world.count(query()).await == count }).await;
}

both! {
    async fn a_mention_reaches_the_browser_encrypted_for_it_and_signed_by_us(world) {
        let (cleo, sue, ana, ada) = (world.customer("Cleo").await, world.supervisor("Sue").await, world.agent("Ana").await, world.admin("Ada").await);
        let receiver = Receiver::open().await;
        let id = ticket_of(&cleo, &sue, &ana, "Printer").await;
        adds(&ana, &receiver.at("push")).await;
        sue.notes(&id, "@ana zebra").await;
        sue.notes(&id, "@ana two").await;
        has_unread(&ana, 2).await;
        assert!(receiver.heard("push").is_empty(), "it waits for ten seconds");

        soon(world);

        let heard = receiver.hears("push", 1).await.remove(0);
        let said = opened(&heard);
        assert!(said["title"].as_str().unwrap().contains("Printer"), "{said}");
        assert_eq!((said["body"].as_str().unwrap(), &said["tag"]), ("Sue mentioned you, and 1 more", &json!(id)));
        assert!(!heard.body.contains("Printer") && !said.to_string().contains("zebra"));
        assert_eq!((heard.header("ttl"), heard.header("urgency"), heard.header("content-encoding")), ("86400", "high", "aes128gcm"));
        assert_eq!(heard.header("topic"), id.replace('-', ""));
        let (token, public) = heard.header("authorization").strip_prefix("vapid t=").unwrap().split_once(", k=").unwrap();
        assert_eq!(ana.get(BROWSERS).await.json()["publicKey"], public);
        let (signed, signature) = token.rsplit_once('.').unwrap();
        let public = VerifyingKey::from_sec1_bytes(&URL_SAFE_NO_PAD.decode(public).unwrap()).unwrap();
        public.verify(signed.as_bytes(), &Signature::from_slice(&URL_SAFE_NO_PAD.decode(signature).unwrap()).unwrap()).unwrap();
        let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(signed.split_once('.').unwrap().1).unwrap()).unwrap();
        assert_eq!(claims["aud"], receiver.url);
        let opened = ana.get(said["path"].as_str().unwrap()).await.is(303);
        assert_eq!(opened.header("location"), format!("/desk/tickets/{id}"));
        settled(world, "SENT", 2).await;
        let log = ada.get("/admin/notifications?state=SENT").await.is(200).text();
        assert!(log.contains("Push") && log.contains("200 thanks"), "{log}");
    }

    async fn what_was_read_in_the_app_is_not_pushed_and_a_kind_can_be_switched_off(world) {
        let (cleo, sue, ana) = (world.customer("Cleo").await, world.supervisor("Sue").await, world.agent("Ana").await);
        let receiver = Receiver::open().await;
        let id = ticket_of(&cleo, &sue, &ana, "Printer").await;
        adds(&ana, &receiver.at("push")).await;
        sue.notes(&id, "@ana look").await;
        has_unread(&ana, 1).await;
        ana.get(&format!("/desk/tickets/{id}/notices")).await.is(200);

        soon(world);
        settled(world, "SKIPPED", 1).await;
        let mut on = ana.get(&format!("{API}/choices")).await.json()["on"].as_array().unwrap().clone();
        assert!(on.contains(&json!("mention.PUSH")) && !on.contains(&json!("team_ticket.PUSH")), "{on:?}");
        on.retain(|word| word != "mention.PUSH");
        ana.put(&format!("{API}/choices"), &json!({ "on": on })).await.is(200);
        sue.notes(&id, "@ana look again").await;
        has_unread(&ana, 1).await;
        cleo.replies(&id, "Still broken.").await;
        has_unread(&ana, 2).await;
        soon(world);

        let said = opened(&receiver.hears("push", 1).await[0]);
        assert_eq!(said["body"], "Cleo replied");
    }

    async fn a_browser_that_is_gone_is_removed_and_one_that_is_signed_out_hears_nothing(world) {
        let (cleo, sue, ana, bea) = (world.customer("Cleo").await, world.supervisor("Sue").await, world.agent("Ana").await, world.agent("Bea").await);
        let receiver = Receiver::open().await;
        receiver.answers(410);
        let id = ticket_of(&cleo, &sue, &ana, "Printer").await;
        adds(&ana, &receiver.at("hook")).await;
        adds(&bea, &receiver.at("push")).await;
        sue.notes(&id, "@ana look").await;
        has_unread(&ana, 1).await;

        soon(world);

        receiver.hears("hook", 1).await;
        settled(world, "FAILED", 1).await;
        assert_eq!(ana.get(BROWSERS).await.json()["items"], json!([]));
        sue.notes(&id, "@bea look").await;
        has_unread(&bea, 1).await;
        bea.form("/sign-out", &[]).await.is(303);
        soon(world);
        settled(world, "SKIPPED", 1).await;
        assert!(receiver.heard("push").is_empty());
    }

    async fn what_a_push_service_can_not_take_now_is_tried_again_and_what_it_refuses_by_admins(world) {
        let (cleo, sue, ana, ada) = (world.customer("Cleo").await, world.supervisor("Sue").await, world.agent("Ana").await, world.admin("Ada").await);
        let receiver = Receiver::open().await;
        receiver.answers(503);
        let id = ticket_of(&cleo, &sue, &ana, "Printer").await;
        adds(&ana, &receiver.at("hook")).await;
        sue.notes(&id, "@ana look").await;
        has_unread(&ana, 1).await;
        soon(world);
        receiver.hears("hook", 1).await;
        let waits = || sql!("SELECT COUNT(*) FROM notice_deliveries WHERE channel = 'PUSH' AND state = 'WAITING' AND locked_until IS NULL AND tries = 1");
        eventually("it waits", || async { world.count(waits()).await == 1 }).await;
        receiver.answers(403);
        soon(world);
        receiver.hears("hook", 2).await;
        settled(world, "FAILED", 1).await;
        let log = ada.get("/admin/notifications?state=FAILED").await.is(200).text();
        let at = log.find("/admin/notifications/").unwrap();
        let retry = &log[at..at + log[at..].find('"').unwrap()];
        assert!(log.contains("403") && retry.ends_with("/retry"), "{log}");
        receiver.answers(201);

        ada.form(retry, &[]).await.is(303);

        receiver.hears("hook", 3).await;
        settled(world, "SENT", 1).await;
    }

    async fn quiet_hours_hold_it_back_and_many_browsers_each_hear_it(world) {
        let (cleo, sue, ana) = (world.customer("Cleo").await, world.supervisor("Sue").await, world.agent("Ana").await);
        let receiver = Receiver::open().await;
        let id = ticket_of(&cleo, &sue, &ana, "Printer").await;
        adds(&ana, &receiver.at("one")).await;
        adds(&ana, &receiver.at("two")).await;
        let minutes = |on: i64| (world.clock.now().seconds() / 60 + on * 60).rem_euclid(1440);
        let hour = |on: i64| format!("{:02}:{:02}", minutes(on) / 60, minutes(on) % 60);
        let choices = json!({ "on": ["mention.APP", "mention.PUSH"], "quietFrom": hour(-1), "quietTo": hour(3) });
        ana.put(&format!("{API}/choices"), &choices).await.is(200);
        sue.notes(&id, "@ana look").await;
        has_unread(&ana, 1).await;
        soon(world);
        let put_off = || sql!("SELECT COUNT(*) FROM notice_deliveries WHERE channel = 'PUSH' AND due_at > created_at + 3600000000");
        eventually("they are put off", || async { world.count(put_off()).await == 2 }).await;
        assert!(receiver.heard("one").is_empty());

        world.clock.advance(Duration::from_hours(3));

        receiver.hears("one", 1).await;
        receiver.hears("two", 1).await;
    }

    async fn a_browser_adds_itself_alone_and_only_its_person_removes_it(world) {
        let (ana, bea) = (world.agent("Ana").await, world.agent("Bea").await);
        let program = world.token(&ana, &[Scope::TicketsRead, Scope::TicketsWrite]).await;
        let refused = [wish("http://10.0.0.1/push"), wish("ftp://push.example.net/"), json!({ "endpoint": "https://push.example.net/", "p256dh": "AAAA", "auth": "AAAA" })];
        for wish in refused {
            ana.post(BROWSERS, &wish).await.is(422);
        }
        program.post(BROWSERS, &wish("https://push.example.net/a")).await.is(403);
        let first = adds(&ana, "https://push.example.net/a").await;
        bea.delete(&format!("{BROWSERS}/{first}")).await.is(404);

        let once = || ana.request("POST", BROWSERS).header("Idempotency-Key", "once").json(&wish("https://push.example.net/a"));
        let (second, again) = (ana.send(once()).await.is(201).id(), ana.send(once()).await.is(201).id());
        assert_eq!(second, again);

        let ids = ana.get(BROWSERS).await.is(200).ids();
        assert_eq!((ids, first != second), (vec![second.clone()], true), "the same browser again takes its own place");
        assert!(ana.get("/profile/notifications").await.is(200).text().contains(&second));
        ana.form(&format!("/profile/notifications/browsers/{second}/remove"), &[]).await.is(303);
        ana.delete(&format!("{BROWSERS}/{second}")).await.is(404);
        let taken = adds(&ana, "https://push.example.net/b").await;
        adds(&bea, "https://push.example.net/b").await;
        ana.delete(&format!("{BROWSERS}/{taken}")).await.is(404);
        for n in 0..12 {
            adds(&ana, &format!("https://push.example.net/{n}")).await;
        }
        assert_eq!(ana.get(BROWSERS).await.ids().len(), 10);
    }
}
