//! A text as words: folded to lower case without accents, each at its place. Codes stand whole beside their parts, and
//! scripts that write no spaces as pairs of characters.

use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};

/// A word of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// Folded.
    pub text: String,
    /// Lower case with accents, for stemming.
    pub lower: String,
    /// Where it stands in the text, in bytes.
    pub span: (usize, usize),
    /// Its place among words.
    pub place: usize,
    /// What it is.
    pub shape: Shape,
}

/// What a word is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Letters.
    Plain,
    /// A part of a code.
    Part,
    /// A whole code, at the place of its first part: `err1042` of "ERR-1042".
    Code,
    /// Two characters of a script without spaces.
    Pair,
}

/// Words beyond this length are cut: nobody looks for them.
const LONGEST: usize = 64;

/// The words of a text.
pub fn words(text: &str) -> Vec<Word> {
    let mut found = Found { text, words: Vec::new(), place: 0 };
    let mut run: Option<(usize, usize, bool)> = None;
    for (at, c) in text.char_indices() {
        let end = at + c.len_utf8();
        match (kind(c), run) {
            (Some(dense), Some((begin, _, same))) if dense == same => run = Some((begin, end, same)),
            (Some(dense), _) => {
                found.end(run.take());
                run = Some((at, end, dense));
            }
            (None, Some((begin, _, false))) if joins(c) && text[end..].chars().next().is_some_and(|next| kind(next) == Some(false)) => {
                run = Some((begin, end, false));
            }
            (None, _) => found.end(run.take()),
        }
    }
    found.end(run.take());
    found.words
}

/// Whether a character belongs to a word, and whether to one of a script without spaces.
fn kind(c: char) -> Option<bool> {
    if is_dense(c) {
        return Some(true);
    }
    (c.is_alphanumeric() || is_combining_mark(c)).then_some(false)
}

/// What holds a code together: `node.js`, `err-1042`, `a@b.example`; and an apostrophe within a word.
fn joins(c: char) -> bool {
    matches!(c, '-' | '_' | '.' | '@' | '/' | ':' | '+' | '#' | '\'' | '’' | '\u{2010}' | '\u{2011}')
}

/// Written without spaces between words, or so that pairs find best.
fn is_dense(c: char) -> bool {
    matches!(u32::from(c),
        0x0E00..=0x0EFF | 0x1000..=0x109F | 0x1780..=0x17FF | 0x3005..=0x3007 | 0x3040..=0x30FF | 0x31F0..=0x31FF | 0x3400..=0x4DBF | 0x4E00..=0x9FFF
        | 0xAC00..=0xD7AF | 0xF900..=0xFAFF | 0xFF66..=0xFF9F | 0x1100..=0x11FF | 0x20000..=0x3FFFF)
}

struct Found<'a> {
    text: &'a str,
    words: Vec<Word>,
    place: usize,
}

impl Found<'_> {
    fn end(&mut self, run: Option<(usize, usize, bool)>) {
        match run {
            None => {}
            Some((begin, end, true)) => self.pairs(begin, end),
            Some((begin, end, false)) => self.run(begin, end),
        }
    }

    fn push(&mut self, span: (usize, usize), raw: &str, shape: Shape) {
        let (text, lower) = (fold(raw), raw.to_lowercase());
        if !text.is_empty() {
            self.words.push(Word { text: cut(text), lower: cut(lower), span, place: self.place, shape });
        }
    }

    /// A run of letters and digits, perhaps with joints.
    fn run(&mut self, begin: usize, end: usize) {
        let text = self.text;
        let run = &text[begin..end];
        // an apostrophe is no joint: "don't" is one word, and what follows it in French or Italian another
        let parts: Vec<(usize, &str)> = split(run, |c| joins(c) && !is_apostrophe(c)).flat_map(|(at, part)| elided(at, part)).collect();
        if let [(at, part)] = parts[..] {
            self.push((begin + at, begin + at + part.len()), &without_apostrophes(part), Shape::Plain);
            self.place += 1;
            return;
        }
        let has_joint = run.chars().any(|c| joins(c) && !is_apostrophe(c));
        if has_joint {
            let whole: String = run.chars().filter(|c| !joins(*c)).collect();
            self.push((begin, end), &whole, Shape::Code);
        }
        for (at, part) in parts {
            self.push((begin + at, begin + at + part.len()), &without_apostrophes(part), if has_joint { Shape::Part } else { Shape::Plain });
            self.place += 1;
        }
    }

    /// Overlapping pairs; a single character stands alone.
    fn pairs(&mut self, begin: usize, end: usize) {
        let text = self.text;
        let starts: Vec<usize> = text[begin..end].char_indices().map(|(at, _)| begin + at).chain([end]).collect();
        let width = if starts.len() > 2 { 2 } else { 1 };
        for window in starts.windows(width + 1) {
            let (from, to) = (window[0], window[width]);
            self.push((from, to), &text[from..to], Shape::Pair);
            self.place += 1;
        }
    }
}

fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '’')
}

fn without_apostrophes(text: &str) -> String {
    text.chars().filter(|c| !is_apostrophe(*c)).collect()
}

/// The parts between what `is_joint`, with their places.
fn split(text: &str, is_joint: impl Fn(char) -> bool) -> impl Iterator<Item = (usize, &str)> {
    let mut parts = Vec::new();
    let mut begin = 0;
    for (at, c) in text.char_indices().filter(|(_, c)| is_joint(*c)) {
        parts.push((begin, &text[begin..at]));
        begin = at + c.len_utf8();
    }
    parts.push((begin, &text[begin..]));
    parts.into_iter().filter(|(_, part)| !part.is_empty())
}

/// "l'adresse" is two words, "don't" and "Maya's" are one.
fn elided(at: usize, part: &str) -> Vec<(usize, &str)> {
    let Some((mark, c)) = part.char_indices().find(|(_, c)| is_apostrophe(*c)) else { return vec![(at, part)] };
    let rest = mark + c.len_utf8();
    let is_elided = part[..mark].chars().count() <= 2 && part[rest..].chars().count() > 2;
    if is_elided { vec![(at, &part[..mark]), (at + rest, &part[rest..])] } else { vec![(at, part)] }
}

fn cut(text: String) -> String {
    if text.chars().count() > LONGEST { text.chars().take(LONGEST).collect() } else { text }
}

/// Lower case without accents, wide forms narrow, `ß` as `ss`.
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let mut folded = String::with_capacity(text.len());
    for c in text.nfkc().flat_map(char::to_lowercase) {
        match c {
            'ß' => folded.push_str("ss"),
            'æ' => folded.push_str("ae"),
            'œ' => folded.push_str("oe"),
            'ø' => folded.push('o'),
            'đ' => folded.push('d'),
            'ł' => folded.push('l'),
            'ı' => folded.push('i'),
            'þ' => folded.push_str("th"),
            c if is_dense(c) => folded.push(c),
            // marks are letters where they are vowels; accents of Latin, Greek and Cyrillic, Arabic and Hebrew points go
            c if u32::from(c) < 0x0900 || matches!(u32::from(c), 0x1E00..=0x1FFF) => folded.extend(std::iter::once(c).nfd().filter(|c| !is_combining_mark(*c))),
            c => folded.push(c),
        }
    }
    folded
}

/// A text as one key: its words with a blank between them. Equal texts of other spelling have the same.
pub fn key(text: &str) -> String {
    let words = words(text);
    let plain: Vec<&str> = words.iter().filter(|word| word.shape != Shape::Code).map(|word| word.text.as_str()).collect();
    plain.join(" ").chars().take(200).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Vec<String> {
        words(text).into_iter().map(|word| word.text).collect()
    }

    #[test]
    fn words_are_folded_codes_stand_whole_too_and_dense_scripts_are_pairs() {
        for (text, expected) in [
            ("Reset the Password!", vec!["reset", "the", "password"]),
            ("Größe, déjà-vu", vec!["grosse", "dejavu", "deja", "vu"]),
            ("Error ERR-1042.", vec!["error", "err1042", "err", "1042"]),
            ("don't Maya's l'adresse", vec!["dont", "mayas", "l", "adresse"]),
            ("node.js a@b.example", vec!["nodejs", "node", "js", "abexample", "a", "b", "example"]),
            ("重置密码", vec!["重置", "置密", "密码"]),
            ("用API重置", vec!["用", "api", "重置"]),
            ("비밀번호", vec!["비밀", "밀번", "번호"]),
            ("パスワード", vec!["パス", "スワ", "ワー", "ード"]),
            ("ＡＢＣ　１２", vec!["abc", "12"]),
            ("Łódź İstanbul œuvre", vec!["lodz", "istanbul", "oeuvre"]),
            ("שָׁלוֹם עולם", vec!["שלום", "עולם"]),
            ("हिन्दी", vec!["हिन्दी"]),
            ("🙂 🎉 --- ...", vec![]),
            ("\0\u{202E}a", vec!["a"]),
            ("", vec![]),
        ] {
            assert_eq!(of(text), expected, "{text}");
        }
    }

    #[test]
    fn places_and_spans_point_into_the_text() {
        let text = "Fix ERR-1042 in 北京市";
        let found: Vec<_> = words(text).into_iter().map(|word| (word.place, text[word.span.0..word.span.1].to_owned())).collect();
        let expected = [(0, "Fix"), (1, "ERR-1042"), (1, "ERR"), (2, "1042"), (3, "in"), (4, "北京"), (5, "京市")];
        assert_eq!(found, expected.map(|(place, text)| (place, text.to_owned())));
    }

    #[test]
    fn equal_texts_have_equal_keys() {
        assert_eq!(key("  Réset   your PASSWORD?"), key("reset your password"));
        assert_eq!(key("!!!"), "");
    }
}
