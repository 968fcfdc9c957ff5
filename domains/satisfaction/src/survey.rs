//! A survey: one a ticket. Opened when the ticket is solved, sent once as a letter, answered by a rating.

use crate::Settings;
use accounts::secret;
use db::{Conn, Query, Timestamp, Tx, record, sql};
use kernel::{Actor, PersonId, Result};
use serde_json::json;
use std::time::Duration;
use tickets::{Merge, Status, Ticket, TicketId};

/// A rating can be changed this long after it was first given.
pub const CHANGEABLE: Duration = Duration::from_hours(7 * 24);
/// The link of a letter works this long, or until the rating can no longer be changed.
pub const LINK: Duration = Duration::from_hours(60 * 24);
/// Letters of one look; the next look takes the next ones. The number stands in the statement, too.
const LOT: usize = 50;

record! {
    /// The survey of a ticket.
    #[derive(Clone, Debug)]
    pub struct Survey {
        /// Which ticket.
        pub ticket_id: TicketId,
        /// When the letter goes out, or would have.
        pub due_at: Timestamp,
        /// When it went out.
        pub asked_at: Option<Timestamp>,
        /// 1 to 5.
        pub score: Option<i64>,
        /// Plain text.
        pub comment: Option<String>,
        /// When it was first rated.
        pub rated_at: Option<Timestamp>,
        /// When the rating last changed.
        pub changed_at: Option<Timestamp>,
    }
}

record! {
    /// A survey whose time has come, with whom to ask.
    struct Due {
        ticket_id: TicketId,
        number: i64,
        title: String,
        status: Status,
        is_gone: bool,
        person: PersonId,
        name: String,
        email: String,
    }
}

macro_rules! survey_from {
    () => {
        "SELECT ticket_id, due_at, asked_at, score, comment, rated_at, changed_at FROM surveys"
    };
}

impl Survey {
    /// The survey of a ticket. The caller passed the gate.
    pub(crate) async fn of(conn: &mut Conn, ticket: TicketId) -> Result<Option<Self>> {
        Ok(conn.first(sql!(concat!(survey_from!(), " WHERE ticket_id = $1"), ticket)).await?)
    }

    /// The ticket of a letter's secret, while the link works.
    pub(crate) async fn ticket_of(conn: &mut Conn, secret: &str) -> Result<Option<(TicketId, PersonId, String)>> {
        let since = conn.now().minus(LINK);
        Ok(conn
            .first(sql!(
                "SELECT t.id, p.id, p.name FROM surveys s JOIN tickets t ON t.id = s.ticket_id JOIN people p ON p.id = t.requester_id
                 WHERE s.secret_hash = $1 AND s.asked_at > $2",
                secret::hash(secret),
                since
            ))
            .await?)
    }

    /// Until when the rating can be changed; none before it was given.
    pub fn changeable_until(&self) -> Option<Timestamp> {
        self.rated_at.map(|at| at.plus(CHANGEABLE))
    }

    /// The rating can no longer be changed.
    pub fn is_final(&self, now: Timestamp) -> bool {
        self.changeable_until().is_some_and(|until| until <= now)
    }
}

/// Can this ticket be rated now? Once it is solved, and after that as long as the rating can be changed. One that goes on
/// in another ticket is not asked about any more; who was asked before may still answer.
pub(crate) async fn is_open(conn: &mut Conn, ticket: &Ticket, survey: Option<&Survey>) -> Result<bool> {
    Ok(match survey {
        Some(survey) if survey.rated_at.is_some() => !survey.is_final(conn.now()),
        Some(survey) => !ticket.status.is_active() && (survey.asked_at.is_some() || Merge::of(conn, ticket).await?.is_none()),
        None => ticket.status == Status::Resolved && Settings::current(conn).await?.is_on,
    })
}

/// Opens the surveys of tickets that are solved. One that was opened before stays as it is.
pub(crate) async fn open(tx: &mut Tx, tickets: &[uuid::Uuid]) -> Result<()> {
    let settings = Settings::current(tx).await?;
    if !settings.is_on || tickets.is_empty() {
        return Ok(());
    }
    // from when it was solved, however late the journal is read
    let (now, delay) = (tx.now(), settings.delay_hours * 3_600_000_000);
    let mut query = Query::with("INSERT INTO surveys (ticket_id, due_at) SELECT t.id, COALESCE(t.resolved_at, ", Vec::new());
    query.bind(now).push(") + ").bind(delay).push(" FROM tickets t WHERE t.id IN ").list(tickets.iter().copied());
    query.push(" AND t.status = 'RESOLVED' AND t.trashed_at IS NULL ON CONFLICT (ticket_id) DO NOTHING");
    tx.run(query).await?;
    Ok(())
}

/// Sends the letters whose time has come, each once, and drops surveys of what was opened again or merged before that. True when
/// there may be more.
pub(crate) async fn ask(tx: &mut Tx, public_url: &str) -> Result<bool> {
    let (now, settings) = (tx.now(), Settings::current(tx).await?);
    let due: Vec<Due> = tx
        .all(sql!(
            "SELECT t.id, t.number, t.title, t.status,
                    t.trashed_at IS NOT NULL OR t.spam_at IS NOT NULL OR p.disabled_at IS NOT NULL
                    OR EXISTS (SELECT 1 FROM ticket_merges g WHERE g.source_id = t.id AND g.undone_at IS NULL), p.id, p.name, p.email
             FROM surveys s JOIN tickets t ON t.id = s.ticket_id JOIN people p ON p.id = t.requester_id
             WHERE s.due_at <= $1 AND s.asked_at IS NULL AND s.score IS NULL ORDER BY s.due_at LIMIT 50",
            now
        ))
        .await?;
    let (letters, dropped): (Vec<_>, Vec<_>) = due.iter().partition(|due| settings.is_on && !due.is_gone && !due.status.is_active());
    if !dropped.is_empty() {
        let mut query = Query::with("DELETE FROM surveys WHERE asked_at IS NULL AND score IS NULL AND ticket_id IN ", Vec::new());
        query.list(dropped.iter().map(|due| due.ticket_id));
        tx.run(query).await?;
    }
    for due in letters {
        due.send(tx, public_url).await?;
    }
    Ok(due.len() == LOT)
}

/// True when a letter's time has come.
pub(crate) async fn waits(conn: &mut Conn) -> Result<bool> {
    let now = conn.now();
    let found: Option<i64> = conn.first(sql!("SELECT 1 FROM surveys WHERE due_at <= $1 AND asked_at IS NULL AND score IS NULL LIMIT 1", now)).await?;
    Ok(found.is_some())
}

impl Due {
    async fn send(&self, tx: &mut Tx, public_url: &str) -> Result<()> {
        let (now, secret) = (tx.now(), secret::make("")?);
        let asked = tx.run(sql!(
            "UPDATE surveys SET asked_at = $2, secret_hash = $3 WHERE ticket_id = $1 AND asked_at IS NULL",
            self.ticket_id,
            now,
            secret::hash(&secret)
        ));
        if asked.await? == 0 {
            return Ok(());
        }
        let text = format!(
            "Hello {},\n\nyour request “{}” is solved. How did we do? Rate it from 1 to 5 with this link:\n{public_url}/rate/{secret}\n\nWe ask once for each request.\n",
            self.name.split_whitespace().next().unwrap_or(&self.name),
            self.title
        );
        accounts::mail::queue(tx, &self.email, &format!("[#{}] How did we do?", self.number), &text).await?;
        let event = Actor::system("Survey").event("ticket.survey_sent", ("ticket", self.ticket_id.uuid()), true, json!({ "to": self.person }));
        Ok(tx.record(event).await?)
    }
}
