//! Signed links: for one file, one reader and some minutes. They save nobody the question whether the reader
//! may see the file; they only make sure that a copied address is worth nothing to others.

use crate::File;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use db::{Id, Timestamp};
use hmac::{Hmac, Mac};
use kernel::{Actor, Who};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use sha2::Sha256;
use web::App;

/// Links are good for 10 to 20 minutes; all of one span are the same, so that pages and browsers can keep them.
const SPAN_S: i64 = 600;
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// The address from which this actor may fetch the file, for 10 to 20 minutes.
pub fn link(app: &App, actor: &Actor, file: &File) -> String {
    // the name is there for people; one that is the word for previews would be taken for it
    let name = if file.name == "preview" { "file" } else { &file.name };
    address(app, actor, file, name)
}

/// The address of its small picture (JPEG, at most 640 pixels a side), if it has one.
pub fn preview_link(app: &App, actor: &Actor, file: &File) -> Option<String> {
    file.has_preview.then(|| address(app, actor, file, "preview"))
}

fn address(app: &App, actor: &Actor, file: &File, name: &str) -> String {
    let until = (app.db.clock().now().seconds() / SPAN_S + 2) * SPAN_S;
    let signature = mac(app, file.id, actor, until).map(|mac| URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes())).unwrap_or_default();
    format!("/files/{}/{}?e={until}&s={signature}", file.id, utf8_percent_encode(name, SEGMENT))
}

/// True when this link was made for this file and this actor, and is not over.
pub(crate) fn is_good(app: &App, actor: &Actor, id: Id<File>, until: i64, signature: &str, now: Timestamp) -> bool {
    let Ok(signature) = URL_SAFE_NO_PAD.decode(signature) else { return false };
    now.seconds() < until && mac(app, id, actor, until).is_some_and(|mac| mac.verify_slice(&signature).is_ok())
}

fn mac(app: &App, id: Id<File>, actor: &Actor, until: i64) -> Option<Hmac<Sha256>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(&app.secret).ok()?;
    mac.update(format!("link to a file\n{id}\n{}\n{until}", reader(actor)?).as_bytes());
    Some(mac)
}

/// Who reads: a person, by session or token alike, or the guest of one ticket. Nobody else has links.
fn reader(actor: &Actor) -> Option<String> {
    match &actor.who {
        Who::Session | Who::Token(_) => actor.person.map(|person| format!("person {person}")),
        Who::Guest(ticket) => Some(format!("guest {ticket}")),
        Who::Stranger | Who::System => None,
    }
}
