//! Rights over ratings. They are between the requester and staff: a colleague who listens sees the request, not its
//! rating. Default no.

use db::Conn;
use kernel::{Actor, Fault, Result, Who};
use tickets::{Ticket, TicketId, policy::Action as OfTicket};

/// What may be done to the rating of a ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// See score and comment.
    See,
    /// Give or change it.
    Rate,
}

/// May this actor, who may see the ticket, do this to its rating?
pub fn may(actor: &Actor, action: Action, ticket: &Ticket) -> bool {
    let asked = actor.person == Some(ticket.requester_id) && matches!(actor.who, Who::Session | Who::Token(_) | Who::Guest(_));
    match action {
        Action::See => asked || actor.is_staff(),
        Action::Rate => asked,
    }
}

/// The gate: whoever may not see the ticket, or sees it without its rating, finds nothing.
pub(crate) async fn pass(conn: &mut Conn, actor: &Actor, id: TicketId, action: Action) -> Result<Ticket> {
    let ticket = Ticket::get(conn, actor, id, OfTicket::See).await?;
    if may(actor, action, &ticket) {
        return Ok(ticket);
    }
    if may(actor, Action::See, &ticket) { Err(Fault::Forbidden("Only who asked rates a request.".to_owned())) } else { Err(Fault::Missing) }
}
