//! The screens of this room: what readers see, and the desk of those who write.

mod care;
mod desk;
mod drafts;
mod editor;
mod exchange;
mod feeds;
mod images;
mod reader;
mod shelves;
mod snippets;
mod steps;
mod structured;
mod typed;
mod versions;

pub(crate) use reader::on_home;
use ui::{NavItem, Panel, PanelPlace, Place};
use web::Routes;

/// Beside a ticket the article from which it was asked.
pub(crate) const PANELS: &[Panel] =
    &[Panel { place: PanelPlace::Ticket, name: "article", label: "Article that was read before", path: "/desk/tickets/{id}/asked-from" }];

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
        .get("/robots.txt", feeds::robots)
        .get("/sitemap.xml", feeds::sitemap)
        .get("/sitemap/{number}", feeds::sitemap_part)
        .get("/feed.atom", feeds::feed)
        .get("/help/{slug}/feed.atom", feeds::category_feed)
        .get("/help/files/{id}/{name}", images::file)
        .get("/a/{slug}/pdf", exchange::pdf)
        .get("/desk/knowledge/exchange", exchange::show)
        .post("/desk/knowledge/imports", exchange::import)
        .get("/desk/knowledge/imports/{id}", exchange::report)
        .get("/desk/knowledge/export", exchange::export)
        .get("/desk/knowledge/{id}/care", care::show)
        .post("/desk/knowledge/{id}/care", care::save)
        .post("/desk/knowledge/{id}/translations", care::translate)
        .get("/desk/tickets/{id}/asked-from", care::beside)
        .get("/desk/knowledge/categories/{id}", shelves::one)
        .post("/desk/knowledge/categories/{id}", shelves::change)
        .post("/desk/knowledge/categories/{id}/delete", shelves::delete)
        .post("/desk/knowledge/sections/{id}", shelves::change_section)
        .post("/desk/knowledge/sections/{id}/delete", shelves::delete_section)
        .get("/desk/knowledge/snippets", snippets::list)
        .post("/desk/knowledge/snippets", snippets::add)
        .get("/desk/knowledge/snippets/{id}", snippets::show)
        .post("/desk/knowledge/snippets/{id}", snippets::change)
        .post("/desk/knowledge/snippets/{id}/delete", snippets::delete)
        .get("/desk/knowledge/{id}/images", images::show)
        .post("/desk/knowledge/{id}/images", images::add)
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
