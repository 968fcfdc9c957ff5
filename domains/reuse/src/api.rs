//! The JSON API: articles for a reply.

use crate::Offer;
use accounts::Problem;
use kernel::{Fault, Scope};
use knowledge::Visibility;
use serde::Serialize;
use tickets::{Ticket, policy::Action};
use utoipa::{OpenApi, ToSchema};
use web::{Answer, Asked, Fields, Form, Path, Routes, Visit};

pub(crate) fn routes() -> Routes {
    Routes::new().get("/api/support/tickets/{id}/articles", list)
}

#[derive(OpenApi)]
#[openapi(paths(list), components(schemas(OfferJson, OffersJson, Problem)), tags((name = "Reuse", description = "Articles in tickets.")))]
struct Doc;

/// This room's part of the API document.
pub fn openapi() -> utoipa::openapi::OpenApi {
    Doc::openapi()
}

/// Which articles.
pub(crate) struct Wanted {
    pub(crate) q: Option<String>,
    limit: i64,
}

impl Form for Wanted {
    fn read(fields: &mut Fields) -> Self {
        Self { q: fields.optional_text("q", 200), limit: fields.integer("limit", 1..=50).unwrap_or(20) }
    }
}

/// An article for a reply.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct OfferJson {
    /// The article.
    id: uuid::Uuid,
    /// Its title.
    #[schema(example = "Rotate a key")]
    title: String,
    /// What it is about.
    #[schema(example = "Make a second key, then withdraw the first.")]
    summary: String,
    /// Its address for readers.
    #[schema(example = "https://help.example.com/a/rotate-a-key")]
    url: String,
    /// A link to it, as a reply takes it.
    #[schema(example = "[Rotate a key](https://help.example.com/a/rotate-a-key)")]
    markdown: String,
    /// Who may read it.
    #[schema(example = "PUBLIC")]
    visibility: &'static str,
    /// Whoever gets the reply may read it.
    is_for_requester: bool,
}

/// Articles for a reply.
#[derive(Serialize, ToSchema)]
struct OffersJson {
    /// First those that the receiver may read.
    items: Vec<OfferJson>,
}

impl OfferJson {
    pub(crate) fn of(offer: &Offer, public_url: &str) -> Self {
        let visibility: Visibility = offer.article.visibility;
        Self {
            id: offer.article.id.uuid(),
            title: offer.article.title.clone(),
            summary: offer.article.summary.clone(),
            url: offer.url(public_url),
            markdown: offer.markdown(public_url),
            visibility: visibility.word(),
            is_for_requester: offer.is_for_requester,
        }
    }
}

/// Find articles for a reply.
#[utoipa::path(get, path = "/api/support/tickets/{id}/articles", tag = "Reuse", operation_id = "findArticlesForReply",
    description = "For staff who may see the ticket: published articles with these words in title, summary or labels, the most popular first. Those that whoever gets the reply may not read come last.",
    params(("id" = uuid::Uuid, Path, description = "The ticket's id"), ("q" = Option<String>, Query, description = "Words, at most 200 characters"), ("limit" = Option<i64>, Query, description = "1 to 50; 20 when it is left out")),
    security(("bearer" = ["tickets:read"]), ("session" = [])),
    responses(
        (status = 200, description = "Articles", body = OffersJson),
        (status = 401, description = "No token, or one that is not known", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "You are not staff, or the token lacks the scope", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is no such ticket for you", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "A parameter is wrong or unknown", body = Problem, content_type = "application/problem+json")))]
async fn list(visit: Visit, Path(ticket): Path<String>, Asked(wanted): Asked<Wanted>) -> Answer {
    let actor = visit.staff()?;
    visit.scope(Scope::TicketsRead)?;
    let mut conn = visit.app.db.read().await?;
    let ticket = Ticket::get(&mut conn, actor, ticket.parse().map_err(|_| Fault::Missing)?, Action::See).await?;
    let offers = Offer::find(&mut conn, actor, &ticket, wanted.q.as_deref(), usize::try_from(wanted.limit).unwrap_or(20)).await?;
    let url = &visit.app.config.public_url;
    web::json(&OffersJson { items: offers.iter().map(|offer| OfferJson::of(offer, url)).collect() })
}
