//! An article cut at its frames: callouts, tabs, folded parts and videos. Line by line; what stands in fenced code is text.

use super::{code::Meta, video::Video};

/// Frames within each other; deeper ones are text.
const DEPTH: usize = 8;
/// The most characters of a title.
const TITLE: usize = 120;

/// What a callout says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Callout {
    Note,
    Tip,
    Important,
    Warning,
    Caution,
}

impl Callout {
    fn of(word: &str) -> Option<Self> {
        Some(match word.to_ascii_lowercase().as_str() {
            "note" | "info" => Self::Note,
            "tip" | "success" => Self::Tip,
            "important" => Self::Important,
            "warning" => Self::Warning,
            "caution" | "danger" => Self::Caution,
            _ => return None,
        })
    }
}

/// A part of an article.
pub(super) enum Block {
    Text(String),
    Callout { kind: Callout, title: String, inner: Vec<Block> },
    Tabs(Vec<(String, Vec<Block>)>),
    Details { title: String, inner: Vec<Block> },
    Video { video: Video, title: String },
}

/// A frame that is open.
enum Open {
    Callout(Callout, String),
    Tabs,
    Tab(String),
    Details(String),
}

/// A frame with its colons and what is in it so far.
struct Frame {
    open: Option<Open>,
    colons: usize,
    inner: Vec<Block>,
}

/// A fence that is open: its sign, and how often.
type Fence = (char, usize);

/// Cuts an article. What fences say beside their language goes to `metas`, and its place there into the name of the language.
pub(super) fn cut(source: &str, metas: &mut Vec<Meta>) -> Vec<Block> {
    let mut cutter = Cutter { stack: vec![Frame { open: None, colons: 0, inner: Vec::new() }], text: String::new(), fence: None, metas };
    let mut lines = source.split('\n').peekable();
    while let Some(line) = lines.next() {
        if cutter.fence.is_none()
            && let Some((kind, title)) = alert(line)
        {
            let mut inner = String::new();
            while let Some(quoted) = lines.next_if(|next| next.trim_start().starts_with('>')) {
                let quoted = quoted.trim_start().trim_start_matches('>');
                inner.push_str(quoted.strip_prefix(' ').unwrap_or(quoted));
                inner.push('\n');
            }
            cutter.flush();
            let inner = vec![Block::Text(inner)];
            cutter.put(Block::Callout { kind, title, inner });
            continue;
        }
        cutter.line(line);
    }
    cutter.end()
}

struct Cutter<'a> {
    /// Open frames with what is in them; the first is the article itself.
    stack: Vec<Frame>,
    text: String,
    fence: Option<Fence>,
    metas: &'a mut Vec<Meta>,
}

impl Cutter<'_> {
    fn line(&mut self, line: &str) {
        if let Some((sign, count)) = self.fence {
            self.push(line);
            if let Some((_, rest)) = fence(line).filter(|((own, run), _)| *own == sign && *run >= count)
                && rest.trim().is_empty()
            {
                self.fence = None;
            }
            return;
        }
        if let Some((opened, info)) = fence(line) {
            // backticks in the words behind backticks: code within a line
            if opened.0 == '~' || !info.contains('`') {
                self.fence = Some(opened);
                let marked = Meta::taken(info, self.metas);
                let head = &line[..line.len() - info.len()];
                self.push(&marked.map_or_else(|| line.to_owned(), |marked| format!("{head}{marked}")));
                return;
            }
        }
        if let Some((colons, words)) = directive(line) {
            if self.take(colons, words) {
                return;
            }
        } else if let Some(video) = Video::of(line.trim()).filter(|_| self.stands_alone()) {
            self.flush();
            self.put(Block::Video { video, title: String::new() });
            return;
        }
        self.push(line);
    }

    /// A line of colons. False when it is text.
    fn take(&mut self, colons: usize, words: &str) -> bool {
        if words.is_empty() {
            if self.stack.len() == 1 {
                return false;
            }
            // the innermost that began with as many, else the innermost
            let depth = self.stack.iter().rposition(|frame| frame.colons == colons).unwrap_or(self.stack.len() - 1);
            while self.stack.len() > depth {
                self.close();
            }
            return true;
        }
        let (name, title) = named(words);
        if name == "video" {
            let (address, title) = title.split_once(char::is_whitespace).unwrap_or((&title, ""));
            let Some(video) = Video::of(address) else { return false };
            let title = title.trim().to_owned();
            self.flush();
            self.put(Block::Video { video, title });
            return true;
        }
        let open = match (name.as_str(), Callout::of(&name)) {
            (_, Some(kind)) => Open::Callout(kind, title),
            ("tabs", _) => Open::Tabs,
            ("tab", _) => {
                if matches!(self.open(), Some(Open::Tab(_))) {
                    self.close();
                }
                if !matches!(self.open(), Some(Open::Tabs)) {
                    return false;
                }
                Open::Tab(title)
            }
            ("details", _) => Open::Details(title),
            _ => return false,
        };
        if self.stack.len() > DEPTH {
            return false;
        }
        self.flush();
        self.stack.push(Frame { open: Some(open), colons, inner: Vec::new() });
        true
    }

    fn open(&self) -> Option<&Open> {
        self.stack.last().and_then(|frame| frame.open.as_ref())
    }

    fn push(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    /// Whether a paragraph would begin here.
    fn stands_alone(&self) -> bool {
        self.text.is_empty() || self.text.ends_with("\n\n") || self.text == "\n"
    }

    fn flush(&mut self) {
        let text = std::mem::take(&mut self.text);
        if !text.trim().is_empty() {
            self.put(Block::Text(text));
        }
    }

    fn put(&mut self, block: Block) {
        if let Some(frame) = self.stack.last_mut() {
            frame.inner.push(block);
        }
    }

    fn close(&mut self) {
        self.flush();
        let Some(Frame { open: Some(open), inner, .. }) = self.stack.pop() else { return };
        match open {
            Open::Callout(kind, title) => self.put(Block::Callout { kind, title, inner }),
            // a tab waits in its frame as a folded part
            Open::Details(title) | Open::Tab(title) => self.put(Block::Details { title, inner }),
            // what stands between the tabs has no place of its own
            Open::Tabs => {
                let tab = |block| if let Block::Details { title, inner } = block { Some((title, inner)) } else { None };
                self.put(Block::Tabs(inner.into_iter().filter_map(tab).collect()));
            }
        }
    }

    fn end(mut self) -> Vec<Block> {
        while self.stack.len() > 1 {
            self.close();
        }
        self.flush();
        self.stack.pop().map(|frame| frame.inner).unwrap_or_default()
    }
}

/// Three or more colons at the start of a line, and the words behind them.
fn directive(line: &str) -> Option<(usize, &str)> {
    let line = line.strip_prefix("   ").or_else(|| line.strip_prefix("  ")).or_else(|| line.strip_prefix(' ')).unwrap_or(line);
    let rest = line.trim_start_matches(':');
    let colons = line.len() - rest.len();
    (colons >= 3).then(|| (colons, rest.trim()))
}

/// Name and title: people write `note Title` and `note[Title]`.
fn named(words: &str) -> (String, String) {
    let end = words.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(words.len());
    let (name, rest) = words.split_at(end);
    let rest = rest.trim();
    let title = rest.strip_prefix('[').and_then(|rest| rest.split_once(']')).map_or(rest, |(title, _)| title);
    (name.to_ascii_lowercase(), title.chars().take(if name == "video" { 600 } else { TITLE }).collect())
}

/// Kind and title of `> [!NOTE] Title`.
fn alert(line: &str) -> Option<(Callout, String)> {
    let words = line.trim_start().strip_prefix('>')?.trim_start().strip_prefix("[!")?;
    let (kind, title) = words.split_once(']')?;
    Some((Callout::of(kind)?, title.trim().chars().take(TITLE).collect()))
}

/// The fence that a line begins, in lists too, and the words behind it. One in a quote ends with the quote.
fn fence(line: &str) -> Option<(Fence, &str)> {
    let start = line.trim_start_matches([' ', '\t']);
    let sign = start.chars().next().filter(|sign| matches!(sign, '`' | '~'))?;
    let info = start.trim_start_matches(sign);
    let count = start.len() - info.len();
    (count >= 3).then_some(((sign, count), info))
}
