//! Giving work to people: in turn or to the least busy, to those who are available, each up to their capacity. What
//! nobody has room for waits. One transaction at a time decides, so that no two arrivals see the same free place.

use crate::{Catalog, Loaded};
use accounts::{Availability, Person};
use db::{Conn, Timestamp, Tx, record, sql};
use kernel::{Actor, Duty, Fault, PersonId, Result, TeamId};
use serde_json::{Value, json};
use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};
use uuid::Uuid;

/// Things of one look.
const LOT: i64 = 100;
/// The same, for what is counted in memory.
const MOST: usize = 100;

db::words! {
    /// Who of the team is next.
    pub enum Mode {
        /// Whoever had nothing for the longest time.
        RoundRobin = "ROUND_ROBIN",
        /// Whoever has the least.
        LeastBusy = "LEAST_BUSY",
    }
}

impl Mode {
    /// As shown.
    pub const fn label(self) -> &'static str {
        match self {
            Self::RoundRobin => "Assign in turn",
            Self::LeastBusy => "Assign to the least busy",
        }
    }

    /// The name of the step that does it.
    pub const fn step(self) -> &'static str {
        match self {
            Self::RoundRobin => "round_robin",
            Self::LeastBusy => "least_busy",
        }
    }

    pub(crate) fn of_step(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|mode| mode.step() == name)
    }
}

record! {
    /// How a team's work is given out by itself.
    #[derive(Clone, Debug)]
    pub struct TeamDefault {
        /// Which team.
        pub team: TeamId,
        /// How.
        pub mode: Mode,
        /// What came in before that stays.
        pub since: Timestamp,
    }
}

impl TeamDefault {
    /// All of them.
    pub async fn all(conn: &mut Conn) -> Result<Vec<Self>> {
        Ok(conn.all(sql!("SELECT team_id, mode, since FROM team_assignment")).await?)
    }

    /// Says how a team's work is given out; none is by hand.
    pub async fn set(tx: &mut Tx, actor: &Actor, team: TeamId, mode: Option<Mode>) -> Result<()> {
        let now = tx.now();
        if let Some(mode) = mode {
            tx.run(sql!(
                "INSERT INTO team_assignment (team_id, mode, since) VALUES ($1, $2, $3)
                 ON CONFLICT (team_id) DO UPDATE SET mode = excluded.mode, since = excluded.since",
                team,
                mode,
                now
            ))
            .await?;
        } else {
            tx.run(sql!("DELETE FROM team_assignment WHERE team_id = $1", team)).await?;
            tx.run(sql!("DELETE FROM assignment_waiting WHERE team_id = $1", team)).await?;
        }
        Ok(tx.record(actor.event("team.assignment_changed", ("team", team.uuid()), true, json!({ "mode": mode }))).await?)
    }
}

record! {
    /// Something that waits for somebody to have room.
    #[derive(Clone, Debug)]
    pub struct Waiting {
        /// Which one.
        pub subject: Uuid,
        /// Its kind.
        pub kind: String,
        /// The team that is to do it.
        pub team: TeamId,
        /// How it is given out.
        pub mode: Mode,
        /// Since when.
        pub since: Timestamp,
    }
}

impl Waiting {
    /// Those who wait the longest.
    pub async fn first(conn: &mut Conn, limit: i64) -> Result<Vec<Self>> {
        let mut query = sql!("SELECT subject_id, subject_kind, team_id, mode, since FROM assignment_waiting ORDER BY since, subject_id");
        query.limit(limit);
        Ok(conn.all(query).await?)
    }

    async fn leave(tx: &mut Tx, subject: Uuid) -> Result<()> {
        tx.run(sql!("DELETE FROM assignment_waiting WHERE subject_id = $1", subject)).await?;
        Ok(())
    }
}

/// Something that is to be given to somebody of a team.
pub(crate) struct Task<'a> {
    pub catalog: &'a Catalog,
    pub duty: &'a Duty,
    pub subject: Uuid,
    pub team: TeamId,
    pub mode: Mode,
    /// Whoever has it loses it; else it stays with them.
    pub takes_over: bool,
}

/// Gives it, or lets it wait; true when somebody has it. The caller holds the engine's lock.
pub(crate) async fn assign(tx: &mut Tx, actor: &Actor, task: &Task<'_>) -> Result<bool> {
    let (team, mode, now) = (task.team, task.mode, tx.now());
    let Some((person, turn)) = next(tx, task.duty, team, mode).await? else {
        tx.run(sql!(
            "INSERT INTO assignment_waiting (subject_id, subject_kind, team_id, mode, since) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (subject_id) DO UPDATE SET team_id = excluded.team_id, mode = excluded.mode",
            task.subject,
            task.catalog.kind,
            team,
            mode,
            now
        ))
        .await?;
        return Ok(false);
    };
    let is_given = if task.takes_over {
        task.catalog.run(tx, actor, task.subject, task.duty.command, &json!(person.to_string())).await?;
        true
    } else {
        (task.duty.give)(tx, actor, task.subject, person).await?
    };
    if is_given {
        tx.run(sql!(
            "INSERT INTO assignment_turns (team_id, person_id, turn) VALUES ($1, $2, $3) ON CONFLICT (team_id, person_id) DO UPDATE SET turn = excluded.turn",
            team,
            person,
            turn
        ))
        .await?;
    }
    Waiting::leave(tx, task.subject).await?;
    Ok(true)
}

/// Who is next, and the number of this turn; none when nobody has room.
async fn next(tx: &mut Tx, duty: &Duty, team: TeamId, mode: Mode) -> Result<Option<(PersonId, i64)>> {
    let people = Availability::of_team(tx, team).await?;
    let ids: Vec<PersonId> = people.iter().map(|one| one.person).collect();
    let load: HashMap<PersonId, i64> = (duty.load)(tx, &ids).await?.into_iter().collect();
    let turns: HashMap<PersonId, i64> =
        tx.all::<(PersonId, i64)>(sql!("SELECT person_id, turn FROM assignment_turns WHERE team_id = $1", team)).await?.into_iter().collect();
    let of = |map: &HashMap<PersonId, i64>, person| map.get(&person).copied().unwrap_or(0);
    let turn = turns.values().max().copied().unwrap_or(0) + 1;
    let free = people.iter().filter(|one| of(&load, one.person) < one.capacity).map(|one| one.person);
    let next = match mode {
        Mode::RoundRobin => free.min_by_key(|person| (of(&turns, *person), *person)),
        Mode::LeastBusy => free.min_by_key(|person| (of(&load, *person), of(&turns, *person), *person)),
    };
    Ok(next.map(|person| (person, turn)))
}

/// The name under which the house gives work out.
fn giver(mode: Mode) -> Actor {
    Actor::system(match mode {
        Mode::RoundRobin => "Assignment in turn",
        Mode::LeastBusy => "Assignment to the least busy",
    })
}

/// Gives a thing out as its team does by itself. What can't be given out for a reason of its own stays without anybody.
pub(crate) async fn by_default(tx: &mut Tx, catalog: &Catalog, duty: &Duty, subject: Uuid, default: &TeamDefault) -> Result<()> {
    let task = Task { catalog, duty, subject, team: default.team, mode: default.mode, takes_over: false };
    match assign(tx, &giver(default.mode), &task).await {
        Err(fault @ (Fault::Busy | Fault::Broken(_))) => Err(fault),
        Err(fault) => {
            tracing::warn!(%fault, "work could not be given out");
            Ok(())
        }
        Ok(_) => Ok(()),
    }
}

/// Takes a thing from somebody who is no longer of the staff; its team gives it out again, if it does so by itself.
pub(crate) async fn free(tx: &mut Tx, loaded: &Loaded, catalog: &Catalog, (subject, team): (Uuid, Option<TeamId>), person: PersonId) -> Result<()> {
    let Some(duty) = &catalog.offer.duty else { return Ok(()) };
    let name = Person::get(tx, person).await?.name;
    tx.because(Some(json!({ "reason": format!("{name} is no longer on the desk") })));
    let is_free = (duty.free)(tx, &Actor::system("Assignment"), subject, person).await?;
    tx.because(None);
    match team.and_then(|team| loaded.defaults.get(&team)).filter(|_| is_free) {
        Some(default) => by_default(tx, catalog, duty, subject, default).await,
        None => Ok(()),
    }
}

/// Takes all that is not done from somebody who is no longer of the staff; false when there is more than is taken at once.
pub(crate) async fn release(tx: &mut Tx, loaded: &Loaded, person: PersonId) -> Result<bool> {
    for catalog in loaded.catalogs.values() {
        let Some(duty) = &catalog.offer.duty else { continue };
        let held = (duty.held)(tx, person, LOT + 1).await?;
        let is_more = held.len() > MOST;
        for one in held.into_iter().take(MOST) {
            free(tx, loaded, catalog, one, person).await?;
        }
        if is_more {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Gives out what waits, the oldest first, as far as there is room now.
pub(crate) async fn give_out(tx: &mut Tx, catalogs: &HashMap<&'static str, Arc<Catalog>>) -> Result<()> {
    let mut full: HashSet<TeamId> = HashSet::new();
    for waiting in Waiting::first(tx, LOT).await? {
        let Some(catalog) = catalogs.get(waiting.kind.as_str()).filter(|_| !full.contains(&waiting.team)) else { continue };
        let Some(duty) = &catalog.offer.duty else { continue };
        let wanted = [duty.person, duty.is_work].map(str::to_owned);
        let thing = catalog.things(tx, &[waiting.subject], &wanted).await?.pop();
        let needs =
            thing.is_some_and(|thing| thing.facts.get(duty.person).is_none_or(Value::is_null) && thing.facts.get(duty.is_work) == Some(&Value::Bool(true)));
        if !needs {
            Waiting::leave(tx, waiting.subject).await?;
            continue;
        }
        let task = Task { catalog, duty, subject: waiting.subject, team: waiting.team, mode: waiting.mode, takes_over: false };
        match assign(tx, &giver(waiting.mode), &task).await {
            Ok(true) => {}
            Ok(false) => {
                full.insert(waiting.team);
            }
            Err(fault @ (Fault::Busy | Fault::Broken(_))) => return Err(fault),
            Err(fault) => {
                tracing::warn!(%fault, "what waited could not be given out");
                Waiting::leave(tx, waiting.subject).await?;
            }
        }
    }
    Ok(())
}
