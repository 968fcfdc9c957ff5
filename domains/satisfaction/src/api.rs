//! The rating of a ticket by the API.

use crate::{
    Survey,
    policy::{self, Action},
    rate::Rating,
    survey,
};
use accounts::Problem;
use db::{Conn, Timestamp};
use kernel::{Fault, Result, Scope};
use serde::Serialize;
use tickets::{Ticket, TicketId};
use utoipa::{OpenApi, ToSchema};
use web::{Answer, Bucket, Input, Path, Routes, Visit};

pub(crate) fn routes() -> Routes {
    Routes::new().get("/api/support/tickets/{id}/rating", show).put("/api/support/tickets/{id}/rating", rate)
}

#[derive(OpenApi)]
#[openapi(paths(show, rate), components(schemas(RatingJson, NewRating, Problem)), tags((name = "Satisfaction", description = "How a solved ticket is rated by who asked.")))]
struct Doc;

/// This room's part of the API document.
pub fn openapi() -> utoipa::openapi::OpenApi {
    Doc::openapi()
}

/// The rating of a ticket.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct RatingJson {
    /// Which ticket.
    #[schema(value_type = uuid::Uuid)]
    ticket_id: TicketId,
    /// 1, bad, to 5, great; null before it is rated.
    #[schema(minimum = 1, maximum = 5, example = 5)]
    score: Option<i64>,
    /// Plain text.
    #[schema(example = "Quick and clear.")]
    comment: Option<String>,
    /// When the letter went out.
    #[schema(value_type = Option<String>, format = DateTime)]
    asked_at: Option<Timestamp>,
    /// When it was first rated.
    #[schema(value_type = Option<String>, format = DateTime)]
    rated_at: Option<Timestamp>,
    /// When the rating last changed.
    #[schema(value_type = Option<String>, format = DateTime)]
    changed_at: Option<Timestamp>,
    /// Until when the rating can be changed.
    #[schema(value_type = Option<String>, format = DateTime)]
    changeable_until: Option<Timestamp>,
    /// It can be rated, or changed, now.
    is_open: bool,
}

/// What to rate it. Fields that are not listed are refused.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewRating {
    /// 1, bad, to 5, great.
    #[schema(minimum = 1, maximum = 5, example = 4)]
    score: i64,
    /// Plain text; left out, there is none.
    #[schema(max_length = 2000, nullable = false, example = "It took a while, but it works.")]
    comment: Option<String>,
}

async fn json(conn: &mut Conn, ticket: &Ticket, survey: Option<Survey>) -> Result<RatingJson> {
    let is_open = survey::is_open(conn, ticket, survey.as_ref()).await?;
    Ok(RatingJson {
        ticket_id: ticket.id,
        score: survey.as_ref().and_then(|survey| survey.score),
        asked_at: survey.as_ref().and_then(|survey| survey.asked_at),
        rated_at: survey.as_ref().and_then(|survey| survey.rated_at),
        changed_at: survey.as_ref().and_then(|survey| survey.changed_at),
        changeable_until: survey.as_ref().and_then(Survey::changeable_until),
        comment: survey.and_then(|survey| survey.comment),
        is_open,
    })
}

fn id(text: &str) -> Result<TicketId> {
    text.parse().map_err(|_| Fault::Missing)
}

/// Get the rating.
#[utoipa::path(get, path = "/api/support/tickets/{id}/rating", tag = "Satisfaction", operation_id = "getRating",
    description = "The rating of a ticket: for who asked, and for staff. Its `score` is null before it is rated.",
    params(("id" = uuid::Uuid, Path, description = "The ticket's id")), security(("bearer" = ["tickets:read"]), ("session" = [])),
    responses(
        (status = 200, description = "The rating", body = RatingJson),
        (status = 401, description = "No token, or one that is not known", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "The token lacks the scope", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is no such ticket, or its rating is not for you", body = Problem, content_type = "application/problem+json")))]
async fn show(visit: Visit, Path(ticket): Path<String>) -> Answer {
    let actor = visit.signed_in()?;
    visit.scope(Scope::TicketsRead)?;
    let mut conn = visit.app.db.read().await?;
    let ticket = policy::pass(&mut conn, actor, id(&ticket)?, Action::See).await?;
    let survey = Survey::of(&mut conn, ticket.id).await?;
    web::json(&json(&mut conn, &ticket, survey).await?)
}

/// Rate a ticket.
#[utoipa::path(put, path = "/api/support/tickets/{id}/rating", tag = "Satisfaction", operation_id = "rateTicket",
    description = "Rates a solved ticket, or changes its rating, for 7 days after it was first given. Who asked alone may. The same again changes nothing.",
    params(("id" = uuid::Uuid, Path, description = "The ticket's id")), request_body(content = NewRating), security(("bearer" = ["tickets:write"]), ("session" = [])),
    responses(
        (status = 200, description = "The rating as it is now", body = RatingJson),
        (status = 401, description = "No token, or one that is not known", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "The token lacks the scope, or you are not who asked", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is no such ticket, or its rating is not for you", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "It is not solved (`not-solved`), can no longer be changed (`rating-final`), or was rated at this moment (`rating-changed`)", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "A field is unknown, missing or wrong", body = Problem, content_type = "application/problem+json")))]
async fn rate(visit: Visit, Path(ticket): Path<String>, input: Input<Rating>) -> Answer {
    let actor = visit.signed_in()?;
    visit.scope(Scope::TicketsWrite)?;
    visit.app.limits.check(Bucket::Post, &visit.counted_as())?;
    let mut tx = visit.app.db.write().await?;
    let ticket = policy::pass(&mut tx, actor, id(&ticket)?, Action::Rate).await?;
    let survey = input.take()?.give(&mut tx, actor, &ticket).await?;
    let answer = json(&mut tx, &ticket, Some(survey)).await?;
    tx.commit().await?;
    web::json(&answer)
}
