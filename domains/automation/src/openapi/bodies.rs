//! What the API document says of bodies, parameters and refusals.

use serde_json::{Value, json};
use std::collections::BTreeMap;
use utoipa::{
    IntoParams, IntoResponses, ToSchema,
    openapi::{Content, ContentBuilder, Ref, RefOr, Response, ResponseBuilder},
};
use uuid::Uuid;

/// A rule about to be made. Fields that are not listed are refused.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only its derive reads this shape")]
pub(crate) struct NewRule {
    /// What it is called.
    #[schema(min_length = 1, max_length = 80)]
    name: String,
    /// It answers. False when left out.
    on: Option<bool>,
    /// After it fired, later rules are not asked. False when left out.
    stops: Option<bool>,
    /// Kinds of events, or the word `time`.
    #[schema(value_type = super::When)]
    when: Value,
    /// A condition `{field, op, value}`, or a group of them: `{"all": […]}` or `{"any": […]}`, at most 6 deep. Always true when left out.
    #[schema(value_type = Option<Object>)]
    r#if: Option<Value>,
    /// 1 to 30 steps `{do, with}`.
    #[schema(value_type = Vec<Object>)]
    then: Value,
}

/// All of a rule as it shall be, and the version it was read with.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only its derive reads this shape")]
pub(crate) struct RuleChange {
    /// The `version` you read. Another one by now is refused with 409.
    #[schema(minimum = 1, example = 1)]
    version: i64,
    #[serde(flatten)]
    #[schema(inline)]
    all: NewRule,
}

/// An order.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only its derive reads this shape")]
pub(crate) struct OrderBody {
    /// The ids of all rules, the first to be asked first.
    #[schema(max_items = 500, example = json!(["019a90c2-7d1e-7b7f-9a53-0c1b6f1f3f10"]))]
    rules: Vec<Uuid>,
}

/// Which page of traces.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "only its derive reads this shape")]
pub(crate) struct TracePage {
    /// How many, at most.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// Where the page before ended: its `nextCursor`.
    cursor: Option<String>,
}

/// Which rule.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
#[expect(dead_code, reason = "only its derive reads this shape")]
pub(crate) struct OnePath {
    /// Id of the rule.
    id: Uuid,
}

/// Which ticket.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
#[expect(dead_code, reason = "only its derive reads this shape")]
pub(crate) struct TicketPath {
    /// Id of the ticket.
    id: Uuid,
}

/// Refused, because of who asks or what was sent.
pub(crate) struct Refused;

impl IntoResponses for Refused {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        BTreeMap::from([
            ("401".to_owned(), problem("No token, or one that is not known", None)),
            ("403".to_owned(), problem("The token lacks the scope, or you are not an admin", None)),
            ("404".to_owned(), problem("There is no such thing, or not for you", None)),
            ("422".to_owned(), problem("A field or parameter is unknown, missing or wrong; or the Idempotency-Key was used for something else", None)),
        ])
    }
}

/// Refused, because of how things stand.
pub(crate) struct Late;

impl IntoResponses for Late {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let late = json!({
            "type": "/problems/stale-version", "title": "Not possible as things stand", "status": 409,
            "detail": "Somebody else changed this rule meanwhile. Open it again to see theirs.", "requestId": "019a90c27d1e7b7f9a530c1b6f1f3f10"
        });
        BTreeMap::from([("409".to_owned(), problem("It has changed since you read it", Some(late)))])
    }
}

/// Refused, because of its size.
pub(crate) struct TooLarge;

impl IntoResponses for TooLarge {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        BTreeMap::from([("413".to_owned(), problem("The body is over 1 MB", None))])
    }
}

fn problem(description: &str, example: Option<Value>) -> RefOr<Response> {
    let content: Content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).example(example).build();
    ResponseBuilder::new().description(description).content("application/problem+json", content).build().into()
}
