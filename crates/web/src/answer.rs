//! What handlers answer.

use axum::response::{IntoResponse, Response};
use futures::{StreamExt as _, TryStreamExt as _};
use http::{HeaderValue, StatusCode, header};
use kernel::Fault;
use std::sync::Arc;

/// What a handler gives back.
pub type Answer = Result<Response, Failure>;

/// A `Fault` on its way out. The house makes a problem or a page of it, because it knows who asked and how.
#[derive(Debug)]
pub struct Failure(pub Fault);

impl<E: Into<Fault>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let mut response = StatusCode::INTERNAL_SERVER_ERROR.into_response();
        response.extensions_mut().insert(Arc::new(self.0));
        response
    }
}

/// A page.
pub fn html(page: &impl Page) -> Answer {
    html_with(StatusCode::OK, page)
}

/// A page with another status: 422 for a form that needs another look, with its fields named in the summary.
pub fn html_with(status: StatusCode, page: &impl Page) -> Answer {
    let text = page.text().map_err(|error| Fault::Broken(format!("a template failed: {error}")))?;
    let text = if status.is_client_error() { ui::name_fields(text) } else { text };
    Ok((status, [(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"))], text).into_response())
}

/// Anything askama can render.
pub trait Page {
    /// The HTML.
    fn text(&self) -> Result<String, askama::Error>;
}

impl<T: askama::Template> Page for T {
    fn text(&self) -> Result<String, askama::Error> {
        self.render()
    }
}

/// JSON.
pub fn json(value: &impl serde::Serialize) -> Answer {
    json_with(StatusCode::OK, value)
}

/// JSON with another status.
pub fn json_with(status: StatusCode, value: &impl serde::Serialize) -> Answer {
    // a page of a list is some 35 KB and need not grow
    let mut text = Vec::with_capacity(40 * 1024);
    serde_json::to_writer(&mut text, value).map_err(|error| Fault::Broken(error.to_string()))?;
    Ok((status, [(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))], text).into_response())
}

/// A body that comes in pieces. Compression asks once more after the end, which a stream may take for a mistake of its
/// caller's and panic: the answer would break off.
pub fn pieces<S, E>(stream: S) -> axum::body::Body
where
    S: futures::TryStream<Error = E> + Send + 'static,
    S::Ok: Into<bytes::Bytes>,
    E: Into<axum::BoxError>,
{
    axum::body::Body::from_stream(stream.into_stream().fuse())
}

/// Done, nothing to say.
pub fn no_content() -> Answer {
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// After a form: go and look there (303).
pub fn see_other(path: &str) -> Answer {
    let location = HeaderValue::from_str(path).map_err(|_| Fault::Malformed("That address can't be used.".to_owned()))?;
    Ok((StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response())
}
