//! The screens: the bell, the page of notices, what one chooses, browsers, phones, the panel beside a ticket, the link that stops mail.

mod bell;
mod browsers;
mod choices;
mod gateway;
mod list;
mod log;
mod panel;
mod phone;
mod stop;

use ui::{NavItem, Panel, PanelPlace, Place};
use web::{Answer, Flash, Routes, Visit};

/// Beside a ticket: mute it. Looking at it marks its notices as read.
pub(crate) const PANELS: &[Panel] = &[
    Panel { place: PanelPlace::Ticket, name: "notices", label: "Notifications", path: "/desk/tickets/{id}/notices" },
    Panel { place: PanelPlace::Request, name: "notices", label: "Notifications", path: "/requests/{id}/notices" },
];

pub(crate) fn nav() -> Vec<NavItem> {
    vec![
        NavItem { place: Place::AdminChannels, label: "Text messages", icon: "i-smartphone", href: "/admin/sms", staff: true, admin: true },
        NavItem { place: Place::AdminSystem, label: "Notifications", icon: "i-bell", href: "/admin/notifications", staff: true, admin: true },
    ]
}

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/notifications", list::list)
        .get("/notifications/bell", bell::look)
        .post("/notifications/read", list::read_all)
        .get("/notifications/{id}", list::open)
        .post("/notifications/{id}/read", list::read)
        .get("/desk/tickets/{id}/notices", panel::of_desk)
        .post("/desk/tickets/{id}/notices", panel::mute_on_desk)
        .get("/requests/{id}/notices", panel::of_request)
        .post("/requests/{id}/notices", panel::mute_on_request)
        .get("/profile/notifications", choices::look)
        .post("/profile/notifications", choices::save)
        .post("/profile/notifications/browsers/{id}/remove", browsers::remove)
        .get("/profile/notifications/phone", phone::look)
        .post("/profile/notifications/phone", phone::begin)
        .post("/profile/notifications/phone/confirm", phone::confirm)
        .post("/profile/notifications/phone/remove", phone::remove)
        .get("/admin/sms", gateway::look)
        .post("/admin/sms", gateway::save)
        .post("/admin/sms/test", gateway::test)
        .get("/sw.js", browsers::worker)
        .get("/unsubscribe/{token}", stop::look)
        .post("/unsubscribe/{token}", stop::stop)
        .get("/admin/notifications", log::list)
        .post("/admin/notifications/{id}/retry", log::retry)
}

/// Goes on to another page, which says this.
fn said(visit: &Visit, to: &str, kind: &'static str, text: impl Into<String>) -> Answer {
    Ok(visit.flash(web::see_other(to)?, &Flash { kind, text: text.into(), undo: None }))
}

/// Where a form leads back to: the bell, when its frame asks.
fn back(visit: &Visit) -> &'static str {
    if visit.frame.as_deref() == Some("bell") { "/notifications/bell" } else { "/notifications" }
}
