//! What readers see: topics, one topic, an article. What one may not read is in none of it. The pages say when they change, so that
//! browsers and a CDN may keep them and ask.

use crate::{
    Article, Category, Filter, Kind, Section, Sort, Visibility, Vote,
    article::{Body, standings},
    category::Placed,
    policy::View,
    popularity,
};
use askama::Template;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use kernel::Fault;
use serde_json::json;
use sha2::{Digest, Sha256};
use web::{Answer, Bucket, Flash, HeaderMap, HeaderValue, Input, IntoResponse, Path, StatusCode, Visit, header};

/// Shown of what is popular and what is new.
const SHOWN: i64 = 5;

#[derive(Template)]
#[template(path = "knowledge/help.html")]
struct HelpPage {
    page: ui::Page,
    categories: Vec<(Category, i64)>,
    popular: Vec<Article>,
    recent: Vec<Article>,
}

/// `GET /help`: anyone. The frame within it stands on the home page too.
pub(super) async fn help(visit: Visit, headers: HeaderMap) -> Answer {
    let actor = &visit.actor;
    let mut conn = visit.app.db.read().await?;
    let categories = Category::visible(&mut conn, actor, false).await?;
    let top = |sort| Filter { sort: Some(sort), limit: SHOWN, ..Filter::default() };
    let (popular, _) = top(Sort::Popular).page(&mut conn, actor, View::Live).await?;
    let (recent, _) = top(Sort::Recent).page(&mut conn, actor, View::Live).await?;
    kept(&headers, &HelpPage { page: visit.page("Browse help"), categories, popular, recent })
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
    let category = Category::all(&mut conn).await?.into_iter().find(|category| category.slug == slug).ok_or(Fault::Missing)?;
    let mut placed = category.articles(&mut conn, &visit.actor).await?;
    if placed.is_empty() {
        return Err(Fault::Missing.into());
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
    html: String,
    headings: Vec<(u8, String, String)>,
    category: Option<(String, String)>,
    related: Vec<Article>,
    canonical: String,
    updated: String,
    is_public: bool,
    structured_html: String,
}

/// `GET /a/{slug}`: whoever may read it. An earlier address leads to the present one.
pub(super) async fn article(visit: Visit, Path(slug): Path<String>, headers: HeaderMap) -> Answer {
    let actor = &visit.actor;
    let mut conn = visit.app.db.read().await?;
    let article = Article::at(&mut conn, actor, &slug).await?;
    if article.slug != slug {
        let place = HeaderValue::from_str(&article.href()).map_err(|_| Fault::Missing)?;
        return Ok((StatusCode::MOVED_PERMANENTLY, [(header::LOCATION, place), (header::CACHE_CONTROL, HeaderValue::from_static("no-cache"))]).into_response());
    }
    let body = article.body(&mut conn).await?;
    let related = article.related(&mut conn, actor, 4).await?;
    let standing = standings(&mut conn, std::slice::from_ref(&article)).await?.remove(&article.id).unwrap_or_default();
    let visitor = popularity::visitor(actor, &visit.address.to_string(), &agent(&headers), &visit.app.secret);
    let is_new = match &visitor {
        Some(visitor) => !article.was_seen_today(&mut conn, visitor).await?,
        None => false,
    };
    drop(conn);
    if let Some(visitor) = visitor.filter(|_| is_new) {
        let mut tx = visit.app.db.write().await?;
        article.viewed(&mut tx, &visitor).await?;
        tx.commit().await?;
    }
    let page = visit.page(article.title.clone());
    let canonical = format!("{}{}", visit.app.config.public_url, article.href());
    let shown = ArticlePage {
        updated: article.published_at.map(|at| page.full(at)).and_then(|full| full.split(',').next().map(str::to_owned)).unwrap_or_default(),
        page,
        headings: serde_json::from_str(&body.headings).unwrap_or_default(),
        category: standing.first().map(|standing| (Category::path(&standing.category), standing.category_title.clone())),
        related,
        is_public: article.visibility == Visibility::Public,
        structured_html: structured(&article, &body, &canonical),
        html: body.html,
        canonical,
        article,
    };
    kept(&headers, &shown)
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

/// What search engines read, as JSON that no markup can end.
fn structured(article: &Article, body: &Body, canonical: &str) -> String {
    let mut facts = json!({
        "@context": "https://schema.org", "@type": "TechArticle", "headline": article.title, "description": article.summary, "mainEntityOfPage": canonical,
        "dateModified": article.published_at, "author": { "@type": "Person", "name": article.author },
    });
    if article.kind == Kind::Faq {
        let answer = richtext::SafeHtml::from_stored(body.html.clone()).plain();
        facts["@type"] = json!("FAQPage");
        facts["mainEntity"] = json!([{ "@type": "Question", "name": article.title, "acceptedAnswer": { "@type": "Answer", "text": answer } }]);
    }
    facts.to_string().replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026")
}

/// A page that may be kept as long as it is asked for anew: who has it already gets 304, and a change shows at once.
fn kept(headers: &HeaderMap, page: &impl Template) -> Answer {
    let text = page.render().map_err(|error| Fault::Broken(format!("a template failed: {error}")))?;
    let tag = format!("W/\"{}\"", URL_SAFE_NO_PAD.encode(&Sha256::digest(text.as_bytes())[..16]));
    let has_it = headers.get(header::IF_NONE_MATCH).and_then(|tags| tags.to_str().ok()).is_some_and(|tags| tags.split(',').any(|known| known.trim() == tag));
    let mut answer = if has_it { StatusCode::NOT_MODIFIED.into_response() } else { text.into_response() };
    // a theme, a word after a vote, a session: what has a cookie is one reader's own
    let is_own = headers.contains_key(header::COOKIE);
    let values = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
        (header::CACHE_CONTROL, HeaderValue::from_static(if is_own { "private, no-cache" } else { "public, no-cache" })),
        (header::VARY, HeaderValue::from_static("cookie")),
        (header::ETAG, HeaderValue::from_str(&tag).map_err(|error| Fault::Broken(error.to_string()))?),
    ];
    for (name, value) in values {
        answer.headers_mut().insert(name, value);
    }
    Ok(answer)
}
