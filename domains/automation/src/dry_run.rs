//! What a rule would have done in the last 30 days. Nothing is written: it reads things and the journal, and asks.
//!
//! A rule of events is asked at each event it listens to, of the thing as it was then as far as the journal tells: what
//! changed later is put back. What the journal does not tell (description, organization, times) is as it is today.

use crate::{Catalog, Definition, Moment, Step, Turn, evaluate, evaluate::same};
use db::{Conn, Event, Query, Timestamp, event_columns};
use kernel::{Facts, Field, FieldKind, Result, Thing, Walk};
use serde_json::Value;
use std::{collections::HashMap, time::Duration};
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
    /// The first of them, with the time it would have fired.
    pub first: Vec<(Thing, Timestamp)>,
    /// There were more things than it asks.
    pub is_cut: bool,
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
            let at = if definition.is_time() {
                fires(definition, &Moment { facts: &thing.facts, turn: None, now }).then_some(now)
            } else {
                would_fire(catalog, definition, thing.facts.clone(), &events.remove(&thing.id).unwrap_or_default(), since)
            };
            if let Some(at) = at {
                told.count += 1;
                if told.first.len() < LISTED {
                    told.first.push((thing, at));
                }
            }
        }
        if told.asked >= MOST {
            told.is_cut = true;
            return Ok(told);
        }
    }
}

/// Its conditions are true, and at least one of its steps changes something.
fn fires(definition: &Definition, moment: &Moment<'_>) -> bool {
    let changes = |step: &Step| match step {
        Step::Run(command, argument) => command.sets.as_deref().is_none_or(|field| !same(moment.facts.get(field).unwrap_or(&Value::Null), argument)),
        Step::Assign(..) => true,
    };
    evaluate(&definition.test, moment).is_none() && definition.steps.iter().any(changes)
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

/// When it would have fired last. Goes back in time: at each line the field that it changed gets its old value.
fn would_fire(catalog: &Catalog, definition: &Definition, mut facts: Facts, events: &[Event], since: Timestamp) -> Option<Timestamp> {
    for event in events.iter().rev().take_while(|event| event.at >= since) {
        let data = event.facts();
        let field = catalog.event(&event.kind).and_then(|kind| kind.changes.field(&data));
        if definition.events.contains(&event.kind.as_str()) {
            let turn = field.as_deref().map(|field| Turn { field, old: &data["old"], new: &data["new"] });
            if fires(definition, &Moment { facts: &facts, turn, now: event.at }) {
                return Some(event.at);
            }
        }
        if let Some(name) = field.filter(|name| facts.contains_key(&**name))
            && let Some(old) = catalog.field(&name).and_then(|field| as_stored(catalog, field, &data["old"]))
        {
            facts.insert(name.into_owned(), old);
        }
    }
    None
}

/// Old values of some events are in words: back to what is stored. None when the words do not tell it.
fn as_stored(catalog: &Catalog, field: &Field, old: &Value) -> Option<Value> {
    let value = |list: &str, text: &str| {
        let found = catalog.book.get(list).into_iter().flatten().find(|choice| choice.value == text || choice.label == text);
        found.map_or_else(|| text.to_owned(), |choice| choice.value.clone())
    };
    let text = old.as_str().unwrap_or_default();
    Some(match &field.kind {
        FieldKind::Choice(_) | FieldKind::Choices(_) | FieldKind::Number if text.is_empty() && !old.is_number() => Value::Null,
        FieldKind::Choice(list) => Value::from(value(list, text)),
        FieldKind::Choices(list) => text.split(", ").map(|text| value(list, text)).collect(),
        FieldKind::Number if old.is_number() => old.clone(),
        FieldKind::Number => serde_json::from_str(text).ok()?,
        FieldKind::YesNo => Value::Bool(old == true || text == "Yes"),
        FieldKind::Text => Value::from(text.to_lowercase()),
        FieldKind::Words => old.clone(),
        FieldKind::Time => return None,
    })
}
