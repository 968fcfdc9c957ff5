//! The whole mail: its HTML alone in a sandbox, and the raw bytes.

use super::staff;
use crate::{
    api::{download, id},
    policy::{self, Deed},
};
use data_encoding::BASE64;
use files::Store;
use kernel::Fault;
use web::{Answer, Asked, Fields, Form, HeaderValue, IntoResponse as _, Path, Visit, header};

/// Pictures within the text up to this size in all are shown.
const PICTURES: usize = 8 * 1024 * 1024;
/// No script, no form, no cookies; nothing is fetched from anywhere.
const ALONE: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; form-action 'none'; base-uri 'self'; \
                     frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox";
/// The same with pictures from elsewhere: their senders learn that the mail was opened.
const WITH_PICTURES: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data: http: https:; font-src data:; form-action 'none'; base-uri 'self'; \
                             frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox";

pub(super) struct Wanted {
    pictures: bool,
}

impl Form for Wanted {
    fn read(fields: &mut Fields) -> Self {
        Self { pictures: fields.boolean("pictures") }
    }
}

/// `GET /desk/mail/{id}/html?pictures=1`: as its sender made it, for a frame.
pub(super) async fn html(visit: Visit, Path(mail): Path<String>, Asked(wanted): Asked<Wanted>) -> Answer {
    let actor = staff(&visit)?;
    let mail = policy::open(&mut visit.app.db.read().await?, actor, id(&mail)?, Deed::See).await?;
    let raw = mail.raw(&*Store::of(&visit.app)?).await?;
    let page = tokio::task::spawn_blocking(move || page(&mime::parse(&raw))).await.map_err(|error| Fault::Broken(error.to_string()))?;
    let policy = HeaderValue::from_static(if wanted.pictures { WITH_PICTURES } else { ALONE });
    let mut answer =
        ([(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")), (header::CONTENT_SECURITY_POLICY, policy)], page).into_response();
    answer.headers_mut().insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    Ok(answer)
}

/// Its HTML with the pictures that came along; else its text.
fn page(mail: &mime::Mail) -> String {
    // links open a page of their own; what stands before a document's own head is read as if it stood there
    let head = "<!doctype html><meta charset=\"utf-8\"><base target=\"_blank\"><style>body{margin:12px;font:14px/1.5 system-ui,sans-serif}</style>";
    let Some(html) = &mail.html else {
        return format!("{head}<pre style=\"white-space:pre-wrap;font:inherit\">{}</pre>", ui::escape(&mail.text));
    };
    let mut html = html.clone();
    let mut left = PICTURES;
    for file in &mail.attachments {
        let Some(id) = file.content_id.as_deref().filter(|id| !id.is_empty() && file.kind.starts_with("image/") && file.kind != "image/svg+xml") else {
            continue;
        };
        if file.bytes.len() > left || !file.kind.chars().all(|c| c.is_ascii_alphanumeric() || "/.+-".contains(c)) {
            continue;
        }
        left -= file.bytes.len();
        html = html.replace(&format!("cid:{id}"), &format!("data:{};base64,{}", file.kind, BASE64.encode(&file.bytes)));
    }
    format!("{head}{html}")
}

/// `GET /desk/mail/{id}/source`: the raw bytes, as a file.
pub(super) async fn source(visit: Visit, Path(mail): Path<String>) -> Answer {
    let actor = staff(&visit)?;
    download(&visit, actor, &mail).await
}
