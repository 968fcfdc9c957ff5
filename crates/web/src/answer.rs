//! What handlers answer.

use axum::response::{IntoResponse, Response};
use futures::{StreamExt as _, TryStreamExt as _};
use http::{HeaderValue, StatusCode, header};
use kernel::Fault;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
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

/// A file to keep, made for whoever asked: nothing on the way keeps it.
pub fn download(kind: &'static str, name: &str, body: impl Into<axum::body::Body>) -> Answer {
    let disposition = HeaderValue::from_str(&disposition(false, name)).map_err(|error| Fault::Broken(error.to_string()))?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
        (header::CONTENT_DISPOSITION, disposition),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    Ok((headers, body.into()).into_response())
}

/// `Content-Disposition` (RFC 6266) with the name in ASCII for old clients and in UTF-8 (RFC 8187) for all others.
pub fn disposition(inline: bool, name: &str) -> String {
    const ATTRIBUTE: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~').remove(b'!').remove(b'+');
    let ascii: String = name.chars().map(|c| if c.is_ascii_graphic() && !matches!(c, '"' | '\\' | '%') || c == ' ' { c } else { '_' }).collect();
    let kind = if inline { "inline" } else { "attachment" };
    format!("{kind}; filename=\"{ascii}\"; filename*=UTF-8''{}", utf8_percent_encode(name, ATTRIBUTE))
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

#[cfg(test)]
mod tests {
    use super::disposition;

    #[test]
    fn a_name_in_a_header_is_whole_for_new_clients_and_plain_for_old_ones() {
        assert_eq!(disposition(false, "Bericht „Mai“.pdf"), "attachment; filename=\"Bericht _Mai_.pdf\"; filename*=UTF-8''Bericht%20%E2%80%9EMai%E2%80%9C.pdf");
    }
}
