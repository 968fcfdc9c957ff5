//! One line of a message, for lists and notifications.

use crate::{Format, SafeHtml, render};

/// The start of a message on one line of at most `max_chars` characters, cut between words with `…` where it is
/// longer. Characters that steer the direction of text are left out, as a cut could leave them open.
pub fn excerpt(source: &str, format: Format, max_chars: usize) -> String {
    render(source, format).excerpt(max_chars)
}

impl SafeHtml {
    /// How it begins, as `excerpt` has it.
    pub fn excerpt(&self, max_chars: usize) -> String {
        let mut line = String::new();
        for c in self.plain().chars() {
            if c.is_whitespace() {
                if !line.is_empty() && !line.ends_with(' ') {
                    line.push(' ');
                }
            } else if !matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}') {
                line.push(c);
            }
        }
        cut(line.trim_end(), max_chars)
    }
}

fn cut(line: &str, max_chars: usize) -> String {
    if line.chars().nth(max_chars).is_none() {
        return line.to_owned();
    }
    let Some(room) = max_chars.checked_sub(1) else { return String::new() };
    let end = line.char_indices().nth(room).map_or(line.len(), |(at, _)| at);
    // A long word, or a script without spaces, is cut within; a word never costs more than half of the room.
    let end = match line[..end].rfind(' ') {
        _ if line[end..].starts_with(' ') => end,
        Some(space) if space >= end / 2 => space,
        _ => whole_character(line, end),
    };
    let kept = line[..end].trim_end_matches([' ', ',', ';', ':']);
    format!("{kept}…")
}

/// The last place not behind `end` that parts no accents, joined emoji or flags.
fn whole_character(line: &str, end: usize) -> usize {
    let is_flag = |c: char| ('\u{1f1e6}'..='\u{1f1ff}').contains(&c);
    let mut places = line[..end].char_indices().rev().map(|(at, _)| at);
    let mut at = end;
    while let Some(next) = line[at..].chars().next() {
        let before = line[..at].chars().next_back();
        let flags = line[..at].chars().rev().take_while(|c| is_flag(*c)).count();
        let is_parting = joins_back(next) || before == Some('\u{200d}') || (is_flag(next) && flags % 2 == 1);
        if !is_parting {
            return at;
        }
        let Some(place) = places.next() else { return end };
        at = place;
    }
    at
}

/// Whether a character belongs to the one before it: marks (`char::escape_debug` writes them as an escape),
/// joiners and skin tones.
fn joins_back(c: char) -> bool {
    ('\u{1f3fb}'..='\u{1f3ff}').contains(&c) || (!c.is_ascii() && c.escape_debug().len() > 1)
}
