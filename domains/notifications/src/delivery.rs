//! A notice on its way out of the app: the queue, and the log of what became of it.

use crate::channel::Channel;
use db::{Conn, Id, Query, Timestamp, Tx, record, sql};
use kernel::{Fault, PersonId, Result};
use uuid::Uuid;

/// The id of a delivery.
pub type DeliveryId = Id<Delivery>;

db::words! {
    /// What became of a delivery.
    pub enum State {
        /// It goes out later.
        Waiting = "WAITING",
        /// It was handed to the outgoing mail, a push service, or the server for text messages.
        Sent = "SENT",
        /// It need not go out any more.
        Skipped = "SKIPPED",
        /// It could not be delivered.
        Failed = "FAILED",
    }
}

impl State {
    /// As shown: `Waiting`.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Waiting => "Waiting",
            Self::Sent => "Sent",
            Self::Skipped => "Not needed",
            Self::Failed => "Failed",
        }
    }
}

record! {
    /// A delivery.
    #[derive(Clone, Debug)]
    pub struct Delivery {
        /// The id.
        pub id: DeliveryId,
        /// Whose.
        pub person_id: PersonId,
        /// Their name.
        pub name: String,
        /// The word of the notice's kind.
        pub kind: String,
        /// Which way.
        pub channel: Channel,
        /// What became of it.
        pub state: State,
        /// Why it was not sent.
        pub reason: Option<String>,
        /// The mail that it went with.
        pub mail_id: Option<Uuid>,
        /// The name of the browser that it went to.
        pub browser: Option<String>,
        /// What was answered last, where it is no mail.
        pub answer: Option<String>,
        /// When it goes out, while it waits.
        pub due_at: Timestamp,
        /// When the event happened.
        pub created_at: Timestamp,
        /// When it was decided.
        pub ended_at: Option<Timestamp>,
    }
}

macro_rules! delivery_from {
    () => {
        "SELECT d.id, d.person_id, p.name, n.kind, d.channel, d.state, d.reason, d.mail_id, d.browser, d.answer, d.due_at, d.created_at, d.ended_at
         FROM notice_deliveries d JOIN people p ON p.id = d.person_id JOIN notices n ON n.id = d.notice_id WHERE 1 = 1"
    };
}

impl Delivery {
    /// A page of the log, the newest first.
    pub(crate) async fn page(conn: &mut Conn, state: Option<State>, before: Option<DeliveryId>, limit: i64) -> Result<Vec<Self>> {
        let mut query = Query::with(delivery_from!(), Vec::new());
        if let Some(state) = state {
            query.push(" AND d.state = ").bind(state);
        }
        if let Some(before) = before {
            query.push(" AND d.id < ").bind(before);
        }
        query.push(" ORDER BY d.id DESC").limit(limit);
        Ok(conn.all(query).await?)
    }

    /// Tries it again, when it was given up; for admins.
    pub(crate) async fn retry(tx: &mut Tx, id: DeliveryId) -> Result<()> {
        let known: Option<(State, Option<Uuid>)> = tx.first(sql!("SELECT state, mail_id FROM notice_deliveries WHERE id = $1", id)).await?;
        let is_tried = match known.ok_or(Fault::Missing)? {
            (State::Failed, _) => again(tx, id).await?,
            (_, Some(mail)) => accounts::mail::retry(tx, mail).await?,
            _ => false,
        };
        if is_tried {
            return Ok(());
        }
        Err(Fault::Conflict { kind: "not-failed", detail: "Only what failed is tried again.".to_owned() })
    }
}

async fn again(tx: &mut Tx, id: DeliveryId) -> Result<bool> {
    let now = tx.now();
    let query = sql!(
        "UPDATE notice_deliveries SET state = 'WAITING', reason = NULL, tries = 0, due_at = $2, ended_at = NULL WHERE id = $1 AND state = 'FAILED'",
        id,
        now
    );
    let changed = tx.run(query).await?;
    tx.ring_work();
    Ok(changed == 1)
}

/// How a delivery ends.
#[derive(Clone, Copy, Debug)]
pub(crate) enum End<'a> {
    /// It went with this mail.
    Mailed(Uuid),
    /// A push service, or the server for text messages, took it.
    Sent,
    /// It need not go out, because of this.
    Skipped(&'a str),
    /// It can't be delivered, because of this.
    Failed(&'a str),
}

/// Ends deliveries.
pub(crate) async fn end(tx: &mut Tx, ids: &[DeliveryId], end: End<'_>) -> Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    let mut query = Query::with("UPDATE notice_deliveries SET locked_until = NULL, state = ", Vec::new());
    match end {
        End::Mailed(mail) => query.bind(State::Sent).push(", mail_id = ").bind(mail),
        End::Sent => query.bind(State::Sent),
        End::Skipped(reason) => query.bind(State::Skipped).push(", reason = ").bind(reason),
        End::Failed(reason) => query.bind(State::Failed).push(", reason = ").bind(reason),
    };
    query.push(", ended_at = ").bind(tx.now());
    query.push(" WHERE id IN ").list(ids.iter().copied());
    tx.run(query).await?;
    Ok(())
}

/// Puts deliveries off until then.
pub(crate) async fn put_off(tx: &mut Tx, ids: &[DeliveryId], at: Timestamp) -> Result<()> {
    let mut query = Query::with("UPDATE notice_deliveries SET locked_until = NULL, due_at = ", Vec::new());
    query.bind(at).push(" WHERE id IN ").list(ids.iter().copied());
    tx.run(query).await?;
    Ok(())
}
