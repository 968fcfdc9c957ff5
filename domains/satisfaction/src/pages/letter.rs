//! Rating by the link of a letter: whoever has it, without signing in. It shows nothing of the ticket but its subject.

use super::{Own, Read};
use crate::{Survey, rate::Rating, survey};
use askama::Template;
use db::Conn;
use kernel::{Actor, Fault, Result, Who};
use tickets::{Ticket, policy::Action};
use web::{Answer, Bucket, Flash, Input, Path, StatusCode, Visit};

#[derive(Template)]
#[template(path = "rate.html")]
struct RatePage {
    page: ui::Page,
    title: String,
    own: Own,
}

#[derive(Template)]
#[template(path = "rate_gone.html")]
struct Gone {
    page: ui::Page,
}

/// The ticket of a link, as its requester by that link.
async fn open(conn: &mut Conn, token: &str) -> Result<(Actor, Ticket)> {
    let (ticket, person, name) = Survey::ticket_of(conn, token).await?.ok_or(Fault::Missing)?;
    let actor = Actor { who: Who::Guest(ticket.uuid()), person: Some(person), name, ..Actor::stranger() };
    let ticket = Ticket::get(conn, &actor, ticket, Action::See).await?;
    Ok((actor, ticket))
}

async fn page(visit: &Visit, conn: &mut Conn, token: &str) -> Result<RatePage> {
    let (_, ticket) = open(conn, token).await?;
    let survey = Survey::of(conn, ticket.id).await?;
    let is_open = survey::is_open(conn, &ticket, survey.as_ref()).await?;
    Ok(RatePage { page: visit.page("How did we do?"), title: ticket.title, own: Own::of(visit, format!("/rate/{token}"), survey.as_ref(), is_open) })
}

fn or_gone(visit: &Visit, fault: Fault) -> Answer {
    match fault {
        Fault::Missing => web::html_with(StatusCode::NOT_FOUND, &Gone { page: visit.page("This link no longer works") }),
        fault => Err(fault.into()),
    }
}

/// `GET /rate/{token}`: the form, so that a mail scanner's look rates nothing.
pub(super) async fn look(visit: Visit, Path(token): Path<String>) -> Answer {
    let mut conn = visit.app.db.read().await?;
    match page(&visit, &mut conn, &token).await {
        Ok(page) => web::html(&page),
        Err(fault) => or_gone(&visit, fault),
    }
}

/// `POST /rate/{token}`: rates, or changes the rating.
pub(super) async fn rate(visit: Visit, Path(token): Path<String>, input: Input<Rating>) -> Answer {
    visit.app.limits.check(Bucket::Post, &visit.address.to_string())?;
    let (read, fields, ..) = input.open();
    match give(&visit, &token, read).await {
        Ok(()) => {
            Ok(visit
                .flash(web::see_other(&format!("/rate/{token}"))?, &Flash { kind: "good", text: "Thank you. Your rating is saved.".to_owned(), undo: None }))
        }
        Err(Fault::Invalid(wrong)) => {
            let page = page(&visit, &mut visit.app.db.read().await?, &token).await?;
            web::html_with(StatusCode::UNPROCESSABLE_ENTITY, &RatePage { own: page.own.again(&fields, &wrong), ..page })
        }
        Err(fault) => or_gone(&visit, fault),
    }
}

async fn give(visit: &Visit, token: &str, read: Read) -> Result<()> {
    let mut tx = visit.app.db.write().await?;
    let (actor, ticket) = open(&mut tx, token).await?;
    read?.give(&mut tx, &actor, &ticket).await?;
    Ok(tx.commit().await?)
}
