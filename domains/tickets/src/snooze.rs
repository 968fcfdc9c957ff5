//! Snooze: a ticket is put away until a time or until the customer replies. It leaves the lists of work, stands in its own
//! view, and comes back to their top with the reason. The job may run late or twice.

use crate::{Ticket, TicketId};
use db::{Conn, Timestamp, Tx, record, sql};
use kernel::{Actor, Fault, PersonId, Result};
use serde_json::json;
use std::time::Duration;

/// The job that brings a ticket back.
pub const WAKE: &str = "tickets.wake";
/// Nothing is put away for longer.
const MOST: Duration = Duration::from_hours(24 * 366);

db::words! {
    /// What brought a ticket back.
    pub enum Waker {
        /// Its time came.
        Time = "TIME",
        /// The customer replied.
        Reply = "REPLY",
        /// Somebody of the staff.
        Person = "PERSON",
    }
}

record! {
    /// The last time a ticket was put away.
    #[derive(Clone, Debug)]
    pub struct Snooze {
        /// Who put it away.
        pub by_id: Option<PersonId>,
        /// Their name at that time.
        pub by_name: String,
        /// Until when; none is until the customer replies.
        pub until: Option<Timestamp>,
        /// Since when.
        pub began_at: Timestamp,
        /// When it came back; none while it is away.
        pub woke_at: Option<Timestamp>,
        /// What brought it back.
        pub woke_by: Option<Waker>,
    }
}

record! {
    /// The same as a list has it: all empty where nobody ever put it away.
    #[derive(Clone, Debug)]
    pub struct Brief {
        /// Who put it away.
        pub by_name: Option<String>,
        /// Until when; none is until the customer replies.
        pub until: Option<Timestamp>,
        /// When it came back; none while it is away.
        pub woke_at: Option<Timestamp>,
        /// What brought it back.
        pub woke_by: Option<Waker>,
    }
}

/// The last snooze of a ticket.
pub async fn of(conn: &mut Conn, ticket: TicketId) -> Result<Option<Snooze>> {
    Ok(conn.first(sql!("SELECT by_id, by_name, until_at, began_at, woke_at, woke_by FROM snoozes WHERE ticket_id = $1", ticket)).await?)
}

impl Ticket {
    /// Puts it away until a time, or until the customer replies. Twice is the same as once; another time replaces the first.
    pub async fn snooze(&self, tx: &mut Tx, actor: &Actor, until: Option<Timestamp>) -> Result<Snooze> {
        let now = tx.now();
        if until.is_some_and(|until| until <= now) {
            return Err(Fault::field("until", "This time has passed. Choose one that is still to come."));
        }
        if until.is_some_and(|until| until > now.plus(MOST)) {
            return Err(Fault::field("until", "A ticket can be put away for a year at most."));
        }
        if !self.status.is_active() {
            return Err(Fault::Conflict { kind: "not-open", detail: format!("It is {} and in no list of work.", self.status.label().to_lowercase()) });
        }
        let known = of(tx, self.id).await?.filter(|known| known.woke_at.is_none());
        if let Some(known) = known.filter(|known| known.until == until) {
            return Ok(known);
        }
        tx.run(sql!(
            "INSERT INTO snoozes (ticket_id, by_id, by_name, until_at, began_at) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (ticket_id) DO UPDATE SET by_id = excluded.by_id, by_name = excluded.by_name, until_at = excluded.until_at,
             began_at = excluded.began_at, woke_at = NULL, woke_by = NULL",
            self.id,
            actor.person,
            &actor.name,
            until,
            now
        ))
        .await?;
        tx.run(sql!("UPDATE tickets SET is_active = FALSE, version = version + 1 WHERE id = $1", self.id)).await?;
        if let Some(until) = until {
            jobs::enqueue(tx, WAKE, &json!({ "ticket": self.id, "until": until.micros() }), until).await?;
        }
        tx.record(actor.event("ticket.snoozed", ("ticket", self.id.uuid()), true, json!({ "until": until.map(|at| at.to_jiff().to_string()) }))).await?;
        of(tx, self.id).await?.ok_or(Fault::Missing)
    }

    /// Brings it back because somebody of the staff wants it. Twice is the same as once.
    pub async fn wake(&self, tx: &mut Tx, actor: &Actor) -> Result<bool> {
        wake(tx, actor, self.id, Waker::Person).await
    }
}

/// Brings a ticket back; false if it was not away. What came by itself stands at the top.
pub(crate) async fn wake(tx: &mut Tx, actor: &Actor, ticket: TicketId, by: Waker) -> Result<bool> {
    let now = tx.now();
    let woken = tx.run(sql!("UPDATE snoozes SET woke_at = $2, woke_by = $3 WHERE ticket_id = $1 AND woke_at IS NULL", ticket, now, by)).await?;
    if woken == 0 {
        return Ok(false);
    }
    tx.run(sql!(
        "UPDATE tickets SET is_active = (spam_at IS NULL AND status IN ('OPEN', 'IN_PROGRESS', 'PENDING', 'ON_HOLD')), version = version + 1 WHERE id = $1",
        ticket
    ))
    .await?;
    if by != Waker::Person {
        let row = Ticket::reload(tx, ticket).await?;
        tx.run(sql!("UPDATE tickets SET updated_at = $2, urgency = $3 WHERE id = $1", ticket, now, row.priority.urgency(now))).await?;
    }
    tx.record(actor.event("ticket.woke", ("ticket", ticket.uuid()), true, json!({ "by": by }))).await?;
    Ok(true)
}

/// The job: its time came. One that was put away anew, or is back already, is left alone.
pub async fn wake_in_time(tx: &mut Tx, ticket: TicketId, until: i64) -> Result<()> {
    let due: Option<Timestamp> =
        tx.first(sql!("SELECT until_at FROM snoozes WHERE ticket_id = $1 AND woke_at IS NULL AND until_at = $2", ticket, until)).await?;
    if due.is_some() {
        wake(tx, &Actor::system("Clockwork"), ticket, Waker::Time).await?;
    }
    Ok(())
}

/// A ticket that is settled is away no more: the snooze ends without a word, for nothing comes back.
pub(crate) async fn end(tx: &mut Tx, ticket: TicketId) -> Result<()> {
    let now = tx.now();
    tx.run(sql!("UPDATE snoozes SET woke_at = $2, woke_by = 'PERSON' WHERE ticket_id = $1 AND woke_at IS NULL", ticket, now)).await?;
    Ok(())
}
