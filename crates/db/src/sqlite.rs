//! The one SQLite writer with group commit. Writers queue on one fair mutex, each works in a SAVEPOINT of
//! the open transaction; a write is answered only after the real COMMIT. A writer that is alone commits itself;
//! where others wait, a committer queues behind them on the same mutex and commits for all.

use crate::{Error, Result};
use sqlx::{Executor as _, SqliteConnection};
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};
use tokio::sync::{Mutex, OwnedMutexGuard, oneshot};

/// The writer connection and who waits for its next COMMIT.
pub(crate) struct Writer {
    conn: SqliteConnection,
    /// A transaction is open.
    open: bool,
    /// A committer is queued.
    awaited: bool,
    left: Left,
    waiting: Vec<oneshot::Sender<std::result::Result<(), String>>>,
}

/// What a write has left behind so far.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Left {
    Nothing,
    /// A savepoint is open: its owner is at work, or was dropped without a word.
    Savepoint,
    /// Somebody was dropped between asking for a step and knowing that it was done.
    Doubt,
}

/// The door to the writer. Cheap to copy.
#[derive(Clone)]
pub(crate) struct Door(Arc<Queue>);

struct Queue {
    writer: Arc<Mutex<Writer>>,
    /// How many writers stand before the mutex.
    length: AtomicUsize,
}

/// A place in the queue; given up when the writer is reached, or its owner is dropped.
struct Place<'q>(&'q AtomicUsize);

impl<'q> Place<'q> {
    fn take(length: &'q AtomicUsize) -> Self {
        length.fetch_add(1, Ordering::Relaxed);
        Self(length)
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// One write at work: holds the writer until it is committed or dropped.
pub(crate) struct Writing {
    guard: OwnedMutexGuard<Writer>,
    door: Door,
}

impl Writer {
    /// Takes back what a dropped write left behind. A handler may be dropped at any await: its client went away.
    async fn clean(&mut self) {
        if self.left == Left::Savepoint && self.open {
            let undone = self.conn.execute("ROLLBACK TO one; RELEASE one").await;
            // dropped just after its RELEASE: whole, and not acknowledged to anybody
            let unknown = undone.is_err_and(|error| !error.to_string().contains("no such savepoint"));
            self.left = if unknown { Left::Doubt } else { Left::Nothing };
        }
        if self.left == Left::Doubt {
            self.left = Left::Nothing;
            self.open = false;
            let _ = self.conn.execute("ROLLBACK").await;
            self.answer(Err("the transaction was in doubt and was taken back"));
        }
    }

    /// What the committer does.
    async fn commit(&mut self) {
        self.awaited = false;
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

impl Door {
    pub(crate) fn new(conn: SqliteConnection) -> Self {
        let writer = Writer { conn, open: false, awaited: false, left: Left::Nothing, waiting: Vec::new() };
        Self(Arc::new(Queue { writer: Arc::new(Mutex::new(writer)), length: AtomicUsize::new(0) }))
    }

    /// Waits for the writer and opens a savepoint.
    pub(crate) async fn begin(&self) -> Result<Writing> {
        let place = Place::take(&self.0.length);
        let guard = Arc::clone(&self.0.writer).lock_owned().await;
        drop(place);
        let mut writing = Writing { guard, door: self.clone() };
        let writer = &mut *writing.guard;
        writer.clean().await;
        writer.left = Left::Doubt;
        // one trip to the driver's thread for both, and prepared once
        sqlx::query(if writer.open { "SAVEPOINT one" } else { "BEGIN IMMEDIATE; SAVEPOINT one" }).execute(&mut writer.conn).await?;
        writer.open = true;
        writer.left = Left::Savepoint;
        Ok(writing)
    }

    /// Waits until nobody writes.
    pub(crate) async fn close(&self) {
        self.0.writer.lock().await.commit().await;
    }

    fn is_empty(&self) -> bool {
        self.0.length.load(Ordering::Relaxed) == 0
    }
}

impl Writing {
    pub(crate) fn connection(&mut self) -> &mut SqliteConnection {
        &mut self.guard.conn
    }

    /// Ends the savepoint, lets the next writer in, and answers when the COMMIT is on disk.
    pub(crate) async fn commit(mut self) -> Result<()> {
        let writer = &mut *self.guard;
        if writer.waiting.is_empty() && self.door.is_empty() {
            // nobody to share the COMMIT with
            writer.left = Left::Doubt;
            sqlx::query("RELEASE one; COMMIT").execute(&mut writer.conn).await.map_err(|error| Error::Commit(error.to_string()))?;
            writer.left = Left::Nothing;
            writer.open = false;
            return Ok(());
        }
        sqlx::query("RELEASE one").execute(&mut writer.conn).await?;
        writer.left = Left::Nothing;
        let (sender, committed) = oneshot::channel();
        writer.waiting.push(sender);
        drop(self);
        match committed.await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(reason)) => Err(Error::Commit(reason)),
            Err(_) => Err(Error::Commit("the writer is gone".to_owned())),
        }
    }
}

impl Drop for Writing {
    fn drop(&mut self) {
        // what stays open or in doubt behind a write has a committer
        let writer = &mut *self.guard;
        if (writer.open || writer.left == Left::Doubt) && !writer.awaited {
            let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
            writer.awaited = true;
            let door = self.door.clone();
            runtime.spawn(async move { door.0.writer.lock().await.commit().await });
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

    #[tokio::test]
    async fn it_is_compiled_to_keep_its_plans_and_each_connection_its_pages() {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::open(&Options::Sqlite(folder.path().join("test.sqlite")), Clock::default()).await.unwrap();
        let options: Vec<String> = db.read().await.unwrap().all(sql!("SELECT compile_options FROM pragma_compile_options")).await.unwrap();

        assert!(options.iter().any(|option| option == "ENABLE_QPSG"), "{options:?}");
        assert!(!options.iter().any(|option| option == "ENABLE_MEMORY_MANAGEMENT"), "{options:?}");
    }
}
