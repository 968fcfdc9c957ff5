//! Reads the journal from a position of its own: what was solved gets its survey, exactly once, also after a crash. Looks
//! for letters that are due at the same time.

use crate::survey;
use db::{Db, Event, journal};
use kernel::Result;
use tokio::sync::watch;
use web::App;

/// The name of the position.
const READER: &str = "satisfaction";
/// Lines of one look; also how many of no interest are passed before the position is written down.
const LOT: usize = 500;
/// The same for a query.
const LINES: i64 = 500;
/// Its lock: one node at a time opens and asks.
const LOCK: &str = "satisfaction";

/// Follows the journal until `stop` says so.
pub async fn follow(app: App, mut stop: watch::Receiver<bool>) {
    let mut ear = app.db.bell().listen();
    let mut follower = Follower { seen: None, passed: 0 };
    while !*stop.borrow() {
        let more = follower.step(&app.db, &app.config.public_url).await.unwrap_or_else(|error| {
            tracing::warn!(%error, "surveys wait: the journal can't be read");
            false
        });
        if !more {
            tokio::select! { () = ear.wait() => {} _ = stop.changed() => {} }
        }
    }
}

struct Follower {
    /// The last line looked at; after a start, where the written position is.
    seen: Option<i64>,
    /// Lines since the position was written.
    passed: usize,
}

impl Follower {
    /// One look; true when there is more to do at once.
    async fn step(&mut self, db: &Db, public_url: &str) -> Result<bool> {
        let mut conn = db.read().await?;
        let seen = journal::resume(&mut conn, READER, &mut self.seen).await?;
        let lines = journal::after(&mut conn, seen, LINES).await?;
        let is_due = survey::waits(&mut conn).await?;
        drop(conn);
        self.passed += lines.len();
        let last = lines.last().map_or(seen, |line| line.seq);
        let mut more = lines.len() == LOT;
        if lines.iter().any(is_solved) || self.passed >= LOT {
            let to = take(db).await?;
            more |= to < last;
            (self.seen, self.passed) = (Some(to), 0);
        } else {
            self.seen = Some(last);
        }
        if is_due {
            let mut tx = db.write().await?;
            tx.lock(LOCK).await?;
            more |= survey::ask(&mut tx, public_url).await?;
            tx.commit().await?;
        }
        Ok(more)
    }
}

/// Takes the next lines for good: surveys and position in one transaction. Answers the position.
async fn take(db: &Db) -> Result<i64> {
    let mut tx = db.write().await?;
    tx.lock(LOCK).await?;
    let from = journal::position(&mut tx, READER).await?;
    let lines = journal::after(&mut tx, from, LINES).await?;
    let solved: Vec<_> = lines.iter().filter(|line| is_solved(line)).map(|line| line.subject_id).collect();
    survey::open(&mut tx, &solved).await?;
    let to = lines.last().map_or(from, |line| line.seq);
    journal::advance(&mut tx, READER, to).await?;
    tx.commit().await?;
    Ok(to)
}

fn is_solved(line: &Event) -> bool {
    line.kind == "ticket.status_changed" && line.facts()["new"] == "RESOLVED"
}
