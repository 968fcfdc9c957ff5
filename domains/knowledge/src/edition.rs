//! Pages of articles as strangers get them, kept in memory until readers may see something differently: most readers are strangers, and
//! most articles stay as they are for days. One statement tells whether a page is still right, and whether its reader was counted.

use crate::ArticleId;
use db::{Conn, Timestamp, Tx, record, sql};
use kernel::Result;
use lru::LruCache;
use std::{
    num::NonZeroUsize,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use web::{Bytes, HeaderValue};

/// Pages that are kept at once.
const PAGES: NonZeroUsize = NonZeroUsize::MIN.saturating_add(499);
/// The largest page that is kept, in bytes.
const LARGEST: usize = 64 * 1024;
/// What no edition tells shows after this time: what else readers opened, the name of an author.
const AGE: Duration = Duration::from_mins(1);

record! {
    /// What a page depends on: the edition, and the article's own numbers.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub(crate) struct Mark {
        edition: i64,
        pub(crate) article: ArticleId,
        number: i64,
        helpful: i64,
        unhelpful: i64,
        /// The visitor was counted today.
        pub(crate) is_counted: bool,
    }
}

impl Mark {
    /// Of the published article at this address, for a visitor; none where there is no such article.
    pub(crate) async fn of(conn: &mut Conn, slug: &str, visitor: Option<&str>) -> Result<Option<Self>> {
        let day = conn.now().seconds().div_euclid(86_400);
        Ok(conn
            .first(sql!(
                "SELECT e.number, a.id, a.live_number, a.helpful, a.unhelpful,
                        EXISTS (SELECT 1 FROM article_views w WHERE w.article_id = a.id AND w.day = $2 AND w.visitor = $3)
                 FROM article_slugs s JOIN articles a ON a.id = s.article_id CROSS JOIN knowledge_edition e
                 WHERE s.slug = $1 AND a.live_number IS NOT NULL",
                slug,
                day,
                visitor
            ))
            .await?)
    }

    fn is_same(&self, other: &Self) -> bool {
        let page = |mark: &Self| (mark.edition, mark.article, mark.number, mark.helpful, mark.unhelpful);
        page(self) == page(other)
    }
}

/// Tells that readers may see something differently from the end of this transaction on. Like counts it comes last.
pub(crate) async fn turn(tx: &mut Tx) -> Result<()> {
    tx.run(sql!("UPDATE knowledge_edition SET number = number + 1")).await?;
    Ok(())
}

/// Whose page it is: the address, and the languages that were asked for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    pub(crate) slug: String,
    pub(crate) languages: String,
}

/// A page as it was made.
pub(crate) struct Page {
    pub(crate) mark: Mark,
    /// The name and look that it was made with.
    pub(crate) brand: Arc<ui::Brand>,
    pub(crate) made_at: Timestamp,
    pub(crate) html: Bytes,
    /// Its entity tag.
    pub(crate) tag: HeaderValue,
}

/// The pages of this process.
pub struct Pages(Mutex<LruCache<Key, Arc<Page>>>);

impl Default for Pages {
    fn default() -> Self {
        Self(Mutex::new(LruCache::new(PAGES)))
    }
}

impl Pages {
    /// One that is still right.
    pub(crate) fn get(&self, key: &Key, mark: &Mark, brand: &Arc<ui::Brand>, now: Timestamp) -> Option<Arc<Page>> {
        let mut pages = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let page = pages.get(key)?;
        (page.mark.is_same(mark) && page.brand == *brand && now.minus(AGE) < page.made_at).then(|| Arc::clone(page))
    }

    /// Keeps one, unless it is very large; the one that nobody asked for goes.
    pub(crate) fn put(&self, key: Key, page: Page) {
        if page.html.len() <= LARGEST {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).put(key, Arc::new(page));
        }
    }
}
