//! Times that people choose: mornings of their own days, or a moment of their own clock.

use crate::views;
use db::Timestamp;
use jiff::{
    ToSpan, Zoned,
    civil::{Date, DateTime, Weekday},
    tz::TimeZone,
};

/// The hour at which a day of work begins.
const MORNING: i8 = 9;

/// The presets: word, label, and when each would be.
fn presets(now: &Zoned) -> Vec<(&'static str, &'static str, Zoned)> {
    let morning = |day: Option<jiff::civil::Date>| day.and_then(|day| day.at(MORNING, 0, 0, 0).to_zoned(now.time_zone().clone()).ok());
    let full_hour = |hours: i64| {
        let later = now.checked_add(hours.hours()).ok()?;
        later.with().minute(0).second(0).subsec_nanosecond(0).build().ok()
    };
    let found = [
        // late in the evening there is no later today
        ("later", "Later today", full_hour(4).filter(|later| later.date() == now.date())),
        ("tomorrow", "Tomorrow", morning(now.date().tomorrow().ok())),
        ("monday", "Monday", morning(now.date().nth_weekday(1, Weekday::Monday).ok())),
        ("week", "In a week", morning(now.date().checked_add(1.week()).ok())),
    ];
    found.into_iter().filter_map(|(word, label, at)| Some((word, label, at?))).collect()
}

/// A time on the clock of a zone.
pub(super) fn local(now: Timestamp, zone: &str) -> Zoned {
    now.to_jiff().to_zoned(TimeZone::get(zone).unwrap_or(TimeZone::UTC))
}

fn micros(at: &Zoned) -> Timestamp {
    Timestamp::from_micros(at.timestamp().as_microsecond())
}

/// The presets as a menu has them.
pub(super) fn choices(now: &Zoned) -> Vec<views::TimeChoice> {
    presets(now).into_iter().map(|(word, label, at)| views::TimeChoice { word, label, at: Some(micros(&at)) }).collect()
}

/// The time of a preset.
pub(super) fn preset(now: &Zoned, word: &str) -> Option<Timestamp> {
    presets(now).iter().find(|preset| preset.0 == word).map(|preset| micros(&preset.2))
}

/// The morning of a day, `2026-11-27`.
pub(super) fn morning(now: &Zoned, day: &str) -> Option<Timestamp> {
    let day: Date = day.parse().ok()?;
    Some(micros(&day.at(MORNING, 0, 0, 0).to_zoned(now.time_zone().clone()).ok()?))
}

/// A moment of the clock on the wall, `2026-11-27T09:30`, as browsers send it.
pub(super) fn moment(now: &Zoned, text: &str) -> Option<Timestamp> {
    let at: DateTime = text.parse().ok()?;
    Some(micros(&at.to_zoned(now.time_zone().clone()).ok()?))
}

/// The first moment of that kind that may be chosen.
pub(super) fn first_moment(now: &Zoned) -> String {
    now.strftime("%Y-%m-%dT%H:%M").to_string()
}

#[cfg(test)]
mod tests {
    //! Presets around midnight, weekends and the change of clocks.

    use super::*;

    fn times(now: &str) -> Vec<String> {
        presets(&now.parse::<Zoned>().unwrap()).iter().map(|(word, _, at)| format!("{word} {}", at.strftime("%Y-%m-%d %H:%M"))).collect()
    }

    #[test]
    fn presets_are_mornings_of_the_agents_own_days() {
        let cases = [
            (
                "2026-11-25T10:40[Europe/Berlin]",
                ["later 2026-11-25 14:00", "tomorrow 2026-11-26 09:00", "monday 2026-11-30 09:00", "week 2026-12-02 09:00"].as_slice(),
            ),
            ("2026-11-25T21:10[Europe/Berlin]", &["tomorrow 2026-11-26 09:00", "monday 2026-11-30 09:00", "week 2026-12-02 09:00"]),
            ("2026-11-23T00:05[UTC]", &["later 2026-11-23 04:00", "tomorrow 2026-11-24 09:00", "monday 2026-11-30 09:00", "week 2026-11-30 09:00"]),
            // the night in which the clocks go forward
            ("2026-03-28T12:00[Europe/Berlin]", &["later 2026-03-28 16:00", "tomorrow 2026-03-29 09:00", "monday 2026-03-30 09:00", "week 2026-04-04 09:00"]),
        ];

        for (now, expected) in cases {
            assert_eq!(times(now), expected, "{now}");
        }
    }
}
