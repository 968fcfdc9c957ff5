//! Counted time in calendars: nights, overlaps, holidays, and every kind of change of the clock.

use db::Timestamp;
use jiff::{civil::DateTime, tz::TimeZone};
use sla::{Calendar, Holiday, Hours, intervals, intervals_words};
use std::time::Duration;

pub fn calendar(zone: &str, week: &str, holidays: &[&str]) -> Calendar {
    let mut calendar = Calendar { zone: zone.to_owned(), week: Default::default(), holidays: Vec::new() };
    for part in week.split('|').map(str::trim).filter(|part| !part.is_empty()) {
        let (days, hours) = part.split_once(' ').unwrap();
        let names = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
        for (day, name) in names.iter().enumerate() {
            if days == "daily" || days == "office" && day < 5 || days == *name {
                calendar.week[day].extend(intervals(hours).unwrap());
            }
        }
    }
    calendar.add(holidays.iter().map(|line| Holiday::parse(line).unwrap()).collect());
    calendar
}

/// A time of the zone's wall.
pub fn at(zone: &str, text: &str) -> Timestamp {
    let wall: DateTime = text.parse().unwrap();
    Timestamp::from_micros(wall.to_zoned(TimeZone::get(zone).unwrap()).unwrap().timestamp().as_microsecond())
}

/// Name, zone, week, holidays, from, to, minutes.
type Counted<'a> = (&'a str, &'a str, &'a str, &'a [&'a str], &'a str, &'a str, u64);
/// Zone, week, holidays, from, minutes, deadline.
type Due<'a> = (&'a str, &'a str, &'a [&'a str], &'a str, u64, &'a str);

const OFFICE: &str = "office 09:00-18:00";
const WHOLE: &str = "daily 00:00-24:00";
const BERLIN: &str = "Europe/Berlin";

#[test]
fn counted_time_is_what_the_wall_says() {
    #[rustfmt::skip]
    let cases: &[Counted<'_>] = &[
        // an ordinary week
        ("a morning", "UTC", OFFICE, &[], "2026-11-23T10:00", "2026-11-23T11:30", 90),
        ("over the evening", "UTC", OFFICE, &[], "2026-11-23T17:00", "2026-11-24T10:00", 120),
        ("over a weekend", "UTC", OFFICE, &[], "2026-11-27T17:00", "2026-11-30T10:00", 120),
        ("a whole week", "UTC", OFFICE, &[], "2026-11-23T00:00", "2026-11-30T00:00", 2_700),
        ("within a weekend", "UTC", OFFICE, &[], "2026-11-28T00:00", "2026-11-29T12:00", 0),
        ("no time at all", "UTC", OFFICE, &[], "2026-11-23T10:00", "2026-11-23T10:00", 0),
        ("backwards", "UTC", OFFICE, &[], "2026-11-23T12:00", "2026-11-23T10:00", 0),
        ("over lunch", "UTC", "office 09:00-12:00, 13:00-18:00", &[], "2026-11-23T11:30", "2026-11-23T13:30", 60),
        ("round the clock", "UTC", WHOLE, &[], "2026-11-23T00:00", "2026-11-24T00:00", 1_440),
        ("a zone of 45 minutes", "Asia/Kathmandu", OFFICE, &[], "2026-11-23T08:00", "2026-11-23T10:00", 60),
        ("other side of the date line", "Pacific/Auckland", OFFICE, &[], "2026-11-22T00:00", "2026-11-24T00:00", 540),
        // intervals that overlap are joined
        ("overlapping", "UTC", "mon 09:00-12:00, 11:00-15:00", &[], "2026-11-23T00:00", "2026-11-24T00:00", 360),
        ("touching", "UTC", "mon 09:00-12:00, 12:00-18:00", &[], "2026-11-23T00:00", "2026-11-24T00:00", 540),
        ("one within the other", "UTC", "mon 09:00-18:00, 10:00-11:00", &[], "2026-11-23T00:00", "2026-11-24T00:00", 540),
        ("the same twice", "UTC", "mon 09:00-10:00, 09:00-10:00", &[], "2026-11-23T00:00", "2026-11-24T00:00", 60),
        ("a night into a morning", "UTC", "mon 22:00-06:00 | tue 05:00-09:00", &[], "2026-11-23T20:00", "2026-11-24T10:00", 660),
        // nights
        ("a night", "UTC", "fri 22:00-06:00", &[], "2026-11-27T20:00", "2026-11-28T12:00", 480),
        ("a night from Sunday", "UTC", "sun 22:00-06:00", &[], "2026-11-29T23:00", "2026-11-30T07:00", 420),
        ("half of a night", "UTC", "daily 22:00-06:00", &[], "2026-11-24T00:00", "2026-11-24T03:00", 180),
        ("until midnight", "UTC", "mon 22:00-24:00", &[], "2026-11-23T00:00", "2026-11-24T12:00", 120),
        ("a day and a night", "UTC", "mon 09:00-08:00", &[], "2026-11-23T00:00", "2026-11-25T00:00", 1_380),
        // the clock goes forward: Berlin, 29 March 2026, 02:00 becomes 03:00
        ("a day of 23 hours", BERLIN, WHOLE, &[], "2026-03-29T00:00", "2026-03-30T00:00", 1_380),
        ("hours around the gap", BERLIN, "sun 01:00-04:00", &[], "2026-03-29T00:00", "2026-03-30T00:00", 120),
        ("hours within the gap", BERLIN, "sun 02:00-03:00", &[], "2026-03-29T00:00", "2026-03-30T00:00", 0),
        ("an end within the gap", BERLIN, "sun 01:00-02:30", &[], "2026-03-29T00:00", "2026-03-30T00:00", 60),
        ("a beginning within the gap", BERLIN, "sun 02:30-05:00", &[], "2026-03-29T00:00", "2026-03-30T00:00", 120),
        ("the short night", BERLIN, "sat 22:00-06:00", &[], "2026-03-28T12:00", "2026-03-29T12:00", 420),
        ("office over the gap", BERLIN, OFFICE, &[], "2026-03-27T09:00", "2026-03-30T18:00", 1_080),
        // and back: 25 October 2026, 03:00 becomes 02:00
        ("a day of 25 hours", BERLIN, WHOLE, &[], "2026-10-25T00:00", "2026-10-26T00:00", 1_500),
        ("hours around the fold", BERLIN, "sun 01:00-04:00", &[], "2026-10-25T00:00", "2026-10-26T00:00", 240),
        ("the hour that comes twice", BERLIN, "sun 02:00-03:00", &[], "2026-10-25T00:00", "2026-10-26T00:00", 120),
        ("half of the hour that comes twice", BERLIN, "sun 02:00-02:30", &[], "2026-10-25T00:00", "2026-10-26T00:00", 60),
        ("the long night", BERLIN, "sat 22:00-06:00", &[], "2026-10-24T12:00", "2026-10-25T12:00", 540),
        ("office over the fold", BERLIN, OFFICE, &[], "2026-10-23T09:00", "2026-10-26T18:00", 1_080),
        // other places
        ("New York, 23 hours", "America/New_York", WHOLE, &[], "2026-03-08T00:00", "2026-03-09T00:00", 1_380),
        ("New York, 25 hours", "America/New_York", WHOLE, &[], "2026-11-01T00:00", "2026-11-02T00:00", 1_500),
        ("Lord Howe, half an hour more", "Australia/Lord_Howe", WHOLE, &[], "2026-04-05T00:00", "2026-04-06T00:00", 1_470),
        ("Lord Howe, half an hour less", "Australia/Lord_Howe", WHOLE, &[], "2026-10-04T00:00", "2026-10-05T00:00", 1_410),
        ("a day that never was", "Pacific/Apia", WHOLE, &[], "2011-12-29T00:00", "2011-12-31T00:00", 1_440),
        // holidays close from midnight to midnight
        ("a holiday", "UTC", OFFICE, &["2026-11-24 Day"], "2026-11-23T00:00", "2026-11-26T00:00", 1_080),
        ("a holiday of every year", "UTC", OFFICE, &["12-25 Christmas"], "2026-12-24T00:00", "2026-12-27T00:00", 540),
        ("the same in another year", "UTC", OFFICE, &["12-25 Christmas"], "2025-12-24T00:00", "2025-12-27T00:00", 1_080),
        ("a holiday of one year only", "UTC", OFFICE, &["2025-12-25 Christmas"], "2026-12-24T00:00", "2026-12-26T00:00", 1_080),
        ("29 February", "UTC", OFFICE, &["02-29 Leap"], "2028-02-28T00:00", "2028-03-02T00:00", 1_080),
        ("no 29 February", "UTC", OFFICE, &["02-29 Leap"], "2027-02-26T00:00", "2027-03-02T00:00", 1_080),
        ("a holiday cuts the night before", "UTC", "fri 22:00-06:00", &["2026-11-28 Day"], "2026-11-27T20:00", "2026-11-28T12:00", 120),
        ("a holiday cuts the night's beginning", "UTC", "fri 22:00-06:00", &["2026-11-27 Day"], "2026-11-27T20:00", "2026-11-28T12:00", 360),
        ("a holiday on the day that is short", BERLIN, WHOLE, &["2026-03-29 Day"], "2026-03-28T12:00", "2026-03-30T12:00", 1_440),
        ("a holiday on the day that is long", BERLIN, WHOLE, &["2026-10-25 Day"], "2026-10-24T12:00", "2026-10-26T12:00", 1_440),
        ("a holiday of its own zone", "Pacific/Auckland", OFFICE, &["2026-11-24 Day"], "2026-11-23T00:00", "2026-11-25T00:00", 540),
    ];
    let mut wrong = Vec::new();
    for (name, zone, week, holidays, from, to, minutes) in cases {
        let hours = calendar(zone, week, holidays).hours();
        let (from, to) = (at(zone, from), at(zone, to));
        let counted = hours.counted(from, to).as_secs() / 60;
        let summed: u64 = hours.spans(from, to).iter().map(|span| span.to.since(span.from).as_secs() / 60).sum();
        if (counted, summed) != (*minutes, *minutes) {
            wrong.push(format!("{name}: {counted} counted, {summed} in spans, not {minutes}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(cases.len() >= 48, "{}", cases.len());
}

#[test]
fn a_deadline_is_where_the_time_has_been_counted() {
    #[rustfmt::skip]
    let cases: &[Due<'_>] = &[
        ("UTC", OFFICE, &[], "2026-11-23T10:00", 60, "2026-11-23T11:00"),
        ("UTC", OFFICE, &[], "2026-11-23T17:30", 60, "2026-11-24T09:30"),
        ("UTC", OFFICE, &[], "2026-11-23T17:00", 60, "2026-11-23T18:00"),
        ("UTC", OFFICE, &[], "2026-11-28T12:00", 60, "2026-11-30T10:00"),
        ("UTC", OFFICE, &["2026-11-24 Day"], "2026-11-23T17:30", 60, "2026-11-25T09:30"),
        ("UTC", OFFICE, &[], "2026-11-28T12:00", 0, "2026-11-28T12:00"),
        (BERLIN, OFFICE, &[], "2026-03-27T17:00", 120, "2026-03-30T10:00"),
        (BERLIN, OFFICE, &[], "2026-10-23T17:00", 120, "2026-10-26T10:00"),
        (BERLIN, WHOLE, &[], "2026-03-29T01:30", 60, "2026-03-29T03:30"),
        (BERLIN, WHOLE, &[], "2026-10-25T01:30", 180, "2026-10-25T03:30"),
        ("UTC", "mon 09:00-10:00", &[], "2026-11-23T09:30", 5 * 60, "2026-12-28T09:30"),
    ];
    for (zone, week, holidays, from, minutes, expected) in cases {
        let hours = calendar(zone, week, holidays).hours();
        assert_eq!(hours.after(at(zone, from), Duration::from_secs(minutes * 60)), Some(at(zone, expected)), "{zone} {week} {from} + {minutes}");
    }
    let never = calendar("UTC", "mon 09:00-10:00", &[]).hours();
    assert_eq!(never.after(at("UTC", "2026-11-23T09:00"), Duration::from_hours(24 * 365)), None, "more than ten years away");
    assert_eq!(Hours::Always.after(at("UTC", "2026-11-28T12:00"), Duration::from_mins(90)), Some(at("UTC", "2026-11-28T13:30")));
}

#[test]
fn hours_are_written_as_people_write_them() {
    assert_eq!(intervals(" 9:00-12:00 ; 13:00–18:00,22:00-06:00 ").map(|all| intervals_words(&all)), Ok("09:00-12:00, 13:00-18:00, 22:00-06:00".to_owned()));
    assert_eq!(intervals(""), Ok(Vec::new()));
    assert_eq!(intervals("00:00-24:00"), Ok(vec![(0, 1_440)]));
    for wrong in
        ["9-18", "09:00", "25:00-26:00", "09:60-10:00", "24:00-25:00", "09:00-09:00", "24:00-01:00", "-", "09:00-10:00-11:00", "+9:00-10:00", "９:00-10:00"]
    {
        assert!(intervals(wrong).is_err(), "{wrong}");
    }
    assert!(intervals(&"09:00-10:00,".repeat(13)).is_err());
    assert_eq!(Holiday::parse("2026-12-25  Christmas Day").map(|day| day.words()), Ok("2026-12-25 Christmas Day".to_owned()));
    assert_eq!(Holiday::parse("02-29").map(|day| day.words()), Ok("02-29".to_owned()));
    for wrong in ["25.12.2026", "2026-02-29 no", "13-01", "12-32", "x", "", "2026-12"] {
        assert!(Holiday::parse(wrong).is_err(), "{wrong}");
    }
}
