//! Which time was counted, in words: "Mon 16:10-18:00, Tue 09:00-09:40, paused Tue 09:40-15:00 (waiting on customer)".

use crate::{Clock, Span};
use jiff::{Zoned, tz::TimeZone};
use std::time::Duration;

/// A line of the explanation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// "Mon 16:10-18:00".
    pub when: String,
    /// Why it was not counted; none when it was.
    pub why: Option<String>,
}

/// More pieces than this are not read: the oldest are told in one line.
const MOST: usize = 60;

/// The pieces of a clock in a zone, oldest first.
pub fn pieces(clock: &Clock<'_>, zone: &TimeZone) -> Vec<Piece> {
    let mut pieces: Vec<(Span, Option<String>)> = Vec::new();
    let mut add = |span: Span, why: Option<String>| match pieces.last_mut() {
        Some((last, known)) if last.to == span.from && *known == why => last.to = span.to,
        _ => pieces.push((span, why)),
    };
    for stretch in &clock.stretches {
        match stretch.pause {
            Some(why) => add(stretch.span, Some(why.words())),
            None => stretch.hours.spans(stretch.span.from, stretch.span.to).into_iter().for_each(|span| add(span, None)),
        }
    }
    let skipped = pieces.len().saturating_sub(MOST);
    let mut told: Vec<Piece> = Vec::new();
    if skipped > 0 {
        told.push(Piece { when: format!("{skipped} earlier stretches"), why: Some("not listed".to_owned()) });
    }
    let first = pieces.first().map(|(span, _)| local(span.from, zone));
    told.extend(pieces.into_iter().skip(skipped).map(|(span, why)| Piece { when: when(span, zone, first.as_ref()), why }));
    told
}

/// All of it in one line.
pub fn sentence(pieces: &[Piece]) -> String {
    pieces
        .iter()
        .map(|piece| piece.why.as_ref().map_or_else(|| piece.when.clone(), |why| format!("paused {} ({why})", piece.when)))
        .collect::<Vec<_>>()
        .join(", ")
}

fn local(at: db::Timestamp, zone: &TimeZone) -> Zoned {
    at.to_jiff().to_zoned(zone.clone())
}

/// The day of the week; with the date when it is not the week after the first.
fn when(span: Span, zone: &TimeZone, first: Option<&Zoned>) -> String {
    let (from, to) = (local(span.from, zone), local(span.to, zone));
    let is_near = first.is_some_and(|first| (span.from.micros() - first.timestamp().as_microsecond()) < 6 * 86_400_000_000);
    let day = |at: &Zoned| at.strftime(if is_near { "%a" } else { "%a %-d %b" }).to_string();
    let end = if from.date() == to.date() { to.strftime("%H:%M").to_string() } else { format!("{} {}", day(&to), to.strftime("%H:%M")) };
    format!("{} {}-{end}", day(&from), from.strftime("%H:%M"))
}

/// A length in words: "40 min", "2 h 10 min".
pub fn length(span: Duration) -> String {
    let minutes = span.as_secs() / 60;
    match (minutes / 60, minutes % 60) {
        (0, minutes) => format!("{minutes} min"),
        (hours, 0) => format!("{hours} h"),
        (hours, minutes) => format!("{hours} h {minutes} min"),
    }
}
