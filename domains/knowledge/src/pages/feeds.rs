//! What programs read: the map of the site, feeds of what is new, and what robots may ask for. All of it as a stranger sees it,
//! whoever asks.

use super::reader::kept_as;
use crate::{
    Article, Category, Filter, Sort,
    policy::{self, View},
};
use db::{Conn, Query, Timestamp, record, sql};
use kernel::{Actor, Fault, Result};
use std::fmt::Write as _;
use ui::escape;
use web::{Answer, HeaderMap, Path, Visit};

/// Addresses of one map (sitemaps.org: 50,000 at most).
const MAP: i64 = 50_000;
/// Entries of a feed.
const FEED: i64 = 50;
const XML: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
const URLSET: &str = "<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\" xmlns:xhtml=\"http://www.w3.org/1999/xhtml\">\n";

record! {
    /// An article on the map.
    struct Place {
        id: crate::ArticleId,
        source_id: Option<crate::ArticleId>,
        slug: String,
        language: String,
        published_at: Option<Timestamp>,
    }
}

/// `GET /robots.txt`: anyone. Of the search only its empty page: results have no end, and who links to one chooses words that engines
/// would show under our name.
pub(super) async fn robots(visit: Visit, headers: HeaderMap) -> Answer {
    let text = format!(
        "User-agent: *\nDisallow: /desk\nDisallow: /admin\nDisallow: /requests\nDisallow: /search?\nSitemap: {}/sitemap.xml\n",
        visit.app.config.public_url
    );
    kept_as(&headers, "text/plain; charset=utf-8", text)
}

/// `GET /sitemap.xml`: anyone. A list of maps where one is not enough.
pub(super) async fn sitemap(visit: Visit, headers: HeaderMap) -> Answer {
    let mut conn = visit.app.db.read().await?;
    let count: i64 = {
        let mut query = sql!("SELECT COUNT(*) FROM articles a WHERE 1 = 1");
        policy::visible_to(&Actor::stranger(), View::Live, &mut query);
        conn.one(query).await?
    };
    if count <= MAP {
        return map(&visit, &mut conn, &headers, 0).await;
    }
    let mut text = format!("{XML}<sitemapindex xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n");
    for part in 0..=(count - 1) / MAP {
        let _ = writeln!(text, "<sitemap><loc>{}/sitemap/{}.xml</loc></sitemap>", escape(&visit.app.config.public_url), part + 1);
    }
    text.push_str("</sitemapindex>\n");
    kept_as(&headers, "application/xml", text)
}

/// `GET /sitemap/{number}`: anyone; `1.xml` and on.
pub(super) async fn sitemap_part(visit: Visit, Path(part): Path<String>, headers: HeaderMap) -> Answer {
    let part: i64 = part.strip_suffix(".xml").unwrap_or(&part).parse().ok().filter(|number| (1..=1_000).contains(number)).ok_or(Fault::Missing)?;
    map(&visit, &mut visit.app.db.read().await?, &headers, part - 1).await
}

async fn map(visit: &Visit, conn: &mut Conn, headers: &HeaderMap, part: i64) -> Answer {
    let site = escape(&visit.app.config.public_url);
    let places: Vec<Place> = conn.all(of_map(part)).await?;
    if places.is_empty() && part > 0 {
        return Err(Fault::Missing.into());
    }
    let mut text = format!("{XML}{URLSET}");
    if part == 0 {
        for path in ["/".to_owned(), "/help".to_owned()]
            .into_iter()
            .chain(Category::visible(conn, &Actor::stranger(), false).await?.iter().map(|(category, _)| category.href()))
        {
            let _ = writeln!(text, "<url><loc>{site}{}</loc></url>", escape(&path));
        }
    }
    let key = |place: &Place| place.source_id.unwrap_or(place.id);
    let mut groups: std::collections::HashMap<crate::ArticleId, Vec<&Place>> = std::collections::HashMap::new();
    for place in &places {
        groups.entry(key(place)).or_default().push(place);
    }
    for place in &places {
        let _ = write!(text, "<url><loc>{site}{}</loc>", Article::path(&place.slug));
        if let Some(at) = place.published_at {
            let _ = write!(text, "<lastmod>{}</lastmod>", at.to_jiff());
        }
        let others = groups.get(&key(place)).map(Vec::as_slice).unwrap_or_default();
        for other in others.iter().filter(|_| others.len() > 1) {
            let _ = write!(text, "<xhtml:link rel=\"alternate\" hreflang=\"{}\" href=\"{site}{}\"/>", escape(&other.language), Article::path(&other.slug));
        }
        text.push_str("</url>\n");
    }
    text.push_str("</urlset>\n");
    kept_as(headers, "application/xml", text)
}

/// The statement of a map; plan tests read it too.
fn of_map(part: i64) -> Query {
    let mut query = sql!("SELECT a.id, a.source_id, a.slug, a.language, a.published_at FROM articles a WHERE 1 = 1");
    policy::visible_to(&Actor::stranger(), View::Live, &mut query);
    // a map is read by few and rarely: passing over earlier ones is cheaper than keeping where each begins
    query.push(" ORDER BY a.id").limit(MAP).push(" OFFSET ").bind(part * MAP);
    query
}

/// `GET /feed.atom`: anyone. What was published last.
pub(super) async fn feed(visit: Visit, headers: HeaderMap) -> Answer {
    let title = format!("{} {}", visit.app.brand.load().name, visit.app.brand.load().tagline);
    atom(&visit, &headers, title.trim(), "/feed.atom", "/help", None).await
}

/// `GET /help/{slug}/feed.atom`: anyone, of a category in which strangers may read something.
pub(super) async fn category_feed(visit: Visit, Path(slug): Path<String>, headers: HeaderMap) -> Answer {
    let visible = Category::visible(&mut visit.app.db.read().await?, &Actor::stranger(), false).await?;
    let (category, _) = visible.into_iter().find(|(category, _)| category.slug == slug).ok_or(Fault::Missing)?;
    let path = category.href();
    atom(&visit, &headers, &category.title, &format!("{path}/feed.atom"), &path, Some(category.slug)).await
}

/// A feed (RFC 4287).
async fn atom(visit: &Visit, headers: &HeaderMap, title: &str, own: &str, page: &str, category: Option<String>) -> Answer {
    let filter = Filter { sort: Some(Sort::Recent), limit: FEED, category, ..Filter::default() };
    let (articles, _) = filter.page(&mut visit.app.db.read().await?, &Actor::stranger(), View::Live).await?;
    kept_as(headers, "application/atom+xml; charset=utf-8", written(&visit.app.config.public_url, title, own, page, &articles)?)
}

fn written(site: &str, title: &str, own: &str, page: &str, articles: &[Article]) -> Result<String> {
    let newest = articles.iter().filter_map(|article| article.published_at).max().unwrap_or_default().to_jiff();
    let (site, mut text) = (escape(site), String::with_capacity(articles.len() * 600));
    let broken = |error: std::fmt::Error| Fault::Broken(error.to_string());
    write!(
        text,
        "{XML}<feed xmlns=\"http://www.w3.org/2005/Atom\"><title>{}</title><id>{site}{own}</id><updated>{newest}</updated>\n\
         <link rel=\"self\" href=\"{site}{own}\"/><link rel=\"alternate\" type=\"text/html\" href=\"{site}{page}\"/>\n",
        escape(title)
    )
    .map_err(broken)?;
    for article in articles {
        let at = article.published_at.unwrap_or_default().to_jiff();
        writeln!(
            text,
            "<entry><title>{}</title><id>urn:uuid:{}</id><updated>{at}</updated><author><name>{}</name></author><link rel=\"alternate\" type=\"text/html\" \
             hreflang=\"{}\" href=\"{site}{}\"/><summary>{}</summary></entry>",
            escape(&article.title),
            article.id,
            escape(&article.author),
            escape(&article.language),
            article.href(),
            escape(&article.summary)
        )
        .map_err(broken)?;
    }
    text.push_str("</feed>\n");
    Ok(text)
}
