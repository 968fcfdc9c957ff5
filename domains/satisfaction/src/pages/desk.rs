//! The rating beside an agent's ticket.

use crate::{
    Survey,
    policy::{self, Action},
};
use askama::Template;
use kernel::Fault;
use tickets::TicketId;
use web::{Answer, Path, Visit};

#[derive(Template)]
#[template(path = "desk_rating.html")]
struct DeskRating {
    page: ui::Page,
    ticket: TicketId,
    number: String,
    requester: String,
    survey: Option<Survey>,
}

/// `GET /desk/tickets/{id}/rating`: staff who may see the ticket.
pub(super) async fn look(visit: Visit, Path(ticket): Path<String>) -> Answer {
    let actor = visit.staff()?;
    let mut conn = visit.app.db.read().await?;
    let id: TicketId = ticket.parse().map_err(|_| Fault::Missing)?;
    let ticket = policy::pass(&mut conn, actor, id, Action::See).await?;
    let survey = Survey::of(&mut conn, id).await?.filter(|survey| survey.asked_at.is_some() || survey.score.is_some());
    web::html(&DeskRating { page: visit.page("Rating"), ticket: id, number: format!("#{}", ticket.number), requester: ticket.requester_name, survey })
}
