//! What is said when a deadline comes near or passes: a line in the journal that only staff sees, in the transaction that
//! notes that it was said. Whoever has the ticket is told of it by the room `notifications`.

use crate::{Clock, keep::Row};
use db::Tx;
use kernel::{Actor, Result};
use serde_json::json;

/// What is said of a clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum News {
    /// The deadline is near.
    Warned,
    /// The deadline passed.
    Breached,
}

/// Says it, once: the caller notes that it was said.
pub(crate) async fn say(tx: &mut Tx, row: &Row, clock: &Clock<'_>, news: News) -> Result<()> {
    let kind = match news {
        News::Warned => "sla.warned",
        News::Breached => "sla.breached",
    };
    let facts = json!({
        "metric": clock.metric,
        "label": clock.metric.label(),
        "cycle": clock.cycle,
        "dueAt": clock.due,
        "targetMinutes": clock.target.as_secs() / 60,
        "people": row.assignee.into_iter().collect::<Vec<_>>()
    });
    Ok(tx.record(Actor::system("SLA").event(kind, ("ticket", row.id.uuid()), true, facts)).await?)
}
