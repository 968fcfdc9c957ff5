//! Markdown to HTML and to its tree. The HTML from here is not trusted: it goes on to `shape` and `policy`.

use comrak::nodes::{Node, NodeValue};
use comrak::{Arena, Options, format_html, parse_document};

use crate::text;

/// Quote marks (`>`) kept at the start of a line. Far beyond what mail programs nest, far below what hurts.
const MAX_QUOTES: usize = 32;

/// HTML for Markdown as people write it in mail and chat.
pub(crate) fn to_html(source: &str) -> String {
    let arena = Arena::new();
    written(parse(&arena, source), source, &options())
}

/// HTML for Markdown as people write it in documentation: a line break is a space, and a line of dashes makes a heading.
pub(crate) fn article_html(source: &str) -> String {
    let arena = Arena::new();
    let mut options = options();
    options.render.hardbreaks = false;
    let source = cap_quotes(source);
    written(parse_document(&arena, &source, &options), &source, &options)
}

fn written(root: Node<'_>, source: &str, options: &Options<'_>) -> String {
    let mut html = String::with_capacity(source.len() * 2);
    if format_html(root, options, &mut html).is_err() {
        // Writing to a string does not fail; if it ever did, the reader still gets the words.
        html.clear();
        text::write_escaped(&mut html, source);
    }
    html
}

/// The tree of a Markdown text.
pub(crate) fn parse<'a>(arena: &'a Arena<'a>, source: &str) -> Node<'a> {
    let source = cap_quotes(source);
    let root = parse_document(arena, &source, &options());
    keep_signatures(arena, root, &source);
    root
}

/// Makes a paragraph again of what `--` turned into a heading: plain-text mail puts it above the signature.
fn keep_signatures<'a>(arena: &'a Arena<'a>, root: Node<'a>, source: &str) {
    let lines: Vec<&str> = source.split('\n').collect();
    for node in root.descendants() {
        let mut ast = node.data_mut();
        let last = ast.sourcepos.end.line.checked_sub(1).and_then(|line| lines.get(line));
        let is_signature = last.is_some_and(|line| line.trim_matches([' ', '\t', '>']) == "--");
        if is_signature && matches!(&ast.value, NodeValue::Heading(heading) if heading.setext) {
            ast.value = NodeValue::Paragraph;
            drop(ast);
            node.append(arena.alloc(NodeValue::LineBreak.into()));
            node.append(arena.alloc(NodeValue::Text("--".into()).into()));
        }
    }
}

/// GitHub-flavoured, with hard line breaks. Raw HTML is shown as text.
fn options() -> Options<'static> {
    let mut options = Options::default();
    options.extension.strikethrough = true;
    options.extension.table = true;
    options.extension.autolink = true;
    options.extension.tasklist = true;
    options.extension.cjk_friendly_emphasis = true;
    options.render.hardbreaks = true;
    options.render.escape = true;
    options
}

/// Drops the quote marks of a line beyond the first [`MAX_QUOTES`].
fn cap_quotes(source: &str) -> String {
    let mut out = String::with_capacity(source.len());
    for line in source.split_inclusive('\n') {
        let head = line.len() - line.trim_start_matches([' ', '\t', '>']).len();
        let kept = line[..head].match_indices('>').nth(MAX_QUOTES).map_or(head, |(at, _)| at);
        out.push_str(&line[..kept]);
        out.push_str(&line[head..]);
    }
    out
}
