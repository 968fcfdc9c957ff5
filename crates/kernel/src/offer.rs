//! What a room lets engines ask and do by a kind of thing it owns, and what other rooms add to that: so that rules need
//! not know the rooms, and a room need not know who adds to it.

use crate::{Actor, PersonId, Result, TeamId};
use db::{Conn, Event, Tx};
use futures::future::BoxFuture;
use serde_json::{Map, Value};
use std::borrow::Cow;
use uuid::Uuid;

/// Present values of a thing, by the names of fields: texts, numbers, true or false, times as microseconds, words and ids
/// as text, several of them as a list. What is not there is null.
pub type Facts = Map<String, Value>;

/// Text that stands in the program, or that an admin wrote.
type Text = Cow<'static, str>;

/// An answer that comes.
pub type Coming<'a, T> = BoxFuture<'a, Result<T>>;

/// Names of the fields that are asked for.
pub type Wanted<'a> = &'a [String];

/// What a room offers about things.
#[derive(Clone, Copy, Debug)]
pub enum Offers {
    /// What can be asked and done by its own things.
    Own(&'static Offer),
    /// What it knows of the things of another room, and does to them.
    About(&'static Addition),
}

/// What engines may ask and do by a kind of thing.
#[derive(Debug)]
pub struct Offer {
    /// One of it, for people: `ticket`.
    pub one: &'static str,
    /// Several of it: `tickets`.
    pub many: &'static str,
    /// What can happen to it.
    pub events: &'static [EventKind],
    /// What can be asked of it.
    pub fields: &'static [Field],
    /// What can be done to it.
    pub commands: &'static [Command],
    /// What admins made beside these: custom fields.
    pub made: for<'a> fn(&'a mut Conn) -> Coming<'a, Made>,
    /// The members of a named list of choices, as they are now.
    pub choices: for<'a> fn(&'a mut Conn, &'a str) -> Coming<'a, Vec<Choice>>,
    /// Things with the values of the wanted fields. Those that are gone or put aside (trash, spam) are left out: rules let
    /// them alone.
    pub things: for<'a> fn(&'a mut Conn, &'a [Uuid], Wanted<'a>) -> Coming<'a, Vec<Thing>>,
    /// Does a command, with the room's own checks.
    pub run: for<'a> fn(&'a mut Tx, &'a Actor, Uuid, &'a str, &'a Value) -> Coming<'a, ()>,
    /// Things of a walk after a place, in order, with their places.
    pub candidates: for<'a> fn(&'a mut Conn, Walk, Place, i64) -> Coming<'a, Vec<Place>>,
    /// What texts of commands may hold in braces; none if they are taken as they are.
    pub variables: Option<Variables>,
    /// How such things are given to people; none if they are not.
    pub duty: Option<Duty>,
    /// What programs outside are told of an event, as the thing is now; none when it is gone.
    pub tell: for<'a> fn(&'a mut Conn, &'a Event) -> Coming<'a, Option<Told>>,
}

/// What a room adds to the offer of another one. Its names begin with its own: `sla.due`.
#[derive(Debug)]
pub struct Addition {
    /// The kind of thing: `ticket`.
    pub kind: &'static str,
    /// What can happen to it.
    pub events: &'static [EventKind],
    /// What can be asked of it.
    pub fields: &'static [Field],
    /// What can be done to it.
    pub commands: &'static [Command],
    /// The members of a named list of choices, as they are now.
    pub choices: for<'a> fn(&'a mut Conn, &'a str) -> Coming<'a, Vec<Choice>>,
    /// The values of the wanted fields, for those things that have any.
    pub facts: for<'a> fn(&'a mut Conn, &'a [Uuid], Wanted<'a>) -> Coming<'a, Vec<FactsOf>>,
    /// Does a command, with the room's own checks.
    pub run: for<'a> fn(&'a mut Tx, &'a Actor, Uuid, &'a str, &'a Value) -> Coming<'a, ()>,
}

/// What admins made.
#[derive(Clone, Debug, Default)]
pub struct Made {
    /// What can be asked.
    pub fields: Vec<Field>,
    /// What can be done.
    pub commands: Vec<Command>,
}

/// Facts of one thing.
pub type FactsOf = (Uuid, Facts);

/// A person, and how many of something they have.
pub type Load = (PersonId, i64);

/// One thing and its team.
pub type OfTeam = (Uuid, Option<TeamId>);

/// What programs outside are told of an event, with what staff may see.
#[derive(Clone, Debug)]
pub struct Told {
    /// The things with the field names of the API, by what they are: `ticket`, `message`, and `details` of the event.
    pub data: Value,
    /// It says what stands in an internal note; goes only to who asked for notes.
    pub is_internal: bool,
    /// The thing as people name it: `#1042 Printer`.
    pub label: String,
    /// Its page for staff.
    pub href: String,
    /// What was written, as written; empty when nothing was.
    pub text: String,
}

/// Where a walk over candidates stands: a number that grows, and the id.
pub type Place = (i64, Uuid);

/// Which things are walked over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Walk {
    /// Those that can still change by time.
    Alive,
    /// Those that something happened to since then.
    Since(db::Timestamp),
}

/// One thing with what was asked of it.
#[derive(Clone, Debug)]
pub struct Thing {
    /// Which one.
    pub id: Uuid,
    /// As people name it: `#1042 Printer`.
    pub label: String,
    /// Its page for staff.
    pub href: String,
    /// The values asked for.
    pub facts: Facts,
}

/// Something that can happen.
#[derive(Clone, Copy, Debug)]
pub struct EventKind {
    /// As the journal calls it: `ticket.priority_changed`.
    pub kind: &'static str,
    /// For people, after "when": `the priority changes`.
    pub label: &'static str,
    /// What its `old` and `new` belong to.
    pub changes: Change,
}

/// What an event changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// No field.
    Nothing,
    /// This field.
    Field(&'static str),
    /// The field whose name is this and what the event calls `field`.
    Named(&'static str),
}

impl Change {
    /// The name of the field, by the facts of an event.
    pub fn field(self, facts: &Value) -> Option<Text> {
        match self {
            Self::Nothing => None,
            Self::Field(name) => Some(Cow::Borrowed(name)),
            Self::Named(prefix) => facts["field"].as_str().map(|name| Cow::Owned(format!("{prefix}{name}"))),
        }
    }
}

/// What a field holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldKind {
    /// Any text.
    Text,
    /// A number.
    Number,
    /// True or false; nothing is false.
    YesNo,
    /// A point in time, before now or after it.
    Time,
    /// One of a named list, or none.
    Choice(Text),
    /// Any of a named list.
    Choices(Text),
    /// Several words, not of a closed list.
    Words,
}

/// Something that can be asked.
#[derive(Clone, Debug)]
pub struct Field {
    /// Stable name: `priority`.
    pub name: Text,
    /// For people: `Priority`.
    pub label: Text,
    /// What it holds.
    pub kind: FieldKind,
}

/// What a command needs to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Argument {
    /// A line of text.
    Word,
    /// Text of several lines.
    Text,
    /// Text of several lines with the variables of the offer.
    Template,
    /// A number.
    Number,
    /// A day, like 2026-11-22.
    Day,
    /// One of a named list.
    Choice(Text),
    /// One of a named list, or none.
    ChoiceOrNone(Text),
}

/// Something that can be done.
#[derive(Clone, Debug)]
pub struct Command {
    /// Stable name: `set_priority`.
    pub name: Text,
    /// For people: `Set priority to`.
    pub label: Text,
    /// What it needs to know.
    pub argument: Argument,
    /// The field that it sets to its argument; where that holds already it changes nothing.
    pub sets: Option<Text>,
}

/// Variables in the texts of commands: `{{ticket.number}}`. Whoever runs the command fills them in.
#[derive(Clone, Copy, Debug)]
pub struct Variables {
    /// Every variable, with what it stands for.
    pub known: &'static [(&'static str, &'static str)],
    /// Says in words which variable of a text there is not.
    pub unknown: fn(&str) -> Option<String>,
    /// A text as a command would say it of a thing now.
    pub filled: for<'a> fn(&'a mut Conn, Uuid, &'a str) -> Coming<'a, String>,
}

/// A member of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// As stored: a word or an id.
    pub value: String,
    /// For people.
    pub label: String,
}

/// How things of a kind are given to people.
#[derive(Clone, Copy, Debug)]
pub struct Duty {
    /// The command that gives one to a person, whoever has it.
    pub command: &'static str,
    /// The field that names the person.
    pub person: &'static str,
    /// The field that names the team.
    pub team: &'static str,
    /// The field that is true while it is work for somebody.
    pub is_work: &'static str,
    /// Events by which one may come to need somebody for the first time.
    pub begins: &'static [&'static str],
    /// Events by which one may be work again.
    pub returns: &'static [&'static str],
    /// Gives one to a person if nobody has it; false if somebody has.
    pub give: for<'a> fn(&'a mut Tx, &'a Actor, Uuid, PersonId) -> Coming<'a, bool>,
    /// Takes one from a person; false if it is not theirs.
    pub free: for<'a> fn(&'a mut Tx, &'a Actor, Uuid, PersonId) -> Coming<'a, bool>,
    /// What a person has that is not done, with its team; the first of it.
    pub held: for<'a> fn(&'a mut Conn, PersonId, i64) -> Coming<'a, Vec<OfTeam>>,
    /// How many each of these people has as work now; who has none may be left out.
    pub load: for<'a> fn(&'a mut Conn, &'a [PersonId]) -> Coming<'a, Vec<Load>>,
}
