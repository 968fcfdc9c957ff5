//! Rebuilds HTML from our own elements only: balanced, nested as the standard wants it, and never deep.
//!
//! This is for shape and for cost, not for safety: a browser's parser needs quadratic time for markup nested deep
//! or misplaced in tables, so what reaches it after this is tame. `policy` judges afterwards.

mod attributes;
mod tables;

use std::collections::BTreeMap;

use self::attributes::{write_attribute, write_attributes};
use crate::Mode;
use crate::elements::{self, Kind};
use crate::links;
use crate::text::write_escaped;
use crate::tokens::{Tag, Token, Tokens};

/// Elements inside each other; the tags of deeper ones are left out, their text stays.
const MAX_DEPTH: usize = 64;
/// Elements in one message; the tags of further ones are left out.
const MAX_ELEMENTS: usize = 50_000;
/// `&` and characters from U+0080 to U+00BF in one text, which is then split by a `wbr`: for each of them the
/// serializer reads the rest of the text anew.
const MAX_COSTLY: usize = 1_000;

/// HTML of our elements only for HTML of any kind.
pub(crate) fn shape(source: &str, mode: Mode) -> String {
    let mut shape = Shape::new(mode, source.len() + source.len() / 4);
    for token in Tokens::new(source) {
        match token {
            Token::Text(text) => shape.text(text),
            Token::Open(tag) => shape.open(&tag),
            Token::Close(name) => shape.close(name),
        }
    }
    shape.close_down_to(0);
    shape.out
}

struct Shape {
    mode: Mode,
    out: String,
    /// The open elements, outermost first.
    stack: Vec<&'static str>,
    /// Start tags left out whose end tags are to be left out as well.
    skipped: BTreeMap<&'static str, usize>,
    elements: usize,
    /// Characters since the last start tag that are costly to write.
    costly: usize,
    /// The drawing or template being left out with all of its content, and how often it is open.
    hidden: Option<(String, usize)>,
    is_at_start_of_pre: bool,
}

impl Shape {
    fn new(mode: Mode, capacity: usize) -> Self {
        let out = String::with_capacity(capacity);
        Self { mode, out, stack: Vec::new(), skipped: BTreeMap::new(), elements: 0, costly: 0, hidden: None, is_at_start_of_pre: false }
    }

    fn text(&mut self, text: &str) {
        if self.hidden.is_some() {
            return;
        }
        if self.is_between_cells() {
            if text.trim().is_empty() {
                return;
            }
            self.ensure_cell();
        }
        let mut rest = text;
        let costly = |(_, byte): &(usize, u8)| matches!(byte, b'&' | 0xc2);
        while let Some((at, _)) = rest.bytes().enumerate().filter(costly).nth(MAX_COSTLY - self.costly) {
            self.write_text(&rest[..at]);
            self.begin("wbr");
            self.out.push('>');
            rest = &rest[at..];
        }
        self.costly += rest.bytes().enumerate().filter(costly).count();
        self.write_text(rest);
    }

    fn write_text(&mut self, text: &str) {
        let start = self.out.len();
        write_escaped(&mut self.out, text);
        if self.is_at_start_of_pre {
            // A browser drops one newline here, so none may be left for it to drop the next time.
            let newlines = self.out[start..].len() - self.out[start..].trim_start_matches('\n').len();
            self.out.replace_range(start..start + newlines, "");
            self.is_at_start_of_pre = self.out.len() == start;
        }
    }

    fn open(&mut self, tag: &Tag<'_>) {
        if self.is_hidden(tag) {
            return;
        }
        let Some((name, kind)) = elements::own(tag.name) else { return };
        if name == "input" && !tag.attribute("type").is_some_and(|own| own.eq_ignore_ascii_case("checkbox")) {
            return;
        }
        if kind == Kind::Table {
            self.open_table_part(name, tag);
            return;
        }
        if self.is_between_cells() {
            self.ensure_cell();
        }
        if name == "a" && (tag.attribute("href").and_then(|href| links::link_in(self.mode, href)).is_none() || !self.close_open_link()) {
            self.skip(name);
            return;
        }
        if kind == Kind::Block || name == "hr" {
            self.close_before_block(name);
        }
        match kind {
            Kind::Void => self.void(name, tag),
            _ if self.has_room(1) => self.push(name, tag),
            _ => self.skip(name),
        }
    }

    fn close(&mut self, foreign: &str) {
        if let Some((name, open)) = &mut self.hidden {
            if name.eq_ignore_ascii_case(foreign) {
                *open -= 1;
                if *open == 0 {
                    self.hidden = None;
                }
            }
            return;
        }
        let Some((name, kind)) = elements::own(foreign) else { return };
        if let Some(count) = self.skipped.get_mut(name).filter(|count| **count > 0) {
            *count -= 1;
            return;
        }
        let fences: &[&str] = if kind == Kind::Table { &["table"] } else { &["td", "th", "caption", "table"] };
        if let Some(at) = self.find(&[name], fences) {
            self.close_down_to(at);
        }
    }

    /// Whether the tag stands in, or begins, something that is left out with its content.
    fn is_hidden(&mut self, tag: &Tag<'_>) -> bool {
        if let Some((name, open)) = &mut self.hidden {
            *open += usize::from(name.eq_ignore_ascii_case(tag.name) && !tag.is_closed);
            return true;
        }
        let begins = ["svg", "math", "template"].iter().any(|name| name.eq_ignore_ascii_case(tag.name));
        if begins && !tag.is_closed {
            self.hidden = Some((tag.name.to_owned(), 1));
        }
        begins
    }

    /// Closes a link before another begins. False if a table lies between: links do not nest.
    fn close_open_link(&mut self) -> bool {
        if let Some(at) = self.find(&["a"], &["td", "th", "caption", "table"]) {
            self.close_down_to(at);
        }
        !self.stack.contains(&"a")
    }

    /// Closes what a new block ends without an end tag.
    fn close_before_block(&mut self, name: &str) {
        const CELLS: &[&str] = &["td", "th", "caption", "table"];
        const HOLDERS: &[&str] = &["ul", "ol", "dl", "blockquote", "figure", "pre", "td", "th", "caption", "table"];
        if let Some(at) = self.find(&["p"], CELLS) {
            self.close_down_to(at);
        }
        let (ended, fences): (&[&str], _) = match name {
            "li" => (&["li"], HOLDERS),
            "dt" | "dd" => (&["dt", "dd"], HOLDERS),
            _ if elements::is_heading(name) => (&["h3", "h4", "h5", "h6"], CELLS),
            _ => return,
        };
        if let Some(at) = self.find(ended, fences) {
            self.close_down_to(at);
        }
    }

    /// The innermost open element of one of these names, looked for outwards up to a fence.
    fn find(&self, names: &[&str], fences: &[&str]) -> Option<usize> {
        for (at, open) in self.stack.iter().enumerate().rev() {
            if names.contains(open) {
                return Some(at);
            }
            if fences.contains(open) {
                return None;
            }
        }
        None
    }

    fn has_room(&self, levels: usize) -> bool {
        self.stack.len() + levels <= MAX_DEPTH && self.elements < MAX_ELEMENTS
    }

    fn skip(&mut self, name: &'static str) {
        *self.skipped.entry(name).or_default() += 1;
    }

    fn push_bare(&mut self, name: &'static str) {
        self.begin(name);
        self.out.push('>');
        self.stack.push(name);
    }

    fn push(&mut self, name: &'static str, tag: &Tag<'_>) {
        self.begin(name);
        write_attributes(&mut self.out, name, tag);
        self.out.push('>');
        self.stack.push(name);
        self.is_at_start_of_pre = name == "pre";
    }

    /// Writes the start of a start tag.
    fn begin(&mut self, name: &str) {
        self.elements += 1;
        self.costly = 0;
        self.is_at_start_of_pre = false;
        self.out.push('<');
        self.out.push_str(name);
        if elements::DIRECTED.contains(&name) {
            self.out.push_str(r#" dir="auto""#);
        }
    }

    fn void(&mut self, name: &'static str, tag: &Tag<'_>) {
        if name == "img" && !tag.attribute("src").is_some_and(|src| links::is_own_image(self.mode, &src.replace("&amp;", "&"))) {
            self.remote_image(tag);
        } else if self.has_room(1) {
            self.begin(name);
            write_attributes(&mut self.out, name, tag);
            self.out.push('>');
        }
    }

    /// An image from elsewhere: its description, as a link to it where it has an address. Images of one pixel
    /// without a description are there to track and are left out.
    fn remote_image(&mut self, tag: &Tag<'_>) {
        let described = tag.attribute("alt").map_or("", str::trim);
        let is_dot = |side: &str| tag.attribute(side).is_some_and(|size| matches!(size.trim(), "0" | "1" | "1px"));
        if described.is_empty() && (is_dot("width") || is_dot("height")) {
            return;
        }
        let address = tag.attribute("src").and_then(links::link).filter(|address| address.starts_with("http"));
        if let Some(address) = address.filter(|_| !self.stack.contains(&"a") && self.has_room(1)) {
            self.begin("a");
            write_attribute(&mut self.out, "href", &address);
            self.out.push('>');
            write_escaped(&mut self.out, if described.is_empty() { "Image" } else { described });
            self.out.push_str("</a>");
        } else {
            write_escaped(&mut self.out, described);
        }
    }

    fn close_down_to(&mut self, depth: usize) {
        self.is_at_start_of_pre = false;
        while self.stack.len() > depth {
            let Some(name) = self.stack.pop() else { return };
            self.out.push_str("</");
            self.out.push_str(name);
            self.out.push('>');
            if name == "table" && self.stack.last() == Some(&WRAPPER) {
                self.stack.pop();
                self.out.push_str("</div>");
            }
        }
    }
}

/// Stands on the stack for the element around a table, which no end tag in the source can close.
const WRAPPER: &str = "(scroll)";
