//! When staff last looked at a ticket, which tells what is unread.

use crate::TicketId;
use db::sql;
use kernel::Actor;

/// Notes that the actor looked; without waiting and only when there was something new.
pub(crate) fn saw(app: &web::App, actor: &Actor, ticket: TicketId) {
    let (Some(person), db) = (actor.person, app.db.clone()) else { return };
    tokio::spawn(async move {
        let noted = async {
            let mut tx = db.write().await?;
            let now = tx.now();
            tx.run(sql!(
                "INSERT INTO ticket_seen (person_id, ticket_id, seen_at) VALUES ($1, $2, $3) ON CONFLICT (person_id, ticket_id) DO UPDATE SET seen_at = excluded.seen_at",
                person, ticket, now
            )).await?;
            tx.commit().await
        };
        if let Err(error) = noted.await {
            tracing::warn!(%error, "a look at a ticket could not be noted");
        }
    });
}
