//! Categories and sections, on one page of the desk.

use super::Choice;
use super::said;
use crate::{
    Category, CategoryWish, Section,
    api::{Away, NewSection, Of, SectionWish, id},
    category::{ICONS, shapes},
};
use askama::Template;
use kernel::{Fault, FieldErrors, Result};
use ui::Errors;
use web::{Answer, Fields, Input, Path, StatusCode, Visit};

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
        icons: ICONS.iter().map(|icon| (*icon, icon_name(icon))).collect(),
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
        shapes(actor)?;
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
        shapes(actor)?;
        let wish = read?;
        let category = Category::get(&mut tx, wish.category.ok_or(Fault::Missing)?).await?;
        let made = Section::add(&mut tx, actor, &category, &wish.title, wish.position).await?;
        tx.commit().await?;
        Ok(made.title)
    }
    .await;
    ended(&visit, outcome, &fields).await
}

#[derive(Template)]
#[template(path = "knowledge/shelf.html")]
struct ShelfPage {
    page: ui::Page,
    errors: Errors,
    category: Category,
    sections: Vec<Section>,
    targets: Vec<Choice>,
    icons: Vec<Choice>,
    title: String,
    slug: String,
    description: String,
    position: String,
    may_change: bool,
}

async fn shelf(visit: &Visit, category: Category, fields: Option<&Fields>, wrong: &FieldErrors) -> Result<ShelfPage> {
    let actor = visit.staff()?;
    let mut conn = visit.app.db.read().await?;
    let (all, categories) = (Section::all(&mut conn).await?, Category::all(&mut conn).await?);
    let of = |section: &Section| categories.iter().find(|category| category.id == section.category_id).map_or("", |category| &category.title);
    let mut errors = Errors::new();
    for (field, sentence) in &wrong.0 {
        errors.add(field, sentence);
    }
    let typed = |name: &str, stored: String| fields.map_or(stored, |fields| fields.typed(name));
    let icon = typed("icon", category.icon.clone());
    Ok(ShelfPage {
        page: visit.page(category.title.clone()),
        errors,
        targets: all.iter().map(|section| Choice::new(section.id.to_string(), &format!("{}: {}", of(section), section.title), false)).collect(),
        sections: all.iter().filter(|section| section.category_id == category.id).cloned().collect(),
        icons: ICONS.iter().map(|name| Choice::new(*name, icon_name(name), *name == icon)).collect(),
        title: typed("title", category.title.clone()),
        slug: typed("slug", category.slug.clone()),
        description: typed("description", category.description.clone()),
        position: typed("position", category.position.to_string()),
        may_change: actor.is_supervisor(),
        category,
    })
}

/// `GET /desk/knowledge/categories/{id}`: staff.
pub(super) async fn one(visit: Visit, Path(one): Path<String>) -> Answer {
    visit.staff()?;
    let category = Category::get(&mut visit.app.db.read().await?, id(&one)?).await?;
    web::html(&shelf(&visit, category, None, &FieldErrors::default()).await?)
}

/// After a change: back to its page, or the form again with what is wrong.
async fn changed(visit: &Visit, category: Category, outcome: Result<String>, fields: Option<&Fields>) -> Answer {
    match outcome {
        Ok(words) => said(visit, &format!("/desk/knowledge/categories/{}", category.id), words),
        Err(Fault::Invalid(wrong)) => web::html_with(StatusCode::UNPROCESSABLE_ENTITY, &shelf(visit, category, fields, &wrong).await?),
        Err(Fault::Stale(_)) => {
            let words = FieldErrors::one("", "Somebody else saved it meanwhile. Look at what is here, then save again.");
            let fresh = Category::get(&mut visit.app.db.read().await?, category.id).await?;
            web::html_with(StatusCode::CONFLICT, &shelf(visit, fresh, fields, &words).await?)
        }
        Err(fault) => Err(fault.into()),
    }
}

/// `POST /desk/knowledge/categories/{id}`: supervisors.
pub(super) async fn change(visit: Visit, Path(one): Path<String>, input: Input<Of<CategoryWish>>) -> Answer {
    let actor = visit.staff()?;
    shapes(actor)?;
    let category = Category::get(&mut visit.app.db.read().await?, id(&one)?).await?;
    let (read, fields, ..) = input.open();
    let outcome: Result<String> = async {
        let wish = read?;
        let mut tx = visit.app.db.write().await?;
        category.change(&mut tx, actor, wish.version, &wish.new).await?;
        tx.commit().await?;
        Ok("Saved.".to_owned())
    }
    .await;
    changed(&visit, category, outcome, Some(&fields)).await
}

/// `POST /desk/knowledge/categories/{id}/delete`: supervisors.
pub(super) async fn delete(visit: Visit, Path(one): Path<String>) -> Answer {
    let actor = visit.staff()?;
    shapes(actor)?;
    let mut tx = visit.app.db.write().await?;
    let category = Category::get(&mut tx, id(&one)?).await?;
    let deleted = category.delete(&mut tx, actor).await;
    if let Err(Fault::Conflict { detail, .. }) = deleted {
        drop(tx);
        return web::html_with(StatusCode::CONFLICT, &shelf(&visit, category, None, &FieldErrors::one("", detail)).await?);
    }
    deleted?;
    tx.commit().await?;
    said(&visit, "/desk/knowledge/categories", format!("“{}” is deleted.", category.title))
}

/// `POST /desk/knowledge/sections/{id}`: supervisors.
pub(super) async fn change_section(visit: Visit, Path(one): Path<String>, input: Input<Of<SectionWish>>) -> Answer {
    let actor = visit.staff()?;
    shapes(actor)?;
    let mut conn = visit.app.db.read().await?;
    let section = Section::get(&mut conn, id(&one)?).await?;
    let category = Category::get(&mut conn, section.category_id).await?;
    drop(conn);
    let (read, ..) = input.open();
    let outcome: Result<String> = async {
        let wish = read.map_err(|wrong| on_section(&wrong))?;
        let mut tx = visit.app.db.write().await?;
        section.change(&mut tx, actor, wish.version, &wish.new.title, wish.new.position).await?;
        tx.commit().await?;
        Ok("Saved.".to_owned())
    }
    .await;
    changed(&visit, category, outcome, None).await
}

/// What is wrong with a section, told above the forms: there are many of them on the page.
fn on_section(wrong: &FieldErrors) -> Fault {
    let words: Vec<String> = wrong.0.iter().map(|(_, sentence)| format!("The section: {sentence}")).collect();
    Fault::field("", words.join(" "))
}

/// `POST /desk/knowledge/sections/{id}/delete`: supervisors.
pub(super) async fn delete_section(visit: Visit, Path(one): Path<String>, input: Input<Away>) -> Answer {
    let actor = visit.staff()?;
    shapes(actor)?;
    let mut conn = visit.app.db.read().await?;
    let section = Section::get(&mut conn, id(&one)?).await?;
    let category = Category::get(&mut conn, section.category_id).await?;
    drop(conn);
    let (read, ..) = input.open();
    let outcome: Result<String> = async {
        let away = read?;
        let mut tx = visit.app.db.write().await?;
        let deleted = section.delete(&mut tx, actor, away.to).await;
        if let Err(Fault::Invalid(wrong)) = deleted {
            return Err(on_section(&wrong));
        }
        deleted?;
        tx.commit().await?;
        Ok(format!("“{}” is deleted.", section.title))
    }
    .await;
    changed(&visit, category, outcome, None).await
}

/// What the picture of one of [`ICONS`] is called.
fn icon_name(icon: &str) -> &'static str {
    match icon {
        "i-rocket" => "Rocket",
        "i-square-pen" => "Pen",
        "i-git-branch" => "Branches",
        "i-flask-conical" => "Flask",
        "i-key-round" => "Key",
        "i-credit-card" => "Credit card",
        "i-life-buoy" => "Life buoy",
        "i-users" => "People",
        "i-settings" => "Cog",
        _ => "Book",
    }
}
