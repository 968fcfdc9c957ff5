//! Changes of a ticket's fields: each names the version it saw; a stale one is refused with the ticket as it is now.

use crate::{
    Body, Category, CustomStatus, Priority, Status, Ticket, TicketId, json as shape, later, listener,
    policy::{self, Action},
    row::Row,
    tag,
};
use db::{Tx, sql};
use kernel::{Actor, Fault, PersonId, Result, TeamId};
use serde_json::{Value, json};

/// The job that closes a resolved ticket after some days.
pub const CLOSE: &str = "tickets.close";

/// Any subset of fields; what is none stays.
#[derive(Clone, Debug, Default)]
pub struct Change {
    /// The version it saw.
    pub version: i64,
    /// Subject.
    pub title: Option<String>,
    /// Text of the first message.
    pub description: Option<Body>,
    /// Where it stands; takes a custom status away.
    pub status: Option<Status>,
    /// The key of a custom status, with the status that it belongs to.
    pub custom_status: Option<String>,
    /// How much hangs on it.
    pub priority: Option<Priority>,
    /// What it is about.
    pub category: Option<Category>,
    /// Who answers; `Some(None)` is nobody.
    pub assignee: Option<Option<PersonId>>,
    /// Which team answers; `Some(None)` is none.
    pub team: Option<Option<TeamId>>,
    /// All its labels.
    pub tags: Option<Vec<String>>,
    /// The labels it had, where the caller read them in this transaction: many tickets at once do.
    pub had_tags: Option<Vec<String>>,
    /// Values of custom fields, as they came; what is not named stays.
    pub custom_fields: Option<web::Group>,
}

impl Change {
    /// Touches only what a customer may settle: solved, or open again.
    fn is_settling(&self) -> bool {
        matches!(self.status, Some(Status::Resolved | Status::Open))
            && self.custom_status.is_none()
            && self.title.is_none()
            && self.description.is_none()
            && self.priority.is_none()
            && self.category.is_none()
            && self.assignee.is_none()
            && self.team.is_none()
            && self.tags.is_none()
            && self.custom_fields.is_none()
    }
}

impl Ticket {
    /// Changes fields together or not at all.
    pub async fn change(&self, tx: &mut Tx, actor: &Actor, change: Change) -> Result<Self> {
        let action = if !actor.is_staff() && change.is_settling() { Action::Settle } else { Action::Change };
        let listens = listener::listens(tx, self.id, actor.person).await?;
        policy::demand(actor, action, self, listens)?;
        self.demand_unmerged(tx).await?;
        if !actor.is_staff() {
            later::stop_for_customer(tx, actor, self.id).await?;
        }
        self.change_row(tx, actor, change).await?;
        Self::reload(tx, self.id).await
    }

    /// The change itself, once the actor may: for one ticket, and for each of many.
    pub(crate) async fn change_row(&self, tx: &mut Tx, actor: &Actor, change: Change) -> Result<()> {
        let now = if self.version == change.version { self.clone() } else { Self::reload(tx, self.id).await? };
        if now.version != change.version {
            return Err(self.stale(tx, actor).await?);
        }
        let custom = CustomStatus::picked(tx, change.status, change.custom_status.as_deref()).await?;
        let status = custom.as_ref().map(|custom| custom.status).or(change.status);
        let mut row = Row::of(&now, change.priority, tx.now());
        row.words(&change);
        row.places(tx, &change).await?;
        if let Some(status) = status {
            row.status(status, custom.as_ref());
        }
        // somebody may have been faster since it was read
        if !row.write(tx, actor, Some(change.version)).await? {
            return Err(self.stale(tx, actor).await?);
        }
        now.change_description(tx, actor, &change).await?;
        now.change_tags(tx, actor, &change).await?;
        if let Some(group) = &change.custom_fields {
            now.change_fields(tx, actor, group).await?;
        }
        now.demand_for_solving(tx, actor, status, change.category).await?;
        match status.filter(|status| *status != now.status) {
            Some(status) => settle(tx, now.id, status).await,
            None => Ok(()),
        }
    }

    async fn change_description(&self, tx: &mut Tx, actor: &Actor, change: &Change) -> Result<()> {
        let Some(description) = &change.description else { return Ok(()) };
        tx.run(sql!(
            "UPDATE messages SET source = $2, format = 'MARKDOWN', html = $3, html_version = $4 WHERE id = $1",
            self.first_message_id,
            description.source(),
            description.html(),
            richtext::VERSION
        ))
        .await?;
        self.note_change(tx, actor, "ticket.description_changed", false, Value::Null, Value::Null).await
    }

    async fn change_tags(&self, tx: &mut Tx, actor: &Actor, change: &Change) -> Result<()> {
        let Some(tags) = &change.tags else { return Ok(()) };
        let new = tag::clean_all(tags)?;
        let mut old = match &change.had_tags {
            Some(old) => old.clone(),
            None => tag::of(tx, self.id).await?,
        };
        // engines order text each in its own way
        old.sort();
        if old == new {
            return Ok(());
        }
        tag::replace(tx, self.id, &old, &new).await?;
        self.note_change(tx, actor, "ticket.tags_changed", true, json!(old), json!(new)).await
    }

    /// Takes it for oneself. Of two at once one wins; the other is told who.
    pub async fn claim(&self, tx: &mut Tx, actor: &Actor) -> Result<Self> {
        let listens = listener::listens(tx, self.id, actor.person).await?;
        policy::demand(actor, Action::Change, self, listens)?;
        self.demand_unmerged(tx).await?;
        let now = tx.now();
        let taken = tx
            .run(sql!(
                "UPDATE tickets SET assignee_id = $2, version = version + 1, updated_at = $3, urgency = $4 WHERE id = $1 AND assignee_id IS NULL",
                self.id,
                actor.person,
                now,
                self.priority.urgency(now)
            ))
            .await?;
        let ticket = Self::reload(tx, self.id).await?;
        if taken == 1 {
            self.note_change(tx, actor, "ticket.assigned", false, Value::Null, json!(actor.name)).await?;
            return Ok(ticket);
        }
        if ticket.assignee_id == actor.person {
            return Ok(ticket);
        }
        let who = ticket.assignee.unwrap_or_default();
        Err(Fault::Conflict { kind: "already-claimed", detail: format!("{who} took this ticket already.") })
    }

    /// Puts it into the trash; it stays there for 30 days.
    pub async fn trash(&self, tx: &mut Tx, actor: &Actor) -> Result<()> {
        self.demand_unmerged(tx).await?;
        let now = tx.now();
        let done = tx
            .run(sql!(
                "UPDATE tickets SET trashed_at = $2, trashed_by = $3, version = version + 1 WHERE id = $1 AND trashed_at IS NULL",
                self.id,
                now,
                &actor.name
            ))
            .await?;
        if done == 1 { self.note_change(tx, actor, "ticket.trashed", true, Value::Null, Value::Null).await } else { Ok(()) }
    }

    /// Takes it out of the trash.
    pub async fn restore(&self, tx: &mut Tx, actor: &Actor) -> Result<()> {
        let done = tx
            .run(sql!("UPDATE tickets SET trashed_at = NULL, trashed_by = NULL, version = version + 1 WHERE id = $1 AND trashed_at IS NOT NULL", self.id))
            .await?;
        if done == 1 { self.note_change(tx, actor, "ticket.restored", true, Value::Null, Value::Null).await } else { Ok(()) }
    }

    /// The refusal of a stale change, with the ticket as this actor sees it now.
    pub(crate) async fn stale(&self, tx: &mut Tx, actor: &Actor) -> Result<Fault> {
        let current = Self::get(tx, actor, self.id, Action::See).await?;
        let current = shape::brief(tx, actor, &current).await?;
        Ok(Fault::Stale(Box::new(serde_json::to_value(current).unwrap_or_default())))
    }

    pub(crate) async fn note_change(&self, tx: &mut Tx, actor: &Actor, kind: &'static str, staff_only: bool, old: Value, new: Value) -> Result<()> {
        self.note(tx, actor, kind, staff_only, json!({ "old": old, "new": new, "people": [self.requester_id] })).await
    }

    async fn note(&self, tx: &mut Tx, actor: &Actor, kind: &'static str, staff_only: bool, facts: Value) -> Result<()> {
        if !staff_only {
            let now = tx.now();
            tx.run(sql!("UPDATE tickets SET public_at = $2 WHERE id = $1", self.id, now)).await?;
        }
        Ok(tx.record(actor.event(kind, ("ticket", self.id.uuid()), staff_only, facts)).await?)
    }
}

/// Moves a ticket to another status, with what hangs on it: resolution time, and closing after some days.
pub(crate) async fn set_status(tx: &mut Tx, actor: &Actor, ticket: &Ticket, status: Status) -> Result<()> {
    let mut row = Row::of(ticket, None, tx.now());
    row.plain_status(status);
    row.status_line(status, false);
    row.write(tx, actor, None).await?;
    settle(tx, ticket.id, status).await
}

/// Moves a ticket to a custom status, with what hangs on the status that it belongs to; nothing when it stands there.
pub(crate) async fn set_custom_status(tx: &mut Tx, actor: &Actor, ticket: &Ticket, custom: &CustomStatus) -> Result<()> {
    if ticket.named.key.as_ref() == Some(&custom.key) {
        return Ok(());
    }
    let mut row = Row::of(ticket, None, tx.now());
    row.status(custom.status, Some(custom));
    row.write(tx, actor, None).await?;
    if custom.status == ticket.status { Ok(()) } else { settle(tx, ticket.id, custom.status).await }
}

/// The same without the line: whoever calls it records one.
pub(crate) async fn move_status(tx: &mut Tx, actor: &Actor, ticket: &Ticket, status: Status) -> Result<()> {
    let mut row = Row::of(ticket, None, tx.now());
    row.plain_status(status);
    row.write(tx, actor, None).await?;
    settle(tx, ticket.id, status).await
}

/// What follows from a status: no snooze where no work is left, and closing after some days.
async fn settle(tx: &mut Tx, ticket: TicketId, status: Status) -> Result<()> {
    if !status.is_active() {
        crate::snooze::end(tx, ticket).await?;
    }
    let days = if status == Status::Resolved { settings::current(tx).await?.close_after_days } else { 0 };
    if days > 0 {
        let now = tx.now();
        let at = now.plus(std::time::Duration::from_secs(u64::from(days) * 86_400));
        jobs::enqueue(tx, CLOSE, &json!({ "ticket": ticket, "resolvedAt": now.micros() }), at).await?;
    }
    Ok(())
}

/// Closes a ticket that is still resolved as it was then; harmless twice. The job `tickets.close` calls it.
pub async fn close(tx: &mut Tx, ticket: crate::TicketId, resolved_at: i64) -> Result<()> {
    let Ok(ticket) = Ticket::reload(tx, ticket).await else { return Ok(()) };
    if ticket.status == Status::Resolved && ticket.resolved_at.is_some_and(|at| at.micros() == resolved_at) {
        set_status(tx, &Actor::system("Clockwork"), &ticket, Status::Closed).await?;
    }
    Ok(())
}
