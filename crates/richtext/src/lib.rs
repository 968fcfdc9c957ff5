//! One door for everything that people send: Markdown and foreign HTML in, safe HTML and plain text out.
//!
//! Four steps, the same for both formats: `text::strip` removes control characters, `markdown` turns Markdown into
//! HTML (raw HTML in it is shown, never live), `shape` rebuilds the markup from our own short list of elements with
//! capped nesting, and `policy` (ammonia) parses that as a browser does and lets through only what is allowed.
//! Nothing touches the text after the last step.

mod article;
mod elements;
mod excerpt;
mod links;
mod markdown;
mod mentions;
mod outline;
mod policy;
mod safe_html;
mod shape;
mod text;
pub mod tokens;
pub mod variables;

pub use article::{IMAGES, Sizes, VIDEO_FRAMES, article};
pub use excerpt::excerpt;
pub use mentions::mentions;
pub use outline::{Heading, outline, slug};
pub use safe_html::SafeHtml;

/// Number of this renderer. It rises when the output for the same source changes; stored HTML with a lower number
/// is rendered again from its source.
pub const VERSION: i64 = 1;

/// The same for [`article`].
pub const ARTICLE_VERSION: i64 = 2;

/// Whose words go through the door.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Anybody's, in a message.
    Message,
    /// Those of staff, in an article.
    Article,
}

/// What the source is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// GitHub-flavoured Markdown, where a line break is a line break (chat, forms, plain-text mail).
    Markdown,
    /// HTML from elsewhere, such as the HTML part of a mail.
    Html,
}

/// Safe HTML for a source of any quality, in time linear in its length. Callers refuse sources over 1 MB.
///
/// Headings become `h3` to `h6` so that a page keeps its one `h1`. Links lead to http, https and mailto only. Images
/// show from `/files/` only; a remote image becomes a link to it, so that nobody is tracked by opening a message.
pub fn render(source: &str, format: Format) -> SafeHtml {
    let source = text::strip(source);
    let shaped = match format {
        Format::Markdown => shape::shape(&markdown::to_html(&source), Mode::Message),
        Format::Html => shape::shape(&source, Mode::Message),
    };
    policy::sanitize(&shaped, Mode::Message)
}

/// The words alone: blocks on lines of their own, cells of a table row parted by tabs.
pub fn plain(source: &str, format: Format) -> String {
    render(source, format).plain()
}
