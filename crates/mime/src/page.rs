//! HTML of mail as lines, with what the markup of known clients says of them. Tags are read one by one and kept on a stack
//! of our own, so that nothing is deep or slow, however it is nested.

use crate::flat::Line;
use richtext::tokens::{Tag, Token, Tokens};

/// Elements inside each other; tags of deeper ones are passed over.
const DEEPEST: usize = 500;
/// Elements that hold nothing.
const VOID: [&str; 12] = ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"];
/// Elements that stand on lines of their own.
const BLOCKS: [&str; 34] = [
    "address",
    "article",
    "aside",
    "blockquote",
    "center",
    "dd",
    "details",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "li",
    "main",
    "nav",
    "ol",
    "p",
    "pre",
    "section",
    "table",
    "tbody",
    "tr",
    "ul",
];
/// Elements without a text that a person reads.
const SILENT: [&str; 7] = ["style", "script", "title", "template", "noscript", "object", "svg"];

/// Classes of what holds an earlier mail.
const HOLDERS: [&str; 8] =
    ["gmail_quote", "gmail_quote_container", "yahoo_quoted", "protonmail_quote", "zmail_extra", "freshdesk_quote", "tutanota_quote", "hey-quote"];
/// Classes and ids of the line before an earlier mail.
const LEADS: [&str; 4] = ["gmail_attr", "moz-cite-prefix", "moz-email-headers-table", "yahoo_quoted_header"];
/// Ids of the place from where on everything is an earlier mail.
const BEGINS: [&str; 9] = [
    "divrplyfwdmsg",
    "appendonsend",
    "olk_src_body_section",
    "mail-editor-reference-message-container",
    "ms-outlook-mobile-reference-message",
    "replysplit",
    "isforwardcontent",
    "stopspelling",
    "originalmessage",
];
/// Parts of classes and ids of signatures.
const SIGNATURES: [&str; 15] = [
    "gmail_signature",
    "moz-signature",
    "applemailsignature",
    "lineBreakAtBeginningOfSignature",
    "protonmail_signature",
    "ms-outlook-mobile-signature",
    "outlook-signature",
    "yahoo_signature",
    "ydp-signature",
    "composer_signature",
    "zm_signature",
    "x_signature",
    "data-signature",
    "bloop_sign",
    "mail-signature",
];

/// A holder that is open: at which line it began, and whether something in it is quoted.
struct Holder {
    from: usize,
    has_quote: bool,
}

/// An element that is open.
struct Open {
    name: String,
    marks: Marks,
    is_tight: bool,
}

#[derive(Default)]
struct Writer {
    lines: Vec<Line>,
    text: String,
    stack: Vec<Open>,
    depth: usize,
    silent: usize,
    pre: usize,
    signature: usize,
    lead: usize,
    begins: bool,
    holders: Vec<Holder>,
}

/// The lines that a person reads.
pub(crate) fn lines(html: &str) -> Vec<Line> {
    let mut writer = Writer::default();
    for token in Tokens::new(html) {
        match token {
            Token::Text(text) => writer.write(text),
            Token::Open(tag) => writer.open(&tag),
            Token::Close(name) => writer.close(&name.to_ascii_lowercase()),
        }
    }
    while let Some(open) = writer.stack.pop() {
        writer.leave(&open);
    }
    writer.end();
    writer.lines
}

impl Writer {
    fn open(&mut self, tag: &Tag<'_>) {
        let name = tag.name.to_ascii_lowercase();
        match name.as_str() {
            "br" if self.silent == 0 => self.end_line(),
            // the end tags of these are often left out
            "p" | "li" | "tr" | "td" | "th" if self.stack.last().is_some_and(|open| open.name == name) => self.close(&name),
            _ => {}
        }
        if VOID.contains(&name.as_str()) {
            if name == "hr" {
                self.end();
            }
            return;
        }
        if self.stack.len() >= DEEPEST {
            return;
        }
        if BLOCKS.contains(&name.as_str()) {
            self.end();
        }
        let marks = Marks::of(tag);
        if marks.begins || marks.holds || marks.leads || marks.signs {
            self.end();
        }
        match name.as_str() {
            "li" => self.text.push_str("- "),
            "pre" => self.pre += 1,
            "blockquote" => {
                self.depth += 1;
                for holder in &mut self.holders {
                    holder.has_quote = true;
                }
            }
            silent if SILENT.contains(&silent) => self.silent += 1,
            _ => {}
        }
        self.begins |= marks.begins;
        if marks.holds && name != "blockquote" {
            self.holders.push(Holder { from: self.lines.len(), has_quote: false });
        }
        self.lead += usize::from(marks.leads);
        self.signature += usize::from(marks.signs);
        self.stack.push(Open { is_tight: is_tight(tag), name, marks });
    }

    /// Closes the last element of this name, with those that were left open in it; none is nothing.
    fn close(&mut self, name: &str) {
        if !self.stack.iter().any(|open| open.name == name) {
            return;
        }
        while let Some(open) = self.stack.pop() {
            self.leave(&open);
            if open.name == name {
                return;
            }
        }
    }

    fn leave(&mut self, open: &Open) {
        let (name, marks) = (open.name.as_str(), &open.marks);
        if BLOCKS.contains(&name) || marks.signs || marks.leads || marks.holds {
            self.end();
        } else if matches!(name, "td" | "th") && !self.text.is_empty() {
            self.text.push(' ');
        }
        match name {
            "pre" => self.pre -= 1,
            "blockquote" => self.depth -= 1,
            silent if SILENT.contains(&silent) => self.silent -= 1,
            _ => {}
        }
        self.signature -= usize::from(marks.signs);
        self.lead -= usize::from(marks.leads);
        if marks.holds && name != "blockquote" {
            self.let_go();
        }
        // paragraphs stand apart, except where the client writes each line as one
        let is_apart = matches!(name, "p" | "h1" | "h2" | "h3" | "h4" | "ul" | "ol" | "table" | "pre") && !open.is_tight;
        if is_apart && self.lines.last().is_some_and(|line| !line.is_blank()) {
            self.push(String::new());
        }
    }

    /// A holder ends: all of it is an earlier mail if nothing in it is quoted, else what stands before the quotation.
    fn let_go(&mut self) {
        let Some(holder) = self.holders.pop() else { return };
        let within = self.lines.get_mut(holder.from..).unwrap_or_default();
        for line in within {
            if holder.has_quote && line.depth > 0 {
                break;
            }
            line.is_history = true;
        }
    }

    fn write(&mut self, raw: &str) {
        if self.silent > 0 {
            return;
        }
        let text = html_escape::decode_html_entities(raw);
        if self.pre > 0 {
            for (index, line) in text.split('\n').enumerate() {
                if index > 0 {
                    self.end_line();
                }
                self.text.push_str(line.trim_end_matches('\r'));
            }
            return;
        }
        for c in text.chars() {
            if c == '\u{a0}' {
                self.text.push(c);
            } else if c.is_whitespace() {
                if !self.text.is_empty() && !self.text.ends_with(' ') {
                    self.text.push(' ');
                }
            } else if !matches!(c, '\u{200b}' | '\u{feff}' | '\u{200c}' | '\u{ad}') {
                self.text.push(c);
            }
        }
    }

    /// The line ends, if something stands on it: a space that does not break alone is how editors keep an empty line.
    fn end(&mut self) {
        if !self.text.trim().is_empty() || self.text.contains('\u{a0}') {
            self.end_line();
        }
        self.text.clear();
    }

    fn end_line(&mut self) {
        let text = std::mem::take(&mut self.text);
        self.push(text.replace('\u{a0}', " ").trim_end().to_owned());
    }

    fn push(&mut self, text: String) {
        let begins_history = !text.is_empty() && std::mem::take(&mut self.begins);
        self.lines.push(Line { text, depth: self.depth, marks: String::new(), is_signature: self.signature > 0, is_history: self.lead > 0, begins_history });
    }
}

/// What the markup of an element says.
#[expect(clippy::struct_excessive_bools, reason = "claims that stand beside each other; an element may make several")]
struct Marks {
    holds: bool,
    leads: bool,
    begins: bool,
    signs: bool,
}

impl Marks {
    fn of(tag: &Tag<'_>) -> Self {
        let id = tag.attribute("id").unwrap_or_default().to_lowercase();
        // Outlook on the web puts x_ before what it quotes
        let id = id.trim_start_matches("x_");
        let mut marks = Self { holds: false, leads: false, begins: BEGINS.contains(&id), signs: id == "signature" };
        for class in tag.attribute("class").unwrap_or_default().split_whitespace().map(str::to_lowercase).chain([id.to_owned()]) {
            let class = class.trim_start_matches("x_");
            marks.holds |= HOLDERS.contains(&class) || class.ends_with("yahoo_quoted");
            marks.leads |= LEADS.contains(&class);
            marks.signs |= SIGNATURES.iter().any(|signature| class.starts_with(&signature.to_lowercase())) || class.ends_with("-signature");
        }
        marks.signs |= tag.attribute("data-signature-widget").is_some();
        // Outlook for the desktop: a line above "From:"
        let style: String = tag.attribute("style").unwrap_or_default().to_lowercase().split_whitespace().collect();
        marks.begins |= style.contains("border-top:solid#e1e1e1") || style.contains("border-top:solid#b5c4df");
        marks
    }
}

/// A paragraph without space around it: Outlook's lines.
fn is_tight(tag: &Tag<'_>) -> bool {
    let style: String = tag.attribute("style").unwrap_or_default().split_whitespace().collect();
    tag.attribute("class").is_some_and(|class| class.contains("MsoNormal") || class.contains("MsoPlainText"))
        || style.contains("margin:0") && !style.contains("margin:0cm0cm8")
        || style.contains("margin-bottom:0")
}
