//! The form of a webhook, and its secret, which is shown once.

use crate::{
    Format, Webhook, Wish,
    api::{Edit, checks, id},
    catalog::{self, ALL},
};
use accounts::{admin, again};
use askama::Template;
use kernel::{Fault, Result};
use seal::Seal;
use ui::Errors;
use web::{Answer, Fields, Input, Path, StatusCode, Visit};

struct Choice {
    value: &'static str,
    label: &'static str,
    is_chosen: bool,
}

#[derive(Template)]
#[template(path = "webhooks/editor.html")]
struct Editor {
    page: ui::Page,
    errors: Errors,
    action: String,
    webhook: Option<Webhook>,
    typed: Typed,
    formats: Vec<Choice>,
    events: Vec<Choice>,
    /// A new secret, this one time.
    secret: Option<String>,
}

/// What stands in the form.
struct Typed {
    name: String,
    url: String,
    format: String,
    is_all: bool,
    events: Vec<String>,
    sends_notes: bool,
    is_on: bool,
    version: i64,
}

impl Typed {
    fn of(webhook: Option<&Webhook>) -> Self {
        let Some(webhook) = webhook else {
            let (name, url, format) = (String::new(), String::new(), Format::Json.word().to_owned());
            return Self { name, url, format, is_all: false, events: Vec::new(), sends_notes: false, is_on: true, version: 0 };
        };
        Self {
            name: webhook.name.clone(),
            url: webhook.url.clone(),
            format: webhook.format.word().to_owned(),
            is_all: webhook.events == ALL,
            events: webhook.kinds().map(str::to_owned).collect(),
            sends_notes: webhook.sends_notes,
            is_on: webhook.is_on,
            version: webhook.version,
        }
    }

    /// As it was typed, right or wrong.
    fn again(fields: &mut Fields, version: i64) -> Self {
        let mut kinds = fields.texts("events", 100, 80);
        let is_all = kinds.iter().any(|kind| kind == ALL);
        kinds.retain(|kind| kind != ALL);
        Self {
            name: fields.typed("name"),
            url: fields.typed("url"),
            format: fields.typed("format"),
            is_all,
            events: kinds,
            sends_notes: fields.boolean("internal"),
            is_on: fields.boolean("on"),
            version,
        }
    }
}

fn editor(visit: &Visit, webhook: Option<Webhook>, typed: Typed) -> Editor {
    let choice = |value: &'static str, label: &'static str, is_chosen: bool| Choice { value, label, is_chosen };
    Editor {
        page: visit.page(webhook.as_ref().map_or_else(|| "New webhook".to_owned(), |webhook| webhook.name.clone())),
        errors: Errors::new(),
        action: webhook.as_ref().map_or_else(|| "/admin/webhooks".to_owned(), |webhook| format!("/admin/webhooks/{}", webhook.id)),
        formats: Format::ALL.iter().map(|format| choice(format.word(), format.label(), typed.format == format.word())).collect(),
        events: catalog::events(&visit.app.domains)
            .iter()
            .map(|event| choice(event.kind, event.label, typed.events.iter().any(|kind| kind == event.kind)))
            .collect(),
        webhook,
        typed,
        secret: None,
    }
}

/// `GET /admin/webhooks/new`.
pub(super) async fn blank(visit: Visit) -> Answer {
    admin(&visit)?;
    web::html(&editor(&visit, None, Typed::of(None)))
}

/// `GET /admin/webhooks/{id}`.
pub(super) async fn look(visit: Visit, Path(webhook): Path<String>) -> Answer {
    admin(&visit)?;
    let webhook = Webhook::get(&mut visit.app.db.read().await?, id(&webhook)?).await?;
    let typed = Typed::of(Some(&webhook));
    web::html(&editor(&visit, Some(webhook), typed))
}

/// `POST /admin/webhooks`: answers the page with the secret on it, this one time.
pub(super) async fn add(visit: Visit, input: Input<Wish>) -> Answer {
    let actor = admin(&visit)?;
    let (read, mut fields, ..) = input.open();
    let made = async {
        let (checks, mut tx) = (checks(&visit)?, visit.app.db.write().await?);
        let made = Webhook::add(&mut tx, actor, &Seal::new(visit.app.secret), &read?, &checks).await?;
        tx.commit().await?;
        Ok(made)
    };
    match made.await {
        Ok((webhook, secret)) => shown(&visit, webhook, secret),
        Err(fault) => {
            let page = editor(&visit, None, Typed::again(&mut fields, 0));
            again(fault, |errors| Editor { errors, ..page })
        }
    }
}

fn shown(visit: &Visit, webhook: Webhook, secret: String) -> Answer {
    let typed = Typed::of(Some(&webhook));
    web::html_with(StatusCode::CREATED, &Editor { secret: Some(secret), ..editor(visit, Some(webhook), typed) })
}

/// `POST /admin/webhooks/{id}`.
pub(super) async fn change(visit: Visit, Path(webhook): Path<String>, input: Input<Edit>) -> Answer {
    admin(&visit)?;
    let webhook = Webhook::get(&mut visit.app.db.read().await?, id(&webhook)?).await?;
    let (read, mut fields, ..) = input.open();
    let saved = match read {
        Ok(edit) => save(&visit, &webhook, edit).await,
        Err(errors) => Err(Fault::Invalid(errors)),
    };
    match saved {
        Ok(()) => super::said(&visit, &format!("/admin/webhooks/{}", webhook.id), "good", "Webhook saved."),
        Err(fault) => {
            let version = fields.integer("version", 0..=i64::MAX).unwrap_or(webhook.version);
            let page = editor(&visit, Some(webhook), Typed::again(&mut fields, version));
            again(fault, |errors| Editor { errors, ..page })
        }
    }
}

async fn save(visit: &Visit, webhook: &Webhook, edit: Edit) -> Result<()> {
    let checks = checks(visit)?;
    let mut tx = visit.app.db.write().await?;
    webhook.change(&mut tx, admin(visit)?, edit.version, &edit.wish, &checks).await?;
    Ok(tx.commit().await?)
}

/// `POST /admin/webhooks/{id}/secret`: answers the page with the new secret on it, this one time.
pub(super) async fn rotate(visit: Visit, Path(webhook): Path<String>) -> Answer {
    let actor = admin(&visit)?;
    let mut tx = visit.app.db.write().await?;
    let webhook = Webhook::get(&mut tx, id(&webhook)?).await?;
    let secret = webhook.rotate(&mut tx, actor, &Seal::new(visit.app.secret)).await?;
    let webhook = Webhook::get(&mut tx, webhook.id).await?;
    tx.commit().await?;
    shown(&visit, webhook, secret)
}
