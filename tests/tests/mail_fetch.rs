//! Mail fetched from a real IMAP server: what is taken, once, and what admins see of it.

use crate::{
    client::Visitor,
    dovecot::{Dovecot, PASSWORD, USER, now},
    mail_in::{Letter, SUPPORT},
    world::{World, eventually},
};
use db::sql;
use serde_json::{Value, json};
use std::time::Duration;

/// How to get at a server.
pub fn source(dovecot: &Dovecot, begin: &str) -> Value {
    json!({
        "isOn": true, "host": "127.0.0.1", "port": dovecot.imap.port(), "security": "NONE", "username": USER, "password": PASSWORD,
        "beginWith": begin, "silentHours": 24
    })
}

/// An admin with a mailbox that is fetched from there, and the path of how.
pub async fn fetched(world: &World, dovecot: &Dovecot, begin: &str) -> (Visitor, String) {
    let ada = world.admin("Ada").await;
    let id = ada.post("/api/mail/mailboxes", &json!({ "address": SUPPORT, "name": "Support", "isOn": true, "mostAnHour": 100_000 })).await.is(201).id();
    let path = format!("/api/mail/mailboxes/{id}/fetching");
    ada.put(&path, &source(dovecot, begin)).await.is(200);
    (ada, path)
}

fn letter(n: u32) -> String {
    Letter::of(&format!("p{n}@lumen.test"), &format!("Question {n}"), &format!("Words of {n}.")).raw()
}

async fn mails(world: &World) -> i64 {
    world.count(sql!("SELECT COUNT(*) FROM mails WHERE fate IS NOT NULL")).await
}

async fn tickets(world: &World) -> i64 {
    world.count(sql!("SELECT COUNT(*) FROM tickets")).await
}

async fn come(world: &World, count: i64) {
    eventually(&format!("{count} mails have their fate"), || async { mails(world).await == count }).await;
}

both! {
    async fn what_is_there_and_what_comes_is_taken_once_seen_or_not(world) {
        let mut dovecot = Dovecot::start().await;
        dovecot.gets(&letter(1));
        dovecot.puts(letter(2).as_bytes(), now() - Duration::from_hours(1_000), true);
        let (ada, path) = fetched(world, &dovecot, "ALL").await;
        come(world, 2).await;
        dovecot.gets(&letter(3));
        come(world, 3).await;

        let state = ada.get(&path).await.is(200).json();
        assert_eq!((tickets(world).await, &state["waiting"], &state["lastError"]), (3, &json!(0), &json!("")), "{state}");
        assert!(state["lastSuccessAt"].is_string() && state["lastMailAt"].is_string() && state["warnings"] == json!([]), "{state}");
        assert!(!state.to_string().contains(PASSWORD), "no secret is told");
        let source = ada.get("/api/mail?limit=1").await.json()["items"][0].clone();
        assert_eq!((&source["via"], &source["fate"]), (&json!("imap"), &json!("NEW_TICKET")));
        world.clock.advance(Duration::from_hours(25));
        let silent = ada.get(&path).await.is(200).json();
        assert!(silent["warnings"].to_string().contains("24 hours"), "{silent}");
        dovecot.end().await;
    }

    async fn from_now_on_means_what_comes_from_now_on_and_nothing_of_it_is_missed(world) {
        let mut dovecot = Dovecot::start().await;
        dovecot.puts(letter(1).as_bytes(), now() - Duration::from_hours(30), false);
        dovecot.puts(letter(2).as_bytes(), now() - Duration::from_mins(10), false);
        dovecot.stop().await;
        let (ada, path) = fetched(world, &dovecot, "NEW").await;
        eventually("the server is missed", || async { !ada.get(&path).await.json()["lastError"].as_str().unwrap().is_empty() }).await;
        // it came while nobody could look
        dovecot.puts(letter(3).as_bytes(), now() + Duration::from_secs(2), false);
        dovecot.renumbers().await;
        come(world, 1).await;
        // an old one that somebody moved here is new here
        dovecot.puts(letter(4).as_bytes(), now() - Duration::from_hours(500), true);
        come(world, 2).await;
        assert_eq!(tickets(world).await, 2);
        dovecot.end().await;
    }

    async fn a_server_that_numbers_anew_gives_nothing_twice(world) {
        let mut dovecot = Dovecot::start().await;
        for n in 0..20 {
            dovecot.gets(&letter(n));
        }
        let (ada, path) = fetched(world, &dovecot, "ALL").await;
        come(world, 20).await;
        dovecot.gets(&letter(20));
        dovecot.renumbers().await;
        come(world, 21).await;
        eventually("it was walked again", || async {
            world.count(sql!("SELECT COUNT(DISTINCT uid_validity) FROM mails")).await == 1 && ada.get(&path).await.json()["lastError"] == ""
        }).await;
        assert_eq!((mails(world).await, tickets(world).await), (21, 21));
        dovecot.end().await;
    }

    async fn a_mail_over_the_limit_has_failed_with_its_head_and_stops_nobody(world) {
        let mut dovecot = Dovecot::start().await;
        dovecot.gets(&letter(1));
        let line = "x".repeat(76) + "\r\n";
        dovecot.gets(&format!("{}{}", Letter::of("big@lumen.test", "Everything", "Look:").raw(), line.repeat(51 * 1024 * 1024 / line.len())));
        dovecot.gets(&letter(2));
        let (ada, _) = fetched(world, &dovecot, "ALL").await;
        come(world, 3).await;
        let failed = ada.get("/api/mail?fate=FAILED").await.json()["items"].as_array().unwrap().clone();
        assert_eq!((failed.len(), &failed[0]["subject"], &failed[0]["from"]), (1, &json!("Everything"), &json!("big@lumen.test")), "{failed:?}");
        assert!(failed[0]["reason"].as_str().unwrap().contains("50 MB") && failed[0]["size"].as_i64().unwrap() > 50 * 1024 * 1024, "{failed:?}");
        let head = ada.get(&format!("/api/mail/{}/source", failed[0]["id"].as_str().unwrap())).await.is(200).text();
        assert!(head.contains("Subject: Everything") && head.len() < 2_000, "{} bytes", head.len());
        dovecot.end().await;
    }

    async fn what_is_wrong_is_told_and_a_secret_goes_to_its_own_server_alone(world) {
        let dovecot = Dovecot::start().await;
        let (ada, path) = fetched(world, &dovecot, "ALL").await;
        let right = source(&dovecot, "ALL");
        let with = |name: &str, value: Value| {
            let mut body = right.clone();
            body[name] = value;
            body
        };
        let tried = ada.post(&format!("{path}/test"), &json!({})).await.is(200).json();
        assert_eq!((&tried["works"], &tried["mails"]), (&json!(true), &json!(0)), "{tried}");
        ada.put(&path, &with("password", json!("wrong"))).await.is(200);
        let tried = ada.post(&format!("{path}/test"), &json!({})).await.is(200).json();
        assert!(tried["works"] == false && tried["words"].as_str().unwrap().contains("AUTHENTICATIONFAILED"), "{tried}");
        eventually("it is shown", || async { ada.get(&path).await.json()["warnings"].to_string().contains("AUTHENTICATIONFAILED") }).await;

        let mut kept = right.clone();
        kept.as_object_mut().unwrap().remove("password");
        ada.put(&path, &kept).await.is(200);
        kept["host"] = json!("evil.test");
        let refused = ada.put(&path, &kept).await.is(422).json();
        assert!(refused.to_string().contains("password"), "{refused}");
        for (name, value) in [("host", json!("a b")), ("host", json!("")), ("port", json!(0)), ("security", json!("SSL")), ("username", json!("")), ("signIn", json!("OAUTH2")), ("credentialUntil", json!("soon")), ("silentHours", json!(-1)), ("nope", json!(1))] {
            ada.put(&path, &with(name, value)).await.is(422);
        }
        ada.put(&path, &with("credentialUntil", json!("2020-01-01"))).await.is(200);
        assert!(ada.get(&path).await.json()["warnings"].to_string().contains("has expired"));
        let page = ada.get(&path.replace("/api/mail/", "/admin/")).await.is(200).text();
        assert!(page.contains("has expired") && !page.contains(PASSWORD));
        ada.delete(&path).await.is(204);
        ada.get(&path).await.is(404);
        ada.delete(&path).await.is(404);
        dovecot.end().await;
    }
}
