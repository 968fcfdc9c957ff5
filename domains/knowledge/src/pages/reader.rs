//! What readers see: topics, one topic, an article. What one may not read is in none of it. The pages say when they change, so that
//! browsers and a CDN may keep them and ask.

use crate::{
    Article, Category, Filter, Pages, Section, Size, Sort, Visibility, Vote,
    category::Placed,
    edition::{Key, Mark, Page},
    language,
    neighbours::{Neighbour, standings},
    policy::View,
    popularity,
    translation::Tongue,
};
use askama::Template;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use futures::future::BoxFuture;
use kernel::Fault;
use sha2::{Digest, Sha256};
use web::{Answer, Bucket, Bytes, Flash, HeaderMap, HeaderValue, Input, IntoResponse, Path, Response, StatusCode, Visit, header};

const HTML: &str = "text/html; charset=utf-8";

/// Shown of what is popular and what is new.
const SHOWN: i64 = 5;

/// Characters that search engines show of a page.
const DESCRIPTION: usize = 160;

#[derive(Template)]
#[template(path = "knowledge/help.html")]
struct HelpPage {
    page: ui::Page,
    categories: Vec<(Category, i64)>,
    popular: Vec<Article>,
    recent: Vec<Article>,
}

/// The same on the home page.
#[derive(Template)]
#[template(path = "knowledge/parts/topics.html")]
struct Topics(HelpPage);

impl std::ops::Deref for Topics {
    type Target = HelpPage;
    fn deref(&self) -> &HelpPage {
        &self.0
    }
}

/// `GET /help`: anyone.
pub(super) async fn help(visit: Visit, headers: HeaderMap) -> Answer {
    kept(&headers, &topics(&visit, &headers).await?)
}

async fn topics(visit: &Visit, headers: &HeaderMap) -> Result<HelpPage, Fault> {
    let actor = &visit.actor;
    let mut conn = visit.app.db.read().await?;
    let categories = Category::visible(&mut conn, actor, false).await?;
    let language = language::of(&mut conn, actor, accepted(headers)).await?;
    let top = |sort| Filter { sort: Some(sort), limit: SHOWN, language: language.clone(), ..Filter::default() };
    let (popular, _) = top(Sort::Popular).page(&mut conn, actor, View::Live).await?;
    let (recent, _) = top(Sort::Recent).page(&mut conn, actor, View::Live).await?;
    Ok(HelpPage { page: visit.page("Browse help"), categories, popular, recent })
}

/// What the home page shows of this room.
pub(crate) fn on_home<'a>(visit: &'a Visit, headers: &'a HeaderMap) -> BoxFuture<'a, Result<String, Fault>> {
    Box::pin(async move { rendered(&Topics(topics(visit, headers).await?)) })
}

#[derive(Template)]
#[template(path = "knowledge/category.html")]
struct CategoryPage {
    page: ui::Page,
    category: Category,
    sections: Vec<(Section, Vec<Article>)>,
    canonical: String,
}

/// `GET /help/{slug}`: whoever may read something in it.
pub(super) async fn category(visit: Visit, Path(slug): Path<String>, headers: HeaderMap) -> Answer {
    let mut conn = visit.app.db.read().await?;
    let category = Category::at(&mut conn, &slug).await?;
    let language = language::of(&mut conn, &visit.actor, accepted(&headers)).await?;
    let mut placed = category.articles(&mut conn, &visit.actor, language.as_deref()).await?;
    if placed.is_empty() {
        return Err(Fault::Missing.into());
    }
    if category.slug != slug {
        return moved(&category.href());
    }
    let mut sections = Vec::new();
    for section in Section::all(&mut conn).await? {
        let (own, rest): (Vec<Placed>, Vec<Placed>) = placed.into_iter().partition(|placed| placed.section_id == section.id);
        placed = rest;
        if !own.is_empty() {
            sections.push((section, own.into_iter().map(|placed| placed.article).collect()));
        }
    }
    let canonical = format!("{}{}", visit.app.config.public_url, category.href());
    kept(&headers, &CategoryPage { page: visit.page(category.title.clone()), category, sections, canonical })
}

#[derive(Template)]
#[template(path = "knowledge/article.html")]
struct ArticlePage {
    page: ui::Page,
    article: Article,
    /// For search engines: its summary, or how it begins.
    description: String,
    html: String,
    headings: Vec<(u8, String, String)>,
    category: Option<(String, String)>,
    related: Vec<Article>,
    before: Option<Neighbour>,
    after: Option<Neighbour>,
    /// It in all languages that the reader may read, if there are more than this one.
    tongues: Vec<Tongue>,
    /// What is said of its language: that there is none of the reader's, or that it is older than its original.
    remark: Option<Remark>,
    site: String,
    canonical: String,
    updated: String,
    is_public: bool,
    structured_html: String,
}

/// A word about the language of a page, with another one to read instead.
struct Remark {
    text: String,
    other: Option<(String, String, String)>,
}

/// `GET /a/{slug}`: whoever may read it. An earlier address leads to the present one.
pub(super) async fn article(visit: Visit, Path(slug): Path<String>, headers: HeaderMap) -> Answer {
    let actor = &visit.actor;
    let visitor = popularity::visitor(actor, &visit.address.to_string(), &agent(&headers), &visit.app.secret);
    let mut conn = visit.app.db.read().await?;
    let mark = Mark::of(&mut conn, &slug, visitor.as_deref()).await?.ok_or(Fault::Missing)?;
    let (pages, key) = (visit.app.state::<Pages>(), key(&visit, &slug, &headers));
    if let Some(page) = pages.as_ref().zip(key.as_ref()).and_then(|(pages, key)| pages.get(key, &mark, &visit.app.brand.load(), conn.now())) {
        drop(conn);
        seen(&visit, &mark, visitor).await?;
        return Ok(tagged(&headers, HTML, page.html.clone(), page.tag.clone()));
    }
    let article = Article::at(&mut conn, actor, &slug).await?;
    if article.slug != slug {
        return moved(&article.href());
    }
    let language = language::of(&mut conn, actor, accepted(&headers)).await?;
    let mut tongues = article.tongues(&mut conn, actor, View::Live).await?;
    let body = article.body(&mut conn).await?;
    let related = article.related(&mut conn, actor, 4).await?;
    let standing = standings(&mut conn, std::slice::from_ref(&article)).await?.remove(&article.id).unwrap_or_default();
    let (before, after) = match standing.first() {
        Some(standing) => article.neighbours(&mut conn, actor, standing).await?,
        None => (None, None),
    };
    drop(conn);
    seen(&visit, &mark, visitor).await?;
    let page = visit.page(article.title.clone());
    let remark = remark(&article, language.as_deref(), &tongues);
    if tongues.len() < 2 {
        tongues.clear();
    }
    let category = standing.first().map(|standing| (Category::path(&standing.category), standing.category_title.clone()));
    let canonical = format!("{}{}", visit.app.config.public_url, article.href());
    let description = match article.summary.as_str() {
        "" => richtext::SafeHtml::from_stored(body.html.clone()).excerpt(DESCRIPTION),
        summary => summary.to_owned(),
    };
    let shown = ArticlePage {
        updated: article.published_at.map(|at| page.full(at)).and_then(|full| full.split(',').next().map(str::to_owned)).unwrap_or_default(),
        page,
        headings: serde_json::from_str(&body.headings).unwrap_or_default(),
        structured_html: super::structured::structured(&article, &body, &description, &visit.app.config.public_url, category.as_ref()),
        site: visit.app.config.public_url.clone(),
        description,
        category,
        related,
        before,
        after,
        tongues,
        remark,
        is_public: article.visibility == Visibility::Public,
        html: body.html,
        canonical,
        article,
    };
    let html = Bytes::from(rendered(&shown)?);
    let tag = tag(&html)?;
    if let (Some(pages), Some(key)) = (pages, key) {
        pages.put(key, Page { mark, brand: shown.page.brand, made_at: visit.app.db.clock().now(), html: html.clone(), tag: tag.clone() });
    }
    Ok(tagged(&headers, HTML, html, tag))
}

/// Counts whoever opened an article, once a day.
async fn seen(visit: &Visit, mark: &Mark, visitor: Option<String>) -> Result<(), Fault> {
    if let Some(visitor) = visitor.filter(|_| !mark.is_counted) {
        let mut tx = visit.app.db.write().await?;
        popularity::viewed(&mut tx, mark.article, &visitor).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// Under which key a page is kept: that of a stranger without any cookie. What one may see alone, or chose, is made for each.
fn key(visit: &Visit, slug: &str, headers: &HeaderMap) -> Option<Key> {
    let is_shared = visit.actor.person.is_none() && !headers.contains_key(header::COOKIE) && visit.frame.is_none() && visit.target == visit.path;
    (is_shared && accepted(headers).len() <= 200).then(|| Key { slug: slug.to_owned(), languages: accepted(headers).to_owned() })
}

/// `POST /a/{slug}/feedback`: whoever may read it.
pub(super) async fn rate(visit: Visit, Path(slug): Path<String>, headers: HeaderMap, input: Input<Vote>) -> Answer {
    visit.app.limits.check(Bucket::Post, &visit.counted_as())?;
    let actor = &visit.actor;
    let mut tx = visit.app.db.write().await?;
    let article = Article::at(&mut tx, actor, &slug).await?;
    let vote = input.take()?;
    article.rate(&mut tx, actor, &popularity::voter(actor, &visit.address.to_string(), &agent(&headers), &visit.app.secret), &vote).await?;
    tx.commit().await?;
    let text = if vote.is_helpful { "Thank you. Good to know that it helped." } else { "Thank you. Whoever writes this article reads what you said." };
    Ok(visit.flash(web::see_other(&article.href())?, &Flash { kind: "good", text: text.to_owned(), undo: None }))
}

fn agent(headers: &HeaderMap) -> String {
    headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default().to_owned()
}

/// The languages that a browser asks for.
fn accepted(headers: &HeaderMap) -> &str {
    headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// To the present address, asked for anew each time: an earlier one may come back.
fn moved(to: &str) -> Answer {
    let place = HeaderValue::from_str(to).map_err(|_| Fault::Missing)?;
    Ok((StatusCode::MOVED_PERMANENTLY, [(header::LOCATION, place), (header::CACHE_CONTROL, HeaderValue::from_static("no-cache"))]).into_response())
}

/// What a reader is told of the language of an article.
fn remark(article: &Article, language: Option<&str>, tongues: &[Tongue]) -> Option<Remark> {
    let to = |tongue: &Tongue| (tongue.language.clone(), tongue.name().to_owned(), tongue.href());
    let own = language.and_then(|language| tongues.iter().find(|tongue| tongue.language == language));
    let original = tongues.first().filter(|first| first.id == article.original() && first.id != article.id);
    match (language, own) {
        (Some(language), Some(own)) if language != article.language => {
            Some(Remark { text: "You can read this in your language.".to_owned(), other: Some(to(own)) })
        }
        (Some(language), None) if language != article.language => Some(Remark {
            text: format!("There is no translation into {} yet. This is in {}.", language::name(language), language::name(&article.language)),
            other: None,
        }),
        _ if article.outdated == Some(Size::Major) => {
            Some(Remark { text: "The original has changed since this was translated.".to_owned(), other: original.map(to) })
        }
        _ => None,
    }
}

/// A page that may be kept as long as it is asked for anew: who has it already gets 304, and a change shows at once.
fn kept(headers: &HeaderMap, page: &impl Template) -> Answer {
    kept_as(headers, HTML, rendered(page)?)
}

fn rendered(page: &impl Template) -> Result<String, Fault> {
    page.render().map_err(|error| Fault::Broken(format!("a template failed: {error}")))
}

/// The same for a text of another kind.
pub(super) fn kept_as(headers: &HeaderMap, kind: &'static str, text: String) -> Answer {
    let tag = tag(text.as_bytes())?;
    Ok(tagged(headers, kind, text.into(), tag))
}

/// The entity tag of these bytes.
fn tag(bytes: &[u8]) -> Result<HeaderValue, Fault> {
    let tag = format!("W/\"{}\"", URL_SAFE_NO_PAD.encode(&Sha256::digest(bytes)[..16]));
    HeaderValue::from_str(&tag).map_err(|error| Fault::Broken(error.to_string()))
}

fn tagged(headers: &HeaderMap, kind: &'static str, bytes: Bytes, tag: HeaderValue) -> Response {
    let known = headers.get(header::IF_NONE_MATCH).and_then(|tags| tags.to_str().ok());
    let has_it = known.is_some_and(|tags| tags.split(',').any(|known| known.trim().as_bytes() == tag.as_bytes()));
    let mut answer = if has_it { StatusCode::NOT_MODIFIED.into_response() } else { bytes.into_response() };
    // a theme, a word after a vote, a session: what has a cookie is one reader's own
    let is_own = headers.contains_key(header::COOKIE);
    let values = [
        (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
        (header::CACHE_CONTROL, HeaderValue::from_static(if is_own { "private, no-cache" } else { "public, no-cache" })),
        (header::VARY, HeaderValue::from_static("cookie, accept-language")),
        (header::ETAG, tag),
    ];
    for (name, value) in values {
        answer.headers_mut().insert(name, value);
    }
    answer
}
