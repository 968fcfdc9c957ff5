//! The work on many tickets: a batch in each transaction, with how far it got, so that it goes on where it stood after a
//! crash and does nothing twice. It works in slices, so that other jobs get their turn.

use crate::bulk::{Bulk, Outcome, State};
use crate::{apply, take_back};
use db::{Db, Id, Query, Tx, sql};
use futures::FutureExt;
use kernel::{Actor, Fault, Result};
use serde_json::{Value, json};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use tickets::TicketId;

/// The job that works on it.
pub const JOB: &str = "macros.bulk";
/// Tickets of one transaction: some 20 ms on SQLite, so that nobody waits long for the writer.
const BATCH: i64 = 50;
/// After this long other jobs get their turn.
const SLICE: Duration = Duration::from_millis(500);
/// Whoever worked on it is gone when it shows no sign of life for this long.
const SILENCE: Duration = Duration::from_secs(5);
/// Pages hear of the progress each time this many are behind it.
const HEARD: i64 = 500;

/// One ticket whose turn it is.
pub(crate) struct Turn {
    pub(crate) position: i64,
    pub(crate) ticket: TicketId,
    /// The old and new values, when it is to be taken back.
    pub(crate) before: Value,
}

/// What became of it.
pub(crate) struct Ended {
    pub(crate) position: i64,
    pub(crate) ticket: TicketId,
    pub(crate) outcome: Outcome,
    pub(crate) reason: Option<String>,
    pub(crate) before: Option<Value>,
}

impl Turn {
    pub(crate) fn ended(&self, outcome: Outcome, reason: Option<&str>, before: Option<Value>) -> Ended {
        Ended { position: self.position, ticket: self.ticket, outcome, reason: reason.map(str::to_owned), before }
    }
}

/// Tells the worker what this room's jobs do, and lets work that nobody does any more go on.
pub fn register(worker: &mut jobs::Worker, db: &Db) {
    let for_work = db.clone();
    worker.on(
        JOB,
        Arc::new(move |facts| {
            let db = for_work.clone();
            async move {
                let id = facts["bulk"].as_str().and_then(|text| text.parse().ok());
                go_on(&db, id.ok_or_else(|| Fault::Broken("the job has no bulk".to_owned()))?).await
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
async fn go_on(db: &Db, id: Id<Bulk>) -> Result<()> {
    let begun = Instant::now();
    while step(db, id).await? {
        if begun.elapsed() > SLICE {
            let mut tx = db.write().await?;
            let now = tx.now();
            jobs::enqueue(&mut tx, JOB, &json!({ "bulk": id }), now).await?;
            return Ok(tx.commit().await?);
        }
    }
    Ok(())
}

/// After a crash: queues anew what shows no sign of life.
async fn revive(db: &Db) -> Result<()> {
    let mut conn = db.read().await?;
    let before = conn.now().minus(SILENCE);
    let silent: Option<Id<Bulk>> =
        conn.first(sql!("SELECT id FROM bulks WHERE state IN ('RUNNING', 'UNDOING') AND beat_at < $1 ORDER BY beat_at LIMIT 1", before)).await?;
    drop(conn);
    let Some(id) = silent else { return Ok(()) };
    let mut tx = db.write().await?;
    let now = tx.now();
    if tx.run(sql!("UPDATE bulks SET beat_at = $2 WHERE id = $1 AND beat_at < $3", id, now, before)).await? == 1 {
        jobs::enqueue(&mut tx, JOB, &json!({ "bulk": id }), now).await?;
    }
    Ok(tx.commit().await?)
}

/// Does the next batch; false when there is no more. A batch in which one ticket is refused by its verb leaves nothing
/// behind and is done again ticket by ticket.
pub(crate) async fn step(db: &Db, id: Id<Bulk>) -> Result<bool> {
    match batch(db, id, BATCH, None).await {
        Err(fault) if is_refusal(&fault) => {}
        other => return other,
    }
    for _ in 0..BATCH {
        let more = match batch(db, id, 1, None).await {
            Err(fault) if is_refusal(&fault) => {
                if let Fault::Broken(what) = &fault {
                    tracing::error!(bulk = %id, what, "a ticket of a bulk could not be changed");
                }
                batch(db, id, 1, Some(&sentence(&fault))).await?
            }
            other => other?,
        };
        if !more {
            return Ok(false);
        }
    }
    Ok(true)
}

/// What hangs on the ticket, not on the moment.
fn is_refusal(fault: &Fault) -> bool {
    !matches!(fault, Fault::Busy | Fault::TooMany(_))
}

fn sentence(fault: &Fault) -> String {
    match fault {
        Fault::Invalid(wrong) => wrong.0.first().map(|(_, sentence)| sentence.clone()).unwrap_or_default(),
        Fault::Stale(_) => "Somebody changed it at the same moment.".to_owned(),
        Fault::Missing => NOT_THERE.to_owned(),
        Fault::Broken(_) => "Something broke on our side. It was logged.".to_owned(),
        other => other.to_string(),
    }
}

/// The same words for what is not there and for what is not for this person.
pub(crate) const NOT_THERE: &str = "There is no such ticket, or not for you.";

/// One transaction: the next tickets, what became of them, and how far it is. `refusal`: they are refused with these words.
async fn batch(db: &Db, id: Id<Bulk>, size: i64, refusal: Option<&str>) -> Result<bool> {
    let mut tx = db.write().await?;
    let now = tx.now();
    // whoever else works on it waits here until this batch is written (PostgreSQL: on the row; SQLite: for the writer)
    if tx.run(sql!("UPDATE bulks SET beat_at = $2 WHERE id = $1 AND state IN ('RUNNING', 'UNDOING')", id, now)).await? == 0 {
        return Ok(false);
    }
    let Some(bulk) = Bulk::read(&mut tx, id).await? else { return Ok(false) };
    let is_undo = bulk.state == State::Undoing;
    let turns = turns(&mut tx, &bulk, size).await?;
    let Some(last) = turns.last().map(|turn| turn.position) else {
        end(&mut tx, &bulk).await?;
        tx.commit().await?;
        return Ok(false);
    };
    let actor = accounts::on_behalf_of(&mut tx, bulk.undone_by.filter(|_| is_undo).unwrap_or(bulk.person_id)).await?;
    let refused = if is_undo { Outcome::Kept } else { Outcome::Refused };
    let ended: Vec<Ended> = match (actor.filter(Actor::is_staff), refusal) {
        (_, Some(words)) => turns.iter().map(|turn| turn.ended(refused, Some(words), None)).collect(),
        (None, _) => turns.iter().map(|turn| turn.ended(refused, Some("Whoever asked for it is not on the staff any more."), None)).collect(),
        (Some(actor), None) if is_undo => take_back::all(&mut tx, &actor, &turns).await?,
        (Some(actor), None) => apply::all(&mut tx, &actor, &bulk.changes, &turns).await?,
    };
    write_down(&mut tx, &bulk, &ended, last).await?;
    let is_last = i64::try_from(turns.len()).is_ok_and(|count| count < size);
    if is_last {
        end(&mut tx, &bulk).await?;
    } else if bulk.position / HEARD != last / HEARD {
        heard(&mut tx, &bulk).await?;
    }
    tx.commit().await?;
    Ok(!is_last)
}

async fn turns(tx: &mut Tx, bulk: &Bulk, size: i64) -> Result<Vec<Turn>> {
    let state = if bulk.state == State::Undoing { Outcome::Done } else { Outcome::Waiting };
    let mut query = sql!(
        "SELECT position, ticket_id, before FROM bulk_items WHERE bulk_id = $1 AND state = $2 AND position > $3 ORDER BY position",
        bulk.id,
        state,
        bulk.position
    );
    query.limit(size);
    let rows: Vec<(i64, TicketId, Option<String>)> = tx.all(query).await?;
    let values = |text: Option<String>| text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
    Ok(rows.into_iter().map(|(position, ticket, before)| Turn { position, ticket, before: values(before) }).collect())
}

async fn write_down(tx: &mut Tx, bulk: &Bulk, ended: &[Ended], last: i64) -> Result<()> {
    // not a whole statement yet, so not one for `sql!`; every row is there already
    let mut query = Query::with("INSERT INTO bulk_items (bulk_id, position, ticket_id, state, reason, before) VALUES ", Vec::new());
    for (index, end) in ended.iter().enumerate() {
        query.push(if index == 0 { "(" } else { ", (" }).bind(bulk.id).push(", ").bind(end.position).push(", ").bind(end.ticket).push(", ");
        query.bind(end.outcome).push(", ").bind(end.reason.clone()).push(", ").bind(end.before.as_ref().map(Value::to_string)).push(")");
    }
    query.push(" ON CONFLICT (bulk_id, position) DO UPDATE SET state = excluded.state, reason = excluded.reason, before = COALESCE(excluded.before, bulk_items.before)");
    tx.run(query).await?;
    let count = |outcome: Outcome| i64::try_from(ended.iter().filter(|end| end.outcome == outcome).count()).unwrap_or(0);
    tx.run(sql!(
        "UPDATE bulks SET position = $2, done = done + $3, refused = refused + $4, restored = restored + $5, kept = kept + $6 WHERE id = $1",
        bulk.id,
        last,
        count(Outcome::Done),
        count(Outcome::Refused),
        count(Outcome::Restored),
        count(Outcome::Kept)
    ))
    .await?;
    Ok(())
}

async fn end(tx: &mut Tx, bulk: &Bulk) -> Result<()> {
    let (state, now) = (if bulk.state == State::Undoing { State::Undone } else { State::Done }, tx.now());
    tx.run(sql!("UPDATE bulks SET state = $2, ended_at = $3 WHERE id = $1", bulk.id, state, now)).await?;
    heard(tx, bulk).await
}

/// Rings for the page that shows the progress.
async fn heard(tx: &mut Tx, bulk: &Bulk) -> Result<()> {
    Ok(tx.record(Actor::system("Bulk").event("bulk.moved", ("bulk", bulk.id.uuid()), true, json!({}))).await?)
}
