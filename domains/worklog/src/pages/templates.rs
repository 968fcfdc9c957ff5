//! `/desk/checklists`: the templates. Supervisors and admins.

use super::{id, said};
use crate::{
    Template, policy,
    template::{self, Wish},
};
use accounts::again;
use kernel::{Actor, FieldErrors, Result};
use ui::Errors;
use web::{Answer, Fields, Flash, Form, Input, Path, Visit};

#[derive(askama::Template)]
#[template(path = "templates.html")]
struct Templates {
    page: ui::Page,
    templates: Vec<Template>,
    name: String,
    lines: String,
    errors: Errors,
}

#[derive(askama::Template)]
#[template(path = "template.html")]
struct One {
    page: ui::Page,
    id: String,
    title: String,
    name: String,
    lines: String,
    version: i64,
    errors: Errors,
}

fn keeper(visit: &Visit) -> Result<&Actor> {
    let actor = visit.staff()?;
    policy::keep(actor)?;
    Ok(actor)
}

async fn all(visit: &Visit) -> Result<Templates> {
    let templates = Template::all(&mut visit.app.db.read().await?).await?;
    Ok(Templates { page: visit.page("Checklists"), templates, name: String::new(), lines: String::new(), errors: Errors::new() })
}

async fn one(visit: &Visit, template: &str) -> Result<One> {
    let template = Template::get(&mut visit.app.db.read().await?, id(template)?).await?;
    Ok(One {
        page: visit.page(template.name.clone()),
        id: template.id.to_string(),
        title: template.name.clone(),
        name: template.name,
        lines: template.lines,
        version: template.version,
        errors: Errors::new(),
    })
}

/// `GET /desk/checklists`.
pub(super) async fn list(visit: Visit) -> Answer {
    keeper(&visit)?;
    web::html(&all(&visit).await?)
}

/// `POST /desk/checklists`.
pub(super) async fn add(visit: Visit, input: Input<Wish>) -> Answer {
    keeper(&visit)?;
    let (read, fields, ..) = input.open();
    match make(&visit, read).await {
        Ok(()) => said(&visit, "/desk/checklists", "Template added. Agents find it beside each ticket."),
        Err(fault) => {
            let page = all(&visit).await?;
            again(fault, |errors| Templates { name: fields.typed("name"), lines: fields.typed("steps"), errors, ..page })
        }
    }
}

async fn make(visit: &Visit, read: std::result::Result<Wish, FieldErrors>) -> Result<()> {
    let wish = read?;
    let mut tx = visit.app.db.write().await?;
    wish.add(&mut tx, keeper(visit)?).await?;
    Ok(tx.commit().await?)
}

/// `GET /desk/checklists/{template}`.
pub(super) async fn look(visit: Visit, Path(template): Path<String>) -> Answer {
    keeper(&visit)?;
    web::html(&one(&visit, &template).await?)
}

/// `POST /desk/checklists/{template}`: with the version it was read at.
pub(super) async fn save(visit: Visit, Path(template): Path<String>, input: Input<Wish>) -> Answer {
    keeper(&visit)?;
    let (read, fields, ..) = input.open();
    match store(&visit, &template, read).await {
        Ok(()) => said(&visit, "/desk/checklists", "Template saved. Lists that were made of it before stay as they are."),
        Err(fault) => {
            let page = one(&visit, &template).await?;
            again(fault, |errors| One {
                name: fields.typed("name"),
                lines: fields.typed("steps"),
                version: fields.typed("version").parse().unwrap_or(0),
                errors,
                ..page
            })
        }
    }
}

async fn store(visit: &Visit, template: &str, read: std::result::Result<Wish, FieldErrors>) -> Result<()> {
    let mut tx = visit.app.db.write().await?;
    let before = Template::get(&mut tx, id(template)?).await?;
    read?.save(&mut tx, keeper(visit)?, &before).await?;
    Ok(tx.commit().await?)
}

pub(super) struct Nothing;

impl Form for Nothing {
    fn read(_: &mut Fields) -> Self {
        Self
    }
}

/// `POST /desk/checklists/{template}/remove`.
pub(super) async fn remove(visit: Visit, Path(template): Path<String>, input: Input<Nothing>) -> Answer {
    let actor = keeper(&visit)?;
    input.take()?;
    let mut tx = visit.app.db.write().await?;
    let template = id(&template)?;
    template::remove(&mut tx, actor, template).await?;
    tx.commit().await?;
    let undo = Some((format!("/desk/checklists/{template}/restore"), "Undo".to_owned()));
    let text = "Template removed. Lists that were made of it stay.".to_owned();
    Ok(visit.flash(web::see_other("/desk/checklists")?, &Flash { kind: "good", text, undo }))
}

/// `POST /desk/checklists/{template}/restore`: takes a removal back.
pub(super) async fn restore(visit: Visit, Path(template): Path<String>, input: Input<Nothing>) -> Answer {
    let actor = keeper(&visit)?;
    input.take()?;
    let mut tx = visit.app.db.write().await?;
    template::restore(&mut tx, actor, id(&template)?).await?;
    tx.commit().await?;
    said(&visit, "/desk/checklists", "Template is back.")
}
