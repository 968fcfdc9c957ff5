//! Links on the desk: the panel beside a ticket and the page where they are set.

use super::{acts::told, merge::brief, place::choices, sidebar::sidebar};
use crate::{
    Linked, Relation, Ticket,
    api::id,
    link::Kind,
    policy::{self, Action},
    views,
};
use db::Conn;
use kernel::{Actor, Fault, FieldErrors, Result};
use web::{Answer, Fields, Flash, Form, HeaderMap, Input, Path, StatusCode, Visit};

/// `GET /desk/tickets/{id}/links`: staff who may see it.
pub(super) async fn list(visit: Visit, Path(ticket): Path<String>) -> Answer {
    let actor = visit.staff()?;
    let mut conn = visit.app.db.read().await?;
    let ticket = Ticket::get(&mut conn, actor, id(&ticket)?, Action::Note).await?;
    web::html(&screen(&visit, &mut conn, actor, &ticket, None).await?)
}

async fn screen(visit: &Visit, conn: &mut Conn, actor: &Actor, ticket: &Ticket, refused: Option<(&Fields, FieldErrors)>) -> Result<views::Links> {
    let may_edit = policy::may_now(conn, actor, Action::Change, ticket).await?;
    let links = Linked::of(conn, actor, ticket.id).await?;
    let mut page = visit.page(format!("Linked with #{}", ticket.number));
    page.live = vec![format!("ticket:{}", ticket.id)];
    let relation = refused.as_ref().and_then(|(fields, _)| Relation::from_word(&fields.typed("relation"))).unwrap_or(Relation::Related);
    Ok(views::Links {
        page,
        sidebar: sidebar(conn, actor, None, None).await?,
        id: ticket.id.to_string(),
        number: format!("#{}", ticket.number),
        title: ticket.title.clone(),
        links: links.into_iter().map(|link| row(ticket, link, may_edit)).collect(),
        likely: if may_edit {
            crate::duplicate::likely(conn, actor, ticket).await?.iter().map(|other| brief(other, format!("/desk/tickets/{}", other.id))).collect()
        } else {
            Vec::new()
        },
        relations: choices(&Relation::SET, Relation::label, &[relation]),
        typed: refused.as_ref().map(|(fields, _)| fields.typed("ticket")).unwrap_or_default(),
        may_edit,
        errors: refused.map(|(_, wrong)| super::place::errors(&wrong)).unwrap_or_default(),
    })
}

fn row(ticket: &Ticket, link: Linked, may_edit: bool) -> views::LinkRow {
    let relation = link.relation();
    let (remove_href, remove_label) = match (link.kind, link.is_from) {
        (Kind::Merge, false) => (format!("/desk/tickets/{}/merge/undo", link.ticket_id), "Undo merge of"),
        (Kind::Merge, true) => (format!("/desk/tickets/{}/merge/undo", ticket.id), "Undo merge into"),
        _ => (format!("/desk/tickets/{}/links/{}/remove", ticket.id, link.id), "Remove link to"),
    };
    views::LinkRow {
        relation: relation.label(),
        ticket: views::Brief {
            href: format!("/desk/tickets/{}", link.ticket_id),
            number: format!("#{}", link.number),
            title: link.title,
            who: String::new(),
            status: link.status.for_agents(false),
        },
        remove_href: may_edit.then_some(remove_href),
        remove_label,
    }
}

pub(super) struct Wish {
    relation: Option<Relation>,
    ticket: String,
}

impl Form for Wish {
    fn read(fields: &mut Fields) -> Self {
        let relation = fields.word("relation", &Relation::SET_WORDS);
        if !relation.is_some_and(|relation| Relation::SET.contains(&relation)) {
            fields.errors.add("relation", "Choose how they belong together.");
        }
        Self { relation, ticket: fields.text("ticket", 20) }
    }
}

/// `POST /desk/tickets/{id}/links`: by number, as people type it.
pub(super) async fn add(visit: Visit, Path(ticket): Path<String>, input: Input<Wish>) -> Answer {
    let actor = visit.staff()?;
    let (form, fields, ..) = input.open();
    let mut tx = visit.app.db.write().await?;
    let ticket = Ticket::get(&mut tx, actor, id(&ticket)?, Action::Change).await?;
    let outcome: Result<Linked> = async {
        let wish = form.map_err(Fault::Invalid)?;
        let number = wish.ticket.trim_start_matches('#').trim().parse().map_err(|_| Fault::field("ticket", "Give its number, like #1050."))?;
        let other = Ticket::by_number(&mut tx, actor, number).await?.ok_or_else(|| Fault::field("ticket", "There is no such ticket, or not for you."))?;
        ticket.link(&mut tx, actor, wish.relation.unwrap_or(Relation::Related), other.id).await
    }
    .await;
    let (status, wrong) = match outcome {
        Ok(link) => {
            tx.commit().await?;
            let text = format!("Linked: {} #{}.", link.relation().label().to_lowercase(), link.number);
            return Ok(visit.flash(web::see_other(&format!("/desk/tickets/{}", ticket.id))?, &Flash { kind: "good", text, undo: None }));
        }
        Err(Fault::Conflict { detail, .. }) => (StatusCode::CONFLICT, FieldErrors::one("ticket", detail)),
        Err(Fault::Invalid(wrong)) => (StatusCode::UNPROCESSABLE_ENTITY, wrong),
        Err(fault) => return Err(fault.into()),
    };
    drop(tx);
    let mut conn = visit.app.db.read().await?;
    let page = screen(&visit, &mut conn, actor, &ticket, Some((&fields, wrong))).await?;
    web::html_with(status, &page)
}

/// `POST /desk/tickets/{id}/links/{link}/remove`: at both ends.
pub(super) async fn remove(visit: Visit, headers: HeaderMap, Path((ticket, link)): Path<(String, String)>, _: Input<super::guest::Nothing>) -> Answer {
    let actor = visit.staff()?;
    let mut tx = visit.app.db.write().await?;
    let ticket = Ticket::get(&mut tx, actor, id(&ticket)?, Action::Change).await?;
    let outcome = ticket.unlink(&mut tx, actor, id(&link)?).await;
    told(&visit, &headers, ticket.id, tx, outcome).await
}
