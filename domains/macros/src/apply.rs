//! Changes of a batch of tickets, each with the values it had.

use crate::{
    bulk::Outcome,
    changes::{Changes, Known},
    work::{Ended, NOT_THERE, Turn},
};
use db::Tx;
use kernel::{Actor, Result};
use serde_json::{Map, Value, json};
use std::time::Duration;
use tickets::{
    Body, Change, Channel, NewMessage, Relation, Ticket, TicketId, batch,
    policy::Action,
    variables::{self, Writer},
};

/// Changes these tickets. An error is of one of them: nothing of the batch may be kept then.
pub(crate) async fn all(tx: &mut Tx, actor: &Actor, changes: &Changes, turns: &[Turn]) -> Result<Vec<Ended>> {
    let known = Known::now(tx).await?;
    if let Some(words) = changes.trouble(&known) {
        return Ok(turns.iter().map(|turn| turn.ended(Outcome::Refused, Some(&words), None)).collect());
    }
    let ids: Vec<TicketId> = turns.iter().map(|turn| turn.ticket).collect();
    let held = batch::held(tx, actor, &ids).await?;
    let touches_tags = !changes.add_tags.is_empty() || !changes.remove_tags.is_empty();
    let tags = if touches_tags { batch::tags(tx, &ids).await? } else { std::collections::HashMap::new() };
    let mut ended = Vec::with_capacity(turns.len());
    for turn in turns {
        let Some(held) = held.get(&turn.ticket) else {
            ended.push(turn.ended(Outcome::Refused, Some(NOT_THERE), None));
            continue;
        };
        let needed = if changes.trash { Action::Trash } else { Action::Change };
        if !held.may(actor, needed) {
            let words = if held.ticket.trashed_at.is_some() { "It lies in the trash. Restore it first." } else { "Your account may see it but not change it." };
            ended.push(turn.ended(Outcome::Refused, Some(words), None));
            continue;
        }
        if let Some(number) = held.goes_on_in {
            ended.push(turn.ended(Outcome::Refused, Some(&format!("It was merged into #{number} and goes on there.")), None));
            continue;
        }
        let tags = tags.get(&turn.ticket).map_or(&[][..], Vec::as_slice);
        let mut change = changes.of(&held.ticket, tags, actor);
        change.had_tags = touches_tags.then(|| tags.to_vec());
        let mut before = values(changes, &known, &change, &held.ticket, tags);
        if is_any(&change) {
            held.change(tx, actor, change).await?;
        }
        if let Some(said) = &changes.said {
            say(tx, actor, &held.ticket, &said.text, said.is_internal).await?;
        }
        if let Some(parent) = changes.parent {
            let link = held.ticket.link(tx, actor, Relation::ChildOf, parent.id).await?;
            // one that was there before stays when this is taken back
            if link.created_at == tx.now() {
                before["parent"] = json!(link.id);
            }
        }
        if let Some(target) = changes.merge {
            held.ticket.merge_into(tx, actor, target.id, changes.is_across).await?;
            before["merge"] = json!(target.id);
        }
        if changes.trash {
            held.ticket.trash(tx, actor).await?;
        }
        ended.push(turn.ended(Outcome::Done, None, Some(before)));
    }
    Ok(ended)
}

fn is_any(change: &Change) -> bool {
    change.status.is_some()
        || change.custom_status.is_some()
        || change.priority.is_some()
        || change.category.is_some()
        || change.assignee.is_some()
        || change.team.is_some()
        || change.tags.is_some()
}

/// Says it in one ticket, at once: what many got can't be held back one by one.
async fn say(tx: &mut Tx, actor: &Actor, ticket: &Ticket, text: &str, is_internal: bool) -> Result<()> {
    // rendered here and not before: what it says hangs on the ticket as it is in this transaction
    let content = Body::markdown(variables::fill(text, ticket, Writer::Person(&actor.name)));
    let new = NewMessage { content, is_internal, channel: Channel::Web, file_keys: Vec::new(), status: None, hold: Duration::ZERO };
    ticket.say(tx, actor, new).await.map(drop)
}

/// Old and new value of what really changes: `{"status": ["OPEN", "PENDING"]}`.
fn values(changes: &Changes, known: &Known, change: &Change, ticket: &Ticket, tags: &[String]) -> Value {
    let mut all = Map::new();
    let mut put = |name: &str, pair: Option<Value>| pair.map(|pair| all.insert(name.to_owned(), pair));
    let custom = change.custom_status.as_ref();
    let status = custom.and_then(|key| known.statuses.get(key)).map(|custom| custom.status).or(change.status);
    put("status", status.map(|new| json!([ticket.status, new])));
    put("customStatus", status.filter(|_| custom.is_some() || ticket.named.key.is_some()).map(|_| json!([ticket.named.key, custom])));
    put("priority", change.priority.map(|new| json!([ticket.priority, new])));
    put("category", change.category.map(|new| json!([ticket.category, new])));
    put("assignee", change.assignee.map(|new| json!([ticket.assignee_id, new])));
    put("team", change.team.map(|new| json!([ticket.team_id, new])));
    put("tags", change.tags.as_ref().map(|new| json!([tags, new])));
    put("trash", (changes.trash && ticket.trashed_at.is_none()).then(|| json!([false, true])));
    Value::Object(all)
}
