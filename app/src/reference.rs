//! The API's description: one OpenAPI document put together from the rooms' parts, and the page made of it.

mod document;
mod page;

use askama::Template;
use document::{DOCUMENT, Document};
use kernel::Fault;
use page::Reference;
use web::{Answer, HeaderValue, IntoResponse, Routes, Visit, header};

/// The routes of the roof itself.
pub(crate) fn routes() -> Routes {
    Routes::new().get("/api/openapi.json", openapi).get("/api/docs", docs)
}

fn document() -> Result<&'static Document, Fault> {
    DOCUMENT.as_ref().map_err(|error| Fault::Broken(format!("the API document: {error}")))
}

/// `GET /api/openapi.json`. Anyone.
async fn openapi() -> Answer {
    Ok(([(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))], document()?.text.as_str()).into_response())
}

#[derive(Template)]
#[template(path = "api_docs.html")]
struct Docs {
    page: ui::Page,
    public_url: String,
    reference: &'static Reference,
}

/// `GET /api/docs`. Anyone.
async fn docs(visit: Visit) -> Answer {
    web::html(&Docs { page: visit.page("API"), public_url: visit.app.config.public_url.clone(), reference: &document()?.reference })
}

#[cfg(test)]
mod tests;
