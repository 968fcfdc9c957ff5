//! What a rule would have done in the last 30 days. Nothing is written: it reads things and the journal, and asks.
//!
//! A rule of events is asked at each event it listens to, of the thing as it was then as far as the journal tells: what
//! changed later is put back. What the journal does not tell (description, organization, times) is as it is today. Where it
//! tells a name that nothing has any more, the value is not known, and what hangs on it is not told.

use crate::{
    Catalog, Definition, Leaf, Moment, Step, Turn,
    definition::{step_words, text},
    evaluate::{certainly, same},
};
use db::{Conn, Event, Query, Timestamp, event_columns};
use kernel::{Argument, Facts, Field, FieldKind, Result, Thing, Walk};
use serde_json::Value;
use std::{
    collections::{BTreeSet, HashMap},
    time::Duration,
};
use uuid::Uuid;

/// How far it looks back.
const BACK: Duration = Duration::from_hours(720);
/// Things of one look.
const LOT: i64 = 200;
/// More things than this are not asked.
const MOST: usize = 20_000;
/// More than this are counted, not listed.
const LISTED: usize = 100;

/// What came of it.
#[derive(Debug, Default)]
pub struct DryRun {
    /// Things that were asked.
    pub asked: usize,
    /// Things it would have changed.
    pub count: usize,
    /// Things of which it can't be told: what they held then is not known.
    pub unsure: usize,
    /// The first of those it would have changed, with the time it would have fired.
    pub first: Vec<(Thing, Timestamp)>,
    /// There were more things than it asks.
    pub is_cut: bool,
}

/// What a step would do.
#[derive(Clone, Debug)]
pub struct Deed {
    /// In words.
    pub words: String,
    /// What it would say to the first thing found, its variables filled in; as written where none was found.
    pub says: Option<String>,
}

/// The steps of a rule in words, as they would be for a thing.
pub(crate) async fn deeds(conn: &mut Conn, catalog: &Catalog, rule: &Value, example: Option<&Thing>) -> Result<Vec<Deed>> {
    let mut deeds = Vec::new();
    for step in rule["then"].as_array().into_iter().flatten() {
        let is_template = step["do"].as_str().and_then(|name| catalog.command(name)).is_some_and(|command| command.argument == Argument::Template);
        let mut says = is_template.then(|| text(&step["with"]));
        if let (Some(said), Some(thing), Some(variables)) = (&mut says, example, catalog.offer.variables) {
            *said = (variables.filled)(conn, thing.id, said).await?;
        }
        deeds.push(Deed { words: step_words(step, catalog), says });
    }
    Ok(deeds)
}

/// Asks a rule of all that something happened to in the last 30 days.
pub async fn dry_run(conn: &mut Conn, catalog: &Catalog, definition: &Definition) -> Result<DryRun> {
    let (now, mut told) = (conn.now(), DryRun::default());
    let since = now.minus(BACK);
    let fields = definition.fields();
    let mut after = (0, Uuid::nil());
    loop {
        let places = (catalog.offer.candidates)(conn, Walk::Since(since), after, LOT).await?;
        let Some(last) = places.last() else { return Ok(told) };
        after = *last;
        let ids: Vec<Uuid> = places.iter().map(|(_, id)| *id).collect();
        let mut events = if definition.is_time() { HashMap::new() } else { events_of(conn, &ids).await? };
        for thing in catalog.things(conn, &ids, &fields).await? {
            told.asked += 1;
            let would = if definition.is_time() {
                let fires = fires(definition, &Moment { facts: &thing.facts, turn: None, now }, &Past::default());
                if fires == Some(true) { Would::Fire(now) } else { Would::Not }
            } else {
                would_fire(catalog, definition, thing.facts.clone(), &events.remove(&thing.id).unwrap_or_default(), since)
            };
            match would {
                Would::Fire(at) => {
                    told.count += 1;
                    if told.first.len() < LISTED {
                        told.first.push((thing, at));
                    }
                }
                Would::Perhaps => told.unsure += 1,
                Would::Not => {}
            }
        }
        if told.asked >= MOST {
            told.is_cut = true;
            return Ok(told);
        }
    }
}

/// Its conditions are true, and at least one of its steps changes something; none when that hangs on what is not known.
fn fires(definition: &Definition, moment: &Moment<'_>, past: &Past) -> Option<bool> {
    let changes = |step: &Step| match step {
        Step::Run(command, argument) => match command.sets.as_deref() {
            Some(field) if past.is_lost(field) => None,
            Some(field) => Some(!same(moment.facts.get(field).unwrap_or(&Value::Null), argument)),
            None => Some(true),
        },
        Step::Assign(..) => Some(true),
    };
    let is_known = |leaf: &Leaf| !past.is_lost(&leaf.field.name) && (!leaf.op.asks_of_change() || !past.is_dim);
    let steps: Vec<Option<bool>> = definition.steps.iter().map(changes).collect();
    let does_something = if steps.contains(&Some(true)) { Some(true) } else { steps.iter().all(Option::is_some).then_some(false) };
    match (certainly(&definition.test, moment, &is_known), does_something) {
        (Some(false), _) | (_, Some(false)) => Some(false),
        (Some(true), Some(true)) => Some(true),
        _ => None,
    }
}

/// Lines about these things, the oldest first.
async fn events_of(conn: &mut Conn, ids: &[Uuid]) -> Result<HashMap<Uuid, Vec<Event>>> {
    let mut query = Query::with(concat!("SELECT ", event_columns!(), " FROM events WHERE subject_id IN "), Vec::new());
    query.list(ids.iter().copied()).push(" ORDER BY subject_id, seq");
    let mut found: HashMap<Uuid, Vec<Event>> = HashMap::new();
    for event in conn.all::<Event>(query).await? {
        found.entry(event.subject_id).or_default().push(event);
    }
    Ok(found)
}

/// What is known of a thing at a place in its past.
#[derive(Default)]
struct Past {
    /// Fields of which the journal does not tell what they held.
    lost: BTreeSet<String>,
    /// What this line changed is told by a name that nothing has any more.
    is_dim: bool,
}

impl Past {
    fn is_lost(&self, field: &str) -> bool {
        self.lost.contains(field)
    }
}

/// Whether it would have fired.
enum Would {
    Fire(Timestamp),
    /// It hangs on what is not known.
    Perhaps,
    Not,
}

/// When it would have fired last. Goes back in time: at each line the field that it changed gets its old value.
fn would_fire(catalog: &Catalog, definition: &Definition, mut facts: Facts, events: &[Event], since: Timestamp) -> Would {
    let (mut past, mut would) = (Past::default(), Would::Not);
    for event in events.iter().rev().take_while(|event| event.at >= since) {
        let data = event.facts();
        let name = catalog.event(&event.kind).and_then(|kind| kind.changes.field(&data));
        let turn = name.as_deref().map(|field| Turn::of(field, &data));
        let field = name.as_deref().and_then(|name| catalog.field(name));
        let old = field.zip(turn).map(|(field, turn)| as_stored(catalog, field, turn.old, data.get("oldValue").is_some()));
        if definition.events.contains(&event.kind.as_str()) {
            let new = field.zip(turn).map(|(field, turn)| as_stored(catalog, field, turn.new, data.get("newValue").is_some()));
            past.is_dim = [&old, &new].into_iter().flatten().any(|value| matches!(value, Stored::Lost));
            match fires(definition, &Moment { facts: &facts, turn, now: event.at }, &past) {
                Some(true) => return Would::Fire(event.at),
                Some(false) => {}
                None => would = Would::Perhaps,
            }
        }
        let (Some(name), Some(old)) = (name.filter(|name| facts.contains_key(&**name)), old) else { continue };
        match old {
            Stored::Value(value) => {
                past.lost.remove(&*name);
                facts.insert(name.into_owned(), value);
            }
            Stored::Lost => drop(past.lost.insert(name.into_owned())),
            Stored::AsToday => {}
        }
    }
    would
}

/// What an old value is to those who compare.
enum Stored {
    Value(Value),
    /// The words do not tell it: nothing, or more than one thing, is called like that now.
    Lost,
    /// The journal does not tell of such a field.
    AsToday,
}

/// Old values of some events are in words: back to what is stored. `is_exact`: this one is what was stored.
fn as_stored(catalog: &Catalog, field: &Field, old: &Value, is_exact: bool) -> Stored {
    if is_exact {
        return Stored::Value(old.clone());
    }
    let value = |list: &str, text: &str| {
        let known = || catalog.book.get(list).into_iter().flatten();
        let mut called = known().filter(|choice| choice.label == text);
        let only = called.next().filter(|_| called.next().is_none());
        known().find(|choice| choice.value == text).or(only).map(|choice| Value::from(choice.value.clone()))
    };
    let text = old.as_str().unwrap_or_default();
    let found = match &field.kind {
        FieldKind::Choice(_) | FieldKind::Choices(_) | FieldKind::Number if text.is_empty() && !old.is_number() => Some(Value::Null),
        FieldKind::Choice(list) => value(list, text),
        FieldKind::Choices(list) => text.split(", ").map(|text| value(list, text)).collect::<Option<Value>>(),
        FieldKind::Number if old.is_number() => Some(old.clone()),
        FieldKind::Number => serde_json::from_str(text).ok(),
        FieldKind::YesNo => Some(Value::Bool(old == true || text == "Yes")),
        FieldKind::Text => Some(Value::from(text.to_lowercase())),
        FieldKind::Words => Some(old.clone()),
        FieldKind::Time => return Stored::AsToday,
    };
    found.map_or(Stored::Lost, Stored::Value)
}
