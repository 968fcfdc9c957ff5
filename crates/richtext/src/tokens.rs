//! Foreign HTML as a stream of tags and text, read as browsers read it (WHATWG HTML, section 13.2.5).
//!
//! `shape` writes everything anew, and `mime` takes the words alone, so a difference from a browser here can lose a word
//! but can never let one through. Time is linear in the source whatever it holds.

/// A piece of HTML. Text and values are raw: character references are not resolved.
pub enum Token<'a> {
    /// Text as it stands.
    Text(&'a str),
    /// A start tag.
    Open(Tag<'a>),
    /// The name of an end tag, in any case.
    Close(&'a str),
}

/// A start tag.
pub struct Tag<'a> {
    /// As written, in any case.
    pub name: &'a str,
    attributes: &'a str,
    /// Written with a slash at its end.
    pub is_closed: bool,
}

impl<'a> Tag<'a> {
    /// The value of the first attribute with this lower-case name; empty if it has none.
    pub fn attribute(&self, name: &str) -> Option<&'a str> {
        Attributes { rest: self.attributes }.find(|(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }
}

/// Elements whose content is not markup for a browser. None of it is for readers, so it is left out.
const RAW: [&str; 9] = ["script", "style", "title", "textarea", "xmp", "iframe", "noembed", "noframes", "noscript"];

/// Reads HTML piece by piece.
pub struct Tokens<'a> {
    rest: &'a str,
}

impl<'a> Tokens<'a> {
    /// From the start of this HTML.
    pub fn new(source: &'a str) -> Self {
        Self { rest: source }
    }

    /// Takes `length` bytes off the front.
    fn take(&mut self, length: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at(length);
        self.rest = rest;
        taken
    }

    /// Goes on behind the first `end`, or to the end of the source.
    fn skip_past(&mut self, end: &str) {
        let length = self.rest.find(end).map_or(self.rest.len(), |at| at + end.len());
        self.take(length);
    }

    fn skip_comment(&mut self) {
        self.take("<!--".len());
        if self.rest.starts_with('>') || self.rest.starts_with("->") {
            self.skip_past(">");
            return;
        }
        while !self.rest.is_empty() {
            self.skip_past("--");
            // A run such as `--->` ends at its last two dashes.
            self.take(self.rest.len() - self.rest.trim_start_matches('-').len());
            if self.rest.starts_with('>') || self.rest.starts_with("!>") {
                self.skip_past(">");
                return;
            }
        }
    }

    /// The tag at the front, whose name starts after `lead` bytes. None if it never ends.
    fn tag(&mut self, lead: usize) -> Option<Tag<'a>> {
        let body = &self.rest[lead..];
        let named = body.find(|c: char| is_space(c) || c == '/' || c == '>').unwrap_or(body.len());
        let mut attributes = Attributes { rest: &body[named..] };
        while attributes.next().is_some() {}
        let length = body.len() - attributes.rest.len();
        let is_whole = attributes.rest.starts_with('>');
        self.take(lead + length + usize::from(is_whole));
        is_whole.then(|| Tag { name: &body[..named], attributes: &body[named..length], is_closed: body[..length].ends_with('/') })
    }

    /// Leaves out the content of an element that holds no markup.
    fn skip_raw(&mut self, name: &str) {
        let end = self.rest.match_indices("</").find(|(at, _)| {
            let tail = &self.rest.as_bytes()[at + 2..];
            tail.get(..name.len()).is_some_and(|own| own.eq_ignore_ascii_case(name.as_bytes()))
                && tail.get(name.len()).is_some_and(|&c| is_space(c.into()) || c == b'/' || c == b'>')
        });
        self.take(end.map_or(self.rest.len(), |(at, _)| at));
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        while !self.rest.is_empty() {
            let bytes = self.rest.as_bytes();
            let letter = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_alphabetic);
            match bytes {
                [b'<', ..] if letter(1) => {
                    let tag = self.tag(1)?;
                    if tag.name.eq_ignore_ascii_case("plaintext") {
                        self.take(self.rest.len());
                    } else if RAW.iter().any(|raw| tag.name.eq_ignore_ascii_case(raw)) {
                        self.skip_raw(tag.name);
                    }
                    return Some(Token::Open(tag));
                }
                [b'<', b'/', ..] if letter(2) => return self.tag(2).map(|tag| Token::Close(tag.name)),
                [b'<', b'!', b'-', b'-', ..] => self.skip_comment(),
                [b'<', b'!' | b'?', ..] | [b'<', b'/', _, ..] => self.skip_past(">"),
                _ => {
                    let next = bytes.iter().skip(1).position(|c| *c == b'<');
                    let length = next.map_or(self.rest.len(), |at| at + 1);
                    return Some(Token::Text(self.take(length)));
                }
            }
        }
        None
    }
}

/// The attributes of a tag; stops at its `>`.
struct Attributes<'a> {
    rest: &'a str,
}

impl<'a> Attributes<'a> {
    fn take_until(&mut self, end: impl Fn(char) -> bool) -> &'a str {
        let (taken, rest) = self.rest.split_at(self.rest.find(end).unwrap_or(self.rest.len()));
        self.rest = rest;
        taken
    }
}

impl<'a> Iterator for Attributes<'a> {
    type Item = (&'a str, &'a str);

    fn next(&mut self) -> Option<Self::Item> {
        self.take_until(|c| !is_space(c) && c != '/');
        if self.rest.is_empty() || self.rest.starts_with('>') {
            return None;
        }
        let start = self.rest;
        // A name may start with an equals sign.
        self.rest = start.strip_prefix('=').unwrap_or(start);
        self.take_until(|c| is_space(c) || matches!(c, '/' | '>' | '='));
        let name = &start[..start.len() - self.rest.len()];
        self.take_until(|c| !is_space(c));
        let Some(value) = self.rest.strip_prefix('=') else {
            return Some((name, ""));
        };
        self.rest = value;
        self.take_until(|c| !is_space(c));
        let value = match self.rest.chars().next() {
            Some(quote @ ('"' | '\'')) => {
                self.rest = &self.rest[1..];
                let value = self.take_until(|c| c == quote);
                self.rest = self.rest.get(1..).unwrap_or("");
                value
            }
            _ => self.take_until(|c| is_space(c) || c == '>'),
        };
        Some((name, value))
    }
}

/// White space between the parts of a tag.
fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\n' | '\t' | '\r' | '\u{c}')
}
