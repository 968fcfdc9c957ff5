//! The headings of a long text: each gets an id that a link can lead to, and they begin below the page's own `h1`.

use crate::safe_html::SafeHtml;
use std::{
    collections::{HashMap, HashSet},
    fmt::Write as _,
};

/// Longest id and slug, in characters.
const LONGEST: usize = 80;

/// A heading of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heading {
    /// Its level on the page: 2 to 5.
    pub level: u8,
    /// What a link names: `#s-find-the-cause`.
    pub id: String,
    /// Its words.
    pub text: String,
}

/// Gives the headings of rendered HTML their ids and levels: the highest becomes `h2`, and none is more than one below the one
/// before it. Their ids begin with `s-`, so that no text takes an id that the page has.
pub fn outline(html: &SafeHtml) -> (SafeHtml, Vec<Heading>) {
    let source = html.as_str();
    let top = (b'3'..=b'6').find(|level| source.contains(&format!("<h{}", char::from(*level)))).unwrap_or(b'3');
    let (mut out, mut rest) = (String::with_capacity(source.len() + 256), source);
    let (mut headings, mut ids): (Vec<Heading>, Ids) = (Vec::new(), Ids::default());
    // the serializer escapes every angle bracket that is not a tag's
    while let Some(at) = rest.find("<h") {
        let (before, tag) = rest.split_at(at);
        out.push_str(before);
        let Some((level, attributes, inner, after)) = heading(tag) else {
            out.push_str("<h");
            rest = &tag[2..];
            continue;
        };
        let below = headings.last().map_or(2, |last| last.level + 1);
        let text = SafeHtml::new(inner.to_owned()).plain();
        let heading = Heading { level: (level - top + 2).min(below), id: ids.give(&text), text };
        // writing to a String can't fail
        let _ = write!(out, r#"<h{0} id="{1}"{attributes}>{inner}</h{0}>"#, heading.level, heading.id);
        headings.push(heading);
        rest = after;
    }
    out.push_str(rest);
    (SafeHtml::new(out), headings)
}

/// Words as a part of an address: letters and digits of any script in lower case, parted by `-`; empty if there are none.
pub fn slug(text: &str) -> String {
    let mut slug = String::new();
    for c in text.chars().flat_map(char::to_lowercase) {
        if c.is_alphanumeric() {
            slug.push(c);
        } else if !slug.is_empty() && !slug.ends_with('-') && !matches!(c, '\'' | '’') {
            slug.push('-');
        }
    }
    slug.chars().take(LONGEST).collect::<String>().trim_matches('-').to_owned()
}

/// Level, attributes, content and what follows, of the heading that HTML begins with.
fn heading(tag: &str) -> Option<(u8, &str, &str, &str)> {
    let level = *tag.as_bytes().get(2).filter(|level| (b'3'..=b'6').contains(level))?;
    let (attributes, rest) = tag.get(3..)?.split_once('>')?;
    let end = format!("</h{}>", char::from(level));
    let (inner, after) = rest.split_once(end.as_str())?;
    Some((level, attributes, inner, after))
}

/// Ids that are given already, and the number that comes next for each: time stays linear in the headings.
#[derive(Default)]
struct Ids {
    taken: HashSet<String>,
    next: HashMap<String, usize>,
}

impl Ids {
    /// An id that no heading has yet.
    fn give(&mut self, text: &str) -> String {
        let slug = slug(text);
        let first = if slug.is_empty() { "s-part".to_owned() } else { format!("s-{slug}") };
        let mut id = first.clone();
        while !self.taken.insert(id.clone()) {
            let number = self.next.entry(first.clone()).or_insert(1);
            *number += 1;
            id = format!("{first}-{number}");
        }
        id
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Format, render};

    fn of(source: &str) -> (String, Vec<(u8, String, String)>) {
        let (html, headings) = outline(&render(source, Format::Markdown));
        (html.into_string(), headings.into_iter().map(|heading| (heading.level, heading.id, heading.text)).collect())
    }

    #[test]
    fn headings_get_ids_of_their_own_and_begin_below_the_title_of_the_page() {
        let (html, headings) = of("## Find the *cause*\n\ntext\n\n#### Deep\n\n## Find the cause\n\n## 原因\n\n## ?");

        let expected = [(2, "s-find-the-cause", "Find the cause"), (3, "s-deep", "Deep"), (2, "s-find-the-cause-2", "Find the cause"), (2, "s-原因", "原因")];
        assert_eq!(headings[..4], expected.map(|(level, id, text)| (level, id.to_owned(), text.to_owned())));
        assert_eq!(headings[4].1, "s-part");
        assert!(html.contains(r#"<h2 id="s-find-the-cause" dir="auto">Find the <em>cause</em></h2>"#), "{html}");
        assert!(html.contains(r#"<h3 id="s-deep""#) && !html.contains("<h4"), "{html}");
    }

    #[test]
    fn what_is_no_heading_stays_as_it_is() {
        for source in ["# x", "a<hr>b\n\n---\n\n`<h3>`", "<h3 onclick=x>y", ""] {
            let html = render(source, Format::Markdown);
            let (outlined, headings) = outline(&html);
            if headings.is_empty() {
                assert_eq!(outlined, html);
            }
            assert!(!outlined.as_str().contains("onclick=x>"), "{outlined}");
        }
    }

    #[test]
    fn many_headings_alike_take_no_long_time() {
        let (_, headings) = of(&"## a\n\n## a 2\n\n".repeat(10_000));

        let ids: std::collections::HashSet<&String> = headings.iter().map(|(_, id, _)| id).collect();
        assert_eq!(ids.len(), 20_000);
    }

    #[test]
    fn a_slug_has_letters_and_digits_of_any_script_alone() {
        let cases = [
            ("Fix “context length” errors", "fix-context-length-errors"),
            ("  A/B & C  ", "a-b-c"),
            ("Don’t", "dont"),
            ("日本語", "日本語"),
            ("../..", ""),
            ("", ""),
        ];
        for (text, expected) in cases {
            assert_eq!(slug(text), expected, "{text}");
        }
        assert_eq!(slug(&"x".repeat(500)).len(), LONGEST);
    }
}
