//! The listener for LMTP and SMTP: what is taken, what is refused, and that nothing is relayed.

use crate::{
    client::Visitor,
    mail_in::{Letter, SUPPORT},
    world::{World, eventually},
};
use db::{Engine, sql};
use mail::Protocol;
use serde_json::{Value, json};
use std::net::SocketAddr;
use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufStream},
    net::TcpStream,
};

/// A program that listens on both, with an admin and mailboxes.
pub async fn listening(engine: Engine) -> (World, Visitor) {
    let here: SocketAddr = "127.0.0.1:0".parse().unwrap();
    let world = World::with(engine, |config| (config.mail.lmtp_listen, config.mail.smtp_listen) = (Some(here), Some(here))).await;
    let ada = world.admin("Ada").await;
    for (address, is_on) in [(SUPPORT, true), ("billing@help.test", true), ("closed@help.test", false)] {
        ada.post("/api/mail/mailboxes", &json!({ "address": address, "name": "Box", "isOn": is_on, "mostAnHour": 100_000 })).await.is(201);
    }
    (world, ada)
}

/// Somebody who speaks it.
pub struct Talk(BufStream<TcpStream>);

impl Talk {
    /// Greeted, and said hello to.
    pub async fn with(world: &World, protocol: Protocol) -> Self {
        let (_, address) = world.mail.iter().find(|(known, _)| *known == protocol).unwrap();
        let mut talk = Self(BufStream::new(TcpStream::connect(address).await.unwrap()));
        assert!(talk.hears().await.starts_with("220 "));
        let hello = if protocol == Protocol::Lmtp { "LHLO" } else { "EHLO" };
        let told = talk.says(&format!("{hello} client.test")).await;
        assert!(told.contains("PIPELINING") && told.contains("8BITMIME") && told.contains("SMTPUTF8") && told.contains("SIZE 52428800"), "{told}");
        talk
    }

    pub async fn sends(&mut self, bytes: &[u8]) {
        self.0.write_all(bytes).await.unwrap();
        self.0.flush().await.unwrap();
    }

    /// An answer, all of its lines; empty when the connection is closed.
    pub async fn hears(&mut self) -> String {
        let mut all = String::new();
        loop {
            let mut line = String::new();
            if self.0.read_line(&mut line).await.unwrap_or(0) == 0 {
                return all;
            }
            all += &line;
            if line.as_bytes().get(3) != Some(&b'-') {
                return all;
            }
        }
    }

    pub async fn says(&mut self, line: &str) -> String {
        self.sends(format!("{line}\r\n").as_bytes()).await;
        self.hears().await
    }

    /// Sender and recipients, each with the code that it gets.
    pub async fn envelope(&mut self, recipients: &[(&str, &str)]) {
        assert!(self.says("MAIL FROM:<maya@lumen.test> BODY=8BITMIME SMTPUTF8").await.starts_with("250 "));
        for (to, code) in recipients {
            let told = self.says(&format!("RCPT TO:<{to}>")).await;
            assert!(told.starts_with(code), "{to}: {told}");
        }
    }

    /// A text, with its dots stuffed; answers the answer.
    pub async fn text(&mut self, raw: &[u8]) -> String {
        assert!(self.says("DATA").await.starts_with("354 "));
        let mut stuffed = Vec::new();
        for line in raw.split_inclusive(|byte| *byte == b'\n') {
            if line.starts_with(b".") {
                stuffed.push(b'.');
            }
            stuffed.extend_from_slice(line);
        }
        stuffed.extend_from_slice(b".\r\n");
        self.sends(&stuffed).await;
        self.hears().await
    }
}

async fn mails(world: &World) -> i64 {
    world.count(sql!("SELECT COUNT(*) FROM mails")).await
}

/// The last mail, with its fate.
pub async fn last(world: &World, ada: &Visitor) -> Value {
    eventually("every mail has its fate", || async { world.count(sql!("SELECT COUNT(*) FROM mails WHERE fate IS NULL")).await == 0 }).await;
    ada.get("/api/mail?limit=1").await.is(200).json()["items"][0].clone()
}

async fn each_recipient_has_an_answer_and_strangers_are_refused(engine: Engine) {
    let (world, ada) = listening(engine).await;
    let mut talk = Talk::with(&world, Protocol::Lmtp).await;
    let letter = Letter::of("maya@lumen.test", "By LMTP", "Words.\r\n.\r\n..dots").raw();
    talk.envelope(&[
        (SUPPORT, "250"),
        ("nobody@help.test", "550 5.1.1"),
        ("someone@elsewhere.test", "550 5.1.1"),
        ("Billing+tag@help.test", "250"),
        ("closed@help.test", "450"),
    ])
    .await;
    let first = talk.text(letter.as_bytes()).await;
    let second = talk.hears().await;
    assert!(first.starts_with("250 ") && second.starts_with("250 "), "{first}{second}");
    let last = last(&world, &ada).await;
    assert_eq!((mails(&world).await, &last["via"]), (2, &json!("lmtp")));
    assert_eq!(world.count(sql!("SELECT COUNT(*) FROM tickets")).await, 1, "the same mail to two mailboxes is one ticket");
    let raw = ada.get(&format!("/api/mail/{}/source", last["id"].as_str().unwrap())).await.is(200).text();
    assert_eq!(raw, letter, "as it was before it was stuffed");

    // the same connection goes on, pipelined
    talk.sends(format!("MAIL FROM:<>\r\nRCPT TO:<{SUPPORT}>\r\nDATA\r\n").as_bytes()).await;
    for code in ["250", "250", "354"] {
        assert!(talk.hears().await.starts_with(code));
    }
    talk.sends(b"Subject: second\r\n\r\nx\r\n.\r\nQUIT\r\n").await;
    assert!(talk.hears().await.starts_with("250") && talk.hears().await.starts_with("221") && talk.hears().await.is_empty());
    assert_eq!(mails(&world).await, 3);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_recipient_has_an_answer_and_strangers_are_refused_on_sqlite() {
    each_recipient_has_an_answer_and_strangers_are_refused(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_recipient_has_an_answer_and_strangers_are_refused_on_postgresql() {
    each_recipient_has_an_answer_and_strangers_are_refused(Engine::Postgres).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn smtp_relays_nothing_takes_one_answer_and_refuses_what_is_forged_or_too_large() {
    let (world, ada) = listening(Engine::Sqlite).await;
    let mut talk = Talk::with(&world, Protocol::Smtp).await;
    for (line, code) in [
        ("RCPT TO:<support@help.test>", "503"),
        ("DATA", "503"),
        ("LHLO x", "502"),
        ("NONSENSE", "500"),
        ("MAIL FROM:<a@b.test> SIZE=99999999", "552"),
        ("MAIL FROM:<a@b.test> BODY=BINARYMIME", "555"),
        ("MAIL FROM: no brackets", "501"),
        ("VRFY support", "252"),
        ("NOOP", "250"),
        ("RSET", "250"),
        ("STARTTLS", "502"),
        ("AUTH PLAIN AGEAYg==", "502"),
    ] {
        let told = talk.says(line).await;
        assert!(told.starts_with(code), "{line}: {told}");
    }
    talk.envelope(&[(SUPPORT, "250"), ("billing@help.test", "250"), ("victim@elsewhere.test", "550"), ("victim%elsewhere.test@help.test", "550")]).await;
    let letter = Letter::of("maya@lumen.test", "By SMTP", "Grüße.");
    assert!(talk.text(letter.raw().as_bytes()).await.starts_with("250 "));
    assert_eq!(last(&world, &ada).await["via"], "smtp");

    let before = mails(&world).await;
    for smuggled in ["\n.\r\nMAIL FROM:<ceo@help.test>\r\n", "\r\n.\nMAIL FROM:<ceo@help.test>\r\n", "\n.\nMAIL FROM:<ceo@help.test>\r\n"] {
        talk.envelope(&[(SUPPORT, "250")]).await;
        assert!(talk.says("DATA").await.starts_with("354"));
        talk.sends(format!("Subject: outer\r\n\r\nx{smuggled}RCPT TO:<{SUPPORT}>\r\nDATA\r\nSubject: inner\r\n\r\n\r\n.\r\n").as_bytes()).await;
        let told = talk.hears().await;
        assert!(told.starts_with("554 5.6.11"), "{told}");
    }
    talk.envelope(&[(SUPPORT, "250")]).await;
    let told = talk.text(&b"x".repeat(50 * 1024 * 1024).chunks(70).flat_map(|line| [line, &b"\r\n"[..]].concat()).collect::<Vec<_>>()).await;
    assert!(told.starts_with("552"), "{told}");
    assert_eq!(mails(&world).await, before, "none of it is kept");
    assert!(talk.says("NOOP").await.starts_with("250"), "and the talk goes on");

    let mut many = Talk::with(&world, Protocol::Smtp).await;
    many.envelope(&[(SUPPORT, "250"); 100]).await;
    assert!(many.says(&format!("RCPT TO:<{SUPPORT}>")).await.starts_with("452"));
    let mut long = Talk::with(&world, Protocol::Smtp).await;
    long.sends(&vec![b'a'; 10_000]).await;
    assert!(long.hears().await.starts_with("500"));
    let mut bare = Talk::with(&world, Protocol::Smtp).await;
    bare.sends(b"NOOP\n").await;
    assert!(bare.hears().await.starts_with("500") && bare.hears().await.is_empty());
    let mut rude = Talk::with(&world, Protocol::Smtp).await;
    let mut told = String::new();
    for _ in 0..20 {
        told = rude.says("WHAT").await;
    }
    assert!(told.starts_with("421") && rude.hears().await.is_empty());
    world.end().await;
}
