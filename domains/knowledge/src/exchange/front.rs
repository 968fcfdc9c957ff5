//! Front matter: what stands above a page, as YAML, TOML or JSON. It is data of strangers: bounded, and never believed.

use serde_json::Value;

/// The most bytes that may stand above a page.
const MOST: usize = 16 * 1024;

/// What stands above a page, and the page.
pub(crate) struct Front<'a> {
    values: Value,
    /// What follows it.
    pub(crate) body: &'a str,
}

impl<'a> Front<'a> {
    /// Parts a page. What can't be read is told in a sentence.
    pub(crate) fn of(source: &'a str) -> Result<Self, String> {
        let source = source.strip_prefix('\u{feff}').unwrap_or(source);
        let none = || Ok(Self { values: Value::Null, body: source });
        let (fence, rest) = match source.split_once('\n') {
            Some((first, rest)) if matches!(first.trim_end(), "---" | "+++") => (first.trim_end(), rest),
            _ => return none(),
        };
        let Some((head, body)) = ended(rest, fence) else { return none() };
        if head.len() > MOST {
            return Err(format!("Its front matter is larger than {} KB.", MOST / 1024));
        }
        let values: Result<Value, String> = if fence == "+++" {
            toml::from_str(head).map_err(|error| error.message().to_owned())
        } else if head.trim().is_empty() {
            Ok(Value::Null)
        } else {
            serde_saphyr::from_str(head).map_err(|error| error.to_string().lines().next().unwrap_or_default().to_owned())
        };
        let values = values.map_err(|why| format!("Its front matter can't be read: {}.", why.chars().take(200).collect::<String>().trim_end_matches('.')))?;
        if values.is_object() || values.is_null() { Ok(Self { values, body }) } else { none() }
    }

    /// A text of one of these names.
    pub(crate) fn text(&self, names: &[&str]) -> Option<String> {
        let found = names.iter().find_map(|name| match self.values.get(name)? {
            Value::String(text) => Some(text.trim().to_owned()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        });
        // what turns the direction of writing would turn what stands beside it, too
        let is_fine = |c: &char| !c.is_control() && !matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
        found.map(|text| text.chars().filter(is_fine).collect::<String>()).filter(|text| !text.is_empty())
    }

    /// A whole number of one of these names.
    pub(crate) fn number(&self, names: &[&str]) -> Option<i64> {
        names.iter().find_map(|name| match self.values.get(name)? {
            Value::Number(number) => number.as_i64().or_else(|| number.as_f64().map(|value| whole(value * 10.0))),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        })
    }

    /// A truth, or what may be meant as one: `draft: perhaps` is no leave to publish.
    pub(crate) fn is(&self, name: &str) -> bool {
        match self.values.get(name) {
            None | Some(Value::Null) => false,
            Some(Value::Bool(is)) => *is,
            Some(Value::String(word)) => !matches!(word.trim().to_lowercase().as_str(), "" | "false" | "no" | "off" | "0"),
            Some(other) => other.as_i64() != Some(0),
        }
    }

    /// A list of words, or words with commas.
    pub(crate) fn list(&self, names: &[&str]) -> Vec<String> {
        let words: Vec<String> = match names.iter().find_map(|name| self.values.get(name)) {
            Some(Value::Array(items)) => items.iter().filter_map(|item| item.as_str().map(str::to_owned)).collect(),
            Some(Value::String(text)) => text.split(',').map(str::to_owned).collect(),
            _ => Vec::new(),
        };
        words.into_iter().map(|word| word.trim().to_owned()).filter(|word| !word.is_empty()).take(50).collect()
    }
}

/// A place that was written with a point; far ones are as good as last.
#[expect(clippy::cast_possible_truncation, reason = "it is held below a million before")]
pub(crate) fn whole(value: f64) -> i64 {
    value.clamp(0.0, 1e6) as i64
}

/// What stands before the second fence, and what after.
fn ended<'a>(rest: &'a str, fence: &str) -> Option<(&'a str, &'a str)> {
    let mut at = 0;
    for line in rest.split_inclusive('\n') {
        let end = at + line.len();
        if line.trim_end() == fence {
            return Some((&rest[..at], &rest[end..]));
        }
        at = end;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn yaml_and_toml_are_read_and_other_pages_have_none() {
        let yaml = Front::of("---\ntitle: \"Keys: one\"\ntags: [a, b]\nsidebar_position: 3\ndraft: true\n---\n\nText").unwrap();
        let toml = Front::of("+++\ntitle = 'Keys'\nweight = 20\n+++\nText").unwrap();

        assert_eq!(
            (yaml.text(&["title"]).as_deref(), yaml.list(&["tags"]).len(), yaml.number(&["sidebar_position"]), yaml.is("draft")),
            (Some("Keys: one"), 2, Some(3), true)
        );
        assert_eq!((toml.text(&["title"]).as_deref(), toml.number(&["weight"]), toml.body), (Some("Keys"), Some(20), "Text"));
        for source in ["# x", "", "---\nnever ended", "---", "- a\n---\nb"] {
            assert_eq!(Front::of(source).unwrap().body, source);
        }
    }

    #[test]
    fn hostile_front_matter_is_refused_in_time() {
        let mut laughs = "---\na0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
        for level in 1..12 {
            let line = format!("a{level}: &a{level} [{}]\n", vec![format!("*a{}", level - 1); 10].join(", "));
            laughs.push_str(&line);
        }
        laughs.push_str("title: x\n---\ntext");
        let deep = format!("---\ntitle: {}\n---\n", "[".repeat(5_000));
        let large = format!("---\ntitle: {}\n---\n", "x".repeat(40_000));
        for (what, source) in [("laughs", laughs), ("deep", deep), ("large", large), ("broken", "---\ntitle: \"x\n---\nt".to_owned())] {
            assert!(Front::of(&source).is_err(), "{what}");
        }
        for source in ["---\ntitle: [1, 2]\n---\n", "---\ntitle: !!python/object/apply:os.system [x]\n---\n", "---\ntitle:\n  a: b\n---\n"] {
            assert!(Front::of(source).is_err() || Front::of(source).unwrap().text(&["title"]).is_none(), "{source}");
        }
    }
}
