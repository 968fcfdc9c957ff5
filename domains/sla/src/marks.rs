//! What of a ticket's journal moves its clocks, in order of time. Automatic messages, notes
//! and what came or went with a merge are passed over.

use db::{Event, Timestamp};
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
    /// Marked as spam, or not any more.
    Spam(bool),
    /// It goes on in another ticket, or by itself again.
    Merged(bool),
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
    "ticket.marked_spam",
    "ticket.cleared_spam",
    "ticket.merged",
    "ticket.merge_undone",
    "sla.policy_applied",
];

/// Whether a line of the journal can move a clock or choose another policy.
pub(crate) fn matters(kind: &str) -> bool {
    MATTERS.contains(&kind)
}

fn mark(event: &Event) -> Option<Mark> {
    let facts = event.facts();
    if facts["merged"] == true {
        // the status that a merge set or gave back says nothing of what anybody did
        return None;
    }
    let new = facts["new"].as_str().unwrap_or_default();
    let what = match event.kind.as_str() {
        "ticket.created" => What::Created(facts["priority"].as_str().and_then(Priority::from_word).unwrap_or(Priority::Medium)),
        "ticket.replied" if !is_automatic(event) => What::StaffReplied,
        "ticket.customer_replied" if !is_automatic(event) => What::CustomerReplied,
        "ticket.status_changed" => What::Status(Status::from_word(new)?),
        "ticket.priority_changed" => What::Priority(Priority::from_word(new)?),
        "ticket.trashed" => What::Trashed(true),
        "ticket.restored" => What::Trashed(false),
        "ticket.marked_spam" => What::Spam(true),
        "ticket.cleared_spam" => What::Spam(false),
        "ticket.merged" => What::Merged(true),
        "ticket.merge_undone" => What::Merged(false),
        _ => return None,
    };
    Some(Mark { at: event.at, what })
}

fn is_automatic(event: &Event) -> bool {
    event.actor_kind == "system" && event.actor_id.is_none()
}
