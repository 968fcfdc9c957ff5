//! Shapes of what is scheduled.

use crate::{Status, later::Stop};
use db::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// What is to happen, and when.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "only its derive reads this shape")]
pub(crate) struct ScheduledBody {
    /// A time that is still to come, at most a year ahead.
    #[schema(value_type = String, format = DateTime)]
    send_at: String,
    /// The public reply, Markdown. Without it only the status is set.
    #[schema(max_length = 100_000)]
    content: Option<String>,
    /// The status that is set then.
    status: Option<String>,
    /// Or the key of a custom one.
    #[schema(max_length = 40)]
    custom_status: Option<String>,
    /// Keys of finished uploads, for a reply.
    file_id: Option<Vec<String>>,
}

/// Something that is to happen.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Scheduled)]
pub(crate) struct ScheduledJson {
    /// For machines.
    pub(crate) id: Uuid,
    /// The reply that goes out; null for a change of status alone.
    pub(crate) message_id: Option<Uuid>,
    /// The status that is set then; left out when it stays.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub(crate) status: Option<Status>,
    /// The key of a custom status that is set then; left out when there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) custom_status: Option<String>,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub(crate) send_at: Timestamp,
    /// Who scheduled it.
    pub(crate) by: String,
    /// Why it will not happen by itself; left out while it will.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub(crate) stopped_by: Option<Stop>,
    /// When it was scheduled.
    #[schema(value_type = String, format = DateTime)]
    pub(crate) created_at: Timestamp,
}

/// What is scheduled in a ticket.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "only its derive reads this shape")]
pub(crate) struct ScheduledList {
    /// What waits, soonest first.
    items: Vec<ScheduledJson>,
    /// Always null.
    next_cursor: Option<String>,
}

/// The ticket and what is scheduled in it.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
#[expect(dead_code, reason = "only its derive reads this shape")]
pub(crate) struct ScheduledPath {
    /// The ticket's `id`.
    #[param(example = "019a90c2-7d1e-7b7f-9a53-0c1b6f1f3f10")]
    id: Uuid,
    /// The `id` of what is scheduled.
    #[param(example = "019a90c2-7d1e-7b7f-9a53-0c1b6f1f3f55")]
    item: Uuid,
}

fn scheduled() -> ScheduledJson {
    ScheduledJson {
        id: Uuid::from_u128(0x019a_90c2_7d1e_7b7f_9a53_0c1b_6f1f_3f55),
        message_id: Some(Uuid::from_u128(0x019a_90c2_7d1e_7b7f_9a53_0c1b_6f1f_3f56)),
        status: Some(Status::Resolved),
        custom_status: None,
        send_at: Timestamp::from_seconds(1_795_420_800),
        by: "Noor Saleh".to_owned(),
        stopped_by: None,
        created_at: Timestamp::from_seconds(1_795_339_800),
    }
}

pub(crate) fn example_of_body() -> Value {
    json!({ "sendAt": "2026-11-23T08:00:00Z", "content": "Did it go well over the weekend?", "status": "RESOLVED" })
}

pub(crate) fn example_of_scheduled() -> Value {
    json!(scheduled())
}

pub(crate) fn example_of_list() -> Value {
    json!({ "items": [scheduled()], "nextCursor": null })
}
