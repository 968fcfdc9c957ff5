//! `/admin/outbox`: admins. Mail that waits for a mail server, with its links.

use super::admin;
use crate::mail;
use askama::Template;
use db::Timestamp;
use web::{Answer, Routes, Visit};

/// Mails shown.
const SHOWN: i64 = 100;

pub(crate) fn routes() -> Routes {
    Routes::new().get("/admin/outbox", look)
}

struct Piece {
    text: String,
    is_link: bool,
}

struct Shown {
    at: Timestamp,
    to: String,
    subject: String,
    pieces: Vec<Piece>,
}

#[derive(Template)]
#[template(path = "admin/outbox.html")]
struct Outbox {
    page: ui::Page,
    mails: Vec<Shown>,
}

/// `GET /admin/outbox`.
async fn look(visit: Visit) -> Answer {
    admin(&visit)?;
    let waiting = mail::outbox(&mut visit.app.db.read().await?, SHOWN).await?;
    let home = format!("{}/", visit.app.config.public_url);
    let mails = waiting.into_iter().map(|mail| Shown { at: mail.at, to: mail.to, subject: mail.subject, pieces: pieces(&mail.text, &home) }).collect();
    web::html(&Outbox { page: visit.page("Held mail"), mails })
}

/// Cuts a text at the links to this site; no other address becomes a link.
fn pieces(text: &str, home: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find(home) {
        let (before, from) = rest.split_at(start);
        let (link, after) = from.split_at(from.find(char::is_whitespace).unwrap_or(from.len()));
        pieces.push(Piece { text: before.to_owned(), is_link: false });
        pieces.push(Piece { text: link.to_owned(), is_link: true });
        rest = after;
    }
    pieces.push(Piece { text: rest.trim_end().to_owned(), is_link: false });
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_this_site_become_links() {
        let found = pieces("open\n\nhttp://here/reset/abc\n\nnot https://evil.example/ or http://here.evil", "http://here/");
        let links: Vec<&str> = found.iter().filter(|piece| piece.is_link).map(|piece| piece.text.as_str()).collect();
        assert_eq!(links, ["http://here/reset/abc"]);
    }
}
