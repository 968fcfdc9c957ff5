//! Incidents and their updates by the API: staff alone.

mod shapes;

use crate::{
    Incident, Outcome, Update,
    incident::TITLE,
    pages::{After, Words},
    policy, reach,
};
use db::{Conn, Id, Timestamp};
use kernel::{Actor, Fault, Result, Scope};
use shapes::{Asked as AskedUpdate, IncidentBody, IncidentJson, ItemJson, ItemsJson, Late, NewUpdate, Refused, TicketPath, UpdateJson, UpdatePage, UpdatePath};
use tickets::TicketId;
use utoipa::OpenApi;
use web::{Answer, Asked, Cursor, Fields, Form, Input, Path, Routes, StatusCode, Visit};

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/api/support/tickets/{id}/incident", show)
        .put("/api/support/tickets/{id}/incident", open)
        .delete("/api/support/tickets/{id}/incident", end)
        .get("/api/support/tickets/{id}/updates", list)
        .post("/api/support/tickets/{id}/updates", send)
        .get("/api/support/tickets/{id}/updates/{update}", look)
        .get("/api/support/tickets/{id}/updates/{update}/items", items)
}

#[derive(OpenApi)]
#[openapi(paths(show, open, end, list, send, look, items), tags((name = "Incidents", description = "A ticket that others are children of, and updates that go to all of them. For staff.")))]
struct Doc;

/// This room's part of the API document.
pub fn openapi() -> utoipa::openapi::OpenApi {
    Doc::openapi()
}

fn id<T>(text: &str) -> Result<Id<T>> {
    text.parse().map_err(|_| Fault::Missing)
}

/// Signed in with the scope; the gates of the tickets decide the rest.
fn caller(visit: &Visit, scope: Scope) -> Result<&Actor> {
    let actor = visit.signed_in()?;
    visit.scope(scope)?;
    Ok(actor)
}

async fn shown(conn: &mut Conn, ticket: TicketId) -> Result<IncidentJson> {
    let incident = Incident::of(conn, ticket).await?.ok_or(Fault::Missing)?;
    let children = reach::children(conn, ticket).await?;
    Ok(IncidentJson { ticket_id: ticket, public_title: incident.public_title, children, opened_by: incident.opened_by, opened_at: incident.opened_at })
}

/// Get an incident.
#[utoipa::path(get, path = "/api/support/tickets/{id}/incident", tag = "Incidents", operation_id = "getIncident", security(("bearer" = ["tickets:read"]), ("session" = [])),
    description = "That a ticket is an incident, and how many children it has. 404 when it is none.", params(TicketPath),
    responses((status = 200, description = "The incident", body = IncidentJson), Refused))]
async fn show(visit: Visit, Path(ticket): Path<String>) -> Answer {
    let actor = caller(&visit, Scope::TicketsRead)?;
    let mut conn = visit.app.db.read().await?;
    let ticket = policy::look(&mut conn, actor, id(&ticket)?).await?;
    web::json(&shown(&mut conn, ticket.id).await?)
}

struct Wish {
    public_title: Option<String>,
}

impl Form for Wish {
    fn read(fields: &mut Fields) -> Self {
        Self { public_title: fields.optional_text("publicTitle", TITLE) }
    }
}

/// Make a ticket an incident.
#[utoipa::path(put, path = "/api/support/tickets/{id}/incident", tag = "Incidents", operation_id = "openIncident", security(("bearer" = ["tickets:write"]), ("session" = [])),
    description = "Marks it, or gives it another public title; left out, it is not public. Its children are the tickets linked to it as `CHILD_OF`. Twice is the same as once.", params(TicketPath), request_body = IncidentBody,
    responses((status = 200, description = "The incident", body = IncidentJson), Refused, Late))]
async fn open(visit: Visit, Path(ticket): Path<String>, input: Input<Wish>) -> Answer {
    let actor = caller(&visit, Scope::TicketsWrite)?;
    let mut tx = visit.app.db.write().await?;
    let ticket = policy::work(&mut tx, actor, id(&ticket)?).await?;
    let wish = input.take()?;
    Incident::open(&mut tx, actor, &ticket, wish.public_title.as_deref()).await?;
    let incident = shown(&mut tx, ticket.id).await?;
    tx.commit().await?;
    web::json(&incident)
}

/// Make it an ordinary ticket again.
#[utoipa::path(delete, path = "/api/support/tickets/{id}/incident", tag = "Incidents", operation_id = "endIncident", security(("bearer" = ["tickets:write"]), ("session" = [])),
    description = "Links and what was sent stay. Twice is the same as once.", params(TicketPath), responses((status = 204, description = "It is no incident"), Refused, Late))]
async fn end(visit: Visit, Path(ticket): Path<String>) -> Answer {
    let actor = caller(&visit, Scope::TicketsWrite)?;
    let mut tx = visit.app.db.write().await?;
    let ticket = policy::work(&mut tx, actor, id(&ticket)?).await?;
    Incident::end(&mut tx, actor, ticket.id).await?;
    tx.commit().await?;
    web::no_content()
}

struct Page {
    limit: i64,
    cursor: Option<String>,
}

impl Form for Page {
    fn read(fields: &mut Fields) -> Self {
        Self { limit: fields.integer("limit", 1..=100).unwrap_or(25), cursor: fields.optional_text("cursor", 300) }
    }
}

/// The sort that a cursor of updates belongs to.
const SORT: &str = "updates";

/// List updates.
#[utoipa::path(get, path = "/api/support/tickets/{id}/updates", tag = "Incidents", operation_id = "listUpdates", security(("bearer" = ["tickets:read"]), ("session" = [])),
    description = "Updates of an incident, the newest first.", params(TicketPath, AskedUpdate), responses((status = 200, description = "A page of updates", body = UpdatePage), Refused))]
async fn list(visit: Visit, Path(ticket): Path<String>, Asked(page): Asked<Page>) -> Answer {
    let actor = caller(&visit, Scope::TicketsRead)?;
    let mut conn = visit.app.db.read().await?;
    let ticket = policy::look(&mut conn, actor, id(&ticket)?).await?.id;
    let before = page.cursor.as_deref().map(|cursor| Cursor::decode(cursor, SORT)).transpose()?;
    let before = before.map(|cursor| (Timestamp::from_micros(cursor.value), cursor.id.into()));
    let mut found = Update::of(&mut conn, ticket, before, page.limit + 1).await?;
    let more = i64::try_from(found.len()).unwrap_or(i64::MAX) > page.limit;
    if more {
        found.pop();
    }
    let next_cursor = found.last().filter(|_| more).map(|last| Cursor { sort: SORT.to_owned(), value: last.created_at.micros(), id: last.id.uuid() }.encode());
    web::json(&UpdatePage { items: found.into_iter().map(Into::into).collect(), next_cursor })
}

/// Send an update.
#[utoipa::path(post, path = "/api/support/tickets/{id}/updates", tag = "Incidents", operation_id = "sendUpdate", security(("bearer" = ["tickets:write"]), ("session" = [])),
    description = "One public reply in the incident's own thread and in that of each child, in your name and with your rights; each child gets it once. It begins at once and can't be taken back. A child that can't get it does not keep the others from it.", params(TicketPath), request_body = NewUpdate,
    responses((status = 202, headers(("Location" = String, description = "Where its progress is")), description = "It has begun", body = UpdateJson), Refused, Late))]
async fn send(visit: Visit, Path(ticket): Path<String>, input: Input<Words>) -> Answer {
    let actor = caller(&visit, Scope::TicketsWrite)?;
    let seal = input.seal.clone();
    let mut tx = visit.app.db.write().await?;
    let ticket = policy::work(&mut tx, actor, id(&ticket)?).await?;
    let words = input.take()?;
    if let Some(answer) = seal.replay(&mut tx, &visit).await? {
        return Ok(answer);
    }
    let update = Update::ask(&mut tx, actor, &ticket, words.content, words.status).await?;
    let place = format!("/api/support/tickets/{}/updates/{}", ticket.id, update.id);
    let answer = seal.keep_json(&mut tx, &visit, StatusCode::ACCEPTED, Some(&place), &UpdateJson::from(update)).await?;
    tx.commit().await?;
    Ok(answer)
}

/// Get the progress of an update.
#[utoipa::path(get, path = "/api/support/tickets/{id}/updates/{update}", tag = "Incidents", operation_id = "getUpdate", security(("bearer" = ["tickets:read"]), ("session" = [])),
    description = "How many children have it so far.", params(UpdatePath), responses((status = 200, description = "How far it is", body = UpdateJson), Refused))]
async fn look(visit: Visit, Path((ticket, update)): Path<(String, String)>) -> Answer {
    let actor = caller(&visit, Scope::TicketsRead)?;
    let (_, update) = Update::get(&mut visit.app.db.read().await?, actor, id(&ticket)?, id(&update)?).await?;
    web::json(&UpdateJson::from(update))
}

struct Items {
    outcome: Outcome,
    limit: i64,
    after: After,
}

impl Form for Items {
    fn read(fields: &mut Fields) -> Self {
        Self {
            outcome: fields.word("outcome", Outcome::WORDS).unwrap_or(Outcome::Missed),
            limit: fields.integer("limit", 1..=1_000).unwrap_or(100),
            after: After::read(fields),
        }
    }
}

/// List children of an update.
#[utoipa::path(get, path = "/api/support/tickets/{id}/updates/{update}/items", tag = "Incidents", operation_id = "listUpdateItems", security(("bearer" = ["tickets:read"]), ("session" = [])),
    description = "What became of each child: those of one outcome, in their order, with the reason.", params(UpdatePath, shapes::ItemFilter),
    responses((status = 200, description = "A page of children", body = ItemsJson), Refused))]
async fn items(visit: Visit, Path((ticket, update)): Path<(String, String)>, Asked(asked): Asked<Items>) -> Answer {
    let actor = caller(&visit, Scope::TicketsRead)?;
    let mut conn = visit.app.db.read().await?;
    let (_, update) = Update::get(&mut conn, actor, id(&ticket)?, id(&update)?).await?;
    let mut found = update.items(&mut conn, actor, asked.outcome, asked.after.0, asked.limit + 1).await?;
    let more = i64::try_from(found.len()).unwrap_or(i64::MAX) > asked.limit;
    if more {
        found.pop();
    }
    let next_after = found.last().filter(|_| more).map(|last| last.position);
    web::json(&ItemsJson { items: found.into_iter().map(ItemJson::from).collect(), next_after })
}
