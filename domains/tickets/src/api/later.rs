//! The API of what is to happen at a time: replies and changes of status, sub-resources of a ticket.

use super::{id, reader, writer};
use crate::{
    Body, Channel, Status, Ticket,
    later::{self, NewScheduled, Scheduled},
    message,
    openapi::{
        Closed, Hidden, Scoped, Wrong,
        later::{ScheduledBody, ScheduledJson, ScheduledList, ScheduledPath, example_of_body, example_of_list, example_of_scheduled},
        shapes::TicketPath,
    },
    policy::Action,
};
use db::Timestamp;
use kernel::Fault;
use utoipa::OpenApi;
use web::{Answer, Fields, Form, Input, Path, Routes, StatusCode, Visit};

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/api/support/tickets/{id}/scheduled", list)
        .post("/api/support/tickets/{id}/scheduled", create)
        .delete("/api/support/tickets/{id}/scheduled/{item}", cancel)
        .post("/api/support/tickets/{id}/scheduled/{item}/now", hurry)
}

/// The handlers below as OpenAPI.
#[derive(OpenApi)]
#[openapi(
    paths(list, create, cancel, hurry),
    modifiers(&Closed, &Scoped),
    tags((name = "Send later", description = "Replies and changes of status that happen at a time. Staff only; customers see nothing of it before.")))]
pub(crate) struct Doc;

struct Wanted {
    at: Option<Timestamp>,
    content: Option<Body>,
    status: Option<Status>,
    custom_status: Option<String>,
    file_keys: Vec<String>,
}

impl Form for Wanted {
    fn read(fields: &mut Fields) -> Self {
        let at = fields.time("sendAt");
        if at.is_none() {
            fields.errors.add("sendAt", "Say when.");
        }
        Self {
            at,
            content: fields.optional_text("content", message::LENGTH).map(Body::markdown),
            status: fields.word("status", Status::WORDS),
            custom_status: fields.optional_text("customStatus", crate::custom_status::NAME),
            file_keys: fields.texts("fileId", 50, 100),
        }
    }
}

fn shape(later: Scheduled) -> ScheduledJson {
    ScheduledJson {
        id: later.id.uuid(),
        message_id: later.message_id.map(db::Id::uuid),
        status: later.status,
        custom_status: later.custom_status,
        send_at: later.due_at,
        by: later.by_name,
        stopped_by: later.stopped_by,
        created_at: later.made_at,
    }
}

/// List what is scheduled.
#[utoipa::path(get, path = "/api/support/tickets/{id}/scheduled", tag = "Send later", operation_id = "listScheduled",
    description = "What is to happen in this ticket, soonest first, and what was stopped. The text of a reply is the message that `messageId` names. Staff only.",
    params(TicketPath), responses((status = 200, description = "What waits", body = ScheduledList, example = example_of_list), Hidden))]
async fn list(visit: Visit, Path(ticket): Path<String>) -> Answer {
    let actor = reader(&visit)?;
    let mut conn = visit.app.db.read().await?;
    let ticket = Ticket::get(&mut conn, actor, id(&ticket)?, Action::Note).await?;
    let items: Vec<_> = later::of(&mut conn, ticket.id).await?.into_iter().map(shape).collect();
    web::json(&crate::json::ListJson { items, next_cursor: None })
}

/// Schedule a reply or a status.
#[utoipa::path(post, path = "/api/support/tickets/{id}/scheduled", tag = "Send later", operation_id = "schedule",
    description = "A public reply, a status, or a reply that sets a status, at a time. When the customer writes, solves or reopens before that time it stops and waits for staff; it stops too when whoever scheduled it may not do it any more, when the ticket lies in the trash, when a field that is needed to solve is empty, or when the custom status that it sets was removed. Staff only.",
    params(TicketPath), request_body(content = ScheduledBody, example = example_of_body),
    responses((status = 201, description = "What is scheduled", body = ScheduledJson, example = example_of_scheduled), Hidden, Wrong))]
async fn create(visit: Visit, Path(ticket): Path<String>, input: Input<Wanted>) -> Answer {
    let actor = writer(&visit)?;
    let seal = input.seal.clone();
    let mut tx = visit.app.db.write().await?;
    let ticket = Ticket::get(&mut tx, actor, id(&ticket)?, Action::Change).await?;
    let wanted = input.take()?;
    if let Some(answer) = seal.replay(&mut tx, &visit).await? {
        return Ok(answer);
    }
    let at = wanted.at.ok_or_else(|| Fault::field("sendAt", "Say when."))?;
    let new = NewScheduled {
        content: wanted.content,
        status: wanted.status,
        custom_status: wanted.custom_status,
        at,
        channel: Channel::Api,
        file_keys: wanted.file_keys,
    };
    let later = ticket.schedule(&mut tx, actor, new).await?;
    let answer = seal.keep_json(&mut tx, &visit, StatusCode::CREATED, None, &shape(later)).await?;
    tx.commit().await?;
    Ok(answer)
}

/// Cancel what is scheduled.
#[utoipa::path(delete, path = "/api/support/tickets/{id}/scheduled/{item}", tag = "Send later", operation_id = "cancelScheduled",
    description = "It will not happen. The text and the files of a reply become your draft in this ticket. Staff only.",
    params(ScheduledPath), responses((status = 204, description = "It is cancelled"), Hidden))]
async fn cancel(visit: Visit, Path((ticket, item)): Path<(String, String)>) -> Answer {
    let actor = writer(&visit)?;
    let mut tx = visit.app.db.write().await?;
    let ticket = Ticket::get(&mut tx, actor, id(&ticket)?, Action::Change).await?;
    ticket.cancel_later(&mut tx, actor, id(&item)?).await?;
    tx.commit().await?;
    web::no_content()
}

/// Do not wait.
#[utoipa::path(post, path = "/api/support/tickets/{id}/scheduled/{item}/now", tag = "Send later", operation_id = "sendScheduledNow",
    description = "It happens now, in the name of whoever scheduled it; also what was stopped. Staff only.",
    params(ScheduledPath), responses((status = 204, description = "It happened"), Hidden, Wrong))]
async fn hurry(visit: Visit, Path((ticket, item)): Path<(String, String)>) -> Answer {
    let actor = writer(&visit)?;
    let mut tx = visit.app.db.write().await?;
    let ticket = Ticket::get(&mut tx, actor, id(&ticket)?, Action::Change).await?;
    ticket.hurry_later(&mut tx, actor, id(&item)?).await?;
    tx.commit().await?;
    web::no_content()
}
