//! Shapes of snooze bodies and answers.

use super::{fault, problem};
use db::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use utoipa::{
    IntoResponses, ToSchema,
    openapi::{RefOr, Response},
};

/// Until when a ticket is put away: a time, or the customer's reply.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "only its derive reads this shape")]
pub(crate) struct SnoozeBody {
    /// A time that is still to come, at most a year ahead.
    #[schema(value_type = Option<String>, format = DateTime)]
    until: Option<String>,
    /// True instead of a time: until the customer replies.
    until_reply: Option<bool>,
}

/// A snooze.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Snooze)]
pub(crate) struct SnoozeJson {
    /// When it comes back; null when it waits for the customer.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub(crate) until: Option<Timestamp>,
    /// True when it waits for the customer's reply alone.
    pub(crate) is_until_reply: bool,
    /// Who put it away.
    pub(crate) by: String,
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    pub(crate) began_at: Timestamp,
}

pub(crate) fn example_of_body() -> Value {
    json!({ "until": "2026-11-23T08:00:00Z" })
}

pub(crate) fn example_of_snooze() -> Value {
    json!(SnoozeJson {
        until: Some(Timestamp::from_seconds(1_795_420_800)),
        is_until_reply: false,
        by: "Noor Saleh".to_owned(),
        began_at: Timestamp::from_seconds(1_795_339_800),
    })
}

/// Refused, because a settled ticket stands in no list of work.
pub(crate) struct NotOpen;

impl IntoResponses for NotOpen {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let settled = fault("not-open", "Not possible as things stand", 409, "It is solved and in no list of work.");
        BTreeMap::from([("409".to_owned(), problem("It is resolved or closed", &[("not-open", settled)]))])
    }
}
