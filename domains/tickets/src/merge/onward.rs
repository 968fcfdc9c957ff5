//! What becomes of a ticket that goes on in another: its own page, messages to it, who may read them, its end.

use super::{Merge, hold, refused};
use crate::{
    Message, Status, Ticket, TicketId, listener,
    message::message_from,
    policy::{self, Action},
};
use db::{Conn, Id, Query, Tx, sql};
use kernel::{Actor, Result, Who};

impl Merge {
    /// The thread that a merged ticket's own page shows: what came from it, wherever it is now; and for whom it was
    /// merged with, customers who listen to the target, what was said there since.
    pub(crate) async fn thread(&self, conn: &mut Conn, actor: &Actor) -> Result<Query> {
        let end = if actor.is_staff() { None } else { Some(self.end(conn).await?) };
        let goes_on = match end {
            Some(end) => listener::listens(conn, end, actor.person).await?,
            None => false,
        };
        Ok(sql!(
            concat!(message_from!(), " WHERE (id IN (SELECT x.message_id FROM merged_messages x WHERE x.merge_id = $1) OR ticket_id = $2 AND created_at > $3)"),
            self.id,
            end.filter(|_| goes_on),
            self.merged_at
        ))
    }

    /// The last ticket of the chain: the target may have gone on itself.
    async fn end(&self, conn: &mut Conn) -> Result<TicketId> {
        let mut end = self.target_id;
        while let Some(further) = Self::of_id(conn, end).await? {
            end = further.target_id;
        }
        Ok(end)
    }
}

/// Where a message to this ticket goes on, and as whom: none unless it was merged. Holds the ticket, so that no merge
/// passes between the question and the message. A guest, whose link shows one ticket, may go on where they listen now.
pub(crate) async fn goes_on_in(tx: &mut Tx, actor: &Actor, ticket: &Ticket) -> Result<Option<(Ticket, Actor)>> {
    if ticket.status == Status::Closed {
        hold_chain(tx, ticket.id).await?;
    }
    let status: Option<Status> = tx.hold(sql!("SELECT status FROM tickets WHERE id = $1", ticket.id)).await?;
    if status != Some(Status::Closed) {
        return Ok(None);
    }
    let Some(merge) = Merge::of_id(tx, ticket.id).await? else { return Ok(None) };
    let target = Ticket::reload(tx, merge.target_id).await?;
    let actor = match actor.who {
        Who::Guest(_) if listener::listens(tx, target.id, actor.person).await? => Actor { who: Who::Guest(target.id.uuid()), ..actor.clone() },
        _ => actor.clone(),
    };
    if policy::may_now(tx, &actor, Action::Reply, &target).await? {
        return Ok(Some((target, actor)));
    }
    Err(refused("merged", "This request goes on in another one, which your account may not see. Send a new request.".to_owned()))
}

/// Holds a ticket and those it goes on in, all that a message to it may write, in the order of everybody.
async fn hold_chain(tx: &mut Tx, ticket: TicketId) -> Result<()> {
    let mut chain = vec![ticket];
    while let Some(merge) = Merge::of_id(tx, chain[chain.len() - 1]).await? {
        chain.push(merge.target_id);
    }
    hold(tx, &mut chain).await
}

/// Holds a ticket that does not go on in another; else refuses.
pub(crate) async fn hold_unmerged(tx: &mut Tx, ticket: TicketId) -> Result<()> {
    tx.hold::<TicketId>(sql!("SELECT id FROM tickets WHERE id = $1", ticket)).await?;
    Ticket::reload(tx, ticket).await?.demand_unmerged(tx).await
}

/// A message that was sent to the source and arrived in the target belongs to what came: it goes back with it.
pub(crate) async fn came_by(tx: &mut Tx, source: TicketId, message: &Message) -> Result<()> {
    tx.run(sql!(
        "INSERT INTO merged_messages (merge_id, message_id) SELECT id, $2 FROM ticket_merges WHERE source_id = $1 AND undone_at IS NULL",
        source,
        message.id
    ))
    .await?;
    Ok(())
}

/// Tickets through which a message may be read, because it came from them by a merge; and, for a guest, the ticket of
/// their link whatever was said since, while they listen to where it goes on.
pub(crate) async fn shown_through(conn: &mut Conn, actor: &Actor, message: Id<Message>) -> Result<Vec<TicketId>> {
    let mut through: Vec<TicketId> = conn
        .all(sql!(
            "SELECT g.source_id FROM merged_messages x JOIN ticket_merges g ON g.id = x.merge_id WHERE x.message_id = $1 AND g.undone_at IS NULL",
            message
        ))
        .await?;
    let Who::Guest(own) = actor.who else { return Ok(through) };
    if let Some(merge) = Merge::of_id(conn, own.into()).await? {
        let end = merge.end(conn).await?;
        let since: Option<i64> =
            conn.first(sql!("SELECT 1 FROM messages WHERE id = $1 AND ticket_id = $2 AND created_at > $3", message, end, merge.merged_at)).await?;
        if since.is_some() && listener::listens(conn, end, actor.person).await? {
            through.push(merge.source_id);
        }
    }
    Ok(through)
}

/// A ticket, and with their numbers those that were merged into it, also through each other: nearest first. What rooms keep
/// beside a ticket stays with the ticket it came with; shown where the work goes on, it is read for all of these.
pub async fn merged_in(conn: &mut Conn, ticket: TicketId) -> Result<Vec<(TicketId, i64)>> {
    Ok(conn
        .all(sql!(
            "WITH RECURSIVE parts (id, far) AS (
               SELECT id, 0 FROM tickets WHERE id = $1
               UNION SELECT m.source_id, p.far + 1 FROM ticket_merges m JOIN parts p ON m.target_id = p.id WHERE m.undone_at IS NULL)
             SELECT t.id, t.number FROM parts p JOIN tickets t ON t.id = p.id ORDER BY p.far, t.number",
            ticket
        ))
        .await?)
}

/// Forgets every merge that a ticket had part in, before it is deleted for good.
pub(crate) async fn forget(tx: &mut Tx, ticket: TicketId) -> Result<()> {
    tx.run(sql!("DELETE FROM merged_messages WHERE merge_id IN (SELECT id FROM ticket_merges WHERE source_id = $1 OR target_id = $1)", ticket)).await?;
    tx.run(sql!("DELETE FROM merged_people WHERE merge_id IN (SELECT id FROM ticket_merges WHERE source_id = $1 OR target_id = $1)", ticket)).await?;
    tx.run(sql!("DELETE FROM merged_tags WHERE merge_id IN (SELECT id FROM ticket_merges WHERE source_id = $1 OR target_id = $1)", ticket)).await?;
    tx.run(sql!("DELETE FROM ticket_merges WHERE source_id = $1 OR target_id = $1", ticket)).await?;
    Ok(())
}
