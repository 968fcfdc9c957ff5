//! The API of what takes a ticket out of the lists of work: snooze and spam, sub-resources of a ticket.

use super::{id, reader, writer};
use crate::{
    Ticket,
    openapi::{
        Closed, Hidden, Scoped, Wrong,
        away::{NotOpen, SnoozeBody, SnoozeJson, example_of_body, example_of_snooze},
        shapes::TicketPath,
    },
    policy::Action,
    snooze::{self, Snooze},
};
use db::Timestamp;
use kernel::Fault;
use utoipa::OpenApi;
use web::{Answer, Fields, Form, Input, Path, Routes, Visit};

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/api/support/tickets/{id}/snooze", show)
        .put("/api/support/tickets/{id}/snooze", put_away)
        .delete("/api/support/tickets/{id}/snooze", wake)
        .put("/api/support/tickets/{id}/spam", mark)
        .delete("/api/support/tickets/{id}/spam", clear)
}

/// The handlers below as OpenAPI.
#[derive(OpenApi)]
#[openapi(
    paths(show, put_away, wake, mark, clear),
    modifiers(&Closed, &Scoped),
    tags((name = "Snooze and spam", description = "What takes a ticket out of the lists of work. Staff only; customers see nothing of it.")))]
pub(crate) struct Doc;

struct Until {
    until: Option<Timestamp>,
    until_reply: bool,
}

impl Form for Until {
    fn read(fields: &mut Fields) -> Self {
        let form = Self { until: fields.time("until"), until_reply: fields.boolean("untilReply") };
        if form.until.is_some() == form.until_reply {
            fields.errors.add("until", "Give a time, or untilReply as true, and not both.");
        }
        form
    }
}

fn shape(snooze: Snooze) -> SnoozeJson {
    SnoozeJson { is_until_reply: snooze.until.is_none(), until: snooze.until, by: snooze.by_name, began_at: snooze.began_at }
}

/// Get a snooze.
#[utoipa::path(get, path = "/api/support/tickets/{id}/snooze", tag = "Snooze and spam", operation_id = "getSnooze",
    description = "Until when the ticket is put away, and by whom. 404 when it is not away. Staff only.",
    params(TicketPath), responses((status = 200, description = "The snooze", body = SnoozeJson, example = example_of_snooze), Hidden))]
async fn show(visit: Visit, Path(ticket): Path<String>) -> Answer {
    let actor = reader(&visit)?;
    let mut conn = visit.app.db.read().await?;
    let ticket = Ticket::get(&mut conn, actor, id(&ticket)?, Action::Note).await?;
    let snooze = snooze::of(&mut conn, ticket.id).await?.filter(|snooze| snooze.woke_at.is_none()).ok_or(Fault::Missing)?;
    web::json(&shape(snooze))
}

/// Snooze a ticket.
#[utoipa::path(put, path = "/api/support/tickets/{id}/snooze", tag = "Snooze and spam", operation_id = "snoozeTicket",
    description = "Puts it away until a time, or until the customer replies; a reply brings it back in any case. It then stands at the top of the lists of work. Staff only. Twice is the same as once; another time replaces the first.",
    params(TicketPath), request_body(content = SnoozeBody, example = example_of_body),
    responses((status = 200, description = "The snooze", body = SnoozeJson, example = example_of_snooze), Hidden, NotOpen, Wrong))]
async fn put_away(visit: Visit, Path(ticket): Path<String>, input: Input<Until>) -> Answer {
    let actor = writer(&visit)?;
    let mut tx = visit.app.db.write().await?;
    let ticket = Ticket::get(&mut tx, actor, id(&ticket)?, Action::Change).await?;
    let snooze = ticket.snooze(&mut tx, actor, input.take()?.until).await?;
    tx.commit().await?;
    web::json(&shape(snooze))
}

/// Wake a ticket.
#[utoipa::path(delete, path = "/api/support/tickets/{id}/snooze", tag = "Snooze and spam", operation_id = "wakeTicket",
    description = "Brings it back at once. Staff only. Twice is the same as once.",
    params(TicketPath), responses((status = 204, description = "It is in the lists of work"), Hidden))]
async fn wake(visit: Visit, Path(ticket): Path<String>) -> Answer {
    let actor = writer(&visit)?;
    let mut tx = visit.app.db.write().await?;
    Ticket::get(&mut tx, actor, id(&ticket)?, Action::Change).await?.wake(&mut tx, actor).await?;
    tx.commit().await?;
    web::no_content()
}

/// Mark a ticket as spam.
#[utoipa::path(put, path = "/api/support/tickets/{id}/spam", tag = "Snooze and spam", operation_id = "markSpam",
    description = "Takes it out of every list but the view `spam`. Whoever sent it is not told. Staff only. Twice is the same as once.",
    params(TicketPath), responses((status = 204, description = "It is marked"), Hidden))]
async fn mark(visit: Visit, Path(ticket): Path<String>) -> Answer {
    let actor = writer(&visit)?;
    let mut tx = visit.app.db.write().await?;
    Ticket::get(&mut tx, actor, id(&ticket)?, Action::Change).await?.mark_spam(&mut tx, actor).await?;
    tx.commit().await?;
    web::no_content()
}

/// Clear the spam mark.
#[utoipa::path(delete, path = "/api/support/tickets/{id}/spam", tag = "Snooze and spam", operation_id = "clearSpam",
    description = "Puts it back into the lists. Staff only. Twice is the same as once.",
    params(TicketPath), responses((status = 204, description = "It is not marked"), Hidden))]
async fn clear(visit: Visit, Path(ticket): Path<String>) -> Answer {
    let actor = writer(&visit)?;
    let mut tx = visit.app.db.write().await?;
    Ticket::get(&mut tx, actor, id(&ticket)?, Action::Change).await?.clear_spam(&mut tx, actor).await?;
    tx.commit().await?;
    web::no_content()
}
