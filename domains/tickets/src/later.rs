//! Later: a reply, or a change of status, at a time. A reply is held in the thread until then, for staff alone. What the
//! customer says or settles before that time stops it (decision 22). The job may run late or twice.

use crate::{
    Body, Channel, Message, Status, Ticket, TicketId, change, draft, merge,
    message::{self, Draft},
    policy::{self, Action},
};
use db::{Conn, Id, Timestamp, Tx, record, sql};
use kernel::{Actor, Fault, PersonId, Result};
use serde_json::json;
use std::time::Duration;

/// The job that does it.
pub const DUE: &str = "tickets.later";
/// Nothing is scheduled further ahead.
const MOST: Duration = Duration::from_hours(24 * 366);
/// So much waits in one ticket at once.
const AT_ONCE: i64 = 20;

db::words! {
    /// What stopped it.
    pub enum Stop {
        /// The customer wrote or settled it before.
        Customer = "CUSTOMER",
        /// Whoever scheduled it may not do it any more.
        Rights = "RIGHTS",
        /// The ticket lay in the trash.
        Trash = "TRASH",
        /// A field that is needed to solve was empty.
        Fields = "FIELDS",
        /// Another ticket was merged in: there are words, and maybe people, that its author did not see.
        Merge = "MERGE",
    }
}

record! {
    /// Something that is to happen at a time.
    #[derive(Clone, Debug)]
    pub struct Scheduled {
        /// The id.
        pub id: Id<Scheduled>,
        /// The reply that goes out; none for a change of status alone.
        pub message_id: Option<Id<Message>>,
        /// The status that is set then.
        pub status: Option<Status>,
        /// Who scheduled it.
        pub by_id: PersonId,
        /// Their name at that time.
        pub by_name: String,
        /// When.
        pub due_at: Timestamp,
        /// Why it will not happen by itself.
        pub stopped_by: Option<Stop>,
        /// When it was scheduled.
        pub made_at: Timestamp,
    }
}

macro_rules! scheduled_from {
    () => {
        "SELECT s.id, s.message_id, COALESCE(s.status, m.then_status), s.by_id, s.by_name, s.due_at, s.stopped_by, s.made_at
         FROM scheduled s LEFT JOIN messages m ON m.id = s.message_id"
    };
}

/// What somebody wants to happen later.
pub struct NewScheduled {
    /// The text of a public reply, Markdown.
    pub content: Option<Body>,
    /// The status to set, with the reply or alone.
    pub status: Option<Status>,
    /// When.
    pub at: Timestamp,
    /// How it came in.
    pub channel: Channel,
    /// Keys of finished uploads.
    pub file_keys: Vec<String>,
}

/// What waits in a ticket, soonest first. For staff; the caller holds the ticket by the gate.
pub async fn of(conn: &mut Conn, ticket: TicketId) -> Result<Vec<Scheduled>> {
    Ok(conn.all(sql!(concat!(scheduled_from!(), " WHERE s.ticket_id = $1 ORDER BY s.due_at, s.id"), ticket)).await?)
}

/// What holds a message back until a time.
pub(crate) async fn of_message(conn: &mut Conn, message: Id<Message>) -> Result<Option<Id<Scheduled>>> {
    Ok(conn.first(sql!("SELECT id FROM scheduled WHERE message_id = $1", message)).await?)
}

impl Ticket {
    /// Lets a reply go out, or a status be set, at a time.
    pub async fn schedule(&self, tx: &mut Tx, actor: &Actor, new: NewScheduled) -> Result<Scheduled> {
        let by = actor.person.filter(|_| actor.is_staff()).ok_or_else(|| Fault::Forbidden("Only staff schedules.".to_owned()))?;
        let action = if new.content.is_some() { Action::Reply } else { Action::Change };
        if !policy::may_now(tx, actor, action, self).await? {
            return Err(Fault::Forbidden("Your account may see this request but not do that.".to_owned()));
        }
        let now = tx.now();
        if new.at <= now {
            return Err(Fault::field("sendAt", "This time has passed. Choose one that is still to come."));
        }
        if new.at > now.plus(MOST) {
            return Err(Fault::field("sendAt", "A year ahead at most."));
        }
        if new.content.is_none() && (new.status.is_none() || !new.file_keys.is_empty()) {
            return Err(Fault::field("content", "Write the reply that goes out then, or choose a status alone."));
        }
        let waiting: i64 = tx.one(sql!("SELECT COUNT(*) FROM scheduled WHERE ticket_id = $1", self.id)).await?;
        if waiting >= AT_ONCE {
            return Err(Fault::field("sendAt", format!("{AT_ONCE} wait in this ticket already. Cancel one first.")));
        }
        // no merge passes between this question and the row
        merge::hold_unmerged(tx, self.id).await?;
        let message = self.hold(tx, actor, &new).await?;
        let id = Id::<Scheduled>::new();
        tx.run(sql!(
            "INSERT INTO scheduled (id, ticket_id, message_id, status, by_id, by_name, due_at, made_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            id,
            self.id,
            message,
            new.status.filter(|_| message.is_none()),
            by,
            &actor.name,
            new.at,
            now
        ))
        .await?;
        jobs::enqueue(tx, DUE, &json!({ "scheduled": id, "ticket": self.id, "at": new.at.micros() }), new.at).await?;
        let facts = json!({ "message": message, "status": new.status, "at": new.at.to_jiff().to_string() });
        tx.record(actor.event("ticket.later_scheduled", ("ticket", self.id.uuid()), true, facts)).await?;
        Self::scheduled(self, tx, id).await
    }

    /// Puts the reply into the thread, where only staff sees it.
    async fn hold(&self, tx: &mut Tx, actor: &Actor, new: &NewScheduled) -> Result<Option<Id<Message>>> {
        let Some(body) = &new.content else { return Ok(None) };
        let id = Id::<Message>::new();
        let draft = Draft { body, is_internal: false, channel: new.channel, held_until: Some(new.at), then_status: new.status };
        Message::insert(tx, actor, self.id, id, draft).await?;
        if !new.file_keys.is_empty() {
            message::attach(tx, actor, id, &new.file_keys).await?;
        }
        if let Some(person) = actor.person {
            draft::remove(tx, person, self.id).await?;
        }
        Ok(Some(id))
    }

    /// One that waits in this ticket; else it is missing.
    async fn scheduled(&self, conn: &mut Conn, id: Id<Scheduled>) -> Result<Scheduled> {
        conn.first(sql!(concat!(scheduled_from!(), " WHERE s.id = $1 AND s.ticket_id = $2"), id, self.id)).await?.ok_or(Fault::Missing)
    }

    /// Calls it off. A reply becomes the draft of whoever does it, so that no word is lost.
    pub async fn cancel_later(&self, tx: &mut Tx, actor: &Actor, id: Id<Scheduled>) -> Result<()> {
        let later = self.scheduled(tx, id).await?;
        tx.run(sql!("DELETE FROM scheduled WHERE id = $1", id)).await?;
        if let Some(message) = later.message_id {
            self.unsend(tx, actor, message).await?;
        }
        let facts = json!({ "message": later.message_id, "status": later.status });
        Ok(tx.record(actor.event("ticket.later_cancelled", ("ticket", self.id.uuid()), true, facts)).await?)
    }

    /// Calls it off because this ticket goes on in another: a reply becomes the draft of who scheduled it, in `place`.
    pub(crate) async fn withdraw_later(&self, tx: &mut Tx, actor: &Actor, later: &Scheduled, place: TicketId) -> Result<()> {
        tx.run(sql!("DELETE FROM scheduled WHERE id = $1", later.id)).await?;
        if let Some(message) = later.message_id {
            self.give_back(tx, message, Some(later.by_id), place).await?;
        }
        let facts = json!({ "message": later.message_id, "status": later.status, "merged": true });
        Ok(tx.record(actor.event("ticket.later_cancelled", ("ticket", self.id.uuid()), true, facts)).await?)
    }

    /// Lets it happen now, in the name of whoever scheduled it: also what was stopped.
    pub async fn hurry_later(&self, tx: &mut Tx, actor: &Actor, id: Id<Scheduled>) -> Result<()> {
        let later = self.scheduled(tx, id).await?;
        if later.message_id.is_none() {
            self.demand_for_solving(tx, actor, later.status, None).await?;
        }
        tx.run(sql!("DELETE FROM scheduled WHERE id = $1", id)).await?;
        let facts = json!({ "message": later.message_id, "status": later.status });
        tx.record(actor.event("ticket.later_hurried", ("ticket", self.id.uuid()), true, facts)).await?;
        happen(tx, self, &later).await
    }
}

/// The job: its time came. What was called off, stopped or done is left alone.
pub async fn due(tx: &mut Tx, id: Id<Scheduled>, ticket: TicketId, at: i64) -> Result<()> {
    let Ok(ticket) = Ticket::reload(tx, ticket).await else { return Ok(()) };
    let Ok(later) = ticket.scheduled(tx, id).await else { return Ok(()) };
    if later.due_at.micros() != at {
        return Ok(());
    }
    if let Some(why) = obstacle(tx, &ticket, &later).await? {
        return stop(tx, &ticket, id, why).await;
    }
    // of a customer who writes and this job one is first: the row decides
    let taken = tx.run(sql!("DELETE FROM scheduled WHERE id = $1 AND stopped_by IS NULL", id)).await?;
    if taken == 1 { happen(tx, &ticket, &later).await } else { Ok(()) }
}

/// What speaks against it at its time.
async fn obstacle(tx: &mut Tx, ticket: &Ticket, later: &Scheduled) -> Result<Option<Stop>> {
    if ticket.trashed_at.is_some() {
        return Ok(Some(Stop::Trash));
    }
    let Some(author) = accounts::on_behalf_of(tx, later.by_id).await? else { return Ok(Some(Stop::Rights)) };
    let action = if later.message_id.is_some() { Action::Reply } else { Action::Change };
    if !author.is_staff() || !policy::may_now(tx, &author, action, ticket).await? {
        return Ok(Some(Stop::Rights));
    }
    // a reply goes out in any case; then its status stays away, as with one that was only held
    let may_solve = later.message_id.is_some() || ticket.demand_for_solving(tx, &author, later.status, None).await.is_ok();
    Ok(if may_solve { None } else { Some(Stop::Fields) })
}

/// Keeps it from happening by itself, and brings the ticket to the top of the lists, because nobody looks for it.
async fn stop(tx: &mut Tx, ticket: &Ticket, id: Id<Scheduled>, why: Stop) -> Result<()> {
    let stopped = tx.run(sql!("UPDATE scheduled SET stopped_by = $2 WHERE id = $1 AND stopped_by IS NULL", id, why)).await?;
    if stopped == 0 {
        return Ok(());
    }
    let now = tx.now();
    tx.run(sql!("UPDATE tickets SET updated_at = $2, urgency = $3 WHERE id = $1", ticket.id, now, ticket.priority.urgency(now))).await?;
    let event = Actor::system("Clockwork").event("ticket.later_stopped", ("ticket", ticket.id.uuid()), true, json!({ "why": why }));
    Ok(tx.record(event).await?)
}

/// The customer wrote or settled it: what was written before must not go out as if nothing had been said.
pub(crate) async fn stop_for_customer(tx: &mut Tx, customer: &Actor, ticket: TicketId) -> Result<()> {
    let stopped = tx.run(sql!("UPDATE scheduled SET stopped_by = 'CUSTOMER' WHERE ticket_id = $1 AND stopped_by IS NULL", ticket)).await?;
    if stopped == 0 {
        return Ok(());
    }
    let event = customer.event("ticket.later_stopped", ("ticket", ticket.uuid()), true, json!({ "why": Stop::Customer }));
    Ok(tx.record(event).await?)
}

/// Another ticket was merged in: what was written before that waits until somebody has read what came.
pub(crate) async fn stop_for_merge(tx: &mut Tx, actor: &Actor, ticket: TicketId) -> Result<()> {
    let stopped = tx.run(sql!("UPDATE scheduled SET stopped_by = 'MERGE' WHERE ticket_id = $1 AND stopped_by IS NULL", ticket)).await?;
    if stopped == 0 {
        return Ok(());
    }
    let event = actor.event("ticket.later_stopped", ("ticket", ticket.uuid()), true, json!({ "why": Stop::Merge }));
    Ok(tx.record(event).await?)
}

/// It happens, in the name of whoever scheduled it.
async fn happen(tx: &mut Tx, ticket: &Ticket, later: &Scheduled) -> Result<()> {
    if let Some(message) = later.message_id {
        return message::release(tx, ticket.id, message).await;
    }
    let author = message::in_the_name_of(Some(later.by_id), &later.by_name);
    match later.status.filter(|status| *status != ticket.status) {
        Some(status) => change::set_status(tx, &author, ticket, status).await,
        None => Ok(()),
    }
}
