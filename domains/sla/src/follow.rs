//! The reader of the journal and the watcher of deadlines: one task on each node, one node at a time by the room's
//! lock. Reader and watcher do the same thing to tickets, so nothing is said twice and nothing is lost in a restart.

use crate::{keep, marks::matters, policies};
use db::{Conn, Db, Event, Timestamp, journal, sql};
use kernel::Result;
use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};
use tickets::TicketId;
use tokio::sync::watch;

/// The name of the reader in the journal.
pub(crate) const READER: &str = "sla";
/// The lock of reader and watcher.
pub(crate) const LOCK: &str = "sla";
/// Lines that are read at once.
const LOT: usize = 200;
/// The same for a query.
const LINES: i64 = 200;
/// Tickets that come due at once.
const DUE: i64 = 100;
/// A busy journal rings often: lines are taken together.
const TOGETHER: Duration = Duration::from_millis(20);
/// The longer the more there were at the last look.
const PER_LINE: Duration = Duration::from_millis(2);
/// At most so long.
const AT_MOST: Duration = Duration::from_millis(200);

/// First start: from here on tickets have clocks. History is left alone; later starts change nothing.
pub async fn prepare(db: &Db) -> Result<()> {
    let known: Option<i64> = db.read().await?.first(sql!("SELECT seq FROM readers WHERE name = $1", READER)).await?;
    if known.is_some() {
        return Ok(());
    }
    let mut tx = db.write().await?;
    tx.lock(LOCK).await?;
    if tx.first::<i64>(sql!("SELECT seq FROM readers WHERE name = $1", READER)).await?.is_none() {
        let head = journal::head(&mut tx).await?;
        journal::advance(&mut tx, READER, head).await?;
        policies::begin(&mut tx).await?;
    }
    Ok(tx.commit().await?)
}

/// Follows the journal and the clock until `stop`.
pub async fn follow(db: Db, mut stop: watch::Receiver<bool>) {
    let (mut ear, mut seen) = (db.bell().listen(), None);
    while !*stop.borrow() {
        let lines = match turn(&db, &mut seen).await {
            Ok((lines, has_watched)) if lines == LOT || has_watched => continue,
            Ok((lines, _)) => u32::try_from(lines).unwrap_or(u32::MAX),
            Err(error) => {
                tracing::warn!(%error, "the clocks of tickets could not be kept; trying again");
                0
            }
        };
        tokio::select! {
            () = async { ear.wait().await; tokio::time::sleep((TOGETHER + PER_LINE * lines).min(AT_MOST)).await; } => {}
            _ = stop.changed() => {}
        }
    }
}

/// Does all that is to be done now: for commands that do not serve.
pub async fn catch_up(db: &Db) -> Result<()> {
    let mut seen = None;
    while turn(db, &mut seen).await? != (0, false) {}
    Ok(())
}

/// When the next deadline or warning is, if there is one.
pub async fn next_due(conn: &mut Conn) -> Result<Option<Timestamp>> {
    Ok(conn.first(sql!("SELECT next_at FROM sla_clocks WHERE next_at IS NOT NULL ORDER BY next_at LIMIT 1")).await?)
}

/// Reads a lot of lines and looks at what is due; answers how many lines, and whether something was due. `seen`: how far
/// this node is.
async fn turn(db: &Db, seen: &mut Option<i64>) -> Result<(usize, bool)> {
    Ok((read_on(db, seen).await?, watch_due(db).await?))
}

async fn read_on(db: &Db, seen: &mut Option<i64>) -> Result<usize> {
    let mut conn = db.read().await?;
    let from = journal::resume(&mut conn, READER, seen).await?;
    let lines = journal::after(&mut conn, from, LINES).await?;
    drop(conn);
    let Some(last) = lines.last().map(|line| line.seq) else { return Ok(0) };
    if !lines.iter().any(is_ours) {
        // nothing to keep: the position is moved with the next line that has something
        *seen = Some(last);
        return Ok(lines.len());
    }
    let mut tx = db.write().await?;
    tx.lock(LOCK).await?;
    let stands = journal::position(&mut tx, READER).await?;
    let mut changed: HashMap<TicketId, Timestamp> = HashMap::new();
    for line in lines.iter().filter(|line| line.seq > stands && is_ours(line)) {
        changed.insert(TicketId::from(line.subject_id), line.at);
    }
    if !changed.is_empty() {
        let ids: Vec<TicketId> = changed.keys().copied().collect();
        keep::refresh(&mut tx, &ids, &changed).await?;
    }
    if last > stands {
        journal::advance(&mut tx, READER, last).await?;
    }
    tx.commit().await?;
    *seen = Some(last);
    Ok(lines.len())
}

fn is_ours(line: &Event) -> bool {
    line.subject_kind == "ticket" && matters(&line.kind)
}

async fn watch_due(db: &Db) -> Result<bool> {
    let mut conn = db.read().await?;
    let now = conn.now();
    if next_due(&mut conn).await?.is_none_or(|at| at > now) {
        return Ok(false);
    }
    drop(conn);
    let mut tx = db.write().await?;
    tx.lock(LOCK).await?;
    let now = tx.now();
    let due: Vec<TicketId> = tx.all(sql!("SELECT ticket_id FROM sla_clocks WHERE next_at <= $1 ORDER BY next_at LIMIT $2", now, DUE)).await?;
    let ids: Vec<TicketId> = due.into_iter().collect::<HashSet<_>>().into_iter().collect();
    keep::refresh(&mut tx, &ids, &HashMap::new()).await?;
    tx.commit().await?;
    Ok(!ids.is_empty())
}

/// Forgets tickets that are gone for good; called by the clockwork.
pub async fn sweep(db: &Db) -> Result<()> {
    let mut conn = db.read().await?;
    let gone: Vec<TicketId> =
        conn.all(sql!("SELECT DISTINCT s.ticket_id FROM sla_terms s WHERE NOT EXISTS (SELECT 1 FROM tickets t WHERE t.id = s.ticket_id) LIMIT 200")).await?;
    drop(conn);
    if gone.is_empty() {
        return Ok(());
    }
    let mut tx = db.write().await?;
    for ticket in gone {
        keep::forget(&mut tx, ticket).await?;
    }
    Ok(tx.commit().await?)
}
