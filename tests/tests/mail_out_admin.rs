//! What an admin sets for mail that goes out: servers, keys, tests, texts.

use crate::{
    mail_in::{SUPPORT, mailbox},
    mail_out::{sends, taken},
    smtp::{Does, Smtp},
};
use db::sql;
use serde_json::json;

both! {
    async fn a_mailbox_is_made_on_the_pages_and_a_test_tells_the_server_s_words(world) {
        let (smtp, ada) = (Smtp::start().await, world.admin("Ada").await);
        let port = smtp.port.to_string();
        let made = ada.form("/admin/mailboxes", &[("address", "Support@Help.test"), ("name", "Support"), ("isOn", "true"), ("mostAnHour", "500")]).await.is(303);
        let sending = made.header("location").to_owned();
        for (fields, words) in [
            (&[("host", "a host!"), ("security", "TLS")][..], "A host name"),
            (&[("host", "mx.test"), ("security", "SSL")], "security"),
            (&[("host", "mx.test"), ("userName", "ada")], "Say the password"),
            (&[("host", "mx.test"), ("port", "0")], "port"),
            (&[], "host"),
        ] {
            let page = ada.form(&sending, fields).await.is(422);
            assert!(page.text().contains(words), "{words}: {}", page.text());
        }
        ada.form(&format!("{sending}/test"), &[]).await.is(404);
        let how = [("host", "127.0.0.1"), ("port", &*port), ("security", "NONE"), ("userName", "ada"), ("password", "hush hush"), ("mostAtOnce", "2"), ("mostAMinute", "10")];
        ada.form(&sending, &how).await.is(303);
        assert!(!ada.get(&sending).await.is(200).text().contains("hush hush"));
        ada.form(&format!("{sending}/test"), &[]).await.is(303);
        let tested = smtp.taken();
        assert_eq!((tested[0].to[0].as_str(), tested[0].from.as_str()), (ada.email.as_str(), "support@help.test"));
        let api = sending.replace("/admin/", "/api/mail/");
        smtp.plays(&[Does::SaysToReceiver("550 5.7.1 relaying denied")]);
        let tried = ada.post(&format!("{api}/test"), &json!({})).await.is(200).json();
        assert_eq!(tried, json!({ "isSent": false, "words": "550 5.7.1 relaying denied" }));

        let elsewhere = json!({ "host": "evil.test", "port": 25, "security": "NONE", "userName": "ada" });
        ada.put(&api, &elsewhere).await.is(422); // the stored password goes to its own server alone
        let stored: Vec<u8> = world.read().await.one(sql!("SELECT password FROM mailbox_sending")).await.unwrap();
        assert!(!String::from_utf8_lossy(&stored).contains("hush"), "it is sealed");
        let key = ada.put(&format!("{api}/key"), &json!({})).await.is(200).json();
        assert!(key["name"].as_str().unwrap().ends_with("._domainkey.help.test") && key["value"].as_str().unwrap().starts_with("v=DKIM1; k=rsa; p=MII"), "{key}");
        assert!(ada.get(&sending).await.text().contains(key["value"].as_str().unwrap()));
        ada.form(&format!("{sending}/test"), &[]).await.is(303);
        assert!(smtp.taken()[1].raw.starts_with("DKIM-Signature: "));
        ada.form(&format!("{sending}/end"), &[]).await.is(303);
        ada.get(&api).await.is(404);
        ada.form(&sending.replace("/sending", "/remove"), &[]).await.is(303);
        ada.get(&sending).await.is(404);
    }

    async fn texts_are_an_admin_s_by_language(world) {
        let smtp = Smtp::start().await;
        let ada = sends(world, &smtp).await;
        let place = "/admin/mail-templates/reply";
        for (subject, text, act, words) in [
            ("Hello", "{{content}} {{requester.phone}}", "save", "There is no variable {{requester.phone}}"),
            ("{{content}}", "{{content}}", "save", "There is no variable {{content}}"),
            ("Hello", "Without it", "preview", "must stand in it once"),
            ("Hello", "{{content}} {{content}}", "test", "must stand in it once"),
            ("", "{{content}}", "save", "subject"),
        ] {
            let page = ada.form(place, &[("language", ""), ("subject", subject), ("text", text), ("act", act)]).await.is(422);
            assert!(page.text().contains(words), "{words}: {}", page.text());
        }
        ada.form("/admin/mail-templates/first-answer", &[("subject", "About {{ticket.title}}"), ("text", "x"), ("act", "save")]).await.is(422);
        ada.form(place, &[("language", "no tag!"), ("subject", "x"), ("text", "{{content}}"), ("act", "save")]).await.is(422);
        ada.get("/admin/mail-templates/nothing").await.is(404);
        let german = [("language", "de"), ("subject", "Antwort: {{ticket.title}}"), ("text", "Guten Tag {{recipient.first_name}},\n\n{{content}}\n\n**{{agent.name}}**")];
        assert!(ada.form(place, &[&german[..], &[("act", "preview")]].concat()).await.is(200).text().contains("Guten Tag Maya,"));
        ada.form(place, &[&german[..], &[("act", "test")]].concat()).await.is(303);
        assert!(taken(&smtp, 1).await[0].mail().text.contains("Guten Tag Maya,"));
        ada.form(place, &[&german[..], &[("act", "save")]].concat()).await.is(303);

        let cleo = world.person("Cleo [x](https://evil.test)", "cleo@customer.test", kernel::Role::Customer, None).await;
        let otto = world.customer("Otto").await;
        let mut tx = world.write().await;
        tx.run(sql!("UPDATE people SET language = 'de-AT' WHERE id = $1", cleo.id())).await.unwrap();
        tx.commit().await.unwrap();
        for who in [&cleo, &otto] {
            let ticket = who.asks("Printer").await["id"].as_str().unwrap().to_owned();
            ada.replies(&ticket, "Turn it on.").await;
        }

        let mails = taken(&smtp, 3).await;
        let of = |to: &str| mails.iter().find(|mail| mail.to[0] == to).unwrap().mail();
        let (german, other) = (of(&cleo.email), of("otto@customer.test"));
        assert!(german.subject.ends_with("Antwort: Printer") && german.text.contains("Guten Tag Cleo,") && german.text.contains("Turn it on."), "{german:?}");
        assert!(!german.html.unwrap().contains("href=\"https://evil.test"), "a name makes no link");
        assert!(other.subject.ends_with("] Printer") && !other.text.contains("Guten Tag"));
        ada.form(place, &[("language", "de"), ("subject", "x"), ("text", "{{content}}"), ("act", "forget")]).await.is(303);
        assert_eq!(world.count(sql!("SELECT COUNT(*) FROM mail_templates")).await, 0);
    }

    async fn who_is_no_admin_sets_nothing(world) {
        drop(mailbox(world).await);
        let sam = world.supervisor("Sam").await;
        for path in ["/admin/mailboxes", "/admin/mailboxes/new", "/admin/mail-templates", "/admin/mail-templates/reply"] {
            sam.get(path).await.is(403);
        }
    }

    async fn a_form_that_was_read_before_somebody_else_saved_overwrites_nothing(world) {
        let smtp = Smtp::start().await;
        let ada = sends(world, &smtp).await;
        let mailbox = ada.get("/api/mail/mailboxes").await.is(200).json()["items"][0].clone();
        let page = format!("/admin/mailboxes/{}", mailbox["id"].as_str().unwrap());
        let port = smtp.port.to_string();
        let source = [("host", "imap.test"), ("username", "u"), ("password", "p"), ("version", "0")];
        for (part, fields) in [
            ("", &[("address", SUPPORT), ("name", "First"), ("isOn", "true"), ("version", "1")][..]),
            ("/sending", &[("host", "127.0.0.1"), ("port", &port), ("security", "NONE"), ("version", "1")]),
            ("/fetching", &source),
        ] {
            ada.form(&format!("{page}{part}"), fields).await.is(303);
            let stale = ada.form(&format!("{page}{part}"), fields).await.is(409).text();
            assert!(stale.contains("Somebody else changed"), "{part}: {stale}");
            let shown = ada.get(&format!("{page}{part}")).await.is(200).text();
            let version = if part == "/fetching" { 1 } else { 2 };
            assert!(shown.contains(&format!("name=\"version\" value=\"{version}\"")), "{part}: {shown}");
            let api = format!("{page}{part}").replace("/admin/", "/api/mail/");
            let mut body: serde_json::Map<_, _> = fields.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
            body.remove("isOn");
            body.remove("port");
            body.insert("version".to_owned(), json!(7));
            let told = ada.put(&api, &json!(body)).await.is(409).json();
            assert_eq!(told["type"], "/problems/stale-version", "{told}");
            body.remove("version");
            ada.put(&api, &json!(body)).await.is(200);
        }
        let place = "/admin/mail-templates/reply";
        let words = [("subject", "Hi"), ("text", "{{content}}"), ("act", "save"), ("language", "de"), ("of", "de")];
        let read = |version| [&words[..], &[("version", version)]].concat();
        ada.form(place, &read("0")).await.is(303);
        assert!(ada.form(place, &read("0")).await.is(409).text().contains("Somebody else changed"));
        ada.form(place, &read("1")).await.is(303);
        let elsewhere = [("subject", "Hi"), ("text", "{{content}}"), ("act", "save"), ("language", "de"), ("of", ""), ("version", "2")];
        ada.form(place, &elsewhere).await.is(409);
    }
}
