//! The screens of this room: what was found, for everybody and for the desk, and what is found while somebody types; what admins write down.

mod admin;
mod opened;
mod results;
mod typing;

use ui::{NavItem, Panel, PanelPlace, Place};
use web::Routes;

/// Articles that may answer a request while it is written.
pub(crate) const PANELS: &[Panel] = &[Panel { place: PanelPlace::RequestForm, name: "articles", label: "Articles that may help", path: "/search/articles" }];

pub(crate) fn nav() -> Vec<NavItem> {
    vec![NavItem { place: Place::AdminWorkspace, label: "Search", icon: "i-search", href: "/admin/search", staff: true, admin: true }]
}

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/search", results::site)
        .get("/desk/search", results::desk)
        .post("/search/opened/{id}", opened::opened)
        .get("/admin/search", admin::look)
        .post("/admin/search", admin::change)
        .get("/search/suggestions", typing::suggestions)
        .get("/search/articles", typing::articles)
        .get("/desk/palette", typing::palette)
}
