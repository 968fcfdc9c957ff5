//! The durable queue and the clockwork. A job is enqueued in the transaction of the rows that need it, so it
//! can't outlive a rollback; it runs at least once, so it must be harmless twice. A job that fails is tried
//! again after growing pauses and at last laid out for admins.

mod long;
mod worker;

use db::{Conn, Id, Migration, Timestamp, Tx, record, sql};
pub use long::{Long, Lot};
use std::time::Duration;
pub use worker::{Handler, Worker, sweep};

/// The schema of this crate.
pub const MIGRATIONS: &[Migration] = &[Migration { name: "jobs/0001_jobs", text: include_str!("../migrations/0001_jobs.sql") }];

record! {
    /// A piece of work.
    #[derive(Clone, Debug)]
    pub struct Job {
        /// Its id.
        pub id: Id<Job>,
        /// Which handler runs it: `mail.send`.
        pub kind: String,
        /// What it needs, as JSON text.
        pub payload: String,
        /// `queued`, `held` (waits for something to be configured), `done` or `dead`.
        pub state: String,
        /// Not before.
        pub run_at: Timestamp,
        /// Tries so far.
        pub attempts: i64,
        /// What the last try said.
        pub error: Option<String>,
        /// When it was enqueued.
        pub created_at: Timestamp,
    }
}

impl Job {
    /// What it needs; `null` if it can't be read.
    pub fn facts(&self) -> serde_json::Value {
        serde_json::from_str(&self.payload).unwrap_or_default()
    }
}

/// Enqueues work for `run_at`, in the caller's transaction.
pub async fn enqueue(tx: &mut Tx, kind: &str, payload: &serde_json::Value, run_at: Timestamp) -> db::Result<Id<Job>> {
    add(tx, kind, payload, "queued", run_at).await
}

/// Lays work down that waits until somebody releases it: mail while no mail server is configured.
pub async fn hold(tx: &mut Tx, kind: &str, payload: &serde_json::Value) -> db::Result<Id<Job>> {
    let now = tx.now();
    add(tx, kind, payload, "held", now).await
}

async fn add(tx: &mut Tx, kind: &str, payload: &serde_json::Value, state: &str, run_at: Timestamp) -> db::Result<Id<Job>> {
    let (id, now) = (Id::new(), tx.now());
    tx.run(sql!(
        "INSERT INTO jobs (id, kind, payload, state, run_at, attempts, created_at) VALUES ($1, $2, $3, $4, $5, 0, $6)",
        id,
        kind,
        payload.to_string(),
        state,
        run_at,
        now
    ))
    .await?;
    tx.ring_work();
    Ok(id)
}

/// Whether jobs of a kind are held that were laid down after `since`.
pub async fn holds(conn: &mut Conn, kind: &str, since: Timestamp) -> db::Result<bool> {
    Ok(conn.first::<i64>(sql!("SELECT 1 FROM jobs WHERE kind = $1 AND state = 'held' AND created_at > $2 LIMIT 1", kind, since)).await?.is_some())
}

/// How long somebody may have held jobs before they count as forgotten.
const LENT: Duration = Duration::from_hours(7 * 24);

/// Lends held jobs of a kind that were laid down after `since`, the oldest first, to whoever does what they are for in its own way,
/// and tells by [`end_lent`] what became of it.
pub async fn lend_held(tx: &mut Tx, kind: &str, since: Timestamp, limit: i64) -> db::Result<Vec<Job>> {
    let until = tx.now().plus(LENT);
    let mut taken: Vec<Job> = tx
        .all(sql!(
            "UPDATE jobs SET state = 'queued', run_at = $4
             WHERE state = 'held' AND id IN (SELECT id FROM jobs WHERE kind = $1 AND state = 'held' AND created_at > $2 ORDER BY created_at, id LIMIT $3)
             RETURNING id, kind, payload, state, run_at, attempts, error, created_at",
            kind,
            since,
            limit,
            until
        ))
        .await?;
    taken.sort_by_key(|job| (job.created_at, job.id));
    Ok(taken)
}

/// What became of a lent job: done, or failed for good; with the words of whoever did it. Of a done one the payload is forgotten,
/// as it may hold secrets.
pub async fn end_lent(tx: &mut Tx, id: Id<Job>, is_done: bool, words: &str) -> db::Result<()> {
    let now = tx.now();
    tx.run(sql!(
        "UPDATE jobs SET state = $2, error = $3, ended_at = $4, payload = CASE WHEN $5 THEN '{}' ELSE payload END WHERE id = $1 AND state = 'queued' AND attempts = 0",
        id,
        if is_done { "done" } else { "dead" },
        words,
        now,
        is_done
    ))
    .await?;
    Ok(())
}

/// The held jobs of a kind, the newest first.
pub async fn held(conn: &mut Conn, kind: &str, limit: i64) -> db::Result<Vec<Job>> {
    conn.all(sql!(
        "SELECT id, kind, payload, state, run_at, attempts, error, created_at FROM jobs WHERE kind = $1 AND state = 'held' ORDER BY created_at DESC, id DESC LIMIT $2",
        kind,
        limit
    ))
    .await
}

/// The newest jobs of a kind; all kinds if `kind` is empty.
pub async fn newest(conn: &mut Conn, kind: &str, limit: i64) -> db::Result<Vec<Job>> {
    // ids are made in the order of time
    let query = if kind.is_empty() {
        sql!("SELECT id, kind, payload, state, run_at, attempts, error, created_at FROM jobs ORDER BY id DESC LIMIT $1", limit)
    } else {
        sql!(
            "SELECT id, kind, payload, state, run_at, attempts, error, created_at FROM jobs WHERE kind = $1 ORDER BY created_at DESC, id DESC LIMIT $2",
            kind,
            limit
        )
    };
    conn.all(query).await
}

/// Some jobs, in any order; those that are forgotten are not there.
pub async fn of(conn: &mut Conn, ids: &[Id<Job>]) -> db::Result<Vec<Job>> {
    let mut query = db::Query::with("SELECT id, kind, payload, state, run_at, attempts, error, created_at FROM jobs WHERE id IN ", Vec::new());
    query.list(ids.iter().copied());
    conn.all(query).await
}

/// How many jobs stand in a state.
pub async fn count(conn: &mut Conn, state: &str) -> db::Result<i64> {
    conn.one(sql!("SELECT COUNT(*) FROM jobs WHERE state = $1", state)).await
}

/// Puts a dead job back into the queue; one that never ran here was lent, and is held again. False if there is no such dead job.
pub async fn retry(tx: &mut Tx, id: Id<Job>) -> db::Result<bool> {
    let now = tx.now();
    let changed = tx
        .run(sql!(
            "UPDATE jobs SET state = CASE WHEN attempts = 0 THEN 'held' ELSE 'queued' END, created_at = CASE WHEN attempts = 0 THEN $2 ELSE created_at END,
                    attempts = 0, run_at = $2, locked_until = NULL, error = NULL, ended_at = NULL
             WHERE id = $1 AND state = 'dead'",
            id,
            now
        ))
        .await?;
    tx.ring_work();
    Ok(changed == 1)
}
