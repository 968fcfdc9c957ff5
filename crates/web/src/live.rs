//! Live updates: one socket a page. It carries topics and positions, never content; the page asks for the
//! fragment as itself, so the gate decides once more. After a break the page says what it saw last.

use crate::{App, Failure, Presence, Visit, presence::Doing};
use axum::{
    extract::{
        WebSocketUpgrade,
        ws::{Message, WebSocket},
    },
    response::Response,
};
use db::{Db, Event, journal};
use http::{HeaderMap, header};
use kernel::{Actor, Fault, Scope};
use serde_json::{Value, json};
use std::{
    collections::{BTreeSet, VecDeque},
    sync::{
        Arc, Mutex,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};
use tokio::sync::{broadcast, watch};
use uuid::Uuid;

/// Rings remembered for pages that come back after a break.
const RECENT: usize = 4_096;
/// Topics of one page at most.
const TOPICS: usize = 20;
/// Lines that wait are looked for this often.
const SOON: Duration = Duration::from_millis(20);
/// A socket proves again that its session stands.
const PROVE: Duration = Duration::from_secs(15);

/// One line of the journal, as far as sockets need it.
pub(crate) struct Ring {
    seq: i64,
    topics: Vec<String>,
    staff_only: bool,
}

/// When the journal is looked at again.
enum Next {
    /// At once: there is more.
    More,
    /// After a moment: lines wait for an older transaction, which will not ring.
    Soon,
    /// When the bell rings.
    Ring,
}

/// The hub of this node.
pub struct Live {
    db: Db,
    rings: broadcast::Sender<Arc<Ring>>,
    recent: Mutex<VecDeque<Arc<Ring>>>,
    position: AtomicI64,
    /// Who looks at what.
    pub presence: Presence,
}

impl Live {
    pub(crate) fn new(db: Db) -> Self {
        Self { db, rings: broadcast::channel(1_024).0, recent: Mutex::default(), position: AtomicI64::new(0), presence: Presence::default() }
    }

    /// The last line of the journal that this node has rung. A page rendered now is told of everything after it.
    pub fn position(&self) -> i64 {
        self.position.load(Ordering::Acquire)
    }

    /// Follows the journal from its end on and rings whoever listens.
    pub async fn follow(app: App, mut stop: watch::Receiver<bool>) {
        let mut ear = app.db.bell().listen();
        let mut started = false;
        while !*stop.borrow() {
            let next = app.live.step(&app, &mut started).await.unwrap_or_else(|error| {
                tracing::warn!(%error, "the journal can't be read; live updates wait");
                Next::Ring
            });
            match next {
                Next::More => {}
                Next::Soon => tokio::select! { () = tokio::time::sleep(SOON) => {} _ = stop.changed() => {} },
                Next::Ring => tokio::select! { () = ear.wait() => {} _ = stop.changed() => {} },
            }
        }
    }

    async fn step(&self, app: &App, started: &mut bool) -> Result<Next, db::Error> {
        let mut conn = self.db.read().await?;
        if !*started {
            self.position.store(journal::head(&mut conn).await?, Ordering::Release);
            *started = true;
        }
        let (events, waits) = journal::look(&mut conn, self.position(), 500).await?;
        let next = match events.len() {
            500 => Next::More,
            _ if waits => Next::Soon,
            _ => Next::Ring,
        };
        drop(conn);
        for event in &events {
            if matches!(event.subject_kind.as_str(), "person" | "session" | "token" | "team" | "organization") {
                app.actors.clear();
            }
            let ring = Arc::new(Ring { seq: event.seq, topics: topics(app, event), staff_only: event.staff_only });
            if let Ok(mut recent) = self.recent.lock() {
                recent.push_back(Arc::clone(&ring));
                if recent.len() > RECENT {
                    recent.pop_front();
                }
            }
            let _ = self.rings.send(ring);
            self.position.store(event.seq, Ordering::Release);
        }
        Ok(next)
    }

    /// What rang after a position; none when that is too long ago to know.
    fn since(&self, after: i64) -> Option<Vec<Arc<Ring>>> {
        let recent = self.recent.lock().ok()?;
        let complete = after >= self.position() || recent.front().is_some_and(|first| first.seq <= after + 1);
        complete.then(|| recent.iter().filter(|ring| ring.seq > after).cloned().collect())
    }
}

fn topics(app: &App, event: &Event) -> Vec<String> {
    let mut topics = vec![format!("{}:{}", event.subject_kind, event.subject_id)];
    if let Some(list) = app.domain(&event.subject_kind).and_then(|domain| domain.staff_list) {
        topics.push(list.to_owned());
    }
    if let Some(people) = event.facts()["people"].as_array() {
        topics.extend(people.iter().filter_map(Value::as_str).map(|person| format!("person:{person}")));
    }
    topics
}

/// `GET /live`: the socket of a page.
pub(crate) async fn socket(visit: Visit, headers: HeaderMap, upgrade: WebSocketUpgrade) -> Result<Response, Failure> {
    let origin = headers.get(header::ORIGIN).and_then(|value| value.to_str().ok());
    let host = headers.get(header::HOST).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let same = origin.is_none_or(|origin| origin == visit.app.config.public_url || origin.split_once("://").is_some_and(|(_, authority)| authority == host));
    if !same {
        return Err(Fault::Forbidden("Live updates are for this site's own pages.".to_owned()).into());
    }
    if matches!(visit.actor.who, kernel::Who::Stranger) {
        return Err(Fault::SignIn.into());
    }
    visit.scope(Scope::TicketsRead)?;
    Ok(upgrade.read_buffer_size(4_096).write_buffer_size(0).max_message_size(8_192).on_upgrade(move |socket| Line::new(visit, headers).run(socket)))
}

/// One open socket.
struct Line {
    visit: Visit,
    headers: HeaderMap,
    id: Uuid,
    topics: BTreeSet<String>,
    viewing: Option<Uuid>,
}

impl Line {
    fn new(visit: Visit, headers: HeaderMap) -> Self {
        Self { visit, headers, id: Uuid::new_v4(), topics: BTreeSet::new(), viewing: None }
    }

    fn live(&self) -> &Live {
        &self.visit.app.live
    }

    async fn run(mut self, mut socket: WebSocket) {
        let app = self.visit.app.clone();
        let mut rings = app.live.rings.subscribe();
        let mut here = app.live.presence.changes();
        let mut prove = tokio::time::interval(PROVE);
        prove.tick().await;
        loop {
            let sent = tokio::select! {
                message = socket.recv() => match message {
                    Some(Ok(Message::Text(text))) => match self.hear(&text, &mut socket).await { Ok(()) => true, Err(()) => break },
                    Some(Ok(Message::Close(_)) | Err(_)) | None => break,
                    Some(Ok(_)) => true,
                },
                ring = rings.recv() => match ring {
                    Ok(ring) => self.pass_on(&ring, &mut socket).await,
                    Err(broadcast::error::RecvError::Lagged(_)) => self.ring_all(&mut socket).await,
                    Err(broadcast::error::RecvError::Closed) => break,
                },
                changed = here.recv() => match changed {
                    Ok(thing) => self.tell_presence(thing, &mut socket).await,
                    Err(_) => true,
                },
                _ = prove.tick() => if self.prove(&mut socket).await { true } else { break },
            };
            if !sent {
                break;
            }
        }
        app.live.presence.leave(self.id);
    }

    /// What the page says.
    async fn hear(&mut self, text: &str, socket: &mut WebSocket) -> Result<(), ()> {
        let Ok(said) = serde_json::from_str::<Value>(text) else { return Err(()) };
        if let Some(wanted) = said["subscribe"].as_array() {
            let after = said["after"].as_i64().unwrap_or(0);
            self.subscribe(wanted).await;
            return if self.catch_up(after, socket).await { Ok(()) } else { Err(()) };
        }
        if !self.visit.actor.is_staff() {
            return Ok(());
        }
        let id = |key: &str| said[key].as_str().and_then(|text| Uuid::parse_str(text).ok());
        if let Some(thing) = id("viewing") {
            self.be_at(thing, Doing::Viewing);
        } else if let Some(thing) = id("typing") {
            self.be_at(thing, if said["as"] == "note" { Doing::Noting } else { Doing::Replying });
        } else if id("leave").is_some() {
            self.viewing = None;
            self.live().presence.leave(self.id);
        }
        Ok(())
    }

    fn be_at(&mut self, thing: Uuid, doing: Doing) {
        if self.topics.iter().any(|topic| topic.ends_with(&thing.to_string())) {
            self.viewing = Some(thing);
            self.live().presence.at(self.id, self.visit.actor.person.map(db::Id::uuid), &self.visit.actor.name, thing, doing);
        }
    }

    async fn subscribe(&mut self, wanted: &[Value]) {
        let Ok(mut conn) = self.visit.app.db.read().await else { return };
        self.topics.clear();
        for topic in wanted.iter().filter_map(Value::as_str).take(TOPICS) {
            if may_hear(&self.visit.app, &mut conn, &self.visit.actor, topic).await {
                self.topics.insert(topic.to_owned());
            }
        }
    }

    async fn catch_up(&self, after: i64, socket: &mut WebSocket) -> bool {
        match self.live().since(after) {
            Some(missed) => {
                for ring in missed {
                    if !self.pass_on(&ring, socket).await {
                        return false;
                    }
                }
                true
            }
            None => self.ring_all(socket).await,
        }
    }

    async fn pass_on(&self, ring: &Ring, socket: &mut WebSocket) -> bool {
        if ring.staff_only && !self.visit.actor.is_staff() {
            return true;
        }
        match ring.topics.iter().find(|topic| self.topics.contains(*topic)) {
            Some(topic) => say(socket, &json!({ "topic": topic, "seq": ring.seq })).await,
            None => true,
        }
    }

    async fn ring_all(&self, socket: &mut WebSocket) -> bool {
        let seq = self.live().position();
        for topic in &self.topics {
            if !say(socket, &json!({ "topic": topic, "seq": seq })).await {
                return false;
            }
        }
        true
    }

    async fn tell_presence(&self, thing: Uuid, socket: &mut WebSocket) -> bool {
        if !self.visit.actor.is_staff() || self.viewing != Some(thing) {
            return true;
        }
        let people = self.live().presence.of(thing, self.visit.actor.person.map(db::Id::uuid));
        let people: Vec<Value> = people.into_iter().map(|(name, doing)| json!({ "name": name, "doing": doing.word() })).collect();
        say(socket, &json!({ "here": thing, "people": people })).await
    }

    /// False, after a last word, when the session or the right to a topic is gone.
    async fn prove(&mut self, socket: &mut WebSocket) -> bool {
        let visit = Visit::of(
            &self.visit.app,
            &http::Method::GET,
            &http::Uri::from_static("/live"),
            &self.headers,
            self.visit.address,
            Arc::clone(&self.visit.request_id),
        )
        .await;
        match visit {
            Ok(visit) if visit.actor.person == self.visit.actor.person && visit.actor.who == self.visit.actor.who => {
                self.visit.actor = visit.actor;
                let wanted: Vec<Value> = self.topics.iter().cloned().map(Value::String).collect();
                self.subscribe(&wanted).await;
                true
            }
            Err((_, Fault::Busy | Fault::Broken(_))) => true,
            _ => {
                say(socket, &json!({ "ended": true })).await;
                false
            }
        }
    }
}

/// A topic is `kind:id` of something the actor may see, `person:id` of oneself, or a list of staff.
async fn may_hear(app: &App, conn: &mut db::Conn, actor: &Actor, topic: &str) -> bool {
    match topic.split_once(':') {
        Some(("person", id)) => actor.person.is_some_and(|person| person.to_string() == id),
        Some((kind, id)) => {
            let (Some(domain), Ok(id)) = (app.domain(kind), Uuid::parse_str(id)) else { return false };
            (domain.may_see)(conn, actor, id).await.unwrap_or(false)
        }
        None => actor.is_staff() && app.domains.iter().any(|domain| domain.staff_list == Some(topic)),
    }
}

async fn say(socket: &mut WebSocket, value: &Value) -> bool {
    let sending = socket.send(Message::Text(value.to_string().into()));
    matches!(tokio::time::timeout(Duration::from_secs(10), sending).await, Ok(Ok(())))
}
