//! The versions of an article: who wrote what when, what differs, and going back to one.

use crate::{Article, ArticleId, write::Wish};
use db::{Conn, Timestamp, Tx, record, sql};
use kernel::{Actor, Fault, Result};

record! {
    /// A version in the list of them.
    #[derive(Clone, Debug)]
    pub struct Version {
        /// Which.
        pub number: i64,
        /// Its title.
        pub title: String,
        /// Who wrote it.
        pub person: String,
        /// When.
        pub created_at: Timestamp,
        /// When readers got it, for the last time.
        pub published_at: Option<Timestamp>,
        /// Whom it helped.
        pub helpful: i64,
        /// Whom it did not.
        pub unhelpful: i64,
    }
}

record! {
    /// The words of a version.
    #[derive(Clone, Debug)]
    pub struct Text {
        /// Which.
        pub number: i64,
        /// Its title.
        pub title: String,
        /// What it is about.
        pub summary: String,
        /// Markdown.
        pub source: String,
        /// JSON: its labels.
        pub tags: String,
    }
}

record! {
    /// What a reader said beside a vote.
    #[derive(Clone, Debug)]
    pub struct Said {
        /// About which version.
        pub number: i64,
        /// Whether it helped.
        pub is_helpful: bool,
        /// The words.
        pub words: String,
        /// When.
        pub created_at: Timestamp,
    }
}

impl Said {
    /// The last words of readers, for whoever may write the article.
    pub async fn last(conn: &mut Conn, id: ArticleId) -> Result<Vec<Self>> {
        Ok(conn
            .all(sql!(
                "SELECT number, is_helpful, words, created_at FROM article_feedback WHERE article_id = $1 AND words IS NOT NULL
                 ORDER BY created_at DESC, voter LIMIT 50",
                id
            ))
            .await?)
    }
}

impl Version {
    /// A page of the versions of an article that the actor may write, the newest first.
    pub async fn of(conn: &mut Conn, id: ArticleId, before: i64, limit: i64) -> Result<Vec<Self>> {
        let mut query = sql!(
            "SELECT v.number, v.title, p.name, v.created_at, v.published_at,
                    (SELECT COUNT(*) FROM article_feedback f WHERE f.article_id = v.article_id AND f.number = v.number AND f.is_helpful),
                    (SELECT COUNT(*) FROM article_feedback f WHERE f.article_id = v.article_id AND f.number = v.number AND NOT f.is_helpful)
             FROM article_versions v JOIN people p ON p.id = v.person_id WHERE v.article_id = $1 AND v.number < $2",
            id,
            before
        );
        query.push(" ORDER BY v.number DESC").limit(limit);
        Ok(conn.all(query).await?)
    }
}

impl Text {
    /// One version's words.
    pub async fn get(conn: &mut Conn, id: ArticleId, number: i64) -> Result<Self> {
        Ok(conn.one(sql!("SELECT number, title, summary, source, tags FROM article_versions WHERE article_id = $1 AND number = $2", id, number)).await?)
    }
}

impl Article {
    /// Makes a new version with the words of an earlier one. Readers see it when it is published.
    pub async fn restore(&self, tx: &mut Tx, actor: &Actor, version: i64, number: i64) -> Result<Self> {
        let text = Text::get(tx, self.id, number).await.map_err(|_| Fault::Missing)?;
        let tags = serde_json::from_str(&text.tags).unwrap_or_default();
        let wish = Wish { title: Some(text.title), summary: Some(text.summary), content: Some(text.source), tags: Some(tags), ..Wish::default() };
        self.save(tx, actor, version, &wish).await
    }
}
