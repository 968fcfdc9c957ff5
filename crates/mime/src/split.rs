//! What is the sender's own in a text: own words, what is quoted, the signature. Losing own words is worse than keeping some
//! quotation, so what is in doubt is own.

use crate::{
    attribution,
    flat::{self, Line},
    header_block, signature,
};

/// The parts of a text. Nothing is deleted: each line stands in one of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Parts {
    pub reply: String,
    pub quoted: String,
    pub signature: String,
    /// The markup or the marks of quotation said so: no guess.
    pub is_sure: bool,
}

/// What became of a line.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Own,
    Quoted,
    Signature,
}

/// Divides a text.
pub(crate) fn split(lines: &[Line]) -> Parts {
    let texts: Vec<&str> = lines.iter().map(|line| line.text.as_str()).collect();
    let mut kinds: Vec<Kind> = lines.iter().map(|line| if line.depth > 0 || line.is_history { Kind::Quoted } else { Kind::Own }).collect();
    above_the_line(lines, &mut kinds);
    let ends = history(lines, &texts, &kinds);
    for kind in kinds.iter_mut().skip(ends) {
        *kind = Kind::Quoted;
    }
    attributions(lines, &texts, &mut kinds, ends);
    signatures(lines, &texts, &mut kinds);
    let own: Vec<usize> = (0..lines.len()).filter(|at| kinds.get(*at) == Some(&Kind::Own) && !lines.get(*at).is_none_or(Line::is_blank)).collect();
    let (first, last) = (own.first().copied().unwrap_or(0), own.last().map_or(0, |last| last + 1));
    // between the first and the last own word what is quoted gives the sense
    let within = |at: usize| (first..last).contains(&at);
    let parts = |takes: &dyn Fn(usize, &Line) -> bool| flat::join(lines.iter().enumerate().filter(|(at, line)| takes(*at, line)).map(|(_, line)| line));
    let is = |at: usize, kind: Kind| kinds_at(&kinds, at) == Some(kind);
    Parts {
        reply: parts(&|at, _| within(at) && !is(at, Kind::Signature)),
        quoted: parts(&|at, _| !within(at) && is(at, Kind::Quoted)),
        signature: parts(&|at, _| is(at, Kind::Signature)),
        is_sure: lines.iter().any(|line| line.begins_history || line.is_history || line.depth > 0),
    }
}

fn kinds_at(kinds: &[Kind], at: usize) -> Option<Kind> {
    kinds.get(at).copied()
}

/// "Reply above this line" with nothing above it is no more than that line.
fn above_the_line(lines: &[Line], kinds: &mut [Kind]) {
    let first = lines.iter().position(Line::may_be_own);
    if let Some(at) = first.filter(|at| lines.get(*at).is_some_and(|line| header_block::is_marker(&line.text.to_lowercase())))
        && let Some(kind) = kinds.get_mut(at)
    {
        *kind = Kind::Quoted;
    }
}

/// From which line on everything is an earlier mail; their number if none is.
fn history(lines: &[Line], texts: &[&str], kinds: &[Kind]) -> usize {
    for at in 0..lines.len() {
        let Some(line) = lines.get(at) else { break };
        if line.begins_history {
            return at;
        }
        if line.is_blank() || kinds_at(kinds, at) != Some(Kind::Own) {
            continue;
        }
        let rest = texts.get(at..).unwrap_or_default();
        let is_apart = at == 0 || lines.get(at - 1).is_none_or(|line| line.is_blank() || line.depth > 0 || !line.text.chars().any(char::is_alphanumeric));
        if is_apart && header_block::begins(rest) {
            return at;
        }
        // an attribution below which nothing is marked: history, if no mark of quotation stands in the whole rest, and
        // what stands above is not empty
        if let Some(taken) = attribution::at(rest)
            && at > 0
            && lines.iter().skip(at).all(|line| line.depth == 0)
            && lines.iter().take(at).any(Line::may_be_own)
            && lines.iter().skip(at + taken).any(|line| !line.is_blank())
            && is_strict(rest, taken)
        {
            return at;
        }
    }
    lines.len()
}

/// An attribution with an address or a name before its verb, as a client makes it.
fn is_strict(rest: &[&str], taken: usize) -> bool {
    let joined = rest.get(..taken).unwrap_or_default().join(" ");
    joined.contains('@') || joined.contains('<') || joined.chars().filter(char::is_ascii_digit).count() >= 6
}

/// Lines that lead in to a quotation go with it.
fn attributions(lines: &[Line], texts: &[&str], kinds: &mut [Kind], ends: usize) {
    let mut at = 0;
    while at < ends.min(lines.len()) {
        let is_own = kinds_at(kinds, at) == Some(Kind::Own) && !lines.get(at).is_none_or(Line::is_blank);
        let taken = if is_own { attribution::at(texts.get(at..ends).unwrap_or_default()) } else { None };
        let Some(taken) = taken else {
            at += 1;
            continue;
        };
        let next = (at + taken..lines.len()).find(|next| lines.get(*next).is_some_and(|line| !line.is_blank()));
        // what follows is quoted, or nothing follows
        if next.is_none_or(|next| kinds_at(kinds, next) == Some(Kind::Quoted)) {
            for kind in kinds.iter_mut().skip(at).take(taken) {
                *kind = Kind::Quoted;
            }
        }
        at += taken;
    }
}

/// Signatures at the end of the own words, and where the markup says so.
fn signatures(lines: &[Line], texts: &[&str], kinds: &mut [Kind]) {
    let mut is_marked = false;
    for (kind, line) in kinds.iter_mut().zip(lines) {
        if line.is_signature && *kind == Kind::Own && !line.is_blank() {
            *kind = Kind::Signature;
            is_marked = true;
        }
    }
    // below a quotation at the top, or above one at the bottom: each run of own lines may end with a signature
    let mut at = 0;
    while at < lines.len() {
        if kinds_at(kinds, at) != Some(Kind::Own) {
            at += 1;
            continue;
        }
        let end = (at..lines.len()).find(|end| kinds_at(kinds, *end) != Some(Kind::Own)).unwrap_or(lines.len());
        let run = texts.get(at..end).unwrap_or_default();
        let keeps = signature::begins(run);
        if !(is_marked && keeps == 0) {
            for (offset, kind) in kinds.iter_mut().enumerate().take(end).skip(at + keeps) {
                if !lines.get(offset).is_none_or(Line::is_blank) {
                    *kind = Kind::Signature;
                }
            }
        }
        at = end;
    }
}
