//! Shapes of bodies, queries and answers of this room's API, and refusals.

use crate::{
    Update,
    update::{Item, Outcome, State},
};
use db::{Id, Timestamp};
use serde::Serialize;
use serde_json::json;
use std::collections::BTreeMap;
use tickets::{Message, Status, TicketId};
use utoipa::{
    IntoParams, IntoResponses, ToSchema,
    openapi::{Content, ContentBuilder, Ref, RefOr, Response, ResponseBuilder},
};
use uuid::Uuid;

/// That a ticket is an incident.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Incident)]
pub(super) struct IncidentJson {
    /// The ticket.
    #[schema(value_type = Uuid)]
    pub(super) ticket_id: TicketId,
    /// What customers who write about the same read of it; null: nothing.
    #[schema(example = "Evaluations in the second region are slow")]
    pub(super) public_title: Option<String>,
    /// Tickets that are its children.
    #[schema(example = 1_204)]
    pub(super) children: i64,
    /// Who made it an incident.
    #[schema(example = "Noor Saleh")]
    pub(super) opened_by: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub(super) opened_at: Timestamp,
}

/// What customers read of it. Fields that are not listed are refused.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct IncidentBody {
    /// Left out: it is not public.
    #[schema(max_length = 120, example = "Evaluations in the second region are slow")]
    pub(super) public_title: Option<String>,
}

/// An update about to be sent. Fields that are not listed are refused.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct NewUpdate {
    /// A public reply, Markdown.
    #[schema(min_length = 1, max_length = 100_000, example = "The second region works again. Your runs go on by themselves.")]
    pub(super) content: String,
    /// Set in the incident and in each child, but for `CLOSED`.
    #[schema(nullable = false, example = "RESOLVED")]
    pub(super) status: Option<String>,
}

/// An update, and how far it is.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = IncidentUpdate)]
pub(super) struct UpdateJson {
    /// The id.
    #[schema(value_type = Uuid)]
    id: Id<Update>,
    /// The incident.
    #[schema(value_type = Uuid)]
    ticket_id: TicketId,
    /// Markdown, as written.
    #[schema(example = "The second region works again. Your runs go on by themselves.")]
    content: String,
    /// The status that was set with it; null: none.
    #[schema(value_type = Option<String>, example = "RESOLVED")]
    status: Option<Status>,
    /// `RUNNING` or `DONE`.
    #[schema(value_type = String, example = "RUNNING")]
    state: State,
    /// Children it is for.
    #[schema(example = 1_204)]
    total: i64,
    /// Of them have it so far.
    #[schema(example = 1_100)]
    sent: i64,
    /// Of them can't get it; `/items` says why.
    #[schema(example = 4)]
    missed: i64,
    /// Who wrote it.
    #[schema(example = "Noor Saleh")]
    created_by: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// When every child was behind it.
    #[schema(value_type = Option<String>, format = DateTime)]
    ended_at: Option<Timestamp>,
}

impl From<Update> for UpdateJson {
    fn from(update: Update) -> Self {
        Self {
            id: update.id,
            ticket_id: update.ticket_id,
            content: update.source,
            status: update.status,
            state: update.state,
            total: update.total,
            sent: update.sent,
            missed: update.missed,
            created_by: update.person_name,
            created_at: update.created_at,
            ended_at: update.ended_at,
        }
    }
}

/// A page of updates.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = IncidentUpdates)]
pub(super) struct UpdatePage {
    /// The updates, the newest first.
    pub(super) items: Vec<UpdateJson>,
    /// Give it as `cursor` to read on; null at the end.
    pub(super) next_cursor: Option<String>,
}

/// A child of an update.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = IncidentUpdateItem)]
pub(super) struct ItemJson {
    /// Its place.
    #[schema(example = 10)]
    position: i64,
    /// The child.
    #[schema(value_type = Uuid)]
    ticket_id: TicketId,
    /// Its number, if you may see it.
    #[schema(example = 1050)]
    number: Option<i64>,
    /// What became of it.
    #[schema(value_type = String, example = "MISSED")]
    outcome: Outcome,
    /// Why not; of a child that has it, why it has not the status.
    #[schema(example = "It is closed.")]
    reason: Option<String>,
    /// The reply it got.
    #[schema(value_type = Option<Uuid>)]
    message_id: Option<Id<Message>>,
}

impl From<Item> for ItemJson {
    fn from(item: Item) -> Self {
        Self {
            position: item.position,
            ticket_id: item.ticket_id,
            number: item.number,
            outcome: item.outcome,
            reason: item.reason,
            message_id: item.message_id,
        }
    }
}

/// A page of children of an update.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = IncidentUpdateItems)]
pub(super) struct ItemsJson {
    /// The children, in their order.
    pub(super) items: Vec<ItemJson>,
    /// Give it as `after` to read on; null at the end.
    pub(super) next_after: Option<i64>,
}

/// The ticket in the path.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
#[expect(dead_code, reason = "only its derives read this shape")]
pub(super) struct TicketPath {
    /// The ticket's `id`.
    id: Uuid,
}

/// The update in the path.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
#[expect(dead_code, reason = "only its derives read this shape")]
pub(super) struct UpdatePath {
    /// The ticket's `id`.
    id: Uuid,
    /// The update's `id`.
    update: Uuid,
}

/// A page of updates.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "only its derives read this shape")]
pub(super) struct Asked {
    /// How many, at most; 25 when it is left out.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// Where the page before ended: its `nextCursor`.
    cursor: Option<String>,
}

/// Which children of an update.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "only its derives read this shape")]
pub(super) struct ItemFilter {
    /// What became of them: `WAITING`, `SENT` or `MISSED`; `MISSED` when it is left out.
    outcome: Option<String>,
    /// How many, at most; 100 when it is left out.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<i64>,
    /// Those after this `position`.
    #[param(minimum = 0)]
    after: Option<i64>,
}

/// Refused, because of who asks or what was sent.
pub(super) struct Refused;

impl IntoResponses for Refused {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        BTreeMap::from([
            ("401".to_owned(), problem("No token, or one that is not known")),
            ("403".to_owned(), problem("The token lacks the scope, or you are not staff")),
            ("404".to_owned(), problem("There is no such ticket, incident or update, or not for you")),
            ("422".to_owned(), problem("A field or parameter is unknown, missing or wrong; or the Idempotency-Key was used for something else")),
        ])
    }
}

/// Refused, because of how things stand.
pub(super) struct Late;

impl IntoResponses for Late {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let late = json!({
            "type": "/problems/no-children", "title": "Not possible as things stand", "status": 409,
            "detail": "No request is a child of #1042 yet. Link some, or write a reply.", "requestId": "019a90c27d1e7b7f9a530c1b6f1f3f10"
        });
        let content: Content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).example(Some(late)).build();
        let description = "Not as things stand: it is closed, goes on in another ticket, is no incident, or has no children";
        BTreeMap::from([("409".to_owned(), ResponseBuilder::new().description(description).content("application/problem+json", content).build().into())])
    }
}

fn problem(description: &str) -> RefOr<Response> {
    let content: Content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
    ResponseBuilder::new().description(description).content("application/problem+json", content).build().into()
}
