//! The world of a test: the real program on a database of its own, a clock we move, people as clients.

use crate::{client::Visitor, postgres};
use accounts::{NewPerson, Organization, Person, Session, Team, Token};
use db::{Clock, Conn, Engine, Tx};
use kernel::{Actor, Role, Scope};
use std::time::Duration;
use support::{Config, Running};
use tempfile::TempDir;
use tokio::sync::OnceCell;

/// A database of SQLite that was migrated once, which each test copies.
static SCHEMA: OnceCell<Vec<u8>> = OnceCell::const_new();

async fn schema() -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let opened = support::open(&Config::in_folder(folder.path()), Clock::default()).await.unwrap();
    opened.app.db.close().await;
    std::fs::read(folder.path().join("support.sqlite")).unwrap()
}

/// A program at work, on a database and a folder that nobody else has.
pub struct World {
    pub engine: Engine,
    pub clock: Clock,
    pub app: web::App,
    pub url: String,
    pub config: Config,
    /// Its data folder, gone with it.
    pub folder: TempDir,
    /// Where it listens for mail.
    pub mail: Vec<(mail::Protocol, std::net::SocketAddr)>,
    running: Option<Running>,
    database: Option<String>,
    http: reqwest::Client,
}

impl World {
    pub async fn new(engine: Engine) -> Self {
        Self::with(engine, |_| {}).await
    }

    /// With a configuration of its own.
    pub async fn with(engine: Engine, change: impl FnOnce(&mut Config)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        // receivers of webhooks are in this very process
        let outgoing = fetch::Rules { private: vec!["127.0.0.1".parse().unwrap()], http: true };
        let mut config = Config { rate_limits: false, listen: "127.0.0.1:0".parse().unwrap(), outgoing, ..Config::in_folder(folder.path()) };
        let mut database = None;
        if engine == Engine::Postgres {
            let (name, url) = postgres::database().await;
            (database, config.database_url) = (Some(name), Some(url));
            // each costs the server a process, and its plans anew
            config.database_connections = 5;
        }
        // no test asks the DNS of its machine
        config.mail.authenticate = false;
        change(&mut config);
        if engine == Engine::Sqlite && config.database_url.is_none() {
            std::fs::write(folder.path().join("support.sqlite"), SCHEMA.get_or_init(schema).await).unwrap();
        }
        let clock = Clock::default();
        let running = support::start(&config, clock.clone()).await.unwrap();
        // it speaks no TLS, so it reads no certificates
        let http = reqwest::Client::builder().no_proxy().tls_certs_only([]).redirect(reqwest::redirect::Policy::none());
        let http = http.timeout(Duration::from_mins(1)).build().unwrap();
        Self {
            engine,
            clock,
            app: running.app.clone(),
            url: format!("http://{}", running.address),
            mail: running.mail.clone(),
            config,
            folder,
            running: Some(running),
            database,
            http,
        }
    }

    /// Stops the program and removes its database.
    pub async fn end(mut self) {
        if let Some(running) = self.running.take() {
            running.stop().await;
        }
        if let Some(name) = self.database.take() {
            postgres::drop_database(&name).await;
        }
    }

    /// Stops the program; the database stays.
    pub async fn stop(&mut self) {
        if let Some(running) = self.running.take() {
            running.stop().await;
        }
    }

    /// Starts it again on the same database and clock, at another port.
    pub async fn start(&mut self) {
        let running = support::start(&self.config, self.clock.clone()).await.unwrap();
        (self.app, self.url, self.mail) = (running.app.clone(), format!("http://{}", running.address), running.mail.clone());
        self.running = Some(running);
    }

    pub async fn read(&self) -> Conn {
        self.app.db.read().await.unwrap()
    }

    pub async fn write(&self) -> Tx {
        self.app.db.write().await.unwrap()
    }

    /// Nobody: no session, no token.
    pub fn stranger(&self) -> Visitor {
        Visitor::new(self.http.clone(), &self.url)
    }

    pub async fn customer(&self, name: &str) -> Visitor {
        self.person(name, &format!("{}@customer.test", name.to_lowercase()), Role::Customer, None).await
    }

    /// Staff of no team.
    pub async fn agent(&self, name: &str) -> Visitor {
        self.staff(name, Role::Agent, None).await
    }

    pub async fn agent_of(&self, name: &str, team: &Team) -> Visitor {
        self.staff(name, Role::Agent, Some(team)).await
    }

    pub async fn supervisor(&self, name: &str) -> Visitor {
        self.staff(name, Role::Supervisor, None).await
    }

    pub async fn admin(&self, name: &str) -> Visitor {
        self.staff(name, Role::Admin, None).await
    }

    async fn staff(&self, name: &str, role: Role, team: Option<&Team>) -> Visitor {
        self.person(name, &format!("{}@staff.test", name.to_lowercase()), role, team).await
    }

    /// Somebody, signed in by a session.
    pub async fn person(&self, name: &str, email: &str, role: Role, team: Option<&Team>) -> Visitor {
        let system = Actor::system("Test");
        let mut tx = self.write().await;
        let person = Person::add(&mut tx, &system, NewPerson { email, name, role, password_hash: None, is_verified: true }).await.unwrap();
        if let Some(team) = team {
            team.join(&mut tx, &system, &person).await.unwrap();
        }
        let session = Session::begin(&mut tx, &person, "127.0.0.1", "test").await.unwrap();
        tx.commit().await.unwrap();
        self.stranger().being(&person).with_cookie("session", &session)
    }

    /// The same person as a program: by a token with these scopes.
    pub async fn token(&self, who: &Visitor, scopes: &[Scope]) -> Visitor {
        let mut tx = self.write().await;
        let secret = Token::add(&mut tx, &Actor::system("Test"), who.id(), "test", scopes, None).await.unwrap();
        tx.commit().await.unwrap();
        let person = Person::get(&mut self.read().await, who.id()).await.unwrap();
        self.stranger().being(&person).with_token(&secret)
    }

    pub async fn team(&self, name: &str) -> Team {
        let mut tx = self.write().await;
        let team = Team::add(&mut tx, &Actor::system("Test"), name).await.unwrap();
        tx.commit().await.unwrap();
        team
    }

    pub async fn organization(&self, name: &str, domain: &str, shares_requests: bool) -> Organization {
        let mut tx = self.write().await;
        let organization = Organization::add(&mut tx, &Actor::system("Test"), name, &[domain.to_owned()], shares_requests).await.unwrap();
        tx.commit().await.unwrap();
        organization
    }

    /// The actor that a visitor is to the program.
    pub async fn actor(&self, who: &Visitor) -> Actor {
        let secret = who.cookie("session").unwrap();
        (self.app.authenticate)(&self.app, web::Credential::Session(&secret)).await.unwrap().unwrap()
    }

    /// The mails that wait, the newest first: to, subject, text.
    pub async fn outbox(&self) -> Vec<accounts::mail::Waiting> {
        accounts::mail::outbox(&mut self.read().await, 50).await.unwrap()
    }

    pub async fn count(&self, query: db::Query) -> i64 {
        self.read().await.one(query).await.unwrap()
    }
}

/// How large a proof is: as large as asked for where `SUPPORT_TEST_WHOLE` is set (`bin/bench proofs`), else as small as still
/// proves it, for each run of `bin/test`.
pub fn sized(whole: usize, small: usize) -> usize {
    if std::env::var_os("SUPPORT_TEST_WHOLE").is_some() { whole } else { small }
}

/// Looks again and again, up to ten seconds, until it is so.
pub async fn eventually<F: Future<Output = bool>>(what: &str, mut is_so: impl FnMut() -> F) {
    for _ in 0..400 {
        if is_so().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("not within ten seconds: {what}");
}

/// Numbers that look random and are the same in every run.
pub struct Dice(pub u64);

impl Dice {
    pub fn next(&mut self) -> u64 {
        // splitmix64 (Steele, Lea, Flood 2014)
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % limit as u64).unwrap()
    }

    pub fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }
}

/// Each test runs on both engines: `name::sqlite` and `name::postgres`.
macro_rules! both {
    ($($(#[$meta:meta])* async fn $name:ident($world:ident) $body:block)+) => {$(
        $(#[$meta])*
        mod $name {
            use super::*;
            async fn tell($world: &$crate::world::World) $body
            #[tokio::test]
            async fn sqlite() {
                let world = $crate::world::World::new(db::Engine::Sqlite).await;
                tell(&world).await;
                world.end().await;
            }
            #[tokio::test]
            async fn postgres() {
                let world = $crate::world::World::new(db::Engine::Postgres).await;
                tell(&world).await;
                world.end().await;
            }
        }
    )+};
}
