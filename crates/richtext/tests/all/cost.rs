//! Hostile depth and length: small stacks and little time are enough.

use std::time::{Duration, Instant};

use richtext::{Format, excerpt, mentions, plain, render};

use crate::witness::complaints;

/// Generous for a build without optimisation on a busy machine; quadratic work would need minutes.
const LIMIT: Duration = Duration::from_secs(4);
const DEEP: usize = 10_000;

fn on_a_small_stack(work: impl FnOnce() + Send + 'static) {
    std::thread::Builder::new().stack_size(2 << 20).spawn(work).unwrap().join().unwrap();
}

#[track_caller]
fn assert_cheap(source: &str, format: Format) {
    let shown: String = source.chars().take(20).collect();
    let start = Instant::now();
    let html = render(source, format);
    let _ = html.plain();
    let taken = start.elapsed();
    assert!(taken < LIMIT, "{shown:?} took {taken:?}");
    assert!(html.as_str().len() <= source.len() * 8 + 2_000_000, "{shown:?} grew to {}", html.as_str().len());
    let found = complaints(html.as_str());
    assert!(found.is_empty(), "{shown:?}: {found:.200?}");
}

#[test]
fn deep_markdown_is_cheap() {
    on_a_small_stack(|| {
        for piece in [
            ">", "> ", "[", "![", "*", "**a ", "*a **b ", "_", "~~a ", "`", "- ", "1. ", "> - ", "+ 1. ", "[a](", "](", "[a](<b", "|", "a|", "<", "<b>",
            "<!--", "&", "&amp;", "\\", "@a", "a@b.c ", "www.", "http://", "#", "\t",
        ] {
            let source = piece.repeat(DEEP);
            assert_cheap(&source, Format::Markdown);
            let _ = mentions(&source);
        }
        assert_cheap(&format!("{}x{}", "[".repeat(DEEP), "]".repeat(DEEP)), Format::Markdown);
        assert_cheap(&format!("{}x{}", "**".repeat(DEEP), "**".repeat(DEEP)), Format::Markdown);
        assert_cheap(&format!("{}x{}", "*a ".repeat(DEEP), "b* ".repeat(DEEP)), Format::Markdown);
    });
}

#[test]
fn nested_lists_and_quotes_are_cheap() {
    on_a_small_stack(|| {
        let lists: String = (0..400).flat_map(|depth| ["  ".repeat(depth), "- a\n".into()]).collect();
        let quotes: String = (0..400).flat_map(|depth| [">".repeat(depth), "a\n".into()]).collect();
        assert_cheap(&lists, Format::Markdown);
        assert_cheap(&quotes, Format::Markdown);
        assert_cheap(&format!("{}\n{}\n{}", "|a".repeat(100), "|-".repeat(100), "|a\n".repeat(1_000)), Format::Markdown);
    });
}

#[test]
fn deep_html_is_cheap() {
    on_a_small_stack(|| {
        for piece in [
            "<div>",
            "<b>",
            "<p>",
            "<a href=http://x>",
            "<table>",
            "<table><tr><td>",
            "<table><b>",
            "<table>a",
            "<ul><li>",
            "<li>",
            "<b><p>",
            "<b><i></b>",
            "<i>a</b>",
            "<svg>",
            "<math><mi>",
            "<template>",
            "<select>",
            "<form>",
            "<td>",
            "<h1>",
            "<pre>\n",
            "<blockquote>",
            "<!--",
            "<!-- --",
            "<style>",
            "<script></",
            "</",
            "<a b='",
            "<a ",
            "&",
            "&#",
            "&amp;",
            "\u{a3}",
            "<dd><dl>",
            "<font><p>",
            "<button><p>",
            "<nobr>",
            "<caption>",
            "<q>",
            "<svg><style>",
        ] {
            assert_cheap(&piece.repeat(DEEP), Format::Html);
        }
        let nested = format!("{}deep{}", "<div>".repeat(DEEP), "</div>".repeat(DEEP));
        assert_cheap(&nested, Format::Html);
        assert_eq!(plain(&nested, Format::Html), "deep");
    });
}

#[test]
fn a_tag_of_many_attributes_is_cheap() {
    let attributes: String = (0..50_000).flat_map(|number: u32| ["a".into(), number.to_string(), "=1 ".into()]).collect();
    assert_cheap(&format!("<a {attributes}>x</a>"), Format::Html);
    assert_cheap(&format!("<a href=\"http://x?{}\">x</a>", "&".repeat(200_000)), Format::Html);
    assert_cheap(&format!("<img src=/files/a alt=\"{}\">", "&".repeat(200_000)), Format::Html);
}

#[test]
fn what_is_too_deep_loses_its_tags_and_keeps_its_words() {
    let source = format!("{}word{}<p>after", "<div>".repeat(500), "</div>".repeat(500));
    let html = render(&source, Format::Html);
    assert!(html.as_str().matches("<div").count() <= 64);
    assert!(html.as_str().ends_with("</div><p dir=\"auto\">after</p>"), "{html}");
    assert_eq!(excerpt(&"> ".repeat(DEEP).replace("> > > ", "> > > x"), Format::Markdown, 3), "x>…");
}
