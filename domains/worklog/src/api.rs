//! Checklists and time by the API: staff alone.

mod shapes;

use crate::{
    Entry, Item, Template,
    checklist::{Move, TEXT},
    policy,
    time::{Spent, parts},
};
use accounts::Problem;
use db::{Id, Timestamp};
use kernel::{Actor, Fault, Result, Scope};
use shapes::{EntryChange, EntryJson, EntryPage, NewEntry, NewStep, StepChange, StepJson, StepList};
use tickets::TicketId;
use utoipa::OpenApi;
use web::{Answer, Asked, Cursor, Fields, Form, Input, Path, Routes, StatusCode, Visit};

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/api/support/tickets/{id}/checklist", steps)
        .post("/api/support/tickets/{id}/checklist", add_step)
        .put("/api/support/tickets/{id}/checklist/{item}", change_step)
        .delete("/api/support/tickets/{id}/checklist/{item}", remove_step)
        .get("/api/support/tickets/{id}/time", entries)
        .post("/api/support/tickets/{id}/time", add_entry)
        .put("/api/support/tickets/{id}/time/{entry}", change_entry)
        .delete("/api/support/tickets/{id}/time/{entry}", remove_entry)
}

#[derive(OpenApi)]
#[openapi(
    paths(steps, add_step, change_step, remove_step, entries, add_entry, change_entry, remove_entry),
    components(schemas(StepJson, StepList, NewStep, StepChange, EntryJson, EntryPage, NewEntry, EntryChange, Problem)),
    tags(
        (name = "Checklists", description = "Steps to do on a ticket. For staff."),
        (name = "Time", description = "Time spent on a ticket. For staff."),
    ))]
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

/// List steps.
#[utoipa::path(get, path = "/api/support/tickets/{id}/checklist", tag = "Checklists", operation_id = "listSteps",
    description = "The checklist of a ticket, in its order.", params(("id" = uuid::Uuid, Path, description = "The ticket's id")), security(("bearer" = ["tickets:read"]), ("session" = [])),
    responses((status = 200, description = "The steps", body = StepList),
        (status = 401, description = "No token, or one that is not known", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "The token lacks the scope, or you are not staff", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is no such ticket, or not for you", body = Problem, content_type = "application/problem+json")))]
async fn steps(visit: Visit, Path(ticket): Path<String>) -> Answer {
    let actor = caller(&visit, Scope::TicketsRead)?;
    let mut conn = visit.app.db.read().await?;
    let ticket = policy::look(&mut conn, actor, id(&ticket)?).await?;
    web::json(&list(&mut conn, ticket.id).await?)
}

async fn list(conn: &mut db::Conn, ticket: TicketId) -> Result<StepList> {
    let parts = parts(conn, ticket).await?;
    Ok(StepList { items: Item::of(conn, &parts).await?.into_iter().map(Into::into).collect(), next_cursor: None })
}

struct Add {
    text: Option<String>,
    template: Option<Id<Template>>,
}

impl Form for Add {
    fn read(fields: &mut Fields) -> Self {
        let (text, template) = (fields.optional_text("text", TEXT), fields.id("templateId"));
        if text.is_none() && template.is_none() {
            fields.errors.add("text", "Send a text or a templateId.");
        }
        Self { text, template }
    }
}

/// Add steps.
#[utoipa::path(post, path = "/api/support/tickets/{id}/checklist", tag = "Checklists", operation_id = "addSteps",
    description = "Adds a step at the end, or all steps of a template.", params(("id" = uuid::Uuid, Path, description = "The ticket's id")), request_body(content = NewStep), security(("bearer" = ["tickets:write"]), ("session" = [])),
    responses((status = 201, description = "The whole checklist", body = StepList),
        (status = 401, description = "No token, or one that is not known", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "The token lacks the scope, or you may see the ticket and may not change it", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is no such ticket, or not for you", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "The ticket goes on in another one (`merged`)", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "A field or parameter is unknown, missing or wrong; or the Idempotency-Key was used for something else", body = Problem, content_type = "application/problem+json")))]
async fn add_step(visit: Visit, Path(ticket): Path<String>, input: Input<Add>) -> Answer {
    let actor = caller(&visit, Scope::TicketsWrite)?;
    let seal = input.seal.clone();
    let mut tx = visit.app.db.write().await?;
    let ticket = policy::work(&mut tx, actor, id(&ticket)?).await?;
    let add = input.take()?;
    if let Some(answer) = seal.replay(&mut tx, &visit).await? {
        return Ok(answer);
    }
    match (add.text, add.template) {
        (Some(text), _) => drop(Item::add(&mut tx, actor, ticket.id, &text).await?),
        (None, Some(template)) => {
            let template = Template::get(&mut tx, template).await.map_err(|_| Fault::field("templateId", "There is no such template."))?;
            Item::apply(&mut tx, actor, ticket.id, &template).await?;
        }
        (None, None) => {}
    }
    let steps = list(&mut tx, ticket.id).await?;
    let answer = seal.keep_json(&mut tx, &visit, StatusCode::CREATED, None, &steps).await?;
    tx.commit().await?;
    Ok(answer)
}

struct Change {
    text: Option<String>,
    done: Option<bool>,
    place: Option<i64>,
}

impl Form for Change {
    fn read(fields: &mut Fields) -> Self {
        let has_done = fields.has("done");
        Self { text: fields.optional_text("text", TEXT), done: has_done.then(|| fields.boolean("done")), place: fields.integer("place", 0..=100) }
    }
}

/// Change a step.
#[utoipa::path(put, path = "/api/support/tickets/{id}/checklist/{item}", tag = "Checklists", operation_id = "changeStep",
    description = "Ticks a step off or back, moves it, or says it in other words. Twice is the same as once.", params(("id" = uuid::Uuid, Path, description = "The ticket's id"), ("item" = uuid::Uuid, Path, description = "The step's id")), request_body(content = StepChange), security(("bearer" = ["tickets:write"]), ("session" = [])),
    responses((status = 200, description = "The whole checklist", body = StepList),
        (status = 401, description = "No token, or one that is not known", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "The token lacks the scope, or you may see the ticket and may not change it", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is no such ticket or step, or not for you", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "The ticket goes on in another one (`merged`)", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "A field or parameter is unknown, missing or wrong; or the Idempotency-Key was used for something else", body = Problem, content_type = "application/problem+json")))]
async fn change_step(visit: Visit, Path((ticket, item)): Path<(String, String)>, input: Input<Change>) -> Answer {
    let actor = caller(&visit, Scope::TicketsWrite)?;
    let mut tx = visit.app.db.write().await?;
    let ticket = policy::work(&mut tx, actor, id(&ticket)?).await?.id;
    let (change, item) = (input.take()?, id(&item)?);
    if let Some(text) = &change.text {
        Item::rewrite(&mut tx, actor, ticket, item, text).await?;
    }
    if let Some(is_done) = change.done {
        Item::tick(&mut tx, actor, ticket, item, is_done).await?;
    }
    if let Some(place) = change.place {
        Item::shift(&mut tx, actor, ticket, item, Move::To(usize::try_from(place).unwrap_or_default())).await?;
    }
    let steps = list(&mut tx, ticket).await?;
    tx.commit().await?;
    web::json(&steps)
}

/// Remove a step.
#[utoipa::path(delete, path = "/api/support/tickets/{id}/checklist/{item}", tag = "Checklists", operation_id = "removeStep",
    description = "Takes a step off the list. Twice is the same as once.", params(("id" = uuid::Uuid, Path, description = "The ticket's id"), ("item" = uuid::Uuid, Path, description = "The step's id")), security(("bearer" = ["tickets:write"]), ("session" = [])),
    responses((status = 204, description = "It is gone"),
        (status = 401, description = "No token, or one that is not known", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "The token lacks the scope, or you may see the ticket and may not change it", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is no such ticket or step, or not for you", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "The ticket goes on in another one (`merged`)", body = Problem, content_type = "application/problem+json")))]
async fn remove_step(visit: Visit, Path((ticket, item)): Path<(String, String)>) -> Answer {
    let actor = caller(&visit, Scope::TicketsWrite)?;
    let mut tx = visit.app.db.write().await?;
    let ticket = policy::work(&mut tx, actor, id(&ticket)?).await?;
    Item::remove(&mut tx, actor, ticket.id, id(&item)?).await?;
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

/// The sort that a cursor of the time belongs to.
const SORT: &str = "time";

/// List time.
#[utoipa::path(get, path = "/api/support/tickets/{id}/time", tag = "Time", operation_id = "listTime",
    description = "Time spent on a ticket and on those merged into it, the newest entry first, with the total of all.",
    params(("id" = uuid::Uuid, Path, description = "The ticket's id"), ("limit" = Option<i64>, Query, description = "1 to 100, by default 25", minimum = 1, maximum = 100), ("cursor" = Option<String>, Query, description = "`nextCursor` of the page before")), security(("bearer" = ["tickets:read"]), ("session" = [])),
    responses((status = 200, description = "A page of entries", body = EntryPage),
        (status = 401, description = "No token, or one that is not known", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "The token lacks the scope, or you are not staff", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is no such ticket, or not for you", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "A field or parameter is unknown, missing or wrong; or the Idempotency-Key was used for something else", body = Problem, content_type = "application/problem+json")))]
async fn entries(visit: Visit, Path(ticket): Path<String>, Asked(page): Asked<Page>) -> Answer {
    let actor = caller(&visit, Scope::TicketsRead)?;
    let mut conn = visit.app.db.read().await?;
    let ticket = policy::look(&mut conn, actor, id(&ticket)?).await?.id;
    let before = page.cursor.as_deref().map(|cursor| Cursor::decode(cursor, SORT)).transpose()?;
    let before = before.map(|cursor| (Timestamp::from_micros(cursor.value), cursor.id.into()));
    let parts = parts(&mut conn, ticket).await?;
    let mut found = Entry::of(&mut conn, &parts, before, page.limit + 1).await?;
    let more = i64::try_from(found.len()).unwrap_or(i64::MAX) > page.limit;
    if more {
        found.pop();
    }
    let next_cursor = found.last().filter(|_| more).map(|last| Cursor { sort: SORT.to_owned(), value: last.created_at.micros(), id: last.id.uuid() }.encode());
    let total_seconds = Entry::total(&mut conn, &parts).await?;
    web::json(&EntryPage { items: found.into_iter().map(Into::into).collect(), next_cursor, total_seconds })
}

struct New(Spent);

impl Form for New {
    fn read(fields: &mut Fields) -> Self {
        Self(Spent::read_json(fields))
    }
}

/// Add time.
#[utoipa::path(post, path = "/api/support/tickets/{id}/time", tag = "Time", operation_id = "addTime",
    description = "Writes down time that you spent, on the ticket or on one of its messages.", params(("id" = uuid::Uuid, Path, description = "The ticket's id")), request_body(content = NewEntry), security(("bearer" = ["tickets:write"]), ("session" = [])),
    responses((status = 201, description = "The entry", body = EntryJson),
        (status = 401, description = "No token, or one that is not known", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "The token lacks the scope, or you may see the ticket and may not change it", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is no such ticket, or not for you", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "The ticket goes on in another one (`merged`)", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "A field or parameter is unknown, missing or wrong; or the Idempotency-Key was used for something else", body = Problem, content_type = "application/problem+json")))]
async fn add_entry(visit: Visit, Path(ticket): Path<String>, input: Input<New>) -> Answer {
    let actor = caller(&visit, Scope::TicketsWrite)?;
    let seal = input.seal.clone();
    let mut tx = visit.app.db.write().await?;
    let ticket = policy::work(&mut tx, actor, id(&ticket)?).await?.id;
    let New(spent) = input.take()?;
    if let Some(answer) = seal.replay(&mut tx, &visit).await? {
        return Ok(answer);
    }
    let entry = EntryJson::from(Entry::add(&mut tx, actor, ticket, &spent).await?);
    let answer = seal.keep_json(&mut tx, &visit, StatusCode::CREATED, None, &entry).await?;
    tx.commit().await?;
    Ok(answer)
}

struct Other(Spent);

impl Form for Other {
    fn read(fields: &mut Fields) -> Self {
        Self(Spent::of_json(fields))
    }
}

/// Change time.
#[utoipa::path(put, path = "/api/support/tickets/{id}/time/{entry}", tag = "Time", operation_id = "changeTime",
    description = "Replaces length and note of an entry of your own; supervisors any.", params(("id" = uuid::Uuid, Path, description = "The ticket's id"), ("entry" = uuid::Uuid, Path, description = "The entry's id")), request_body(content = EntryChange), security(("bearer" = ["tickets:write"]), ("session" = [])),
    responses((status = 200, description = "The entry", body = EntryJson),
        (status = 401, description = "No token, or one that is not known", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "The token lacks the scope, or it is somebody else's", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is no such ticket or entry, or not for you", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "It was changed at this very moment (`entry-changed`), or the ticket goes on in another one (`merged`)", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "A field or parameter is unknown, missing or wrong; or the Idempotency-Key was used for something else", body = Problem, content_type = "application/problem+json")))]
async fn change_entry(visit: Visit, Path((ticket, entry)): Path<(String, String)>, input: Input<Other>) -> Answer {
    let actor = caller(&visit, Scope::TicketsWrite)?;
    let mut tx = visit.app.db.write().await?;
    let ticket = policy::work(&mut tx, actor, id(&ticket)?).await?.id;
    let Other(spent) = input.take()?;
    let entry = Entry::change(&mut tx, actor, ticket, id(&entry)?, &spent).await?;
    tx.commit().await?;
    web::json(&EntryJson::from(entry))
}

/// Remove time.
#[utoipa::path(delete, path = "/api/support/tickets/{id}/time/{entry}", tag = "Time", operation_id = "removeTime",
    description = "Removes an entry of your own; supervisors any. Twice is the same as once.", params(("id" = uuid::Uuid, Path, description = "The ticket's id"), ("entry" = uuid::Uuid, Path, description = "The entry's id")), security(("bearer" = ["tickets:write"]), ("session" = [])),
    responses((status = 204, description = "It is gone"),
        (status = 401, description = "No token, or one that is not known", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "The token lacks the scope, or it is somebody else's", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is no such ticket or entry, or not for you", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "The ticket goes on in another one (`merged`)", body = Problem, content_type = "application/problem+json")))]
async fn remove_entry(visit: Visit, Path((ticket, entry)): Path<(String, String)>) -> Answer {
    let actor = caller(&visit, Scope::TicketsWrite)?;
    let mut tx = visit.app.db.write().await?;
    let ticket = policy::work(&mut tx, actor, id(&ticket)?).await?.id;
    Entry::remove(&mut tx, actor, ticket, id(&entry)?).await?;
    tx.commit().await?;
    web::no_content()
}
