//! Reading the journal for good: what a lot of lines calls for is written in the transaction that moves the reader's position, under
//! a lock that nodes share. Nothing is lost between a change and what comes of it, and nothing is made twice.

use db::{Conn, Db, Event, Tx, journal};
use kernel::Result;
use std::time::Duration;
use tokio::sync::watch;

/// Lines of one look.
const LOT: i64 = 100;
/// After this many lines that call for nothing, the position is written down.
const FAR: usize = 2_000;

/// Who makes something of the journal's lines.
pub trait Follower: Send + Sync {
    /// The name of its position, and of the lock that nodes share.
    const READER: &'static str;
    /// What is to be written of a lot.
    type Made: Send;
    /// What these lines call for; `None` for nothing.
    fn plan(&self, conn: &mut Conn, lines: &[Event]) -> impl Future<Output = Result<Option<Self::Made>>> + Send;
    /// Writes it. The transaction is committed by the caller.
    fn write(&self, tx: &mut Tx, made: Self::Made) -> impl Future<Output = Result<()>> + Send;
}

/// In a house that did not have this reader before, it begins at the end of history. Called at start, before anything is served.
pub async fn begin<F: Follower>(db: &Db) -> Result<()> {
    let mut tx = db.write().await?;
    tx.lock(F::READER).await?;
    journal::begin(&mut tx, F::READER).await?;
    Ok(tx.commit().await?)
}

/// Follows the journal until `stop` says so. What fails is told and tried again each second.
pub async fn follow<F: Follower>(db: Db, follower: F, mut stop: watch::Receiver<bool>) {
    let (mut ear, mut passed) = (db.bell().listen(), Passed::default());
    while !*stop.borrow() {
        match turn(&db, &follower, &mut passed).await {
            Ok(true) => {}
            Ok(false) => {
                tokio::select! { () = ear.wait() => {} _ = stop.changed() => {} }
            }
            Err(error) => {
                tracing::error!(%error, reader = F::READER, "the journal can't be followed and will be tried again");
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        }
    }
}

/// How far this node is.
#[derive(Default)]
struct Passed {
    /// The position as it is written, by the last that this node knows.
    stands: Option<i64>,
    /// Up to here it passed over lines without a write.
    to: i64,
    count: usize,
}

/// One look; true when there may be more.
async fn turn<F: Follower>(db: &Db, follower: &F, passed: &mut Passed) -> Result<bool> {
    let mut conn = db.read().await?;
    let stands = journal::resume(&mut conn, F::READER, &mut passed.stands).await?;
    let lines = journal::after(&mut conn, stands.max(passed.to), LOT).await?;
    let Some(last) = lines.last().map(|line| line.seq) else { return Ok(false) };
    let made = follower.plan(&mut conn, &lines).await?;
    drop(conn);
    passed.count += lines.len();
    if made.is_none() && passed.count < FAR {
        passed.to = last;
        return Ok(true);
    }
    let mut tx = db.write().await?;
    tx.lock(F::READER).await?;
    if journal::position(&mut tx, F::READER).await? != stands {
        // another node was there meanwhile: go on from where it is
        *passed = Passed::default();
        return Ok(true);
    }
    if let Some(made) = made {
        follower.write(&mut tx, made).await?;
    }
    journal::advance(&mut tx, F::READER, last).await?;
    tx.commit().await?;
    *passed = Passed { stands: Some(last), to: last, count: 0 };
    Ok(true)
}
