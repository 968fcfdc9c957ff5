//! The screens of this room: the panel beside a ticket, and the settings of admins.

mod calendar_form;
mod calendars;
mod earlier;
mod editor;
mod panel;
mod policies;
mod policy_form;

use kernel::{Fault, Result};
use ui::{NavItem, Panel, PanelPlace, Place};
use web::{Answer, Flash, Routes, Visit};

pub(crate) const PANELS: &[Panel] = &[Panel { place: PanelPlace::Ticket, name: "sla", label: "Service level", path: "/desk/tickets/{id}/sla" }];

pub(crate) fn nav() -> Vec<NavItem> {
    let item = |label, icon, href| NavItem { place: Place::AdminWork, label, icon, href, staff: true, admin: true };
    vec![item("SLA policies", "i-alarm-clock", "/admin/sla"), item("Business hours", "i-clock", "/admin/calendars")]
}

pub(crate) fn routes() -> Routes {
    panel::routes().merge(policies::routes()).merge(earlier::routes()).merge(calendars::routes())
}

/// An id out of an address; what is none names nothing.
fn id<T>(text: &str) -> Result<db::Id<T>> {
    text.parse().map_err(|_| Fault::Missing)
}

/// Goes on to another page, which says this.
fn said(visit: &Visit, to: &str, text: &str) -> Answer {
    Ok(visit.flash(web::see_other(to)?, &Flash { kind: "good", text: text.to_owned(), undo: None }))
}
