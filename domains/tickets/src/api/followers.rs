//! Who listens to a ticket, by the API.

use super::{id, reader, writer};
use crate::{
    Part, Ticket,
    json::ListJson,
    listener,
    openapi::{
        Closed, Hidden, Scoped, Stays, Wrong, examples,
        shapes::{FollowerList, FollowerPath, Invited, NewFollower, TicketPath},
    },
    policy::Action,
};
use kernel::{Actor, Fault};
use serde_json::json as value;
use utoipa::OpenApi;
use web::{Answer, Fields, Form, Input, Path, Routes, StatusCode, Visit};

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/api/support/tickets/{id}/followers", followers)
        .post("/api/support/tickets/{id}/followers", follow)
        .delete("/api/support/tickets/{id}/followers/{person}", unfollow)
}

/// The handlers below as OpenAPI.
#[derive(OpenApi)]
#[openapi(
    paths(followers, follow, unfollow),
    modifiers(&Closed, &Scoped),
    tags((name = "Followers", description = "Who gets copies (`CC`) and which staff wants to know (`FOLLOWER`)."))
)]
pub(crate) struct Doc;

/// List followers.
#[utoipa::path(get, path = "/api/support/tickets/{id}/followers", tag = "Followers", operation_id = "listFollowers",
    description = "Who listens to the ticket, and why.",
    params(TicketPath), responses((status = 200, description = "Who listens", body = FollowerList, example = examples::followers), Hidden))]
async fn followers(visit: Visit, Path(ticket): Path<String>) -> Answer {
    let actor = reader(&visit)?;
    let mut conn = visit.app.db.read().await?;
    let ticket = Ticket::get(&mut conn, actor, id(&ticket)?, Action::See).await?;
    let items: Vec<_> = listener::of(&mut conn, ticket.id).await?.into_iter().filter(|listener| actor.is_staff() || listener.part != Part::Follower)
        .map(|listener| value!({ "id": listener.person_id, "name": listener.name, "part": listener.part, "email": if actor.is_staff() || Some(listener.person_id) == actor.person { Some(listener.email) } else { None } })).collect();
    web::json(&ListJson { items, next_cursor: None })
}

struct Follow {
    email: String,
    part: Option<Part>,
}

impl Form for Follow {
    fn read(fields: &mut Fields) -> Self {
        Self { email: fields.email("email"), part: fields.word("part", &["CC", "FOLLOWER"]) }
    }
}

/// Add a follower.
#[utoipa::path(post, path = "/api/support/tickets/{id}/followers", tag = "Followers", operation_id = "addFollower",
    description = "Lets somebody listen. Twice is the same as once.",
    params(TicketPath), request_body(content = NewFollower, example = examples::new_follower),
    responses((status = 201, description = "Who listens from now on", body = Invited, example = examples::invited), Hidden, Wrong))]
async fn follow(visit: Visit, Path(ticket): Path<String>, input: Input<Follow>) -> Answer {
    let actor = writer(&visit)?;
    let seal = input.seal.clone();
    let form = input.take()?;
    let mut tx = visit.app.db.write().await?;
    if let Some(answer) = seal.replay(&mut tx, &visit).await? {
        return Ok(answer);
    }
    let ticket = Ticket::get(&mut tx, actor, id(&ticket)?, Action::Invite).await?;
    let part = part_of(actor, form.part)?;
    ticket.demand_unmerged(&mut tx).await?;
    listener::invite(&mut tx, actor, ticket.id, &form.email, part).await?;
    let answer = seal.keep_json(&mut tx, &visit, StatusCode::CREATED, None, &value!({ "email": form.email, "part": part })).await?;
    tx.commit().await?;
    Ok(answer)
}

/// Customers add copies only; nobody adds a second requester.
pub(crate) fn part_of(actor: &Actor, wanted: Option<Part>) -> Result<Part, Fault> {
    match wanted {
        None | Some(Part::Cc) => Ok(Part::Cc),
        Some(Part::Follower) if actor.is_staff() => Ok(Part::Follower),
        Some(_) => Err(Fault::field("part", "Must be CC; staff may also add a FOLLOWER.")),
    }
}

/// Remove a follower.
#[utoipa::path(delete, path = "/api/support/tickets/{id}/followers/{person}", tag = "Followers", operation_id = "removeFollower",
    description = "Lets somebody listen no more. Twice is the same as once.",
    params(FollowerPath), responses((status = 204, description = "They listen no more"), Hidden, Stays))]
async fn unfollow(visit: Visit, Path((ticket, person)): Path<(String, String)>) -> Answer {
    let actor = writer(&visit)?;
    let mut tx = visit.app.db.write().await?;
    let ticket = Ticket::get(&mut tx, actor, id(&ticket)?, Action::Invite).await?;
    listener::unfollow(&mut tx, actor, ticket.id, id(&person)?).await?;
    tx.commit().await?;
    web::no_content()
}
