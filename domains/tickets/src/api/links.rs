//! Links between tickets by the API.

use super::{id, reader, writer};
use crate::{
    Linked, Relation, Status, Ticket, TicketId, json,
    openapi::{
        Circular, Closed, Hidden, Scoped, Wrong,
        examples::links as examples,
        shapes::{
            TicketPath,
            links::{LinkList, LinkPath, NewLink},
        },
    },
    policy::Action,
};
use db::{Id, Timestamp};
use kernel::Fault;
use serde::Serialize;
use utoipa::{OpenApi, ToSchema};
use web::{Answer, Fields, Form, Input, Path, Routes, StatusCode, Visit};

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/api/support/tickets/{id}/links", list)
        .post("/api/support/tickets/{id}/links", add)
        .delete("/api/support/tickets/{id}/links/{link}", remove)
}

/// The handlers below as OpenAPI.
#[derive(OpenApi)]
#[openapi(paths(list, add, remove), modifiers(&Closed, &Scoped), tags((name = "Links", description = "How tickets belong together. Staff only.")))]
pub(crate) struct Doc;

/// A link as one of its tickets sees it.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Link)]
pub struct LinkJson {
    /// The id of the link; of a merge, the id of the merge.
    #[schema(value_type = Uuid)]
    pub id: Id<Linked>,
    /// What this ticket is to the other.
    #[schema(value_type = String, example = "CHILD_OF")]
    pub relation: Relation,
    /// The other ticket.
    #[schema(value_type = Uuid)]
    pub ticket_id: TicketId,
    /// Its number.
    #[schema(example = 1050)]
    pub number: i64,
    /// Its subject.
    #[schema(example = "Workers of the second region are gone")]
    pub title: String,
    /// Where it stands.
    #[schema(value_type = String, example = "OPEN")]
    pub status: Status,
    /// Who linked them.
    #[schema(example = "Noor Saleh")]
    pub created_by: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
}

impl From<Linked> for LinkJson {
    fn from(link: Linked) -> Self {
        Self {
            id: link.id,
            relation: link.relation(),
            ticket_id: link.ticket_id,
            number: link.number,
            title: link.title,
            status: link.status,
            created_by: link.created_by,
            created_at: link.created_at,
        }
    }
}

/// List links.
#[utoipa::path(get, path = "/api/support/tickets/{id}/links", tag = "Links", operation_id = "listLinks",
    description = "The tickets that this one belongs with, oldest link first: those that you may see. Merges and splits stand among them.",
    params(TicketPath), responses((status = 200, description = "The links", body = LinkList, example = examples::list), Hidden))]
async fn list(visit: Visit, Path(ticket): Path<String>) -> Answer {
    let actor = reader(&visit)?;
    let mut conn = visit.app.db.read().await?;
    let ticket = Ticket::get(&mut conn, actor, id(&ticket)?, Action::Note).await?;
    let items: Vec<LinkJson> = Linked::of(&mut conn, actor, ticket.id).await?.into_iter().map(LinkJson::from).collect();
    web::json(&json::ListJson { items, next_cursor: None })
}

struct Wish {
    relation: Option<Relation>,
    ticket: Option<TicketId>,
}

impl Form for Wish {
    fn read(fields: &mut Fields) -> Self {
        let wish = Self { relation: fields.word::<Relation>("relation", &Relation::SET_WORDS), ticket: fields.id("ticketId") };
        if wish.relation.is_some_and(|relation| !Relation::SET.contains(&relation)) {
            fields.errors.add("relation", format!("Must be one of {}.", Relation::SET_WORDS.join(", ")));
        }
        for (name, is_missing) in [("relation", wish.relation.is_none()), ("ticketId", wish.ticket.is_none())] {
            if is_missing {
                fields.errors.add(name, "This is needed.");
            }
        }
        wish
    }
}

/// Link two tickets.
#[utoipa::path(post, path = "/api/support/tickets/{id}/links", tag = "Links", operation_id = "addLink",
    description = "Says what this ticket is to another one. Both ends show it. Twice is the same as once.",
    params(TicketPath), request_body(content = NewLink, example = examples::new_link),
    responses((status = 201, description = "The link", body = LinkJson, example = examples::link), Hidden, Circular, Wrong))]
async fn add(visit: Visit, Path(ticket): Path<String>, input: Input<Wish>) -> Answer {
    let actor = writer(&visit)?;
    let seal = input.seal.clone();
    let wish = input.take()?;
    let mut tx = visit.app.db.write().await?;
    if let Some(answer) = seal.replay(&mut tx, &visit).await? {
        return Ok(answer);
    }
    let ticket = Ticket::get(&mut tx, actor, id(&ticket)?, Action::Change).await?;
    let (Some(relation), Some(other)) = (wish.relation, wish.ticket) else { return Err(Fault::Missing.into()) };
    let link = LinkJson::from(ticket.link(&mut tx, actor, relation, other).await?);
    let answer = seal.keep_json(&mut tx, &visit, StatusCode::CREATED, None, &link).await?;
    tx.commit().await?;
    Ok(answer)
}

/// Remove a link.
#[utoipa::path(delete, path = "/api/support/tickets/{id}/links/{link}", tag = "Links", operation_id = "removeLink",
    description = "Removes it at both ends. A merge is undone instead.",
    params(LinkPath), responses((status = 204, description = "They are linked no more"), Hidden, Circular))]
async fn remove(visit: Visit, Path((ticket, link)): Path<(String, String)>) -> Answer {
    let actor = writer(&visit)?;
    let mut tx = visit.app.db.write().await?;
    let ticket = Ticket::get(&mut tx, actor, id(&ticket)?, Action::Change).await?;
    ticket.unlink(&mut tx, actor, id(&link)?).await?;
    tx.commit().await?;
    web::no_content()
}
