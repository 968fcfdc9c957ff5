//! Articles in and out, on the desk: an archive that is sent and brought in by a job, the report of it, and archives to take away. And an
//! article as PDF, for whoever reads it.

use super::{Choice, said};
use crate::{
    Article, Category,
    api::{Sent, archive, id, receive},
    category::shapes,
    exchange::{self, Chosen, Import, Left},
};
use askama::Template;
use kernel::{Fault, Result};
use ui::Errors;
use web::{Answer, Asked, Bucket, Fields, Form, Input, Path, StatusCode, Visit};

/// Lines of a report on a page.
const SHOWN: i64 = 200;

#[derive(Template)]
#[template(path = "knowledge/exchange.html")]
struct ExchangePage {
    page: ui::Page,
    errors: Errors,
    imports: Vec<Import>,
    categories: Vec<Choice>,
    may_import: bool,
}

async fn page(visit: &Visit, errors: Errors) -> Result<ExchangePage> {
    let actor = visit.staff()?;
    let mut conn = visit.app.db.read().await?;
    let may_import = actor.is_supervisor();
    Ok(ExchangePage {
        page: visit.page("Import and export"),
        errors,
        imports: if may_import { Import::last(&mut conn, actor).await? } else { Vec::new() },
        categories: Category::all(&mut conn).await?.into_iter().map(|category| Choice::new(category.slug, &category.title, false)).collect(),
        may_import,
    })
}

/// `GET /desk/knowledge/exchange`: staff.
pub(super) async fn show(visit: Visit) -> Answer {
    web::html(&page(&visit, Errors::new()).await?)
}

/// `POST /desk/knowledge/imports`: supervisors.
pub(super) async fn import(visit: Visit, input: Input<Sent>) -> Answer {
    let actor = visit.staff()?;
    shapes(actor)?;
    visit.app.limits.check(Bucket::Post, &visit.counted_as())?;
    let (read, _, uploads, _) = input.open();
    let outcome = match read {
        Ok(sent) => receive(&visit, &sent, uploads).await,
        Err(wrong) => Err(wrong.into()),
    };
    let words = match outcome {
        Ok(id) => return said(&visit, &format!("/desk/knowledge/imports/{id}"), "It has begun. This page says how far it is."),
        Err(Fault::Unsupported(words) | Fault::TooLarge(words)) => words,
        Err(Fault::Invalid(wrong)) => wrong.0.into_iter().map(|(_, words)| words).collect::<Vec<_>>().join(" "),
        Err(fault) => return Err(fault.into()),
    };
    let mut errors = Errors::new();
    errors.add("file", &words);
    web::html_with(StatusCode::UNPROCESSABLE_ENTITY, &page(&visit, errors).await?)
}

#[derive(Template)]
#[template(path = "knowledge/import.html")]
struct ImportPage {
    page: ui::Page,
    import: Import,
    lines: Vec<Left>,
    is_refused: bool,
    next: Option<i64>,
}

pub(super) struct Part {
    is_refused: bool,
    after: i64,
}

impl Form for Part {
    fn read(fields: &mut Fields) -> Self {
        Self { is_refused: fields.boolean("refused"), after: fields.integer("after", 0..=i64::MAX).unwrap_or(0) }
    }
}

/// `GET /desk/knowledge/imports/{id}`: supervisors. How far it is, and what became of each file.
pub(super) async fn report(visit: Visit, Path(one): Path<String>, Asked(part): Asked<Part>) -> Answer {
    let actor = visit.staff()?;
    let mut conn = visit.app.db.read().await?;
    let import = Import::get(&mut conn, actor, id(&one)?).await?;
    let (lines, next) = import.page(&mut conn, part.is_refused, part.after, SHOWN).await?;
    let page = visit.page("Import").listening([format!("{}:{}", exchange::KIND, import.id)]);
    web::html(&ImportPage { page, import, lines, next, is_refused: part.is_refused })
}

/// `GET /desk/knowledge/export?category=&all=`: staff. An archive of Markdown.
pub(super) async fn export(visit: Visit, Asked(chosen): Asked<Chosen>) -> Answer {
    visit.staff()?;
    archive(&visit, &chosen).await
}

/// `GET /a/{slug}/pdf`: whoever may read it.
pub(super) async fn pdf(visit: Visit, Path(slug): Path<String>) -> Answer {
    let actor = &visit.actor;
    visit.app.limits.check(Bucket::Search, &visit.counted_as())?;
    let mut conn = visit.app.db.read().await?;
    let article = Article::at(&mut conn, actor, &slug).await?;
    let body = article.body(&mut conn).await?;
    drop(conn);
    let page = visit.page(article.title.clone());
    let at = article.published_at.map(|at| page.full(at)).unwrap_or_default();
    let paper = pdf::Paper {
        mark: format!("{} {}", page.brand.name, page.brand.tagline),
        title: article.title.clone(),
        facts: vec![("Address".to_owned(), format!("{}{}", visit.app.config.public_url, article.href())), ("Updated".to_owned(), at)],
        sections: vec![pdf::Section { head: article.author.clone(), aside: String::new(), label: None, html: body.html, notes: Vec::new() }],
    };
    let written = tokio::task::spawn_blocking(move || pdf::write(&paper)).await.map_err(|error| Fault::Broken(error.to_string()))?;
    match written {
        Ok(bytes) => web::download("application/pdf", &format!("{}.pdf", article.slug), bytes),
        Err(pdf::Error::TooLong) => Err(Fault::TooLarge("This is too long for a PDF. Print the page.".to_owned()).into()),
        Err(error) => Err(Fault::Broken(error.to_string()).into()),
    }
}
