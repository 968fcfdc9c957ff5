//! The work on many tickets: what a batch does, and how far it got.

use crate::bulk::{Bulk, Outcome, State};
use crate::{apply, take_back};
use db::{Db, Engine, Id, Query, Tx, sql};
use futures::FutureExt;
use jobs::Long;
use kernel::{Actor, Result};
use serde_json::{Value, json};
use tickets::TicketId;

/// How it is done. A lot takes some 20 ms on SQLite; each lot wakes all who read the journal.
pub(crate) static BULK: Long = Long {
    job: "macros.bulk",
    key: "bulk",
    size: |engine| if engine == Engine::Postgres { 200 } else { 50 },
    lot: |db, id, size, refusal| batch(db, id.into(), size, refusal).boxed(),
    silent: |before| sql!("SELECT id FROM bulks WHERE state IN ('RUNNING', 'UNDOING') AND beat_at < $1 ORDER BY beat_at LIMIT 1", before),
    touch: |id, now, before| sql!("UPDATE bulks SET beat_at = $2 WHERE id = $1 AND beat_at < $3", id, now, before),
    not_there: NOT_THERE,
};
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
