//! Snippets on the desk: the list, and one of them.

use super::said;
use crate::{Snippet, SnippetWish, api::id, category::shapes};
use askama::Template;
use kernel::{Fault, FieldErrors, Result};
use ui::Errors;
use web::{Answer, Fields, Form, Input, Path, StatusCode, Visit};

#[derive(Template)]
#[template(path = "knowledge/snippets.html")]
struct SnippetsPage {
    page: ui::Page,
    errors: Errors,
    rows: Vec<Snippet>,
    /// The one that is changed; none where a new one is written.
    chosen: Option<Snippet>,
    version: i64,
    name: String,
    source: String,
    may_change: bool,
}

pub(super) struct Written {
    wish: SnippetWish,
    version: Option<i64>,
}

impl Form for Written {
    fn read(fields: &mut Fields) -> Self {
        let version = fields.integer("version", 1..=i64::MAX);
        Self { wish: SnippetWish::read(fields), version }
    }
}

async fn page(visit: &Visit, chosen: Option<Snippet>, fields: Option<&Fields>, wrong: &FieldErrors) -> Result<SnippetsPage> {
    let actor = visit.staff()?;
    let rows = Snippet::all(&mut visit.app.db.read().await?).await?;
    let mut errors = Errors::new();
    for (field, sentence) in &wrong.0 {
        errors.add(field, sentence);
    }
    let stored = |own: fn(&Snippet) -> &String| chosen.as_ref().map(own).cloned().unwrap_or_default();
    Ok(SnippetsPage {
        page: visit.page(chosen.as_ref().map_or("Snippets", |chosen| &chosen.name)),
        errors,
        rows,
        version: chosen.as_ref().map_or(0, |chosen| chosen.version),
        name: fields.map_or_else(|| stored(|one| &one.name), |fields| fields.typed("name")),
        source: fields.map_or_else(|| stored(|one| &one.source), |fields| fields.typed("source")),
        chosen,
        may_change: actor.is_supervisor(),
    })
}

/// `GET /desk/knowledge/snippets`: staff.
pub(super) async fn list(visit: Visit) -> Answer {
    web::html(&page(&visit, None, None, &FieldErrors::default()).await?)
}

/// `GET /desk/knowledge/snippets/{id}`: staff.
pub(super) async fn show(visit: Visit, Path(one): Path<String>) -> Answer {
    visit.staff()?;
    let chosen = Snippet::get(&mut visit.app.db.read().await?, id(&one)?).await?;
    web::html(&page(&visit, Some(chosen), None, &FieldErrors::default()).await?)
}

/// `POST /desk/knowledge/snippets`: supervisors.
pub(super) async fn add(visit: Visit, input: Input<Written>) -> Answer {
    let actor = visit.staff()?;
    shapes(actor)?;
    let (read, fields, ..) = input.open();
    let outcome: Result<Snippet> = async {
        let written = read?;
        let mut tx = visit.app.db.write().await?;
        let made = Snippet::add(&mut tx, actor, &written.wish).await?;
        tx.commit().await?;
        Ok(made)
    }
    .await;
    match outcome {
        Ok(made) => said(&visit, "/desk/knowledge/snippets", format!("Write {{{{snippet {}}}}} where it shall stand.", made.name)),
        Err(Fault::Invalid(wrong)) => web::html_with(StatusCode::UNPROCESSABLE_ENTITY, &page(&visit, None, Some(&fields), &wrong).await?),
        Err(fault) => Err(fault.into()),
    }
}

/// `POST /desk/knowledge/snippets/{id}`: supervisors.
pub(super) async fn change(visit: Visit, Path(one): Path<String>, input: Input<Written>) -> Answer {
    let actor = visit.staff()?;
    shapes(actor)?;
    let chosen = Snippet::get(&mut visit.app.db.read().await?, id(&one)?).await?;
    let (read, fields, ..) = input.open();
    let outcome: Result<Snippet> = async {
        let written = read?;
        let version = written.version.ok_or_else(|| Fault::field("version", "This is needed."))?;
        let mut tx = visit.app.db.write().await?;
        let changed = chosen.change(&mut tx, actor, version, &written.wish).await?;
        tx.commit().await?;
        Ok(changed)
    }
    .await;
    match outcome {
        Ok(_) => said(&visit, "/desk/knowledge/snippets", "Saved. Every article that uses it shows the new words."),
        Err(Fault::Invalid(wrong)) => web::html_with(StatusCode::UNPROCESSABLE_ENTITY, &page(&visit, Some(chosen), Some(&fields), &wrong).await?),
        Err(Fault::Stale(_)) => {
            let words = FieldErrors::one("", "Somebody else saved it while you wrote. Your words are kept here: save again to put yours in their place.");
            web::html_with(StatusCode::CONFLICT, &page(&visit, Some(chosen), Some(&fields), &words).await?)
        }
        Err(fault) => Err(fault.into()),
    }
}

/// `POST /desk/knowledge/snippets/{id}/delete`: supervisors.
pub(super) async fn delete(visit: Visit, Path(one): Path<String>) -> Answer {
    let actor = visit.staff()?;
    shapes(actor)?;
    let mut tx = visit.app.db.write().await?;
    let snippet = Snippet::get(&mut tx, id(&one)?).await?;
    snippet.delete(&mut tx, actor).await?;
    tx.commit().await?;
    said(&visit, "/desk/knowledge/snippets", format!("“{}” is deleted.", snippet.name))
}
