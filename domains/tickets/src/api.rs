//! The JSON API of tickets: PRODUCT's five endpoints and those beside them.

pub(crate) mod away;
pub(crate) mod followers;
pub(crate) mod later;
pub(crate) mod links;
pub(crate) mod merging;
pub(crate) mod thread;
pub(crate) mod views;

use crate::{
    Body, Category, Channel, NewTicket, Priority, Status, Ticket, TicketId,
    change::Change,
    history, json,
    list::Filter,
    message,
    openapi::{
        Claimed, Closed, Denied, Hidden, Scoped, Stale, Wrong, examples,
        shapes::{EventList, EventPage, NewTicket as TicketBody, TicketChange, TicketFilter, TicketPage, TicketPath},
    },
    policy::Action,
};
use accounts::Person;
use db::{Id, journal::Wanted};
use kernel::{Actor, Fault, PersonId, Scope};
use utoipa::OpenApi;
use web::{Answer, Asked, Bucket, Fields, Form, Input, Path, Routes, StatusCode, Visit};

/// Subjects have at most this many characters.
pub(crate) const TITLE: usize = 200;

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/api/support/tickets", list)
        .post("/api/support/tickets", create)
        .get("/api/support/tickets/{id}", show)
        .put("/api/support/tickets/{id}", change)
        .delete("/api/support/tickets/{id}", trash)
        .post("/api/support/tickets/{id}/restore", restore)
        .post("/api/support/tickets/{id}/claim", claim)
        .get("/api/support/tickets/{id}/events", events)
        .merge(thread::routes())
        .merge(followers::routes())
        .merge(merging::routes())
        .merge(links::routes())
        .merge(away::routes())
        .merge(later::routes())
        .merge(views::routes())
}

/// The handlers below as OpenAPI; what surrounds them is in `openapi`.
#[derive(OpenApi)]
#[openapi(
    paths(list, create, show, change, trash, restore, claim, events),
    modifiers(&Closed, &Scoped),
    tags(
        (name = "Tickets", description = "Requests for help."),
        (name = "History", description = "Every change, from the journal."),
    ))]
pub(crate) struct Doc;

/// An id from a path; what is not one names nothing.
pub(crate) fn id<T>(text: &str) -> Result<Id<T>, Fault> {
    text.parse().map_err(|_| Fault::Missing)
}

/// Signed in, with the scope to read.
fn reader(visit: &Visit) -> Result<&Actor, Fault> {
    let actor = visit.signed_in()?;
    visit.scope(Scope::TicketsRead)?;
    Ok(actor)
}

/// Signed in, with the scope to write, and not too often.
fn writer(visit: &Visit) -> Result<&Actor, Fault> {
    let actor = visit.signed_in()?;
    visit.scope(Scope::TicketsWrite)?;
    if !actor.is_staff() {
        visit.app.limits.check(Bucket::Post, &visit.counted_as())?;
    }
    Ok(actor)
}

/// List tickets.
#[utoipa::path(get, path = "/api/support/tickets", tag = "Tickets", operation_id = "listTickets",
    description = "The tickets that you may see, without their threads, a page at a time. `field.KEY=value` leaves those with this value of a custom field; repeat it for any of several.",
    params(TicketFilter), responses((status = 200, description = "A page of tickets", body = TicketPage, example = examples::page), Denied, Wrong))]
async fn list(visit: Visit, Asked(mut filter): Asked<Filter>) -> Answer {
    let actor = reader(&visit)?;
    if filter.q.is_some() {
        visit.app.limits.check(Bucket::Search, &visit.counted_as())?;
    }
    filter.find(&visit.app, actor).await?;
    let mut conn = visit.app.db.read().await?;
    filter.demand_known_fields(&mut conn, actor).await?;
    filter.demand_known_columns(&mut conn).await?;
    let page = filter.page(&mut conn, actor).await?;
    let items: Vec<_> = page.rows.into_iter().map(|row| json::listed(actor, row)).collect();
    web::json(&json::ListJson { items, next_cursor: page.next })
}

struct Create {
    title: String,
    description: Body,
    category: Category,
    priority: Priority,
    tags: Vec<String>,
    cc: Vec<String>,
    assigned_to: Option<PersonId>,
    team_id: Option<kernel::TeamId>,
    user_id: Option<PersonId>,
    user_email: Option<String>,
    user_name: Option<String>,
    file_keys: Vec<String>,
    custom_fields: Option<web::Group>,
}

impl Form for Create {
    fn read(fields: &mut Fields) -> Self {
        Self {
            title: fields.text("title", TITLE),
            description: Body::markdown(fields.text("description", message::LENGTH)),
            category: fields.word("category", Category::WORDS).unwrap_or(Category::GeneralInquiry),
            priority: fields.word("priority", Priority::WORDS).unwrap_or(Priority::Medium),
            tags: fields.texts("tags", crate::tag::MOST, crate::tag::LENGTH),
            cc: fields.emails("cc", 20),
            assigned_to: fields.id("assignedTo"),
            team_id: fields.id("teamId"),
            user_id: fields.id("userId"),
            user_email: fields.optional_email("userEmail"),
            user_name: fields.optional_text("userName", 200),
            file_keys: fields.texts("fileId", 50, 100),
            custom_fields: fields.group("customFields"),
        }
    }
}

/// Create a ticket.
#[utoipa::path(post, path = "/api/support/tickets", tag = "Tickets", operation_id = "createTicket",
    description = "Sends a request, in your own name or, as staff, on behalf of somebody. `Location` names it.",
    request_body(content = TicketBody, example = examples::new_ticket),
    responses((status = 201, headers(("Location" = String, description = "Path of the ticket")), description = "The ticket, with its thread and files", body = json::TicketJson, example = examples::created), Denied, Wrong))]
async fn create(visit: Visit, input: Input<Create>) -> Answer {
    let actor = writer(&visit)?;
    let seal = input.seal.clone();
    let form = input.take()?;
    if (form.user_id.is_some() || form.user_email.is_some()) && !actor.is_staff() {
        return Err(Fault::Forbidden("Only staff asks on behalf of somebody.".to_owned()).into());
    }
    let mut tx = visit.app.db.write().await?;
    if let Some(answer) = seal.replay(&mut tx, &visit).await? {
        return Ok(answer);
    }
    let requester = match (form.user_id, form.user_email.as_deref()) {
        (Some(id), _) => Person::get(&mut tx, id).await.map_err(|_| Fault::field("userId", "There is nobody with this id."))?,
        (None, Some(email)) => Person::of_guest(&mut tx, actor, email, form.user_name.as_deref().unwrap_or(email)).await?,
        (None, None) => Person::get(&mut tx, actor.person.ok_or(Fault::SignIn)?).await?,
    };
    let ticket = Ticket::create_asked(
        &mut tx,
        actor,
        &requester,
        NewTicket {
            title: form.title,
            content: form.description,
            category: form.category,
            priority: form.priority,
            channel: Channel::Api,
            cc: form.cc,
            tags: form.tags,
            assignee: form.assigned_to,
            team: form.team_id,
            follows: None,
            file_keys: form.file_keys,
        },
        form.custom_fields.as_ref(),
    )
    .await?;
    let body = json::whole(&visit.app, &mut tx, actor, &ticket).await?;
    let place = format!("/api/support/tickets/{}", ticket.id);
    let answer = seal.keep_json(&mut tx, &visit, StatusCode::CREATED, Some(&place), &body).await?;
    tx.commit().await?;
    Ok(answer)
}

/// Get a ticket.
#[utoipa::path(get, path = "/api/support/tickets/{id}", tag = "Tickets", operation_id = "getTicket",
    description = "One ticket with its thread and files. Customers get public messages only.",
    params(TicketPath), responses((status = 200, description = "The ticket, with its thread and files", body = json::TicketJson, example = examples::whole), Hidden))]
async fn show(visit: Visit, Path(ticket): Path<String>) -> Answer {
    let actor = reader(&visit)?;
    let mut conn = visit.app.db.read().await?;
    let ticket = Ticket::get(&mut conn, actor, id(&ticket)?, Action::See).await?;
    web::json(&json::whole(&visit.app, &mut conn, actor, &ticket).await?)
}

impl Form for Change {
    fn read(fields: &mut Fields) -> Self {
        let nullable = |fields: &mut Fields, name: &str| fields.has(name);
        let has_assignee = nullable(fields, "assignedTo");
        let has_team = nullable(fields, "teamId");
        let has_tags = nullable(fields, "tags");
        fields.refuse_null("tags");
        let (has_title, has_description) = (fields.has("title"), fields.has("description"));
        Self {
            version: fields.needed_integer("version", 1..=i64::MAX),
            title: has_title.then(|| fields.text("title", TITLE)),
            description: has_description.then(|| Body::markdown(fields.text("description", message::LENGTH))),
            status: fields.word("status", Status::WORDS),
            custom_status: fields.optional_text("customStatus", crate::custom_status::NAME),
            priority: fields.word("priority", Priority::WORDS),
            category: fields.word("category", Category::WORDS),
            assignee: has_assignee.then(|| fields.id("assignedTo")),
            team: has_team.then(|| fields.id("teamId")),
            tags: has_tags.then(|| fields.texts("tags", crate::tag::MOST, crate::tag::LENGTH)),
            had_tags: None,
            custom_fields: fields.group("customFields"),
        }
    }
}

/// Change a ticket.
#[utoipa::path(put, path = "/api/support/tickets/{id}", tag = "Tickets", operation_id = "changeTicket",
    description = "Changes any subset of fields together or not at all. The version keeps two people from overwriting each other; adding messages never conflicts.",
    params(TicketPath), request_body(content = TicketChange, example = examples::change),
    responses((status = 200, description = "The ticket as it is now, with its thread and files", body = json::TicketJson, example = examples::whole), Hidden, Stale, Wrong))]
async fn change(visit: Visit, Path(ticket): Path<String>, input: Input<Change>) -> Answer {
    let actor = writer(&visit)?;
    let mut tx = visit.app.db.write().await?;
    let ticket = Ticket::get(&mut tx, actor, id(&ticket)?, Action::See).await?;
    let ticket = ticket.change(&mut tx, actor, input.take()?).await?;
    tx.commit().await?;
    let mut conn = visit.app.db.read().await?;
    web::json(&json::whole(&visit.app, &mut conn, actor, &ticket).await?)
}

/// Put a ticket into the trash.
#[utoipa::path(delete, path = "/api/support/tickets/{id}", tag = "Tickets", operation_id = "trashTicket",
    description = "Staff only. It stays in the trash for 30 days and can be restored until then.",
    params(TicketPath), responses((status = 204, description = "It is in the trash"), Hidden))]
async fn trash(visit: Visit, Path(ticket): Path<String>) -> Answer {
    let actor = writer(&visit)?;
    let mut tx = visit.app.db.write().await?;
    Ticket::get(&mut tx, actor, id(&ticket)?, Action::Trash).await?.trash(&mut tx, actor).await?;
    tx.commit().await?;
    web::no_content()
}

/// Restore a ticket.
#[utoipa::path(post, path = "/api/support/tickets/{id}/restore", tag = "Tickets", operation_id = "restoreTicket",
    description = "Takes it out of the trash. Staff only. Twice is the same as once.",
    params(TicketPath), responses((status = 200, description = "The ticket, with its thread and files", body = json::TicketJson, example = examples::whole), Hidden))]
async fn restore(visit: Visit, Path(ticket): Path<String>) -> Answer {
    let actor = writer(&visit)?;
    let mut tx = visit.app.db.write().await?;
    let ticket: TicketId = id(&ticket)?;
    Ticket::get(&mut tx, actor, ticket, Action::Trash).await?.restore(&mut tx, actor).await?;
    let ticket = Ticket::get(&mut tx, actor, ticket, Action::See).await?;
    let body = json::whole(&visit.app, &mut tx, actor, &ticket).await?;
    tx.commit().await?;
    web::json(&body)
}

/// Claim a ticket.
#[utoipa::path(post, path = "/api/support/tickets/{id}/claim", tag = "Tickets", operation_id = "claimTicket",
    description = "Assigns it to yourself if nobody has it. Of two at once one wins and the other is told who. Staff only. Twice is the same as once.",
    params(TicketPath), responses((status = 200, description = "The ticket, assigned to you", body = json::TicketJson, example = examples::whole), Hidden, Claimed))]
async fn claim(visit: Visit, Path(ticket): Path<String>) -> Answer {
    let actor = writer(&visit)?;
    let mut tx = visit.app.db.write().await?;
    let ticket = Ticket::get(&mut tx, actor, id(&ticket)?, Action::Change).await?.claim(&mut tx, actor).await?;
    let body = json::whole(&visit.app, &mut tx, actor, &ticket).await?;
    tx.commit().await?;
    web::json(&body)
}

struct Events {
    kinds: Vec<String>,
    limit: i64,
    cursor: Option<String>,
}

impl Form for Events {
    fn read(fields: &mut Fields) -> Self {
        Self { kinds: fields.texts("kind", 20, 60), limit: fields.integer("limit", 1..=100).unwrap_or(100), cursor: fields.optional_text("cursor", 300) }
    }
}

/// List events.
#[utoipa::path(get, path = "/api/support/tickets/{id}/events", tag = "History", operation_id = "listEvents",
    description = "What happened to the ticket, oldest first, a page at a time: who, when, the old and the new value. Customers do not get what only staff may know.",
    params(TicketPath, EventPage), responses((status = 200, description = "A page of the history", body = EventList, example = examples::events), Hidden, Wrong))]
async fn events(visit: Visit, Path(ticket): Path<String>, Asked(page): Asked<Events>) -> Answer {
    let actor = reader(&visit)?;
    let mut conn = visit.app.db.read().await?;
    let ticket = Ticket::get(&mut conn, actor, id(&ticket)?, Action::See).await?;
    let after = page.cursor.as_deref().map(|cursor| web::Cursor::decode(cursor, history::SORT)).transpose()?.map(|cursor| cursor.value);
    let wanted = Wanted { after, kinds: page.kinds, ..Wanted::default() };
    let mut events = history::page(&mut conn, actor, &ticket, wanted, page.limit + 1).await?;
    let next_cursor = history::next(&mut events, page.limit, &ticket);
    history::cover(&mut conn, actor, &ticket, &mut events).await?;
    let items: Vec<_> = events.iter().map(json::event).collect();
    web::json(&json::ListJson { items, next_cursor })
}
