//! Calendars as they are kept: one is shared by policies. A change of one makes a new version of each of them, for
//! tickets to come.

use crate::{Calendar, policies};
use db::{Conn, Id, Tx, record, sql};
use kernel::{Actor, Fault, Result};
use serde_json::json;

record! {
    /// A calendar with its name.
    #[derive(Clone, Debug)]
    pub struct SavedCalendar {
        /// The id.
        pub id: Id<SavedCalendar>,
        /// Its name, unique.
        pub name: String,
        /// What it says, as JSON.
        pub body: String,
        /// Counts changes.
        pub version: i64,
    }
}

/// Its words could not be read: somebody wrote them by hand.
fn broken(error: &serde_json::Error) -> Fault {
    Fault::Broken(format!("a calendar can't be read: {error}"))
}

fn as_text(calendar: &Calendar) -> Result<String> {
    serde_json::to_string(calendar).map_err(|error| broken(&error))
}

impl SavedCalendar {
    /// What it says.
    pub fn calendar(&self) -> Result<Calendar> {
        serde_json::from_str(&self.body).map_err(|error| broken(&error))
    }

    /// By id.
    pub async fn get(conn: &mut Conn, id: Id<Self>) -> Result<Self> {
        Ok(conn.one(sql!("SELECT id, name, body, version FROM sla_calendars WHERE id = $1", id)).await?)
    }

    /// All of them, by name.
    pub async fn all(conn: &mut Conn) -> Result<Vec<Self>> {
        Ok(conn.all(sql!("SELECT id, name, body, version FROM sla_calendars ORDER BY name, id LIMIT 200")).await?)
    }

    /// Adds one; the name must be new, and some hour open.
    pub async fn add(tx: &mut Tx, actor: &Actor, name: &str, calendar: &Calendar) -> Result<Id<Self>> {
        check(calendar)?;
        let (id, now) = (Id::new(), tx.now());
        let added = tx
            .run(sql!(
                "INSERT INTO sla_calendars (id, name, body, version, created_at) VALUES ($1, $2, $3, 1, $4) ON CONFLICT (name) DO NOTHING",
                id,
                name,
                as_text(calendar)?,
                now
            ))
            .await?;
        if added == 0 {
            return Err(Fault::field("name", "There is a calendar of this name already."));
        }
        tx.record(actor.event("sla_calendar.added", ("sla_calendar", id.uuid()), true, json!({ "name": name }))).await?;
        Ok(id)
    }

    /// Changes it as it was at `version`; policies that count in it get a new version.
    pub async fn change(&self, tx: &mut Tx, actor: &Actor, version: i64, name: &str, calendar: &Calendar) -> Result<()> {
        check(calendar)?;
        let is_taken: Option<i64> = tx.first(sql!("SELECT 1 FROM sla_calendars WHERE name = $1 AND id <> $2", name, self.id)).await?;
        if is_taken.is_some() {
            return Err(Fault::field("name", "There is a calendar of this name already."));
        }
        let body = as_text(calendar)?;
        let changed = tx
            .run(sql!("UPDATE sla_calendars SET name = $3, body = $4, version = version + 1 WHERE id = $1 AND version = $2", self.id, version, name, &body))
            .await?;
        if changed == 0 {
            return Err(meanwhile());
        }
        if body != self.body {
            policies::renew(tx, self.id).await?;
        }
        Ok(tx.record(actor.event("sla_calendar.changed", ("sla_calendar", self.id.uuid()), true, json!({ "name": name }))).await?)
    }

    /// Removes it; one that a policy counts in stays.
    pub async fn remove(&self, tx: &mut Tx, actor: &Actor) -> Result<()> {
        let user: Option<String> =
            tx.first(sql!("SELECT name FROM sla_policies WHERE calendar_id = $1 AND removed_at IS NULL ORDER BY position LIMIT 1", self.id)).await?;
        if let Some(policy) = user {
            return Err(Fault::Conflict { kind: "in-use", detail: format!("The policy {policy} counts in this calendar. Give it another one first.") });
        }
        // a removed policy can't come back without its hours
        tx.run(sql!("DELETE FROM sla_policies WHERE calendar_id = $1", self.id)).await?;
        tx.run(sql!("DELETE FROM sla_calendars WHERE id = $1", self.id)).await?;
        Ok(tx.record(actor.event("sla_calendar.removed", ("sla_calendar", self.id.uuid()), true, json!({ "name": self.name }))).await?)
    }
}

/// Somebody else was faster.
pub(crate) fn meanwhile() -> Fault {
    Fault::Conflict {
        kind: "changed",
        detail: "Somebody else saved this meanwhile. Open it again to see what it says now; yours is below, not saved.".to_owned(),
    }
}

fn check(calendar: &Calendar) -> Result<()> {
    if calendar.is_empty() {
        return Err(Fault::field("mon", "A calendar without any hours would never count. Give at least one day some."));
    }
    if jiff::tz::TimeZone::get(&calendar.zone).is_err() {
        return Err(Fault::field("zone", "This is no time zone. Write one like Europe/Lisbon."));
    }
    Ok(())
}
