//! Mailboxes by the API: for admins.

use super::{
    id,
    shapes::{MailboxBody, MailboxJson, MailboxList, MailboxPath, Refused},
};
use crate::{Mailbox, Wish, brake::NEW_TICKETS, policy, sender::is_address};
use kernel::Scope;
use utoipa::OpenApi;
use web::{Answer, Fields, Form, Input, Path, Routes, StatusCode, Visit};

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/api/mail/mailboxes", list)
        .post("/api/mail/mailboxes", add)
        .get("/api/mail/mailboxes/{id}", show)
        .put("/api/mail/mailboxes/{id}", change)
        .delete("/api/mail/mailboxes/{id}", remove)
}

#[derive(OpenApi)]
#[openapi(paths(list, add, show, change, remove), tags((name = "Mailboxes", description = "Addresses that take mail. For admins.")))]
pub(crate) struct Doc;

impl Form for Wish {
    fn read(fields: &mut Fields) -> Self {
        let address = fields.email("address").to_lowercase();
        if !address.is_empty() && (!is_address(&address) || address.contains('+')) {
            fields.errors.add("address", "An address without a tag, such as support@example.com.");
        }
        Self {
            address,
            name: fields.text("name", 100),
            is_on: fields.boolean("isOn"),
            team_id: fields.id("teamId"),
            authserv_id: fields.optional_text("authservId", 254).unwrap_or_default(),
            most_an_hour: fields.integer("mostAnHour", 1..=1_000_000).unwrap_or(NEW_TICKETS),
            version: fields.integer("version", 1..=i64::MAX),
        }
    }
}

/// List mailboxes.
#[utoipa::path(get, path = "/api/mail/mailboxes", tag = "Mailboxes", operation_id = "listMailboxes", security(("bearer" = ["tickets:read"]), ("session" = [])),
    description = "All of them, by address.", responses((status = 200, description = "Mailboxes", body = MailboxList), Refused))]
async fn list(visit: Visit) -> Answer {
    policy::administer(visit.signed_in()?)?;
    visit.scope(Scope::TicketsRead)?;
    let items = Mailbox::all(&mut visit.app.db.read().await?).await?.into_iter().map(MailboxJson::from).collect();
    web::json(&MailboxList { items })
}

/// Add a mailbox.
#[utoipa::path(post, path = "/api/mail/mailboxes", tag = "Mailboxes", operation_id = "addMailbox", security(("bearer" = ["tickets:write"]), ("session" = [])),
    description = "An address that takes mail.", request_body = MailboxBody, responses((status = 201, description = "The mailbox", body = MailboxJson), Refused))]
async fn add(visit: Visit, input: Input<Wish>) -> Answer {
    let actor = visit.signed_in()?;
    policy::administer(actor)?;
    visit.scope(Scope::TicketsWrite)?;
    let wish = input.take()?;
    let mut tx = visit.app.db.write().await?;
    let mailbox = Mailbox::add(&mut tx, actor, &wish).await?;
    tx.commit().await?;
    web::json_with(StatusCode::CREATED, &MailboxJson::from(mailbox))
}

/// Get a mailbox.
#[utoipa::path(get, path = "/api/mail/mailboxes/{id}", tag = "Mailboxes", operation_id = "getMailbox", security(("bearer" = ["tickets:read"]), ("session" = [])),
    description = "One of them.", params(MailboxPath), responses((status = 200, description = "The mailbox", body = MailboxJson), Refused))]
async fn show(visit: Visit, Path(mailbox): Path<String>) -> Answer {
    policy::administer(visit.signed_in()?)?;
    visit.scope(Scope::TicketsRead)?;
    web::json(&MailboxJson::from(Mailbox::get(&mut visit.app.db.read().await?, id(&mailbox)?).await?))
}

/// Change a mailbox.
#[utoipa::path(put, path = "/api/mail/mailboxes/{id}", tag = "Mailboxes", operation_id = "changeMailbox", security(("bearer" = ["tickets:write"]), ("session" = [])),
    description = "Replaces all of its fields. With the `version` that was read, nobody else's change is overwritten: 409.", params(MailboxPath), request_body = MailboxBody, responses((status = 200, description = "The mailbox", body = MailboxJson), Refused))]
async fn change(visit: Visit, Path(mailbox): Path<String>, input: Input<Wish>) -> Answer {
    let actor = visit.signed_in()?;
    policy::administer(actor)?;
    visit.scope(Scope::TicketsWrite)?;
    let mut tx = visit.app.db.write().await?;
    let mailbox = Mailbox::get(&mut tx, id(&mailbox)?).await?;
    let mailbox = mailbox.change(&mut tx, actor, &input.take()?).await?;
    tx.commit().await?;
    web::json(&MailboxJson::from(mailbox))
}

/// Remove a mailbox.
#[utoipa::path(delete, path = "/api/mail/mailboxes/{id}", tag = "Mailboxes", operation_id = "removeMailbox", security(("bearer" = ["tickets:write"]), ("session" = [])),
    description = "Mails that came by it stay.", params(MailboxPath), responses((status = 204, description = "It is gone"), Refused))]
async fn remove(visit: Visit, Path(mailbox): Path<String>) -> Answer {
    let actor = visit.signed_in()?;
    policy::administer(actor)?;
    visit.scope(Scope::TicketsWrite)?;
    let mut tx = visit.app.db.write().await?;
    Mailbox::get(&mut tx, id(&mailbox)?).await?.remove(&mut tx, actor).await?;
    tx.commit().await?;
    web::no_content()
}
