//! tus 1.0.0 (<https://tus.io/protocols/resumable-upload>): core, creation, expiration, termination.

use crate::{Store, parts, upload::Upload};
use axum::{body::Body, extract::FromRequestParts, http::request::Parts};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use db::Timestamp;
use kernel::{Fault, Scope};
use web::{Answer, App, Bucket, HeaderMap, HeaderValue, IntoResponse, Path, Response, Routes, StatusCode, Visit, header, no_content};

const VERSION: &str = "1.0.0";
const CONTENT: &str = "application/offset+octet-stream";

pub(crate) fn routes() -> Routes {
    Routes::new()
        .options("/files/uploads", describe)
        .post("/files/uploads", create)
        .options("/files/uploads/{key}", describe)
        .head("/files/uploads/{key}", progress)
        .patch("/files/uploads/{key}", resume)
        .delete("/files/uploads/{key}", terminate)
        .post("/files/uploads/{key}", instead)
}

/// A request that speaks our version; another one is answered 412.
struct Spoken;

impl FromRequestParts<App> for Spoken {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Response> {
        if parts.headers.get("tus-resumable").is_some_and(|version| version == VERSION) {
            return Ok(Self);
        }
        let words = format!("This server speaks tus {VERSION}; send 'Tus-Resumable: {VERSION}'.");
        Err((StatusCode::PRECONDITION_FAILED, [("tus-version", VERSION), ("tus-resumable", VERSION)], words).into_response())
    }
}

/// `OPTIONS`: what we can do. Anyone.
async fn describe(visit: Visit) -> Answer {
    let mut response = no_content()?;
    let headers = response.headers_mut();
    headers.insert("tus-resumable", HeaderValue::from_static(VERSION));
    headers.insert("tus-version", HeaderValue::from_static(VERSION));
    headers.insert("tus-extension", HeaderValue::from_static("creation,expiration,termination"));
    headers.insert("tus-max-size", HeaderValue::from(visit.app.upload.load().file_bytes));
    Ok(response)
}

/// `POST /files/uploads`: begins an upload. Anyone, within limits; a token needs `tickets:write`.
async fn create(visit: Visit, _: Spoken, headers: HeaderMap) -> Answer {
    visit.scope(Scope::TicketsWrite)?;
    visit.app.limits.check(Bucket::Upload, &visit.counted_as())?;
    let size = number(&headers, "upload-length")?;
    let name = file_name(&headers)?;
    let mut tx = visit.app.db.write().await?;
    let upload = Upload::begin(&mut tx, &visit, &name, size).await?;
    tx.commit().await?;
    let mut response = StatusCode::CREATED.into_response();
    let location = HeaderValue::from_str(&format!("/files/uploads/{}", upload.key)).map_err(|error| Fault::Broken(error.to_string()))?;
    response.headers_mut().insert(header::LOCATION, location);
    Ok(spoken(response, Some(upload.expires_at)))
}

/// `HEAD /files/uploads/{key}`: how far it is. Its owner, or who knows the key of one without owner.
async fn progress(visit: Visit, _: Spoken, Path(key): Path<String>) -> Answer {
    let store = Store::of(&visit.app)?;
    let path = parts::path(&store.parts, &key)?;
    let hold = store.busy.take_over(&key).await?;
    let upload = Upload::find(&mut visit.app.db.read().await?, &visit.actor, &key).await?;
    let (length, expires_at) = (upload.length(), upload.expires_at);
    let mut offset = length;
    if upload.file_id.is_none() {
        offset = parts::length(&path).await?;
    }
    if upload.file_id.is_none() && offset == length {
        // the last answer was lost, or the program ended before the file was made
        let app = visit.app.clone();
        to_the_end(async move { upload.finish(&app, &store, &hold).await }).await?;
    }
    let mut response = StatusCode::OK.into_response();
    response.headers_mut().insert("upload-offset", HeaderValue::from(offset));
    response.headers_mut().insert("upload-length", HeaderValue::from(length));
    Ok(spoken(response, Some(expires_at)))
}

/// `PATCH /files/uploads/{key}`: goes on. Answers 204 when the bytes are on disk, and after the last one when
/// the file is in the store.
async fn resume(visit: Visit, _: Spoken, Path(key): Path<String>, headers: HeaderMap, body: Body) -> Answer {
    if headers.get(header::CONTENT_TYPE).is_none_or(|kind| kind != CONTENT) {
        return Err(Fault::Unsupported(format!("Send the bytes as {CONTENT}.")).into());
    }
    let offset = number(&headers, "upload-offset")?;
    let more = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()).and_then(|value| value.parse::<u64>().ok()).unwrap_or(0);
    let (at, expires_at) = to_the_end(async move { append(&visit, &key, offset, more, body).await }).await?;
    let mut response = no_content()?;
    response.headers_mut().insert("upload-offset", HeaderValue::from(at));
    Ok(spoken(response, Some(expires_at)))
}

async fn append(visit: &Visit, key: &str, offset: u64, more: u64, body: Body) -> Result<(u64, Timestamp), Fault> {
    let store = Store::of(&visit.app)?;
    let path = parts::path(&store.parts, key)?;
    let hold = store.busy.hold(key, visit.counted_as())?;
    let upload = Upload::find(&mut visit.app.db.read().await?, &visit.actor, key).await?;
    let (length, expires_at) = (upload.length(), upload.expires_at);
    if upload.file_id.is_some() {
        return if offset == length {
            Ok((length, expires_at))
        } else {
            Err(Fault::Conflict { kind: "wrong-offset", detail: "The upload is complete.".to_owned() })
        };
    }
    if offset.saturating_add(more) > length {
        return Err(Fault::TooLarge(format!("Upload-Length said {length} bytes; this would make more.")));
    }
    let at = parts::receive(&hold, &path, offset, length, body).await?;
    if at == length {
        upload.finish(&visit.app, &store, &hold).await?;
    }
    Ok((at, expires_at))
}

/// `DELETE /files/uploads/{key}`: takes it back, finished or not, while it is not attached.
async fn terminate(visit: Visit, _: Spoken, Path(key): Path<String>) -> Answer {
    let store = Store::of(&visit.app)?;
    let path = parts::path(&store.parts, &key)?;
    let _hold = store.busy.take_over(&key).await?;
    let mut tx = visit.app.db.write().await?;
    let upload = Upload::find(&mut tx, &visit.actor, &key).await?;
    upload.remove(&mut tx).await?;
    tx.commit().await?;
    parts::remove(&path).await?;
    Ok(spoken(no_content()?, None))
}

/// `POST` with `X-HTTP-Method-Override`, for networks that let nothing else through.
async fn instead(visit: Visit, said: Spoken, path: Path<String>, headers: HeaderMap, body: Body) -> Answer {
    match headers.get("x-http-method-override").map(HeaderValue::as_bytes) {
        Some(b"PATCH") => resume(visit, said, path, headers, body).await,
        Some(b"DELETE") => terminate(visit, said, path).await,
        Some(b"HEAD") => progress(visit, said, path).await,
        _ => Err(Fault::Malformed("Send PATCH, HEAD or DELETE, or name it in X-HTTP-Method-Override.".to_owned()).into()),
    }
}

/// Runs in its own task, so that it is not cut in half when the client goes away.
async fn to_the_end<T: Send + 'static>(work: impl Future<Output = Result<T, Fault>> + Send + 'static) -> Result<T, Fault> {
    tokio::spawn(work).await.map_err(|error| Fault::Broken(error.to_string()))?
}

fn spoken(mut response: Response, expires_at: Option<Timestamp>) -> Response {
    response.headers_mut().insert("tus-resumable", HeaderValue::from_static(VERSION));
    if let Some(value) = expires_at.and_then(|at| HeaderValue::from_str(&at.to_jiff().strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()).ok()) {
        response.headers_mut().insert("upload-expires", value);
    }
    response
}

fn number(headers: &HeaderMap, name: &str) -> Result<u64, Fault> {
    headers
        .get(name)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.parse().ok())
        .ok_or_else(|| Fault::Malformed(format!("{name} must be a whole number of bytes.")))
}

/// The `filename` of `Upload-Metadata`: pairs of a key and a value in base64, with commas between.
fn file_name(headers: &HeaderMap) -> Result<String, Fault> {
    let malformed = || Fault::Malformed("Upload-Metadata must be 'filename <base64 of UTF-8>'.".to_owned());
    let Some(metadata) = headers.get("upload-metadata") else { return Ok(String::new()) };
    let pairs = metadata.to_str().map_err(|_| malformed())?.split(',').filter_map(|pair| pair.trim().split_once(' '));
    let Some((_, value)) = pairs.into_iter().find(|(key, _)| *key == "filename") else { return Ok(String::new()) };
    String::from_utf8(STANDARD.decode(value.trim()).map_err(|_| malformed())?).map_err(|_| malformed())
}
