//! Categories and sections, on one page of the desk.

use super::said;
use crate::{Category, CategoryWish, Section, api::NewSection, category::ICONS};
use askama::Template;
use kernel::{Fault, FieldErrors, Result};
use ui::Errors;
use web::{Answer, Fields, Input, StatusCode, Visit};

#[derive(Template)]
#[template(path = "knowledge/categories.html")]
struct ShelvesPage {
    page: ui::Page,
    errors: Errors,
    rows: Vec<(Category, i64, Vec<Section>)>,
    may_change: bool,
    title: String,
    description: String,
    section: String,
    icons: Vec<(&'static str, &'static str)>,
}

async fn page(visit: &Visit, fields: Option<&Fields>, wrong: &FieldErrors) -> Result<ShelvesPage> {
    let actor = visit.staff()?;
    let mut conn = visit.app.db.read().await?;
    let sections = Section::all(&mut conn).await?;
    let rows = Category::visible(&mut conn, actor, true).await?.into_iter().map(|(category, count)| {
        let own = sections.iter().filter(|section| section.category_id == category.id).cloned().collect();
        (category, count, own)
    });
    let typed = |name: &str| fields.map(|fields| fields.typed(name)).unwrap_or_default();
    let mut errors = Errors::new();
    let is_section = fields.is_some_and(|fields| !fields.typed("categoryId").is_empty());
    for (field, sentence) in &wrong.0 {
        errors.add(if is_section && field == "title" { "section" } else { field }, sentence);
    }
    Ok(ShelvesPage {
        page: visit.page("Categories"),
        errors,
        rows: rows.collect(),
        may_change: actor.is_supervisor(),
        title: if is_section { String::new() } else { typed("title") },
        description: typed("description"),
        section: if is_section { typed("title") } else { String::new() },
        icons: ICONS.iter().map(|icon| (*icon, icon.trim_start_matches("i-"))).collect(),
    })
}

/// `GET /desk/knowledge/categories`: staff.
pub(super) async fn show(visit: Visit) -> Answer {
    web::html(&page(&visit, None, &FieldErrors::default()).await?)
}

async fn ended(visit: &Visit, outcome: Result<String>, fields: &Fields) -> Answer {
    match outcome {
        Ok(title) => said(visit, "/desk/knowledge/categories", format!("“{title}” is there.")),
        Err(Fault::Invalid(wrong)) => web::html_with(StatusCode::UNPROCESSABLE_ENTITY, &page(visit, Some(fields), &wrong).await?),
        Err(fault) => Err(fault.into()),
    }
}

/// `POST /desk/knowledge/categories`: supervisors.
pub(super) async fn add(visit: Visit, input: Input<CategoryWish>) -> Answer {
    let actor = visit.staff()?;
    let (read, fields, ..) = input.open();
    let outcome: Result<String> = async {
        let mut tx = visit.app.db.write().await?;
        crate::category::shapes(actor)?;
        let made = Category::add(&mut tx, actor, &read?).await?;
        tx.commit().await?;
        Ok(made.title)
    }
    .await;
    ended(&visit, outcome, &fields).await
}

/// `POST /desk/knowledge/sections`: supervisors.
pub(super) async fn add_section(visit: Visit, input: Input<NewSection>) -> Answer {
    let actor = visit.staff()?;
    let (read, fields, ..) = input.open();
    let outcome: Result<String> = async {
        let mut tx = visit.app.db.write().await?;
        crate::category::shapes(actor)?;
        let wish = read?;
        let category = Category::get(&mut tx, wish.category.ok_or(Fault::Missing)?).await?;
        let made = Section::add(&mut tx, actor, &category, &wish.title, wish.position).await?;
        tx.commit().await?;
        Ok(made.title)
    }
    .await;
    ended(&visit, outcome, &fields).await
}
