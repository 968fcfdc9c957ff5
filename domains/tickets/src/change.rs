//! Changes of a ticket's fields: each names the version it saw; a stale one is refused with the ticket as it is now.

use crate::{
    Body, Category, CustomStatus, Priority, Status, Ticket, json as shape, later, listener,
    policy::{self, Action},
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
        let taken = tx.run(sql!("UPDATE tickets SET version = version + 1 WHERE id = $1 AND version = $2", self.id, change.version)).await?;
        if taken == 0 {
            return Err(self.stale(tx, actor).await?);
        }
        // the version is ours now: what stands in the row is what the caller saw
        let now = if self.version == change.version { self.clone() } else { Self::reload(tx, self.id).await? };
        now.change_words(tx, actor, &change).await?;
        now.change_places(tx, actor, &change).await?;
        if let Some(group) = &change.custom_fields {
            now.change_fields(tx, actor, group).await?;
        }
        let custom = match &change.custom_status {
            Some(key) => Some(CustomStatus::to_set(tx, key).await?),
            None => None,
        };
        if let (Some(status), Some(custom)) = (change.status, &custom)
            && custom.status != status
        {
            return Err(Fault::field("customStatus", format!("“{}” belongs to {}.", custom.name, custom.status.word())));
        }
        let status = custom.as_ref().map(|custom| custom.status).or(change.status);
        now.demand_for_solving(tx, actor, status, change.category).await?;
        if let Some(status) = status {
            set_status_as(tx, actor, &now, status, custom.as_ref()).await?;
        }
        let at = tx.now();
        let priority = change.priority.unwrap_or(now.priority);
        tx.run(sql!("UPDATE tickets SET updated_at = $2, urgency = $3 WHERE id = $1", self.id, at, priority.urgency(at))).await?;
        Ok(())
    }

    async fn change_words(&self, tx: &mut Tx, actor: &Actor, change: &Change) -> Result<()> {
        if let Some(title) = change.title.as_ref().filter(|title| **title != self.title) {
            tx.run(sql!("UPDATE tickets SET title = $2, folded = $3 WHERE id = $1", self.id, title, title.to_lowercase())).await?;
            self.note_change(tx, actor, "ticket.title_changed", false, json!(self.title), json!(title)).await?;
        }
        if let Some(description) = &change.description {
            tx.run(sql!(
                "UPDATE messages SET source = $2, format = 'MARKDOWN', html = $3, html_version = $4 WHERE id = $1",
                self.first_message_id,
                description.source(),
                description.html(),
                richtext::VERSION
            ))
            .await?;
            self.note_change(tx, actor, "ticket.description_changed", false, Value::Null, Value::Null).await?;
        }
        if let Some(priority) = change.priority.filter(|priority| *priority != self.priority) {
            tx.run(sql!("UPDATE tickets SET priority = $2 WHERE id = $1", self.id, priority)).await?;
            self.note_change(tx, actor, "ticket.priority_changed", true, json!(self.priority), json!(priority)).await?;
        }
        if let Some(category) = change.category.filter(|category| *category != self.category) {
            tx.run(sql!("UPDATE tickets SET category = $2 WHERE id = $1", self.id, category)).await?;
            self.note_change(tx, actor, "ticket.category_changed", false, json!(self.category), json!(category)).await?;
        }
        if let Some(tags) = &change.tags {
            let old = tag::of(tx, self.id).await?;
            let new = tag::set(tx, self.id, tags).await?;
            if old != new {
                self.note_change(tx, actor, "ticket.tags_changed", true, json!(old), json!(new)).await?;
            }
        }
        Ok(())
    }

    async fn change_places(&self, tx: &mut Tx, actor: &Actor, change: &Change) -> Result<()> {
        if let Some(team) = change.team.filter(|team| *team != self.team_id) {
            Self::check_team(tx, team).await?;
            tx.run(sql!("UPDATE tickets SET team_id = $2 WHERE id = $1", self.id, team)).await?;
            let name: Option<String> = tx.first(sql!("SELECT name FROM teams WHERE id = $1", team)).await?;
            self.note_change(tx, actor, "ticket.team_changed", true, json!(self.team), json!(name)).await?;
        }
        if let Some(assignee) = change.assignee.filter(|assignee| *assignee != self.assignee_id) {
            Self::check_assignee(tx, assignee).await?;
            tx.run(sql!("UPDATE tickets SET assignee_id = $2 WHERE id = $1", self.id, assignee)).await?;
            let name: Option<String> = tx.first(sql!("SELECT name FROM people WHERE id = $1", assignee)).await?;
            self.note_change(tx, actor, "ticket.assigned", false, json!(self.assignee), json!(name)).await?;
        }
        Ok(())
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

/// Moves a ticket to a status, or to a custom one of it; nothing when it stands there.
async fn set_status_as(tx: &mut Tx, actor: &Actor, ticket: &Ticket, status: Status, custom: Option<&CustomStatus>) -> Result<()> {
    let is_renamed = custom.map(|custom| &custom.key) != ticket.named.key.as_ref();
    if is_renamed {
        tx.run(sql!("UPDATE tickets SET custom_status = $2 WHERE id = $1", ticket.id, custom.map(|custom| custom.key.as_str()))).await?;
        let named = custom.map_or_else(|| json!(status), |custom| json!(custom.name));
        let old = ticket.named.name.as_ref().map_or_else(|| json!(ticket.status), |name| json!(name));
        ticket.note_change(tx, actor, crate::custom_status::CHANGED, true, old, named).await?;
    }
    if status == ticket.status { Ok(()) } else { move_to(tx, actor, ticket, status, is_renamed && custom.is_some()).await }
}

/// Moves a ticket to another status, with what hangs on it: resolution time, and closing after some days.
pub(crate) async fn set_status(tx: &mut Tx, actor: &Actor, ticket: &Ticket, status: Status) -> Result<()> {
    move_to(tx, actor, ticket, status, false).await
}

/// `is_named`: another line, for staff alone, says already how it stands.
async fn move_to(tx: &mut Tx, actor: &Actor, ticket: &Ticket, status: Status, is_named: bool) -> Result<()> {
    move_status(tx, ticket, status).await?;
    let mut facts = json!({ "old": ticket.status, "new": status, "people": [ticket.requester_id] });
    if is_named {
        facts["custom"] = json!(true);
    }
    ticket.note(tx, actor, "ticket.status_changed", false, facts).await
}

/// The row alone: whoever calls it records the line.
pub(crate) async fn move_status(tx: &mut Tx, ticket: &Ticket, status: Status) -> Result<()> {
    let now = tx.now();
    // a custom status goes with the one it belongs to
    tx.run(sql!(
        "UPDATE tickets SET custom_status = NULL WHERE id = $1 AND custom_status IN (SELECT key FROM custom_statuses WHERE status <> $2)",
        ticket.id,
        status
    ))
    .await?;
    let resolved_at = match status {
        Status::Resolved => Some(now),
        Status::Closed => ticket.resolved_at.or(Some(now)),
        _ => None,
    };
    let closed_at = (status == Status::Closed).then_some(now);
    tx.run(sql!(
        "UPDATE tickets SET status = $2, resolved_at = $4, closed_at = $5, updated_at = $6, urgency = $7, version = version + 1,
         is_active = ($3 AND spam_at IS NULL AND NOT EXISTS (SELECT 1 FROM snoozes z WHERE z.ticket_id = tickets.id AND z.woke_at IS NULL)) WHERE id = $1",
        ticket.id,
        status,
        status.is_active(),
        resolved_at,
        closed_at,
        now,
        ticket.priority.urgency(now)
    ))
    .await?;
    if !status.is_active() {
        crate::snooze::end(tx, ticket.id).await?;
    }
    let days = if status == Status::Resolved { settings::current(tx).await?.close_after_days } else { 0 };
    if days > 0 {
        let at = now.plus(std::time::Duration::from_secs(u64::from(days) * 86_400));
        jobs::enqueue(tx, CLOSE, &json!({ "ticket": ticket.id, "resolvedAt": now.micros() }), at).await?;
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
