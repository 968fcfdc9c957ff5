//! The panel beside a ticket: what it is a child of, or that it is an incident, with its children and updates.

use super::{back, id, requests};
use crate::{
    Incident, Update,
    incident::{Brief, TITLE},
    policy, reach,
    update::SHOWN,
};
use accounts::again;
use askama::Template;
use kernel::{Fault, FieldErrors, Result};
use tickets::{Merge, TicketId, policy::Action};
use ui::Errors;
use web::{Answer, Fields, Form, Input, Path, Visit};

#[derive(Template)]
#[template(path = "incident.html")]
struct IncidentPanel {
    page: ui::Page,
    ticket: TicketId,
    number: String,
    incident: Option<Incident>,
    /// The incident that this ticket is a child of.
    above: Option<Brief>,
    children: i64,
    updates: Vec<Update>,
    may_work: bool,
    typed: String,
    errors: Errors,
}

impl IncidentPanel {
    /// "3 requests".
    fn audience(&self) -> String {
        requests(self.children)
    }

    /// What customers read of it.
    fn public(&self) -> Option<&str> {
        self.incident.as_ref()?.public_title.as_deref()
    }
}

async fn panel(visit: &Visit, ticket: TicketId) -> Result<IncidentPanel> {
    let actor = visit.staff()?;
    let mut conn = visit.app.db.read().await?;
    let ticket = policy::look(&mut conn, actor, ticket).await?;
    let incident = Incident::of(&mut conn, ticket.id).await?;
    // who passed the gate to look may work unless it lies in the trash or goes on elsewhere
    let may_work = tickets::policy::may(actor, Action::Change, &ticket, true) && Merge::of(&mut conn, &ticket).await?.is_none();
    let (children, updates) =
        if incident.is_some() { (reach::children(&mut conn, ticket.id).await?, Update::of(&mut conn, ticket.id, None, SHOWN).await?) } else { (0, Vec::new()) };
    let mut page = visit.page("Incident");
    page.live = updates.iter().filter(|update| update.is_at_work()).map(|update| format!("{}:{}", crate::update::KIND, update.id)).collect();
    Ok(IncidentPanel {
        page,
        ticket: ticket.id,
        number: format!("#{}", ticket.number),
        above: Incident::above(&mut conn, actor, ticket.id).await?,
        typed: incident.as_ref().and_then(|incident| incident.public_title.clone()).unwrap_or_default(),
        incident,
        children,
        updates,
        may_work,
        errors: Errors::new(),
    })
}

/// `GET /desk/tickets/{id}/incident`: staff who see the ticket.
pub(super) async fn look(visit: Visit, Path(ticket): Path<String>) -> Answer {
    visit.staff()?;
    web::html(&panel(&visit, id(&ticket)?).await?)
}

pub(super) struct Act {
    act: String,
    title: Option<String>,
}

impl Form for Act {
    fn read(fields: &mut Fields) -> Self {
        let act = fields.text("act", 10);
        if !matches!(act.as_str(), "open" | "title" | "end") {
            fields.errors.add("act", "Must be open, title or end.");
        }
        Self { act, title: fields.optional_text("publicTitle", TITLE) }
    }
}

/// `POST /desk/tickets/{id}/incident`: staff who may change the ticket.
pub(super) async fn act(visit: Visit, Path(ticket): Path<String>, input: Input<Act>) -> Answer {
    visit.staff()?;
    let ticket = id(&ticket)?;
    let (read, fields, ..) = input.open();
    match put(&visit, ticket, read).await {
        Ok(()) => back(&visit, ticket),
        Err(fault) => {
            let page = panel(&visit, ticket).await?;
            again(fault, |errors| IncidentPanel { typed: fields.typed("publicTitle"), errors, ..page })
        }
    }
}

async fn put(visit: &Visit, ticket: TicketId, read: std::result::Result<Act, FieldErrors>) -> Result<()> {
    let actor = visit.staff()?;
    let mut tx = visit.app.db.write().await?;
    let ticket = policy::work(&mut tx, actor, ticket).await?;
    let act = read.map_err(Fault::Invalid)?;
    match act.act.as_str() {
        "end" => Incident::end(&mut tx, actor, ticket.id).await?,
        // pressed twice, it keeps its title
        "open" if Incident::of(&mut tx, ticket.id).await?.is_some() => {}
        _ => drop(Incident::open(&mut tx, actor, &ticket, act.title.as_deref()).await?),
    }
    Ok(tx.commit().await?)
}
