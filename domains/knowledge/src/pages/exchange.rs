//! Articles in and out, on the desk: an archive that is sent and brought in by a job, the report of it, and archives to take away. And an
//! article as PDF, for whoever reads it.

use super::{Choice, said};
use crate::{
    Article, Category,
    api::id,
    category::shapes,
    exchange::{self, Chosen, Import, Left},
};
use askama::Template;
use kernel::{Fault, Result};
use ui::Errors;
use web::{Answer, Asked, Bucket, Fields, Form, Input, IntoResponse, Path, Response, StatusCode, Visit, header};

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

pub(super) struct Sent {
    is_dry: bool,
}

impl Form for Sent {
    const UPLOADS: bool = true;
    fn read(fields: &mut Fields) -> Self {
        Self { is_dry: fields.boolean("dry") }
    }
}

/// `POST /desk/knowledge/imports`: supervisors.
pub(super) async fn import(visit: Visit, input: Input<Sent>) -> Answer {
    let actor = visit.staff()?;
    shapes(actor)?;
    visit.app.limits.check(Bucket::Post, &visit.counted_as())?;
    let (read, _, uploads, _) = input.open();
    let outcome: Result<_> = async {
        let sent = read?;
        let mut upload = uploads.into_iter().next().ok_or_else(|| Fault::field("file", "Choose a file."))?;
        let store = files::Store::of(&visit.app)?;
        let bytes = upload.bytes().await?;
        let stored = files::keep(&store, &upload.name, bytes).await?;
        let mut tx = visit.app.db.write().await?;
        let id = Import::add(&mut tx, actor, stored, sent.is_dry).await?;
        tx.commit().await?;
        Ok(id)
    }
    .await;
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
    let mut lines = import.lines(&mut conn, part.is_refused, part.after, SHOWN + 1).await?;
    let more = i64::try_from(lines.len()).unwrap_or(i64::MAX) > SHOWN;
    if more {
        lines.pop();
    }
    let page = visit.page("Import").listening([format!("{}:{}", exchange::KIND, import.id)]);
    web::html(&ImportPage { page, next: lines.last().filter(|_| more).map(|line| line.number), import, lines, is_refused: part.is_refused })
}

impl Form for Chosen {
    fn read(fields: &mut Fields) -> Self {
        Self { category: fields.optional_text("category", 160), is_all: fields.boolean("all") }
    }
}

/// `GET /desk/knowledge/export?category=&all=`: staff. An archive of Markdown.
pub(super) async fn export(visit: Visit, Asked(chosen): Asked<Chosen>) -> Answer {
    let actor = visit.staff()?;
    visit.app.limits.check(Bucket::Search, &visit.counted_as())?;
    let store = files::Store::of(&visit.app)?;
    let bytes = Box::pin(exchange::export(&visit.app.db, &store, actor, &chosen)).await?;
    let name = chosen.category.map_or_else(|| "articles.zip".to_owned(), |slug| format!("{}.zip", slug.chars().filter(char::is_ascii).collect::<String>()));
    Ok(download("application/zip", &name, bytes))
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
    let ascii: String = article.slug.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
    match written {
        Ok(bytes) => Ok(download("application/pdf", &format!("{}.pdf", if ascii.is_empty() { "article" } else { &ascii }), bytes)),
        Err(pdf::Error::TooLong) => Err(Fault::TooLarge("This is too long for a PDF. Print the page.".to_owned()).into()),
        Err(error) => Err(Fault::Broken(error.to_string()).into()),
    }
}

fn download(kind: &'static str, name: &str, bytes: Vec<u8>) -> Response {
    let headers = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    (headers, bytes).into_response()
}
