//! What was searched for, and whether it led anywhere: query, hits, language, hour. Nobody is named in it; addresses and
//! long numbers in a query are masked. Who asked is known for half an hour, in memory alone, to tell whether a request
//! followed.

use crate::find::Found;
use db::{Conn, Db, Event, Id, Timestamp, Tx, Value, record, sql};
use kernel::{Actor, Result};
use std::{
    collections::HashMap,
    sync::Mutex,
    time::{Duration, Instant},
};
use uuid::Uuid;

/// Searches wait so long to be written together.
const GATHERED: Duration = Duration::from_secs(2);
/// More than these are written at once.
const MANY: usize = 200;
/// A request within this time follows a search.
const FOLLOWS: Duration = Duration::from_mins(30);
/// The most people whose last search is remembered.
const PEOPLE: usize = 20_000;
/// Searches are kept so long.
const KEPT: Duration = Duration::from_hours(24 * 400);
/// The longest query that is kept, in characters.
const LONGEST: usize = 200;
/// So many digits in a row are somebody's number.
const NUMBER: usize = 6;

/// Names searches in ids.
#[derive(Debug)]
pub enum Asked {}

struct Entry {
    id: Id<Asked>,
    at: Timestamp,
    query: String,
    language: String,
    hits: i64,
    by_staff: bool,
    is_clicked: bool,
}

/// Searches that were not written yet, and who asked last.
#[derive(Default)]
pub struct Log {
    waiting: Mutex<(Vec<Entry>, Option<Instant>)>,
    askers: Mutex<HashMap<Uuid, (Id<Asked>, Timestamp)>>,
}

impl Log {
    /// Keeps one; its id tells later that a hit was opened.
    pub fn keep(&self, actor: &Actor, query: &str, found: &Found, now: Timestamp) -> Id<Asked> {
        let hour = 3_600_000_000;
        let entry = Entry {
            id: Id::new(),
            at: Timestamp::from_micros(now.micros() / hour * hour),
            query: masked(query),
            language: actor.language.split('-').next().unwrap_or_default().to_lowercase(),
            hits: i64::try_from(found.total()).unwrap_or(i64::MAX),
            by_staff: actor.is_staff(),
            is_clicked: false,
        };
        let id = entry.id;
        if let Ok(mut waiting) = self.waiting.lock() {
            waiting.1.get_or_insert_with(Instant::now);
            waiting.0.push(entry);
        }
        if let (Some(person), Ok(mut askers)) = (actor.person.filter(|_| !actor.is_staff()), self.askers.lock()) {
            if askers.len() >= PEOPLE {
                askers.retain(|_, (_, at)| at.plus(FOLLOWS) > now);
            }
            askers.insert(person.uuid(), (id, now));
        }
        id
    }

    /// A hit of it was opened. True when that was noted here; else it is written already.
    fn opened_waiting(&self, id: Id<Asked>) -> bool {
        self.waiting.lock().is_ok_and(|mut waiting| {
            let entry = waiting.0.iter_mut().find(|entry| entry.id == id);
            entry.map(|entry| entry.is_clicked = true).is_some()
        })
    }

    /// A hit of a search was opened.
    pub async fn opened(&self, db: &Db, id: Id<Asked>) -> Result<()> {
        if self.opened_waiting(id) {
            return Ok(());
        }
        let mut tx = db.write().await?;
        tx.run(sql!("UPDATE searches SET is_clicked = TRUE WHERE id = $1", id)).await?;
        Ok(tx.commit().await?)
    }

    /// Searches that requests in these lines of the journal follow.
    pub fn followed(&self, lines: &[Event]) -> Vec<Id<Asked>> {
        let Ok(mut askers) = self.askers.lock() else { return Vec::new() };
        let requests = lines.iter().filter(|line| line.kind == "ticket.created");
        requests
            .filter_map(|line| {
                let asker = line.actor_id?;
                let (id, at) = *askers.get(&asker)?;
                askers.remove(&asker);
                (line.at < at.plus(FOLLOWS)).then_some(id)
            })
            .collect()
    }

    /// Writes what waited long enough, and marks those that a request followed. `is_last`: all of it.
    pub async fn flush(&self, db: &Db, followed: &[Id<Asked>], is_last: bool) -> Result<()> {
        let entries = self.due(is_last || !followed.is_empty());
        if entries.is_empty() && followed.is_empty() {
            return Ok(());
        }
        let mut tx = db.write().await?;
        write(&mut tx, entries, followed).await?;
        Ok(tx.commit().await?)
    }

    fn due(&self, is_now: bool) -> Vec<Entry> {
        let Ok(mut waiting) = self.waiting.lock() else { return Vec::new() };
        let is_due = is_now || waiting.0.len() >= MANY || waiting.1.is_some_and(|since| since.elapsed() >= GATHERED);
        if !is_due {
            return Vec::new();
        }
        waiting.1 = None;
        std::mem::take(&mut waiting.0)
    }
}

async fn write(tx: &mut Tx, entries: Vec<Entry>, followed: &[Id<Asked>]) -> Result<()> {
    let rows: Vec<[Value; 8]> = entries
        .into_iter()
        .map(|entry| {
            let is_followed = followed.contains(&entry.id);
            [
                entry.id.into(),
                entry.at.into(),
                entry.query.into(),
                entry.language.into(),
                entry.hits.into(),
                entry.by_staff.into(),
                entry.is_clicked.into(),
                is_followed.into(),
            ]
        })
        .collect();
    if !rows.is_empty() {
        tx.run_rows("INSERT INTO searches (id, at, query, language, hits, by_staff, is_clicked, is_followed) VALUES", &rows, "").await?;
    }
    for id in followed {
        tx.run(sql!("UPDATE searches SET is_followed = TRUE WHERE id = $1", *id)).await?;
    }
    Ok(())
}

/// A query as it is kept: lower case, one blank between words, no addresses, no long numbers.
fn masked(query: &str) -> String {
    let mask = |word: &str| {
        let digits = word.chars().filter(char::is_ascii_digit).count();
        if word.contains('@') || digits >= NUMBER { "…".to_owned() } else { word.to_lowercase() }
    };
    query.split_whitespace().map(mask).collect::<Vec<_>>().join(" ").chars().take(LONGEST).collect()
}

record! {
    /// A query that led nowhere.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Gap {
        /// The query, masked and in lower case.
        pub query: String,
        /// How often it was asked.
        pub count: i64,
        /// How often a request of the same person followed within half an hour.
        pub followed: i64,
        /// When it was asked last; the hour.
        pub last_at: Timestamp,
    }
}

/// What the others than staff searched for from `since` until before `until`, with no hit at all; the most frequent first. The caller
/// is staff.
pub async fn without_hits(conn: &mut Conn, since: Timestamp, until: Timestamp, limit: i64) -> Result<Vec<Gap>> {
    let mut query = sql!(
        "SELECT query, COUNT(*), COUNT(CASE WHEN is_followed THEN 1 END), MAX(at) FROM searches
         WHERE at >= $1 AND at < $2 AND by_staff = FALSE AND hits = 0 GROUP BY query ORDER BY 2 DESC, 3 DESC, 1",
        since,
        until
    );
    query.limit(limit);
    Ok(conn.all(query).await?)
}

/// The same with hits of which none was opened.
pub async fn without_clicks(conn: &mut Conn, since: Timestamp, until: Timestamp, limit: i64) -> Result<Vec<Gap>> {
    let mut query = sql!(
        "SELECT query, COUNT(*), COUNT(CASE WHEN is_followed THEN 1 END), MAX(at) FROM searches
         WHERE at >= $1 AND at < $2 AND by_staff = FALSE AND hits > 0 GROUP BY query HAVING COUNT(CASE WHEN is_clicked THEN 1 END) = 0 ORDER BY 2 DESC, 3 DESC, 1",
        since,
        until
    );
    query.limit(limit);
    Ok(conn.all(query).await?)
}

/// Forgets searches of long ago; called by the clockwork.
pub async fn sweep(db: &Db) -> Result<()> {
    let mut tx = db.write().await?;
    let before = tx.now().minus(KEPT);
    tx.run(sql!("DELETE FROM searches WHERE at < $1", before)).await?;
    Ok(tx.commit().await?)
}

#[cfg(test)]
mod tests {
    use super::masked;

    #[test]
    fn a_query_is_kept_without_addresses_and_numbers_of_people() {
        assert_eq!(masked("  Reset  Maya@Example.com  PASSWORD +44 7700-900123 ERR-1042 "), "reset … password +44 … err-1042");
    }
}
