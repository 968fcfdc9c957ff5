//! Whether a mail is from whom it says, by our own look: a DNS server of the test, and a signature that it makes.

use crate::{
    client::Visitor,
    mail_in::{Letter, SUPPORT},
    world::World,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use db::Engine;
use mail::{Origin, Trust, Via};
use mail_auth::{
    common::{crypto::Ed25519Key, headers::HeaderWriter as _},
    dkim::DkimSigner,
};
use serde_json::json;
use std::{
    net::{IpAddr, SocketAddr},
    time::{Duration, Instant},
};
use tokio::net::UdpSocket;

/// The first key of RFC 8032, 7.1.
const SEED: &str = "nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=";
const KEY: &str = "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";

/// What it says of a name: a text, nothing, or not a word.
fn record(name: &str) -> Option<String> {
    match name {
        "sel._domainkey.staff.test" => Some(format!("v=DKIM1; k=ed25519; p={KEY}")),
        "staff.test" => Some("v=spf1 ip4:9.9.9.0/24 -all".to_owned()),
        "_dmarc.staff.test" => Some("v=DMARC1; p=reject".to_owned()),
        _ => None,
    }
}

/// Answers questions for TXT (RFC 1035); to those about `slow.test` it says nothing.
async fn dns() -> SocketAddr {
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let address = socket.local_addr().unwrap();
    tokio::spawn(async move {
        let mut buffer = [0; 2_048];
        while let Ok((_, peer)) = socket.recv_from(&mut buffer).await {
            let (mut name, mut at) = (String::new(), 12);
            while buffer[at] != 0 {
                let end = at + 1 + usize::from(buffer[at]);
                name.push_str(&String::from_utf8_lossy(&buffer[at + 1..end]));
                name.push('.');
                at = end;
            }
            let (question, is_text) = (buffer[12..at + 5].to_vec(), buffer[at + 2] == 16);
            let name = name.trim_end_matches('.').to_lowercase();
            if name.ends_with("slow.test") {
                continue;
            }
            let found = record(&name).filter(|_| is_text);
            let mut answer = buffer[..2].to_vec();
            answer.extend([0x81, if found.is_some() { 0x80 } else { 0x83 }, 0, 1, 0, u8::from(found.is_some()), 0, 0, 0, 0]);
            answer.extend(question);
            if let Some(text) = found {
                let length = u8::try_from(text.len()).unwrap();
                answer.extend([0xc0, 12, 0, 16, 0, 1, 0, 0, 0, 60, 0, length + 1, length]);
                answer.extend(text.as_bytes());
            }
            let _ = socket.send_to(&answer, peer).await;
        }
    });
    address
}

fn signed(raw: &str) -> String {
    let key = Ed25519Key::from_seed_and_public_key(&STANDARD.decode(SEED).unwrap(), &STANDARD.decode(KEY).unwrap()).unwrap();
    let signer = DkimSigner::from_key(key).domain("staff.test").selector("sel").headers(["From", "To", "Subject", "Message-ID"]);
    signer.sign(raw.as_bytes()).unwrap().to_header() + raw
}

async fn looking() -> (World, Visitor) {
    let server = dns().await;
    let world = World::with(Engine::Sqlite, |config| (config.mail.authenticate, config.mail.dns_server) = (true, Some(server))).await;
    let ada = world.admin("Ada").await;
    ada.post("/api/mail/mailboxes", &json!({ "address": SUPPORT, "name": "Support", "isOn": true })).await.is(201);
    (world, ada)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_signature_or_the_right_server_proves_it_and_nothing_else_does() {
    let (world, _) = looking().await;
    let ana = world.agent("Ana").await;
    let from = |n: u32| Letter::of(&ana.email, &format!("Mail {n}"), "I am Ana.").raw();
    let client = |ip: &str| Some((ip.parse::<IpAddr>().unwrap(), "mx.staff.test".to_owned()));
    // what came, from where, and how far it is trusted
    let table = [
        (signed(&from(1)), None, Trust::Agent),
        (from(2), None, Trust::Failed),
        (signed(&from(3)).replace("I am Ana.", "I am Eve."), None, Trust::Failed),
        (from(4), client("9.9.9.9"), Trust::Agent),
        (from(5), client("8.8.8.8"), Trust::Failed),
        (signed(&from(6)), client("8.8.8.8"), Trust::Agent),
        (format!("Authentication-Results: mx.help.test; dmarc=pass\r\n{}", from(7)), None, Trust::Failed),
    ];
    for (raw, client, trust) in table {
        let origin = Origin { mailbox: None, via: Via::Smtp, envelope_from: Some(ana.email.clone()), envelope_to: Some(SUPPORT.to_owned()), uid: None, client };
        let taken = mail::take(&world.app, &origin, raw.clone().into()).await.unwrap();
        assert_eq!(taken.trust, Some(trust), "{}\n{raw}", taken.reason);
    }
    world.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dns_that_says_nothing_proves_nothing_and_keeps_nobody_waiting() {
    let (world, _) = looking().await;
    let letter = Letter::of("maya@slow.test", "Slow", "Words.").raw();
    let signed =
        format!("DKIM-Signature: v=1; a=ed25519-sha256; d=slow.test; s=sel; h=from; bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=; b=eA==\r\n{letter}");
    let client = Some(("8.8.8.8".parse().unwrap(), "mx.slow.test".to_owned()));
    let origin =
        Origin { mailbox: None, via: Via::Smtp, envelope_from: Some("maya@slow.test".to_owned()), envelope_to: Some(SUPPORT.to_owned()), uid: None, client };
    let began = Instant::now();
    let taken = mail::take(&world.app, &origin, signed.into()).await.unwrap();
    assert_eq!((taken.fate, taken.trust), (Some(mail::Fate::NewTicket), Some(Trust::Unknown)), "{}", taken.reason);
    assert!(began.elapsed() < Duration::from_secs(12), "{:?}", began.elapsed());
    world.end().await;
}
