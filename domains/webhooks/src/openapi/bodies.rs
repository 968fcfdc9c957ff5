//! What the API document says of bodies, parameters and refusals.

use crate::State;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use utoipa::{
    IntoParams, IntoResponses, ToSchema,
    openapi::{Content, ContentBuilder, Ref, RefOr, Response, ResponseBuilder},
};
use uuid::Uuid;

/// A webhook about to be made. Fields that are not listed are refused.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only its derive reads this shape")]
pub(crate) struct NewWebhook {
    /// What it is called.
    #[schema(min_length = 1, max_length = 80)]
    name: String,
    /// Where events go: `https://`, unless the operator allows `http://`; never a private network, unless the operator names it.
    #[schema(max_length = 2000)]
    url: String,
    /// `JSON`, `SLACK`, `DISCORD` or `TEAMS`. `JSON` when left out.
    format: Option<String>,
    /// Kinds of events, or `*` alone for all.
    #[schema(min_items = 1)]
    events: Vec<String>,
    /// True lets internal notes go there too. False when left out.
    internal: Option<bool>,
    /// It is sent to. False when left out.
    on: Option<bool>,
}

/// All of a webhook as it shall be, and the version it was read with.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only its derive reads this shape")]
pub(crate) struct WebhookChange {
    /// The `version` you read. Another one by now is refused with 409.
    #[schema(minimum = 1, example = 1)]
    version: i64,
    #[serde(flatten)]
    #[schema(inline)]
    all: NewWebhook,
}

/// Which page of the log.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "only its derive reads this shape")]
pub(crate) struct LogPage {
    /// Only these: `WAITING`, `DELIVERED` or `FAILED`.
    #[param(value_type = Option<String>)]
    state: Option<State>,
    /// Only of this kind of event.
    event: Option<String>,
    /// How many, at most.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// Where the page before ended: its `nextCursor`.
    cursor: Option<String>,
}

/// Which webhook.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
#[expect(dead_code, reason = "only its derive reads this shape")]
pub(crate) struct OnePath {
    /// Id of the webhook.
    id: Uuid,
}

/// Which delivery.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
#[expect(dead_code, reason = "only its derive reads this shape")]
pub(crate) struct DeliveryPath {
    /// Id of the webhook.
    id: Uuid,
    /// Id of the delivery.
    delivery: Uuid,
}

/// Refused, because of who asks or what was sent.
pub(crate) struct Refused;

impl IntoResponses for Refused {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let private = json!({
            "type": "/problems/invalid-fields", "title": "Some fields need another look", "status": 422, "detail": "Correct the fields named in 'errors' and send it again.",
            "errors": { "url": ["10.0.0.1 is in a private network. An operator can allow it by the configuration."] }, "requestId": "019a90c27d1e7b7f9a530c1b6f1f3f10"
        });
        BTreeMap::from([
            ("401".to_owned(), problem("No token, or one that is not known", None)),
            ("403".to_owned(), problem("The token lacks a scope, or you are not an admin", None)),
            ("404".to_owned(), problem("There is no such thing", None)),
            ("422".to_owned(), problem("A field or parameter is unknown, missing or wrong; or the Idempotency-Key was used for something else", Some(private))),
        ])
    }
}

/// Refused, because somebody was faster.
pub(crate) struct Late;

impl IntoResponses for Late {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let late = json!({
            "type": "/problems/stale-version", "title": "Not possible as things stand", "status": 409,
            "detail": "Somebody else changed this webhook meanwhile. Open it again to see theirs.", "requestId": "019a90c27d1e7b7f9a530c1b6f1f3f10"
        });
        BTreeMap::from([("409".to_owned(), problem("It has changed since you read it", Some(late)))])
    }
}

/// Refused, because of how things stand.
pub(crate) struct Off;

impl IntoResponses for Off {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let off = json!({
            "type": "/problems/webhook-off", "title": "Not possible as things stand", "status": 409,
            "detail": "This webhook is off. Switch it on, then send it again.", "requestId": "019a90c27d1e7b7f9a530c1b6f1f3f10"
        });
        BTreeMap::from([("409".to_owned(), problem("The webhook is off, or takes no internal notes", Some(off)))])
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
