//! Later: a reply, or a change of status, at a time. A reply is held in the thread until then, for staff alone. What the
//! customer says or settles before that time stops it (decision 22). The job may run late or twice.

use crate::{
    Body, Channel, CustomStatus, Message, Status, Ticket, TicketId, change, draft, merge,
    message::{self, Draft},
    policy::{self, Action},
};
use db::{Conn, Id, Timestamp, Tx, record, sql};
use kernel::{Actor, Fault, PersonId, Result};
use serde_json::{Value, json};
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
        /// The custom status that it sets was removed.
        Status = "STATUS",
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
        /// The key of a custom status that is set then; it belongs to that one.
        pub custom_status: Option<String>,
        /// Its name.
        pub custom_name: Option<String>,
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
        "SELECT s.id, s.message_id, COALESCE(s.status, m.then_status), s.custom_status, c.name, s.by_id, s.by_name, s.due_at, s.stopped_by, s.made_at
         FROM scheduled s LEFT JOIN messages m ON m.id = s.message_id LEFT JOIN custom_statuses c ON c.key = s.custom_status"
    };
}

/// What somebody wants to happen later.
pub struct NewScheduled {
    /// The text of a public reply, Markdown.
    pub content: Option<Body>,
    /// The status to set, with the reply or alone.
    pub status: Option<Status>,
    /// Or the key of a custom one.
    pub custom_status: Option<String>,
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

impl Scheduled {
    /// For its lines of the journal: the status by the name that staff reads.
    fn facts(&self) -> Value {
        json!({ "message": self.message_id, "status": self.custom_name.as_ref().map_or_else(|| json!(self.status), |name| json!(name)) })
    }

    /// The custom status as it is now; none when there is none, or when it was removed.
    async fn custom(&self, conn: &mut Conn) -> Result<Option<CustomStatus>> {
        let Some(key) = &self.custom_status else { return Ok(None) };
        Ok(Some(CustomStatus::get(conn, key).await?).filter(|custom| custom.archived_at.is_none()))
    }
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
        if new.content.is_none() && (new.status.is_none() && new.custom_status.is_none() || !new.file_keys.is_empty()) {
            return Err(Fault::field("content", "Write the reply that goes out then, or choose a status alone."));
        }
        let waiting: i64 = tx.one(sql!("SELECT COUNT(*) FROM scheduled WHERE ticket_id = $1", self.id)).await?;
        if waiting >= AT_ONCE {
            return Err(Fault::field("sendAt", format!("{AT_ONCE} wait in this ticket already. Cancel one first.")));
        }
        let custom = CustomStatus::picked(tx, new.status, new.custom_status.as_deref()).await?;
        let status = custom.as_ref().map(|custom| custom.status).or(new.status);
        // no merge passes between this question and the row
        merge::hold_unmerged(tx, self.id).await?;
        let message = self.hold(tx, actor, &new, new.status.filter(|_| custom.is_none())).await?;
        let id = Id::<Scheduled>::new();
        tx.run(sql!(
            "INSERT INTO scheduled (id, ticket_id, message_id, status, custom_status, by_id, by_name, due_at, made_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            id,
            self.id,
            message,
            status.filter(|_| message.is_none() || custom.is_some()),
            custom.as_ref().map(|custom| custom.key.as_str()),
            by,
            &actor.name,
            new.at,
            now
        ))
        .await?;
        jobs::enqueue(tx, DUE, &json!({ "scheduled": id, "ticket": self.id, "at": new.at.micros() }), new.at).await?;
        let later = self.scheduled(tx, id).await?;
        let mut facts = later.facts();
        facts["at"] = json!(new.at.to_jiff().to_string());
        tx.record(actor.event("ticket.later_scheduled", ("ticket", self.id.uuid()), true, facts)).await?;
        Ok(later)
    }

    /// Puts the reply into the thread, where only staff sees it.
    async fn hold(&self, tx: &mut Tx, actor: &Actor, new: &NewScheduled, then_status: Option<Status>) -> Result<Option<Id<Message>>> {
        let Some(body) = &new.content else { return Ok(None) };
        let id = Id::<Message>::new();
        let draft = Draft { body, is_internal: false, channel: new.channel, held_until: Some(new.at), then_status };
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
        Ok(tx.record(actor.event("ticket.later_cancelled", ("ticket", self.id.uuid()), true, later.facts())).await?)
    }

    /// Calls it off because this ticket goes on in another: a reply becomes the draft of who scheduled it, in `place`.
    pub(crate) async fn withdraw_later(&self, tx: &mut Tx, actor: &Actor, later: &Scheduled, place: TicketId) -> Result<()> {
        tx.run(sql!("DELETE FROM scheduled WHERE id = $1", later.id)).await?;
        if let Some(message) = later.message_id {
            self.give_back(tx, message, Some(later.by_id), place).await?;
        }
        let mut facts = later.facts();
        facts["merged"] = json!(true);
        Ok(tx.record(actor.event("ticket.later_cancelled", ("ticket", self.id.uuid()), true, facts)).await?)
    }

    /// Lets it happen now, in the name of whoever scheduled it: also what was stopped.
    pub async fn hurry_later(&self, tx: &mut Tx, actor: &Actor, id: Id<Scheduled>) -> Result<()> {
        let later = self.scheduled(tx, id).await?;
        let is_removed = later.custom_status.is_some() && later.custom(tx).await?.is_none();
        if is_removed && later.message_id.is_none() {
            let detail = format!("The status “{}” was removed. Cancel this, and choose another one.", later.custom_name.unwrap_or_default());
            return Err(Fault::Conflict { kind: "status-removed", detail });
        }
        if later.message_id.is_none() {
            self.demand_for_solving(tx, actor, later.status, None).await?;
        }
        tx.run(sql!("DELETE FROM scheduled WHERE id = $1", id)).await?;
        tx.record(actor.event("ticket.later_hurried", ("ticket", self.id.uuid()), true, later.facts())).await?;
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
    if later.custom_status.is_some() && later.custom(tx).await?.is_none() {
        return Ok(Some(Stop::Status));
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

/// It happens, in the name of whoever scheduled it. A reply goes out in any case: where its custom status was removed, or a
/// field that is needed to solve is empty, the ticket stays as it stands.
async fn happen(tx: &mut Tx, ticket: &Ticket, later: &Scheduled) -> Result<()> {
    if let Some(message) = later.message_id {
        message::release(tx, ticket.id, message).await?;
    }
    let author = message::in_the_name_of(Some(later.by_id), &later.by_name);
    if let Some(custom) = later.custom(tx).await? {
        let ticket = Ticket::reload(tx, ticket.id).await?;
        let may_settle = later.message_id.is_none() || ticket.demand_for_solving(tx, &author, Some(custom.status), None).await.is_ok();
        return if may_settle { change::set_custom_status(tx, &author, &ticket, &custom).await } else { Ok(()) };
    }
    match later.status.filter(|status| later.message_id.is_none() && *status != ticket.status) {
        Some(status) => change::set_status(tx, &author, ticket, status).await,
        None => Ok(()),
    }
}
