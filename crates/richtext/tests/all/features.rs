//! What people write and what readers get.

use richtext::{Format, SafeHtml, VERSION, render};

#[track_caller]
fn assert_markdown(source: &str, expected: &str) {
    assert_eq!(render(source, Format::Markdown).as_str().trim_end(), expected, "{source}");
}

#[track_caller]
fn assert_html(source: &str, expected: &str) {
    assert_eq!(render(source, Format::Html).as_str(), expected, "{source}");
}

const REL: &str = r#"rel="nofollow noopener noreferrer ugc""#;
const SCROLL: &str = r#"<div class="scroll-x" tabindex="0" role="region" aria-label="Table">"#;

#[test]
fn markdown_gives_what_people_expect_in_chat() {
    for (source, expected) in [
        ("one\ntwo", "<p dir=\"auto\">one<br>\ntwo</p>"),
        ("**b** *i* ~~s~~ `c`", "<p dir=\"auto\"><strong>b</strong> <em>i</em> <del>s</del> <code>c</code></p>"),
        ("# a", "<h3 dir=\"auto\">a</h3>"),
        ("## a", "<h4 dir=\"auto\">a</h4>"),
        ("### a", "<h5 dir=\"auto\">a</h5>"),
        ("#### a", "<h6 dir=\"auto\">a</h6>"),
        ("###### a", "<h6 dir=\"auto\">a</h6>"),
        ("> q", "<blockquote dir=\"auto\">\n<p dir=\"auto\">q</p>\n</blockquote>"),
        ("3. a", "<ol start=\"3\">\n<li dir=\"auto\">a</li>\n</ol>"),
        ("```rust\nx\n```", "<pre tabindex=\"0\"><code class=\"language-rust\">x\n</code></pre>"),
        ("```c++,ignore\nx\n```", "<pre tabindex=\"0\"><code class=\"language-c++\">x\n</code></pre>"),
        ("a\n\n---\n\nb", "<p dir=\"auto\">a</p>\n<hr>\n<p dir=\"auto\">b</p>"),
        ("**テスト。**です", "<p dir=\"auto\"><strong>テスト。</strong>です</p>"),
        ("1 < 2 && 3 > 2", "<p dir=\"auto\">1 &lt; 2 &amp;&amp; 3 &gt; 2</p>"),
        ("", ""),
    ] {
        assert_markdown(source, expected);
    }
}

#[test]
fn a_signature_is_no_heading() {
    assert_markdown("Bye\nAna\n-- \nShop", "<p dir=\"auto\">Bye<br>\nAna<br>\n--</p>\n<p dir=\"auto\">Shop</p>");
    assert_markdown("Title\n-----", "<h4 dir=\"auto\">Title</h4>");
    assert_markdown("```\na\n--\n```", "<pre tabindex=\"0\"><code>a\n--\n</code></pre>");
}

#[test]
fn addresses_become_links() {
    for (source, address, text) in [
        ("https://e.org/a?b=1&c=2", "https://e.org/a?b=1&amp;c=2", "https://e.org/a?b=1&amp;c=2"),
        ("www.e.org", "http://www.e.org", "www.e.org"),
        ("a@e.org", "mailto:a@e.org", "a@e.org"),
        ("[t](https://e.org/%C3%A9)", "https://e.org/%C3%A9", "t"),
        ("[t](https://münchen.example/ü)", "https://m%C3%BCnchen.example/%C3%BC", "t"),
    ] {
        assert_markdown(source, &format!("<p dir=\"auto\"><a href=\"{address}\" {REL}>{text}</a></p>"));
    }
}

#[test]
fn tasks_are_boxes_that_say_their_state() {
    assert_markdown(
        "- [x] a\n- [ ] b",
        "<ul>\n<li dir=\"auto\"><input type=\"checkbox\" disabled=\"\" checked=\"\" aria-label=\"Done\"> a</li>\n\
         <li dir=\"auto\"><input type=\"checkbox\" disabled=\"\" aria-label=\"To do\"> b</li>\n</ul>",
    );
}

#[test]
fn a_table_scrolls_in_a_region_of_its_own() {
    assert_markdown(
        "| a | b |\n|---|--:|\n| 1 | 2 |",
        &format!(
            "{SCROLL}<table><thead><tr><th dir=\"auto\">a</th><th dir=\"auto\" align=\"right\">b</th></tr></thead>\
             <tbody><tr><td dir=\"auto\">1</td><td dir=\"auto\" align=\"right\">2</td></tr></tbody></table></div>"
        ),
    );
}

#[test]
fn images_show_from_here_and_are_links_from_elsewhere() {
    assert_markdown("![Plan](/files/1/plan.png?v=1&w=2)", "<p dir=\"auto\"><img src=\"/files/1/plan.png?v=1&amp;w=2\" alt=\"Plan\" loading=\"lazy\"></p>");
    assert_markdown("![Plan](https://e.org/p.png)", &format!("<p dir=\"auto\"><a href=\"https://e.org/p.png\" {REL}>Plan</a></p>"));
    assert_html("<img src=https://e.org/p.png>", &format!("<a href=\"https://e.org/p.png\" {REL}>Image</a>"));
    assert_html("<a href=https://e.org><img src=https://e.org/p alt=Us></a>", &format!("<a href=\"https://e.org\" {REL}>Us</a>"));
    assert_html("a<img src=https://e.org/p.gif width=1 height=1>b", "ab");
    assert_html("a<img src=cid:1 alt=Logo>b", "aLogob");
}

#[test]
fn foreign_html_keeps_its_sense_and_loses_its_looks() {
    for (source, expected) in [
        ("<h1 class=x id=y style=z>a</h1><h2>b</h2>", "<h3 dir=\"auto\">a</h3><h4 dir=\"auto\">b</h4>"),
        ("<p>a<p>b", "<p dir=\"auto\">a</p><p dir=\"auto\">b</p>"),
        ("<ul><li>a<li>b<ul><li>c</ul></ul>", "<ul><li dir=\"auto\">a</li><li dir=\"auto\">b<ul><li dir=\"auto\">c</li></ul></li></ul>"),
        ("<font color=red><span>a</span></font>", "a"),
        ("<div dir=rtl>a</div>", "<div dir=\"auto\">a</div>"),
        ("<section>a</section><center>b</center>", "<div dir=\"auto\">a</div><div dir=\"auto\">b</div>"),
        ("<b>a<p>b</b>c</p>", "<b>a<p dir=\"auto\">b</p></b>c"),
        ("<strike>a</strike><tt>b</tt>", "<s>a</s><code>b</code>"),
        ("a<br/>b<hr>c", "a<br>b<hr>c"),
        ("<pre>\n\n a\n</pre>", "<pre tabindex=\"0\"> a\n</pre>"),
        ("<dl><dt>a<dd>b</dl>", "<dl><dt dir=\"auto\">a</dt><dd dir=\"auto\">b</dd></dl>"),
        ("&copy; &copy 2020 &eacute;&nbsp;x &unknown; &", "© © 2020 é&nbsp;x &amp;unknown; &amp;"),
        ("<o:p>a</o:p><![if !mso]>b<![endif]>", "ab"),
        ("a < b", "a &lt; b"),
        ("</p></div></table>a", "a"),
        ("<input type=text value=a><button>b</button>", "b"),
    ] {
        assert_html(source, expected);
    }
}

#[test]
fn careless_tables_are_put_in_order() {
    let cell = |inner: &str| format!("{SCROLL}<table><tbody><tr><td dir=\"auto\">{inner}</td></tr></tbody></table></div>");
    assert_html("<table>a</table>", &cell("a"));
    assert_html("<table><b>a</table>b", &format!("{}b", cell("<b>a</b>")));
    assert_html("<table><tr>a</table>", &cell("a"));
    assert_html("<p>x<table><td>a</table>", &format!("<p dir=\"auto\">x</p>{}", cell("a")));
    assert_html("<table><td><table><td>a</table></table>", &cell("<table><tbody><tr><td dir=\"auto\">a</td></tr></tbody></table>"));
    assert_html("<td>a</td>", "a");
    assert_html("<div><table><td>a</div>b</table>c</div>d", &format!("<div dir=\"auto\">{}c</div>d", cell("ab")));
}

#[test]
fn right_to_left_text_stays_and_cannot_turn_the_page() {
    assert_markdown("שלום \u{200f}מה\u{200f} \u{2067}x\u{2069}", "<p dir=\"auto\">שלום \u{200f}מה\u{200f} \u{2067}x\u{2069}</p>");
    assert_markdown("a\u{202e}b\u{202d}c\u{0}d\u{7f}e\u{85}f\tg", "<p dir=\"auto\">abcdef\tg</p>");
    assert_html("a&#x202E;b&#8237;c&#1;d&#127;e", "abcde");
    assert_html("a\r\nb\rc", "a\nb\nc");
}

#[test]
fn safe_html_is_shown_as_it_is() {
    let html = render("a", Format::Markdown);
    assert_eq!(html.to_string(), html.as_str());
    assert_eq!(SafeHtml::from_stored(html.clone().into_string()), html);
    assert_eq!(VERSION, 1);
}
