//! The screens of this room: mailboxes and how they send, for admins; mails beside a ticket.

mod mailboxes;
mod panel;
mod sending;
mod templates;

use kernel::{Fault, Result};
use ui::{NavItem, Panel, PanelPlace, Place};
use web::{Answer, Flash, Routes, Visit};

pub(crate) const PANELS: &[Panel] = &[Panel { place: PanelPlace::Ticket, name: "mails", label: "Mails", path: "/desk/tickets/{id}/mails" }];

pub(crate) fn nav() -> Vec<NavItem> {
    let item = |label, icon, href| NavItem { place: Place::AdminWorkspace, label, icon, href, staff: true, admin: true };
    vec![item("Mailboxes", "i-inbox", "/admin/mailboxes"), item("Mail texts", "i-pencil", "/admin/mail-templates")]
}

pub(crate) fn routes() -> Routes {
    mailboxes::routes().merge(sending::routes()).merge(panel::routes()).merge(templates::routes())
}

/// An id out of an address; what is none names nothing.
fn id<T>(text: &str) -> Result<db::Id<T>> {
    text.parse().map_err(|_| Fault::Missing)
}

/// Goes on to another page, which says this.
fn said(visit: &Visit, to: &str, kind: &'static str, text: impl Into<String>) -> Answer {
    Ok(visit.flash(web::see_other(to)?, &Flash { kind, text: text.into(), undo: None }))
}
