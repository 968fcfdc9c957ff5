//! Shapes of sending in this room's API.

use crate::{MailboxId, Route, Security, SendKind, SendState, Sending, SendingId};
use db::Timestamp;
use kernel::{Fault, Result};
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// How a mailbox sends.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = MailboxSending)]
pub(crate) struct RouteJson {
    /// The mailbox.
    #[schema(value_type = Uuid)]
    mailbox_id: MailboxId,
    /// The mail server.
    #[schema(example = "smtp.promptcraft.example")]
    host: String,
    /// Its port.
    #[schema(example = 465)]
    port: i64,
    /// `TLS`, `STARTTLS` or `NONE`.
    #[schema(value_type = String, example = "TLS")]
    security: Security,
    /// Who signs in; empty: nobody.
    user_name: String,
    /// A password is stored.
    has_password: bool,
    /// Connections at once.
    most_at_once: i64,
    /// Mails a minute.
    most_a_minute: i64,
    /// Tells whoever writes by mail that it arrived.
    answers_first: bool,
    /// Name of the TXT record of its key; null: mails are not signed.
    dkim_name: Option<String>,
    /// Value of that record.
    dkim_value: Option<String>,
    /// When a mail last went out.
    #[schema(value_type = Option<String>, format = DateTime)]
    sent_at: Option<Timestamp>,
    /// When the server last could not be used; null since a mail went out.
    #[schema(value_type = Option<String>, format = DateTime)]
    failed_at: Option<Timestamp>,
    /// What was wrong then.
    failure: String,
    /// Counts changes.
    version: i64,
}

impl From<Route> for RouteJson {
    fn from(route: Route) -> Self {
        let (dkim_name, dkim_value) = route.dns_record().unzip();
        Self {
            mailbox_id: route.mailbox_id,
            has_password: route.password.is_some(),
            host: route.host,
            port: route.port,
            security: route.security,
            user_name: route.user_name,
            most_at_once: route.most_at_once,
            most_a_minute: route.most_a_minute,
            answers_first: route.answers_first,
            dkim_name,
            dkim_value,
            sent_at: route.sent_at,
            failed_at: route.failed_at,
            failure: route.failure,
            version: route.version,
        }
    }
}

/// How a mailbox shall send. Fields that are not listed are refused.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = MailboxSendingBody)]
pub(crate) struct RouteBody {
    /// The mail server: a host name or an IP address.
    #[schema(min_length = 1, max_length = 253, example = "smtp.promptcraft.example")]
    host: String,
    /// Its port; left out: 465, 587 or 25, as `security` says.
    #[schema(nullable = false, minimum = 1, maximum = 65_535, example = 465)]
    port: Option<i64>,
    /// `TLS`, `STARTTLS` or `NONE`; `TLS` when it is left out.
    #[schema(nullable = false, example = "TLS")]
    security: Option<String>,
    /// Who signs in; left out: nobody.
    #[schema(max_length = 254)]
    user_name: Option<String>,
    /// Their password; left out: the stored one stays.
    #[schema(nullable = false, max_length = 500)]
    password: Option<String>,
    /// Connections at once; 3 when it is left out.
    #[schema(nullable = false, minimum = 1, maximum = 20, example = 3)]
    most_at_once: Option<i64>,
    /// Mails a minute; 300 when it is left out.
    #[schema(nullable = false, minimum = 1, maximum = 100_000, example = 300)]
    most_a_minute: Option<i64>,
    /// Tells whoever writes by mail that it arrived; false when it is left out.
    #[schema(nullable = false, example = true)]
    answers_first: Option<bool>,
    /// The version that was read: nobody else's change is overwritten (409). Left out: the last one wins.
    #[schema(nullable = false, minimum = 0, example = 1)]
    version: Option<i64>,
}

/// A record for DNS.
#[derive(Serialize, ToSchema)]
#[schema(as = MailboxKey)]
pub(crate) struct KeyJson {
    /// Name of the TXT record.
    #[schema(example = "support1790000000._domainkey.promptcraft.example")]
    name: String,
    /// Its value.
    #[schema(example = "v=DKIM1; k=rsa; p=MIIB…")]
    value: String,
}

impl KeyJson {
    pub(crate) fn of(route: &Route) -> Result<Self> {
        let (name, value) = route.dns_record().ok_or(Fault::Missing)?;
        Ok(Self { name, value })
    }
}

/// To whom a test goes. Fields that are not listed are refused.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = MailboxTestBody)]
pub(crate) struct TestBody {
    /// An address; left out: yours.
    #[schema(max_length = 254, example = "amara@promptcraft.example")]
    to: Option<String>,
}

/// How a test went.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = MailboxTest)]
pub(crate) struct TestJson {
    /// The server took it.
    pub(crate) is_sent: bool,
    /// What the server said, or what broke.
    #[schema(example = "250 queued")]
    pub(crate) words: String,
}

/// A mail of ours to one address.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = TicketMail)]
pub(crate) struct SendingJson {
    /// The id.
    #[schema(value_type = Uuid)]
    id: SendingId,
    /// `REPLY` or `FIRST_ANSWER`.
    #[schema(value_type = String, example = "REPLY")]
    kind: SendKind,
    /// The message it carries.
    message_id: Option<Uuid>,
    /// To whom.
    #[schema(example = "maya@lumenlabs.example")]
    address: String,
    /// `QUEUED`, `SENDING`, `SENT`, `FAILED` or `BOUNCED`.
    #[schema(value_type = String, example = "SENT")]
    state: SendState,
    /// What the server said last.
    #[schema(example = "250 queued")]
    words: String,
    /// Tries so far.
    attempts: i64,
    /// When it is tried next; null when it is not.
    #[schema(value_type = Option<String>, format = DateTime)]
    next_at: Option<Timestamp>,
    /// When it was queued.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// When the server took it.
    #[schema(value_type = Option<String>, format = DateTime)]
    sent_at: Option<Timestamp>,
}

impl From<Sending> for SendingJson {
    fn from(sending: Sending) -> Self {
        Self {
            id: sending.id,
            kind: sending.kind,
            message_id: sending.message_id,
            address: sending.address,
            next_at: (sending.state == SendState::Queued).then_some(sending.next_at),
            state: sending.state,
            words: sending.words,
            attempts: sending.attempts,
            created_at: sending.created_at,
            sent_at: sending.sent_at,
        }
    }
}

/// Mails about a ticket.
#[derive(Serialize, ToSchema)]
#[schema(as = TicketMails)]
pub(crate) struct SendingList {
    /// The newest first.
    pub(crate) items: Vec<SendingJson>,
}

/// The ticket in the path.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
#[expect(dead_code, reason = "only its derives read this shape")]
pub(crate) struct TicketPath {
    /// The ticket's `id`.
    id: Uuid,
}

/// The ticket and the mail in the path.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
#[expect(dead_code, reason = "only its derives read this shape")]
pub(crate) struct SendingPath {
    /// The ticket's `id`.
    id: Uuid,
    /// The mail's `id`.
    sending: Uuid,
}
