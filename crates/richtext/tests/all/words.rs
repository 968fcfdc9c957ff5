//! Plain text, excerpts and mentions, in many scripts.

use richtext::{Format, excerpt, mentions, plain};

#[test]
fn plain_text_keeps_words_and_lines() {
    for (source, expected) in [
        ("# A\n\none *two*\nthree", "A\none two\nthree"),
        ("- a\n- b\n  - c", "a\nb\nc"),
        ("- [x] a\n- [ ] b", "[x] a\n[ ] b"),
        ("| a | b |\n|---|---|\n| 1 | 2 |", "a\tb\n1\t2"),
        ("```\nx\n\n  y\n```\nz", "x\n\n  y\nz"),
        ("[t](https://e.org) ![Plan](/files/p)", "t Plan"),
        ("1 < 2 &amp; <b>", "1 < 2 & <b>"),
        ("&amp;lt;", "&lt;"),
        ("", ""),
    ] {
        assert_eq!(plain(source, Format::Markdown), expected, "{source}");
    }
    for (source, expected) in [
        ("<p>a\n  b</p><p>c", "a b\nc"),
        ("<style>x</style><div>a<br>b</div>", "a\nb"),
        ("<img src=/files/x alt='1 &gt; 0 \"q\"'>", "1 > 0 \"q\""),
        ("a&nbsp;b", "a\u{a0}b"),
    ] {
        assert_eq!(plain(source, Format::Html), expected, "{source}");
    }
}

#[test]
fn excerpts_are_one_line_cut_between_words() {
    for (source, max_chars, expected) in [
        ("Hello world", 11, "Hello world"),
        ("Hello world", 10, "Hello…"),
        ("Hello, world of words", 8, "Hello…"),
        ("# Title\n\nHello **world**\n- a", 100, "Title Hello world a"),
        ("Donaudampfschifffahrtsgesellschaft", 10, "Donaudamp…"),
        ("a Donaudampfschifffahrt", 10, "a Donauda…"),
        ("Привет всем людям", 12, "Привет всем…"),
        ("日本語のとても長い文章です", 6, "日本語のと…"),
        ("ภาษาไทยน่ารู้", 6, "ภาษาไ…"),
        ("สวัสดีครับ", 4, "สวั…"),
        ("مرحبا بالعالم كله", 10, "مرحبا…"),
        ("שלום עולם וברכה", 10, "שלום עולם…"),
        ("नमस्ते दुनिया", 5, "नमस्…"),
        ("e\u{301}e\u{301}e\u{301}", 4, "e\u{301}…"),
        ("👩‍👩‍👧x👩‍👩‍👧", 5, "…"),
        ("ab👩‍👩‍👧x", 5, "ab…"),
        ("a👍🏽b", 3, "a…"),
        ("🇩🇪🇫🇷🇪🇸", 4, "🇩🇪…"),
        ("안녕하세요 여러분 반갑습니다", 8, "안녕하세요…"),
        ("a\u{202b}b\u{2067}c", 9, "abc"),
        ("abc", 0, ""),
        ("abc", 1, "…"),
        ("", 5, ""),
    ] {
        let line = excerpt(source, Format::Markdown, max_chars);
        assert!(line.chars().count() <= max_chars, "{source}: {line}");
        assert_eq!(line, expected, "{source}");
    }
    assert_eq!(excerpt("<p>a<br>b<script>x</script>", Format::Html, 9), "a b");
}

#[test]
fn mentions_are_found_where_they_are_meant() {
    for (source, expected) in [
        ("@ana hello @Ben, and (@cy). @ana", &["ana", "ben", "cy"][..]),
        ("**@ana** _@ben_ > @cy\n\n- @dee", &["ana", "ben", "cy", "dee"]),
        ("@ana.b-c_d.", &["ana.b-c_d"]),
        ("@renée @минск @大輔", &["renée", "минск", "大輔"]),
        ("> @ana\n\n| @ben |\n|---|\n| @cy |", &["ana", "ben", "cy"]),
        ("@ana's and @ben: yes", &["ana", "ben"]),
        ("`@ana` and\n\n```\n@ben\n```\n\n    @cy", &[]),
        ("mail ana@e.org or a.b+c@e.org", &[]),
        ("[@ana](https://e.org/@ben) https://e.org/@cy", &[]),
        ("@@ana @ ana @- @. a@", &[]),
        ("@ana@social.example", &[]),
        ("<a title=\"@ana\">", &[]),
        ("", &[]),
    ] {
        assert_eq!(mentions(source), expected, "{source}");
    }
    assert!(mentions(&format!("@{}", "a".repeat(65))).is_empty());
}
