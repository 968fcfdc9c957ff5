//! The work on an update: a lot of children in each transaction, with how far it got, so that it goes on where it stood
//! after a crash and no child has it twice. It works in slices, so that other jobs get their turn.

use crate::{
    reach,
    update::{KIND, Outcome, State, Update},
};
use db::{Db, Id, Query, Tx, sql};
use futures::FutureExt;
use kernel::{Actor, Fault, Result};
use serde_json::json;
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use tickets::{Body, Channel, Message, NewMessage, Status, Ticket, TicketId, batch, draft};

/// The job that works on it.
pub(crate) const JOB: &str = "incidents.update";
/// Children of one transaction, so that nobody waits long for SQLite's writer.
const LOT: i64 = 25;
/// After this long other jobs get their turn.
const SLICE: Duration = Duration::from_millis(500);
/// Whoever worked on it is gone when it shows no sign of life for this long.
const SILENCE: Duration = Duration::from_secs(5);
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

/// Tells the worker what this room's job does, and lets work that nobody does any more go on.
pub fn register(worker: &mut jobs::Worker, db: &Db) {
    let for_work = db.clone();
    worker.on(
        JOB,
        Arc::new(move |facts| {
            let db = for_work.clone();
            async move {
                let id = facts["update"].as_str().and_then(|text| text.parse().ok());
                go_on(&db, id.ok_or_else(|| Fault::Broken("the job has no update".to_owned()))?).await
            }
            .boxed()
        }),
    );
    let for_revival = db.clone();
    worker.every(
        Duration::from_secs(2),
        Arc::new(move |_| {
            let db = for_revival.clone();
            async move { revive(&db).await }.boxed()
        }),
    );
}

/// Works for a slice of time, then queues behind others.
async fn go_on(db: &Db, id: Id<Update>) -> Result<()> {
    let begun = Instant::now();
    while step(db, id).await? {
        if begun.elapsed() > SLICE {
            let mut tx = db.write().await?;
            let now = tx.now();
            jobs::enqueue(&mut tx, JOB, &json!({ "update": id }), now).await?;
            return Ok(tx.commit().await?);
        }
    }
    Ok(())
}

/// After a crash: queues anew what shows no sign of life.
async fn revive(db: &Db) -> Result<()> {
    let mut conn = db.read().await?;
    let before = conn.now().minus(SILENCE);
    let silent: Option<Id<Update>> =
        conn.first(sql!("SELECT id FROM incident_updates WHERE state = 'RUNNING' AND beat_at < $1 ORDER BY beat_at LIMIT 1", before)).await?;
    drop(conn);
    let Some(id) = silent else { return Ok(()) };
    let mut tx = db.write().await?;
    let now = tx.now();
    if tx.run(sql!("UPDATE incident_updates SET beat_at = $2 WHERE id = $1 AND beat_at < $3", id, now, before)).await? == 1 {
        jobs::enqueue(&mut tx, JOB, &json!({ "update": id }), now).await?;
    }
    Ok(tx.commit().await?)
}

/// Does the next lot; false when there is no more. A lot in which one child is refused by the verb leaves nothing behind
/// and is done again child by child.
pub(crate) async fn step(db: &Db, id: Id<Update>) -> Result<bool> {
    match lot(db, id, LOT, None).await {
        Err(fault) if is_refusal(&fault) => {}
        other => return other,
    }
    for _ in 0..LOT {
        let more = match lot(db, id, 1, None).await {
            Err(fault) if is_refusal(&fault) => {
                if let Fault::Broken(what) = &fault {
                    tracing::error!(update = %id, what, "a child of an incident could not be told");
                }
                lot(db, id, 1, Some(&sentence(&fault))).await?
            }
            other => other?,
        };
        if !more {
            return Ok(false);
        }
    }
    Ok(true)
}

/// What hangs on the child, not on the moment.
fn is_refusal(fault: &Fault) -> bool {
    !matches!(fault, Fault::Busy | Fault::TooMany(_))
}

fn sentence(fault: &Fault) -> String {
    match fault {
        Fault::Broken(_) => "Something broke on our side. It was logged.".to_owned(),
        other => other.to_string(),
    }
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
