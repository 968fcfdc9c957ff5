//! Rating in the portal: a panel below the thread of a request. Colleagues who see the request see no rating.

use super::{Own, Read};
use crate::{
    Survey,
    policy::{self, Action},
    rate::Rating,
    survey,
};
use askama::Template;
use db::Conn;
use kernel::{Actor, Fault, Result, Who};
use tickets::{Ticket, TicketId, policy::Action as OfTicket};
use web::{Answer, Bucket, Flash, Input, Path, StatusCode, Visit};

#[derive(Template)]
#[template(path = "own_rating.html")]
struct OwnRating {
    page: ui::Page,
    ticket: TicketId,
    title: String,
    /// None where there is nothing to rate, or not for the viewer.
    own: Option<Own>,
}

fn known(visit: &Visit) -> Result<&Actor> {
    if matches!(visit.actor.who, Who::Stranger) { Err(Fault::SignIn) } else { Ok(&visit.actor) }
}

fn id(text: &str) -> Result<TicketId> {
    text.parse().map_err(|_| Fault::Missing)
}

async fn page(visit: &Visit, conn: &mut Conn, ticket: &Ticket) -> Result<OwnRating> {
    let mut own = None;
    if policy::may(&visit.actor, Action::Rate, ticket) {
        let survey = Survey::of(conn, ticket.id).await?;
        let is_open = survey::is_open(conn, ticket, survey.as_ref()).await?;
        own = Some(Own::of(visit, format!("/requests/{}/rating", ticket.id), survey.as_ref(), is_open)).filter(|own| own.is_open || own.rated.is_some());
    }
    Ok(OwnRating { page: visit.page("How did we do?"), ticket: ticket.id, title: ticket.title.clone(), own })
}

/// `GET /requests/{id}/rating`: whoever may see the request; who asked gets the form.
pub(super) async fn look(visit: Visit, Path(ticket): Path<String>) -> Answer {
    let actor = known(&visit)?;
    let mut conn = visit.app.db.read().await?;
    let ticket = Ticket::get(&mut conn, actor, id(&ticket)?, OfTicket::See).await?;
    web::html(&page(&visit, &mut conn, &ticket).await?)
}

/// `POST /requests/{id}/rating`: who asked.
pub(super) async fn rate(visit: Visit, Path(ticket): Path<String>, input: Input<Rating>) -> Answer {
    let actor = known(&visit)?;
    visit.app.limits.check(Bucket::Post, &visit.counted_as())?;
    let ticket = id(&ticket)?;
    // within its frame only the panel is shown again
    let back = if visit.frame.is_some() { format!("/requests/{ticket}/rating") } else { format!("/requests/{ticket}") };
    let (read, fields, ..) = input.open();
    let flash = |kind, text: String| Ok(visit.flash(web::see_other(&back)?, &Flash { kind, text, undo: None }));
    match give(&visit, actor, ticket, read).await {
        Ok(()) => flash("good", "Thank you. Your rating is saved.".to_owned()),
        Err(Fault::Conflict { detail, .. }) => flash("bad", detail),
        Err(Fault::Invalid(wrong)) => {
            let mut conn = visit.app.db.read().await?;
            let ticket = policy::pass(&mut conn, actor, ticket, Action::Rate).await?;
            let page = page(&visit, &mut conn, &ticket).await?;
            web::html_with(StatusCode::UNPROCESSABLE_ENTITY, &OwnRating { own: page.own.map(|own| own.again(&fields, &wrong)), ..page })
        }
        Err(fault) => Err(fault.into()),
    }
}

async fn give(visit: &Visit, actor: &Actor, ticket: TicketId, read: Read) -> Result<()> {
    let mut tx = visit.app.db.write().await?;
    let ticket = policy::pass(&mut tx, actor, ticket, Action::Rate).await?;
    read?.give(&mut tx, actor, &ticket).await?;
    Ok(tx.commit().await?)
}
