//! One mail: what became of it and why, what it says, and the ways on.

use super::staff;
use crate::{
    Arrival, Fate, Mailbox, Trust,
    api::{id, worked},
    judge::Reading,
    policy::{self, Deed},
};
use askama::Template;
use files::Store;
use kernel::Fault;
use tickets::{Ticket, TicketId, policy::Action};
use web::{Answer, Fields, Flash, Form, Input, Path, Visit};

/// Characters of a text shown here; the source has it all.
const SHOWN: usize = 50_000;

/// A ticket, as far as the viewer may see it.
struct Named {
    id: TicketId,
    number: i64,
    title: String,
}

#[derive(Template)]
#[template(path = "mail/one.html")]
struct One {
    page: ui::Page,
    mail: Arrival,
    mailbox: Option<String>,
    ticket: Option<Named>,
    looks_like: Option<Named>,
    value: mime::Mail,
    may_work: bool,
    is_supervisor: bool,
}

impl One {
    fn can_be_let_in(&self) -> bool {
        self.may_work && self.mail.fate.is_some_and(Fate::can_be_let_in)
    }

    fn can_be_replayed(&self) -> bool {
        self.may_work && self.mail.fate.is_some_and(|fate| fate.can_be_let_in() || fate == Fate::Bounce)
    }
}

/// `GET /desk/mail/{id}`: supervisors, and staff who see its ticket.
pub(super) async fn look(visit: Visit, Path(mail): Path<String>) -> Answer {
    let actor = staff(&visit)?;
    let mut conn = visit.app.db.read().await?;
    let mail = policy::open(&mut conn, actor, id(&mail)?, Deed::See).await?;
    let may_work = policy::open(&mut conn, actor, mail.id, Deed::Work).await.is_ok();
    let mut names = Vec::new();
    for ticket in [mail.ticket_id, mail.looks_like] {
        names.push(match ticket {
            Some(ticket) => match Ticket::get(&mut conn, actor, ticket, Action::See).await {
                Ok(ticket) => Some(Named { id: ticket.id, number: ticket.number, title: ticket.title }),
                Err(Fault::Missing) => None,
                Err(fault) => return Err(fault.into()),
            },
            None => None,
        });
    }
    let mailbox = match mail.mailbox_id {
        Some(mailbox) => Some(Mailbox::get(&mut conn, mailbox).await?.address),
        None => None,
    };
    drop(conn);
    let raw = mail.raw(&*Store::of(&visit.app)?).await?;
    let mut value = tokio::task::spawn_blocking(move || Reading::of(&raw).mail).await.map_err(|error| Fault::Broken(error.to_string()))?;
    for text in [&mut value.reply, &mut value.quoted, &mut value.signature] {
        if let Some((end, _)) = text.char_indices().nth(SHOWN) {
            text.truncate(end);
            text.push_str("\n…");
        }
    }
    let (looks_like, ticket) = (names.pop().flatten(), names.pop().flatten());
    let title = if mail.subject.is_empty() { "A mail without a subject".to_owned() } else { mail.subject.clone() };
    let page = visit.page(title).listening([format!("mail:{}", mail.id)]);
    web::html(&One { page, mail, mailbox, ticket, looks_like, value, may_work, is_supervisor: actor.is_supervisor() })
}

pub(super) struct Nothing;

impl Form for Nothing {
    fn read(_: &mut Fields) -> Self {
        Self
    }
}

/// `POST /desk/mail/{id}/let-in`: supervisors, and staff who may answer its ticket.
pub(super) async fn let_in(visit: Visit, Path(mail): Path<String>, _: Input<Nothing>) -> Answer {
    work(&visit, &mail, true).await
}

/// `POST /desk/mail/{id}/replay`.
pub(super) async fn replay(visit: Visit, Path(mail): Path<String>, _: Input<Nothing>) -> Answer {
    work(&visit, &mail, false).await
}

async fn work(visit: &Visit, mail: &str, vouched: bool) -> Answer {
    staff(visit)?;
    let (kind, text, to) = match worked(visit, mail, vouched).await {
        Ok(mail) => match (mail.fate, mail.ticket_id) {
            (Some(Fate::NewTicket | Fate::Joined), Some(ticket)) => ("good", format!("The mail is in: {}", mail.reason), format!("/desk/tickets/{ticket}")),
            (Some(fate), _) => ("info", format!("{}: {}", fate.label(), mail.reason), format!("/desk/mail/{}", mail.id)),
            (None, _) => ("warn", "It could not be worked on yet and is tried again.".to_owned(), format!("/desk/mail/{}", mail.id)),
        },
        Err(Fault::Conflict { detail, .. }) => ("warn", detail, format!("/desk/mail/{mail}")),
        Err(fault) => return Err(fault.into()),
    };
    Ok(visit.flash(web::see_other(&to)?, &Flash { kind, text, undo: None }))
}
