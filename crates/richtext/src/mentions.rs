//! Who is called by `@handle`.

use comrak::Arena;
use comrak::nodes::{Node, NodeValue};

use crate::{markdown, text};

/// Longest handle, in characters; a longer one is none.
const MAX_HANDLE: usize = 64;

/// The handles mentioned in Markdown, without `@`, in lower case, each once, in order of appearance. Code, links and
/// mail addresses mention nobody.
pub fn mentions(source: &str) -> Vec<String> {
    let arena = Arena::new();
    let root = markdown::parse(&arena, &text::strip(source));
    let mut found = Vec::new();
    let mut open: Vec<Node<'_>> = vec![root];
    while let Some(node) = open.pop() {
        match &node.data().value {
            NodeValue::Text(text) => collect(text, &mut found),
            NodeValue::Link(_) | NodeValue::Image(_) => {}
            _ => open.extend(node.reverse_children()),
        }
    }
    let mut seen = std::collections::HashSet::new();
    found.retain(|handle| seen.insert(handle.clone()));
    found
}

fn collect(text: &str, found: &mut Vec<String>) {
    for (at, _) in text.match_indices('@') {
        let is_joined = |c: char| c.is_alphanumeric() || "@._-+/".contains(c);
        if text[..at].chars().next_back().is_some_and(is_joined) {
            continue;
        }
        let tail = &text[at + 1..];
        let end = tail.find(|c: char| !c.is_alphanumeric() && !"._-".contains(c)).unwrap_or(tail.len());
        let handle = tail[..end].trim_end_matches(['.', '_', '-']);
        let is_address = tail[end..].starts_with(['@', '/']);
        let starts_well = handle.starts_with(char::is_alphanumeric);
        if starts_well && !is_address && handle.chars().count() <= MAX_HANDLE {
            found.push(handle.to_lowercase());
        }
    }
}
