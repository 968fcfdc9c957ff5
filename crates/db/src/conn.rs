//! A connection that reads. `Tx` is one too, so that a verb that only reads takes `&mut Conn` and serves both.

use crate::{
    Clock, Engine, FromRow, Query, Reader, Result, Row, Timestamp, Value, heard::hear, journal, pool::Lent, query::Value as V, sqlite::Writing, tail::Tail,
};
use futures::{FutureExt as _, TryStreamExt as _};
use sqlx::{Arguments as _, AssertSqlSafe, PgConnection, SqliteConnection, postgres::PgArguments, sqlite::SqliteArguments};
use std::{
    pin::pin,
    time::{Duration, Instant},
};

pub(crate) enum Link {
    SqliteReader(Lent<SqliteConnection>),
    SqliteWriter(Writing),
    Postgres(Lent<PgConnection>),
    PostgresTx(Lent<PgConnection>),
}

enum Driver<'c> {
    Sqlite(&'c mut SqliteConnection),
    Postgres(&'c mut PgConnection),
}

/// Reads. Each statement sees what was committed when it began (inside a `Tx`: also its own writes).
pub struct Conn {
    pub(crate) link: Link,
    pub(crate) clock: Clock,
    /// Lines of the journal that a write has yet to send: together, and before anything is read or committed.
    pub(crate) lines: Vec<journal::Line>,
    tail: Tail,
}

impl Conn {
    pub(crate) fn new(link: Link, clock: Clock, tail: Tail) -> Self {
        Self { link, clock, lines: Vec::new(), tail }
    }

    /// The end of the journal as all readers know it; none in a transaction.
    pub(crate) fn tail(&self) -> Option<Tail> {
        matches!(self.link, Link::SqliteReader(_) | Link::Postgres(_)).then(|| self.tail.clone())
    }

    /// Which engine answers; only this crate and tests need to know.
    pub fn engine(&self) -> Engine {
        match self.link {
            Link::SqliteReader(_) | Link::SqliteWriter(_) => Engine::Sqlite,
            Link::Postgres(_) | Link::PostgresTx(_) => Engine::Postgres,
        }
    }

    /// Now, by the house's clock.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// All rows.
    pub async fn all<T: FromRow>(&mut self, query: Query) -> Result<Vec<T>> {
        self.send_lines().await?;
        hear(&query);
        let mut found = Vec::new();
        match self.driver()? {
            Driver::Sqlite(conn) => {
                let mut rows = sqlx::query_with(text(query.text), sqlite_arguments(query.values)?).fetch(conn);
                while let Some(row) = soon(rows.try_next()).await? {
                    found.push(T::from_row(&mut Reader::new(&Row::Sqlite(row)))?);
                }
            }
            Driver::Postgres(conn) => {
                let mut rows = sqlx::query_with(text(query.text), postgres_arguments(query.values)?).fetch(conn);
                while let Some(row) = rows.try_next().await? {
                    found.push(T::from_row(&mut Reader::new(&Row::Postgres(row)))?);
                }
            }
        }
        self.rest();
        Ok(found)
    }

    /// The first row, if there is one.
    pub async fn first<T: FromRow>(&mut self, query: Query) -> Result<Option<T>> {
        self.send_lines().await?;
        hear(&query);
        let row = match self.driver()? {
            Driver::Sqlite(conn) => soon(sqlx::query_with(text(query.text), sqlite_arguments(query.values)?).fetch_optional(conn)).await?.map(Row::Sqlite),
            Driver::Postgres(conn) => sqlx::query_with(text(query.text), postgres_arguments(query.values)?).fetch_optional(conn).await?.map(Row::Postgres),
        };
        self.rest();
        row.map(|row| T::from_row(&mut Reader::new(&row))).transpose()
    }

    /// The first row; none is an error.
    pub async fn one<T: FromRow>(&mut self, query: Query) -> Result<T> {
        self.first(query).await?.ok_or(crate::Error::NoRow)
    }

    /// Runs a statement that changes rows; `Tx` alone offers it.
    pub(crate) async fn execute(&mut self, query: Query) -> Result<u64> {
        hear(&query);
        let changed = match self.driver()? {
            Driver::Sqlite(conn) => soon(sqlx::query_with(text(query.text), sqlite_arguments(query.values)?).execute(conn)).await?.rows_affected(),
            Driver::Postgres(conn) => sqlx::query_with(text(query.text), postgres_arguments(query.values)?).execute(conn).await?.rows_affected(),
        };
        self.rest();
        Ok(changed)
    }

    /// Runs `head` with a row of values each and `tail`, as few statements as there are powers of two in their number, 16 at
    /// most: few different texts, so that engines keep their plans.
    pub(crate) async fn execute_rows<const N: usize>(&mut self, head: &'static str, mut rows: &[[Value; N]], tail: &'static str) -> Result<()> {
        while !rows.is_empty() {
            let (now, later) = rows.split_at(1 << rows.len().ilog2().min(4));
            let mut query = Query::with(head, Vec::new());
            for (index, row) in now.iter().enumerate() {
                query.push(if index == 0 { " " } else { ", " }).row(row.iter().cloned());
            }
            query.push(tail);
            self.execute(query).await?;
            rows = later;
        }
        Ok(())
    }

    /// Writes the lines of the journal that wait.
    pub(crate) async fn send_lines(&mut self) -> Result<()> {
        if self.lines.is_empty() {
            return Ok(());
        }
        let lines = std::mem::take(&mut self.lines);
        self.execute_rows(journal::APPEND, &lines, "").await
    }

    /// Runs several fixed statements without values; for migrations.
    pub(crate) async fn script(&mut self, script: String) -> Result<()> {
        match self.driver()? {
            Driver::Sqlite(conn) => sqlx::raw_sql(AssertSqlSafe(script)).execute(conn).await.map(drop)?,
            Driver::Postgres(conn) => sqlx::raw_sql(AssertSqlSafe(script)).execute(conn).await.map(drop)?,
        }
        self.rest();
        Ok(())
    }

    /// Has the engine parse and plan a statement without running it; for the test that prepares every `sql!`.
    pub async fn prepare(&mut self, statement: &'static str) -> Result<()> {
        use sqlx::{Executor as _, SqlSafeStr as _};
        match self.driver()? {
            Driver::Sqlite(conn) => conn.prepare(statement.into_sql_str()).await.map(drop)?,
            Driver::Postgres(conn) => conn.prepare(statement.into_sql_str()).await.map(drop)?,
        }
        self.rest();
        Ok(())
    }

    /// How the engine would run a statement, one line a step; for plan tests.
    pub async fn plan(&mut self, mut query: Query) -> Result<String> {
        let sqlite = self.engine() == Engine::Sqlite;
        query.text = format!("{} {}", if sqlite { "EXPLAIN QUERY PLAN" } else { "EXPLAIN" }, query.text).into();
        if sqlite {
            let steps: Vec<(i64, i64, i64, String)> = self.all(query).await?;
            return Ok(steps.into_iter().map(|step| step.3).collect::<Vec<_>>().join("\n"));
        }
        let steps: Vec<String> = self.all(query).await?;
        Ok(steps.join("\n"))
    }

    /// The connection for one statement. A statement that is dropped or fails does not get to `rest`: its connection is
    /// asked for a sign of life before somebody else has it.
    fn driver(&mut self) -> Result<Driver<'_>> {
        Ok(match &mut self.link {
            Link::SqliteReader(lent) => Driver::Sqlite(lent.at_work()?),
            Link::SqliteWriter(writing) => Driver::Sqlite(writing.connection()),
            Link::Postgres(lent) | Link::PostgresTx(lent) => Driver::Postgres(lent.at_work()?),
        })
    }

    fn rest(&mut self) {
        match &mut self.link {
            Link::SqliteReader(lent) => lent.rest(),
            Link::SqliteWriter(_) => {}
            Link::Postgres(lent) | Link::PostgresTx(lent) => lent.rest(),
        }
    }
}

/// What SQLite answers. Most of it is there within microseconds, from a thread of the driver: looking again costs less than going
/// to sleep and being woken. Where there is one core, that thread has its turn meanwhile.
async fn soon<F: Future>(answer: F) -> F::Output {
    let (mut answer, mut begun) = (pin!(answer), None);
    loop {
        if let Some(answer) = answer.as_mut().now_or_never() {
            return answer;
        }
        if begun.get_or_insert_with(Instant::now).elapsed() > PATIENCE {
            return answer.await;
        }
        std::thread::yield_now();
    }
}

/// So long it looks before it sleeps. By the clock: where others want the core, too, a turn of theirs may take longer.
const PATIENCE: Duration = Duration::from_micros(20);

fn text(text: std::borrow::Cow<'static, str>) -> AssertSqlSafe<std::borrow::Cow<'static, str>> {
    // safe: `Query` is put together from `&'static str` alone
    AssertSqlSafe(text)
}

fn sqlite_arguments(values: Vec<Value>) -> Result<SqliteArguments> {
    let mut arguments = SqliteArguments::default();
    arguments.reserve(values.len(), 0);
    for value in values {
        match value {
            V::Int(v) => arguments.add(v),
            V::Text(v) => arguments.add(v),
            V::Bool(v) => arguments.add(v),
            V::Id(v) => arguments.add(v),
            V::Bytes(v) => arguments.add(v),
        }
        .map_err(sqlx::Error::Encode)?;
    }
    Ok(arguments)
}

fn postgres_arguments(values: Vec<Value>) -> Result<PgArguments> {
    let mut arguments = PgArguments::default();
    arguments.reserve(values.len(), 0);
    for value in values {
        match value {
            V::Int(v) => arguments.add(v),
            V::Text(v) => arguments.add(v),
            V::Bool(v) => arguments.add(v),
            V::Id(v) => arguments.add(v),
            V::Bytes(v) => arguments.add(v),
        }
        .map_err(sqlx::Error::Encode)?;
    }
    Ok(arguments)
}
