//! `GET /desk/analytics/tickets`: the tickets behind a figure. The room they belong to decides once more who sees them.

use super::{REPORT, sources, view::Chip, zone};
use crate::{
    filter::Owner,
    period::Period,
    policy,
    report::AGES,
    tickets::{self, Figure, Wanted},
    words::{count, hours_text, length_text},
};
use askama::Template;
use db::{Conn, Timestamp};
use kernel::{Fault, Result, Shown};
use std::collections::HashMap;
use uuid::Uuid;
use web::{Answer, Asked, Visit};

#[derive(Template)]
#[template(path = "analytics/tickets.html")]
struct Tickets {
    page: ui::Page,
    title: String,
    /// What the list is narrowed to, in words.
    about: String,
    chips: Vec<Chip>,
    /// Back to the report.
    back: String,
    count: String,
    is_empty: bool,
    rows: Vec<Row>,
    /// How many of this page the viewer may not see.
    hidden: usize,
    next: Option<String>,
}

struct Row {
    shown: Shown,
    status: ui::Html,
    at: Timestamp,
    took: Option<String>,
    /// What its time tells.
    when: String,
}

/// For staff.
pub(super) async fn look(visit: Visit, Asked(wanted): Asked<Wanted>) -> Answer {
    let actor = visit.staff()?;
    let scope = policy::scope(actor)?;
    let sources = sources(&visit)?;
    let page = visit.page("Analytics");
    let period = wanted.filter.period(&zone(&visit), page.now).map_err(|(field, words)| Fault::field(field, words))?;
    let metric = metric(&sources, &wanted);
    let mut conn = visit.app.db.read().await?;
    let sieve = wanted.filter.sieve(&mut conn, &sources, &scope).await?;
    let found = tickets::page(&mut conn, sieve, &wanted, metric.map(|(place, _)| place), &period).await?;
    let ids: Vec<Uuid> = found.rows.iter().map(|row| row.id).collect();
    let mut shown: HashMap<Uuid, Shown> = (sources.counting.shown)(&mut conn, actor, &ids).await?.into_iter().map(|shown| (shown.id, shown)).collect();
    let when = match wanted.figure {
        Figure::Created | Figure::Open => "Created",
        Figure::Answered => "Answered",
        Figure::Solved | Figure::OneTouch | Figure::Reopened => "Solved",
        Figure::Time => "Last",
        Figure::SlaMet => "Met",
        Figure::SlaMissed => "Missed",
    };
    let rows: Vec<Row> = found
        .rows
        .iter()
        .filter_map(|row| {
            let shown = shown.remove(&row.id)?;
            let status = ui::Status { s: shown.status, label: shown.status_label.clone().into() }.html();
            // how much was spent says more than when; of the others it is when that says more
            let (when, took) = match row.took {
                Some(took) if wanted.figure == Figure::Time => (format!("{} spent, last", hours_text(took.into())), None),
                took => (when.to_owned(), took.map(length_text)),
            };
            Some(Row { shown, status, at: Timestamp::from_seconds(row.at), took, when })
        })
        .collect();
    let chips = chips(&mut conn, &sources, &wanted).await?;
    drop(conn);
    let more = [("figure", wanted.figure.word().to_owned())].into_iter().chain(extra(&wanted)).collect::<Vec<_>>();
    let next = found.next.map(|cursor| format!("{REPORT}/tickets{}", wanted.filter.query(&[more, vec![("cursor", cursor)]].concat())));
    let title = metric.map_or_else(|| wanted.figure.title().to_owned(), |(_, label)| format!("{}: {label}", wanted.figure.title()));
    web::html(&Tickets {
        title,
        about: about(&wanted, &period, &page),
        chips,
        back: format!("{REPORT}{}", wanted.filter.query(&[])),
        count: count(found.count as u64),
        is_empty: found.count == 0,
        hidden: found.rows.len() - rows.len(),
        rows,
        next,
        page,
    })
}

/// The promise that is asked for, by its place, and what people call it.
pub(crate) fn metric(sources: &crate::Sources, wanted: &Wanted) -> Option<(u32, &'static str)> {
    let word = wanted.metric.as_deref()?;
    let place = sources.promising.metrics.iter().position(|(known, _)| *known == word);
    // an unknown one matches nothing
    Some(place.map_or((u32::MAX, "unknown target"), |place| (u32::try_from(place).unwrap_or(u32::MAX), sources.promising.metrics[place].1)))
}

fn extra(wanted: &Wanted) -> Vec<(&'static str, String)> {
    let age = wanted.age.map(|age| ("age", AGES[age].1.to_owned()));
    let metric = wanted.metric.clone().map(|metric| ("metric", metric));
    age.into_iter().chain(metric).collect()
}

fn about(wanted: &Wanted, period: &Period, page: &ui::Page) -> String {
    let age = wanted.age.map(|age| AGES[age].2);
    match (wanted.figure.is_of_now(), age) {
        (true, Some(age)) => format!("{age} old"),
        (true, None) => "Whenever they came in".to_owned(),
        _ => {
            let (first, last) = (period.first.strftime("%-d %b %Y"), period.last.strftime("%-d %b %Y"));
            if period.days() == 1 { format!("{first}, {}", page.zone_label()) } else { format!("{first} to {last}, {}", page.zone_label()) }
        }
    }
}

async fn chips(conn: &mut Conn, sources: &crate::Sources, wanted: &Wanted) -> Result<Vec<Chip>> {
    let (team, agent) = (wanted.filter.team.and_then(Owner::id).map(|id| id.to_string()), wanted.filter.agent.and_then(Owner::id).map(|id| id.to_string()));
    let teams = crate::words::teams(conn, team.iter()).await?;
    let agents = crate::words::people(conn, agent.iter()).await?;
    let name = |known: &HashMap<String, String>, id: &str, none: &str| {
        if id == crate::filter::NONE { none.to_owned() } else { known.get(id).cloned().unwrap_or_else(|| "Somebody else".to_owned()) }
    };
    Ok(super::view::chips(&wanted.filter, sources, |id| name(&agents, id, "Nobody"), |id| name(&teams, id, "No team")))
}
