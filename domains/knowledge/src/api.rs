//! The JSON API of articles. Readers get the published version of what they may read, staff the newest one.

mod exchange;
mod forms;
mod more;
mod shapes;
mod snippets;

pub(crate) use exchange::{Sent, archive, receive};
pub(crate) use forms::{Away, NewSection, Of, SectionWish, wish_of};

use crate::{
    Article, State,
    list::Filter,
    neighbours::standings,
    openapi::{ArticleChange, ArticleFilter, ArticleStatusChange, Late, NewArticle, OnePath, Refused},
    policy::{Action, View},
    state::Step,
};
use db::{Conn, Id};
use forms::{Change, New};
use kernel::{Actor, Fault, Result, Scope};
use shapes::{ArticleJson, ArticlesJson};
use utoipa::OpenApi;
use web::{Answer, Asked, Input, Path, Routes, StatusCode, Visit};

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/api/knowledge/articles", list)
        .post("/api/knowledge/articles", add)
        .get("/api/knowledge/articles/{id}", show)
        .put("/api/knowledge/articles/{id}", change)
        .put("/api/knowledge/articles/{id}/status", go)
        .merge(more::routes())
        .merge(snippets::routes())
        .merge(exchange::routes())
}

#[derive(OpenApi)]
#[openapi(paths(list, add, show, change, go), tags((name = "Knowledge", description = "Articles, their versions and what readers say of them; categories and sections.")))]
struct Doc;

/// This room's part of the API document.
pub fn openapi() -> utoipa::openapi::OpenApi {
    let mut document = Doc::openapi();
    document.merge(more::Doc::openapi());
    document.merge(snippets::Doc::openapi());
    document.merge(exchange::Doc::openapi());
    document
}

/// Whoever reads; a token needs the scope.
fn reader(visit: &Visit) -> Result<&Actor> {
    visit.scope(Scope::KnowledgeRead)?;
    Ok(&visit.actor)
}

/// Staff that writes.
fn writer(visit: &Visit) -> Result<&Actor> {
    let actor = visit.staff()?;
    visit.scope(Scope::KnowledgeWrite)?;
    Ok(actor)
}

fn view(actor: &Actor) -> View {
    if actor.is_staff() { View::Newest } else { View::Live }
}

/// An id from a path; what is not one names nothing.
pub(crate) fn id<T>(text: &str) -> Result<Id<T>> {
    text.parse().map_err(|_| Fault::Missing)
}

/// The article for this actor: as staff sees it, else as readers do.
async fn seen(conn: &mut Conn, actor: &Actor, one: &str) -> Result<Article> {
    Article::get(conn, actor, id(one)?, if actor.is_staff() { Action::Write } else { Action::Read }).await
}

async fn json(conn: &mut Conn, visit: &Visit, article: Article) -> Result<ArticleJson> {
    let body = article.body(conn).await?;
    let standing = standings(conn, std::slice::from_ref(&article)).await?.remove(&article.id).unwrap_or_default();
    let view = if visit.actor.is_staff() { View::Newest } else { View::Live };
    let tongues = article.tongues(conn, &visit.actor, view).await?;
    Ok(ArticleJson::of(visit, article, body.source, Some(body.html), &standing).with_translations(visit, tongues))
}

/// List articles.
#[utoipa::path(get, path = "/api/knowledge/articles", tag = "Knowledge", operation_id = "listArticles", security((), ("bearer" = ["knowledge:read"]), ("session" = [])),
    description = "What you may read, the last published first; staff gets the newest version of all that it may write, the last changed first. Nobody needs to sign in for what is public.",
    params(ArticleFilter), responses((status = 200, description = "A page of articles", body = ArticlesJson), Refused))]
async fn list(visit: Visit, Asked(mut filter): Asked<Filter>) -> Answer {
    let actor = reader(&visit)?;
    filter.find(&visit.app, actor).await?;
    let mut conn = visit.app.db.read().await?;
    let view = view(actor);
    let (articles, next_cursor) = filter.page(&mut conn, actor, view).await?;
    let mut sources = Article::sources(&mut conn, view, &articles).await?;
    let mut standing = standings(&mut conn, &articles).await?;
    let items = articles.into_iter().map(|article| {
        let (source, standing) = (sources.remove(&article.id).unwrap_or_default(), standing.remove(&article.id).unwrap_or_default());
        ArticleJson::of(&visit, article, source, None, &standing)
    });
    web::json(&ArticlesJson { items: items.collect(), next_cursor })
}

/// Write an article.
#[utoipa::path(post, path = "/api/knowledge/articles", tag = "Knowledge", operation_id = "addArticle", security(("bearer" = ["knowledge:write"]), ("session" = [])),
    description = "Staff only. It is a draft, unless `status` says otherwise; supervisors may publish at once.", request_body = NewArticle,
    responses((status = 201, headers(("Location" = String, description = "Path of the article")), description = "The article", body = ArticleJson), Refused, Late))]
async fn add(visit: Visit, input: Input<New>) -> Answer {
    let actor = writer(&visit)?;
    let seal = input.seal.clone();
    let New { wish, translation_of, status } = input.take()?;
    let mut tx = visit.app.db.write().await?;
    if let Some(answer) = seal.replay(&mut tx, &visit).await? {
        return Ok(answer);
    }
    let mut article = match translation_of {
        Some(source) => {
            let source = Article::get(&mut tx, actor, source, Action::Write).await.map_err(|_| Fault::field("translationOf", "There is no such article."))?;
            let language = wish.language.clone().ok_or_else(|| Fault::field("language", "This is needed for a translation."))?;
            source.translate(&mut tx, actor, &language, &wish).await?
        }
        None => Article::add(&mut tx, actor, &wish).await?,
    };
    if let Some(status) = status.filter(|status| *status != State::Draft) {
        article = article.go(&mut tx, actor, &Step::to(article.version, status)).await?;
    }
    let place = format!("/api/knowledge/articles/{}", article.id);
    let body = json(&mut tx, &visit, article).await?;
    let answer = seal.keep_json(&mut tx, &visit, StatusCode::CREATED, Some(&place), &body).await?;
    tx.commit().await?;
    Ok(answer)
}

/// Get an article.
#[utoipa::path(get, path = "/api/knowledge/articles/{id}", tag = "Knowledge", operation_id = "getArticle", security((), ("bearer" = ["knowledge:read"]), ("session" = [])),
    description = "The published version; staff gets the newest one.", params(OnePath), responses((status = 200, description = "The article", body = ArticleJson), Refused))]
async fn show(visit: Visit, Path(one): Path<String>) -> Answer {
    let actor = reader(&visit)?;
    let mut conn = visit.app.db.read().await?;
    let article = seen(&mut conn, actor, &one).await?;
    web::json(&json(&mut conn, &visit, article).await?)
}

/// Change an article.
#[utoipa::path(put, path = "/api/knowledge/articles/{id}", tag = "Knowledge", operation_id = "changeArticle", security(("bearer" = ["knowledge:write"]), ("session" = [])),
    description = "What is left out stays. Other words are a new version, which readers see when it is published. Where a published article stands and who may read it is for whoever may publish.",
    params(OnePath), request_body = ArticleChange, responses((status = 200, description = "The article as it is now", body = ArticleJson), Refused, Late))]
async fn change(visit: Visit, Path(one): Path<String>, input: Input<Change>) -> Answer {
    let actor = writer(&visit)?;
    let mut tx = visit.app.db.write().await?;
    let article = Article::get(&mut tx, actor, id(&one)?, Action::Write).await?;
    let Change { version, new } = input.take()?;
    if new.translation_of.is_some_and(|source| Some(source) != article.source_id) {
        return Err(Fault::field("translationOf", "What an article translates stays.").into());
    }
    let mut article = article.save(&mut tx, actor, version, &new.wish).await?;
    if let Some(status) = new.status {
        article = article.go(&mut tx, actor, &Step::to(article.version, status)).await?;
    }
    let body = json(&mut tx, &visit, article).await?;
    tx.commit().await?;
    web::json(&body)
}

/// Review, publish, schedule or archive an article.
#[utoipa::path(put, path = "/api/knowledge/articles/{id}/status", tag = "Knowledge", operation_id = "changeArticleStatus", security(("bearer" = ["knowledge:write"]), ("session" = [])),
    description = "All of staff asks for reviews. Supervisors decide what readers see, and the reviewer who was asked, over the words of somebody else. Nothing empty is published.",
    params(OnePath), request_body = ArticleStatusChange, responses((status = 200, description = "The article as it is now", body = ArticleJson), Refused, Late))]
async fn go(visit: Visit, Path(one): Path<String>, input: Input<Step>) -> Answer {
    let actor = writer(&visit)?;
    let mut tx = visit.app.db.write().await?;
    let article = Article::get(&mut tx, actor, id(&one)?, Action::Write).await?;
    let step = input.take()?;
    let article = article.go(&mut tx, actor, &step).await?;
    let body = json(&mut tx, &visit, article).await?;
    tx.commit().await?;
    web::json(&body)
}
