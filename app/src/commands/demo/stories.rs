//! What customers ask and how it goes: the plot of every kind of request, told in templates (see `words`).

mod access;
mod billing;
mod graders;
mod hooks;
mod limits;
mod prompts;
mod runs;
mod sdks;
pub(super) mod small_talk;

use tickets::{Category, Priority};

/// The teams, by their place in `people::TEAMS`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Desk {
    Evaluations = 0,
    Api = 1,
    Billing = 2,
}

/// What is attached to a request.
#[derive(Clone, Copy, Debug)]
pub(super) enum Paper {
    /// A picture of a chart.
    Shot,
    /// A trace as JSON.
    Trace,
    /// A log.
    Log,
    /// A table.
    Table,
}

/// One step of a conversation after the request itself.
#[derive(Clone, Copy, Debug)]
pub(super) enum Turn {
    /// An agent asks back; the ticket waits for the customer.
    Asks(&'static str),
    /// An agent says where it stands and goes on working.
    Says(&'static str),
    /// An agent explains that somebody else must act first.
    Holds(&'static str),
    /// An agent gives the answer.
    Solves(&'static str),
    /// An agent leaves a note for the team.
    Notes(&'static str),
    /// The customer writes.
    Writes(&'static str),
}

/// A kind of request. The last turn is always the answer.
#[derive(Debug)]
pub(super) struct Story {
    pub subjects: &'static [&'static str],
    pub body: &'static str,
    pub desk: Desk,
    pub category: Category,
    pub priority: Priority,
    pub tags: &'static [&'static str],
    pub paper: Option<Paper>,
    pub turns: &'static [Turn],
}

/// Every story, by theme.
pub(super) fn all() -> Vec<&'static Story> {
    [runs::STORIES, graders::STORIES, prompts::STORIES, limits::STORIES, sdks::STORIES, hooks::STORIES, billing::STORIES, access::STORIES]
        .into_iter()
        .flatten()
        .collect()
}
