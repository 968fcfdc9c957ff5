//! Words near another one: what was meant by a slip of the fingers, and how a beginning may go on. Only words that the
//! reader may find are known here.

use crate::{
    schema::STEM,
    view::{View, broken},
};
use kernel::Result;
use std::collections::{BTreeMap, HashMap};

/// A word that the reader may find.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Near {
    /// Folded.
    pub word: String,
    /// Slips between them.
    pub slips: usize,
    /// In how many entries it is, up to a limit.
    pub count: usize,
}

/// Counting stops here.
const ENOUGH: usize = 500;
/// So many beginnings of words are looked at, the frequent ones first.
const LOOKED_AT: usize = 2_000;

/// How many slips are forgiven in a word of so many letters.
pub const fn forgiven(letters: usize) -> usize {
    match letters {
        0..=4 => 0,
        5..=8 => 1,
        _ => 2,
    }
}

/// Known words within so many slips of one, with its first letter, the nearest and then the most frequent first.
pub fn near(view: &View<'_>, word: &str, slips: usize, limit: usize) -> Result<Vec<Near>> {
    let letters: Vec<char> = word.chars().collect();
    let Some(first) = letters.first().filter(|_| slips > 0) else { return Ok(Vec::new()) };
    let mut found: BTreeMap<String, usize> = BTreeMap::new();
    let (mut row, mut other) = (Vec::new(), Vec::new());
    each(view, &first.to_string(), |term, _| {
        other.clear();
        other.extend(term.chars());
        if other.len().abs_diff(letters.len()) <= slips
            && let Some(distance) = distance(&letters, &other, slips, &mut row)
        {
            found.insert(term.to_owned(), distance);
        }
    })?;
    let mut known = Vec::new();
    for (word, slips) in found {
        let count = count(view, &word)?;
        if count > 0 {
            known.push(Near { word, slips, count });
        }
    }
    known.sort_by(|one, other| one.slips.cmp(&other.slips).then(other.count.cmp(&one.count)).then(one.word.cmp(&other.word)));
    known.truncate(limit);
    Ok(known)
}

/// Known words that begin so, the most frequent first.
pub fn beginning(view: &View<'_>, begin: &str, limit: usize) -> Result<Vec<Near>> {
    let mut found: HashMap<String, u32> = HashMap::new();
    each(view, begin, |term, entries| *found.entry(term.to_owned()).or_default() += entries)?;
    let mut frequent: Vec<(String, u32)> = found.into_iter().collect();
    frequent.sort_unstable_by(|one, other| other.1.cmp(&one.1).then(one.0.cmp(&other.0)));
    frequent.truncate(LOOKED_AT);
    let mut known = Vec::new();
    for (word, _) in frequent {
        let count = if view.knows(&word)? { count(view, &word)? } else { 0 };
        if count > 0 {
            known.push(Near { word, slips: 0, count });
        }
        if known.len() >= limit * 2 {
            break;
        }
    }
    known.sort_by(|one, other| other.count.cmp(&one.count).then(one.word.cmp(&other.word)));
    known.truncate(limit);
    Ok(known)
}

fn count(view: &View<'_>, word: &str) -> Result<usize> {
    let mut count = 0;
    for field in view.fields.text {
        count += view.count(field, word, ENOUGH)?;
    }
    Ok(count)
}

/// Calls with each term of the texts that begins so and in how many entries it is, whoever may find them.
fn each(view: &View<'_>, begin: &str, mut call: impl FnMut(&str, u32)) -> Result<()> {
    let end = format!("{begin}\u{10FFFF}");
    for field in view.fields.text {
        for segment in view.searcher.segment_readers() {
            let index = segment.inverted_index(field).map_err(broken)?;
            let mut terms = index.terms().range().ge(begin.as_bytes()).lt(end.as_bytes()).into_stream().map_err(broken)?;
            while terms.advance() {
                let entries = terms.value().doc_freq;
                if let Some(term) = std::str::from_utf8(terms.key()).ok().filter(|term| !term.starts_with(STEM)) {
                    call(term, entries);
                }
            }
        }
    }
    Ok(())
}

/// Letters put in, left out, taken for another, or swapped with their neighbour; none beyond `most`.
fn distance(one: &[char], other: &[char], most: usize, row: &mut Vec<usize>) -> Option<usize> {
    // three rows behind each other: the one before the last, the last, the present
    let width = other.len() + 1;
    row.clear();
    row.resize(width * 3, 0);
    let (mut oldest, mut old, mut new) = (0, width, 2 * width);
    for at in 0..width {
        row[old + at] = at;
    }
    for (at, letter) in one.iter().enumerate() {
        row[new] = at + 1;
        let mut least = at + 1;
        for place in 1..width {
            let same = usize::from(*letter != other[place - 1]);
            let mut slips = (row[old + place] + 1).min(row[new + place - 1] + 1).min(row[old + place - 1] + same);
            if at > 0 && place > 1 && *letter == other[place - 2] && one[at - 1] == other[place - 1] {
                slips = slips.min(row[oldest + place - 2] + 1);
            }
            row[new + place] = slips;
            least = least.min(slips);
        }
        if least > most {
            return None;
        }
        (oldest, old, new) = (old, new, oldest);
    }
    Some(row[old + width - 1]).filter(|slips| *slips <= most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_counted_up_to_what_is_forgiven() {
        let letters = |text: &str| text.chars().collect::<Vec<_>>();
        let between = |one: &str, other: &str, most| distance(&letters(one), &letters(other), most, &mut Vec::new());
        for (one, other, expected) in [
            ("pasword", "password", Some(1)),
            ("passwrod", "password", Some(1)),
            ("password", "password", Some(0)),
            ("invocie", "invoice", Some(1)),
            ("authentcation", "authentication", Some(1)),
            ("autentcation", "authentication", Some(2)),
            ("printer", "invoice", None),
            ("", "ab", Some(2)),
        ] {
            assert_eq!(between(one, other, 2), expected, "{one} {other}");
        }
        assert_eq!(between("autentcation", "authentication", 1), None);
        assert_eq!([4, 5, 8, 9].map(forgiven), [0, 1, 1, 2]);
    }
}
