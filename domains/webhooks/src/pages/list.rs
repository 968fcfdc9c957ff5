//! The list of webhooks.

use super::said;
use crate::{Webhook, api::id};
use accounts::admin;
use askama::Template;
use web::{Answer, Fields, Form, Input, Path, Visit};

struct Item {
    webhook: Webhook,
    hears: String,
}

#[derive(Template)]
#[template(path = "webhooks/webhooks.html")]
struct Webhooks {
    page: ui::Page,
    items: Vec<Item>,
}

/// `GET /admin/webhooks`.
pub(super) async fn list(visit: Visit) -> Answer {
    admin(&visit)?;
    let webhooks = Webhook::all(&mut visit.app.db.read().await?).await?;
    let items = webhooks.into_iter().map(|webhook| Item { hears: webhook.hears(&visit.app.domains), webhook }).collect();
    web::html(&Webhooks { page: visit.page("Webhooks"), items })
}

pub(super) struct On(bool);

impl Form for On {
    fn read(fields: &mut Fields) -> Self {
        Self(fields.boolean("on"))
    }
}

/// `POST /admin/webhooks/{id}/switch`.
pub(super) async fn switch(visit: Visit, Path(webhook): Path<String>, input: Input<On>) -> Answer {
    let (actor, webhook) = (admin(&visit)?, id::<Webhook>(&webhook)?);
    let On(is_on) = input.take()?;
    let mut tx = visit.app.db.write().await?;
    Webhook::get(&mut tx, webhook).await?.switch(&mut tx, actor, is_on).await?;
    tx.commit().await?;
    said(&visit, "/admin/webhooks", "good", if is_on { "Webhook switched on. It hears what happens from now on." } else { "Webhook switched off." })
}

/// `POST /admin/webhooks/{id}/remove`.
pub(super) async fn remove(visit: Visit, Path(webhook): Path<String>) -> Answer {
    let (actor, webhook) = (admin(&visit)?, id::<Webhook>(&webhook)?);
    let mut tx = visit.app.db.write().await?;
    let webhook = Webhook::get(&mut tx, webhook).await?;
    webhook.remove(&mut tx, actor).await?;
    tx.commit().await?;
    said(&visit, "/admin/webhooks", "good", format!("“{}” removed.", webhook.name))
}
