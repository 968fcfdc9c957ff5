//! What somebody typed, as words, phrases, what must not be there, and what narrows. Nothing that can be typed is an error:
//! what means nothing is looked for as words.

use crate::{
    language::Language,
    words::{self, Shape, Word},
};
use db::Timestamp;
use std::collections::HashSet;

/// The most words that are looked for.
const MOST: usize = 32;
/// The longest query, in characters.
pub const LONGEST: usize = 500;

/// A query as it is run.
#[derive(Clone, Debug, Default)]
pub struct Ask {
    /// Its words; more of them found is better.
    pub words: Vec<Term>,
    /// Phrases that must be there, each as words in order.
    pub phrases: Vec<Vec<String>>,
    /// Words and phrases that must not be there.
    pub without: Vec<Vec<String>>,
    /// What narrows: groups of which one each must fit.
    pub narrows: Vec<Narrow>,
    /// Kinds of things; empty is all.
    pub kinds: Vec<String>,
    /// From this time on.
    pub after: Option<Timestamp>,
    /// Before this time.
    pub before: Option<Timestamp>,
    /// The words in order, for finding them beside each other.
    pub order: Vec<String>,
    /// The whole text as one key, for what is named exactly so.
    pub key: String,
}

/// A word that is looked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Term {
    /// Folded.
    pub text: String,
    /// As typed.
    pub typed: String,
    /// Lower case with accents.
    pub lower: String,
    /// May be corrected.
    pub may_mend: bool,
    /// The last word of somebody who is still typing.
    pub is_prefix: bool,
    /// Counts when it is there; is not missed when it is not.
    pub is_extra: bool,
}

/// A `field:value`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Narrow {
    /// `status`, `assignee`, `tag`, `from`…
    pub field: &'static str,
    /// Lower case.
    pub value: String,
}

/// Fields that are compared with what documents carry.
const FIELDS: &[&str] = &["status", "assignee", "tag", "from", "team", "priority", "lang", "is"];

/// A piece of the text.
enum Piece<'a> {
    Text(&'a str),
    Phrase(&'a str),
    Without(&'a str),
    Field(&'a str, &'a str),
}

impl Ask {
    /// Reads what was typed. `kinds` are those that there are, `tongues` the reader's languages; `typing`: the last word may
    /// go on.
    pub fn read(text: &str, kinds: &[&str], tongues: &[Language], typing: bool) -> Self {
        let mut ask = Self { key: words::key(text), ..Self::default() };
        let mut free: Vec<Word> = Vec::new();
        for piece in pieces(text) {
            match piece {
                Piece::Text(text) => free.extend(placed(&free, text)),
                Piece::Phrase(text) => ask.phrase(text),
                Piece::Without(text) => ask.without.extend(Some(plain(text)).filter(|words| !words.is_empty())),
                Piece::Field(field, value) => {
                    if !ask.narrow(field, value, kinds) {
                        free.extend(placed(&free, &format!("{field} {value}")));
                    }
                }
            }
        }
        let is_open = typing && text.chars().next_back().is_some_and(|c| !c.is_whitespace() && c != '"');
        ask.words.extend(terms(&free, tongues, is_open));
        ask.order = free.iter().filter(|word| word.shape != Shape::Code).map(|word| word.text.clone()).take(MOST).collect();
        let mut seen = HashSet::new();
        ask.words.retain(|term| seen.insert(term.text.clone()));
        ask.words.truncate(MOST);
        ask
    }

    fn phrase(&mut self, text: &str) {
        let words = plain(text);
        for word in &words {
            self.words.push(Term { text: word.clone(), typed: word.clone(), lower: word.clone(), may_mend: false, is_prefix: false, is_extra: false });
        }
        if !words.is_empty() {
            self.phrases.push(words);
        }
    }

    /// Takes a `field:value`; false when it means nothing.
    fn narrow(&mut self, field: &str, value: &str, kinds: &[&str]) -> bool {
        let (field, value) = (field.to_lowercase(), value.to_lowercase());
        match field.as_str() {
            "type" => match kinds.iter().find(|kind| **kind == value || format!("{kind}s") == value) {
                Some(kind) => self.kinds.push((*kind).to_owned()),
                None => return false,
            },
            "before" => match day(&value) {
                Some(at) => self.before = Some(at),
                None => return false,
            },
            "after" => match day(&value) {
                Some(at) => self.after = Some(at),
                None => return false,
            },
            _ => match FIELDS.iter().find(|known| **known == field) {
                Some(field) if !value.is_empty() => self.narrows.push(Narrow { field, value }),
                _ => return false,
            },
        }
        true
    }

    /// Nothing is asked at all.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty() && self.phrases.is_empty() && self.narrows.is_empty() && self.kinds.is_empty() && self.after.is_none() && self.before.is_none()
    }

    /// Nothing but what narrows: all that fits, the newest first.
    pub fn is_list(&self) -> bool {
        self.words.is_empty() && self.phrases.is_empty()
    }
}

fn plain(text: &str) -> Vec<String> {
    words::words(text).into_iter().filter(|word| word.shape != Shape::Code).map(|word| word.text).take(MOST).collect()
}

/// The words of a further piece, at places after those before.
fn placed(before: &[Word], text: &str) -> Vec<Word> {
    let first = before.last().map_or(0, |word| word.place + 1);
    words::words(text).into_iter().map(|word| Word { place: first + word.place, ..word }).collect()
}

fn terms(words: &[Word], tongues: &[Language], is_open: bool) -> Vec<Term> {
    let says_little = |word: &Word| word.shape == Shape::Plain && tongues.iter().any(|tongue| tongue.says_little(&word.text));
    let all_say_little = words.iter().all(&says_little);
    let last = words.len().wrapping_sub(1);
    let mut terms = Vec::new();
    for (at, word) in words.iter().enumerate() {
        let is_prefix = is_open && at == last;
        // words that say little are only in the way of those that say more
        if says_little(word) && !all_say_little && !is_prefix {
            continue;
        }
        let letters = word.text.chars().count();
        let is_word = word.shape == Shape::Plain && letters >= 4 && word.text.chars().all(char::is_alphabetic);
        terms.push(Term {
            text: word.text.clone(),
            typed: word.lower.clone(),
            lower: word.lower.clone(),
            may_mend: is_word,
            is_prefix: is_prefix && word.shape != Shape::Code,
            is_extra: word.shape == Shape::Code,
        });
    }
    terms
}

/// The first moment of a day, month or year, in UTC.
fn day(text: &str) -> Option<Timestamp> {
    let whole = match text.len() {
        4 => format!("{text}-01-01"),
        7 => format!("{text}-01"),
        10 => text.to_owned(),
        _ => return None,
    };
    let day: jiff::civil::Date = whole.parse().ok()?;
    Some(Timestamp::from_micros(day.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp().as_microsecond()))
}

/// Cuts the text: quoted, after a minus, after a field's name, and the rest. A quotation that does not end is text.
fn pieces(text: &str) -> Vec<Piece<'_>> {
    let (mut found, mut rest) = (Vec::new(), text);
    while let Some(begin) = rest.find(|c: char| !c.is_whitespace()) {
        rest = &rest[begin..];
        if let Some((quoted, after)) = quoted(rest) {
            found.push(Piece::Phrase(quoted));
            rest = after;
            continue;
        }
        if let Some(minus) = rest.strip_prefix('-').filter(|next| next.starts_with(|c: char| c.is_alphanumeric() || is_quote(c))) {
            let (value, after) = value(minus);
            found.push(Piece::Without(value));
            rest = after;
            continue;
        }
        let end = rest.find(|c: char| c.is_whitespace() || is_quote(c)).unwrap_or(rest.len());
        let word = &rest[..end];
        match word.split_once(':') {
            Some((field, _)) if !field.is_empty() && field.chars().all(|c| c.is_ascii_alphabetic()) => {
                let (value, after) = value(&rest[field.len() + 1..]);
                found.push(Piece::Field(field, value));
                rest = after;
            }
            _ => {
                let end = end.max(rest.chars().next().map_or(1, char::len_utf8));
                found.push(Piece::Text(&rest[..end]));
                rest = &rest[end..];
            }
        }
    }
    found
}

fn is_quote(c: char) -> bool {
    matches!(c, '"' | '“' | '”' | '„' | '«' | '»')
}

/// A quotation at the beginning, and what follows it.
fn quoted(text: &str) -> Option<(&str, &str)> {
    let begin = text.chars().next().filter(|c| is_quote(*c))?.len_utf8();
    let end = begin + text[begin..].find(is_quote)?;
    let close = text[end..].chars().next()?.len_utf8();
    Some((&text[begin..end], &text[end + close..]))
}

/// A value: quoted, or up to the next blank.
fn value(text: &str) -> (&str, &str) {
    quoted(text).unwrap_or_else(|| text.split_at(text.find(char::is_whitespace).unwrap_or(text.len())))
}

#[cfg(test)]
mod tests {
    use super::*;

    const KINDS: &[&str] = &["article", "ticket"];

    fn read(text: &str) -> Ask {
        let english: Vec<Language> = Language::of_tag("en").into_iter().collect();
        Ask::read(text, KINDS, &english, false)
    }

    fn texts(ask: &Ask) -> Vec<&str> {
        ask.words.iter().map(|term| term.text.as_str()).collect()
    }

    #[test]
    fn words_phrases_minus_and_fields_are_told_apart() {
        let ask = read(r#"how do I reset "two factor" -mobile status:open tag:"big one" colour:red before:2026-11-01 type:articles"#);
        assert_eq!(texts(&ask), ["two", "factor", "reset", "colour", "red"]);
        assert_eq!(ask.phrases, [["two", "factor"]]);
        assert_eq!(ask.without, [["mobile"]]);
        let narrows: Vec<_> = ask.narrows.iter().map(|narrow| (narrow.field, narrow.value.as_str())).collect();
        assert_eq!(narrows, [("status", "open"), ("tag", "big one")]);
        assert_eq!(ask.kinds, ["article"]);
        assert_eq!(ask.before.map(Timestamp::seconds), Some(1_793_491_200));
    }

    #[test]
    fn what_means_nothing_is_words() {
        for (text, expected) in [
            ("\"unbalanced quote", vec!["unbalanced", "quote"]),
            ("type:zebra", vec!["type", "zebra"]),
            ("before:yesterday", vec!["before", "yesterday"]),
            ("a -- b - c", vec!["b", "c"]),
            ("status:", vec!["status"]),
            ("::: \"\" -\"\" - ", vec![]),
            ("what is the", vec!["what", "is", "the"]),
            ("\u{202E}\0", vec![]),
            ("ERR-1042", vec!["err1042", "err", "1042"]),
        ] {
            let ask = read(text);
            assert_eq!(texts(&ask), expected, "{text}");
            assert!(ask.narrows.is_empty() && ask.kinds.is_empty());
        }
        assert_eq!(read(&"word ".repeat(10_000)).words.len(), 1);
        assert!(read(&"\"-:".repeat(10_000)).words.is_empty());
    }

    #[test]
    fn short_words_numbers_codes_and_phrases_are_not_mended_and_the_last_word_may_go_on() {
        let english: Vec<Language> = Language::of_tag("en").into_iter().collect();
        let ask = Ask::read("the pasword abc 12345 \"quoted words\" ERR-1042 prin", KINDS, &english, true);
        let may: Vec<_> = ask.words.iter().filter(|term| term.may_mend).map(|term| term.text.as_str()).collect();
        assert_eq!(may, ["pasword", "prin"]);
        assert_eq!(ask.words.last().map(|term| (term.text.as_str(), term.is_prefix)), Some(("prin", true)));
    }
}
