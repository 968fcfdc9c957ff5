//! Tickets in bulk, 3 messages each unless other texts are given; spread over a year, 200 customers, 3 teams.

use crate::{Outcome, server::config};
use db::{Clock, Engine};
use kernel::{Actor, Role};

/// Who measures: a supervisor sees everything.
pub(crate) struct Filled {
    /// Bearer token.
    pub(crate) token: String,
    /// Session cookie, for pages.
    pub(crate) session: String,
    /// Some ticket in the middle.
    pub(crate) ticket: uuid::Uuid,
}

/// What tickets say, as SQL over their number `i`.
pub(crate) struct Texts {
    /// Makes what the others read.
    pub(crate) before: Vec<String>,
    /// The subject.
    pub(crate) title: String,
    /// Each message, and of which tickets it is a note.
    pub(crate) messages: Vec<(String, String)>,
}

impl Default for Texts {
    fn default() -> Self {
        let text =
            "'The nightly regression started at 02:00 and has shown 196 of 200 rows since 02:41. Resuming does nothing, and the release waits on this run.'";
        Self { before: Vec::new(), title: "'Evaluation run ' || i || ' stuck at 98%'".to_owned(), messages: vec![(text.to_owned(), "FALSE".to_owned()); 3] }
    }
}

/// Fills an empty database.
pub(crate) async fn fill(data: &str, database: &str, tickets: i64) -> Outcome<Filled> {
    fill_with(data, database, tickets, &Texts::default()).await
}

/// The same with these texts.
pub(crate) async fn fill_with(data: &str, database: &str, tickets: i64, texts: &Texts) -> Outcome<Filled> {
    let opened = support::open(&config(data, database), Clock::default()).await?;
    let db = &opened.app.db;
    let mut tx = db.write().await?;
    let system = Actor::system("Bench");
    let person = accounts::Person::put(&mut tx, &system, "bench@example.com", "Bench", Role::Supervisor, None).await?;
    let token = accounts::Token::add(&mut tx, &system, person.id, "bench", &[], None).await?;
    let session = accounts::Session::begin(&mut tx, &person, "127.0.0.1", "bench").await?;
    for name in ["Evaluations", "API", "Billing"] {
        accounts::Team::add(&mut tx, &system, name).await?;
    }
    tx.commit().await?;
    let now = db.clock().now().micros();
    for statement in statements(db.engine(), tickets, now, texts) {
        // the texts live as long as this short program
        db.raw(Box::leak(statement.into_boxed_str())).await?;
    }
    opened.app.db.close().await;
    Ok(Filled { token, session, ticket: uuid::Uuid::from_u128(u128::try_from(tickets / 2)?) })
}

fn statements(engine: Engine, count: i64, now: i64, texts: &Texts) -> Vec<String> {
    let sqlite = engine == Engine::Sqlite;
    let id = |offset: i64, of: &str| {
        if sqlite {
            format!("unhex(printf('%032x', {offset} + {of}))")
        } else {
            format!("CAST(lpad(to_hex(CAST({offset} + {of} AS BIGINT)), 32, '0') AS UUID)")
        }
    };
    let series = |to: i64| {
        if sqlite {
            format!("(WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {to}) SELECT i FROM n) AS n")
        } else {
            format!("generate_series(CAST(1 AS BIGINT), CAST({to} AS BIGINT)) AS n(i)")
        }
    };
    let step = 31_536_000_000_000 / count.max(1);
    let at = format!("({now} - ({count} - i) * {step})");
    let title = &texts.title;
    let mut all = texts.before.clone();
    all.extend([
        format!("INSERT INTO people (id, email, name, folded, role, zone, language, keys_on, created_at, version)
            SELECT {}, 'c' || i || '@example.com', 'Customer ' || i, 'customer ' || i, 'CUSTOMER', 'UTC', 'en-GB', TRUE, {now}, 1 FROM {}", id(900_000_000, "i"), series(200)),
        format!("INSERT INTO tickets (id, number, title, folded, status, is_active, priority, urgency, category, channel, requester_id, team_id, first_message_id, customer_at, created_at, updated_at, version)
            SELECT {}, 1000 + i, {title}, lower({title}),
            CASE WHEN i % 3 = 0 THEN 'OPEN' ELSE 'CLOSED' END, i % 3 = 0, 'MEDIUM', 10000000000000000 + {at}, 'BUG', 'web', {}, CASE WHEN i % 2 = 0 THEN (SELECT id FROM teams ORDER BY name LIMIT 1) END,
            {}, {at}, {at}, {at}, 1 FROM {}", id(0, "i"), id(900_000_000, "1 + i % 200"), id(100_000_000, "i * 8"), series(count)),
        format!("INSERT INTO ticket_people (ticket_id, person_id, part) SELECT {}, {}, 'REQUESTER' FROM {}", id(0, "i"), id(900_000_000, "1 + i % 200"), series(count)),
    ]);
    for (message, (text, is_note)) in (0..).zip(&texts.messages) {
        all.push(format!(
            "INSERT INTO messages (id, ticket_id, author_id, author_name, is_staff, is_internal, channel, source, format, html, html_version, created_at)
            SELECT {}, {}, {}, 'Customer', {is_note}, {is_note}, 'web', {text}, 'MARKDOWN', '<p dir=\"auto\">' || {text} || '</p>', 1, {at} + {message} * 60000000 FROM {}",
            id(100_000_000 + message, "i * 8"),
            id(0, "i"),
            id(900_000_000, "1 + i % 200"),
            series(count)
        ));
    }
    all.push(format!(
        "INSERT INTO events (at, kind, subject_kind, subject_id, actor_kind, actor_id, actor_name, staff_only, data)
            SELECT {at}, 'ticket.created', 'ticket', {}, 'person', {}, 'Customer', FALSE, '{{}}' FROM {}",
        id(0, "i"),
        id(900_000_000, "1 + i % 200"),
        series(count)
    ));
    // what reads the journal for reports has nothing to do while requests are measured
    all.push(
        "INSERT INTO readers (name, seq) SELECT 'analytics', COALESCE(MAX(seq), 0) FROM events WHERE 1 = 1 ON CONFLICT (name) DO UPDATE SET seq = excluded.seq"
            .to_owned(),
    );
    if sqlite {
        // no ANALYZE: an installation has no statistics either
        all.push(format!("UPDATE sequences SET value = 1000 + {count} WHERE name = 'tickets'"));
    } else {
        all.push(format!("SELECT setval('tickets_number', 1001 + {count})"));
        all.push("ANALYZE".to_owned());
    }
    all
}
