//! The numbers at the top: each with what it was in the time before, and the tickets behind it.

use super::behind;
use crate::{
    chart,
    figures::{Figures, Spread, percent},
    filter::Filter,
    period::Period,
    report::Report,
    words::{count, hours, length, length_text, share},
};

/// Fewer than this many are said, because a middle of few says little (the design language, section 12).
const FEW: usize = 30;

/// A number at the top.
pub(in crate::pages) struct Card {
    pub label: &'static str,
    /// The tickets behind it.
    pub href: Option<String>,
    pub value: String,
    pub unit: &'static str,
    /// How it compares: `ok`, `bad` or nothing, and words.
    pub change: (&'static str, String),
    /// What else is to be said.
    pub note: Option<String>,
    /// Its course.
    pub spark: Option<String>,
}

/// What came in, what went out, how long it took.
pub(super) fn first(report: &Report, filter: &Filter, period: &Period) -> Vec<Card> {
    let (now, before) = (&report.total, &report.before);
    let counts = |of: fn(&Figures) -> u64| spark(report, |step| Some(real(of(step))));
    let middles = |of: fn(&Figures) -> Spread| spark(report, |step| of(step).median.map(f64::from));
    vec![
        card("Created", behind(filter, "created", &[]), now.created, more_or_less(now.created, before.created, period), None, counts(|step| step.created)),
        card("Solved", behind(filter, "solved", &[]), now.solved, more_or_less(now.solved, before.solved, period), None, counts(|step| step.solved)),
        Card { spark: middles(|step| step.first_reply), ..time("First reply, median", behind(filter, "answered", &[]), &now.first_reply, &before.first_reply) },
        Card { spark: middles(|step| step.resolution), ..time("Resolved, median", behind(filter, "solved", &[]), &now.resolution, &before.resolution) },
        Card {
            note: (now.met + now.missed > 0).then(|| format!("{} of {} targets", count(now.met), count(now.met + now.missed))),
            spark: spark(report, |step| percent(step.met, step.met + step.missed)),
            ..part("SLA met", behind(filter, "sla-met", &[]), (now.met, now.met + now.missed), (before.met, before.met + before.missed), Some(true))
        },
        card("Open now", behind(filter, "open", &[]), now.open, ("", "whenever they came in".to_owned()), None, None),
    ]
}

/// How well it went.
pub(super) fn second(report: &Report, filter: &Filter, period: &Period) -> Vec<Card> {
    let (now, before) = (&report.total, &report.before);
    let answered = (now.first_reply.count as u64, before.first_reply.count as u64);
    let replies = now.replies_per_ticket;
    vec![
        card("First answered", behind(filter, "answered", &[]), answered.0, more_or_less(answered.0, answered.1, period), None, None),
        Card {
            label: "Replies per ticket",
            href: replies.map(|_| behind(filter, "solved", &[])),
            value: replies.map_or_else(super::dash, |replies| format!("{replies:.1}")),
            unit: "",
            change: match (replies, before.replies_per_ticket) {
                (Some(now), Some(before)) => by(now - before, "more", "fewer", "as many as before", |by| format!("{by:.1}"), None),
                _ => nothing(),
            },
            note: None,
            spark: None,
        },
        part("Solved with one reply", behind(filter, "one-touch", &[]), (now.one_touch, now.solved), (before.one_touch, before.solved), Some(true)),
        part("Opened again", behind(filter, "reopened", &[]), (now.reopened, now.solved), (before.reopened, before.solved), Some(false)),
        spent(report, filter, period),
    ]
}

fn card(label: &'static str, href: String, value: u64, change: (&'static str, String), note: Option<String>, spark: Option<String>) -> Card {
    Card { label, href: (value > 0).then_some(href), value: count(value), unit: "", change, note, spark }
}

/// What people wrote down.
fn spent(report: &Report, filter: &Filter, period: &Period) -> Card {
    let (now, before) = (report.total.spent, report.before.spent);
    let (value, unit) = if now == 0 { (super::dash(), "") } else { hours(now) };
    let card = card("Time spent", behind(filter, "time", &[]), now, more_or_less(now, before, period), None, spark(report, |step| Some(real(step.spent))));
    Card { value, unit, spark: card.spark.filter(|_| now > 0), ..card }
}

fn time(label: &'static str, href: String, now: &Spread, before: &Spread) -> Card {
    let (value, unit) = now.median.map_or_else(|| (super::dash(), ""), length);
    let change = match (now.median, before.median) {
        (Some(now), Some(before)) => by(f64::from(now) - f64::from(before), "slower", "faster", "as before", |by| length_text(seconds(by)), Some(false)),
        _ => nothing(),
    };
    let few = if now.count < FEW { format!(", of {}", now.count) } else { String::new() };
    Card { label, href: now.median.map(|_| href), value, unit, change, note: now.p90.map(|p90| format!("90% within {}{few}", length_text(p90))), spark: None }
}

fn part(label: &'static str, href: String, now: (u64, u64), before: (u64, u64), more_is_good: Option<bool>) -> Card {
    let (share_now, share_before) = (percent(now.0, now.1), percent(before.0, before.1));
    let change = match (share_now, share_before) {
        (Some(now), Some(before)) => by(now - before, "points more", "points less", "as before", share, more_is_good),
        _ => nothing(),
    };
    Card {
        label,
        href: (now.0 > 0).then_some(href),
        value: share_now.map_or_else(super::dash, share),
        unit: if share_now.is_some() { "%" } else { "" },
        change,
        note: share_now.map(|_| format!("{} of {}", count(now.0), count(now.1))),
        spark: None,
    }
}

fn nothing() -> (&'static str, String) {
    ("", "nothing to compare with".to_owned())
}

/// By how much, in words; small enough to be shown as nothing is nothing.
fn by(difference: f64, more: &str, less: &str, same: &str, text: impl Fn(f64) -> String, more_is_good: Option<bool>) -> (&'static str, String) {
    let shown = text(difference.abs());
    if !shown.contains(|digit: char| ('1'..='9').contains(&digit)) {
        return ("", same.to_owned());
    }
    let is_more = difference > 0.0;
    let class = more_is_good.map_or("", |good| if good == is_more { "ok" } else { "bad" });
    (class, format!("{shown} {}", if is_more { more } else { less }))
}

fn more_or_less(now: u64, before: u64, period: &Period) -> (&'static str, String) {
    let then = match period.days() {
        1 => "the day before".to_owned(),
        days => format!("the {days} days before"),
    };
    let words = match (now, before) {
        (_, 0) => return nothing(),
        _ if now == before => format!("as on {then}"),
        _ => {
            let percent = (real(now) - real(before)) * 100.0 / real(before);
            let sign = if now > before { '+' } else { '−' };
            format!("{sign}{:.0}% on {then}", percent.abs().max(1.0))
        }
    };
    ("", words)
}

fn spark(report: &Report, of: impl Fn(&Figures) -> Option<f64>) -> Option<String> {
    chart::spark(&report.steps.iter().map(of).collect::<Vec<_>>())
}

#[expect(clippy::cast_precision_loss, reason = "counts of tickets are far below 2^52")]
fn real(number: u64) -> f64 {
    number as f64
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a difference of two lengths of time, without its sign")]
fn seconds(length: f64) -> u32 {
    length as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_told_in_words_and_judged_only_where_it_can_be() {
        let faster =
            time("", String::new(), &Spread { count: 40, median: Some(2_280), p90: Some(7_200) }, &Spread { count: 9, median: Some(2_820), p90: None });
        assert_eq!((faster.change, faster.note), (("ok", "9 min faster".to_owned()), Some("90% within 2 h".to_owned())));
        let few = time("", String::new(), &Spread { count: 3, median: Some(60), p90: Some(90) }, &Spread::default());
        assert_eq!((few.change, few.note), (nothing(), Some("90% within 1 min, of 3".to_owned())));
        assert_eq!(part("", String::new(), (9, 10), (8, 10), Some(true)).change, ("ok", "10 points more".to_owned()));
        assert_eq!(part("", String::new(), (9, 10), (8, 10), Some(false)).change, ("bad", "10 points more".to_owned()));
        assert_eq!(part("", String::new(), (9, 10), (900, 1_000), Some(true)).change, ("", "as before".to_owned()));
        assert_eq!(part("", String::new(), (0, 0), (1, 2), Some(true)).value, "–");
    }
}
