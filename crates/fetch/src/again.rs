//! When to ask again: what the other side asked for, and pauses that grow.

use crate::client::Answer;
use http::header;
use std::time::Duration;

impl Answer {
    /// The pause that it asks for: `Retry-After` in seconds or as a date (RFC 9110, section 10.2.3); a date that is past is none at all.
    #[must_use]
    pub fn retry_after(&self, now: jiff::Timestamp) -> Option<Duration> {
        let text = self.headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
        if let Ok(seconds) = text.parse::<u32>() {
            return Some(Duration::from_secs(u64::from(seconds)));
        }
        let date = jiff::fmt::rfc2822::parse(text).ok()?;
        Some(date.timestamp().duration_since(now).try_into().unwrap_or(Duration::ZERO))
    }
}

/// The pause after so many tries: the first, each later one three times as long, up to the longest.
#[must_use]
pub fn pause(first: Duration, longest: Duration, tries: i64) -> Duration {
    let factor = 3_u32.saturating_pow(u32::try_from(tries.clamp(1, 20) - 1).unwrap_or(0));
    first.saturating_mul(factor).min(longest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::{HeaderMap, HeaderValue};

    #[test]
    fn a_pause_is_asked_for_in_seconds_or_by_a_date() {
        let now = jiff::Timestamp::from_second(1_800_000_000).unwrap();
        for (text, expected) in [
            ("60", Some(60)),
            (" 0 ", Some(0)),
            ("Fri, 15 Jan 2027 08:01:40 GMT", Some(100)),
            ("Fri, 15 Jan 2010 08:01:40 GMT", Some(0)),
            ("-5", None),
            ("soon", None),
            ("99999999999999999999", None),
        ] {
            let headers = HeaderMap::from_iter([(header::RETRY_AFTER, HeaderValue::from_static(text))]);
            let answer = Answer { status: 429, headers, body: Vec::new(), is_cut: false, took: Duration::ZERO };
            assert_eq!(answer.retry_after(now), expected.map(Duration::from_secs), "{text}");
        }
    }

    #[test]
    fn pauses_grow_threefold_and_end() {
        let after = |tries| pause(Duration::from_secs(5), Duration::from_hours(4), tries).as_secs();
        assert_eq!([-1, 1, 2, 3, 8, 9, 40].map(after), [5, 5, 15, 45, 10_935, 14_400, 14_400]);
    }
}
