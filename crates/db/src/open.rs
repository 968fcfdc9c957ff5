//! Opening a database, and the two doors to it: `read` and `write`.

use crate::{Bell, Clock, Conn, Result, Tx, conn::Link, pool::Connections, sqlite::Door, tail::Tail};
use sqlx::{
    ConnectOptions as _, Executor as _, PgConnection, PgPool, SqliteConnection,
    postgres::{PgConnectOptions, PgListener, PgPoolOptions},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};
use std::{
    path::PathBuf,
    str::FromStr,
    time::{Duration, Instant},
};

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
    /// A server.
    Postgres {
        /// `postgres://…`
        url: String,
        /// At most so many; one more hears the bell.
        connections: usize,
    },
}

impl Options {
    /// A server with the usual number of connections.
    pub fn postgres(url: impl Into<String>) -> Self {
        Self::Postgres { url: url.into(), connections: CONNECTIONS }
    }
}

/// Connections of a node to PostgreSQL, unless it is told otherwise.
pub const CONNECTIONS: usize = 15;

/// A database. Cheap to copy.
#[derive(Clone)]
pub struct Db {
    pool: Pool,
    clock: Clock,
    bell: Bell,
    tail: Tail,
}

#[derive(Clone)]
enum Pool {
    Sqlite {
        readers: Connections<SqliteConnection>,
        writer: Door,
    },
    /// sqlx's listener wants a pool of its own kind; it holds the one connection that hears other nodes.
    Postgres {
        connections: Connections<PgConnection>,
        ear: PgPool,
    },
}

/// Nodes ring each other once for all that is committed within this time; a lone commit rings at once.
const GATHER: Duration = Duration::from_millis(20);
/// So often a node that writes looks whether it is alone; one that is rings nobody. A new one looks by itself meanwhile,
/// once a second.
const COMPANY: Duration = Duration::from_secs(5);
/// What PostgreSQL calls the connection that hears the bell.
const EAR: &str = "support-bell";
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
                let readers = Connections::open(base.read_only(true), 6).await?;
                Pool::Sqlite { readers, writer: Door::new(writer) }
            }
            Options::Postgres { url, connections } => {
                let options = PgConnectOptions::from_str(url)?
                    .application_name("support")
                    // compiling a plan costs more than any of our statements takes to run
                    .options([("jit", "off")])
                    .statement_cache_capacity(300)
                    .disable_statement_logging();
                let connections = Connections::open(options.clone(), *connections).await?;
                let ear = PgPoolOptions::new().max_connections(1).connect_lazy_with(options.application_name(EAR));
                spawn_postgres_bell(&connections, &ear, &bell);
                Pool::Postgres { connections, ear }
            }
        };
        Ok(Self { pool, clock, tail: Tail::new(bell.clone()), bell })
    }

    /// A connection for reading.
    pub async fn read(&self) -> Result<Conn> {
        let link = match &self.pool {
            Pool::Sqlite { readers, .. } => Link::SqliteReader(readers.lend().await?),
            Pool::Postgres { connections, .. } => Link::Postgres(connections.lend().await?),
        };
        Ok(Conn::new(link, self.clock.clone(), self.tail.clone()))
    }

    /// A transaction. Never hold it across HTTP, SMTP, disk or hashing; pass `&mut tx` down, never `db`.
    pub async fn write(&self) -> Result<Tx> {
        let link = match &self.pool {
            Pool::Sqlite { writer, .. } => Link::SqliteWriter(writer.begin().await?),
            Pool::Postgres { connections, .. } => Link::PostgresTx(connections.begin().await?),
        };
        Ok(Tx::new(link, self))
    }

    /// Which engine this is.
    pub fn engine(&self) -> Engine {
        match self.pool {
            Pool::Sqlite { .. } => Engine::Sqlite,
            Pool::Postgres { .. } => Engine::Postgres,
        }
    }

    /// The house's clock.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// The end of the journal, shared by all who read it.
    pub(crate) fn tail(&self) -> &Tail {
        &self.tail
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
                writer.close().await;
            }
            Pool::Postgres { connections, ear } => {
                ear.close().await;
                connections.close().await;
            }
        }
    }
}

/// Carries rings between nodes: one listener and one notifier that puts many rings into one NOTIFY,
/// never inside a write (tried: NOTIFY in the transaction cut 4,999 commits/s to 637).
fn spawn_postgres_bell(connections: &Connections<PgConnection>, ear: &PgPool, bell: &Bell) {
    let from_others = bell.clone();
    let node = uuid::Uuid::new_v4().to_string();
    let mut own = bell.listen_own();
    let (connections, notify_node) = (connections.clone(), node.clone());
    tokio::spawn(async move {
        let (mut is_alone, mut asked): (bool, Option<Instant>) = (false, None);
        while own.rung().await {
            if asked.is_none_or(|asked| asked.elapsed() > COMPANY) {
                is_alone = nodes(&connections).await.is_ok_and(|nodes| nodes < 2);
                asked = Some(Instant::now());
            }
            if !is_alone && notify(&connections, &notify_node).await.is_err() && connections.is_closed() {
                return;
            }
            tokio::time::sleep(GATHER).await;
        }
    });
    let pool = ear.clone();
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

/// How many nodes hear the bell of this database.
async fn nodes(connections: &Connections<PgConnection>) -> Result<i64> {
    let mut lent = connections.lend().await?;
    let text = "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = $1";
    let count = sqlx::query_scalar(text).bind(EAR).fetch_one(lent.at_work()?).await?;
    lent.rest();
    Ok(count)
}

async fn notify(connections: &Connections<PgConnection>, node: &str) -> Result<()> {
    let mut lent = connections.lend().await?;
    sqlx::query("SELECT pg_notify($1, $2)").bind(CHANNEL).bind(node).execute(lent.at_work()?).await?;
    lent.rest();
    Ok(())
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
                let mut writing = writer.begin().await?;
                writing.connection().execute(statement).await?;
                writing.commit().await
            }
            Pool::Postgres { connections, .. } => {
                let mut lent = connections.lend().await?;
                lent.at_work()?.execute(statement).await?;
                lent.rest();
                Ok(())
            }
        }
    }
}
