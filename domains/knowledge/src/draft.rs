//! What somebody writes and has not saved: kept on the server for the writer alone, and never a version by itself.

use crate::ArticleId;
use db::{Conn, Timestamp, Tx, record, sql};
use kernel::{PersonId, Result};
use std::time::Duration;

/// Nobody wrote on for so long: it is forgotten.
const KEPT: Duration = Duration::from_hours(24 * 90);
/// Unsaved new articles that the page names.
const NAMED: i64 = 20;

record! {
    /// The words of one writer.
    #[derive(Clone, Debug)]
    pub(crate) struct Draft {
        /// The article, which may not be there yet.
        pub article_id: ArticleId,
        /// The `version` of the article that it began from.
        pub base_version: i64,
        /// The number of the text that it began from.
        pub base_number: i64,
        /// Its title.
        pub title: String,
        /// JSON: every field of the form.
        pub fields: String,
        /// When it was kept.
        pub updated_at: Timestamp,
    }
}

macro_rules! select {
    () => {
        "SELECT article_id, base_version, base_number, title, fields, updated_at FROM article_drafts"
    };
}

impl Draft {
    /// What this person has of the article.
    pub(crate) async fn of(conn: &mut Conn, person: PersonId, article: ArticleId) -> Result<Option<Self>> {
        Ok(conn.first(sql!(concat!(select!(), " WHERE person_id = $1 AND article_id = $2"), person, article)).await?)
    }

    /// New articles that this person began and did not save, the last one first.
    pub(crate) async fn begun(conn: &mut Conn, person: PersonId) -> Result<Vec<Self>> {
        let mut query = sql!(concat!(select!(), " d WHERE d.person_id = $1 AND NOT EXISTS (SELECT 1 FROM articles a WHERE a.id = d.article_id)"), person);
        query.push(" ORDER BY updated_at DESC, article_id").limit(NAMED);
        Ok(conn.all(query).await?)
    }

    /// Who else has words of this article that are not saved.
    pub(crate) async fn others(conn: &mut Conn, person: PersonId, article: ArticleId) -> Result<Vec<(String, Timestamp)>> {
        let mut query = sql!(
            "SELECT p.name, d.updated_at FROM article_drafts d JOIN people p ON p.id = d.person_id WHERE d.article_id = $1 AND d.person_id <> $2",
            article,
            person
        );
        query.push(" ORDER BY d.updated_at DESC, p.id").limit(NAMED);
        Ok(conn.all(query).await?)
    }

    /// Keeps it.
    pub(crate) async fn keep(&self, tx: &mut Tx, person: PersonId) -> Result<()> {
        let now = tx.now();
        tx.run(sql!(
            "INSERT INTO article_drafts (person_id, article_id, base_version, base_number, title, fields, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
             ON CONFLICT (person_id, article_id) DO UPDATE SET base_version = excluded.base_version, base_number = excluded.base_number,
                        title = excluded.title, fields = excluded.fields, updated_at = excluded.updated_at",
            person,
            self.article_id,
            self.base_version,
            self.base_number,
            &self.title,
            &self.fields,
            now
        ))
        .await?;
        Ok(())
    }
}

/// Removes what this person has of the article.
pub(crate) async fn forget(tx: &mut Tx, person: PersonId, article: ArticleId) -> Result<()> {
    tx.run(sql!("DELETE FROM article_drafts WHERE person_id = $1 AND article_id = $2", person, article)).await?;
    Ok(())
}

/// Forgets what is old.
pub(crate) async fn sweep(tx: &mut Tx) -> Result<()> {
    let before = tx.now().minus(KEPT);
    tx.run(sql!("DELETE FROM article_drafts WHERE updated_at < $1", before)).await?;
    Ok(())
}
