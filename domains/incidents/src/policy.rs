//! Rights over incidents: whoever of the staff may see the ticket looks, whoever may change it works. What an update
//! reaches is decided ticket by ticket, by the rights of whoever wrote it. Default no.

use crate::Update;
use db::Conn;
use futures::future::BoxFuture;
use kernel::{Actor, Fault, Result};
use tickets::{Ticket, TicketId, policy::Action};
use uuid::Uuid;

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

/// The gate by id of an update, for live updates: who may look at its incident.
pub(crate) fn may_see<'a>(conn: &'a mut Conn, actor: &'a Actor, id: Uuid) -> BoxFuture<'a, Result<bool>> {
    Box::pin(async move {
        let Some(update) = Update::read(conn, id.into()).await? else { return Ok(false) };
        match look(conn, actor, update.ticket_id).await {
            Ok(_) => Ok(true),
            Err(Fault::Missing | Fault::Forbidden(_)) => Ok(false),
            Err(fault) => Err(fault),
        }
    })
}
