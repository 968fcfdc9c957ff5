//! JSON.
pub(crate) fn routes() -> web::Routes { web::Routes::new() }
