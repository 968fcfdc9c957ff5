//! Shapes of saved views.

use super::{fault, problem};
use crate::saved::Reach;
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use utoipa::{
    IntoParams, IntoResponses, ToSchema,
    openapi::{RefOr, Response},
};
use uuid::Uuid;

/// A list to keep.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "only its derive reads this shape")]
pub(crate) struct ViewBody {
    /// Shown name.
    #[schema(min_length = 1, max_length = 60)]
    name: String,
    /// Who sees it; `PERSONAL` when it is left out.
    reach: Option<String>,
    /// The team that sees it, with the reach `TEAM`.
    team_id: Option<Uuid>,
    /// The filter as a query string.
    #[schema(max_length = 4000, example = "view=open&priority=URGENT")]
    query: Option<String>,
}

/// All of a view, and the version that it was read with.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "only its derive reads this shape")]
pub(crate) struct ViewChange {
    /// The `version` you read. Another one by now is refused with 409.
    #[schema(minimum = 1)]
    version: i64,
    /// Shown name.
    #[schema(min_length = 1, max_length = 60)]
    name: String,
    /// Who sees it; `PERSONAL` when it is left out.
    reach: Option<String>,
    /// The team that sees it, with the reach `TEAM`.
    team_id: Option<Uuid>,
    /// The filter as a query string.
    #[schema(max_length = 4000)]
    query: Option<String>,
}

/// A list that somebody keeps.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = SavedView)]
pub(crate) struct ViewJson {
    /// For machines.
    pub(crate) id: Uuid,
    /// Shown name.
    pub(crate) name: String,
    /// Who sees it.
    #[schema(value_type = String)]
    pub(crate) reach: Reach,
    /// The team that sees it.
    pub(crate) team_id: Option<Uuid>,
    /// The filter as a query string, for `GET /api/support/tickets`.
    pub(crate) query: String,
    /// What the desk shows of each ticket, in this order, as `query` says; empty is the usual list. `field.KEY` is a custom field.
    #[schema(example = json!(["team", "due"]))]
    pub(crate) columns: Vec<String>,
    /// Who made it.
    pub(crate) owner_id: Uuid,
    /// What a change must name.
    pub(crate) version: i64,
}

/// Saved views.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "only its derive reads this shape")]
pub(crate) struct ViewList {
    /// The views, in their order.
    items: Vec<ViewJson>,
    /// Always null.
    next_cursor: Option<String>,
}

/// The view in the path.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
#[expect(dead_code, reason = "only its derive reads this shape")]
pub(crate) struct ViewPath {
    /// The view's `id`.
    #[param(example = "019a90c2-7d1e-7b7f-9a53-0c1b6f1f3f77")]
    id: Uuid,
}

fn view() -> ViewJson {
    ViewJson {
        id: Uuid::from_u128(0x019a_90c2_7d1e_7b7f_9a53_0c1b_6f1f_3f77),
        name: "Urgent and open".to_owned(),
        reach: Reach::Personal,
        team_id: None,
        query: "view=open&priority=URGENT&columns=team%2Cdue".to_owned(),
        columns: vec!["team".to_owned(), "due".to_owned()],
        owner_id: Uuid::from_u128(0x019a_8c07_90aa_7b13_8d5f_0f3e_a4c6_77d1),
        version: 1,
    }
}

pub(crate) fn example_of_body() -> Value {
    json!({ "name": "Urgent and open", "query": "view=open&priority=URGENT&columns=team,due", "version": 1 })
}

pub(crate) fn example_of_new() -> Value {
    json!({ "name": "Urgent and open", "query": "view=open&priority=URGENT&columns=team,due" })
}

pub(crate) fn example_of_view() -> Value {
    json!(view())
}

pub(crate) fn example_of_list() -> Value {
    json!({ "items": [view()], "nextCursor": null })
}

/// Refused, because somebody changed it meanwhile.
pub(crate) struct StaleView;

impl IntoResponses for StaleView {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let stale = fault("stale-view", "Not possible as things stand", 409, "Somebody changed this view meanwhile. Read it again.");
        BTreeMap::from([("409".to_owned(), problem("Somebody changed it meanwhile", &[("stale-view", stale)]))])
    }
}
