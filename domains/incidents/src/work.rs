//! The work on an update: what a lot of children gets, and how far it got.

use crate::{
    reach,
    update::{KIND, Outcome, State, Update},
};
use db::{Db, Id, Query, Tx, sql};
use futures::FutureExt;
use jobs::Long;
use kernel::{Actor, Fault, Result};
use serde_json::json;
use std::time::Duration;
use tickets::{Body, Channel, Message, NewMessage, Status, Ticket, TicketId, batch, draft};

/// How it is done.
pub(crate) static UPDATE: Long = Long {
    job: "incidents.update",
    key: "update",
    size: |_| 25,
    lot: |db, id, size, refusal| lot(db, id.into(), size, refusal).boxed(),
    silent: |before| sql!("SELECT id FROM incident_updates WHERE state = 'RUNNING' AND beat_at < $1 ORDER BY beat_at LIMIT 1", before),
    touch: |id, now, before| sql!("UPDATE incident_updates SET beat_at = $2 WHERE id = $1 AND beat_at < $3", id, now, before),
    not_there: reach::NOT_THERE,
};
/// Pages hear of the progress each time this many are behind it.
const HEARD: i64 = 100;

/// What became of a child.
struct Ended {
    position: i64,
    ticket: TicketId,
    outcome: Outcome,
    reason: Option<String>,
    message: Option<Id<Message>>,
}

/// A child whose turn it is.
type Turn = (i64, TicketId);

fn missed(turn: Turn, words: &str) -> Ended {
    Ended { position: turn.0, ticket: turn.1, outcome: Outcome::Missed, reason: Some(words.to_owned()), message: None }
}

/// One transaction: the next children, what became of them, and how far it is. `refusal`: they are missed with these words.
async fn lot(db: &Db, id: Id<Update>, size: i64, refusal: Option<&str>) -> Result<bool> {
    let mut tx = db.write().await?;
    let now = tx.now();
    // whoever else works on it waits here until this lot is written (PostgreSQL: on the row; SQLite: for the writer)
    if tx.run(sql!("UPDATE incident_updates SET beat_at = $2 WHERE id = $1 AND state = 'RUNNING'", id, now)).await? == 0 {
        return Ok(false);
    }
    let Some(update) = Update::read(&mut tx, id).await? else { return Ok(false) };
    let mut query = sql!("SELECT position, ticket_id FROM incident_update_items WHERE update_id = $1 AND position > $2 ORDER BY position", id, update.position);
    query.limit(size);
    let turns: Vec<Turn> = tx.all(query).await?;
    let Some((last, _)) = turns.last().copied() else {
        end(&mut tx, &update).await?;
        tx.commit().await?;
        return Ok(false);
    };
    let author = accounts::on_behalf_of(&mut tx, update.person_id).await?;
    let ended = match (author.filter(Actor::is_staff), refusal) {
        (_, Some(words)) => turns.iter().map(|turn| missed(*turn, words)).collect(),
        (None, None) => turns.iter().map(|turn| missed(*turn, "Whoever wrote it is not on the staff any more.")).collect(),
        (Some(author), None) => deliver(&mut tx, &author, &update, &turns).await?,
    };
    let update = write_down(&mut tx, &update, &ended, last).await?;
    let is_last = i64::try_from(turns.len()).is_ok_and(|count| count < size);
    if is_last {
        end(&mut tx, &update).await?;
    } else if update.position / HEARD != (update.position - i64::try_from(turns.len()).unwrap_or(0)) / HEARD {
        heard(&mut tx, &update).await?;
    }
    tx.commit().await?;
    Ok(!is_last)
}

/// Says it in each of these children.
async fn deliver(tx: &mut Tx, author: &Actor, update: &Update, turns: &[Turn]) -> Result<Vec<Ended>> {
    let ids: Vec<TicketId> = turns.iter().map(|(_, ticket)| *ticket).collect();
    let (held, linked) = (batch::held(tx, author, &ids).await?, reach::linked(tx, update.ticket_id, &ids).await?);
    let number: i64 = tx.one(sql!("SELECT number FROM tickets WHERE id = $1", update.ticket_id)).await?;
    let content = Body::markdown(update.source.clone());
    let mut ended = Vec::with_capacity(turns.len());
    for turn in turns {
        let held = held.get(&turn.1);
        if let Some(words) = reach::obstacle(author, held, &linked) {
            ended.push(missed(*turn, &words));
            continue;
        }
        let Some(held) = held else { continue };
        let (message, reason) = say(tx, author, &held.ticket, &content, update.status).await?;
        let facts = json!({ "ticket": update.ticket_id, "number": number, "message": message, "update": update.id });
        tx.record(author.event("incident.updated", ("ticket", turn.1.uuid()), true, facts)).await?;
        ended.push(Ended { position: turn.0, ticket: turn.1, outcome: Outcome::Sent, reason, message: Some(message) });
    }
    Ok(ended)
}

/// The reply, with the status if the child may have it: words go out in any case. What the author began to write in this
/// child stays in the box.
async fn say(tx: &mut Tx, author: &Actor, ticket: &Ticket, content: &Body, status: Option<Status>) -> Result<(Id<Message>, Option<String>)> {
    let kept = match author.person {
        Some(person) => draft::of(tx, person, ticket.id).await?,
        None => None,
    };
    let status = status.filter(|status| *status != ticket.status);
    let new = |status| NewMessage { content: content.clone(), is_internal: false, channel: Channel::Web, file_keys: Vec::new(), status, hold: Duration::ZERO };
    let (message, reason) = match ticket.say(tx, author, new(status)).await {
        // asked before anything is written: a field that is needed to solve is empty
        Err(Fault::Invalid(wrong)) => {
            let words = wrong.0.first().map(|(_, words)| words.clone()).unwrap_or_default();
            let (_, message) = ticket.say(tx, author, new(None)).await?;
            (message, Some(format!("It has the reply, but not the status: {words}")))
        }
        said => (said?.1, None),
    };
    if let (Some(person), Some(kept)) = (author.person, kept) {
        draft::put_back(tx, person, ticket.id, &kept).await?;
    }
    Ok((message.id, reason))
}

async fn write_down(tx: &mut Tx, update: &Update, ended: &[Ended], last: i64) -> Result<Update> {
    // not a whole statement yet, so not one for `sql!`; every row is there already
    let mut query = Query::with("INSERT INTO incident_update_items (update_id, position, ticket_id, state, reason, message_id) VALUES ", Vec::new());
    for (index, end) in ended.iter().enumerate() {
        query.push(if index == 0 { "(" } else { ", (" }).bind(update.id).push(", ").bind(end.position).push(", ").bind(end.ticket).push(", ");
        query.bind(end.outcome).push(", ").bind(end.reason.clone()).push(", ").bind(end.message).push(")");
    }
    query.push(" ON CONFLICT (update_id, position) DO UPDATE SET state = excluded.state, reason = excluded.reason, message_id = excluded.message_id");
    tx.run(query).await?;
    let count = |outcome: Outcome| i64::try_from(ended.iter().filter(|end| end.outcome == outcome).count()).unwrap_or(0);
    let (sent, missed) = (count(Outcome::Sent), count(Outcome::Missed));
    tx.run(sql!("UPDATE incident_updates SET position = $2, sent = sent + $3, missed = missed + $4 WHERE id = $1", update.id, last, sent, missed)).await?;
    Ok(Update { position: last, sent: update.sent + sent, missed: update.missed + missed, ..update.clone() })
}

async fn end(tx: &mut Tx, update: &Update) -> Result<()> {
    let now = tx.now();
    tx.run(sql!("UPDATE incident_updates SET state = $2, ended_at = $3 WHERE id = $1", update.id, State::Done, now)).await?;
    let facts = json!({ "update": update.id, "total": update.total, "sent": update.sent, "missed": update.missed });
    tx.record(Actor::system("Incident").event("incident.update_sent", ("ticket", update.ticket_id.uuid()), true, facts)).await?;
    heard(tx, update).await
}

/// Rings for the page that shows the progress.
async fn heard(tx: &mut Tx, update: &Update) -> Result<()> {
    Ok(tx.record(Actor::system("Incident").event("incident.update_moved", (KIND, update.id.uuid()), true, json!({}))).await?)
}
