//! What is sent, from JSON and forms alike.

use crate::{
    ArticleId, Care, Category, CategoryWish, Kind, Section, Size, State, Visibility, Vote,
    category::{self, ICONS},
    popularity,
    state::{REMARK, Step},
    write::{CONTENT, TITLE, Wish},
};
use db::Id;
use uuid::Uuid;
use web::{Fields, Form};

/// What is left out stays; what was sent empty is emptied.
pub(crate) fn wish_of(fields: &mut Fields) -> Wish {
    let text = |fields: &mut Fields, name: &str, most: usize| fields.has(name).then(|| fields.optional_text(name, most).unwrap_or_default());
    let title = fields.has("title").then(|| fields.text("title", TITLE));
    let audience: Option<Vec<Id<Uuid>>> = fields.has("audience").then(|| fields.ids("audience", 100));
    fields.refuse_null("tags");
    Wish {
        title,
        summary: text(fields, "summary", 400),
        content: text(fields, "content", CONTENT),
        tags: fields.has("tags").then(|| tags(fields)),
        kind: fields.word("kind", Kind::WORDS),
        visibility: fields.word("visibility", Visibility::WORDS),
        audience: audience.map(|ids| ids.into_iter().map(Id::uuid).collect()),
        sections: fields.has("sectionIds").then(|| fields.ids("sectionIds", 10)),
        category: fields.optional_text("category", TITLE),
        slug: fields.optional_text("slug", TITLE),
        external_id: text(fields, "externalId", 200),
        language: fields.optional_text("language", 20),
        position: fields.integer("position", 0..=1_000_000),
    }
}

fn tags(fields: &mut Fields) -> Vec<String> {
    let mut tags: Vec<String> = fields.texts("tags", 20, 40).iter().map(|tag| tag.to_lowercase()).collect();
    tags.sort();
    tags.dedup();
    tags
}

/// A new article.
pub(crate) struct New {
    pub(crate) wish: Wish,
    pub(crate) translation_of: Option<ArticleId>,
    pub(crate) status: Option<State>,
}

impl Form for New {
    fn read(fields: &mut Fields) -> Self {
        let status: Option<State> = fields.word("status", State::WORDS);
        if matches!(status, Some(State::Scheduled | State::Archived)) {
            fields.errors.add("status", "Ask for this with `PUT …/status`.");
        }
        let translation_of = fields.id("translationOf");
        let wish = wish_of(fields);
        Self { wish, translation_of, status }
    }
}

/// A change of one.
pub(crate) struct Change {
    pub(crate) version: i64,
    pub(crate) new: New,
}

impl Form for Change {
    fn read(fields: &mut Fields) -> Self {
        Self { version: fields.needed_integer("version", 1..=i64::MAX), new: New::read(fields) }
    }
}

impl Form for Step {
    fn read(fields: &mut Fields) -> Self {
        let to = fields.word("status", State::WORDS);
        if to.is_none() {
            fields.errors.add("status", "This is needed.");
        }
        Self {
            version: fields.needed_integer("version", 1..=i64::MAX),
            to: to.unwrap_or(State::Draft),
            reviewer: fields.id("reviewerId"),
            remark: fields.optional_text("remark", REMARK),
            at: fields.time("publishAt"),
            size: fields.word("size", Size::WORDS).unwrap_or(Size::Medium),
        }
    }
}

impl Form for Vote {
    fn read(fields: &mut Fields) -> Self {
        if !fields.has("helpful") {
            fields.errors.add("helpful", "This is needed.");
        }
        Self { is_helpful: fields.boolean("helpful"), number: fields.integer("number", 1..=i64::MAX), words: fields.optional_text("words", popularity::WORDS) }
    }
}

impl Form for CategoryWish {
    fn read(fields: &mut Fields) -> Self {
        let icon = fields.optional_text("icon", 40).unwrap_or_else(|| ICONS[0].to_owned());
        if !ICONS.contains(&icon.as_str()) {
            fields.errors.add("icon", format!("Must be one of {}.", ICONS.join(", ")));
        }
        Self {
            title: fields.text("title", category::TITLE),
            description: fields.optional_text("description", category::DESCRIPTION).unwrap_or_default(),
            icon,
            position: fields.integer("position", 0..=100_000).unwrap_or(0),
            slug: fields.optional_text("slug", category::TITLE),
        }
    }
}

/// Where the articles of a section go that is deleted.
pub(crate) struct Away {
    pub(crate) to: Option<Id<Section>>,
}

impl Form for Away {
    fn read(fields: &mut Fields) -> Self {
        Self { to: fields.id("moveTo") }
    }
}

impl Form for Of<Care> {
    fn read(fields: &mut Fields) -> Self {
        Self { version: fields.needed_integer("version", 1..=i64::MAX), new: Care { owner: fields.id("ownerId"), verify_at: fields.time("verifyAt") } }
    }
}

/// A new section.
pub(crate) struct NewSection {
    pub(crate) category: Option<Id<Category>>,
    pub(crate) title: String,
    pub(crate) position: i64,
}

impl Form for NewSection {
    fn read(fields: &mut Fields) -> Self {
        let category = fields.id("categoryId");
        if category.is_none() {
            fields.errors.add("categoryId", "This is needed.");
        }
        Self { category, title: fields.text("title", category::TITLE), position: fields.integer("position", 0..=100_000).unwrap_or(0) }
    }
}

/// A change of a section or a category, with the version that was read.
pub(crate) struct Of<T> {
    pub(crate) version: i64,
    pub(crate) new: T,
}

impl Form for Of<CategoryWish> {
    fn read(fields: &mut Fields) -> Self {
        Self { version: fields.needed_integer("version", 1..=i64::MAX), new: CategoryWish::read(fields) }
    }
}

/// The title and place of a section.
pub(crate) struct SectionWish {
    pub(crate) title: String,
    pub(crate) position: i64,
}

impl Form for Of<SectionWish> {
    fn read(fields: &mut Fields) -> Self {
        let version = fields.needed_integer("version", 1..=i64::MAX);
        let new = SectionWish { title: fields.text("title", category::TITLE), position: fields.integer("position", 0..=100_000).unwrap_or(0) };
        Self { version, new }
    }
}
