//! Holidays out of an iCalendar file (RFC 5545): all-day events, those of every year too. What is no all-day event is
//! passed over and counted; nothing that is sent makes this take long.

use crate::{Holiday, MOST_HOLIDAYS};
use jiff::{
    ToSpan as _,
    civil::{Date, Weekday},
};

/// A file may have this many bytes.
pub const MOST_BYTES: usize = 1024 * 1024;
/// An event covers this many days at most.
const MOST_DAYS: i32 = 31;
/// Rules that can't be written as one day of every year are written out for this many years.
const YEARS: i16 = 20;

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// Closed days.
    pub holidays: Vec<Holiday>,
    /// Events that are no closed days: with a time, cancelled, or repeated in a way that is not understood.
    pub passed_over: usize,
}

#[derive(Default)]
struct Event {
    start: Option<Date>,
    end: Option<Date>,
    rule: Option<String>,
    name: String,
    is_cancelled: bool,
}

/// Reads the text of a file.
pub fn read(text: &str) -> Result<Found, String> {
    if text.len() > MOST_BYTES {
        return Err(format!("The file is over the limit of {} KB.", MOST_BYTES / 1024));
    }
    if !text.to_ascii_uppercase().contains("BEGIN:VCALENDAR") {
        return Err("This is no iCalendar file: it does not begin with BEGIN:VCALENDAR.".to_owned());
    }
    let (mut found, mut event) = (Found::default(), None::<Event>);
    for line in unfolded(text) {
        let Some((head, value)) = split(&line) else { continue };
        let name = head.split(';').next().unwrap_or_default().to_ascii_uppercase();
        match (name.as_str(), &mut event) {
            ("BEGIN", _) if value.trim().eq_ignore_ascii_case("VEVENT") => event = Some(Event::default()),
            ("END", current) if value.trim().eq_ignore_ascii_case("VEVENT") => {
                if let Some(event) = current.take() {
                    take(&event, &mut found);
                }
            }
            ("DTSTART", Some(event)) => event.start = date(value),
            ("DTEND", Some(event)) => event.end = date(value),
            ("RRULE", Some(event)) => event.rule = Some(value.trim().to_ascii_uppercase()),
            ("SUMMARY", Some(event)) => event.name = words(value),
            ("STATUS", Some(event)) => event.is_cancelled = value.trim().eq_ignore_ascii_case("CANCELLED"),
            _ => {}
        }
    }
    Ok(found)
}

/// Lines, with those that begin with a space joined to the one before (section 3.1).
fn unfolded(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for line in text.split('\n').map(|line| line.trim_end_matches('\r')) {
        match (line.strip_prefix([' ', '\t']), lines.last_mut()) {
            (Some(rest), Some(last)) => last.push_str(rest),
            _ => lines.push(line.to_owned()),
        }
    }
    lines
}

/// Name with parameters, and value: at the first colon outside of quotes.
fn split(line: &str) -> Option<(&str, &str)> {
    let mut is_quoted = false;
    let at = line.char_indices().find(|(_, c)| {
        is_quoted ^= *c == '"';
        *c == ':' && !is_quoted
    })?;
    Some((&line[..at.0], &line[at.0 + 1..]))
}

/// A date without a time: `20261225`.
fn date(value: &str) -> Option<Date> {
    let value = value.trim();
    if value.len() != 8 || !value.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    Date::new(value[..4].parse().ok()?, value[4..6].parse().ok()?, value[6..].parse().ok()?).ok()
}

fn words(value: &str) -> String {
    let plain = value.replace("\\n", " ").replace("\\N", " ").replace("\\,", ",").replace("\\;", ";").replace("\\\\", "\\");
    plain.split_whitespace().collect::<Vec<_>>().join(" ").chars().filter(|c| !c.is_control()).take(80).collect()
}

fn take(event: &Event, found: &mut Found) {
    let Some(start) = event.start.filter(|_| !event.is_cancelled) else {
        found.passed_over += 1;
        return;
    };
    // the end does not belong to it; without one it is a single day
    let days = event.end.and_then(|end| end.since(start).ok()).map_or(1, |span| span.get_days()).clamp(1, MOST_DAYS);
    let Some(starts) = event.rule.as_deref().map_or_else(|| Some(vec![(Some(start.year()), start)]), |rule| repeated(start, rule)) else {
        found.passed_over += 1;
        return;
    };
    for (year, first) in starts {
        for offset in 0..days {
            if found.holidays.len() >= MOST_HOLIDAYS {
                return;
            }
            let Ok(day) = first.checked_add(offset.days()) else { break };
            let year = year.map(|_| day.year());
            found.holidays.push(Holiday { year, month: day.month(), day: day.day(), name: event.name.clone() });
        }
    }
}

/// The beginnings of an event that comes back every year: one day of every year, or dates written out.
fn repeated(start: Date, rule: &str) -> Option<Vec<(Option<i16>, Date)>> {
    let part = |name: &str| rule.split(';').find_map(|part| part.split_once('=').filter(|(key, _)| *key == name).map(|(_, value)| value));
    if part("FREQ") != Some("YEARLY") {
        return None;
    }
    let known = ["FREQ", "INTERVAL", "UNTIL", "COUNT", "BYMONTH", "BYMONTHDAY", "BYDAY", "WKST"];
    if rule.split(';').filter_map(|part| part.split_once('=')).any(|(key, _)| !known.contains(&key)) {
        return None;
    }
    let month = match part("BYMONTH") {
        None => start.month(),
        Some(month) => month.parse::<i8>().ok().filter(|month| (1..=12).contains(month))?,
    };
    let interval = part("INTERVAL").map_or(Some(1), |text| text.parse::<i16>().ok()).filter(|interval| (1..=100).contains(interval))?;
    let until = part("UNTIL").and_then(|text| date(text.get(..8)?));
    let count = part("COUNT").map_or(Some(usize::MAX), |text| text.parse::<usize>().ok())?;
    let on_day = |year: i16| match (part("BYDAY"), part("BYMONTHDAY")) {
        (Some(by_day), _) => nth_weekday(year, month, by_day),
        (None, Some(day)) => Date::new(year, month, day.parse().ok()?).ok(),
        (None, None) => Date::new(year, month, start.day()).ok(),
    };
    if part("BYDAY").is_none() && interval == 1 && until.is_none() && count == usize::MAX {
        let day = part("BYMONTHDAY").map_or(Some(start.day()), |day| day.parse().ok())?;
        // a leap year takes 29 February too
        return Some(vec![(None, Date::new(2024, month, day).ok()?)]);
    }
    let dates: Vec<(Option<i16>, Date)> = (0..YEARS)
        .filter_map(|step| start.year().checked_add(step.checked_mul(interval)?))
        .filter_map(on_day)
        .filter(|date| *date >= start && until.is_none_or(|until| *date <= until))
        .take(count)
        .map(|date| (Some(date.year()), date))
        .collect();
    (!dates.is_empty()).then_some(dates)
}

/// `4TH` of November, `-1MO` of May.
fn nth_weekday(year: i16, month: i8, by_day: &str) -> Option<Date> {
    let by_day = by_day.trim();
    let at = by_day.len().checked_sub(2).filter(|at| by_day.is_char_boundary(*at))?;
    let weekday = match &by_day[at..] {
        "MO" => Weekday::Monday,
        "TU" => Weekday::Tuesday,
        "WE" => Weekday::Wednesday,
        "TH" => Weekday::Thursday,
        "FR" => Weekday::Friday,
        "SA" => Weekday::Saturday,
        "SU" => Weekday::Sunday,
        _ => return None,
    };
    Date::new(year, month, 1).ok()?.nth_weekday_of_month(by_day[..at].parse().ok()?, weekday).ok()
}
