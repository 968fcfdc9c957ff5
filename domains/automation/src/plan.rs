//! What has to happen at each of a lot of events: found out by reading alone, with one look at the things they are about.

use crate::{
    Catalog, Line, Loaded, RuleId, TeamDefault,
    fire::{Firing, Happened},
};
use accounts::Availability;
use db::{Conn, Event};
use kernel::{Fault, PersonId, Result, Thing};
use serde_json::Value;
use std::collections::{BTreeSet, HashMap};
use uuid::Uuid;

/// What has to happen at an event.
pub(crate) enum Plan {
    /// Nothing; nobody listens.
    Pass,
    /// Rules were asked and none fires.
    Note(Vec<Line>),
    /// Something is to be done, in a transaction of its own.
    Act,
}

/// Asks all rules of all these events.
pub(crate) async fn plan(loaded: &Loaded, conn: &mut Conn, events: &[Event], somebody_waits: bool) -> Result<Vec<Plan>> {
    let things = things(loaded, conn, events).await?;
    let now = conn.now();
    let failed: HashMap<RuleId, String> = HashMap::new();
    let firing = Firing { loaded, failed: &failed };
    let mut plans = Vec::with_capacity(events.len());
    for event in events {
        let Some(catalog) = loaded.catalogs.get(event.subject_kind.as_str()) else {
            // who comes, goes or has more room may free work that waits
            let makes_room = somebody_waits && ["team", "person"].contains(&event.subject_kind.as_str());
            plans.push(if makes_room || leaves(conn, event).await?.is_some() { Plan::Act } else { Plan::Pass });
            continue;
        };
        let thing = things.get(&event.subject_id);
        let is_work = thing.is_some_and(|thing| default_of(loaded, catalog, event, thing).is_some());
        if somebody_waits || is_work || stray(conn, catalog, event, thing).await?.is_some() {
            plans.push(Plan::Act);
            continue;
        }
        let Some(thing) = thing else {
            plans.push(Plan::Pass);
            continue;
        };
        let happened = Happened::at(catalog, event);
        let chain = happened.chain(event);
        let lines: Option<Vec<Line>> = loaded.listening(event).map(|ready| firing.ask(ready, thing, &happened, &chain, now)).collect();
        plans.push(match lines {
            None => Plan::Act,
            Some(lines) if lines.is_empty() => Plan::Pass,
            Some(lines) => Plan::Note(lines),
        });
    }
    Ok(plans)
}

/// The things of events that somebody listens to, as they are now; one look for each kind.
async fn things(loaded: &Loaded, conn: &mut Conn, events: &[Event]) -> Result<HashMap<Uuid, Thing>> {
    let mut things = HashMap::new();
    for (kind, catalog) in &loaded.catalogs {
        let asks = |event: &&Event| {
            event.subject_kind == *kind && (loaded.listening(event).next().is_some() || begins(loaded, catalog, event) || returns(catalog, event))
        };
        let ids: Vec<Uuid> = events.iter().filter(asks).map(|event| event.subject_id).collect::<BTreeSet<_>>().into_iter().collect();
        if ids.is_empty() {
            continue;
        }
        for thing in catalog.things(conn, &ids, loaded.wanted(kind)).await? {
            things.insert(thing.id, thing);
        }
    }
    Ok(things)
}

/// By this event a thing may come to need somebody of a team that gives its work out.
fn begins(loaded: &Loaded, catalog: &Catalog, event: &Event) -> bool {
    let begins = catalog.offer.duty.is_some_and(|duty| duty.begins.contains(&event.kind.as_str()));
    !loaded.defaults.is_empty() && (begins || returns(catalog, event))
}

/// By this event a thing may be work again.
fn returns(catalog: &Catalog, event: &Event) -> bool {
    catalog.offer.duty.is_some_and(|duty| duty.returns.contains(&event.kind.as_str()))
}

/// How the team of a thing gives it out, if an event made it work that nobody has.
pub(crate) fn default_of<'a>(loaded: &'a Loaded, catalog: &Catalog, event: &Event, thing: &Thing) -> Option<&'a TeamDefault> {
    let duty = catalog.offer.duty.filter(|_| begins(loaded, catalog, event))?;
    let nobody = thing.facts.get(duty.person).is_none_or(Value::is_null);
    let is_work = thing.facts.get(duty.is_work) == Some(&Value::Bool(true));
    let team = thing.facts.get(duty.team)?.as_str()?.parse().ok()?;
    loaded.defaults.get(&team).filter(|default| nobody && is_work && default.since <= event.at)
}

/// Who has a thing that is work again and is no longer of the staff.
pub(crate) async fn stray(conn: &mut Conn, catalog: &Catalog, event: &Event, thing: Option<&Thing>) -> Result<Option<PersonId>> {
    let (Some(duty), Some(thing)) = (catalog.offer.duty.filter(|_| returns(catalog, event)), thing) else { return Ok(None) };
    let is_work = thing.facts.get(duty.is_work) == Some(&Value::Bool(true));
    let Some(person) = thing.facts.get(duty.person).and_then(|id| id.as_str()?.parse().ok()).filter(|_| is_work) else { return Ok(None) };
    Ok((!works(conn, person).await?).then_some(person))
}

/// Who left the staff by this event.
pub(crate) async fn leaves(conn: &mut Conn, event: &Event) -> Result<Option<PersonId>> {
    if !["person.disabled", "person.role_changed"].contains(&event.kind.as_str()) {
        return Ok(None);
    }
    let person = PersonId::from(event.subject_id);
    Ok((!works(conn, person).await?).then_some(person))
}

async fn works(conn: &mut Conn, person: PersonId) -> Result<bool> {
    match Availability::get(conn, person).await {
        Ok(_) => Ok(true),
        Err(Fault::Missing) => Ok(false),
        Err(fault) => Err(fault),
    }
}
