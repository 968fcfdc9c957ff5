//! Work that goes on by itself: held replies go out, resolved tickets close, the trash is emptied.

use crate::{TicketId, change, later, merge, message, snooze, suggestion};
use db::{Db, Id, Tx, sql};
use futures::FutureExt;
use kernel::{Fault, Result};
use serde_json::Value;
use std::{sync::Arc, time::Duration};

/// The trash keeps tickets this long.
pub const TRASH: Duration = Duration::from_hours(720);

/// Tells the worker what this room's jobs do.
pub fn register(worker: &mut jobs::Worker, db: &Db) {
    let for_release = db.clone();
    worker.on(
        message::RELEASE,
        Arc::new(move |facts| {
            let db = for_release.clone();
            async move {
                let (ticket, message) = (id(&facts, "ticket")?, id(&facts, "message")?);
                let mut tx = db.write().await?;
                message::release(&mut tx, ticket, message).await?;
                Ok(tx.commit().await?)
            }
            .boxed()
        }),
    );
    let for_look = db.clone();
    worker.on(
        suggestion::LOOK,
        Arc::new(move |facts| {
            let db = for_look.clone();
            async move {
                let open = suggestion::id_of(&facts)?;
                let mut tx = db.write().await?;
                suggestion::look(&mut tx, open).await?;
                Ok(tx.commit().await?)
            }
            .boxed()
        }),
    );
    let for_close = db.clone();
    worker.on(
        change::CLOSE,
        Arc::new(move |facts| {
            let db = for_close.clone();
            async move {
                let (ticket, resolved_at): (TicketId, i64) = (id(&facts, "ticket")?, facts["resolvedAt"].as_i64().unwrap_or_default());
                let mut tx = db.write().await?;
                change::close(&mut tx, ticket, resolved_at).await?;
                Ok(tx.commit().await?)
            }
            .boxed()
        }),
    );
    let for_later = db.clone();
    worker.on(
        later::DUE,
        Arc::new(move |facts| {
            let db = for_later.clone();
            async move {
                let (scheduled, ticket) = (id(&facts, "scheduled")?, id(&facts, "ticket")?);
                let mut tx = db.write().await?;
                later::due(&mut tx, scheduled, ticket, facts["at"].as_i64().unwrap_or_default()).await?;
                Ok(tx.commit().await?)
            }
            .boxed()
        }),
    );
    let for_wake = db.clone();
    worker.on(
        snooze::WAKE,
        Arc::new(move |facts| {
            let db = for_wake.clone();
            async move {
                let (ticket, until): (TicketId, i64) = (id(&facts, "ticket")?, facts["until"].as_i64().unwrap_or_default());
                let mut tx = db.write().await?;
                snooze::wake_in_time(&mut tx, ticket, until).await?;
                Ok(tx.commit().await?)
            }
            .boxed()
        }),
    );
}

fn id<T>(facts: &Value, key: &str) -> Result<Id<T>> {
    facts[key].as_str().and_then(|text| text.parse().ok()).ok_or_else(|| Fault::Broken(format!("the job has no {key}")))
}

/// Removes for good what lay in the trash long enough, a few tickets at a time; called by the clockwork.
pub async fn sweep(db: &Db) -> Result<()> {
    let mut conn = db.read().await?;
    let before = conn.now().minus(TRASH);
    let old: Vec<TicketId> = conn.all(sql!("SELECT id FROM tickets WHERE trashed_at < $1 ORDER BY trashed_at LIMIT 50", before)).await?;
    drop(conn);
    for ticket in old {
        let mut tx = db.write().await?;
        // what was merged into it has its messages here
        for (part, _) in merge::merged_in(&mut tx, ticket).await?.into_iter().rev() {
            delete(&mut tx, part).await?;
        }
        tx.commit().await?;
    }
    Ok(())
}

async fn delete(tx: &mut Tx, ticket: TicketId) -> Result<()> {
    let messages: Vec<uuid::Uuid> = tx.all(sql!("SELECT id FROM messages WHERE ticket_id = $1", ticket)).await?;
    files::drop_of(tx, message::MESSAGE, &messages).await?;
    merge::forget(tx, ticket).await?;
    tx.run(sql!("DELETE FROM ticket_links WHERE from_id = $1 OR to_id = $1", ticket)).await?;
    tx.run(sql!("UPDATE tickets SET follows_id = NULL WHERE follows_id = $1", ticket)).await?;
    tx.run(sql!("DELETE FROM ticket_seen WHERE ticket_id = $1", ticket)).await?;
    tx.run(sql!("DELETE FROM drafts WHERE ticket_id = $1", ticket)).await?;
    tx.run(sql!("DELETE FROM ticket_tags WHERE ticket_id = $1", ticket)).await?;
    tx.run(sql!("DELETE FROM ticket_field_values WHERE ticket_id = $1", ticket)).await?;
    tx.run(sql!("DELETE FROM ticket_people WHERE ticket_id = $1", ticket)).await?;
    tx.run(sql!("DELETE FROM snoozes WHERE ticket_id = $1", ticket)).await?;
    tx.run(sql!("DELETE FROM ticket_domains WHERE ticket_id = $1", ticket)).await?;
    tx.run(sql!("DELETE FROM scheduled WHERE ticket_id = $1", ticket)).await?;
    tx.run(sql!("DELETE FROM messages WHERE ticket_id = $1", ticket)).await?;
    tx.run(sql!("DELETE FROM tickets WHERE id = $1", ticket)).await?;
    Ok(())
}
