//! The journal: an append-only list of who did what to what, written in the same transaction as the rows.
//! Everything that reacts reads it; each reader keeps its own position.

use crate::{Conn, Engine, Query, Result, Timestamp, Tx, Value, record, sql};
use uuid::Uuid;

/// A line to be written.
#[derive(Clone, Debug)]
pub struct NewEvent {
    /// What happened: `ticket.replied`.
    pub kind: &'static str,
    /// Kind of the thing it happened to: `ticket`.
    pub subject_kind: &'static str,
    /// Which one.
    pub subject_id: Uuid,
    /// Kind of who did it: `person`, `guest`, `system`, `rule`.
    pub actor_kind: &'static str,
    /// Who did it.
    pub actor_id: Option<Uuid>,
    /// Their name at that time, for the history.
    pub actor_name: String,
    /// True when only staff may learn of it.
    pub staff_only: bool,
    /// Facts: old and new values, ids. Never a body of a message.
    pub data: serde_json::Value,
}

record! {
    /// A line of the journal.
    #[derive(Clone, Debug)]
    pub struct Event {
        /// Its place; grows, with gaps.
        pub seq: i64,
        /// When.
        pub at: Timestamp,
        /// What happened: `ticket.replied`.
        pub kind: String,
        /// Kind of the thing it happened to.
        pub subject_kind: String,
        /// Which one.
        pub subject_id: Uuid,
        /// Kind of who did it.
        pub actor_kind: String,
        /// Who did it.
        pub actor_id: Option<Uuid>,
        /// Their name at that time.
        pub actor_name: String,
        /// True when only staff may learn of it.
        pub staff_only: bool,
        /// Facts, as JSON text.
        pub data: String,
    }
}

impl Event {
    /// The facts; `null` if they can't be read.
    pub fn facts(&self) -> serde_json::Value {
        serde_json::from_str(&self.data).unwrap_or_default()
    }
}

/// The columns of `Event`, in its order.
#[macro_export]
macro_rules! event_columns {
    () => {
        "seq, at, kind, subject_kind, subject_id, actor_kind, actor_id, actor_name, staff_only, data"
    };
}

/// How lines are written; each is a row of it.
pub(crate) const APPEND: &str = "INSERT INTO events (at, kind, subject_kind, subject_id, actor_kind, actor_id, actor_name, staff_only, data) VALUES";

/// The values of a new line.
pub(crate) type Line = [Value; 9];

pub(crate) fn line(at: Timestamp, event: NewEvent) -> Line {
    [
        at.into(),
        event.kind.into(),
        event.subject_kind.into(),
        event.subject_id.into(),
        event.actor_kind.into(),
        event.actor_id.into(),
        event.actor_name.into(),
        event.staff_only.into(),
        event.data.to_string().into(),
    ]
}

/// Lines after `seq`, at most `limit`, in order. On PostgreSQL a place begins with the id of its transaction, which is
/// not the order of commits: lines that might still be overtaken (their transaction is not older than the oldest one
/// running) wait for a later look.
pub async fn after(conn: &mut Conn, seq: i64, limit: i64) -> Result<Vec<Event>> {
    Ok(look(conn, seq, limit).await?.0)
}

/// The same, and whether lines are there that wait for an older transaction: worth another look soon, for nobody rings
/// when that one ends. Readers of this process share their looks ([`crate::tail`]); a transaction, which sees what is not
/// committed yet, looks by itself.
pub async fn look(conn: &mut Conn, seq: i64, limit: i64) -> Result<(Vec<Event>, bool)> {
    if let Some(tail) = conn.tail() {
        let shared = tail.look(seq, limit, async |after, limit| read(conn, after, limit).await).await?;
        if let Some(shared) = shared {
            return Ok(shared);
        }
    }
    read(conn, seq, limit).await
}

async fn read(conn: &mut Conn, seq: i64, limit: i64) -> Result<(Vec<Event>, bool)> {
    let settled = if conn.engine() == Engine::Postgres { ", xid < pg_snapshot_xmin(pg_current_snapshot())" } else { ", TRUE" };
    let mut query = Query::with(concat!("SELECT ", event_columns!()), Vec::new());
    query.push(settled).push(" FROM events WHERE seq > ").bind(seq).push(" ORDER BY seq").limit(limit);
    let lines: Vec<Looked> = conn.all(query).await?;
    let waits = lines.iter().any(|line| !line.is_settled);
    Ok((lines.into_iter().take_while(|line| line.is_settled).map(|line| line.event).collect(), waits))
}

record! {
    /// A line, and whether no later one can come before it.
    struct Looked {
        event: Event,
        is_settled: bool,
    }
}

/// The highest place that no later line can come before; 0 for an empty journal.
pub async fn head(conn: &mut Conn) -> Result<i64> {
    let mut query = Query::with("SELECT COALESCE(MAX(seq), 0) FROM events", Vec::new());
    if conn.engine() == Engine::Postgres {
        query.push(" WHERE xid < pg_snapshot_xmin(pg_current_snapshot())");
    }
    conn.one(query).await
}

/// A dump that was restored into another PostgreSQL cluster brings places of that cluster's transactions along, while
/// the new one counts from 3 again: new lines would stand before old ones, and old ones would wait for ever. Found at
/// start by the last line alone; then the old lines are settled and new places begin after them.
pub(crate) async fn go_on_after_restore(tx: &mut Tx) -> Result<()> {
    let last = "SELECT seq >> 20, CAST(CAST(xid AS TEXT) AS BIGINT), CAST(CAST(pg_current_xact_id() AS TEXT) AS BIGINT) FROM events ORDER BY seq DESC LIMIT 1";
    let Some((place, xid, current)) = tx.first::<(i64, i64, i64)>(Query::with(last, Vec::new())).await? else { return Ok(()) };
    if xid < current {
        return Ok(());
    }
    tracing::warn!("the journal comes from another PostgreSQL cluster; its places go on from there");
    let ahead = place - current + 1;
    tx.run_script(format!(
        "UPDATE events SET xid = '3';
         ALTER TABLE events ALTER COLUMN seq SET DEFAULT (((CAST(CAST(pg_current_xact_id() AS TEXT) AS BIGINT) + {ahead}) << 20) | (nextval('events_order') & 1048575))"
    ))
    .await
}

/// All lines about one thing, oldest first.
pub async fn of(conn: &mut Conn, subject_id: Uuid) -> Result<Vec<Event>> {
    conn.all(sql!(concat!("SELECT ", event_columns!(), " FROM events WHERE subject_id = $1 ORDER BY seq"), subject_id)).await
}

/// Which lines about one thing are wanted.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// Only lines after this place, the oldest first.
    pub after: Option<i64>,
    /// Only lines before this place.
    pub before: Option<i64>,
    /// The newest first, instead of the oldest.
    pub newest_first: bool,
    /// Only lines that others than staff may learn of.
    pub public_only: bool,
    /// Only lines of these kinds; empty is all.
    pub kinds: Vec<String>,
}

/// A page of the lines about one thing, by their place.
pub async fn page(conn: &mut Conn, subject_id: Uuid, wanted: &Wanted, limit: i64) -> Result<Vec<Event>> {
    conn.all(page_query(subject_id, wanted, limit)).await
}

/// How the engine reads such a page; for the plan test.
pub async fn plan_of_page(conn: &mut Conn, subject_id: Uuid, wanted: &Wanted) -> Result<String> {
    conn.plan(page_query(subject_id, wanted, 50)).await
}

fn page_query(subject_id: Uuid, wanted: &Wanted, limit: i64) -> Query {
    let mut query = Query::with(concat!("SELECT ", event_columns!(), " FROM events WHERE subject_id = "), Vec::new());
    query.bind(subject_id);
    if let Some(seq) = wanted.after {
        query.push(" AND seq > ").bind(seq);
    }
    if let Some(seq) = wanted.before {
        query.push(" AND seq < ").bind(seq);
    }
    if wanted.public_only {
        query.push(" AND staff_only = FALSE");
    }
    if !wanted.kinds.is_empty() {
        query.push(" AND kind IN ").list(wanted.kinds.iter());
    }
    query.push(if wanted.newest_first { " ORDER BY seq DESC" } else { " ORDER BY seq" }).limit(limit);
    query
}

/// The kinds of lines that there are about one thing, by name.
pub async fn kinds(conn: &mut Conn, subject_id: Uuid) -> Result<Vec<String>> {
    conn.all(sql!("SELECT DISTINCT kind FROM events WHERE subject_id = $1 ORDER BY kind", subject_id)).await
}

/// Where a named reader stands; 0 before its first line.
pub async fn position(conn: &mut Conn, reader: &str) -> Result<i64> {
    Ok(conn.first(sql!("SELECT seq FROM readers WHERE name = $1", reader)).await?.unwrap_or(0))
}

/// Where a named reader of this node goes on: as it remembers, and where its position is written after a start.
pub async fn resume(conn: &mut Conn, reader: &str, remembered: &mut Option<i64>) -> Result<i64> {
    if let Some(seq) = *remembered {
        return Ok(seq);
    }
    let seq = position(conn, reader).await?;
    *remembered = Some(seq);
    Ok(seq)
}

/// Lets a reader that never began go on from the end of history. Called at start, before anything is served, so that
/// nothing comes in between.
pub async fn begin(tx: &mut Tx, reader: &str) -> Result<()> {
    if position(tx, reader).await? != 0 {
        return Ok(());
    }
    let head = head(tx).await?;
    // before the first place stands -1, because 0 is what a reader has that never began
    advance(tx, reader, if head == 0 { -1 } else { head }).await
}

/// Moves a named reader, in the same transaction as what it made of the lines: a crash loses and repeats nothing.
pub async fn advance(tx: &mut Tx, reader: &str, seq: i64) -> Result<()> {
    tx.run(sql!("INSERT INTO readers (name, seq) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET seq = excluded.seq", reader, seq)).await.map(drop)
}
