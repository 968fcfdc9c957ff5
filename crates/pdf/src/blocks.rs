//! Safe HTML to blocks: paragraphs, headings, code, items. Pictures become their words, tables a line a row.

use crate::style::Look;
use html5ever::tokenizer::{BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts};
use std::{cell::RefCell, ops::Range};

/// What a block is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A paragraph.
    #[default]
    Body,
    /// A heading of this level.
    Heading(u8),
    /// Lines of code, as they are.
    Code,
    /// A line across.
    Rule,
}

/// A block of text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Block {
    pub(crate) kind: Kind,
    /// Steps to the right.
    pub(crate) steps: u8,
    /// It is a quotation.
    pub(crate) is_quote: bool,
    /// What stands before it: a bullet or a number.
    pub(crate) marker: Option<String>,
    pub(crate) text: String,
    /// Pieces that look otherwise.
    pub(crate) looks: Vec<(Range<usize>, Look)>,
}

/// Reads safe HTML.
pub(crate) fn read(html: &str) -> Vec<Block> {
    let tokenizer = Tokenizer::new(Sink::default(), TokenizerOpts::default());
    let input = BufferQueue::default();
    input.push_back(html.into());
    let _ = tokenizer.feed(&input);
    tokenizer.end();
    let mut reader = tokenizer.sink.0.into_inner();
    reader.end_block();
    reader.done
}

#[derive(Default)]
struct Sink(RefCell<Reader>);

impl TokenSink for Sink {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let mut reader = self.0.borrow_mut();
        match token {
            Token::TagToken(tag) if tag.kind == TagKind::StartTag => reader.open(&tag),
            Token::TagToken(tag) => reader.close(&tag.name),
            Token::CharacterTokens(text) => reader.text(&text),
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

/// Deeper than this nothing moves further to the right.
const DEEPEST: u8 = 6;

#[derive(Default)]
struct Reader {
    done: Vec<Block>,
    now: Block,
    look: Look,
    quotes: u8,
    /// The next number of each list that is open; none has bullets.
    lists: Vec<Option<u64>>,
    marker: Option<String>,
    is_code: bool,
    /// Where the address of an open link leads, and where its words begin.
    link: Option<(String, usize)>,
    cells: usize,
}

impl Reader {
    fn open(&mut self, tag: &Tag) {
        let attribute = |name: &str| tag.attrs.iter().find(|attribute| &*attribute.name.local == name).map(|attribute| attribute.value.to_string());
        match &*tag.name {
            "p" | "div" | "table" | "thead" | "tbody" | "dl" | "dt" | "dd" | "details" | "summary" => self.end_block(),
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                self.end_block();
                self.now.kind = Kind::Heading(tag.name.as_bytes().get(1).map_or(1, |digit| digit - b'0'));
            }
            "pre" => {
                self.end_block();
                self.is_code = true;
                self.now.kind = Kind::Code;
            }
            "blockquote" => {
                self.end_block();
                self.quotes = self.quotes.saturating_add(1);
            }
            "ul" => self.open_list(None),
            "ol" => self.open_list(Some(attribute("start").and_then(|start| start.parse().ok()).unwrap_or(1))),
            "li" => {
                self.end_block();
                self.marker = Some(match self.lists.last_mut() {
                    Some(Some(number)) => {
                        *number += 1;
                        format!("{}.", *number - 1)
                    }
                    _ => "•".to_owned(),
                });
            }
            "tr" => {
                self.end_block();
                self.cells = 0;
            }
            "td" | "th" => {
                if self.cells > 0 {
                    self.push("   |   ");
                }
                self.cells += 1;
                self.look.bold = &*tag.name == "th";
            }
            "br" => self.push("\n"),
            "hr" => {
                self.end_block();
                self.done.push(Block { kind: Kind::Rule, ..Block::default() });
            }
            "strong" | "b" => self.look.bold = true,
            "em" | "i" => self.look.italic = true,
            "code" | "kbd" | "samp" => self.look.mono = true,
            "input" => self.push(if attribute("checked").is_some() { "[x] " } else { "[ ] " }),
            "img" => {
                let words = attribute("alt").filter(|alt| !alt.is_empty()).unwrap_or_else(|| "picture".to_owned());
                self.push(&format!("[{words}]"));
            }
            "a" => {
                self.look.link = true;
                self.link = attribute("href").map(|href| (href, self.now.text.len()));
            }
            _ => {}
        }
    }

    fn close(&mut self, name: &str) {
        match name {
            "p" | "div" | "li" | "tr" | "table" | "dt" | "dd" | "summary" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => self.end_block(),
            "pre" => {
                self.end_block();
                self.is_code = false;
            }
            "blockquote" => {
                self.end_block();
                self.quotes = self.quotes.saturating_sub(1);
            }
            "ul" | "ol" => {
                self.end_block();
                self.lists.pop();
            }
            "strong" | "b" | "th" => self.look.bold = false,
            "em" | "i" => self.look.italic = false,
            "code" | "kbd" | "samp" => self.look.mono = false,
            "a" => self.end_link(),
            _ => {}
        }
    }

    fn open_list(&mut self, first: Option<u64>) {
        self.end_block();
        self.lists.push(first);
    }

    /// On paper nobody can press it: the address stands behind words that don't say it.
    fn end_link(&mut self) {
        if let Some((href, begin)) = self.link.take() {
            let words = self.now.text.get(begin..).unwrap_or_default().trim();
            let says = words == href || href.strip_prefix("mailto:") == Some(words) || href.strip_prefix("https://") == Some(words.trim_end_matches('/'));
            if !says && href.contains(':') {
                self.push(&format!(" ({href})"));
            }
        }
        self.look.link = false;
    }

    fn text(&mut self, text: &str) {
        if self.is_code {
            return self.push(text);
        }
        // as a browser does: spaces are one space, none at the start of a line
        let mut words = String::with_capacity(text.len());
        for c in text.chars() {
            let before = words.chars().next_back().or_else(|| self.now.text.chars().next_back());
            match c {
                ' ' | '\t' | '\n' | '\r' if before.is_none_or(|c| c == ' ' || c == '\n') => {}
                ' ' | '\t' | '\n' | '\r' => words.push(' '),
                c => words.push(c),
            }
        }
        self.push(&words);
    }

    fn push(&mut self, text: &str) {
        let begin = self.now.text.len();
        self.now.text.push_str(text);
        let end = self.now.text.len();
        if self.look != Look::default() && end > begin {
            self.now.looks.push((begin..end, self.look));
        }
    }

    fn end_block(&mut self) {
        let mut block = std::mem::take(&mut self.now);
        if self.is_code {
            // more of the same code may follow
            self.now.kind = Kind::Code;
        }
        block.text.truncate(block.text.trim_end().len());
        block.looks.retain_mut(|(range, _)| {
            range.end = range.end.min(block.text.len());
            range.start < range.end
        });
        if block.text.is_empty() {
            return;
        }
        block.is_quote = self.quotes > 0;
        block.steps = u8::try_from(self.lists.len()).unwrap_or(DEEPEST).saturating_add(self.quotes).min(DEEPEST);
        block.marker = self.marker.take();
        self.done.push(block);
    }
}
