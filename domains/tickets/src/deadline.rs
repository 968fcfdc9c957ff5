//! The next deadline of a ticket: a copy that lists show and sort by. The room of the service levels computes it from
//! the journal and keeps it here by [`set`]; nobody else writes it, and nothing here is the truth about a promise.

use crate::{Status, TicketId};
use db::{Timestamp, Tx, record, sql};
use kernel::Result;

/// The sort value of what has no running deadline: after all that have one.
pub const LAST: i64 = i64::MAX;

db::words! {
    /// How a ticket stands to its next deadline.
    pub enum Standing {
        /// There is time.
        Ok = "ok",
        /// It is near.
        Warn = "warn",
        /// It passed.
        Late = "late",
        /// Nothing is counted now.
        Paused = "paused",
    }
}

record! {
    /// The next deadline, or that there is none.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Deadline {
        /// How it stands; none when nothing was promised, or all is done.
        pub standing: Option<Standing>,
        /// What is due: "First reply".
        pub metric: Option<String>,
        /// Since when it is counted.
        pub since: Option<Timestamp>,
        /// The deadline.
        pub due_at: Option<Timestamp>,
        /// From when on it is near.
        pub warn_at: Option<Timestamp>,
        /// What lists sort by.
        pub sort: i64,
    }
}

impl Deadline {
    /// Nothing is promised.
    pub fn none() -> Self {
        Self { standing: None, metric: None, since: None, due_at: None, warn_at: None, sort: LAST }
    }

    /// For a row of a list; the status says why it is paused.
    pub fn countdown(&self, status: Status) -> Option<ui::Countdown> {
        let standing = self.standing?;
        let word = match status {
            Status::Pending => "paused",
            Status::OnHold => "on hold",
            Status::Resolved => "solved",
            Status::Closed => "closed",
            Status::Open | Status::InProgress => "not counted",
        };
        Some(ui::Countdown {
            state: standing.word(),
            about: self.metric.clone().unwrap_or_default(),
            word: word.to_owned(),
            since: self.since,
            warn: self.warn_at,
            due: self.due_at,
        })
    }
}

/// Keeps the next deadline of a ticket. It is no change of the ticket: version and times stay as they are.
pub async fn set(tx: &mut Tx, ticket: TicketId, deadline: &Deadline) -> Result<()> {
    tx.run(sql!(
        "UPDATE tickets SET sla_state = $2, sla_metric = $3, sla_since = $4, sla_due_at = $5, sla_warn_at = $6, sla_sort = $7 WHERE id = $1",
        ticket,
        deadline.standing,
        deadline.metric.as_deref(),
        deadline.since,
        deadline.due_at,
        deadline.warn_at,
        deadline.sort
    ))
    .await?;
    Ok(())
}
