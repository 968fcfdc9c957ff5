//! The floors: a bare axum route, the same SQL through the bare driver, bare grouped inserts.

use crate::{Outcome, cpu, report, server::config};
use db::Value;
use kernel::{Actor, Role};
use sqlx::{
    AssertSqlSafe, ConnectOptions as _, Connection as _, Executor as _, Row as _, TypeInfo as _, ValueRef as _,
    postgres::PgConnectOptions,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};
use std::{
    io::{BufRead as _, BufReader, Write as _},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    str::FromStr as _,
    time::{Duration, Instant},
};

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

/// The statements of one request of ours, with values: what the program itself would send.
async fn statements(what: &str, data: &str, database: &str) -> Outcome<Vec<(String, Vec<Value>)>> {
    let opened = support::open(&config(data, database), db::Clock::default()).await?;
    let mut conn = opened.app.db.read().await?;
    let person = accounts::Person::by_email(&mut conn, "bench@example.com").await?.ok_or("nobody to measure as")?;
    let actor = Actor { who: kernel::Who::Session, person: Some(person.id), role: Role::Supervisor, ..Actor::stranger() };
    let filter = tickets::list::Filter { limit: 50, ..Default::default() };
    let query = filter.statement(&actor)?;
    let list = vec![(query.text().to_owned(), query.values().to_vec())];
    let ticket: (uuid::Uuid, uuid::Uuid) = conn.one(db::sql!("SELECT id, first_message_id FROM tickets ORDER BY number DESC LIMIT 1")).await?;
    let row = query.text().split(" JOIN messages d").next().unwrap_or_default().replace(", d.source, s.seen_at", "");
    let detail = vec![
        (format!("{row} WHERE t.id = $1"), vec![Value::from(ticket.0)]),
        ("SELECT id, ticket_id, author_id, author_name, is_staff, is_internal, channel, source, format, html, html_version, held_until, then_status, created_at FROM messages WHERE ticket_id = $1 ORDER BY created_at, id LIMIT 500".to_owned(), vec![Value::from(ticket.0)]),
        ("SELECT id, name, kind, size, has_preview, subject_kind, subject_id, owner_id, created_at FROM files WHERE subject_kind = $1 AND subject_id IN ($2, $3, $4)".to_owned(), vec![Value::from("message"), Value::from(ticket.1), Value::from(ticket.1), Value::from(ticket.1)]),
        ("SELECT tag FROM ticket_tags WHERE ticket_id = $1 ORDER BY tag".to_owned(), vec![Value::from(ticket.0)]),
    ];
    drop(conn);
    opened.app.db.close().await;
    Ok(match what {
        "list" => list,
        "detail" => detail,
        _ => creates(person.id.uuid(), &row),
    })
}

/// What creating a ticket writes and reads back; `new_ids` fills in fresh ids before each round.
fn creates(person: uuid::Uuid, row: &str) -> Vec<(String, Vec<Value>)> {
    let id = uuid::Uuid::now_v7();
    let now = 1_764_000_000_000_000_i64;
    let text = "It hangs since this morning.";
    vec![
        ("SELECT p.id, p.email, p.name, p.role, p.organization_id, o.name, p.zone, p.language, p.keys_on, p.verified_at, p.disabled_at, p.created_at, p.version FROM people p LEFT JOIN organizations o ON o.id = p.organization_id WHERE p.id = $1".to_owned(), vec![Value::from(person)]),
        ("INSERT INTO tickets (id, number, title, folded, status, is_active, priority, urgency, category, channel, requester_id, organization_id, assignee_id, team_id, follows_id, first_message_id, customer_at, created_at, updated_at, version)
          VALUES ($1, $2, $3, $4, 'OPEN', TRUE, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $15, $15, 1)".to_owned(),
          vec![Value::from(id), Value::from(0_i64), Value::from("Evaluation run stuck"), Value::from("evaluation run stuck"), Value::from("HIGH"), Value::from(now), Value::from("BUG"), Value::from("api"), Value::from(person),
               Value::Id(None), Value::Id(None), Value::Id(None), Value::Id(None), Value::from(id), Value::from(now)]),
        ("INSERT INTO ticket_people (ticket_id, person_id, part) VALUES ($1, $2, $3) ON CONFLICT (ticket_id, person_id) DO NOTHING".to_owned(), vec![Value::from(id), Value::from(person), Value::from("REQUESTER")]),
        ("INSERT INTO messages (id, ticket_id, author_id, author_name, is_staff, is_internal, channel, source, format, html, html_version, held_until, then_status, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'MARKDOWN', $9, $10, $11, $12, $13)".to_owned(),
          vec![Value::from(id), Value::from(id), Value::from(person), Value::from("Bench"), Value::from(false), Value::from(false), Value::from("api"), Value::from(text), Value::from(text), Value::from(1_i64), Value::Int(None), Value::Text(None), Value::from(now)]),
        ("INSERT INTO events (at, kind, subject_kind, subject_id, actor_kind, actor_id, actor_name, staff_only, data) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)".to_owned(),
          vec![Value::from(now), Value::from("ticket.created"), Value::from("ticket"), Value::from(id), Value::from("person"), Value::from(person), Value::from("Bench"), Value::from(false),
               Value::from(format!("{{\"number\":1,\"priority\":\"HIGH\",\"category\":\"BUG\",\"channel\":\"api\",\"message\":\"{id}\",\"people\":[\"{person}\"]}}"))]),
        (format!("{row} WHERE t.id = $1"), vec![Value::from(id)]),
        ("SELECT id, ticket_id, author_id, author_name, is_staff, is_internal, channel, source, format, html, html_version, held_until, then_status, created_at FROM messages WHERE ticket_id = $1 ORDER BY created_at, id LIMIT $2".to_owned(), vec![Value::from(id), Value::from(500)]),
        ("SELECT id, name, kind, size, has_preview, subject_kind, subject_id, owner_id, created_at FROM files WHERE subject_kind = $1 AND subject_id IN ($2)".to_owned(), vec![Value::from("message"), Value::from(id)]),
        ("SELECT tag FROM ticket_tags WHERE ticket_id = $1 ORDER BY tag".to_owned(), vec![Value::from(id)]),
    ]
}

/// Gives the statements of a create a fresh id and number.
fn renew(statements: &mut [(String, Vec<Value>)], number: i64) {
    let Some(old) = statements.get(1).and_then(|(_, values)| match values.first() {
        Some(Value::Id(Some(id))) => Some(*id),
        _ => None,
    }) else {
        return;
    };
    let new = uuid::Uuid::now_v7();
    for (_, values) in statements.iter_mut() {
        for value in values {
            if matches!(value, Value::Id(Some(id)) if *id == old) {
                *value = Value::Id(Some(new));
            }
        }
    }
    if let Some((_, values)) = statements.get_mut(1) {
        values[1] = Value::from(number);
    }
}

macro_rules! run_one {
    ($conn:expr, $text:expr, $values:expr) => {{
        let mut query = sqlx::query(AssertSqlSafe($text.clone()));
        for value in $values {
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
pub(crate) async fn child_sql(what: &str, data: &str, database: &str, requests: u32) -> Outcome<()> {
    let mut statements = statements(what, data, database).await?;
    let number = "SELECT COALESCE(MAX(number), 0) + 1000000 FROM tickets";
    macro_rules! rounds {
        ($conn:expr, $engine:expr, $begin:literal, $next:literal) => {{
            let first: i64 = sqlx::query_scalar(number).fetch_one(&mut $conn).await?;
            let (mut number, mut order) = (first, String::new());
            while std::io::stdin().read_line(&mut order)? > 0 {
                let before = (cpu::micros(std::process::id()), cpu::of_postgres(&$engine));
                for _ in 0..requests {
                    if what == "create" {
                        number += 1;
                        renew(&mut statements, number);
                        $conn.execute($begin).await?;
                        sqlx::query($next).fetch_one(&mut $conn).await?;
                    }
                    for (text, values) in &statements {
                        run_one!($conn, text, values);
                    }
                    if what == "create" {
                        $conn.execute("COMMIT").await?;
                    }
                }
                let per = |micros: f64| micros / f64::from(requests);
                let spent = (per(cpu::micros(std::process::id()) - before.0), per(cpu::of_postgres(&$engine) - before.1));
                report::line(&format!("{} {}", spent.0, spent.1));
            }
            sqlx::query("DELETE FROM messages WHERE ticket_id IN (SELECT id FROM tickets WHERE number > $1)").bind(first).execute(&mut $conn).await?;
            sqlx::query("DELETE FROM ticket_people WHERE ticket_id IN (SELECT id FROM tickets WHERE number > $1)").bind(first).execute(&mut $conn).await?;
            sqlx::query("DELETE FROM tickets WHERE number > $1").bind(first).execute(&mut $conn).await?;
            $conn.close().await?;
        }};
    }
    if database == "sqlite" {
        let mut conn = sqlite(data).await?;
        rounds!(conn, [], "BEGIN IMMEDIATE", "UPDATE sequences SET value = value + 1 WHERE name = 'tickets' RETURNING value");
    } else {
        let mut conn = PgConnectOptions::from_str(database)?.disable_statement_logging().connect().await?;
        let backend: i32 = sqlx::query_scalar("SELECT pg_backend_pid()").fetch_one(&mut conn).await?;
        rounds!(conn, [backend], "BEGIN", "SELECT nextval('tickets_number')");
    }
    Ok(())
}

/// A `bare-sql` child that runs a round when it is told.
pub(crate) struct Sql {
    child: Child,
    orders: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Sql {
    /// Starts it for a list, a detail or a create.
    pub(crate) fn spawn(what: &str, data: &str, url: &str, requests: u32) -> Outcome<Self> {
        let mut child = Command::new(std::env::current_exe()?)
            .args(["bare-sql", what, data, url, &requests.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
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
        // the end of its input tells it to take its tickets away again
        self.orders = None;
        let _ = self.child.wait();
    }
}

async fn sqlite(data: &str) -> Outcome<sqlx::SqliteConnection> {
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
pub(crate) async fn child_inserts(data: &str, seconds: u64) -> Outcome<()> {
    let mut statements = statements("create", data, "sqlite").await?;
    let mut conn = sqlite(data).await?;
    let mut number: i64 = sqlx::query_scalar("SELECT COALESCE(MAX(number), 0) + 1000000 FROM tickets").fetch_one(&mut conn).await?;
    let (began, mut done) = (Instant::now(), 0_u32);
    while began.elapsed() < Duration::from_secs(seconds) {
        conn.execute("BEGIN IMMEDIATE").await?;
        for _ in 0..32 {
            number += 1;
            renew(&mut statements, number);
            sqlx::query("UPDATE sequences SET value = value + 1 WHERE name = 'tickets' RETURNING value").fetch_one(&mut conn).await?;
            for (text, values) in &statements {
                run_one!(conn, text, values);
            }
            done += 1;
        }
        conn.execute("COMMIT").await?;
    }
    report::line(&format!("{}", f64::from(done) / began.elapsed().as_secs_f64()));
    conn.close().await?;
    Ok(())
}
