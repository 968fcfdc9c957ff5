//! Beside a ticket: mails that are held at it, where ours about it stand, and the whole of those that stand in it.

use super::{id, staff};
use crate::{
    Arrival, Fate, SendState, Sending, api,
    policy::{self, Deed},
};
use askama::Template;
use tickets::{Ticket, TicketId, policy::Action};
use web::{Answer, Path, Routes, Visit};

/// Mails shown that came.
const CAME: i64 = 20;

/// Mails shown that went out.
const WENT: i64 = 12;

pub(super) fn routes() -> Routes {
    Routes::new().get("/desk/tickets/{id}/mail", look).post("/desk/tickets/{id}/mail/{sending}/retry", retry)
}

#[derive(Template)]
#[template(path = "mail/panel.html")]
struct MailPanel {
    page: ui::Page,
    ticket: TicketId,
    number: String,
    held: Vec<Arrival>,
    sent: Vec<Sending>,
    others: Vec<Arrival>,
    may_work: bool,
    may_retry: bool,
}

impl Sending {
    /// The look of its state.
    fn tone(&self) -> &'static str {
        match self.state {
            SendState::Queued | SendState::Sending => "pending",
            SendState::Sent => "good",
            SendState::Failed | SendState::Bounced => "bad",
        }
    }

    fn icon(&self) -> &'static str {
        match self.state {
            SendState::Queued | SendState::Sending => "clock",
            SendState::Sent => "mail-check",
            SendState::Failed | SendState::Bounced => "triangle-alert",
        }
    }

    fn is_over(&self) -> bool {
        matches!(self.state, SendState::Failed | SendState::Bounced)
    }
}

/// `GET /desk/tickets/{id}/mail`: staff who see the ticket.
async fn look(visit: Visit, Path(ticket): Path<String>) -> Answer {
    let actor = staff(&visit)?;
    let mut conn = visit.app.db.read().await?;
    let ticket = Ticket::get(&mut conn, actor, id(&ticket)?, Action::Note).await?;
    let (held, others) = Arrival::of_ticket(&mut conn, ticket.id, CAME).await?.into_iter().partition(|mail| mail.fate == Some(Fate::Held));
    let sent = Sending::of_ticket(&mut conn, ticket.id, WENT).await?;
    let may_work = tickets::policy::may(actor, Action::Reply, &ticket, true);
    let may_retry = policy::mails_of(&mut conn, actor, ticket.id, Deed::Work).await.is_ok();
    let mut page = visit.page("Mail");
    page.live = vec![format!("ticket:{}", ticket.id)];
    web::html(&MailPanel { page, ticket: ticket.id, number: format!("#{}", ticket.number), held, sent, others, may_work, may_retry })
}

/// `POST /desk/tickets/{id}/mail/{sending}/retry`: staff who may reply.
async fn retry(visit: Visit, Path((ticket, sending)): Path<(String, String)>) -> Answer {
    staff(&visit)?;
    api::sending::tried_again(&visit, &ticket, &sending).await?;
    web::see_other(&if visit.frame.is_some() { format!("/desk/tickets/{ticket}/mail") } else { format!("/desk/tickets/{ticket}") })
}
