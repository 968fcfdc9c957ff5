//! Runs what is due, one job at a time per worker, and wakes by the bell.

use crate::Job;
use db::{Db, Timestamp, sql};
use futures::future::BoxFuture;
use kernel::Fault;
use std::{collections::HashMap, sync::Arc, time::Duration};
use tokio::{sync::watch, task::JoinSet};

/// Does the work of one kind: payload in, done or a reason to try again.
pub type Handler = Arc<dyn Fn(serde_json::Value) -> BoxFuture<'static, Result<(), Fault>> + Send + Sync>;

/// A claimed job belongs to its worker for this long, unless the worker says that it is still at it; then another may take it.
const LEASE: Duration = Duration::from_secs(15);
/// After this many tries a job is dead.
const TRIES: i64 = 12;
/// Jobs done are kept this long, so that admins can see what happened.
const KEEP: Duration = Duration::from_hours(168);

/// Takes due jobs and runs them.
pub struct Worker {
    db: Db,
    handlers: HashMap<&'static str, Handler>,
    clockwork: Vec<(Duration, Handler)>,
}

impl Worker {
    /// A worker that can do nothing yet.
    pub fn new(db: Db) -> Self {
        Self { db, handlers: HashMap::new(), clockwork: Vec::new() }
    }

    /// Says who does the jobs of a kind.
    pub fn on(&mut self, kind: &'static str, handler: Handler) {
        self.handlers.insert(kind, handler);
    }

    /// Work without a row that is looked at again and again; it must be harmless on two nodes at once.
    pub fn every(&mut self, pause: Duration, handler: Handler) {
        self.clockwork.push((pause, handler));
    }

    /// Works until `stop` says so; finishes the job at hand.
    pub async fn run(self, mut stop: watch::Receiver<bool>) {
        for (pause, handler) in &self.clockwork {
            let (pause, handler, mut stop) = (*pause, Arc::clone(handler), stop.clone());
            tokio::spawn(async move {
                while !*stop.borrow() {
                    if let Err(error) = handler(serde_json::Value::Null).await {
                        tracing::error!(%error, "clockwork failed and will try again");
                    }
                    let _ = tokio::time::timeout(pause, stop.wait_for(|stopped| *stopped)).await;
                }
            });
        }
        let mut ear = self.db.bell().listen_work();
        while !*stop.borrow() {
            match self.step().await {
                Ok(true) => {}
                Ok(false) => {
                    tokio::select! { () = ear.wait() => {} _ = stop.changed() => {} }
                }
                Err(error) => {
                    tracing::error!(%error, "the job queue can't be read");
                    tokio::time::sleep(Duration::from_secs(1)).await;
                }
            }
        }
    }

    /// Runs one due job; false when none is due.
    pub async fn step(&self) -> Result<bool, db::Error> {
        let mut conn = self.db.read().await?;
        let now = conn.now();
        let due: Option<i64> = conn
            .first(sql!(
                "SELECT run_at FROM jobs WHERE state = 'queued' AND run_at <= $1 AND (locked_until IS NULL OR locked_until < $1) ORDER BY run_at LIMIT 1",
                now
            ))
            .await?;
        drop(conn);
        if due.is_none() {
            return Ok(false);
        }
        let mut tx = self.db.write().await?;
        let until = tx.now().plus(LEASE);
        let Some(id) = tx.claim_job(until).await? else { return Ok(false) };
        let job: Job = tx.one(sql!("SELECT id, kind, payload, state, run_at, attempts, error, created_at FROM jobs WHERE id = $1", id)).await?;
        tx.commit().await?;
        // beside the work, which may hold SQLite's writer while it waits; a set ends with what it runs, also when the work panics
        let mut beat = JoinSet::new();
        beat.spawn(hold(self.db.clone(), id));
        let outcome = match self.handlers.get(job.kind.as_str()) {
            Some(handler) => handler(job.facts()).await,
            None => Err(Fault::Broken(format!("no handler for jobs of kind {}", job.kind))),
        };
        drop(beat);
        self.end(&job, outcome).await?;
        Ok(true)
    }

    async fn end(&self, job: &Job, outcome: Result<(), Fault>) -> Result<(), db::Error> {
        let mut tx = self.db.write().await?;
        let (now, id) = (tx.now(), job.id);
        match outcome {
            Ok(()) => {
                tx.run(sql!("UPDATE jobs SET state = 'done', ended_at = $2, locked_until = NULL, error = NULL WHERE id = $1", id, now)).await?;
            }
            Err(fault) => {
                tracing::warn!(kind = job.kind, tries = job.attempts, %fault, "a job failed");
                let state = if job.attempts >= TRIES { "dead" } else { "queued" };
                tx.run(sql!(
                    "UPDATE jobs SET state = $2, error = $3, run_at = $4, locked_until = NULL WHERE id = $1",
                    id,
                    state,
                    fault.to_string(),
                    next_try(now, job.attempts)
                ))
                .await?;
            }
        }
        tx.commit().await
    }
}

/// Says again and again that a job is being worked on.
async fn hold(db: Db, id: uuid::Uuid) {
    loop {
        tokio::time::sleep(LEASE / 3).await;
        let held = async {
            let mut tx = db.write().await?;
            let until = tx.now().plus(LEASE);
            tx.run(sql!("UPDATE jobs SET locked_until = $2 WHERE id = $1 AND state = 'queued' AND locked_until IS NOT NULL", id, until)).await?;
            tx.commit().await
        };
        if let Err(error) = held.await {
            tracing::warn!(%error, "a job at work could not be held");
        }
    }
}

/// 2 s, 4 s, 8 s … an hour at most.
fn next_try(now: Timestamp, attempts: i64) -> Timestamp {
    let exponent = u32::try_from(attempts.clamp(1, 12)).unwrap_or(12);
    now.plus(Duration::from_secs(2_u64.saturating_pow(exponent).min(3600)))
}

/// Forgets jobs that ended long ago.
pub async fn sweep(db: &Db) -> Result<(), db::Error> {
    let mut tx = db.write().await?;
    let before = tx.now().minus(KEEP);
    tx.run(sql!("DELETE FROM jobs WHERE state = 'done' AND ended_at < $1", before)).await?;
    tx.commit().await
}
