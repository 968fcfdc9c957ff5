//! What a room has told to people: who is concerned by an event, and how its things are named to them. The engine that
//! tells imports no room: the roof hands it these.

use crate::{AskAs, Coming, PersonId};
use db::{Conn, Event};
use uuid::Uuid;

/// Whom a kind of notice is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// People of the staff.
    Staff,
    /// Customers.
    Customers,
}

/// By which ways a kind of notice goes out where a person chose nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ways {
    /// In the app.
    pub app: bool,
    /// By mail.
    pub mail: bool,
}

/// A kind of notice.
#[derive(Clone, Copy, Debug)]
pub struct NoticeKind {
    /// Its word: `mention`.
    pub word: &'static str,
    /// For the grid, after "tell me when": `somebody mentions me`.
    pub label: &'static str,
    /// What is said after the name of who did it; where nobody did, the whole: `mentioned you`.
    pub says: &'static str,
    /// Somebody did it; else it came to pass.
    pub has_author: bool,
    /// Whom it is for.
    pub audience: Audience,
    /// How it goes out where nothing was chosen.
    pub ways: Ways,
    /// It may be sent by mail. What customers get by mail anyway is not sent again.
    pub may_mail: bool,
}

/// Somebody whom an event concerns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Concern {
    /// Who.
    pub person: PersonId,
    /// Why: the word of a kind.
    pub kind: &'static str,
}

/// A thing as somebody who may see it knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// Which one.
    pub id: Uuid,
    /// What it is called: `#1042 Printer`.
    pub label: String,
    /// Its page for who asks.
    pub href: String,
}

/// What a room has told about a kind of thing.
#[derive(Clone, Copy)]
pub struct Telling {
    /// The kind of thing: `ticket`.
    pub of: &'static str,
    /// What can be told.
    pub kinds: &'static [NoticeKind],
    /// The kinds of events that concern somebody.
    pub events: &'static [&'static str],
    /// Whom one of these events concerns, the weightier reason first. Who did it may be among them.
    pub concerned: for<'a> fn(&'a mut Conn, &'a Event) -> Coming<'a, Vec<Concern>>,
    /// Those of these things that the actor may see now: the room's own gate.
    pub named: AskAs<Named>,
}
