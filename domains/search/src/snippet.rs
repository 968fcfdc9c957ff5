//! The passage of a text where most of what was looked for stands, with those words marked.

use crate::{
    language::Language,
    schema,
    words::{self, Shape, Word},
};
use std::collections::HashSet;

/// The length of a passage, in characters.
const LONG: usize = 180;

/// A part of a passage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// Its text.
    pub text: String,
    /// It was looked for.
    pub is_hit: bool,
}

/// The passage with most of `terms`; the beginning where there is none of them.
pub fn passage(text: &str, language: Option<Language>, terms: &HashSet<String>) -> Vec<Piece> {
    let flat: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let words = words::words(&flat);
    let looked = Looked::of(terms, language);
    let hits: Vec<&Word> = words.iter().filter(|word| looked.has(word)).collect();
    let (begin, end) = window(&flat, &hits);
    let mut pieces = Vec::new();
    if begin > 0 {
        pieces.push(Piece { text: "… ".to_owned(), is_hit: false });
    }
    mark(&flat, (begin, end), &hits, &mut pieces);
    if end < flat.len() {
        pieces.push(Piece { text: " …".to_owned(), is_hit: false });
    }
    pieces
}

/// The whole text with what was looked for marked.
pub fn whole(text: &str, language: Option<Language>, terms: &HashSet<String>) -> Vec<Piece> {
    let words = words::words(text);
    let looked = Looked::of(terms, language);
    let hits: Vec<&Word> = words.iter().filter(|word| looked.has(word)).collect();
    let mut pieces = Vec::new();
    mark(text, (0, text.len()), &hits, &mut pieces);
    pieces
}

/// As HTML in which nothing but `<mark>` is markup.
pub fn html(pieces: &[Piece]) -> String {
    pieces.iter().map(|piece| if piece.is_hit { format!("<mark>{}</mark>", ui::escape(&piece.text)) } else { ui::escape(&piece.text) }).collect()
}

/// What was looked for. Stems are long to make, and an ASCII letter at the beginning of a word stays in each of its forms.
struct Looked<'t> {
    terms: &'t HashSet<String>,
    begins: HashSet<char>,
    language: Option<Language>,
}

impl<'t> Looked<'t> {
    fn of(terms: &'t HashSet<String>, language: Option<Language>) -> Self {
        Self { begins: terms.iter().filter_map(|term| schema::word(term).chars().next()).collect(), terms, language }
    }

    fn has(&self, word: &Word) -> bool {
        let may_be = word.lower.chars().next().is_some_and(|first| !first.is_ascii_alphabetic() || self.begins.contains(&first));
        let is_stem = |language| may_be && self.terms.contains(&schema::stem(language, &word.lower));
        self.terms.contains(&word.text) || word.shape == Shape::Plain && self.language.is_some_and(is_stem)
    }
}

/// Where the most different words stand within the length of a passage, in bytes.
fn window(text: &str, hits: &[&Word]) -> (usize, usize) {
    let mut best = (0, 0);
    for (at, first) in hits.iter().enumerate() {
        let within: HashSet<&str> = hits[at..].iter().take_while(|hit| hit.span.1 - first.span.0 <= LONG).map(|hit| hit.text.as_str()).collect();
        if within.len() > best.0 {
            best = (within.len(), first.span.0);
        }
    }
    // some words before the first hit
    let lead = text[..best.1].char_indices().rev().take(40).last().map_or(0, |(at, _)| at);
    let begin = if lead == 0 { 0 } else { text[lead..best.1].find(' ').map_or(lead, |blank| lead + blank + 1) };
    let limit = text[begin..].char_indices().nth(LONG).map_or(text.len(), |(at, _)| begin + at);
    let end = if limit == text.len() { limit } else { text[begin..limit].rfind(' ').filter(|blank| *blank > 0).map_or(limit, |blank| begin + blank) };
    (begin, end)
}

fn mark(text: &str, (begin, end): (usize, usize), hits: &[&Word], pieces: &mut Vec<Piece>) {
    let mut push = |text: &str, is_hit| {
        if !text.is_empty() {
            pieces.push(Piece { text: text.to_owned(), is_hit });
        }
    };
    let mut at = begin;
    let mut run: Option<(usize, usize)> = None;
    for hit in hits.iter().filter(|hit| hit.span.0 >= begin && hit.span.1 <= end) {
        run = match run {
            // pairs overlap, and a code stands over its parts
            Some((from, to)) if hit.span.0 <= to => Some((from, to.max(hit.span.1))),
            Some((from, to)) => {
                push(&text[at..from], false);
                push(&text[from..to], true);
                at = to;
                Some(hit.span)
            }
            None => Some(hit.span),
        };
    }
    if let Some((from, to)) = run {
        push(&text[at..from], false);
        push(&text[from..to], true);
        at = to;
    }
    push(&text[at..end], false);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_passage_holds_what_was_looked_for_and_marks_it() {
        let english = Language::of_tag("en");
        let terms: HashSet<String> = ["reset".to_owned(), schema::stem(english.unwrap(), "passwords")].into();
        let text = format!("{} To reset your <b>password</b>, open the page. {}", "Filler words here. ".repeat(40), "More. ".repeat(80));

        let pieces = passage(&text, english, &terms);

        let marked: Vec<&str> = pieces.iter().filter(|piece| piece.is_hit).map(|piece| piece.text.as_str()).collect();
        assert_eq!(marked, ["reset", "password"]);
        let html = html(&pieces);
        assert!(html.starts_with("… ") && html.contains("your &lt;b&gt;<mark>password</mark>&lt;/b&gt;"), "{html}");
        assert!(pieces.iter().map(|piece| piece.text.chars().count()).sum::<usize>() <= LONG + 4);
    }

    #[test]
    fn pairs_are_marked_as_one_and_odd_texts_are_no_trouble() {
        let terms: HashSet<String> = ["重置".to_owned(), "置密".to_owned(), "密码".to_owned()].into();
        let pieces = whole("如何重置密码？", None, &terms);
        assert_eq!(pieces.iter().map(|piece| (piece.text.as_str(), piece.is_hit)).collect::<Vec<_>>(), [("如何", false), ("重置密码", true), ("？", false)]);
        for text in ["", "🙂", &"x".repeat(1_000), &"长".repeat(1_000)] {
            let _ = passage(text, None, &terms);
        }
    }
}
