//! The one SQLite writer with group commit. Writers queue on one fair mutex, each works in a SAVEPOINT of
//! the open transaction; the committer queues on the same mutex; a write is answered only after the real COMMIT.

use crate::{Error, Result};
use sqlx::{Executor as _, SqliteConnection};
use std::sync::Arc;
use tokio::sync::{Mutex, OwnedMutexGuard, oneshot};

/// The writer connection and who waits for its next COMMIT.
pub(crate) struct Writer {
    conn: SqliteConnection,
    /// A transaction is open and a committer is queued.
    open: bool,
    /// A savepoint is open: its owner is at work, or was dropped without a word.
    dirty: bool,
    /// Somebody was dropped between asking for a step and knowing that it was done.
    unsure: bool,
    waiting: Vec<oneshot::Sender<std::result::Result<(), String>>>,
}

/// One write at work: holds the writer until it is committed or dropped.
pub(crate) struct Writing {
    guard: OwnedMutexGuard<Writer>,
}

impl Writer {
    pub(crate) fn new(conn: SqliteConnection) -> Arc<Mutex<Self>> {
        Arc::new(Mutex::new(Self { conn, open: false, dirty: false, unsure: false, waiting: Vec::new() }))
    }

    /// Takes back what a dropped write left behind. A handler may be dropped at any await: its client went away.
    async fn clean(&mut self) {
        if std::mem::take(&mut self.dirty) && self.open && !self.unsure {
            let undone = self.conn.execute("ROLLBACK TO one; RELEASE one").await;
            // dropped just after its RELEASE: whole, and not acknowledged to anybody
            self.unsure = undone.is_err_and(|error| !error.to_string().contains("no such savepoint"));
        }
        if std::mem::take(&mut self.unsure) {
            self.open = false;
            let _ = self.conn.execute("ROLLBACK").await;
            self.answer(Err("the transaction was in doubt and was taken back"));
        }
    }

    async fn commit(&mut self) {
        self.clean().await;
        if !std::mem::take(&mut self.open) {
            return;
        }
        let outcome = self.conn.execute("COMMIT").await.map(drop).map_err(|error| error.to_string());
        if let Err(error) = &outcome {
            tracing::error!(error, "a group commit failed");
            let _ = self.conn.execute("ROLLBACK").await;
        }
        self.answer(outcome.as_ref().copied().map_err(String::as_str));
    }

    fn answer(&mut self, outcome: std::result::Result<(), &str>) {
        for waiter in self.waiting.drain(..) {
            let _ = waiter.send(outcome.map_err(str::to_owned));
        }
    }
}

impl Writing {
    /// Waits for the writer and opens a savepoint.
    pub(crate) async fn begin(writer: &Arc<Mutex<Writer>>) -> Result<Self> {
        let mut guard = Arc::clone(writer).lock_owned().await;
        guard.clean().await;
        guard.unsure = true;
        if !guard.open {
            guard.conn.execute("BEGIN IMMEDIATE").await?;
            guard.open = true;
            let writer = Arc::clone(writer);
            tokio::spawn(async move { writer.lock().await.commit().await });
        }
        guard.conn.execute("SAVEPOINT one").await?;
        guard.dirty = true;
        guard.unsure = false;
        Ok(Self { guard })
    }

    pub(crate) fn connection(&mut self) -> &mut SqliteConnection {
        &mut self.guard.conn
    }

    /// Ends the savepoint, lets the next writer in, and answers when the COMMIT is on disk.
    pub(crate) async fn commit(mut self) -> Result<()> {
        self.guard.conn.execute("RELEASE one").await?;
        self.guard.dirty = false;
        let (sender, committed) = oneshot::channel();
        self.guard.waiting.push(sender);
        drop(self);
        match committed.await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(reason)) => Err(Error::Commit(reason)),
            Err(_) => Err(Error::Commit("the writer is gone".to_owned())),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{Clock, Db, Migration, Options, sql};
    use std::{
        sync::{Arc, Mutex},
        time::Duration,
    };

    const TABLE: Migration = Migration { name: "test/0001_pairs", text: "CREATE TABLE pairs (\n  id BIGINT NOT NULL,\n  half BIGINT NOT NULL\n);\n" };

    async fn write(db: Db, id: i64, done: Arc<Mutex<Vec<i64>>>) {
        let Ok(mut tx) = db.write().await else { return };
        for half in 0..2 {
            if tx.run(sql!("INSERT INTO pairs (id, half) VALUES ($1, $2)", id, half)).await.is_err() {
                return;
            }
            tokio::time::sleep(Duration::from_micros(200)).await;
        }
        if tx.commit().await.is_ok() {
            done.lock().unwrap().push(id);
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn writers_dropped_at_any_moment_leave_no_half_and_take_nothing_acknowledged_along() {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::open(&Options::Sqlite(folder.path().join("test.sqlite")), Clock::default()).await.unwrap();
        db.migrate(&[TABLE]).await.unwrap();
        let done = Arc::new(Mutex::new(Vec::new()));
        let mut writers = Vec::new();
        for id in 0..400_i64 {
            let task = tokio::spawn(write(db.clone(), id, Arc::clone(&done)));
            if id % 3 == 0 {
                let patience = Duration::from_micros(u64::try_from(id * 37 % 5_000).unwrap());
                tokio::time::sleep(patience / 40).await;
                task.abort();
            }
            writers.push(task);
        }
        for writer in writers {
            let _ = writer.await;
        }
        // whoever comes next finds the writer in order
        write(db.clone(), 1_000, Arc::clone(&done)).await;
        let mut conn = db.read().await.unwrap();
        let kept: Vec<(i64, i64)> = conn.all(sql!("SELECT id, COUNT(*) FROM pairs GROUP BY id ORDER BY id")).await.unwrap();
        let acknowledged = done.lock().unwrap().clone();
        assert!(kept.iter().all(|(_, halves)| *halves == 2), "half a write was kept");
        assert!(acknowledged.iter().all(|id| kept.iter().any(|(known, _)| known == id)), "an acknowledged write is gone");
        assert!(acknowledged.contains(&1_000) && acknowledged.len() > 200, "{} acknowledged", acknowledged.len());
    }
}
