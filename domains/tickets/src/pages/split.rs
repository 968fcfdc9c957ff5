//! Splitting a message off on the desk.

use super::{acts::told, place::fresh_key, sidebar::sidebar};
use crate::{Message, Ticket, api::id, message, policy::Action, views};
use db::Id;
use kernel::Fault;
use richtext::Format;
use web::{Answer, Fields, Flash, Form, HeaderMap, Input, Path, Visit};

/// Characters of a message that are shown to choose by.
const EXCERPT: usize = 160;

/// `GET /desk/tickets/{id}/split`: staff who may change it.
pub(super) async fn choose(visit: Visit, Path(ticket): Path<String>) -> Answer {
    let actor = visit.staff()?;
    let mut conn = visit.app.db.read().await?;
    let ticket = Ticket::get(&mut conn, actor, id(&ticket)?, Action::Change).await?;
    ticket.demand_unmerged(&mut conn).await?;
    let mut messages = Message::of(&mut conn, actor, &ticket, None, message::SHOWN).await?;
    messages.retain(|message| !message.is_internal && message.held_until.is_none() && message.id != ticket.first_message_id);
    messages.reverse();
    web::html(&views::Splitting {
        page: visit.page(format!("Split #{}", ticket.number)),
        sidebar: sidebar(&mut conn, actor, None, None).await?,
        id: ticket.id.to_string(),
        number: format!("#{}", ticket.number),
        title: ticket.title,
        messages: messages
            .into_iter()
            .map(|message| views::Splittable {
                excerpt: richtext::excerpt(&message.source, if message.format == "HTML" { Format::Html } else { Format::Markdown }, EXCERPT),
                id: message.id.to_string(),
                author: message.author_name,
                at: message.created_at,
            })
            .collect(),
        idempotency_key: fresh_key(),
        errors: ui::Errors::new(),
    })
}

pub(super) struct Cut {
    message: Option<Id<Message>>,
    title: Option<String>,
}

impl Form for Cut {
    fn read(fields: &mut Fields) -> Self {
        Self { message: fields.id("message"), title: fields.optional_text("title", crate::api::TITLE) }
    }
}

/// `POST /desk/tickets/{id}/split`: goes to the new ticket.
pub(super) async fn split(visit: Visit, headers: HeaderMap, Path(ticket): Path<String>, input: Input<Cut>) -> Answer {
    let actor = visit.staff()?;
    let seal = input.seal.clone();
    let cut = input.take()?;
    let mut tx = visit.app.db.write().await?;
    if let Some(answer) = seal.replay(&mut tx, &visit).await? {
        return Ok(answer);
    }
    let ticket = Ticket::get(&mut tx, actor, id(&ticket)?, Action::Change).await?;
    let message = cut.message.ok_or_else(|| Fault::field("message", "Choose a message."))?;
    match ticket.split(&mut tx, actor, message, cut.title).await {
        Ok(new) => {
            let answer = seal.keep_redirect(&mut tx, &visit, &format!("/desk/tickets/{}", new.id)).await?;
            tx.commit().await?;
            let text = format!("#{} begins with that message of #{}.", new.number, ticket.number);
            Ok(visit.flash(answer, &Flash { kind: "good", text, undo: None }))
        }
        Err(fault) => told(&visit, &headers, ticket.id, tx, Err(fault)).await,
    }
}
