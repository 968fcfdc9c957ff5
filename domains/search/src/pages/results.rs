//! What was found: hits with their passages, how many of each kind, what was corrected, and where to go on.

use crate::{
    api::Asking,
    find::{Found, Item, find},
    snippet,
    state::{Health, Search},
};
use askama::Template;
use kernel::Result;
use web::{Answer, Asked, Bucket, Visit};

/// A kind to narrow by.
struct Tab {
    label: &'static str,
    count: usize,
    href: String,
    is_current: bool,
}

/// A hit as it is shown.
struct Hit {
    icon: &'static str,
    href: String,
    /// Nothing in it but `<mark>` is markup.
    title_html: String,
    passage_html: String,
    facts: Vec<String>,
}

/// What both pages show.
struct Results {
    place: &'static str,
    q: String,
    kind: Option<String>,
    tabs: Vec<Tab>,
    hits: Vec<Hit>,
    /// Where it is told that a hit was opened.
    opened: Option<String>,
    mended: Option<String>,
    next: Option<String>,
    /// The query as typed, without corrections.
    exact_href: String,
    /// The query as it was run.
    mended_href: Option<String>,
    /// Words that are nowhere, each with the queries that take a near one instead.
    missing: Vec<(String, Vec<(String, String)>)>,
    first_href: String,
    is_building: bool,
    is_first: bool,
}

#[derive(Template)]
#[template(path = "search/everyone.html")]
struct SitePage {
    page: ui::Page,
    r: Results,
}

#[derive(Template)]
#[template(path = "search/staff.html")]
struct DeskPage {
    page: ui::Page,
    r: Results,
}

/// `GET /search`: anyone.
pub(super) async fn site(visit: Visit, Asked(asking): Asked<Asking>) -> Answer {
    let r = Box::pin(results(&visit, asking, "/search")).await?;
    web::html(&SitePage { page: visit.page(title(&r)), r })
}

/// `GET /desk/search`: staff.
pub(super) async fn desk(visit: Visit, Asked(asking): Asked<Asking>) -> Answer {
    visit.staff()?;
    let r = Box::pin(results(&visit, asking, "/desk/search")).await?;
    web::html(&DeskPage { page: visit.page(title(&r)), r })
}

fn title(r: &Results) -> String {
    if r.q.is_empty() { "Search".to_owned() } else { format!("{} · Search", r.q) }
}

async fn results(visit: &Visit, asking: Asking, place: &'static str) -> Result<Results> {
    let search = Search::of(&visit.app)?;
    let asking = asking.of_known(&search);
    let question = asking.question(&search)?;
    let (mut found, mut asked) = (Found::default(), None);
    if !asking.q.is_empty() {
        visit.app.limits.check(Bucket::Search, &visit.counted_as())?;
        found = find(&visit.app, &visit.actor, &question).await?;
        if question.cursor.is_none() {
            asked = Some(search.log.keep(&visit.actor, &asking.q, &found, visit.app.db.clock().now()));
        }
    }
    let kind = asking.kinds.first().cloned();
    let exact = if asking.is_exact { "1" } else { "" };
    let of_kind = kind.as_deref().unwrap_or_default();
    let tab =
        |label, count, kind: &str| Tab { label, count, href: href(place, &[("q", &asking.q), ("type", kind), ("exact", exact)]), is_current: of_kind == kind };
    let mut tabs = Vec::new();
    if found.counts.len() > 1 || kind.is_some() {
        tabs.push(tab("All", found.total(), ""));
        tabs.extend(found.counts.iter().map(|(kind, count)| tab(kind.many, *count, kind.kind)));
    }
    let query = |q: &str| href(place, &[("q", q), ("type", of_kind)]);
    let missing = found.missing.iter().map(|missing| {
        let near = missing.near.iter().map(|word| (word.clone(), query(&replaced(&asking.q, &missing.word, word))));
        (missing.word.clone(), near.collect())
    });
    Ok(Results {
        place,
        tabs,
        missing: missing.collect(),
        next: found.next.as_deref().map(|next| href(place, &[("q", &asking.q), ("type", of_kind), ("exact", exact), ("cursor", next)])),
        first_href: href(place, &[("q", &asking.q), ("type", of_kind), ("exact", exact)]),
        exact_href: href(place, &[("q", &asking.q), ("type", of_kind), ("exact", "1")]),
        mended_href: found.mended.as_deref().map(query),
        is_building: search.health() == Health::Building,
        is_first: question.cursor.is_none(),
        q: asking.q.clone(),
        kind,
        opened: asked.map(|id| format!("/search/opened/{id}")),
        mended: found.mended,
        hits: found.items.into_iter().map(hit).collect(),
    })
}

fn hit(item: Item) -> Hit {
    Hit {
        icon: item.kind.icon,
        title_html: snippet::html(&item.title),
        passage_html: snippet::html(&item.passage),
        href: item.shown.href,
        facts: item.shown.facts,
    }
}

/// The query with another word in place of one.
fn replaced(q: &str, word: &str, by: &str) -> String {
    let fits = |part: &str| part.to_lowercase().trim_matches(|c: char| !c.is_alphanumeric()) == word;
    q.split(' ').map(|part| if fits(part) { by } else { part }).collect::<Vec<_>>().join(" ")
}

/// A path with what of its query is not empty.
pub(super) fn href(path: &str, query: &[(&str, &str)]) -> String {
    let encode = |text: &str| percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string();
    let query: Vec<String> = query.iter().filter(|(_, value)| !value.is_empty()).map(|(name, value)| format!("{name}={}", encode(value))).collect();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{}", query.join("&")) }
}
