//! What agents write: replies with an undo, notes, drafts.

use super::{
    acts::{back, told},
    desk::{Open, screen},
    later::When,
};
use crate::{
    Body, Channel, NewMessage, Picked, Status, Ticket, TicketId, api::id, draft, later::NewScheduled, list::Filter, message, policy::Action, recipients,
};
use db::Tx;
use kernel::{Actor, Fault, FieldErrors, Result};
use std::time::Duration;
use web::{Answer, Fields, Flash, Form, HeaderMap, Input, Path, StatusCode, Visit};

pub(super) struct Say {
    is_internal: bool,
    /// None only with a status that is set later.
    content: Option<Body>,
    later: When,
    status: Option<Status>,
    file_keys: Vec<String>,
    agreed: Vec<String>,
}

impl Form for Say {
    const UPLOADS: bool = true;
    fn read(fields: &mut Fields) -> Self {
        let later = When::read(fields);
        let text = if later.is_asked() { fields.optional_text("content", message::LENGTH) } else { Some(fields.text("content", message::LENGTH)) };
        Self {
            is_internal: fields.optional_text("kind", 10).as_deref() == Some("note"),
            content: text.map(Body::markdown),
            later,
            status: fields.word("status", Status::WORDS),
            file_keys: fields.texts("fileId", 50, 100),
            agreed: fields.texts("confirmDomain", 50, 254),
        }
    }
}

/// `POST /desk/tickets/{id}/messages`: a reply, held for some seconds so that it can be taken back, or a note.
pub(super) async fn say(visit: Visit, headers: HeaderMap, Path(ticket): Path<String>, input: Input<Say>) -> Answer {
    let actor = visit.staff()?;
    let ticket_id: TicketId = id(&ticket)?;
    let ticket = Ticket::get(&mut visit.app.db.read().await?, actor, ticket_id, Action::Reply).await?;
    let (form, fields, uploads, seal) = input.open();
    let outcome: Answer = async {
        let form = form.map_err(Fault::Invalid)?;
        let stored = message::store_for_form(&visit, uploads).await?;
        let mut tx = visit.app.db.write().await?;
        if let Some(answer) = seal.replay(&mut tx, &visit).await? {
            return Ok(answer);
        }
        let ticket = Ticket::get(&mut tx, actor, ticket_id, Action::Reply).await?;
        if !form.is_internal && form.content.is_some() {
            recipients::agree(&mut tx, &ticket, &form.agreed).await?;
        }
        let flash = if form.later.is_asked() {
            schedule(&visit, &mut tx, actor, &ticket, form, stored).await?
        } else {
            send(&visit, &mut tx, actor, &ticket, form, stored).await?
        };
        let place = back(&headers, ticket.id)?.headers().get(web::header::LOCATION).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
        let answer = seal.keep_redirect(&mut tx, &visit, &place).await?;
        tx.commit().await?;
        Ok(visit.flash(answer, &flash))
    }
    .await;
    match outcome {
        Err(web::Failure(Fault::Invalid(wrong))) => {
            let mut conn = visit.app.db.read().await?;
            let page = screen(
                &visit,
                &mut conn,
                actor,
                Filter { limit: 50, ..Filter::default() },
                Some(Open { ticket: &ticket, refused: Some((&fields, &wrong)), conflict: None }),
            )
            .await?;
            web::html_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
        outcome => outcome,
    }
}

/// Sends it, or holds it for as long as it can be taken back.
async fn send(visit: &Visit, tx: &mut Tx, actor: &Actor, ticket: &Ticket, form: Say, stored: Vec<files::Stored>) -> Result<Flash> {
    let hold = Duration::from_secs(u64::from(settings::now(&visit.app).undo_send_seconds));
    let content = form.content.ok_or_else(|| Fault::field("content", "This is needed."))?;
    let new = NewMessage { content, is_internal: form.is_internal, channel: Channel::Web, file_keys: form.file_keys, status: form.status, hold };
    let (ticket, message) = ticket.say(tx, actor, new).await?;
    message::adopt(tx, actor, message.id, stored).await?;
    let undo = message.held_until.map(|_| (format!("/desk/tickets/{}/messages/{}/undo", ticket.id, message.id), "Undo".to_owned()));
    let text = match (message.is_internal, message.held_until) {
        (true, _) => "Note added. Only staff sees it.".to_owned(),
        (false, Some(_)) => format!("Reply goes out in {} s.", hold.as_secs()),
        (false, None) => "Reply sent.".to_owned(),
    };
    Ok(Flash { kind: "good", text, undo })
}

/// Keeps it until the time that was chosen.
async fn schedule(visit: &Visit, tx: &mut Tx, actor: &Actor, ticket: &Ticket, form: Say, stored: Vec<files::Stored>) -> Result<Flash> {
    if form.is_internal && form.content.is_some() {
        return Err(Fault::field("sendAt", "A note is for colleagues and is added at once. Only replies are sent later."));
    }
    let at = form.later.time(tx.now(), actor)?;
    let is_alone = form.content.is_none();
    if is_alone && !stored.is_empty() {
        return Err(Fault::field("content", "Write the reply that goes out with the files."));
    }
    let (status, custom_status) = Picked::parts(form.later.status.or(form.status.map(Picked::Plain)));
    let new = NewScheduled { content: form.content, status, custom_status, at, channel: Channel::Web, file_keys: form.file_keys };
    let later = ticket.schedule(tx, actor, new).await.map_err(at_the_menu)?;
    if let Some(message) = later.message_id {
        message::adopt(tx, actor, message, stored).await?;
    }
    let undo = Some((format!("/desk/tickets/{}/later/{}/cancel", ticket.id, later.id), "Undo".to_owned()));
    let what = if is_alone { "The status is set" } else { "Reply goes out" };
    Ok(Flash { kind: "good", text: format!("{what} {}.", visit.page("").moment(at)), undo })
}

/// What is wrong with a custom status, at the field of the menu that chose it.
fn at_the_menu(fault: Fault) -> Fault {
    match fault {
        Fault::Invalid(errors) => {
            let place = |field: String| if field == "customStatus" { "laterStatus".to_owned() } else { field };
            Fault::Invalid(FieldErrors(errors.0.into_iter().map(|(field, words)| (place(field), words)).collect()))
        }
        other => other,
    }
}

/// `POST /desk/tickets/{id}/messages/{message}/undo`: the author, while it is held.
pub(super) async fn take_back(visit: Visit, headers: HeaderMap, Path((ticket, reply)): Path<(String, String)>, _: Input<super::guest::Nothing>) -> Answer {
    let actor = visit.staff()?;
    let mut tx = visit.app.db.write().await?;
    let ticket = Ticket::get(&mut tx, actor, id(&ticket)?, Action::Reply).await?;
    let outcome = ticket.take_back(&mut tx, actor, id(&reply)?).await;
    told(&visit, &headers, ticket.id, tx, outcome).await
}

pub(super) struct Draft {
    is_internal: bool,
    content: String,
    file_keys: Vec<String>,
}

impl Form for Draft {
    fn read(fields: &mut Fields) -> Self {
        Self {
            is_internal: fields.optional_text("kind", 10).as_deref() == Some("note"),
            content: fields.optional_text("content", message::LENGTH).unwrap_or_default(),
            file_keys: fields.texts("fileId", 50, 100),
        }
    }
}

/// `PUT /desk/tickets/{id}/draft`: what the agent is writing, kept for any device.
pub(super) async fn save_draft(visit: Visit, Path(ticket): Path<String>, input: Input<Draft>) -> Answer {
    let actor = visit.staff()?;
    let form = input.take()?;
    let mut tx = visit.app.db.write().await?;
    let ticket = Ticket::get(&mut tx, actor, id(&ticket)?, Action::Note).await?;
    let person = actor.person.ok_or(Fault::SignIn)?;
    draft::save(&mut tx, person, ticket.id, form.is_internal, &form.content).await?;
    draft::keep_files(&mut tx, person, ticket.id, &form.file_keys).await?;
    tx.commit().await?;
    web::no_content()
}
