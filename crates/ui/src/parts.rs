//! Small parts for templates: icons, avatars, statuses, priorities, sizes.

use std::borrow::{Borrow, Cow};

use crate::{Html, asset, escape};

/// `<svg class="icon">` with a glyph of the sprite; hidden from screen readers, so put words beside it.
/// A name that is chosen at run time must stand somewhere in the code as `"i-NAME"`, for the bundler to find it.
pub fn icon(name: &str) -> Html {
    draw(name, "icon")
}

fn draw(name: &str, class: &str) -> Html {
    let name = name.strip_prefix("i-").unwrap_or(name);
    Html::made(format!(r#"<svg class="{class}" aria-hidden="true"><use href="{}#i-{}"/></svg>"#, asset("sprite.svg"), escape(name)))
}

/// The icon of a flash message of this kind.
pub fn flash_icon(kind: &str) -> Html {
    icon(match kind {
        "good" => "i-circle-check",
        "warn" => "i-triangle-alert",
        "bad" => "i-circle-alert",
        _ => "i-info",
    })
}

/// A round avatar with initials. `classes`: `""`, or any of `xs`, `lg`, `xl`, `team`. Hidden from screen readers: the
/// name stands beside it, or in `.vh`.
pub fn avatar(name: &str, classes: &str) -> Html {
    let space = if classes.is_empty() { "" } else { " " };
    Html::made(format!(r#"<span class="avatar{space}{}" data-h="{}" aria-hidden="true">{}</span>"#, escape(classes), hue(name), escape(&initials(name))))
}

/// The first letters of the first and the last word: "Maya Okafor" is MO. "?" when there is no letter.
pub fn initials(name: &str) -> String {
    let mut letters = name.split_whitespace().filter_map(|word| word.chars().find(|letter| letter.is_alphanumeric()));
    let first = letters.next();
    let last = letters.next_back();
    let initials: String = first.into_iter().chain(last).flat_map(char::to_uppercase).collect();
    if initials.is_empty() { "?".into() } else { initials }
}

/// One of six hues, always the same for the same name (FNV-1a).
fn hue(name: &str) -> u32 {
    let hash = name.trim().to_lowercase().bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    // Folding the upper half in: the lowest bits alone are poor.
    (hash ^ (hash >> 16)) % 6 + 1
}

/// A status as it is shown: `s` is its `data-s` (new, open, pending, hold, solved, closed), `label` its word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// Glyph and colour: new, open, pending, hold, solved, closed.
    pub s: &'static str,
    /// The word for the person who looks: customers and agents see different ones, and admins make some.
    pub label: Cow<'static, str>,
}

impl Status {
    /// A pill with glyph and word.
    pub fn html(&self) -> Html {
        self.draw("status", &escape(&self.label))
    }

    /// Glyph and word without the pill, for lists of facts.
    pub fn line(&self) -> Html {
        self.draw("status bare", &escape(&self.label))
    }

    /// Only the glyph; the word is there for screen readers.
    pub fn bare(&self) -> Html {
        self.draw("status bare", &format!(r#"<span class="vh">{}</span>"#, escape(&self.label)))
    }

    fn draw(&self, class: &str, word: &str) -> Html {
        Html::made(format!(r#"<span class="{class}" data-s="{}">{}{word}</span>"#, escape(self.s), icon(&format!("st-{}", self.s))))
    }
}

/// Priority with glyph and word. Takes LOW, MEDIUM, HIGH, URGENT or the words shown; anything else counts as Normal.
pub fn priority(priority: &str) -> Html {
    let (p, word) = level(priority);
    Html::made(format!(r#"<span class="prio" data-p="{p}">{}{word}</span>"#, icon(&format!("p-{p}"))))
}

/// Only the glyph of a priority; the word is there for screen readers.
pub fn priority_bare(priority: &str) -> Html {
    let (p, word) = level(priority);
    Html::made(format!(r#"<span class="prio" data-p="{p}">{}<span class="vh">{word} priority</span></span>"#, icon(&format!("p-{p}"))))
}

fn level(priority: &str) -> (&'static str, &'static str) {
    match priority.to_ascii_lowercase().as_str() {
        "low" => ("low", "Low"),
        "high" => ("high", "High"),
        "urgent" => ("urgent", "Urgent"),
        _ => ("normal", "Normal"),
    }
}

/// A size in bytes for people: "184 KB", "2.4 MB". Decimal units, as file managers show them.
pub fn size(bytes: impl Borrow<i64>) -> String {
    let bytes = (*bytes.borrow()).clamp(0, i64::MAX / 2);
    if bytes < 1000 {
        return if bytes == 1 { "1 byte".into() } else { format!("{bytes} bytes") };
    }
    let units = [("KB", 1_000_i64), ("MB", 1_000_000), ("GB", 1_000_000_000), ("TB", 1_000_000_000_000)];
    // The unit whose rounded number stays below 1000: 999,600 bytes is 1 MB, not 1000 KB.
    let fits = |(_, unit): &&(&str, i64)| bytes + unit / 2 < unit.saturating_mul(1000);
    let (unit, one) = units.iter().find(fits).copied().unwrap_or(("TB", 1_000_000_000_000));
    let tenths = (bytes + one / 20) / (one / 10);
    if tenths < 100 && tenths % 10 != 0 { format!("{}.{} {unit}", tenths / 10, tenths % 10) } else { format!("{} {unit}", (bytes + one / 2) / one) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_are_the_first_letters_of_the_first_and_last_word() {
        let cases = [
            ("Maya Okafor", "MO"),
            ("maya", "M"),
            ("Ana Maria de la Cruz", "AC"),
            ("  ", "?"),
            ("", "?"),
            ("<script>", "S"),
            ("ßeta", "SS"),
            ("Élodie Ünal", "ÉÜ"),
            ("李 小龍", "李小"),
            ("maya@example.com", "M"),
            ("🙂 Bob", "B"),
        ];
        for (name, expected) in cases {
            assert_eq!(initials(name), expected, "{name}");
        }
    }

    #[test]
    fn a_name_keeps_its_hue_and_all_six_occur() {
        assert_eq!(hue("Maya Okafor"), hue(" maya okafor "));
        let mut seen: Vec<u32> = (0..200).map(|n| hue(&format!("Person {n}"))).collect();
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen, [1, 2, 3, 4, 5, 6]);
    }

    #[test]
    fn sizes_read_as_people_say_them() {
        let cases = [
            (-5, "0 bytes"),
            (0, "0 bytes"),
            (1, "1 byte"),
            (999, "999 bytes"),
            (1000, "1 KB"),
            (1450, "1.5 KB"),
            (184_320, "184 KB"),
            (999_400, "999 KB"),
            (999_600, "1 MB"),
            (2_400_000, "2.4 MB"),
            (25_000_000, "25 MB"),
            (61_440_000, "61 MB"),
            (1_500_000_000, "1.5 GB"),
        ];
        for (bytes, expected) in cases {
            assert_eq!(size(bytes), expected, "{bytes}");
        }
        assert_eq!(size(i64::MAX), "4611686 TB");
    }

    #[test]
    fn priorities_have_the_words_of_the_product() {
        for (given, word) in [("LOW", "Low"), ("MEDIUM", "Normal"), ("HIGH", "High"), ("URGENT", "Urgent"), ("<b>", "Normal")] {
            assert!(priority(given).as_str().contains(&format!("</svg>{word}</span>")), "{given}");
        }
    }

    #[test]
    fn hostile_words_stay_words() {
        let hostile = r#""><script>alert('1')</script>"#;
        let parts = [icon(hostile), avatar(hostile, hostile), flash_icon(hostile), priority(hostile), priority_bare(hostile)];
        for part in parts {
            assert!(!part.as_str().contains("<script"), "{part}");
            assert!(!part.as_str().contains(r#"""><"#), "{part}");
        }
        let status = Status { s: "\"><script>", label: "<script>".into() };
        for part in [status.html(), status.line(), status.bare()] {
            assert!(!part.as_str().contains("<script"), "{part}");
        }
    }
}
