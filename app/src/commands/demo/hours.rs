//! When people are at work and awake, so that first answers come within minutes to hours on working days.

use super::{chance::Chance, people::STAFF};
use db::Timestamp;
use std::time::Duration;

const DAY: i64 = 86_400;
const HOUR: i64 = 3_600;
/// Hours of a shift.
const SHIFT: i64 = 9;

/// So many minutes and some seconds later.
pub(super) fn later(chance: &mut Chance, at: Timestamp, least_minutes: i64, most_minutes: i64) -> Timestamp {
    let seconds = chance.between(least_minutes * 60, most_minutes * 60);
    at.plus(Duration::from_secs(seconds.unsigned_abs()))
}

/// The next moment from `at` on when this member of the staff is at work.
pub(super) fn at_work(chance: &mut Chance, staff: usize, at: Timestamp) -> Timestamp {
    let begin = STAFF[staff].from_hour * HOUR;
    let second = at.seconds().rem_euclid(DAY);
    if is_weekday(at) && (begin..begin + SHIFT * HOUR).contains(&second) {
        return at;
    }
    let mut morning = at.seconds() - second + begin;
    while morning < at.seconds() || !is_weekday(Timestamp::from_seconds(morning)) {
        morning += DAY;
    }
    later(chance, Timestamp::from_seconds(morning), 2, 75)
}

/// The next moment from `at` on when a customer is awake; weekends are no hindrance.
pub(super) fn awake(chance: &mut Chance, at: Timestamp) -> Timestamp {
    let second = at.seconds().rem_euclid(DAY);
    if (6 * HOUR..21 * HOUR).contains(&second) {
        return at;
    }
    let day = at.seconds() - second + if second >= 21 * HOUR { DAY } else { 0 };
    later(chance, Timestamp::from_seconds(day + 6 * HOUR), 5, 180)
}

/// Whether it is likely that somebody writes at this time: fewer at weekends and at night.
pub(super) fn is_likely(chance: &mut Chance, at: Timestamp) -> bool {
    let hour = at.seconds().rem_euclid(DAY) / HOUR;
    let by_hour = match hour {
        7..=10 | 13..=16 => 100,
        11 | 12 | 17 | 18 => 70,
        5 | 6 | 19 | 20 => 35,
        _ => 12,
    };
    chance.percent(if is_weekday(at) { by_hour } else { by_hour / 5 })
}

fn is_weekday(at: Timestamp) -> bool {
    // 1 January 1970 was a Thursday
    (at.seconds().div_euclid(DAY) + 3).rem_euclid(7) < 5
}
