//! What the desk shows of snooze, spam and what is scheduled.

use super::{Choice, Message};
use db::Timestamp;

/// One time to choose.
pub struct TimeChoice {
    /// The word that is posted: `later`.
    pub word: &'static str,
    /// "Later today".
    pub label: &'static str,
    /// When that would be; none waits for the customer.
    pub at: Option<Timestamp>,
}

/// The composer's menu for another time.
#[derive(Default)]
pub struct LaterMenu {
    /// Times to choose.
    pub choices: Vec<TimeChoice>,
    /// The first moment that may be chosen, `2026-11-23T00:00`.
    pub first: String,
    /// The moment as typed.
    pub at: String,
    /// What becomes of the status then.
    pub statuses: Vec<Choice>,
}

/// Something of a ticket that is to happen at a time.
pub struct Later {
    /// Its id.
    pub id: String,
    /// The reply that goes out; none for a change of status alone.
    pub message: Option<Message>,
    /// The status that is set then.
    pub status: Option<String>,
    /// When.
    pub at: Timestamp,
    /// Who scheduled it.
    pub by: String,
    /// Why it will not happen by itself.
    pub stopped: Option<String>,
}

/// Snooze and spam of the open ticket.
#[derive(Default)]
pub struct Away {
    /// Ways to put it away.
    pub choices: Vec<TimeChoice>,
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
