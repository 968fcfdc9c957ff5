//! Signing in with a token (XOAUTH2): a provider of the test gives tokens, and a real IMAP server asks it about them.

use crate::{
    dovecot::{Dovecot, USER},
    mail_in::{Letter, SUPPORT},
    world::{World, eventually},
};
use db::{Engine, sql};
use serde_json::json;
use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
};

/// Gives a token for the refresh token `forever`, and says whose it is. Keeps what it was asked.
async fn provider() -> (SocketAddr, Arc<Mutex<Vec<String>>>) {
    let (listener, asked) = (TcpListener::bind("127.0.0.1:0").await.unwrap(), Arc::new(Mutex::new(Vec::new())));
    let (address, kept) = (listener.local_addr().unwrap(), Arc::clone(&asked));
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let (mut request, mut some) = (String::new(), [0; 4_096]);
            loop {
                let read = stream.read(&mut some).await.unwrap();
                request += &String::from_utf8_lossy(&some[..read]);
                let is_whole = request.starts_with("GET") && request.ends_with("\r\n\r\n") || request.contains("client_secret=");
                if read == 0 || is_whole {
                    break;
                }
            }
            let (status, body) = if request.starts_with("POST /token") && request.contains("refresh_token=forever") {
                ("200 OK", json!({ "access_token": "good-token", "expires_in": 3_600, "refresh_token": "forever" }))
            } else if request.starts_with("GET /info?token=good-token") {
                ("200 OK", json!({ "email": USER }))
            } else {
                ("400 Bad Request", json!({ "error": "invalid_grant", "error_description": "It was revoked." }))
            };
            kept.lock().unwrap().push(request);
            let body = body.to_string();
            let head = format!("HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
            let _ = stream.write_all((head + &body).as_bytes()).await;
        }
    });
    (address, asked)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refresh_token_gives_access_and_a_revoked_one_is_told() {
    let (provider, asked) = provider().await;
    let conf = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(conf.path(), format!("tokeninfo_url = http://{provider}/info?token=\nintrospection_mode = auth\nusername_attribute = email\n")).unwrap();
    std::fs::set_permissions(conf.path(), std::os::unix::fs::PermissionsExt::from_mode(0o644)).unwrap();
    let oauth = format!("auth_mechanisms = plain xoauth2\npassdb {{\n driver = oauth2\n mechanisms = xoauth2\n args = {}\n}}\n", conf.path().display());
    let mut dovecot = Dovecot::with(&oauth).await;
    let world = World::with(Engine::Sqlite, |config| {
        config.outgoing.http = true;
        config.outgoing.private.push("127.0.0.1".parse().unwrap());
    })
    .await;
    let ada = world.admin("Ada").await;
    let id = ada.post("/api/mail/mailboxes", &json!({ "address": SUPPORT, "name": "Support", "isOn": true })).await.is(201).id();
    let path = format!("/api/mail/mailboxes/{id}/fetching");
    let with = |refresh: &str| {
        json!({ "isOn": true, "host": "127.0.0.1", "port": dovecot.imap.port(), "security": "NONE", "username": USER, "signIn": "OAUTH2", "beginWith": "ALL",
                "tokenUrl": format!("http://{provider}/token"), "clientId": "us", "clientSecret": "hush", "refreshToken": refresh })
    };

    ada.put(&path, &with("gone")).await.is(200);
    let refused = ada.post(&format!("{path}/test"), &json!({})).await.is(200).json();
    ada.put(&path, &with("forever")).await.is(200);
    dovecot.gets(&Letter::of("maya@lumen.test", "By token", "Words.").raw());
    eventually("it came", || async { world.count(sql!("SELECT COUNT(*) FROM mails WHERE fate = 'NEW_TICKET'")).await == 1 }).await;
    let works = ada.post(&format!("{path}/test"), &json!({})).await.is(200).json();

    assert!(refused["works"] == false && refused["words"].as_str().unwrap().contains("invalid_grant It was revoked."), "{refused}");
    assert_eq!(works["mails"], 1, "{works}");
    let tokens = asked.lock().unwrap().iter().filter(|request| request.contains("refresh_token=forever")).count();
    assert_eq!(tokens, 1, "it is asked for once, and kept");
    assert!(asked.lock().unwrap().iter().any(|request| request.contains("client_id=us") && request.contains("grant_type=refresh_token")));
    dovecot.end().await;
    world.end().await;
}
