//! What rules may ask of the service level of a ticket, and what of it they may listen to.

use db::{Conn, Query, Timestamp};
use futures::future::BoxFuture;
use kernel::{Addition, Change, Choice, EventKind, Facts, Fault, Field, FieldKind, Result};
use serde_json::json;
use std::{borrow::Cow::Borrowed, collections::HashSet};
use tickets::Standing;
use uuid::Uuid;

/// What this room adds to tickets.
pub(crate) static ADDITION: Addition = Addition {
    kind: "ticket",
    events: &[
        EventKind { kind: "sla.warned", label: "a deadline is near", changes: Change::Nothing },
        EventKind { kind: "sla.breached", label: "a deadline is missed", changes: Change::Nothing },
    ],
    fields: &[
        Field { name: Borrowed("sla.due"), label: Borrowed("Next deadline"), kind: FieldKind::Time },
        Field { name: Borrowed("sla.standing"), label: Borrowed("Service level"), kind: FieldKind::Choice(Borrowed("sla.standings")) },
        Field { name: Borrowed("sla.breached"), label: Borrowed("A deadline was missed"), kind: FieldKind::YesNo },
    ],
    commands: &[],
    choices,
    facts,
    run: |_, _, _, command, _| Box::pin(std::future::ready(Err(Fault::Broken(format!("service levels have no command {command}"))))),
};

const fn label(standing: Standing) -> &'static str {
    match standing {
        Standing::Ok => "in time",
        Standing::Warn => "near",
        Standing::Late => "late",
        Standing::Paused => "paused",
    }
}

fn choices<'a>(_: &'a mut Conn, list: &'a str) -> BoxFuture<'a, Result<Vec<Choice>>> {
    let all = if list == "sla.standings" { Standing::ALL } else { &[] };
    let of = |one: &Standing| Choice { value: one.word().to_owned(), label: label(*one).to_owned() };
    Box::pin(std::future::ready(Ok(all.iter().map(of).collect())))
}

/// As the watcher left it: it looks each second.
fn facts<'a>(conn: &'a mut Conn, ids: &'a [Uuid], wanted: &'a [String]) -> BoxFuture<'a, Result<Vec<(Uuid, Facts)>>> {
    Box::pin(async move {
        let wants = |name: &str| wanted.iter().any(|known| known == name);
        let mut query = Query::with("SELECT id, sla_due_at, sla_state FROM tickets WHERE id IN ", Vec::new());
        query.list(ids.iter().copied());
        let rows: Vec<(Uuid, Option<Timestamp>, Option<Standing>)> = conn.all(query).await?;
        let mut missed = HashSet::new();
        if wants("sla.breached") {
            let mut query = Query::with("SELECT DISTINCT ticket_id FROM sla_clocks WHERE breached = TRUE AND ticket_id IN ", Vec::new());
            query.list(ids.iter().copied());
            missed.extend(conn.all::<Uuid>(query).await?);
        }
        Ok(rows
            .into_iter()
            .map(|(id, due, standing)| {
                let values = [
                    ("sla.due", json!(due.map(Timestamp::micros))),
                    ("sla.standing", json!(standing.map(Standing::word))),
                    ("sla.breached", json!(missed.contains(&id))),
                ];
                (id, values.into_iter().filter(|(name, _)| wants(name)).map(|(name, value)| (name.to_owned(), value)).collect())
            })
            .collect())
    })
}
