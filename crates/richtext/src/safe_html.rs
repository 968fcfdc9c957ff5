//! HTML that has passed the door, and the words in it.

use std::fmt;

/// HTML that may be put into a page as it is. Only `render` makes it anew.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SafeHtml(String);

impl SafeHtml {
    /// Only for what the policy has let through.
    pub(crate) fn new(html: String) -> Self {
        Self(html)
    }

    /// What `render` made earlier, read back from where it was stored. Never for anything else.
    pub fn from_stored(html: String) -> Self {
        Self(html)
    }

    /// The markup.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The markup, to be stored beside its source and the renderer's `VERSION`.
    pub fn into_string(self) -> String {
        self.0
    }

    /// The words alone: blocks on lines of their own, cells of a table row parted by tabs, images by their
    /// description, task boxes as `[x]`.
    pub fn plain(&self) -> String {
        let mut lines = Lines::default();
        let mut rest = self.0.as_str();
        // The serializer escapes every angle bracket that is not a tag's, also in attributes.
        while let Some(start) = rest.find('<') {
            lines.text(&rest[..start]);
            let tag = &rest[start + 1..];
            let end = tag.find('>').unwrap_or(tag.len());
            lines.tag(&tag[..end]);
            rest = tag.get(end + 1..).unwrap_or("");
        }
        lines.text(rest);
        lines.out.truncate(lines.out.trim_end().len());
        lines.out
    }
}

impl fmt::Display for SafeHtml {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Plain text in the making.
#[derive(Default)]
struct Lines {
    out: String,
    is_preformatted: bool,
    is_label: bool,
}

impl Lines {
    fn text(&mut self, escaped: &str) {
        if self.is_label {
            return;
        }
        if self.is_preformatted {
            self.out.push_str(&unescape(escaped));
            return;
        }
        for (position, word) in escaped.split([' ', '\n', '\t']).enumerate() {
            if position > 0 && !self.out.is_empty() && !self.out.ends_with([' ', '\n', '\t']) {
                self.out.push(' ');
            }
            self.out.push_str(&unescape(word));
        }
    }

    fn tag(&mut self, tag: &str) {
        let name = tag.trim_start_matches('/').split(' ').next().unwrap_or("");
        if name == "header" {
            // the name of a language above code
            self.is_label = !tag.starts_with('/');
        }
        match name {
            "img" => self.out.push_str(&unescape(attribute(tag, "alt").unwrap_or(""))),
            "input" => self.out.push_str(if attribute(tag, "checked").is_some() { "[x]" } else { "[ ]" }),
            "br" => self.end_line(true),
            "td" | "th" if tag.starts_with('/') => self.out.push('\t'),
            "p" | "div" | "blockquote" | "pre" | "ul" | "ol" | "li" | "dl" | "dt" | "dd" | "figure" | "figcaption" | "section" | "details" | "summary"
            | "h2" | "h3" | "h4" | "h5" | "h6" | "table" | "caption" | "tr" | "hr" => self.end_line(false),
            _ => {}
        }
        if name == "pre" {
            self.is_preformatted = !tag.starts_with('/');
        }
    }

    /// Begins a new line unless one has just begun; `always` for a break that the writer asked for.
    fn end_line(&mut self, always: bool) {
        let kept = self.out.trim_end_matches([' ', '\t']).len();
        self.out.truncate(kept);
        if !self.out.is_empty() && (always || !self.out.ends_with('\n')) {
            self.out.push('\n');
        }
    }
}

/// The value of an attribute in a tag that the serializer wrote.
fn attribute<'t>(tag: &'t str, name: &str) -> Option<&'t str> {
    let mut rest = tag;
    while let Some((head, tail)) = rest.split_once("=\"") {
        let (value, tail) = tail.split_once('"')?;
        if head.rsplit(' ').next() == Some(name) {
            return Some(value);
        }
        rest = tail;
    }
    None
}

/// Resolves the references that the serializer writes; it writes no others.
pub(crate) fn unescape(text: &str) -> String {
    text.replace("&nbsp;", "\u{a0}").replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
}
