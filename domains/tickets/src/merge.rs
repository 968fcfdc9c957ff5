//! Merging: one ticket goes on in another. What came is written down, so that exactly this can go back for 30 days.

mod onward;
mod preview;
mod undo;
mod waiting;
mod words;

pub use onward::merged_in;
pub(crate) use onward::{came_by, forget, goes_on_in, hold_unmerged, shown_through};
pub(crate) use preview::Preview;
pub(crate) use words::{label, sentence};

use crate::{Part, Status, Ticket, TicketId, change, listener, policy::Action, tag};
use db::{Conn, Id, Timestamp, Tx, record, sql};
use kernel::{Actor, Fault, PersonId, Result};
use serde_json::json;
use std::time::Duration;

/// A merge can be undone this long.
pub const UNDO: Duration = Duration::from_hours(720);
/// Merges and their undoing wait for each other: none can close a circle beside another.
const TURN: &str = "merges";

record! {
    /// A ticket that goes on in another.
    #[derive(Clone, Debug)]
    pub struct Merge {
        /// The id.
        pub id: Id<Merge>,
        /// What was merged.
        pub source_id: TicketId,
        /// Into what.
        pub target_id: TicketId,
        /// By whom.
        pub merged_by: String,
        /// When.
        pub merged_at: Timestamp,
        /// What the source was before.
        pub old_status: Status,
        /// Its custom status, if it had one.
        pub old_custom_status: Option<String>,
        /// When it was resolved, if it was.
        pub old_resolved_at: Option<Timestamp>,
        /// When it was closed, if it was.
        pub old_closed_at: Option<Timestamp>,
    }
}

macro_rules! merge_from {
    () => {
        "SELECT id, source_id, target_id, merged_by, merged_at, old_status, old_custom_status, old_resolved_at, old_closed_at FROM ticket_merges"
    };
}

impl Merge {
    /// The merge that a ticket went by, if it did. Only closed tickets are asked about: a merged one is.
    pub async fn of(conn: &mut Conn, ticket: &Ticket) -> Result<Option<Self>> {
        if ticket.status == Status::Closed { Self::of_id(conn, ticket.id).await } else { Ok(None) }
    }

    async fn of_id(conn: &mut Conn, ticket: TicketId) -> Result<Option<Self>> {
        Ok(conn.first(sql!(concat!(merge_from!(), " WHERE source_id = $1 AND undone_at IS NULL"), ticket)).await?)
    }

    /// Until when it can be undone.
    pub fn undo_until(&self) -> Timestamp {
        self.merged_at.plus(UNDO)
    }
}

fn refused(kind: &'static str, detail: String) -> Fault {
    Fault::Conflict { kind, detail }
}

impl Ticket {
    /// Refuses what would change a ticket that goes on in another.
    pub async fn demand_unmerged(&self, conn: &mut Conn) -> Result<()> {
        let Some(merge) = Merge::of(conn, self).await? else { return Ok(()) };
        let number = number_of(conn, merge.target_id).await?;
        Err(refused("merged", format!("#{} was merged into #{number} and goes on there. Undo the merge first.", self.number)))
    }

    /// Lets this ticket go on in `target`: its messages move with their times and files, requester and copies join, it
    /// is closed. `is_across`: people of another organization may see what they did not see before; see [`Preview`].
    pub async fn merge_into(&self, tx: &mut Tx, actor: &Actor, target: TicketId, is_across: bool) -> Result<Merge> {
        let (source, target) = pair(tx, actor, self.id, target).await?;
        let preview = Preview::of(tx, &source, &target).await?;
        if preview.is_across() && !is_across {
            return Err(refused("other-organization", preview.warning()));
        }
        let (id, now) = (Id::<Merge>::new(), tx.now());
        tx.run(sql!(
            "INSERT INTO ticket_merges (id, source_id, target_id, merged_by, merged_at, old_status, old_custom_status, old_resolved_at, old_closed_at)
             SELECT $1, id, $2, $3, $4, status, custom_status, resolved_at, closed_at FROM tickets WHERE id = $5",
            id,
            target.id,
            &actor.name,
            now,
            source.id
        ))
        .await?;
        waiting::call_off(tx, actor, &source, &target).await?;
        tx.run(sql!("INSERT INTO merged_messages (merge_id, message_id) SELECT $1, id FROM messages WHERE ticket_id = $2", id, source.id)).await?;
        let moved = tx.run(sql!("UPDATE messages SET ticket_id = $2 WHERE ticket_id = $1", source.id, target.id)).await?;
        join(tx, actor, id, &target, &preview).await?;
        waiting::drafts_follow(tx, &source, &target).await?;
        join_tags(tx, actor, id, &source, &target).await?;
        source.leaves(tx, actor).await?;
        told(tx, actor, ("ticket.merged", "ticket.merged_in"), &source, &target, moved).await?;
        if preview.source_public > 0 {
            public(tx, actor, &target).await?;
        }
        Merge::of_id(tx, source.id).await?.ok_or(Fault::Missing)
    }

    /// Closes the source. The version moves in any case, so that a change that was under way is refused.
    async fn leaves(&self, tx: &mut Tx, actor: &Actor) -> Result<()> {
        if self.status == Status::Closed {
            tx.run(sql!("UPDATE tickets SET version = version + 1 WHERE id = $1", self.id)).await?;
            return Ok(());
        }
        change::move_status(tx, actor, self, Status::Closed).await?;
        moved_by_merge(tx, actor, self, self.status, Status::Closed).await
    }
}

/// The line about a status that came or went with a merge: readers who count what people did pass over it.
async fn moved_by_merge(tx: &mut Tx, actor: &Actor, ticket: &Ticket, old: Status, new: Status) -> Result<()> {
    let now = tx.now();
    tx.run(sql!("UPDATE tickets SET public_at = $2 WHERE id = $1", ticket.id, now)).await?;
    let facts = json!({ "old": old, "new": new, "merged": true, "people": [ticket.requester_id] });
    Ok(tx.record(actor.event("ticket.status_changed", ("ticket", ticket.id.uuid()), false, facts)).await?)
}

async fn number_of(conn: &mut Conn, ticket: TicketId) -> Result<i64> {
    Ok(conn.one(sql!("SELECT number FROM tickets WHERE id = $1", ticket)).await?)
}

/// Both tickets, held until the end, when one may go on in the other.
async fn pair(tx: &mut Tx, actor: &Actor, source: TicketId, target: TicketId) -> Result<(Ticket, Ticket)> {
    if source == target {
        return Err(refused("merge-into-itself", "A ticket can't be merged into itself. Choose another one.".to_owned()));
    }
    tx.lock(TURN).await?;
    hold(tx, &mut [source, target]).await?;
    let source = Ticket::get(tx, actor, source, Action::Change).await?;
    let target = Ticket::get(tx, actor, target, Action::See).await.map_err(unknown)?;
    may_meet(tx, &source, &target).await?;
    Ok((source, target))
}

fn unknown(fault: Fault) -> Fault {
    match fault {
        Fault::Missing => Fault::field("into", "There is no such ticket, or not for you."),
        other => other,
    }
}

/// The refusal of a target that went on itself.
async fn went_on(conn: &mut Conn, source: TicketId, target: TicketId, merge: &Merge) -> Result<Fault> {
    let number = number_of(conn, target).await?;
    if merge.target_id == source {
        return Ok(refused("merged", format!("#{number} was merged into this one already.")));
    }
    let further = number_of(conn, merge.target_id).await?;
    Ok(refused("merged", format!("#{number} was merged into #{further}. Merge into that one.")))
}

/// Holds tickets until the end, in the order in which everybody holds several, so that none waits in a circle.
async fn hold(tx: &mut Tx, tickets: &mut [TicketId]) -> Result<()> {
    tickets.sort_unstable();
    for id in tickets.iter() {
        tx.hold::<TicketId>(sql!("SELECT id FROM tickets WHERE id = $1", *id)).await?;
    }
    Ok(())
}

/// Why the two can't be merged as they stand; the same words in the preview and when it is tried.
async fn may_meet(conn: &mut Conn, source: &Ticket, target: &Ticket) -> Result<()> {
    source.demand_unmerged(conn).await?;
    if let Some(merge) = Merge::of(conn, target).await? {
        return Err(went_on(conn, source.id, target.id, &merge).await?);
    }
    if target.trashed_at.is_some() {
        return Err(refused("in-the-trash", format!("#{} lies in the trash. Restore it first.", target.number)));
    }
    if target.status == Status::Closed {
        return Err(refused("closed", format!("#{} is closed. Open it first, or merge it into this one.", target.number)));
    }
    let children: i64 = conn.one(sql!("SELECT COUNT(*) FROM ticket_links WHERE from_id = $1 AND kind = 'PARENT'", source.id)).await?;
    if children > 0 {
        let words = format!("#{} is the parent of {children}. Merge the other way round, or remove those links first.", source.number);
        return Err(refused("has-children", words));
    }
    let held: Option<i64> = conn
        .first(sql!(
            "SELECT t.number FROM messages m JOIN tickets t ON t.id = m.ticket_id WHERE m.ticket_id IN ($1, $2) AND m.held_until IS NOT NULL
             AND NOT EXISTS (SELECT 1 FROM scheduled s WHERE s.message_id = m.id) LIMIT 1",
            source.id,
            target.id
        ))
        .await?;
    held.map_or(Ok(()), |number| Err(refused("reply-held", format!("A reply in #{number} has not gone out yet. Wait some seconds, or take it back."))))
}

/// Whoever asked the source or gets copies of it gets copies of the target from now on.
async fn join(tx: &mut Tx, actor: &Actor, merge: Id<Merge>, target: &Ticket, preview: &Preview) -> Result<()> {
    let count: i64 = tx.one(sql!("SELECT COUNT(*) FROM ticket_people WHERE ticket_id = $1", target.id)).await?;
    if count + i64::try_from(preview.joining.len()).unwrap_or(i64::MAX) > listener::MOST {
        return Err(refused("too-many-people", format!("Together they would have more than {} people who listen. Remove some copies first.", listener::MOST)));
    }
    for seer in &preview.joining {
        tx.run(sql!("INSERT INTO merged_people (merge_id, person_id) VALUES ($1, $2)", merge, seer.person_id)).await?;
        listener::add(tx, target.id, seer.person_id, Part::Cc).await?;
        listened(tx, actor, "ticket.listener_added", target.id, seer.person_id, &seer.name).await?;
    }
    Ok(())
}

async fn listened(tx: &mut Tx, actor: &Actor, kind: &'static str, ticket: TicketId, person: PersonId, name: &str) -> Result<()> {
    Ok(tx.record(actor.event(kind, ("ticket", ticket.uuid()), false, json!({ "person": person, "name": name, "part": Part::Cc, "people": [person] }))).await?)
}

/// The source's tags come too, as far as there is room.
async fn join_tags(tx: &mut Tx, actor: &Actor, merge: Id<Merge>, source: &Ticket, target: &Ticket) -> Result<()> {
    let (theirs, old) = (tag::of(tx, source.id).await?, tag::of(tx, target.id).await?);
    let fresh: Vec<String> = theirs.into_iter().filter(|tag| !old.contains(tag)).take(tag::MOST.saturating_sub(old.len())).collect();
    if fresh.is_empty() {
        return Ok(());
    }
    for tag in &fresh {
        tx.run(sql!("INSERT INTO merged_tags (merge_id, tag) VALUES ($1, $2)", merge, tag)).await?;
        tx.run(sql!("INSERT INTO ticket_tags (ticket_id, tag) VALUES ($1, $2)", target.id, tag)).await?;
    }
    let now = tag::of(tx, target.id).await?;
    tx.run(sql!("UPDATE tickets SET version = version + 1 WHERE id = $1", target.id)).await?;
    target.note_change(tx, actor, "ticket.tags_changed", true, json!(old), json!(now)).await
}

/// The histories of both, for staff: who, the other one's number, how many messages.
async fn told(tx: &mut Tx, actor: &Actor, kinds: (&'static str, &'static str), source: &Ticket, target: &Ticket, moved: u64) -> Result<()> {
    let now = tx.now();
    tx.run(sql!("UPDATE tickets SET updated_at = $2, urgency = $3 WHERE id = $1", target.id, now, target.priority.urgency(now))).await?;
    for (kind, of, other) in [(kinds.0, source, target), (kinds.1, target, source)] {
        let facts = json!({ "ticket": other.id, "number": other.number, "messages": moved });
        tx.record(actor.event(kind, ("ticket", of.id.uuid()), true, facts)).await?;
    }
    Ok(())
}

/// Rings customers of a ticket whose thread changed otherwise than by a message; says nothing of what or where to.
pub(crate) async fn public(tx: &mut Tx, actor: &Actor, ticket: &Ticket) -> Result<()> {
    let now = tx.now();
    tx.run(sql!("UPDATE tickets SET public_at = $2 WHERE id = $1", ticket.id, now)).await?;
    Ok(tx.record(actor.event("ticket.thread_changed", ("ticket", ticket.id.uuid()), false, json!({ "people": [ticket.requester_id] }))).await?)
}
