//! A mail of ours to one address, from the queue to its end.

use crate::{
    MailboxId, Tokens,
    send_route::Route,
    words::{SendKind, SendState},
};
use db::{Conn, Id, Timestamp, Tx, Value, record, sql};
use kernel::{Actor, Fault, PersonId, Result};
use serde_json::json;
use std::time::Duration;
use tickets::TicketId;
use uuid::Uuid;

/// The id of a sending.
pub type SendingId = Id<Sending>;

/// So long a mail that could not be handed over is tried again.
pub const TRIED_FOR: Duration = Duration::from_hours(72);
/// So long a mail belongs to whoever took it: longer than any conversation with a server may last.
const LEASE: Duration = Duration::from_mins(4);
/// The first pause before another try; each is twice as long as the one before.
const PAUSE: Duration = Duration::from_mins(1);
/// The longest pause.
const LONGEST: Duration = Duration::from_hours(4);
/// Its lock: one node at a time takes from the queue.
const LOCK: &str = "mail sendings";

record! {
    /// A mail of ours to one address.
    #[derive(Clone, Debug)]
    pub struct Sending {
        /// The id; it stands in the Message-ID.
        pub id: SendingId,
        /// By which mailbox it goes.
        pub mailbox_id: Option<MailboxId>,
        /// What it is.
        pub kind: SendKind,
        /// A program wrote it.
        pub is_automatic: bool,
        /// The ticket it is about.
        pub ticket_id: Option<TicketId>,
        /// The message it carries.
        pub message_id: Option<Uuid>,
        /// To whom.
        pub address: String,
        /// Their name.
        pub name: String,
        /// BCP 47 tag of the person.
        pub language: String,
        /// `TO` or `CC`.
        pub part: String,
        /// The Message-ID without brackets.
        pub header_id: String,
        /// The subject of a letter of the program.
        pub subject: String,
        /// Its text; empty once it is out.
        pub text: String,
        /// Where a POST stops such letters (RFC 8058); empty: nowhere.
        pub unsubscribe: String,
        /// Where it stands.
        pub state: SendState,
        /// Tries so far.
        pub attempts: i64,
        /// When it is tried next.
        pub next_at: Timestamp,
        /// Tries end.
        pub until: Timestamp,
        /// What the server said last.
        pub words: String,
        /// When it was queued.
        pub created_at: Timestamp,
        /// When the server took it.
        pub sent_at: Option<Timestamp>,
    }
}

macro_rules! sending_from {
    () => {
        "SELECT id, mailbox_id, kind, is_automatic, ticket_id, message_id, address, name, language, part, header_id, subject, text, unsubscribe, state, attempts, next_at, until,
                words, created_at, sent_at FROM sendings"
    };
}

/// A mail about to be queued.
pub(crate) struct NewSending<'a> {
    pub(crate) id: SendingId,
    pub(crate) route: &'a Route,
    pub(crate) unsubscribe: String,
    pub(crate) kind: SendKind,
    pub(crate) is_automatic: bool,
    pub(crate) ticket: Option<TicketId>,
    pub(crate) message: Option<Uuid>,
    pub(crate) address: String,
    pub(crate) name: String,
    pub(crate) language: String,
    pub(crate) is_copy: bool,
    pub(crate) subject: String,
    pub(crate) text: String,
    /// Given up at once, for this reason.
    pub(crate) refused: Option<String>,
    /// The requester, if they have no password: their mail has a link that shows this ticket alone.
    pub(crate) guest: Option<PersonId>,
}

impl NewSending<'_> {
    fn row(self, tokens: &Tokens, now: Timestamp) -> [Value; 20] {
        let id = self.id;
        let header_id = match self.ticket {
            Some(ticket) => tokens.message_id(self.route.domain(), ticket, id.uuid()),
            None => format!("{}@{}", id.uuid().simple(), self.route.domain()),
        };
        [
            id.into(),
            self.route.mailbox_id.into(),
            self.kind.into(),
            self.is_automatic.into(),
            self.ticket.into(),
            self.message.into(),
            self.address.into(),
            self.name.into(),
            self.language.into(),
            (if self.is_copy { "CC" } else { "TO" }).into(),
            header_id.into(),
            self.subject.into(),
            self.text.into(),
            self.unsubscribe.into(),
            (if self.refused.is_some() { SendState::Failed } else { SendState::Queued }).into(),
            now.into(),
            now.plus(TRIED_FOR).into(),
            self.refused.unwrap_or_default().into(),
            now.into(),
            0_i64.into(),
        ]
    }
}

/// How the server answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Answered {
    /// It took the mail.
    Taken(String),
    /// Not now.
    Later(String),
    /// Never.
    Never(String),
}

impl Sending {
    /// Queues mails; the same message to the same address once.
    pub(crate) async fn queue(tx: &mut Tx, tokens: &Tokens, new: Vec<NewSending<'_>>) -> Result<()> {
        let now = tx.now();
        for one in &new {
            if let (SendKind::System, Some(reason)) = (one.kind, &one.refused) {
                jobs::end_lent(tx, one.id.uuid().into(), false, reason).await?;
            }
            let (Some(person), Some(ticket)) = (one.guest, one.ticket) else { continue };
            if let Some(secret) = tokens.guest(ticket, person) {
                accounts::Link::keep_guest(tx, person, ticket.uuid(), &secret).await?;
            }
        }
        let rows: Vec<[Value; 20]> = new.into_iter().map(|one| one.row(tokens, now)).collect();
        if rows.is_empty() {
            return Ok(());
        }
        tx.run_rows(
            "INSERT INTO sendings (id, mailbox_id, kind, is_automatic, ticket_id, message_id, address, name, language, part, header_id, subject, text, unsubscribe,
               state, next_at, until, words, created_at, attempts) VALUES",
            &rows,
            " ON CONFLICT (message_id, address, kind) DO NOTHING",
        )
        .await?;
        tx.ring_work();
        Ok(())
    }

    /// Letters that are laid down anew begin anew.
    pub(crate) async fn forget(tx: &mut Tx, ids: impl Iterator<Item = Uuid>) -> Result<()> {
        let mut query = sql!("DELETE FROM sendings WHERE kind = 'SYSTEM'");
        query.push(" AND id IN ").list(ids);
        tx.run(query).await?;
        Ok(())
    }

    /// By id.
    pub async fn get(conn: &mut Conn, id: SendingId) -> Result<Self> {
        conn.first(sql!(concat!(sending_from!(), " WHERE id = $1"), id)).await?.ok_or(Fault::Missing)
    }

    /// Mails about a ticket, the newest first.
    pub async fn of_ticket(conn: &mut Conn, ticket: TicketId, limit: i64) -> Result<Vec<Self>> {
        Ok(conn.all(sql!(concat!(sending_from!(), " WHERE ticket_id = $1 ORDER BY created_at DESC, id DESC LIMIT $2"), ticket, limit)).await?)
    }

    /// All that carry one message.
    pub(crate) async fn of_message(conn: &mut Conn, message: Uuid) -> Result<Vec<Self>> {
        Ok(conn.all(sql!(concat!(sending_from!(), " WHERE message_id = $1 ORDER BY part DESC, id LIMIT 100"), message)).await?)
    }

    /// How many of a mailbox are due.
    pub(crate) async fn due(conn: &mut Conn, mailbox: MailboxId) -> Result<i64> {
        let now = conn.now();
        Ok(conn
            .one(sql!(
                "SELECT COUNT(*) FROM (SELECT 1 FROM sendings WHERE mailbox_id = $1 AND state IN ('QUEUED', 'SENDING') AND next_at <= $2 LIMIT 100) d",
                mailbox,
                now
            ))
            .await?)
    }

    /// Takes the next one that is due, for a while; none when nothing is, or the mailbox sent as many in this minute as it may.
    pub(crate) async fn take(tx: &mut Tx, route: &Route) -> Result<Option<Self>> {
        let now = tx.now();
        tx.lock(LOCK).await?;
        let out: i64 =
            tx.one(sql!("SELECT COUNT(*) FROM sendings WHERE mailbox_id = $1 AND sent_at > $2", route.mailbox_id, now.minus(Duration::from_mins(1)))).await?;
        if out >= route.most_a_minute {
            return Ok(None);
        }
        let id: Option<SendingId> = tx
            .first(sql!(
                "UPDATE sendings SET state = 'SENDING', attempts = attempts + 1, next_at = $3 WHERE id =
                   (SELECT id FROM sendings WHERE mailbox_id = $1 AND state IN ('QUEUED', 'SENDING') AND next_at <= $2 ORDER BY next_at, id LIMIT 1) RETURNING id",
                route.mailbox_id,
                now,
                now.plus(LEASE)
            ))
            .await?;
        match id {
            Some(id) => Self::get(tx, id).await.map(Some),
            None => Ok(None),
        }
    }

    /// Writes down how it ended, or when it is tried again. Nothing if somebody else has it by now.
    pub(crate) async fn settle(&self, tx: &mut Tx, answered: &Answered) -> Result<()> {
        let now = tx.now();
        let next = now.plus(pause(self.attempts));
        let (state, words) = match answered {
            Answered::Taken(words) => (SendState::Sent, words),
            Answered::Never(words) => (SendState::Failed, words),
            Answered::Later(words) if next > self.until => (SendState::Failed, words),
            Answered::Later(words) => (SendState::Queued, words),
        };
        let words: String = words.chars().take(500).collect();
        let settled = tx
            .run(sql!(
                "UPDATE sendings SET state = $2, words = $3, next_at = $4, sent_at = $5, text = CASE WHEN $6 THEN '' ELSE text END
                 WHERE id = $1 AND state = 'SENDING' AND attempts = $7",
                self.id,
                state,
                &words,
                next,
                (state == SendState::Sent).then_some(now),
                state == SendState::Sent,
                self.attempts
            ))
            .await?;
        if settled == 1 && state != SendState::Queued && self.kind == SendKind::System {
            jobs::end_lent(tx, self.id.uuid().into(), state == SendState::Sent, &words).await?;
        }
        if settled == 1 && state != SendState::Queued {
            self.tell(tx, &Actor::system("Mail"), if state == SendState::Sent { "ticket.mail_sent" } else { "ticket.mail_failed" }, &words).await?;
        }
        Ok(())
    }

    /// Has a mail that was given up tried again.
    pub async fn retry(&self, tx: &mut Tx, actor: &Actor) -> Result<()> {
        let now = tx.now();
        let changed = tx
            .run(sql!(
                "UPDATE sendings SET state = 'QUEUED', attempts = 0, next_at = $2, until = $3, words = '' WHERE id = $1 AND state IN ('FAILED', 'BOUNCED')",
                self.id,
                now,
                now.plus(TRIED_FOR)
            ))
            .await?;
        if changed == 0 {
            return Err(Fault::Conflict { kind: "not-failed", detail: "This mail is on its way or out.".to_owned() });
        }
        tx.ring_work();
        self.tell(tx, actor, "ticket.mail_retried", "").await
    }

    /// It came back; answers where it had gone, if that is still known.
    pub(crate) async fn bounced(tx: &mut Tx, id: SendingId, words: &str) -> Result<Option<String>> {
        let words: String = words.chars().take(500).collect();
        tx.run(sql!("UPDATE sendings SET state = 'BOUNCED', words = $2 WHERE id = $1 AND state = 'SENT'", id, words)).await?;
        Ok(tx.first(sql!("SELECT address FROM sendings WHERE id = $1", id)).await?)
    }

    async fn tell(&self, tx: &mut Tx, actor: &Actor, kind: &'static str, words: &str) -> Result<()> {
        let Some(ticket) = self.ticket_id else { return Ok(()) };
        let facts = json!({ "sending": self.id, "message": self.message_id, "address": self.address, "words": words });
        Ok(tx.record(actor.event(kind, ("ticket", ticket.uuid()), true, facts)).await?)
    }
}

/// How long to wait after so many tries.
fn pause(attempts: i64) -> Duration {
    let doublings = u32::try_from(attempts.clamp(1, 12) - 1).unwrap_or(0);
    PAUSE.saturating_mul(1 << doublings).min(LONGEST)
}
