//! The last step and the law: what may be in a message, judged on the tree that a browser would build.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use ammonia::{Builder, UrlRelative};

use crate::Mode;
use crate::elements;
use crate::links;
use crate::safe_html::SafeHtml;

/// Attributes and the only values they may have. Ids, styles and events are absent, and so is `class` but for ours.
const VALUES: [(&str, &str, &[&str]); 11] = [
    ("div", "class", &["scroll-x"]),
    ("div", "role", &["region"]),
    ("div", "aria-label", &["Table"]),
    ("div", "tabindex", &["0"]),
    ("pre", "tabindex", &["0"]),
    ("input", "type", &["checkbox"]),
    ("input", "disabled", &[""]),
    ("input", "checked", &[""]),
    ("input", "aria-label", &["Done", "To do"]),
    ("img", "loading", &["lazy"]),
    ("*", "dir", &["auto"]),
];

/// Attributes whose value [`value`] judges.
const JUDGED: [(&str, &[&str]); 6] = [
    ("a", &["href", "title"]),
    ("img", &["src", "alt", "title"]),
    ("ol", &["start"]),
    ("td", &["align", "colspan", "rowspan"]),
    ("th", &["align", "colspan", "rowspan"]),
    ("code", &["class"]),
];

static MESSAGES: LazyLock<Builder<'static>> = LazyLock::new(|| policy(Mode::Message));
static ARTICLES: LazyLock<Builder<'static>> = LazyLock::new(|| policy(Mode::Article));

/// Lets through what is allowed and nothing else.
pub(crate) fn sanitize(html: &str, mode: Mode) -> SafeHtml {
    let policy = match mode {
        Mode::Message => &MESSAGES,
        Mode::Article => &ARTICLES,
    };
    SafeHtml::new(policy.clean(html).to_string())
}

fn policy(mode: Mode) -> Builder<'static> {
    let mut values: HashMap<&str, HashMap<&str, HashSet<&str>>> = HashMap::new();
    for (element, attribute, allowed) in VALUES {
        let names = if element == "*" { elements::DIRECTED } else { &[element] };
        for &name in names {
            values.entry(name).or_default().insert(attribute, allowed.iter().copied().collect());
        }
    }
    let mut builder = Builder::empty();
    builder
        .tags(elements::all().collect())
        .clean_content_tags(HashSet::from(["script", "style", "svg", "math", "template", "noscript"]))
        .generic_attributes(HashSet::new())
        .tag_attributes(JUDGED.iter().map(|(name, own)| (*name, own.iter().copied().collect())).collect())
        .tag_attribute_values(values)
        .url_schemes(HashSet::from(["http", "https", "mailto"]))
        .url_relative(UrlRelative::PassThrough)
        // what staff writes may count for search engines
        .link_rel(if mode == Mode::Message { Some("nofollow noopener noreferrer ugc") } else { None })
        .strip_comments(true)
        .attribute_filter(move |element, attribute, text| value(mode, element, attribute, text));
    builder
}

/// The value that an attribute may have, or None to leave the attribute out.
fn value<'v>(mode: Mode, element: &str, attribute: &str, value: &'v str) -> Option<Cow<'v, str>> {
    match (element, attribute) {
        ("a", "href") => links::link_in(mode, value),
        ("img", "src") => links::is_own_image(mode, value).then_some(value.into()),
        ("code", "class") => is_language(value).then_some(value.into()),
        ("td" | "th", "align") => matches!(value, "left" | "center" | "right").then_some(value.into()),
        ("td" | "th", "colspan" | "rowspan") => value.parse::<u8>().is_ok_and(|span| span <= elements::MAX_SPAN).then_some(value.into()),
        ("ol", "start") => value.parse::<u32>().is_ok().then_some(value.into()),
        _ => Some(value.into()),
    }
}

fn is_language(class: &str) -> bool {
    class.strip_prefix("language-").is_some_and(|name| (1..=elements::MAX_LANGUAGE).contains(&name.len()) && name.chars().all(elements::is_language_char))
}
