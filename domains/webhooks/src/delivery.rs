//! A delivery: one event for one webhook. It is the queue and the log, and is forgotten after 30 days. Its id is the
//! `webhook-id` of every try, so that a receiver can tell what it has already.

use crate::{
    Webhook, WebhookId,
    payload::{self, Brief},
};
use db::{Conn, Db, Id, Query, Timestamp, Tx, Value, record, sql};
use kernel::{Actor, Fault, Result};
use serde_json::json;
use std::time::Duration;

/// The id of a delivery.
pub type DeliveryId = Id<Delivery>;

/// A delivery is tried for so long.
pub(crate) const PATIENCE: Duration = Duration::from_hours(24);
/// The log is kept for so long.
const KEEP: Duration = Duration::from_hours(30 * 24);
/// The kind of a test.
pub(crate) const TEST: &str = "webhook.test";

db::words! {
    /// What became of a delivery.
    pub enum State {
        /// It is tried, now or later.
        Waiting = "WAITING",
        /// The receiver took it.
        Delivered = "DELIVERED",
        /// It is not tried any more.
        Failed = "FAILED",
    }
}

impl State {
    /// As shown: `Delivered`.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Waiting => "Waiting",
            Self::Delivered => "Delivered",
            Self::Failed => "Failed",
        }
    }

    /// The colour of the design.
    pub const fn colour(self) -> &'static str {
        match self {
            Self::Waiting => "pending",
            Self::Delivered => "good",
            Self::Failed => "bad",
        }
    }

    /// Its icon.
    pub const fn icon(self) -> &'static str {
        match self {
            Self::Waiting => "clock",
            Self::Delivered => "circle-check",
            Self::Failed => "triangle-alert",
        }
    }
}

record! {
    /// A delivery.
    #[derive(Clone, Debug)]
    pub struct Delivery {
        /// The id.
        pub id: DeliveryId,
        /// Where it goes.
        pub webhook_id: WebhookId,
        /// What happened: `ticket.replied`.
        pub kind: String,
        /// In a few words, as JSON text.
        pub brief: String,
        /// It says what stands in an internal note.
        pub is_internal: bool,
        /// An admin asked for it, to see whether it arrives.
        pub is_test: bool,
        /// What became of it.
        pub state: State,
        /// Why it failed.
        pub reason: Option<String>,
        /// What was answered last.
        pub status: Option<i64>,
        /// Tries so far.
        pub tries: i64,
        /// The next try, while it waits.
        pub next_at: Timestamp,
        /// The last try.
        pub until: Timestamp,
        /// When the event was read.
        pub created_at: Timestamp,
        /// When it was delivered or given up.
        pub ended_at: Option<Timestamp>,
    }
}

macro_rules! delivery_from {
    () => {
        "SELECT id, webhook_id, kind, brief, is_internal, is_test, state, reason, status, tries, next_at, until, created_at, ended_at FROM webhook_deliveries"
    };
}

record! {
    /// One try of a delivery.
    #[derive(Clone, Debug)]
    pub struct Try {
        /// When.
        pub at: Timestamp,
        /// How long it took, in milliseconds.
        pub took_ms: i64,
        /// What was answered.
        pub status: Option<i64>,
        /// Why there was no answer.
        pub error: Option<String>,
        /// What was sent above the body, a line each.
        pub headers: String,
        /// The beginning of the answer.
        pub answer: String,
        /// There was more of it.
        pub is_cut: bool,
    }
}

impl Try {
    /// The receiver took it.
    pub fn is_good(&self) -> bool {
        self.status.is_some_and(|status| (200..300).contains(&status))
    }
}

/// Which deliveries of a webhook are wanted.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Only these.
    pub state: Option<State>,
    /// Only of this kind of event.
    pub kind: Option<String>,
    /// Only those before this one.
    pub before: Option<DeliveryId>,
}

/// What the reader made of an event for a webhook.
pub(crate) struct New<'a> {
    pub webhook: WebhookId,
    pub seq: i64,
    pub kind: &'a str,
    pub payload: &'a str,
    pub brief: &'a str,
    pub is_internal: bool,
}

const INSERT: &str =
    "INSERT INTO webhook_deliveries (id, webhook_id, seq, kind, payload, brief, is_internal, is_test, state, tries, next_at, until, created_at) VALUES";

impl Delivery {
    /// The newest first, one more than `limit` at most.
    pub async fn page(conn: &mut Conn, webhook: WebhookId, filter: &Filter, limit: usize) -> Result<(Vec<Self>, Option<DeliveryId>)> {
        let mut query = Self::statement(webhook, filter);
        query.limit(i64::try_from(limit).unwrap_or(50) + 1);
        let mut found: Vec<Self> = conn.all(query).await?;
        let next = if found.len() > limit {
            found.truncate(limit);
            found.last().map(|last| last.id)
        } else {
            None
        };
        Ok((found, next))
    }

    /// The statement of a page without its end; a test looks at its plan.
    pub fn statement(webhook: WebhookId, filter: &Filter) -> Query {
        let mut query = sql!(concat!(delivery_from!(), " WHERE webhook_id = $1"), webhook);
        if let Some(state) = filter.state {
            query.push(" AND state = ").bind(state);
        }
        if let Some(kind) = &filter.kind {
            query.push(" AND kind = ").bind(kind);
        }
        if let Some(before) = filter.before {
            query.push(" AND id < ").bind(before);
        }
        query.push(" ORDER BY id DESC");
        query
    }

    /// One of a webhook's.
    pub async fn get(conn: &mut Conn, webhook: WebhookId, id: DeliveryId) -> Result<Self> {
        Ok(conn.one(sql!(concat!(delivery_from!(), " WHERE id = $1 AND webhook_id = $2"), id, webhook)).await?)
    }

    /// What is sent in the format JSON.
    pub async fn payload(&self, conn: &mut Conn) -> Result<String> {
        Ok(conn.one(sql!("SELECT payload FROM webhook_deliveries WHERE id = $1", self.id)).await?)
    }

    /// Its tries, the newest first.
    pub async fn all_tries(&self, conn: &mut Conn) -> Result<Vec<Try>> {
        let tries =
            sql!("SELECT at, took_ms, status, error, headers, answer, is_cut FROM webhook_tries WHERE delivery_id = $1 ORDER BY id DESC LIMIT 50", self.id);
        Ok(conn.all(tries).await?)
    }

    /// The `webhook-id` of every try.
    pub fn message_id(&self) -> String {
        message_id(self.id)
    }

    pub(crate) fn words(&self) -> Brief {
        Brief::read(&self.brief)
    }

    /// Makes deliveries of events, in the transaction that moves the reader.
    pub(crate) async fn make(tx: &mut Tx, all: &[New<'_>]) -> Result<()> {
        let (now, until) = (tx.now(), tx.now().plus(PATIENCE));
        let row = |new: &New<'_>| -> [Value; 13] {
            let (id, state) = (DeliveryId::new(), State::Waiting);
            [
                id.into(),
                new.webhook.into(),
                new.seq.into(),
                new.kind.into(),
                new.payload.into(),
                new.brief.into(),
                new.is_internal.into(),
                false.into(),
                state.into(),
                0_i64.into(),
                now.into(),
                until.into(),
                now.into(),
            ]
        };
        let rows: Vec<[Value; 13]> = all.iter().map(row).collect();
        tx.run_rows(INSERT, &rows, "").await?;
        tx.ring_work();
        Ok(())
    }

    /// A delivery that says nothing, to see whether it arrives; tried once, also when the webhook is off.
    pub async fn test(tx: &mut Tx, actor: &Actor, webhook: &Webhook) -> Result<DeliveryId> {
        let (id, now, until) = (DeliveryId::new(), tx.now(), tx.now().plus(PATIENCE));
        let who = json!({ "id": actor.person, "name": actor.name, "kind": "PERSON" });
        let data = json!({ "webhook": { "id": webhook.id, "name": webhook.name } });
        let body = payload::whole(&format!("evt_{}", message_id(id)), TEST, now, &who, &data);
        let brief = Brief {
            label: "Test".to_owned(),
            href: format!("/admin/webhooks/{}", webhook.id),
            what: "a test is sent".to_owned(),
            who: actor.name.clone(),
            text: String::new(),
        };
        tx.run(sql!(
            "INSERT INTO webhook_deliveries (id, webhook_id, kind, payload, brief, is_internal, is_test, state, tries, next_at, until, created_at)
             VALUES ($1, $2, $3, $4, $5, FALSE, TRUE, 'WAITING', 0, $6, $7, $6)",
            id,
            webhook.id,
            TEST,
            body,
            brief.text()?,
            now,
            until
        ))
        .await?;
        tx.ring_work();
        Ok(id)
    }

    /// Sends it again, with the same `webhook-id`, for another 24 hours; what waits is tried at once.
    pub async fn replay(&self, tx: &mut Tx, actor: &Actor, webhook: &Webhook) -> Result<()> {
        if !webhook.is_on && !self.is_test {
            return Err(Fault::Conflict { kind: "webhook-off", detail: "This webhook is off. Switch it on, then send it again.".to_owned() });
        }
        if self.is_internal && !webhook.sends_notes {
            return Err(Fault::Conflict { kind: "internal-note", detail: "It holds an internal note, and this webhook does not take them.".to_owned() });
        }
        let (now, until) = (tx.now(), tx.now().plus(PATIENCE));
        tx.run(sql!(
            "UPDATE webhook_deliveries SET state = 'WAITING', reason = NULL, ended_at = NULL, next_at = $2, until = $3, tries = CASE WHEN state = 'WAITING' THEN tries ELSE 0 END
             WHERE id = $1",
            self.id,
            now,
            until
        ))
        .await?;
        tx.ring_work();
        let facts = json!({ "name": webhook.name, "delivery": self.id });
        Ok(tx.record(actor.event("webhook.replayed", ("webhook", webhook.id.uuid()), true, facts)).await?)
    }
}

pub(crate) fn message_id(id: DeliveryId) -> String {
    format!("msg_{}", id.uuid().simple())
}

/// Gives up what could not be sent in time (its webhook was off or gone), and forgets what is old.
pub async fn sweep(db: &Db) -> Result<()> {
    let mut tx = db.write().await?;
    let (now, before) = (tx.now(), tx.now().minus(KEEP));
    tx.run(sql!(
        "UPDATE webhook_deliveries SET state = 'FAILED', reason = 'The webhook was off.', ended_at = $1
         WHERE state = 'WAITING' AND until < $1 AND (locked_until IS NULL OR locked_until < $1)
           AND webhook_id IN (SELECT id FROM webhooks WHERE is_on = FALSE)",
        now
    ))
    .await?;
    tx.run(sql!("DELETE FROM webhook_tries WHERE delivery_id IN (SELECT id FROM webhook_deliveries WHERE created_at < $1 AND state <> 'WAITING')", before))
        .await?;
    tx.run(sql!("DELETE FROM webhook_deliveries WHERE created_at < $1 AND state <> 'WAITING'", before)).await?;
    tx.run(sql!("DELETE FROM webhooks WHERE deleted_at < $1 AND NOT EXISTS (SELECT 1 FROM webhook_deliveries d WHERE d.webhook_id = webhooks.id)", before))
        .await?;
    Ok(tx.commit().await?)
}
