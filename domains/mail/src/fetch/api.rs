//! Fetching by the API: for admins.

use super::{
    Ground, connect,
    shapes::{FetchingBody, FetchingJson, TriedJson},
    source::{FetchWish, Fetching},
};
use crate::{
    Mailbox,
    api::{
        id,
        shapes::{MailboxPath, Refused},
    },
    policy,
};
use kernel::{Fault, Result, Scope};
use seal::Seal;
use utoipa::OpenApi;
use web::{Answer, Input, Path, Routes, Visit};

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/api/mail/mailboxes/{id}/fetching", show)
        .put("/api/mail/mailboxes/{id}/fetching", set)
        .delete("/api/mail/mailboxes/{id}/fetching", remove)
        .post("/api/mail/mailboxes/{id}/fetching/test", test)
}

#[derive(OpenApi)]
#[openapi(paths(show, set, remove, test))]
pub(crate) struct Doc;

/// Get how a mailbox is fetched.
#[utoipa::path(get, path = "/api/mail/mailboxes/{id}/fetching", tag = "Mailboxes", operation_id = "getFetching", security(("bearer" = ["tickets:read"]), ("session" = [])),
    description = "Where its mail is fetched from (IMAP), and how that goes. 404 when it is not fetched.", params(MailboxPath), responses((status = 200, description = "As it is", body = FetchingJson), Refused))]
async fn show(visit: Visit, Path(mailbox): Path<String>) -> Answer {
    policy::administer(visit.signed_in()?)?;
    visit.scope(Scope::TicketsRead)?;
    let fetching = kept(&visit, &mailbox).await?;
    web::json(&FetchingJson::of(fetching, visit.app.db.clock().now()))
}

/// Set how a mailbox is fetched.
#[utoipa::path(put, path = "/api/mail/mailboxes/{id}/fetching", tag = "Mailboxes", operation_id = "setFetching", security(("bearer" = ["tickets:write"]), ("session" = [])),
    description = "Replaces all of its fields but the secrets that are left out. Another server, account or folder begins anew.", params(MailboxPath), request_body = FetchingBody, responses((status = 200, description = "As it is now", body = FetchingJson), Refused))]
async fn set(visit: Visit, Path(mailbox): Path<String>, input: Input<FetchWish>) -> Answer {
    let actor = visit.signed_in()?;
    policy::administer(actor)?;
    visit.scope(Scope::TicketsWrite)?;
    let mut tx = visit.app.db.write().await?;
    let mailbox = Mailbox::get(&mut tx, id(&mailbox)?).await?;
    let fetching = Fetching::set(&mut tx, actor, &Seal::new(visit.app.secret), &mailbox, &input.take()?).await?;
    let now = tx.now();
    tx.commit().await?;
    web::json(&FetchingJson::of(fetching, now))
}

/// Fetch a mailbox no more.
#[utoipa::path(delete, path = "/api/mail/mailboxes/{id}/fetching", tag = "Mailboxes", operation_id = "removeFetching", security(("bearer" = ["tickets:write"]), ("session" = [])),
    description = "Its secrets are forgotten. Mails that came stay.", params(MailboxPath), responses((status = 204, description = "It is fetched no more"), Refused))]
async fn remove(visit: Visit, Path(mailbox): Path<String>) -> Answer {
    let actor = visit.signed_in()?;
    policy::administer(actor)?;
    visit.scope(Scope::TicketsWrite)?;
    let mut tx = visit.app.db.write().await?;
    Fetching::of(&mut tx, id(&mailbox)?).await?.ok_or(Fault::Missing)?.remove(&mut tx, actor).await?;
    tx.commit().await?;
    web::no_content()
}

/// Try whether a mailbox can be fetched.
#[utoipa::path(post, path = "/api/mail/mailboxes/{id}/fetching/test", tag = "Mailboxes", operation_id = "testFetching", security(("bearer" = ["tickets:write"]), ("session" = [])),
    description = "Signs in and opens the folder; takes nothing.", params(MailboxPath), responses((status = 200, description = "What came of it", body = TriedJson), Refused))]
async fn test(visit: Visit, Path(mailbox): Path<String>) -> Answer {
    policy::administer(visit.signed_in()?)?;
    visit.scope(Scope::TicketsWrite)?;
    let fetching = kept(&visit, &mailbox).await?;
    web::json(&tried(&visit, &fetching).await?)
}

async fn kept(visit: &Visit, mailbox: &str) -> Result<Fetching> {
    Fetching::of(&mut visit.app.db.read().await?, id(mailbox)?).await?.ok_or(Fault::Missing)
}

/// Signs in, opens the folder, and goes away.
pub(super) async fn tried(visit: &Visit, fetching: &Fetching) -> Result<TriedJson> {
    Ok(match connect::open(&Ground::of(&visit.app)?, fetching).await {
        Ok((_, folder)) => {
            let mails = if folder.exists == 1 { "1 mail".to_owned() } else { format!("{} mails", folder.exists) };
            TriedJson { works: true, words: format!("Signed in. {} has {mails}.", fetching.folder), mails: Some(folder.exists) }
        }
        Err(trouble) => TriedJson { works: false, words: trouble.to_string(), mails: None },
    })
}
