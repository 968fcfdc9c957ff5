//! The floor of relevance: FTS5 of SQLite with Porter's stems and bm25, the title weighed most, any word may match.

use super::collection::Document;
use crate::Outcome;
use sqlx::{Connection as _, Row as _, SqliteConnection};

/// Documents in FTS5.
pub(super) struct Fts(SqliteConnection);

impl Fts {
    pub(super) async fn of(documents: &[Document]) -> Outcome<Self> {
        let mut connection = SqliteConnection::connect("sqlite::memory:").await?;
        sqlx::query("CREATE VIRTUAL TABLE d USING fts5(id UNINDEXED, title, labels, body, tokenize = 'porter unicode61 remove_diacritics 2')")
            .execute(&mut connection)
            .await?;
        for document in documents {
            sqlx::query("INSERT INTO d VALUES (?, ?, ?, ?)")
                .bind(&document.id)
                .bind(&document.title)
                .bind(document.labels.join(" "))
                .bind(&document.body)
                .execute(&mut connection)
                .await?;
        }
        Ok(Self(connection))
    }

    /// The ids of the ten best by these weights of title, labels and body.
    pub(super) async fn find(&mut self, text: &str, weights: (f64, f64)) -> Outcome<Vec<String>> {
        let words: Vec<String> = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(|word| format!("\"{word}\"")).collect();
        if words.is_empty() {
            return Ok(Vec::new());
        }
        let rows = sqlx::query("SELECT id FROM d WHERE d MATCH ? ORDER BY bm25(d, 0, ?, ?, 1.0), id LIMIT 10")
            .bind(words.join(" OR "))
            .bind(weights.0)
            .bind(weights.1)
            .fetch_all(&mut self.0)
            .await?;
        Ok(rows.iter().map(|row| row.get(0)).collect())
    }
}
