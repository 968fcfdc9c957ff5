//! Rights over tickets. `may` decides for one, `visible_to` for many; a test proves that they agree. Default no.

use crate::{Ticket, TicketId, listener};
use db::{Conn, Query, sql};
use futures::future::BoxFuture;
use kernel::{Actor, Fault, Result, TeamId, Who};
use uuid::Uuid;

/// What may be done to a ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// See it, its public messages and public history.
    See,
    /// Write a public reply.
    Reply,
    /// Write and see internal notes, drafts, tags, the whole history.
    Note,
    /// Change its fields.
    Change,
    /// Say that it is solved, or open it again: the customer's own change of status.
    Settle,
    /// Change who gets copies.
    Invite,
    /// Put it into the trash, see it there and take it out.
    Trash,
}

impl Action {
    /// All of them, for tests.
    pub const ALL: [Self; 7] = [Self::See, Self::Reply, Self::Note, Self::Change, Self::Settle, Self::Invite, Self::Trash];
}

/// May this actor do this to that ticket? `listens`: the actor is its requester, CC or follower.
pub fn may(actor: &Actor, action: Action, ticket: &Ticket, listens: bool) -> bool {
    if actor.is_staff() {
        return sees_as_staff(actor, ticket, listens) && (ticket.trashed_at.is_none() || matches!(action, Action::See | Action::Note | Action::Trash));
    }
    if ticket.trashed_at.is_some() || !sees_as_customer(actor, ticket, listens) {
        return false;
    }
    match action {
        Action::See | Action::Reply => true,
        Action::Settle => actor.person == Some(ticket.requester_id) || shares(actor, ticket),
        Action::Invite => actor.person == Some(ticket.requester_id) && actor.who == Who::Session || shares(actor, ticket),
        Action::Note | Action::Change | Action::Trash => false,
    }
}

fn sees_as_staff(actor: &Actor, ticket: &Ticket, listens: bool) -> bool {
    actor.is_supervisor()
        || ticket.team_id.is_none_or(|team| actor.teams.contains(&team))
        || ticket.assignee_id.is_some() && ticket.assignee_id == actor.person
        || listens
}

fn sees_as_customer(actor: &Actor, ticket: &Ticket, listens: bool) -> bool {
    match actor.who {
        Who::Guest(id) => ticket.id.uuid() == id,
        Who::Session | Who::Token(_) => actor.person == Some(ticket.requester_id) || listens || shares(actor, ticket),
        Who::Stranger | Who::System => false,
    }
}

/// The organization lets its members see each other's requests.
fn shares(actor: &Actor, ticket: &Ticket) -> bool {
    actor.is_signed_in() && actor.shares_requests && ticket.organization_id.is_some() && ticket.organization_id == actor.organization
}

/// True when the answer of `may` can hang on whether the actor listens: spares a look-up for most requests.
pub(crate) fn depends_on_listening(actor: &Actor, ticket: &Ticket) -> bool {
    may(actor, Action::See, ticket, true) != may(actor, Action::See, ticket, false)
}

/// Lets through, or says that it is missing; what is seen but not allowed is said so.
pub(crate) fn demand(actor: &Actor, action: Action, ticket: &Ticket, listens: bool) -> Result<()> {
    if may(actor, action, ticket, listens) {
        return Ok(());
    }
    if !may(actor, Action::See, ticket, listens) {
        return Err(Fault::Missing);
    }
    Err(Fault::Forbidden(
        if ticket.trashed_at.is_some() { "It lies in the trash. Restore it first." } else { "Your account may see this request but not do that." }.to_owned(),
    ))
}

/// Narrows a query on `tickets t` to what the actor may see outside of the trash.
pub fn visible_to(actor: &Actor, query: &mut Query) {
    query.push(" AND t.trashed_at IS NULL");
    narrow(actor, query);
}

/// A part of what an actor may see. The parts of one actor share no ticket, and each stands together in an index, so
/// that a small team among many tickets of others is read alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// All that `visible_to` lets through, in one piece.
    Visible,
    /// Tickets of one of the actor's teams, or of none.
    Team(Option<TeamId>),
    /// Assigned to the actor, in teams of others.
    Own,
    /// Followed by the actor, in teams of others and assigned to somebody else.
    Heard,
}

impl Scope {
    /// Where its rows come from: begins with `FROM` and ends within a `WHERE`.
    pub(crate) const fn source(self) -> &'static str {
        match self {
            // from the few followed ones to their tickets, never the other way round
            Self::Heard => " FROM ticket_people l CROSS JOIN tickets t WHERE l.ticket_id = t.id",
            _ => " FROM tickets t WHERE 1 = 1",
        }
    }

    /// Narrows a query that begins with `source` to this part, outside and inside of the trash.
    pub(crate) fn push(self, actor: &Actor, query: &mut Query) {
        match self {
            Self::Visible => narrow(actor, query),
            Self::Team(None) => drop(query.push(" AND t.team_id IS NULL")),
            Self::Team(team) => drop(query.push(" AND t.team_id = ").bind(team)),
            Self::Own => {
                query.push(" AND t.assignee_id = ").bind(actor.person);
                elsewhere(actor, query);
            }
            Self::Heard => {
                query.push(" AND l.person_id = ").bind(actor.person).push(" AND (t.assignee_id IS NULL OR t.assignee_id <> ").bind(actor.person).push(")");
                elsewhere(actor, query);
            }
        }
    }
}

/// In a team, and in none of the actor's.
fn elsewhere(actor: &Actor, query: &mut Query) {
    query.push(" AND t.team_id IS NOT NULL");
    if !actor.teams.is_empty() {
        query.push(" AND t.team_id NOT IN ").list(actor.teams.iter().copied());
    }
}

/// The parts of what an actor may see; together they are what `visible_to` lets through.
pub fn scopes(actor: &Actor) -> Vec<Scope> {
    if !actor.is_staff() || actor.is_supervisor() || actor.person.is_none() || actor.teams.len() > MOST_PARTS {
        return vec![Scope::Visible];
    }
    let teams = actor.teams.iter().map(|team| Scope::Team(Some(*team)));
    std::iter::once(Scope::Team(None)).chain(teams).chain([Scope::Own, Scope::Heard]).collect()
}

/// Somebody of more teams than this is read in one piece.
const MOST_PARTS: usize = 20;

/// The same without a word about the trash.
pub fn narrow(actor: &Actor, query: &mut Query) {
    if actor.is_supervisor() {
        return;
    }
    let person = actor.person;
    if actor.is_staff() {
        query.push(" AND (t.team_id IS NULL OR t.team_id IN ").list(actor.teams.iter().copied()).push(" OR t.assignee_id = ").bind(person);
        query.push(" OR EXISTS (SELECT 1 FROM ticket_people l WHERE l.ticket_id = t.id AND l.person_id = ").bind(person).push("))");
        return;
    }
    match actor.who {
        Who::Guest(id) => query.push(" AND t.id = ").bind(id),
        Who::Session | Who::Token(_) => {
            query.push(" AND (t.id IN (SELECT l.ticket_id FROM ticket_people l WHERE l.person_id = ").bind(person).push(")");
            if actor.shares_requests {
                query.push(" OR t.organization_id = ").bind(actor.organization);
            }
            query.push(")")
        }
        Who::Stranger | Who::System => query.push(" AND 1 = 0"),
    };
}

/// The gate by id, for live updates.
pub(crate) fn may_see_ticket<'a>(conn: &'a mut Conn, actor: &'a Actor, id: Uuid) -> BoxFuture<'a, Result<bool>> {
    Box::pin(async move {
        match Ticket::get(conn, actor, TicketId::from(id), Action::See).await {
            Ok(_) => Ok(true),
            Err(Fault::Missing) => Ok(false),
            Err(fault) => Err(fault),
        }
    })
}

/// The gate of a message and its files: notes and replies that are still held are for staff.
pub(crate) fn may_see_message<'a>(conn: &'a mut Conn, actor: &'a Actor, id: Uuid) -> BoxFuture<'a, Result<bool>> {
    Box::pin(async move {
        let found: Option<(TicketId, bool, Option<db::Timestamp>)> =
            conn.first(sql!("SELECT ticket_id, is_internal, held_until FROM messages WHERE id = $1", id)).await?;
        let Some((ticket, is_internal, held)) = found else { return Ok(false) };
        let action = if is_internal || held.is_some() { Action::Note } else { Action::See };
        if opens(conn, actor, ticket, action).await? {
            return Ok(true);
        }
        // it may have come from a ticket that they see, by a merge
        for ticket in crate::merge::shown_through(conn, actor, id.into()).await? {
            if opens(conn, actor, ticket, action).await? {
                return Ok(true);
            }
        }
        Ok(false)
    })
}

/// The gate as a yes or no.
async fn opens(conn: &mut Conn, actor: &Actor, ticket: TicketId, action: Action) -> Result<bool> {
    match Ticket::get(conn, actor, ticket, action).await {
        Ok(_) => Ok(true),
        Err(Fault::Missing | Fault::Forbidden(_)) => Ok(false),
        Err(fault) => Err(fault),
    }
}

/// Whether the actor listens to a ticket it holds already.
pub(crate) async fn may_now(conn: &mut Conn, actor: &Actor, action: Action, ticket: &Ticket) -> Result<bool> {
    let (yes, no) = (may(actor, action, ticket, true), may(actor, action, ticket, false));
    Ok(if yes == no { yes } else { may(actor, action, ticket, listener::listens(conn, ticket.id, actor.person).await?) })
}
