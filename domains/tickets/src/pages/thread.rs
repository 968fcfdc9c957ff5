//! A thread as both sides show it: messages and what happened between them, in order of time.

use super::place::{fresh_key, upload_limits};
use crate::{
    Message, Ticket, history,
    message::{self, MESSAGE},
    views,
};
use db::{Conn, Id};
use kernel::{Actor, Result};
use std::collections::HashMap;
use uuid::Uuid;
use web::{Fields, Visit};

/// Everything that the actor may see of a ticket's thread, oldest first.
pub(super) async fn entries(visit: &Visit, conn: &mut Conn, ticket: &Ticket) -> Result<Vec<views::Entry>> {
    Ok(split(visit, conn, ticket, &[]).await?.0)
}

/// The same without these messages, which come beside it in their order.
pub(super) async fn split(visit: &Visit, conn: &mut Conn, ticket: &Ticket, apart: &[Id<Message>]) -> Result<(Vec<views::Entry>, Vec<views::Message>)> {
    let actor = &*visit.actor;
    let messages = Message::of(conn, actor, ticket, None, message::SHOWN).await?;
    let mut files = files_of(visit, conn, &messages).await?;
    let now = conn.now();
    let mut entries: Vec<(db::Timestamp, views::Entry)> = Vec::with_capacity(messages.len());
    let mut beside = Vec::new();
    for message in messages {
        let about = about(actor, ticket, &message);
        let is_apart = apart.contains(&message.id);
        let held = message.held_until.filter(|_| !is_apart).map(|until| views::Held {
            seconds: i64::try_from(until.since(now).as_secs()).unwrap_or(0),
            until,
            undo_href: (message.author_id == actor.person).then(|| format!("/desk/tickets/{}/messages/{}/undo", ticket.id, message.id)),
        });
        let shown = views::Message {
            html: message.safe_html().into_string(),
            files: files.remove(&message.id.uuid()).unwrap_or_default(),
            id: message.id.to_string(),
            author: message.author_name,
            about,
            is_note: message.is_internal,
            at: message.created_at,
            held,
        };
        if is_apart {
            beside.push(shown);
        } else {
            entries.push((message.created_at, views::Entry::Message(shown)));
        }
    }
    for event in history::of(conn, actor, ticket).await? {
        if let Some(entry) = history::entry(&event, actor.is_staff()) {
            entries.push((event.at, views::Entry::Event(entry)));
        }
    }
    entries.sort_by_key(|(at, _)| *at);
    Ok((entries.into_iter().map(|(_, entry)| entry).collect(), beside))
}

fn about(actor: &Actor, ticket: &Ticket, message: &Message) -> String {
    if message.is_internal {
        return String::new();
    }
    if message.author_id.is_some() && message.author_id == actor.person {
        return "you".to_owned();
    }
    if message.is_staff {
        return if actor.is_staff() { format!("to {}", super::place::first_name(&ticket.requester_name)) } else { ticket.team.clone().unwrap_or_default() };
    }
    if actor.is_staff() && message.id == ticket.first_message_id {
        format!("via {}", ticket.channel.label().to_lowercase().replace("api", "API"))
    } else {
        String::new()
    }
}

async fn files_of(visit: &Visit, conn: &mut Conn, messages: &[Message]) -> Result<HashMap<Uuid, Vec<views::File>>> {
    let ids: Vec<Uuid> = messages.iter().map(|message| message.id.uuid()).collect();
    let mut by_message: HashMap<Uuid, Vec<views::File>> = HashMap::new();
    for file in files::of(conn, MESSAGE, &ids).await? {
        let icon = match file.kind.split_once('/') {
            Some(("image", _)) => "i-image",
            Some((_, "json")) => "i-file-json",
            Some(("text", _) | (_, "pdf")) => "i-file-text",
            Some((_, "zip" | "gzip")) => "i-file-archive",
            _ => "i-file",
        };
        by_message.entry(file.subject_id.unwrap_or_default()).or_default().push(views::File {
            href: Some(files::link(&visit.app, &visit.actor, &file)),
            preview: files::preview_link(&visit.app, &visit.actor, &file),
            name: file.name,
            size: file.size,
            icon,
        });
    }
    Ok(by_message)
}

/// The uploads that a refused form had already; it is shown again with them.
pub(super) async fn kept(conn: &mut Conn, actor: &Actor, fields: &Fields) -> Result<Vec<views::KeptFile>> {
    kept_of(conn, actor, &fields.typed("fileId")).await
}

/// The same for keys with commas between them.
pub(super) async fn kept_of(conn: &mut Conn, actor: &Actor, keys: &str) -> Result<Vec<views::KeptFile>> {
    let keys: Vec<String> = keys.split(',').map(|key| key.trim().to_owned()).filter(|key| !key.is_empty()).collect();
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let kept = files::kept(conn, actor, &keys).await?;
    Ok(kept.into_iter().map(|file| views::KeptFile { key: file.key, name: file.name, size: file.size }).collect())
}

/// An empty box to write in.
pub(super) fn composer(visit: &Visit, action: String) -> views::Composer {
    views::Composer {
        action,
        kind: "reply",
        content: String::new(),
        draft_at: None,
        idempotency_key: fresh_key(),
        kept_files: Vec::new(),
        upload: upload_limits(visit),
        errors: ui::Errors::new(),
    }
}
