//! HTML of other help centers as Markdown. Only words and their meaning are kept: looks, scripts and forms are not.

use richtext::tokens::{Tag, Token, Tokens};
use std::fmt::Write as _;

/// Lists and quotes within each other.
const DEPTH: usize = 12;

/// The title of a page (`<title>`, else its first `<h1>`), if it has one, and its words as Markdown.
pub(crate) fn markdown(source: &str) -> (Option<String>, String) {
    let title = between(source, "<title", "</title>");
    let body = between_raw(source, "<body", "</body>").unwrap_or(source);
    let heading = between(body, "<h1", "</h1>");
    let mut writer = Writer::default();
    for token in Tokens::new(body) {
        match token {
            Token::Text(text) => writer.text(text),
            Token::Open(tag) => writer.open(&tag),
            Token::Close(name) => writer.close(&name.to_ascii_lowercase()),
        }
    }
    let mut text = writer.ended();
    if let Some(heading) = &heading
        && let Some(rest) = text.strip_prefix(&format!("# {heading}\n"))
    {
        text = rest.trim_start().to_owned();
    }
    (heading.or(title).filter(|title| !title.is_empty()), text)
}

fn between_raw<'a>(source: &'a str, open: &str, close: &str) -> Option<&'a str> {
    let lower = source.to_ascii_lowercase();
    let start = lower.find(open)?;
    let start = start + lower[start..].find('>')? + 1;
    let end = start + lower[start..].find(close).unwrap_or(lower.len() - start);
    source.get(start..end)
}

fn between(source: &str, open: &str, close: &str) -> Option<String> {
    Some(words(between_raw(source, open, close)?))
}

/// The words of HTML on one line.
fn words(html: &str) -> String {
    let plain = richtext::plain(html, richtext::Format::Html);
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[derive(Default)]
struct Writer {
    out: String,
    /// Before each line: quotes and the indents of lists.
    prefix: Vec<String>,
    /// Lists that are open: the next number, or none for dots.
    lists: Vec<Option<usize>>,
    links: Vec<Option<String>>,
    is_code: bool,
    row: Option<Vec<String>>,
    cell: Option<usize>,
    rows: usize,
}

impl Writer {
    fn text(&mut self, raw: &str) {
        let text = decoded(raw);
        if self.is_code {
            let prefix = self.prefix.concat();
            self.out.push_str(&text.replace('\n', &format!("\n{prefix}")));
            return;
        }
        for (at, word) in text.split([' ', '\n', '\t', '\r']).enumerate() {
            if at > 0 && !self.out.is_empty() && !self.out.ends_with([' ', '\n']) {
                self.out.push(' ');
            }
            for c in word.chars() {
                if matches!(c, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '|') {
                    self.out.push('\\');
                }
                self.out.push(c);
            }
        }
    }

    /// An empty line, unless there is one.
    fn block(&mut self) {
        if self.cell.is_some() {
            return;
        }
        let kept = self.out.trim_end_matches([' ', '\n']).len();
        self.out.truncate(kept);
        if !self.out.is_empty() && !self.out.ends_with("- ") && !self.out.ends_with(". ") {
            let prefix = self.prefix.concat();
            self.out.push('\n');
            self.out.push_str(prefix.trim_end());
            self.out.push('\n');
            self.out.push_str(&prefix);
        }
    }

    fn open(&mut self, tag: &Tag<'_>) {
        let name = tag.name.to_ascii_lowercase();
        match name.as_str() {
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                self.block();
                let level = usize::from(name.as_bytes()[1] - b'0');
                self.out.push_str(&"#".repeat(level));
                self.out.push(' ');
            }
            "p" | "div" | "section" | "article" | "table" | "figure" => self.block(),
            "br" => self.out.push_str(if self.cell.is_some() { " " } else { "  \n" }),
            "hr" => {
                self.block();
                self.out.push_str("---");
                self.block();
            }
            "strong" | "b" => self.out.push_str("**"),
            "em" | "i" => self.out.push('_'),
            "code" if !self.is_code => self.out.push('`'),
            "pre" => {
                self.block();
                self.out.push_str("```");
                self.out.push('\n');
                self.is_code = true;
            }
            "a" => {
                let target = tag.attribute("href").map(decoded).filter(|target| !target.trim().is_empty());
                if target.is_some() {
                    self.out.push('[');
                }
                self.links.push(target);
            }
            "img" => {
                if let Some(src) = tag.attribute("src").map(decoded) {
                    let alt = tag.attribute("alt").map(decoded).unwrap_or_default().replace(['[', ']', '\n'], " ");
                    let _ = write!(self.out, "![{}]({})", alt.trim(), src.trim().replace(' ', "%20"));
                }
            }
            "iframe" => {
                if let Some(src) = tag.attribute("src").map(decoded) {
                    self.block();
                    self.out.push_str(&src.replacen("//", "https://", usize::from(src.starts_with("//"))));
                    self.block();
                }
            }
            "ul" | "ol" if self.lists.len() < DEPTH => {
                if self.lists.is_empty() {
                    self.block();
                }
                self.lists.push((name == "ol").then_some(1));
            }
            "li" if !self.lists.is_empty() => self.item(),
            "blockquote" if self.prefix.len() < DEPTH => {
                self.block();
                self.out.push_str("> ");
                self.prefix.push("> ".to_owned());
            }
            "tr" => self.row = Some(Vec::new()),
            "td" | "th" if self.row.is_some() => self.cell = Some(self.out.len()),
            _ => {}
        }
    }

    fn item(&mut self) {
        let kept = self.out.trim_end_matches([' ', '\n']).len();
        self.out.truncate(kept);
        let outer = self.prefix.iter().take(self.prefix.len()).filter(|one| one.starts_with('>')).cloned().collect::<String>();
        let indent = "   ".repeat(self.lists.len() - 1);
        let sign = match self.lists.last_mut() {
            Some(Some(number)) => {
                *number += 1;
                format!("{}. ", *number - 1)
            }
            _ => "- ".to_owned(),
        };
        if !self.out.is_empty() {
            self.out.push('\n');
        }
        if self.lists.len() == 1 && self.out.ends_with("\n\n") {
            self.out.pop();
        }
        let _ = write!(self.out, "{outer}{indent}{sign}");
    }

    fn close(&mut self, name: &str) {
        match name {
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "p" | "div" | "section" | "article" | "figure" if self.lists.is_empty() => self.block(),
            "strong" | "b" => self.out.push_str("**"),
            "em" | "i" => self.out.push('_'),
            "code" if !self.is_code => self.out.push('`'),
            "pre" if self.is_code => {
                self.is_code = false;
                let kept = self.out.trim_end().len();
                self.out.truncate(kept);
                let _ = write!(self.out, "\n{}```", self.prefix.concat());
                self.block();
            }
            "a" => {
                if let Some(Some(target)) = self.links.pop() {
                    let _ = write!(self.out, "]({})", target.trim().replace(' ', "%20"));
                }
            }
            "ul" | "ol" => {
                self.lists.pop();
                if self.lists.is_empty() {
                    self.block();
                }
            }
            "blockquote" => {
                self.prefix.pop();
                self.block();
            }
            "td" | "th" => {
                if let (Some(start), Some(row)) = (self.cell.take(), self.row.as_mut()) {
                    row.push(self.out.split_off(start).split_whitespace().collect::<Vec<_>>().join(" "));
                }
            }
            "tr" => {
                if let Some(row) = self.row.take().filter(|row| !row.is_empty()) {
                    self.table_row(&row);
                }
            }
            "table" => {
                self.rows = 0;
                self.block();
            }
            _ => {}
        }
    }

    fn table_row(&mut self, row: &[String]) {
        if !self.out.ends_with('\n') && !self.out.is_empty() {
            self.out.push('\n');
        }
        let _ = write!(self.out, "| {} |", row.join(" | "));
        if self.rows == 0 {
            let _ = write!(self.out, "\n|{}", " --- |".repeat(row.len()));
        }
        self.rows += 1;
    }

    fn ended(mut self) -> String {
        let kept = self.out.trim_end().len();
        self.out.truncate(kept);
        self.out.push('\n');
        self.out
    }
}

/// Text with its references resolved: as the browser's reader does, by way of the one door.
fn decoded(raw: &str) -> String {
    if !raw.contains('&') {
        return raw.to_owned();
    }
    raw.replace("&nbsp;", " ")
        .replace("&#160;", " ")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&apos;", "'")
        .replace("&rsquo;", "’")
        .replace("&lsquo;", "‘")
        .replace("&ldquo;", "“")
        .replace("&rdquo;", "”")
        .replace("&ndash;", "–")
        .replace("&mdash;", "—")
        .replace("&hellip;", "…")
        .replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::markdown;

    #[test]
    fn html_becomes_markdown_that_says_the_same() {
        let html = "<html><head><title>Site</title><script>x</script></head><body><h1>Keys &amp; more</h1><p>Open <strong>Settings</strong>, <a href=\"../a b.html#x\">then</a> <code>run</code>.</p><ul><li>one</li><li>two<ol><li>deep</li></ol></li></ul><pre><code>a &lt; b\n  c</code></pre><table><tr><th>A</th><th>B</th></tr><tr><td>1</td><td>2|3</td></tr></table><blockquote><p>Said</p></blockquote><img src=\"i.png\" alt=\"I\"><p onclick=x>*not bold*</p></body></html>";
        let (title, text) = markdown(html);

        assert_eq!(title.as_deref(), Some("Keys & more"));
        for piece in [
            "Open **Settings**, [then](../a%20b.html#x) `run`.",
            "- one\n- two\n   1. deep",
            "```\na < b\n  c\n```",
            "| A | B |\n| --- | --- |\n| 1 | 2\\|3 |",
            "> Said",
            "![I](i.png)",
            "\\*not bold\\*",
        ] {
            assert!(text.contains(piece), "{piece}: {text}");
        }
        assert!(!text.contains("script") && !text.starts_with("# "), "{text}");
        let shown = richtext::article(&text, &|_| None);
        assert!(shown.as_str().contains("<ol") && shown.as_str().contains("<table"), "{shown}");
    }

    #[test]
    fn broken_html_is_taken_as_it_comes() {
        for html in ["<ul><li>a<td>b</table></a></b>", "<pre>", "<", "", "</li></li>", &"<blockquote><ul><li>".repeat(2_000)] {
            let (_, text) = markdown(html);
            assert!(text.len() < 200_000);
        }
    }
}
