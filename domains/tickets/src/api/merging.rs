//! Merging and splitting by the API.

use super::{TITLE, id, writer};
use crate::{
    Merge, Message, Ticket, TicketId, json,
    openapi::{
        Closed, Hidden, Merged, Scoped, Wrong,
        examples::{self, links as linked},
        shapes::{
            TicketPath,
            links::{NewMerge, NewSplit},
        },
    },
    policy::Action,
};
use db::{Conn, Id, Timestamp, sql};
use kernel::{Fault, Result};
use serde::Serialize;
use utoipa::{OpenApi, ToSchema};
use web::{Answer, Fields, Form, Input, Path, Routes, StatusCode, Visit};

pub(crate) fn routes() -> Routes {
    Routes::new()
        .post("/api/support/tickets/{id}/merge", merge)
        .post("/api/support/tickets/{id}/merge/undo", undo)
        .post("/api/support/tickets/{id}/split", split)
}

/// The handlers below as OpenAPI.
#[derive(OpenApi)]
#[openapi(paths(merge, undo, split), modifiers(&Closed, &Scoped), tags((name = "Merging", description = "One ticket goes on in another, or a message becomes one of its own.")))]
pub(crate) struct Doc;

/// A ticket that goes on in another.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Merge)]
pub struct MergeJson {
    /// The id of the merge.
    #[schema(value_type = Uuid)]
    pub id: Id<Merge>,
    /// The ticket that was merged; it is closed.
    #[schema(value_type = Uuid)]
    pub ticket_id: TicketId,
    /// The ticket it goes on in.
    #[schema(value_type = Uuid)]
    pub into: TicketId,
    /// Its number.
    #[schema(example = 1050)]
    pub into_number: i64,
    /// Messages that moved.
    #[schema(example = 3)]
    pub messages: i64,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub merged_at: Timestamp,
    /// Until when it can be undone.
    #[schema(value_type = String, format = DateTime)]
    pub undo_until: Timestamp,
}

async fn shown(conn: &mut Conn, merge: Merge) -> Result<MergeJson> {
    let into_number = conn.one(sql!("SELECT number FROM tickets WHERE id = $1", merge.target_id)).await?;
    let messages = conn.one(sql!("SELECT COUNT(*) FROM merged_messages WHERE merge_id = $1", merge.id)).await?;
    let undo_until = merge.undo_until();
    Ok(MergeJson { id: merge.id, ticket_id: merge.source_id, into: merge.target_id, into_number, messages, merged_at: merge.merged_at, undo_until })
}

struct Wish {
    into: Option<TicketId>,
    across: bool,
}

impl Form for Wish {
    fn read(fields: &mut Fields) -> Self {
        let into = fields.id("into");
        if into.is_none() {
            fields.errors.add("into", "This is needed.");
        }
        Self { into, across: fields.boolean("acrossOrganizations") }
    }
}

/// Merge a ticket into another.
#[utoipa::path(post, path = "/api/support/tickets/{id}/merge", tag = "Merging", operation_id = "mergeTicket",
    description = "Its messages move with their times and files, requester and copies join, it is closed, and what is sent to it arrives in the other one. Notes stay notes. Staff only; can be undone for 30 days. When somebody of another organization would see what they did not see before, it is refused with their names until you send `acrossOrganizations`.",
    params(TicketPath), request_body(content = NewMerge, example = linked::new_merge),
    responses((status = 201, description = "What was done", body = MergeJson, example = linked::merged), Hidden, Merged, Wrong))]
async fn merge(visit: Visit, Path(ticket): Path<String>, input: Input<Wish>) -> Answer {
    let actor = writer(&visit)?;
    let seal = input.seal.clone();
    let wish = input.take()?;
    let mut tx = visit.app.db.write().await?;
    if let Some(answer) = seal.replay(&mut tx, &visit).await? {
        return Ok(answer);
    }
    let ticket = Ticket::get(&mut tx, actor, id(&ticket)?, Action::Change).await?;
    let merge = ticket.merge_into(&mut tx, actor, wish.into.ok_or(Fault::Missing)?, wish.across).await?;
    let body = shown(&mut tx, merge).await?;
    let answer = seal.keep_json(&mut tx, &visit, StatusCode::CREATED, None, &body).await?;
    tx.commit().await?;
    Ok(answer)
}

/// Undo a merge.
#[utoipa::path(post, path = "/api/support/tickets/{id}/merge/undo", tag = "Merging", operation_id = "undoMerge",
    description = "Named by the ticket that was merged. Exactly what came goes back: messages, people, tags and the status before; what was said in the other ticket since stays there. Staff only, within 30 days.",
    params(TicketPath), responses((status = 200, description = "The ticket as it is again, with its thread and files", body = json::TicketJson, example = examples::whole), Hidden, Merged))]
async fn undo(visit: Visit, Path(ticket): Path<String>) -> Answer {
    let actor = writer(&visit)?;
    let mut tx = visit.app.db.write().await?;
    let ticket = Ticket::get(&mut tx, actor, id(&ticket)?, Action::Change).await?.undo_merge(&mut tx, actor).await?;
    let body = json::whole(&visit.app, &mut tx, actor, &ticket).await?;
    tx.commit().await?;
    web::json(&body)
}

struct Cut {
    message: Option<Id<Message>>,
    title: Option<String>,
}

impl Form for Cut {
    fn read(fields: &mut Fields) -> Self {
        let message = fields.id("messageId");
        if message.is_none() {
            fields.errors.add("messageId", "This is needed.");
        }
        Self { message, title: fields.optional_text("title", TITLE) }
    }
}

/// Split a message off.
#[utoipa::path(post, path = "/api/support/tickets/{id}/split", tag = "Merging", operation_id = "splitTicket",
    description = "One public message becomes a ticket of its own, with its files, linked both ways. It belongs to the customer who wrote the message. The first message and notes stay. Staff only. `Location` names the new ticket.",
    params(TicketPath), request_body(content = NewSplit, example = linked::new_split),
    responses((status = 201, headers(("Location" = String, description = "Path of the new ticket")), description = "The new ticket, with its thread and files", body = json::TicketJson, example = examples::created), Hidden, Merged, Wrong))]
async fn split(visit: Visit, Path(ticket): Path<String>, input: Input<Cut>) -> Answer {
    let actor = writer(&visit)?;
    let seal = input.seal.clone();
    let cut = input.take()?;
    let mut tx = visit.app.db.write().await?;
    if let Some(answer) = seal.replay(&mut tx, &visit).await? {
        return Ok(answer);
    }
    let ticket = Ticket::get(&mut tx, actor, id(&ticket)?, Action::Change).await?;
    let new = ticket.split(&mut tx, actor, cut.message.ok_or(Fault::Missing)?, cut.title).await?;
    let body = json::whole(&visit.app, &mut tx, actor, &new).await?;
    let place = format!("/api/support/tickets/{}", new.id);
    let answer = seal.keep_json(&mut tx, &visit, StatusCode::CREATED, Some(&place), &body).await?;
    tx.commit().await?;
    Ok(answer)
}
