//! A receiver of webhooks and of what is pushed: a real server that answers by the path it is asked at, and keeps what it heard.

use crate::{
    client::Visitor,
    world::{World, eventually},
};
use axum::{
    Router,
    body::{Body, Bytes},
    extract::Path,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse as _, Response},
    routing::any,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use db::sql;
use serde_json::{Value, json};
use std::{
    sync::{Arc, Mutex},
    time::Duration,
};
use uuid::Uuid;

pub const API: &str = "/api/webhooks";

/// One request as it came.
#[derive(Clone, Debug)]
pub struct Heard {
    pub path: String,
    pub headers: HeaderMap,
    pub body: String,
    pub bytes: Bytes,
}

impl Heard {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    pub fn kind(&self) -> String {
        self.json()["type"].as_str().unwrap_or_default().to_owned()
    }

    /// Signed by exactly these secrets, as a receiver checks it.
    pub fn is_signed_by(&self, secrets: &[&str]) {
        let keys: Vec<Vec<u8>> = secrets.iter().map(|secret| STANDARD.decode(secret.strip_prefix("whsec_").unwrap()).unwrap()).collect();
        let keys: Vec<&[u8]> = keys.iter().map(Vec::as_slice).collect();
        let signed = webhooks::sign(&keys, self.header("webhook-id"), self.header("webhook-timestamp").parse().unwrap(), &self.body).unwrap();
        assert_eq!(self.header("webhook-signature"), signed);
    }
}

#[derive(Clone, Default)]
struct Memory {
    heard: Arc<Mutex<Vec<Heard>>>,
    /// Requests at `/slow` under way, and the most that there were at once.
    slow: Arc<Mutex<(usize, usize)>>,
    /// What `/hook` and the server for text messages answer.
    mood: Arc<Mutex<u16>>,
}

pub struct Receiver {
    pub url: String,
    memory: Memory,
}

impl Receiver {
    pub async fn open() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let memory = Memory { mood: Arc::new(Mutex::new(200)), ..Memory::default() };
        let of = memory.clone();
        let router =
            Router::new().route("/{*path}", any(move |Path(path): Path<String>, headers: HeaderMap, body: Bytes| answer(of.clone(), path, headers, body)));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, memory }
    }

    pub fn at(&self, path: &str) -> String {
        format!("{}/{path}", self.url)
    }

    /// From now on `/hook` and the server for text messages answer this.
    pub fn answers(&self, status: u16) {
        *self.memory.mood.lock().unwrap() = status;
    }

    /// All that came at a path.
    pub fn heard(&self, path: &str) -> Vec<Heard> {
        self.memory.heard.lock().unwrap().iter().filter(|heard| heard.path == path).cloned().collect()
    }

    /// Waits until so many have come there.
    pub async fn hears(&self, path: &str, count: usize) -> Vec<Heard> {
        eventually(&format!("{count} at {path}"), || async { self.heard(path).len() >= count }).await;
        let heard = self.heard(path);
        assert_eq!(heard.len(), count, "{:?}", heard.iter().map(|heard| &heard.body).collect::<Vec<_>>());
        heard
    }

    /// The most that were at `/slow` at once.
    pub fn most_at_once(&self) -> usize {
        self.memory.slow.lock().unwrap().1
    }
}

async fn answer(memory: Memory, path: String, headers: HeaderMap, body: Bytes) -> Response {
    memory.heard.lock().unwrap().push(Heard { path: path.clone(), headers, body: String::from_utf8_lossy(&body).into_owned(), bytes: body });
    match path.as_str() {
        "hook" => StatusCode::from_u16(*memory.mood.lock().unwrap()).unwrap().into_response(),
        path if path.ends_with("/Messages.json") => {
            let status = StatusCode::from_u16(*memory.mood.lock().unwrap()).unwrap();
            let said =
                if status.is_success() { json!({ "sid": "SM1", "status": "queued" }) } else { json!({ "code": 21211, "message": "Not a valid number" }) };
            (status, said.to_string()).into_response()
        }
        "busy" => (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, "600")]).into_response(),
        "away" => (StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, "http://10.0.0.1/inner")]).into_response(),
        "near" => (StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, "/inner")]).into_response(),
        "huge" => "x\0".repeat(500_000).into_response(),
        "cut" => {
            let parts = [Ok(Bytes::from_static(b"half")), Err(std::io::Error::other("cut"))];
            Body::from_stream(futures::stream::iter(parts)).into_response()
        }
        "slow" => {
            {
                let mut slow = memory.slow.lock().unwrap();
                slow.0 += 1;
                slow.1 = slow.1.max(slow.0);
            }
            tokio::time::sleep(Duration::from_secs(4)).await;
            memory.slow.lock().unwrap().0 -= 1;
            StatusCode::OK.into_response()
        }
        _ => "thanks".into_response(),
    }
}

/// A webhook that hears of everything; its id and secret.
pub async fn webhook(admin: &Visitor, url: &str, change: Value) -> (String, String) {
    let mut wish = json!({ "name": "Hook", "url": url, "events": ["*"], "on": true });
    for (name, value) in change.as_object().unwrap() {
        wish[name] = value.clone();
    }
    let made = admin.post(API, &wish).await.is(201);
    (made.id(), made.json()["secret"].as_str().unwrap().to_owned())
}

/// The deliveries of a webhook, the newest first.
pub async fn log(admin: &Visitor, webhook: &str) -> Vec<Value> {
    admin.get(&format!("{API}/{webhook}/deliveries")).await.is(200).json()["items"].as_array().unwrap().clone()
}

/// Waits until the newest delivery is in this state; answers it whole.
pub async fn newest(admin: &Visitor, webhook: &str, state: &str) -> Value {
    eventually(&format!("the newest delivery is {state}"), || async { log(admin, webhook).await.first().is_some_and(|delivery| delivery["state"] == state) })
        .await;
    one(admin, webhook, log(admin, webhook).await[0]["id"].as_str().unwrap()).await
}

pub async fn one(admin: &Visitor, webhook: &str, delivery: &str) -> Value {
    admin.get(&format!("{API}/{webhook}/deliveries/{delivery}")).await.is(200).json()
}

/// Waits until the newest delivery has been tried so often.
pub async fn tried(admin: &Visitor, webhook: &str, tries: usize) -> Value {
    let count = async || match log(admin, webhook).await.first() {
        Some(delivery) => one(admin, webhook, delivery["id"].as_str().unwrap()).await["log"].as_array().unwrap().len(),
        None => 0,
    };
    eventually(&format!("{tries} tries"), || async { count().await >= tries }).await;
    one(admin, webhook, log(admin, webhook).await[0]["id"].as_str().unwrap()).await
}

/// Lets time go by for the program.
pub fn later(world: &World, seconds: u64) {
    world.clock.advance(Duration::from_secs(seconds));
}

/// A webhook that is off, and a delivery of its log.
pub async fn quiet(world: &World) -> (String, String) {
    let mut tx = world.write().await;
    let (webhook, delivery, now) = (Uuid::now_v7(), Uuid::now_v7(), tx.now());
    tx.run(sql!(
        "INSERT INTO webhooks (id, name, url, place, format, events, sends_notes, is_on, secret, since, version, created_at)
         VALUES ($1, 'Walk', 'https://127.0.0.2/', '127.0.0.2:443', 'JSON', 'ticket.woke', FALSE, FALSE, $2, 0, 1, 0)",
        webhook,
        seal::Seal::new(world.app.secret).seal(&webhooks::secret_place(webhook.into()), "whsec_AAAA").unwrap()
    ))
    .await
    .unwrap();
    tx.run(sql!(
        "INSERT INTO webhook_deliveries (id, webhook_id, kind, payload, brief, is_internal, is_test, state, tries, next_at, until, created_at)
         VALUES ($1, $2, 'webhook.test', '{}', '{}', FALSE, TRUE, 'DELIVERED', 1, 0, 0, $3)",
        delivery,
        webhook,
        now
    ))
    .await
    .unwrap();
    tx.commit().await.unwrap();
    (webhook.to_string(), delivery.to_string())
}
