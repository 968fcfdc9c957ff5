//! Opening a database, and the two doors to it: `read` and `write`.

use crate::{
    Bell, Clock, Conn, Error, Result, Tx,
    conn::Link,
    sqlite::{Writer, Writing},
};
use sqlx::{
    ConnectOptions as _, Executor as _, PgPool, SqlitePool,
    postgres::{PgConnectOptions, PgListener, PgPoolOptions},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use std::{path::PathBuf, str::FromStr, sync::Arc, time::Duration};
use tokio::sync::Mutex;

/// Which engine stands below.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// One file, one writer.
    Sqlite,
    /// A server, many nodes.
    Postgres,
}

/// Where the database is.
#[derive(Clone, Debug)]
pub enum Options {
    /// A file, made if missing.
    Sqlite(PathBuf),
    /// A URL, `postgres://…`.
    Postgres(String),
}

/// A database. Cheap to copy.
#[derive(Clone)]
pub struct Db {
    pool: Pool,
    clock: Clock,
    bell: Bell,
}

#[derive(Clone)]
enum Pool {
    Sqlite { readers: SqlitePool, writer: Arc<Mutex<Writer>> },
    Postgres(PgPool),
}

/// Name of the channel on which nodes ring each other on PostgreSQL.
const CHANNEL: &str = "support_bell";

impl Db {
    /// Opens it, without touching its schema.
    pub async fn open(options: &Options, clock: Clock) -> Result<Self> {
        let bell = Bell::default();
        let pool = match options {
            Options::Sqlite(path) => {
                let base = SqliteConnectOptions::new()
                    .filename(path)
                    .foreign_keys(true)
                    .busy_timeout(Duration::from_secs(10))
                    .statement_cache_capacity(300)
                    // a page of a list fits, so that its reader is woken once and not for each row
                    .row_buffer_size(256)
                    .pragma("cache_size", "-16000")
                    .pragma("temp_store", "memory")
                    .disable_statement_logging();
                let writer = base.clone().create_if_missing(true).journal_mode(SqliteJournalMode::Wal).synchronous(SqliteSynchronous::Full).connect().await?;
                let readers = SqlitePoolOptions::new()
                    .min_connections(1)
                    .max_connections(6)
                    .acquire_timeout(Duration::from_secs(10))
                    .test_before_acquire(false)
                    .connect_with(base.read_only(true))
                    .await?;
                Pool::Sqlite { readers, writer: Writer::new(writer) }
            }
            Options::Postgres(url) => {
                let options = PgConnectOptions::from_str(url)?
                    .application_name("support")
                    // compiling a plan costs more than any of our statements takes to run
                    .options([("jit", "off")])
                    .statement_cache_capacity(300)
                    .disable_statement_logging();
                let pool =
                    PgPoolOptions::new().max_connections(16).acquire_timeout(Duration::from_secs(10)).test_before_acquire(false).connect_with(options).await?;
                spawn_postgres_bell(&pool, &bell);
                Pool::Postgres(pool)
            }
        };
        Ok(Self { pool, clock, bell })
    }

    /// A connection for reading.
    pub async fn read(&self) -> Result<Conn> {
        let link = match &self.pool {
            Pool::Sqlite { readers, .. } => Link::SqliteReader(readers.acquire().await?),
            Pool::Postgres(pool) => Link::Postgres(pool.acquire().await?),
        };
        Ok(Conn { link, clock: self.clock.clone() })
    }

    /// A transaction. Never hold it across HTTP, SMTP, disk or hashing; pass `&mut tx` down, never `db`.
    pub async fn write(&self) -> Result<Tx> {
        let link = match &self.pool {
            Pool::Sqlite { writer, .. } => Link::SqliteWriter(Writing::begin(writer).await?),
            Pool::Postgres(pool) => Link::PostgresTx(pool.begin().await?),
        };
        Ok(Tx::new(link, self))
    }

    /// Which engine this is.
    pub fn engine(&self) -> Engine {
        match self.pool {
            Pool::Sqlite { .. } => Engine::Sqlite,
            Pool::Postgres(_) => Engine::Postgres,
        }
    }

    /// The house's clock.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// The bell that rings after commits.
    pub fn bell(&self) -> &Bell {
        &self.bell
    }

    /// Waits for open work and closes the connections.
    pub async fn close(&self) {
        match &self.pool {
            Pool::Sqlite { readers, writer } => {
                readers.close().await;
                drop(writer.lock().await);
            }
            Pool::Postgres(pool) => pool.close().await,
        }
    }
}

/// Carries rings between nodes: one listener and one notifier that puts many rings into one NOTIFY,
/// never inside a write (tried: NOTIFY in the transaction cut 4,999 commits/s to 637).
fn spawn_postgres_bell(pool: &PgPool, bell: &Bell) {
    let from_others = bell.clone();
    let node = uuid::Uuid::new_v4().to_string();
    let mut ear = bell.listen_own();
    let (notify_pool, notify_node) = (pool.clone(), node.clone());
    tokio::spawn(async move {
        while ear.rung().await {
            let sent = sqlx::query("SELECT pg_notify($1, $2)").bind(CHANNEL).bind(&notify_node).execute(&notify_pool).await;
            if matches!(sent, Err(sqlx::Error::PoolClosed)) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    });
    let pool = pool.clone();
    tokio::spawn(async move {
        while !pool.is_closed() {
            if let Err(error) = hear(&pool, &from_others, &node).await
                && !pool.is_closed()
            {
                tracing::warn!(%error, "the bell between nodes is down; readers look once a second");
            }
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    });
}

async fn hear(pool: &PgPool, bell: &Bell, node: &str) -> std::result::Result<(), sqlx::Error> {
    let mut listener = PgListener::connect_with(pool).await?;
    listener.listen(CHANNEL).await?;
    loop {
        let ring = listener.recv().await?;
        if ring.payload() != node {
            bell.ring_from_afar();
        }
    }
}

impl Db {
    /// Runs one statement straight at the engine, outside of a transaction on PostgreSQL: for tests and benches that make databases.
    pub async fn raw(&self, statement: &'static str) -> Result<()> {
        match &self.pool {
            Pool::Sqlite { writer, .. } => {
                let mut writing = Writing::begin(writer).await?;
                writing.connection().execute(statement).await?;
                writing.commit().await
            }
            Pool::Postgres(pool) => pool.execute(statement).await.map(drop).map_err(Error::from),
        }
    }
}
