//! Code with colours: classes that the stylesheet knows, made when a text is saved. Only languages that are named are coloured.

use crate::text::write_escaped;
use std::{fmt::Write as _, sync::LazyLock};
use syntect::parsing::{ParseState, ScopeStack, SyntaxReference, SyntaxSet};

/// Longer code, or code with a longer line, stays as it is: a grammar may need long for it.
const MOST: usize = 20_000;
const LONGEST_LINE: usize = 1_000;
const OPEN: &str = "<pre tabindex=\"0\"><code";
const CLOSE: &str = "</code></pre>";

static SYNTAXES: LazyLock<SyntaxSet> = LazyLock::new(two_face::syntax::extra_newlines);

/// What a fence says beside its language.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Meta {
    title: String,
    /// Lines to point at: first and last, counted from 1.
    marked: Vec<(usize, usize)>,
}

impl Meta {
    /// Takes the words behind a fence, if there are more than a language, and answers what shall stand there instead: the language
    /// and the place of the rest in `metas`.
    pub(super) fn taken(info: &str, metas: &mut Vec<Self>) -> Option<String> {
        let info = info.trim();
        let end = info.find([' ', '\t', '{']).unwrap_or(info.len());
        let (language, rest) = info.split_at(end);
        if rest.trim().is_empty() {
            return None;
        }
        let mut meta = Self::default();
        if let Some(title) = rest.split("title=").nth(1) {
            let quote = title.chars().next().filter(|quote| matches!(quote, '"' | '\''));
            let title = quote.map_or_else(|| title.split_whitespace().next(), |quote| title[1..].split(quote).next());
            meta.title = title.unwrap_or_default().chars().take(80).collect();
        }
        if let Some((_, lines)) = rest.split_once('{')
            && let Some((lines, _)) = lines.split_once('}')
        {
            for range in lines.split(',').take(50) {
                let (first, last) = range.split_once('-').unwrap_or((range, range));
                if let (Ok(first), Ok(last)) = (first.trim().parse(), last.trim().parse()) {
                    meta.marked.push((first, last));
                }
            }
        }
        metas.push(meta);
        let language: String = language.chars().filter(|c| crate::elements::is_language_char(*c)).take(20).collect();
        Some(format!("{}..{}", if language.is_empty() { "text" } else { &language }, metas.len() - 1))
    }

    fn is_marked(&self, line: usize) -> bool {
        self.marked.iter().any(|(first, last)| (*first..=*last).contains(&line))
    }
}

/// HTML whose code has a frame with the name of its language, and colours.
pub(super) fn coloured(html: &str, metas: &[Meta]) -> String {
    let (mut out, mut rest) = (String::with_capacity(html.len() * 2), html);
    while let Some(at) = rest.find(OPEN) {
        let (before, block) = rest.split_at(at);
        out.push_str(before);
        let Some((class, inner, after)) = parted(&block[OPEN.len()..]) else {
            out.push_str(OPEN);
            rest = &block[OPEN.len()..];
            continue;
        };
        let none = Meta::default();
        let (language, meta) = match class.split_once("..") {
            Some((language, at)) => (language, at.parse().ok().and_then(|at: usize| metas.get(at)).unwrap_or(&none)),
            None => (class, &none),
        };
        block_of(&mut out, language, meta, inner);
        rest = after;
    }
    out.push_str(rest);
    out
}

/// The language of a code element, its content, and what follows.
fn parted(block: &str) -> Option<(&str, &str, &str)> {
    let (attributes, rest) = block.split_once('>')?;
    let class = attributes.trim().strip_prefix("class=\"language-").and_then(|class| class.strip_suffix('"')).unwrap_or_default();
    let (inner, after) = rest.split_once(CLOSE)?;
    Some((class, inner, after))
}

fn block_of(out: &mut String, language: &str, meta: &Meta, inner: &str) {
    let code = crate::safe_html::unescape(inner).replace("<wbr>", "");
    let syntax = found(language);
    out.push_str(r#"<figure class="code"><header><span>"#);
    let label = if meta.title.is_empty() { syntax.map_or(if language.is_empty() { "Code" } else { language }, |syntax| &syntax.name) } else { &meta.title };
    write_escaped(out, &label.replace('&', "&amp;"));
    out.push_str("</span></header><pre tabindex=\"0\"><code>");
    let is_short = code.len() <= MOST && code.split('\n').all(|line| line.len() <= LONGEST_LINE);
    let coloured = syntax.filter(|_| is_short).and_then(|syntax| lines(&code, syntax));
    let coloured = coloured.unwrap_or_else(|| code.split_inclusive('\n').map(escaped).collect());
    for (number, line) in coloured.iter().enumerate() {
        if meta.is_marked(number + 1) {
            let _ = write!(out, "<mark>{}\n</mark>", line.trim_end_matches('\n'));
        } else {
            out.push_str(line);
        }
    }
    out.push_str("</code></pre></figure>");
}

/// The grammar for the name that people give to a language.
fn found(language: &str) -> Option<&'static SyntaxReference> {
    let language = match language.to_ascii_lowercase().as_str() {
        "" | "text" | "txt" | "plain" | "plaintext" => return None,
        "shell" | "console" | "curl" | "zsh" => "bash".to_owned(),
        "node" | "jsx" | "mjs" => "js".to_owned(),
        "jsonc" | "json5" => "json".to_owned(),
        "golang" => "go".to_owned(),
        "c#" | "csharp" => "cs".to_owned(),
        "docker" => "dockerfile".to_owned(),
        "ps1" | "pwsh" => "powershell".to_owned(),
        other => other.to_owned(),
    };
    SYNTAXES.find_syntax_by_token(&language)
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    write_escaped(&mut out, &text.replace('&', "&amp;"));
    out
}

/// The lines with colours; none when the grammar gives up.
fn lines(code: &str, syntax: &SyntaxReference) -> Option<Vec<String>> {
    let (mut state, mut stack) = (ParseState::new(syntax), ScopeStack::new());
    let mut lines = Vec::new();
    for line in code.split_inclusive('\n') {
        let (mut out, mut from, mut open) = (String::with_capacity(line.len() * 2), 0, None);
        for (at, change) in state.parse_line(line, &SYNTAXES).ok()? {
            if at > from {
                span(&mut out, &mut open, class(&stack), line.get(from..at)?);
                from = at;
            }
            stack.apply(&change).ok()?;
        }
        span(&mut out, &mut open, class(&stack), line.get(from..)?);
        if open.is_some() {
            out.push_str("</span>");
        }
        // a span must not hold the end of its line: what points at the line ends there
        if out.contains('\n') {
            out = out.replace('\n', "") + "\n";
        }
        lines.push(out);
    }
    Some(lines)
}

/// Goes on within the span that is open, if the class is the same.
fn span(out: &mut String, open: &mut Option<&'static str>, class: Option<&'static str>, text: &str) {
    if *open != class {
        if open.is_some() {
            out.push_str("</span>");
        }
        if let Some(class) = class {
            let _ = write!(out, "<span class=\"{class}\">");
        }
        *open = class;
    }
    out.push_str(&escaped(text));
}

/// Scopes and the class of each, the nearest of the innermost first.
const CLASSES: [(&str, Option<&str>); 21] = [
    ("meta.mapping.key", Some("k")),
    ("comment", Some("c")),
    ("constant.character.escape", Some("v")),
    ("string", Some("s")),
    ("markup.inserted", Some("s")),
    ("markup.deleted", Some("r")),
    ("constant", Some("v")),
    ("support.constant", Some("v")),
    ("variable.function", Some("f")),
    ("entity.name.function", Some("f")),
    ("support.function", Some("f")),
    ("entity.other.attribute-name", Some("v")),
    ("entity.name.tag", Some("k")),
    ("entity.name", Some("f")),
    ("support.type", Some("f")),
    ("support.class", Some("f")),
    ("keyword.operator", None),
    ("keyword", Some("k")),
    ("storage", Some("k")),
    ("variable.language", Some("k")),
    ("variable.other.readwrite.shell", Some("v")),
];

static SCOPES: LazyLock<Vec<(syntect::parsing::Scope, Option<&'static str>)>> =
    LazyLock::new(|| CLASSES.iter().filter_map(|(name, class)| Some((syntect::parsing::Scope::new(name).ok()?, *class))).collect());

fn class(stack: &ScopeStack) -> Option<&'static str> {
    let is_key = stack.as_slice().iter().any(|scope| SCOPES[0].0.is_prefix_of(*scope));
    if is_key {
        return Some("k");
    }
    stack.as_slice().iter().rev().find_map(|scope| SCOPES.iter().find(|(known, _)| known.is_prefix_of(*scope))).and_then(|(_, class)| *class)
}
