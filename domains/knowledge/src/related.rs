//! Articles that go together: by what they are about (labels weigh most, then the title, then the summary and headings), and by readers who
//! opened both. Both are kept, so that a page reads a few rows however many articles there are.

use crate::{
    Article, ArticleId,
    article::select,
    policy::{self, View},
};
use db::{Conn, Query, Tx, Value, sql};
use kernel::{Actor, Result};
use std::collections::BTreeMap;

/// Words that say nothing about a subject.
const EMPTY: &[&str] = &[
    "about", "after", "also", "and", "any", "are", "before", "but", "can", "does", "for", "from", "get", "has", "have", "how", "into", "its", "more", "not",
    "one", "our", "out", "set", "that", "the", "their", "them", "then", "there", "these", "they", "this", "too", "use", "using", "was", "what", "when",
    "where", "which", "who", "why", "will", "with", "you", "your",
];
/// Two articles share at least so much to be related: a label, two words of both titles, or three readers.
const ENOUGH: i64 = 8;
/// A reader who opened both counts so much; so do the statements below. More than twenty add nothing.
const READER: i64 = 3;
/// What more articles have says little of one, and would cost much to follow.
const COMMON: i64 = 300;
/// The rarest words and labels of an article that are followed.
const FOLLOWED: i64 = 12;
/// So many of the nearest are kept of one article.
const KEPT: i64 = 12;
/// Pairs, and the counts of shelves, are written by one at a time, under one lock: two would wait for each other in a circle.
pub(crate) const LOCK: &str = "knowledge.kept";
/// Articles that a reader opened before on the same day, at most.
const OPENED: i64 = 10;

/// The words of a text with more than two letters, once each.
fn words(text: &str) -> impl Iterator<Item = String> {
    text.to_lowercase()
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| word.chars().count() > 2 && !EMPTY.contains(word))
        .map(str::to_owned)
        .collect::<Vec<_>>()
        .into_iter()
}

/// Keeps labels and words of the version that is published now.
pub(crate) async fn keep(tx: &mut Tx, article: &Article) -> Result<()> {
    forget(tx, article.id).await?;
    let body = article.body(tx).await?;
    let headings: Vec<(u8, String, String)> = serde_json::from_str(&body.headings).unwrap_or_default();
    let mut terms: BTreeMap<String, i64> = BTreeMap::new();
    let mut add = |text: &str, weight: i64| {
        for word in words(text) {
            let known = terms.entry(word).or_insert(weight);
            *known = weight.max(*known);
        }
    };
    add(&article.title, 2);
    add(&article.summary, 1);
    for (_, _, text) in &headings {
        add(text, 1);
    }
    terms.extend(article.tags.iter().map(|tag| (format!("#{tag}"), 3)));
    let rows: Vec<[Value; 3]> = terms.into_iter().take(200).map(|(term, weight)| [article.id.into(), term.into(), weight.into()]).collect();
    tx.run_rows("INSERT INTO article_terms (article_id, term, weight) VALUES", &rows, "").await?;
    let rows: Vec<[Value; 2]> = article.tags.iter().map(|tag| [article.id.into(), tag.into()]).collect();
    tx.run_rows("INSERT INTO article_tags (article_id, tag) VALUES", &rows, "").await?;
    relate(tx, article.id).await
}

/// Forgets them: readers see nothing of it. Who opened it with what stays, for when it comes again.
pub(crate) async fn forget(tx: &mut Tx, id: ArticleId) -> Result<()> {
    tx.run(sql!("DELETE FROM article_terms WHERE article_id = $1", id)).await?;
    tx.run(sql!("DELETE FROM article_tags WHERE article_id = $1", id)).await?;
    tx.lock(LOCK).await?;
    // each is there both ways: the ones that lead away name the ones that lead here
    let others: Vec<ArticleId> = tx.all(sql!("SELECT other_id FROM article_relations WHERE article_id = $1", id)).await?;
    for some in others.chunks(100) {
        let mut here = sql!("UPDATE article_relations SET likeness = 0, rank = together * $2 WHERE other_id = $1", id, READER);
        here.push(" AND article_id IN ").list(some.iter().copied());
        let mut gone = sql!("DELETE FROM article_relations WHERE other_id = $1 AND together = 0", id);
        gone.push(" AND article_id IN ").list(some.iter().copied());
        tx.run(here).await?;
        tx.run(gone).await?;
    }
    tx.run(sql!("UPDATE article_relations SET likeness = 0, rank = together * $2 WHERE article_id = $1", id, READER)).await?;
    tx.run(sql!("DELETE FROM article_relations WHERE article_id = $1 AND together = 0", id)).await?;
    Ok(())
}

/// What is nearest to an article, by its rarest words. Words lead (`CROSS JOIN`): the grouping must not make an engine read all articles.
fn nearest(id: ArticleId) -> Query {
    sql!(
        "SELECT o.article_id, CAST(SUM(o.weight * m.weight) AS BIGINT) AS likeness FROM (
           SELECT own.term, own.weight FROM (
             SELECT t.term, t.weight, (SELECT COUNT(*) FROM (SELECT 1 FROM article_terms c WHERE c.term = t.term LIMIT $2) AS few) AS spread
             FROM article_terms t WHERE t.article_id = $1) AS own
           WHERE own.spread < $2 ORDER BY own.spread, own.term LIMIT $3) AS m
         CROSS JOIN article_terms o WHERE o.term = m.term AND o.article_id <> $1
         GROUP BY o.article_id HAVING SUM(o.weight * m.weight) >= $4 ORDER BY 2 DESC, 1 LIMIT $5",
        id,
        COMMON,
        FOLLOWED,
        ENOUGH,
        KEPT
    )
}

/// Keeps what is nearest to an article, both ways.
async fn relate(tx: &mut Tx, id: ArticleId) -> Result<()> {
    let near: Vec<(ArticleId, i64)> = tx.all(nearest(id)).await?;
    keep_pairs(
        tx,
        near.into_iter().flat_map(|(other, likeness)| [(id, other, likeness, 0), (other, id, likeness, 0)]).collect(),
        " ON CONFLICT (article_id, other_id) DO UPDATE SET likeness = excluded.likeness, rank = excluded.likeness + article_relations.together * 3",
    )
    .await
}

/// A reader opened it: that goes with what the same reader opened before on this day.
pub(crate) async fn opened(tx: &mut Tx, id: ArticleId, visitor: &str, day: i64) -> Result<()> {
    let before: Vec<ArticleId> = tx
        .all(sql!(
            "SELECT article_id FROM article_views WHERE visitor = $1 AND day = $2 AND article_id <> $3 ORDER BY article_id LIMIT $4",
            visitor,
            day,
            id,
            OPENED
        ))
        .await?;
    if before.is_empty() {
        return Ok(());
    }
    tx.lock(LOCK).await?;
    keep_pairs(
        tx,
        before.into_iter().flat_map(|other| [(id, other, 0, 1), (other, id, 0, 1)]).collect(),
        " ON CONFLICT (article_id, other_id) DO UPDATE SET together = article_relations.together + 1, rank = article_relations.rank + 3 WHERE article_relations.together < 20",
    )
    .await
}

async fn keep_pairs(tx: &mut Tx, pairs: Vec<(ArticleId, ArticleId, i64, i64)>, conflict: &'static str) -> Result<()> {
    let rows: Vec<[Value; 5]> = pairs
        .into_iter()
        .map(|(one, other, likeness, together)| [one.into(), other.into(), likeness.into(), together.into(), (likeness + together * READER).into()])
        .collect();
    tx.run_rows("INSERT INTO article_relations (article_id, other_id, likeness, together, rank) VALUES", &rows, conflict).await?;
    Ok(())
}

impl Article {
    /// Published articles that the actor may read and that go with it, the nearest first.
    pub async fn related(&self, conn: &mut Conn, actor: &Actor, limit: i64) -> Result<Vec<Self>> {
        Ok(conn.all(self.related_statement(actor, limit)).await?)
    }

    /// How the engine finds what is nearest, and reads what is related; for plan tests.
    pub async fn plans_of_related(&self, conn: &mut Conn, actor: &Actor) -> Result<[String; 2]> {
        Ok([conn.plan(nearest(self.id)).await?, conn.plan(self.related_statement(actor, 4)).await?])
    }

    fn related_statement(&self, actor: &Actor, limit: i64) -> Query {
        let mut query = select(View::Live);
        query.push(" AND a.id IN (SELECT r.other_id FROM article_relations r WHERE r.article_id = ").bind(self.id).push(" AND r.rank >= ").bind(ENOUGH);
        query.push(" ORDER BY r.rank DESC, r.other_id DESC LIMIT ").bind(4 * KEPT).push(")");
        policy::visible_to(actor, View::Live, &mut query);
        // an expression, so that no index of many articles leads
        query.push(" AND COALESCE(a.language, NULL) = ").bind(&self.language);
        query.push(" ORDER BY (SELECT r.rank FROM article_relations r WHERE r.article_id = ");
        query.bind(self.id).push(" AND r.other_id = a.id) DESC, a.id").limit(limit);
        query
    }
}
