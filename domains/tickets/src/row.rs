//! The row of a ticket as a change leaves it: one UPDATE, and a line of the journal for each thing that changed.

use crate::{Change, CustomStatus, Priority, Status, Ticket, custom_status};
use db::{Query, Timestamp, Tx};
use kernel::{Actor, Result};
use serde_json::{Value, json};

/// What is about to be set.
pub(crate) struct Row<'a> {
    ticket: &'a Ticket,
    at: Timestamp,
    set: Query,
    is_public: bool,
    lines: Vec<(&'static str, bool, Value)>,
}

impl<'a> Row<'a> {
    /// A new version, touched now, with this priority or the one it had.
    pub(crate) fn of(ticket: &'a Ticket, priority: Option<Priority>, at: Timestamp) -> Self {
        let mut set = Query::with("UPDATE tickets SET version = version + 1, updated_at = ", Vec::new());
        set.bind(at).push(", urgency = ").bind(priority.unwrap_or(ticket.priority).urgency(at));
        Self { ticket, at, set, is_public: false, lines: Vec::new() }
    }

    /// Subject, priority and category, where they become others.
    pub(crate) fn words(&mut self, change: &Change) {
        let ticket = self.ticket;
        if let Some(title) = change.title.as_ref().filter(|title| **title != ticket.title) {
            self.set.push(", title = ").bind(title).push(", folded = ").bind(title.to_lowercase());
            self.line("ticket.title_changed", false, &json!(ticket.title), &json!(title));
        }
        if let Some(priority) = change.priority.filter(|priority| *priority != ticket.priority) {
            self.set.push(", priority = ").bind(priority);
            self.line("ticket.priority_changed", true, &json!(ticket.priority), &json!(priority));
        }
        if let Some(category) = change.category.filter(|category| *category != ticket.category) {
            self.set.push(", category = ").bind(category);
            self.line("ticket.category_changed", false, &json!(ticket.category), &json!(category));
        }
    }

    /// Team and assignee, where they become others: with the names of the new ones.
    pub(crate) async fn places(&mut self, tx: &mut Tx, change: &Change) -> Result<()> {
        let ticket = self.ticket;
        if let Some(team) = change.team.filter(|team| *team != ticket.team_id) {
            let name = Ticket::team_to_set(tx, team).await?;
            self.set.push(", team_id = ").bind(team);
            self.line("ticket.team_changed", true, &json!(ticket.team), &json!(name));
            self.values(&json!(ticket.team_id), &json!(team));
        }
        if let Some(assignee) = change.assignee.filter(|assignee| *assignee != ticket.assignee_id) {
            let name = Ticket::assignee_to_set(tx, assignee).await?;
            self.set.push(", assignee_id = ").bind(assignee);
            self.line("ticket.assigned", false, &json!(ticket.assignee), &json!(name));
        }
        Ok(())
    }

    /// A status, or a custom one of it; nothing when it stands there.
    pub(crate) fn status(&mut self, status: Status, custom: Option<&CustomStatus>) {
        let named = &self.ticket.named;
        let is_renamed = custom.map(|custom| &custom.key) != named.key.as_ref();
        if is_renamed {
            self.set.push(", custom_status = ").bind(custom.map(|custom| custom.key.as_str()).map(str::to_owned));
            let new = custom.map_or_else(|| json!(status), |custom| json!(custom.name));
            let old = named.name.as_ref().map_or_else(|| json!(self.ticket.status), |name| json!(name));
            self.line(custom_status::CHANGED, true, &old, &new);
            self.values(&json!(named.key), &json!(custom.map(|custom| &custom.key)));
        }
        if status != self.ticket.status {
            self.standing(status);
            self.status_line(status, is_renamed && custom.is_some());
        }
    }

    /// A status that takes along a custom one that is not of it, and tells of that; of the status tells whoever calls it.
    pub(crate) fn plain_status(&mut self, status: Status) {
        self.standing(status);
        if let Some(name) = self.ticket.named.name.as_ref().filter(|_| status != self.ticket.status) {
            self.line(custom_status::CHANGED, true, &json!(name), &json!(status));
            self.values(&json!(self.ticket.named.key), &Value::Null);
        }
        self.set.push(", custom_status = (SELECT c.key FROM custom_statuses c WHERE c.key = tickets.custom_status AND c.status = ").bind(status).push(")");
    }

    /// Tells of a status. `is_named`: another line, for staff alone, says already how it stands.
    pub(crate) fn status_line(&mut self, status: Status, is_named: bool) {
        let mut facts = json!({ "old": self.ticket.status, "new": status, "people": [self.ticket.requester_id] });
        if is_named {
            facts["custom"] = json!(true);
        }
        self.is_public = true;
        self.lines.push(("ticket.status_changed", false, facts));
    }

    fn standing(&mut self, status: Status) {
        let resolved_at = match status {
            Status::Resolved => Some(self.at),
            Status::Closed => self.ticket.resolved_at.or(Some(self.at)),
            _ => None,
        };
        self.set.push(", status = ").bind(status).push(", resolved_at = ").bind(resolved_at);
        self.set.push(", closed_at = ").bind((status == Status::Closed).then_some(self.at));
        self.set.push(", is_active = (").bind(status.is_active());
        self.set.push(" AND spam_at IS NULL AND NOT EXISTS (SELECT 1 FROM snoozes z WHERE z.ticket_id = tickets.id AND z.woke_at IS NULL))");
    }

    fn line(&mut self, kind: &'static str, staff_only: bool, old: &Value, new: &Value) {
        self.is_public |= !staff_only;
        self.lines.push((kind, staff_only, json!({ "old": old, "new": new, "people": [self.ticket.requester_id] })));
    }

    /// Gives the last line what is stored behind its words, for readers who compare: names change.
    fn values(&mut self, old: &Value, new: &Value) {
        if let Some((_, _, facts)) = self.lines.last_mut() {
            (facts["oldValue"], facts["newValue"]) = (old.clone(), new.clone());
        }
    }

    /// Writes it, if the row still has this version; false if not.
    pub(crate) async fn write(mut self, tx: &mut Tx, actor: &Actor, version: Option<i64>) -> Result<bool> {
        if self.is_public {
            self.set.push(", public_at = ").bind(self.at);
        }
        self.set.push(" WHERE id = ").bind(self.ticket.id);
        if let Some(version) = version {
            self.set.push(" AND version = ").bind(version);
        }
        if tx.run(self.set).await? == 0 {
            return Ok(false);
        }
        for (kind, staff_only, facts) in self.lines {
            tx.record(actor.event(kind, ("ticket", self.ticket.id.uuid()), staff_only, facts)).await?;
        }
        Ok(true)
    }
}
