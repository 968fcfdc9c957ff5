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
        /// It was handed to the outgoing mail.
        Sent = "SENT",
        /// It need not go out any more.
        Skipped = "SKIPPED",
    }
}

impl State {
    /// As shown: `Waiting`.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Waiting => "Waiting",
            Self::Sent => "Handed to the outgoing mail",
            Self::Skipped => "Not needed",
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
        "SELECT d.id, d.person_id, p.name, n.kind, d.channel, d.state, d.reason, d.mail_id, d.due_at, d.created_at, d.ended_at
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

    /// Tries the mail again that it went with, when that was given up.
    pub(crate) async fn retry(tx: &mut Tx, id: DeliveryId) -> Result<()> {
        let mail: Option<Option<Uuid>> = tx.first(sql!("SELECT mail_id FROM notice_deliveries WHERE id = $1", id)).await?;
        let mail = mail.ok_or(Fault::Missing)?;
        let is_tried = match mail {
            Some(mail) => accounts::mail::retry(tx, mail).await?,
            None => false,
        };
        if is_tried {
            return Ok(());
        }
        Err(Fault::Conflict { kind: "not-failed", detail: "Only what failed is tried again.".to_owned() })
    }
}

/// How a delivery ends.
#[derive(Clone, Copy, Debug)]
pub(crate) enum End<'a> {
    /// It went with this mail.
    Sent(Uuid),
    /// It need not go out, because of this.
    Skipped(&'a str),
}

/// Ends deliveries.
pub(crate) async fn end(tx: &mut Tx, ids: &[DeliveryId], end: End<'_>) -> Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    let mut query = Query::with("UPDATE notice_deliveries SET state = ", Vec::new());
    match end {
        End::Sent(mail) => query.bind(State::Sent).push(", mail_id = ").bind(mail),
        End::Skipped(reason) => query.bind(State::Skipped).push(", reason = ").bind(reason),
    };
    query.push(", ended_at = ").bind(tx.now());
    query.push(" WHERE id IN ").list(ids.iter().copied());
    tx.run(query).await?;
    Ok(())
}
