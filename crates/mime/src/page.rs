//! HTML of mail as lines, with what the markup of known clients says of them. Tags are read one by one and kept on a stack
//! of our own, so that nothing is deep or slow, however it is nested.

use crate::{
    flat::Line,
    page_marks::{Marks, is_tight},
};
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
                self.begins |= self.silent == 0 && Marks::of(tag).begins;
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

#[cfg(test)]
mod tests {
    use crate::parse;

    /// What is own of a page.
    fn own(html: &str) -> String {
        parse(format!("From: Anna <anna@client.example>\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{html}").as_bytes()).reply
    }

    #[test]
    fn the_marks_of_clients_divide_a_page() {
        let quote = "<blockquote type=cite>Old words.</blockquote>";
        for (html, wanted) in [
            ("<div>New.</div><div name=messageSignatureSection><br>Nadia Osei<br>Parallel Garden</div><div name=messageReplySection>Yesterday:<br>OLD</div>".replace("OLD", quote), "New."),
            ("<div>New.</div><hr id=zwchr data-marker=__DIVIDER__><div data-marker=__HEADERS__><b>Od: </b>Mira<br><b>Komu: </b>Anna</div><div data-marker=__QUOTED_TEXT__>Old.</div>".to_owned(), "New."),
            ("<div>New.</div><hr id=stopSpelling>Old.".to_owned(), "New."),
            ("<p>New.</p><div id=_rc_sig>Anna Berg</div>".to_owned(), "New."),
            ("<p id=reply-intro>Am 9.6.2026 schrieb Mira:</p>OLD<p>New.</p>".replace("OLD", quote), "New."),
            ("<div>Ottavia</div>Il 09/06/2026 16:40 Mira &lt;a@b.example&gt; ha scritto:<br>OLD".replace("OLD", quote), "Ottavia"),
            ("<div>New.</div><div>&gt;&gt;&gt; Mira &lt;a@b.example&gt; 09.06.2026 16:12 &gt;&gt;&gt;</div><div>Old.</div>".to_owned(), "New."),
            ("<div>New.</div><div>------ Original Message ------</div><div>From \"M\" &lt;a@b.example&gt;</div><div>To \"A\" &lt;c@d.example&gt;</div><div>Date 04/06/2026 15:22</div>OLD<div>An answer below.</div>".replace("OLD", quote), "New.\n> Old words.\nAn answer below."),
            ("<div>New.</div><div>Anna <table width=\"1".to_owned(), "New.\nAnna"),
            ("<p>Dank.</p><div id=Signature>Maarten H<br>Van Loon B.V.</div><div>De informatie in deze e-mail is uitsluitend bestemd voor de geadresseerde.</div>".to_owned(), "Dank."),
            ("<div>Thanks</div><div>Bob</div><div>This email and any attachments are confidential and meant for the recipient alone.</div>".to_owned(), "Thanks\nBob"),
        ] {
            let found = own(&html);
            let found: Vec<&str> = found.lines().filter(|line| !line.is_empty() && !line.starts_with("------") && !line.contains('"')&& !line.starts_with("Date ")).collect();
            assert_eq!(found.join("\n"), wanted, "{html}");
        }
    }
}
