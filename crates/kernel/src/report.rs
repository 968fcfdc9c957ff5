//! What a room tells the reports of its things. The engine that counts imports no room: the roof hands it these.

use crate::{Actor, PersonId, Result, TeamId};
use db::{Conn, Timestamp};
use futures::future::BoxFuture;
use uuid::Uuid;

/// A closed set of words that things are told apart by: how a ticket came in, what it is about.
#[derive(Clone, Copy, Debug)]
pub struct Dimension {
    /// As parameters name it: `channel`.
    pub name: &'static str,
    /// As people read it: `Channel`.
    pub label: &'static str,
    /// As the heading of all its words: `Channels`.
    pub plural: &'static str,
    /// Its words with what people read for them, in order.
    pub values: &'static [(&'static str, &'static str)],
}

/// A thing that is counted, as its room has it now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counted {
    /// Which one.
    pub id: Uuid,
    /// When it came in.
    pub created_at: Timestamp,
    /// The team that has it.
    pub team: Option<TeamId>,
    /// Who has it.
    pub agent: Option<PersonId>,
    /// Its word in each dimension of the room, in their order.
    pub words: Vec<&'static str>,
    /// Its tags.
    pub tags: Vec<String>,
    /// It is not done yet.
    pub is_open: bool,
}

/// A thing as a list shows it to somebody who may see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// Which one.
    pub id: Uuid,
    /// What people call it: `#1042`.
    pub number: String,
    /// Its subject.
    pub title: String,
    /// A path of this site.
    pub href: String,
    /// Where it stands: the glyph of the design.
    pub status: &'static str,
    /// Where it stands, in words.
    pub status_label: String,
    /// Who asked.
    pub requester: String,
    /// The team that has it.
    pub team: Option<String>,
    /// Who has it.
    pub agent: Option<String>,
}

/// A question about some things.
pub type AskAbout<A> = for<'a> fn(&'a mut Conn, &'a [Uuid]) -> BoxFuture<'a, Result<Vec<A>>>;
/// The same in somebody's name.
pub type AskAs<A> = for<'a> fn(&'a mut Conn, &'a Actor, &'a [Uuid]) -> BoxFuture<'a, Result<Vec<A>>>;

/// What things of a room are counted by, how they stand, and how a list shows them.
#[derive(Clone, Copy)]
pub struct Counting {
    /// The closed sets of words.
    pub dimensions: &'static [Dimension],
    /// How these stand now. What is gone or in the trash is left out: it does not count.
    pub counted: AskAbout<Counted>,
    /// Those of these that the actor may see, in any order: the room's own gate.
    pub shown: AskAs<Shown>,
}

/// What became of a promise about a thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Promise {
    /// Of which thing.
    pub id: Uuid,
    /// Which promise, by its place in `Promising::metrics`.
    pub metric: usize,
    /// It was kept.
    pub is_met: bool,
    /// When that was known: the answer, or the deadline that passed.
    pub at: Timestamp,
}

/// What a room promises about things of another, and what became of it.
#[derive(Clone, Copy)]
pub struct Promising {
    /// What is promised: its word and what people read for it. New ones come at the end.
    pub metrics: &'static [(&'static str, &'static str)],
    /// All that is decided about these things.
    pub decided: AskAbout<Promise>,
    /// Up to which place of the journal, at most the given one, the room has drawn its conclusions.
    pub read_up_to: for<'a> fn(&'a mut Conn, i64) -> BoxFuture<'a, Result<i64>>,
}
