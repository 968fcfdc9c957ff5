//! Pages.
pub(crate) fn nav() -> Vec<ui::NavItem> { Vec::new() }
pub(crate) fn routes() -> web::Routes { web::Routes::new() }
