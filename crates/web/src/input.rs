//! Bodies and queries: bounded, decoded, typed. What is not readable at all is 400; what is readable but wrong is 422.

use crate::{App, Failure, Fields, Form, Seal, Upload, multipart};
use axum::{
    body::Body,
    extract::{FromRequest, FromRequestParts, Request},
};
use bytes::{Bytes, BytesMut};
use futures::StreamExt;
use http::{header, request::Parts};
use kernel::{Fault, FieldErrors};
use sha2::{Digest, Sha256};
use std::time::Duration;

/// The most that a body without files may have.
const MOST: usize = 1024 * 1024;
/// So much more is read and thrown away before a body is refused.
const LINGER: usize = 8 * 1024 * 1024;
/// JSON may not nest deeper.
const NESTING: usize = 64;
/// A body must have come in by then.
const PATIENCE: Duration = Duration::from_secs(30);

/// A typed body: form, multipart or JSON alike.
pub struct Input<T> {
    read: T,
    /// The fields as they came, with what is wrong; for showing the form again.
    pub fields: Fields,
    /// Files that came along (multipart only).
    pub uploads: Vec<Upload>,
    /// The idempotency key and what it stands for.
    pub seal: Seal,
}

impl<T> Input<T> {
    /// The value, or all that is wrong.
    pub fn take(self) -> Result<T, Fault> {
        if self.fields.errors.is_empty() { Ok(self.read) } else { Err(Fault::Invalid(self.fields.errors)) }
    }

    /// The same with what `also` finds wrong: what only the database can tell, in the same round.
    #[must_use]
    pub fn check(mut self, also: impl FnOnce(&T) -> FieldErrors) -> Self {
        self.fields.errors.extend(also(&self.read));
        self
    }

    /// The value or the errors, and the rest: for pages that show the form again.
    pub fn open(self) -> (Result<T, FieldErrors>, Fields, Vec<Upload>, Seal) {
        let read = if self.fields.errors.is_empty() { Ok(self.read) } else { Err(self.fields.errors.clone()) };
        (read, self.fields, self.uploads, self.seal)
    }
}

impl<T: Form> FromRequest<App> for Input<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, app: &App) -> Result<Self, Failure> {
        let is_api = request.uri().path().starts_with("/api/");
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default().to_ascii_lowercase();
        let key = request.headers().get("idempotency-key").and_then(|value| value.to_str().ok()).map(str::to_owned);
        let route = format!("{} {}", request.method(), request.uri().path());
        let mut hasher = Sha256::new();
        hasher.update(route.as_bytes());
        let (mut fields, uploads) = if kind.starts_with("multipart/form-data") && T::UPLOADS {
            let parts = multipart::read(request, app, is_api).await?;
            for (name, text) in &parts.pairs {
                hasher.update(name.as_bytes());
                hasher.update(text.as_bytes());
            }
            let mut fields = Fields::from_pairs(parts.pairs);
            fields.errors = parts.wrong;
            (fields, parts.uploads)
        } else {
            let body = whole(request.into_body()).await?;
            hasher.update(&body);
            (decode(&kind, &body, is_api)?, Vec::new())
        };
        let key = fields.take("idempotencyKey").or(key);
        if key.as_ref().is_some_and(|key| key.is_empty() || key.len() > 200 || !key.is_ascii()) {
            fields.errors.add("Idempotency-Key", "1 to 200 ASCII characters.");
        }
        let read = T::read(&mut fields);
        fields.refuse_unknown();
        Ok(Self { read, fields, uploads, seal: Seal { key, request: hasher.finalize().into() } })
    }
}

/// A typed query string. On the API an unknown parameter is an error, on pages it is passed over.
pub struct Asked<T>(pub T);

impl<T: Form> FromRequestParts<App> for Asked<T> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Failure> {
        let mut fields = Fields::from_pairs(pairs(parts.uri.query().unwrap_or_default().as_bytes())?);
        let read = T::read(&mut fields);
        if parts.uri.path().starts_with("/api/") {
            fields.refuse_unknown();
            if !fields.errors.is_empty() {
                return Err(Fault::Invalid(fields.errors).into());
            }
        }
        Ok(Self(read))
    }
}

/// A form read from the text of a query, as one is kept or sent within a body; unknown fields are refused.
pub fn query<T: Form>(text: &str) -> Result<T, Fault> {
    let mut fields = Fields::from_pairs(pairs(text.trim_start_matches('?').as_bytes())?);
    let read = T::read(&mut fields);
    fields.refuse_unknown();
    if fields.errors.is_empty() { Ok(read) } else { Err(Fault::Invalid(fields.errors)) }
}

/// A body of bytes, of one media type and at most so many: a mail. Handlers take it as their last argument and read it once
/// they know who asks.
pub struct Raw(Request);

impl Raw {
    /// The bytes; 415 when they are of another kind, 413 when there are more.
    pub async fn bytes(self, kind: &str, most: usize) -> Result<Bytes, Fault> {
        let said = self.0.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        if !said.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case(kind) {
            return Err(Fault::Unsupported(format!("Send {kind}.")));
        }
        bounded(self.0.into_body(), most).await
    }
}

impl FromRequest<App> for Raw {
    type Rejection = Failure;

    async fn from_request(request: Request, _: &App) -> Result<Self, Failure> {
        Ok(Self(request))
    }
}

async fn whole(body: Body) -> Result<Vec<u8>, Fault> {
    bounded(body, MOST).await.map(|bytes| bytes.to_vec())
}

async fn bounded(body: Body, most: usize) -> Result<Bytes, Fault> {
    tokio::time::timeout(PATIENCE, read(body, most)).await.map_err(|_| Fault::Malformed("The body did not arrive in time.".to_owned()))?
}

/// Past the limit the rest is read and thrown away, as far as `LINGER`: clients read an answer, and may ask again on the same
/// connection, only when they could send all (RFC 9112, section 9.6).
async fn read(body: Body, most: usize) -> Result<Bytes, Fault> {
    let (mut bytes, mut size, mut chunks) = (BytesMut::new(), 0, body.into_data_stream());
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|_| Fault::Malformed("The body broke off.".to_owned()))?;
        size += chunk.len();
        if size > most + LINGER {
            break;
        }
        if size <= most {
            bytes.extend_from_slice(&chunk);
        }
    }
    if size > most { Err(Fault::TooLarge(format!("The body is over the limit of {} KB.", most / 1024))) } else { Ok(bytes.freeze()) }
}

fn decode(kind: &str, body: &[u8], is_api: bool) -> Result<Fields, Fault> {
    if body.contains(&0) {
        return Err(Fault::Malformed("NUL bytes are not taken.".to_owned()));
    }
    if kind.starts_with("application/json") || kind.is_empty() && is_api && !body.is_empty() {
        return json(body);
    }
    if kind.starts_with("application/x-www-form-urlencoded") || body.is_empty() {
        return Ok(Fields::from_pairs(pairs(body)?));
    }
    Err(Fault::Unsupported("Send application/json or application/x-www-form-urlencoded.".to_owned()))
}

fn json(body: &[u8]) -> Result<Fields, Fault> {
    let text = std::str::from_utf8(body).map_err(|_| Fault::Malformed("The body is not UTF-8.".to_owned()))?;
    if nesting(text) > NESTING {
        return Err(Fault::Malformed(format!("JSON may nest {NESTING} deep at most.")));
    }
    if text.contains("\\u0000") {
        return Err(Fault::Malformed("NUL characters are not taken.".to_owned()));
    }
    match serde_json::from_str(text) {
        Ok(serde_json::Value::Object(object)) => Ok(Fields::from_json(object)),
        Ok(_) => Err(Fault::field("body", "Must be a JSON object.")),
        Err(error) => Err(Fault::Malformed(format!("This is not JSON: {error}."))),
    }
}

/// How deep brackets nest outside of strings.
fn nesting(text: &str) -> usize {
    let (mut depth, mut deepest, mut in_string, mut escaped) = (0_usize, 0, false, false);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'{' | b'[' if !in_string => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b'}' | b']' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

/// The pairs of `application/x-www-form-urlencoded`, refusing what is not UTF-8 or holds NUL.
fn pairs(body: &[u8]) -> Result<Vec<(String, String)>, Fault> {
    let text = |bytes: &[u8]| -> Result<String, Fault> {
        let spaced: Vec<u8> = bytes.iter().map(|byte| if *byte == b'+' { b' ' } else { *byte }).collect();
        let decoded: Vec<u8> = percent_encoding::percent_decode(&spaced).collect();
        let text = String::from_utf8(decoded).map_err(|_| Fault::Malformed("This is not UTF-8.".to_owned()))?;
        if text.contains('\0') { Err(Fault::Malformed("NUL characters are not taken.".to_owned())) } else { Ok(text) }
    };
    body.split(|byte| *byte == b'&')
        .filter(|pair| !pair.is_empty())
        .take(1_000)
        .map(|pair| {
            let middle = pair.iter().position(|byte| *byte == b'=');
            let (name, value) = middle.map_or((pair, &[][..]), |at| (&pair[..at], &pair[at + 1..]));
            Ok((text(name)?, text(value)?))
        })
        .collect()
}
