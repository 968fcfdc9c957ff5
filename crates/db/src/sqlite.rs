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
    waiting: Vec<oneshot::Sender<std::result::Result<(), String>>>,
}

/// One write at work: holds the writer until it is committed or dropped.
pub(crate) struct Writing {
    guard: OwnedMutexGuard<Writer>,
}

impl Writer {
    pub(crate) fn new(conn: SqliteConnection) -> Arc<Mutex<Self>> {
        Arc::new(Mutex::new(Self { conn, open: false, dirty: false, waiting: Vec::new() }))
    }

    /// Takes back what a dropped write left behind.
    async fn clean(&mut self) -> Result<()> {
        if std::mem::take(&mut self.dirty) && self.open {
            self.conn.execute("ROLLBACK TO one; RELEASE one").await?;
        }
        Ok(())
    }

    async fn commit(&mut self) {
        if !std::mem::take(&mut self.open) {
            return;
        }
        let cleaned = if self.dirty { self.conn.execute("ROLLBACK TO one; RELEASE one").await.map(drop) } else { Ok(()) };
        self.dirty = false;
        let outcome = match cleaned {
            Ok(()) => self.conn.execute("COMMIT").await.map(drop),
            Err(error) => Err(error),
        };
        if let Err(error) = &outcome {
            tracing::error!(%error, "a group commit failed");
            let _ = self.conn.execute("ROLLBACK").await;
        }
        for waiter in self.waiting.drain(..) {
            let _ = waiter.send(outcome.as_ref().map(|()| ()).map_err(ToString::to_string));
        }
    }
}

impl Writing {
    /// Waits for the writer and opens a savepoint.
    pub(crate) async fn begin(writer: &Arc<Mutex<Writer>>) -> Result<Self> {
        let mut guard = Arc::clone(writer).lock_owned().await;
        guard.clean().await?;
        if !guard.open {
            guard.conn.execute("BEGIN IMMEDIATE").await?;
            guard.open = true;
            let writer = Arc::clone(writer);
            tokio::spawn(async move { writer.lock().await.commit().await });
        }
        guard.dirty = true;
        guard.conn.execute("SAVEPOINT one").await?;
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
