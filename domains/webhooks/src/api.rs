//! The JSON API of webhooks: admins.

use crate::{
    Checks, Delivery, Filter, Format, State, Webhook, Wish, catalog,
    delivery::DeliveryId,
    openapi::{
        DeliveriesJson, DeliveryJson, DeliveryPath, EventsJson, Late, LogPage, NewWebhook, Off, OnePath, Refused, TooLarge, WebhookChange, WebhookJson,
        WebhooksJson,
    },
    policy::{self, Action},
    trial,
};
use db::{Conn, Id};
use fetch::Client;
use kernel::{Actor, Fault, FieldErrors, Result, Scope};
use seal::Seal;
use utoipa::OpenApi;
use web::{Answer, Asked, Cursor, Fields, Form, Input, Path, Routes, StatusCode, Visit};

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/api/webhooks", list)
        .post("/api/webhooks", add)
        .get("/api/webhooks/events", events)
        .get("/api/webhooks/{id}", show)
        .put("/api/webhooks/{id}", change)
        .delete("/api/webhooks/{id}", remove)
        .post("/api/webhooks/{id}/secret", rotate)
        .post("/api/webhooks/{id}/test", test)
        .get("/api/webhooks/{id}/deliveries", deliveries)
        .get("/api/webhooks/{id}/deliveries/{delivery}", delivery)
        .post("/api/webhooks/{id}/deliveries/{delivery}/replay", replay)
}

#[derive(OpenApi)]
#[openapi(
    paths(list, add, events, show, change, remove, rotate, test, deliveries, delivery, replay),
    tags((name = "Webhooks", description = "What happens here, told to other programs. For admins."))
)]
pub(crate) struct Doc;

/// An admin whose token may read; who keeps webhooks, whose token may write too.
fn keeper(visit: &Visit, action: Action) -> Result<&Actor> {
    let actor = visit.signed_in()?;
    visit.scope(Scope::TicketsRead)?;
    if action == Action::Keep {
        visit.scope(Scope::TicketsWrite)?;
    }
    policy::demand(actor, action)?;
    Ok(actor)
}

/// An id from a path; what is not one names nothing.
pub(crate) fn id<T>(text: &str) -> Result<Id<T>> {
    text.parse().map_err(|_| Fault::Missing)
}

/// What a wish is checked by.
pub(crate) fn checks(visit: &Visit) -> Result<Checks> {
    let client = visit.app.state::<Client>().ok_or_else(|| Fault::Broken("no client for outgoing HTTP".to_owned()))?;
    Ok(Checks { client, events: catalog::events(&visit.app.domains) })
}

/// List webhooks.
#[utoipa::path(get, path = "/api/webhooks", tag = "Webhooks", operation_id = "listWebhooks", security(("bearer" = ["tickets:read"]), ("session" = [])),
    description = "All webhooks, by name. There are at most 50.", responses((status = 200, description = "The webhooks", body = WebhooksJson), Refused))]
async fn list(visit: Visit) -> Answer {
    keeper(&visit, Action::See)?;
    web::json(&WebhooksJson::of(Webhook::all(&mut visit.app.db.read().await?).await?))
}

impl Form for Wish {
    fn read(fields: &mut Fields) -> Self {
        Self {
            name: fields.text("name", 80),
            url: fields.text("url", 2_000),
            format: fields.word("format", Format::WORDS).unwrap_or(Format::Json),
            events: fields.texts("events", 100, 80),
            sends_notes: fields.boolean("internal"),
            is_on: fields.boolean("on"),
        }
    }
}

/// Make a webhook.
#[utoipa::path(post, path = "/api/webhooks", tag = "Webhooks", operation_id = "createWebhook", security(("bearer" = ["tickets:read", "tickets:write"]), ("session" = [])),
    description = "Makes a webhook with a secret, which stands in this answer alone. It hears what happens from then on. The body, the headers and how to check the signature are told in the guide for administrators.",
    request_body(content = NewWebhook, example = json!({ "name": "Billing system", "url": "https://billing.example.com/hooks/support", "events": ["ticket.created", "ticket.status_changed"], "on": true })),
    responses((status = 201, description = "The webhook with its secret", body = WebhookJson, headers(("location" = String, description = "Its address"))), Refused, TooLarge))]
async fn add(visit: Visit, input: Input<Wish>) -> Answer {
    let actor = keeper(&visit, Action::Keep)?;
    let (seal, checks) = (input.seal.clone(), checks(&visit)?);
    let wish = input.take()?;
    let mut tx = visit.app.db.write().await?;
    if let Some(answer) = seal.replay(&mut tx, &visit).await? {
        return Ok(answer);
    }
    let (webhook, secret) = Webhook::add(&mut tx, actor, &Seal::new(visit.app.secret), &wish, &checks).await?;
    let place = format!("/api/webhooks/{}", webhook.id);
    let answer = seal.keep_json(&mut tx, &visit, StatusCode::CREATED, Some(&place), &WebhookJson::of(webhook).with(secret)).await?;
    tx.commit().await?;
    Ok(answer)
}

/// List kinds of events.
#[utoipa::path(get, path = "/api/webhooks/events", tag = "Webhooks", operation_id = "listWebhookEvents", security(("bearer" = ["tickets:read"]), ("session" = [])),
    description = "Every kind of event that a webhook may listen to.", responses((status = 200, description = "The kinds", body = EventsJson), Refused))]
async fn events(visit: Visit) -> Answer {
    keeper(&visit, Action::See)?;
    web::json(&EventsJson::of(&catalog::events(&visit.app.domains)))
}

/// Get a webhook.
#[utoipa::path(get, path = "/api/webhooks/{id}", tag = "Webhooks", operation_id = "getWebhook", security(("bearer" = ["tickets:read"]), ("session" = [])),
    description = "One webhook, without its secret.", params(OnePath), responses((status = 200, description = "The webhook", body = WebhookJson), Refused))]
async fn show(visit: Visit, Path(webhook): Path<String>) -> Answer {
    keeper(&visit, Action::See)?;
    web::json(&WebhookJson::of(Webhook::get(&mut visit.app.db.read().await?, id(&webhook)?).await?))
}

pub(crate) struct Edit {
    pub version: i64,
    pub wish: Wish,
}

impl Form for Edit {
    fn read(fields: &mut Fields) -> Self {
        Self { version: fields.needed_integer("version", 1..=i64::MAX), wish: Wish::read(fields) }
    }
}

/// Replace a webhook.
#[utoipa::path(put, path = "/api/webhooks/{id}", tag = "Webhooks", operation_id = "replaceWebhook", security(("bearer" = ["tickets:read", "tickets:write"]), ("session" = [])),
    description = "All of it but the secret, with the `version` that was read. What waits goes to the new address.", params(OnePath),
    request_body(content = WebhookChange, example = json!({ "version": 1, "name": "Billing system", "url": "https://billing.example.com/hooks/support", "events": ["*"], "on": true })),
    responses((status = 200, description = "The webhook as it is now", body = WebhookJson), Refused, Late, TooLarge))]
async fn change(visit: Visit, Path(webhook): Path<String>, input: Input<Edit>) -> Answer {
    let actor = keeper(&visit, Action::Keep)?;
    let checks = checks(&visit)?;
    let mut tx = visit.app.db.write().await?;
    let webhook = Webhook::get(&mut tx, id(&webhook)?).await?;
    let edit = input.take()?;
    let webhook = webhook.change(&mut tx, actor, edit.version, &edit.wish, &checks).await?;
    tx.commit().await?;
    web::json(&WebhookJson::of(webhook))
}

/// Remove a webhook.
#[utoipa::path(delete, path = "/api/webhooks/{id}", tag = "Webhooks", operation_id = "removeWebhook", security(("bearer" = ["tickets:read", "tickets:write"]), ("session" = [])),
    description = "What waits is not sent any more.", params(OnePath), responses((status = 204, description = "It is gone"), Refused))]
async fn remove(visit: Visit, Path(webhook): Path<String>) -> Answer {
    let actor = keeper(&visit, Action::Keep)?;
    let mut tx = visit.app.db.write().await?;
    Webhook::get(&mut tx, id(&webhook)?).await?.remove(&mut tx, actor).await?;
    tx.commit().await?;
    web::no_content()
}

/// A body without fields; an idempotency key may come along.
pub(crate) struct Nothing;

impl Form for Nothing {
    fn read(_: &mut Fields) -> Self {
        Self
    }
}

/// Make a new secret.
#[utoipa::path(post, path = "/api/webhooks/{id}/secret", tag = "Webhooks", operation_id = "rotateWebhookSecret", security(("bearer" = ["tickets:read", "tickets:write"]), ("session" = [])),
    description = "A new secret, which stands in this answer alone. For 24 hours `webhook-signature` holds two signatures, one by each secret.", params(OnePath),
    responses((status = 201, description = "The webhook with its new secret", body = WebhookJson), Refused))]
async fn rotate(visit: Visit, Path(webhook): Path<String>, input: Input<Nothing>) -> Answer {
    let actor = keeper(&visit, Action::Keep)?;
    let (seal, _) = (input.seal.clone(), input.take()?);
    let mut tx = visit.app.db.write().await?;
    let webhook = Webhook::get(&mut tx, id(&webhook)?).await?;
    if let Some(answer) = seal.replay(&mut tx, &visit).await? {
        return Ok(answer);
    }
    let secret = webhook.rotate(&mut tx, actor, &Seal::new(visit.app.secret)).await?;
    let webhook = Webhook::get(&mut tx, webhook.id).await?;
    let answer = seal.keep_json(&mut tx, &visit, StatusCode::CREATED, None, &WebhookJson::of(webhook).with(secret)).await?;
    tx.commit().await?;
    Ok(answer)
}

/// Send a test.
#[utoipa::path(post, path = "/api/webhooks/{id}/test", tag = "Webhooks", operation_id = "testWebhook", security(("bearer" = ["tickets:read", "tickets:write"]), ("session" = [])),
    description = "Sends an event of the kind `webhook.test` once, also while the webhook is off. Ask for the delivery to see what came of it.", params(OnePath),
    responses((status = 202, description = "The delivery", body = DeliveryJson, headers(("location" = String, description = "Its address"))), Refused))]
async fn test(visit: Visit, Path(webhook): Path<String>, input: Input<Nothing>) -> Answer {
    let actor = keeper(&visit, Action::Keep)?;
    let (seal, _) = (input.seal.clone(), input.take()?);
    let mut tx = visit.app.db.write().await?;
    let webhook = Webhook::get(&mut tx, id(&webhook)?).await?;
    if let Some(answer) = seal.replay(&mut tx, &visit).await? {
        return Ok(answer);
    }
    let delivery = Delivery::test(&mut tx, actor, &webhook).await?;
    let (place, delivery) = (format!("/api/webhooks/{}/deliveries/{delivery}", webhook.id), Delivery::get(&mut tx, webhook.id, delivery).await?);
    let answer = seal.keep_json(&mut tx, &visit, StatusCode::ACCEPTED, Some(&place), &DeliveryJson::of(delivery)).await?;
    tx.commit().await?;
    Ok(answer)
}

struct Page {
    limit: i64,
    filter: Filter,
}

/// The sort that a cursor of deliveries belongs to.
const SORT: &str = "deliveries";

impl Form for Page {
    fn read(fields: &mut Fields) -> Self {
        let limit = fields.integer("limit", 1..=100).unwrap_or(50);
        let cursor = fields.optional_text("cursor", 300).map(|text| Cursor::decode(&text, SORT));
        if let Some(Err(Fault::Invalid(FieldErrors(errors)))) = &cursor {
            for (name, words) in errors {
                fields.errors.add(name, words.clone());
            }
        }
        let before = cursor.and_then(Result::ok).map(|cursor| cursor.id.into());
        Self { limit, filter: Filter { state: fields.word("state", State::WORDS), kind: fields.optional_text("event", 80), before } }
    }
}

/// List deliveries.
#[utoipa::path(get, path = "/api/webhooks/{id}/deliveries", tag = "Webhooks", operation_id = "listWebhookDeliveries", security(("bearer" = ["tickets:read"]), ("session" = [])),
    description = "The log of a webhook, the newest first. It is kept for 30 days.", params(OnePath, LogPage),
    responses((status = 200, description = "A page of the log", body = DeliveriesJson), Refused))]
async fn deliveries(visit: Visit, Path(webhook): Path<String>, Asked(page): Asked<Page>) -> Answer {
    keeper(&visit, Action::See)?;
    let mut conn = visit.app.db.read().await?;
    let webhook = Webhook::get(&mut conn, id(&webhook)?).await?;
    let (found, next) = Delivery::page(&mut conn, webhook.id, &page.filter, usize::try_from(page.limit).unwrap_or(50)).await?;
    let cursor = next.map(|next: DeliveryId| Cursor { sort: SORT.to_owned(), value: 0, id: next.uuid() }.encode());
    web::json(&DeliveriesJson::of(found, cursor))
}

/// Whole, as one delivery is answered.
async fn whole(visit: &Visit, conn: &mut Conn, webhook: &Webhook, delivery: DeliveryId) -> Result<DeliveryJson> {
    let delivery = Delivery::get(conn, webhook.id, delivery).await?;
    let (body, tries) = (trial::sent_body(&visit.app, conn, webhook, &delivery).await?, delivery.all_tries(conn).await?);
    Ok(DeliveryJson::whole(delivery, &body, tries))
}

/// Get a delivery.
#[utoipa::path(get, path = "/api/webhooks/{id}/deliveries/{delivery}", tag = "Webhooks", operation_id = "getWebhookDelivery", security(("bearer" = ["tickets:read"]), ("session" = [])),
    description = "One delivery, with its body and its tries.", params(DeliveryPath), responses((status = 200, description = "The delivery", body = DeliveryJson), Refused))]
async fn delivery(visit: Visit, Path((webhook, delivery)): Path<(String, String)>) -> Answer {
    keeper(&visit, Action::See)?;
    let mut conn = visit.app.db.read().await?;
    let webhook = Webhook::get(&mut conn, id(&webhook)?).await?;
    web::json(&whole(&visit, &mut conn, &webhook, id(&delivery)?).await?)
}

/// Send a delivery again.
#[utoipa::path(post, path = "/api/webhooks/{id}/deliveries/{delivery}/replay", tag = "Webhooks", operation_id = "replayWebhookDelivery", security(("bearer" = ["tickets:read", "tickets:write"]), ("session" = [])),
    description = "Sends it again with the same `webhook-id`, for another 24 hours; one that waits is tried at once.", params(DeliveryPath),
    responses((status = 202, description = "The delivery, which waits", body = DeliveryJson), Refused, Off))]
async fn replay(visit: Visit, Path((webhook, delivery)): Path<(String, String)>, input: Input<Nothing>) -> Answer {
    let actor = keeper(&visit, Action::Keep)?;
    let (seal, _) = (input.seal.clone(), input.take()?);
    let mut tx = visit.app.db.write().await?;
    let webhook = Webhook::get(&mut tx, id(&webhook)?).await?;
    let found = Delivery::get(&mut tx, webhook.id, id(&delivery)?).await?;
    if let Some(answer) = seal.replay(&mut tx, &visit).await? {
        return Ok(answer);
    }
    found.replay(&mut tx, actor, &webhook).await?;
    let now = whole(&visit, &mut tx, &webhook, found.id).await?;
    let answer = seal.keep_json(&mut tx, &visit, StatusCode::ACCEPTED, None, &now).await?;
    tx.commit().await?;
    Ok(answer)
}
