//! Reads the journal from a position of its own: what staff sent is looked at for articles, exactly once, also after a crash.

use crate::used;
use db::{Db, Event, Id, journal};
use kernel::Result;
use tickets::Message;
use tokio::sync::watch;
use web::App;

/// The name of the position.
const READER: &str = "reuse";
/// Lines of one look; also how many of no interest are passed before the position is written down.
const LOT: usize = 500;
/// The same for a query.
const LINES: i64 = 500;
/// Any number that nobody else takes as an advisory lock: one node at a time writes.
const LOCK: i64 = 0x5265_7573_6541_7274;

/// Follows the journal until `stop` says so.
pub async fn follow(app: App, mut stop: watch::Receiver<bool>) {
    let mut ear = app.db.bell().listen();
    let mut follower = Follower { seen: None, passed: 0 };
    while !*stop.borrow() {
        let more = follower.step(&app.db, &app.config.public_url).await.unwrap_or_else(|error| {
            tracing::warn!(%error, "uses of articles wait: the journal can't be read");
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
        let seen = match self.seen {
            Some(seen) => seen,
            None => journal::position(&mut conn, READER).await?,
        };
        let lines = journal::after(&mut conn, seen, LINES).await?;
        drop(conn);
        self.passed += lines.len();
        let last = lines.last().map_or(seen, |line| line.seq);
        let more = lines.len() == LOT;
        if !lines.iter().any(|line| message_of(line).is_some()) && self.passed < LOT {
            self.seen = Some(last);
            return Ok(more);
        }
        let to = take(db, public_url).await?;
        (self.seen, self.passed) = (Some(to), 0);
        Ok(more || to < last)
    }
}

/// Takes the next lines for good: uses and position in one transaction. Answers the position.
async fn take(db: &Db, public_url: &str) -> Result<i64> {
    let mut tx = db.write().await?;
    tx.lock(LOCK).await?;
    let from = journal::position(&mut tx, READER).await?;
    let lines = journal::after(&mut tx, from, LINES).await?;
    let messages: Vec<Id<Message>> = lines.iter().filter_map(message_of).collect();
    used::take(&mut tx, &messages, public_url).await?;
    let to = lines.last().map_or(from, |line| line.seq);
    journal::advance(&mut tx, READER, to).await?;
    tx.commit().await?;
    Ok(to)
}

/// The message of staff that a line is about.
fn message_of(line: &Event) -> Option<Id<Message>> {
    if !matches!(line.kind.as_str(), "ticket.replied" | "ticket.noted") {
        return None;
    }
    line.facts()["message"].as_str()?.parse().ok()
}
