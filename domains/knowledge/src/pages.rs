//! The screens of this room: what readers see, and the desk of those who write.

mod desk;
mod drafts;
mod editor;
mod reader;
mod shelves;
mod steps;
mod typed;
mod versions;

use ui::{NavItem, Panel, PanelPlace, Place};
use web::Routes;

/// Categories, what is popular and what is new, on the help center's home.
pub(crate) const PANELS: &[Panel] = &[Panel { place: PanelPlace::Home, name: "help", label: "Browse help by topic", path: "/help" }];

pub(crate) fn nav() -> Vec<NavItem> {
    vec![NavItem { place: Place::Rail, label: "Knowledge", icon: "i-book-open", href: "/desk/knowledge", staff: true, admin: false }]
}

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/help", reader::help)
        .get("/help/{slug}", reader::category)
        .get("/a/{slug}", reader::article)
        .post("/a/{slug}/feedback", reader::rate)
        .get("/desk/knowledge", desk::list)
        .post("/desk/knowledge", editor::add)
        .get("/desk/knowledge/new", editor::blank)
        .get("/desk/knowledge/categories", shelves::show)
        .post("/desk/knowledge/categories", shelves::add)
        .post("/desk/knowledge/sections", shelves::add_section)
        .post("/desk/knowledge/preview", drafts::preview)
        .put("/desk/knowledge/{id}/draft", drafts::keep)
        .post("/desk/knowledge/{id}/draft/discard", drafts::discard)
        .get("/desk/knowledge/{id}", editor::show)
        .post("/desk/knowledge/{id}", editor::save)
        .post("/desk/knowledge/{id}/status", steps::go)
        .get("/desk/knowledge/{id}/versions", versions::show)
        .post("/desk/knowledge/{id}/versions/{number}/restore", versions::restore)
}

/// A choice of a list.
struct Choice {
    value: String,
    label: String,
    is_chosen: bool,
}

impl Choice {
    fn new(value: impl Into<String>, label: &str, is_chosen: bool) -> Self {
        Self { value: value.into(), label: label.to_owned(), is_chosen }
    }
}

/// A place of the desk with a word about what was done.
fn said(visit: &web::Visit, place: &str, text: impl Into<String>) -> web::Answer {
    Ok(visit.flash(web::see_other(place)?, &web::Flash { kind: "good", text: text.into(), undo: None }))
}
