//! `/admin/mail`: supervisors, every mail that came, with its fate. `/desk/mail/{id}`: staff, one of them, as HTML and as it
//! came. `/desk/tickets/{id}/mail`: what came to a ticket, is held at it, and went out about it.
//! `/admin/mailboxes`, `/admin/mail-templates`: admins.

mod list;
mod mailboxes;
mod one;
mod panel;
mod sending;
mod templates;
mod whole;

use kernel::{Actor, Fault, Result, Who};
use ui::{NavItem, Panel, PanelPlace, Place};
use web::{Answer, Flash, Routes, Visit};

pub(crate) const PANELS: &[Panel] = &[Panel { place: PanelPlace::Ticket, name: "mail", label: "Mail", path: "/desk/tickets/{id}/mail" }];

pub(crate) fn nav() -> Vec<NavItem> {
    let item = |label, icon, href| NavItem { place: Place::AdminChannels, label, icon, href, staff: true, admin: true };
    vec![
        item("Mailboxes", "i-mail", "/admin/mailboxes"),
        item("Mail that came", "i-inbox", "/admin/mail"),
        item("Mail texts", "i-pencil", "/admin/mail-templates"),
    ]
}

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/admin/mail", list::look)
        .get("/desk/mail/{id}", one::look)
        .post("/desk/mail/{id}/let-in", one::let_in)
        .post("/desk/mail/{id}/replay", one::replay)
        .get("/desk/mail/{id}/html", whole::html)
        .get("/desk/mail/{id}/source", whole::source)
        .merge(panel::routes())
        .merge(mailboxes::routes())
        .merge(sending::routes())
        .merge(templates::routes())
}

/// Asks for staff in a browser.
fn staff(visit: &Visit) -> Result<&Actor> {
    let actor = visit.staff()?;
    if matches!(actor.who, Who::Token(_)) {
        return Err(Fault::Forbidden("Tokens are for the API. Sign in to use this page.".to_owned()));
    }
    Ok(actor)
}

/// An id out of an address; what is none names nothing.
fn id<T>(text: &str) -> Result<db::Id<T>> {
    text.parse().map_err(|_| Fault::Missing)
}

/// Goes on to another page, which says this.
fn said(visit: &Visit, to: &str, kind: &'static str, text: impl Into<String>) -> Answer {
    Ok(visit.flash(web::see_other(to)?, &Flash { kind, text: text.into(), undo: None }))
}
