//! The form of a calendar: seven days and a list of holidays, as text.

use crate::{Calendar, DAYS, Holiday, MOST_HOLIDAYS, intervals, intervals_words};
use web::{Fields, Form};

/// What an admin sent.
pub(super) struct Wish {
    pub version: i64,
    pub name: String,
    pub calendar: Calendar,
}

impl Form for Wish {
    fn read(fields: &mut Fields) -> Self {
        let version = fields.integer("version", 0..=i64::MAX).unwrap_or(0);
        let name = fields.text("name", 80);
        let zone = fields.text("zone", 60);
        if !zone.is_empty() && jiff::tz::TimeZone::get(&zone).is_err() {
            fields.errors.add("zone", "This is no time zone. Write one like Europe/Lisbon.");
        }
        let week = DAYS.map(|(day, _)| {
            let text = fields.optional_text(day, 200).unwrap_or_default();
            intervals(&text).unwrap_or_else(|sentence| {
                fields.errors.add(day, sentence);
                Vec::new()
            })
        });
        let mut calendar = Calendar { zone, week, holidays: Vec::new() };
        let text = fields.optional_text("holidays", 60_000).unwrap_or_default();
        let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        if lines.len() > MOST_HOLIDAYS {
            fields.errors.add("holidays", format!("At most {MOST_HOLIDAYS} holidays."));
        }
        match lines.into_iter().map(Holiday::parse).collect::<Result<Vec<_>, _>>() {
            Ok(holidays) => drop(calendar.add(holidays)),
            Err(sentence) => fields.errors.add("holidays", sentence),
        }
        if calendar.is_empty() && fields.errors.is_empty() {
            fields.errors.add(DAYS[0].0, "A calendar without any hours would never count. Give at least one day some.");
        }
        Self { version, name, calendar }
    }
}

/// A day of the form.
pub(super) struct Day {
    pub name: &'static str,
    pub label: &'static str,
    pub value: String,
}

/// What stands in the form.
pub(super) struct Typed {
    pub name: String,
    pub zone: String,
    pub days: Vec<Day>,
    pub holidays: String,
}

impl Typed {
    pub(super) fn kept(name: &str, calendar: &Calendar) -> Self {
        Self {
            name: name.to_owned(),
            zone: calendar.zone.clone(),
            days: DAYS.iter().zip(&calendar.week).map(|((name, label), day)| Day { name, label, value: intervals_words(day) }).collect(),
            holidays: calendar.holidays.iter().map(Holiday::words).collect::<Vec<_>>().join("\n"),
        }
    }

    pub(super) fn again(fields: &Fields) -> Self {
        Self {
            name: fields.typed("name"),
            zone: fields.typed("zone"),
            days: DAYS.iter().map(|(name, label)| Day { name, label, value: fields.typed(name) }).collect(),
            holidays: fields.typed("holidays"),
        }
    }
}
