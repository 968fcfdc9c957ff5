//! Times as people read them (`DESIGN_LANGUAGE.md`, section 7), in the viewer's zone.

use std::borrow::Borrow;

use db::Timestamp;
use jiff::Zoned;

use crate::{Html, Page, escape};

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

impl Page {
    /// Relative within 24 hours ("4 min ago", "in 3 h"), then "18 Nov", with the year when it is not this one.
    pub fn ago(&self, time: impl Borrow<Timestamp>) -> String {
        let time = *time.borrow();
        let seconds = self.now.micros().saturating_sub(time.micros()) / 1_000_000;
        let span = match seconds.abs() {
            distance if distance < MINUTE => return "just now".into(),
            distance if distance < HOUR => format!("{} min", distance / MINUTE),
            distance if distance < DAY => format!("{} h", distance / HOUR),
            _ => return self.day(&self.local(time)),
        };
        if seconds < 0 { format!("in {span}") } else { format!("{span} ago") }
    }

    /// Date, time and zone for a tooltip: "18 November 2026, 10:45 (UTC+1)".
    pub fn full(&self, time: impl Borrow<Timestamp>) -> String {
        let local = self.local(*time.borrow());
        format!("{} ({})", local.strftime("%-d %B %Y, %H:%M"), offset(&local))
    }

    /// For `<time datetime>`: RFC 3339 in UTC.
    pub fn iso(&self, time: impl Borrow<Timestamp>) -> String {
        time.borrow().to_jiff().to_string()
    }

    /// Day and time: "Today 10:45", "Yesterday 10:45", "18 Nov 10:45", "18 Nov 2025 10:45".
    pub fn day_time(&self, time: impl Borrow<Timestamp>) -> String {
        let local = self.local(*time.borrow());
        let today = self.local(self.now).date();
        let day = match local.date() {
            date if date == today => "Today".into(),
            date if today.yesterday().is_ok_and(|day| day == date) => "Yesterday".into(),
            date if today.tomorrow().is_ok_and(|day| day == date) => "Tomorrow".into(),
            _ => self.day(&local),
        };
        format!("{day} {}", local.strftime("%H:%M"))
    }

    /// The same within a sentence: "tomorrow 10:45".
    pub fn moment(&self, time: impl Borrow<Timestamp>) -> String {
        let words = self.day_time(time);
        ["Today", "Yesterday", "Tomorrow"]
            .into_iter()
            .find(|day| words.starts_with(day))
            .map_or_else(|| words.clone(), |day| words.replacen(day, &day.to_lowercase(), 1))
    }

    /// Only the time of day: "10:45".
    pub fn clock(&self, time: impl Borrow<Timestamp>) -> String {
        self.local(*time.borrow()).strftime("%H:%M").to_string()
    }

    /// A whole `<time>` with [`Page::ago`] as its text and [`Page::full`] as its tooltip.
    pub fn time(&self, time: impl Borrow<Timestamp>) -> Html {
        let time = *time.borrow();
        self.element(time, &self.ago(time))
    }

    /// A whole `<time>` with [`Page::day_time`] as its text.
    pub fn time_of_day(&self, time: impl Borrow<Timestamp>) -> Html {
        let time = *time.borrow();
        self.element(time, &self.day_time(time))
    }

    /// The viewer's zone for the footer: "UTC+1".
    pub fn zone_label(&self) -> String {
        offset(&self.local(self.now))
    }

    fn element(&self, time: Timestamp, text: &str) -> Html {
        Html::made(format!(r#"<time datetime="{}" title="{}">{}</time>"#, self.iso(time), escape(&self.full(time)), escape(text)))
    }

    fn local(&self, time: Timestamp) -> Zoned {
        time.to_jiff().to_zoned(self.zone.clone())
    }

    fn day(&self, local: &Zoned) -> String {
        let this_year = self.local(self.now).year() == local.year();
        local.strftime(if this_year { "%-d %b" } else { "%-d %b %Y" }).to_string()
    }
}

/// "UTC", "UTC+1", "UTC−3:30".
fn offset(local: &Zoned) -> String {
    let minutes = local.offset().seconds() / 60;
    let sign = if minutes < 0 { '−' } else { '+' };
    match (minutes.abs() / 60, minutes.abs() % 60) {
        (0, 0) => "UTC".into(),
        (hours, 0) => format!("UTC{sign}{hours}"),
        (hours, rest) => format!("UTC{sign}{hours}:{rest:02}"),
    }
}

#[cfg(test)]
mod tests {
    use jiff::tz::{TimeZone, offset};

    use super::*;

    fn at(text: &str) -> Timestamp {
        Timestamp::from_micros(text.parse::<jiff::Timestamp>().unwrap().as_microsecond())
    }

    fn page(now: &str, zone: TimeZone) -> Page {
        Page { zone, ..Page::plain("x", "/", at(now)) }
    }

    fn plus_one() -> TimeZone {
        TimeZone::fixed(offset(1))
    }

    #[test]
    fn ago_is_relative_for_a_day_and_then_a_date() {
        let page = page("2026-11-22T12:00:00Z", plus_one());
        let cases = [
            ("2026-11-22T12:00:00Z", "just now"),
            ("2026-11-22T11:59:01Z", "just now"),
            ("2026-11-22T12:00:30Z", "just now"),
            ("2026-11-22T11:59:00Z", "1 min ago"),
            ("2026-11-22T11:00:01Z", "59 min ago"),
            ("2026-11-22T11:00:00Z", "1 h ago"),
            ("2026-11-21T12:00:01Z", "23 h ago"),
            ("2026-11-21T12:00:00Z", "21 Nov"),
            ("2026-01-01T00:00:00Z", "1 Jan"),
            ("2025-12-31T22:59:59Z", "31 Dec 2025"),
            ("2025-12-31T23:00:00Z", "1 Jan"),
            ("2026-11-22T15:00:00Z", "in 3 h"),
            ("2026-11-24T12:00:00Z", "24 Nov"),
            ("2027-01-02T12:00:00Z", "2 Jan 2027"),
        ];
        for (time, expected) in cases {
            assert_eq!(page.ago(at(time)), expected, "{time}");
        }
    }

    #[test]
    fn day_time_names_the_days_around_today_in_the_viewers_zone() {
        let page = page("2026-11-22T23:30:00Z", plus_one());
        let cases = [
            ("2026-11-22T23:10:00Z", "Today 00:10"),
            ("2026-11-22T22:59:00Z", "Yesterday 23:59"),
            ("2026-11-23T23:00:00Z", "Tomorrow 00:00"),
            ("2026-11-18T09:45:00Z", "18 Nov 10:45"),
            ("2025-11-18T09:45:00Z", "18 Nov 2025 10:45"),
        ];
        for (time, expected) in cases {
            assert_eq!(page.day_time(at(time)), expected, "{time}");
            assert_eq!(page.moment(at(time)), expected.replace('T', "t").replace('Y', "y"), "{time}");
        }
        assert_eq!(page.clock(at("2026-11-18T09:45:00Z")), "10:45");
    }

    #[test]
    fn full_tells_the_zone() {
        let time = at("2026-11-18T09:45:07Z");
        for (zone, expected, label) in [
            (TimeZone::UTC, "18 November 2026, 09:45 (UTC)", "UTC"),
            (plus_one(), "18 November 2026, 10:45 (UTC+1)", "UTC+1"),
            (TimeZone::fixed(offset(-3).saturating_sub(jiff::Span::new().minutes(30))), "18 November 2026, 06:15 (UTC−3:30)", "UTC−3:30"),
        ] {
            let page = page("2026-11-22T12:00:00Z", zone);
            assert_eq!(page.full(time), expected);
            assert_eq!(page.zone_label(), label);
        }
    }

    #[test]
    fn the_element_holds_both_forms() {
        let page = page("2026-11-22T12:00:00Z", plus_one());
        let html = page.time(at("2026-11-22T11:56:00Z")).to_string();
        assert_eq!(html, r#"<time datetime="2026-11-22T11:56:00Z" title="22 November 2026, 12:56 (UTC+1)">4 min ago</time>"#);
    }

    #[test]
    fn times_out_of_range_do_not_fail() {
        let page = page("2026-11-22T12:00:00Z", plus_one());
        for micros in [i64::MIN, i64::MAX, 0] {
            let time = Timestamp::from_micros(micros);
            assert!(!format!("{}{}{}", page.ago(time), page.day_time(time), page.time(time)).is_empty());
        }
    }
}
