//! Shapes of bodies and queries, as the forms in `api` and `list` read them and as the handlers answer.
//! A closed word is text here; `Closed` puts its words in.
#![expect(dead_code, reason = "only their derives read these shapes")]

pub(crate) mod links;

use super::super::json::{AttachmentJson, EventJson, MessageJson, TicketJson};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// A new request for help. Fields that are not listed are refused.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub(crate) struct NewTicket {
    /// Subject.
    #[schema(min_length = 1, max_length = 200)]
    title: String,
    /// The first message, Markdown.
    #[schema(min_length = 1, max_length = 100_000)]
    description: String,
    /// What it is about; `GENERAL_INQUIRY` when it is left out.
    category: Option<String>,
    /// How much hangs on it; `MEDIUM` when it is left out.
    priority: Option<String>,
    /// Labels, at most 20 of 40 characters. Staff only.
    #[schema(max_items = 20)]
    tags: Option<Vec<String>>,
    /// Mail addresses that get copies of public replies, at most 20.
    #[schema(max_items = 20)]
    cc: Option<Vec<String>>,
    /// Who answers: a person of the staff. Staff only.
    assigned_to: Option<Uuid>,
    /// Which team answers. Staff only.
    team_id: Option<Uuid>,
    /// On behalf of this person. Staff only.
    user_id: Option<Uuid>,
    /// On behalf of whoever has this mail address; a new one becomes a customer. Staff only.
    #[schema(max_length = 254)]
    user_email: Option<String>,
    /// Their name, with `userEmail`.
    #[schema(max_length = 200)]
    user_name: Option<String>,
    /// Keys of finished uploads, which become attachments of the first message.
    #[schema(max_items = 50)]
    file_id: Option<Vec<String>>,
    /// Values of custom fields, by key. What is wrong is named `customFields.key` in `errors`.
    #[schema(value_type = Option<Object>)]
    custom_fields: Option<serde_json::Value>,
}

/// Any subset of fields, and the version that they were read with. What is left out stays as it is.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub(crate) struct TicketChange {
    /// The `version` you read. Another one by now is refused with 409.
    #[schema(minimum = 1)]
    version: i64,
    /// Subject. Staff only.
    #[schema(min_length = 1, max_length = 200)]
    title: Option<String>,
    /// Text of the first message, Markdown. Staff only.
    #[schema(min_length = 1, max_length = 100_000)]
    description: Option<String>,
    /// Where it stands. Customers may say `RESOLVED` or `OPEN`, and nothing else with it.
    status: Option<String>,
    /// The key of a custom status, with the status that it belongs to; `status` alone takes it away. Staff only.
    #[schema(max_length = 40)]
    custom_status: Option<String>,
    /// How much hangs on it. Staff only.
    priority: Option<String>,
    /// What it is about. Staff only.
    category: Option<String>,
    /// Who answers; null is nobody. Staff only.
    assigned_to: Option<Uuid>,
    /// Which team answers; null is none. Staff only.
    team_id: Option<Uuid>,
    /// All its labels: what is not in the list goes. Staff only.
    #[schema(max_items = 20)]
    tags: Option<Vec<String>>,
    /// Values of custom fields, by key; null empties one, what is not named stays. Staff only.
    #[schema(value_type = Option<Object>)]
    custom_fields: Option<serde_json::Value>,
}

/// A public reply, or a note for staff.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub(crate) struct NewMessage {
    /// The text, Markdown.
    #[schema(min_length = 1, max_length = 100_000)]
    content: String,
    /// True for a note, which customers never get. Staff only.
    internal: Option<bool>,
    /// A status to set with it. Staff only.
    status: Option<String>,
    /// Keys of finished uploads.
    #[schema(max_items = 50)]
    file_id: Option<Vec<String>>,
}

/// Finished uploads for a message.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub(crate) struct NewAttachments {
    /// Keys of finished uploads.
    #[schema(min_items = 1, max_items = 50)]
    file_id: Vec<String>,
    /// A message of your own (staff: any of the ticket); the description when it is left out.
    message_id: Option<Uuid>,
}

/// Files themselves, as a browser's form sends them.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub(crate) struct AttachmentForm {
    /// One or more files; the part may have any name and must have a file name.
    #[schema(value_type = Vec<String>, format = Binary)]
    file: Vec<u8>,
    /// A message of your own (staff: any of the ticket); the description when it is left out.
    message_id: Option<Uuid>,
}

/// Somebody who shall listen.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub(crate) struct NewFollower {
    /// Mail address; a new one becomes a customer.
    #[schema(max_length = 254, format = Email)]
    email: String,
    /// `CC` when it is left out; only staff adds a `FOLLOWER`, who must be staff.
    part: Option<String>,
}

/// Who listens from now on.
#[derive(ToSchema)]
pub(crate) struct Invited {
    /// The address, in lower case.
    email: String,
    /// Why.
    part: String,
}

/// Somebody who listens to a ticket.
#[derive(ToSchema)]
pub(crate) struct Follower {
    /// Id of the person.
    id: Uuid,
    /// Shown name.
    name: String,
    /// Why.
    part: String,
    /// Mail address, for staff and for the person itself; else null.
    email: Option<String>,
}

/// A page of tickets, without their threads.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub(crate) struct TicketPage {
    /// The tickets, in the order asked for.
    items: Vec<TicketJson>,
    /// Give it as `cursor` to read on; null at the end.
    next_cursor: Option<String>,
}

/// A page of a thread.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub(crate) struct MessagePage {
    /// The messages, oldest first.
    items: Vec<MessageJson>,
    /// Give it as `cursor` to read on; null at the end.
    next_cursor: Option<String>,
}

/// Files of a ticket.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub(crate) struct AttachmentList {
    /// The files.
    items: Vec<AttachmentJson>,
    /// Always null.
    next_cursor: Option<String>,
}

/// The history of a ticket.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub(crate) struct EventList {
    /// What happened, oldest first.
    items: Vec<EventJson>,
    /// Where to go on; null at the end.
    next_cursor: Option<String>,
}

/// Who listens to a ticket.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub(crate) struct FollowerList {
    /// The listeners, by name. Customers do not get `FOLLOWER`s.
    items: Vec<Follower>,
    /// Always null.
    next_cursor: Option<String>,
}

/// What narrows and orders the list. Words may be several: with commas between, or the parameter repeated.
#[derive(IntoParams)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
pub(crate) struct TicketFilter {
    /// A built-in view.
    view: Option<String>,
    /// Any of these statuses.
    #[param(style = Form, explode = false)]
    status: Option<Vec<String>>,
    /// With this custom status, by key. Staff only.
    custom_status: Option<String>,
    /// Any of these priorities.
    #[param(style = Form, explode = false)]
    priority: Option<Vec<String>>,
    /// Any of these categories.
    #[param(style = Form, explode = false)]
    category: Option<Vec<String>>,
    /// Any of these channels.
    #[param(style = Form, explode = false)]
    channel: Option<Vec<String>>,
    /// With all of these labels, at most 10.
    #[param(style = Form, explode = false, example = "evaluation")]
    tag: Option<Vec<String>>,
    /// Of this team, by id.
    team: Option<Uuid>,
    /// Of this assignee, by id; `none` is nobody.
    #[param(max_length = 64, example = "none")]
    assigned_to: Option<String>,
    /// Asked by this person: an id, or what the name or address begins with.
    #[param(max_length = 254, example = "maya@northwind.example")]
    requester: Option<String>,
    /// Asked by somebody of this organization, by id.
    organization: Option<Uuid>,
    /// Created at or after.
    #[param(value_type = Option<String>, format = DateTime, example = "2026-11-01T00:00:00Z")]
    created_from: Option<String>,
    /// Created before.
    #[param(value_type = Option<String>, format = DateTime)]
    created_to: Option<String>,
    /// Changed at or after.
    #[param(value_type = Option<String>, format = DateTime)]
    updated_from: Option<String>,
    /// Changed before.
    #[param(value_type = Option<String>, format = DateTime)]
    updated_to: Option<String>,
    /// A number (`1042` or `#1042`), or words that are all in what you may read of a ticket: its title, messages, notes and files. The last
    /// one may go on; `"phrases"`, `-minus` and `status:open` as in the search. When more than 1,000 have them, the nearest 1,000.
    #[param(max_length = 200, example = "evaluation run")]
    q: Option<String>,
    /// The order; `updated` when it is left out. Trash and spam are ordered by when a ticket went there.
    sort: Option<String>,
    /// What the desk shows of each ticket when this list is kept as a view: at most 20 in their order, `field.KEY` for a custom
    /// field. It changes nothing here.
    #[param(style = Form, explode = false, example = "team,due")]
    columns: Option<Vec<String>>,
    /// Tickets of one page; 50 when it is left out.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// `nextCursor` of the page before, asked with the same filters and order.
    #[param(max_length = 300)]
    cursor: Option<String>,
}

/// Where to read a thread on.
#[derive(IntoParams)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
pub(crate) struct ThreadPage {
    /// Messages of one page; 50 when it is left out.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// `nextCursor` of the page before.
    #[param(max_length = 300)]
    cursor: Option<String>,
}

/// A page of a history.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct EventPage {
    /// Only events of this kind, such as `ticket.status_changed`; several with commas.
    #[param(example = "ticket.status_changed")]
    kind: Option<String>,
    /// Events of one page; 100 when it is left out.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// `nextCursor` of the page before.
    #[param(max_length = 300)]
    cursor: Option<String>,
}

/// The ticket in the path.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct TicketPath {
    /// The ticket's `id` (not its number).
    #[param(example = "019a90c2-7d1e-7b7f-9a53-0c1b6f1f3f10")]
    id: Uuid,
}

/// The listener in the path.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct FollowerPath {
    /// The ticket's `id`.
    #[param(example = "019a90c2-7d1e-7b7f-9a53-0c1b6f1f3f10")]
    id: Uuid,
    /// The listener's `id`.
    #[param(example = "019a90c2-9c42-7a10-8f6e-2b7d90c1aa05")]
    person: Uuid,
}
