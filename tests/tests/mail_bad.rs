//! Mails that nobody should send: each is kept and has its fate, and the program goes on.

use crate::{
    mail_in::{Letter, SUPPORT, comes, mailbox},
    mail_listen::{Talk, last, listening},
    world::World,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use db::Engine;
use mail::Protocol;
use std::{fmt::Write as _, time::Instant};

fn head(subject: &str) -> String {
    format!("From: maya@lumen.test\r\nTo: {SUPPORT}\r\nSubject: {subject}\r\nMessage-ID: <{subject}@lumen.test>\r\nMIME-Version: 1.0\r\n")
}

fn with_parts(subject: &str, parts: impl Iterator<Item = String>) -> Vec<u8> {
    let mut raw = head(subject) + "Content-Type: multipart/mixed; boundary=b\r\n\r\n";
    for part in parts {
        write!(raw, "--b\r\n{part}\r\n").unwrap();
    }
    raw.push_str("--b--\r\n");
    raw.into_bytes()
}

fn file(name: &str, content: &str) -> String {
    format!(
        "Content-Type: application/octet-stream; name={name}\r\nContent-Disposition: attachment; filename={name}\r\nContent-Transfer-Encoding: base64\r\n\r\n{content}"
    )
}

/// Base64 of so many bytes, in lines.
fn bytes(count: usize) -> String {
    let line = STANDARD.encode([7_u8; 57]) + "\r\n";
    line.repeat(count / 57)
}

fn bad() -> Vec<(&'static str, Vec<u8>)> {
    let text = "Content-Type: text/plain\r\n\r\nLook at this.".to_owned();
    let mut nested = head("nested");
    for n in 0..200 {
        write!(nested, "Content-Type: multipart/mixed; boundary=n{n}\r\n\r\n--n{n}\r\n").unwrap();
    }
    nested.push_str("Content-Type: text/plain\r\n\r\nDeep down.\r\n");
    let mut links = head("links") + "Content-Type: text/html\r\n\r\n<p>";
    for n in 0..5_000 {
        write!(links, "<a href=\"https://evil.test/{n}\">link {n}</a>\r\n").unwrap();
    }
    let plain = |subject: &str, more: &str, body: &str| (head(subject) + more + "\r\n" + body + "\r\n").into_bytes();
    let mut eight_bit = plain("eight", "X-Other: x\r\n", "Text.");
    eight_bit.splice(0..0, b"From: J\xf6rg <joerg@lumen.test>\r\nSubject: Gr\xfc\xdfe \xff\xfe\r\n".iter().copied());
    vec![
        ("40 MB", with_parts("large", [text.clone(), file("large.bin", &bytes(29 * 1024 * 1024))].into_iter())),
        ("1,000 files", with_parts("files", std::iter::once(text).chain((0..1_000).map(|n| file(&format!("{n}.bin"), "eA=="))))),
        ("200 deep", nested.into_bytes()),
        ("5,000 links", links.into_bytes()),
        ("NUL", plain("nul", "X-Nul: a\0b\r\n", "NUL \0 within \0.")),
        ("8-bit headers", eight_bit),
    ]
}

async fn bad_mails_have_their_fate(engine: Engine) {
    let (world, ada) = listening(engine).await;
    let mut talk = Talk::with(&world, Protocol::Lmtp).await;
    for (what, raw) in bad() {
        let began = Instant::now();
        talk.envelope(&[(SUPPORT, "250")]).await;
        let told = talk.text(&raw).await;
        assert!(told.starts_with("250 "), "{what}: {told}");
        let told = last(&world, &ada).await;
        assert_eq!(told["fate"], "NEW_TICKET", "{what}: {told}");
        assert!(began.elapsed().as_secs() < 60, "{what} took {:?}", began.elapsed());
        let ticket = told["ticketId"].as_str().unwrap();
        ada.get(&format!("/desk/tickets/{ticket}")).await.is(200);
        let source = ada.get(&format!("/api/mail/{}/source", told["id"].as_str().unwrap())).await.is(200);
        assert_eq!(source.bytes, raw, "{what} is kept as it came");
    }
    world.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bad_mails_have_their_fate_on_sqlite() {
    bad_mails_have_their_fate(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bad_mails_have_their_fate_on_postgresql() {
    bad_mails_have_their_fate(Engine::Postgres).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn forged_authentication_results_are_not_believed() {
    let world = World::new(Engine::Sqlite).await;
    let (ada, ana) = (mailbox(&world).await, world.agent("Ana").await);
    let forged = Letter::of(&ana.email, "I am staff", "Do it.");
    let by_another = forged.clone().with("Authentication-Results: mx.evil.test; dmarc=pass");
    let below = Letter::of(&ana.email, "I am staff too", "Do it.")
        .with("Authentication-Results: mx.help.test; dmarc=fail")
        .with("Received: from evil.test")
        .with("Authentication-Results: mx.help.test; dmarc=pass");
    for letter in [by_another, below] {
        let told = comes(&ada, &letter).await;
        assert_eq!((&told["fate"], &told["trust"]), (&"HELD".into(), &"FAILED".into()), "{told}");
    }
    world.end().await;
}
