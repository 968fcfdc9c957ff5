//! Rights over checklists and time: whoever of the staff may see or change the ticket; templates are for supervisors.

use crate::Entry;
use db::Conn;
use kernel::{Actor, Fault, Result};
use tickets::{Merge, Ticket, TicketId, policy::Action};

/// May this actor, who may change the ticket, change that entry? One's own; supervisors any.
pub fn may_change(actor: &Actor, entry: &Entry) -> bool {
    actor.is_supervisor() || actor.is_staff() && actor.person == Some(entry.person_id)
}

/// The gate for looking: staff who see the ticket.
pub(crate) async fn look(conn: &mut Conn, actor: &Actor, id: TicketId) -> Result<Ticket> {
    Ticket::get(conn, actor, id, Action::Note).await
}

/// The gate for working: staff who may change the ticket; not in the trash, nor where it goes on in another one.
pub(crate) async fn work(conn: &mut Conn, actor: &Actor, id: TicketId) -> Result<Ticket> {
    let ticket = Ticket::get(conn, actor, id, Action::Change).await?;
    ticket.demand_unmerged(conn).await?;
    Ok(ticket)
}

/// The same for a panel that was looked at already.
pub(crate) async fn may_work(conn: &mut Conn, actor: &Actor, ticket: &Ticket) -> Result<bool> {
    // who passed the gate to look may work unless it lies in the trash
    Ok(tickets::policy::may(actor, Action::Change, ticket, true) && Merge::of(conn, ticket).await?.is_none())
}

/// Asks for somebody who keeps the templates.
pub(crate) fn keep(actor: &Actor) -> Result<()> {
    if actor.is_supervisor() { Ok(()) } else { Err(Fault::Forbidden("Supervisors and admins keep the checklist templates.".to_owned())) }
}
