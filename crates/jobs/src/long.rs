//! Long work: many things, a lot of them in each transaction with how far it got, so that it goes on where it stood after
//! a crash and does nothing twice. It works in slices, so that other jobs get their turn.

use crate::Worker;
use db::{Db, Engine, Query, Timestamp, Tx};
use futures::{FutureExt as _, future::BoxFuture};
use kernel::{Fault, Result};
use serde_json::json;
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use uuid::Uuid;

/// After this long other jobs get their turn.
const SLICE: Duration = Duration::from_millis(500);
/// Whoever worked on it is gone when it shows no sign of life for this long.
const SILENCE: Duration = Duration::from_secs(5);

/// One lot in one transaction: of which work, at most how many, and the words with which they are refused, if they are.
/// Answers whether there is more.
pub type Lot = for<'a> fn(&'a Db, Uuid, i64, Option<&'a str>) -> BoxFuture<'a, Result<bool>>;

/// A kind of long work. Its room has a row for each piece of work, with a `beat_at` that each lot moves on.
pub struct Long {
    /// The job that works on it.
    pub job: &'static str,
    /// What the job calls the id of the work.
    pub key: &'static str,
    /// Things of one transaction: few where there is one writer, so that nobody waits long for it.
    pub size: fn(Engine) -> i64,
    /// Does one lot.
    pub lot: Lot,
    /// Selects the id of the running work that has been silent the longest, and longer than since then.
    pub silent: fn(Timestamp) -> Query,
    /// Moves the beat of this work to now, if it was silent since then.
    pub touch: fn(Uuid, Timestamp, Timestamp) -> Query,
    /// Said of a thing that is not there, or not for this person: the same words for both.
    pub not_there: &'static str,
}

impl Long {
    /// Tells the worker how to do it, and lets work that nobody does any more go on.
    pub fn register(&'static self, worker: &mut Worker, db: &Db) {
        let for_work = db.clone();
        worker.on(
            self.job,
            Arc::new(move |facts| {
                let db = for_work.clone();
                async move {
                    let id = facts[self.key].as_str().and_then(|text| text.parse().ok());
                    self.go_on(&db, id.ok_or_else(|| Fault::Broken(format!("the job has no {}", self.key)))?).await
                }
                .boxed()
            }),
        );
        let for_revival = db.clone();
        worker.every(
            Duration::from_secs(2),
            Arc::new(move |_| {
                let db = for_revival.clone();
                async move { self.revive(&db).await }.boxed()
            }),
        );
    }

    /// Queues it, in the caller's transaction.
    pub async fn enqueue(&self, tx: &mut Tx, id: Uuid) -> Result<()> {
        let now = tx.now();
        Ok(crate::enqueue(tx, self.job, &json!({ self.key: id }), now).await.map(drop)?)
    }

    /// Does the next lot; false when there is no more. A lot in which one thing is refused by its verb leaves nothing
    /// behind and is done again one by one.
    pub async fn step(&self, db: &Db, id: Uuid) -> Result<bool> {
        let size = (self.size)(db.engine());
        match (self.lot)(db, id, size, None).await {
            Err(fault) if is_refusal(&fault) => {}
            other => return other,
        }
        for _ in 0..size {
            let more = match (self.lot)(db, id, 1, None).await {
                Err(fault) if is_refusal(&fault) => {
                    if let Fault::Broken(what) = &fault {
                        tracing::error!(job = self.job, %id, what, "one of many things could not be done");
                    }
                    (self.lot)(db, id, 1, Some(&self.sentence(&fault))).await?
                }
                other => other?,
            };
            if !more {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Works for a slice of time, then queues behind others.
    async fn go_on(&self, db: &Db, id: Uuid) -> Result<()> {
        let begun = Instant::now();
        while self.step(db, id).await? {
            if begun.elapsed() > SLICE {
                let mut tx = db.write().await?;
                self.enqueue(&mut tx, id).await?;
                return Ok(tx.commit().await?);
            }
        }
        Ok(())
    }

    /// After a crash: queues anew what shows no sign of life.
    async fn revive(&self, db: &Db) -> Result<()> {
        let mut conn = db.read().await?;
        let before = conn.now().minus(SILENCE);
        let silent: Option<Uuid> = conn.first((self.silent)(before)).await?;
        drop(conn);
        let Some(id) = silent else { return Ok(()) };
        let mut tx = db.write().await?;
        let now = tx.now();
        if tx.run((self.touch)(id, now, before)).await? == 1 {
            self.enqueue(&mut tx, id).await?;
        }
        Ok(tx.commit().await?)
    }

    fn sentence(&self, fault: &Fault) -> String {
        match fault {
            Fault::Invalid(wrong) => wrong.0.first().map(|(_, sentence)| sentence.clone()).unwrap_or_default(),
            Fault::Stale(_) => "Somebody changed it at the same moment.".to_owned(),
            Fault::Missing => self.not_there.to_owned(),
            Fault::Broken(_) => "Something broke on our side. It was logged.".to_owned(),
            other => other.to_string(),
        }
    }
}

/// What hangs on the thing, not on the moment.
fn is_refusal(fault: &Fault) -> bool {
    !matches!(fault, Fault::Busy | Fault::TooMany(_))
}
