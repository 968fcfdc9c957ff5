//! The body of a message: as written and as safe HTML. Made while the input is read, before any transaction,
//! because rendering costs time and SQLite has one writer.

use richtext::{Format, SafeHtml};

/// A text with its safe HTML.
#[derive(Clone, Debug)]
pub struct Body {
    source: String,
    html: SafeHtml,
}

impl Body {
    /// From Markdown.
    pub fn markdown(source: impl Into<String>) -> Self {
        let source = source.into();
        Self { html: richtext::render(&source, Format::Markdown), source }
    }

    /// As written.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// As shown.
    pub fn html(&self) -> &str {
        self.html.as_str()
    }
}
