//! The answers of the API of webhooks, and what its document says of them.

mod bodies;

pub(crate) use bodies::{DeliveryPath, Late, LogPage, NewWebhook, Off, OnePath, Refused, TooLarge, WebhookChange};

use crate::{Delivery, DeliveryId, Format, State, Webhook, WebhookId, delivery::Try};
use db::Timestamp;
use kernel::EventKind;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// This room's part of the API document.
pub fn openapi() -> utoipa::openapi::OpenApi {
    use utoipa::OpenApi as _;
    crate::api::Doc::openapi()
}

/// A webhook.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Webhook)]
pub(crate) struct WebhookJson {
    /// The id.
    #[schema(value_type = Uuid)]
    id: WebhookId,
    /// What it is called.
    #[schema(example = "Billing system")]
    name: String,
    /// Where events go.
    #[schema(example = "https://billing.example.com/hooks/support")]
    url: String,
    /// How they look there.
    #[schema(value_type = String, example = "JSON")]
    format: Format,
    /// Kinds of events; `*` is all.
    #[schema(example = json!(["ticket.created", "ticket.status_changed"]))]
    events: Vec<String>,
    /// Internal notes go there too.
    internal: bool,
    /// It is sent to.
    on: bool,
    /// Why it was switched off by itself.
    disabled_because: Option<String>,
    /// Until when the secret before this one signs too.
    #[schema(value_type = Option<String>, format = DateTime)]
    old_secret_until: Option<Timestamp>,
    /// Nothing was delivered since then.
    #[schema(value_type = Option<String>, format = DateTime)]
    failing_since: Option<Timestamp>,
    /// When something was delivered last.
    #[schema(value_type = Option<String>, format = DateTime)]
    delivered_at: Option<Timestamp>,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// Give it with a change.
    #[schema(example = 1)]
    version: i64,
    /// What signs; only in the answer that made it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oDg0mYqZjvc4I=")]
    secret: Option<String>,
}

impl WebhookJson {
    pub(crate) fn of(webhook: Webhook) -> Self {
        Self {
            events: webhook.kinds().map(str::to_owned).collect(),
            id: webhook.id,
            name: webhook.name,
            url: webhook.url,
            format: webhook.format,
            internal: webhook.sends_notes,
            on: webhook.is_on,
            disabled_because: webhook.broken,
            old_secret_until: webhook.old_until,
            failing_since: webhook.failing_since,
            delivered_at: webhook.delivered_at,
            created_at: webhook.created_at,
            version: webhook.version,
            secret: None,
        }
    }

    pub(crate) fn with(mut self, secret: String) -> Self {
        self.secret = Some(secret);
        self
    }
}

/// All webhooks.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = WebhookList)]
pub(crate) struct WebhooksJson {
    /// The webhooks, by name.
    items: Vec<WebhookJson>,
    /// Always null: they come together.
    next_cursor: Option<String>,
}

impl WebhooksJson {
    pub(crate) fn of(webhooks: Vec<Webhook>) -> Self {
        Self { items: webhooks.into_iter().map(WebhookJson::of).collect(), next_cursor: None }
    }
}

/// A kind of event.
#[derive(Serialize, ToSchema)]
#[schema(as = WebhookEvent)]
struct EventJson {
    /// As webhooks name it.
    #[schema(example = "ticket.created")]
    kind: &'static str,
    /// For people, after "when".
    #[schema(example = "a ticket comes in")]
    label: &'static str,
}

/// What webhooks may listen to.
#[derive(Serialize, ToSchema)]
#[schema(as = WebhookEvents)]
pub(crate) struct EventsJson {
    /// Every kind.
    items: Vec<EventJson>,
}

impl EventsJson {
    pub(crate) fn of(events: &[EventKind]) -> Self {
        Self { items: events.iter().map(|event| EventJson { kind: event.kind, label: event.label }).collect() }
    }
}

/// One event for one webhook.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = WebhookDelivery)]
pub(crate) struct DeliveryJson {
    /// The id.
    #[schema(value_type = Uuid)]
    id: DeliveryId,
    /// The header `webhook-id` of every try.
    #[schema(example = "msg_019a90c27d1e7b7f9a530c1b6f1f3f10")]
    message_id: String,
    /// What happened.
    #[schema(example = "ticket.created")]
    event: String,
    /// To what.
    #[schema(example = "#1042 Printer")]
    label: String,
    /// `WAITING`, `DELIVERED` or `FAILED`.
    #[schema(value_type = String, example = "DELIVERED")]
    state: State,
    /// Why it failed.
    reason: Option<String>,
    /// What was answered last.
    #[schema(example = 200)]
    status: Option<i64>,
    /// How often it was tried since it was made or sent again.
    #[schema(example = 1)]
    tries: i64,
    /// The next try, while it waits.
    #[schema(value_type = Option<String>, format = DateTime)]
    next_try_at: Option<Timestamp>,
    /// When the event was read.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// When it was delivered or given up.
    #[schema(value_type = Option<String>, format = DateTime)]
    ended_at: Option<Timestamp>,
    /// It says what stands in an internal note.
    internal: bool,
    /// It was asked for as a test.
    test: bool,
    /// What is sent, in the webhook's format; for one delivery alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    body: Option<Value>,
    /// Each try, the newest first; for one delivery alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    log: Option<Vec<TryJson>>,
}

impl DeliveryJson {
    pub(crate) fn of(delivery: Delivery) -> Self {
        Self {
            message_id: delivery.message_id(),
            label: delivery.words().label,
            id: delivery.id,
            event: delivery.kind,
            next_try_at: (delivery.state == State::Waiting).then_some(delivery.next_at),
            state: delivery.state,
            reason: delivery.reason,
            status: delivery.status,
            tries: delivery.tries,
            created_at: delivery.created_at,
            ended_at: delivery.ended_at,
            internal: delivery.is_internal,
            test: delivery.is_test,
            body: None,
            log: None,
        }
    }

    pub(crate) fn whole(delivery: Delivery, body: &str, tries: Vec<Try>) -> Self {
        let log = Some(tries.into_iter().map(TryJson::of).collect());
        Self { body: serde_json::from_str(body).ok(), log, ..Self::of(delivery) }
    }
}

/// One try of a delivery.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = WebhookTry)]
struct TryJson {
    /// When.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// How long it took.
    #[schema(example = 118)]
    took_ms: i64,
    /// What was answered.
    #[schema(example = 200)]
    status: Option<i64>,
    /// Why there was no answer.
    error: Option<String>,
    /// What was sent above the body, a line each.
    request_headers: Vec<String>,
    /// The first 4 KB of the answer.
    #[schema(example = "ok")]
    answer: String,
    /// There was more of it.
    cut: bool,
}

impl TryJson {
    fn of(one: Try) -> Self {
        Self {
            at: one.at,
            took_ms: one.took_ms,
            status: one.status,
            error: one.error,
            request_headers: one.headers.lines().map(str::to_owned).collect(),
            answer: one.answer,
            cut: one.is_cut,
        }
    }
}

/// A page of the log.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = WebhookDeliveries)]
pub(crate) struct DeliveriesJson {
    /// The deliveries, the newest first.
    items: Vec<DeliveryJson>,
    /// Give it as `cursor` to read on; null at the end.
    next_cursor: Option<String>,
}

impl DeliveriesJson {
    pub(crate) fn of(deliveries: Vec<Delivery>, next_cursor: Option<String>) -> Self {
        Self { items: deliveries.into_iter().map(DeliveryJson::of).collect(), next_cursor }
    }
}
