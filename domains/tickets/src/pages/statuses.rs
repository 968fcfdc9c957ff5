//! `/admin/statuses`: admins. What a ticket's standing is called beyond the six statuses.

use crate::{
    Status,
    custom_status::{CustomStatus, NAME, Names},
    views::{self, Choice},
};
use accounts::{admin, again};
use kernel::{Fault, Result};
use ui::Errors;
use web::{Answer, Fields, Flash, Form, Input, Path, Routes, Visit};

pub(super) fn routes() -> Routes {
    Routes::new()
        .get("/admin/statuses", list)
        .post("/admin/statuses", add)
        .get("/admin/statuses/{key}", look)
        .post("/admin/statuses/{key}", rename)
        .post("/admin/statuses/{key}/archive", archive)
        .post("/admin/statuses/{key}/restore", restore)
}

/// What the form of a status sends.
struct Wish {
    version: i64,
    status: Option<Status>,
    names: Names,
}

impl Form for Wish {
    fn read(fields: &mut Fields) -> Self {
        let name = fields.text("name", NAME);
        if !name.is_empty() && key_of(&name).is_empty() {
            fields.errors.add("name", "A name needs a letter or a digit.");
        }
        Self {
            version: fields.integer("version", 0..=i64::MAX).unwrap_or(0),
            status: fields.word("status", Status::WORDS),
            names: Names { name, customer_name: fields.optional_text("customerName", NAME).unwrap_or_default() },
        }
    }
}

/// A form without fields.
struct Step;

impl Form for Step {
    fn read(_: &mut Fields) -> Self {
        Self
    }
}

/// A key made of a name: "In review" is `in_review`. Letters of all scripts stay.
fn key_of(name: &str) -> String {
    let mapped: String = name.to_lowercase().chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
    mapped.split_whitespace().collect::<Vec<_>>().join("_")
}

/// `GET /admin/statuses`.
async fn list(visit: Visit) -> Answer {
    admin(&visit)?;
    web::html(&list_page(&visit, &Fields::default()).await?)
}

/// `POST /admin/statuses`.
async fn add(visit: Visit, input: Input<Wish>) -> Answer {
    let actor = admin(&visit)?;
    let (read, fields, ..) = input.open();
    let added = async {
        let wish = read.map_err(Fault::Invalid)?;
        let status = wish.status.ok_or_else(|| Fault::field("status", "Choose what it counts as."))?;
        let mut tx = visit.app.db.write().await?;
        CustomStatus::add(&mut tx, actor, &key_of(&wish.names.name), status, &wish.names).await?;
        tx.commit().await?;
        Ok::<_, Fault>(wish.names.name)
    };
    match added.await {
        Ok(name) => said(&visit, format!("Agents can set “{name}” from now on.")),
        Err(fault) => {
            let page = list_page(&visit, &fields).await?;
            again(fault, |errors| views::StatusesPage { errors, ..page })
        }
    }
}

/// `GET /admin/statuses/{key}`.
async fn look(visit: Visit, Path(key): Path<String>) -> Answer {
    admin(&visit)?;
    web::html(&page(&visit, &key, None).await?)
}

/// `POST /admin/statuses/{key}`: with the version it was read at.
async fn rename(visit: Visit, Path(key): Path<String>, input: Input<Wish>) -> Answer {
    let actor = admin(&visit)?;
    let (read, fields, ..) = input.open();
    let renamed = async {
        let mut tx = visit.app.db.write().await?;
        let status = CustomStatus::get(&mut tx, &key).await?;
        let wish = read.map_err(Fault::Invalid)?;
        status.rename(&mut tx, actor, wish.version, &wish.names).await?;
        Ok::<_, Fault>(tx.commit().await?)
    };
    match renamed.await {
        Ok(()) => said(&visit, "Status saved."),
        Err(fault) => {
            let page = page(&visit, &key, Some(&fields)).await?;
            again(fault, |errors| views::StatusPage { errors, ..page })
        }
    }
}

/// `POST /admin/statuses/{key}/archive`.
async fn archive(visit: Visit, Path(key): Path<String>, _: Input<Step>) -> Answer {
    let status = put_away(&visit, &key, true).await?;
    said(&visit, format!("“{}” can no longer be set. Tickets that have it keep it.", status.name))
}

/// `POST /admin/statuses/{key}/restore`.
async fn restore(visit: Visit, Path(key): Path<String>, _: Input<Step>) -> Answer {
    let status = put_away(&visit, &key, false).await?;
    said(&visit, format!("Agents can set “{}” again.", status.name))
}

async fn put_away(visit: &Visit, key: &str, is_archived: bool) -> Result<CustomStatus> {
    let actor = admin(visit)?;
    let mut tx = visit.app.db.write().await?;
    let status = CustomStatus::get(&mut tx, key).await?;
    status.archive(&mut tx, actor, is_archived).await?;
    tx.commit().await?;
    Ok(status)
}

fn said(visit: &Visit, text: impl Into<String>) -> Answer {
    Ok(visit.flash(web::see_other("/admin/statuses")?, &Flash { kind: "good", text: text.into(), undo: None }))
}

fn row(status: CustomStatus) -> views::StatusRow {
    views::StatusRow {
        shown: ui::Status { label: status.name.clone().into(), ..status.status.for_agents(false) },
        counts_as: status.status.label(),
        customers_read: if status.customer_name.is_empty() { status.status.for_customers().label.into_owned() } else { status.customer_name },
        key: status.key,
        name: status.name,
    }
}

/// The list, with what was typed for a new one.
async fn list_page(visit: &Visit, typed: &Fields) -> Result<views::StatusesPage> {
    let (active, archived): (Vec<_>, Vec<_>) =
        CustomStatus::all(&mut visit.app.db.read().await?).await?.into_iter().partition(|status| status.archived_at.is_none());
    let chosen = typed.typed("status");
    Ok(views::StatusesPage {
        page: visit.page("Statuses"),
        errors: Errors::new(),
        active: active.into_iter().map(row).collect(),
        archived: archived.into_iter().map(row).collect(),
        form: form(typed),
        statuses: Status::ALL
            .iter()
            .map(|word| Choice { value: word.word().to_owned(), label: word.label().to_owned(), selected: word.word() == chosen })
            .collect(),
    })
}

async fn page(visit: &Visit, key: &str, typed: Option<&Fields>) -> Result<views::StatusPage> {
    let status = CustomStatus::get(&mut visit.app.db.read().await?, key).await?;
    let stored = views::StatusForm { name: status.name.clone(), customer_name: status.customer_name.clone(), version: status.version.to_string() };
    Ok(views::StatusPage {
        page: visit.page(status.name.clone()),
        errors: Errors::new(),
        form: typed.map_or(stored, form),
        is_archived: status.archived_at.is_some(),
        row: row(status),
    })
}

fn form(typed: &Fields) -> views::StatusForm {
    views::StatusForm { name: typed.typed("name"), customer_name: typed.typed("customerName"), version: typed.typed("version") }
}
