//! What is answered.

use crate::{Article, ArticleId, Category, Kind, Section, Size, Standing, State, Visibility, translation::Tongue, version::Version};
use db::{Id, Timestamp};
use kernel::PersonId;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;
use web::Visit;

/// Who wrote an article.
#[derive(Serialize, ToSchema)]
#[schema(as = ArticleAuthor)]
pub(crate) struct AuthorJson {
    /// The id.
    #[schema(value_type = Uuid)]
    id: PersonId,
    /// The name.
    #[schema(example = "Noor Saleh")]
    name: String,
}

/// An article. Readers get the published version, staff the newest one.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Article)]
pub(crate) struct ArticleJson {
    /// The id.
    #[schema(value_type = Uuid)]
    pub(crate) id: ArticleId,
    /// Its title.
    #[schema(example = "Rotate an API key without downtime")]
    title: String,
    /// What it is about.
    #[schema(example = "Keep both keys alive for an hour, then drop the old one.")]
    summary: String,
    /// Markdown.
    #[schema(example = "## Make the second key\n\nOpen **Settings, API keys**.")]
    content: String,
    /// The same as safe HTML; only where one article is asked for.
    #[schema(example = "<h2 id=\"s-make-the-second-key\" dir=\"auto\">Make the second key</h2>")]
    html: Option<String>,
    /// The slug of the category it stands in.
    #[schema(example = "api-and-sdks")]
    category: Option<String>,
    /// The sections it stands in.
    #[schema(value_type = Vec<Uuid>)]
    section_ids: Vec<Id<Section>>,
    /// Its labels.
    #[schema(example = json!(["api", "keys"]))]
    tags: Vec<String>,
    /// What it is.
    #[schema(value_type = String, example = "GUIDE")]
    kind: Kind,
    /// `PUBLISHED` as long as readers see it, else how far the newest version is.
    #[schema(value_type = String, example = "PUBLISHED")]
    status: State,
    /// For staff: how far the next version of a published article is.
    #[schema(value_type = Option<String>, example = "DRAFT")]
    next_status: Option<State>,
    /// Who may read it.
    #[schema(value_type = String, example = "PUBLIC")]
    visibility: Visibility,
    /// For staff: organizations or teams it is for. Only where one article is asked for.
    audience: Option<Vec<Uuid>>,
    /// Its address within the help center.
    #[schema(example = "rotate-an-api-key")]
    slug: String,
    /// Where people read it.
    #[schema(example = "https://help.example.com/a/rotate-an-api-key")]
    url: String,
    /// For staff: its name in another system.
    external_id: Option<String>,
    /// The language it is written in, as a tag.
    #[schema(example = "en")]
    language: String,
    /// The article that it translates.
    #[schema(value_type = Option<Uuid>)]
    translation_of: Option<ArticleId>,
    /// How much the original has changed since it was translated: `MEDIUM` or `MAJOR`.
    #[schema(value_type = Option<String>)]
    outdated: Option<Size>,
    /// It in all its languages, the original first. Only where one article is asked for.
    translations: Option<Vec<TranslationJson>>,
    /// For staff: who looks after it.
    #[schema(value_type = Option<Uuid>)]
    owner_id: Option<PersonId>,
    /// For staff: by when somebody has to say that it is still right.
    #[schema(value_type = Option<String>, format = DateTime)]
    verify_at: Option<Timestamp>,
    /// The version of the words.
    #[schema(example = 3)]
    number: i64,
    /// For staff: the version that readers see.
    published_number: Option<i64>,
    /// When the published version was.
    #[schema(value_type = Option<String>, format = DateTime)]
    published_at: Option<Timestamp>,
    /// For staff: when it will be.
    #[schema(value_type = Option<String>, format = DateTime)]
    publish_at: Option<Timestamp>,
    /// For staff: who was asked for a review.
    #[schema(value_type = Option<Uuid>)]
    reviewer_id: Option<PersonId>,
    /// For staff: why it was sent back.
    remark: Option<String>,
    /// When it was made.
    #[schema(value_type = String, format = DateTime, example = "2026-11-22T09:30:00Z")]
    created_at: Timestamp,
    /// Last change that you may see.
    #[schema(value_type = String, format = DateTime, example = "2026-11-22T09:30:00Z")]
    updated_at: Timestamp,
    /// Who made it.
    #[schema(value_type = Uuid)]
    author_id: PersonId,
    /// Who made it.
    author: AuthorJson,
    /// Visitors, each counted once a day.
    #[schema(example = 1042)]
    views: i64,
    /// Whom it helped.
    #[schema(example = 418)]
    helpful: i64,
    /// Whom it did not.
    #[schema(example = 29)]
    unhelpful: i64,
    /// For staff: give it with a change.
    #[schema(example = 7)]
    version: Option<i64>,
}

impl ArticleJson {
    pub(crate) fn of(visit: &Visit, article: Article, content: String, html: Option<String>, standing: &[Standing]) -> Self {
        let is_staff = visit.actor.is_staff();
        Self {
            url: format!("{}{}", visit.app.config.public_url, article.href()),
            status: article.told(),
            next_status: article.next_state().filter(|_| is_staff),
            category: standing.first().map(|standing| standing.category.clone()),
            section_ids: standing.iter().map(|standing| standing.section_id).collect(),
            audience: (is_staff && html.is_some()).then_some(article.audience),
            updated_at: if is_staff { article.updated_at } else { article.published_at.unwrap_or(article.created_at) },
            author: AuthorJson { id: article.author_id, name: article.author },
            author_id: article.author_id,
            external_id: article.external_id.filter(|_| is_staff),
            published_number: article.live_number.filter(|_| is_staff),
            publish_at: article.publish_at.filter(|_| is_staff),
            reviewer_id: article.reviewer_id.filter(|_| is_staff),
            remark: article.remark.filter(|_| is_staff),
            version: is_staff.then_some(article.version),
            owner_id: article.owner_id.filter(|_| is_staff),
            verify_at: article.verify_at.filter(|_| is_staff),
            language: article.language,
            translation_of: article.source_id,
            outdated: article.outdated,
            translations: None,
            id: article.id,
            title: article.title,
            summary: article.summary,
            content,
            html,
            tags: article.tags,
            kind: article.kind,
            visibility: article.visibility,
            slug: article.slug,
            number: article.shown,
            published_at: article.published_at,
            created_at: article.created_at,
            views: article.views,
            helpful: article.helpful,
            unhelpful: article.unhelpful,
        }
    }
}

impl ArticleJson {
    /// With all its languages.
    pub(crate) fn with_translations(mut self, visit: &Visit, tongues: Vec<Tongue>) -> Self {
        let translations = tongues.into_iter().map(|tongue| TranslationJson {
            id: tongue.id,
            url: format!("{}{}", visit.app.config.public_url, tongue.href()),
            language: tongue.language,
            slug: tongue.slug,
            title: tongue.title,
            outdated: tongue.outdated,
        });
        self.translations = Some(translations.collect());
        self
    }
}

/// An article in one of its languages.
#[derive(Serialize, ToSchema)]
#[schema(as = ArticleTranslation)]
pub(crate) struct TranslationJson {
    /// The id.
    #[schema(value_type = Uuid)]
    id: ArticleId,
    /// The language, as a tag.
    #[schema(example = "de")]
    language: String,
    /// Its slug.
    #[schema(example = "schluessel-wechseln")]
    slug: String,
    /// Its title.
    #[schema(example = "Einen Schlüssel wechseln")]
    title: String,
    /// Where people read it.
    #[schema(example = "https://help.example.com/a/schluessel-wechseln")]
    url: String,
    /// How much the original has changed since: `MEDIUM` or `MAJOR`.
    #[schema(value_type = Option<String>)]
    outdated: Option<Size>,
}

/// A page of articles.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ArticlePage)]
pub(crate) struct ArticlesJson {
    /// The articles.
    pub(crate) items: Vec<ArticleJson>,
    /// Give it as `cursor` to read on; null at the end.
    pub(crate) next_cursor: Option<String>,
}

/// A version of an article.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ArticleVersion)]
pub(crate) struct VersionJson {
    /// Which.
    #[schema(example = 3)]
    number: i64,
    /// Its title.
    #[schema(example = "Rotate an API key without downtime")]
    title: String,
    /// Who wrote it.
    #[schema(example = "Noor Saleh")]
    author: String,
    /// When.
    #[schema(value_type = String, format = DateTime, example = "2026-11-22T09:30:00Z")]
    created_at: Timestamp,
    /// When readers got it, for the last time.
    #[schema(value_type = Option<String>, format = DateTime)]
    published_at: Option<Timestamp>,
    /// Whom it helped.
    #[schema(example = 12)]
    helpful: i64,
    /// Whom it did not.
    #[schema(example = 1)]
    unhelpful: i64,
}

impl From<Version> for VersionJson {
    fn from(version: Version) -> Self {
        let Version { number, title, person: author, created_at, published_at, helpful, unhelpful } = version;
        Self { number, title, author, created_at, published_at, helpful, unhelpful }
    }
}

/// A page of versions.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ArticleVersionPage)]
pub(crate) struct VersionsJson {
    /// The versions, the newest first.
    pub(crate) items: Vec<VersionJson>,
    /// Give it as `cursor` to read on; null at the end.
    pub(crate) next_cursor: Option<String>,
}

/// A section.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = KnowledgeSection)]
pub(crate) struct SectionJson {
    /// The id.
    #[schema(value_type = Uuid)]
    id: Id<Section>,
    /// Of which category.
    #[schema(value_type = Uuid)]
    category_id: Id<Category>,
    /// What it is called.
    #[schema(example = "Errors")]
    title: String,
    /// Its place among the others.
    #[schema(example = 1)]
    position: i64,
    /// Give it with a change.
    #[schema(example = 1)]
    version: i64,
}

impl From<Section> for SectionJson {
    fn from(section: Section) -> Self {
        let Section { id, category_id, title, position, version } = section;
        Self { id, category_id, title, position, version }
    }
}

/// A category.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = KnowledgeCategory)]
pub(crate) struct CategoryJson {
    /// The id.
    #[schema(value_type = Uuid)]
    id: Id<Category>,
    /// Its address.
    #[schema(example = "api-and-sdks")]
    slug: String,
    /// What it is called.
    #[schema(example = "API and SDKs")]
    title: String,
    /// What it is about.
    #[schema(example = "Keys, streaming, rate limits, retries and webhooks.")]
    description: String,
    /// The name of its icon.
    #[schema(example = "i-key-round")]
    icon: String,
    /// Its place among the others.
    #[schema(example = 1)]
    position: i64,
    /// How many published articles of it you may read.
    #[schema(example = 56)]
    articles: i64,
    /// Give it with a change.
    #[schema(example = 1)]
    version: i64,
}

impl CategoryJson {
    pub(crate) fn of(category: Category, articles: i64) -> Self {
        let Category { id, slug, title, description, icon, position, version } = category;
        Self { id, slug, title, description, icon, position, articles, version }
    }
}

/// All categories that one may see something of.
#[derive(Serialize, ToSchema)]
#[schema(as = KnowledgeCategoryList)]
pub(crate) struct CategoriesJson {
    /// The categories, in order.
    pub(crate) items: Vec<CategoryJson>,
}

/// The sections of those categories.
#[derive(Serialize, ToSchema)]
#[schema(as = KnowledgeSectionList)]
pub(crate) struct SectionsJson {
    /// The sections, in order.
    pub(crate) items: Vec<SectionJson>,
}

/// How readers voted.
#[derive(Serialize, ToSchema)]
#[schema(as = ArticleVotes)]
pub(crate) struct VotesJson {
    /// Whom it helped.
    #[schema(example = 418)]
    pub(crate) helpful: i64,
    /// Whom it did not.
    #[schema(example = 29)]
    pub(crate) unhelpful: i64,
}
