//! Files on their way out: the link, then the right, then the bytes, so dressed that nothing in them can run.

use crate::{File, Store, kinds::Kind, link, picture};
use db::{Conn, Id};
use kernel::{Actor, Fault, Scope};
use object_store::GetResult;
use std::ops::Range;
use web::{Answer, Asked, Fields, Form, HeaderMap, HeaderValue, IntoResponse, Path, Response, Routes, StatusCode, Visit, header};

pub(crate) fn routes() -> Routes {
    Routes::new().get("/files/{id}/{name}", whole).get("/files/{id}/preview", preview)
}

/// What a link carries besides its path.
struct Signed {
    until: i64,
    signature: String,
}

impl Form for Signed {
    fn read(fields: &mut Fields) -> Self {
        Self { until: fields.integer("e", 0..=i64::MAX).unwrap_or(0), signature: fields.optional_text("s", 100).unwrap_or_default() }
    }
}

/// `GET /files/{id}/{name}`: the file. Who the link was made for, while the subject may be seen.
async fn whole(visit: Visit, Path((id, _)): Path<(String, String)>, signed: Asked<Signed>, headers: HeaderMap) -> Answer {
    let file = gate(&visit, &id, &signed.0).await?;
    send(&visit, &file, &headers).await
}

/// The answer with a file of things of this kind, without a signed link: for what strangers may see too. The room that owns the
/// thing is asked all the same; what one may not see is missing.
pub async fn answer(visit: &Visit, id: &str, subject_kind: &str, headers: &HeaderMap) -> Answer {
    let mut conn = visit.app.db.read().await?;
    let file = File::find(&mut conn, id.parse().map_err(|_| Fault::Missing)?).await?.ok_or(Fault::Missing)?;
    if file.subject_kind.as_deref() != Some(subject_kind) || !may_see(visit, &mut conn, &file).await? {
        return Err(Fault::Missing.into());
    }
    drop(conn);
    send(visit, &file, headers).await
}

async fn send(visit: &Visit, file: &File, headers: &HeaderMap) -> Answer {
    let (sent_as, is_image) = Kind::of(&file.kind).map_or(("application/octet-stream", false), |kind| (kind.sent_as, kind.is_image));
    let size = u64::try_from(file.size).unwrap_or(0);
    let tag = format!("\"{}\"", file.id);
    if has(headers, header::IF_NONE_MATCH, &tag) {
        return Ok(dressed(StatusCode::NOT_MODIFIED.into_response(), sent_as, is_image, &file.name, &tag));
    }
    let wanted = headers.get(header::RANGE).filter(|_| !headers.contains_key(header::IF_RANGE) || has(headers, header::IF_RANGE, &tag));
    let range = match wanted.and_then(|range| single_range(range.to_str().ok()?, size)) {
        Some(Wanted::Nowhere) => {
            let mut response = StatusCode::RANGE_NOT_SATISFIABLE.into_response();
            put(&mut response, header::CONTENT_RANGE, &format!("bytes */{size}"));
            return Ok(dressed(response, sent_as, is_image, &file.name, &tag));
        }
        Some(Wanted::Part(range)) => Some(range),
        None => None,
    };
    let found = Store::of(&visit.app)?.get(file.id, false, range.clone()).await?;
    Ok(dressed(body(found, range.map(|range| (range, size))), sent_as, is_image, &file.name, &tag))
}

/// `GET /files/{id}/preview`: its small picture. As above.
async fn preview(visit: Visit, Path(id): Path<String>, signed: Asked<Signed>, headers: HeaderMap) -> Answer {
    let file = gate(&visit, &id, &signed.0).await?;
    if !file.has_preview {
        return Err(Fault::Missing.into());
    }
    let (tag, name) = (format!("\"{}-preview\"", file.id), format!("{}.jpg", file.stem_and_extension().0));
    if has(&headers, header::IF_NONE_MATCH, &tag) {
        return Ok(dressed(StatusCode::NOT_MODIFIED.into_response(), picture::PREVIEW, true, &name, &tag));
    }
    let found = Store::of(&visit.app)?.get(file.id, true, None).await?;
    Ok(dressed(body(found, None), picture::PREVIEW, true, &name, &tag))
}

/// The file, if the link is good for this actor and the actor may see what it belongs to. Else it is missing.
async fn gate(visit: &Visit, id: &str, signed: &Signed) -> Result<File, Fault> {
    let actor = &visit.actor;
    let id: Id<File> = id.parse().map_err(|_| Fault::Missing)?;
    let mut conn = visit.app.db.read().await?;
    if !link::is_good(&visit.app, actor, id, signed.until, &signed.signature, conn.now()) {
        return Err(Fault::Missing);
    }
    visit.scope(Scope::TicketsRead)?;
    let file = File::find(&mut conn, id).await?.ok_or(Fault::Missing)?;
    if may_see(visit, &mut conn, &file).await? { Ok(file) } else { Err(Fault::Missing) }
}

/// What the room says that owns what the file belongs to.
async fn may_see(visit: &Visit, conn: &mut Conn, file: &File) -> Result<bool, Fault> {
    match (&file.subject_kind, file.subject_id) {
        (Some(kind), Some(subject)) => match visit.app.domain(kind) {
            Some(domain) => (domain.may_see)(conn, &visit.actor, subject).await,
            None => Err(Fault::Broken(format!("no room owns the kind {kind}"))),
        },
        _ => Ok(is_owner(&visit.actor, file)),
    }
}

fn is_owner(actor: &Actor, file: &File) -> bool {
    actor.is_signed_in() && actor.person.is_some() && file.owner_id == actor.person
}

enum Wanted {
    Part(Range<u64>),
    Nowhere,
}

/// One range of bytes (RFC 9110, 14.1.2). What is not understood, or asks for several, is passed over.
fn single_range(value: &str, size: u64) -> Option<Wanted> {
    let (first, last) = value.strip_prefix("bytes=")?.trim().split_once('-')?;
    let range = if first.is_empty() {
        size.saturating_sub(last.parse().ok()?)..size
    } else {
        let last: u64 = if last.is_empty() { u64::MAX } else { last.parse().ok()? };
        first.parse().ok().filter(|first| *first <= last)?..last.saturating_add(1).min(size)
    };
    Some(if range.start < range.end { Wanted::Part(range) } else { Wanted::Nowhere })
}

fn body(found: GetResult, part: Option<(Range<u64>, u64)>) -> Response {
    let length = found.range.end - found.range.start;
    let mut response = web::pieces(found.into_stream()).into_response();
    put(&mut response, header::CONTENT_LENGTH, &length.to_string());
    if let Some((range, size)) = part {
        *response.status_mut() = StatusCode::PARTIAL_CONTENT;
        put(&mut response, header::CONTENT_RANGE, &format!("bytes {}-{}/{size}", range.start, range.end.saturating_sub(1)));
    }
    response
}

/// Headers of every file. A browser keeps it, yet asks each time, so that a lost right counts at once.
fn dressed(mut response: Response, sent_as: &str, inline: bool, name: &str, tag: &str) -> Response {
    put(&mut response, header::CONTENT_TYPE, sent_as);
    put(&mut response, header::CONTENT_DISPOSITION, &web::disposition(inline, name));
    put(&mut response, header::CONTENT_SECURITY_POLICY, "sandbox; default-src 'none'");
    put(&mut response, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    put(&mut response, header::CACHE_CONTROL, "private, no-cache");
    put(&mut response, header::ETAG, tag);
    put(&mut response, header::ACCEPT_RANGES, "bytes");
    response.headers_mut().insert("cross-origin-resource-policy", HeaderValue::from_static("same-origin"));
    response
}

fn put(response: &mut Response, name: header::HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
}

fn has(headers: &HeaderMap, name: header::HeaderName, tag: &str) -> bool {
    headers.get(name).and_then(|value| value.to_str().ok()).is_some_and(|value| value.split(',').any(|one| one.trim().trim_start_matches("W/") == tag))
}

#[cfg(test)]
mod tests {
    use super::{Wanted, single_range};

    #[test]
    fn one_range_is_understood() {
        for (value, answer) in [
            ("bytes=0-9", Some(Some(0..10))),
            ("bytes=90-", Some(Some(90..100))),
            ("bytes=-10", Some(Some(90..100))),
            ("bytes=-500", Some(Some(0..100))),
            ("bytes=95-200", Some(Some(95..100))),
            ("bytes=100-", Some(None)),
            ("bytes=-0", Some(None)),
            ("bytes=9-1", None),
            ("bytes=0-1,5-6", None),
            ("lines=0-1", None),
        ] {
            let found = single_range(value, 100).map(|wanted| match wanted {
                Wanted::Part(range) => Some(range),
                Wanted::Nowhere => None,
            });
            assert_eq!(found, answer, "{value}");
        }
    }
}
