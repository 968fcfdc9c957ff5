//! Text as lines that know how deep they are quoted: what plain text and HTML have in common.

use crate::attribution;

/// A line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Line {
    /// Without the marks of quotation.
    pub text: String,
    /// How many times it is quoted.
    pub depth: usize,
    /// The marks of quotation as they were written; empty out of HTML.
    pub marks: String,
    /// Its markup says: signature.
    pub is_signature: bool,
    /// Its markup says: part of an earlier mail, or what leads in to one.
    pub is_history: bool,
    /// Its markup says: an earlier mail from here to the end.
    pub begins_history: bool,
}

impl Line {
    pub(crate) fn is_blank(&self) -> bool {
        self.text.trim().is_empty()
    }

    /// Own words as far as its markup says.
    pub(crate) fn may_be_own(&self) -> bool {
        self.depth == 0 && !self.is_history && !self.is_signature && !self.is_blank()
    }
}

/// The lines of a plain text. `flowed`: RFC 3676, with `DelSp=yes` or not.
pub(crate) fn lines(text: &str, flowed: Option<bool>) -> Vec<Line> {
    let mut all: Vec<Line> = Vec::new();
    let mut goes_on = false;
    for raw in text.replace("\r\n", "\n").replace('\r', "\n").split('\n') {
        let (depth, rest) = unquoted(raw, flowed.is_some());
        let rest = if flowed.is_some() { rest.strip_prefix(' ').unwrap_or(rest) } else { rest };
        match all.last_mut() {
            Some(last) if goes_on && last.depth == depth => last.text.push_str(rest),
            _ => {
                let marks = raw.get(..raw.len() - rest.len()).unwrap_or_default().to_owned();
                all.push(Line { text: rest.to_owned(), depth, marks, ..Line::default() });
            }
        }
        goes_on = false;
        if let (Some(del_sp), Some(last)) = (flowed, all.last_mut())
            && last.text.ends_with(' ')
            && last.text != "-- "
        {
            goes_on = true;
            if del_sp {
                last.text.pop();
            }
        }
    }
    for line in &mut all {
        if line.text != "-- " {
            line.text.truncate(line.text.trim_end().len());
        }
    }
    all
}

/// Some clients mark what they quote with initials, `PS> text`: where a line that somebody wrote leads to them, and no other
/// mark stands there. `PS> dir` alone is what somebody typed.
pub(crate) fn initials(lines: &mut [Line]) {
    if lines.iter().any(|line| line.depth > 0) {
        return;
    }
    let texts: Vec<&str> = lines.iter().map(|line| line.text.as_str()).collect();
    let found = (0..texts.len()).find_map(|at| {
        let taken = attribution::at(texts.get(at..)?)?;
        let next = texts.get(at + taken..)?.iter().find(|text| !text.trim().is_empty())?;
        let (mark, _) = next.split_once('>')?;
        let is_mark = (1..=4).contains(&mark.chars().count()) && mark.chars().all(|c| c.is_uppercase() || c.is_alphabetic() && !c.is_lowercase());
        is_mark.then(|| (at + taken, format!("{mark}>")))
    });
    let Some((from, mark)) = found else { return };
    for line in lines.iter_mut().skip(from) {
        if let Some(rest) = line.text.strip_prefix(&mark) {
            (line.text, line.depth, line.marks) = (rest.trim_start_matches('>').trim_start().to_owned(), 1, format!("{mark} "));
        }
    }
}

/// The marks of quotation before a line: `> > text`, `>>text`.
fn unquoted(raw: &str, is_flowed: bool) -> (usize, &str) {
    let (mut depth, mut rest) = (0, raw);
    loop {
        let next = if depth > 0 && !is_flowed { rest.strip_prefix(' ').filter(|next| next.starts_with('>')).unwrap_or(rest) } else { rest };
        let Some(next) = next.strip_prefix('>') else { break };
        depth += 1;
        rest = next;
    }
    (depth, if depth > 0 && !is_flowed { rest.strip_prefix(' ').unwrap_or(rest) } else { rest })
}

/// Lines as plain text, with marks of quotation; empty lines around it are left out, of several together one stays.
pub(crate) fn join<'a>(lines: impl Iterator<Item = &'a Line>) -> String {
    let mut text = String::new();
    let mut blank = false;
    for line in lines {
        // an empty line that is quoted keeps its mark
        if line.is_blank() && line.marks.trim().is_empty() {
            blank = true;
            continue;
        }
        if !text.is_empty() {
            text.push_str(if blank { "\n\n" } else { "\n" });
        }
        blank = false;
        match line.marks.as_str() {
            "" => text.push_str(&"> ".repeat(line.depth)),
            marks => text.push_str(marks),
        }
        text.truncate(if line.is_blank() { text.trim_end_matches(' ').len() } else { text.len() });
        text.push_str(line.text.trim_end());
    }
    text
}
