//! What an article is about, in words that others are asked for: labels weigh most, then the title, then the summary and headings.

use crate::{
    Article, ArticleId,
    article::select,
    policy::{self, View},
};
use db::{Conn, Tx, Value, sql};
use kernel::{Actor, Result};
use std::collections::BTreeMap;

/// Words that say nothing about a subject.
const EMPTY: &[&str] = &[
    "about", "after", "also", "and", "any", "are", "before", "but", "can", "does", "for", "from", "get", "has", "have", "how", "into", "its", "more", "not",
    "one", "our", "out", "set", "that", "the", "their", "them", "then", "there", "these", "they", "this", "too", "use", "using", "was", "what", "when",
    "where", "which", "who", "why", "will", "with", "you", "your",
];
/// Two articles share at least so much to be related: a label, or two words of both titles.
const ENOUGH: i64 = 8;

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
    Ok(())
}

/// Forgets them: readers see nothing of it.
pub(crate) async fn forget(tx: &mut Tx, id: ArticleId) -> Result<()> {
    tx.run(sql!("DELETE FROM article_terms WHERE article_id = $1", id)).await?;
    tx.run(sql!("DELETE FROM article_tags WHERE article_id = $1", id)).await?;
    Ok(())
}

impl Article {
    /// Published articles that the actor may read and that are about the same, the nearest first.
    pub async fn related(&self, conn: &mut Conn, actor: &Actor, limit: i64) -> Result<Vec<Self>> {
        let mut query = select(View::Live);
        query.push(" AND a.id IN (SELECT o.article_id FROM article_terms m JOIN article_terms o ON o.term = m.term WHERE m.article_id = ").bind(self.id);
        query.push(" AND o.article_id <> m.article_id GROUP BY o.article_id HAVING SUM(o.weight * m.weight) >= ").bind(ENOUGH).push(")");
        policy::visible_to(actor, View::Live, &mut query);
        query.push(" AND a.language = ").bind(&self.language);
        query.push(" ORDER BY (SELECT SUM(o.weight * m.weight) FROM article_terms m JOIN article_terms o ON o.term = m.term WHERE m.article_id = ");
        query.bind(self.id).push(" AND o.article_id = a.id) DESC, a.id").limit(limit);
        Ok(conn.all(query).await?)
    }
}
