//! `GET /api/support/tickets/{id}/sla`: staff that may see the ticket.

use crate::ticket_clocks::{self, Promises, Told};
use kernel::{Fault, Scope};
use serde::Serialize;
use tickets::{Ticket, policy::Action};
use utoipa::{OpenApi, ToSchema};
use uuid::Uuid;
use web::{Answer, Path, Routes, Visit};

pub(crate) fn routes() -> Routes {
    Routes::new().get("/api/support/tickets/{id}/sla", clocks)
}

/// What is promised for a ticket, and how it stands.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ServiceLevel {
    /// The ticket.
    #[schema(value_type = String, format = Uuid)]
    ticket_id: Uuid,
    /// The policy that counts; null when nothing is promised.
    policy: Option<String>,
    /// The version of the policy; a later change of the policy does not change it.
    policy_version: Option<i64>,
    /// The time zone of the policy's calendar.
    #[schema(example = "Europe/Lisbon")]
    time_zone: Option<String>,
    /// One for each metric, and for each time that a metric began again.
    clocks: Vec<ClockJson>,
}

/// How one metric of a ticket stands.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ClockJson {
    /// What is measured: `FIRST_RESPONSE`, `NEXT_RESPONSE`, `FIRST_RESOLUTION`, `TOTAL_RESOLUTION`, `PERIODIC_UPDATE`, `REQUESTER_WAIT` or `AGENT_WORK`.
    #[schema(example = "FIRST_RESPONSE")]
    metric: &'static str,
    /// The first is 0; a metric that begins again counts on.
    #[schema(example = 0)]
    cycle: i64,
    /// `RUNNING`, `PAUSED`, `MET` or `MISSED`.
    #[schema(example = "RUNNING")]
    state: &'static str,
    /// When it began.
    #[schema(value_type = String, format = DateTime)]
    started_at: db::Timestamp,
    /// When it ended.
    #[schema(value_type = Option<String>, format = DateTime)]
    stopped_at: Option<db::Timestamp>,
    /// The deadline, while it runs or after it was missed.
    #[schema(value_type = Option<String>, format = DateTime)]
    due_at: Option<db::Timestamp>,
    /// Since when nothing is counted.
    #[schema(value_type = Option<String>, format = DateTime)]
    paused_since: Option<db::Timestamp>,
    /// Why nothing is counted.
    #[schema(example = "waiting on customer")]
    paused_why: Option<String>,
    /// What was promised, in minutes.
    #[schema(example = 240)]
    target_minutes: u64,
    /// What was counted, in whole minutes.
    #[schema(example = 151)]
    counted_minutes: u64,
    /// What was counted, in words and in the zone of the calendar.
    #[schema(example = "Mon 16:10-18:00, Tue 09:00-09:40, paused Tue 09:40-15:00 (waiting on customer)")]
    explanation: String,
}

impl ClockJson {
    fn of(told: Told) -> Self {
        let (paused_since, paused_why) = told.paused.unzip();
        Self {
            metric: told.metric,
            cycle: told.cycle,
            state: told.state.word(),
            started_at: told.started,
            stopped_at: told.stopped,
            due_at: told.due,
            paused_since,
            paused_why,
            target_minutes: told.target.as_secs() / 60,
            counted_minutes: told.counted.as_secs() / 60,
            explanation: crate::sentence(&told.pieces),
        }
    }
}

/// The clocks of a ticket
///
/// What the service level promises for this ticket and how each metric stands, computed from its events. For staff.
#[utoipa::path(
    get, path = "/api/support/tickets/{id}/sla", tag = "Tickets", operation_id = "getTicketServiceLevel",
    params(("id" = String, Path, format = Uuid, description = "The ticket's id.")),
    responses(
        (status = 200, description = "How each metric stands now.", body = ServiceLevel),
        (status = 401, description = "The token is missing or not known.", body = accounts::Problem, content_type = "application/problem+json"),
        (status = 403, description = "For staff alone, or the token lacks `tickets:read`.", body = accounts::Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is no such ticket for you.", body = accounts::Problem, content_type = "application/problem+json"),
    ),
    security(("token" = []))
)]
async fn clocks(visit: Visit, Path(ticket): Path<String>) -> Answer {
    let actor = visit.signed_in()?;
    visit.scope(Scope::TicketsRead)?;
    let id = ticket.parse().map_err(|_| Fault::Missing)?;
    let mut conn = visit.app.db.read().await?;
    // what may be noted internally may be known of promises: staff
    let ticket = Ticket::get(&mut conn, actor, id, Action::Note).await?;
    let told = ticket_clocks::of(&mut conn, ticket.id).await?;
    let (policy, version, zone) =
        told.as_ref().map_or((None, None, None), |told: &Promises| (Some(told.policy.clone()), Some(told.version), told.zone.iana_name().map(str::to_owned)));
    let clocks = told.map(|told| told.clocks.into_iter().map(ClockJson::of).collect()).unwrap_or_default();
    web::json(&ServiceLevel { ticket_id: ticket.id.uuid(), policy, policy_version: version, time_zone: zone, clocks })
}

#[derive(OpenApi)]
#[openapi(paths(clocks), components(schemas(ServiceLevel, ClockJson)))]
struct Doc;

/// This room's part of the API document.
pub fn openapi() -> utoipa::openapi::OpenApi {
    Doc::openapi()
}
