//! The JSON API of macros.

use crate::{
    Audience, Bulk, Macro, NewMacro, Search,
    bulk::Chosen,
    changes::{Changes, Known},
    macros::NAME,
    openapi::{Late, MacroChange, MacroFilter, NewMacro as MacroBody, OnePath, Refused, TicketMacroPath},
    policy::{self, Action},
};
use db::{Id, Timestamp, Tx};
use kernel::{Actor, Fault, Result, Scope};
use serde::Serialize;
use serde_json::Value;
use tickets::{
    Ticket,
    policy::Action as On,
    variables::{self, Writer},
};
use utoipa::{OpenApi, ToSchema};
use web::{Answer, Asked, Cursor, Fields, Form, Input, Path, Routes, StatusCode, Visit};

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/api/support/macros", list)
        .post("/api/support/macros", add)
        .get("/api/support/macros/{id}", show)
        .put("/api/support/macros/{id}", change)
        .delete("/api/support/macros/{id}", remove)
        .get("/api/support/tickets/{id}/macros/{macro}", preview)
        .post("/api/support/tickets/{id}/macros/{macro}", apply)
}

#[derive(OpenApi)]
#[openapi(paths(list, add, show, change, remove, preview, apply), tags((name = "Macros", description = "Canned replies, and changes in one step.")))]
pub(crate) struct Doc;

/// A macro. Without changes it is a canned reply.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Macro)]
pub(crate) struct MacroJson {
    /// The id.
    #[schema(value_type = Uuid)]
    id: Id<Macro>,
    /// What it is called.
    #[schema(example = "Refund granted")]
    name: String,
    /// For whom it is: `PERSONAL`, `TEAM` or `ALL`.
    #[schema(value_type = String, example = "ALL")]
    audience: Audience,
    /// For which team.
    #[schema(value_type = Option<Uuid>)]
    audience_team_id: Option<kernel::TeamId>,
    /// Who made it.
    #[schema(example = "Sue Marsh")]
    owner: String,
    /// What it says and changes, by the names with which it was made.
    #[schema(value_type = Object, example = json!({ "status": "PENDING" }))]
    does: Value,
    /// Why it can't be applied at present: it names a team or a person that is gone.
    trouble: Option<String>,
    /// How often it was used.
    #[schema(example = 12)]
    used: i64,
    /// When last.
    #[schema(value_type = Option<String>, format = DateTime)]
    used_at: Option<Timestamp>,
    /// Last change.
    #[schema(value_type = String, format = DateTime, example = "2026-11-22T09:30:00Z")]
    updated_at: Timestamp,
    /// Give it with a change.
    #[schema(example = 1)]
    version: i64,
    /// Whether you may change it.
    may_edit: bool,
}

impl MacroJson {
    fn of(actor: &Actor, known: &Known, found: Macro) -> Self {
        Self {
            may_edit: policy::may(actor, Action::Edit, &found),
            trouble: found.changes.trouble(known),
            does: found.changes.to_json(),
            id: found.id,
            name: found.name,
            audience: found.audience,
            audience_team_id: found.team_id,
            owner: found.owner,
            used: found.used,
            used_at: found.used_at,
            updated_at: found.updated_at,
            version: found.version,
        }
    }
}

/// A page of macros.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = MacroPage)]
pub(crate) struct MacrosJson {
    /// The macros, by name.
    items: Vec<MacroJson>,
    /// Give it as `cursor` to read on; null at the end.
    next_cursor: Option<String>,
}

/// One change in words.
#[derive(Serialize, ToSchema)]
#[schema(as = MacroLine)]
pub(crate) struct LineJson {
    /// What.
    #[schema(example = "Status")]
    pub(crate) what: &'static str,
    /// To what.
    #[schema(example = "Waiting on customer")]
    pub(crate) value: String,
    /// Why it can't be done.
    pub(crate) trouble: Option<String>,
}

/// A macro on one ticket: its text with the variables filled in, and its changes in words.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = AppliedMacro)]
pub(crate) struct AppliedJson {
    /// What it is called.
    #[schema(example = "Refund granted")]
    pub(crate) name: String,
    /// The text, Markdown; it is not sent.
    #[schema(example = "Hello Maya, your refund is on its way.")]
    pub(crate) text: Option<String>,
    /// Meant as an internal note.
    pub(crate) is_note: bool,
    /// The changes.
    pub(crate) lines: Vec<LineJson>,
    /// Why it can't be applied at present.
    pub(crate) trouble: Option<String>,
    /// Once it is applied: the bulk change of one ticket that takes it back.
    #[schema(value_type = Option<Uuid>)]
    bulk: Option<Id<Bulk>>,
}

/// Staff with the scope.
pub(crate) fn staff(visit: &Visit, scope: Scope) -> Result<&Actor> {
    let actor = visit.staff()?;
    visit.scope(scope)?;
    Ok(actor)
}

/// An id from a path; what is not one names nothing.
pub(crate) fn id<T>(text: &str) -> Result<Id<T>> {
    text.parse().map_err(|_| Fault::Missing)
}

pub(crate) struct List {
    pub(crate) q: Option<String>,
    limit: i64,
    pub(crate) cursor: Option<String>,
}

impl Form for List {
    fn read(fields: &mut Fields) -> Self {
        Self { q: fields.optional_text("q", NAME), limit: fields.integer("limit", 1..=100).unwrap_or(50), cursor: fields.optional_text("cursor", 300) }
    }
}

impl List {
    /// A page, and the cursor of the next one.
    pub(crate) async fn page(&self, conn: &mut db::Conn, actor: &Actor) -> Result<(Vec<Macro>, Option<String>)> {
        let after = self.cursor.as_deref().map(|cursor| Cursor::decode(cursor, "macros")).transpose()?.map(|cursor| cursor.id.into());
        let mut found = Search { q: self.q.clone(), after, limit: self.limit + 1 }.page(conn, actor).await?;
        let more = i64::try_from(found.len()).unwrap_or(i64::MAX) > self.limit;
        if more {
            found.pop();
        }
        let next = found.last().filter(|_| more).map(|last| Cursor { sort: "macros".to_owned(), value: 0, id: last.id.uuid() }.encode());
        Ok((found, next))
    }
}

/// List macros.
#[utoipa::path(get, path = "/api/support/macros", tag = "Macros", operation_id = "listMacros", security(("bearer" = ["tickets:read"]), ("session" = [])),
    description = "The macros that you may use, by name. Staff only.", params(MacroFilter), responses((status = 200, description = "A page of macros", body = MacrosJson), Refused))]
async fn list(visit: Visit, Asked(asked): Asked<List>) -> Answer {
    let actor = staff(&visit, Scope::TicketsRead)?;
    let mut conn = visit.app.db.read().await?;
    let (found, next_cursor) = asked.page(&mut conn, actor).await?;
    let known = Known::now(&mut conn).await?;
    web::json(&MacrosJson { items: found.into_iter().map(|found| MacroJson::of(actor, &known, found)).collect(), next_cursor })
}

impl Form for NewMacro {
    fn read(fields: &mut Fields) -> Self {
        Self {
            name: fields.text("name", NAME),
            audience: fields.word("audience", Audience::WORDS).unwrap_or(Audience::Personal),
            team: fields.id("audienceTeamId"),
            changes: Changes::read(fields),
        }
    }
}

/// Add a macro.
#[utoipa::path(post, path = "/api/support/macros", tag = "Macros", operation_id = "addMacro", security(("bearer" = ["tickets:write"]), ("session" = [])),
    description = "Agents make personal ones, supervisors and admins shared ones too.", request_body = MacroBody,
    responses((status = 201, headers(("Location" = String, description = "Path of the macro")), description = "The macro", body = MacroJson), Refused))]
async fn add(visit: Visit, input: Input<NewMacro>) -> Answer {
    let actor = staff(&visit, Scope::TicketsWrite)?;
    let seal = input.seal.clone();
    let new = input.take()?;
    let mut tx = visit.app.db.write().await?;
    if let Some(answer) = seal.replay(&mut tx, &visit).await? {
        return Ok(answer);
    }
    let made = Macro::add(&mut tx, actor, &new).await?;
    let (place, known) = (format!("/api/support/macros/{}", made.id), Known::now(&mut tx).await?);
    let answer = seal.keep_json(&mut tx, &visit, StatusCode::CREATED, Some(&place), &MacroJson::of(actor, &known, made)).await?;
    tx.commit().await?;
    Ok(answer)
}

/// Get a macro.
#[utoipa::path(get, path = "/api/support/macros/{id}", tag = "Macros", operation_id = "getMacro", security(("bearer" = ["tickets:read"]), ("session" = [])),
    description = "One macro. Staff only.", params(OnePath), responses((status = 200, description = "The macro", body = MacroJson), Refused))]
async fn show(visit: Visit, Path(one): Path<String>) -> Answer {
    let actor = staff(&visit, Scope::TicketsRead)?;
    let mut conn = visit.app.db.read().await?;
    let found = Macro::get(&mut conn, actor, id(&one)?, Action::Use).await?;
    let known = Known::now(&mut conn).await?;
    web::json(&MacroJson::of(actor, &known, found))
}

pub(crate) struct Edit {
    pub(crate) version: i64,
    pub(crate) new: NewMacro,
}

impl Form for Edit {
    fn read(fields: &mut Fields) -> Self {
        Self { version: fields.needed_integer("version", 1..=i64::MAX), new: NewMacro::read(fields) }
    }
}

/// Change a macro.
#[utoipa::path(put, path = "/api/support/macros/{id}", tag = "Macros", operation_id = "changeMacro", security(("bearer" = ["tickets:write"]), ("session" = [])),
    description = "All of it: what is left out is not changed by the macro any more.", params(OnePath),
    request_body(content = MacroChange, example = json!({ "version": 1, "name": "Refund granted", "reply": "Hello {{requester.first_name}}, your refund is on its way.", "status": "PENDING" })),
    responses((status = 200, description = "The macro as it is now", body = MacroJson), Refused, Late))]
async fn change(visit: Visit, Path(one): Path<String>, input: Input<Edit>) -> Answer {
    let actor = staff(&visit, Scope::TicketsWrite)?;
    let mut tx = visit.app.db.write().await?;
    let found = Macro::get(&mut tx, actor, id(&one)?, Action::Edit).await?;
    let edit = input.take()?;
    let found = found.change(&mut tx, actor, edit.version, &edit.new).await?;
    let known = Known::now(&mut tx).await?;
    tx.commit().await?;
    web::json(&MacroJson::of(actor, &known, found))
}

/// Delete a macro.
#[utoipa::path(delete, path = "/api/support/macros/{id}", tag = "Macros", operation_id = "deleteMacro", security(("bearer" = ["tickets:write"]), ("session" = [])),
    description = "What it did to tickets stays.", params(OnePath), responses((status = 204, description = "It is gone"), Refused))]
async fn remove(visit: Visit, Path(one): Path<String>) -> Answer {
    let actor = staff(&visit, Scope::TicketsWrite)?;
    let mut tx = visit.app.db.write().await?;
    Macro::get(&mut tx, actor, id(&one)?, Action::Edit).await?.remove(&mut tx, actor).await?;
    tx.commit().await?;
    web::no_content()
}

/// What a macro says and does in a ticket.
pub(crate) fn applied(actor: &Actor, known: &Known, found: &Macro, ticket: &Ticket) -> AppliedJson {
    let lines = found.changes.lines(known).into_iter();
    AppliedJson {
        name: found.name.clone(),
        text: found.changes.said.as_ref().map(|said| variables::fill(&said.text, ticket, Writer::Person(&actor.name))),
        is_note: found.changes.said.as_ref().is_some_and(|said| said.is_internal),
        lines: lines.map(|line| LineJson { what: line.what, value: line.value, trouble: line.trouble }).collect(),
        trouble: found.changes.trouble(known),
        bulk: None,
    }
}

/// Preview a macro.
#[utoipa::path(get, path = "/api/support/tickets/{id}/macros/{macro}", tag = "Macros", operation_id = "previewMacro", security(("bearer" = ["tickets:read"]), ("session" = [])),
    description = "Its text with the variables of this ticket filled in, and its changes in words. Nothing is done.", params(TicketMacroPath),
    responses((status = 200, description = "What it would do", body = AppliedJson), Refused))]
async fn preview(visit: Visit, Path((ticket, one)): Path<(String, String)>) -> Answer {
    let actor = staff(&visit, Scope::TicketsRead)?;
    let mut conn = visit.app.db.read().await?;
    let ticket = Ticket::get(&mut conn, actor, id(&ticket)?, On::Change).await?;
    let found = Macro::get(&mut conn, actor, id(&one)?, Action::Use).await?;
    let known = Known::now(&mut conn).await?;
    web::json(&applied(actor, &known, &found, &ticket))
}

/// Changes the ticket as the macro says, all or nothing, as a bulk of one that can be taken back. Its text is not sent.
pub(crate) async fn use_on(tx: &mut Tx, actor: &Actor, found: &Macro, ticket: &Ticket) -> Result<Option<Bulk>> {
    if let Some(trouble) = found.changes.trouble(&Known::now(tx).await?) {
        return Err(Fault::Conflict { kind: "macro-out-of-date", detail: format!("{trouble} Nothing was done.") });
    }
    found.used(tx).await?;
    if found.changes.changes_nothing() {
        return Ok(None);
    }
    let silent = Changes { said: None, ..found.changes.clone() };
    Bulk::ask(tx, actor, &silent, &found.name, &Chosen::Tickets(vec![ticket.id])).await.map(Some)
}

/// Apply a macro.
#[utoipa::path(post, path = "/api/support/tickets/{id}/macros/{macro}", tag = "Macros", operation_id = "applyMacro", security(("bearer" = ["tickets:write"]), ("session" = [])),
    description = "Changes the ticket as the macro says, and answers its text filled in. The text is not sent: send it as a message. With a team, person or status that is gone nothing is done.",
    params(TicketMacroPath), responses((status = 200, description = "What it did", body = AppliedJson), Refused, Late))]
async fn apply(visit: Visit, Path((ticket, one)): Path<(String, String)>, input: Input<Nothing>) -> Answer {
    let actor = staff(&visit, Scope::TicketsWrite)?;
    let seal = input.seal.clone();
    input.take()?;
    let mut tx = visit.app.db.write().await?;
    if let Some(answer) = seal.replay(&mut tx, &visit).await? {
        return Ok(answer);
    }
    let ticket = Ticket::get(&mut tx, actor, id(&ticket)?, On::Change).await?;
    let found = Macro::get(&mut tx, actor, id(&one)?, Action::Use).await?;
    let known = Known::now(&mut tx).await?;
    let bulk = use_on(&mut tx, actor, &found, &ticket).await?.map(|bulk| bulk.id);
    let body = AppliedJson { bulk, ..applied(actor, &known, &found, &ticket) };
    let answer = seal.keep_json(&mut tx, &visit, StatusCode::OK, None, &body).await?;
    tx.commit().await?;
    if let Some(bulk) = bulk {
        crate::work::BULK.step(&visit.app.db, bulk.uuid()).await?;
    }
    Ok(answer)
}

/// No fields.
pub(crate) struct Nothing;

impl Form for Nothing {
    fn read(_: &mut Fields) -> Self {
        Self
    }
}
