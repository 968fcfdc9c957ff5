//! The JSON API of mail.

pub(crate) mod mailboxes;
pub(crate) mod sending;
mod sending_shapes;
pub(crate) mod shapes;

use crate::{
    Arrival, Fate, Intake, Mailbox, MailboxId, Origin, Search, Via,
    arrival::MOST,
    policy::{self, Deed},
};
use db::Id;
use kernel::{Fault, Result, Scope};
use shapes::{ArrivalJson, ArrivalPage, Foreseen, InboundQuery, ListQuery, MailPath, Refused};
use utoipa::OpenApi;
use web::{Answer, Asked, Fields, Form, Path, Raw, Routes, StatusCode, Visit};

pub(crate) fn routes() -> Routes {
    Routes::new()
        .post("/api/mail/inbound", inbound)
        .get("/api/mail", list)
        .get("/api/mail/{id}", show)
        .get("/api/mail/{id}/source", source)
        .post("/api/mail/{id}/replay", replay)
        .post("/api/mail/{id}/let-in", let_in)
        .merge(mailboxes::routes())
        .merge(sending::routes())
        .merge(crate::fetch::api::routes())
}

#[derive(OpenApi)]
#[openapi(paths(inbound, list, show, source, replay, let_in), tags((name = "Mail", description = "Mails that came, each with its fate. For staff.")))]
pub(crate) struct Doc;

/// An id from a path; what is not one names nothing.
pub(crate) fn id<T>(text: &str) -> Result<Id<T>> {
    text.parse().map_err(|_| Fault::Missing)
}

struct Handed {
    is_dry: bool,
    from: Option<String>,
    to: Option<String>,
}

impl Form for Handed {
    fn read(fields: &mut Fields) -> Self {
        Self { is_dry: fields.boolean("dry_run"), from: fields.optional_text("from", 320), to: fields.optional_email("to") }
    }
}

/// Hand over a mail.
#[utoipa::path(post, path = "/api/mail/inbound", tag = "Mail", operation_id = "handOverMail", security(("bearer" = ["tickets:write"]), ("session" = [])),
    description = "The body is the raw mail (RFC 5322). It is kept, then read, and answered with its fate. `dry_run=1` keeps nothing and answers what the mail says and the fate that it would have. For admins. The same mail twice is a `DUPLICATE`.",
    params(InboundQuery), request_body(content = Vec<u8>, content_type = "message/rfc822", description = "The raw mail, 50 MB at most"),
    responses((status = 201, description = "It is kept", body = ArrivalJson), (status = 200, description = "What it says and the fate that it would have (`dry_run=1`)", body = Foreseen), Refused))]
async fn inbound(visit: Visit, Asked(handed): Asked<Handed>, raw: Raw) -> Answer {
    let actor = visit.signed_in()?;
    visit.scope(Scope::TicketsWrite)?;
    policy::administer(actor)?;
    let raw = raw.bytes("message/rfc822", MOST).await?;
    if raw.is_empty() {
        return Err(Fault::field("body", "The mail is empty.").into());
    }
    let mailbox = match &handed.to {
        Some(address) => Mailbox::of_address(&mut visit.app.db.read().await?, address).await?.map(|mailbox| mailbox.id),
        None => None,
    };
    let origin = Origin { mailbox, via: Via::Api, envelope_from: handed.from, envelope_to: handed.to, uid: None, client: None };
    if handed.is_dry {
        let (judged, read) = Intake::of(&visit.app)?.foresee(&Arrival::not_kept(&origin, visit.app.db.clock().now()), raw).await?;
        let number = shapes::number(&mut visit.app.db.read().await?, judged.ticket).await?;
        return web::json(&Foreseen::of(judged, number, &read));
    }
    let arrival = crate::take(&visit.app, &origin, raw).await?;
    let number = shapes::number(&mut visit.app.db.read().await?, arrival.ticket_id).await?;
    web::json_with(StatusCode::CREATED, &ArrivalJson::of(arrival, number))
}

struct Listed {
    fate: Option<Fate>,
    mailbox: Option<MailboxId>,
    limit: i64,
    cursor: Option<Id<Arrival>>,
}

impl Form for Listed {
    fn read(fields: &mut Fields) -> Self {
        Self {
            fate: fields.word("fate", Fate::WORDS),
            mailbox: fields.id("mailboxId"),
            limit: fields.integer("limit", 1..=100).unwrap_or(25),
            cursor: fields.id("cursor"),
        }
    }
}

/// List mails.
#[utoipa::path(get, path = "/api/mail", tag = "Mail", operation_id = "listMails", security(("bearer" = ["tickets:read"]), ("session" = [])),
    description = "Mails that came, the newest first. For supervisors.", params(ListQuery), responses((status = 200, description = "A page of mails", body = ArrivalPage), Refused))]
async fn list(visit: Visit, Asked(asked): Asked<Listed>) -> Answer {
    let actor = visit.signed_in()?;
    visit.scope(Scope::TicketsRead)?;
    policy::list(actor)?;
    let mut conn = visit.app.db.read().await?;
    let mut found = Arrival::find(&mut conn, &Search { fate: asked.fate, mailbox: asked.mailbox, before: asked.cursor, limit: asked.limit + 1 }).await?;
    let wanted = usize::try_from(asked.limit).unwrap_or(25);
    let more = found.len() > wanted;
    found.truncate(wanted);
    let next = found.last().filter(|_| more).map(|last| last.id);
    let mut items = Vec::with_capacity(found.len());
    for arrival in found {
        let number = shapes::number(&mut conn, arrival.ticket_id).await?;
        items.push(ArrivalJson::of(arrival, number));
    }
    web::json(&ArrivalPage { items, next_cursor: next })
}

/// Get a mail.
#[utoipa::path(get, path = "/api/mail/{id}", tag = "Mail", operation_id = "getMail", security(("bearer" = ["tickets:read"]), ("session" = [])),
    description = "One mail and its fate. For supervisors, and for staff who see the ticket that it stands in or is held at.", params(MailPath),
    responses((status = 200, description = "The mail", body = ArrivalJson), Refused))]
async fn show(visit: Visit, Path(mail): Path<String>) -> Answer {
    let actor = visit.signed_in()?;
    visit.scope(Scope::TicketsRead)?;
    let mut conn = visit.app.db.read().await?;
    let arrival = policy::open(&mut conn, actor, id(&mail)?, Deed::See).await?;
    let number = shapes::number(&mut conn, arrival.ticket_id).await?;
    web::json(&ArrivalJson::of(arrival, number))
}

/// Get the source of a mail.
#[utoipa::path(get, path = "/api/mail/{id}/source", tag = "Mail", operation_id = "getMailSource", security(("bearer" = ["tickets:read"]), ("session" = [])),
    description = "The raw bytes, as they came.", params(MailPath), responses((status = 200, description = "The raw mail", body = Vec<u8>, content_type = "message/rfc822"), Refused))]
async fn source(visit: Visit, Path(mail): Path<String>) -> Answer {
    let actor = visit.signed_in()?;
    visit.scope(Scope::TicketsRead)?;
    download(&visit, actor, &mail).await
}

/// The raw bytes as a file; never shown in place.
pub(crate) async fn download(visit: &Visit, actor: &kernel::Actor, mail: &str) -> Answer {
    let arrival = policy::open(&mut visit.app.db.read().await?, actor, id(mail)?, Deed::See).await?;
    let raw = arrival.raw(&*files::Store::of(&visit.app)?).await?;
    web::download("message/rfc822", &format!("{}.eml", arrival.id), raw)
}

/// Work on a mail again.
#[utoipa::path(post, path = "/api/mail/{id}/replay", tag = "Mail", operation_id = "replayMail", security(("bearer" = ["tickets:write"]), ("session" = [])),
    description = "Its fate is decided anew, as things are now. 409 when it stands in a ticket.", params(MailPath), responses((status = 200, description = "The mail with its new fate", body = ArrivalJson), Refused))]
async fn replay(visit: Visit, Path(mail): Path<String>) -> Answer {
    again(&visit, &mail, false).await
}

/// Let a mail in.
#[utoipa::path(post, path = "/api/mail/{id}/let-in", tag = "Mail", operation_id = "letMailIn", security(("bearer" = ["tickets:write"]), ("session" = [])),
    description = "You vouch for it: it joins the ticket that it was held at, and its sender takes part from now on; or it opens a new one.", params(MailPath),
    responses((status = 200, description = "The mail with its new fate", body = ArrivalJson), Refused))]
async fn let_in(visit: Visit, Path(mail): Path<String>) -> Answer {
    again(&visit, &mail, true).await
}

async fn again(visit: &Visit, mail: &str, vouched: bool) -> Answer {
    visit.signed_in()?;
    visit.scope(Scope::TicketsWrite)?;
    let arrival = worked(visit, mail, vouched).await?;
    let number = shapes::number(&mut visit.app.db.read().await?, arrival.ticket_id).await?;
    web::json(&ArrivalJson::of(arrival, number))
}

/// Lets it in, or has it worked on anew; answers it with its fate.
pub(crate) async fn worked(visit: &Visit, mail: &str, vouched: bool) -> Result<Arrival> {
    let mut tx = visit.app.db.write().await?;
    let arrival = policy::open(&mut tx, &visit.actor, id(mail)?, Deed::Work).await?;
    if vouched {
        arrival.let_in(&mut tx, &visit.actor).await?;
    } else {
        arrival.replay(&mut tx, &visit.actor).await?;
    }
    tx.commit().await?;
    Intake::of(&visit.app)?.decide(arrival.id).await
}
