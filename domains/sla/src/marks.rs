//! What of a ticket's journal moves its clocks, in order of time. Automatic messages, notes and what was merged in
//! from another ticket are passed over.

use db::{Event, Timestamp};
use serde_json::Value;
use tickets::{Priority, Status};

/// Something that moves clocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// It came in.
    Created(Priority),
    /// A public word of staff went out.
    StaffReplied,
    /// A public word of the customer's side.
    CustomerReplied,
    /// It stands elsewhere now.
    Status(Status),
    /// More or less hangs on it.
    Priority(Priority),
    /// Into the trash, or out of it.
    Trashed(bool),
}

/// When something moved clocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// When.
    pub at: Timestamp,
    /// What.
    pub what: What,
}

/// The marks of one ticket's lines of the journal.
pub fn marks(events: &[Event]) -> Vec<Mark> {
    let mut marks: Vec<Mark> = events.iter().filter_map(mark).collect();
    // places are in the order of transactions; two that ran at once may have their times the other way round
    marks.sort_by_key(|mark| mark.at);
    marks
}

/// The lines of the journal that can move a clock or choose another policy.
pub(crate) const MATTERS: &[&str] = &[
    "ticket.created",
    "ticket.replied",
    "ticket.customer_replied",
    "ticket.status_changed",
    "ticket.priority_changed",
    "ticket.category_changed",
    "ticket.team_changed",
    "ticket.tags_changed",
    "ticket.organization_changed",
    "ticket.trashed",
    "ticket.restored",
];

/// Whether a line of the journal can move a clock or choose another policy.
pub(crate) fn matters(kind: &str) -> bool {
    MATTERS.contains(&kind)
}

fn mark(event: &Event) -> Option<Mark> {
    let facts = event.facts();
    if is_merged(&facts) {
        return None;
    }
    let new = || facts["new"].as_str().unwrap_or_default().to_owned();
    let what = match event.kind.as_str() {
        "ticket.created" => What::Created(facts["priority"].as_str().and_then(Priority::from_word).unwrap_or(Priority::Medium)),
        "ticket.replied" if !is_automatic(event, &facts) => What::StaffReplied,
        "ticket.customer_replied" if !is_automatic(event, &facts) => What::CustomerReplied,
        "ticket.status_changed" => What::Status(status(&facts)?),
        "ticket.priority_changed" => What::Priority(Priority::from_word(&new())?),
        "ticket.trashed" => What::Trashed(true),
        "ticket.restored" => What::Trashed(false),
        _ => return None,
    };
    Some(Mark { at: event.at, what })
}

/// A custom status says which of the closed set it belongs to.
fn status(facts: &Value) -> Option<Status> {
    ["newCategory", "group", "new"].iter().find_map(|key| facts[*key].as_str().and_then(Status::from_word))
}

fn is_automatic(event: &Event, facts: &Value) -> bool {
    matches!(event.actor_kind.as_str(), "system" | "rule") && event.actor_id.is_none() || facts["automatic"] == true
}

fn is_merged(facts: &Value) -> bool {
    facts["merged"] == true || !facts["mergedFrom"].is_null()
}
