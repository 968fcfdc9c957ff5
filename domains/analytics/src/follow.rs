//! Reads the journal from a position of its own and counts the tickets that its lines are about. Lines and position go
//! together, so a crash counts nothing twice and nothing not at all. Reports may be a second behind; so lines are taken
//! together, and the many changes of one conversation cost one count.

use crate::{Sources, keep};
use db::{Conn, Db, Event, Timestamp, journal, sql};
use kernel::Result;
use std::{collections::BTreeSet, time::Duration};
use tokio::sync::watch;
use uuid::Uuid;

/// The name of the position.
const READER: &str = "analytics";
/// Lines of one look; also how many of no interest are passed before the position is written down.
const LINES: i64 = 500;
/// How long lines are gathered.
const TOGETHER: Duration = Duration::from_millis(500);

/// Follows the journal until `stop` says so.
pub async fn follow(db: Db, sources: Sources, mut stop: watch::Receiver<bool>) {
    let (mut ear, mut seen) = (db.bell().listen(), Seen::default());
    while !*stop.borrow() {
        let more = turn(&db, &sources, &mut seen).await.unwrap_or_else(|error| {
            tracing::warn!(%error, "reports wait: the journal can't be counted; trying again");
            false
        });
        if !more {
            tokio::select! {
                () = async { ear.wait().await; tokio::time::sleep(TOGETHER).await; } => {}
                _ = stop.changed() => {}
            }
        }
    }
}

/// Counts all that is there now: for commands that do not serve. What the promising room has not read yet stays.
pub async fn catch_up(db: &Db, sources: &Sources) -> Result<()> {
    let mut seen = Seen::default();
    while turn(db, sources, &mut seen).await? {}
    Ok(())
}

/// How far this node is.
#[derive(Default)]
struct Seen {
    /// The last line looked at; after a start, where the written position is.
    to: Option<i64>,
    /// Lines passed over since the position was written.
    passed: i64,
}

/// One look; true when there may be more.
async fn turn(db: &Db, sources: &Sources, seen: &mut Seen) -> Result<bool> {
    let mut conn = db.read().await?;
    let from = journal::resume(&mut conn, READER, &mut seen.to).await?;
    let lines = next(&mut conn, sources, from).await?;
    drop(conn);
    let Some(last) = lines.last().map(|line| line.seq) else { return Ok(false) };
    seen.passed += i64::try_from(lines.len()).unwrap_or(LINES);
    if !lines.iter().any(is_ours) && seen.passed < LINES {
        // nothing to count: the position is moved with the next line that has something
        seen.to = Some(last);
        return Ok(true);
    }
    let mut tx = db.write().await?;
    tx.lock(keep::LOCK).await?;
    let stands = journal::position(&mut tx, READER).await?;
    let changed: BTreeSet<Uuid> = lines.iter().filter(|line| line.seq > stands && is_ours(line)).map(|line| line.subject_id).collect();
    if !changed.is_empty() {
        let ids: Vec<Uuid> = changed.into_iter().collect();
        keep::refresh(&mut tx, sources, &ids).await?;
    }
    if last > stands {
        journal::advance(&mut tx, READER, last).await?;
    }
    tx.commit().await?;
    *seen = Seen { to: Some(last), passed: 0 };
    Ok(true)
}

/// The next lines that may be counted: those from which the promising room has drawn its conclusions.
async fn next(conn: &mut Conn, sources: &Sources, from: i64) -> Result<Vec<Event>> {
    let mut lines = journal::after(conn, from, LINES).await?;
    if let Some(last) = lines.last() {
        let limit = (sources.promising.read_up_to)(conn, last.seq).await?;
        lines.retain(|line| line.seq <= limit);
    }
    Ok(lines)
}

/// Whatever happened to a ticket may have changed what is counted of it.
fn is_ours(line: &Event) -> bool {
    line.subject_kind == "ticket"
}

/// Since when something waits to be counted; none when all is.
pub(crate) async fn behind(conn: &mut Conn) -> Result<Option<Timestamp>> {
    let stands = journal::position(conn, READER).await?;
    Ok(conn.first(sql!("SELECT at FROM events WHERE seq > $1 AND subject_kind = 'ticket' ORDER BY seq LIMIT 1", stands)).await?)
}
