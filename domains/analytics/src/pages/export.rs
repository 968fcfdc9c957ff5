//! `GET /desk/analytics/report.csv`: every figure of the report as a line of a spreadsheet.

use super::{sources, zone};
use crate::{
    figures::Figures,
    filter::Filter,
    period::Period,
    policy,
    report::{self, AGES, Report},
};
use kernel::Fault;
use web::{Answer, Asked, Visit, csv as spreadsheet};

/// The columns. Times are seconds; shares are to be taken of `solved`, SLA of `slaMet` and `slaMissed`.
const HEAD: [&str; 17] = [
    "by",
    "key",
    "name",
    "created",
    "solved",
    "open",
    "firstReplies",
    "firstReplyMedian",
    "firstReplyP90",
    "resolutionMedian",
    "resolutionP90",
    "repliesPerTicket",
    "solvedWithOneReply",
    "openedAgain",
    "slaMet",
    "slaMissed",
    "timeSpent",
];

/// For staff.
pub(super) async fn csv(visit: Visit, Asked(filter): Asked<Filter>) -> Answer {
    let scope = policy::scope(visit.staff()?)?;
    let sources = sources(&visit)?;
    let period = filter.period(&zone(&visit), visit.app.db.clock().now()).map_err(|(field, words)| Fault::field(field, words))?;
    let mut conn = visit.app.db.read().await?;
    let sieve = filter.sieve(&mut conn, &sources, &scope).await?;
    let report = report::make(&mut conn, &sources, sieve, &period).await?;
    drop(conn);
    web::download(spreadsheet::KIND, &format!("report-{}-to-{}.csv", period.first, period.last), text(&report, &period, &sources))
}

fn text(report: &Report, period: &Period, sources: &crate::Sources) -> String {
    let mut text = spreadsheet::line(HEAD.map(str::to_owned));
    let mut add = |by: &str, key: &str, name: &str, figures: &Figures| text.push_str(&line(by, key, name, figures));
    add("total", "", "All", &report.total);
    add("before", "", "The time before", &report.before);
    for (day, ((created, solved), spent)) in report.days.iter().zip(&report.spent).enumerate() {
        let date = period.date(day).to_string();
        add("day", &date, &date, &Figures { created: *created, solved: *solved, spent: *spent, ..Figures::default() });
    }
    for ((_, key, name), open) in AGES.iter().zip(report.ages) {
        add("age", key, name, &Figures { open, ..Figures::default() });
    }
    for ((word, label), (met, missed)) in sources.promising.metrics.iter().zip(&report.metrics) {
        add("metric", word, label, &Figures { met: *met, missed: *missed, ..Figures::default() });
    }
    let tables = [("team", &report.teams), ("agent", &report.agents)].into_iter();
    let words = sources.counting.dimensions.iter().map(|dimension| dimension.name).zip(&report.words);
    for (by, rows) in tables.chain(words).chain([("tag", &report.tags)]) {
        for row in rows {
            add(by, &row.key, &row.name, &row.figures);
        }
    }
    text
}

/// What a line has no figure for stays empty.
fn line(by: &str, key: &str, name: &str, figures: &Figures) -> String {
    let number = |number: u64| number.to_string();
    let seconds = |time: Option<u32>| time.map_or_else(String::new, |time| time.to_string());
    let is_count = matches!(by, "day" | "age" | "metric");
    let told = |text: String, belongs: bool| if belongs { text } else { String::new() };
    let is_decided = figures.met + figures.missed > 0;
    spreadsheet::line([
        by.to_owned(),
        key.to_owned(),
        name.to_owned(),
        told(number(figures.created), !matches!(by, "age" | "metric")),
        told(number(figures.solved), !matches!(by, "age" | "metric")),
        told(number(figures.open), !matches!(by, "day" | "metric" | "before")),
        told(number(figures.first_reply.count as u64), !is_count),
        seconds(figures.first_reply.median),
        seconds(figures.first_reply.p90),
        seconds(figures.resolution.median),
        seconds(figures.resolution.p90),
        figures.replies_per_ticket.map_or_else(String::new, |replies| format!("{replies:.2}")),
        told(number(figures.one_touch), !is_count),
        told(number(figures.reopened), !is_count),
        told(number(figures.met), is_decided),
        told(number(figures.missed), is_decided),
        told(number(figures.spent), !matches!(by, "age" | "metric")),
    ])
}
