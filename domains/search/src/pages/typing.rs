//! What is found while somebody types: in the search box, in the palette of the desk, and beside the request form.

use super::results::href;
use crate::{
    ask::LONGEST,
    find::{Found, Question, find},
};
use askama::Template;
use kernel::Result;
use serde_json::{Value, json};
use web::{Answer, Asked, Bucket, Fields, Form, Visit};

/// Shown in the search box.
const SHOWN: usize = 6;
/// Shown in the palette.
const IN_PALETTE: usize = 10;
/// Shown beside the form.
const BESIDE: usize = 3;

pub(super) struct Typed(String);

impl Form for Typed {
    fn read(fields: &mut Fields) -> Self {
        fields.has("category");
        Self(fields.optional_text("q", LONGEST).unwrap_or_default())
    }
}

async fn found(visit: &Visit, text: String, kinds: &[&str], is_typing: bool, limit: usize) -> Result<Found> {
    if text.is_empty() {
        return Ok(Found::default());
    }
    visit.app.limits.check(Bucket::Search, &visit.counted_as())?;
    let question = Question { text, kinds: kinds.iter().map(|kind| (*kind).to_owned()).collect(), is_typing, limit, ..Question::default() };
    Box::pin(find(&visit.app, &visit.actor, &question)).await
}

/// `GET /search/suggestions?q=`: the best for what is typed so far, as JSON. Anyone.
pub(super) async fn suggestions(visit: Visit, Asked(Typed(text)): Asked<Typed>) -> Answer {
    let all = href(if visit.actor.is_staff() { "/desk/search" } else { "/search" }, &[("q", &text)]);
    let found = found(&visit, text, &[], true, SHOWN).await?;
    let items: Vec<Value> = found
        .items
        .iter()
        .map(|item| json!({ "type": item.kind.kind, "title": item.shown.title, "href": item.shown.href, "hint": item.shown.facts.join(" · ") }))
        .collect();
    web::json(&json!({ "items": items, "all": all, "total": found.total() }))
}

/// `GET /desk/palette?q=`: tickets, articles and people, as JSON. Staff.
pub(super) async fn palette(visit: Visit, Asked(Typed(text)): Asked<Typed>) -> Answer {
    visit.staff()?;
    let all = href("/desk/search", &[("q", &text)]);
    let found = found(&visit, text, &[], true, IN_PALETTE).await?;
    let total = found.total();
    let mut items: Vec<Value> = found
        .items
        .iter()
        .map(|item| {
            let (number, rest) = match item.shown.facts.split_first() {
                Some((number, rest)) if number.starts_with('#') => (format!("{number} "), rest),
                _ => (String::new(), &item.shown.facts[..]),
            };
            json!({ "group": item.kind.many, "label": format!("{number}{}", item.shown.title), "hint": rest.last(), "href": item.shown.href })
        })
        .collect();
    if total > items.len() {
        items.push(json!({ "group": "Search", "label": format!("Show all {total} results"), "hint": null, "href": all }));
    }
    web::json(&items)
}

#[derive(Template)]
#[template(path = "search/articles.html")]
struct ArticlesPage {
    page: ui::Page,
    found: Found,
}

/// `GET /search/articles?q=&category=`: articles that may answer what is being written. Anyone.
pub(super) async fn articles(visit: Visit, Asked(Typed(text)): Asked<Typed>) -> Answer {
    let found = found(&visit, text, &["article"], false, BESIDE).await?;
    web::html(&ArticlesPage { page: visit.page("Articles that may help"), found })
}
