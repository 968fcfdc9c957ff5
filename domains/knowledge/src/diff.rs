//! What differs between two texts, line by line.

/// Lines of both texts that are compared with each other; beyond that the middle counts as rewritten.
const MOST: usize = 4_000_000;

/// A line of the difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line {
    /// In both.
    Same(String),
    /// Only in the older one.
    Gone(String),
    /// Only in the newer one.
    New(String),
    /// So many lines that are in both, left out.
    Skipped(usize),
}

/// Lines that stay around a change.
const AROUND: usize = 3;

/// From the older text to the newer one, with a few lines around each change.
pub fn diff(old: &str, new: &str) -> Vec<Line> {
    let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    let head = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let tail = old[head..].iter().rev().zip(new[head..].iter().rev()).take_while(|(a, b)| a == b).count();
    let same = |line: &&str| Line::Same((*line).to_owned());
    let mut lines: Vec<Line> = old[..head].iter().map(same).collect();
    lines.extend(middle(&old[head..old.len() - tail], &new[head..new.len() - tail]));
    lines.extend(old[old.len() - tail..].iter().map(same));
    fold(lines)
}

/// By the longest common subsequence.
fn middle(old: &[&str], new: &[&str]) -> Vec<Line> {
    let (gone, added) = (|line: &&str| Line::Gone((*line).to_owned()), |line: &&str| Line::New((*line).to_owned()));
    if old.len().saturating_mul(new.len()) > MOST {
        return old.iter().map(gone).chain(new.iter().map(added)).collect();
    }
    let width = new.len() + 1;
    let mut common = vec![0_u32; (old.len() + 1) * width];
    for (i, a) in old.iter().enumerate().rev() {
        for (j, b) in new.iter().enumerate().rev() {
            common[i * width + j] = if a == b { common[(i + 1) * width + j + 1] + 1 } else { common[(i + 1) * width + j].max(common[i * width + j + 1]) };
        }
    }
    let (mut i, mut j, mut lines) = (0, 0, Vec::new());
    while i < old.len() && j < new.len() {
        if old[i] == new[j] {
            lines.push(Line::Same(old[i].to_owned()));
            (i, j) = (i + 1, j + 1);
        } else if common[(i + 1) * width + j] >= common[i * width + j + 1] {
            lines.push(gone(&old[i]));
            i += 1;
        } else {
            lines.push(added(&new[j]));
            j += 1;
        }
    }
    lines.extend(old[i..].iter().map(gone));
    lines.extend(new[j..].iter().map(added));
    lines
}

/// Leaves out what is the same far from any change.
fn fold(lines: Vec<Line>) -> Vec<Line> {
    let changed: Vec<usize> = lines.iter().enumerate().filter(|(_, line)| !matches!(line, Line::Same(_))).map(|(at, _)| at).collect();
    let is_near = |at: usize| {
        let next = changed.partition_point(|change| *change < at);
        let distance = |change: Option<&usize>| change.map_or(usize::MAX, |change| change.abs_diff(at));
        distance(changed.get(next)).min(distance(next.checked_sub(1).and_then(|before| changed.get(before)))) <= AROUND
    };
    let mut folded: Vec<Line> = Vec::new();
    for (at, line) in lines.into_iter().enumerate() {
        match (is_near(at), folded.last_mut()) {
            (true, _) => folded.push(line),
            (false, Some(Line::Skipped(count))) => *count += 1,
            (false, _) => folded.push(Line::Skipped(1)),
        }
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_went_and_came_stand_among_those_that_stayed() {
        let same = |line: &str| Line::Same(line.to_owned());
        let expected = vec![same("a"), Line::Gone("b".to_owned()), Line::New("x".to_owned()), same("c")];

        assert_eq!(diff("a\nb\nc", "a\nx\nc"), expected);
        assert_eq!(diff("", "a"), vec![Line::New("a".to_owned())]);
        assert_eq!(diff("a", "a"), vec![Line::Skipped(1)]);
        assert_eq!(diff("", ""), Vec::new());
    }

    #[test]
    fn long_texts_are_folded_and_very_long_ones_end() {
        let old = (0..9_000).map(|n| n.to_string()).collect::<Vec<_>>().join("\n");

        let small = diff(&old, &old.replace("4500", "x"));
        let large = diff(&old, &old.replace('1', "y").replace('2', "z"));

        assert_eq!(small.len(), 10);
        assert!(large.len() > 3_000);
    }
}
