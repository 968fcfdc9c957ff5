//! What is made of an answer: delivered, tried again after a pause, or given up. Pure, so that tables can test it.

use crate::delivery::PATIENCE;
use db::Timestamp;
use fetch::{Answer, Failure};
use std::time::Duration;

/// The first pause; each later one is three times as long.
const FIRST: Duration = Duration::from_secs(5);
/// No pause is longer, whatever the receiver asks for.
const LONGEST: Duration = Duration::from_hours(4);

/// What becomes of a delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The receiver took it.
    Delivered,
    /// Tried again then. The receiver asked for it: other deliveries wait too.
    Again { at: Timestamp, is_asked_for: bool },
    /// Not tried again.
    Failed(String),
    /// The receiver says that it is gone for good.
    Gone,
}

/// Where a delivery stands when an answer comes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Standing {
    pub now: Timestamp,
    /// Tries, this one included.
    pub tries: i64,
    /// The last try.
    pub until: Timestamp,
    pub is_test: bool,
    /// 0 to 255, by chance: tries of many deliveries spread.
    pub chance: u8,
}

/// Judges what came of a try.
pub(crate) fn judge(result: &Result<Answer, Failure>, standing: &Standing) -> Verdict {
    let asked = match result {
        Ok(answer) if (200..300).contains(&answer.status) => return Verdict::Delivered,
        Ok(answer) if answer.status == 410 => return Verdict::Gone,
        Ok(answer) if matches!(answer.status, 429 | 503) => answer.retry_after(standing.now.to_jiff()),
        _ => None,
    };
    if standing.is_test {
        return Verdict::Failed("A test is tried once.".to_owned());
    }
    if standing.now >= standing.until {
        return Verdict::Failed(format!("It was tried for {} hours.", PATIENCE.as_secs() / 3600));
    }
    let own = pause(standing.tries, standing.chance);
    let at = standing.now.plus(asked.map_or(own, |asked| asked.max(own).min(LONGEST)));
    Verdict::Again { at: at.min(standing.until), is_asked_for: asked.is_some() }
}

/// 5 s, 15 s, 45 s … 4 hours, each a fifth shorter or longer by chance.
fn pause(tries: i64, chance: u8) -> Duration {
    let whole = fetch::pause(FIRST, LONGEST, tries);
    whole * 4 / 5 + whole * 2 / 5 * u32::from(chance) / 255
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::{HeaderMap, HeaderValue};

    fn answer(status: u16, retry_after: &str) -> Answer {
        let mut headers = HeaderMap::new();
        if !retry_after.is_empty() {
            headers.insert("retry-after", HeaderValue::from_str(retry_after).unwrap());
        }
        Answer { status, headers, body: Vec::new(), is_cut: false, took: Duration::ZERO }
    }

    const fn second(n: i64) -> Timestamp {
        Timestamp::from_seconds(1_800_000_000 + n)
    }

    fn standing() -> Standing {
        Standing { now: second(0), tries: 1, until: second(86_400), is_test: false, chance: 0 }
    }

    #[test]
    fn each_answer_has_its_verdict() {
        let again = |at: i64, is_asked_for: bool| Verdict::Again { at: second(at), is_asked_for };
        let cases = [
            (Ok(answer(200, "")), Verdict::Delivered),
            (Ok(answer(204, "")), Verdict::Delivered),
            (Ok(answer(410, "")), Verdict::Gone),
            (Ok(answer(301, "")), again(4, false)),
            (Ok(answer(400, "")), again(4, false)),
            (Ok(answer(404, "60")), again(4, false)),
            (Ok(answer(500, "")), again(4, false)),
            (Err(Failure::TimedOut(Duration::from_secs(10))), again(4, false)),
            (Ok(answer(429, "60")), again(60, true)),
            (Ok(answer(503, "0")), again(4, true)),
            (Ok(answer(503, "999999")), again(4 * 3600, true)),
            (Ok(answer(429, "Fri, 15 Jan 2027 08:01:40 GMT")), again(100, true)),
            (Ok(answer(429, "Fri, 15 Jan 2010 08:01:40 GMT")), again(4, true)),
            (Ok(answer(429, "-5")), again(4, false)),
            (Ok(answer(429, "soon")), again(4, false)),
            (Ok(answer(429, "99999999999999999999")), again(4, false)),
        ];
        for (result, expected) in cases {
            assert_eq!(judge(&result, &standing()), expected, "{result:?}");
        }
    }

    #[test]
    fn pauses_grow_for_a_day_and_the_last_try_is_at_its_end() {
        let (mut standing, mut pauses) = (standing(), Vec::new());
        loop {
            match judge(&Ok(answer(500, "")), &standing) {
                Verdict::Again { at, .. } => {
                    pauses.push(at.since(standing.now).as_secs());
                    standing = Standing { now: at, tries: standing.tries + 1, chance: 127, ..standing };
                }
                other => {
                    assert!(matches!(other, Verdict::Failed(_)), "{other:?}");
                    break;
                }
            }
        }

        assert_eq!(standing.now, second(86_400));
        assert!((12..=18).contains(&pauses.len()) && pauses[..8].is_sorted(), "{pauses:?}");
    }

    #[test]
    fn chance_moves_a_pause_by_a_fifth_and_a_test_is_tried_once() {
        assert_eq!((pause(1, 0), pause(1, 255), pause(40, 255)), (Duration::from_secs(4), Duration::from_secs(6), LONGEST * 6 / 5));
        assert!(matches!(judge(&Ok(answer(500, "")), &Standing { is_test: true, ..standing() }), Verdict::Failed(_)));
    }
}
