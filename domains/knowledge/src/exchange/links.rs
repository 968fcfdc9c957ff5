//! Links and pictures of a page: where each target stands in the text, what it names, and how it is written anew.

use std::ops::Range;

/// A target in Markdown.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Target {
    /// Where its address stands.
    pub(crate) at: Range<usize>,
    /// A picture's.
    pub(crate) is_image: bool,
}

/// The targets of `[text](target)`, `![text](target)` and `[name]: target`, outside of fenced code and of code in a line.
pub(crate) fn targets(source: &str) -> Vec<Target> {
    let mut found = Vec::new();
    let (mut fence, mut at) = (None, 0);
    for line in source.split_inclusive('\n') {
        let start = line.trim_start();
        let sign = start.chars().next().filter(|sign| matches!(sign, '`' | '~'));
        let run = sign.map_or(0, |sign| start.len() - start.trim_start_matches(sign).len());
        match fence {
            Some((own, count)) if sign == Some(own) && run >= count => fence = None,
            Some(_) => {}
            None if run >= 3 => fence = sign.map(|sign| (sign, run)),
            None => of_line(line, at, &mut found),
        }
        at += line.len();
    }
    found
}

fn of_line(line: &str, offset: usize, found: &mut Vec<Target>) {
    let code = code_of(line);
    if let Some((name, rest)) = line.trim_start().strip_prefix('[').and_then(|rest| rest.split_once("]: "))
        && !name.contains(']')
    {
        let start = line.len() - rest.len() + rest.len() - rest.trim_start().len();
        let end = start + line[start..].find(char::is_whitespace).unwrap_or(line.len() - start);
        found.push(Target { at: offset + start..offset + end, is_image: false });
        return;
    }
    for (at, _) in line.match_indices("](") {
        if code.iter().any(|range| range.contains(&at)) {
            continue;
        }
        let start = at + 2;
        let Some(end) = end_of(&line[start..]) else { continue };
        let is_image = opening(&line[..at]).is_some_and(|open| open > 0 && line.as_bytes()[open - 1] == b'!');
        let is_angled = line[start..].starts_with('<');
        let range = if is_angled { start + 1..start + end - 1 } else { start..start + end };
        found.push(Target { at: offset + range.start..offset + range.end, is_image });
    }
}

/// Where an address ends: at a space or at the bracket that closes it.
fn end_of(rest: &str) -> Option<usize> {
    if rest.starts_with('<') {
        return rest.find('>').map(|end| end + 1);
    }
    let mut depth = 0;
    for (at, c) in rest.char_indices() {
        match c {
            '(' => depth += 1,
            ')' if depth == 0 => return Some(at),
            ')' => depth -= 1,
            c if c.is_whitespace() => return Some(at),
            _ => {}
        }
    }
    None
}

/// Where the bracket of the words opens.
fn opening(before: &str) -> Option<usize> {
    let mut depth = 0;
    for (at, c) in before.char_indices().rev() {
        match c {
            ']' => depth += 1,
            '[' if depth == 0 => return Some(at),
            '[' => depth -= 1,
            _ => {}
        }
    }
    None
}

/// The pieces of code in a line.
fn code_of(line: &str) -> Vec<Range<usize>> {
    let ticks: Vec<usize> = line.match_indices('`').map(|(at, _)| at).collect();
    ticks.chunks_exact(2).map(|pair| pair[0]..pair[1]).collect()
}

/// The text with other targets; `None` keeps one.
pub(crate) fn rewritten(source: &str, targets: &[Target], new: &[Option<String>]) -> String {
    let (mut out, mut from) = (String::with_capacity(source.len()), 0);
    for (target, new) in targets.iter().zip(new) {
        if let Some(new) = new {
            out.push_str(&source[from..target.at.start]);
            out.push_str(new);
            from = target.at.end;
        }
    }
    out.push_str(&source[from..]);
    out
}

/// The path that a target names, seen from a page, and what stands behind its `#`. None for other sites and for a place of the page.
pub(crate) fn path_of(page: &str, target: &str) -> Option<(String, String)> {
    let target = percent_encoding::percent_decode_str(target).decode_utf8_lossy().replace('\\', "/");
    let is_elsewhere = target.contains("://") || target.starts_with("//") || target.starts_with("mailto:") || target.starts_with('#') || target.is_empty();
    if is_elsewhere || target.split('/').next().is_some_and(|first| first.contains(':')) {
        return None;
    }
    let (path, fragment) = target.split_once('#').unwrap_or((&target, ""));
    let path = path.split('?').next().unwrap_or_default();
    let folder = page.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut parts: Vec<&str> = if path.starts_with('/') { Vec::new() } else { folder.split('/').filter(|part| !part.is_empty()).collect() };
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    Some((parts.join("/"), fragment.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_found_and_code_is_left_alone() {
        let source =
            "[a](one.md) ![b](img/x.png \"t\") [![c](y.png)](two.md) `[d](no.md)`\n```\n[e](no.md)\n```\n[f](<z z.md>)\n[g]: three.md \"t\"\n[h](a_(b).md)";
        let found: Vec<(&str, bool)> = targets(source).into_iter().map(|target| (&source[target.at.clone()], target.is_image)).collect();

        let expected =
            [("one.md", false), ("img/x.png", true), ("y.png", true), ("two.md", false), ("z z.md", false), ("three.md", false), ("a_(b).md", false)];
        assert_eq!(found, expected);
        let all = targets(source);
        let new: Vec<_> = all.iter().map(|target| (&source[target.at.clone()] == "two.md").then(|| "/a/two".to_owned())).collect();
        assert!(rewritten(source, &all, &new).contains("[![c](y.png)](/a/two)"));
    }

    #[test]
    fn paths_are_seen_from_the_page_and_never_leave_the_folder() {
        for (target, expected) in [
            ("b.md", Some("docs/a/b.md")),
            ("./b.md#x", Some("docs/a/b.md")),
            ("../c/", Some("docs/c")),
            ("/top/d", Some("top/d")),
            ("../../../../etc/passwd", Some("etc/passwd")),
            ("https://x.test", None),
            ("javascript:alert(1)", None),
            ("#here", None),
            ("a%20b.md", Some("docs/a/a b.md")),
        ] {
            assert_eq!(path_of("docs/a/page.md", target).map(|(path, _)| path).as_deref(), expected, "{target}");
        }
    }
}
