//! What a calendar says, as it is written and stored: a zone, the hours of the week, the holidays.

use crate::hours::{Hours, Office, day_of};
use jiff::{civil::Date, tz::TimeZone};
use serde::{Deserialize, Serialize};
use std::fmt::Write as _;

/// The days of the week, Monday first: field name and label.
pub const DAYS: [(&str, &str); 7] =
    [("mon", "Monday"), ("tue", "Tuesday"), ("wed", "Wednesday"), ("thu", "Thursday"), ("fri", "Friday"), ("sat", "Saturday"), ("sun", "Sunday")];
/// A day has at most this many intervals.
const MOST_A_DAY: usize = 12;
/// A calendar has at most this many holidays.
pub const MOST_HOLIDAYS: usize = 1_000;

/// Hours of one day: minutes from midnight. What ends no later than it begins goes on into the next day.
pub type Interval = (u16, u16);

/// A calendar's words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Calendar {
    /// IANA name.
    pub zone: String,
    /// Intervals by day, Monday first.
    pub week: [Vec<Interval>; 7],
    /// Closed days.
    pub holidays: Vec<Holiday>,
}

/// A closed day: from midnight to midnight of the calendar's zone.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Holiday {
    /// The year; none is every year.
    pub year: Option<i16>,
    /// The month, from 1.
    pub month: i8,
    /// The day of the month, from 1.
    pub day: i8,
    /// What it is called.
    pub name: String,
}

impl Calendar {
    /// Monday to Friday from nine to six, in UTC.
    pub fn office() -> Self {
        let day = || vec![(540, 1_080)];
        Self { zone: "UTC".to_owned(), week: [day(), day(), day(), day(), day(), Vec::new(), Vec::new()], holidays: Vec::new() }
    }

    /// Whether any hour is open at all.
    pub fn is_empty(&self) -> bool {
        self.week.iter().all(Vec::is_empty)
    }

    /// Ready to be counted: intervals cut at midnight, overlapping ones joined.
    pub fn hours(&self) -> Hours {
        let mut week: [Vec<(i64, i64)>; 7] = Default::default();
        for (day, intervals) in self.week.iter().enumerate() {
            for (opens, closes) in intervals {
                let (opens, closes) = (i64::from(*opens), i64::from(*closes));
                if closes > opens {
                    week[day].push((opens, closes));
                } else {
                    week[day].push((opens, 1_440));
                    week[(day + 1) % 7].push((0, closes));
                }
            }
        }
        let (mut dates, mut yearly) = (std::collections::HashSet::new(), std::collections::HashSet::new());
        for holiday in &self.holidays {
            match holiday.year {
                Some(year) => drop(Date::new(year, holiday.month, holiday.day).map(|date| dates.insert(day_of(date)))),
                None => drop(yearly.insert((holiday.month, holiday.day))),
            }
        }
        let zone = TimeZone::get(&self.zone).unwrap_or(TimeZone::UTC);
        Hours::Office(Box::new(Office { zone, week: week.map(joined), dates, yearly }))
    }

    /// Adds holidays; one that stands there already is not added. Answers how many were new.
    pub fn add(&mut self, holidays: Vec<Holiday>) -> usize {
        let before = self.holidays.len();
        for holiday in holidays {
            if self.holidays.len() < MOST_HOLIDAYS && !self.holidays.iter().any(|known| known.is_same_day(&holiday)) {
                self.holidays.push(holiday);
            }
        }
        self.holidays.sort();
        self.holidays.len() - before
    }
}

fn joined(mut intervals: Vec<(i64, i64)>) -> Vec<(i64, i64)> {
    intervals.sort_unstable();
    let mut joined: Vec<(i64, i64)> = Vec::new();
    for (opens, closes) in intervals.into_iter().filter(|(opens, closes)| opens < closes) {
        match joined.last_mut() {
            Some(last) if opens <= last.1 => last.1 = last.1.max(closes),
            _ => joined.push((opens, closes)),
        }
    }
    joined
}

impl Holiday {
    fn is_same_day(&self, other: &Self) -> bool {
        (self.year, self.month, self.day) == (other.year, other.month, other.day)
    }

    /// From a line: `2026-12-25 Christmas`, or `12-25 Christmas` for every year.
    pub fn parse(line: &str) -> Result<Self, String> {
        let (date, name) = line.trim().split_once(char::is_whitespace).unwrap_or((line.trim(), ""));
        let wrong =
            || format!("“{}” is no holiday. Write 2026-12-25 Christmas, or 12-25 Christmas for every year.", line.trim().chars().take(60).collect::<String>());
        let parts: Vec<&str> = date.split('-').collect();
        let (year, month, day) = match parts.as_slice() {
            [year, month, day] if year.len() == 4 => (Some(year.parse::<i16>().map_err(|_| wrong())?), *month, *day),
            [month, day] => (None, *month, *day),
            _ => return Err(wrong()),
        };
        let (month, day) = (month.parse().map_err(|_| wrong())?, day.parse().map_err(|_| wrong())?);
        // 29 February is a day, in some years
        Date::new(year.unwrap_or(2024), month, day).map_err(|_| wrong())?;
        Ok(Self { year, month, day, name: name.trim().chars().take(80).collect() })
    }

    /// The line it is written as.
    pub fn words(&self) -> String {
        let mut words = self.year.map_or_else(String::new, |year| format!("{year:04}-"));
        // writing to a String can't fail
        let _ = write!(words, "{:02}-{:02} {}", self.month, self.day, self.name);
        words.trim_end().to_owned()
    }
}

/// Intervals as they are written: `09:00-12:00, 13:00-18:00`; `22:00-06:00` goes over midnight.
pub fn intervals(text: &str) -> Result<Vec<Interval>, String> {
    let parts: Vec<&str> = text.split([',', ';']).map(str::trim).filter(|part| !part.is_empty()).collect();
    if parts.len() > MOST_A_DAY {
        return Err(format!("At most {MOST_A_DAY} intervals a day."));
    }
    parts.into_iter().map(interval).collect()
}

fn interval(text: &str) -> Result<Interval, String> {
    let wrong = || format!("“{}” is no interval. Write 09:00-18:00, or 22:00-06:00 for a night.", text.chars().take(40).collect::<String>());
    let (opens, closes) = text.split_once(['-', '–']).ok_or_else(wrong)?;
    let (opens, closes) = (minute(opens).ok_or_else(wrong)?, minute(closes).ok_or_else(wrong)?);
    if opens == 1_440 {
        return Err(wrong());
    }
    if opens == closes {
        return Err(format!("“{}” has no length. For a whole day write 00:00-24:00.", text.trim()));
    }
    Ok((opens, closes))
}

/// `9:00`, `09:00`, `24:00` as minutes from midnight.
fn minute(text: &str) -> Option<u16> {
    let (hour, minute) = text.trim().split_once(':')?;
    if hour.is_empty() || hour.len() > 2 || minute.len() != 2 || !hour.bytes().chain(minute.bytes()).all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let (hour, minute): (u16, u16) = (hour.parse().ok()?, minute.parse().ok()?);
    (minute < 60 && (hour < 24 || hour == 24 && minute == 0)).then_some(hour * 60 + minute)
}

/// Intervals as people write them.
pub fn intervals_words(intervals: &[Interval]) -> String {
    let time = |minute: u16| format!("{:02}:{:02}", minute / 60, minute % 60);
    intervals.iter().map(|(opens, closes)| format!("{}-{}", time(*opens), time(*closes))).collect::<Vec<_>>().join(", ")
}
