//! The JSON API beside articles: versions, what is related, votes, categories and sections.

use super::{
    forms::{Away, NewSection, Of, SectionWish},
    id, reader, seen,
    shapes::{ArticleJson, ArticlesJson, CategoriesJson, CategoryJson, SectionJson, SectionsJson, VersionsJson, VotesJson},
    writer,
};
use crate::{
    Article, Care, Category, CategoryWish, Section, Vote,
    neighbours::standings,
    openapi::{
        ArticleCare, CategoryChange, Late, NewCategory, NewSection as NewSectionBody, NewVote, OnePath, Refused, SectionAway, SectionChange, VersionFilter,
    },
    policy::{Action, View},
    popularity,
    version::Version,
};
use kernel::{Fault, Scope};
use utoipa::OpenApi;
use web::{Answer, Asked, Bucket, Cursor, Fields, Form, Input, Path, Routes, StatusCode, Visit};

pub(super) fn routes() -> Routes {
    Routes::new()
        .get("/api/knowledge/articles/{id}/versions", versions)
        .get("/api/knowledge/articles/{id}/related", related)
        .post("/api/knowledge/articles/{id}/feedback", rate)
        .put("/api/knowledge/articles/{id}/care", care)
        .get("/api/knowledge/categories", categories)
        .post("/api/knowledge/categories", add_category)
        .put("/api/knowledge/categories/{id}", change_category)
        .delete("/api/knowledge/categories/{id}", delete_category)
        .get("/api/knowledge/sections", sections)
        .post("/api/knowledge/sections", add_section)
        .put("/api/knowledge/sections/{id}", change_section)
        .delete("/api/knowledge/sections/{id}", delete_section)
}

#[derive(OpenApi)]
#[openapi(paths(
    versions,
    related,
    rate,
    care,
    categories,
    add_category,
    change_category,
    delete_category,
    sections,
    add_section,
    change_section,
    delete_section
))]
pub(super) struct Doc;

struct Page {
    limit: i64,
    cursor: Option<String>,
}

impl Form for Page {
    fn read(fields: &mut Fields) -> Self {
        Self { limit: fields.integer("limit", 1..=100).unwrap_or(50), cursor: fields.optional_text("cursor", 300) }
    }
}

/// List the versions of an article.
#[utoipa::path(get, path = "/api/knowledge/articles/{id}/versions", tag = "Knowledge", operation_id = "listArticleVersions", security(("bearer" = ["knowledge:read"]), ("session" = [])),
    description = "Every save, the newest first, with the votes on it. Staff only.", params(OnePath, VersionFilter), responses((status = 200, description = "A page of versions", body = VersionsJson), Refused))]
async fn versions(visit: Visit, Path(one): Path<String>, Asked(page): Asked<Page>) -> Answer {
    let actor = visit.staff()?;
    visit.scope(Scope::KnowledgeRead)?;
    let mut conn = visit.app.db.read().await?;
    let article = Article::get(&mut conn, actor, id(&one)?, Action::Write).await?;
    let before = page.cursor.as_deref().map(|cursor| Cursor::decode(cursor, "article-versions")).transpose()?.map_or(i64::MAX, |cursor| cursor.value);
    let mut found = Version::of(&mut conn, article.id, before, page.limit + 1).await?;
    let more = i64::try_from(found.len()).unwrap_or(i64::MAX) > page.limit;
    if more {
        found.pop();
    }
    let next_cursor =
        found.last().filter(|_| more).map(|last| Cursor { sort: "article-versions".to_owned(), value: last.number, id: article.id.uuid() }.encode());
    web::json(&VersionsJson { items: found.into_iter().map(Into::into).collect(), next_cursor })
}

/// List related articles.
#[utoipa::path(get, path = "/api/knowledge/articles/{id}/related", tag = "Knowledge", operation_id = "listRelatedArticles", security((), ("bearer" = ["knowledge:read"]), ("session" = [])),
    description = "Published articles that you may read and that are about the same, the nearest first; ten at most.", params(OnePath), responses((status = 200, description = "Articles", body = ArticlesJson), Refused))]
async fn related(visit: Visit, Path(one): Path<String>) -> Answer {
    let actor = reader(&visit)?;
    let mut conn = visit.app.db.read().await?;
    let found = seen(&mut conn, actor, &one).await?.related(&mut conn, actor, 10).await?;
    let mut sources = Article::sources(&mut conn, View::Live, &found).await?;
    let mut standing = standings(&mut conn, &found).await?;
    let items = found.into_iter().map(|article| {
        let (source, standing) = (sources.remove(&article.id).unwrap_or_default(), standing.remove(&article.id).unwrap_or_default());
        ArticleJson::of(&visit, article, source, None, &standing)
    });
    web::json(&ArticlesJson { items: items.collect(), next_cursor: None })
}

/// Say whether an article helped.
#[utoipa::path(post, path = "/api/knowledge/articles/{id}/feedback", tag = "Knowledge", operation_id = "rateArticle", security((), ("bearer" = ["knowledge:write"]), ("session" = [])),
    description = "A vote on the version that was read. One vote for each reader and version: a second one replaces the first.", params(OnePath), request_body = NewVote,
    responses((status = 200, description = "All votes on the article", body = VotesJson), Refused))]
async fn rate(visit: Visit, Path(one): Path<String>, headers: web::HeaderMap, input: Input<Vote>) -> Answer {
    visit.scope(Scope::KnowledgeWrite)?;
    visit.app.limits.check(Bucket::Post, &visit.counted_as())?;
    let actor = &visit.actor;
    let mut tx = visit.app.db.write().await?;
    let article = Article::get(&mut tx, actor, id(&one)?, Action::Read).await?;
    let vote = input.take()?;
    let agent = headers.get("user-agent").and_then(|agent| agent.to_str().ok()).unwrap_or_default();
    article.rate(&mut tx, actor, &popularity::voter(actor, &visit.address.to_string(), agent, &visit.app.secret), &vote).await?;
    let now = Article::get(&mut tx, actor, article.id, Action::Read).await?;
    tx.commit().await?;
    web::json(&VotesJson { helpful: now.helpful, unhelpful: now.unhelpful })
}

/// Say who looks after an article.
#[utoipa::path(put, path = "/api/knowledge/articles/{id}/care", tag = "Knowledge", operation_id = "careForArticle", security(("bearer" = ["knowledge:write"]), ("session" = [])),
    description = "Who looks after it, and by when somebody has to say that it is still right. The owner is told when that day is over. Staff only.", params(OnePath), request_body = ArticleCare,
    responses((status = 200, description = "The article as it is now", body = ArticleJson), Refused, Late))]
async fn care(visit: Visit, Path(one): Path<String>, input: Input<Of<Care>>) -> Answer {
    let actor = writer(&visit)?;
    let mut tx = visit.app.db.write().await?;
    let article = Article::get(&mut tx, actor, id(&one)?, Action::Write).await?;
    let wanted = input.take()?;
    let article = article.care(&mut tx, actor, wanted.version, &wanted.new).await?;
    let body = super::json(&mut tx, &visit, article).await?;
    tx.commit().await?;
    web::json(&body)
}

/// List categories.
#[utoipa::path(get, path = "/api/knowledge/categories", tag = "Knowledge", operation_id = "listCategories", security((), ("bearer" = ["knowledge:read"]), ("session" = [])),
    description = "Those in which you may read something; staff gets the empty ones too.", responses((status = 200, description = "Categories", body = CategoriesJson), Refused))]
async fn categories(visit: Visit) -> Answer {
    let actor = reader(&visit)?;
    let found = Category::visible(&mut visit.app.db.read().await?, actor, actor.is_staff()).await?;
    web::json(&CategoriesJson { items: found.into_iter().map(|(category, count)| CategoryJson::of(category, count)).collect() })
}

/// Add a category.
#[utoipa::path(post, path = "/api/knowledge/categories", tag = "Knowledge", operation_id = "addCategory", security(("bearer" = ["knowledge:write"]), ("session" = [])),
    description = "Supervisors and admins. It has a first section, “General”.", request_body = NewCategory, responses((status = 201, description = "The category", body = CategoryJson), Refused))]
async fn add_category(visit: Visit, input: Input<CategoryWish>) -> Answer {
    let actor = writer(&visit)?;
    let seal = input.seal.clone();
    let wish = input.take()?;
    let mut tx = visit.app.db.write().await?;
    if let Some(answer) = seal.replay(&mut tx, &visit).await? {
        return Ok(answer);
    }
    let made = Category::add(&mut tx, actor, &wish).await?;
    let answer = seal.keep_json(&mut tx, &visit, StatusCode::CREATED, None, &CategoryJson::of(made, 0)).await?;
    tx.commit().await?;
    Ok(answer)
}

/// Change a category.
#[utoipa::path(put, path = "/api/knowledge/categories/{id}", tag = "Knowledge", operation_id = "changeCategory", security(("bearer" = ["knowledge:write"]), ("session" = [])),
    description = "All of it; without a slug its address stays. Supervisors and admins.", params(OnePath), request_body = CategoryChange,
    responses((status = 200, description = "The category as it is now", body = CategoryJson), Refused, Late))]
async fn change_category(visit: Visit, Path(one): Path<String>, input: Input<Of<CategoryWish>>) -> Answer {
    let actor = writer(&visit)?;
    let mut tx = visit.app.db.write().await?;
    let category = Category::get(&mut tx, id(&one)?).await?;
    let wish = input.take()?;
    let changed = category.change(&mut tx, actor, wish.version, &wish.new).await?;
    let count = Category::visible(&mut tx, actor, true).await?.into_iter().find(|(known, _)| known.id == changed.id).map_or(0, |(_, count)| count);
    tx.commit().await?;
    web::json(&CategoryJson::of(changed, count))
}

/// List sections.
#[utoipa::path(get, path = "/api/knowledge/sections", tag = "Knowledge", operation_id = "listSections", security((), ("bearer" = ["knowledge:read"]), ("session" = [])),
    description = "The sections of all categories that you see, in order.", responses((status = 200, description = "Sections", body = SectionsJson), Refused))]
async fn sections(visit: Visit) -> Answer {
    let actor = reader(&visit)?;
    let mut conn = visit.app.db.read().await?;
    let mut found = Section::all(&mut conn).await?;
    if !actor.is_staff() {
        let readable = Category::readable_sections(&mut conn, actor).await?;
        found.retain(|section| readable.contains(&section.id));
    }
    web::json(&SectionsJson { items: found.into_iter().map(Into::into).collect() })
}

/// Add a section.
#[utoipa::path(post, path = "/api/knowledge/sections", tag = "Knowledge", operation_id = "addSection", security(("bearer" = ["knowledge:write"]), ("session" = [])),
    description = "Supervisors and admins.", request_body = NewSectionBody, responses((status = 201, description = "The section", body = SectionJson), Refused))]
async fn add_section(visit: Visit, input: Input<NewSection>) -> Answer {
    let actor = writer(&visit)?;
    let seal = input.seal.clone();
    let wish = input.take()?;
    let mut tx = visit.app.db.write().await?;
    if let Some(answer) = seal.replay(&mut tx, &visit).await? {
        return Ok(answer);
    }
    let category = Category::get(&mut tx, wish.category.ok_or(Fault::Missing)?).await.map_err(|_| Fault::field("categoryId", "There is no such category."))?;
    let made = Section::add(&mut tx, actor, &category, &wish.title, wish.position).await?;
    let answer = seal.keep_json(&mut tx, &visit, StatusCode::CREATED, None, &SectionJson::from(made)).await?;
    tx.commit().await?;
    Ok(answer)
}

/// Change a section.
#[utoipa::path(put, path = "/api/knowledge/sections/{id}", tag = "Knowledge", operation_id = "changeSection", security(("bearer" = ["knowledge:write"]), ("session" = [])),
    description = "Its title and place. Supervisors and admins.", params(OnePath), request_body = SectionChange,
    responses((status = 200, description = "The section as it is now", body = SectionJson), Refused, Late))]
async fn change_section(visit: Visit, Path(one): Path<String>, input: Input<Of<SectionWish>>) -> Answer {
    let actor = writer(&visit)?;
    let mut tx = visit.app.db.write().await?;
    let section = Section::get(&mut tx, id(&one)?).await?;
    let wish = input.take()?;
    let changed = section.change(&mut tx, actor, wish.version, &wish.new.title, wish.new.position).await?;
    tx.commit().await?;
    web::json(&SectionJson::from(changed))
}

/// Delete a category.
#[utoipa::path(delete, path = "/api/knowledge/categories/{id}", tag = "Knowledge", operation_id = "deleteCategory", security(("bearer" = ["knowledge:write"]), ("session" = [])),
    description = "With its sections, if no article stands in them. Supervisors and admins.", params(OnePath), responses((status = 204, description = "It is gone"), Refused, Late))]
async fn delete_category(visit: Visit, Path(one): Path<String>) -> Answer {
    let actor = writer(&visit)?;
    crate::category::shapes(actor)?;
    let mut tx = visit.app.db.write().await?;
    Category::get(&mut tx, id(&one)?).await?.delete(&mut tx, actor).await?;
    tx.commit().await?;
    web::no_content()
}

/// Delete a section.
#[utoipa::path(delete, path = "/api/knowledge/sections/{id}", tag = "Knowledge", operation_id = "deleteSection", security(("bearer" = ["knowledge:write"]), ("session" = [])),
    description = "Its articles go to the section `moveTo`, which is needed where there are some. Supervisors and admins.", params(OnePath, SectionAway),
    responses((status = 204, description = "It is gone"), Refused))]
async fn delete_section(visit: Visit, Path(one): Path<String>, Asked(away): Asked<Away>) -> Answer {
    let actor = writer(&visit)?;
    crate::category::shapes(actor)?;
    let mut tx = visit.app.db.write().await?;
    Section::get(&mut tx, id(&one)?).await?.delete(&mut tx, actor, away.to).await?;
    tx.commit().await?;
    web::no_content()
}
