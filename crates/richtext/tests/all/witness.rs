//! Reads the output as a browser would and names what should not be there. Written apart from the crate's own policy
//! on purpose: two lists that must agree.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts};

const ELEMENTS: &[&str] = &[
    "a",
    "b",
    "bdi",
    "blockquote",
    "br",
    "caption",
    "cite",
    "code",
    "dd",
    "del",
    "div",
    "dl",
    "dt",
    "em",
    "figcaption",
    "figure",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "i",
    "img",
    "input",
    "ins",
    "kbd",
    "li",
    "mark",
    "ol",
    "p",
    "pre",
    "q",
    "s",
    "samp",
    "small",
    "strong",
    "sub",
    "sup",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "tr",
    "u",
    "ul",
    "var",
    "wbr",
];

struct Witness {
    complaints: RefCell<Vec<String>>,
    open: RefCell<Vec<String>>,
}

/// Everything wrong with a rendered message; empty for safe HTML.
pub fn complaints(html: &str) -> Vec<String> {
    let witness = Witness { complaints: RefCell::default(), open: RefCell::default() };
    let tokenizer = Tokenizer::new(witness, TokenizerOpts::default());
    let input = BufferQueue::default();
    input.push_back(StrTendril::from_slice(html));
    let _ = tokenizer.feed(&input);
    tokenizer.end();
    let mut complaints = tokenizer.sink.complaints.take();
    let open = tokenizer.sink.open.take();
    if !open.is_empty() {
        complaints.push(format!("left open: {open:?}"));
    }
    let again = sanitized_again(html);
    if again != html {
        complaints.push(format!("a browser would build something else: {again}"));
    }
    complaints
}

impl TokenSink for Witness {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let mut complaints = self.complaints.borrow_mut();
        match token {
            Token::TagToken(tag) => self.tag(&tag, &mut complaints),
            Token::CommentToken(_) | Token::DoctypeToken(_) | Token::NullCharacterToken => {
                complaints.push(format!("{token:?}"));
            }
            Token::CharacterTokens(text) => {
                if text.chars().any(is_unwelcome) {
                    complaints.push(format!("control character in {text:?}"));
                }
            }
            Token::ParseError(_) | Token::EOFToken => {}
        }
        TokenSinkResult::Continue
    }
}

impl Witness {
    fn tag(&self, tag: &Tag, complaints: &mut Vec<String>) {
        let name = tag.name.to_string();
        if !ELEMENTS.contains(&name.as_str()) {
            complaints.push(format!("element {name}"));
        }
        let mut open = self.open.borrow_mut();
        if tag.kind == TagKind::EndTag {
            if open.pop().as_ref() != Some(&name) {
                complaints.push(format!("stray end tag {name}"));
            }
            return;
        }
        let attributes: HashMap<String, String> = tag.attrs.iter().map(|own| (own.name.local.to_string(), own.value.to_string())).collect();
        for (attribute, value) in &attributes {
            if !is_allowed(&name, attribute, value) {
                complaints.push(format!("{name} {attribute}={value:?}"));
            }
        }
        if name == "a" && attributes.get("rel").map(String::as_str) != Some("nofollow noopener noreferrer ugc") {
            complaints.push("a link without rel".into());
        }
        if !matches!(name.as_str(), "br" | "hr" | "img" | "input" | "wbr") {
            open.push(name);
        }
        // 64, and the table bodies that a parser adds.
        if open.len() > 90 {
            complaints.push("too deep".into());
        }
    }
}

fn is_unwelcome(c: char) -> bool {
    (c.is_control() && c != '\n' && c != '\t') || c == '\u{202d}' || c == '\u{202e}'
}

fn is_allowed(element: &str, attribute: &str, value: &str) -> bool {
    if value.chars().any(is_unwelcome) {
        return false;
    }
    match (element, attribute) {
        ("a", "href") => {
            let lower = value.to_ascii_lowercase();
            lower.starts_with("http://") || lower.starts_with("https://") || lower.starts_with("mailto:")
        }
        ("a", "rel" | "title") | ("img", "alt" | "title") => true,
        ("img", "src") => value.starts_with("/files/") && !value.contains("..") && !value.contains(['\\', ':']),
        ("img", "loading") => value == "lazy",
        ("ol", "start") => value.bytes().all(|c| c.is_ascii_digit()),
        ("td" | "th", "align") => matches!(value, "left" | "center" | "right"),
        ("td" | "th", "colspan" | "rowspan") => value.parse::<u8>().is_ok_and(|span| span <= 50),
        ("code", "class") => value.starts_with("language-") && !value.contains(' '),
        ("div", "class") => value == "scroll-x",
        ("div", "role") => value == "region",
        ("div", "aria-label") => value == "Table",
        ("div" | "pre", "tabindex") => value == "0",
        ("input", "type") => value == "checkbox",
        ("input", "disabled" | "checked") => value.is_empty(),
        ("input", "aria-label") => matches!(value, "Done" | "To do"),
        ("p" | "div" | "li" | "blockquote" | "dt" | "dd" | "figcaption" | "h3" | "h4" | "h5" | "h6" | "td" | "th" | "caption", "dir") => value == "auto",
        _ => false,
    }
}

/// The output built into a tree and written again, with our elements and any attribute let through.
fn sanitized_again(html: &str) -> String {
    let attributes = [
        "href",
        "title",
        "rel",
        "src",
        "alt",
        "loading",
        "start",
        "align",
        "colspan",
        "rowspan",
        "class",
        "role",
        "aria-label",
        "tabindex",
        "type",
        "disabled",
        "checked",
        "dir",
    ];
    ammonia::Builder::empty()
        .tags(ELEMENTS.iter().copied().collect())
        .clean_content_tags(HashSet::new())
        .generic_attributes(HashSet::from(attributes))
        .url_schemes(HashSet::from(["http", "https", "mailto"]))
        .link_rel(None)
        .clean(html)
        .to_string()
}
