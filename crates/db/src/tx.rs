//! A write: rows, event and jobs together or not at all.

use crate::{
    Bell, Conn, Db, Engine, Query, Result, Timestamp, Value,
    conn::Link,
    journal::{self, NewEvent},
    sql,
};
use std::ops::{Deref, DerefMut};

/// So many lines of the journal are sent at the latest.
const MANY: usize = 64;

/// A transaction. Dropped without `commit`, it leaves nothing behind.
pub struct Tx {
    conn: Conn,
    now: Timestamp,
    bell: Bell,
    recorded: bool,
    enqueued: bool,
    cause: Option<serde_json::Value>,
}

impl Tx {
    pub(crate) fn new(link: Link, db: &Db) -> Self {
        let clock = db.clock().clone();
        Self { now: clock.now(), conn: Conn::new(link, clock, db.tail().clone()), bell: db.bell().clone(), recorded: false, enqueued: false, cause: None }
    }

    /// The time of this transaction: the same at each call.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// Runs a statement that changes rows; answers how many.
    pub async fn run(&mut self, query: Query) -> Result<u64> {
        self.conn.execute(query).await
    }

    /// Runs `head` with a row of values each and `tail`, as few statements as there are powers of two in their number, 16 at
    /// most: few different texts, so that engines keep their plans.
    pub async fn run_rows<const N: usize>(&mut self, head: &'static str, rows: &[[Value; N]], tail: &'static str) -> Result<()> {
        self.conn.execute_rows(head, rows, tail).await
    }

    /// Runs a fixed script; for migrations.
    pub(crate) async fn run_script(&mut self, script: String) -> Result<()> {
        self.conn.script(script).await
    }

    /// Adds a line to the journal; readers are rung after the commit. Lines are sent together, before the next read or the
    /// commit: a read finds them all.
    pub async fn record(&mut self, mut event: NewEvent) -> Result<()> {
        self.recorded = true;
        if let (Some(cause), Some(facts)) = (&self.cause, event.data.as_object_mut()) {
            facts.insert("cause".to_owned(), cause.clone());
        }
        self.conn.lines.push(journal::line(self.now, event));
        if self.conn.lines.len() < MANY { Ok(()) } else { self.conn.send_lines().await }
    }

    /// Reads rows, keeps others from changing them until the end, and answers the first. On SQLite it only reads: there is one writer.
    pub async fn hold<T: crate::FromRow>(&mut self, mut query: Query) -> Result<Option<T>> {
        if self.conn.engine() == Engine::Postgres {
            query.push(" FOR UPDATE");
        }
        Ok(self.conn.all(query).await?.into_iter().next())
    }

    /// Says why all that is recorded from now on happens: it stands as `cause` in the facts of each line.
    pub fn because(&mut self, cause: Option<serde_json::Value>) {
        self.cause = cause;
    }

    /// Wakes the workers after the commit: a job was enqueued.
    pub fn ring_work(&mut self) {
        self.enqueued = true;
    }

    /// The next number of a sequence made by a migration as `sequences` row and PostgreSQL sequence `{name}_number`.
    /// Numbers are never given twice; a rolled back write leaves a gap on PostgreSQL only.
    pub async fn next_ticket_number(&mut self) -> Result<i64> {
        match self.conn.engine() {
            Engine::Sqlite => self.conn.one(sql_sqlite_only("UPDATE sequences SET value = value + 1 WHERE name = 'tickets' RETURNING value")).await,
            Engine::Postgres => self.conn.one(sql_postgres_only("SELECT nextval('tickets_number')")).await,
        }
    }

    /// Makes it durable. An `Ok` means it is on disk.
    pub async fn commit(mut self) -> Result<()> {
        self.conn.send_lines().await?;
        match self.conn.link {
            Link::SqliteWriter(writing) => writing.commit().await?,
            Link::PostgresTx(lent) => lent.commit().await?,
            Link::SqliteReader(_) | Link::Postgres(_) => {}
        }
        if self.recorded {
            self.bell.ring();
        }
        if self.enqueued {
            self.bell.ring_work();
        }
        Ok(())
    }

    /// Takes a lock that ends with the transaction, so that one node at a time does `what`; two names that are alike are one lock.
    /// SQLite has one writer anyway.
    pub async fn lock(&mut self, what: &str) -> Result<()> {
        if self.conn.engine() == Engine::Postgres {
            let mut query = sql_postgres_only("SELECT CAST(pg_advisory_xact_lock(hashtextextended(");
            query.bind(what).push(", 0)) AS TEXT)");
            self.conn.one::<String>(query).await?;
        }
        Ok(())
    }

    /// Claims one due row of the job queue: the only place where the engines lock rows differently.
    pub async fn claim_job(&mut self, until: Timestamp) -> Result<Option<uuid::Uuid>> {
        let now = self.now;
        let query = match self.conn.engine() {
            Engine::Sqlite => sql!(
                "UPDATE jobs SET locked_until = $1, attempts = attempts + 1 WHERE id = (
                 SELECT id FROM jobs WHERE state = 'queued' AND run_at <= $2 AND (locked_until IS NULL OR locked_until < $2)
                 ORDER BY run_at, id LIMIT 1) RETURNING id",
                until,
                now
            ),
            Engine::Postgres => {
                let mut query = sql_postgres_only("UPDATE jobs SET attempts = attempts + 1, locked_until = ");
                query.bind(until).push(" WHERE id = (SELECT id FROM jobs WHERE state = 'queued' AND run_at <= ").bind(now);
                query.push(" AND (locked_until IS NULL OR locked_until < ").bind(now);
                query.push(") ORDER BY run_at, id LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING id");
                query
            }
        };
        self.conn.first(query).await
    }
}

fn sql_sqlite_only(text: &'static str) -> Query {
    Query::with(text, Vec::new())
}

fn sql_postgres_only(text: &'static str) -> Query {
    Query::with(text, Vec::new())
}

impl Deref for Tx {
    type Target = Conn;
    fn deref(&self) -> &Conn {
        &self.conn
    }
}

impl DerefMut for Tx {
    fn deref_mut(&mut self) -> &mut Conn {
        &mut self.conn
    }
}
