//! What happens around every handler: a number, who asks, limits, time, and the words when it went wrong.

use crate::{App, Bucket, Visit, answer, problem};
use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use kernel::Fault;
use std::{net::IpAddr, sync::Arc, time::Duration};
use uuid::Uuid;

/// The peer's address, put in by the server.
#[derive(Clone, Copy)]
pub(crate) struct Peer(pub(crate) IpAddr);

/// A handler may take this long; an upload in its own time.
const PATIENCE: Duration = Duration::from_secs(30);
const UPLOAD_PATIENCE: Duration = Duration::from_mins(10);

const CSP: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; frame-src 'self' \
                   https://www.youtube-nocookie.com https://player.vimeo.com https://www.loom.com; \
                   form-action 'self'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'";

pub(crate) async fn around(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let path = request.uri().path();
    if path.starts_with("/assets/") {
        return asset(path, request.headers());
    }
    let request_id: Arc<str> = Uuid::now_v7().simple().to_string().into();
    let peer = request.extensions().get::<Peer>().map_or(IpAddr::from([127, 0, 0, 1]), |peer| peer.0);
    let is_upload = path.starts_with("/files/") || request.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"multipart/"));
    let (visit, mut response) = match Visit::of(&app, request.method(), request.uri(), request.headers(), peer, Arc::clone(&request_id)).await {
        Err((visit, fault)) => (*visit, faulty(fault)),
        Ok(visit) => {
            if let Err(fault) = sound(&visit).and_then(|()| limited(&visit)) {
                (visit, faulty(fault))
            } else {
                request.extensions_mut().insert(visit.clone());
                let patience = if is_upload { UPLOAD_PATIENCE } else { PATIENCE };
                let response = tokio::time::timeout(patience, next.run(request)).await.unwrap_or_else(|_| faulty(Fault::Busy));
                (visit, response)
            }
        }
    };
    if let Some(fault) = response.extensions_mut().remove::<Arc<Fault>>() {
        response = told(&visit, &fault);
    } else if response.status() == StatusCode::METHOD_NOT_ALLOWED {
        let allow = response.headers().get(header::ALLOW).cloned();
        response = bare(&visit, StatusCode::METHOD_NOT_ALLOWED, "method-not-allowed", "This address is not used that way.");
        if let Some(allow) = allow {
            response.headers_mut().insert(header::ALLOW, allow);
        }
    } else if response.status() == StatusCode::FORBIDDEN && response.extensions().get::<tower_http::csrf::ProtectionError>().is_some() {
        response = told(&visit, &Fault::Forbidden("This came from another site, so nothing was done.".to_owned()));
    }
    visit.forget_flash(&mut response);
    dress(response.headers_mut(), &request_id, app.config.is_secure());
    response
}

/// No text of ours holds a NUL, and PostgreSQL takes none: an address with one names nothing.
fn sound(visit: &Visit) -> Result<(), Fault> {
    if visit.path.contains("%00") { Err(Fault::Malformed("An address can't hold a NUL byte.".to_owned())) } else { Ok(()) }
}

fn limited(visit: &Visit) -> Result<(), Fault> {
    visit.app.limits.check(Bucket::Any, &visit.address.to_string())?;
    if visit.is_api() { visit.app.limits.check(Bucket::Api, &visit.counted_as()) } else { Ok(()) }
}

fn faulty(fault: Fault) -> Response {
    answer::Failure(fault).into_response()
}

/// The answer to a fault: a problem for programs, a page for people, the sign-in page for strangers.
fn told(visit: &Visit, fault: &Fault) -> Response {
    if let Fault::Broken(reason) = fault {
        tracing::error!(request_id = %visit.request_id, path = %visit.path, reason, "a request failed");
    }
    let status = problem::status(fault);
    let mut response = if visit.is_api() || visit.path.starts_with("/files/uploads") || &*visit.path == "/live" {
        let text = problem::problem(fault, &visit.request_id).to_string();
        (status, [(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"))], text).into_response()
    } else if matches!(fault, Fault::SignIn) {
        answer::see_other(&visit.sign_in_path()).into_response()
    } else {
        page(
            visit,
            status,
            match fault {
                Fault::Missing | Fault::Broken(_) | Fault::Busy => None,
                other => Some(problem::detail(other)),
            },
        )
    };
    match fault {
        Fault::TooMany(seconds) => drop(response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(*seconds))),
        Fault::Busy => drop(response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("2"))),
        Fault::SignIn if visit.is_api() => drop(response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))),
        _ => {}
    }
    response
}

fn bare(visit: &Visit, status: StatusCode, kind: &str, detail: &str) -> Response {
    if visit.is_api() {
        let text = serde_json::json!({ "type": format!("/problems/{kind}"), "title": detail, "status": status.as_u16(), "detail": detail, "requestId": &*visit.request_id });
        return (status, [(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"))], text.to_string()).into_response();
    }
    page(visit, status, None)
}

fn page(visit: &Visit, status: StatusCode, detail: Option<String>) -> Response {
    answer::html_with(status, &ui::Failure::new(visit.page(""), status.as_u16(), detail)).unwrap_or_else(|_| status.into_response())
}

/// Headers that every answer wears.
fn dress(headers: &mut HeaderMap, request_id: &str, secure: bool) {
    let fixed: [(HeaderName, &'static str); 6] = [
        (header::CONTENT_SECURITY_POLICY, CSP),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("permissions-policy"), "camera=(), microphone=(), geolocation=()"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    for (name, value) in fixed {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    if secure {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
    }
    if let Ok(value) = HeaderValue::from_str(request_id) {
        headers.insert("x-request-id", value);
    }
}

/// A bundled file: hashed names are immutable.
fn asset(path: &str, headers: &HeaderMap) -> Response {
    let brotli = headers
        .get(header::ACCEPT_ENCODING)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.split(',').any(|part| part.trim().starts_with("br")));
    let Some(served) = ui::serve(path.trim_start_matches("/assets/"), brotli) else { return StatusCode::NOT_FOUND.into_response() };
    let mut response = axum::body::Body::from(match served.bytes {
        std::borrow::Cow::Borrowed(bytes) => bytes::Bytes::from_static(bytes),
        std::borrow::Cow::Owned(bytes) => bytes.into(),
    })
    .into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(served.mime));
    headers
        .insert(header::CACHE_CONTROL, HeaderValue::from_static(if served.immutable { "public, max-age=31536000, immutable" } else { "public, max-age=300" }));
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if let Some(encoding) = served.encoding {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    response
}
