//! The panel beside a ticket: where our mails about it stand.

use super::id;
use crate::{
    SendState, Sending, api,
    policy::{self, Deed},
};
use askama::Template;
use tickets::{Ticket, TicketId, policy::Action};
use web::{Answer, Path, Routes, Visit};

/// Mails that are shown.
const SHOWN: i64 = 12;

pub(super) fn routes() -> Routes {
    Routes::new().get("/desk/tickets/{id}/mails", look).post("/desk/tickets/{id}/mails/{sending}/retry", retry)
}

#[derive(Template)]
#[template(path = "mails.html")]
struct Mails {
    page: ui::Page,
    ticket: TicketId,
    number: String,
    mails: Vec<Sending>,
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

/// `GET /desk/tickets/{id}/mails`: staff who see the ticket.
async fn look(visit: Visit, Path(ticket): Path<String>) -> Answer {
    let actor = visit.staff()?;
    let mut conn = visit.app.db.read().await?;
    let ticket = Ticket::get(&mut conn, actor, id(&ticket)?, Action::Note).await?;
    let may_retry = policy::mails_of(&mut conn, actor, ticket.id, Deed::Work).await.is_ok();
    let mails = Sending::of_ticket(&mut conn, ticket.id, SHOWN).await?;
    let mut page = visit.page("Mails");
    page.live = vec![format!("ticket:{}", ticket.id)];
    web::html(&Mails { page, ticket: ticket.id, number: format!("#{}", ticket.number), mails, may_retry })
}

/// `POST /desk/tickets/{id}/mails/{sending}/retry`: staff who may reply.
async fn retry(visit: Visit, Path((ticket, sending)): Path<(String, String)>) -> Answer {
    visit.staff()?;
    api::sending::tried_again(&visit, &ticket, &sending).await?;
    web::see_other(&if visit.frame.is_some() { format!("/desk/tickets/{ticket}/mails") } else { format!("/desk/tickets/{ticket}") })
}
