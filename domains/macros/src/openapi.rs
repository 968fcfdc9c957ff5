//! What the API document says of macros and bulk changes: shapes of bodies and queries, and refusals.
#![expect(dead_code, reason = "only their derives read these shapes")]

use serde_json::json;
use std::collections::BTreeMap;
use utoipa::{
    IntoParams, IntoResponses, ToSchema,
    openapi::{Content, ContentBuilder, Ref, RefOr, Response, ResponseBuilder},
};
use uuid::Uuid;

/// This room's part of the API document.
pub fn openapi() -> utoipa::openapi::OpenApi {
    use utoipa::OpenApi as _;
    let mut document = crate::api::Doc::openapi();
    document.merge(crate::api_bulk::Doc::openapi());
    document
}

/// A macro about to be made. Fields that are not listed are refused.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub(crate) struct NewMacro {
    /// What it is called.
    #[schema(min_length = 1, max_length = 80, example = "Refund granted")]
    name: String,
    /// For whom it is: `PERSONAL`, `TEAM` or `ALL`; `PERSONAL` when it is left out. The last two are for supervisors and admins to make.
    #[schema(example = "PERSONAL")]
    audience: Option<String>,
    /// Which team, with `TEAM`.
    audience_team_id: Option<Uuid>,
    /// Reply to write, Markdown with variables like `{{requester.first_name}}`. An unknown variable is refused.
    #[schema(max_length = 100_000, example = "Hello {{requester.first_name}}, your refund is on its way.")]
    reply: Option<String>,
    /// The same as an internal note. Either `reply` or `note`.
    #[schema(max_length = 100_000)]
    note: Option<String>,
    /// Status to set.
    #[schema(example = "PENDING")]
    status: Option<String>,
    /// The key of a custom status to set, which sets the status that it belongs to. One that was removed is refused.
    #[schema(max_length = 40)]
    custom_status: Option<String>,
    /// Priority to set.
    priority: Option<String>,
    /// Category to set.
    category: Option<String>,
    /// Id of a person of the staff, `me` for whoever applies it, or `none` for nobody.
    #[schema(example = "me")]
    assigned_to: Option<String>,
    /// Id of a team, or `none`.
    team_id: Option<String>,
    /// Labels to put on.
    #[schema(max_items = 20)]
    add_tags: Option<Vec<String>>,
    /// Labels to take off.
    #[schema(max_items = 20)]
    remove_tags: Option<Vec<String>>,
}

/// All of a macro as it shall be, and the version it was read with.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub(crate) struct MacroChange {
    /// The `version` you read. Another one by now is refused with 409.
    #[schema(minimum = 1, example = 1)]
    version: i64,
    #[serde(flatten)]
    #[schema(inline)]
    all: NewMacro,
}

/// A change of many tickets. Either `tickets` or `matching`, and at least one change.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub(crate) struct NewBulk {
    /// Ids of tickets, at most 10,000.
    #[schema(max_items = 10_000)]
    tickets: Option<Vec<Uuid>>,
    /// All tickets of this list, as its query is written: `view=open&tag=refund`. At most 10,000.
    #[schema(max_length = 2_000, example = "view=open&tag=refund")]
    matching: Option<String>,
    /// A macro to apply to each, instead of the changes below.
    macro_id: Option<Uuid>,
    /// Put them into the trash.
    trash: Option<bool>,
    /// Id of the ticket that all others go on in, and nothing else then; at most 100 at once.
    merge_into: Option<Uuid>,
    /// With `mergeInto`, true: people of another organization may see what they did not see before.
    across_organizations: Option<bool>,
    /// Id of the ticket that becomes the parent of each, an incident for instance.
    child_of: Option<Uuid>,
    /// Reply to send to each, Markdown with variables. It goes out at once and can't be taken back.
    #[schema(max_length = 100_000)]
    reply: Option<String>,
    /// Internal note to write in each.
    #[schema(max_length = 100_000)]
    note: Option<String>,
    /// Status to set.
    #[schema(example = "RESOLVED")]
    status: Option<String>,
    /// The key of a custom status to set, which sets the status that it belongs to. One that was removed is refused.
    #[schema(max_length = 40)]
    custom_status: Option<String>,
    /// Priority to set.
    priority: Option<String>,
    /// Category to set.
    category: Option<String>,
    /// Id of a person of the staff, `me` or `none`.
    assigned_to: Option<String>,
    /// Id of a team, or `none`.
    team_id: Option<String>,
    /// Labels to put on.
    #[schema(max_items = 20)]
    add_tags: Option<Vec<String>>,
    /// Labels to take off.
    #[schema(max_items = 20)]
    remove_tags: Option<Vec<String>>,
}

/// Which macros.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct MacroFilter {
    /// Words of the name.
    #[param(max_length = 80)]
    q: Option<String>,
    /// How many, at most.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// Where the page before ended: its `nextCursor`.
    cursor: Option<String>,
}

/// Which tickets of a bulk change.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ItemFilter {
    /// What became of them: `WAITING`, `DONE`, `REFUSED`, `RESTORED` or `KEPT`; `REFUSED` when it is left out.
    outcome: Option<String>,
    /// How many, at most.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<i64>,
    /// Those after this `position`.
    #[param(minimum = 0)]
    after: Option<i64>,
}

/// Which one.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct OnePath {
    /// Its id.
    id: Uuid,
}

/// A macro on a ticket.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct TicketMacroPath {
    /// Id of the ticket.
    id: Uuid,
    /// Id of the macro.
    r#macro: Uuid,
}

/// Refused, because of who asks or what was sent.
pub(crate) struct Refused;

impl IntoResponses for Refused {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        BTreeMap::from([
            ("401".to_owned(), problem("No token, or one that is not known")),
            ("403".to_owned(), problem("The token lacks the scope, or this is for staff, or for supervisors")),
            ("404".to_owned(), problem("There is no such thing, or not for you")),
            ("422".to_owned(), problem("A field or parameter is unknown, missing or wrong")),
        ])
    }
}

/// Refused, because of how things stand.
pub(crate) struct Late;

impl IntoResponses for Late {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let late = json!({
            "type": "/problems/macro-out-of-date", "title": "Not possible as things stand", "status": 409,
            "detail": "The team it names is gone. Nothing was done.", "requestId": "019a90c27d1e7b7f9a530c1b6f1f3f10"
        });
        let content: Content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).example(Some(late)).build();
        let description = "It has changed since you read it, or can't be done as things stand";
        BTreeMap::from([("409".to_owned(), ResponseBuilder::new().description(description).content("application/problem+json", content).build().into())])
    }
}

fn problem(description: &str) -> RefOr<Response> {
    let content: Content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
    ResponseBuilder::new().description(description).content("application/problem+json", content).build().into()
}
