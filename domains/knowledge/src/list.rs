//! Lists of articles: what narrows them, their orders and their pages.

use crate::{
    Article, Kind, State,
    article::select,
    language,
    policy::{self, View},
};
use db::{Conn, Query, Timestamp};
use kernel::{Actor, Result};
use web::{Cursor, Fields, Form};

db::words! {
    /// The orders of a list.
    pub enum Sort {
        /// What readers got last; for whoever writes, what changed last.
        Recent = "recent",
        /// What is read and helps.
        Popular = "popular",
    }
}

/// What narrows a list.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Words of title, summary and labels.
    pub q: Option<String>,
    /// The slug of a category.
    pub category: Option<String>,
    /// A label of the published version.
    pub tag: Option<String>,
    /// What it is.
    pub kind: Option<Kind>,
    /// The state of the newest version; `PUBLISHED` is what readers see, whatever comes next.
    pub status: Option<State>,
    /// The language one reads: its translations stand in the place of what they translate. None for originals alone; for whoever
    /// writes, one language alone.
    pub language: Option<String>,
    /// Only what nobody verified in time.
    pub is_overdue: bool,
    /// Its name in another system.
    pub external_id: Option<String>,
    /// Order.
    pub sort: Option<Sort>,
    /// Rows of a page.
    pub limit: i64,
    /// Where the page before ended.
    pub cursor: Option<String>,
}

impl Form for Filter {
    fn read(fields: &mut Fields) -> Self {
        Self {
            q: fields.optional_text("q", 200),
            category: fields.optional_text("category", 160),
            tag: fields.optional_text("tag", 40).map(|tag| tag.to_lowercase()),
            kind: fields.word("kind", Kind::WORDS),
            status: fields.word("status", State::WORDS),
            language: fields.optional_text("language", 20).map(|tag| tag.to_lowercase()),
            is_overdue: fields.boolean("overdue"),
            external_id: fields.optional_text("externalId", 200),
            sort: fields.word("sort", Sort::WORDS),
            limit: fields.integer("limit", 1..=100).unwrap_or(50),
            cursor: fields.optional_text("cursor", 300),
        }
    }
}

/// A text to be found by `LIKE … ESCAPE '\'`.
fn like(text: &str) -> String {
    format!("%{}%", text.to_lowercase().replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_"))
}

impl Filter {
    /// A page of what the actor may look at so, and the cursor of the next one.
    pub async fn page(&self, conn: &mut Conn, actor: &Actor, view: View) -> Result<(Vec<Article>, Option<String>)> {
        let now = conn.now();
        let mut rows: Vec<Article> = conn.all(self.statement(actor, view, now)?).await?;
        let more = i64::try_from(rows.len()).unwrap_or(i64::MAX) > self.limit;
        if more {
            rows.pop();
        }
        let value = |last: &Article| match (self.sort(), view) {
            (Sort::Popular, _) => last.popularity,
            (Sort::Recent, View::Live) => last.published_at.map_or(0, Timestamp::micros),
            (Sort::Recent, View::Newest) => last.updated_at.micros(),
        };
        let next = rows.last().filter(|_| more).map(|last| Cursor { sort: self.word(view).to_owned(), value: value(last), id: last.id.uuid() }.encode());
        Ok((rows, next))
    }

    fn sort(&self) -> Sort {
        self.sort.unwrap_or(Sort::Recent)
    }

    const fn word(&self, view: View) -> &'static str {
        match (self.sort, view) {
            (Some(Sort::Popular), _) => "article-popular",
            (_, View::Live) => "article-recent",
            (_, View::Newest) => "article-changed",
        }
    }

    /// The statement of a page; plan tests read it too.
    pub fn statement(&self, actor: &Actor, view: View, now: Timestamp) -> Result<Query> {
        let mut query = select(view);
        policy::visible_to(actor, view, &mut query);
        for word in self.q.iter().flat_map(|q| q.split_whitespace()).take(8) {
            query.push(if view == View::Live { " AND a.live_folded LIKE " } else { " AND a.folded LIKE " }).bind(like(word)).push(" ESCAPE '\\'");
        }
        if let Some(category) = &self.category {
            query.push(" AND EXISTS (SELECT 1 FROM article_sections x JOIN knowledge_sections s ON s.id = x.section_id JOIN knowledge_categories c ON c.id = s.category_id");
            query.push(" WHERE x.article_id = a.id AND c.slug = ").bind(category).push(")");
        }
        if let Some(tag) = &self.tag {
            query.push(" AND EXISTS (SELECT 1 FROM article_tags g WHERE g.article_id = a.id AND g.tag = ").bind(tag).push(")");
        }
        if let Some(kind) = self.kind {
            query.push(" AND a.kind = ").bind(kind);
        }
        match (view, &self.language) {
            (View::Live, language) => language::narrow(language.as_deref(), &mut query),
            (View::Newest, Some(language)) => drop(query.push(" AND a.language = ").bind(language)),
            (View::Newest, None) => {}
        }
        if self.is_overdue {
            query.push(" AND a.verify_at < ").bind(now);
        }
        if let Some(name) = &self.external_id {
            // the names of other systems are for those who write
            query.push(if view == View::Newest { " AND a.external_id = " } else { " AND 1 = 0 AND a.external_id = " }).bind(name);
        }
        match self.status {
            Some(State::Published) => drop(query.push(" AND a.live_number IS NOT NULL")),
            // what comes next is nothing that readers may ask for
            Some(_) if view == View::Live => drop(query.push(" AND 1 = 0")),
            Some(state) => drop(query.push(" AND a.state = ").bind(state)),
            None => {}
        }
        let (beyond, by) = match (self.sort(), view) {
            (Sort::Popular, _) => (" AND (a.popularity, a.id) < (", " ORDER BY a.popularity DESC, a.id DESC"),
            (Sort::Recent, View::Live) => (" AND (a.published_at, a.id) < (", " ORDER BY a.published_at DESC, a.id DESC"),
            (Sort::Recent, View::Newest) => (" AND (a.updated_at, a.id) < (", " ORDER BY a.updated_at DESC, a.id DESC"),
        };
        if let Some(cursor) = self.cursor.as_deref().map(|cursor| Cursor::decode(cursor, self.word(view))).transpose()? {
            query.push(beyond).bind(cursor.value).push(", ").bind(cursor.id).push(")");
        }
        query.push(by).limit(self.limit + 1);
        Ok(query)
    }
}
