//! Mail that goes out: replies to those who may read them, once, by a real server that is kind, slow, rude or gone.

use crate::{
    client::Visitor,
    mail_in::{Letter, SUPPORT, comes, mailbox, tokens},
    smtp::{Does, Smtp, Taken},
    world::{World, eventually},
};
use db::sql;
use mail::{number_in, subject_mark};
use serde_json::{Value, json};
use std::time::Duration;

/// An admin with a mailbox that sends by this server.
pub async fn sends(world: &World, smtp: &Smtp) -> Visitor {
    let ada = mailbox(world).await;
    let boxes = ada.get("/api/mail/mailboxes").await.is(200).json();
    by(&ada, boxes["items"][0]["id"].as_str().unwrap(), smtp).await;
    ada
}

pub async fn by(ada: &Visitor, mailbox: &str, smtp: &Smtp) {
    let how = json!({ "host": "127.0.0.1", "port": smtp.port, "security": "NONE", "answersFirst": false });
    ada.put(&format!("/api/mail/mailboxes/{mailbox}/sending"), &how).await.is(200);
}

pub async fn taken(smtp: &Smtp, count: usize) -> Vec<Taken> {
    eventually(&format!("{count} mails are out"), || async { smtp.taken().len() >= count }).await;
    smtp.taken()
}

/// The states of the mails about a ticket, the newest first.
pub async fn states(who: &Visitor, ticket: &str) -> Vec<Value> {
    who.get(&format!("/api/support/tickets/{ticket}/mails")).await.is(200).json()["items"].as_array().unwrap().clone()
}

async fn is_state(who: &Visitor, ticket: &str, state: &str) {
    eventually(&format!("its mail is {state}"), || async { states(who, ticket).await.first().is_some_and(|mail| mail["state"] == state) }).await;
}

both! {
    async fn a_reply_reaches_the_server_and_the_thread_says_so(world) {
        let smtp = Smtp::start().await;
        let ada = sends(world, &smtp).await;
        let letter = Letter::of("Maya Okafor <maya@lumen.test>", "Export is empty", "No rows.");
        let opened = comes(&ada, &letter).await;
        let (id, number) = (opened["ticketId"].as_str().unwrap(), opened["ticketNumber"].as_i64().unwrap());
        ada.notes(id, "Between **us**: a secret.").await;

        ada.replies(id, "Please *update* to 2.1.\n\n- one\n- <b>two</b>").await;

        let mails = taken(&smtp, 1).await;
        let (sent, read) = (&mails[0], mails[0].mail());
        assert_eq!((sent.from.as_str(), &sent.to[..]), (SUPPORT, &["maya@lumen.test".to_owned()][..]));
        assert_eq!(read.subject, format!("Re: {} Export is empty", subject_mark(number)));
        assert_eq!(number_in(&read.subject), Some(number));
        assert_eq!(read.in_reply_to, std::slice::from_ref(&letter.id));
        assert_eq!(read.references, std::slice::from_ref(&letter.id));
        let ticket = id.parse().unwrap();
        assert_eq!(tokens(world).of_address(&read.reply_to[0].address), Some(ticket));
        assert_eq!(tokens(world).of_message_id(read.message_id.as_deref().unwrap()).map(|(ticket, _)| ticket), Some(ticket));
        assert_eq!(tokens(world).of_marker(&read.text), Some(ticket));
        assert_eq!(sent.header("List-Id"), "<support.help.test>");
        assert_eq!(sent.header("Auto-Submitted"), "", "a person wrote it");
        assert!(sent.raw.is_ascii());
        for words in ["Please <em>update</em> to 2.1.", "prefers-color-scheme: dark", "&lt;b&gt;two&lt;/b&gt;"] {
            assert!(read.html.as_deref().unwrap().contains(words), "{words}: {:?}", read.html);
        }
        assert!(!sent.raw.contains("secret") && !read.text.contains("secret"));
        is_state(&ada, id, "SENT").await;
        assert_eq!(states(&ada, id).await[0]["words"], "250 queued as 42");

        let answer = Letter::of("maya@lumen.test", &format!("Re: {}", read.subject), "It works.").to(&read.reply_to[0].address);
        let joined = comes(&ada, &answer).await;
        assert_eq!((&joined["fate"], &joined["rule"]), (&json!("JOINED"), &json!("ADDRESS")), "{joined}");
        ada.replies(id, "Good.").await;
        let second = taken(&smtp, 2).await[1].mail();
        assert_eq!(second.references, [letter.id.clone(), read.message_id.clone().unwrap(), answer.id.clone()]);
        assert_eq!(second.in_reply_to, [answer.id]);
    }

    async fn copies_get_it_and_staff_and_those_who_can_t_be_reached_do_not(world) {
        let smtp = Smtp::start().await;
        let ada = sends(world, &smtp).await;
        let (cleo, bo) = (world.customer("Cleo").await, world.agent("Bo").await);
        let id = cleo.asks("Printer").await["id"].as_str().unwrap().to_owned();
        for copy in ["copy@partner.test", "gone@partner.test", SUPPORT] {
            ada.post(&format!("/api/support/tickets/{id}/followers"), &json!({ "email": copy, "part": "CC" })).await;
        }
        ada.post(&format!("/api/support/tickets/{id}/followers"), &json!({ "email": bo.email, "part": "FOLLOWER" })).await;
        let mut tx = world.write().await;
        tx.run(sql!("INSERT INTO bad_addresses (address, since, words) VALUES ('gone@partner.test', 0, '')")).await.unwrap();
        tx.commit().await.unwrap();

        ada.notes(&id, "A note.").await;
        cleo.replies(&id, "More words.").await;
        ada.replies(&id, "Turn it on.").await;

        let mut to: Vec<String> = taken(&smtp, 2).await.iter().flat_map(|mail| mail.to.clone()).collect();
        to.sort();
        assert_eq!(to, ["cleo@customer.test", "copy@partner.test"]);
        for mail in smtp.taken() {
            assert_eq!((mail.header("To").contains("cleo@customer.test"), mail.header("Cc").contains("copy@partner.test")), (true, true), "{}", mail.raw);
            assert!(!mail.raw.contains(&bo.email) && !mail.raw.to_lowercase().contains("\nbcc"), "{}", mail.raw);
            assert!(!mail.mail().text.contains("A note."));
        }
        assert_eq!(world.count(sql!("SELECT COUNT(*) FROM sendings WHERE state = 'FAILED' AND address = 'gone@partner.test'")).await, 1, "staff see why");
        assert_eq!(world.count(sql!("SELECT COUNT(*) FROM sendings")).await, 3);
    }

    async fn what_can_be_taken_back_waits(world) {
        let smtp = Smtp::start().await;
        let ada = sends(world, &smtp).await;
        let cleo = world.customer("Cleo").await;
        let id = cleo.asks("Printer").await["id"].as_str().unwrap().to_owned();
        let reply = |text: &'static str| { let (ada, id) = (&ada, &id); async move { ada.form(&format!("/desk/tickets/{id}/messages"), &[("kind", "reply"), ("content", text)]).await.is(303) } };
        reply("Taken back.").await;
        let held: db::Id<tickets::Message> = world.read().await.one(sql!("SELECT id FROM messages WHERE held_until IS NOT NULL")).await.unwrap();
        ada.form(&format!("/desk/tickets/{id}/messages/{held}/undo"), &[]).await.is(303);
        reply("Goes out.").await;
        assert_eq!(world.count(sql!("SELECT COUNT(*) FROM sendings")).await, 0);

        world.clock.advance(Duration::from_secs(61));

        let mails = taken(&smtp, 1).await;
        assert!(mails[0].mail().text.contains("Goes out."));
        assert_eq!((mails.len(), world.count(sql!("SELECT COUNT(*) FROM sendings")).await), (1, 1));
    }

    async fn a_server_that_says_later_is_asked_later_and_one_that_says_never_is_not(world) {
        let smtp = Smtp::start().await;
        let ada = sends(world, &smtp).await;
        let cleo = world.customer("Cleo").await;
        let id = cleo.asks("Printer").await["id"].as_str().unwrap().to_owned();
        smtp.plays(&[
            Does::Says("451 4.3.0 busy"),
            Does::SaysToReceiver("450 4.2.1 greylisted"),
            Does::Says("421 closing"),
            Does::CutsBefore,
            Does::CutsAfter,
        ]);
        ada.replies(&id, "Turn it on.").await;
        for tries in 1..=5 {
            eventually("it was tried", || async {
                let mail = states(&ada, &id).await;
                mail.first().is_some_and(|mail| mail["attempts"] == tries && mail["state"] == "QUEUED")
            })
            .await;
            world.clock.advance(Duration::from_mins(40));
        }
        is_state(&ada, &id, "SENT").await;
        let ids: Vec<_> = smtp.seen().iter().map(|mail| mail.header("Message-ID")).collect();
        assert!(ids.len() >= 2 && ids.iter().all(|id| *id == ids[0]), "the same Message-ID at each try: {ids:?}");
        assert_eq!(smtp.taken().len(), 1);

        smtp.plays(&[Does::SaysToReceiver("550 5.1.1 no such user")]);
        ada.replies(&id, "Is it on?").await;
        is_state(&ada, &id, "FAILED").await;
        let failed = states(&ada, &id).await[0].clone();
        assert_eq!((failed["words"].as_str().unwrap(), &failed["attempts"]), ("550 5.1.1 no such user", &json!(1)));
        let retry = format!("/api/support/tickets/{id}/mails/{}/retry", failed["id"].as_str().unwrap());
        ada.post(&retry, &json!({})).await.is(200);
        is_state(&ada, &id, "SENT").await;
        ada.post(&retry, &json!({})).await.is(409);
    }

    async fn a_server_that_is_gone_for_a_day_gets_all_of_it_once(world) {
        let smtp = Smtp::start().await;
        let ada = sends(world, &smtp).await;
        smtp.greets(Some("421 down"));
        let cleo = world.customer("Cleo").await;
        let id = cleo.asks("Printer").await["id"].as_str().unwrap().to_owned();
        for n in 0..20 {
            ada.replies(&id, &format!("Reply {n}.")).await;
        }
        for hour in 0..24 {
            // a try that ends after the clock was moved pauses from then on
            eventually("nobody is at it", || async { world.count(sql!("SELECT COUNT(*) FROM sendings WHERE state = 'SENDING'")).await == 0 }).await;
            tokio::time::sleep(Duration::from_millis(100)).await;
            let before = world.count(sql!("SELECT CAST(SUM(attempts) AS BIGINT) FROM sendings")).await;
            world.clock.advance(Duration::from_hours(1));
            if hour < 8 {
                eventually("some were tried", || async { world.count(sql!("SELECT CAST(SUM(attempts) AS BIGINT) FROM sendings")).await > before }).await;
            }
        }
        assert_eq!(smtp.seen().len(), 0);
        let route = ada.get(&format!("/api/mail/mailboxes/{}/sending", ada.get("/api/mail/mailboxes").await.json()["items"][0]["id"].as_str().unwrap())).await.json();
        assert_eq!(route["failure"], "421 down", "{route}");

        smtp.greets(None);
        eventually("all are out", || async {
            // never past the lease of a mail that is under way
            if world.count(sql!("SELECT COUNT(*) FROM sendings WHERE state = 'SENDING'")).await == 0 {
                world.clock.advance(Duration::from_mins(3));
            }
            smtp.taken().len() >= 20
        })
        .await;
        eventually("nobody is at it", || async { world.count(sql!("SELECT COUNT(*) FROM sendings WHERE state = 'SENDING'")).await == 0 }).await;
        world.clock.advance(Duration::from_hours(5));
        tokio::time::sleep(Duration::from_millis(1_500)).await;
        let mut texts: Vec<String> = smtp.taken().iter().map(|mail| mail.mail().text.lines().find(|line| line.starts_with("Reply ")).unwrap().to_owned()).collect();
        texts.sort();
        let mut expected: Vec<String> = (0..20).map(|n| format!("Reply {n}.")).collect();
        expected.sort();
        assert_eq!(texts, expected);
        eventually("all are told to be sent", || async { states(&ada, &id).await.iter().all(|mail| mail["state"] == "SENT") }).await;
    }

    async fn after_three_days_it_is_given_up(world) {
        let smtp = Smtp::start().await;
        let ada = sends(world, &smtp).await;
        smtp.greets(Some("554 not you"));
        let cleo = world.customer("Cleo").await;
        let id = cleo.asks("Printer").await["id"].as_str().unwrap().to_owned();
        ada.replies(&id, "Turn it on.").await;
        is_state(&ada, &id, "QUEUED").await;
        eventually("it was given up", || async {
            world.clock.advance(Duration::from_hours(5));
            states(&ada, &id).await[0]["state"] == "FAILED"
        })
        .await;
        assert_eq!(states(&ada, &id).await[0]["words"], "554 not you");
        assert_eq!(smtp.seen().len(), 0);
    }

    async fn a_slow_server_holds_nothing_else(world) {
        let (slow, smtp) = (Smtp::start().await, Smtp::start().await);
        slow.plays(&[Does::Sleeps; 10]);
        let ada = sends(world, &slow).await;
        let other = ada.post("/api/mail/mailboxes", &json!({ "address": "sales@help.test", "name": "Sales", "isOn": true })).await.is(201).id();
        by(&ada, &other, &smtp).await;
        let first = comes(&ada, &Letter::of("maya@lumen.test", "To support", "Words.")).await["ticketId"].as_str().unwrap().to_owned();
        let second = comes(&ada, &Letter::of("maya@lumen.test", "To sales", "Other words.").to("sales@help.test")).await["ticketId"].as_str().unwrap().to_owned();
        for _ in 0..5 {
            ada.replies(&first, "Slow.").await;
        }

        ada.replies(&second, "Quick.").await;

        assert_eq!(taken(&smtp, 1).await[0].from, "sales@help.test", "it goes by the mailbox it came to");
        assert!(slow.most_lines() <= 3, "as many lines as it may have");
        eventually("three are at work, two wait", || async { states(&ada, &first).await.iter().filter(|mail| mail["state"] == "SENDING").count() == 3 }).await;
    }

    async fn letters_wait_for_a_mailbox_and_go_out_once(world) {
        let smtp = Smtp::start().await;
        let nobody = world.stranger();
        nobody.form("/sign-up", &[("name", "Old"), ("email", "old@lumen.test"), ("password", "paper lanterns over the harbour")]).await.is(303);
        world.clock.advance(Duration::from_hours(25));
        nobody.form("/sign-up", &[("name", "Maya <b>"), ("email", "maya@lumen.test"), ("password", "paper lanterns over the harbour")]).await.is(303);
        let cleo = world.customer("Cleo").await;
        let id = cleo.asks("Printer").await["id"].as_str().unwrap().to_owned();
        world.agent("Bo").await.replies(&id, "Before there was a mailbox.").await;
        assert_eq!(world.outbox().await.len(), 2);
        tokio::time::sleep(Duration::from_millis(1_200)).await;
        assert_eq!(world.count(sql!("SELECT COUNT(*) FROM sendings")).await, 0);

        let ada = sends(world, &smtp).await;

        let mails = taken(&smtp, 1).await;
        assert_eq!(mails[0].to, ["maya@lumen.test"]);
        assert!(mails[0].mail().text.contains("/sign-up/"), "{}", mails[0].raw);
        assert_eq!(mails[0].header("Auto-Submitted"), "auto-generated");
        assert!(!mails[0].mail().html.unwrap().contains("<b>"));
        assert_eq!(world.outbox().await.iter().map(|mail| mail.to.clone()).collect::<Vec<_>>(), ["old@lumen.test"], "its link has ended");
        eventually("nothing of it is kept", || async { world.count(sql!("SELECT COUNT(*) FROM sendings WHERE text <> ''")).await == 0 }).await;
        nobody.form("/reset", &[("email", "cleo@customer.test")]).await.is(303);
        assert_eq!(taken(&smtp, 2).await[1].to, ["cleo@customer.test"], "later ones go at once");
        tokio::time::sleep(Duration::from_millis(1_200)).await;
        assert_eq!(smtp.taken().len(), 2, "the reply of before is not mailed");
        drop(ada);
    }

    async fn a_first_answer_says_nothing_of_the_sender_and_comes_once_an_hour(world) {
        let smtp = Smtp::start().await;
        let ada = mailbox(world).await;
        let boxes = ada.get("/api/mail/mailboxes").await.json();
        let how = json!({ "host": "127.0.0.1", "port": smtp.port, "security": "NONE", "answersFirst": true, "userName": "ada", "password": "pass word" });
        ada.put(&format!("/api/mail/mailboxes/{}/sending", boxes["items"][0]["id"].as_str().unwrap()), &how).await.is(200);

        comes(&ada, &Letter::of("Buy Pills <maya@lumen.test>", "Cheap pills", "At pills.test!")).await;
        comes(&ada, &Letter::of("maya@lumen.test", "Cheap pills 2", "At pills.test!!")).await;
        comes(&ada, &Letter::of("robot@lumen.test", "I am out", "Away.").with("Auto-Submitted: auto-replied")).await;

        let mails = taken(&smtp, 1).await;
        assert_eq!(mails[0].to, ["maya@lumen.test"]);
        assert!(!mails[0].mail().text.to_lowercase().contains("pills") && !mails[0].raw.to_lowercase().contains("pills"), "{}", mails[0].raw);
        assert_eq!(mails[0].header("Auto-Submitted"), "auto-replied");
        assert_eq!(smtp.signed_in(), ["AGFkYQBwYXNzIHdvcmQ="]);
        let secret: i64 = world.count(sql!("SELECT COUNT(*) FROM mailbox_sending WHERE password IS NOT NULL")).await;
        assert_eq!(secret, 1);
        tokio::time::sleep(Duration::from_millis(1_200)).await;
        assert_eq!(smtp.taken().len(), 1);
        world.clock.advance(Duration::from_mins(61));
        comes(&ada, &Letter::of("maya@lumen.test", "Again", "Words.")).await;
        taken(&smtp, 2).await;
    }
}
