//! The words within files, told by their media type: PDF, office documents, plain text. What is broken, locked or built to
//! harm gives what could be read of it, or nothing; never an error, and never more than a limit.

mod office;

use std::panic::{AssertUnwindSafe, catch_unwind};

/// Counts changes of what is read: texts of an older number are read anew.
pub const VERSION: i64 = 1;
/// The most characters of a text.
pub const LONGEST: usize = 200_000;
/// Larger files are not read, in bytes.
pub const LARGEST: usize = 25 * 1024 * 1024;
/// The most pages of a PDF.
const PAGES: usize = 500;

/// Whether files of this media type can have words.
pub fn can_read(kind: &str) -> bool {
    kind == "application/pdf" || is_text(kind) || office::parts(kind).is_some()
}

/// The words of a file of this media type; empty when there are none. It may take seconds: call it on a thread for that.
pub fn text(kind: &str, bytes: &[u8]) -> String {
    if bytes.len() > LARGEST {
        return String::new();
    }
    // readers of hostile files may panic; a file is worth no more than its words
    let read = catch_unwind(AssertUnwindSafe(|| match kind {
        "application/pdf" => pdf(bytes),
        kind if is_text(kind) => plain(bytes),
        kind => office::parts(kind).map(|parts| office::text(parts, bytes)).unwrap_or_default(),
    }));
    tidy(&read.unwrap_or_default())
}

fn is_text(kind: &str) -> bool {
    matches!(kind, "text/plain" | "text/csv" | "text/markdown" | "application/json" | "application/yaml" | "application/xml")
}

/// UTF-8 or UTF-16 by its mark, else as much as can be read.
fn plain(bytes: &[u8]) -> String {
    let wide = |bytes: &[u8], join: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = bytes.chunks_exact(2).map(|pair| join([pair[0], pair[1]])).collect();
        String::from_utf16_lossy(&units)
    };
    match bytes {
        [0xff, 0xfe, rest @ ..] => wide(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => wide(rest, u16::from_be_bytes),
        bytes => String::from_utf8_lossy(bytes).into_owned(),
    }
}

fn pdf(bytes: &[u8]) -> String {
    let Ok(document) = lopdf::Document::load_mem(bytes) else { return String::new() };
    let mut text = String::new();
    for page in document.get_pages().keys().take(PAGES) {
        if let Ok(words) = document.extract_text(&[*page]) {
            text.push_str(&words);
            text.push('\n');
        }
        if text.len() > LONGEST {
            break;
        }
    }
    text
}

/// Without control characters, and no longer than the limit.
fn tidy(text: &str) -> String {
    let clean: String = text.chars().filter(|c| !c.is_control() || c.is_whitespace()).take(LONGEST).collect();
    clean.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    fn zipped(parts: &[(&str, &str)]) -> Vec<u8> {
        let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        for (name, text) in parts {
            zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
            zip.write_all(text.as_bytes()).unwrap();
        }
        zip.finish().unwrap().into_inner()
    }

    const DOCX: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
    const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    const PPTX: &str = "application/vnd.openxmlformats-officedocument.presentationml.presentation";
    const ODT: &str = "application/vnd.oasis.opendocument.text";

    #[test]
    fn office_documents_give_their_words() {
        for (kind, parts, expected) in [
            (
                DOCX,
                vec![(
                    "word/document.xml",
                    "<w:document><w:p><w:r><w:t>Rotate the </w:t></w:r><w:r><w:t>key &amp; lock</w:t></w:r></w:p><w:p><w:t>Twice</w:t></w:p></w:document>",
                )],
                "Rotate the key & lock\nTwice",
            ),
            (
                XLSX,
                vec![
                    ("xl/sharedStrings.xml", "<sst><si><t>Invoice</t></si><si><t>Total</t></si></sst>"),
                    ("xl/worksheets/sheet1.xml", "<x><is><t>Inline</t></is><v>7</v></x>"),
                ],
                "Invoice\nTotal\nInline",
            ),
            (
                PPTX,
                vec![
                    ("ppt/slides/slide1.xml", "<p><a:p><a:t>First</a:t></a:p></p>"),
                    ("ppt/slides/slide2.xml", "<p><a:p><a:t>Second</a:t></a:p></p>"),
                    ("ppt/other.xml", "<a:t>no</a:t>"),
                ],
                "First\nSecond",
            ),
            (
                ODT,
                vec![
                    ("content.xml", "<office:body><text:h>Guide</text:h><text:p>Open<text:s/>it &#8211; now</text:p></office:body>"),
                    ("meta.xml", "<a>no</a>"),
                ],
                "Guide\nOpen it – now",
            ),
        ] {
            assert_eq!(text(kind, &zipped(&parts)), expected, "{kind}");
        }
    }

    #[test]
    fn text_is_read_in_its_code() {
        assert_eq!(text("text/plain", "Grüße\0!".as_bytes()), "Grüße!");
        assert_eq!(text("text/csv", b"\xff\xfea\0;\0b\0"), "a;b");
        assert_eq!(text("text/plain", b"gr\xfc\xdfe"), "gr\u{fffd}\u{fffd}e");
        assert!(!can_read("image/png") && text("image/png", b"words").is_empty());
    }

    #[test]
    fn what_is_broken_gives_nothing_and_what_is_swollen_no_more_than_the_limit() {
        for kind in [DOCX, XLSX, PPTX, ODT, "application/pdf"] {
            for bytes in [&b""[..], b"PK\x03\x04", b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 1 0 R>>endobj", &[0xff; 4_096]] {
                assert_eq!(text(kind, bytes), "", "{kind}");
            }
            assert_eq!(text(kind, &zipped(&[("word/document.xml", "<w:t><![CDATA["), ("content.xml", "<a>&unknown;</b>")])), "");
        }
        let bomb = format!("<w:document><w:t>{}</w:t></w:document>", "bomb ".repeat(8_000_000));
        assert!(text(DOCX, &zipped(&[("word/document.xml", &bomb)])).chars().count() <= LONGEST);
    }
}
