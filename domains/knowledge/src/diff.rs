//! What differs between two texts: rows that stand beside each other, with the words marked that went and came.

use similar::{Algorithm, ChangeTag, DiffOp, TextDiff, TextMerge};
use std::time::Duration;

/// Lines that stay around a change.
const AROUND: usize = 3;
/// Then what is left counts as rewritten.
const PATIENCE: Duration = Duration::from_millis(300);
/// Lines that have less in common than this are not compared word by word.
const ALIKE: f32 = 0.3;
/// Longer lines are not compared word by word.
const LONG: usize = 4_000;

/// A piece of a line; true for what is only in this one.
pub type Piece = (bool, String);

/// A line with its number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Counted from 1.
    pub number: usize,
    /// What stands in it.
    pub pieces: Vec<Piece>,
}

/// Two lines that stand beside each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Row {
    /// In both.
    Same(Line, Line),
    /// Changed, gone or new.
    Changed(Option<Line>, Option<Line>),
    /// So many lines that are in both, left out.
    Skipped(usize),
}

impl Line {
    fn plain(number: usize, text: &str, is_other: bool) -> Self {
        let text = text.trim_end_matches(['\n', '\r']);
        Self { number: number + 1, pieces: vec![(is_other, text.to_owned())] }
    }
}

/// What two people made of one text, with the changes of both; none where they changed the same lines.
pub fn both(base: &str, mine: &str, theirs: &str) -> Option<String> {
    let (base, mine, theirs) = (ended(base), ended(mine), ended(theirs));
    let merge = TextMerge::from_lines(base.as_str(), mine.as_str(), theirs.as_str());
    (!merge.is_conflicted()).then(|| merge.to_string().trim_end_matches('\n').to_owned())
}

/// Every line ends alike, the last one too.
fn ended(text: &str) -> String {
    format!("{}\n", text.replace("\r\n", "\n").trim_end_matches('\n'))
}

/// From the older text to the newer one, with a few lines around each change.
pub fn side_by_side(old: &str, new: &str) -> Vec<Row> {
    let (old, new) = (&old.replace("\r\n", "\n"), &new.replace("\r\n", "\n"));
    let diff = TextDiff::configure().algorithm(Algorithm::Patience).timeout(PATIENCE).diff_lines(old.as_str(), new.as_str());
    let (before, after): (Vec<&str>, Vec<&str>) = (diff.iter_old_slices().collect(), diff.iter_new_slices().collect());
    let mut rows = Vec::new();
    let mut end = 0;
    for group in diff.grouped_ops(AROUND) {
        let start = group.first().map_or(end, |op| op.old_range().start);
        skip(&mut rows, start - end);
        for op in &group {
            let (olds, news) = (op.old_range(), op.new_range());
            end = olds.end;
            if matches!(op, DiffOp::Equal { .. }) {
                rows.extend(olds.zip(news).map(|(i, j)| Row::Same(Line::plain(i, before[i], false), Line::plain(j, after[j], false))));
            } else {
                changed(&mut rows, olds, news, &before, &after);
            }
        }
    }
    skip(&mut rows, before.len() - end);
    rows
}

fn skip(rows: &mut Vec<Row>, count: usize) {
    if count > 0 {
        rows.push(Row::Skipped(count));
    }
}

/// Lines that went beside those that came; the longer side goes on alone.
fn changed(rows: &mut Vec<Row>, olds: std::ops::Range<usize>, news: std::ops::Range<usize>, before: &[&str], after: &[&str]) {
    for at in 0..olds.len().max(news.len()) {
        let (old, new) = (olds.clone().nth(at), news.clone().nth(at));
        rows.push(match (old, new) {
            (Some(i), Some(j)) => {
                let (left, right) = words(before[i], after[j]);
                Row::Changed(Some(Line { number: i + 1, pieces: left }), Some(Line { number: j + 1, pieces: right }))
            }
            (old, new) => Row::Changed(old.map(|i| Line::plain(i, before[i], true)), new.map(|j| Line::plain(j, after[j], true))),
        });
    }
}

/// Two lines, word by word.
fn words(old: &str, new: &str) -> (Vec<Piece>, Vec<Piece>) {
    let (old, new) = (old.trim_end_matches(['\n', '\r']), new.trim_end_matches(['\n', '\r']));
    let whole = || (vec![(true, old.to_owned())], vec![(true, new.to_owned())]);
    if old.len() > LONG || new.len() > LONG {
        return whole();
    }
    let diff = TextDiff::configure().timeout(PATIENCE).diff_words(old, new);
    if diff.ratio() < ALIKE {
        return whole();
    }
    let (mut left, mut right) = (Vec::new(), Vec::new());
    for change in diff.iter_all_changes() {
        match change.tag() {
            ChangeTag::Equal => {
                put(&mut left, false, change.value());
                put(&mut right, false, change.value());
            }
            ChangeTag::Delete => put(&mut left, true, change.value()),
            ChangeTag::Insert => put(&mut right, true, change.value()),
        }
    }
    (left, right)
}

fn put(pieces: &mut Vec<Piece>, is_other: bool, text: &str) {
    match pieces.last_mut() {
        Some((last, before)) if *last == is_other => before.push_str(text),
        _ => pieces.push((is_other, text.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(number: usize, pieces: &[(bool, &str)]) -> Line {
        Line { number, pieces: pieces.iter().map(|(is_other, text)| (*is_other, (*text).to_owned())).collect() }
    }

    #[test]
    fn lines_that_changed_stand_beside_each_other_with_their_words_marked() {
        let rows = side_by_side("a\nthe old key stays here\nc\n", "a\nthe new key stays here\nc\nd\n");

        let old = line(2, &[(false, "the "), (true, "old"), (false, " key stays here")]);
        let new = line(2, &[(false, "the "), (true, "new"), (false, " key stays here")]);
        assert_eq!(rows[1], Row::Changed(Some(old), Some(new)));
        assert_eq!(rows[0], Row::Same(line(1, &[(false, "a")]), line(1, &[(false, "a")])));
        assert_eq!(rows[3], Row::Changed(None, Some(line(4, &[(true, "d")]))));
    }

    #[test]
    fn changes_of_two_stand_in_one_text_unless_they_touch_the_same_lines() {
        let base = "one\n\ntwo\n\nthree";

        assert_eq!(both(base, "ONE\n\ntwo\n\nthree", "one\n\ntwo\n\nthree\n\nfour").as_deref(), Some("ONE\n\ntwo\n\nthree\n\nfour"));
        assert_eq!(both(base, "one\r\n\r\nmine\r\n\r\nthree", "one\n\ntheirs\n\nthree"), None);
        assert_eq!(both(base, base, base).as_deref(), Some(base));
    }

    #[test]
    fn lines_that_have_little_in_common_are_marked_whole() {
        let rows = side_by_side("First.", "Quite another sentence");

        assert_eq!(rows, [Row::Changed(Some(line(1, &[(true, "First.")])), Some(line(1, &[(true, "Quite another sentence")])))]);
    }

    #[test]
    fn what_is_the_same_is_left_out_and_long_texts_end_soon() {
        let old = (0..20_000).map(|n| n.to_string()).collect::<Vec<_>>().join("\n");

        let small = side_by_side(&old, &old.replace("15000", "x"));
        let large = side_by_side(&old, &old.replace('1', "y").replace('2', "z"));

        assert_eq!((small.first(), small.len()), (Some(&Row::Skipped(14_997)), 9));
        assert!(large.len() > 3_000);
        assert_eq!(side_by_side("a", "a"), [Row::Skipped(1)]);
        assert_eq!(side_by_side("", ""), []);
    }
}
