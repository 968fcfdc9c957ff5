//! Keeps the index of this node: reads the journal, writes what changed, and builds the index anew where it is missing, of
//! another version, damaged, of another database, or where somebody asks for it.

use crate::{
    build::{build, root},
    state::{Health, Search},
    store::{self, Index, Lock, Standing},
    tuning,
    writer::Writer,
};
use db::journal;
use kernel::{Result, Searchable};
use std::{collections::BTreeSet, sync::Arc, time::Duration};
use tokio::{sync::watch, task::JoinHandle};
use uuid::Uuid;
use web::App;

/// Lines of one look.
const LINES: i64 = 500;
/// Commits are at least so far apart: each is a few files.
const PAUSE: Duration = Duration::from_millis(250);
/// After so many lines that changed nothing the place is written down.
const FAR: usize = 5_000;
/// After a failure it is tried again, after longer and longer pauses.
const PAUSES: [Duration; 4] = [Duration::from_secs(1), Duration::from_secs(3), Duration::from_secs(10), Duration::from_secs(30)];
/// Lines wait for an older transaction: nobody rings when that one ends.
const SOON: Duration = Duration::from_millis(50);

/// Keeps the index until `stop` says so.
pub async fn follow(app: App, mut stop: watch::Receiver<bool>) {
    let Ok(search) = Search::of(&app) else { return };
    let mut ear = app.db.bell().listen();
    let mut keeper = Keeper { app, search, lock: None, writer: None, building: None, failures: 0, is_tuned: false };
    while !*stop.borrow() {
        let wait = match keeper.turn().await {
            Ok(wait) => {
                keeper.failures = 0;
                wait
            }
            Err(fault) => Some(keeper.failed(&fault)),
        };
        if let Some(wait) = wait {
            let is_failing = keeper.failures > 0;
            tokio::select! { () = ear.wait(), if !is_failing && wait > PAUSE => {} () = tokio::time::sleep(wait) => {} _ = stop.changed() => {} }
        }
    }
    keeper.end().await;
}

struct Keeper {
    app: App,
    search: Arc<Search>,
    lock: Option<Lock>,
    writer: Option<Writer>,
    building: Option<JoinHandle<Result<Writer>>>,
    failures: usize,
    is_tuned: bool,
}

impl Keeper {
    /// One look; how long to wait for the next, none at all when there may be more.
    async fn turn(&mut self) -> Result<Option<Duration>> {
        if !self.is_tuned {
            self.search.tune(&mut self.app.db.read().await?).await?;
            self.is_tuned = true;
        }
        if self.lock.is_none() {
            self.lock = Lock::take(&self.search.home)?;
        }
        if self.lock.is_none() {
            return self.watch_other().await;
        }
        if self.building.as_ref().is_some_and(JoinHandle::is_finished) {
            self.take_over().await?;
        }
        if self.writer.as_ref().is_some_and(|writer| !writer.index.is_there()) {
            tracing::warn!("the search index was taken away and is built anew");
            self.writer = None;
        }
        if self.building.is_none() {
            self.begin().await?;
        }
        if self.writer.is_none() { Ok(Some(Duration::from_millis(20))) } else { self.read().await }
    }

    /// Another process keeps the index of this folder: only look at it.
    async fn watch_other(&self) -> Result<Option<Duration>> {
        self.search.tune(&mut self.app.db.read().await?).await?;
        self.search.log.flush(&self.app.db, &[], false).await?;
        let index = Index::current(&self.search.home);
        if let Some(index) = &index {
            self.search.has_seen(index.standing()?.seq);
            self.search.is_now(Health::Well);
        }
        self.search.answer_with(index);
        Ok(Some(Duration::from_secs(1)))
    }

    /// Goes on with the index that is there, or builds one.
    async fn begin(&mut self) -> Result<()> {
        if self.writer.is_none() {
            match self.usable().await? {
                Some((index, standing)) => {
                    self.search.has_seen(standing.seq);
                    self.search.is_now(Health::Well);
                    self.writer = Some(Writer::on(index, standing)?);
                }
                None => self.build(true)?,
            }
        } else if store::is_requested(&self.search.home) {
            self.build(false)?;
        }
        Ok(())
    }

    /// The index that is there, if it is whole and of this database.
    async fn usable(&self) -> Result<Option<(Arc<Index>, Standing)>> {
        let Some(index) = self.search.index().filter(|index| index.is_there()) else { return Ok(None) };
        let standing = index.standing()?;
        let mut conn = self.app.db.read().await?;
        let (head, root) = (journal::head(&mut conn).await?, root(&mut conn).await?);
        let is_usable = standing.is_whole && standing.kinds == self.search.kinds() && (standing.root.is_empty() || standing.root == root);
        // a database that was taken back to an older time knows nothing of what came after
        Ok((is_usable && standing.seq <= head.max(0)).then_some((index, standing)))
    }

    fn build(&mut self, is_live: bool) -> Result<()> {
        let index = Index::make(&self.search.home)?;
        if is_live {
            self.search.has_seen(-1);
            self.search.is_now(Health::Building);
            self.search.answer_with(Some(Arc::clone(&index)));
        }
        self.building = Some(tokio::spawn(Box::pin(build(self.app.clone(), Arc::clone(&self.search), index, is_live))));
        Ok(())
    }

    /// The new index is whole.
    async fn take_over(&mut self) -> Result<()> {
        let Some(building) = self.building.take() else { return Ok(()) };
        let writer = building.await.map_err(crate::view::broken)??;
        writer.index.become_current(&self.search.home)?;
        store::answered(&self.search.home)?;
        self.search.answer_with(Some(Arc::clone(&writer.index)));
        self.search.has_seen(writer.standing.seq);
        self.search.is_now(Health::Well);
        self.writer = Some(writer);
        Ok(())
    }

    /// Reads on in the journal, writes, and commits when it is time.
    async fn read(&mut self) -> Result<Option<Duration>> {
        let Some(mut writer) = self.writer.take() else { return Ok(None) };
        let mut conn = self.app.db.read().await?;
        let (lines, is_waiting) = journal::look(&mut conn, writer.standing.seq, LINES).await?;
        if lines.iter().any(|line| line.subject_kind == tuning::SUBJECT) {
            self.search.tune(&mut conn).await?;
        }
        self.search.log.flush(&self.app.db, &self.search.log.followed(&lines), false).await?;
        for kind in self.search.sources.kinds {
            let things: BTreeSet<Uuid> = lines.iter().filter_map(|line| (kind.touched)(line)).collect();
            if !things.is_empty() {
                writer = self.put(writer, &mut conn, kind, &things.into_iter().collect::<Vec<_>>()).await?;
            }
        }
        let has_more = !lines.is_empty();
        if let Some(last) = lines.last() {
            writer.standing.seq = last.seq;
            writer.passed += lines.len();
        }
        if writer.standing.root.is_empty() && has_more {
            writer.standing.root = root(&mut conn).await?;
        }
        drop(conn);
        let is_time = writer.is_dirty && writer.committed.elapsed() >= PAUSE;
        if is_time || !writer.is_dirty && writer.passed > FAR {
            writer = writer.commit().await?;
        }
        if !writer.is_dirty {
            self.search.has_seen(writer.standing.seq);
        }
        let rest = PAUSE.saturating_sub(writer.committed.elapsed());
        let is_dirty = writer.is_dirty;
        self.writer = Some(writer);
        self.search.is_now(Health::Well);
        Ok(match (has_more, is_dirty, is_waiting) {
            (true, ..) => None,
            (false, true, _) => Some(rest.min(PAUSE)),
            (false, false, true) => Some(SOON),
            (false, false, false) => Some(Duration::from_secs(1)),
        })
    }

    async fn put(&self, writer: Writer, conn: &mut db::Conn, kind: &'static Searchable, things: &[Uuid]) -> Result<Writer> {
        Box::pin(writer.put(&self.app, conn, &self.search, kind, things)).await
    }

    /// The writer is gone with what it had not committed: the next turn goes on from the last commit.
    fn failed(&mut self, fault: &kernel::Fault) -> Duration {
        self.writer = None;
        if self.failures == 0 {
            tracing::error!(%fault, "the search index can't be kept and will be tried again");
        }
        self.search.is_now(Health::Stuck(fault.to_string()));
        let pause = PAUSES[self.failures.min(PAUSES.len() - 1)];
        self.failures += 1;
        pause
    }

    async fn end(mut self) {
        if let Err(fault) = self.search.log.flush(&self.app.db, &[], true).await {
            tracing::warn!(%fault, "the last searches are not in the log");
        }
        if let Some(building) = self.building.take() {
            building.abort();
            let _ = building.await;
        }
        if let Some(mut writer) = self.writer.take() {
            if writer.is_dirty || writer.passed > 0 {
                writer = match writer.commit().await {
                    Ok(writer) => writer,
                    Err(fault) => return tracing::warn!(%fault, "the last changes are read from the journal at the next start"),
                };
            }
            if let Err(fault) = writer.end().await {
                tracing::warn!(%fault, "the search index did not end well");
            }
        }
    }
}
