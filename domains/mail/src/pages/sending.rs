//! `/admin/mailboxes/{id}/sending`: admins. Server, key and a test.

use super::{id, said};
use crate::{Mailbox, MailboxId, Route, RouteWish, Security, api, send_try};
use accounts::{admin, again};
use askama::Template;
use db::Timestamp;
use kernel::{Fault, FieldErrors, Result};
use seal::Seal;
use ui::Errors;
use web::{Answer, Fields, Form, Input, Path, Routes, Visit};

pub(super) fn routes() -> Routes {
    Routes::new()
        .get("/admin/mailboxes/{id}/sending", look)
        .post("/admin/mailboxes/{id}/sending", save)
        .post("/admin/mailboxes/{id}/sending/end", end)
        .post("/admin/mailboxes/{id}/sending/key", key)
        .post("/admin/mailboxes/{id}/sending/test", test)
}

/// What stands in the form.
struct Typed {
    host: String,
    port: String,
    security: String,
    user_name: String,
    most_at_once: String,
    most_a_minute: String,
    answers_first: bool,
    /// 0 while it does not send.
    version: String,
}

impl Typed {
    fn of(route: Option<&Route>) -> Self {
        Self {
            host: route.map(|route| route.host.clone()).unwrap_or_default(),
            port: route.map(|route| route.port.to_string()).unwrap_or_default(),
            security: route.map_or(Security::Tls, |route| route.security).word().to_owned(),
            user_name: route.map(|route| route.user_name.clone()).unwrap_or_default(),
            most_at_once: route.map_or(3, |route| route.most_at_once).to_string(),
            most_a_minute: route.map_or(300, |route| route.most_a_minute).to_string(),
            answers_first: route.is_none_or(|route| route.answers_first),
            version: route.map_or(0, |route| route.version).to_string(),
        }
    }

    fn again(fields: &Fields) -> Self {
        Self {
            host: fields.typed("host"),
            port: fields.typed("port"),
            security: fields.typed("security"),
            user_name: fields.typed("userName"),
            most_at_once: fields.typed("mostAtOnce"),
            most_a_minute: fields.typed("mostAMinute"),
            answers_first: !fields.typed("answersFirst").is_empty(),
            version: fields.typed("version"),
        }
    }
}

#[derive(Template)]
#[template(path = "admin/sending.html")]
struct SendingPage {
    page: ui::Page,
    errors: Errors,
    mailbox: MailboxId,
    address: String,
    typed: Typed,
    securities: Vec<(&'static str, &'static str)>,
    sends: bool,
    has_password: bool,
    sent_at: Option<Timestamp>,
    failed_at: Option<Timestamp>,
    failure: String,
    /// Name and value of the TXT record.
    record: Option<(String, String)>,
}

async fn page(visit: &Visit, mailbox: &str) -> Result<SendingPage> {
    let mut conn = visit.app.db.read().await?;
    let mailbox = Mailbox::get(&mut conn, id(mailbox)?).await?;
    let route = Route::of(&mut conn, mailbox.id).await?;
    Ok(SendingPage {
        page: visit.page("Sending"),
        errors: Errors::new(),
        mailbox: mailbox.id,
        address: mailbox.address,
        typed: Typed::of(route.as_ref()),
        securities: [Security::Tls, Security::StartTls, Security::None].map(|one| (one.word(), one.label())).to_vec(),
        sends: route.is_some(),
        has_password: route.as_ref().is_some_and(|route| route.password.is_some()),
        sent_at: route.as_ref().and_then(|route| route.sent_at),
        failed_at: route.as_ref().and_then(|route| route.failed_at),
        failure: route.as_ref().map(|route| route.failure.clone()).unwrap_or_default(),
        record: route.as_ref().and_then(Route::dns_record),
    })
}

/// `GET /admin/mailboxes/{id}/sending`.
async fn look(visit: Visit, Path(mailbox): Path<String>) -> Answer {
    admin(&visit)?;
    web::html(&page(&visit, &mailbox).await?)
}

/// `POST /admin/mailboxes/{id}/sending`.
async fn save(visit: Visit, Path(mailbox): Path<String>, input: Input<RouteWish>) -> Answer {
    admin(&visit)?;
    let (read, fields, ..) = input.open();
    match store(&visit, &mailbox, read).await {
        Ok(()) => said(&visit, &here(&mailbox), "good", "Saved. Send a test to see whether it works."),
        Err(fault) => {
            let page = page(&visit, &mailbox).await?;
            again(fault, |errors| SendingPage { errors, typed: Typed::again(&fields), ..page })
        }
    }
}

async fn store(visit: &Visit, mailbox: &str, read: std::result::Result<RouteWish, FieldErrors>) -> Result<()> {
    let mut tx = visit.app.db.write().await?;
    let mailbox = Mailbox::get(&mut tx, id(mailbox)?).await?;
    Route::set(&mut tx, admin(visit)?, &Seal::new(visit.app.secret), &mailbox, &read?).await?;
    Ok(tx.commit().await?)
}

fn here(mailbox: &str) -> String {
    format!("/admin/mailboxes/{mailbox}/sending")
}

/// `POST /admin/mailboxes/{id}/sending/end`.
async fn end(visit: Visit, Path(mailbox): Path<String>) -> Answer {
    let actor = admin(&visit)?;
    let mut tx = visit.app.db.write().await?;
    let found = Mailbox::get(&mut tx, id(&mailbox)?).await?;
    Route::end(&mut tx, actor, found.id).await?;
    tx.commit().await?;
    said(&visit, &here(&mailbox), "good", "It sends no more. Server, password and key are forgotten.")
}

struct Key {
    is_removed: bool,
}

impl Form for Key {
    fn read(fields: &mut Fields) -> Self {
        let act = fields.text("act", 10);
        if !matches!(act.as_str(), "" | "make" | "remove") {
            fields.errors.add("act", "Must be make or remove.");
        }
        Self { is_removed: act == "remove" }
    }
}

/// `POST /admin/mailboxes/{id}/sending/key`: makes one, or removes it.
async fn key(visit: Visit, Path(mailbox): Path<String>, input: Input<Key>) -> Answer {
    let actor = admin(&visit)?;
    if !input.take()?.is_removed {
        api::sending::new_key(&visit, &mailbox).await?;
        return said(&visit, &here(&mailbox), "good", "Key made. Publish its record in your DNS.");
    }
    let mut tx = visit.app.db.write().await?;
    let found = Mailbox::get(&mut tx, id(&mailbox)?).await?;
    Route::of(&mut tx, found.id).await?.ok_or(Fault::Missing)?.sign_no_more(&mut tx, actor).await?;
    tx.commit().await?;
    said(&visit, &here(&mailbox), "good", "Mails are signed no more.")
}

/// `POST /admin/mailboxes/{id}/sending/test`: to whoever asks.
async fn test(visit: Visit, Path(mailbox): Path<String>) -> Answer {
    admin(&visit)?;
    let found: MailboxId = id(&mailbox)?;
    let route = Route::of(&mut visit.app.db.read().await?, found).await?.ok_or(Fault::Missing)?;
    let tried = send_try::send(&visit, &route, None).await?;
    if tried.is_sent {
        return said(&visit, &here(&mailbox), "good", format!("The server took the test: {}", tried.words));
    }
    said(&visit, &here(&mailbox), "bad", format!("The server did not take the test: {}", tried.words))
}
