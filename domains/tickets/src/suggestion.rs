//! Suggestions beside the request form: what may answer a request before it is sent, and how often that ended it.

use crate::{
    Category, Status,
    list::{Filter, Listed},
};
use db::{Conn, Id, Query, Tx, record, sql};
use kernel::{Actor, Fault, PersonId, Result};
use serde_json::json;
use std::{collections::BTreeSet, time::Duration};

/// A request that was not sent by then was ended by the suggestion.
const WAIT: Duration = Duration::from_mins(30);
/// The job that looks whether it was sent.
pub(crate) const LOOK: &str = "tickets.deflection";
/// Suggestions of one panel at most.
const SHOWN: usize = 3;
/// Own requests that are looked through, the last changed first.
const RECENT: i64 = 50;

/// A suggestion that was opened.
#[derive(Debug)]
pub(crate) enum Open {}

record! {
    /// What is kept of it until its time is over.
    struct Kept {
        panel: String,
        href: String,
        category: Option<String>,
        person: Option<PersonId>,
        name: String,
    }
}

/// Writes down that a suggestion was opened; the same again is no second one.
pub(crate) async fn opened(tx: &mut Tx, actor: &Actor, id: Id<Open>, panel: &str, href: &str, category: Option<Category>) -> Result<()> {
    let now = tx.now();
    let added = tx
        .run(sql!(
            "INSERT INTO suggestion_opens (id, panel, href, category, person_id, person_name, opened_at) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (id) DO NOTHING",
            id,
            panel,
            href,
            category,
            actor.person,
            &actor.name,
            now
        ))
        .await?;
    if added == 1 {
        jobs::enqueue(tx, LOOK, &json!({ "open": id }), now.plus(WAIT)).await?;
    }
    Ok(())
}

/// The request was sent all the same: these suggestions ended nothing.
pub(crate) async fn sent(tx: &mut Tx, ids: &[Id<Open>]) -> Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    let mut query = Query::with("DELETE FROM suggestion_opens WHERE id IN ", Vec::new());
    query.list(ids.iter().copied());
    tx.run(query).await?;
    Ok(())
}

/// The time is over: what was not sent was ended by what was opened. Harmless twice. The job `tickets.deflection` calls it.
pub(crate) async fn look(tx: &mut Tx, id: Id<Open>) -> Result<()> {
    let kept: Option<Kept> = tx.first(sql!("DELETE FROM suggestion_opens WHERE id = $1 RETURNING panel, href, category, person_id, person_name", id)).await?;
    let Some(kept) = kept else { return Ok(()) };
    let actor = Actor { person: kept.person, name: kept.name, ..Actor::stranger() };
    let facts = json!({ "panel": kept.panel, "href": kept.href, "category": kept.category });
    Ok(tx.record(actor.event("request.deflected", ("request", id.uuid()), true, facts)).await?)
}

/// The actor's own open requests that are about the same, the likeliest first.
pub(crate) async fn own(conn: &mut Conn, actor: &Actor, text: &str) -> Result<Vec<Listed>> {
    if !actor.is_signed_in() || words(text).is_empty() {
        return Ok(Vec::new());
    }
    let active = vec![Status::Open, Status::InProgress, Status::Pending, Status::OnHold];
    let filter = Filter { requester: actor.person, status: active, limit: RECENT, ..Filter::default() };
    let mut scored: Vec<(usize, Listed)> = Vec::new();
    for row in filter.page(conn, actor).await?.rows {
        let shared = likeness(text, &row.ticket.title);
        if shared > 0 {
            scored.push((shared, row));
        }
    }
    scored.sort_by_key(|(shared, _)| std::cmp::Reverse(*shared));
    Ok(scored.into_iter().take(SHOWN).map(|(_, row)| row).collect())
}

/// How much a subject is about what somebody writes: words in common, if there are two of them, or all of a short
/// subject; else nothing.
pub fn likeness(text: &str, subject: &str) -> usize {
    let theirs = words(subject);
    let shared = theirs.intersection(&words(text)).count();
    if shared >= 2 || shared == 1 && theirs.len() == 1 { shared } else { 0 }
}

/// Words that carry meaning: of four letters or more, or with a digit.
fn words(text: &str) -> BTreeSet<String> {
    let all = text.to_lowercase();
    let words = all.split(|c: char| !c.is_alphanumeric()).filter(|word| word.chars().count() >= 4 || word.chars().any(|c| c.is_ascii_digit()));
    words.map(str::to_owned).collect()
}

/// A path of this site, and nothing else.
pub(crate) fn is_own_path(href: &str) -> bool {
    href.starts_with('/') && !href.starts_with("//") && !href.contains(['\\', '\r', '\n'])
}

/// An id that a job names.
pub(crate) fn id_of(facts: &serde_json::Value) -> Result<Id<Open>> {
    facts["open"].as_str().and_then(|text| text.parse().ok()).ok_or_else(|| Fault::Broken("the job has no open".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::{is_own_path, words};

    #[test]
    fn words_are_those_that_say_something() {
        let found: Vec<String> = words("Why is the Run 8841 stuck, at 93%?!").into_iter().collect();
        assert_eq!(found, ["8841", "93", "stuck"]);
        assert!(words("is it on").is_empty());
    }

    #[test]
    fn only_paths_of_this_site_are_kept() {
        let cases =
            [("/a/x", true), ("/", true), ("//evil.test", false), ("https://evil.test", false), ("/\\evil.test", false), ("", false), ("/a\r\nb", false)];
        for (href, expected) in cases {
            assert_eq!(is_own_path(href), expected, "{href:?}");
        }
    }
}
