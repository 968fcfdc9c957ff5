//! A house of few rooms with a database of its own (on `PostgreSQL` if `SUPPORT_ROOMS_POSTGRES_URL` names a server), and browsers that keep cookies.

use accounts::{NewPerson, Password, Person};
use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use db::{Clock, Db, Options};
use http_body_util::BodyExt;
use kernel::{Actor, Role};
use std::{any::Any, collections::BTreeMap, sync::Arc};
use tower::ServiceExt;
use web::{App, Config, Room, Routes};

/// Good enough for everybody here.
pub const PASSWORD: &str = "correct horse battery";

pub struct World {
    pub app: App,
    router: axum::Router,
    _folder: tempfile::TempDir,
}

impl World {
    pub async fn new(rooms: Vec<Room>, states: Vec<Arc<dyn Any + Send + Sync>>, rate_limits: bool) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let options = match std::env::var("SUPPORT_ROOMS_POSTGRES_URL") {
            Ok(url) => Options::postgres(fresh_database(&url).await),
            Err(_) => Options::Sqlite(folder.path().join("support.db")),
        };
        let db = Db::open(&options, Clock::default()).await.unwrap();
        let migrations: Vec<db::Migration> =
            jobs::MIGRATIONS.iter().chain(web::MIGRATIONS).chain(rooms.iter().flat_map(|room| room.migrations)).copied().collect();
        db.migrate(&migrations).await.unwrap();
        let config = Config { public_url: "http://localhost".to_owned(), trusted_proxies: Vec::new(), rate_limits, concurrency: 100 };
        let app = App::new(db, config, &rooms, [7; 32], states);
        let routes = rooms.iter().fold(Routes::new(), |all, room| all.merge((room.routes)()));
        Self { router: web::router(app.clone(), routes), app, _folder: folder }
    }

    /// Adds somebody who can sign in with `PASSWORD`.
    pub async fn person(&self, name: &str, role: Role) -> Person {
        let email = format!("{}@example.org", name.to_lowercase());
        let hash = Password::new(PASSWORD, &email, name).unwrap().hash().await.unwrap();
        let mut tx = self.app.db.write().await.unwrap();
        let new = NewPerson { email: &email, name, role, password_hash: Some(hash), is_verified: true };
        let person = Person::add(&mut tx, &Actor::system("Test"), new).await.unwrap();
        tx.commit().await.unwrap();
        person
    }

    pub fn browser(&self) -> Browser {
        Browser { router: self.router.clone(), cookies: BTreeMap::new() }
    }

    /// A browser in which this person is signed in.
    pub async fn signed_in(&self, person: &Person) -> Browser {
        let mut browser = self.browser();
        let seen = browser.post("/sign-in", &[("email", &person.email), ("password", PASSWORD)]).await;
        assert_eq!(seen.status, StatusCode::SEE_OTHER, "{}", seen.body);
        browser
    }
}

/// A database of its own on a server that the test run owns and throws away.
async fn fresh_database(url: &str) -> String {
    let name = format!("test_{}", uuid::Uuid::new_v4().simple());
    let server = Db::open(&Options::postgres(url), Clock::default()).await.unwrap();
    server.raw(Box::leak(format!("CREATE DATABASE {name}").into_boxed_str())).await.unwrap();
    server.close().await;
    let (server, query) = url.split_once('?').unwrap_or((url, ""));
    format!("{}/{name}?{query}", server.rsplit_once('/').unwrap().0)
}

pub struct Browser {
    router: axum::Router,
    pub cookies: BTreeMap<String, String>,
}

/// What a browser sees.
pub struct Seen {
    pub status: StatusCode,
    pub location: String,
    pub kind: String,
    pub body: String,
}

impl Browser {
    pub async fn get(&mut self, path: &str) -> Seen {
        self.send(Request::get(path), Body::empty()).await
    }

    /// With a bearer token instead of cookies.
    pub async fn get_with_token(&mut self, path: &str, token: &str) -> Seen {
        self.send(Request::get(path).header(header::AUTHORIZATION, format!("Bearer {token}")), Body::empty()).await
    }

    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Seen {
        let escape = |text: &str| percent_encoding::percent_encode(text.as_bytes(), percent_encoding::NON_ALPHANUMERIC).to_string();
        let body: Vec<String> = fields.iter().map(|(name, value)| format!("{}={}", escape(name), escape(value))).collect();
        self.send(Request::post(path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded"), Body::from(body.join("&"))).await
    }

    /// One file as a form without script sends it.
    pub async fn post_file(&mut self, path: &str, field: &str, name: &str, bytes: &[u8]) -> Seen {
        let mut body =
            format!("--cut\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"{name}\"\r\nContent-Type: application/octet-stream\r\n\r\n")
                .into_bytes();
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n--cut--\r\n");
        self.send(Request::post(path).header(header::CONTENT_TYPE, "multipart/form-data; boundary=cut"), Body::from(body)).await
    }

    async fn send(&mut self, request: axum::http::request::Builder, body: Body) -> Seen {
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = request.header(header::HOST, "localhost").header(header::COOKIE, cookies.join("; ")).body(body).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        for cookie in response.headers().get_all(header::SET_COOKIE) {
            let (name, value) = cookie.to_str().unwrap().split(';').next().unwrap().split_once('=').unwrap();
            if value.is_empty() {
                self.cookies.remove(name)
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned())
            };
        }
        let text = |name| response.headers().get(name).map(|value: &axum::http::HeaderValue| value.to_str().unwrap().to_owned()).unwrap_or_default();
        let (status, location, kind) = (response.status(), text(header::LOCATION), text(header::CONTENT_TYPE));
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        Seen { status, location, kind, body: String::from_utf8_lossy(&bytes).into_owned() }
    }
}
