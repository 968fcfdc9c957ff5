//! The screens of this room: the customer's side and the desk.

mod acts;
mod asked;
mod away;
mod columns;
mod desk;
mod field_acts;
mod fields;
mod form;
mod guest;
mod history;
mod later;
mod links;
mod list;
mod merge;
mod messages;
mod place;
mod request;
mod saved;
mod sidebar;
mod site;
mod split;
mod statuses;
mod suggestions;
mod thread;
mod ticket;
mod when;

use ui::{NavItem, Panel, PanelPlace, Place};
use web::Routes;

/// What this room shows on its own pages, by address: so it loads by itself.
pub(crate) const PANELS: &[Panel] =
    &[suggestions::PANEL, Panel { place: PanelPlace::Ticket, name: "links", label: "Linked tickets", path: "/desk/tickets/{id}/links" }];

pub(crate) fn nav() -> Vec<NavItem> {
    vec![
        NavItem { place: Place::Site, label: "My requests", icon: "i-ticket", href: "/requests", staff: false, admin: false },
        NavItem { place: Place::Rail, label: "Inbox", icon: "i-inbox", href: "/desk", staff: true, admin: false },
        NavItem { place: Place::AdminWork, label: "Ticket fields", icon: "i-text-cursor-input", href: "/admin/fields", staff: true, admin: true },
        NavItem { place: Place::AdminWork, label: "Statuses", icon: "i-circle-dashed", href: "/admin/statuses", staff: true, admin: true },
    ]
}

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/", site::home)
        .post("/preview", site::preview)
        .get("/requests", site::mine)
        .post("/requests", form::create)
        .get("/requests/new", form::blank)
        .get("/requests/suggestions", suggestions::own)
        .post("/requests/suggestions/{panel}", suggestions::opened)
        .get("/requests/confirm/{token}", guest::confirm_page)
        .post("/requests/confirm/{token}", guest::confirm)
        .get("/r/{token}", guest::enter)
        .get("/requests/{id}", request::show)
        .post("/requests/{id}/messages", request::reply)
        .post("/requests/{id}/solve", request::solve)
        .post("/requests/{id}/reopen", request::reopen)
        .post("/requests/{id}/followers", request::followers)
        .get("/desk", desk::inbox)
        .get("/desk/counts", sidebar::counts)
        .get("/desk/views", saved::page)
        .post("/desk/views", saved::add)
        .post("/desk/views/{id}", saved::change)
        .post("/desk/views/{id}/move", saved::shift)
        .post("/desk/views/{id}/remove", saved::remove)
        .post("/desk/views/{id}/restore", saved::restore)
        .post("/desk/tickets", form::create_on_behalf)
        .get("/desk/tickets/new", form::blank_on_behalf)
        .get("/desk/tickets/{id}", desk::ticket)
        .get("/desk/tickets/{id}/history", history::history)
        .post("/desk/tickets/{id}/messages", messages::say)
        .post("/desk/tickets/{id}/messages/{message}/undo", messages::take_back)
        .put("/desk/tickets/{id}/draft", messages::save_draft)
        .post("/desk/tickets/{id}/status", acts::set_status)
        .post("/desk/tickets/{id}/priority", acts::set_priority)
        .post("/desk/tickets/{id}/category", acts::set_category)
        .post("/desk/tickets/{id}/assignee", acts::set_assignee)
        .post("/desk/tickets/{id}/team", acts::set_team)
        .post("/desk/tickets/{id}/title", acts::set_title)
        .post("/desk/tickets/{id}/tags", acts::set_tags)
        .post("/desk/tickets/{id}/undo", acts::undo)
        .post("/desk/tickets/{id}/claim", acts::claim)
        .post("/desk/tickets/{id}/followers", acts::followers)
        .post("/desk/tickets/{id}/trash", acts::trash)
        .post("/desk/tickets/{id}/restore", acts::restore)
        .get("/desk/tickets/{id}/merge", merge::choose)
        .post("/desk/tickets/{id}/merge", merge::merge)
        .post("/desk/tickets/{id}/merge/undo", merge::undo)
        .get("/desk/tickets/{id}/split", split::choose)
        .post("/desk/tickets/{id}/split", split::split)
        .get("/desk/tickets/{id}/links", links::list)
        .post("/desk/tickets/{id}/links", links::add)
        .post("/desk/tickets/{id}/links/{link}/remove", links::remove)
        .post("/desk/tickets/{id}/later/{item}/cancel", later::cancel)
        .post("/desk/tickets/{id}/later/{item}/hurry", later::hurry)
        .post("/desk/tickets/{id}/snooze", away::put_away)
        .post("/desk/tickets/{id}/wake", away::wake)
        .post("/desk/tickets/{id}/spam", away::mark_spam)
        .post("/desk/tickets/{id}/not-spam", away::clear_spam)
        .post("/desk/tickets/{id}/fields", field_acts::set)
        .post("/desk/tickets/{id}/fields/undo", field_acts::undo)
        .merge(fields::routes())
        .merge(statuses::routes())
}
