//! What goes wrong, in words of the business. The crate `web` alone makes statuses and pages of it.

use serde_json::Value;

/// What is wrong with which field, in the order of the form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FieldErrors(pub Vec<(String, String)>);

impl FieldErrors {
    /// One field, one sentence.
    pub fn one(field: &str, sentence: impl Into<String>) -> Self {
        Self(vec![(field.to_owned(), sentence.into())])
    }

    /// Adds a sentence; the first one of a field stays.
    pub fn add(&mut self, field: &str, sentence: impl Into<String>) {
        if !self.0.iter().any(|(known, _)| known == field) {
            self.0.push((field.to_owned(), sentence.into()));
        }
    }

    /// Adds what is wrong elsewhere.
    pub fn extend(&mut self, others: Self) {
        for (field, sentence) in others.0 {
            self.add(&field, sentence);
        }
    }

    /// Nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Why a request can't be answered as asked.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// It does not exist, or not for this actor.
    #[error("not found")]
    Missing,
    /// Nobody is signed in, or the token is not known.
    #[error("sign in first")]
    SignIn,
    /// Known to exist, yet not allowed: a place (the desk), never a thing.
    #[error("{0}")]
    Forbidden(String),
    /// Fields are wrong.
    #[error("some fields need another look")]
    Invalid(FieldErrors),
    /// The thing changed since it was read; holds it as it is now.
    #[error("it has changed since you read it")]
    Stale(Box<Value>),
    /// It can't be done in the thing's present state.
    #[error("{detail}")]
    Conflict {
        /// A stable word: `already-claimed`.
        kind: &'static str,
        /// What happened and what to do.
        detail: String,
    },
    /// Larger than a limit, which the sentence names.
    #[error("{0}")]
    TooLarge(String),
    /// A type of content that is not taken; the sentence names what is.
    #[error("{0}")]
    Unsupported(String),
    /// Not readable at all: broken JSON, NUL, bad UTF-8.
    #[error("{0}")]
    Malformed(String),
    /// Too often; seconds until the next try.
    #[error("too many tries; wait {0} s")]
    TooMany(u64),
    /// Full right now.
    #[error("too much to do right now")]
    Busy,
    /// Our own mistake or a broken part; logged once, shown with a number to quote.
    #[error("something broke: {0}")]
    Broken(String),
}

impl Fault {
    /// One wrong field.
    pub fn field(field: &str, sentence: impl Into<String>) -> Self {
        Self::Invalid(FieldErrors::one(field, sentence))
    }
}

impl From<db::Error> for Fault {
    fn from(error: db::Error) -> Self {
        match error {
            db::Error::NoRow => Self::Missing,
            db::Error::Unavailable(_) => Self::Busy,
            other => Self::Broken(other.to_string()),
        }
    }
}

impl From<FieldErrors> for Fault {
    fn from(errors: FieldErrors) -> Self {
        Self::Invalid(errors)
    }
}
