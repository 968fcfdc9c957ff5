//! An article: where it stands, who may read it, and the version of it that one looks at.

use crate::policy::{self, Action, View};
use db::{Conn, FromRow, Id, Query, Reader, Timestamp, record, sql};
use kernel::{Actor, Fault, PersonId, Result};
use std::collections::HashMap;
use uuid::Uuid;

/// The id of an article.
pub type ArticleId = Id<Article>;

db::words! {
    /// What an article is.
    pub enum Kind {
        /// How something works.
        Guide = "GUIDE",
        /// Step by step.
        Tutorial = "TUTORIAL",
        /// A question and its answer.
        Faq = "FAQ",
        /// How it is done well.
        BestPractice = "BEST_PRACTICE",
        /// What to do when it fails.
        Troubleshooting = "TROUBLESHOOTING",
        /// For programs.
        Api = "API",
    }
}

impl Kind {
    /// As shown.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Guide => "Guide",
            Self::Tutorial => "Tutorial",
            Self::Faq => "FAQ",
            Self::BestPractice => "Best practice",
            Self::Troubleshooting => "Troubleshooting",
            Self::Api => "API documentation",
        }
    }
}

db::words! {
    /// How much a published version differs from the one before.
    pub enum Size {
        /// Nothing that a translation would show.
        Typo = "TYPO",
        /// Translations need the same change.
        Medium = "MEDIUM",
        /// Translations are wrong until they have it.
        Major = "MAJOR",
    }
}

db::words! {
    /// Who may read what is published.
    pub enum Visibility {
        /// Everybody.
        Public = "PUBLIC",
        /// Whoever signed in.
        SignedIn = "SIGNED_IN",
        /// Members of chosen organizations, and staff.
        Organizations = "ORGANIZATIONS",
        /// Staff.
        Staff = "STAFF",
        /// Staff of chosen teams, and supervisors.
        Teams = "TEAMS",
    }
}

impl Visibility {
    /// As shown.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Public => "Everybody",
            Self::SignedIn => "Signed-in people",
            Self::Organizations => "Chosen organizations",
            Self::Staff => "Staff",
            Self::Teams => "Chosen teams",
        }
    }
}

db::words! {
    /// How far the newest version is.
    pub enum State {
        /// Somebody writes.
        Draft = "DRAFT",
        /// Somebody was asked to look.
        InReview = "IN_REVIEW",
        /// It is published at a set time.
        Scheduled = "SCHEDULED",
        /// Readers see it.
        Published = "PUBLISHED",
        /// Readers do not see the article any more.
        Archived = "ARCHIVED",
    }
}

impl State {
    /// As shown, with the colour and the icon of its badge.
    pub const fn look(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Draft => ("Draft", "new", "i-square-pen"),
            Self::InReview => ("In review", "pending", "i-eye"),
            Self::Scheduled => ("Scheduled", "info", "i-calendar-clock"),
            Self::Published => ("Published", "good", "i-circle-check"),
            Self::Archived => ("Archived", "closed", "i-archive"),
        }
    }
}

/// An article with the version that one looks at, without its text.
#[derive(Clone, Debug)]
pub struct Article {
    /// The id.
    pub id: ArticleId,
    /// What it is.
    pub kind: Kind,
    /// Who may read it.
    pub visibility: Visibility,
    /// Its present slug.
    pub slug: String,
    /// Its name in another system.
    pub external_id: Option<String>,
    /// Who made it.
    pub author_id: PersonId,
    /// Their name.
    pub author: String,
    /// How far the newest version is.
    pub state: State,
    /// The newest version.
    pub number: i64,
    /// The published version; none when readers see nothing.
    pub live_number: Option<i64>,
    /// Who wrote the newest version.
    pub writer_id: PersonId,
    /// Who was asked to look at it.
    pub reviewer_id: Option<PersonId>,
    /// Why it was sent back.
    pub remark: Option<String>,
    /// When it will be published.
    pub publish_at: Option<Timestamp>,
    /// When the published version was.
    pub published_at: Option<Timestamp>,
    /// Visitors, each counted once a day.
    pub views: i64,
    /// Whom it helped.
    pub helpful: i64,
    /// Whom it did not.
    pub unhelpful: i64,
    /// How popular it is: a logarithm.
    pub popularity: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// Last change of anything.
    pub updated_at: Timestamp,
    /// Counts changes.
    pub version: i64,
    /// The version of the text that follows.
    pub shown: i64,
    /// Its title.
    pub title: String,
    /// What it is about, in a sentence or two.
    pub summary: String,
    /// Its labels.
    pub tags: Vec<String>,
    /// How long it takes to read.
    pub minutes: i64,
    /// In which language it is, as a lower-case tag: `pt-br`.
    pub language: String,
    /// The article that this one translates.
    pub source_id: Option<ArticleId>,
    /// The version of that one that it is as new as.
    pub source_number: Option<i64>,
    /// How much that one has changed since.
    pub outdated: Option<Size>,
    /// Who looks after it.
    pub owner_id: Option<PersonId>,
    /// Their name.
    pub owner: Option<String>,
    /// By when somebody has to say that it is still right.
    pub verify_at: Option<Timestamp>,
    /// Organizations or teams it is for; only the gate reads them.
    pub audience: Vec<Uuid>,
}

impl FromRow for Article {
    fn from_row(reader: &mut Reader<'_>) -> db::Result<Self> {
        Ok(Self {
            id: reader.read()?,
            kind: reader.read()?,
            visibility: reader.read()?,
            slug: reader.read()?,
            external_id: reader.read()?,
            author_id: reader.read()?,
            author: reader.read()?,
            state: reader.read()?,
            number: reader.read()?,
            live_number: reader.read()?,
            writer_id: reader.read()?,
            reviewer_id: reader.read()?,
            remark: reader.read()?,
            publish_at: reader.read()?,
            published_at: reader.read()?,
            views: reader.read()?,
            helpful: reader.read()?,
            unhelpful: reader.read()?,
            popularity: reader.read()?,
            created_at: reader.read()?,
            updated_at: reader.read()?,
            version: reader.read()?,
            shown: reader.read()?,
            title: reader.read()?,
            summary: reader.read()?,
            tags: serde_json::from_str(&reader.read::<String>()?).unwrap_or_default(),
            minutes: reader.read()?,
            language: reader.read()?,
            source_id: reader.read()?,
            source_number: reader.read()?,
            outdated: reader.read()?,
            owner_id: reader.read()?,
            owner: reader.read()?,
            verify_at: reader.read()?,
            audience: Vec::new(),
        })
    }
}

/// The columns of an article, in its order.
macro_rules! article_columns {
    () => {
        "a.id, a.kind, a.visibility, a.slug, a.external_id, a.author_id, p.name, a.state, a.number, a.live_number, a.writer_id, a.reviewer_id, a.remark,
         a.publish_at, a.published_at, a.views, a.helpful, a.unhelpful, a.popularity, a.created_at, a.updated_at, a.version,
         v.number, v.title, v.summary, v.tags, v.minutes, a.language, a.source_id, a.source_number, a.outdated, a.owner_id,
         (SELECT o.name FROM people o WHERE o.id = a.owner_id), a.verify_at"
    };
}

/// The tables of an article with its newest version.
macro_rules! newest_from {
    () => {
        " FROM articles a JOIN people p ON p.id = a.author_id JOIN article_versions v ON v.article_id = a.id AND v.number = a.number"
    };
}

/// The tables of an article with its published version.
macro_rules! live_from {
    () => {
        " FROM articles a JOIN people p ON p.id = a.author_id JOIN article_versions v ON v.article_id = a.id AND v.number = a.live_number"
    };
}
pub(crate) use article_columns;

record! {
    /// The text of a version.
    #[derive(Clone, Debug)]
    pub struct Body {
        /// Markdown.
        pub source: String,
        /// Safe HTML with headings that have ids.
        pub html: String,
        /// JSON: its headings.
        pub headings: String,
        renderer: i64,
    }
}

/// A select that can go on with ` AND …`.
pub(crate) fn select(view: View) -> Query {
    match view {
        View::Live => sql!(concat!("SELECT ", article_columns!(), live_from!(), " WHERE 1 = 1")),
        View::Newest => sql!(concat!("SELECT ", article_columns!(), newest_from!(), " WHERE 1 = 1")),
    }
}

impl Article {
    /// The gate: the newest version for `Write` and `Publish`, the published one for `Read`. What one may not see is missing.
    pub async fn get(conn: &mut Conn, actor: &Actor, id: ArticleId, action: Action) -> Result<Self> {
        let view = if action == Action::Read { View::Live } else { View::Newest };
        let mut query = select(view);
        query.push(" AND a.id = ").bind(id);
        let found = Self::with_audience(conn, query).await?.ok_or(Fault::Missing)?;
        if policy::may(actor, action, &found) {
            return Ok(found);
        }
        if action == Action::Publish && policy::may(actor, Action::Write, &found) {
            return Err(Fault::Forbidden("Supervisors publish, or the reviewer who was asked. Ask for a review.".to_owned()));
        }
        Err(Fault::Missing)
    }

    /// What this actor reads at a slug, present or earlier.
    pub async fn at(conn: &mut Conn, actor: &Actor, slug: &str) -> Result<Self> {
        let mut query = select(View::Live);
        query.push(" AND a.id = (SELECT article_id FROM article_slugs WHERE slug = ").bind(slug).push(")");
        let mut found = conn.first::<Self>(query).await?.ok_or(Fault::Missing)?;
        if matches!(found.visibility, Visibility::Organizations | Visibility::Teams) {
            found.read_audience(conn).await?;
        }
        if policy::may(actor, Action::Read, &found) { Ok(found) } else { Err(Fault::Missing) }
    }

    async fn with_audience(conn: &mut Conn, query: Query) -> Result<Option<Self>> {
        let Some(mut found) = conn.first::<Self>(query).await? else { return Ok(None) };
        found.read_audience(conn).await?;
        Ok(Some(found))
    }

    async fn read_audience(&mut self, conn: &mut Conn) -> Result<()> {
        self.audience = conn.all(sql!("SELECT audience_id FROM article_audience WHERE article_id = $1 ORDER BY audience_id", self.id)).await?;
        Ok(())
    }

    /// Its text.
    pub async fn body(&self, conn: &mut Conn) -> Result<Body> {
        let query = sql!("SELECT source, html, headings, renderer FROM article_versions WHERE article_id = $1 AND number = $2", self.id, self.shown);
        let mut body: Body = conn.one(query).await?;
        // of an older renderer, or with a snippet as it was: the clockwork keeps it anew in a moment
        if body.renderer < richtext::ARTICLE_VERSION {
            crate::text::Made { html: body.html, headings: body.headings } = crate::text::made(conn, &body.source).await?;
        }
        Ok(body)
    }

    /// The texts of these articles, as Markdown, in one look.
    pub(crate) async fn sources(conn: &mut Conn, view: View, articles: &[Self]) -> Result<HashMap<ArticleId, String>> {
        let mut query = match view {
            View::Live => {
                sql!("SELECT v.article_id, v.source FROM articles a JOIN article_versions v ON v.article_id = a.id AND v.number = a.live_number WHERE 1 = 1")
            }
            View::Newest => {
                sql!("SELECT v.article_id, v.source FROM articles a JOIN article_versions v ON v.article_id = a.id AND v.number = a.number WHERE 1 = 1")
            }
        };
        query.push(" AND a.id IN ").list(articles.iter().map(|article| article.id));
        Ok(conn.all::<(ArticleId, String)>(query).await?.into_iter().collect())
    }

    /// The state that people are told: published as long as readers see it.
    pub fn told(&self) -> State {
        if self.live_number.is_some() { State::Published } else { self.state }
    }

    /// How far the next version of a published article is.
    pub fn next_state(&self) -> Option<State> {
        Some(self.state).filter(|state| self.live_number.is_some() && *state != State::Published)
    }

    /// Its path for readers.
    pub fn href(&self) -> String {
        Self::path(&self.slug)
    }

    /// The path of the article with this slug.
    pub fn path(slug: &str) -> String {
        format!("/a/{}", percent_encoding::utf8_percent_encode(slug, percent_encoding::NON_ALPHANUMERIC)).replace("%2D", "-")
    }

    /// What its language is called.
    pub fn language_name(&self) -> &str {
        crate::language::name(&self.language)
    }

    /// The article that all translations of it name: itself, if it is none.
    pub fn original(&self) -> ArticleId {
        self.source_id.unwrap_or(self.id)
    }

    pub(crate) fn stale(&self) -> Fault {
        let words = serde_json::json!({ "id": self.id, "title": self.title, "number": self.number, "version": self.version });
        Fault::Stale(Box::new(words))
    }
}
