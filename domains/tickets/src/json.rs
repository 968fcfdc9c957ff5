//! Tickets as the JSON API shows them: camelCase names, `UPPER_SNAKE` words, RFC 3339 times.

use crate::{
    Category, Channel, Message, Priority, Status, Ticket, TicketId,
    list::Listed,
    policy::{self, Action},
    tag,
};
use db::{Conn, Event, Id, Timestamp, sql};
use kernel::{Actor, PersonId, Result, TeamId};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;
use web::App;

/// Somebody, as far as the reader may know: addresses of staff are for staff.
#[derive(Serialize, ToSchema)]
#[schema(as = User)]
pub struct UserJson {
    /// Id of the person.
    #[schema(value_type = Option<Uuid>)]
    pub id: Option<PersonId>,
    /// Shown name.
    #[schema(example = "Maya Okafor")]
    pub name: String,
    /// Mail address, if the reader may know it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "maya@northwind.example")]
    pub email: Option<String>,
}

/// A request for help.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Ticket)]
pub struct TicketJson {
    /// For machines.
    #[schema(value_type = Uuid)]
    pub id: TicketId,
    /// For people: consecutive, never given twice.
    #[schema(example = 1042)]
    pub number: i64,
    /// Subject, 1 to 200 characters.
    #[schema(example = "Evaluation run stuck at 98%")]
    pub title: String,
    /// Text of the first message, Markdown.
    pub description: String,
    /// Where it stands.
    #[schema(value_type = String, example = "OPEN")]
    pub status: Status,
    /// Where it stands in words, as you see it: a custom status has a name of its own, for customers perhaps another.
    #[schema(example = "Open")]
    pub status_label: String,
    /// The key of its custom status; for staff only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "in_review")]
    pub custom_status: Option<String>,
    /// How much hangs on it.
    #[schema(value_type = String, example = "HIGH")]
    pub priority: Priority,
    /// What it is about.
    #[schema(value_type = String, example = "BUG")]
    pub category: Category,
    /// How it came in.
    #[schema(value_type = String, example = "web")]
    pub channel: Channel,
    /// When it came in.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// Last change or message.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
    /// First public reply of staff.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub first_reply_at: Option<Timestamp>,
    /// When it was resolved, while it is.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub resolved_at: Option<Timestamp>,
    /// Who asked.
    #[schema(value_type = Uuid)]
    pub user_id: PersonId,
    /// Who answers.
    #[schema(value_type = Option<Uuid>)]
    pub assigned_to: Option<PersonId>,
    /// Who asked.
    pub user: UserJson,
    /// Who answers.
    pub assignee: Option<UserJson>,
    /// Which team answers.
    #[schema(value_type = Option<Uuid>)]
    pub team_id: Option<TeamId>,
    /// The closed ticket it goes on from.
    #[schema(value_type = Option<Uuid>)]
    pub follows_id: Option<TicketId>,
    /// Labels; for staff only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tags: Option<Vec<String>>,
    /// Values of the custom fields that you may see, by key: text, number, date (`YYYY-MM-DD`), true or false, a list of
    /// texts; null where there is none. Not in lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub custom_fields: Option<serde_json::Map<String, serde_json::Value>>,
    /// Counts changes; a change states the version it saw.
    #[schema(example = 3)]
    pub version: i64,
    /// The thread; in the detail only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub messages: Option<Vec<MessageJson>>,
    /// All files; in the detail only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attachments: Option<Vec<AttachmentJson>>,
}

/// A public reply or, with `internal`, a note for staff.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Message)]
pub struct MessageJson {
    /// The id.
    #[schema(value_type = Uuid)]
    pub id: Id<Message>,
    /// As written, Markdown.
    pub content: String,
    /// As shown: safe HTML.
    pub html: String,
    /// When it was written.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// The ticket.
    #[schema(value_type = Uuid)]
    pub ticket_id: TicketId,
    /// Who wrote it.
    #[schema(value_type = Option<Uuid>)]
    pub user_id: Option<PersonId>,
    /// Who wrote it.
    pub user: UserJson,
    /// True for a note, which customers never get.
    pub internal: bool,
    /// Until when this reply can still be taken back; customers do not get it before.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub held_until: Option<Timestamp>,
}

/// A file of a message.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Attachment)]
pub struct AttachmentJson {
    /// The id.
    pub id: Uuid,
    /// Its name, cleaned.
    #[schema(example = "run-trace.json")]
    pub filename: String,
    /// A signed link that works for this reader for some minutes.
    pub url: String,
    /// Type, found from the content.
    #[serde(rename = "type")]
    #[schema(example = "application/json")]
    pub kind: String,
    /// Bytes.
    #[schema(example = 188_416)]
    pub size: i64,
    /// The ticket.
    #[schema(value_type = Uuid)]
    pub ticket_id: TicketId,
    /// The message it came with.
    pub message_id: Uuid,
    /// When it was uploaded.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
}

/// One line of a ticket's history.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Event)]
pub struct EventJson {
    /// Its place in the journal.
    pub seq: i64,
    /// What happened.
    #[schema(example = "ticket.status_changed")]
    pub kind: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// Who did it.
    pub actor: UserJson,
    /// Facts: `old` and `new` value, ids.
    pub data: serde_json::Value,
}

/// A page of a list.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ListJson<T> {
    /// The rows.
    pub items: Vec<T>,
    /// Where to go on; null at the end.
    pub next_cursor: Option<String>,
}

/// The ticket without its thread.
pub fn ticket(actor: &Actor, ticket: Ticket, description: String) -> TicketJson {
    let sees = |person: Option<PersonId>| actor.is_staff() || person.is_some() && person == actor.person;
    let named = |id: Option<PersonId>, name: String, email: Option<String>| UserJson { id, name, email: email.filter(|_| sees(id)) };
    let shown = if actor.is_staff() { ticket.status_for_agents() } else { ticket.status_for_customers() };
    TicketJson {
        status_label: shown.label.into_owned(),
        custom_status: ticket.named.key.filter(|_| actor.is_staff()),
        id: ticket.id,
        number: ticket.number,
        title: ticket.title,
        description,
        status: ticket.status,
        priority: ticket.priority,
        category: ticket.category,
        channel: ticket.channel,
        created_at: ticket.created_at,
        updated_at: if actor.is_staff() { ticket.updated_at } else { ticket.public_at },
        first_reply_at: ticket.first_reply_at,
        resolved_at: ticket.resolved_at,
        user_id: ticket.requester_id,
        assigned_to: ticket.assignee_id,
        user: named(Some(ticket.requester_id), ticket.requester_name, Some(ticket.requester_email)),
        assignee: ticket.assignee_id.map(|id| named(Some(id), ticket.assignee.unwrap_or_default(), ticket.assignee_email)),
        team_id: ticket.team_id,
        follows_id: ticket.follows_id,
        tags: None,
        custom_fields: None,
        version: ticket.version,
        messages: None,
        attachments: None,
    }
}

/// A row of a list.
pub fn listed(actor: &Actor, row: Listed) -> TicketJson {
    ticket(actor, row.ticket, row.description)
}

/// The ticket without its thread, read from the rows; for refusals of stale changes.
pub async fn brief(conn: &mut Conn, actor: &Actor, row: &Ticket) -> Result<TicketJson> {
    let description: String = conn.one(sql!("SELECT source FROM messages WHERE id = $1", row.first_message_id)).await?;
    let mut json = ticket(actor, row.clone(), description);
    if policy::may_now(conn, actor, Action::Note, row).await? {
        json.tags = Some(tag::of(conn, row.id).await?);
    }
    json.custom_fields = Some(crate::field_value::json(conn, actor, row.id).await?);
    Ok(json)
}

/// The ticket with its thread and files.
pub async fn whole(app: &App, conn: &mut Conn, actor: &Actor, row: &Ticket) -> Result<TicketJson> {
    let messages = Message::of(conn, actor, row, None, crate::message::SHOWN).await?;
    let attachments = attachments(app, conn, actor, row, &messages).await?;
    let description = messages.iter().find(|message| message.id == row.first_message_id).map(|message| message.source.clone()).unwrap_or_default();
    let mut json = ticket(actor, row.clone(), description);
    if actor.is_staff() {
        json.tags = Some(tag::of(conn, row.id).await?);
    }
    json.custom_fields = Some(crate::field_value::json(conn, actor, row.id).await?);
    json.messages = Some(messages.into_iter().map(|message| self::message(actor, message)).collect());
    json.attachments = Some(attachments);
    Ok(json)
}

/// A message.
pub fn message(actor: &Actor, message: Message) -> MessageJson {
    let html = message.safe_html().into_string();
    let id = message.author_id.filter(|_| actor.is_staff() || !message.is_staff || message.author_id == actor.person);
    MessageJson {
        id: message.id,
        content: message.source,
        html,
        created_at: message.created_at,
        ticket_id: message.ticket_id,
        user_id: message.author_id,
        user: UserJson { id: message.author_id, name: message.author_name, email: id.and_then(|id| (Some(id) == actor.person).then(|| actor.email.clone())) },
        internal: message.is_internal,
        held_until: message.held_until,
    }
}

/// The files of messages that the actor may see.
pub async fn attachments(app: &App, conn: &mut Conn, actor: &Actor, ticket: &Ticket, messages: &[Message]) -> Result<Vec<AttachmentJson>> {
    let ids: Vec<Uuid> = messages.iter().map(|message| message.id.uuid()).collect();
    let files = files::of(conn, crate::message::MESSAGE, &ids).await?;
    Ok(files
        .into_iter()
        .map(|file| AttachmentJson {
            id: file.id.uuid(),
            url: files::link(app, actor, &file),
            message_id: file.subject_id.unwrap_or_default(),
            filename: file.name,
            kind: file.kind,
            size: file.size,
            ticket_id: ticket.id,
            created_at: file.created_at,
        })
        .collect())
}

/// A line of the history.
pub fn event(event: &Event) -> EventJson {
    let mut data = event.facts();
    if let Some(facts) = data.as_object_mut() {
        facts.remove("people");
    }
    EventJson {
        seq: event.seq,
        kind: event.kind.clone(),
        at: event.at,
        actor: UserJson { id: event.actor_id.map(PersonId::from), name: event.actor_name.clone(), email: None },
        data,
    }
}
