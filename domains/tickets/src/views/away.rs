//! What the desk shows of snooze and spam.

use db::Timestamp;

/// One way to put a ticket away.
pub struct SnoozeChoice {
    /// The word that is posted: `later`.
    pub word: &'static str,
    /// "Later today".
    pub label: &'static str,
    /// When it would come back.
    pub at: Option<Timestamp>,
}

/// Snooze and spam of the open ticket.
#[derive(Default)]
pub struct Away {
    /// Ways to put it away.
    pub choices: Vec<SnoozeChoice>,
    /// The first day that may be chosen, `2026-11-23`.
    pub first_day: String,
    /// It may be put away: it stands in the lists of work, or did before it was snoozed.
    pub may_snooze: bool,
    /// Who put it away, while it is.
    pub snoozed_by: Option<String>,
    /// Until when; none is until the customer replies.
    pub until: Option<Timestamp>,
    /// Why it came back, while nobody answered since.
    pub back: Option<String>,
    /// Who marked it as spam, while it is.
    pub spam_by: Option<String>,
}
