//! Counts everything anew from the journal: after a mistake in counting was mended, or when packs were lost. It works
//! while the program serves, a few tickets a transaction; reports show the old or the new figures of a ticket, never
//! none. Since counting twice changes nothing, it needs no position of its own.

use crate::{Sources, keep};
use db::{Db, journal};
use kernel::Result;
use std::collections::{BTreeSet, HashSet};
use uuid::Uuid;

/// Lines of the journal that are read at once.
const LINES: i64 = 2_000;
/// Tickets of one transaction: others must write between two.
const TICKETS: usize = 200;

/// What a rebuild did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rebuilt {
    /// Tickets that the journal tells of.
    pub tickets: usize,
    /// What was counted and belonged to none of them.
    pub forgotten: usize,
}

/// Counts every ticket of the journal, and forgets the rest.
pub async fn rebuild(db: &Db, sources: &Sources) -> Result<Rebuilt> {
    let (mut known, mut seen) = (HashSet::new(), 0);
    loop {
        let lines = journal::after(&mut db.read().await?, seen, LINES).await?;
        let Some(last) = lines.last() else { break };
        seen = last.seq;
        let new: BTreeSet<Uuid> =
            lines.iter().filter(|line| line.subject_kind == "ticket" && known.insert(line.subject_id)).map(|line| line.subject_id).collect();
        let new: Vec<Uuid> = new.into_iter().collect();
        for some in new.chunks(TICKETS) {
            let mut tx = db.write().await?;
            tx.lock(keep::LOCK).await?;
            keep::refresh(&mut tx, sources, some).await?;
            tx.commit().await?;
        }
    }
    let mut tx = db.write().await?;
    tx.lock(keep::LOCK).await?;
    // what came meanwhile is counted by the reader, who waits for this lock now
    loop {
        let lines = journal::after(&mut tx, seen, LINES).await?;
        let Some(last) = lines.last() else { break };
        seen = last.seq;
        known.extend(lines.iter().filter(|line| line.subject_kind == "ticket").map(|line| line.subject_id));
    }
    let forgotten = keep::forget_all_but(&mut tx, &known).await?;
    tx.commit().await?;
    Ok(Rebuilt { tickets: known.len(), forgotten })
}
