//! A mail as it came: kept before anything is read in it, and its fate.

use crate::{Fate, MailboxId, Rule, Trust, Via, sender::clean};
use db::{Conn, Id, Query, Timestamp, Tx, record, sql};
use files::Store;
use kernel::{Fault, Result};
use sha2::{Digest, Sha256};
use std::{net::IpAddr, time::Duration};
use tickets::TicketId;
use uuid::Uuid;

/// The id of a mail.
pub type ArrivalId = Id<Arrival>;

/// So long a mail belongs to whoever kept it.
const LEASE: Duration = Duration::from_secs(10);
/// The most that one mail may have, in bytes.
pub const MOST: usize = 50 * 1024 * 1024;

record! {
    /// A mail that came.
    #[derive(Clone, Debug)]
    pub struct Arrival {
        /// The id; its raw bytes are in the file store under `mail/{id}`.
        pub id: ArrivalId,
        /// Which mailbox it came to, if it is one of ours.
        pub mailbox_id: Option<MailboxId>,
        /// How it came.
        pub via: Via,
        /// Bytes.
        pub size: i64,
        /// The sender of the envelope (RFC 5321); empty for bounces; none where nobody said.
        pub envelope_from: Option<String>,
        /// The receiver of the envelope; none where nobody said.
        pub envelope_to: Option<String>,
        /// When it came.
        pub received_at: Timestamp,
        /// How it ended; none while it waits.
        pub fate: Option<Fate>,
        /// Why, in words for people.
        pub reason: String,
        /// How far the sender is trusted.
        pub trust: Option<Trust>,
        /// What found the ticket.
        pub rule: Option<Rule>,
        /// The ticket it stands in, or is held at.
        pub ticket_id: Option<TicketId>,
        /// The message or note it became.
        pub message_id: Option<Uuid>,
        /// A ticket that it may belong to.
        pub looks_like: Option<TicketId>,
        /// Who wrote, as the mail says.
        pub from_address: Option<String>,
        /// Their name, as the mail says.
        pub from_name: String,
        /// Its subject.
        pub subject: String,
        /// Who let it in.
        pub let_in_by: Option<String>,
        /// How often it was worked on.
        pub attempts: i64,
        /// When its fate was decided.
        pub decided_at: Option<Timestamp>,
        /// The address of who handed it over, where that is its sender's server.
        pub client_ip: Option<String>,
        /// The name that it gave.
        pub client_name: Option<String>,
    }
}

macro_rules! arrival_from {
    () => {
        "SELECT id, mailbox_id, via, size, envelope_from, envelope_to, received_at, fate, reason, trust, rule, ticket_id, message_id, looks_like,
                from_address, from_name, subject, let_in_by, attempts, decided_at, client_ip, client_name FROM mails"
    };
}

/// How a mail came.
#[derive(Clone, Debug)]
pub struct Origin {
    /// To which mailbox, if that is known already.
    pub mailbox: Option<MailboxId>,
    /// By what.
    pub via: Via,
    /// The sender of the envelope; empty for bounces.
    pub envelope_from: Option<String>,
    /// The receiver of the envelope.
    pub envelope_to: Option<String>,
    /// UIDVALIDITY and UID of IMAP (RFC 3501, 2.3.1.1).
    pub uid: Option<(i64, i64)>,
    /// Who handed it over: address and the name it gave; for SPF.
    pub client: Option<(IpAddr, String)>,
}

/// Which mails are looked for.
#[derive(Clone, Debug, Default)]
pub struct Search {
    /// How they ended.
    pub fate: Option<Fate>,
    /// Which mailbox they came to.
    pub mailbox: Option<MailboxId>,
    /// The last one of the page before.
    pub before: Option<ArrivalId>,
    /// How many at most.
    pub limit: i64,
}

impl Arrival {
    /// Keeps the raw bytes, then a row that waits. When this answers, the mail is safe. The same UID is taken once. Whoever
    /// keeps it decides its fate next; should they die, others take it up after a while.
    pub async fn keep(db: &db::Db, store: &Store, origin: &Origin, raw: bytes::Bytes) -> Result<ArrivalId> {
        if raw.len() > MOST {
            return Err(Fault::TooLarge(format!("A mail may have {} MB at most.", MOST / 1024 / 1024)));
        }
        let id = ArrivalId::new();
        Self::insert(db, store, origin, id, raw, None).await
    }

    /// Keeps the head of a mail that can't be taken whole: it has failed, with a reason. `size`: of the whole mail, in bytes.
    pub(crate) async fn keep_failed(db: &db::Db, store: &Store, origin: &Origin, head: bytes::Bytes, size: usize, reason: &str) -> Result<ArrivalId> {
        Self::insert(db, store, origin, ArrivalId::new(), head, Some((size, reason))).await
    }

    async fn insert(db: &db::Db, store: &Store, origin: &Origin, id: ArrivalId, raw: bytes::Bytes, failed: Option<(usize, &str)>) -> Result<ArrivalId> {
        let (size, hash) = (failed.map_or(raw.len(), |(size, _)| size), Sha256::digest(&raw).to_vec());
        let said = failed.map(|_| mime::parse(&raw));
        let from = said.as_ref().and_then(|mail| mail.from.as_ref());
        store.put_named(&object(id), raw).await?;
        let mut tx = db.write().await?;
        let now = tx.now();
        let (validity, uid) = origin.uid.unzip();
        let (ip, name) = origin.client.clone().unzip();
        let kept = tx
            .run(sql!(
                "INSERT INTO mails (id, mailbox_id, via, size, hash, envelope_from, envelope_to, uid_validity, uid, received_at, next_at, client_ip, client_name,
                        fate, reason, decided_at, from_address, from_name, subject, attempts)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, 0)
                 ON CONFLICT (mailbox_id, uid_validity, uid) DO NOTHING",
                id,
                origin.mailbox,
                origin.via,
                i64::try_from(size).unwrap_or(i64::MAX),
                hash,
                origin.envelope_from.as_deref(),
                origin.envelope_to.as_deref(),
                validity,
                uid,
                now,
                now.plus(LEASE),
                ip.map(|ip| ip.to_string()),
                name,
                failed.map(|_| Fate::Failed),
                failed.map_or("", |(_, reason)| reason),
                failed.map(|_| now),
                from.map(|from| from.address.to_lowercase()),
                from.map_or_else(String::new, |from| clean(&from.name)),
                said.map_or_else(String::new, |mail| clean(&mail.subject))
            ))
            .await?;
        if kept == 0 {
            let known = tx.one(sql!("SELECT id FROM mails WHERE mailbox_id = $1 AND uid_validity = $2 AND uid = $3", origin.mailbox, validity, uid)).await?;
            drop(tx);
            store.remove_named(&object(id)).await?;
            return Ok(known);
        }
        tx.commit().await?;
        Ok(id)
    }

    /// One that is looked at and not kept.
    pub(crate) fn not_kept(origin: &Origin, now: Timestamp) -> Self {
        Self {
            id: ArrivalId::new(),
            mailbox_id: origin.mailbox,
            via: origin.via,
            size: 0,
            envelope_from: origin.envelope_from.clone(),
            envelope_to: origin.envelope_to.clone(),
            received_at: now,
            fate: None,
            reason: String::new(),
            trust: None,
            rule: None,
            ticket_id: None,
            message_id: None,
            looks_like: None,
            from_address: None,
            from_name: String::new(),
            subject: String::new(),
            let_in_by: None,
            attempts: 0,
            decided_at: None,
            client_ip: origin.client.as_ref().map(|(ip, _)| ip.to_string()),
            client_name: origin.client.as_ref().map(|(_, name)| name.clone()),
        }
    }

    /// By id.
    pub async fn get(conn: &mut Conn, id: ArrivalId) -> Result<Self> {
        conn.first(sql!(concat!(arrival_from!(), " WHERE id = $1"), id)).await?.ok_or(Fault::Missing)
    }

    /// A page of them, the newest first.
    pub async fn find(conn: &mut Conn, search: &Search) -> Result<Vec<Self>> {
        Ok(conn.all(Self::query(search)).await?)
    }

    fn query(search: &Search) -> Query {
        let mut query = sql!(concat!(arrival_from!(), " WHERE 1 = 1"));
        if let Some(fate) = search.fate {
            query.push(" AND fate = ").bind(fate);
        }
        if let Some(mailbox) = search.mailbox {
            query.push(" AND mailbox_id = ").bind(mailbox);
        }
        if let Some(before) = search.before {
            query.push(" AND (received_at, id) < (SELECT received_at, id FROM mails WHERE id = ").bind(before).push(")");
        }
        query.push(" ORDER BY received_at DESC, id DESC").limit(search.limit);
        query
    }

    /// Mails of a ticket, the newest first.
    pub async fn of_ticket(conn: &mut Conn, ticket: TicketId, limit: i64) -> Result<Vec<Self>> {
        Ok(conn.all(sql!(concat!(arrival_from!(), " WHERE ticket_id = $1 ORDER BY received_at DESC, id DESC LIMIT $2"), ticket, limit)).await?)
    }

    /// Mails that wait and are due, the oldest first.
    pub(crate) async fn due(conn: &mut Conn, limit: i64) -> Result<Vec<ArrivalId>> {
        let now = conn.now();
        Ok(conn.all(sql!("SELECT id FROM mails WHERE fate IS NULL AND next_at <= $1 ORDER BY next_at, id LIMIT $2", now, limit)).await?)
    }

    /// How many are held.
    pub async fn held(conn: &mut Conn) -> Result<i64> {
        Ok(conn.one(sql!("SELECT COUNT(*) FROM (SELECT 1 FROM mails WHERE fate = 'HELD' LIMIT 1000) h")).await?)
    }

    /// Its raw bytes.
    pub async fn raw(&self, store: &Store) -> Result<bytes::Bytes> {
        store.get_named(&object(self.id)).await
    }

    /// Lets it wait again, as if it had just come; false when it has no fate yet.
    pub(crate) async fn wait_again(&self, tx: &mut Tx) -> Result<bool> {
        let next = tx.now().plus(LEASE);
        let waits =
            tx.run(sql!("UPDATE mails SET fate = NULL, reason = '', attempts = 0, next_at = $2 WHERE id = $1 AND fate IS NOT NULL", self.id, next)).await?;
        Ok(waits == 1)
    }
}

fn object(id: ArrivalId) -> String {
    format!("mail/{id}")
}
