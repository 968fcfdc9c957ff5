//! Text messages: a receiver stands for Twilio. A phone is used once its code was typed in, and by no more than ten messages an hour.

use crate::{
    client::Visitor,
    notices::{API, has_unread, ticket_of},
    receiver::Receiver,
    world::{World, eventually},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use db::sql;
use serde_json::json;
use std::time::Duration;

const PATH: &str = "2010-04-01/Accounts/AC1/Messages.json";
const PHONE: &str = "/profile/notifications/phone";
const NUMBER: &str = "+441632960000";

/// Sets up the receiver as the server for text messages.
async fn gateway(ada: &Visitor) -> Receiver {
    let receiver = Receiver::open().await;
    let fields = [("account", "AC1"), ("token", "secret-token"), ("sender", "+441632960111"), ("baseUrl", &receiver.url), ("on", "true")];
    ada.form("/admin/sms", &fields).await.is(303);
    receiver
}

/// What was sent: to whom, and the words.
fn sent(receiver: &Receiver) -> Vec<(String, String)> {
    let read = |body: &str| {
        let url = reqwest::Url::parse(&format!("http://x/?{body}")).unwrap();
        let field = |name: &str| url.query_pairs().find(|(known, _)| known == name).map(|(_, value)| value.into_owned()).unwrap_or_default();
        assert_eq!(field("From"), "+441632960111");
        (field("To"), field("Body"))
    };
    receiver.heard(PATH).iter().map(|heard| read(&heard.body)).collect()
}

/// The code that was sent last.
fn code(receiver: &Receiver) -> String {
    sent(receiver).pop().unwrap().1[..6].to_owned()
}

async fn has_phone(who: &Visitor, receiver: &Receiver) {
    who.form(PHONE, &[("number", "+44 1632 960000")]).await.is(303);
    who.form(&format!("{PHONE}/confirm"), &[("code", &code(receiver))]).await.is(303);
    who.put(&format!("{API}/choices"), &json!({ "on": ["mention.APP", "mention.SMS"] })).await.is(200);
}

/// Lets the two minutes pass in which a message may still be read in the app.
fn soon(world: &World) {
    world.clock.advance(Duration::from_secs(121));
}

async fn settled(world: &World, state: &str, count: i64) {
    let query = || sql!("SELECT COUNT(*) FROM notice_deliveries WHERE channel = 'SMS' AND state = $1", state);
    eventually(&format!("{count} are {state}"), || async { world.count(query()).await == count }).await;
}

both! {
    async fn admins_set_it_up_and_test_it_and_the_token_is_never_shown(world) {
        let (ada, ana) = (world.admin("Ada").await, world.agent("Ana").await);
        let before = ana.get(&format!("{API}/choices")).await.json()["kinds"].to_string();
        ada.form("/admin/sms", &[("account", "AC1"), ("sender", NUMBER), ("baseUrl", "http://10.0.0.1"), ("on", "true")]).await.is(422);

        let receiver = gateway(&ada).await;

        ada.form("/admin/sms/test", &[("number", NUMBER)]).await.is(303);
        let said = ada.get("/admin/sms").await.is(200).text();
        assert!(said.contains("201") || said.contains("SM1"), "{said}");
        assert!(said.contains("AC1") && !said.contains("secret-token"));
        let heard = receiver.hears(PATH, 1).await.remove(0);
        assert_eq!(heard.header("authorization"), format!("Basic {}", STANDARD.encode("AC1:secret-token")));
        assert_eq!(sent(&receiver)[0].0, NUMBER);
        let kept: Vec<u8> = world.read().await.one(sql!("SELECT token FROM notice_sms")).await.unwrap();
        assert!(!String::from_utf8_lossy(&kept).contains("secret"), "it is sealed");
        ada.form("/admin/sms", &[("account", "AC1"), ("sender", NUMBER), ("baseUrl", &receiver.url)]).await.is(303);
        let other = [("account", "AC1"), ("sender", NUMBER), ("baseUrl", "https://elsewhere.example.net")];
        ada.form("/admin/sms", &other).await.is(422);
        assert!(!before.contains("SMS"), "{before}");
        assert!(!ana.get(&format!("{API}/choices")).await.json()["kinds"].to_string().contains("SMS"), "it is off again");
        receiver.answers(400);
        ada.form("/admin/sms/test", &[("number", NUMBER)]).await.is(303);
        assert!(ada.get("/admin/sms").await.text().contains("400 21211 Not a valid number"));
    }

    async fn a_phone_is_used_once_its_code_was_typed_in(world) {
        let (cleo, sue, ana, ada) = (world.customer("Cleo").await, world.supervisor("Sue").await, world.agent("Ana").await, world.admin("Ada").await);
        let receiver = gateway(&ada).await;
        let id = ticket_of(&cleo, &sue, &ana, "Printer").await;
        ana.form(PHONE, &[("number", "01632 960000")]).await.is(422);
        ana.form(PHONE, &[("number", NUMBER)]).await.is(303);
        ana.put(&format!("{API}/choices"), &json!({ "on": ["mention.APP", "mention.SMS"] })).await.is(200);
        sue.notes(&id, "@ana too early").await;
        has_unread(&ana, 1).await;
        let right = code(&receiver);
        let wrong = if right == "000000" { "000001" } else { "000000" };
        ana.form(&format!("{PHONE}/confirm"), &[("code", wrong)]).await.is(422);
        ana.form(&format!("{PHONE}/confirm"), &[("code", &right)]).await.is(303);
        assert!(ana.get("/profile/notifications").await.text().contains(NUMBER));
        sue.notes(&id, "@ana zebra").await;
        has_unread(&ana, 2).await;

        soon(world);

        settled(world, "SENT", 1).await;
        let (to, words) = sent(&receiver).pop().unwrap();
        assert_eq!((to.as_str(), receiver.heard(PATH).len()), (NUMBER, 2));
        assert!(words.contains("Printer: Sue mentioned you. ") && words.contains("/notifications/") && !words.contains("zebra"), "{words}");
        let log = ada.get("/admin/notifications?state=SENT").await.text();
        assert!(log.contains("SMS") && log.contains("200 queued SM1"), "{log}");
        ana.form(&format!("{PHONE}/remove"), &[]).await.is(303);
        sue.notes(&id, "@ana again").await;
        has_unread(&ana, 3).await;
        assert_eq!(world.count(sql!("SELECT COUNT(*) FROM notice_deliveries WHERE channel = 'SMS'")).await, 1);
    }

    async fn codes_are_few_and_so_are_tries_and_customers_have_none(world) {
        let (cleo, ana, ada) = (world.customer("Cleo").await, world.agent("Ana").await, world.admin("Ada").await);
        let receiver = gateway(&ada).await;
        cleo.form(PHONE, &[("number", NUMBER)]).await.is(403);
        ana.form(PHONE, &[("number", NUMBER)]).await.is(303);
        let right = code(&receiver);
        let wrong = if right == "000000" { "000001" } else { "000000" };
        for _ in 0..5 {
            ana.form(&format!("{PHONE}/confirm"), &[("code", wrong)]).await.is(422);
        }
        ana.form(&format!("{PHONE}/confirm"), &[("code", &right)]).await.is(422);
        ana.form(PHONE, &[("number", NUMBER)]).await.is(303);
        let late = code(&receiver);
        world.clock.advance(Duration::from_mins(11));
        ana.form(&format!("{PHONE}/confirm"), &[("code", &late)]).await.is(422);
        ana.form(PHONE, &[("number", NUMBER)]).await.is(303);
        ana.form(PHONE, &[("number", NUMBER)]).await.is(422);
        world.clock.advance(Duration::from_hours(1));
        ana.form(PHONE, &[("number", NUMBER)]).await.is(303);

        assert_eq!(sent(&receiver).len(), 4);
        ana.form(&format!("{PHONE}/confirm"), &[("code", &code(&receiver))]).await.is(303);
    }

    async fn nobody_gets_more_than_ten_an_hour_and_the_rest_comes_later(world) {
        let (cleo, sue, ana, ada) = (world.customer("Cleo").await, world.supervisor("Sue").await, world.agent("Ana").await, world.admin("Ada").await);
        let receiver = gateway(&ada).await;
        has_phone(&ana, &receiver).await;
        for n in 0..12 {
            let id = cleo.asks(&format!("Printer {n}")).await["id"].as_str().unwrap().to_owned();
            sue.notes(&id, "@ana look").await;
        }
        has_unread(&ana, 12).await;

        soon(world);

        settled(world, "SENT", 10).await;
        let waits = || sql!("SELECT COUNT(*) FROM notice_deliveries WHERE channel = 'SMS' AND state = 'WAITING' AND due_at > created_at + 600000000");
        eventually("two wait", || async { world.count(waits()).await == 2 }).await;
        assert_eq!(sent(&receiver).len(), 11);
        world.clock.advance(Duration::from_mins(61));
        settled(world, "SENT", 12).await;
    }

    async fn what_is_not_taken_now_is_tried_again_and_what_is_refused_says_why(world) {
        let (cleo, sue, ana, ada) = (world.customer("Cleo").await, world.supervisor("Sue").await, world.agent("Ana").await, world.admin("Ada").await);
        let receiver = gateway(&ada).await;
        let id = ticket_of(&cleo, &sue, &ana, "Printer").await;
        has_phone(&ana, &receiver).await;
        sue.notes(&id, "@ana look").await;
        has_unread(&ana, 1).await;
        receiver.answers(503);
        soon(world);
        receiver.hears(PATH, 2).await;
        let waits = || sql!("SELECT COUNT(*) FROM notice_deliveries WHERE channel = 'SMS' AND state = 'WAITING' AND locked_until IS NULL AND tries = 1");
        eventually("it waits", || async { world.count(waits()).await == 1 }).await;
        receiver.answers(400);

        world.clock.advance(Duration::from_secs(11));

        settled(world, "FAILED", 1).await;
        assert!(ada.get("/admin/notifications?state=FAILED").await.text().contains("400 21211 Not a valid number"));
    }
}
