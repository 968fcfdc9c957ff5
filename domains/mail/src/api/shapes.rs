//! Shapes of bodies, queries and answers of this room's API, and refusals.

use crate::{
    Arrival, ArrivalId, Fate, Mailbox, MailboxId, Rule, Trust, Via,
    judge::{Judgement, Reading},
};
use db::{Conn, Timestamp, sql};
use kernel::{Result, TeamId};
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;
use tickets::TicketId;
use utoipa::{
    IntoParams, IntoResponses, ToSchema,
    openapi::{Content, ContentBuilder, Ref, RefOr, Response, ResponseBuilder},
};
use uuid::Uuid;

/// A mail that came, and its fate.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = MailThatCame)]
pub(crate) struct ArrivalJson {
    /// The id.
    #[schema(value_type = Uuid)]
    id: ArrivalId,
    /// How it ended: `NEW_TICKET`, `JOINED`, `HELD`, `AUTOMATIC`, `BOUNCE`, `DUPLICATE`, `SPAM` or `FAILED`; null while it waits.
    #[schema(value_type = Option<String>, example = "JOINED")]
    fate: Option<Fate>,
    /// Why, in words for people.
    #[schema(example = "Found by the address it was sent to.")]
    reason: String,
    /// How far the sender is trusted: `AGENT`, `PARTICIPANT`, `CUSTOMER`, `UNKNOWN` or `FAILED`.
    #[schema(value_type = Option<String>, example = "PARTICIPANT")]
    trust: Option<Trust>,
    /// What found the ticket: `ADDRESS`, `OWN_ID`, `FOREIGN_ID`, `MARKER` or `SUBJECT`.
    #[schema(value_type = Option<String>, example = "ADDRESS")]
    rule: Option<Rule>,
    /// The ticket that it stands in, or is held at.
    #[schema(value_type = Option<Uuid>)]
    ticket_id: Option<TicketId>,
    /// Its number.
    #[schema(example = 1042)]
    ticket_number: Option<i64>,
    /// The message or note it became.
    message_id: Option<Uuid>,
    /// A ticket that it may belong to.
    #[schema(value_type = Option<Uuid>)]
    looks_like: Option<TicketId>,
    /// The mailbox it came to.
    #[schema(value_type = Option<Uuid>)]
    mailbox_id: Option<MailboxId>,
    /// How it came: `imap`, `lmtp`, `smtp`, `api` or `import`.
    #[schema(value_type = String, example = "imap")]
    via: Via,
    /// Bytes.
    #[schema(example = 31_204)]
    size: i64,
    /// Who wrote, as the mail says.
    #[schema(example = "maya@lumenlabs.example")]
    from: Option<String>,
    /// Their name, as the mail says.
    #[schema(example = "Maya Okafor")]
    from_name: String,
    /// Its subject.
    #[schema(example = "Re: Export is empty")]
    subject: String,
    /// Who let it in.
    let_in_by: Option<String>,
    /// When it came.
    #[schema(value_type = String, format = DateTime)]
    received_at: Timestamp,
    /// When its fate was decided.
    #[schema(value_type = Option<String>, format = DateTime)]
    decided_at: Option<Timestamp>,
}

impl ArrivalJson {
    pub(crate) fn of(arrival: Arrival, ticket_number: Option<i64>) -> Self {
        Self {
            id: arrival.id,
            fate: arrival.fate,
            reason: arrival.reason,
            trust: arrival.trust,
            rule: arrival.rule,
            ticket_id: arrival.ticket_id,
            ticket_number,
            message_id: arrival.message_id,
            looks_like: arrival.looks_like,
            mailbox_id: arrival.mailbox_id,
            via: arrival.via,
            size: arrival.size,
            from: arrival.from_address,
            from_name: arrival.from_name,
            subject: arrival.subject,
            let_in_by: arrival.let_in_by,
            received_at: arrival.received_at,
            decided_at: arrival.decided_at,
        }
    }
}

/// The number of a ticket, for people.
pub(crate) async fn number(conn: &mut Conn, ticket: Option<TicketId>) -> Result<Option<i64>> {
    let Some(id) = ticket else { return Ok(None) };
    Ok(conn.first(sql!("SELECT number FROM tickets WHERE id = $1", id)).await?)
}

/// A page of mails.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = MailPage)]
pub(crate) struct ArrivalPage {
    /// The mails, the newest first.
    pub(crate) items: Vec<ArrivalJson>,
    /// Give it as `cursor` to read on; null at the end.
    #[schema(value_type = Option<Uuid>)]
    pub(crate) next_cursor: Option<ArrivalId>,
}

/// What a mail says, and the fate that it would have.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = MailForeseen)]
pub(crate) struct Foreseen {
    /// The fate that it would have.
    #[schema(value_type = String, example = "NEW_TICKET")]
    fate: Fate,
    /// Why, in words for people.
    reason: String,
    /// How far the sender is trusted.
    #[schema(value_type = String, example = "CUSTOMER")]
    trust: Trust,
    /// What found the ticket.
    #[schema(value_type = Option<String>)]
    rule: Option<Rule>,
    /// The ticket that it would join, or be held at.
    #[schema(value_type = Option<Uuid>)]
    ticket_id: Option<TicketId>,
    /// Its number.
    ticket_number: Option<i64>,
    /// A ticket that it may belong to.
    #[schema(value_type = Option<Uuid>)]
    looks_like: Option<TicketId>,
    /// What it says: the value of `support mail parse`.
    #[schema(value_type = Object)]
    mail: Value,
}

impl Foreseen {
    pub(crate) fn of(judged: Judgement, ticket_number: Option<i64>, read: &Reading) -> Self {
        Self {
            fate: judged.fate,
            reason: judged.reason,
            trust: judged.trust,
            rule: judged.rule,
            ticket_id: judged.ticket,
            ticket_number,
            looks_like: judged.looks_like,
            mail: read.mail.json(),
        }
    }
}

/// A mailbox.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Mailbox)]
pub(crate) struct MailboxJson {
    /// The id.
    #[schema(value_type = Uuid)]
    id: MailboxId,
    /// Its address.
    #[schema(example = "support@promptcraft.example")]
    address: String,
    /// Shown name.
    #[schema(example = "PromptCraft Support")]
    name: String,
    /// Takes and sends mail.
    is_on: bool,
    /// Which team gets new tickets.
    #[schema(value_type = Option<Uuid>)]
    team_id: Option<TeamId>,
    /// The host whose Authentication-Results (RFC 8601) are believed; empty: none.
    #[schema(example = "mx.promptcraft.example")]
    authserv_id: String,
    /// New tickets an hour before mail is held.
    #[schema(example = 500)]
    most_an_hour: i64,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// Counts changes.
    version: i64,
}

impl From<Mailbox> for MailboxJson {
    fn from(mailbox: Mailbox) -> Self {
        let Mailbox { id, address, name, is_on, team_id, authserv_id, most_an_hour, created_at, version } = mailbox;
        Self { id, address, name, is_on, team_id, authserv_id, most_an_hour, created_at, version }
    }
}

/// Mailboxes.
#[derive(Serialize, ToSchema)]
#[schema(as = MailboxList)]
pub(crate) struct MailboxList {
    /// All of them, by address.
    pub(crate) items: Vec<MailboxJson>,
}

/// What a mailbox shall be. Fields that are not listed are refused.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct MailboxBody {
    /// An address without a tag.
    #[schema(max_length = 254, example = "support@promptcraft.example")]
    address: String,
    /// Shown name.
    #[schema(min_length = 1, max_length = 100, example = "PromptCraft Support")]
    name: String,
    /// Takes and sends mail; false when it is left out.
    #[schema(nullable = false, example = true)]
    is_on: Option<bool>,
    /// Which team gets new tickets.
    team_id: Option<Uuid>,
    /// The host whose Authentication-Results (RFC 8601) are believed; left out: none.
    #[schema(max_length = 254, example = "mx.promptcraft.example")]
    authserv_id: Option<String>,
    /// New tickets an hour before mail is held; 500 when it is left out.
    #[schema(nullable = false, minimum = 1, maximum = 1_000_000, example = 500)]
    most_an_hour: Option<i64>,
    /// The version that was read: nobody else's change is overwritten (409). Left out: the last one wins.
    #[schema(nullable = false, minimum = 1, example = 1)]
    version: Option<i64>,
}

/// How a mail is handed over.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "only its derives read this shape")]
pub(crate) struct InboundQuery {
    /// `1`: keep nothing.
    dry_run: Option<bool>,
    /// The sender of the envelope; empty for bounces.
    from: Option<String>,
    /// The receiver of the envelope; it chooses the mailbox.
    to: Option<String>,
}

/// Which mails.
#[derive(IntoParams)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
#[expect(dead_code, reason = "only its derives read this shape")]
pub(crate) struct ListQuery {
    /// How they ended.
    fate: Option<String>,
    /// Which mailbox they came to.
    mailbox_id: Option<Uuid>,
    /// How many, at most; 25 when it is left out.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// Where the page before ended: its `nextCursor`.
    cursor: Option<Uuid>,
}

/// The mail in the path.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
#[expect(dead_code, reason = "only its derives read this shape")]
pub(crate) struct MailPath {
    /// The mail's `id`.
    id: Uuid,
}

/// The mailbox in the path.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
#[expect(dead_code, reason = "only its derives read this shape")]
pub(crate) struct MailboxPath {
    /// The mailbox's `id`.
    id: Uuid,
}

/// Refused, because of who asks, what was sent, or how things stand.
pub(crate) struct Refused;

impl IntoResponses for Refused {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        BTreeMap::from([
            ("401".to_owned(), problem("No token, or one that is not known")),
            ("403".to_owned(), problem("The token lacks the scope, or it is for others of the staff")),
            ("404".to_owned(), problem("There is no such mail or mailbox, or not for you")),
            ("409".to_owned(), problem("The mail stands in a ticket already")),
            ("413".to_owned(), problem("The mail is too large")),
            ("415".to_owned(), problem("The body is of another kind")),
            ("422".to_owned(), problem("A field or parameter is unknown, missing or wrong")),
        ])
    }
}

fn problem(description: &str) -> RefOr<Response> {
    let content: Content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
    ResponseBuilder::new().description(description).content("application/problem+json", content).build().into()
}
