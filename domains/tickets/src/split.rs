//! Splitting: one public message becomes a ticket of its own, linked both ways. The message moves, with its files and its
//! time: there is one of it. A note stays, because a ticket begins with words that its customer may see.

use crate::{Message, Part, Ticket, TicketId, link, listener, merge, policy::Action};
use accounts::Person;
use db::{Id, Tx, sql};
use kernel::{Actor, Fault, Result};
use serde_json::json;

impl Ticket {
    /// Makes a ticket of one of its messages. It belongs to the customer who wrote it; a reply of staff, to the requester.
    pub async fn split(&self, tx: &mut Tx, actor: &Actor, message: Id<Message>, title: Option<String>) -> Result<Self> {
        tx.hold::<TicketId>(sql!("SELECT id FROM tickets WHERE id = $1", self.id)).await?;
        let source = Self::get(tx, actor, self.id, Action::Change).await?;
        source.demand_unmerged(tx).await?;
        let message = Message::get(tx, source.id, message).await?;
        may_leave(tx, &source, &message).await?;
        let author = message.author_id.filter(|_| !message.is_staff).unwrap_or(source.requester_id);
        let requester = Person::get(tx, author).await?;
        let new = source.begin(tx, &requester, &message, title.as_ref().unwrap_or(&source.title)).await?;
        tx.run(sql!("UPDATE messages SET ticket_id = $2 WHERE id = $1", message.id, new.id)).await?;
        listener::add(tx, new.id, requester.id, Part::Requester).await?;
        let facts = json!({
            "number": new.number, "priority": new.priority, "category": new.category, "channel": new.channel, "message": message.id, "people": [requester.id]
        });
        tx.record(actor.event("ticket.created", ("ticket", new.id.uuid()), false, facts)).await?;
        link::split(tx, actor, &source, &new).await?;
        merge::public(tx, actor, &source).await?;
        Ok(new)
    }

    /// The row of what begins with a message of this one.
    async fn begin(&self, tx: &mut Tx, requester: &Person, message: &Message, title: &str) -> Result<Self> {
        let (id, now) = (TicketId::new(), tx.now());
        let number = tx.next_ticket_number().await?;
        tx.run(sql!(
            "INSERT INTO tickets (id, number, title, folded, status, is_active, priority, urgency, category, channel, requester_id, organization_id,
                                  team_id, first_message_id, customer_at, staff_at, created_at, updated_at, version)
             VALUES ($1, $2, $3, $4, 'OPEN', TRUE, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $15, 1)",
            id,
            number,
            title,
            title.to_lowercase(),
            self.priority,
            self.priority.urgency(now),
            self.category,
            message.channel,
            requester.id,
            requester.organization_id,
            self.team_id,
            message.id,
            (!message.is_staff).then_some(message.created_at),
            message.is_staff.then_some(message.created_at),
            now
        ))
        .await?;
        Self::reload(tx, id).await
    }
}

/// Why a message has to stay, in words.
async fn may_leave(tx: &mut Tx, ticket: &Ticket, message: &Message) -> Result<()> {
    let refused = |kind, detail: &str| Err(Fault::Conflict { kind, detail: detail.to_owned() });
    if message.is_internal {
        return refused(
            "note-stays",
            "A note can't become a ticket: a ticket begins with words that its customer may see. Make a new ticket and copy what matters.",
        );
    }
    if message.held_until.is_some() {
        return refused("reply-held", "This reply has not gone out yet. Wait some seconds, or take it back.");
    }
    if message.id == ticket.first_message_id {
        return refused("first-message", "The first message is the request itself. Split another one off, or merge the ticket.");
    }
    let came_first: Option<i64> = tx
        .first(sql!(
            "SELECT t.number FROM merged_messages x JOIN ticket_merges g ON g.id = x.merge_id JOIN tickets t ON t.id = g.source_id
             WHERE x.message_id = $1 AND g.undone_at IS NULL AND t.first_message_id = $1",
            message.id
        ))
        .await?;
    match came_first {
        Some(number) => refused("first-message", &format!("With this message #{number} began, which was merged in. Undo that merge instead.")),
        None => Ok(()),
    }
}
