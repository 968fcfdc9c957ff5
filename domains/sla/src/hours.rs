//! Counted time: pure arithmetic over calendars, by day and not by minute. An instant counts when the clock on the
//! calendar's wall shows a time within an interval of that day, and the day is no holiday. So an hour that a change
//! of the clock leaves out counts nothing, and one that it repeats counts twice.

use db::Timestamp;
use jiff::{civil::Date, tz::TimeZone};
use std::{collections::HashSet, time::Duration};

pub(crate) const MINUTE: i64 = 60_000_000;
const DAY: i64 = 1_440 * MINUTE;
/// A deadline further away than this is none.
const HORIZON: i64 = 3_660 * DAY;

/// A stretch of time, from an instant to a later one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// Its beginning.
    pub from: Timestamp,
    /// Its end, which does not belong to it.
    pub to: Timestamp,
}

/// When time counts.
#[derive(Clone, Debug)]
pub enum Hours {
    /// Round the clock.
    Always,
    /// Within the hours of a calendar.
    Office(Box<Office>),
}

/// The hours of a calendar, made ready to be counted.
#[derive(Clone, Debug)]
pub struct Office {
    pub(crate) zone: TimeZone,
    /// Monday first: minutes from midnight, apart from each other, none beyond the day's end.
    pub(crate) week: [Vec<(i64, i64)>; 7],
    /// Closed days, as days since 1970.
    pub(crate) dates: HashSet<i64>,
    /// Closed days of every year: month, day.
    pub(crate) yearly: HashSet<(i8, i8)>,
}

impl Office {
    fn is_holiday(&self, day: i64) -> bool {
        if self.dates.contains(&day) {
            return true;
        }
        !self.yearly.is_empty() && date_of(day).is_some_and(|date| self.yearly.contains(&(date.month(), date.day())))
    }

    /// The day of the calendar's zone in which an instant lies, as days since 1970.
    fn offset_at(&self, at: i64) -> i64 {
        i64::from(self.zone.to_offset(Timestamp::from_micros(at).to_jiff()).seconds()) * 1_000_000
    }

    /// Calls `visit` with each open stretch between two instants until it answers false.
    fn visit(&self, from: i64, to: i64, mut visit: impl FnMut(i64, i64) -> bool) {
        let mut at = from;
        while at < to {
            // between two changes of the clock, wall and instant differ by one number
            let offset = self.offset_at(at);
            let change = self.zone.following(Timestamp::from_micros(at).to_jiff()).next().map_or(i64::MAX, |change| change.timestamp().as_microsecond());
            let end = change.min(to);
            for day in (at + offset).div_euclid(DAY)..=(end - 1 + offset).div_euclid(DAY) {
                let weekday = usize::try_from((day + 3).rem_euclid(7)).unwrap_or(0);
                if self.week[weekday].is_empty() || self.is_holiday(day) {
                    continue;
                }
                for (opens, closes) in &self.week[weekday] {
                    let opened = (day * DAY + opens * MINUTE - offset).max(at);
                    let closed = (day * DAY + closes * MINUTE - offset).min(end);
                    if opened < closed && !visit(opened, closed) {
                        return;
                    }
                }
            }
            at = end;
        }
    }
}

fn date_of(day: i64) -> Option<Date> {
    let span = jiff::Span::new().try_days(day).ok()?;
    Date::constant(1970, 1, 1).checked_add(span).ok()
}

/// A date as days since 1970.
pub(crate) fn day_of(date: Date) -> i64 {
    date.since((jiff::Unit::Day, Date::constant(1970, 1, 1))).map_or(0, |span| i64::from(span.get_days()))
}

impl Hours {
    /// How much of the time between two instants counts.
    pub fn counted(&self, from: Timestamp, to: Timestamp) -> Duration {
        let mut sum = 0;
        match self {
            Self::Always => sum = to.micros().saturating_sub(from.micros()).max(0),
            Self::Office(office) => office.visit(from.micros(), to.micros(), |opened, closed| {
                sum += closed - opened;
                true
            }),
        }
        Duration::from_micros(u64::try_from(sum).unwrap_or(0))
    }

    /// The instant at which so much has been counted from `from` on; none when that is more than ten years away.
    pub fn after(&self, from: Timestamp, amount: Duration) -> Option<Timestamp> {
        if amount.is_zero() || matches!(self, Self::Always) {
            return Some(from.plus(amount));
        }
        let Self::Office(office) = self else { return None };
        let (mut left, mut found) = (i64::try_from(amount.as_micros()).ok()?, None);
        office.visit(from.micros(), from.micros().saturating_add(HORIZON), |opened, closed| {
            if closed - opened >= left {
                found = Some(Timestamp::from_micros(opened + left));
                return false;
            }
            left -= closed - opened;
            true
        });
        found
    }

    /// The stretches that count between two instants; what touches is one.
    pub fn spans(&self, from: Timestamp, to: Timestamp) -> Vec<Span> {
        let mut spans: Vec<Span> = Vec::new();
        match self {
            Self::Always if from < to => spans.push(Span { from, to }),
            Self::Always => {}
            Self::Office(office) => office.visit(from.micros(), to.micros(), |opened, closed| {
                let (from, to) = (Timestamp::from_micros(opened), Timestamp::from_micros(closed));
                match spans.last_mut() {
                    Some(last) if last.to == from => last.to = to,
                    _ => spans.push(Span { from, to }),
                }
                true
            }),
        }
        spans
    }

    /// The zone in which its people think.
    pub fn zone(&self) -> TimeZone {
        match self {
            Self::Always => TimeZone::UTC,
            Self::Office(office) => office.zone.clone(),
        }
    }
}
