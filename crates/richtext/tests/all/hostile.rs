//! What attackers send. Each text is rendered both ways; nothing of it may be live.

use richtext::{Format, render};

use crate::vectors::{HTML, MARKDOWN};
use crate::witness::complaints;

#[track_caller]
fn assert_harmless(source: &str, format: Format) {
    let html = render(source, format);
    let found = complaints(html.as_str());
    assert!(found.is_empty(), "{format:?} {source:?}\nbecame {html}\nwith {found:#?}");
}

#[test]
fn the_witness_sees_what_is_wrong() {
    for source in [
        "<script>x</script>",
        "<p onclick=x>a</p>",
        "<a href=\"javascript:x\" rel=\"nofollow noopener noreferrer ugc\">a</a>",
        "<a href=\"http://x\">a</a>",
        "<img src=\"http://x\">",
        "<p>a",
        "a</p>",
        "a & b",
        "<!-- a -->",
        "<p><div>a</div></p>",
        "<svg></svg>",
        "a\u{202e}",
    ] {
        assert!(!complaints(source).is_empty(), "{source}");
    }
}

#[test]
fn nothing_hostile_is_live_after_rendering() {
    assert!(HTML.len() + MARKDOWN.len() >= 60);
    for source in HTML.iter().chain(MARKDOWN) {
        assert_harmless(source, Format::Html);
        assert_harmless(source, Format::Markdown);
    }
}

#[test]
fn nothing_hostile_is_live_inside_of_other_markup() {
    let frames = [
        "<table><tr>{}</table>",
        "<p><b><a href='http://x'>{}</p>",
        "<ul><li>{}",
        "<svg>{}</svg>{}",
        "<math><mtext>{}",
        "<pre><code>{}",
        "<select><option>{}",
        "<noscript>{}</noscript>{}",
        "<!-- {} --> {}",
        "> - {}",
        "| a |\n|---|\n| {} |",
        "**{}**",
        "[{}](http://x)",
        "![{}](/files/x)",
        "[a](http://x \"{}\")",
        "<a title=\"{}\">",
        "<a title='{}'>",
        "```{}\n{}\n```",
        "`{}`",
        "\u{feff}{}",
        "<img alt=\"{}\" src=//x>",
    ];
    for frame in frames {
        for source in HTML.iter().chain(MARKDOWN) {
            let framed = frame.replace("{}", source);
            assert_harmless(&framed, Format::Html);
            assert_harmless(&framed, Format::Markdown);
        }
    }
}

#[test]
fn nothing_hostile_is_live_after_any_mixing() {
    let mut pieces: Vec<&str> = HTML.iter().chain(MARKDOWN).copied().collect();
    pieces.extend([
        "<",
        ">",
        "\"",
        "'",
        "&",
        "</",
        "<!--",
        "-->",
        "<![CDATA[",
        "]]>",
        "é",
        "\u{202e}",
        "&#0;",
        "&#x1;",
        "\u{1}",
        "\r\n",
        "\n\n",
        "<p>",
        "</p>",
        "<td>",
        "<table>",
        "</table>",
        "<pre>\n",
        "&NewLine;",
        "&#10;",
        "&#13;",
        "\u{1f469}",
        "`",
        "|",
        "@a",
        "<a href=http://x>",
        "</a>",
        "<h1>",
        "<li>",
        "=",
        "/",
        "<b>",
        "</b>",
        "<caption>",
    ]);
    let mut state = 7_u64;
    let mut next = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap() % below
    };
    for _ in 0..1_500 {
        let mut source = String::new();
        for _ in 0..=next(12) {
            let piece = pieces[next(pieces.len())];
            // Often only a part of a piece, so that tags and references are cut anywhere.
            let end = piece.floor_char_boundary(if next(2) == 0 { piece.len() } else { next(piece.len() + 1) });
            source.push_str(&piece[..end]);
        }
        assert_harmless(&source, Format::Html);
        assert_harmless(&source, Format::Markdown);
    }
}

#[test]
fn scripts_and_styles_leave_no_text_behind() {
    for source in [
        "<script>alert(1)</script>x",
        "<style>p{}</style>x",
        "<svg><script>alert(1)</script></svg>x",
        "<math><mi>alert(1)</math>x",
        "<template><p>alert(1)</template>x",
        "<title>alert(1)</title>x",
        "<textarea>alert(1)</textarea>x",
        "<!-- alert(1) -->x",
        "<iframe>alert(1)</iframe>x",
        "x<plaintext>alert(1)",
        "<noscript><p>alert(1)</noscript>x",
        "<?php alert(1) ?>x",
        "<![CDATA[alert(1)>x",
        "<SCRIPT >alert(1)</ScRiPt >x",
    ] {
        assert_eq!(render(source, Format::Html).as_str(), "x", "{source}");
    }
}

#[test]
fn html_in_markdown_is_shown_as_text() {
    let html = render("<b onclick=alert(1)>hi</b>\n\n<script>alert(1)</script>", Format::Markdown);
    assert!(html.as_str().contains("&lt;b onclick=alert(1)&gt;hi&lt;/b&gt;"), "{html}");
    assert!(html.as_str().contains("&lt;script&gt;alert(1)&lt;/script&gt;"), "{html}");
}

#[test]
fn links_lead_only_to_web_and_mail() {
    for (address, is_kept) in [
        ("http://e.org", true),
        ("https://e.org/?a=1&amp;b=2", true),
        ("HTTPS://e.org", true),
        ("mailto:a@e.org", true),
        ("javascript:alert(1)", false),
        ("data:text/html,x", false),
        ("vbscript:x", false),
        ("file:///etc", false),
        ("//e.org", false),
        ("/sign-out", false),
        ("#x", false),
        ("", false),
        ("tel:1", false),
        ("https:e.org", false),
        ("http:\\\\e.org", false),
        ("blob:https://e.org/x", false),
        ("intent://x", false),
        ("https://\u{1}e", true),
    ] {
        for source in [format!("<a href=\"{address}\">t</a>"), format!("<a href={address}>t</a>")] {
            let html = render(&source, Format::Html);
            assert_eq!(html.as_str().contains("href="), is_kept, "{source} became {html}");
            assert!(html.as_str().contains('t'));
        }
    }
}

#[test]
fn images_come_from_our_files_only() {
    for address in [
        "http://t.example/p.png",
        "//t.example/p.png",
        "data:image/png;base64,AAAA",
        "cid:1",
        "/sign-out",
        "x.png",
        "/files/../sign-out",
        "/files/%2e%2e/sign-out",
        "/files/%2E%2e/x",
        "/files//t.example/x",
        "/files/\\..\\x",
        "/files/a%2f..",
        "/files/&#46;&#46;/x",
        "/Files/x",
    ] {
        let html = render(&format!("<img src='{address}' alt=Logo>"), Format::Html);
        assert!(!html.as_str().contains("<img") || !html.as_str().contains("src="), "{address} became {html}");
        let html = render(&format!("![Logo](<{address}>)"), Format::Markdown);
        assert!(!html.as_str().contains("<img") || !html.as_str().contains("src="), "{address} became {html}");
    }
}
