//! Takes back what was done to a batch of tickets: each value that is still the one that was set. What somebody changed
//! since stays, and is told.

use crate::{
    bulk::Outcome,
    work::{Ended, NOT_THERE, Turn},
};
use db::{Id, Tx, Word};
use kernel::{Actor, Fault, Result};
use serde_json::{Value, json};
use tickets::{Category, Change, Merge, Priority, Status, Ticket, TicketId, batch, policy::Action};

/// Takes these back. An error is of one of them: nothing of the batch may be kept then.
pub(crate) async fn all(tx: &mut Tx, actor: &Actor, turns: &[Turn]) -> Result<Vec<Ended>> {
    let ids: Vec<TicketId> = turns.iter().map(|turn| turn.ticket).collect();
    let held = batch::held(tx, actor, &ids).await?;
    let tags = batch::tags(tx, &ids).await?;
    let mut ended = Vec::with_capacity(turns.len());
    for turn in turns {
        let Some(held) = held.get(&turn.ticket) else {
            ended.push(turn.ended(Outcome::Kept, Some(NOT_THERE), None));
            continue;
        };
        let was_trashed = turn.before.get("trash").is_some();
        let is_trashed = held.ticket.trashed_at.is_some();
        if is_trashed && !was_trashed {
            ended.push(turn.ended(Outcome::Kept, Some("It lies in the trash now."), None));
            continue;
        }
        if was_trashed && is_trashed && held.may(actor, Action::Trash) {
            held.ticket.restore(tx, actor).await?;
        } else if !was_trashed && !held.may(actor, Action::Change) {
            ended.push(turn.ended(Outcome::Kept, Some("Your account may see it but not change it."), None));
            continue;
        }
        if let Some(target) = id(&turn.before["merge"]) {
            ended.push(unmerge(tx, actor, turn, &held.ticket, target).await?);
            continue;
        }
        if let Some(link) = id(&turn.before["parent"]) {
            match held.ticket.unlink(tx, actor, link).await {
                Ok(()) | Err(Fault::Missing) => {}
                Err(fault) => return Err(fault),
            }
        }
        let tags = tags.get(&turn.ticket).map_or(&[][..], Vec::as_slice);
        let mut back = Back::of(&turn.before, &held.ticket, tags);
        back.change.had_tags = Some(tags.to_vec());
        if back.is_any {
            held.change(tx, actor, back.change).await?;
        }
        match back.since.as_slice() {
            [] => ended.push(turn.ended(Outcome::Restored, None, None)),
            since => {
                let words = format!(
                    "{} {} changed since{}",
                    since.join(", "),
                    if since.len() == 1 { "was" } else { "were" },
                    if back.is_any { "; the rest is back." } else { "." }
                );
                ended.push(turn.ended(Outcome::Kept, Some(&words), None));
            }
        }
    }
    Ok(ended)
}

/// It stands by itself again, if it still goes on where it was merged into.
async fn unmerge(tx: &mut Tx, actor: &Actor, turn: &Turn, ticket: &Ticket, target: TicketId) -> Result<Ended> {
    match Merge::of(tx, ticket).await? {
        Some(merge) if merge.target_id != target => return Ok(turn.ended(Outcome::Kept, Some("It was merged into another ticket since."), None)),
        Some(_) => drop(ticket.undo_merge(tx, actor).await?),
        None => {}
    }
    Ok(turn.ended(Outcome::Restored, None, None))
}

/// What goes back to its old value, and what somebody changed since.
#[derive(Default)]
struct Back {
    change: Change,
    is_any: bool,
    since: Vec<&'static str>,
}

impl Back {
    fn of(before: &Value, ticket: &Ticket, tags: &[String]) -> Self {
        let mut back = Self::default();
        // a status goes back with the name it had, or not at all
        let is_same_name = before["customStatus"][1] == json!(ticket.named.key);
        if let Some(old) = back.old(before, "status", "Status", &if is_same_name { json!(ticket.status) } else { Value::Null }) {
            back.change.status = word::<Status>(&old);
            back.change.custom_status = before["customStatus"][0].as_str().map(str::to_owned);
        }
        if let Some(old) = back.old(before, "priority", "Priority", &json!(ticket.priority)) {
            back.change.priority = word::<Priority>(&old);
        }
        if let Some(old) = back.old(before, "category", "Category", &json!(ticket.category)) {
            back.change.category = word::<Category>(&old);
        }
        if let Some(old) = back.old(before, "assignee", "Assignee", &json!(ticket.assignee_id)) {
            back.change.assignee = Some(id(&old));
        }
        if let Some(old) = back.old(before, "team", "Team", &json!(ticket.team_id)) {
            back.change.team = Some(id(&old));
        }
        if let Some(old) = back.old(before, "tags", "Tags", &json!(tags)) {
            back.change.tags = Some(old.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect());
        }
        back
    }

    /// The old value, if the one that was set still stands.
    fn old(&mut self, before: &Value, field: &str, name: &'static str, now: &Value) -> Option<Value> {
        let pair = before.get(field)?;
        if pair[1] != *now {
            self.since.push(name);
            return None;
        }
        self.is_any = true;
        Some(pair[0].clone())
    }
}

fn word<W: Word>(value: &Value) -> Option<W> {
    value.as_str().and_then(W::from_word)
}

fn id<T>(value: &Value) -> Option<Id<T>> {
    value.as_str().and_then(|text| text.parse().ok())
}
