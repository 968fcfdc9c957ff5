//! Blocks of HTML, and files that a reader of PDF would take.

use super::*;
use crate::blocks::{Kind, read};

fn paper(html: &str) -> Paper {
    Paper {
        mark: "PromptCraft Support #7".to_owned(),
        title: "Crash".to_owned(),
        facts: vec![("Status".to_owned(), "Open".to_owned())],
        sections: vec![Section {
            head: "Maya".to_owned(),
            aside: "1 May".to_owned(),
            label: Some("Internal note".to_owned()),
            html: html.to_owned(),
            notes: vec!["trace.json, 2 KB".to_owned()],
        }],
    }
}

#[test]
fn html_becomes_blocks() {
    let blocks = read(
        "<h2>Two</h2><p>One <strong>bold</strong>\n word<br>next</p><pre><code>a  b\n c\n</code></pre><ol start=\"3\"><li>x</li><li><p>y</p><ul><li>z</li></ul></li></ol>\
         <blockquote><p>said</p></blockquote><hr><table><tr><th>A</th><th>B</th></tr><tr><td>1</td><td>2</td></tr></table><p>&lt;b&gt; <img src=\"x\" alt=\"cat\"></p>",
    );
    let told: Vec<(Kind, u8, Option<&str>, &str)> =
        blocks.iter().map(|block| (block.kind, block.steps, block.marker.as_deref(), block.text.as_str())).collect();
    assert_eq!(
        told,
        [
            (Kind::Heading(2), 0, None, "Two"),
            (Kind::Body, 0, None, "One bold word\nnext"),
            (Kind::Code, 0, None, "a  b\n c"),
            (Kind::Body, 1, Some("3."), "x"),
            (Kind::Body, 1, Some("4."), "y"),
            (Kind::Body, 2, Some("•"), "z"),
            (Kind::Body, 1, None, "said"),
            (Kind::Rule, 0, None, ""),
            (Kind::Body, 0, None, "A   |   B"),
            (Kind::Body, 0, None, "1   |   2"),
            (Kind::Body, 0, None, "<b> [cat]"),
        ]
    );
    assert!(blocks[6].is_quote);
    assert_eq!(&blocks[1].text[blocks[1].looks[0].0.clone()], "bold");
}

#[test]
fn an_address_stands_behind_words_that_do_not_say_it() {
    let text = |html: &str| read(html).remove(0).text;
    assert_eq!(text("<p><a href=\"https://a.example/x\">here</a></p>"), "here (https://a.example/x)");
    assert_eq!(text("<p><a href=\"https://a.example\">https://a.example</a></p>"), "https://a.example");
    assert_eq!(text("<p><a href=\"mailto:a@a.example\">a@a.example</a></p>"), "a@a.example");
}

#[test]
fn a_file_of_several_pages_comes_out_whole() {
    let long = "<p>Paragraph: the nightly regression started at 02:00.</p>".repeat(200);

    let file = write(&paper(&long)).unwrap_or_default();

    assert!(file.starts_with(b"%PDF-"), "it is a PDF");
    assert!(file.trim_ascii_end().ends_with(b"%%EOF"), "with an end");
    assert!(flow::pages(&paper(&long)).len() > 3);
}

#[test]
fn strange_text_is_set_and_no_line_leaves_the_page() {
    let word = "x".repeat(5_000);
    for html in [
        format!("<p>{word}</p><pre>{word}</pre>"),
        "<p>日本語 हैलो مرحبا بالعالم שלום 💩\u{200f}\u{feff}</p>".to_owned(),
        "<p>a\u{0}b</p><ol start=\"99999999999999999999\"><li>x</ol></blockquote></ul><p".to_owned(),
        "<blockquote>".repeat(300) + "deep",
        "<ul><li>".repeat(300) + "deep",
        String::new(),
    ] {
        let paper = paper(&html);
        for mark in flow::pages(&paper).iter().flatten() {
            if let flow::Mark::Line { layout, x, baseline, .. } = mark {
                assert!(x + layout.width() <= style::PAGE.0, "a line goes beyond the page");
                assert!(*baseline < style::PAGE.1);
            }
        }
        assert!(write(&paper).is_ok_and(|file| file.starts_with(b"%PDF-")));
    }
}

#[test]
fn too_much_is_refused() {
    assert!(matches!(write(&paper(&"<p>word </p>".repeat(100_000))), Err(Error::TooLong)));
}
