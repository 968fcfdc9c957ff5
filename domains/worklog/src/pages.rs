//! The screens of this room: two panels beside an agent's ticket, and the templates that supervisors keep.

mod checklist;
mod templates;
mod time;

use kernel::{Fault, Result};
use ui::{NavItem, Place};
use web::{Answer, Flash, Routes, Visit};

pub(crate) fn nav() -> Vec<NavItem> {
    vec![NavItem { place: Place::AdminWork, label: "Checklists", icon: "i-clipboard-check", href: "/desk/checklists", staff: true, admin: true }]
}

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/desk/tickets/{id}/checklist", checklist::look)
        .post("/desk/tickets/{id}/checklist", checklist::add)
        .post("/desk/tickets/{id}/checklist/{item}", checklist::act)
        .get("/desk/tickets/{id}/time", time::look)
        .post("/desk/tickets/{id}/time", time::add)
        .post("/desk/tickets/{id}/time/{entry}", time::act)
        .get("/desk/checklists", templates::list)
        .post("/desk/checklists", templates::add)
        .get("/desk/checklists/{template}", templates::look)
        .post("/desk/checklists/{template}", templates::save)
        .post("/desk/checklists/{template}/remove", templates::remove)
        .post("/desk/checklists/{template}/restore", templates::restore)
}

/// An id out of an address; what is none names nothing.
fn id<T>(text: &str) -> Result<db::Id<T>> {
    text.parse().map_err(|_| Fault::Missing)
}

/// After an act in a panel: the panel alone within its frame, else the ticket.
fn back(visit: &Visit, ticket: tickets::TicketId, panel: &str) -> Answer {
    web::see_other(&if visit.frame.is_some() { format!("/desk/tickets/{ticket}/{panel}") } else { format!("/desk/tickets/{ticket}") })
}

fn said(visit: &Visit, to: &str, text: &str) -> Answer {
    Ok(visit.flash(web::see_other(to)?, &Flash { kind: "good", text: text.to_owned(), undo: None }))
}
