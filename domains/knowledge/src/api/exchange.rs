//! The JSON API of imports and exports: for pipelines that keep the help center beside the code.

use super::{id, reader, writer};
use crate::{
    category::shapes,
    exchange::{self, Chosen, Import, Left, Outcome},
    openapi::{OnePath, Refused},
};
use db::{Id, Timestamp};
use kernel::{Fault, Result};
use serde::Serialize;
use utoipa::{IntoParams, OpenApi, ToSchema};
use web::{Answer, Asked, Bucket, Cursor, Fields, Form, Input, IntoResponse, Path, Routes, StatusCode, Upload, Visit, header};

pub(super) fn routes() -> Routes {
    Routes::new()
        .post("/api/knowledge/imports", add)
        .get("/api/knowledge/imports/{id}", show)
        .get("/api/knowledge/imports/{id}/lines", lines)
        .get("/api/knowledge/export", export)
}

#[derive(OpenApi)]
#[openapi(paths(add, show, lines, export))]
pub(super) struct Doc;

/// How far an import is.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = KnowledgeImport)]
struct ImportJson {
    /// The id.
    #[schema(value_type = Uuid)]
    id: Id<Import>,
    /// The file that was sent.
    #[schema(example = "docs.zip")]
    name: String,
    /// It only says what it would do.
    is_dry: bool,
    /// `WAITING`, `RUNNING`, `DONE` or `FAILED`.
    #[schema(example = "RUNNING")]
    state: String,
    /// Why it failed.
    detail: Option<String>,
    /// How far it is, of a hundred.
    #[schema(example = 40)]
    percent: i64,
    /// New articles.
    #[schema(example = 12)]
    added: i64,
    /// Changed ones.
    #[schema(example = 3)]
    changed: i64,
    /// Those that are as they were.
    #[schema(example = 35)]
    same: i64,
    /// Files that could not be taken, or not wholly.
    #[schema(example = 0)]
    refused: i64,
    /// When it was asked for.
    #[schema(value_type = String, format = DateTime, example = "2026-11-22T09:30:00Z")]
    created_at: Timestamp,
    /// When it ended.
    #[schema(value_type = Option<String>, format = DateTime)]
    ended_at: Option<Timestamp>,
}

impl From<Import> for ImportJson {
    fn from(import: Import) -> Self {
        let percent = import.percent();
        let Import { id, name, is_dry, state, words: detail, added, changed, same, refused, created_at, ended_at, .. } = import;
        Self { id, name, is_dry, state, detail, percent, added, changed, same, refused, created_at, ended_at }
    }
}

/// What became of a file.
#[derive(Serialize, ToSchema)]
#[schema(as = KnowledgeImportLine)]
struct LineJson {
    /// The file.
    #[schema(example = "guides/keys.md")]
    path: String,
    /// `ADDED`, `CHANGED`, `SAME`, `PASSED` or `REFUSED`.
    #[schema(value_type = String, example = "REFUSED")]
    outcome: Outcome,
    /// Why, in a sentence.
    #[schema(example = "It is not UTF-8.")]
    detail: String,
}

/// A page of a report.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = KnowledgeImportLineList)]
struct LinesJson {
    /// The lines, in the order of the work.
    items: Vec<LineJson>,
    /// Where the next page begins.
    next_cursor: Option<String>,
}

/// A folder of pages, or one page.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only its derive reads it")]
struct NewImport {
    /// A `.zip` of Markdown, MDX or HTML with its pictures, or an export of Zendesk; or one such page, or an OpenAPI document.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
    /// Only say what would be done.
    dry: Option<bool>,
}

/// Which lines.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "only its derive reads it")]
struct LineFilter {
    /// Only what was refused.
    refused: Option<bool>,
    /// Lines at once.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// Where to go on.
    cursor: Option<String>,
}

/// Which articles.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "only its derive reads it")]
struct ExportFilter {
    /// The slug of a category: its articles alone.
    #[param(example = "api-and-sdks")]
    category: Option<String>,
    /// Newest versions, drafts too; else what readers see.
    all: Option<bool>,
}

pub(crate) struct Sent {
    is_dry: bool,
}

impl Form for Sent {
    const UPLOADS: bool = true;
    fn read(fields: &mut Fields) -> Self {
        Self { is_dry: fields.boolean("dry") }
    }
}

/// Keeps the file that was sent, and asks for its import.
pub(crate) async fn receive(visit: &Visit, sent: &Sent, uploads: Vec<Upload>) -> Result<Id<Import>> {
    let mut upload = uploads.into_iter().next().ok_or_else(|| Fault::field("file", "Choose a file."))?;
    let store = files::Store::of(&visit.app)?;
    let bytes = upload.bytes().await?;
    let stored = files::keep(&store, &upload.name, bytes).await?;
    let mut tx = visit.app.db.write().await?;
    let id = Import::add(&mut tx, &visit.actor, stored, sent.is_dry).await?;
    tx.commit().await?;
    Ok(id)
}

/// Import articles.
#[utoipa::path(post, path = "/api/knowledge/imports", tag = "Knowledge", operation_id = "importArticles", security(("bearer" = ["knowledge:write"]), ("session" = [])),
    description = "Pages become articles; a page that was imported before changes its article, known by its path or by `externalId` in its front matter. It is worked on in the background. Supervisors and admins.",
    request_body(content = NewImport, content_type = "multipart/form-data"),
    responses((status = 202, headers(("Location" = String, description = "Path of the import")), description = "It has begun", body = ImportJson), Refused))]
async fn add(visit: Visit, input: Input<Sent>) -> Answer {
    let actor = writer(&visit)?;
    shapes(actor)?;
    visit.app.limits.check(Bucket::Post, &visit.counted_as())?;
    let (read, _, uploads, _) = input.open();
    let id = receive(&visit, &read?, uploads).await?;
    let import = Import::get(&mut visit.app.db.read().await?, actor, id).await?;
    Ok((StatusCode::ACCEPTED, [(header::LOCATION, format!("/api/knowledge/imports/{id}"))], web::json(&ImportJson::from(import))?).into_response())
}

/// Get an import.
#[utoipa::path(get, path = "/api/knowledge/imports/{id}", tag = "Knowledge", operation_id = "getImport", security(("bearer" = ["knowledge:read"]), ("session" = [])),
    description = "How far it is. Supervisors and admins.", params(OnePath), responses((status = 200, description = "The import", body = ImportJson), Refused))]
async fn show(visit: Visit, Path(one): Path<String>) -> Answer {
    visit.staff()?;
    let actor = reader(&visit)?;
    let import = Import::get(&mut visit.app.db.read().await?, actor, id(&one)?).await?;
    web::json(&ImportJson::from(import))
}

struct Part {
    is_refused: bool,
    limit: i64,
    cursor: Option<String>,
}

impl Form for Part {
    fn read(fields: &mut Fields) -> Self {
        Self { is_refused: fields.boolean("refused"), limit: fields.integer("limit", 1..=100).unwrap_or(50), cursor: fields.optional_text("cursor", 200) }
    }
}

/// List what became of each file.
#[utoipa::path(get, path = "/api/knowledge/imports/{id}/lines", tag = "Knowledge", operation_id = "listImportLines", security(("bearer" = ["knowledge:read"]), ("session" = [])),
    description = "The report of an import, as far as it is. Supervisors and admins.", params(OnePath, LineFilter),
    responses((status = 200, description = "A page of lines", body = LinesJson), Refused))]
async fn lines(visit: Visit, Path(one): Path<String>, Asked(part): Asked<Part>) -> Answer {
    visit.staff()?;
    let actor = reader(&visit)?;
    let mut conn = visit.app.db.read().await?;
    let import = Import::get(&mut conn, actor, id(&one)?).await?;
    let after = part.cursor.map(|text| Cursor::decode(&text, "number")).transpose()?.map_or(0, |cursor| cursor.value);
    let (left, next) = import.page(&mut conn, part.is_refused, after, part.limit).await?;
    let items = left.into_iter().map(|Left { path, outcome, words: detail, .. }| LineJson { path, outcome, detail }).collect();
    web::json(&LinesJson { items, next_cursor: next.map(|value| Cursor { sort: "number".to_owned(), value, id: import.id.uuid() }.encode()) })
}

impl Form for Chosen {
    fn read(fields: &mut Fields) -> Self {
        Self { category: fields.optional_text("category", 160), is_all: fields.boolean("all") }
    }
}

/// Export articles.
#[utoipa::path(get, path = "/api/knowledge/export", tag = "Knowledge", operation_id = "exportArticles", security(("bearer" = ["knowledge:read"]), ("session" = [])),
    description = "A ZIP archive of Markdown with front matter and pictures, as an import takes it. Staff only, and what you may see.", params(ExportFilter),
    responses((status = 200, description = "The archive", content_type = "application/zip", body = Vec<u8>), Refused))]
async fn export(visit: Visit, Asked(chosen): Asked<Chosen>) -> Answer {
    visit.staff()?;
    reader(&visit)?;
    archive(&visit, &chosen).await
}

/// The archive, as a download.
pub(crate) async fn archive(visit: &Visit, chosen: &Chosen) -> Answer {
    visit.app.limits.check(Bucket::Search, &visit.counted_as())?;
    let store = files::Store::of(&visit.app)?;
    let bytes = Box::pin(exchange::export(&visit.app.db, &store, &visit.actor, chosen)).await?;
    let name = format!("{}.zip", chosen.category.as_deref().unwrap_or("articles"));
    web::download("application/zip", &name, bytes)
}
