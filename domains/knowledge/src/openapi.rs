//! What the API document says of bodies, parameters and refusals.
#![expect(dead_code, reason = "only their derives read these shapes")]

use serde_json::json;
use std::collections::BTreeMap;
use utoipa::{
    IntoParams, IntoResponses, ToSchema,
    openapi::{Content, ContentBuilder, Ref, RefOr, Response, ResponseBuilder},
};
use uuid::Uuid;

/// An article about to be made. Fields that are not listed are refused.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub(crate) struct NewArticle {
    /// Its title.
    #[schema(min_length = 1, max_length = 160, example = "Rotate an API key without downtime")]
    title: String,
    /// What it is about, in a sentence or two.
    #[schema(max_length = 400, example = "Keep both keys alive for an hour, then drop the old one.")]
    summary: Option<String>,
    /// Markdown. May be empty in a draft.
    #[schema(max_length = 100_000, example = "## Make the second key\n\nOpen **Settings, API keys**.")]
    content: Option<String>,
    /// The slug of a category: the article stands in its first section. Or `sectionIds`.
    #[schema(example = "api-and-sdks")]
    category: Option<String>,
    /// Sections it stands in.
    #[schema(max_items = 10)]
    section_ids: Option<Vec<Uuid>>,
    /// Labels.
    #[schema(max_items = 20, example = json!(["api", "keys"]))]
    tags: Option<Vec<String>>,
    /// `GUIDE`, `TUTORIAL`, `FAQ`, `BEST_PRACTICE`, `TROUBLESHOOTING` or `API`; `GUIDE` when it is left out.
    #[schema(example = "GUIDE")]
    kind: Option<String>,
    /// `PUBLIC`, `SIGNED_IN`, `ORGANIZATIONS`, `STAFF` or `TEAMS`; `PUBLIC` when it is left out.
    #[schema(example = "PUBLIC")]
    visibility: Option<String>,
    /// Ids of the organizations or teams, with `ORGANIZATIONS` or `TEAMS`.
    #[schema(max_items = 100)]
    audience: Option<Vec<Uuid>>,
    /// Its address; made of the title when it is left out. Letters and digits in lower case, parted by `-`.
    #[schema(max_length = 160, example = "rotate-an-api-key")]
    slug: Option<String>,
    /// Its name in another system; no two articles have the same.
    #[schema(max_length = 200, example = "docs/keys.md")]
    external_id: Option<String>,
    /// The language it is written in, as a tag; `en` when it is left out. Needed with `translationOf`.
    #[schema(max_length = 20, example = "de")]
    language: Option<String>,
    /// The article that this one translates: where it stands and who reads it are what that one says. Words that are left out are those
    /// of the original.
    translation_of: Option<Uuid>,
    /// Its place in its sections.
    #[schema(minimum = 0, maximum = 1_000_000)]
    position: Option<i64>,
    /// `DRAFT`, `IN_REVIEW` or `PUBLISHED`; `DRAFT` when it is left out. To schedule and to archive see the status.
    #[schema(example = "DRAFT")]
    status: Option<String>,
}

/// What of an article shall change; what is left out stays. Other words are a new version.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub(crate) struct ArticleChange {
    /// The `version` you read. Another one by now is refused with 409.
    #[schema(minimum = 1, example = 1)]
    version: i64,
    /// Its title.
    #[schema(min_length = 1, max_length = 160)]
    title: Option<String>,
    /// What it is about, in a sentence or two.
    #[schema(max_length = 400)]
    summary: Option<String>,
    /// Markdown.
    #[schema(max_length = 100_000, example = "## Make the second key\n\nOpen **Settings, API keys**.")]
    content: Option<String>,
    /// The slug of a category: the article stands in its first section alone.
    category: Option<String>,
    /// Sections it stands in.
    #[schema(max_items = 10)]
    section_ids: Option<Vec<Uuid>>,
    /// Labels.
    #[schema(max_items = 20)]
    tags: Option<Vec<String>>,
    /// What it is.
    kind: Option<String>,
    /// Who may read it.
    visibility: Option<String>,
    /// Ids of the organizations or teams.
    #[schema(max_items = 100)]
    audience: Option<Vec<Uuid>>,
    /// Its address. Earlier ones lead to it.
    #[schema(max_length = 160)]
    slug: Option<String>,
    /// Its name in another system; an empty text takes it away.
    #[schema(max_length = 200)]
    external_id: Option<String>,
    /// The language it is written in; a translation keeps its own.
    #[schema(max_length = 20, example = "de")]
    language: Option<String>,
    /// Its place in its sections.
    #[schema(minimum = 0, maximum = 1_000_000)]
    position: Option<i64>,
    /// `DRAFT`, `IN_REVIEW` or `PUBLISHED`, after the change.
    status: Option<String>,
}

/// Where an article shall go.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub(crate) struct ArticleStatusChange {
    /// The `version` you read. Another one by now is refused with 409.
    #[schema(minimum = 1, example = 1)]
    version: i64,
    /// `DRAFT` (send back, take off the schedule, restore), `IN_REVIEW`, `SCHEDULED`, `PUBLISHED` or `ARCHIVED`.
    #[schema(example = "PUBLISHED")]
    status: String,
    /// Whom to ask, with `IN_REVIEW`: they may publish it.
    reviewer_id: Option<Uuid>,
    /// Why it goes back, with `DRAFT`.
    #[schema(max_length = 2_000)]
    remark: Option<String>,
    /// When, with `SCHEDULED`.
    #[schema(format = DateTime)]
    publish_at: Option<String>,
    /// How much it differs from what readers see, with `PUBLISHED`: `TYPO` leaves translations as they are, `MEDIUM` (when it is left
    /// out) and `MAJOR` make them outdated. Of a translation, anything but `TYPO` makes it as new as its original.
    #[schema(example = "MEDIUM")]
    size: Option<String>,
}

/// Whether an article helped.
#[derive(ToSchema)]
pub(crate) struct NewVote {
    /// It did.
    #[schema(example = true)]
    helpful: bool,
    /// Which version was read: its `number`. The published one when it is left out.
    #[schema(minimum = 1)]
    number: Option<i64>,
    /// Why, or what was missing.
    #[schema(max_length = 2_000, example = "The second step is missing.")]
    words: Option<String>,
}

/// A category about to be made.
#[derive(ToSchema)]
pub(crate) struct NewCategory {
    /// What it is called.
    #[schema(min_length = 1, max_length = 80, example = "API and SDKs")]
    title: String,
    /// What it is about.
    #[schema(max_length = 240, example = "Keys, streaming, rate limits, retries and webhooks.")]
    description: Option<String>,
    /// The name of its icon.
    #[schema(example = "i-key-round")]
    icon: Option<String>,
    /// Its place among the others.
    #[schema(minimum = 0, maximum = 100_000)]
    position: Option<i64>,
    /// Its address; made of the title when it is left out. Earlier ones lead to the present one.
    #[schema(max_length = 80, example = "api-and-sdks")]
    slug: Option<String>,
}

/// All of a category as it shall be, and the version it was read with.
#[derive(ToSchema)]
pub(crate) struct CategoryChange {
    /// The `version` you read. Another one by now is refused with 409.
    #[schema(minimum = 1, example = 1)]
    version: i64,
    #[serde(flatten)]
    #[schema(inline)]
    all: NewCategory,
}

/// A section as it shall be, and the version it was read with.
#[derive(ToSchema)]
pub(crate) struct SectionChange {
    /// The `version` you read. Another one by now is refused with 409.
    #[schema(minimum = 1, example = 1)]
    version: i64,
    /// What it is called.
    #[schema(min_length = 1, max_length = 80, example = "Errors")]
    title: String,
    /// Its place among the others.
    #[schema(minimum = 0, maximum = 100_000)]
    position: Option<i64>,
}

/// A section about to be made.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub(crate) struct NewSection {
    /// Of which category.
    category_id: Uuid,
    /// What it is called.
    #[schema(min_length = 1, max_length = 80, example = "Errors")]
    title: String,
    /// Its place among the others.
    #[schema(minimum = 0, maximum = 100_000)]
    position: Option<i64>,
}

/// Who looks after an article.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub(crate) struct ArticleCare {
    /// The `version` you read. Another one by now is refused with 409.
    #[schema(minimum = 1, example = 1)]
    version: i64,
    /// Somebody of the staff; nobody when it is left out.
    owner_id: Option<Uuid>,
    /// By when somebody has to say that it is still right; never when it is left out.
    #[schema(format = DateTime, example = "2027-01-31T09:00:00Z")]
    verify_at: Option<String>,
}

/// Which articles.
#[derive(IntoParams)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
pub(crate) struct ArticleFilter {
    /// Words of title, summary and labels: all of them.
    #[param(max_length = 200)]
    q: Option<String>,
    /// The slug of a category.
    category: Option<String>,
    /// A label.
    tag: Option<String>,
    /// What it is.
    kind: Option<String>,
    /// For staff: how far the newest version is; `PUBLISHED` is what readers see.
    status: Option<String>,
    /// One language, as a tag. Readers get originals where there is no translation into it; without it, originals alone.
    #[param(example = "de")]
    language: Option<String>,
    /// For staff: only what nobody verified in time.
    overdue: Option<bool>,
    /// For staff: the one with this name in another system.
    external_id: Option<String>,
    /// `recent`, `popular` or `relevance`; with `q` `relevance`, else `recent`.
    sort: Option<String>,
    /// How many, at most.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// Where the page before ended: its `nextCursor`.
    cursor: Option<String>,
}

/// Where the articles of a section go.
#[derive(IntoParams)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
pub(crate) struct SectionAway {
    /// Another section.
    move_to: Option<Uuid>,
}

/// Which versions.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct VersionFilter {
    /// How many, at most.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// Where the page before ended: its `nextCursor`.
    cursor: Option<String>,
}

/// Which one.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct OnePath {
    /// Its id.
    id: Uuid,
}

/// Refused, because of who asks or what was sent.
pub(crate) struct Refused;

impl IntoResponses for Refused {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        BTreeMap::from([
            ("401".to_owned(), problem("No token, or one that is not known")),
            ("403".to_owned(), problem("The token lacks the scope, or this is for staff, or for whoever may publish")),
            ("404".to_owned(), problem("There is no such thing, or not for you")),
            ("413".to_owned(), problem("The body is larger than 1 MB")),
            ("422".to_owned(), problem("A field or parameter is unknown, missing or wrong")),
        ])
    }
}

/// Refused, because of how things stand.
pub(crate) struct Late;

impl IntoResponses for Late {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let late = json!({
            "type": "/problems/stale-version", "title": "It has changed since you read it", "status": 409,
            "detail": "It has changed since you read it. Look at `current`, then decide again.", "requestId": "019a90c27d1e7b7f9a530c1b6f1f3f10",
            "current": { "id": "019a90c2-7d1e-7b7f-9a53-0c1b6f1f3f10", "title": "Rotate an API key without downtime", "number": 3, "version": 7 }
        });
        let content: Content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).example(Some(late)).build();
        let description = "It has changed since you read it, or can't go there from where it is";
        BTreeMap::from([("409".to_owned(), ResponseBuilder::new().description(description).content("application/problem+json", content).build().into())])
    }
}

fn problem(description: &str) -> RefOr<Response> {
    let content: Content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
    ResponseBuilder::new().description(description).content("application/problem+json", content).build().into()
}
