//! Rights over mail: supervisors see all of it; agents what stands in, or is held at, a ticket they see. Mailboxes are for
//! admins. Default no.

use crate::{Arrival, ArrivalId};
use db::Conn;
use futures::future::BoxFuture;
use kernel::{Actor, Fault, Result};
use tickets::{Ticket, TicketId, policy::Action};
use uuid::Uuid;

/// What may be done to a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    /// See it, its source too.
    See,
    /// Let it in, or work on it again.
    Work,
}

/// The gate: no mail without a decision.
pub(crate) async fn open(conn: &mut Conn, actor: &Actor, id: ArrivalId, deed: Deed) -> Result<Arrival> {
    let arrival = Arrival::get(conn, id).await?;
    if actor.is_supervisor() {
        return Ok(arrival);
    }
    let Some(ticket) = arrival.ticket_id.filter(|_| actor.is_staff()) else { return Err(Fault::Missing) };
    Ticket::get(conn, actor, ticket, if deed == Deed::See { Action::Note } else { Action::Reply }).await?;
    Ok(arrival)
}

/// The gate by id, for live updates.
pub(crate) fn may_see<'a>(conn: &'a mut Conn, actor: &'a Actor, id: Uuid) -> BoxFuture<'a, Result<bool>> {
    Box::pin(async move {
        match open(conn, actor, id.into(), Deed::See).await {
            Ok(_) => Ok(true),
            Err(Fault::Missing | Fault::Forbidden(_)) => Ok(false),
            Err(fault) => Err(fault),
        }
    })
}

/// The gate of our mails about a ticket: staff who may write notes there see them, who may reply works on them.
pub(crate) async fn mails_of(conn: &mut Conn, actor: &Actor, ticket: TicketId, deed: Deed) -> Result<TicketId> {
    if !actor.is_staff() {
        return Err(Fault::Missing);
    }
    Ok(Ticket::get(conn, actor, ticket, if deed == Deed::See { Action::Note } else { Action::Reply }).await?.id)
}

/// The list of all mails.
pub(crate) fn list(actor: &Actor) -> Result<()> {
    if actor.is_supervisor() { Ok(()) } else { Err(Fault::Forbidden("All mail is for supervisors.".to_owned())) }
}

/// Mailboxes, and handing over mail.
pub(crate) fn administer(actor: &Actor) -> Result<()> {
    if actor.is_admin() { Ok(()) } else { Err(Fault::Forbidden("Mailboxes are for admins.".to_owned())) }
}
