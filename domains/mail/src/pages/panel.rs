//! Beside a ticket: mails that are held at it, and the whole of those that stand in it.

use super::staff;
use crate::{Arrival, Fate, api::id};
use askama::Template;
use tickets::{Ticket, TicketId, policy::Action};
use web::{Answer, Path, Visit};

/// Mails shown.
const SHOWN: i64 = 20;

#[derive(Template)]
#[template(path = "mail/panel.html")]
struct MailPanel {
    page: ui::Page,
    ticket: TicketId,
    number: String,
    held: Vec<Arrival>,
    others: Vec<Arrival>,
    may_work: bool,
}

/// `GET /desk/tickets/{id}/mail`: staff who see the ticket.
pub(super) async fn look(visit: Visit, Path(ticket): Path<String>) -> Answer {
    let actor = staff(&visit)?;
    let mut conn = visit.app.db.read().await?;
    let ticket = Ticket::get(&mut conn, actor, id(&ticket)?, Action::Note).await?;
    let (held, others) = Arrival::of_ticket(&mut conn, ticket.id, SHOWN).await?.into_iter().partition(|mail| mail.fate == Some(Fate::Held));
    let may_work = tickets::policy::may(actor, Action::Reply, &ticket, true);
    web::html(&MailPanel { page: visit.page("Mail"), ticket: ticket.id, number: format!("#{}", ticket.number), held, others, may_work })
}
