//! `/admin/mail`: supervisors, every mail that came, with its fate. `/desk/mail/{id}`: staff, one of them, as HTML and as it
//! came. `/desk/tickets/{id}/mail`: what came to a ticket, and what is held at it.

mod list;
mod one;
mod panel;
mod whole;

use kernel::{Actor, Fault, Result, Who};
use ui::{NavItem, Panel, PanelPlace, Place};
use web::{Routes, Visit};

pub(crate) const PANELS: &[Panel] = &[Panel { place: PanelPlace::Ticket, name: "mail", label: "Mail", path: "/desk/tickets/{id}/mail" }];

pub(crate) fn nav() -> Vec<NavItem> {
    vec![NavItem { place: Place::AdminChannels, label: "Mail that came", icon: "i-inbox", href: "/admin/mail", staff: true, admin: true }]
}

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/admin/mail", list::look)
        .get("/desk/mail/{id}", one::look)
        .post("/desk/mail/{id}/let-in", one::let_in)
        .post("/desk/mail/{id}/replay", one::replay)
        .get("/desk/mail/{id}/html", whole::html)
        .get("/desk/mail/{id}/source", whole::source)
        .get("/desk/tickets/{id}/mail", panel::look)
}

/// Asks for staff in a browser.
fn staff(visit: &Visit) -> Result<&Actor> {
    let actor = visit.staff()?;
    if matches!(actor.who, Who::Token(_)) {
        return Err(Fault::Forbidden("Tokens are for the API. Sign in to use this page.".to_owned()));
    }
    Ok(actor)
}
