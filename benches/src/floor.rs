//! The floors: a bare axum route, the same SQL through the bare driver, bare grouped inserts.

use crate::{Outcome, cpu, report, server::config, writers};
use axum::{body::Body, http};
use db::{Query, Value};
use sqlx::{
    AssertSqlSafe, ConnectOptions as _, Connection as _, Executor as _, Row as _, TypeInfo as _, ValueRef as _,
    postgres::PgConnectOptions,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};
use std::{
    collections::HashMap,
    io::{BufRead as _, BufReader, Write as _},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    str::FromStr as _,
    time::{Duration, Instant},
};
use tower::ServiceExt as _;
use uuid::Uuid;

/// A request of ours whose statements a floor repeats: who asks, for what, where, and on which data.
#[derive(Clone)]
pub(crate) struct Asked {
    /// Bearer token.
    pub(crate) token: String,
    /// The path; empty makes a ticket.
    pub(crate) path: String,
    /// The folder of the floor's own data.
    pub(crate) data: String,
    /// Its database, or `sqlite`.
    pub(crate) database: String,
}

impl Asked {
    /// By name: `token`, `path`, `data`, `database`.
    pub(crate) fn of(token: &str, path: &str, data: &str, database: &str) -> Self {
        Self { token: token.to_owned(), path: path.to_owned(), data: data.to_owned(), database: database.to_owned() }
    }

    fn is_create(&self) -> bool {
        self.path.is_empty()
    }
}

/// What a request sent, and when it began: ids made since then are its own.
struct Heard {
    statements: Vec<Query>,
    since: u128,
}

/// `bare-route`: axum with one route that answers that many bytes.
pub(crate) async fn child_route(size: usize) -> Outcome<()> {
    let body = axum::body::Bytes::from(vec![b'x'; size]);
    let answer = move || {
        let body = body.clone();
        async move { ([("content-type", "application/json")], body) }
    };
    let router = axum::Router::new()
        .route("/", axum::routing::get(answer.clone()).post(move |_: axum::body::Bytes| answer()))
        .route("/healthz", axum::routing::get(async || "ok"));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    report::line(&listener.local_addr()?.to_string());
    let listener = axum::serve::ListenerExt::tap_io(listener, |stream| {
        let _ = stream.set_nodelay(true);
    });
    axum::serve(listener, router).await?;
    Ok(())
}

impl Heard {
    /// Asks the program once, and writes down what it sends.
    async fn of(asked: &Asked) -> Outcome<Self> {
        let opened = support::open(&config(&asked.data, &asked.database), db::Clock::default()).await?;
        let router = web::router(opened.app.clone(), support::own_routes());
        let ask = || {
            let head = http::Request::builder().header("host", "bench").header("authorization", format!("Bearer {}", asked.token));
            let head = head.header("content-type", "application/json");
            let request = if asked.is_create() {
                head.method("POST").uri("/api/support/tickets").body(Body::from(writers::CREATE))
            } else {
                head.uri(&asked.path).body(Body::empty())
            };
            request.map(|request| router.clone().oneshot(request))
        };
        // whoever asks again is known
        ask()?.await?;
        let since = u128::try_from(opened.app.db.clock().now().micros())? / 1_000;
        let (answer, statements) = db::heard(ask()?).await;
        let status = answer?.status();
        opened.app.db.close().await;
        if status.is_success() && !statements.is_empty() { Ok(Self { statements, since }) } else { Err(format!("{} answered {status}", asked.path).into()) }
    }

    /// Makes the statements of a create those of another: fresh ids for those that it made, and this number.
    fn renew(&mut self, number: i64) -> Outcome<()> {
        let mut fresh: HashMap<Uuid, Uuid> = HashMap::new();
        let made =
            |id: &Uuid| id.get_timestamp().map(|time| time.to_unix()).is_some_and(|(s, ns)| u128::from(s) * 1_000 + u128::from(ns) / 1_000_000 >= self.since);
        for query in &mut self.statements {
            let is_ticket = query.text().starts_with("INSERT INTO tickets ");
            for value in query.values_mut() {
                if let Value::Id(Some(id)) = value
                    && made(id)
                {
                    *id = *fresh.entry(*id).or_insert_with(Uuid::now_v7);
                }
            }
            if is_ticket {
                *query.values_mut().get_mut(1).ok_or("a ticket without a number")? = Value::from(number);
            }
        }
        Ok(())
    }
}

macro_rules! run_one {
    ($conn:expr, $query:expr) => {{
        let mut query = sqlx::query(AssertSqlSafe($query.text().to_owned()));
        for value in $query.values() {
            query = match value.clone() {
                Value::Int(v) => query.bind(v),
                Value::Text(v) => query.bind(v),
                Value::Bool(v) => query.bind(v),
                Value::Id(v) => query.bind(v),
                Value::Bytes(v) => query.bind(v),
            };
        }
        let mut seen = 0_usize;
        for row in query.fetch_all(&mut $conn).await? {
            // a caller of the bare driver reads the values as well
            for column in 0..row.len() {
                let raw = row.try_get_raw(column)?;
                if raw.is_null() {
                    continue;
                }
                seen += match raw.type_info().name() {
                    "TEXT" => row.try_get_unchecked::<String, _>(column)?.len(),
                    "INTEGER" | "INT8" => usize::from(row.try_get_unchecked::<i64, _>(column)? != 0),
                    "BLOB" | "UUID" => row.try_get_unchecked::<uuid::Uuid, _>(column)?.as_bytes().len(),
                    "BOOLEAN" | "BOOL" => usize::from(row.try_get_unchecked::<bool, _>(column)?),
                    _ => 1,
                };
            }
        }
        seen
    }};
}

/// `bare-sql`: for each line on its input, runs one round and prints the CPU microseconds that one request's statements cost
/// through sqlx alone: in this program, and in PostgreSQL's process for this connection (SQLite works in the program).
pub(crate) async fn child_sql(asked: Asked, requests: u32) -> Outcome<()> {
    let mut heard = Heard::of(&asked).await?;
    let creates = asked.is_create();
    macro_rules! rounds {
        ($conn:expr, $engine:expr, $begin:literal) => {{
            let mut number: i64 = sqlx::query_scalar(NUMBER).fetch_one(&mut $conn).await?;
            let mut order = String::new();
            while std::io::stdin().read_line(&mut order)? > 0 {
                let before = (cpu::micros(std::process::id()), cpu::of_postgres(&$engine));
                for _ in 0..requests {
                    if creates {
                        number += 1;
                        heard.renew(number)?;
                        $conn.execute($begin).await?;
                    }
                    for query in &heard.statements {
                        run_one!($conn, query);
                    }
                    if creates {
                        $conn.execute("COMMIT").await?;
                    }
                }
                let per = |micros: f64| micros / f64::from(requests);
                let spent = (per(cpu::micros(std::process::id()) - before.0), per(cpu::of_postgres(&$engine) - before.1));
                report::line(&format!("{} {}", spent.0, spent.1));
            }
            $conn.close().await?;
        }};
    }
    if asked.database == "sqlite" {
        let mut conn = sqlite(&asked.data).await?;
        rounds!(conn, [], "BEGIN IMMEDIATE");
    } else {
        let mut conn = PgConnectOptions::from_str(&asked.database)?.disable_statement_logging().connect().await?;
        let backend: i32 = sqlx::query_scalar("SELECT pg_backend_pid()").fetch_one(&mut conn).await?;
        rounds!(conn, [backend], "BEGIN");
    }
    Ok(())
}

/// The first number that no ticket has.
const NUMBER: &str = "SELECT COALESCE(MAX(number), 0) + 1000000 FROM tickets";

/// A `bare-sql` child that runs a round when it is told.
pub(crate) struct Sql {
    child: Child,
    orders: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Sql {
    /// Starts it for a request.
    pub(crate) fn spawn(asked: &Asked, requests: u32) -> Outcome<Self> {
        let mut child = Command::new(std::env::current_exe()?)
            .args(["bare-sql", &asked.token, &asked.path, &asked.data, &asked.database, &requests.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        cpu::pin(child.id(), true)?;
        let (orders, answers) = (child.stdin.take(), BufReader::new(child.stdout.take().ok_or("no output")?));
        Ok(Self { child, orders, answers })
    }

    /// Microseconds of one request in the program and in the engine.
    pub(crate) fn round(&mut self) -> Outcome<(f64, f64)> {
        self.orders.as_mut().ok_or("no input")?.write_all(b"\n")?;
        let mut line = String::new();
        self.answers.read_line(&mut line)?;
        let (program, engine) = line.trim().split_once(' ').ok_or("bare-sql ended; its error stands above")?;
        Ok((program.parse()?, engine.parse()?))
    }
}

impl Drop for Sql {
    fn drop(&mut self) {
        // the end of its input ends it
        self.orders = None;
        let _ = self.child.wait();
    }
}

/// A connection to a data folder as the program opens it.
pub(crate) async fn sqlite(data: &str) -> Outcome<sqlx::SqliteConnection> {
    let path = std::path::Path::new(data).join("support.sqlite");
    let options = SqliteConnectOptions::new()
        .filename(path)
        .foreign_keys(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .pragma("cache_size", "-16000")
        .busy_timeout(Duration::from_secs(10))
        .disable_statement_logging();
    Ok(options.connect().await?)
}

/// `bare-inserts`: creates a second through the bare driver, 32 to a COMMIT, FULL; what group commit could reach at best.
pub(crate) async fn child_inserts(asked: Asked, seconds: u64) -> Outcome<()> {
    let mut heard = Heard::of(&asked).await?;
    let mut conn = sqlite(&asked.data).await?;
    let mut number: i64 = sqlx::query_scalar(NUMBER).fetch_one(&mut conn).await?;
    let (began, mut done) = (Instant::now(), 0_u32);
    while began.elapsed() < Duration::from_secs(seconds) {
        conn.execute("BEGIN IMMEDIATE").await?;
        for _ in 0..32 {
            number += 1;
            heard.renew(number)?;
            for query in &heard.statements {
                run_one!(conn, query);
            }
            done += 1;
        }
        conn.execute("COMMIT").await?;
    }
    report::line(&format!("{}", f64::from(done) / began.elapsed().as_secs_f64()));
    conn.close().await?;
    Ok(())
}
