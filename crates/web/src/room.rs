//! What a room gives to the roof, and the one question that `web` asks a room: who is this?

use crate::{App, Routes, Visit};
use db::Migration;
use futures::future::BoxFuture;
use http::HeaderMap;
use kernel::{Actor, Domain, Fault};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

/// A room: one line in `app` adds it to the house.
pub struct Room {
    /// Its name: `tickets`.
    pub name: &'static str,
    /// Its schema, oldest first.
    pub migrations: &'static [Migration],
    /// The things it owns.
    pub domains: &'static [Domain],
    /// What it shows in navigation.
    pub nav: Vec<ui::NavItem>,
    /// What it shows on pages of other rooms.
    pub panels: &'static [ui::Panel],
    /// Its pages and endpoints.
    pub routes: fn() -> Routes,
    /// How it tells who comes; one room has it.
    pub authenticate: Option<Authenticate>,
}

/// A part of a page that another room makes for this visit.
pub type Fill = for<'a> fn(&'a Visit, &'a HeaderMap) -> BoxFuture<'a, Result<String, Fault>>;

/// What rooms show on the help center's home, as state of the app. Made with the page and not by a frame that loads: nothing moves when it
/// comes.
pub struct OnHome(pub Vec<Fill>);

/// What somebody shows to prove who they are.
#[derive(Clone, Copy, Debug)]
pub enum Credential<'a> {
    /// The session cookie.
    Session(&'a str),
    /// A bearer token.
    Token(&'a str),
    /// The cookie of a guest's signed link.
    Guest(&'a str),
}

/// Tells who holds a credential; none when it is not, or no longer, good.
pub type Authenticate = for<'a> fn(&'a App, Credential<'a>) -> BoxFuture<'a, Result<Option<Actor>, Fault>>;

pub(crate) fn nobody<'a>(_: &'a App, _: Credential<'a>) -> BoxFuture<'a, Result<Option<Actor>, Fault>> {
    Box::pin(async { Ok(None) })
}

/// Other nodes learn of a changed right within this time at the latest; this node at once, by the journal.
const FRESH: Duration = Duration::from_secs(5);
/// More than this many actors are not remembered.
const MOST: usize = 20_000;

/// An actor and when it was looked up.
type Seen = (Instant, Arc<Actor>);

/// Actors seen in the last seconds, by the hash of what they showed.
#[derive(Default)]
pub struct ActorCache {
    known: Mutex<HashMap<[u8; 32], Seen>>,
}

impl ActorCache {
    /// The actor, if seen within the last seconds.
    pub fn get(&self, key: &[u8; 32]) -> Option<Arc<Actor>> {
        let known = self.known.lock().ok()?;
        known.get(key).filter(|(seen, _)| seen.elapsed() < FRESH).map(|(_, actor)| Arc::clone(actor))
    }

    /// Remembers an actor for some seconds.
    pub fn put(&self, key: [u8; 32], actor: Arc<Actor>) {
        if let Ok(mut known) = self.known.lock() {
            if known.len() >= MOST {
                known.clear();
            }
            known.insert(key, (Instant::now(), actor));
        }
    }

    /// Forgets everybody: somebody's rights or sessions changed.
    pub fn clear(&self) {
        if let Ok(mut known) = self.known.lock() {
            known.clear();
        }
    }
}
