//! Names of teams and people, and figures as people read them.

use db::{Conn, Query};
use kernel::Result;
use std::collections::HashMap;
use uuid::Uuid;

/// Names of teams by their ids.
pub(crate) async fn teams<'k>(conn: &mut Conn, ids: impl Iterator<Item = &'k String>) -> Result<HashMap<String, String>> {
    of(conn, Query::with("SELECT id, name FROM teams WHERE id IN ", Vec::new()), ids).await
}

/// Names of people by their ids.
pub(crate) async fn people<'k>(conn: &mut Conn, ids: impl Iterator<Item = &'k String>) -> Result<HashMap<String, String>> {
    of(conn, Query::with("SELECT id, name FROM people WHERE id IN ", Vec::new()), ids).await
}

async fn of<'k>(conn: &mut Conn, mut query: Query, ids: impl Iterator<Item = &'k String>) -> Result<HashMap<String, String>> {
    query.list(ids.filter_map(|id| id.parse::<Uuid>().ok()));
    let rows: Vec<(Uuid, String)> = conn.all(query).await?;
    Ok(rows.into_iter().map(|(id, name)| (id.to_string(), name)).collect())
}

/// A count with its thousands apart: `5,316`.
pub(crate) fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A length of time as a number and its unit: `38 min`, `6.2 h`, `3.4 days`.
pub(crate) fn length(seconds: u32) -> (String, &'static str) {
    let tenths = |unit: u32| {
        let tenths = (u64::from(seconds) * 10 + u64::from(unit) / 2) / u64::from(unit);
        if tenths >= 100 || tenths.is_multiple_of(10) { (tenths / 10).to_string() } else { format!("{}.{}", tenths / 10, tenths % 10) }
    };
    match seconds {
        0..60 => (seconds.to_string(), "s"),
        60..3_600 => ((seconds / 60).to_string(), "min"),
        3_600..172_800 => (tenths(3_600), "h"),
        _ => (tenths(86_400), "days"),
    }
}

/// The same in one text.
pub(crate) fn length_text(seconds: u32) -> String {
    let (number, unit) = length(seconds);
    format!("{number} {unit}")
}

/// Time spent as a number and its unit; a day of work is not a day, so that hours go on: `38 min`, `6.2 h`, `1,240 h`.
pub(crate) fn hours(seconds: u64) -> (String, &'static str) {
    match u32::try_from(seconds) {
        Ok(seconds) if seconds < 172_800 => length(seconds),
        _ => (count((seconds + 1_800) / 3_600), "h"),
    }
}

/// The same in one text.
pub(crate) fn hours_text(seconds: u64) -> String {
    let (number, unit) = hours(seconds);
    format!("{number} {unit}")
}

/// `94.6`, `100`, `0`: a share in hundredths with one digit where it says something.
pub(crate) fn share(percent: f64) -> String {
    let text = format!("{percent:.1}");
    text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_short_and_exact_enough() {
        for (number, expected) in [(0, "0"), (999, "999"), (1_000, "1,000"), (5_316, "5,316"), (1_234_567, "1,234,567"), (12_345, "12,345")] {
            assert_eq!(count(number), expected);
        }
        for (seconds, expected) in [
            (0, "0 s"),
            (59, "59 s"),
            (60, "1 min"),
            (2_280, "38 min"),
            (3_599, "59 min"),
            (3_600, "1 h"),
            (22_320, "6.2 h"),
            (39_600, "11 h"),
            (171_000, "47 h"),
            (172_800, "2 days"),
            (293_760, "3.4 days"),
            (86_400 * 40, "40 days"),
        ] {
            assert_eq!(length_text(seconds), expected, "{seconds}");
        }
        for (seconds, expected) in [(0, "0 s"), (5_400, "1.5 h"), (172_800, "48 h"), (4_465_800, "1,241 h")] {
            assert_eq!(hours_text(seconds), expected, "{seconds}");
        }
        for (percent, expected) in [(94.56, "94.6"), (100.0, "100"), (0.0, "0"), (99.96, "100"), (33.333, "33.3")] {
            assert_eq!(share(percent), expected);
        }
    }
}
