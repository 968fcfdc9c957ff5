//! Reports by the API: staff alone, and of the same tickets as on the page.

use crate::{
    filter::Filter,
    pages::{sources, zone},
    policy, report,
    shapes::{AgeJson, DayJson, FiguresJson, GroupJson, MetricJson, PeriodJson, ReportJson, SpreadJson},
};
use accounts::Problem;
use kernel::{Fault, Scope};
use utoipa::{IntoParams, OpenApi};
use web::{Answer, Asked, Bucket, Routes, Visit};

pub(crate) fn routes() -> Routes {
    Routes::new().get("/api/analytics/report", get)
}

#[derive(OpenApi)]
#[openapi(
    paths(get),
    components(schemas(ReportJson, PeriodJson, FiguresJson, SpreadJson, DayJson, AgeJson, MetricJson, GroupJson, Problem)),
    tags((name = "Reports", description = "Figures about tickets. For staff: supervisors and admins get all, agents those of their teams and their own."))
)]
struct Doc;

/// This room's part of the API document.
pub fn openapi() -> utoipa::openapi::OpenApi {
    Doc::openapi()
}

/// What narrows a report.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "only its derive reads it")]
struct ReportQuery {
    /// `today`, `7d`, `28d` (the default), `90d`, `365d`, `month`, `last-month`, or `custom` with `from` and `to`.
    #[param(example = "28d")]
    period: Option<String>,
    /// The first day, in the zone of your profile.
    #[param(example = "2026-10-26")]
    from: Option<String>,
    /// The last day.
    #[param(example = "2026-11-22")]
    to: Option<String>,
    /// The id of a team, or `none`.
    team: Option<String>,
    /// The id of an agent, or `none`.
    agent: Option<String>,
    /// How they came in.
    #[param(example = "email")]
    channel: Option<String>,
    /// What they are about.
    #[param(example = "BILLING")]
    category: Option<String>,
    /// How much hangs on them.
    #[param(example = "HIGH")]
    priority: Option<String>,
    /// A tag.
    tag: Option<String>,
}

/// Get a report.
#[utoipa::path(get, path = "/api/analytics/report", tag = "Reports", operation_id = "getReport", security(("bearer" = ["tickets:read"]), ("session" = [])),
    description = "What came in, what was solved, how long it took and how service levels were kept, of a time and of the same number of days before. \
        Team, agent, priority and so on are those that a ticket has now. Figures follow what happens within a second or two.",
    params(ReportQuery),
    responses((status = 200, description = "The report", body = ReportJson),
        (status = 401, description = "No token, or one that is not known", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "The token lacks the scope, or you are not staff", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "A parameter is unknown or wrong", body = Problem, content_type = "application/problem+json")))]
async fn get(visit: Visit, Asked(filter): Asked<Filter>) -> Answer {
    let actor = visit.signed_in()?;
    visit.scope(Scope::TicketsRead)?;
    let scope = policy::scope(actor)?;
    visit.app.limits.check(Bucket::Search, &visit.counted_as())?;
    let sources = sources(&visit)?;
    let period = filter.period(&zone(&visit), visit.app.db.clock().now()).map_err(|(field, words)| Fault::field(field, words))?;
    filter.check(&sources)?;
    let mut conn = visit.app.db.read().await?;
    let sieve = filter.sieve(&mut conn, &sources, &scope).await?;
    let report = report::make(&mut conn, &sources, sieve, &period).await?;
    web::json(&ReportJson::of(&report, &period, &actor.zone, &sources))
}
