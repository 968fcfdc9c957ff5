//! Undoing a merge: what came goes back, whatever was said in the target stays there.

use super::{Merge, TURN, hold, listened, moved_by_merge, number_of, public, refused, told};
use crate::{CustomStatus, Status, Ticket, change, custom_status, policy::Action, tag};
use db::{Tx, sql};
use kernel::{Actor, Fault, PersonId, Result};
use serde_json::{Value, json};
use std::time::Duration;

impl Ticket {
    /// Takes the merge of this ticket back, within 30 days.
    pub async fn undo_merge(&self, tx: &mut Tx, actor: &Actor) -> Result<Self> {
        tx.lock(TURN).await?;
        // nobody else merges or undoes now, so this stands
        let source = Self::get(tx, actor, self.id, Action::Change).await?;
        let Some(merge) = Merge::of(tx, &source).await? else {
            return Err(refused("not-merged", format!("#{} is not merged; there is nothing to undo.", source.number)));
        };
        hold(tx, &mut [source.id, merge.target_id]).await?;
        let target = undoable(tx, actor, &source, &merge).await?;
        let now = tx.now();
        tx.run(sql!("UPDATE ticket_merges SET undone_at = $2 WHERE id = $1", merge.id, now)).await?;
        let public_back: i64 = tx
            .one(sql!(
                "SELECT COUNT(*) FROM messages WHERE ticket_id = $2 AND is_internal = FALSE AND id IN (SELECT message_id FROM merged_messages WHERE merge_id = $1)",
                merge.id,
                target.id
            ))
            .await?;
        let moved = tx
            .run(sql!(
                "UPDATE messages SET ticket_id = $3 WHERE ticket_id = $2 AND id IN (SELECT message_id FROM merged_messages WHERE merge_id = $1)",
                merge.id,
                target.id,
                source.id
            ))
            .await?;
        people_leave(tx, actor, &merge).await?;
        tags_leave(tx, actor, &merge, &target).await?;
        source.stands_as_before(tx, actor, &merge).await?;
        told(tx, actor, ("ticket.merge_undone", "ticket.merged_out"), &source, &target, moved).await?;
        if public_back > 0 {
            public(tx, actor, &target).await?;
            public(tx, actor, &source).await?;
        }
        Self::reload(tx, source.id).await
    }

    async fn stands_as_before(&self, tx: &mut Tx, actor: &Actor, merge: &Merge) -> Result<()> {
        let now = tx.now();
        tx.run(sql!(
            "UPDATE tickets SET status = $2, is_active = ($3 AND spam_at IS NULL), resolved_at = $4, closed_at = $5, updated_at = $6, urgency = $7, custom_status = $8,
                                version = version + 1 WHERE id = $1",
            self.id,
            merge.old_status,
            merge.old_status.is_active(),
            merge.old_resolved_at,
            merge.old_closed_at,
            now,
            self.priority.urgency(now),
            merge.old_custom_status.as_deref()
        ))
        .await?;
        if let Some(key) = &merge.old_custom_status {
            let name = CustomStatus::get(tx, key).await?.name;
            let facts = json!({ "old": Status::Closed, "new": name, "oldValue": Value::Null, "newValue": key, "merged": true, "people": [self.requester_id] });
            tx.record(actor.event(custom_status::CHANGED, ("ticket", self.id.uuid()), true, facts)).await?;
        }
        if let (Status::Resolved, Some(resolved_at)) = (merge.old_status, merge.old_resolved_at) {
            // the job that would have closed it may have come and gone meanwhile
            let days = settings::current(tx).await?.close_after_days;
            let at = resolved_at.plus(Duration::from_secs(u64::from(days) * 86_400)).max(now);
            if days > 0 {
                jobs::enqueue(tx, change::CLOSE, &json!({ "ticket": self.id, "resolvedAt": resolved_at.micros() }), at).await?;
            }
        }
        if merge.old_status == Status::Closed {
            return Ok(());
        }
        moved_by_merge(tx, actor, self, Status::Closed, merge.old_status).await
    }
}

/// The target, if what came can still go back.
async fn undoable(tx: &mut Tx, actor: &Actor, source: &Ticket, merge: &Merge) -> Result<Ticket> {
    let target = match Ticket::get(tx, actor, merge.target_id, Action::See).await {
        Err(Fault::Missing) => return Err(Fault::Forbidden("It goes on in a ticket that your account may not see. Ask a supervisor.".to_owned())),
        target => target?,
    };
    if tx.now() > merge.undo_until() {
        return Err(refused("too-late", format!("#{} was merged more than 30 days ago. Split its messages off instead.", source.number)));
    }
    if let Some(further) = Merge::of(tx, &target).await? {
        let number = number_of(tx, further.target_id).await?;
        return Err(refused("merged", format!("#{} was merged into #{number} since. Undo that first.", target.number)));
    }
    if target.trashed_at.is_some() {
        return Err(refused("in-the-trash", format!("#{} lies in the trash. Restore it first.", target.number)));
    }
    Ok(target)
}

/// Who joined by this merge leaves, unless another merge that stands brought them too.
async fn people_leave(tx: &mut Tx, actor: &Actor, merge: &Merge) -> Result<()> {
    tx.run(sql!(
        "INSERT INTO merged_people (merge_id, person_id)
         SELECT g.id, p.person_id FROM merged_people p JOIN ticket_merges g ON g.target_id = $2 AND g.undone_at IS NULL
         JOIN ticket_people l ON l.ticket_id = g.source_id AND l.person_id = p.person_id AND l.part <> 'FOLLOWER'
         WHERE p.merge_id = $1 ON CONFLICT (merge_id, person_id) DO NOTHING",
        merge.id,
        merge.target_id
    ))
    .await?;
    let leaving: Vec<(PersonId, String)> = tx
        .all(sql!(
            "SELECT p.id, p.name FROM merged_people x JOIN people p ON p.id = x.person_id
             JOIN ticket_people l ON l.ticket_id = $2 AND l.person_id = x.person_id AND l.part = 'CC'
             WHERE x.merge_id = $1 AND x.person_id NOT IN (
               SELECT y.person_id FROM merged_people y JOIN ticket_merges g ON g.id = y.merge_id WHERE g.target_id = $2 AND g.undone_at IS NULL)
             ORDER BY p.folded, p.id",
            merge.id,
            merge.target_id
        ))
        .await?;
    for (person, name) in leaving {
        tx.run(sql!("DELETE FROM ticket_people WHERE ticket_id = $1 AND person_id = $2 AND part = 'CC'", merge.target_id, person)).await?;
        listened(tx, actor, "ticket.listener_removed", merge.target_id, person, &name).await?;
    }
    Ok(())
}

/// The tags that came with it go, unless another merge that stands brought them too.
async fn tags_leave(tx: &mut Tx, actor: &Actor, merge: &Merge, target: &Ticket) -> Result<()> {
    let old = tag::of(tx, target.id).await?;
    tx.run(sql!(
        "INSERT INTO merged_tags (merge_id, tag)
         SELECT g.id, x.tag FROM merged_tags x JOIN ticket_merges g ON g.target_id = $2 AND g.undone_at IS NULL
         JOIN ticket_tags t ON t.ticket_id = g.source_id AND t.tag = x.tag
         WHERE x.merge_id = $1 ON CONFLICT (merge_id, tag) DO NOTHING",
        merge.id,
        target.id
    ))
    .await?;
    let gone = tx
        .run(sql!(
            "DELETE FROM ticket_tags WHERE ticket_id = $2 AND tag IN (SELECT tag FROM merged_tags WHERE merge_id = $1) AND tag NOT IN (
             SELECT x.tag FROM merged_tags x JOIN ticket_merges g ON g.id = x.merge_id WHERE g.target_id = $2 AND g.undone_at IS NULL)",
            merge.id,
            target.id
        ))
        .await?;
    if gone == 0 {
        return Ok(());
    }
    let new = tag::of(tx, target.id).await?;
    tx.run(sql!("UPDATE tickets SET version = version + 1 WHERE id = $1", target.id)).await?;
    target.note_change(tx, actor, "ticket.tags_changed", true, json!(old), json!(new)).await
}
