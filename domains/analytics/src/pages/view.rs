//! What the template of the report shows, in words and places; nothing is decided there.

mod cards;
mod filters;

pub(super) use filters::{Chip, Filters, chips};

use crate::{
    Sources,
    chart::{self, Lines},
    figures::{Figures, Spread, percent},
    filter::Filter,
    pages::REPORT,
    period::Period,
    report::{self, AGES},
    words::{count, hours_text, length_text, share},
};
use cards::Card;
use jiff::civil::Date;

/// Rows of a table that are shown at once; the spreadsheet has them all.
const SHOWN: usize = 20;

/// Teams that are drawn as bars.
const MOST_BARS: usize = 6;

/// The whole report.
pub(super) struct Report {
    /// Nothing at all happened.
    pub is_empty: bool,
    /// How much and how long; and how well.
    pub cards: [Vec<Card>; 2],
    pub chart: Lines,
    /// `per day` or `per week`.
    pub unit: &'static str,
    /// What the chart says, for those who do not see it.
    pub finding: String,
    /// What each point is called, created, solved.
    pub points: Vec<(String, String, String)>,
    pub ages: Vec<Bar>,
    pub metrics: Vec<Bar>,
    /// Promises that were kept, of each team.
    pub teams: Vec<Bar>,
    pub tables: Vec<Table>,
    /// The report as a spreadsheet.
    pub csv: String,
}

/// A line of bars.
pub(super) struct Bar {
    pub name: String,
    pub value: u64,
    pub most: u64,
    pub text: String,
    /// What is behind it.
    pub href: Option<String>,
    /// What else is to be said.
    pub note: Option<(String, String)>,
}

/// A table of one dimension.
pub(super) struct Table {
    pub id: &'static str,
    pub title: &'static str,
    /// What its first column holds.
    pub head: &'static str,
    pub is_people: bool,
    pub lines: Vec<Line>,
    /// How many lines are not shown.
    pub more: usize,
}

/// A line of a table.
pub(super) struct Line {
    pub name: String,
    /// The report of this line alone.
    pub href: String,
    /// Created, solved.
    pub counts: [Cell; 2],
    pub first_reply: String,
    pub resolution: String,
    pub sla: String,
    pub replies: String,
    /// Time spent, open now.
    pub ends: [Cell; 2],
}

/// A number with the tickets behind it.
pub(super) struct Cell {
    pub text: String,
    pub href: Option<String>,
}

/// What is asked for to come to the tickets behind a figure.
fn behind(filter: &Filter, figure: &'static str, more: &[(&'static str, String)]) -> String {
    let pairs: Vec<(&'static str, String)> = more.iter().cloned().chain([("figure", figure.to_owned())]).collect();
    format!("{REPORT}/tickets{}", filter.query(&pairs))
}

/// A day as people read it: `18 Nov`, with its year where the period has two.
pub(super) fn day(date: Date, period: &Period) -> String {
    let format = if period.first.year() == period.last.year() { "%-d %b" } else { "%-d %b %Y" };
    date.strftime(format).to_string()
}

impl Report {
    pub(super) fn of(report: &report::Report, filter: &Filter, period: &Period, sources: &Sources) -> Self {
        let (total, step) = (&report.total, period.days_a_step());
        let points: Vec<(u64, u64)> = report.steps.iter().map(|step| (step.created, step.solved)).collect();
        let name = |place: usize| day(period.date(place * step), period);
        let unit = if step == 1 { "per day" } else { "per week" };
        let chart = chart::lines(&points, name);
        let finding = format!(
            "Tickets created and solved {unit}, {} to {}: {} created, {} solved.{}",
            day(period.first, period),
            day(period.last, period),
            count(total.created),
            count(total.solved),
            chart.peak.as_ref().map_or(String::new(), |peak| format!(" The most created: {}.", peak.words))
        );
        let tables = tables(report, filter, sources);
        Self {
            is_empty: *total == Figures::default() && report.before == Figures::default(),
            cards: [cards::first(report, filter, period), cards::second(report, filter, period)],
            points: points
                .iter()
                .enumerate()
                .map(|(place, (created, solved))| (if step == 1 { name(place) } else { format!("Week of {}", name(place)) }, count(*created), count(*solved)))
                .collect(),
            chart,
            unit,
            finding,
            ages: ages(report, filter),
            metrics: metrics(report, filter, sources),
            teams: teams(report, filter),
            tables,
            csv: format!("{REPORT}/report.csv{}", filter.query(&[])),
        }
    }
}

fn ages(report: &report::Report, filter: &Filter) -> Vec<Bar> {
    let most = report.ages.iter().copied().max().unwrap_or(0).max(1);
    AGES.iter()
        .zip(report.ages)
        .map(|((_, key, label), value)| Bar {
            name: (*label).to_owned(),
            value,
            most,
            text: count(value),
            href: (value > 0).then(|| behind(filter, "open", &[("age", (*key).to_owned())])),
            note: None,
        })
        .collect()
}

fn metrics(report: &report::Report, filter: &Filter, sources: &Sources) -> Vec<Bar> {
    sources
        .promising
        .metrics
        .iter()
        .zip(&report.metrics)
        .filter_map(|((word, label), (met, missed))| {
            let percent = percent(*met, met + missed)?;
            let metric = [("metric", (*word).to_owned())];
            Some(Bar {
                name: (*label).to_owned(),
                value: *met,
                most: met + missed,
                text: format!("{}%", share(percent)),
                href: None,
                note: (*missed > 0).then(|| (behind(filter, "sla-missed", &metric), format!("{} missed", count(*missed)))),
            })
        })
        .collect()
}

/// The teams that promised most.
fn teams(report: &report::Report, filter: &Filter) -> Vec<Bar> {
    let bar = |row: &report::Row| {
        let (met, missed) = (row.figures.met, row.figures.missed);
        let percent = percent(met, met + missed)?;
        let team = [("team", row.key.clone())];
        Some(Bar {
            name: row.name.clone(),
            value: met,
            most: met + missed,
            text: format!("{}%", share(percent)),
            href: None,
            note: (missed > 0).then(|| (behind(filter, "sla-missed", &team), format!("{} missed", count(missed)))),
        })
    };
    let mut rows: Vec<&report::Row> = report.teams.iter().collect();
    rows.sort_by_key(|row| std::cmp::Reverse(row.figures.met + row.figures.missed));
    rows.into_iter().filter_map(bar).take(MOST_BARS).collect()
}

fn tables(report: &report::Report, filter: &Filter, sources: &Sources) -> Vec<Table> {
    let table = |id, title, head, is_people, rows: &[report::Row]| Table {
        id,
        title,
        head,
        is_people,
        lines: rows.iter().take(SHOWN).map(|row| line(id, row, filter)).collect(),
        more: rows.len().saturating_sub(SHOWN),
    };
    let mut tables = vec![table("team", "Teams", "Team", false, &report.teams), table("agent", "People", "Agent", true, &report.agents)];
    for (dimension, rows) in sources.counting.dimensions.iter().zip(&report.words) {
        tables.push(table(dimension.name, dimension.plural, dimension.label, false, rows));
    }
    tables.push(table("tag", "Tags", "Tag", false, &report.tags));
    tables.retain(|table| !table.lines.is_empty());
    tables
}

fn line(dimension: &'static str, row: &report::Row, filter: &Filter) -> Line {
    let of = [(dimension, row.key.clone())];
    let cell = |figure: &'static str, number: u64| Cell { text: count(number), href: (number > 0).then(|| behind(filter, figure, &of)) };
    let figures = &row.figures;
    let spent = if figures.spent == 0 { dash() } else { hours_text(figures.spent) };
    let spent = Cell { text: spent, ..cell("time", figures.spent) };
    Line {
        name: row.name.clone(),
        href: format!("{REPORT}{}", filter.query(&of)),
        counts: [cell("created", figures.created), cell("solved", figures.solved)],
        first_reply: median(&figures.first_reply),
        resolution: median(&figures.resolution),
        sla: percent(figures.met, figures.met + figures.missed).map_or_else(dash, |percent| format!("{}%", share(percent))),
        replies: figures.replies_per_ticket.map_or_else(dash, |replies| format!("{replies:.1}")),
        ends: [spent, cell("open", figures.open)],
    }
}

fn median(spread: &Spread) -> String {
    spread.median.map_or_else(dash, length_text)
}

fn dash() -> String {
    "–".to_owned()
}
