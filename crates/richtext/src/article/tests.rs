//! What an article's text becomes, and what hostile text does not.

use super::*;
use crate::outline;

fn of(source: &str) -> String {
    article(source, &|_| None).into_string()
}

#[test]
fn code_is_coloured_by_classes_and_says_its_language_or_title() {
    let yaml = of("```yaml title=\"run.yaml\" {2}\nmodel: auto # fast\nbudget: 800\n```");
    let named = ["rust", "python", "js", "ts", "json", "bash", "go", "toml", "sql", "html", "dockerfile", "java", "ruby", "php", "diff"];

    assert!(yaml.contains("<header><span>run.yaml</span></header>"), "{yaml}");
    assert!(yaml.contains(r#"<span class="k">model</span>"#) && yaml.contains(r#"<span class="c"># fast"#), "{yaml}");
    assert!(yaml.contains("<mark><span class=\"k\">budget</span>") && yaml.contains(r#"<span class="v">800</span>"#), "{yaml}");
    assert!(!yaml.contains("style=") && !yaml.contains("\n</span>"), "{yaml}");
    for language in named {
        let html = of(&format!("```{language}\nfn if(x) {{ \"a\": 1 }} // b\n-- c\n# d\n<a href=\"x\">\n+ e\n- f\n```"));
        assert!(html.contains("<span class="), "{language}: {html}");
    }
}

#[test]
fn code_keeps_each_character() {
    for code in
        ["a < b && c > \"d\" & 'e'\n", "&lt;b&gt; &amp;amp;\n", "\tx\n\n\n  y\n", "<script>alert(1)</script>\n", "日本語 = \"é\"\n", "{{ x }} :::note\n"]
    {
        for language in ["", "rust", "html", "nonsense", "js"] {
            let html = article(&format!("```{language}\n{code}```"), &|_| None);
            assert_eq!(format!("{}\n", html.plain().trim_end()), code.trim_start_matches('\n'), "{language}: {html}");
            assert!(!html.as_str().contains("<script"), "{html}");
        }
    }
}

#[test]
fn frames_are_made_of_both_ways_to_write_them() {
    let html = of(":::warning Mind *this*\nText **bold**.\n\n- one\n:::\n\n> [!TIP]\n> Quoted `code`.\n> More.\n\n> plain quote");

    assert!(
        html.contains(r#"<div class="callout" data-s="warn"><p class="callout-title" dir="auto">Mind *this*</p><p dir="auto">Text <strong>bold</strong>.</p>"#),
        "{html}"
    );
    assert!(html.contains(r#"data-s="good"><p class="callout-title" dir="auto">Tip</p><p dir="auto">Quoted <code>code</code>."#), "{html}");
    assert!(html.contains("<blockquote") && html.matches("</div>").count() == 2, "{html}");
}

#[test]
fn tabs_details_and_videos() {
    let html = of(
        "::::tabs\n:::tab Python\n```python\nx = 1\n```\n:::\n:::tab cURL & co\n:::note\nDeep.\n:::\n::::\n\n:::details More <b>\nFolded.\n:::\n\n:::video https://youtu.be/dQw4w9WgXcQ?t=3 A tour\n\nhttps://vimeo.com/123456\n\nSee https://vimeo.com/123456 too.",
    );

    assert_eq!(html.matches("<section class=\"pane\"").count(), 2, "{html}");
    assert!(html.contains(">cURL &amp; co</p><div class=\"callout\""), "{html}");
    assert!(html.contains("<details><summary dir=\"auto\">More &lt;b&gt;</summary><p dir=\"auto\">Folded.</p>\n</details>"), "{html}");
    assert!(html.contains("https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ?autoplay=1") && html.contains(">A tour</a>"), "{html}");
    assert_eq!(html.matches("player.vimeo.com").count(), 1, "{html}");
    assert!(!html.contains("<iframe"), "{html}");
}

#[test]
fn what_is_no_frame_stays_text() {
    for source in [":::unknown\nx\n:::", ":::tab alone\nx", ":::", "::: ", ":::video https://evil.test/x", ":::video javascript:alert(1)", "a ::: b"] {
        let html = of(source);
        assert!(!html.contains("class=\"callout") && !html.contains("<figure") && !html.contains("<section"), "{source}: {html}");
        assert!(html.contains("::"), "{source}: {html}");
    }
    let code = of("```\n:::note\n> [!NOTE]\nhttps://vimeo.com/123456\n```\n\n:::note\nopen to the end");
    assert_eq!((code.matches("callout\"").count(), code.matches("<figure class=\"video\"").count()), (1, 0), "{code}");
    let deep = of(&":::note\n".repeat(50));
    assert!(deep.matches("class=\"callout\"").count() <= 9, "{deep}");
    let many = of(&":::note\nx\n:::\n".repeat(10_000));
    assert_eq!(many.matches("class=\"callout\"").count(), 10_000);
}

#[test]
fn links_lead_to_headings_and_paths_and_pictures_have_sizes() {
    let source = "## Find it\n\n[a](#find-it) [b](/a/other#Find-It) [c](//evil.test) [d](javascript:x) [e](https://x.test)\n\n![Shot](/help/files/0/shot.png) ![far](https://x.test/i.png) ![up](/help/files/../../x)";
    let (html, headings) = outline(&article(source, &|address| (address == "/help/files/0/shot.png").then_some((640, 480))));
    let html = html.into_string();

    assert_eq!(headings[0].id, "s-find-it");
    assert!(html.contains("href=\"#s-find-it\"") && html.contains("href=\"/a/other#s-find-it\"") && html.contains("href=\"https://x.test\">e"), "{html}");
    assert!(!html.contains("//evil.test") && !html.contains("javascript:"), "{html}");
    assert!(html.contains(r#"<img src="/help/files/0/shot.png" width="640" height="480" alt="Shot" loading="lazy">"#), "{html}");
    assert_eq!(html.matches("<img").count(), 1, "{html}");
}

#[test]
fn a_line_break_is_a_space_and_raw_html_is_shown() {
    let html = of("one\ntwo\n\n<img src=x onerror=alert(1)>\n\n<div class=\"callout\" data-controller=\"video\">x</div>");
    assert!(html.contains("one\ntwo") && !html.contains("<br"), "{html}");
    assert!(!html.contains("<img") && !html.contains("<div"), "{html}");
}

#[test]
fn hostile_code_takes_no_long_time() {
    let begun = std::time::Instant::now();
    for piece in ["\"", "(", "/*", "{", "<a ", "`${", "'''", "=~ /", "\\"] {
        for language in ["js", "rust", "bash", "html", "ts", "markdown"] {
            let line = piece.repeat(300);
            let code = format!("{line}\n").repeat(20);
            let html = of(&format!("```{language}\n{code}```"));
            assert!(html.contains("<figure class=\"code\">"));
        }
    }
    assert!(begun.elapsed().as_secs() < 60, "{:?}", begun.elapsed());
}
