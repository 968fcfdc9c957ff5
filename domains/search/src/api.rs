//! The JSON API of the search. Each reader finds what that reader may open; nobody needs to sign in for what is public.

use crate::{
    ask::LONGEST,
    find::{Found, Item, Question, find},
    run::Missing,
    snippet,
    state::Search,
};
use kernel::{Fault, FieldErrors, Result};
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::{IntoParams, OpenApi, ToSchema};
use uuid::Uuid;
use web::{Answer, Asked, Bucket, Fields, Form, Routes, Visit};

pub(crate) fn routes() -> Routes {
    Routes::new().get("/api/search", search)
}

#[derive(OpenApi)]
#[openapi(paths(search), tags((name = "Unified search", description = "One search over articles, tickets, people and organizations, and the texts within attachments.")))]
struct Doc;

/// This room's part of the API document.
pub fn openapi() -> utoipa::openapi::OpenApi {
    Doc::openapi()
}

/// The question in an address.
pub(crate) struct Asking {
    pub(crate) q: String,
    pub(crate) kinds: Vec<String>,
    pub(crate) is_exact: bool,
    limit: usize,
    cursor: Option<String>,
}

impl Form for Asking {
    fn read(fields: &mut Fields) -> Self {
        Self {
            q: fields.optional_text("q", LONGEST).unwrap_or_default(),
            kinds: fields.texts("type", 10, 40).into_iter().map(|kind| kind.to_lowercase()).collect(),
            is_exact: fields.boolean("exact"),
            limit: fields.integer("limit", 1..=100).and_then(|limit| usize::try_from(limit).ok()).unwrap_or(20),
            cursor: fields.optional_text("cursor", 300),
        }
    }
}

impl Asking {
    /// Of a page's address: what is no type there narrows nothing.
    pub(crate) fn of_known(mut self, search: &Search) -> Self {
        self.kinds.retain(|kind| search.sources.kinds.iter().any(|known| known.kind == kind));
        self
    }

    /// As a question, when its types are known.
    pub(crate) fn question(&self, search: &Search) -> Result<Question> {
        let known: Vec<&str> = search.sources.kinds.iter().map(|kind| kind.kind).collect();
        if let Some(odd) = self.kinds.iter().find(|kind| !known.contains(&kind.as_str())) {
            return Err(Fault::Invalid(FieldErrors::one("type", format!("There is no '{odd}' here. Known are {}.", known.join(", ")))));
        }
        Ok(Question {
            text: self.q.clone(),
            kinds: self.kinds.clone(),
            is_exact: self.is_exact,
            is_typing: false,
            cursor: self.cursor.clone(),
            limit: self.limit,
        })
    }
}

/// The parameters, for the document.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "only its derive reads this shape")]
struct Parameters {
    /// Words; `"phrases"`; `-without`; `status:`, `assignee:`, `from:`, `tag:`, `team:`, `type:`, `before:` and `after:` narrow.
    #[param(max_length = 500, example = "rotate \"api key\" -deprecated")]
    q: Option<String>,
    /// `article`, `ticket`, `person` or `organization`, several parted by commas; all when it is left out.
    #[param(example = "article")]
    r#type: Option<String>,
    /// Take the words as they are: correct none of them.
    exact: Option<bool>,
    /// How many at most.
    #[param(minimum = 1, maximum = 100, default = 20)]
    limit: Option<i64>,
    /// The `nextCursor` of the page before.
    cursor: Option<String>,
}

/// A hit.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = SearchHit)]
struct HitJson {
    /// What it is.
    #[schema(example = "article")]
    r#type: &'static str,
    /// The id.
    id: Uuid,
    /// Its name in another system.
    #[schema(example = "docs/keys.md")]
    external_id: Option<String>,
    /// Its title.
    #[schema(example = "Rotate an API key without downtime")]
    title: String,
    /// A passage of its text as HTML, in which nothing but `<mark>` is markup.
    #[schema(example = "… keep both <mark>keys</mark> alive for an hour …")]
    snippet: String,
    /// Where people read it.
    #[schema(example = "https://help.example.com/a/rotate-an-api-key")]
    url: String,
    /// How well it fits, beside the others of this answer.
    #[schema(example = 12.4)]
    score: f64,
}

/// A correction that was made.
#[derive(Serialize, ToSchema)]
#[schema(as = SearchCorrection)]
struct CorrectionJson {
    /// The query as it was run. `exact=true` runs it as typed.
    #[schema(example = "password reset")]
    query: String,
}

/// A word that is nowhere among what the reader may find.
#[derive(Serialize, ToSchema)]
#[schema(as = SearchMissing)]
struct MissingJson {
    /// The word.
    #[schema(example = "kubernets")]
    word: String,
    /// The nearest ones that there are.
    nearest: Vec<String>,
}

/// A page of hits.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = SearchPage)]
struct PageJson {
    /// The best first.
    items: Vec<HitJson>,
    /// Where to go on; null at the end.
    next_cursor: Option<String>,
    /// How many there are of each type, whatever types are asked for.
    counts: BTreeMap<&'static str, usize>,
    /// Words were corrected.
    correction: Option<CorrectionJson>,
    /// Words that are nowhere.
    missing: Vec<MissingJson>,
}

impl PageJson {
    fn of(visit: &Visit, search: &Search, found: Found) -> Self {
        let mut counts: BTreeMap<&str, usize> = search.sources.kinds.iter().map(|kind| (kind.kind, 0)).collect();
        counts.extend(found.counts.iter().map(|(kind, count)| (kind.kind, *count)));
        Self {
            items: found.items.into_iter().map(|item| hit(visit, item)).collect(),
            next_cursor: found.next,
            counts,
            correction: found.mended.map(|query| CorrectionJson { query }),
            missing: found.missing.into_iter().map(|Missing { word, near }| MissingJson { word, nearest: near }).collect(),
        }
    }
}

fn hit(visit: &Visit, item: Item) -> HitJson {
    HitJson {
        r#type: item.kind.kind,
        id: item.shown.id,
        snippet: snippet::html(&item.passage),
        url: format!("{}{}", visit.app.config.public_url, item.shown.href),
        external_id: item.shown.external_id,
        title: item.shown.title,
        score: item.score,
    }
}

/// Search.
#[utoipa::path(get, path = "/api/search", tag = "Unified search", operation_id = "search", security((), ("bearer" = []), ("session" = [])),
    description = "What you may open, the best first; a token finds what its scopes let it read. Words that nobody wrote are corrected, which the answer says. It finds what was written a second ago.",
    params(Parameters), responses((status = 200, description = "A page of hits", body = PageJson)))]
async fn search(visit: Visit, Asked(asking): Asked<Asking>) -> Answer {
    visit.app.limits.check(Bucket::Search, &visit.counted_as())?;
    let search = Search::of(&visit.app)?;
    let question = asking.question(&search)?;
    let found = Box::pin(find(&visit.app, &visit.actor, &question)).await?;
    if found.is_asked && question.cursor.is_none() {
        search.log.keep(&visit.actor, &asking.q, &found, visit.app.db.clock().now());
    }
    web::json(&PageJson::of(&visit, &search, found))
}
