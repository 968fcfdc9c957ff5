//! The API of saved views.

use super::{id, reader, writer};
use crate::{
    column::Column,
    openapi::{
        Closed, Denied, Hidden, Scoped, Wrong,
        views::{StaleView, ViewBody, ViewChange, ViewJson, ViewList, ViewPath, example_of_body, example_of_list, example_of_new, example_of_view},
    },
    saved::{self, NewView, Reach, SavedView},
};
use kernel::{Actor, Fault};
use utoipa::OpenApi;
use web::{Answer, Fields, Form, Input, Path, Routes, StatusCode, Visit};

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/api/support/views", list)
        .post("/api/support/views", create)
        .get("/api/support/views/{id}", show)
        .put("/api/support/views/{id}", change)
        .delete("/api/support/views/{id}", remove)
}

/// The handlers below as OpenAPI.
#[derive(OpenApi)]
#[openapi(
    paths(list, create, show, change, remove),
    modifiers(&Closed, &Scoped),
    tags((name = "Saved views", description = "Lists that staff keeps: one's own, a team's, everybody's. Staff only.")))]
pub(crate) struct Doc;

/// Views are a thing of the desk.
fn staff(actor: &Actor) -> Result<&Actor, Fault> {
    if actor.is_staff() { Ok(actor) } else { Err(Fault::Forbidden("Views are for support staff.".to_owned())) }
}

struct View {
    version: i64,
    new: NewView,
}

fn read(fields: &mut Fields) -> NewView {
    NewView {
        name: fields.text("name", saved::NAME),
        reach: fields.word("reach", Reach::WORDS).unwrap_or(Reach::Personal),
        team: fields.id("teamId"),
        query: fields.optional_text("query", 4_000).unwrap_or_default(),
    }
}

impl Form for NewView {
    fn read(fields: &mut Fields) -> Self {
        read(fields)
    }
}

impl Form for View {
    fn read(fields: &mut Fields) -> Self {
        Self { version: fields.needed_integer("version", 1..=i64::MAX), new: read(fields) }
    }
}

fn shape(view: SavedView) -> ViewJson {
    let columns = view.filter().columns;
    ViewJson {
        id: view.id.uuid(),
        name: view.name,
        reach: view.reach,
        team_id: view.team_id.map(db::Id::uuid),
        columns: columns.iter().map(Column::word).collect(),
        query: view.query,
        owner_id: view.owner_id.uuid(),
        version: view.version,
    }
}

/// List saved views.
#[utoipa::path(get, path = "/api/support/views", tag = "Saved views", operation_id = "listViews",
    description = "Your own views, those of your teams and those for all staff, in their order.",
    responses((status = 200, description = "The views", body = ViewList, example = example_of_list), Denied))]
async fn list(visit: Visit) -> Answer {
    let actor = staff(reader(&visit)?)?;
    let items: Vec<_> = SavedView::of(&mut visit.app.db.read().await?, actor).await?.into_iter().map(shape).collect();
    web::json(&crate::json::ListJson { items, next_cursor: None })
}

/// Save a view.
#[utoipa::path(post, path = "/api/support/views", tag = "Saved views", operation_id = "saveView",
    description = "Keeps a list. Only supervisors and admins keep one for a team or for all staff. `query` is what `GET /api/support/tickets` takes, without `limit` and `cursor`; its `columns` are kept with it.",
    request_body(content = ViewBody, example = example_of_new),
    responses((status = 201, headers(("Location" = String, description = "Path of the view")), description = "The view", body = ViewJson, example = example_of_view), Denied, Wrong))]
async fn create(visit: Visit, input: Input<NewView>) -> Answer {
    let actor = staff(writer(&visit)?)?;
    let seal = input.seal.clone();
    let new = input.take()?;
    let mut tx = visit.app.db.write().await?;
    if let Some(answer) = seal.replay(&mut tx, &visit).await? {
        return Ok(answer);
    }
    let view = SavedView::add(&mut tx, actor, &new).await?;
    let place = format!("/api/support/views/{}", view.id);
    let answer = seal.keep_json(&mut tx, &visit, StatusCode::CREATED, Some(&place), &shape(view)).await?;
    tx.commit().await?;
    Ok(answer)
}

/// Get a saved view.
#[utoipa::path(get, path = "/api/support/views/{id}", tag = "Saved views", operation_id = "getView",
    description = "One view that you may see.",
    params(ViewPath), responses((status = 200, description = "The view", body = ViewJson, example = example_of_view), Hidden))]
async fn show(visit: Visit, Path(view): Path<String>) -> Answer {
    let actor = staff(reader(&visit)?)?;
    web::json(&shape(SavedView::get(&mut visit.app.db.read().await?, actor, id(&view)?).await?))
}

/// Change a saved view.
#[utoipa::path(put, path = "/api/support/views/{id}", tag = "Saved views", operation_id = "changeView",
    description = "Changes name, reach and filter together. One's own; supervisors and admins also what others see.",
    params(ViewPath), request_body(content = ViewChange, example = example_of_body),
    responses((status = 200, description = "The view as it is now", body = ViewJson, example = example_of_view), Hidden, StaleView, Wrong))]
async fn change(visit: Visit, Path(view): Path<String>, input: Input<View>) -> Answer {
    let actor = staff(writer(&visit)?)?;
    let mut tx = visit.app.db.write().await?;
    let view = SavedView::get(&mut tx, actor, id(&view)?).await?;
    let form = input.take()?;
    let view = view.change(&mut tx, actor, form.version, &form.new).await?;
    tx.commit().await?;
    web::json(&shape(view))
}

/// Delete a saved view.
#[utoipa::path(delete, path = "/api/support/views/{id}", tag = "Saved views", operation_id = "deleteView",
    description = "One's own; supervisors and admins also what others see.",
    params(ViewPath), responses((status = 204, description = "It is deleted"), Hidden))]
async fn remove(visit: Visit, Path(view): Path<String>) -> Answer {
    let actor = staff(writer(&visit)?)?;
    let mut tx = visit.app.db.write().await?;
    SavedView::get(&mut tx, actor, id(&view)?).await?.remove(&mut tx, actor).await?;
    tx.commit().await?;
    web::no_content()
}
