//! The report as programs read it.

use crate::{
    Sources,
    figures::{Figures, Spread},
    period::Period,
    report::{AGES, Report, Row},
};
use db::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

/// The report of a time.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ReportJson {
    /// Which time.
    pub period: PeriodJson,
    /// All tickets that were counted.
    pub total: FiguresJson,
    /// The same number of days before. It has no `open`: that is about now.
    pub before: FiguresJson,
    /// Each day of the period.
    pub days: Vec<DayJson>,
    /// Open tickets by age, whenever they came in.
    pub backlog: Vec<AgeJson>,
    /// What became of the targets of service levels.
    pub sla: Vec<MetricJson>,
    /// One for each team, agent, channel, category, priority and tag; the busiest first, 200 of each at most.
    pub groups: Vec<GroupJson>,
}

/// The time of a report, in days of the viewer's zone.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PeriodJson {
    /// The first day.
    #[schema(example = "2026-10-26")]
    first_day: String,
    /// The last day.
    #[schema(example = "2026-11-22")]
    last_day: String,
    /// When the first day begins.
    #[schema(value_type = String, format = DateTime)]
    from: Timestamp,
    /// When the last day ends.
    #[schema(value_type = String, format = DateTime)]
    to: Timestamp,
    /// The zone.
    #[schema(example = "Europe/Lisbon")]
    time_zone: String,
}

/// What was counted. Times are seconds from the request on, around the clock; `null` when there were none.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct FiguresJson {
    /// Tickets that came in.
    #[schema(example = 5316)]
    created: u64,
    /// Tickets that were solved for the first time.
    #[schema(example = 5284)]
    solved: u64,
    /// Tickets that are open now, whenever they came in.
    #[schema(example = 214)]
    open: u64,
    /// Until the first public reply, of tickets that got it within the period.
    first_reply: SpreadJson,
    /// Until it was first solved, of tickets that were within the period.
    resolution: SpreadJson,
    /// Public replies of staff to a ticket until it was solved, on average.
    #[schema(example = 1.8)]
    replies_per_ticket: Option<f64>,
    /// Solved with one public reply at most.
    #[schema(example = 2811)]
    solved_with_one_reply: u64,
    /// Solved within the period, and opened again since.
    #[schema(example = 302)]
    opened_again: u64,
    /// Targets of service levels that were met.
    #[schema(example = 4980)]
    sla_met: u64,
    /// Targets that were missed.
    #[schema(example = 284)]
    sla_missed: u64,
    /// Seconds that people wrote down as spent. They belong to the moment at which they were written down. Of an agent it is
    /// what this agent spent, whoever has the ticket. Time on tickets that were merged away or were spam counts too.
    #[schema(example = 1_036_800)]
    time_spent: u64,
}

/// The middle of some times.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SpreadJson {
    /// How many there were.
    #[schema(example = 5102)]
    count: usize,
    /// Half of them took at most this many seconds.
    #[schema(example = 2280)]
    median: Option<u32>,
    /// Nine of ten took at most this many seconds.
    #[schema(example = 15120)]
    p90: Option<u32>,
}

/// One day.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DayJson {
    /// The day.
    #[schema(example = "2026-11-18")]
    day: String,
    /// Tickets that came in.
    #[schema(example = 312)]
    created: u64,
    /// Tickets that were solved for the first time.
    #[schema(example = 266)]
    solved: u64,
    /// Seconds that people spent.
    #[schema(example = 43_200)]
    time_spent: u64,
}

/// Open tickets of an age.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AgeJson {
    /// `1d` is under a day, `3d` up to three days, then `7d`, `30d` and `older`.
    #[schema(example = "3d")]
    age: &'static str,
    /// How many.
    #[schema(example = 31)]
    open: u64,
}

/// One target of service levels.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MetricJson {
    /// Which one.
    #[schema(example = "FIRST_RESPONSE")]
    metric: &'static str,
    /// How often it was met.
    #[schema(example = 4980)]
    met: u64,
    /// How often it was missed.
    #[schema(example = 284)]
    missed: u64,
}

/// The figures of one team, agent, channel, category, priority or tag.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct GroupJson {
    /// `team`, `agent`, `channel`, `category`, `priority` or `tag`: a parameter that narrows the report.
    #[schema(example = "team")]
    by: &'static str,
    /// Its id or word: a value of that parameter. `none` for tickets without.
    #[schema(example = "019a90c2-7d1e-7b7f-9a53-0c1b6f1f3f10")]
    key: String,
    /// Its name.
    #[schema(example = "Billing")]
    name: String,
    /// What was counted.
    figures: FiguresJson,
}

impl From<&Figures> for FiguresJson {
    fn from(figures: &Figures) -> Self {
        Self {
            created: figures.created,
            solved: figures.solved,
            open: figures.open,
            first_reply: figures.first_reply.into(),
            resolution: figures.resolution.into(),
            replies_per_ticket: figures.replies_per_ticket,
            solved_with_one_reply: figures.one_touch,
            opened_again: figures.reopened,
            sla_met: figures.met,
            sla_missed: figures.missed,
            time_spent: figures.spent,
        }
    }
}

impl From<Spread> for SpreadJson {
    fn from(spread: Spread) -> Self {
        Self { count: spread.count, median: spread.median, p90: spread.p90 }
    }
}

impl ReportJson {
    pub(crate) fn of(report: &Report, period: &Period, zone: &str, sources: &Sources) -> Self {
        let groups = |by: &'static str, rows: &[Row]| -> Vec<GroupJson> {
            rows.iter().map(|row| GroupJson { by, key: row.key.clone(), name: row.name.clone(), figures: (&row.figures).into() }).collect()
        };
        let mut all = groups("team", &report.teams);
        all.extend(groups("agent", &report.agents));
        for (dimension, rows) in sources.counting.dimensions.iter().zip(&report.words) {
            all.extend(groups(dimension.name, rows));
        }
        all.extend(groups("tag", &report.tags));
        Self {
            period: PeriodJson {
                first_day: period.first.to_string(),
                last_day: period.last.to_string(),
                from: Timestamp::from_seconds(period.now.from),
                to: Timestamp::from_seconds(period.now.to),
                time_zone: zone.to_owned(),
            },
            total: (&report.total).into(),
            before: (&report.before).into(),
            days: report
                .days
                .iter()
                .zip(&report.spent)
                .enumerate()
                .map(|(day, ((created, solved), spent))| DayJson { day: period.date(day).to_string(), created: *created, solved: *solved, time_spent: *spent })
                .collect(),
            backlog: AGES.iter().zip(report.ages).map(|((_, age, _), open)| AgeJson { age, open }).collect(),
            sla: sources
                .promising
                .metrics
                .iter()
                .zip(&report.metrics)
                .map(|((metric, _), (met, missed))| MetricJson { metric, met: *met, missed: *missed })
                .collect(),
            groups: all,
        }
    }
}
