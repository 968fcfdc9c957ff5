//! What is missing: searches that found nothing, solved tickets without an article, articles that help less than they did.

use db::{Conn, Query, Timestamp, record, sql};
use futures::future::BoxFuture;
use kernel::{Actor, Result};
use knowledge::{ArticleId, policy::View};
use std::time::Duration;
use tickets::TicketId;
use web::{Cursor, Fields, Form};

/// Rows of a page.
const PAGE: i64 = 50;
/// It helps less when the share fell by so many points.
const FALL: i64 = 10;
/// Rows that are looked at for falling helpfulness.
const JUDGED: i64 = 2_000;

/// What people looked for in vain, as the log of the engine that searches has it, without a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Search {
    /// What was looked for.
    pub query: String,
    /// How often.
    pub times: i64,
    /// How often a ticket of the same person followed within half an hour.
    pub followed: i64,
    /// Something was found, and nothing of it opened.
    pub has_hits: bool,
}

/// Asks for searches from a time on until before another, at most so many, the most frequent first.
pub type Ask = for<'a> fn(&'a mut Conn, Timestamp, Timestamp, i64) -> BoxFuture<'a, Result<Vec<Search>>>;

/// Who tells of searches; the roof knows.
#[derive(Clone, Copy)]
pub struct Searches {
    /// Those that found nothing.
    pub without_hits: Ask,
    /// Those of which nothing was opened.
    pub without_clicks: Ask,
}

impl Searches {
    /// Both, the most frequent first.
    pub(crate) async fn all(&self, conn: &mut Conn, since: Timestamp, until: Timestamp, limit: i64) -> Result<Vec<Search>> {
        let mut found = (self.without_hits)(conn, since, until, limit).await?;
        found.extend((self.without_clicks)(conn, since, until, limit).await?);
        found.sort_by(|one, other| other.times.cmp(&one.times).then_with(|| one.query.cmp(&other.query)));
        Ok(found)
    }
}

/// What is asked.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub days: i64,
    pub list: Option<String>,
    pub cursor: Option<String>,
}

impl Form for Asked {
    fn read(fields: &mut Fields) -> Self {
        Self {
            days: fields.integer("days", 1..=365).unwrap_or(30),
            list: fields.optional_text("list", 20).filter(|list| matches!(list.as_str(), "searches" | "tickets" | "articles")),
            cursor: fields.optional_text("cursor", 300),
        }
    }
}

impl Asked {
    /// The time that it is about.
    pub(crate) fn span(&self) -> Duration {
        Duration::from_hours(24 * u64::try_from(self.days).unwrap_or(30))
    }
}

record! {
    /// A solved ticket without an article.
    #[derive(Clone, Debug)]
    pub(crate) struct Unlinked {
        pub id: TicketId,
        pub number: i64,
        pub title: String,
        pub updated_at: Timestamp,
    }
}

/// Solved tickets that this member of staff may see, in which no article was used and of which none was made.
fn unlinked(actor: &Actor, what: &'static str, since: Timestamp) -> Query {
    let mut query = Query::with(what, Vec::new());
    query.push(" FROM tickets t WHERE t.is_active = FALSE AND t.resolved_at IS NOT NULL AND t.spam_at IS NULL AND t.updated_at >= ").bind(since);
    tickets::policy::visible_to(actor, &mut query);
    query.push(
        " AND NOT EXISTS (SELECT 1 FROM messages m JOIN article_uses u ON u.message_id = m.id WHERE m.ticket_id = t.id)
          AND NOT EXISTS (SELECT 1 FROM article_sources s WHERE s.ticket_id = t.id)",
    );
    query
}

impl Unlinked {
    /// How many there are.
    pub(crate) async fn count(conn: &mut Conn, actor: &Actor, since: Timestamp) -> Result<i64> {
        Ok(conn.one(unlinked(actor, "SELECT COUNT(*)", since)).await?)
    }

    /// The statement of a page, the last changed first.
    pub(crate) fn statement(actor: &Actor, since: Timestamp, cursor: Option<&str>, limit: i64) -> Result<Query> {
        let mut query = unlinked(actor, "SELECT t.id, t.number, t.title, t.updated_at", since);
        if let Some(cursor) = cursor.map(|cursor| Cursor::decode(cursor, "gap-tickets")).transpose()? {
            query.push(" AND (t.updated_at, t.id) < (").bind(cursor.value).push(", ").bind(cursor.id).push(")");
        }
        query.push(" ORDER BY t.updated_at DESC, t.id DESC").limit(limit);
        Ok(query)
    }

    /// A page, and the cursor of the next one.
    pub(crate) async fn page(conn: &mut Conn, actor: &Actor, since: Timestamp, cursor: Option<&str>) -> Result<(Vec<Self>, Option<String>)> {
        let mut rows: Vec<Self> = conn.all(Self::statement(actor, since, cursor, PAGE + 1)?).await?;
        let more = i64::try_from(rows.len()).unwrap_or(i64::MAX) > PAGE;
        rows.truncate(usize::try_from(PAGE).unwrap_or(50));
        let next = rows.last().filter(|_| more);
        let next = next.map(|last| Cursor { sort: "gap-tickets".to_owned(), value: last.updated_at.micros(), id: last.id.uuid() }.encode());
        Ok((rows, next))
    }
}

record! {
    /// The votes on an article, before and in the time that is looked at.
    #[derive(Clone, Debug)]
    pub(crate) struct Falling {
        pub id: ArticleId,
        pub title: String,
        pub before_helpful: i64,
        pub before: i64,
        pub now_helpful: i64,
        pub now: i64,
    }
}

impl Falling {
    /// Whom it helped before, of a hundred.
    pub(crate) fn share_before(&self) -> i64 {
        100 * self.before_helpful / self.before.max(1)
    }

    /// Whom it helped now, of a hundred.
    pub(crate) fn share_now(&self) -> i64 {
        100 * self.now_helpful / self.now.max(1)
    }

    /// Articles that help less in the last `span` than in three such times before it, with five votes in each; those that fell most first.
    pub(crate) async fn all(conn: &mut Conn, actor: &Actor, now: Timestamp, span: Duration) -> Result<Vec<Self>> {
        let (since, before) = (now.minus(span), now.minus(span * 4));
        let mut query = sql!(
            "SELECT a.id, v.title, s.before_helpful, s.before_all, s.now_helpful, s.now_all
             FROM (SELECT f.article_id, SUM(CASE WHEN f.created_at < $1 AND f.is_helpful THEN 1 ELSE 0 END) AS before_helpful,
                          SUM(CASE WHEN f.created_at < $1 THEN 1 ELSE 0 END) AS before_all,
                          SUM(CASE WHEN f.created_at >= $1 AND f.is_helpful THEN 1 ELSE 0 END) AS now_helpful,
                          SUM(CASE WHEN f.created_at >= $1 THEN 1 ELSE 0 END) AS now_all
                   FROM article_feedback f WHERE f.created_at >= $2 GROUP BY f.article_id) s
             JOIN articles a ON a.id = s.article_id JOIN article_versions v ON v.article_id = a.id AND v.number = a.live_number WHERE 1 = 1",
            since,
            before
        );
        knowledge::policy::visible_to(actor, View::Live, &mut query);
        query.push(" AND s.before_all >= 5 AND s.now_all >= 5 ORDER BY a.id").limit(JUDGED);
        let mut found: Vec<Self> = conn.all(query).await?;
        found.retain(|one| one.share_before() - one.share_now() >= FALL);
        found.sort_by_key(|one| one.share_now() - one.share_before());
        Ok(found)
    }
}
