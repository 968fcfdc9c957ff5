//! Spam: a mark that takes a ticket out of every list but its own. Whoever sent it is not told.

use crate::{Ticket, TicketId};
use db::{Conn, Timestamp, Tx, record, sql};
use kernel::{Actor, Result};
use serde_json::json;

record! {
    /// The mark.
    #[derive(Clone, Debug)]
    pub struct Spam {
        /// Who set it.
        pub by: String,
        /// When.
        pub at: Timestamp,
    }
}

/// The mark of a ticket, if it has one.
pub async fn of(conn: &mut Conn, ticket: TicketId) -> Result<Option<Spam>> {
    Ok(conn.first(sql!("SELECT COALESCE(spam_by, ''), spam_at FROM tickets WHERE id = $1 AND spam_at IS NOT NULL", ticket)).await?)
}

impl Ticket {
    /// Marks it as spam. Twice is the same as once.
    pub async fn mark_spam(&self, tx: &mut Tx, actor: &Actor) -> Result<()> {
        self.demand_unmerged(tx).await?;
        let now = tx.now();
        let done = tx
            .run(sql!(
                "UPDATE tickets SET spam_at = $2, spam_by = $3, is_active = FALSE, version = version + 1 WHERE id = $1 AND spam_at IS NULL",
                self.id,
                now,
                &actor.name
            ))
            .await?;
        if done == 0 {
            return Ok(());
        }
        Ok(tx.record(actor.event("ticket.marked_spam", ("ticket", self.id.uuid()), true, json!({}))).await?)
    }

    /// Takes the mark away. Twice is the same as once.
    pub async fn clear_spam(&self, tx: &mut Tx, actor: &Actor) -> Result<()> {
        let done = tx
            .run(sql!(
                "UPDATE tickets SET spam_at = NULL, spam_by = NULL, version = version + 1,
                 is_active = (status IN ('OPEN', 'IN_PROGRESS', 'PENDING', 'ON_HOLD')
                              AND NOT EXISTS (SELECT 1 FROM snoozes z WHERE z.ticket_id = tickets.id AND z.woke_at IS NULL))
                 WHERE id = $1 AND spam_at IS NOT NULL",
                self.id
            ))
            .await?;
        if done == 0 {
            return Ok(());
        }
        Ok(tx.record(actor.event("ticket.cleared_spam", ("ticket", self.id.uuid()), true, json!({}))).await?)
    }
}
