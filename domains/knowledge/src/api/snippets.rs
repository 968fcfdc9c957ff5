//! The JSON API of snippets.

use super::{id, writer};
use crate::{
    Snippet, SnippetWish,
    openapi::{Late, OnePath, Refused},
    snippet::{NAME, SOURCE},
};
use db::{Id, Timestamp};
use kernel::Scope;
use serde::Serialize;
use utoipa::{OpenApi, ToSchema};
use web::{Answer, Fields, Form, Input, Path, Routes, StatusCode, Visit};

pub(super) fn routes() -> Routes {
    Routes::new()
        .get("/api/knowledge/snippets", list)
        .post("/api/knowledge/snippets", add)
        .put("/api/knowledge/snippets/{id}", change)
        .delete("/api/knowledge/snippets/{id}", delete)
}

#[derive(OpenApi)]
#[openapi(paths(list, add, change, delete))]
pub(super) struct Doc;

/// A text that articles include by its name.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ArticleSnippet)]
struct SnippetJson {
    /// The id.
    #[schema(value_type = Uuid)]
    id: Id<Snippet>,
    /// Its name.
    #[schema(example = "rate-limits")]
    name: String,
    /// Markdown.
    #[schema(example = "At most 600 requests a minute.")]
    content: String,
    /// How many articles name it.
    #[schema(example = 4)]
    uses: i64,
    /// Last change.
    #[schema(value_type = String, format = DateTime, example = "2026-11-22T09:30:00Z")]
    updated_at: Timestamp,
    /// Give it with a change.
    #[schema(example = 1)]
    version: i64,
}

impl From<Snippet> for SnippetJson {
    fn from(snippet: Snippet) -> Self {
        let Snippet { id, name, source: content, updated_at, version, uses } = snippet;
        Self { id, name, content, uses, updated_at, version }
    }
}

/// All snippets.
#[derive(Serialize, ToSchema)]
#[schema(as = ArticleSnippetList)]
struct SnippetsJson {
    /// The snippets, by name.
    items: Vec<SnippetJson>,
}

/// A snippet about to be made.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only its derive reads it")]
struct NewSnippet {
    /// Its name: lower-case letters, digits and hyphens.
    #[schema(min_length = 1, max_length = 60, example = "rate-limits")]
    name: String,
    /// Markdown. Other snippets may stand in it, but none that leads back here.
    #[schema(min_length = 1, max_length = 20_000, example = "At most 600 requests a minute.")]
    content: String,
}

/// A snippet as it shall be, and the version it was read with.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only its derive reads it")]
struct SnippetChange {
    /// The `version` you read. Another one by now is refused with 409.
    #[schema(minimum = 1, example = 1)]
    version: i64,
    #[serde(flatten)]
    #[schema(inline)]
    all: NewSnippet,
}

impl Form for SnippetWish {
    fn read(fields: &mut Fields) -> Self {
        // pages call it by what it is, the API as in articles
        let field = if fields.has("content") { "content" } else { "source" };
        Self { name: fields.text("name", NAME), source: fields.text(field, SOURCE) }
    }
}

struct Change {
    version: i64,
    wish: SnippetWish,
}

impl Form for Change {
    fn read(fields: &mut Fields) -> Self {
        Self { version: fields.needed_integer("version", 1..=i64::MAX), wish: SnippetWish::read(fields) }
    }
}

/// List snippets.
#[utoipa::path(get, path = "/api/knowledge/snippets", tag = "Knowledge", operation_id = "listArticleSnippets", security(("bearer" = ["knowledge:read"]), ("session" = [])),
    description = "Texts that articles include by `{{snippet name}}`. Staff only.", responses((status = 200, description = "Snippets", body = SnippetsJson), Refused))]
async fn list(visit: Visit) -> Answer {
    visit.staff()?;
    visit.scope(Scope::KnowledgeRead)?;
    let all = Snippet::all(&mut visit.app.db.read().await?).await?;
    web::json(&SnippetsJson { items: all.into_iter().map(Into::into).collect() })
}

/// Add a snippet.
#[utoipa::path(post, path = "/api/knowledge/snippets", tag = "Knowledge", operation_id = "addArticleSnippet", security(("bearer" = ["knowledge:write"]), ("session" = [])),
    description = "Supervisors and admins.", request_body = NewSnippet, responses((status = 201, description = "The snippet", body = SnippetJson), Refused))]
async fn add(visit: Visit, input: Input<SnippetWish>) -> Answer {
    let actor = writer(&visit)?;
    crate::category::shapes(actor)?;
    let seal = input.seal.clone();
    let wish = input.take()?;
    let mut tx = visit.app.db.write().await?;
    if let Some(answer) = seal.replay(&mut tx, &visit).await? {
        return Ok(answer);
    }
    let made = Snippet::add(&mut tx, actor, &wish).await?;
    let answer = seal.keep_json(&mut tx, &visit, StatusCode::CREATED, None, &SnippetJson::from(made)).await?;
    tx.commit().await?;
    Ok(answer)
}

/// Change a snippet.
#[utoipa::path(put, path = "/api/knowledge/snippets/{id}", tag = "Knowledge", operation_id = "changeArticleSnippet", security(("bearer" = ["knowledge:write"]), ("session" = [])),
    description = "Every article that includes it shows the new words at once. Supervisors and admins.", params(OnePath), request_body = SnippetChange,
    responses((status = 200, description = "The snippet as it is now", body = SnippetJson), Refused, Late))]
async fn change(visit: Visit, Path(one): Path<String>, input: Input<Change>) -> Answer {
    let actor = writer(&visit)?;
    crate::category::shapes(actor)?;
    let mut tx = visit.app.db.write().await?;
    let snippet = Snippet::get(&mut tx, id(&one)?).await?;
    let Change { version, wish } = input.take()?;
    let changed = snippet.change(&mut tx, actor, version, &wish).await?;
    tx.commit().await?;
    web::json(&SnippetJson::from(changed))
}

/// Delete a snippet.
#[utoipa::path(delete, path = "/api/knowledge/snippets/{id}", tag = "Knowledge", operation_id = "deleteArticleSnippet", security(("bearer" = ["knowledge:write"]), ("session" = [])),
    description = "Only one that no article and no other snippet uses. Supervisors and admins.", params(OnePath), responses((status = 204, description = "It is gone"), Refused, Late))]
async fn delete(visit: Visit, Path(one): Path<String>) -> Answer {
    let actor = writer(&visit)?;
    crate::category::shapes(actor)?;
    let mut tx = visit.app.db.write().await?;
    Snippet::get(&mut tx, id(&one)?).await?.delete(&mut tx, actor).await?;
    tx.commit().await?;
    web::no_content()
}
