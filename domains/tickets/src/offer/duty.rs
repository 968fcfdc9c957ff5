//! How tickets are given to people. Each of these statements decides by itself, whatever people do at the same time.

use crate::{Ticket, TicketId};
use db::{Conn, Query, Tx, sql};
use kernel::{Actor, Coming, Load, OfTeam, PersonId, Result};
use serde_json::{Value, json};
use uuid::Uuid;

/// See `Duty::give`.
pub(super) fn give<'a>(tx: &'a mut Tx, actor: &'a Actor, id: Uuid, person: PersonId) -> Coming<'a, bool> {
    Box::pin(async move {
        Ticket::assignee_to_set(tx, Some(person)).await?;
        let now = tx.now();
        let given = tx
            .run(sql!(
                "UPDATE tickets SET assignee_id = $2, version = version + 1, updated_at = $3, public_at = $3
                 WHERE id = $1 AND assignee_id IS NULL AND trashed_at IS NULL AND spam_at IS NULL",
                id,
                person,
                now
            ))
            .await?;
        let name: Option<String> = tx.first(sql!("SELECT name FROM people WHERE id = $1", person)).await?;
        if given == 1 {
            note(tx, actor, id, Value::Null, json!(name)).await?;
        }
        Ok(given == 1)
    })
}

/// See `Duty::free`.
pub(super) fn free<'a>(tx: &'a mut Tx, actor: &'a Actor, id: Uuid, person: PersonId) -> Coming<'a, bool> {
    Box::pin(async move {
        let now = tx.now();
        let freed = tx
            .run(sql!(
                "UPDATE tickets SET assignee_id = NULL, version = version + 1, updated_at = $3, public_at = $3 WHERE id = $1 AND assignee_id = $2",
                id,
                person,
                now
            ))
            .await?;
        let name: Option<String> = tx.first(sql!("SELECT name FROM people WHERE id = $1", person)).await?;
        if freed == 1 {
            note(tx, actor, id, json!(name), Value::Null).await?;
        }
        Ok(freed == 1)
    })
}

async fn note(tx: &mut Tx, actor: &Actor, id: Uuid, old: Value, new: Value) -> Result<()> {
    let ticket = Ticket::reload(tx, TicketId::from(id)).await?;
    tx.run(sql!("UPDATE tickets SET urgency = $2 WHERE id = $1", ticket.id, ticket.priority.urgency(tx.now()))).await?;
    let facts = json!({ "old": old, "new": new, "people": [ticket.requester_id] });
    Ok(tx.record(actor.event("ticket.assigned", ("ticket", id), false, facts)).await?)
}

/// See `Duty::held`.
pub(super) fn held(conn: &mut Conn, person: PersonId, limit: i64) -> Coming<'_, Vec<OfTeam>> {
    let mut query =
        sql!("SELECT id, team_id FROM tickets WHERE assignee_id = $1 AND trashed_at IS NULL AND status NOT IN ('RESOLVED', 'CLOSED') ORDER BY id", person);
    query.limit(limit);
    Box::pin(async move { Ok(conn.all(query).await?) })
}

/// See `Duty::load`.
pub(super) fn load<'a>(conn: &'a mut Conn, people: &'a [PersonId]) -> Coming<'a, Vec<Load>> {
    let mut query = Query::with("SELECT assignee_id, COUNT(*) FROM tickets WHERE trashed_at IS NULL AND is_active = TRUE AND assignee_id IN ", Vec::new());
    query.list(people.iter().copied()).push(" GROUP BY assignee_id");
    Box::pin(async move { Ok(conn.all(query).await?) })
}
