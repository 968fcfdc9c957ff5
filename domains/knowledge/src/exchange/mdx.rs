//! What documentation generators write into Markdown (Docusaurus' MDX, Hugo's shortcodes), as Markdown of ours. What is unknown stays as it
//! is written and is shown as text.

/// Turns a page's own words into ours. Fenced code stays.
pub(crate) fn plain(source: &str) -> String {
    let mut out = String::with_capacity(source.len());
    let mut fence: Option<(char, usize)> = None;
    let mut tabs = 0_usize;
    for line in source.split_inclusive('\n') {
        let start = line.trim_start();
        let sign = start.chars().next().filter(|sign| matches!(sign, '`' | '~'));
        let run = sign.map_or(0, |sign| start.len() - start.trim_start_matches(sign).len());
        if let Some((own, count)) = fence {
            if sign == Some(own) && run >= count && start.trim_start_matches(own).trim().is_empty() {
                fence = None;
            }
            out.push_str(line);
            continue;
        }
        if run >= 3 {
            fence = sign.map(|sign| (sign, run));
            // within tabs people indent their code; ours begins at the line
            out.push_str(if tabs > 0 { start } else { line });
            continue;
        }
        if !is_code_of_page(line) {
            out.push_str(&element(line, &mut tabs));
        }
    }
    out
}

/// `import X from 'x'` and `export const x`, which a page of MDX begins with.
fn is_code_of_page(line: &str) -> bool {
    line.starts_with("import ") && (line.contains(" from '") || line.contains(" from \"") || line.starts_with("import '") || line.starts_with("import \""))
        || line.starts_with("export const ")
        || line.starts_with("export default ")
        || line.trim_start().starts_with("<!--") && line.trim_end().ends_with("-->")
        || line.trim_start().starts_with("{/*") && line.trim_end().ends_with("*/}")
}

fn element(line: &str, tabs: &mut usize) -> String {
    let words = line.trim();
    if words.starts_with("<Tabs") {
        *tabs += 1;
        return "\n::::tabs\n".to_owned();
    }
    if words.starts_with("</Tabs") {
        *tabs = tabs.saturating_sub(1);
        return "\n::::\n".to_owned();
    }
    if words.starts_with("<TabItem") {
        let title = attribute(words, "label").or_else(|| attribute(words, "value")).unwrap_or_else(|| "Tab".to_owned());
        return format!("\n:::tab {title}\n");
    }
    if words.starts_with("</TabItem") {
        return "\n:::\n".to_owned();
    }
    if let Some(rest) = words.strip_prefix("<details") {
        let title = rest.split_once("<summary>").and_then(|(_, rest)| rest.split_once("</summary>")).map_or("", |(title, _)| title);
        return format!("\n:::details {title}\n");
    }
    if let Some(title) = words.strip_prefix("<summary>").and_then(|rest| rest.strip_suffix("</summary>")) {
        return format!("**{title}**\n");
    }
    if words == "</details>" {
        return "\n:::\n".to_owned();
    }
    if let Some(id) = shortcode(words, "youtube") {
        return format!("\nhttps://www.youtube.com/watch?v={id}\n");
    }
    if let Some(id) = shortcode(words, "vimeo") {
        return format!("\nhttps://vimeo.com/{id}\n");
    }
    // `{{< ref "page.md" >}}` within links is an address
    let mut line = line.to_owned();
    for name in ["ref", "relref"] {
        for (open, close) in [("{{< ", " >}}"), ("{{% ", " %}}")] {
            while let Some((before, rest)) = line.split_once(&format!("{open}{name} ")) {
                let Some((target, after)) = rest.split_once(close) else { break };
                line = format!("{before}{}{after}", target.trim().trim_matches('"'));
            }
        }
    }
    line
}

/// The value of `name="…"` in a tag.
fn attribute(tag: &str, name: &str) -> Option<String> {
    let rest = tag.split_once(&format!(" {name}="))?.1;
    let rest = rest.trim_start_matches('{');
    let quote = rest.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
    Some(rest[1..].split(quote).next()?.chars().take(80).collect())
}

/// The first word of a Hugo shortcode that stands alone.
fn shortcode<'a>(words: &'a str, name: &str) -> Option<&'a str> {
    let inner = words.strip_prefix("{{<")?.strip_suffix(">}}")?.trim();
    Some(inner.strip_prefix(name)?.strip_prefix(' ')?.trim().trim_matches('"'))
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn elements_of_generators_become_ours_and_code_stays() {
        let source = "import Tabs from '@theme/Tabs';\n\n<Tabs groupId=\"x\">\n  <TabItem value=\"py\" label=\"Python\">\n\n  ```python\n  import x from 'y'\n  ```\n\n  </TabItem>\n</Tabs>\n\n<details><summary>More</summary>\nx\n</details>\n\n{{< youtube abcdefghijk >}}\n[a]({{< ref \"b.md\" >}})\n";
        let plain = plain(source);

        assert!(plain.contains("::::tabs\n\n:::tab Python\n") && plain.contains("  import x from 'y'\n"), "{plain}");
        assert!(plain.contains(":::details More\nx\n\n:::\n") && plain.contains("[a](b.md)") && plain.contains("watch?v=abcdefghijk"), "{plain}");
        assert!(!plain.contains("@theme"), "{plain}");
    }
}
