//! What can go wrong between us and a database, in the few words that callers act on.

/// An error of the database.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A unique index refused the row; names the index or constraint (its columns on SQLite).
    #[error("a row with the same {0} exists")]
    Duplicate(String),
    /// `one` found no row.
    #[error("no such row")]
    NoRow,
    /// The database can't be reached or has no free connection; worth another try.
    #[error("the database is not available: {0}")]
    Unavailable(String),
    /// A group commit failed after the statements had run: nothing of it was kept.
    #[error("the commit failed: {0}")]
    Commit(String),
    /// A stored value is not what the code expects.
    #[error("column {column}: {reason}")]
    Column {
        /// Position of the column in the row, from 0.
        column: usize,
        /// What was wrong with it.
        reason: String,
    },
    /// A migration that was applied differs from the one in this program, or can't be applied.
    #[error("migration {name}: {reason}")]
    Migration {
        /// Room and file.
        name: String,
        /// What was wrong.
        reason: String,
    },
    /// Anything else the driver said.
    #[error(transparent)]
    Driver(sqlx::Error),
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::RowNotFound => Self::NoRow,
            sqlx::Error::Io(_) => Self::Unavailable(error.to_string()),
            // PostgreSQL ended this transaction for another one that held what it wanted: a deadlock, or no serial order
            sqlx::Error::Database(inner) if matches!(inner.code().as_deref(), Some("40P01" | "40001")) => Self::Unavailable(error.to_string()),
            sqlx::Error::Database(inner) if inner.is_unique_violation() => {
                Self::Duplicate(inner.constraint().map_or_else(|| inner.message().to_owned(), ToOwned::to_owned))
            }
            _ => Self::Driver(error),
        }
    }
}
