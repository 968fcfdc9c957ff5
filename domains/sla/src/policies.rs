//! Policies as they are kept: in order, switched on or off. Each change makes a version that never changes again;
//! tickets refer to versions.

pub(crate) use crate::calendars::meanwhile;
use crate::{Calendar, Rules, SavedCalendar};
use db::{Conn, Id, Timestamp, Tx, record, sql};
use kernel::{Actor, Fault, Result};
use serde_json::json;

/// More policies than this help nobody.
const MOST: i64 = 100;

/// Names versions in ids.
#[derive(Debug)]
pub enum Version {}

record! {
    /// A policy.
    #[derive(Clone, Debug)]
    pub struct Policy {
        /// The id.
        pub id: Id<Policy>,
        /// Its name.
        pub name: String,
        /// The first match from the top counts.
        pub position: i64,
        /// Whether it is looked at for new tickets.
        pub is_active: bool,
        /// Tickets that came in earlier are left alone.
        pub valid_from: Timestamp,
        /// Where its hours come from; none is round the clock.
        pub calendar_id: Option<Id<SavedCalendar>>,
        /// What it says, as JSON.
        pub body: String,
        /// Counts changes.
        pub version: i64,
    }
}

macro_rules! policy_from {
    () => {
        "SELECT id, name, position, is_active, valid_from, calendar_id, body, version FROM sla_policies"
    };
}

/// What an admin writes into a policy.
#[derive(Clone, Debug)]
pub struct NewPolicy {
    /// Its name.
    pub name: String,
    /// Whether it is looked at for new tickets.
    pub is_active: bool,
    /// Tickets that came in earlier are left alone.
    pub valid_from: Timestamp,
    /// Where its hours come from; none is round the clock.
    pub calendar: Option<Id<SavedCalendar>>,
    /// What it says; the calendar in it is filled in here.
    pub rules: Rules,
}

/// Rules from where they are kept.
pub(crate) fn read(body: &str) -> Result<Rules> {
    serde_json::from_str(body).map_err(|error| Fault::Broken(format!("a policy can't be read: {error}")))
}

fn write(rules: &Rules) -> Result<String> {
    serde_json::to_string(rules).map_err(|error| Fault::Broken(format!("a policy can't be written: {error}")))
}

impl Policy {
    /// What it says.
    pub fn rules(&self) -> Result<Rules> {
        read(&self.body)
    }

    /// By id.
    pub async fn get(conn: &mut Conn, id: Id<Self>) -> Result<Self> {
        Ok(conn.one(sql!(concat!(policy_from!(), " WHERE id = $1 AND removed_at IS NULL"), id)).await?)
    }

    /// All of them, in order.
    pub async fn all(conn: &mut Conn) -> Result<Vec<Self>> {
        Ok(conn.all(sql!(concat!(policy_from!(), " WHERE removed_at IS NULL ORDER BY position, id LIMIT 100"))).await?)
    }

    /// Adds one below the others.
    pub async fn add(tx: &mut Tx, actor: &Actor, new: NewPolicy) -> Result<Id<Self>> {
        let count: i64 = tx.one(sql!("SELECT COUNT(*) FROM sla_policies WHERE removed_at IS NULL")).await?;
        if count >= MOST {
            return Err(Fault::field("name", format!("There are {MOST} policies already.")));
        }
        let (id, now) = (Id::<Self>::new(), tx.now());
        let rules = with_calendar(tx, new.rules, new.calendar).await?;
        let body = write(&rules)?;
        tx.run(sql!(
            "INSERT INTO sla_policies (id, name, position, is_active, valid_from, calendar_id, body, version, created_at)
             VALUES ($1, $2, (SELECT COALESCE(MAX(position), 0) + 1 FROM sla_policies), $3, $4, $5, $6, 1, $7)",
            id,
            &new.name,
            new.is_active,
            new.valid_from,
            new.calendar,
            &body,
            now
        ))
        .await?;
        keep_version(tx, id, 1, &new.name, &body).await?;
        tx.record(actor.event("sla_policy.added", ("sla_policy", id.uuid()), true, json!({ "name": new.name }))).await?;
        Ok(id)
    }

    /// Changes it as it was at `version`. Tickets that have it keep what it said to them.
    pub async fn change(&self, tx: &mut Tx, actor: &Actor, version: i64, new: NewPolicy) -> Result<()> {
        let rules = with_calendar(tx, new.rules, new.calendar).await?;
        let body = write(&rules)?;
        let stands = (&self.name, self.is_active, self.valid_from, self.calendar_id, &self.body);
        if self.version == version && stands == (&new.name, new.is_active, new.valid_from, new.calendar, &body) {
            // saved as it was: no new promise, so none that older tickets do not have
            return Ok(());
        }
        let changed = tx
            .run(sql!(
                "UPDATE sla_policies SET name = $3, is_active = $4, valid_from = $5, calendar_id = $6, body = $7, version = version + 1 WHERE id = $1 AND version = $2",
                self.id,
                version,
                &new.name,
                new.is_active,
                new.valid_from,
                new.calendar,
                &body
            ))
            .await?;
        if changed == 0 {
            return Err(meanwhile());
        }
        keep_version(tx, self.id, version + 1, &new.name, &body).await?;
        let facts = json!({ "name": new.name, "old": serde_json::from_str::<serde_json::Value>(&self.body).ok(), "new": rules, "isActive": new.is_active });
        Ok(tx.record(actor.event("sla_policy.changed", ("sla_policy", self.id.uuid()), true, facts)).await?)
    }

    /// Moves it one place up or down; at the end it stays.
    pub async fn shift(&self, tx: &mut Tx, actor: &Actor, is_up: bool) -> Result<()> {
        let all = Self::all(tx).await?;
        let Some(at) = all.iter().position(|policy| policy.id == self.id) else { return Err(Fault::Missing) };
        let other = if is_up { at.checked_sub(1) } else { Some(at + 1) };
        let Some(other) = other.and_then(|index| all.get(index)) else { return Ok(()) };
        tx.run(sql!(
            "UPDATE sla_policies SET position = CASE WHEN id = $1 THEN CAST($2 AS BIGINT) ELSE CAST($3 AS BIGINT) END WHERE id IN ($1, $4)",
            self.id,
            other.position,
            self.position,
            other.id
        ))
        .await?;
        Ok(tx.record(actor.event("sla_policy.moved", ("sla_policy", self.id.uuid()), true, json!({ "name": self.name, "up": is_up }))).await?)
    }

    /// Removes it. Tickets that have it keep what it said to them.
    pub async fn remove(&self, tx: &mut Tx, actor: &Actor) -> Result<()> {
        let now = tx.now();
        tx.run(sql!("UPDATE sla_policies SET removed_at = $2 WHERE id = $1", self.id, now)).await?;
        Ok(tx.record(actor.event("sla_policy.removed", ("sla_policy", self.id.uuid()), true, json!({ "name": self.name }))).await?)
    }

    /// Takes a removal back, at its place in the order. Twice is harmless.
    pub async fn restore(tx: &mut Tx, actor: &Actor, id: Id<Self>) -> Result<()> {
        let (name, is_removed): (String, bool) = tx.one(sql!("SELECT name, removed_at IS NOT NULL FROM sla_policies WHERE id = $1", id)).await?;
        if !is_removed {
            return Ok(());
        }
        tx.run(sql!("UPDATE sla_policies SET removed_at = NULL WHERE id = $1", id)).await?;
        Ok(tx.record(actor.event("sla_policy.restored", ("sla_policy", id.uuid()), true, json!({ "name": name }))).await?)
    }

    /// On how many tickets it counts right now, exact up to 1,000.
    pub async fn tickets(&self, conn: &mut Conn) -> Result<i64> {
        Ok(conn
            .one(sql!(
                "SELECT COUNT(*) FROM (SELECT DISTINCT c.ticket_id FROM sla_clocks c WHERE c.policy_id = $1 AND c.state IN ('RUNNING', 'PAUSED') LIMIT 1000) AS counted",
                self.id
            ))
            .await?)
    }
}

/// On how many tickets each policy counts right now.
pub(crate) async fn counts(conn: &mut Conn) -> Result<Vec<(Id<Policy>, i64)>> {
    // policy by policy: clocks that ended, which are most, are not read
    Ok(conn
        .all(sql!(
            "SELECT p.id, (SELECT COUNT(DISTINCT c.ticket_id) FROM sla_clocks c WHERE c.policy_id = p.id AND c.state IN ('RUNNING', 'PAUSED')) FROM sla_policies p"
        ))
        .await?)
}

async fn with_calendar(conn: &mut Conn, mut rules: Rules, calendar: Option<Id<SavedCalendar>>) -> Result<Rules> {
    rules.calendar = match calendar {
        None => None,
        Some(id) => Some(
            SavedCalendar::get(conn, id)
                .await
                .map_err(|fault| if matches!(fault, Fault::Missing) { Fault::field("calendar", "There is no such calendar.") } else { fault })?
                .calendar()?,
        ),
    };
    Ok(rules)
}

async fn keep_version(tx: &mut Tx, policy: Id<Policy>, version: i64, name: &str, body: &str) -> Result<()> {
    let (id, now) = (Id::<Version>::new(), tx.now());
    tx.run(sql!(
        "INSERT INTO sla_versions (id, policy_id, version, name, body, created_at) VALUES ($1, $2, $3, $4, $5, $6)",
        id,
        policy,
        version,
        name,
        body,
        now
    ))
    .await?;
    Ok(())
}

/// A calendar changed: its policies get a version with the new hours. A few policies, one at a time.
pub(crate) async fn renew(tx: &mut Tx, calendar: Id<SavedCalendar>) -> Result<()> {
    let users: Vec<Policy> = tx.all(sql!(concat!(policy_from!(), " WHERE calendar_id = $1 ORDER BY position"), calendar)).await?;
    for policy in users {
        let body = write(&with_calendar(tx, policy.rules()?, Some(calendar)).await?)?;
        tx.run(sql!("UPDATE sla_policies SET body = $2, version = version + 1 WHERE id = $1", policy.id, &body)).await?;
        keep_version(tx, policy.id, policy.version + 1, &policy.name, &body).await?;
    }
    Ok(())
}

/// What a fresh installation begins with, so that the first ticket has clocks: office hours and one policy.
pub(crate) async fn begin(tx: &mut Tx) -> Result<()> {
    let actor = Actor::system("SLA");
    let calendar = SavedCalendar::add(tx, &actor, "Office hours", &Calendar::office()).await?;
    let row = |low, medium, high, urgent| [Some(low), Some(medium), Some(high), Some(urgent)];
    let mut targets = [[None; 4]; 7];
    targets[crate::Metric::FirstResponse.index()] = row(480, 240, 60, 15);
    targets[crate::Metric::NextResponse.index()] = row(960, 480, 120, 30);
    targets[crate::Metric::FirstResolution.index()] = row(2_700, 1_620, 540, 240);
    let rules = Rules {
        conditions: crate::Conditions::default(),
        targets,
        pauses: vec!["PENDING".to_owned(), "ON_HOLD".to_owned()],
        always: [false, false, false, true],
        warn_percent: crate::WARN_PERCENT,
        calendar: None,
    };
    let valid_from = tx.now();
    Policy::add(tx, &actor, NewPolicy { name: "Standard".to_owned(), is_active: true, valid_from, calendar: Some(calendar), rules }).await?;
    Ok(())
}
