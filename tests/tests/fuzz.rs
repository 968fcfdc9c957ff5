//! Two thousand requests that make no sense, over every route and method: never a 500, never half a write.

use crate::{
    client::encode,
    world::{Dice, World},
};
use db::sql;
use serde_json::{Value, json};
use std::fmt::Write as _;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

const REQUESTS: usize = 2_000;
const WORDS: &[&str] = &[
    "",
    "0",
    "-1",
    "1",
    "true",
    "null",
    "%00",
    "%FF",
    "%2e%2e%2f",
    "..",
    "'",
    "\"",
    "' OR 1=1 --",
    "<script>x</script>",
    "{{7*7}}",
    "9223372036854775807",
    "9223372036854775808",
    "1e400",
    "NaN",
    "\u{202e}",
    "\u{0}",
    "\u{10ffff}",
    "🦀",
    "ŞİĞ",
    "a,b,c",
    "%",
    "_",
    "\\",
    "019a90c2-7d1e-7b7f-9a53-0c1b6f1f3f10",
    "#1001",
    "OPEN",
    "HIGH",
    "mine",
    "trash",
    "-infinity",
    "2026-11-22T09:30:00Z",
    "9999-12-31T23:59:59Z",
    "-009999-01-01T00:00:00Z",
    "none",
    "a@b.test",
    "@",
    "note",
    "reply",
    "add",
    "remove",
    "follow",
    "+",
    "&",
    "=",
    ";",
    "\r\nx: y",
];
const FIELDS: &[&str] = &[
    "title",
    "description",
    "content",
    "category",
    "priority",
    "status",
    "version",
    "tags",
    "cc",
    "assignedTo",
    "assignee",
    "team",
    "teamId",
    "userId",
    "userEmail",
    "fileId",
    "internal",
    "kind",
    "email",
    "name",
    "act",
    "tag",
    "field",
    "limit",
    "cursor",
    "sort",
    "view",
    "q",
    "createdFrom",
    "createdTo",
    "updatedFrom",
    "requester",
    "organization",
    "channel",
    "role",
    "part",
    "password",
    "current",
    "next",
    "theme",
    "return_to",
    "zone",
    "language",
    "domains",
    "scopes",
    "expires",
    "person",
    "idempotencyKey",
    "messageId",
    "show",
    "e",
    "s",
    "after",
];
const KINDS: &[&str] = &[
    "application/json",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "multipart/form-data",
    "text/plain",
    "",
    "application/offset+octet-stream",
];

fn value(dice: &mut Dice, depth: usize) -> Value {
    match dice.below(if depth > 3 { 5 } else { 7 }) {
        0 => Value::Null,
        1 => json!(dice.below(2) == 0),
        2 => json!(i64::from_ne_bytes(dice.next().to_ne_bytes())),
        3 => json!(f64::from(u32::try_from(dice.next() % 1_000_000).unwrap()) / 7.0),
        4 => json!(dice.pick(WORDS)),
        5 => Value::Array((0..dice.below(4)).map(|_| value(dice, depth + 1)).collect()),
        _ => Value::Object((0..dice.below(4)).map(|_| ((*dice.pick(FIELDS)).to_owned(), value(dice, depth + 1))).collect()),
    }
}

fn pairs(dice: &mut Dice) -> String {
    let pairs: Vec<String> = (0..dice.below(6))
        .map(|_| {
            format!(
                "{}={}",
                dice.pick(FIELDS),
                if dice.below(4) == 0 { (*dice.pick(&["%00", "%FF", "%zz", "%"])).to_owned() } else { encode(dice.pick::<&str>(WORDS)) }
            )
        })
        .collect();
    pairs.join("&")
}

fn body(dice: &mut Dice, kind: &str) -> Vec<u8> {
    if dice.below(8) == 0 {
        return (0..dice.below(300)).map(|_| dice.next().to_le_bytes()[0]).collect();
    }
    match kind {
        "application/json" => {
            let fields = (0..dice.below(6)).map(|_| ((*dice.pick(FIELDS)).to_owned(), value(dice, 0))).collect();
            let mut text = Value::Object(fields).to_string();
            if dice.below(10) == 0 {
                text.truncate((0..text.len()).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0));
            }
            text.into_bytes()
        }
        "multipart/form-data; boundary=x" => {
            let mut text = String::new();
            for _ in 0..dice.below(4) {
                let name =
                    if dice.below(3) == 0 { "name=\"file\"; filename=\"../x\u{202e}gnp.html\"".to_owned() } else { format!("name=\"{}\"", dice.pick(FIELDS)) };
                write!(text, "--x\r\nContent-Disposition: form-data; {name}\r\n\r\n{}\r\n", dice.pick(WORDS)).unwrap();
            }
            text + if dice.below(5) == 0 { "--x" } else { "--x--\r\n" }
        }
        .into_bytes(),
        _ => pairs(dice).into_bytes(),
    }
}

/// Sends bytes as they are and reads the status; none when the server hung up.
async fn send(address: &str, head: &str, body: &[u8]) -> Option<(u16, String)> {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let _ = stream.write_all(&[head.as_bytes(), body].concat()).await;
    let mut answer = Vec::new();
    let _ = tokio::time::timeout(std::time::Duration::from_secs(20), stream.read_to_end(&mut answer)).await;
    let text = String::from_utf8_lossy(&answer).into_owned();
    Some((text.split(' ').nth(1)?.parse().ok()?, text))
}

async fn consistent(world: &World) {
    let halves = world.count(sql!("SELECT COUNT(*) FROM tickets t WHERE NOT EXISTS (SELECT 1 FROM messages m WHERE m.id = t.first_message_id AND m.ticket_id = t.id)
        OR NOT EXISTS (SELECT 1 FROM ticket_people l WHERE l.ticket_id = t.id AND l.part = 'REQUESTER') OR NOT EXISTS (SELECT 1 FROM events e WHERE e.subject_id = t.id AND e.kind = 'ticket.created')")).await;
    let counts = world.count(sql!("SELECT (SELECT COUNT(*) FROM events WHERE kind = 'ticket.created') - (SELECT COUNT(*) FROM tickets)")).await;
    assert_eq!((halves, counts), (0, 0), "tickets without their message, requester or event, and the difference of events and tickets");
}

both! {
    async fn nonsense_never_breaks_anything(world) {
        let mut dice = Dice(20_261_122);
        let people = [world.stranger(), world.customer("Cleo").await, world.agent("Ana").await, world.admin("Ada").await];
        let ticket = people[1].asks("T").await["id"].as_str().unwrap().to_owned();
        let routes = support::routes();
        let address = world.url.trim_start_matches("http://").to_owned();
        let mut broken = Vec::new();
        let mut told = std::collections::BTreeMap::<u16, usize>::new();

        for _ in 0..REQUESTS {
            let route = dice.pick(routes.list());
            // somebody stays signed in and in charge, so that the rest goes on meaning something
            if route.path.starts_with("/sign-out") || route.path.contains("disable") || route.path.ends_with("/role") || route.path.contains("sessions") || route.path.ends_with("/password") {
                continue;
            }
            let method = if dice.below(6) == 0 { *dice.pick(&["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"]) } else { &format!("{:?}", route.method).to_uppercase() };
            let path: Vec<String> = route.path.split('/').map(|part| match part.starts_with('{') {
                true if dice.below(3) > 0 => ticket.clone(),
                true => (*dice.pick(&["%00", "%FF", "..", "%2e%2e%2f%2e%2e%2fetc", "x", "%F0%9F%A6%80", "a%0d%0ax:y", "-1", "' "])).replace(' ', "%20"),
                false => part.to_owned(),
            }).collect();
            let query = if dice.below(2) == 0 { format!("?{}", pairs(&mut dice)) } else { String::new() };
            let kind = *dice.pick(KINDS);
            let body = if method == "GET" { Vec::new() } else { body(&mut dice, kind) };
            let who = dice.pick(&people);
            let extra = *dice.pick(&["", "", "Idempotency-Key: k\r\n", "Tus-Resumable: 1.0.0\r\nUpload-Length: 99999999999999999999\r\n", "Tus-Resumable: 1.0.0\r\nUpload-Length: 5\r\nUpload-Metadata: filename !!\r\n",
                "Authorization: Bearer \u{fffd}\r\n", "Cookie: flash=!!!!\r\n", "Range: bytes=9-1\r\n", "X-Forwarded-For: 1.2.3.4, x\r\n", "Turbo-Frame: ticket\r\n"]);
            let head = format!("{method} {}{query} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nCookie: {}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n{extra}\r\n", path.join("/"), who.cookies(), body.len());
            if let Some((status, text)) = send(&address, &head, &body).await {
                *told.entry(status).or_default() += 1;
                if status >= 500 {
                    broken.push(format!("{head}{}\n=> {}", String::from_utf8_lossy(&body), text.chars().take(200).collect::<String>()));
                }
            }
        }

        assert!(broken.is_empty(), "{} answers of 500 and more, the first:\n{}", broken.len(), broken[0]);
        assert!(told.len() > 8, "the nonsense reached many answers: {told:?}");
        consistent(world).await;
        people[2].ticket(&ticket).await;
    }
}
