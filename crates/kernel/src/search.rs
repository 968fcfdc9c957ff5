//! What a room lets people find: the texts of its things, and who may find each. The engine that searches imports no room:
//! the roof hands it these.

use crate::{Actor, AskAbout, Coming};
use db::{Conn, Event, Timestamp};
use uuid::Uuid;

/// A text of a thing with those who may find it. What only some may read is a document of its own: nobody's words touch
/// what others find.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Document {
    /// Which thing.
    pub thing: Uuid,
    /// Which text of it: `live`, `notes`. Unique within the thing, together with `file`.
    pub part: &'static str,
    /// The file whose text stands for the body.
    pub file: Option<FileRef>,
    /// Terms for who may find it; one of a reader's own is enough.
    pub audience: Vec<String>,
    /// Its title.
    pub title: String,
    /// Labels, headings and summary.
    pub heads: String,
    /// What it is about, as plain text.
    pub body: String,
    /// Names that are looked up whole: a number, an address.
    pub codes: Vec<String>,
    /// BCP 47 tag of its language; none when it is not known.
    pub language: Option<String>,
    /// What it can be narrowed by, as `status:open`, for everybody who finds it.
    pub facets: Vec<String>,
    /// The same for staff alone.
    pub staff_facets: Vec<String>,
    /// How fresh it is.
    pub at: Timestamp,
    /// Whom it helped, and whom not.
    pub votes: (i64, i64),
}

/// A file with a text in it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FileRef {
    /// Which one.
    pub id: Uuid,
    /// Its name.
    pub name: String,
}

/// A thing as a list of hits shows it to somebody who may open it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShownHit {
    /// Which one.
    pub id: Uuid,
    /// Its name in another system.
    pub external_id: Option<String>,
    /// Its title as this reader knows it.
    pub title: String,
    /// Its page for this reader.
    pub href: String,
    /// A few facts beside it: `#1042`, `Open`.
    pub facts: Vec<String>,
}

/// What is asked of the room again before a hit is shown: these parts of its things.
pub type Found<'a> = &'a [(Uuid, String)];

/// A kind of thing that can be found.
#[derive(Clone, Copy)]
pub struct Searchable {
    /// The kind as events and queries name it: `article`.
    pub kind: &'static str,
    /// Several of it, for people: `Articles`.
    pub many: &'static str,
    /// An icon for it.
    pub icon: &'static str,
    /// Whose texts a line of the journal may have changed.
    pub touched: fn(&Event) -> Option<Uuid>,
    /// All documents of these things, as they are now; a thing without one is found by nobody.
    pub documents: AskAbout<Document>,
    /// The ids of all things that may have documents, in order, after one.
    pub walk: for<'a> fn(&'a mut Conn, Option<Uuid>, i64) -> Coming<'a, Vec<Uuid>>,
    /// The thing at a path of this site, whoever may see it; none if it is none of these.
    pub at: for<'a> fn(&'a mut Conn, &'a str) -> Coming<'a, Option<Uuid>>,
    /// The terms of a reader: what they have in common with a document's audience lets them find it.
    pub audience: fn(&Actor) -> Vec<String>,
    /// Those of these that the actor may open now: the room's own gate.
    pub shown: for<'a> fn(&'a mut Conn, &'a Actor, Found<'a>) -> Coming<'a, Vec<ShownHit>>,
}

/// What a room asks of the engine that searches, by `App::state`; without one it looks by itself.
pub struct Finder(pub Find);

/// What a list wants.
#[derive(Clone, Debug)]
pub struct Sought {
    /// The kind of thing.
    pub kind: &'static str,
    /// As typed.
    pub text: String,
    /// How many at most.
    pub limit: usize,
    /// All words must be there as they are typed, the last one may go on unless it is a number: for a list that is narrowed, not ranked.
    pub is_narrow: bool,
}

/// The ids of things that an actor may find and that fit, the best first; none at all while there is no whole index. What it answers
/// may be a moment old: the list asks its own rights again.
pub type Find = Box<dyn Fn(Actor, Sought) -> Coming<'static, Option<Vec<Uuid>>> + Send + Sync>;
