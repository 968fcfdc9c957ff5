//! Personal data in a text: names that are known, addresses of mail, telephone numbers, addresses of houses, cards, accounts, and
//! tokens. It finds what looks like it; a person decides.

use regex::Regex;
use std::sync::LazyLock;

/// What was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// A name of somebody in the ticket.
    Name,
    /// A mail address.
    Email,
    /// A telephone number.
    Phone,
    /// Street and house, or place and postal code.
    Address,
    /// The number of a card or of a bank account.
    Account,
    /// An address of a machine.
    Machine,
    /// A key, a password or a link that opens something.
    Token,
}

impl Kind {
    /// As shown.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Name => "Name",
            Self::Email => "Mail address",
            Self::Phone => "Telephone number",
            Self::Address => "Address",
            Self::Account => "Card or account",
            Self::Machine => "Address of a machine",
            Self::Token => "Key or password",
        }
    }

    /// What stands in its place.
    pub const fn placeholder(self) -> &'static str {
        match self {
            Self::Name => "(name)",
            Self::Email => "name@example.com",
            Self::Phone => "(telephone number)",
            Self::Address => "(address)",
            Self::Account => "(account number)",
            Self::Machine => "192.0.2.1",
            Self::Token => "YOUR_KEY",
        }
    }
}

/// A place in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What it looks like.
    pub kind: Kind,
    /// Its first byte.
    pub start: usize,
    /// The byte after it.
    pub end: usize,
    /// What stands there.
    pub text: String,
}

/// A pattern of which the first group, or all of it, is the finding.
struct Pattern {
    kind: Kind,
    regex: Regex,
    is_real: fn(&str) -> bool,
}

/// What a pattern looks for, its text, and what tells real ones from others.
type Rule = (Kind, &'static str, fn(&str) -> bool);

/// The surest first: what one found, the next ones leave alone.
static PATTERNS: LazyLock<Vec<Pattern>> = LazyLock::new(|| {
    let any: fn(&str) -> bool = |_| true;
    let patterns: [Rule; 14] = [
        (Kind::Token, r"-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|\z)", any),
        (Kind::Token, r"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{4,}\.[A-Za-z0-9_-]*", any),
        (Kind::Token, r"\b(?:sk|pk|rk|pc|ghp|gho|ghs|github_pat|glpat|xox[abprs]|AKIA|ASIA|AIza|whsec|npm)[_-]?[A-Za-z0-9_-]{12,}\b", has_digit),
        (Kind::Token, r"https?://[^\s)>\]]*[?&](?:token|key|sig|signature|code|auth|session|s|e)=[^\s)>\]]{8,}", any),
        (
            Kind::Token,
            r#"(?i)\b(?:password|passwort|passwd|pwd|secret|api[ _-]?key|access[ _-]?key|token|mot de passe|contraseña)\b["']?\s*[:=]\s*["'`]?([^\s"'`,;]{6,})"#,
            any,
        ),
        (
            Kind::Token,
            r#"(?i)\b(?:password|passwort|passwd|pwd|secret|api[ _-]?key|access[ _-]?key|token|mot de passe|contraseña)\s+(?:is|ist|est|es)\s+["'`]?([^\s"'`,;]{6,})"#,
            has_digit,
        ),
        (Kind::Token, r"(?i)\b(?:bearer|basic)\s+([A-Za-z0-9._~+/=-]{12,})", any),
        (Kind::Email, r"(?i)\b[a-z0-9._%+-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)+\b", any),
        (Kind::Account, r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?\b", is_iban),
        (Kind::Account, r"\b\d(?:[ -]?\d){12,18}\b", is_card),
        (Kind::Machine, r"\b(?:\d{1,3}\.){3}\d{1,3}\b", is_machine),
        (
            Kind::Address,
            r"(?m)\b\d{1,5}[a-z]? (?:[A-Z][\p{L}'.-]+ ){1,3}(?:Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Dr|Boulevard|Blvd|Court|Ct|Square|Sq|Way|Place|Pl|Terrace|Close)\b\.?(?:,? (?:[A-Z][\p{L}'-]+ ?){1,3},?(?: [A-Z]{2})? \d{5}(?:-\d{4})?)?",
            any,
        ),
        (
            Kind::Address,
            r"\b\p{Lu}[\p{L}-]*(?:straße|strasse|str\.|weg|allee|platz|gasse|ring|damm|ufer)\s+\d{1,4}\s?[a-z]?\b(?:,?\s+\d{5}\s+\p{Lu}[\p{L}-]+)?|\b\d{1,4}(?: bis)?,? (?:rue|avenue|boulevard|place|chemin) (?:d[eu]s? |de la |de l')?\p{L}[\p{L}' -]{2,40}?, \d{5} \p{Lu}[\p{L}-]+",
            any,
        ),
        (
            Kind::Phone,
            r"(?:\+|\b00)\d{1,3}[ ./-]?(?:\(0?\d{1,5}\)|\d{1,5})(?:[ ./-]?\d{2,5}){1,5}\b|\(\d{2,5}\)[ ./-]?\d{2,5}(?:[ ./-]?\d{2,5}){1,3}\b|\b0\d{1,4}[ /-]\d{2,4}(?:[ -]?\d{2,4}){1,3}\b|\b\d{3}[-.]\d{3}[-.]\d{4}\b",
            is_phone,
        ),
    ];
    patterns.into_iter().filter_map(|(kind, pattern, is_real)| Some(Pattern { kind, regex: Regex::new(pattern).ok()?, is_real })).collect()
});

/// Personal data in a text, in its order, none over another. `names` are of people who are known to be in it.
pub fn find(text: &str, names: &[String]) -> Vec<Finding> {
    let mut found: Vec<Finding> = Vec::new();
    for pattern in PATTERNS.iter() {
        for captures in pattern.regex.captures_iter(text) {
            if let Some(place) = captures.get(1).or_else(|| captures.get(0)).filter(|place| (pattern.is_real)(place.as_str())) {
                put(&mut found, pattern.kind, place.start(), place.as_str());
            }
        }
    }
    for name in parts(names) {
        let Ok(regex) = Regex::new(&format!(r"(?i)\b{}\b", regex::escape(&name))) else { continue };
        for place in regex.find_iter(text).filter(|place| place.as_str().chars().next().is_some_and(|c| !c.is_lowercase())) {
            put(&mut found, Kind::Name, place.start(), place.as_str());
        }
    }
    found.sort_by_key(|finding| finding.start);
    found
}

/// Whole names first, then each word of them that is no title and not too short.
fn parts(names: &[String]) -> Vec<String> {
    const TITLES: [&str; 12] = ["mr", "mrs", "ms", "dr", "prof", "herr", "frau", "the", "von", "van", "support", "team"];
    let whole = names.iter().map(|name| name.trim().to_owned()).filter(|name| name.contains(' '));
    let words = names.iter().flat_map(|name| name.split_whitespace()).map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()).to_owned());
    let words = words.filter(|word| word.chars().count() >= 3 && !word.contains('@') && !TITLES.contains(&word.to_lowercase().as_str()));
    let mut all: Vec<String> = whole.chain(words).collect();
    all.dedup();
    all
}

fn put(found: &mut Vec<Finding>, kind: Kind, start: usize, text: &str) {
    let end = start + text.len();
    if found.iter().all(|other| end <= other.start || other.end <= start) {
        found.push(Finding { kind, start, end, text: text.to_owned() });
    }
}

/// The text with placeholders where the chosen findings stood. `chosen` tells by the place in `found`.
pub fn replaced(text: &str, found: &[Finding], chosen: impl Fn(usize) -> bool) -> String {
    let (mut out, mut from) = (String::with_capacity(text.len()), 0);
    for (_, finding) in found.iter().enumerate().filter(|(at, _)| chosen(*at)) {
        out.push_str(&text[from..finding.start]);
        out.push_str(finding.kind.placeholder());
        from = finding.end;
    }
    out.push_str(&text[from..]);
    out
}

fn has_digit(text: &str) -> bool {
    text.bytes().any(|c| c.is_ascii_digit())
}

fn is_phone(text: &str) -> bool {
    (7..=15).contains(&text.bytes().filter(u8::is_ascii_digit).count())
}

/// Addresses for examples and of one's own machine tell nothing.
fn is_machine(text: &str) -> bool {
    let parts: Vec<u16> = text.split('.').filter_map(|part| part.parse().ok()).collect();
    let is_address = parts.len() == 4 && parts.iter().all(|part| *part < 256);
    is_address && !["127.", "0.0.", "192.0.2.", "198.51.100.", "203.0.113.", "255."].iter().any(|known| text.starts_with(known))
}

/// By Luhn's sum (ISO/IEC 7812).
fn is_card(text: &str) -> bool {
    let digits: Vec<u32> = text.chars().filter_map(|c| c.to_digit(10)).collect();
    let sum: u32 = digits.iter().rev().enumerate().map(|(at, digit)| if at % 2 == 0 { *digit } else { (digit * 2).checked_sub(9).unwrap_or(digit * 2) }).sum();
    digits.len() >= 13 && sum.is_multiple_of(10) && digits.iter().any(|digit| *digit != digits[0])
}

/// By the remainder (ISO 13616).
fn is_iban(text: &str) -> bool {
    let plain: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    if !(15..=34).contains(&plain.len()) || !plain.is_ascii() {
        return false;
    }
    let turned = format!("{}{}", &plain[4..], &plain[..4]);
    turned.chars().filter_map(|c| c.to_digit(36)).fold(0_u32, |rest, value| if value < 10 { (rest * 10 + value) % 97 } else { (rest * 100 + value) % 97 }) == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<(Kind, String)> {
        find(text, &["Cleo Varga".to_owned(), "cleo@lumen.test".to_owned()]).into_iter().map(|one| (one.kind, one.text)).collect()
    }

    #[test]
    fn personal_data_is_found() {
        let cases = [
            ("Hi Cleo Varga, mail cleo.varga@lumen.co.uk.", vec![(Kind::Name, "Cleo Varga"), (Kind::Email, "cleo.varga@lumen.co.uk")]),
            ("Dear Ms Varga", vec![(Kind::Name, "Varga")]),
            (
                "Call +49 (0)30 1234567 or 030 1234 5678 or 555-123-4567",
                vec![(Kind::Phone, "+49 (0)30 1234567"), (Kind::Phone, "030 1234 5678"), (Kind::Phone, "555-123-4567")],
            ),
            ("I live at 12 High Street, London and at Lange Straße", vec![(Kind::Address, "12 High Street")]),
            ("Musterstraße 5, 10115 Berlin", vec![(Kind::Address, "Musterstraße 5, 10115 Berlin")]),
            ("12, rue de la Paix, 75002 Paris", vec![(Kind::Address, "12, rue de la Paix, 75002 Paris")]),
            ("card 4111 1111 1111 1111", vec![(Kind::Account, "4111 1111 1111 1111")]),
            ("DE89 3704 0044 0532 0130 00", vec![(Kind::Account, "DE89 3704 0044 0532 0130 00")]),
            ("from 91.12.4.8 to 127.0.0.1", vec![(Kind::Machine, "91.12.4.8")]),
            ("key sk-proj_abcDEF1234567890", vec![(Kind::Token, "sk-proj_abcDEF1234567890")]),
            ("password: hunter2!x", vec![(Kind::Token, "hunter2!x")]),
            ("My password is Tr0ub4dor&3", vec![(Kind::Token, "Tr0ub4dor&3")]),
            ("Authorization: Bearer abc.def-123456789", vec![(Kind::Token, "abc.def-123456789")]),
            ("eyJhbGciOiJI.eyJzdWIiOiIx.sig", vec![(Kind::Token, "eyJhbGciOiJI.eyJzdWIiOiIx.sig")]),
            ("https://x.test/reset?token=abcdefghij", vec![(Kind::Token, "https://x.test/reset?token=abcdefghij")]),
        ];
        for (text, expected) in cases {
            let expected: Vec<(Kind, String)> = expected.into_iter().map(|(kind, text)| (kind, text.to_owned())).collect();
            assert_eq!(found(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_none_is_left_alone() {
        for text in [
            "Error E4021 after 30 s",
            "Version 1.2.3.4567",
            "order 4111 1111 1111 1112",
            "the token is missing",
            "192.0.2.1",
            "2026-11-27 10:32",
            "1,000,000 tokens",
            "Set `max_tokens: 4096`",
            "cleopatra",
        ] {
            assert_eq!(found(text), [], "{text}");
        }
        assert_eq!(PATTERNS.len(), 14, "every pattern is one");
    }

    #[test]
    fn chosen_findings_get_a_placeholder() {
        let text = "Cleo wrote from cleo@lumen.test.";
        let all = find(text, &["Cleo Varga".to_owned()]);

        assert_eq!(replaced(text, &all, |_| true), "(name) wrote from name@example.com.");
        assert_eq!(replaced(text, &all, |at| at == 1), "Cleo wrote from name@example.com.");
    }
}
