//! Lists of articles: what narrows them, their orders and their pages.

use crate::{
    Article, Kind, State,
    article::select,
    language,
    policy::{self, View},
};
use db::{Conn, Query, Timestamp};
use kernel::{Actor, Finder, Result, Sought};
use std::time::Duration;
use uuid::Uuid;
use web::{App, Cursor, Fields, Form};

/// The most that the search is asked for.
const FOUND: usize = 200;
/// How far the index is behind at most.
const BEHIND: Duration = Duration::from_secs(5);
/// The word of a cursor in an order by relevance.
const RELEVANCE: &str = "article-relevance";

db::words! {
    /// The orders of a list.
    pub enum Sort {
        /// What readers got last; for whoever writes, what changed last.
        Recent = "recent",
        /// What is read and helps.
        Popular = "popular",
        /// What fits the words best; without words as `recent`.
        Relevance = "relevance",
    }
}

/// What narrows a list.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// What is looked for: words, or a question. Without an order the best fit comes first.
    pub q: Option<String>,
    /// What the search found for that, the best first; none where the list looks by itself.
    pub found: Option<Vec<Uuid>>,
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
            found: None,
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

impl Filter {
    /// Asks the search for the words, if there are any.
    pub(crate) async fn find(&mut self, app: &App, actor: &Actor) -> Result<()> {
        if let (Some(q), Some(finder)) = (&self.q, app.state::<Finder>()) {
            self.found = (finder.0)(actor.clone(), Sought { kind: "article", text: q.clone(), limit: FOUND, is_narrow: false }).await?;
        }
        Ok(())
    }

    /// A page of what the actor may look at so, and the cursor of the next one.
    pub async fn page(&self, conn: &mut Conn, actor: &Actor, view: View) -> Result<(Vec<Article>, Option<String>)> {
        let now = conn.now();
        if let (Some(found), Sort::Relevance) = (&self.found, self.sort()) {
            return self.best(conn, actor, view, found).await;
        }
        let mut rows: Vec<Article> = conn.all(self.statement(actor, view, now)?).await?;
        let more = i64::try_from(rows.len()).unwrap_or(i64::MAX) > self.limit;
        if more {
            rows.pop();
        }
        let value = |last: &Article| match (self.sort(), view) {
            (Sort::Popular, _) => last.popularity,
            (_, View::Live) => last.published_at.map_or(0, Timestamp::micros),
            (_, View::Newest) => last.updated_at.micros(),
        };
        let next = rows.last().filter(|_| more).map(|last| Cursor { sort: self.word(view).to_owned(), value: value(last), id: last.id.uuid() }.encode());
        Ok((rows, next))
    }

    /// The same with the best fit first. What was found is bounded, so it is read whole.
    async fn best(&self, conn: &mut Conn, actor: &Actor, view: View, found: &[Uuid]) -> Result<(Vec<Article>, Option<String>)> {
        let mut query = self.narrowed(actor, view, conn.now());
        query.push(" ORDER BY a.updated_at DESC, a.id DESC").limit(2 * i64::try_from(FOUND).unwrap_or(i64::MAX));
        let mut rows: Vec<Article> = conn.all(query).await?;
        // what is newer than the index comes last
        rows.sort_by_key(|row| found.iter().position(|id| *id == row.id.uuid()).unwrap_or(usize::MAX));
        let begin = match self.cursor.as_deref().map(|cursor| Cursor::decode(cursor, RELEVANCE)).transpose()? {
            Some(cursor) => usize::try_from(cursor.value).unwrap_or_default(),
            None => 0,
        };
        let end = begin.saturating_add(usize::try_from(self.limit).unwrap_or_default());
        let has_more = rows.len() > end;
        let page: Vec<Article> = rows.into_iter().take(end).skip(begin).collect();
        let next = page
            .last()
            .filter(|_| has_more)
            .map(|last| Cursor { sort: RELEVANCE.to_owned(), value: i64::try_from(end).unwrap_or_default(), id: last.id.uuid() }.encode());
        Ok((page, next))
    }

    fn sort(&self) -> Sort {
        self.sort.unwrap_or(if self.q.is_some() { Sort::Relevance } else { Sort::Recent })
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
        let mut query = self.narrowed(actor, view, now);
        let (beyond, by) = match (self.sort(), view) {
            (Sort::Popular, _) => (" AND (a.popularity, a.id) < (", " ORDER BY a.popularity DESC, a.id DESC"),
            (_, View::Live) => (" AND (a.published_at, a.id) < (", " ORDER BY a.published_at DESC, a.id DESC"),
            (_, View::Newest) => (" AND (a.updated_at, a.id) < (", " ORDER BY a.updated_at DESC, a.id DESC"),
        };
        if let Some(cursor) = self.cursor.as_deref().map(|cursor| Cursor::decode(cursor, self.word(view))).transpose()? {
            query.push(beyond).bind(cursor.value).push(", ").bind(cursor.id).push(")");
        }
        query.push(by).limit(self.limit + 1);
        Ok(query)
    }

    /// What the actor may look at, narrowed.
    fn narrowed(&self, actor: &Actor, view: View, now: Timestamp) -> Query {
        let mut query = select(view);
        policy::visible_to(actor, view, &mut query);
        if let Some(found) = &self.found {
            // the index is a moment behind: what changed in it is looked at itself
            query.push(" AND (a.id IN ").list(found.iter().copied()).push(" OR (a.updated_at > ").bind(now.minus(BEHIND));
            self.has_words(view, &mut query);
            query.push("))");
        } else {
            self.has_words(view, &mut query);
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
        query
    }

    fn has_words(&self, view: View, query: &mut Query) {
        for word in self.q.iter().flat_map(|q| q.split_whitespace()).take(8) {
            query.push(if view == View::Live { " AND a.live_folded" } else { " AND a.folded" }).like(word);
        }
    }
}
