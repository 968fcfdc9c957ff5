//! `GET /desk/analytics`: the report.

use super::{sources, view, view::Filters, zone};
use crate::{
    filter::Filter,
    follow,
    period::{Preset, Wrong},
    policy, report,
};
use askama::Template;
use db::Timestamp;
use std::time::Duration;
use web::{Answer, Asked, StatusCode, Visit};

/// What waits longer than this to be counted is told.
const BEHIND: Duration = Duration::from_mins(1);

#[derive(Template)]
#[template(path = "analytics/overview.html")]
struct Overview {
    page: ui::Page,
    filters: Filters,
    report: view::Report,
    /// Why another period is shown than was asked for.
    wrong: Option<Wrong>,
    /// Since when something waits to be counted.
    behind: Option<Timestamp>,
    /// Only the figures of the viewer's teams and their own.
    is_own: bool,
}

/// For staff.
pub(super) async fn look(visit: Visit, Asked(mut filter): Asked<Filter>) -> Answer {
    let actor = visit.staff()?;
    let scope = policy::scope(actor)?;
    let sources = sources(&visit)?;
    let page = visit.page("Analytics");
    if filter.preset == Some(Preset::Custom) && filter.from.is_none() && filter.to.is_none() {
        filter.preset = None;
    }
    let (period, wrong) = match filter.period(&zone(&visit), page.now) {
        Ok(period) => (period, None),
        Err(wrong) => {
            (filter.preset, filter.from, filter.to) = (None, None, None);
            let period = filter.period(&zone(&visit), page.now).map_err(|(field, words)| kernel::Fault::field(field, words))?;
            (period, Some(wrong))
        }
    };
    let mut conn = visit.app.db.read().await?;
    let sieve = filter.sieve(&mut conn, &sources, &scope).await?;
    let report = report::make(&mut conn, &sources, sieve, &period).await?;
    let behind = follow::behind(&mut conn).await?.filter(|at| page.now.since(*at) > BEHIND);
    let filters = Filters::of(&mut conn, &sources, &scope, &filter, &period).await?;
    drop(conn);
    let status = if wrong.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let report = view::Report::of(&report, &filter, &period, &sources);
    web::html_with(status, &Overview { page, filters, report, wrong, behind, is_own: scope != policy::Scope::All })
}
