//! The screens of this room: the panel beside a ticket, writing an update with whom it reaches, its progress, and choosing
//! the incident that ticked tickets become children of.

mod link;
mod panel;
mod public;
mod updates;

pub(crate) use updates::{After, Words};

use kernel::{Fault, Result};
use tickets::TicketId;
use web::{Answer, Flash, Routes, Visit};

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/desk/tickets/{id}/incident", panel::look)
        .post("/desk/tickets/{id}/incident", panel::act)
        .get("/desk/tickets/{id}/updates/new", updates::write)
        .post("/desk/tickets/{id}/updates", updates::send)
        .get("/desk/tickets/{id}/updates/{update}", updates::look)
        .get("/desk/bulk/incident", link::choose)
        .get("/requests/incidents", public::known)
        .get("/requests/incidents/{id}", public::one)
}

/// An id out of an address; what is none names nothing.
fn id<T>(text: &str) -> Result<db::Id<T>> {
    text.parse().map_err(|_| Fault::Missing)
}

/// After an act in the panel: the panel alone within its frame, else the ticket.
fn back(visit: &Visit, ticket: TicketId) -> Answer {
    web::see_other(&if visit.frame.is_some() { format!("/desk/tickets/{ticket}/incident") } else { format!("/desk/tickets/{ticket}") })
}

fn said(visit: &Visit, to: &str, text: String) -> Answer {
    Ok(visit.flash(web::see_other(to)?, &Flash { kind: "good", text, undo: None }))
}

/// "1 request", "3 requests".
fn requests(count: i64) -> String {
    if count == 1 { "1 request".to_owned() } else { format!("{count} requests") }
}
