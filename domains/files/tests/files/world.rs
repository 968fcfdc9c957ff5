//! A small world: a real database and store in a temporary folder, the real router, people by their tokens,
//! and one kind of subject, `message`, that only its listed readers may see.

use axum::{
    Router,
    body::Body,
    http::{HeaderMap, Request, StatusCode},
};
use db::{Clock, Conn, Db, Migration, Options, sql};
use files::{File, Store};
use futures::future::BoxFuture;
use http_body_util::BodyExt as _;
use kernel::{Actor, Domain, Fault, Scope, Who};
use std::{
    any::Any,
    collections::HashMap,
    path::{Path, PathBuf},
    sync::Arc,
};
use tempfile::TempDir;
use tower::ServiceExt as _;
use uuid::Uuid;
use web::{App, Config, Credential, Room, Routes};

pub const ANA: &str = "00000000-0000-7000-8000-000000000001";
pub const BEN: &str = "00000000-0000-7000-8000-000000000002";
const READERS: Migration =
    Migration { name: "test/0001_readers", text: "CREATE TABLE subject_readers (\n  subject UUID NOT NULL,\n  reader UUID NOT NULL\n);" };
const MESSAGES: &[Domain] = &[Domain { kind: "message", may_see, staff_list: None, offer: None }];

pub struct World {
    pub app: App,
    pub db: Db,
    pub clock: Clock,
    pub store: Arc<Store>,
    pub router: Router,
    pub folder: PathBuf,
    /// Removed with the world.
    temporary: Option<TempDir>,
}

pub struct Told {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub bytes: Vec<u8>,
}

impl Told {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }
}

/// Ana and Ben by tokens that are their ids, guests by cookies that are their ticket's.
fn authenticate<'a>(_: &'a App, credential: Credential<'a>) -> BoxFuture<'a, Result<Option<Actor>, Fault>> {
    Box::pin(async move {
        Ok(match credential {
            Credential::Token(token) => Some(person(token)),
            Credential::Guest(ticket) => Some(guest(ticket.parse().unwrap())),
            Credential::Session(_) => None,
        })
    })
}

pub fn person(id: &str) -> Actor {
    Actor { who: Who::Token(vec![Scope::TicketsRead, Scope::TicketsWrite]), person: Some(id.parse().unwrap()), ..Actor::stranger() }
}

pub fn guest(ticket: Uuid) -> Actor {
    Actor { who: Who::Guest(ticket), ..Actor::stranger() }
}

fn may_see<'a>(conn: &'a mut Conn, actor: &'a Actor, subject: Uuid) -> BoxFuture<'a, Result<bool, Fault>> {
    Box::pin(async move {
        let reader = match actor.who {
            Who::Guest(ticket) => Some(ticket),
            _ => actor.person.map(db::Id::uuid),
        };
        let found: i64 = conn.one(sql!("SELECT COUNT(*) FROM subject_readers WHERE subject = $1 AND reader = $2", subject, reader)).await?;
        Ok(found > 0)
    })
}

/// A file in the folder; or, where `SUPPORT_ROOMS_POSTGRES_URL` names a server, a schema of the folder's name on it.
async fn database(folder: &Path, clock: Clock) -> Db {
    let Ok(server) = std::env::var("SUPPORT_ROOMS_POSTGRES_URL") else {
        return Db::open(&Options::Sqlite(folder.join("support.db")), clock).await.unwrap();
    };
    let name = folder.file_name().unwrap().to_str().unwrap().trim_start_matches('.').to_lowercase();
    let outside = Db::open(&Options::postgres(server.clone()), clock.clone()).await.unwrap();
    outside.raw(format!("CREATE SCHEMA IF NOT EXISTS {name}").leak()).await.unwrap();
    outside.close().await;
    Db::open(&Options::postgres(format!("{server}?options[search_path]={name}")), clock).await.unwrap()
}

impl World {
    pub async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path(), None).unwrap();
        Self::with(folder, store).await
    }

    pub async fn with(folder: TempDir, store: Store) -> Self {
        let world = Self::at(folder.path().to_owned(), store).await;
        Self { temporary: Some(folder), ..world }
    }

    /// In a folder that stays.
    pub async fn at(folder: PathBuf, store: Store) -> Self {
        let clock = Clock::default();
        let db = database(&folder, clock.clone()).await;
        let room = files::room();
        let steps: Vec<Migration> = [jobs::MIGRATIONS, web::MIGRATIONS, room.migrations, &[READERS]].concat();
        db.migrate(&steps).await.unwrap();
        let store = Arc::new(store);
        let config = Config { public_url: "http://help.test".to_owned(), trusted_proxies: Vec::new(), rate_limits: false, concurrency: 100 };
        let messages =
            Room { name: "messages", migrations: &[], domains: MESSAGES, nav: Vec::new(), panels: &[], routes: Routes::new, authenticate: Some(authenticate) };
        let states: Vec<Arc<dyn Any + Send + Sync>> = vec![Arc::clone(&store) as _];
        let app = App::new(db.clone(), config, &[messages], [7; 32], states);
        let router = web::router(app.clone(), (room.routes)());
        Self { app, db, clock, store, router, folder, temporary: None }
    }

    /// The same house after its program ended without a word.
    pub async fn again(self) -> Self {
        let Self { folder, temporary, .. } = self;
        let store = Store::open(&folder, None).unwrap();
        Self { temporary, ..Self::at(folder, store).await }
    }

    pub async fn send(&self, who: &str, method: &str, path: &str, headers: &[(&str, &str)], body: impl Into<Body>) -> Told {
        let mut request = Request::builder().method(method).uri(path);
        if let Some(ticket) = who.strip_prefix("guest ") {
            request = request.header("cookie", format!("guest={ticket}"));
        } else if !who.is_empty() {
            request = request.header("authorization", format!("Bearer {who}"));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = self.router.clone().oneshot(request.body(body.into()).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        Told { status: parts.status, headers: parts.headers, bytes: body.collect().await.unwrap().to_bytes().to_vec() }
    }

    pub async fn tus(&self, who: &str, method: &str, path: &str, headers: &[(&str, &str)], body: impl Into<Body>) -> Told {
        self.send(who, method, path, &[&[("tus-resumable", "1.0.0")], headers].concat(), body).await
    }

    pub async fn create(&self, who: &str, name: &str, size: usize) -> Told {
        use base64::Engine as _;
        let metadata = format!("filename {}", base64::engine::general_purpose::STANDARD.encode(name));
        self.tus(who, "POST", "/files/uploads", &[("upload-length", &size.to_string()), ("upload-metadata", &metadata)], "").await
    }

    pub async fn begin(&self, who: &str, name: &str, size: usize) -> String {
        let told = self.create(who, name, size).await;
        assert_eq!(told.status, StatusCode::CREATED, "{}", told.text());
        told.header("location").to_owned()
    }

    pub async fn patch(&self, who: &str, path: &str, offset: usize, body: impl Into<Body>) -> Told {
        self.tus(who, "PATCH", path, &[("upload-offset", &offset.to_string()), ("content-type", "application/offset+octet-stream")], body).await
    }

    /// A whole upload; answers its key.
    pub async fn upload(&self, who: &str, name: &str, bytes: &[u8]) -> String {
        let path = self.begin(who, name, bytes.len()).await;
        let told = self.patch(who, &path, 0, bytes.to_vec()).await;
        assert_eq!(told.status, StatusCode::NO_CONTENT, "{}", told.text());
        path.rsplit('/').next().unwrap().to_owned()
    }

    pub async fn attach(&self, actor: &Actor, keys: &[&str], message: Uuid) -> Result<Vec<File>, Fault> {
        let keys: Vec<String> = keys.iter().map(|key| (*key).to_owned()).collect();
        let mut tx = self.db.write().await.unwrap();
        let files = files::attach(&mut tx, actor, &keys, "message", message, 20).await?;
        tx.commit().await.unwrap();
        Ok(files)
    }

    /// A message that Ana may see, with one file of hers.
    pub async fn message(&self, name: &str, bytes: &[u8]) -> (Uuid, File) {
        let message = Uuid::now_v7();
        self.let_see(message, ANA.parse().unwrap()).await;
        let key = self.upload(ANA, name, bytes).await;
        let files = self.attach(&person(ANA), &[&key], message).await.unwrap();
        (message, files.into_iter().next().unwrap())
    }

    pub async fn let_see(&self, message: Uuid, reader: Uuid) {
        let mut tx = self.db.write().await.unwrap();
        tx.run(sql!("INSERT INTO subject_readers (subject, reader) VALUES ($1, $2)", message, reader)).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// What is on disk under a folder.
    pub fn names(&self, folder: &str) -> Vec<String> {
        names(&self.folder.join(folder))
    }

    /// Runs every job that is due.
    pub async fn work(&self) {
        let mut worker = jobs::Worker::new(self.db.clone());
        files::register(&mut worker, &self.db, &self.store);
        while worker.step().await.unwrap() {}
    }
}

fn names(folder: &Path) -> Vec<String> {
    std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

/// The sentences of a 422, by field.
pub fn fields(fault: Fault) -> HashMap<String, String> {
    match fault {
        Fault::Invalid(errors) => errors.0.into_iter().collect(),
        other => panic!("not a wrong field: {other}"),
    }
}
