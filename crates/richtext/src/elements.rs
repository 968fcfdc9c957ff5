//! The elements a message may have, and what each is.

/// Largest `colspan` and `rowspan`.
pub(crate) const MAX_SPAN: u8 = 50;
/// Longest name of a programming language, in bytes.
pub(crate) const MAX_LANGUAGE: usize = 32;

/// What an element is, as far as nesting is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Inline,
    Block,
    /// `table` and its parts.
    Table,
    /// Has no content.
    Void,
}

const INLINE: [&str; 20] =
    ["a", "b", "strong", "i", "em", "u", "s", "del", "ins", "sub", "sup", "small", "mark", "code", "kbd", "samp", "var", "q", "cite", "bdi"];
const BLOCK: [&str; 16] = ["p", "div", "blockquote", "pre", "ul", "ol", "li", "dl", "dt", "dd", "figure", "figcaption", "h3", "h4", "h5", "h6"];
const TABLE: [&str; 8] = ["table", "caption", "thead", "tbody", "tfoot", "tr", "td", "th"];
const VOID: [&str; 5] = ["br", "hr", "img", "wbr", "input"];

/// Elements that find the direction of their text by themselves.
pub(crate) const DIRECTED: &[&str] = &["p", "div", "li", "blockquote", "dt", "dd", "figcaption", "h3", "h4", "h5", "h6", "td", "th", "caption"];

/// Foreign names and what they become. Sections become `div` so that their texts stay apart.
const RENAMED: [(&str, &str); 23] = [
    // In this order: the first two names would else be taken for ours.
    ("h3", "h5"),
    ("h4", "h6"),
    ("h1", "h3"),
    ("h2", "h4"),
    ("h5", "h6"),
    ("strike", "s"),
    ("tt", "code"),
    ("section", "div"),
    ("article", "div"),
    ("header", "div"),
    ("footer", "div"),
    ("main", "div"),
    ("aside", "div"),
    ("nav", "div"),
    ("address", "div"),
    ("center", "div"),
    ("details", "div"),
    ("summary", "div"),
    ("fieldset", "div"),
    ("legend", "div"),
    ("form", "div"),
    ("dir", "ul"),
    ("menu", "ul"),
];

/// Our element for a foreign name in any case, or None if its tags are left out.
pub(crate) fn own(foreign: &str) -> Option<(&'static str, Kind)> {
    let renamed = RENAMED.iter().find(|(from, _)| from.eq_ignore_ascii_case(foreign));
    let name = renamed.map_or(foreign, |(_, to)| to);
    let lists = [(&INLINE[..], Kind::Inline), (&BLOCK, Kind::Block), (&TABLE, Kind::Table), (&VOID, Kind::Void)];
    lists.into_iter().find_map(|(names, kind)| names.iter().find(|own| own.eq_ignore_ascii_case(name)).map(|own| (*own, kind)))
}

/// Every element there is.
pub(crate) fn all() -> impl Iterator<Item = &'static str> {
    INLINE.into_iter().chain(BLOCK).chain(TABLE).chain(VOID)
}

/// Whether the name of a programming language may have this character.
pub(crate) fn is_language_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || "+#-_.".contains(c)
}

/// A heading of a message.
pub(crate) fn is_heading(name: &str) -> bool {
    matches!(name, "h3" | "h4" | "h5" | "h6")
}
