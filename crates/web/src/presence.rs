//! Who looks at what, and who is typing: in memory, gone within 10 s after leaving.

use std::{
    collections::HashMap,
    sync::Mutex,
    time::{Duration, Instant},
};
use tokio::sync::broadcast;
use uuid::Uuid;

/// Whoever was not heard of for this long is gone.
const GONE: Duration = Duration::from_secs(9);
/// Typing counts for this long after the last key.
const TYPING: Duration = Duration::from_secs(6);

/// What somebody does with a thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Doing {
    /// Looks at it.
    Viewing,
    /// Writes an internal note.
    Noting,
    /// Writes a reply.
    Replying,
}

impl Doing {
    /// The word that pages show.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Viewing => "viewing",
            Self::Noting => "noting",
            Self::Replying => "replying",
        }
    }
}

struct Somebody {
    person: Option<Uuid>,
    name: String,
    thing: Uuid,
    doing: Doing,
    seen: Instant,
    typed: Option<Instant>,
}

/// Everybody on this node.
pub struct Presence {
    lines: Mutex<HashMap<Uuid, Somebody>>,
    changes: broadcast::Sender<Uuid>,
}

impl Default for Presence {
    fn default() -> Self {
        Self { lines: Mutex::default(), changes: broadcast::channel(256).0 }
    }
}

impl Presence {
    /// Hears of things whose company changed.
    pub(crate) fn changes(&self) -> broadcast::Receiver<Uuid> {
        self.changes.subscribe()
    }

    pub(crate) fn at(&self, line: Uuid, person: Option<Uuid>, name: &str, thing: Uuid, doing: Doing) {
        let Ok(mut lines) = self.lines.lock() else { return };
        let now = Instant::now();
        let before = lines.get(&line);
        let typed = if doing == Doing::Viewing { before.filter(|known| known.thing == thing).and_then(|known| known.typed) } else { Some(now) };
        let doing = match (doing, before) {
            (Doing::Viewing, Some(known)) if known.thing == thing && typed.is_some_and(|typed| typed.elapsed() < TYPING) => known.doing,
            _ => doing,
        };
        let changed = before.is_none_or(|known| known.thing != thing || known.doing != doing);
        let left = before.filter(|known| known.thing != thing).map(|known| known.thing);
        lines.insert(line, Somebody { person, name: name.to_owned(), thing, doing, seen: now, typed });
        drop(lines);
        if changed {
            let _ = self.changes.send(thing);
        }
        if let Some(left) = left {
            let _ = self.changes.send(left);
        }
    }

    pub(crate) fn leave(&self, line: Uuid) {
        let left = self.lines.lock().ok().and_then(|mut lines| lines.remove(&line));
        if let Some(somebody) = left {
            let _ = self.changes.send(somebody.thing);
        }
    }

    /// Who else is at a thing, one line a person, the busiest first.
    pub fn of(&self, thing: Uuid, except: Option<Uuid>) -> Vec<(String, Doing)> {
        let Ok(lines) = self.lines.lock() else { return Vec::new() };
        let mut people: HashMap<(Option<Uuid>, &str), Doing> = HashMap::new();
        for somebody in
            lines.values().filter(|somebody| somebody.thing == thing && somebody.seen.elapsed() < GONE && (somebody.person != except || except.is_none()))
        {
            let doing = if somebody.typed.is_some_and(|typed| typed.elapsed() < TYPING) { somebody.doing } else { Doing::Viewing };
            let known = people.entry((somebody.person, &somebody.name)).or_insert(doing);
            *known = (*known).max(doing);
        }
        let mut people: Vec<_> = people.into_iter().map(|((_, name), doing)| (name.to_owned(), doing)).collect();
        people.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        people
    }

    /// Forgets who is gone and tells those who stayed; called every second.
    pub fn sweep(&self) {
        let Ok(mut lines) = self.lines.lock() else { return };
        let mut changed: Vec<Uuid> = lines
            .values()
            .filter(|somebody| {
                somebody.seen.elapsed() >= GONE || somebody.doing != Doing::Viewing && somebody.typed.is_some_and(|typed| typed.elapsed() >= TYPING)
            })
            .map(|somebody| somebody.thing)
            .collect();
        lines.retain(|_, somebody| somebody.seen.elapsed() < GONE);
        for somebody in lines.values_mut().filter(|somebody| somebody.typed.is_some_and(|typed| typed.elapsed() >= TYPING)) {
            somebody.doing = Doing::Viewing;
            somebody.typed = None;
        }
        drop(lines);
        changed.dedup();
        for thing in changed {
            let _ = self.changes.send(thing);
        }
    }
}
