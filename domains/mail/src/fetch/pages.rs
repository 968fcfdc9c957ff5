//! `/admin/mailboxes/{id}/fetching`: admins. Where the mail of a mailbox is fetched from, whether it works, and how it goes.

use super::{
    api::tried,
    form::Typed,
    source::{FetchWish, Fetching},
    words::{Begin, Security, SignIn},
};
use crate::{Mailbox, api::id};
use accounts::{admin, again};
use askama::Template;
use kernel::{Fault, Result};
use seal::Seal;
use ui::Errors;
use web::{Answer, Flash, Input, Path, Routes, Visit};

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/admin/mailboxes/{id}/fetching", look)
        .post("/admin/mailboxes/{id}/fetching", set)
        .post("/admin/mailboxes/{id}/fetching/test", test)
        .post("/admin/mailboxes/{id}/fetching/remove", remove)
}

#[derive(Template)]
#[template(path = "admin/fetching.html")]
struct FetchingPage {
    page: ui::Page,
    errors: Errors,
    mailbox: Mailbox,
    kept: Option<Fetching>,
    typed: Typed,
    warnings: Vec<String>,
    securities: &'static [Security],
    sign_ins: &'static [SignIn],
    begins: &'static [Begin],
}

impl FetchingPage {
    /// What stands below the field of a secret.
    fn hint(&self, secret: &str) -> &'static str {
        let Some(kept) = &self.kept else { return "" };
        let stored = match secret {
            "password" => &kept.password,
            "client_secret" => &kept.client_secret,
            _ => &kept.refresh_token,
        };
        if stored.is_some() { "Leave it empty to keep the one there is." } else { "" }
    }
}

async fn page(visit: &Visit, mailbox: &str) -> Result<FetchingPage> {
    admin(visit)?;
    let mut conn = visit.app.db.read().await?;
    let mailbox = Mailbox::get(&mut conn, id(mailbox)?).await?;
    let kept = Fetching::of(&mut conn, mailbox.id).await?;
    let now = conn.now();
    Ok(FetchingPage {
        page: visit.page("Fetching"),
        errors: Errors::new(),
        typed: kept.as_ref().map_or_else(|| Typed::blank(&mailbox.address), Typed::kept),
        warnings: kept.as_ref().map_or_else(Vec::new, |kept| kept.warnings(now)),
        mailbox,
        kept,
        securities: Security::ALL,
        sign_ins: SignIn::ALL,
        begins: Begin::ALL,
    })
}

fn said(visit: &Visit, mailbox: &Mailbox, kind: &'static str, text: String) -> Answer {
    Ok(visit.flash(web::see_other(&format!("/admin/mailboxes/{}/fetching", mailbox.id))?, &Flash { kind, text, undo: None }))
}

/// `GET /admin/mailboxes/{id}/fetching`.
async fn look(visit: Visit, Path(mailbox): Path<String>) -> Answer {
    web::html(&page(&visit, &mailbox).await?)
}

/// `POST /admin/mailboxes/{id}/fetching`.
async fn set(visit: Visit, Path(mailbox): Path<String>, input: Input<FetchWish>) -> Answer {
    let page = page(&visit, &mailbox).await?;
    let (read, fields, ..) = input.open();
    let saved = async {
        let wish = read?;
        let mut tx = visit.app.db.write().await?;
        Fetching::set(&mut tx, &visit.actor, &Seal::new(visit.app.secret), &page.mailbox, &wish).await?;
        Ok(tx.commit().await?)
    };
    match saved.await {
        Ok(()) => said(&visit, &page.mailbox, "good", "Saved. It is fetched from here within a moment.".to_owned()),
        Err(fault) => again(fault, |errors| FetchingPage { errors, typed: Typed::again(&fields), ..page }),
    }
}

/// `POST /admin/mailboxes/{id}/fetching/test`: what is saved is tried.
async fn test(visit: Visit, Path(mailbox): Path<String>) -> Answer {
    let page = page(&visit, &mailbox).await?;
    let tried = tried(&visit, page.kept.as_ref().ok_or(Fault::Missing)?).await?;
    said(&visit, &page.mailbox, if tried.works { "good" } else { "bad" }, tried.words)
}

/// `POST /admin/mailboxes/{id}/fetching/remove`.
async fn remove(visit: Visit, Path(mailbox): Path<String>) -> Answer {
    let page = page(&visit, &mailbox).await?;
    let mut tx = visit.app.db.write().await?;
    page.kept.ok_or(Fault::Missing)?.remove(&mut tx, &visit.actor).await?;
    tx.commit().await?;
    said(&visit, &page.mailbox, "good", format!("The mail of {} is fetched no more. What came stays.", page.mailbox.address))
}
