//! Writing: every save of the words is a version, and readers see none of it before it is published.

use crate::{
    Article, ArticleId, Kind, Section, State, Visibility, counts, language,
    policy::{self, Action},
    snippet,
    state::hold,
    text::{self, Made},
};
use db::{Conn, Id, Tx, Value, sql};
use kernel::{Actor, Fault, PersonId, Result};
use serde_json::json;
use uuid::Uuid;

/// The most characters that a text of an article may have.
pub const CONTENT: usize = 100_000;
/// The most characters of a title and of a slug.
pub const TITLE: usize = 160;

/// What makes or changes an article; what is none stays as it is.
#[derive(Clone, Debug, Default)]
pub struct Wish {
    /// The id that a new one shall have: of a draft that was kept before it was there.
    pub id: Option<ArticleId>,
    /// Its title.
    pub title: Option<String>,
    /// What it is about.
    pub summary: Option<String>,
    /// Markdown.
    pub content: Option<String>,
    /// Labels, in lower case.
    pub tags: Option<Vec<String>>,
    /// What it is.
    pub kind: Option<Kind>,
    /// Who may read it.
    pub visibility: Option<Visibility>,
    /// Organizations or teams that it is for.
    pub audience: Option<Vec<Uuid>>,
    /// Sections it stands in.
    pub sections: Option<Vec<Id<Section>>>,
    /// The slug of a category: it stands in the first section of it.
    pub category: Option<String>,
    /// Its address.
    pub slug: Option<String>,
    /// Its name in another system; an empty one takes it away.
    pub external_id: Option<String>,
    /// The language it is written in; a translation keeps its own.
    pub language: Option<String>,
    /// Its place in its sections.
    pub position: Option<i64>,
}

/// The words of a version.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Words {
    title: String,
    summary: String,
    source: String,
    tags: Vec<String>,
}

impl Article {
    /// Makes a draft.
    pub async fn add(tx: &mut Tx, actor: &Actor, wish: &Wish) -> Result<Self> {
        if !actor.is_staff() {
            return Err(Fault::Forbidden("Staff writes articles.".to_owned()));
        }
        let (id, now, author) = (wish.id.unwrap_or_default(), tx.now(), actor.person.ok_or(Fault::SignIn)?);
        if tx.first::<i64>(sql!("SELECT 1 FROM articles WHERE id = $1", id)).await?.is_some() {
            return Err(Fault::Conflict { kind: "sent-already", detail: "This article was made already. Look at the list.".to_owned() });
        }
        let title = wish.title.clone().ok_or_else(|| Fault::field("title", "This is needed."))?;
        let visibility = wish.visibility.unwrap_or(Visibility::Public);
        let words = Words {
            summary: wish.summary.clone().unwrap_or_default(),
            source: wish.content.clone().unwrap_or_default(),
            tags: wish.tags.clone().unwrap_or_default(),
            title,
        };
        check_audience(tx, visibility, wish.audience.as_deref().unwrap_or_default()).await?;
        check_external(tx, id, wish).await?;
        snippet::check(tx, "content", &words.source).await?;
        let slug = free_slug(tx, id, wish.slug.as_deref(), &words.title).await?;
        let language = wish.language.as_deref().map_or_else(|| Ok("en".to_owned()), language::checked)?;
        tx.run(sql!(
            "INSERT INTO articles (id, kind, visibility, slug, external_id, author_id, state, number, writer_id, views, helpful, unhelpful, heat, popularity,
                                   folded, created_at, updated_at, version, language)
             VALUES ($1, $2, $3, $4, $5, $6, 'DRAFT', 1, $6, 0, 0, 0, 0, $7, $8, $9, $9, 1, $10)",
            id,
            wish.kind.unwrap_or(Kind::Guide),
            visibility,
            &slug,
            wish.external_id.clone().filter(|name| !name.is_empty()),
            author,
            crate::popularity::of(0, 0, 0),
            folded(&words),
            now,
            language
        ))
        .await?;
        words.keep(tx, id, 1, author).await?;
        keep_slug(tx, id, &slug).await?;
        place(tx, id, wish).await?;
        keep_audience(tx, id, wish.audience.as_deref().unwrap_or_default()).await?;
        tx.record(actor.event("article.added", ("article", id.uuid()), true, json!({ "title": words.title }))).await?;
        Self::get(tx, actor, id, Action::Write).await
    }

    /// Saves: other words are a new version; where it stands and who reads it changes at once. A stale version is refused.
    pub async fn save(&self, tx: &mut Tx, actor: &Actor, version: i64, wish: &Wish) -> Result<Self> {
        if self.state == State::Archived {
            return Err(Fault::Conflict { kind: "archived", detail: "It is archived. Restore it first, then change it.".to_owned() });
        }
        let person = actor.person.ok_or(Fault::SignIn)?;
        let wish = &self.own_part(wish);
        let before = Words { title: self.title.clone(), summary: self.summary.clone(), source: self.body(tx).await?.source, tags: self.tags.clone() };
        let words = Words {
            title: wish.title.clone().unwrap_or_else(|| before.title.clone()),
            summary: wish.summary.clone().unwrap_or_else(|| before.summary.clone()),
            source: wish.content.clone().unwrap_or_else(|| before.source.clone()),
            tags: wish.tags.clone().unwrap_or_else(|| before.tags.clone()),
        };
        let is_new = words != before;
        self.check_place(tx, actor, wish).await?;
        snippet::check(tx, "content", &words.source).await?;
        let slug = match &wish.slug {
            Some(slug) if *slug != self.slug => free_slug(tx, self.id, Some(slug), &words.title).await?,
            _ => self.slug.clone(),
        };
        let number = if is_new { self.number + 1 } else { self.number };
        // who reviews sees the newest words; what was published or scheduled has a next version in the making
        let state = if is_new && matches!(self.state, State::Published | State::Scheduled) { State::Draft } else { self.state };
        let language = self.language_for(tx, wish).await?;
        let (now, writer) = (tx.now(), if is_new { person } else { self.writer_id });
        let stood = match self.live_number {
            Some(_) => {
                hold(tx, self.id).await?;
                // before anything is counted: a snippet that changes holds versions until it begins an edition
                snippet::hold(tx, &words.source).await?;
                Some(counts::stand(tx, self.id).await?)
            }
            None => None,
        };
        let changed = tx
            .run(sql!(
                "UPDATE articles SET kind = $3, visibility = $4, slug = $5, external_id = $6, state = $7, number = $8, writer_id = $9, folded = $10,
                        publish_at = CASE WHEN $7 = 'SCHEDULED' THEN publish_at END, updated_at = $11, language = $12, version = version + 1
                 WHERE id = $1 AND version = $2",
                self.id,
                version,
                wish.kind.unwrap_or(self.kind),
                wish.visibility.unwrap_or(self.visibility),
                &slug,
                wish.external_id.clone().or_else(|| self.external_id.clone()).filter(|name| !name.is_empty()),
                state,
                number,
                writer,
                folded(&words),
                now,
                language
            ))
            .await?;
        if changed == 0 {
            return Err(self.stale());
        }
        if is_new {
            words.keep(tx, self.id, number, person).await?;
        }
        keep_slug(tx, self.id, &slug).await?;
        place(tx, self.id, wish).await?;
        if let Some(audience) = &wish.audience {
            keep_audience(tx, self.id, audience).await?;
        }
        if self.source_id.is_none() {
            self.lead(tx).await?;
        }
        if let Some(stood) = stood {
            counts::moved(tx, self.id, &stood).await?;
        }
        tx.record(actor.event("article.saved", ("article", self.id.uuid()), true, json!({ "title": words.title, "number": number }))).await?;
        Self::get(tx, actor, self.id, Action::Write).await
    }

    /// What of a wish is for this article: a translation stands where its original does, and is read by whoever reads that.
    fn own_part(&self, wish: &Wish) -> Wish {
        if self.source_id.is_none() {
            return wish.clone();
        }
        Wish { kind: None, visibility: None, audience: None, sections: None, category: None, language: None, position: None, ..wish.clone() }
    }

    async fn language_for(&self, conn: &mut Conn, wish: &Wish) -> Result<String> {
        let Some(wanted) = wish.language.as_deref() else { return Ok(self.language.clone()) };
        let language = language::checked(wanted)?;
        let taken: Option<i64> = conn.first(sql!("SELECT 1 FROM articles WHERE source_id = $1 AND language = $2", self.id, &language)).await?;
        if taken.is_some() { Err(Fault::field("language", "There is a translation into it already.")) } else { Ok(language) }
    }

    /// Where a published article stands and who reads it is for whoever may publish.
    async fn check_place(&self, conn: &mut Conn, actor: &Actor, wish: &Wish) -> Result<()> {
        let visibility = wish.visibility.unwrap_or(self.visibility);
        let audience = wish.audience.clone().unwrap_or_else(|| self.audience.clone());
        check_audience(conn, visibility, &audience).await?;
        check_external(conn, self.id, wish).await?;
        let is_moved = visibility != self.visibility || same(&audience) != same(&self.audience) || wish.slug.as_ref().is_some_and(|slug| *slug != self.slug);
        if is_moved && self.live_number.is_some() && !policy::may(actor, Action::Publish, self) {
            return Err(Fault::Forbidden("It is published: supervisors change its address and who may read it.".to_owned()));
        }
        Ok(())
    }
}

fn same(ids: &[Uuid]) -> Vec<Uuid> {
    let mut ids = ids.to_vec();
    ids.sort_unstable();
    ids.dedup();
    ids
}

/// What is looked up: title, summary and labels.
fn folded(words: &Words) -> String {
    format!("{}\n{}\n{}", words.title, words.summary, words.tags.join("\n")).to_lowercase()
}

impl Words {
    async fn keep(&self, tx: &mut Tx, id: ArticleId, number: i64, person: PersonId) -> Result<()> {
        let now = tx.now();
        snippet::hold(tx, &self.source).await?;
        let Made { html, headings } = text::made(tx, &self.source).await?;
        // 220 words a minute
        let minutes = i64::try_from(self.source.split_whitespace().count().div_ceil(220).max(1)).unwrap_or(1);
        tx.run(sql!(
            "INSERT INTO article_versions (article_id, number, title, summary, source, html, headings, renderer, tags, minutes, person_id, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
            id,
            number,
            &self.title,
            &self.summary,
            &self.source,
            html,
            headings,
            richtext::ARTICLE_VERSION,
            json!(self.tags).to_string(),
            minutes,
            person,
            now
        ))
        .await?;
        let uses: Vec<[Value; 3]> = snippet::names(&self.source).into_iter().map(|name| [id.into(), number.into(), name.into()]).collect();
        tx.run_rows("INSERT INTO article_snippet_uses (article_id, number, name) VALUES", &uses, "").await?;
        Ok(())
    }
}

/// The slug that was asked for, or one made of the title that nobody has.
async fn free_slug(conn: &mut Conn, id: ArticleId, wanted: Option<&str>, title: &str) -> Result<String> {
    let slug = richtext::slug(wanted.unwrap_or(title));
    if let Some(wanted) = wanted {
        if slug.is_empty() || slug != wanted {
            return Err(Fault::field("slug", "Use lower-case letters, digits and single hyphens."));
        }
        let owner: Option<ArticleId> = conn.first(sql!("SELECT article_id FROM article_slugs WHERE slug = $1", wanted)).await?;
        return if owner.is_none_or(|owner| owner == id) { Ok(slug) } else { Err(taken()) };
    }
    let slug = if slug.is_empty() { "article".to_owned() } else { slug };
    let is_taken: Option<i64> = conn.first(sql!("SELECT 1 FROM article_slugs WHERE slug = $1", &slug)).await?;
    // the end of an id is random: nobody has that one
    Ok(if is_taken.is_none() { slug } else { format!("{slug}-{}", id.uuid().simple().to_string().split_off(24)) })
}

fn taken() -> Fault {
    Fault::field("slug", "Another article has this address, or had it. Take another one.")
}

async fn keep_slug(tx: &mut Tx, id: ArticleId, slug: &str) -> Result<()> {
    tx.run(sql!("INSERT INTO article_slugs (slug, article_id) VALUES ($1, $2) ON CONFLICT (slug) DO NOTHING", slug, id)).await?;
    let owner: ArticleId = tx.one(sql!("SELECT article_id FROM article_slugs WHERE slug = $1", slug)).await?;
    if owner == id { Ok(()) } else { Err(taken()) }
}

async fn place(tx: &mut Tx, id: ArticleId, wish: &Wish) -> Result<()> {
    let sections = match (&wish.sections, &wish.category) {
        (Some(sections), _) => sections.clone(),
        (None, Some(category)) => vec![Section::first_of(tx, category).await?],
        (None, None) => {
            if let Some(position) = wish.position {
                tx.run(sql!("UPDATE article_sections SET position = $2 WHERE article_id = $1", id, position)).await?;
            }
            return Ok(());
        }
    };
    let before: Vec<(Id<Section>, i64)> = tx.all(sql!("SELECT section_id, position FROM article_sections WHERE article_id = $1", id)).await?;
    tx.run(sql!("DELETE FROM article_sections WHERE article_id = $1", id)).await?;
    for section in sections {
        let known: Option<i64> = tx.first(sql!("SELECT 1 FROM knowledge_sections WHERE id = $1", section)).await?;
        if known.is_none() {
            return Err(Fault::field("sectionIds", "There is no such section."));
        }
        let kept = before.iter().find(|(known, _)| *known == section).map(|(_, position)| *position);
        tx.run(sql!(
            "INSERT INTO article_sections (article_id, section_id, position) VALUES ($1, $2, $3) ON CONFLICT (article_id, section_id) DO NOTHING",
            id,
            section,
            wish.position.or(kept).unwrap_or(0)
        ))
        .await?;
    }
    Ok(())
}

async fn keep_audience(tx: &mut Tx, id: ArticleId, audience: &[Uuid]) -> Result<()> {
    tx.run(sql!("DELETE FROM article_audience WHERE article_id = $1", id)).await?;
    for one in same(audience) {
        tx.run(sql!("INSERT INTO article_audience (article_id, audience_id) VALUES ($1, $2)", id, one)).await?;
    }
    Ok(())
}

/// Teams or organizations are named where they are needed, and they must be there.
async fn check_audience(conn: &mut Conn, visibility: Visibility, audience: &[Uuid]) -> Result<()> {
    let mut query = match visibility {
        Visibility::Organizations => sql!("SELECT id FROM organizations WHERE 1 = 1"),
        Visibility::Teams => sql!("SELECT id FROM teams WHERE 1 = 1"),
        _ => return Ok(()),
    };
    query.push(" AND id IN ").list(audience.iter().copied());
    let known: Vec<Uuid> = conn.all(query).await?;
    if audience.is_empty() || audience.iter().any(|one| !known.contains(one)) {
        return Err(Fault::field("audience", format!("Choose who it is for: {}.", visibility.label().to_lowercase())));
    }
    Ok(())
}

async fn check_external(conn: &mut Conn, id: ArticleId, wish: &Wish) -> Result<()> {
    let Some(name) = wish.external_id.as_deref().filter(|name| !name.is_empty()) else { return Ok(()) };
    let owner: Option<ArticleId> = conn.first(sql!("SELECT id FROM articles WHERE external_id = $1", name)).await?;
    if owner.is_none_or(|owner| owner == id) { Ok(()) } else { Err(Fault::field("externalId", "Another article has this external id.")) }
}
