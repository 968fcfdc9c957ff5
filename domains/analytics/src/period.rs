//! Which time a report is about, in days of the viewer's zone, and the time of the same length before it.

use jiff::{ToSpan as _, civil::Date, tz::TimeZone};

db::words! {
    /// The periods that can be chosen by a word.
    pub(crate) enum Preset {
        /// Today.
        Today = "today",
        /// The last 7 days with today.
        Week = "7d",
        /// The last 28 days with today.
        Month = "28d",
        /// The last 90 days with today.
        Quarter = "90d",
        /// The last 365 days with today.
        Year = "365d",
        /// This month so far.
        ThisMonth = "month",
        /// The month before.
        LastMonth = "last-month",
        /// From one day to another.
        Custom = "custom",
    }
}

impl Preset {
    /// As people read it.
    pub(crate) const fn label(self) -> &'static str {
        match self {
            Self::Today => "Today",
            Self::Week => "Last 7 days",
            Self::Month => "Last 28 days",
            Self::Quarter => "Last 90 days",
            Self::Year => "Last 365 days",
            Self::ThisMonth => "This month",
            Self::LastMonth => "Last month",
            Self::Custom => "From … to …",
        }
    }
}

/// Days of one report at most: five years.
const MOST_DAYS: i64 = 1_830;
/// More days than this are drawn by the week.
const BY_DAY: usize = 92;

/// From a moment on, up to another that no longer belongs to it; in seconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    pub from: i64,
    pub to: i64,
}

impl Span {
    pub(crate) fn has(self, at: i64) -> bool {
        self.from <= at && at < self.to
    }
}

/// The time of a report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Period {
    /// How it was chosen.
    pub preset: Preset,
    /// Its first day.
    pub first: Date,
    /// Its last day.
    pub last: Date,
    /// All of it.
    pub now: Span,
    /// The same number of days before; as far into its last day as this one is.
    pub before: Span,
    /// When each day begins.
    pub starts: Vec<i64>,
}

/// Which field is wrong, and what to do about it.
pub(crate) type Wrong = (&'static str, &'static str);

impl Period {
    /// From what stands in the URL. Days are of this zone; `now` is in seconds.
    pub(crate) fn of(preset: Option<Preset>, from: Option<&str>, to: Option<&str>, zone: &TimeZone, now: jiff::Timestamp) -> Result<Self, Wrong> {
        let local = now.to_zoned(zone.clone());
        let today = local.date();
        // a day alone, without a word for the period, is a period too
        let preset = preset.unwrap_or(if from.or(to).is_some() { Preset::Custom } else { Preset::Month });
        let back = |days: i64| today.checked_sub(days.days()).unwrap_or(today);
        let (first, last) = match preset {
            Preset::Today => (today, today),
            Preset::Week => (back(6), today),
            Preset::Month => (back(27), today),
            Preset::Quarter => (back(89), today),
            Preset::Year => (back(364), today),
            Preset::ThisMonth => (today.first_of_month(), today),
            Preset::LastMonth => {
                let last = today.first_of_month().yesterday().unwrap_or(today);
                (last.first_of_month(), last)
            }
            Preset::Custom => custom(from, to)?,
        };
        let days = i64::from(last.since(first).map_or(0, |span| span.get_days())) + 1;
        if days > MOST_DAYS {
            return Err(("from", "A report has five years at most. Choose a later first day."));
        }
        let starts: Vec<i64> = (0..=days).map(|day| midnight(first, day, zone)).collect();
        let (begin, end) = (starts[0], starts[starts.len() - 1]);
        let began_before = midnight(first, -days, zone);
        // what is left of today has no counterpart yet
        let left = (end - now.as_second()).clamp(0, end - begin);
        Ok(Self {
            preset,
            first,
            last,
            now: Span { from: begin, to: end },
            before: Span { from: began_before, to: (begin - left).max(began_before) },
            starts: starts[..starts.len() - 1].to_vec(),
        })
    }

    /// How many days it has.
    pub(crate) fn days(&self) -> usize {
        self.starts.len()
    }

    /// The day of a moment within it.
    pub(crate) fn day_of(&self, at: i64) -> usize {
        self.starts.partition_point(|start| *start <= at).saturating_sub(1)
    }

    /// Days that are drawn as one point.
    pub(crate) fn days_a_step(&self) -> usize {
        if self.days() > BY_DAY { 7 } else { 1 }
    }

    /// The date of one of its days.
    pub(crate) fn date(&self, day: usize) -> Date {
        i64::try_from(day).ok().and_then(|day| self.first.checked_add(day.days()).ok()).unwrap_or(self.last)
    }
}

fn custom(from: Option<&str>, to: Option<&str>) -> Result<(Date, Date), Wrong> {
    let day = |text: Option<&str>, field| {
        let text = text.ok_or((field, "Say the first and the last day."))?;
        let date: Date = text.parse().map_err(|_| (field, "This is not a day. Write it like 2026-11-22."))?;
        if (1970..=9000).contains(&date.year()) { Ok(date) } else { Err((field, "No ticket is of that year.")) }
    };
    let (first, last) = (day(from, "from")?, day(to, "to")?);
    if last < first { Err(("to", "The last day lies before the first one.")) } else { Ok((first, last)) }
}

/// When a day begins: at midnight, or where the clock goes on when there was none.
fn midnight(first: Date, days: i64, zone: &TimeZone) -> i64 {
    first.checked_add(days.days()).ok().and_then(|date| date.to_zoned(zone.clone()).ok()).map_or(0, |start| start.timestamp().as_second())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> jiff::Timestamp {
        text.parse().unwrap()
    }

    fn of(preset: Preset, zone: &str, now: &str) -> Period {
        Period::of(Some(preset), None, None, &TimeZone::get(zone).unwrap(), at(now)).unwrap()
    }

    fn told(span: Span) -> String {
        let moment = |at: i64| jiff::Timestamp::from_second(at).unwrap();
        format!("{} {}", moment(span.from), moment(span.to))
    }

    #[test]
    fn days_are_those_of_the_viewer() {
        let berlin = of(Preset::Week, "Europe/Berlin", "2026-11-22T09:00:00Z");

        assert_eq!((berlin.first.to_string(), berlin.last.to_string()), ("2026-11-16".into(), "2026-11-22".into()));
        assert_eq!(told(berlin.now), "2026-11-15T23:00:00Z 2026-11-22T23:00:00Z");
        assert_eq!(told(berlin.before), "2026-11-08T23:00:00Z 2026-11-15T09:00:00Z", "as far into its last day as today is");
        assert_eq!(of(Preset::Today, "Pacific/Auckland", "2026-11-22T12:30:00Z").first.to_string(), "2026-11-23");
    }

    #[test]
    fn a_day_of_the_clock_change_has_23_or_25_hours() {
        let (spring, autumn) = (of(Preset::Today, "Europe/Berlin", "2026-03-29T12:00:00Z"), of(Preset::Today, "Europe/Berlin", "2026-10-25T12:00:00Z"));

        assert_eq!((spring.now.to - spring.now.from, autumn.now.to - autumn.now.from), (23 * 3_600, 25 * 3_600));
        // in Havana the clock goes on at midnight, so that day begins at one
        let havana =
            Period::of(Some(Preset::Custom), Some("2026-03-07"), Some("2026-03-09"), &TimeZone::get("America/Havana").unwrap(), at("2026-06-01T00:00:00Z"))
                .unwrap();
        assert_eq!(havana.starts.len(), 3);
        assert_eq!(havana.starts.windows(2).map(|pair| pair[1] - pair[0]).collect::<Vec<_>>(), [24 * 3_600, 23 * 3_600]);
    }

    #[test]
    fn months_are_those_of_the_calendar() {
        let now = "2026-03-10T12:00:00Z";
        assert_eq!(told(of(Preset::LastMonth, "UTC", now).now), "2026-02-01T00:00:00Z 2026-03-01T00:00:00Z");
        assert_eq!(told(of(Preset::LastMonth, "UTC", now).before), "2026-01-04T00:00:00Z 2026-02-01T00:00:00Z", "28 days, as February has");
        assert_eq!(told(of(Preset::ThisMonth, "UTC", now).now), "2026-03-01T00:00:00Z 2026-03-11T00:00:00Z");
        assert_eq!(of(Preset::Year, "UTC", now).days(), 365);
    }

    #[test]
    fn a_day_belongs_to_its_moments() {
        let week = of(Preset::Week, "Europe/Berlin", "2026-10-27T09:00:00Z");
        for day in 0..week.days() {
            let end = week.starts.get(day + 1).copied().unwrap_or(week.now.to);
            assert_eq!((week.day_of(week.starts[day]), week.day_of(end - 1)), (day, day));
        }
    }

    #[test]
    fn what_is_no_period_is_refused_at_its_field() {
        for (from, to, field) in [
            (Some("2026-02-30"), Some("2026-03-01"), "from"),
            (Some("2026-03-01"), None, "to"),
            (None, Some("2026-03-01"), "from"),
            (Some("2026-03-02"), Some("2026-03-01"), "to"),
            (Some("2016-03-02"), Some("2026-03-01"), "from"),
            (Some("-000001-03-02"), Some("2026-03-01"), "from"),
            (Some("today"), Some("2026-03-01"), "from"),
        ] {
            let refused = Period::of(Some(Preset::Custom), from, to, &TimeZone::UTC, at("2026-03-10T12:00:00Z")).unwrap_err();
            assert_eq!(refused.0, field, "{from:?} {to:?}");
        }
        let alone = Period::of(None, Some("2026-03-01"), Some("2026-03-01"), &TimeZone::UTC, at("2026-03-10T12:00:00Z")).unwrap();
        assert_eq!((alone.preset, alone.days()), (Preset::Custom, 1));
    }
}
