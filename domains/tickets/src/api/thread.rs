//! The thread of a ticket and its files by the API.

use super::{id, reader, writer};
use crate::{
    Body, Channel, Message, NewMessage, Status, Ticket, TicketId, json, message,
    openapi::{
        Closed, Hidden, Scoped, Wrong, examples,
        shapes::{AttachmentForm, AttachmentList, MessagePage, NewAttachments, NewMessage as MessageBody, ThreadPage, TicketPath},
    },
    policy::Action,
};
use db::Id;
use kernel::Fault;
use std::time::Duration;
use utoipa::OpenApi;
use web::{Answer, Asked, Fields, Form, Input, Path, Routes, StatusCode, Visit};

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/api/support/tickets/{id}/messages", messages)
        .post("/api/support/tickets/{id}/messages", say)
        .get("/api/support/tickets/{id}/attachments", attachments)
        .post("/api/support/tickets/{id}/attachments", attach)
}

/// The handlers below as OpenAPI.
#[derive(OpenApi)]
#[openapi(
    paths(messages, say, attachments, attach),
    modifiers(&Closed, &Scoped),
    tags(
        (name = "Messages", description = "The thread of a ticket: public replies and internal notes."),
        (name = "Attachments", description = "Files of messages."),
    ))]
pub(crate) struct Doc;

struct Thread {
    limit: i64,
    cursor: Option<String>,
}

impl Form for Thread {
    fn read(fields: &mut Fields) -> Self {
        Self { limit: fields.integer("limit", 1..=100).unwrap_or(50), cursor: fields.optional_text("cursor", 300) }
    }
}

/// List messages.
#[utoipa::path(get, path = "/api/support/tickets/{id}/messages", tag = "Messages", operation_id = "listMessages",
    description = "The thread, oldest first, a page at a time. Customers get public messages only.",
    params(TicketPath, ThreadPage), responses((status = 200, description = "A page of the thread", body = MessagePage, example = examples::messages), Hidden, Wrong))]
async fn messages(visit: Visit, Path(ticket): Path<String>, Asked(thread): Asked<Thread>) -> Answer {
    let actor = reader(&visit)?;
    let mut conn = visit.app.db.read().await?;
    let ticket = Ticket::get(&mut conn, actor, id(&ticket)?, Action::See).await?;
    let after = thread.cursor.as_deref().map(|cursor| web::Cursor::decode(cursor, "messages")).transpose()?;
    let after = after.map(|cursor| (db::Timestamp::from_micros(cursor.value), Id::<Message>::from(cursor.id)));
    let mut found = Message::of(&mut conn, actor, &ticket, after, thread.limit + 1).await?;
    let more = i64::try_from(found.len()).unwrap_or(i64::MAX) > thread.limit;
    if more {
        found.pop();
    }
    let next =
        found.last().filter(|_| more).map(|last| web::Cursor { sort: "messages".to_owned(), value: last.created_at.micros(), id: last.id.uuid() }.encode());
    let items: Vec<_> = found.into_iter().map(|message| json::message(actor, message)).collect();
    web::json(&json::ListJson { items, next_cursor: next })
}

struct Say {
    content: Body,
    internal: bool,
    status: Option<Status>,
    file_keys: Vec<String>,
}

impl Form for Say {
    fn read(fields: &mut Fields) -> Self {
        Self {
            content: Body::markdown(fields.text("content", message::LENGTH)),
            internal: fields.boolean("internal"),
            status: fields.word("status", Status::WORDS),
            file_keys: fields.texts("fileId", 50, 100),
        }
    }
}

/// Send a message.
#[utoipa::path(post, path = "/api/support/tickets/{id}/messages", tag = "Messages", operation_id = "sendMessage",
    description = "A public reply or, with `internal`, a note for staff; it goes out at once. A reply of the customer opens the ticket again; on a closed one it begins a new ticket, which the `ticketId` of the answer names, unless the settings let it open again. Solving needs the custom fields that it needs.",
    params(TicketPath), request_body(content = MessageBody, example = examples::new_message),
    responses((status = 201, description = "The message", body = json::MessageJson, example = examples::note), Hidden, Wrong))]
async fn say(visit: Visit, Path(ticket): Path<String>, input: Input<Say>) -> Answer {
    let actor = writer(&visit)?;
    let seal = input.seal.clone();
    let form = input.take()?;
    let mut tx = visit.app.db.write().await?;
    if let Some(answer) = seal.replay(&mut tx, &visit).await? {
        return Ok(answer);
    }
    let ticket = Ticket::get(&mut tx, actor, id(&ticket)?, Action::See).await?;
    // programs do not press undo: what they send goes out at once
    let new = NewMessage {
        content: form.content,
        is_internal: form.internal,
        channel: Channel::Api,
        file_keys: form.file_keys,
        status: form.status,
        hold: Duration::ZERO,
    };
    let (_, message) = ticket.say(&mut tx, actor, new).await?;
    let answer = seal.keep_json(&mut tx, &visit, StatusCode::CREATED, None, &json::message(actor, message)).await?;
    tx.commit().await?;
    Ok(answer)
}

/// List attachments.
#[utoipa::path(get, path = "/api/support/tickets/{id}/attachments", tag = "Attachments", operation_id = "listAttachments",
    description = "The files of the messages that you may see. Their links are signed for you and expire.",
    params(TicketPath), responses((status = 200, description = "The files", body = AttachmentList, example = examples::attachments), Hidden))]
async fn attachments(visit: Visit, Path(ticket): Path<String>) -> Answer {
    let actor = reader(&visit)?;
    let mut conn = visit.app.db.read().await?;
    let ticket = Ticket::get(&mut conn, actor, id(&ticket)?, Action::See).await?;
    let messages = Message::of(&mut conn, actor, &ticket, None, message::SHOWN).await?;
    let items = json::attachments(&visit.app, &mut conn, actor, &ticket, &messages).await?;
    web::json(&json::ListJson { items, next_cursor: None })
}

struct Attach {
    file_keys: Vec<String>,
    message_id: Option<Id<Message>>,
}

impl Form for Attach {
    const UPLOADS: bool = true;
    fn read(fields: &mut Fields) -> Self {
        Self { file_keys: fields.texts("fileId", 50, 100), message_id: fields.id("messageId") }
    }
}

/// Add attachments.
#[utoipa::path(post, path = "/api/support/tickets/{id}/attachments", tag = "Attachments", operation_id = "addAttachments",
    description = "Adds files to a message of your own, by default the description: finished uploads by their keys, or the files themselves as a form.",
    params(TicketPath), request_body(content((NewAttachments = "application/json", example = examples::new_attachments), (AttachmentForm = "multipart/form-data"))),
    responses((status = 201, description = "All files of that message", body = AttachmentList, example = examples::attachments), Hidden, Wrong))]
async fn attach(visit: Visit, Path(ticket): Path<String>, input: Input<Attach>) -> Answer {
    let actor = writer(&visit)?;
    let ticket_id: TicketId = id(&ticket)?;
    Ticket::get(&mut visit.app.db.read().await?, actor, ticket_id, Action::Reply).await?;
    let (form, _, uploads, seal) = input.open();
    let form = form.map_err(Fault::Invalid)?;
    if form.file_keys.is_empty() && uploads.is_empty() {
        return Err(Fault::field("fileId", "Name a finished upload, or send a file as multipart/form-data.").into());
    }
    let stored = message::store(&visit, uploads).await?;
    let mut tx = visit.app.db.write().await?;
    if let Some(answer) = seal.replay(&mut tx, &visit).await? {
        return Ok(answer);
    }
    let ticket = Ticket::get(&mut tx, actor, ticket_id, Action::Reply).await?;
    let added = ticket.attach(&mut tx, actor, form.message_id, &form.file_keys, stored).await?;
    let items: Vec<_> = json::attachments(&visit.app, &mut tx, actor, &ticket, &added).await?;
    let answer = seal.keep_json(&mut tx, &visit, StatusCode::CREATED, None, &json::ListJson { items, next_cursor: None }).await?;
    tx.commit().await?;
    Ok(answer)
}
