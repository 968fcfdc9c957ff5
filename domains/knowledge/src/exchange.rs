//! Articles in and out: folders and archives of Markdown with front matter, HTML, exports of Zendesk; and the way back. A page that was
//! imported is known by its `externalId`, so that the next import changes it and makes no second one.

mod bring;
mod export;
mod front;
mod html;
mod job;
mod links;
mod mdx;
mod openapi;
mod page;
mod plan;
mod tree;
mod zendesk;

pub use bring::{Run, bring};
pub use export::{Chosen, export};
pub(crate) use job::may_see;
pub use job::{Import, Left, register};
pub use plan::Plan;
pub use tree::Tree;

/// The kind of thing that the files of imports belong to.
pub(crate) const KIND: &str = "knowledge_import";

db::words! {
    /// What became of a file.
    pub enum Outcome {
        /// A new article.
        Added = "ADDED",
        /// A new version of one.
        Changed = "CHANGED",
        /// Nothing has changed.
        Same = "SAME",
        /// It is nothing to import.
        Passed = "PASSED",
        /// It can't be taken, or not all of it.
        Refused = "REFUSED",
    }
}

/// A line of the report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The file, as it is called in its folder.
    pub path: String,
    /// What became of it.
    pub outcome: Outcome,
    /// Why, in a sentence; empty where there is nothing to say.
    pub words: String,
}

impl Line {
    pub(crate) fn new(path: &str, outcome: Outcome, words: impl Into<String>) -> Self {
        Self { path: path.chars().take(400).collect(), outcome, words: words.into() }
    }
}
