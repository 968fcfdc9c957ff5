//! When something may go out: quiet hours and digests, in the person's time zone. Pure, so that tables can test it.

use crate::choice::{Digest, Hours};
use db::Timestamp;
use jiff::{Zoned, civil::Weekday, tz::TimeZone};

/// A digest comes at this hour.
const MORNING: i8 = 8;

/// The time at which what was due then goes by mail: not before the digest, and not within quiet hours.
pub(crate) fn mail_at(hours: &Hours, zone: &TimeZone, since: Timestamp, now: Timestamp) -> Timestamp {
    let at = match hours.digest {
        Digest::Off => now,
        digest => morning(digest, &since.to_jiff().to_zoned(zone.clone())).unwrap_or(now).max(now),
    };
    after_quiet(hours, zone, at)
}

/// The time itself, or the end of the quiet hours in which it lies.
pub(crate) fn after_quiet(hours: &Hours, zone: &TimeZone, at: Timestamp) -> Timestamp {
    let Some((from, to)) = hours.quiet() else { return at };
    let local = at.to_jiff().to_zoned(zone.clone());
    let minute = i64::from(local.hour()) * 60 + i64::from(local.minute());
    let is_quiet = if from < to { (from..to).contains(&minute) } else { minute >= from || minute < to };
    if !is_quiet {
        return at;
    }
    let day = if to > minute { Some(local) } else { local.tomorrow().ok() };
    day.and_then(|day| of_day(&day, to)).unwrap_or(at)
}

fn of_day(day: &Zoned, minutes: i64) -> Option<Timestamp> {
    let (hour, minute) = (i8::try_from(minutes / 60).ok()?, i8::try_from(minutes % 60).ok()?);
    let zoned = day.with().hour(hour).minute(minute).second(0).subsec_nanosecond(0).build().ok()?;
    Some(Timestamp::from_micros(zoned.timestamp().as_microsecond()))
}

/// The first morning of a digest after a time.
fn morning(digest: Digest, since: &Zoned) -> Option<Timestamp> {
    let mut day = since.clone();
    for _ in 0..9 {
        let at = of_day(&day, i64::from(MORNING) * 60)?;
        if at > Timestamp::from_micros(since.timestamp().as_microsecond()) && (digest != Digest::Weekly || day.weekday() == Weekday::Monday) {
            return Some(at);
        }
        day = day.tomorrow().ok()?;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        let zoned: Zoned = format!("{text}[Europe/Berlin]").parse().unwrap();
        Timestamp::from_micros(zoned.timestamp().as_microsecond())
    }

    #[test]
    fn mail_waits_for_the_end_of_the_quiet_hours_and_for_the_digest() {
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        let hours = |from: i64, to: i64, digest| Hours { quiet_from: Some(from * 60), quiet_to: Some(to * 60), digest };
        let none = |digest| Hours { digest, ..Hours::NONE };
        let cases = [
            (none(Digest::Off), "2026-11-26T23:00", "2026-11-26T23:00"),
            (hours(22, 7, Digest::Off), "2026-11-26T21:59", "2026-11-26T21:59"),
            (hours(22, 7, Digest::Off), "2026-11-26T22:00", "2026-11-27T07:00"),
            (hours(22, 7, Digest::Off), "2026-11-27T03:00", "2026-11-27T07:00"),
            (hours(22, 7, Digest::Off), "2026-11-27T07:00", "2026-11-27T07:00"),
            (hours(9, 17, Digest::Off), "2026-11-26T10:00", "2026-11-26T17:00"),
            // the night in which clocks go back has 25 hours
            (hours(22, 7, Digest::Off), "2026-10-24T23:00", "2026-10-25T07:00"),
            (none(Digest::Daily), "2026-11-26T07:59", "2026-11-26T08:00"),
            (none(Digest::Daily), "2026-11-26T08:00", "2026-11-27T08:00"),
            (hours(22, 9, Digest::Daily), "2026-11-26T12:00", "2026-11-27T09:00"),
            (none(Digest::Weekly), "2026-11-26T12:00", "2026-11-30T08:00"),
        ];
        for (hours, now, expected) in cases {
            assert_eq!(mail_at(&hours, &zone, at(now), at(now)), at(expected), "{hours:?} {now}");
        }
        // the digest's time is over: it goes now
        assert_eq!(mail_at(&none(Digest::Daily), &zone, at("2026-11-26T12:00"), at("2026-11-27T08:01")), at("2026-11-27T08:01"));
    }
}
