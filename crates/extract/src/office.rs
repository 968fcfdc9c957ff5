//! Office documents: XML parts in a zip.

use crate::LONGEST;
use quick_xml::{Reader, events::Event};
use std::io::{Cursor, Read as _};
use zip::ZipArchive;

/// The most bytes of a part that are read.
const PART: u64 = 16 * 1024 * 1024;
/// The most parts that are read.
const PARTS: usize = 500;

/// Where the words of a kind of document are.
pub(crate) struct Parts {
    /// What names of its parts begin with.
    prefixes: &'static [&'static str],
    /// Only text within elements of this name; any when none.
    within: Option<&'static [u8]>,
    /// A line ends with one of these.
    lines: &'static [&'static [u8]],
}

const WORD: Parts = Parts { prefixes: &["word/document", "word/footnotes", "word/header"], within: Some(b"t"), lines: &[b"p", b"br"] };
const SHEET: Parts = Parts { prefixes: &["xl/sharedStrings", "xl/worksheets/sheet"], within: Some(b"t"), lines: &[b"si", b"is"] };
const SLIDES: Parts = Parts { prefixes: &["ppt/slides/slide", "ppt/notesSlides/notesSlide"], within: Some(b"t"), lines: &[b"p"] };
const OPEN: Parts = Parts { prefixes: &["content.xml"], within: None, lines: &[b"p", b"h"] };

/// The parts of a media type.
pub(crate) fn parts(kind: &str) -> Option<&'static Parts> {
    Some(match kind {
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document" => &WORD,
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" => &SHEET,
        "application/vnd.openxmlformats-officedocument.presentationml.presentation" => &SLIDES,
        "application/vnd.oasis.opendocument.text" | "application/vnd.oasis.opendocument.spreadsheet" | "application/vnd.oasis.opendocument.presentation" => {
            &OPEN
        }
        _ => return None,
    })
}

/// The words of all parts, in the order of their names.
pub(crate) fn text(parts: &Parts, bytes: &[u8]) -> String {
    let Ok(mut archive) = ZipArchive::new(Cursor::new(bytes)) else { return String::new() };
    let mut names: Vec<String> = archive
        .file_names()
        .flatten()
        .filter(|name| parts.prefixes.iter().any(|prefix| name.starts_with(prefix)))
        .take(PARTS)
        .map(std::borrow::Cow::into_owned)
        .collect();
    // slide2 before slide10
    names.sort_by(|one, other| (one.len(), one).cmp(&(other.len(), other)));
    let order = |name: &String| parts.prefixes.iter().position(|prefix| name.starts_with(prefix));
    names.sort_by_key(order);
    let mut text = String::new();
    for name in names {
        let Ok(part) = archive.by_name(&name) else { continue };
        let mut xml = Vec::new();
        // what ends early is read as far as it goes
        let _ = part.take(PART).read_to_end(&mut xml);
        words(parts, &xml, &mut text);
        if text.len() > LONGEST * 4 {
            break;
        }
    }
    text
}

/// Adds the words of one part, up to where it is broken.
fn words(parts: &Parts, xml: &[u8], text: &mut String) {
    let mut reader = Reader::from_reader(xml);
    let config = reader.config_mut();
    config.check_end_names = false;
    let mut depth = 0_usize;
    let is_within = |name: &[u8]| parts.within.is_none_or(|within| within == name);
    loop {
        match reader.read_event() {
            Ok(Event::Start(start)) if is_within(start.local_name().as_ref()) => depth += 1,
            Ok(Event::End(end)) => {
                let name = end.local_name();
                if is_within(name.as_ref()) {
                    depth = depth.saturating_sub(1);
                }
                if parts.lines.contains(&name.as_ref()) && !text.ends_with('\n') {
                    text.push('\n');
                }
            }
            Ok(Event::Empty(empty)) => text.push(if parts.lines.contains(&empty.local_name().as_ref()) { '\n' } else { ' ' }),
            Ok(Event::Text(part)) if depth > 0 => text.push_str(&part.decode().unwrap_or_default()),
            Ok(Event::GeneralRef(name)) if depth > 0 => match name.resolve_char_ref() {
                Ok(Some(c)) => text.push(c),
                _ => text.push_str(match &*name {
                    b"amp" => "&",
                    b"lt" => "<",
                    b"gt" => ">",
                    b"quot" => "\"",
                    b"apos" => "'",
                    _ => "",
                }),
            },
            Ok(Event::Eof) | Err(_) => return,
            Ok(_) => {}
        }
    }
}
