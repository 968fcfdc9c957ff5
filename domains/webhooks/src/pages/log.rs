//! The log of a webhook, one delivery with its tries, and what sends: a test, or a delivery again.

use super::{said, tried};
use crate::{
    Delivery, DeliveryId, Filter, State, Webhook,
    api::id,
    catalog,
    delivery::{TEST, Try},
    trial,
};
use accounts::admin;
use askama::Template;
use kernel::Fault;
use serde_json::Value;
use web::{Answer, Asked, Fields, Form, Path, Visit};

/// Rows of one page.
const PAGE: usize = 50;

pub(super) struct Wanted(Filter);

impl Form for Wanted {
    fn read(fields: &mut Fields) -> Self {
        Self(Filter { state: fields.word("state", State::WORDS), kind: fields.optional_text("event", 80), before: fields.id("before") })
    }
}

struct Choice {
    value: &'static str,
    label: &'static str,
    is_chosen: bool,
}

struct Row {
    delivery: Delivery,
    label: String,
}

#[derive(Template)]
#[template(path = "webhooks/log.html")]
struct Log {
    page: ui::Page,
    webhook: Webhook,
    rows: Vec<Row>,
    states: Vec<Choice>,
    events: Vec<Choice>,
    filter: Filter,
    next: Option<DeliveryId>,
}

impl Log {
    fn is_filtered(&self) -> bool {
        self.filter.state.is_some() || self.filter.kind.is_some()
    }

    /// The filter as parameters of an address.
    fn query(&self) -> String {
        format!("state={}&event={}", self.filter.state.map_or("", State::word), self.filter.kind.as_deref().unwrap_or_default())
    }
}

/// `GET /admin/webhooks/{id}/deliveries?state=&event=&before=`.
pub(super) async fn list(visit: Visit, Path(webhook): Path<String>, Asked(Wanted(filter)): Asked<Wanted>) -> Answer {
    admin(&visit)?;
    let mut conn = visit.app.db.read().await?;
    let webhook = Webhook::get(&mut conn, id(&webhook)?).await?;
    let (found, next) = Delivery::page(&mut conn, webhook.id, &filter, PAGE).await?;
    let mut kinds: Vec<&'static str> = catalog::events(&visit.app.domains).iter().map(|event| event.kind).collect();
    kinds.push(TEST);
    let events = kinds.into_iter().map(|kind| Choice { value: kind, label: kind, is_chosen: filter.kind.as_deref() == Some(kind) });
    let states = State::ALL.iter().map(|state| Choice { value: state.word(), label: state.label(), is_chosen: filter.state == Some(*state) });
    let rows = found.into_iter().map(|delivery| Row { label: delivery.words().label, delivery });
    let page = visit.page(format!("Deliveries of {}", webhook.name));
    web::html(&Log { page, webhook, rows: rows.collect(), states: states.collect(), events: events.collect(), filter, next })
}

#[derive(Template)]
#[template(path = "webhooks/delivery.html")]
struct One {
    page: ui::Page,
    webhook: Webhook,
    delivery: Delivery,
    label: String,
    href: String,
    body: String,
    tries: Vec<Try>,
    may_replay: bool,
}

/// `GET /admin/webhooks/{id}/deliveries/{delivery}`.
pub(super) async fn one(visit: Visit, Path((webhook, delivery)): Path<(String, String)>) -> Answer {
    admin(&visit)?;
    let mut conn = visit.app.db.read().await?;
    let webhook = Webhook::get(&mut conn, id(&webhook)?).await?;
    let delivery = Delivery::get(&mut conn, webhook.id, id(&delivery)?).await?;
    let body = trial::sent_body(&visit.app, &mut conn, &webhook, &delivery).await?;
    let tries = delivery.all_tries(&mut conn).await?;
    let words = delivery.words();
    web::html(&One {
        page: visit.page(format!("Delivery of {}", delivery.kind)),
        label: words.label,
        href: words.href,
        body: pretty(body),
        tries,
        may_replay: (webhook.is_on || delivery.is_test) && (webhook.sends_notes || !delivery.is_internal),
        webhook,
        delivery,
    })
}

/// JSON with a line for each field.
fn pretty(body: String) -> String {
    serde_json::from_str::<Value>(&body).ok().and_then(|json| serde_json::to_string_pretty(&json).ok()).unwrap_or(body)
}

/// `POST /admin/webhooks/{id}/test`.
pub(super) async fn test(visit: Visit, Path(webhook): Path<String>) -> Answer {
    let actor = admin(&visit)?;
    let mut tx = visit.app.db.write().await?;
    let webhook = Webhook::get(&mut tx, id(&webhook)?).await?;
    let made = Delivery::test(&mut tx, actor, &webhook).await?;
    let made = Delivery::get(&mut tx, webhook.id, made).await?;
    tx.commit().await?;
    outcome(&visit, &made).await
}

/// `POST /admin/webhooks/{id}/deliveries/{delivery}/replay`.
pub(super) async fn replay(visit: Visit, Path((webhook, delivery)): Path<(String, String)>) -> Answer {
    let actor = admin(&visit)?;
    let mut tx = visit.app.db.write().await?;
    let webhook = Webhook::get(&mut tx, id(&webhook)?).await?;
    let delivery = Delivery::get(&mut tx, webhook.id, id(&delivery)?).await?;
    match delivery.replay(&mut tx, actor, &webhook).await {
        Err(Fault::Conflict { detail, .. }) => return said(&visit, &address(&delivery), "bad", detail),
        done => done?,
    }
    tx.commit().await?;
    let waiting = Delivery::get(&mut visit.app.db.read().await?, webhook.id, delivery.id).await?;
    outcome(&visit, &waiting).await
}

fn address(delivery: &Delivery) -> String {
    format!("/admin/webhooks/{}/deliveries/{}", delivery.webhook_id, delivery.id)
}

/// Waits a moment for what comes of it and shows the delivery.
async fn outcome(visit: &Visit, sent: &Delivery) -> Answer {
    let now = tried(visit, sent).await?;
    let (kind, text) = match (now.state, now.tries) {
        (State::Delivered, _) => ("good", "Delivered."),
        (State::Failed, _) => ("bad", "It was not delivered."),
        (State::Waiting, tries) if tries > sent.tries => ("warn", "It was not delivered. It is tried again later."),
        (State::Waiting, _) => ("info", "It is on its way. Load the page again to see what came of it."),
    };
    said(visit, &address(&now), kind, text)
}
