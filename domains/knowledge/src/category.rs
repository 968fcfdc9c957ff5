//! Categories and their sections. Readers see those in which they may read something.

use crate::{
    Article,
    article::article_columns,
    counts, edition, language,
    policy::{self, View},
};
use db::{Conn, FromRow, Id, Reader, Tx, record, sql};
use kernel::{Actor, Fault, Result};
use serde_json::json;

/// Titles have at most this many characters.
pub const TITLE: usize = 80;
/// Descriptions have at most this many characters.
pub const DESCRIPTION: usize = 240;
/// What a category may be shown with.
pub const ICONS: &[&str] =
    &["i-book-open", "i-rocket", "i-square-pen", "i-git-branch", "i-flask-conical", "i-key-round", "i-credit-card", "i-life-buoy", "i-users", "i-settings"];
/// A category's page shows so many articles.
const SHOWN: i64 = 500;

record! {
    /// A category.
    #[derive(Clone, Debug)]
    pub struct Category {
        /// The id.
        pub id: Id<Category>,
        /// Its address.
        pub slug: String,
        /// What it is called.
        pub title: String,
        /// What it is about.
        pub description: String,
        /// The name of its icon.
        pub icon: String,
        /// Its place among the others.
        pub position: i64,
        /// Counts changes.
        pub version: i64,
    }
}

record! {
    /// A section of a category.
    #[derive(Clone, Debug)]
    pub struct Section {
        /// The id.
        pub id: Id<Section>,
        /// Of which category.
        pub category_id: Id<Category>,
        /// What it is called.
        pub title: String,
        /// Its place among the others.
        pub position: i64,
        /// Counts changes.
        pub version: i64,
    }
}

/// What makes or changes a category.
#[derive(Clone, Debug)]
pub struct CategoryWish {
    /// What it is called.
    pub title: String,
    /// What it is about.
    pub description: String,
    /// One of [`ICONS`].
    pub icon: String,
    /// Its place among the others.
    pub position: i64,
    /// Its address; made of the title, or as it is, when it is none.
    pub slug: Option<String>,
}

/// An article in one of its sections.
#[derive(Clone, Debug)]
pub struct Placed {
    /// The section.
    pub section_id: Id<Section>,
    /// The article.
    pub article: Article,
}

impl FromRow for Placed {
    fn from_row(reader: &mut Reader<'_>) -> db::Result<Self> {
        Ok(Self { section_id: reader.read()?, article: reader.read()? })
    }
}

/// Staff that may shape the knowledge base.
pub(crate) fn shapes(actor: &Actor) -> Result<()> {
    if actor.is_supervisor() { Ok(()) } else { Err(Fault::Forbidden("Supervisors and admins change categories and sections.".to_owned())) }
}

impl Category {
    /// The path of the category with this slug.
    pub fn path(slug: &str) -> String {
        format!("/help/{}", percent_encoding::utf8_percent_encode(slug, percent_encoding::NON_ALPHANUMERIC)).replace("%2D", "-")
    }

    /// Its path for readers.
    pub fn href(&self) -> String {
        Self::path(&self.slug)
    }

    /// All of them, in order.
    pub async fn all(conn: &mut Conn) -> Result<Vec<Self>> {
        Ok(conn.all(sql!("SELECT id, slug, title, description, icon, position, version FROM knowledge_categories ORDER BY position, id")).await?)
    }

    /// One.
    pub async fn get(conn: &mut Conn, id: Id<Self>) -> Result<Self> {
        Ok(conn.one(sql!("SELECT id, slug, title, description, icon, position, version FROM knowledge_categories WHERE id = $1", id)).await?)
    }

    /// Those in which the actor may read something, with how many articles; for staff that writes, the empty ones too.
    pub async fn visible(conn: &mut Conn, actor: &Actor, with_empty: bool) -> Result<Vec<(Self, i64)>> {
        let counts = counts::of(conn, actor).await?;
        let counted = Self::all(conn).await?.into_iter().map(|category| (counts.get(&category.id.uuid()).copied().unwrap_or_default(), category));
        Ok(counted.filter(|(count, _)| with_empty || *count > 0).map(|(count, category)| (category, count)).collect())
    }

    /// What the actor may read in it in this language, by section, in the order in which one reads.
    pub async fn articles(&self, conn: &mut Conn, actor: &Actor, language: Option<&str>) -> Result<Vec<Placed>> {
        let mut placed: Vec<Placed> = Vec::new();
        let sections: Vec<Id<Section>> = conn.all(sql!("SELECT id FROM knowledge_sections WHERE category_id = $1 ORDER BY position, id", self.id)).await?;
        for section in sections {
            let left = SHOWN - i64::try_from(placed.len()).unwrap_or(SHOWN);
            if left <= 0 {
                break;
            }
            // its places lead, in their order: it reads no more than it shows
            let mut query = sql!(
                concat!(
                    "SELECT x.section_id, ",
                    article_columns!(),
                    " FROM article_sections x CROSS JOIN articles a JOIN people p ON p.id = a.author_id
                     JOIN article_versions v ON v.article_id = a.id AND v.number = a.live_number WHERE x.section_id = $1 AND a.id = x.article_id"
                ),
                section
            );
            policy::visible_to(actor, View::Live, &mut query);
            language::narrow(language, &mut query);
            query.push(" ORDER BY x.position, x.article_id").limit(left);
            placed.extend(conn.all::<Placed>(query).await?);
        }
        Ok(placed)
    }

    /// The sections in which the actor may read something.
    pub async fn readable_sections(conn: &mut Conn, actor: &Actor) -> Result<Vec<Id<Section>>> {
        let counts = counts::of(conn, actor).await?;
        Ok(Section::all(conn).await?.into_iter().map(|section| section.id).filter(|id| counts.contains_key(&id.uuid())).collect())
    }

    /// Adds one with a first section.
    pub async fn add(tx: &mut Tx, actor: &Actor, wish: &CategoryWish) -> Result<Self> {
        shapes(actor)?;
        let id = Id::<Self>::new();
        let slug = wanted_slug(wish.slug.as_deref(), &wish.title)?;
        let owner: Option<Id<Self>> = tx.first(sql!("SELECT category_id FROM knowledge_category_slugs WHERE slug = $1", &slug)).await?;
        if owner.is_some() {
            let (field, words) = taken(wish);
            return Err(Fault::field(field, words));
        }
        let added = tx
            .run(sql!(
                "INSERT INTO knowledge_categories (id, slug, title, description, icon, position, version) VALUES ($1, $2, $3, $4, $5, $6, 1)
                 ON CONFLICT (slug) DO NOTHING",
                id,
                &slug,
                &wish.title,
                &wish.description,
                &wish.icon,
                wish.position
            ))
            .await?;
        if added == 0 {
            let (field, words) = taken(wish);
            return Err(Fault::field(field, words));
        }
        keep_slug(tx, id, &slug).await?;
        edition::turn(tx).await?;
        tx.record(actor.event("category.added", ("category", id.uuid()), true, json!({ "title": wish.title }))).await?;
        let category = Self::get(tx, id).await?;
        Section::add(tx, actor, &category, "General", 0).await?;
        Ok(category)
    }

    /// Changes all of it. Its earlier addresses lead to the present one.
    pub async fn change(&self, tx: &mut Tx, actor: &Actor, version: i64, wish: &CategoryWish) -> Result<Self> {
        shapes(actor)?;
        let slug = match &wish.slug {
            Some(slug) => wanted_slug(Some(slug), &wish.title)?,
            None => self.slug.clone(),
        };
        let changed = tx
            .run(sql!(
                "UPDATE knowledge_categories SET title = $3, description = $4, icon = $5, position = $6, slug = $7, version = version + 1
                 WHERE id = $1 AND version = $2 AND NOT EXISTS (SELECT 1 FROM knowledge_category_slugs k WHERE k.slug = $7 AND k.category_id <> $1)",
                self.id,
                version,
                &wish.title,
                &wish.description,
                &wish.icon,
                wish.position,
                &slug
            ))
            .await?;
        if changed == 0 {
            let fresh = Self::get(tx, self.id).await?;
            if fresh.version == version {
                return Err(Fault::field("slug", "Another category has this address, or had it. Take another one."));
            }
            return Err(Fault::Stale(Box::new(json!({ "id": self.id, "title": fresh.title, "version": fresh.version }))));
        }
        keep_slug(tx, self.id, &slug).await?;
        edition::turn(tx).await?;
        tx.record(actor.event("category.changed", ("category", self.id.uuid()), true, json!({ "title": wish.title }))).await?;
        Self::get(tx, self.id).await
    }
}

/// The slug that was asked for, or one made of the title.
fn wanted_slug(wanted: Option<&str>, title: &str) -> Result<String> {
    let slug = richtext::slug(wanted.unwrap_or(title));
    match wanted {
        Some(wanted) if slug != wanted || slug.is_empty() => Err(Fault::field("slug", "Use lower-case letters, digits and single hyphens.")),
        None if slug.is_empty() => Err(Fault::field("title", "Use letters or digits.")),
        _ => Ok(slug),
    }
}

const fn taken(wish: &CategoryWish) -> (&'static str, &'static str) {
    match wish.slug {
        Some(_) => ("slug", "Another category has this address, or had it. Take another one."),
        None => ("title", "There is a category of this name already."),
    }
}

async fn keep_slug(tx: &mut Tx, id: Id<Category>, slug: &str) -> Result<()> {
    tx.run(sql!("INSERT INTO knowledge_category_slugs (slug, category_id) VALUES ($1, $2) ON CONFLICT (slug) DO NOTHING", slug, id)).await?;
    Ok(())
}

impl Category {
    /// The category that has this slug, or had it.
    pub async fn at(conn: &mut Conn, slug: &str) -> Result<Self> {
        let query = sql!(
            "SELECT c.id, c.slug, c.title, c.description, c.icon, c.position, c.version FROM knowledge_categories c
             JOIN knowledge_category_slugs k ON k.category_id = c.id WHERE k.slug = $1",
            slug
        );
        Ok(conn.one(query).await?)
    }

    /// Deletes it with its sections, if no article stands in them.
    pub async fn delete(&self, tx: &mut Tx, actor: &Actor) -> Result<()> {
        shapes(actor)?;
        let held: i64 =
            tx.one(sql!("SELECT COUNT(*) FROM article_sections x JOIN knowledge_sections s ON s.id = x.section_id WHERE s.category_id = $1", self.id)).await?;
        if held > 0 {
            return Err(Fault::Conflict { kind: "not-empty", detail: format!("{} in “{}”. Move them first.", standing(held), self.title) });
        }
        tx.run(sql!("DELETE FROM article_counts WHERE shelf_id = $1 OR shelf_id IN (SELECT s.id FROM knowledge_sections s WHERE s.category_id = $1)", self.id))
            .await?;
        tx.run(sql!("DELETE FROM knowledge_sections WHERE category_id = $1", self.id)).await?;
        tx.run(sql!("DELETE FROM knowledge_category_slugs WHERE category_id = $1", self.id)).await?;
        tx.run(sql!("DELETE FROM knowledge_categories WHERE id = $1", self.id)).await?;
        edition::turn(tx).await?;
        Ok(tx.record(actor.event("category.deleted", ("category", self.id.uuid()), true, json!({ "title": self.title }))).await?)
    }
}

impl Section {
    /// Deletes it. Its articles go to another section, which is needed where there are some.
    pub async fn delete(&self, tx: &mut Tx, actor: &Actor, to: Option<Id<Self>>) -> Result<()> {
        shapes(actor)?;
        let held: i64 = tx.one(sql!("SELECT COUNT(*) FROM article_sections WHERE section_id = $1", self.id)).await?;
        let target = match to {
            Some(to) if to != self.id => Some(Self::get(tx, to).await.map_err(|_| Fault::field("moveTo", "There is no such section."))?),
            _ => None,
        };
        if held > 0 && target.is_none() {
            return Err(Fault::field("moveTo", format!("{} in it. Choose where they go.", standing(held))));
        }
        tx.hold::<Id<Article>>(sql!(
            "SELECT id FROM articles WHERE id IN (SELECT article_id FROM article_sections WHERE section_id = $1) ORDER BY id",
            self.id
        ))
        .await?;
        if let Some(target) = &target {
            tx.run(sql!(
                "INSERT INTO article_sections (article_id, section_id, position) SELECT x.article_id, s.id, x.position FROM article_sections x
                 JOIN knowledge_sections s ON s.id = $2 WHERE x.section_id = $1
                 AND NOT EXISTS (SELECT 1 FROM article_sections y WHERE y.article_id = x.article_id AND y.section_id = s.id)",
                self.id,
                target.id
            ))
            .await?;
        }
        tx.run(sql!("DELETE FROM article_sections WHERE section_id = $1", self.id)).await?;
        let (mut sections, mut categories) = (vec![self.id.uuid()], vec![self.category_id.uuid()]);
        sections.extend(target.as_ref().map(|target| target.id.uuid()));
        categories.extend(target.as_ref().map(|target| target.category_id.uuid()).filter(|one| *one != self.category_id.uuid()));
        counts::anew(tx, &sections, &categories).await?;
        tx.run(sql!("DELETE FROM knowledge_sections WHERE id = $1", self.id)).await?;
        Ok(tx.record(actor.event("section.deleted", ("section", self.id.uuid()), true, json!({ "title": self.title }))).await?)
    }

    /// All of them, in order.
    pub async fn all(conn: &mut Conn) -> Result<Vec<Self>> {
        Ok(conn.all(sql!("SELECT id, category_id, title, position, version FROM knowledge_sections ORDER BY position, id")).await?)
    }

    /// One.
    pub async fn get(conn: &mut Conn, id: Id<Self>) -> Result<Self> {
        Ok(conn.one(sql!("SELECT id, category_id, title, position, version FROM knowledge_sections WHERE id = $1", id)).await?)
    }

    /// The first section of the category with this slug.
    pub async fn first_of(conn: &mut Conn, category: &str) -> Result<Id<Self>> {
        let found = conn
            .first(sql!(
                "SELECT s.id FROM knowledge_sections s JOIN knowledge_categories c ON c.id = s.category_id WHERE c.slug = $1 ORDER BY s.position, s.id LIMIT 1",
                category
            ))
            .await?;
        found.ok_or_else(|| Fault::field("category", "There is no such category."))
    }

    /// Adds one.
    pub async fn add(tx: &mut Tx, actor: &Actor, category: &Category, title: &str, position: i64) -> Result<Self> {
        shapes(actor)?;
        let id = Id::<Self>::new();
        tx.run(sql!("INSERT INTO knowledge_sections (id, category_id, title, position, version) VALUES ($1, $2, $3, $4, 1)", id, category.id, title, position))
            .await?;
        edition::turn(tx).await?;
        tx.record(actor.event("section.added", ("section", id.uuid()), true, json!({ "title": title }))).await?;
        Self::get(tx, id).await
    }

    /// Changes its title and place.
    pub async fn change(&self, tx: &mut Tx, actor: &Actor, version: i64, title: &str, position: i64) -> Result<Self> {
        shapes(actor)?;
        let changed = tx
            .run(sql!(
                "UPDATE knowledge_sections SET title = $3, position = $4, version = version + 1 WHERE id = $1 AND version = $2",
                self.id,
                version,
                title,
                position
            ))
            .await?;
        if changed == 0 {
            return Err(Fault::Stale(Box::new(json!({ "id": self.id, "title": self.title, "version": self.version }))));
        }
        edition::turn(tx).await?;
        tx.record(actor.event("section.changed", ("section", self.id.uuid()), true, json!({ "title": title }))).await?;
        Self::get(tx, self.id).await
    }
}

/// So many articles, as the subject of a sentence that ends with the place.
fn standing(held: i64) -> String {
    if held == 1 { "1 article stands".to_owned() } else { format!("{held} articles stand") }
}
