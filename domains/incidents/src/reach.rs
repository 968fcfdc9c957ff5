//! Whom an update of an incident reaches: its children, as the actor may see and answer them, and why others are not
//! reached. What is shown before sending and what is decided while sending are the same conditions.

use db::{Conn, Query, record, sql};
use kernel::{Actor, Result};
use std::collections::HashSet;
use tickets::{Status, TicketId, batch::Held, policy::Action};

/// Tickets of each kind that are shown by name.
const SHOWN: i64 = 20;

record! {
    /// A child that gets it.
    pub(crate) struct Reached {
        pub(crate) id: TicketId,
        pub(crate) number: i64,
        pub(crate) title: String,
        pub(crate) requester: String,
        pub(crate) organization: Option<String>,
        pub(crate) status: Status,
    }
}

record! {
    /// A child that does not.
    struct Left {
        id: TicketId,
        number: i64,
        title: String,
        is_trashed: bool,
        goes_on_in: Option<i64>,
    }
}

/// A child that does not get it, and why.
pub(crate) struct Missed {
    pub(crate) id: TicketId,
    pub(crate) number: i64,
    pub(crate) title: String,
    pub(crate) reason: String,
}

/// What an update would do.
pub(crate) struct Reach {
    /// Children in all.
    pub(crate) children: i64,
    /// Of them get it.
    pub(crate) count: i64,
    /// The first of those.
    pub(crate) reached: Vec<Reached>,
    /// The first of those that do not.
    pub(crate) missed: Vec<Missed>,
    /// Of those that do not: the actor may not even see them.
    pub(crate) hidden: i64,
}

/// How many children a ticket has.
pub(crate) async fn children(conn: &mut Conn, ticket: TicketId) -> Result<i64> {
    Ok(conn.one(sql!("SELECT COUNT(*) FROM ticket_links WHERE from_id = $1 AND kind = 'PARENT'", ticket)).await?)
}

impl Reach {
    /// Counts it, and names the first ones.
    pub(crate) async fn of(conn: &mut Conn, actor: &Actor, ticket: TicketId) -> Result<Self> {
        let children = children(conn, ticket).await?;
        let mut count = sql!("SELECT COUNT(*) FROM ticket_links l JOIN tickets t ON t.id = l.to_id WHERE l.from_id = $1 AND l.kind = 'PARENT'", ticket);
        reachable(actor, &mut count);
        let count: i64 = conn.one(count).await?;
        let mut reached = sql!(
            "SELECT t.id, t.number, t.title, r.name, o.name, t.status FROM ticket_links l JOIN tickets t ON t.id = l.to_id JOIN people r ON r.id = t.requester_id
             LEFT JOIN organizations o ON o.id = t.organization_id WHERE l.from_id = $1 AND l.kind = 'PARENT'",
            ticket
        );
        reachable(actor, &mut reached);
        reached.push(" ORDER BY t.id").limit(SHOWN);
        let reached = conn.all(reached).await?;
        let (left, hidden) = left(conn, actor, ticket, children - count).await?;
        let mut missed = Vec::new();
        for child in left {
            let reason = reason(child.is_trashed, child.goes_on_in);
            missed.push(Missed { id: child.id, number: child.number, title: child.title, reason });
        }
        Ok(Self { children, count, reached, missed, hidden })
    }
}

fn reachable(actor: &Actor, query: &mut Query) {
    tickets::policy::visible_to(actor, query);
    query.push(" AND t.status <> 'CLOSED'");
}

/// Those that are seen and not reached, and how many are not even seen.
async fn left(conn: &mut Conn, actor: &Actor, ticket: TicketId, others: i64) -> Result<(Vec<Left>, i64)> {
    if others == 0 {
        return Ok((Vec::new(), 0));
    }
    let mut count = sql!(
        "SELECT COUNT(*) FROM ticket_links l JOIN tickets t ON t.id = l.to_id WHERE l.from_id = $1 AND l.kind = 'PARENT' AND (t.status = 'CLOSED' OR t.trashed_at IS NOT NULL)",
        ticket
    );
    tickets::policy::narrow(actor, &mut count);
    let seen: i64 = conn.one(count).await?;
    let mut query = sql!(
        "SELECT t.id, t.number, t.title, t.trashed_at IS NOT NULL, (SELECT x.number FROM ticket_merges g JOIN tickets x ON x.id = g.target_id WHERE g.source_id = t.id AND g.undone_at IS NULL)
         FROM ticket_links l JOIN tickets t ON t.id = l.to_id WHERE l.from_id = $1 AND l.kind = 'PARENT' AND (t.status = 'CLOSED' OR t.trashed_at IS NOT NULL)",
        ticket
    );
    tickets::policy::narrow(actor, &mut query);
    query.push(" ORDER BY t.id").limit(SHOWN);
    Ok((conn.all(query).await?, others - seen))
}

fn reason(is_trashed: bool, goes_on_in: Option<i64>) -> String {
    match (is_trashed, goes_on_in) {
        (true, _) => "It lies in the trash.".to_owned(),
        (false, Some(number)) => format!("It was merged into #{number}. Link that one instead."),
        (false, None) => "It is closed.".to_owned(),
    }
}

/// The same words for what is not there and for what is not for this person.
pub(crate) const NOT_THERE: &str = "Your account may not see it.";

/// Why a child gets no update as things stand now; none when it does. `held`: as the actor sees it.
pub(crate) fn obstacle(actor: &Actor, held: Option<&Held>, linked: &HashSet<TicketId>) -> Option<String> {
    let Some(held) = held else { return Some(NOT_THERE.to_owned()) };
    if held.ticket.status == Status::Closed || held.ticket.trashed_at.is_some() {
        return Some(reason(held.ticket.trashed_at.is_some(), held.goes_on_in));
    }
    if !held.may(actor, Action::Reply) {
        return Some("Your account may see it but not reply.".to_owned());
    }
    (!linked.contains(&held.ticket.id)).then(|| "It is no child of the incident any more.".to_owned())
}

/// Those of these tickets that are children still.
pub(crate) async fn linked(conn: &mut Conn, incident: TicketId, ids: &[TicketId]) -> Result<HashSet<TicketId>> {
    let mut query = Query::with("SELECT to_id FROM ticket_links WHERE kind = 'PARENT' AND from_id = ", Vec::new());
    query.bind(incident).push(" AND to_id IN ").list(ids.iter().copied());
    Ok(conn.all::<TicketId>(query).await?.into_iter().collect())
}
