//! The checklist beside a ticket: add, tick, move, remove, and put a template on it.

use super::{back, id};
use crate::{
    Item, Template,
    checklist::{Move, TEXT},
    policy,
};
use accounts::again;
use db::Id;
use kernel::{Fault, FieldErrors, Result};
use tickets::TicketId;
use ui::Errors;
use web::{Answer, Fields, Form, Input, Path, Visit};

#[derive(askama::Template)]
#[template(path = "checklist.html")]
struct ChecklistPanel {
    page: ui::Page,
    ticket: TicketId,
    number: String,
    /// Its own steps, then those of the tickets merged into it.
    items: Vec<Item>,
    /// The ticket and those merged into it, with their numbers.
    parts: Vec<(TicketId, i64)>,
    templates: Vec<Template>,
    may_work: bool,
    may_keep: bool,
    typed: String,
    errors: Errors,
}

impl ChecklistPanel {
    fn done(&self) -> usize {
        self.items.iter().filter(|item| item.done_at.is_some()).count()
    }

    /// How many are the ticket's own.
    fn own(&self) -> usize {
        self.items.iter().filter(|item| item.ticket_id == self.ticket).count()
    }

    /// The number of the ticket that a step came with.
    fn origin(&self, item: &Item) -> Option<i64> {
        self.parts.iter().find(|(id, _)| *id == item.ticket_id && *id != self.ticket).map(|(_, number)| *number)
    }
}

async fn panel(visit: &Visit, ticket: TicketId) -> Result<ChecklistPanel> {
    let actor = visit.staff()?;
    let mut conn = visit.app.db.read().await?;
    let ticket = policy::look(&mut conn, actor, ticket).await?;
    let parts = tickets::merged_in(&mut conn, ticket.id).await?;
    let ids: Vec<TicketId> = parts.iter().map(|(id, _)| *id).collect();
    Ok(ChecklistPanel {
        page: visit.page("Checklist"),
        ticket: ticket.id,
        number: format!("#{}", ticket.number),
        items: Item::of(&mut conn, &ids).await?,
        parts,
        templates: Template::all(&mut conn).await?,
        may_work: policy::may_work(&mut conn, actor, &ticket).await?,
        may_keep: actor.is_supervisor(),
        typed: String::new(),
        errors: Errors::new(),
    })
}

/// `GET /desk/tickets/{id}/checklist`: staff who see the ticket.
pub(super) async fn look(visit: Visit, Path(ticket): Path<String>) -> Answer {
    visit.staff()?;
    web::html(&panel(&visit, id(&ticket)?).await?)
}

pub(super) struct Add {
    text: Option<String>,
    template: Option<Id<Template>>,
}

impl Form for Add {
    fn read(fields: &mut Fields) -> Self {
        let (text, template) = (fields.optional_text("text", TEXT), fields.id("template"));
        if text.is_none() && template.is_none() {
            fields.errors.add("text", "Write a step, or choose a template.");
        }
        Self { text, template }
    }
}

/// `POST /desk/tickets/{id}/checklist`: staff who may change the ticket; a step, or those of a template.
pub(super) async fn add(visit: Visit, Path(ticket): Path<String>, input: Input<Add>) -> Answer {
    visit.staff()?;
    let ticket = id(&ticket)?;
    let (read, fields, ..) = input.open();
    match put(&visit, ticket, read).await {
        Ok(()) => back(&visit, ticket, "checklist"),
        Err(fault) => {
            let page = panel(&visit, ticket).await?;
            again(fault, |errors| ChecklistPanel { typed: fields.typed("text"), errors, ..page })
        }
    }
}

async fn put(visit: &Visit, ticket: TicketId, read: std::result::Result<Add, FieldErrors>) -> Result<()> {
    let actor = visit.staff()?;
    let mut tx = visit.app.db.write().await?;
    policy::work(&mut tx, actor, ticket).await?;
    let add = read?;
    match (add.text, add.template) {
        (Some(text), _) => drop(Item::add(&mut tx, actor, ticket, &text).await?),
        (None, Some(template)) => {
            let gone = |_| Fault::field("text", "This template is gone. Choose another one.");
            let template = Template::get(&mut tx, template).await.map_err(gone)?;
            Item::apply(&mut tx, actor, ticket, &template).await?;
        }
        (None, None) => {}
    }
    Ok(tx.commit().await?)
}

pub(super) struct Act(String);

impl Form for Act {
    fn read(fields: &mut Fields) -> Self {
        let act = fields.text("act", 10);
        if !matches!(act.as_str(), "tick" | "untick" | "up" | "down" | "remove") {
            fields.errors.add("act", "Must be tick, untick, up, down or remove.");
        }
        Self(act)
    }
}

/// `POST /desk/tickets/{id}/checklist/{item}`: staff who may change the ticket.
pub(super) async fn act(visit: Visit, Path((ticket, item)): Path<(String, String)>, input: Input<Act>) -> Answer {
    let actor = visit.staff()?;
    let ticket = id(&ticket)?;
    let mut tx = visit.app.db.write().await?;
    policy::work(&mut tx, actor, ticket).await?;
    let (Act(act), item) = (input.take()?, id(&item)?);
    match act.as_str() {
        "tick" | "untick" => Item::tick(&mut tx, actor, ticket, item, act == "tick").await?,
        "up" => Item::shift(&mut tx, actor, ticket, item, Move::Up).await?,
        "down" => Item::shift(&mut tx, actor, ticket, item, Move::Down).await?,
        _ => Item::remove(&mut tx, actor, ticket, item).await?,
    }
    tx.commit().await?;
    back(&visit, ticket, "checklist")
}
