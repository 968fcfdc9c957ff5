//! This room's part of the API document.

use crate::api;
use utoipa::OpenApi as _;

/// Its paths and shapes.
pub fn openapi() -> utoipa::openapi::OpenApi {
    let mut document = api::Doc::openapi();
    document.merge(api::mailboxes::Doc::openapi());
    document.merge(api::sending::Doc::openapi());
    document.merge(crate::fetch::api::Doc::openapi());
    document
}
