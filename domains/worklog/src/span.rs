//! A length of time as people write and read it: `90`, `1h 30m`, `1:30`, `45s`.

use std::{borrow::Borrow, fmt};

/// Seconds, 1 to a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span(pub i64);

/// An entry has at most this many seconds.
pub const MOST: i64 = 86_400;

impl Span {
    /// A bare number is minutes; `h:mm`; or numbers with `h`, `m`, `s`. None when it is neither, or not 1 s to 24 h.
    pub fn read(text: &str) -> Option<Self> {
        let text = text.trim().to_lowercase();
        let seconds = match text.split_once(':') {
            Some((hours, minutes)) => {
                let (hours, minutes) = (number(hours)?, number(minutes)?);
                (minutes < 60).then_some(hours.checked_mul(3_600)? + minutes * 60)?
            }
            None if text.chars().all(|c| c.is_ascii_digit()) => number(&text)?.checked_mul(60)?,
            None => units(&text)?,
        };
        (1..=MOST).contains(&seconds).then_some(Self(seconds))
    }
}

fn number(text: &str) -> Option<i64> {
    (!text.is_empty() && text.len() <= 6 && text.chars().all(|c| c.is_ascii_digit())).then(|| text.parse().ok())?
}

/// `1h 30m 5s`: each unit once, the large one first.
fn units(text: &str) -> Option<i64> {
    let (mut seconds, mut digits, mut last) = (0_i64, String::new(), i64::MAX);
    for letter in text.chars().filter(|c| !c.is_whitespace()) {
        if letter.is_ascii_digit() {
            digits.push(letter);
            continue;
        }
        let unit = match letter {
            'h' => 3_600,
            'm' => 60,
            's' => 1,
            _ => return None,
        };
        if unit >= last {
            return None;
        }
        seconds = seconds.checked_add(number(&digits)?.checked_mul(unit)?)?;
        last = unit;
        digits.clear();
    }
    digits.is_empty().then_some(seconds)
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (hours, minutes, seconds) = (self.0 / 3_600, self.0 % 3_600 / 60, self.0 % 60);
        match (hours, minutes, seconds) {
            (0, 0, seconds) => write!(f, "{seconds}s"),
            (0, minutes, 0) => write!(f, "{minutes}m"),
            (0, minutes, seconds) => write!(f, "{minutes}m {seconds}s"),
            (hours, 0, _) => write!(f, "{hours}h"),
            (hours, minutes, _) => write!(f, "{hours}h {minutes}m"),
        }
    }
}

/// Seconds as people read them; for templates.
pub(crate) fn show(seconds: impl Borrow<i64>) -> String {
    Span(*seconds.borrow()).to_string()
}

#[cfg(test)]
mod tests {
    use super::Span;

    #[test]
    fn people_write_lengths_of_time_in_many_ways() {
        let cases = [
            ("5", Some(300)),
            (" 90 ", Some(5_400)),
            ("1h", Some(3_600)),
            ("1h 30m", Some(5_400)),
            ("1H30M", Some(5_400)),
            ("45s", Some(45)),
            ("1m 5s", Some(65)),
            ("1:30", Some(5_400)),
            ("0:01", Some(60)),
            ("24h", Some(86_400)),
            ("24h 1s", None),
            ("0", None),
            ("0:00", None),
            ("1:75", None),
            ("", None),
            (":", None),
            ("h", None),
            ("5x", None),
            ("30m 1h", None),
            ("1h 1h", None),
            ("1h 5", None),
            ("-5", None),
            ("1.5h", None),
            ("99999999999999999999", None),
            ("999999h", None),
        ];
        for (text, expected) in cases {
            assert_eq!(Span::read(text).map(|span| span.0), expected, "{text:?}");
        }
    }

    #[test]
    fn and_read_them_short() {
        let cases = [(5, "5s"), (60, "1m"), (95, "1m 35s"), (3_600, "1h"), (3_605, "1h"), (5_460, "1h 31m")];
        for (seconds, expected) in cases {
            assert_eq!(Span(seconds).to_string(), expected);
        }
    }
}
