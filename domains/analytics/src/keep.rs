//! Keeps what is counted: reads what is known of some tickets, makes their facts anew, and writes the packs they stand
//! in. Doing it twice changes nothing. Whoever calls it holds the room's lock.

use crate::{
    Sources,
    fact::{Course, Fact, Kept, WORDS, course, seconds},
    names::{self, AGENT, Codes, Kind, TAG, TEAM},
    pack::{pack, unpack},
    spent::Spent,
};
use db::{Conn, Event, Query, Timestamp, Tx, sql};
use kernel::{Counted, Dimension, Promise, Result};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use uuid::Uuid;

/// Its lock: one node at a time counts.
pub(crate) const LOCK: &str = "analytics";
/// Tickets of one row: an hour of an import may have many rows, and each change writes one of them anew.
const TOGETHER: usize = 256;
/// Rows that are written by one statement.
const ROWS: usize = 100;

/// Where a pack stands: hours since 1970, and which part of the hour.
type Place = (i64, i64);

/// Counts these tickets anew.
pub(crate) async fn refresh(tx: &mut Tx, sources: &Sources, ids: &[Uuid]) -> Result<()> {
    let facts = make(tx, sources, ids).await?;
    let mut query = Query::with("SELECT ticket_id, hour, part FROM analytics_places WHERE ticket_id IN ", Vec::new());
    query.list(ids.iter().copied());
    let places: HashMap<Uuid, Place> = tx.all::<(Uuid, i64, i64)>(query).await?.into_iter().map(|(id, hour, part)| (id, (hour, part))).collect();
    let last = last_parts(tx, facts.iter().filter(|fact| !places.contains_key(&fact.id)).map(hour_of).collect()).await?;
    let wanted: BTreeSet<Place> = places.values().copied().chain(last.iter().map(|(hour, part)| (*hour, *part))).collect();
    let mut packs = load(tx, &wanted).await?;
    let (mut touched, mut gone, mut new) = (BTreeSet::new(), Vec::new(), Vec::new());
    let found: HashSet<Uuid> = facts.iter().map(|fact| fact.id).collect();
    for (id, place) in places.iter().filter(|(id, _)| !found.contains(*id)) {
        packs.entry(*place).or_default().retain(|fact| fact.id != *id);
        touched.insert(*place);
        gone.push(*id);
    }
    for fact in facts {
        let place = places.get(&fact.id).copied().unwrap_or_else(|| room_for(&packs, hour_of(&fact)));
        if !places.contains_key(&fact.id) {
            new.push((fact.id, place));
        }
        let pack = packs.entry(place).or_default();
        match pack.iter_mut().find(|known| known.id == fact.id) {
            Some(known) if *known == fact => continue,
            Some(known) => *known = fact,
            None => pack.push(fact),
        }
        touched.insert(place);
    }
    write(tx, &packs, &touched).await?;
    move_in(tx, &new).await?;
    forget(tx, &gone).await
}

/// All that is counted, for tests that compare.
pub async fn facts(conn: &mut Conn) -> Result<Vec<Fact>> {
    let bodies: Vec<Vec<u8>> = conn.all(sql!("SELECT body FROM analytics_packs ORDER BY hour, part")).await?;
    Ok(bodies.iter().flat_map(|body| unpack(body)).collect())
}

fn hour_of(fact: &Fact) -> i64 {
    fact.created.div_euclid(3_600)
}

/// The last part of an hour that is loaded, or the next one when that is full.
fn room_for(packs: &BTreeMap<Place, Vec<Fact>>, hour: i64) -> Place {
    match packs.range((hour, 0)..=(hour, i64::MAX)).next_back() {
        Some(((_, part), facts)) if facts.len() >= TOGETHER => (hour, part + 1),
        Some((place, _)) => *place,
        None => (hour, 0),
    }
}

/// The facts of those of these tickets that count.
async fn make(tx: &mut Tx, sources: &Sources, ids: &[Uuid]) -> Result<Vec<Fact>> {
    let mut counted = (sources.counting.counted)(tx, ids).await?;
    let courses = courses(tx, counted.iter().map(|counted| counted.id)).await?;
    let is_void = |id: &Uuid| courses.get(id).is_some_and(|course| course.is_void);
    counted.retain(|counted| !is_void(&counted.id) || courses.get(&counted.id).is_some_and(|course| !course.spent.is_empty()));
    // new ones are put into their rows in this order, whoever asks
    counted.sort_by_key(|counted| (counted.created_at, counted.id));
    let kept: Vec<Uuid> = counted.iter().map(|counted| counted.id).filter(|id| !is_void(id)).collect();
    let mut promises: HashMap<Uuid, Vec<Promise>> = HashMap::new();
    for promise in (sources.promising.decided)(tx, &kept).await? {
        promises.entry(promise.id).or_default().push(promise);
    }
    let dimensions = sources.counting.dimensions;
    let people = counted.iter().filter_map(|counted| courses.get(&counted.id)).flat_map(|course| &course.spent).map(|entry| (AGENT, entry.person.to_string()));
    let codes = names::give(tx, counted.iter().flat_map(|counted| named(counted, dimensions)).chain(people).collect()).await?;
    Ok(counted
        .iter()
        .map(|counted| {
            let course = courses.get(&counted.id).cloned().unwrap_or_default();
            fact(counted, &course, promises.get(&counted.id).map_or(&[], Vec::as_slice), dimensions, &codes)
        })
        .collect())
}

async fn courses(conn: &mut Conn, ids: impl Iterator<Item = Uuid>) -> Result<HashMap<Uuid, Course>> {
    let mut query = Query::with(concat!("SELECT ", db::event_columns!(), " FROM events WHERE subject_id IN "), Vec::new());
    query.list(ids).push(" ORDER BY seq");
    let mut lines: HashMap<Uuid, Vec<Event>> = HashMap::new();
    for event in conn.all::<Event>(query).await? {
        lines.entry(event.subject_id).or_default().push(event);
    }
    Ok(lines.into_iter().map(|(id, lines)| (id, course(&lines))).collect())
}

/// The names that a fact needs numbers for.
fn named(counted: &Counted, dimensions: &[Dimension]) -> Vec<(Kind, String)> {
    let team = counted.team.map(|team| (TEAM, team.to_string()));
    let agent = counted.agent.map(|agent| (AGENT, agent.to_string()));
    let words = dimensions.iter().zip(&counted.words).map(|(dimension, word)| (dimension.name, (*word).to_owned()));
    let tags = counted.tags.iter().map(|tag| (TAG, tag.clone()));
    team.into_iter().chain(agent).chain(words).chain(tags).collect()
}

fn fact(counted: &Counted, course: &Course, promises: &[Promise], dimensions: &[Dimension], codes: &Codes) -> Fact {
    let after = |at: Timestamp| seconds(counted.created_at, at);
    let mut words = [0; WORDS];
    for ((slot, dimension), word) in words.iter_mut().zip(dimensions).zip(&counted.words) {
        *slot = codes.of(dimension.name, word);
    }
    let whole = Fact {
        id: counted.id,
        created: counted.created_at.seconds(),
        team: counted.team.map_or(0, |team| codes.of(TEAM, &team.to_string())),
        agent: counted.agent.map_or(0, |agent| codes.of(AGENT, &agent.to_string())),
        words,
        tags: counted.tags.iter().map(|tag| codes.of(TAG, tag)).collect(),
        is_void: course.is_void,
        spent: course.spent.iter().map(|entry| Spent { agent: codes.of(AGENT, &entry.person.to_string()), at: entry.at, seconds: entry.seconds }).collect(),
        ..Fact::default()
    };
    if course.is_void {
        return whole;
    }
    Fact {
        first_reply: course.first_reply.map(after),
        solved: course.solved.map(after),
        replies: course.replies,
        is_open: counted.is_open,
        is_reopened: course.is_reopened,
        promises: promises
            .iter()
            .map(|promise| Kept { metric: u32::try_from(promise.metric).unwrap_or(u32::MAX >> 1), is_met: promise.is_met, after: after(promise.at) })
            .collect(),
        ..whole
    }
}

async fn last_parts(conn: &mut Conn, hours: BTreeSet<i64>) -> Result<Vec<(i64, i64)>> {
    let mut query = Query::with("SELECT hour, MAX(part) FROM analytics_packs WHERE hour IN ", Vec::new());
    query.list(hours).push(" GROUP BY hour");
    Ok(conn.all(query).await?)
}

/// The packs at these places, and nothing for a place that has none.
async fn load(conn: &mut Conn, wanted: &BTreeSet<Place>) -> Result<BTreeMap<Place, Vec<Fact>>> {
    let mut query = Query::with("SELECT hour, part, body FROM analytics_packs WHERE hour IN ", Vec::new());
    query.list(wanted.iter().map(|(hour, _)| *hour).collect::<BTreeSet<_>>());
    query.push(" AND part IN ").list(wanted.iter().map(|(_, part)| *part).collect::<BTreeSet<_>>());
    let rows: Vec<(i64, i64, Vec<u8>)> = conn.all(query).await?;
    Ok(rows.into_iter().filter(|(hour, part, _)| wanted.contains(&(*hour, *part))).map(|(hour, part, body)| ((hour, part), unpack(&body))).collect())
}

async fn write(tx: &mut Tx, packs: &BTreeMap<Place, Vec<Fact>>, touched: &BTreeSet<Place>) -> Result<()> {
    let touched: Vec<&Place> = touched.iter().collect();
    for some in touched.chunks(ROWS) {
        let mut query = Query::with("INSERT INTO analytics_packs (hour, part, tickets, last_at, has_open, body) VALUES ", Vec::new());
        for (index, place) in some.iter().enumerate() {
            let facts = packs.get(place).map_or(&[][..], Vec::as_slice);
            if index > 0 {
                query.push(", ");
            }
            query.push("(").bind(place.0).push(", ").bind(place.1).push(", ").bind(i64::try_from(facts.len()).unwrap_or_default());
            query.push(", ").bind(facts.iter().map(Fact::last_at).max().unwrap_or_default());
            query.push(", ").bind(facts.iter().any(|fact| fact.is_open)).push(", ").bind(pack(facts)).push(")");
        }
        query.push(
            " ON CONFLICT (hour, part) DO UPDATE SET tickets = excluded.tickets, last_at = excluded.last_at, has_open = excluded.has_open, body = excluded.body",
        );
        tx.run(query).await?;
    }
    Ok(())
}

async fn move_in(tx: &mut Tx, new: &[(Uuid, Place)]) -> Result<()> {
    for some in new.chunks(ROWS) {
        let mut query = Query::with("INSERT INTO analytics_places (ticket_id, hour, part) VALUES ", Vec::new());
        for (index, (id, place)) in some.iter().enumerate() {
            if index > 0 {
                query.push(", ");
            }
            query.push("(").bind(*id).push(", ").bind(place.0).push(", ").bind(place.1).push(")");
        }
        tx.run(query).await?;
    }
    Ok(())
}

async fn forget(tx: &mut Tx, gone: &[Uuid]) -> Result<()> {
    if gone.is_empty() {
        return Ok(());
    }
    let mut query = Query::with("DELETE FROM analytics_places WHERE ticket_id IN ", Vec::new());
    query.list(gone.iter().copied());
    tx.run(query).await?;
    tx.run(sql!("DELETE FROM analytics_packs WHERE tickets = 0")).await?;
    Ok(())
}

/// Forgets what is counted of tickets that the journal does not know; answers how many these were.
pub(crate) async fn forget_all_but(tx: &mut Tx, known: &HashSet<Uuid>) -> Result<usize> {
    let places: Vec<(Uuid, i64, i64)> = tx.all(sql!("SELECT ticket_id, hour, part FROM analytics_places")).await?;
    let gone: Vec<(Uuid, Place)> = places.into_iter().filter(|(id, ..)| !known.contains(id)).map(|(id, hour, part)| (id, (hour, part))).collect();
    let touched: BTreeSet<Place> = gone.iter().map(|(_, place)| *place).collect();
    let mut packs = load(tx, &touched).await?;
    for (id, place) in &gone {
        packs.entry(*place).or_default().retain(|fact| fact.id != *id);
    }
    write(tx, &packs, &touched).await?;
    let gone: Vec<Uuid> = gone.into_iter().map(|(id, _)| id).collect();
    forget(tx, &gone).await?;
    Ok(gone.len())
}
