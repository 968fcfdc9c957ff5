//! How mailboxes send, for admins; and where the mails about a ticket stand, for staff who see it.

use super::{
    id,
    sending_shapes::{KeyJson, RouteBody, RouteJson, SendingJson, SendingList, SendingPath, TestBody, TestJson, TicketPath},
    shapes::{MailboxPath, Refused},
};
use crate::{Mailbox, Route, RouteWish, Security, Sending, dkim::NewKey, policy, send_try};
use kernel::{Fault, Result, Scope};
use seal::Seal;
use utoipa::OpenApi;
use web::{Answer, Fields, Form, Input, Path, Routes, Visit};

/// Mails of a ticket that are listed.
const SHOWN: i64 = 100;

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/api/mail/mailboxes/{id}/sending", show)
        .put("/api/mail/mailboxes/{id}/sending", set)
        .delete("/api/mail/mailboxes/{id}/sending", end)
        .put("/api/mail/mailboxes/{id}/sending/key", make_key)
        .delete("/api/mail/mailboxes/{id}/sending/key", remove_key)
        .post("/api/mail/mailboxes/{id}/sending/test", test)
        .get("/api/support/tickets/{id}/mails", mails)
        .post("/api/support/tickets/{id}/mails/{sending}/retry", retry)
}

#[derive(OpenApi)]
#[openapi(paths(show, set, end, make_key, remove_key, test, mails, retry), tags((name = "Sending", description = "How mailboxes send, and where mails about tickets stand.")))]
pub(crate) struct Doc;

impl Form for RouteWish {
    fn read(fields: &mut Fields) -> Self {
        let host = fields.text("host", 253).trim().to_owned();
        if !host.is_empty() && !host.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':')) {
            fields.errors.add("host", "A host name or an IP address, such as smtp.example.com.");
        }
        let security = fields.word("security", Security::WORDS).unwrap_or(Security::Tls);
        let standard = match security {
            Security::Tls => 465,
            Security::StartTls => 587,
            Security::None => 25,
        };
        let password = if fields.has("password") && !fields.typed("password").is_empty() { fields.secret("password", 500) } else { String::new() };
        Self {
            host,
            port: fields.integer("port", 1..=65_535).unwrap_or(standard),
            security,
            user_name: fields.optional_text("userName", 254).unwrap_or_default(),
            password: (!password.is_empty()).then_some(password),
            most_at_once: fields.integer("mostAtOnce", 1..=20).unwrap_or(3),
            most_a_minute: fields.integer("mostAMinute", 1..=100_000).unwrap_or(300),
            answers_first: fields.boolean("answersFirst"),
            version: fields.integer("version", 0..=i64::MAX),
        }
    }
}

async fn route(conn: &mut db::Conn, mailbox: &str) -> Result<Route> {
    let mailbox = Mailbox::get(conn, id(mailbox)?).await?;
    Route::of(conn, mailbox.id).await?.ok_or(Fault::Missing)
}

/// Get how a mailbox sends.
#[utoipa::path(get, path = "/api/mail/mailboxes/{id}/sending", tag = "Sending", operation_id = "getMailboxSending", security(("bearer" = ["tickets:read"]), ("session" = [])),
    description = "Server and limits; never the password. 404 when it does not send.", params(MailboxPath), responses((status = 200, description = "How it sends", body = RouteJson), Refused))]
async fn show(visit: Visit, Path(mailbox): Path<String>) -> Answer {
    policy::administer(visit.signed_in()?)?;
    visit.scope(Scope::TicketsRead)?;
    web::json(&RouteJson::from(route(&mut visit.app.db.read().await?, &mailbox).await?))
}

/// Set how a mailbox sends.
#[utoipa::path(put, path = "/api/mail/mailboxes/{id}/sending", tag = "Sending", operation_id = "setMailboxSending", security(("bearer" = ["tickets:write"]), ("session" = [])),
    description = "From then on public replies go out by it. Letters of the last 24 hours that wait for a mail server go out, too. Without `password` the stored one stays, as long as server and user stay. With the `version` that was read, nobody else's change is overwritten: 409.",
    params(MailboxPath), request_body = RouteBody, responses((status = 200, description = "How it sends", body = RouteJson), Refused))]
async fn set(visit: Visit, Path(mailbox): Path<String>, input: Input<RouteWish>) -> Answer {
    let actor = visit.signed_in()?;
    policy::administer(actor)?;
    visit.scope(Scope::TicketsWrite)?;
    let mut tx = visit.app.db.write().await?;
    let mailbox = Mailbox::get(&mut tx, id(&mailbox)?).await?;
    let route = Route::set(&mut tx, actor, &Seal::new(visit.app.secret), &mailbox, &input.take()?).await?;
    tx.commit().await?;
    web::json(&RouteJson::from(route))
}

/// Let a mailbox send no more.
#[utoipa::path(delete, path = "/api/mail/mailboxes/{id}/sending", tag = "Sending", operation_id = "endMailboxSending", security(("bearer" = ["tickets:write"]), ("session" = [])),
    description = "Password and key are forgotten. What waits goes by another mailbox.", params(MailboxPath), responses((status = 204, description = "It sends no more"), Refused))]
async fn end(visit: Visit, Path(mailbox): Path<String>) -> Answer {
    let actor = visit.signed_in()?;
    policy::administer(actor)?;
    visit.scope(Scope::TicketsWrite)?;
    let mut tx = visit.app.db.write().await?;
    let mailbox = Mailbox::get(&mut tx, id(&mailbox)?).await?;
    Route::end(&mut tx, actor, mailbox.id).await?;
    tx.commit().await?;
    web::no_content()
}

/// Make a key for signing.
#[utoipa::path(put, path = "/api/mail/mailboxes/{id}/sending/key", tag = "Sending", operation_id = "makeMailboxKey", security(("bearer" = ["tickets:write"]), ("session" = [])),
    description = "A new key for DKIM (RFC 6376); an earlier one is forgotten. Mails are signed at once: publish the record first if you replace a key that is in use.",
    params(MailboxPath), responses((status = 200, description = "The record for your DNS", body = KeyJson), Refused))]
async fn make_key(visit: Visit, Path(mailbox): Path<String>) -> Answer {
    policy::administer(visit.signed_in()?)?;
    visit.scope(Scope::TicketsWrite)?;
    let route = new_key(&visit, &mailbox).await?;
    web::json(&KeyJson::of(&route)?)
}

/// Makes a key for a mailbox, for page and API.
pub(crate) async fn new_key(visit: &Visit, mailbox: &str) -> Result<Route> {
    let found = route(&mut visit.app.db.read().await?, mailbox).await?;
    let key = tokio::task::spawn_blocking(NewKey::make).await.map_err(|error| Fault::Broken(error.to_string()))??;
    let mut tx = visit.app.db.write().await?;
    found.sign_with(&mut tx, &visit.actor, &Seal::new(visit.app.secret), &key).await?;
    let now = Route::of(&mut tx, found.mailbox_id).await?.ok_or(Fault::Missing)?;
    tx.commit().await?;
    Ok(now)
}

/// Remove the key for signing.
#[utoipa::path(delete, path = "/api/mail/mailboxes/{id}/sending/key", tag = "Sending", operation_id = "removeMailboxKey", security(("bearer" = ["tickets:write"]), ("session" = [])),
    description = "Mails are signed no more.", params(MailboxPath), responses((status = 204, description = "It is gone"), Refused))]
async fn remove_key(visit: Visit, Path(mailbox): Path<String>) -> Answer {
    let actor = visit.signed_in()?;
    policy::administer(actor)?;
    visit.scope(Scope::TicketsWrite)?;
    let mut tx = visit.app.db.write().await?;
    route(&mut tx, &mailbox).await?.sign_no_more(&mut tx, actor).await?;
    tx.commit().await?;
    web::no_content()
}

pub(crate) struct Test {
    to: Option<String>,
}

impl Form for Test {
    fn read(fields: &mut Fields) -> Self {
        Self { to: fields.optional_email("to") }
    }
}

/// Send a test mail.
#[utoipa::path(post, path = "/api/mail/mailboxes/{id}/sending/test", tag = "Sending", operation_id = "testMailboxSending", security(("bearer" = ["tickets:write"]), ("session" = [])),
    description = "Hands a mail to the server now, to you or to `to`, and answers what the server said. It takes up to a few minutes with a slow server.",
    params(MailboxPath), request_body = TestBody, responses((status = 200, description = "What the server said", body = TestJson), Refused))]
async fn test(visit: Visit, Path(mailbox): Path<String>, input: Input<Test>) -> Answer {
    policy::administer(visit.signed_in()?)?;
    visit.scope(Scope::TicketsWrite)?;
    let route = route(&mut visit.app.db.read().await?, &mailbox).await?;
    let to = input.take()?.to;
    let tried = send_try::send(&visit, &route, to.as_deref()).await?;
    web::json(&TestJson { is_sent: tried.is_sent, words: tried.words })
}

/// List mails about a ticket.
#[utoipa::path(get, path = "/api/support/tickets/{id}/mails", tag = "Sending", operation_id = "listTicketMails", security(("bearer" = ["tickets:read"]), ("session" = [])),
    description = "Mails of ours about a ticket, the newest first, 100 at most. For staff who see it.", params(TicketPath),
    responses((status = 200, description = "Mails", body = SendingList), Refused))]
async fn mails(visit: Visit, Path(ticket): Path<String>) -> Answer {
    let actor = visit.signed_in()?;
    visit.scope(Scope::TicketsRead)?;
    let mut conn = visit.app.db.read().await?;
    let ticket = policy::mails_of(&mut conn, actor, id(&ticket)?, policy::Deed::See).await?;
    let items = Sending::of_ticket(&mut conn, ticket, SHOWN).await?.into_iter().map(SendingJson::from).collect();
    web::json(&SendingList { items })
}

/// Try a mail again.
#[utoipa::path(post, path = "/api/support/tickets/{id}/mails/{sending}/retry", tag = "Sending", operation_id = "retryTicketMail", security(("bearer" = ["tickets:write"]), ("session" = [])),
    description = "One that failed or bounced. For staff who may reply.", params(SendingPath), responses((status = 200, description = "The mail, queued again", body = SendingJson), Refused))]
async fn retry(visit: Visit, Path((ticket, sending)): Path<(String, String)>) -> Answer {
    visit.signed_in()?;
    visit.scope(Scope::TicketsWrite)?;
    web::json(&SendingJson::from(tried_again(&visit, &ticket, &sending).await?))
}

/// Queues a mail of a ticket again, for page and API.
pub(crate) async fn tried_again(visit: &Visit, ticket: &str, sending: &str) -> Result<Sending> {
    let mut tx = visit.app.db.write().await?;
    let ticket = policy::mails_of(&mut tx, &visit.actor, id(ticket)?, policy::Deed::Work).await?;
    let sending = Sending::get(&mut tx, id(sending)?).await?;
    if sending.ticket_id != Some(ticket) {
        return Err(Fault::Missing);
    }
    sending.retry(&mut tx, &visit.actor).await?;
    let now = Sending::get(&mut tx, sending.id).await?;
    tx.commit().await?;
    Ok(now)
}
