//! What is said when a deadline comes near or passes: a line in the journal that only staff sees, and a letter to
//! whoever has the ticket. Both in the transaction that notes that it was said.

use crate::{Clock, keep::Row};
use db::{Timestamp, Tx};
use kernel::{Actor, Result};
use serde_json::json;
use std::time::Duration;

/// A letter about a deadline that passed longer ago than this helps nobody.
const STALE: Duration = Duration::from_hours(24);

/// What is said of a clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum News {
    /// The deadline is near.
    Warned,
    /// The deadline passed.
    Breached,
}

/// Says it, once: the caller notes that it was said.
pub(crate) async fn say(tx: &mut Tx, row: &Row, clock: &Clock<'_>, news: News, public_url: &str) -> Result<()> {
    let (kind, words) = match news {
        News::Warned => ("sla.warned", "is due soon"),
        News::Breached => ("sla.breached", "is late"),
    };
    let facts = json!({
        "metric": clock.metric,
        "label": clock.metric.label(),
        "cycle": clock.cycle,
        "dueAt": clock.due,
        "targetMinutes": clock.target.as_secs() / 60,
        "people": row.assignee.into_iter().collect::<Vec<_>>()
    });
    tx.record(Actor::system("SLA").event(kind, ("ticket", row.id.uuid()), true, facts)).await?;
    let (Some(to), Some(due)) = (&row.assignee_email, clock.due) else { return Ok(()) };
    if !clock.is_open() || tx.now().since(due) > STALE {
        return Ok(());
    }
    let label = clock.metric.label();
    let subject = format!("{label} {words}: #{} {}", row.number, row.title);
    let text = format!(
        "Hello {},\n\n{label} on #{} “{}” {words}.\nDeadline: {}\n\nOpen it on the desk: {public_url}/desk/tickets/{}\n",
        row.assignee_name.as_deref().unwrap_or_default(),
        row.number,
        row.title,
        moment(due),
        row.id
    );
    accounts::mail::queue(tx, to, &subject, &text).await
}

fn moment(at: Timestamp) -> String {
    at.to_jiff().strftime("%a %-d %b %Y, %H:%M UTC").to_string()
}
