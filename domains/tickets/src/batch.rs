//! Many tickets at once: found by one statement, changed by the same verbs as one. What is not allowed is told before
//! anything is written, so that the rest of a batch stands.

use crate::{
    Change, Ticket, TicketId,
    field::ask::Values,
    policy::{self, Action},
    ticket::{ticket_columns, ticket_tables},
};
use db::{Conn, FromRow, Query, Reader, Tx, sql};
use kernel::{Actor, Result};
use std::collections::HashMap;

/// A ticket of a batch, with whether the actor listens to it.
pub struct Held {
    /// The ticket.
    pub ticket: Ticket,
    /// The number of the ticket it goes on in, if it was merged.
    pub goes_on_in: Option<i64>,
    listens: bool,
}

impl FromRow for Held {
    fn from_row(reader: &mut Reader<'_>) -> db::Result<Self> {
        Ok(Self { ticket: reader.read()?, goes_on_in: reader.read()?, listens: reader.read::<Option<i64>>()?.is_some() })
    }
}

/// Those of these tickets that the actor may see, in the trash too where that is allowed.
pub async fn held(conn: &mut Conn, actor: &Actor, ids: &[TicketId]) -> Result<HashMap<TicketId, Held>> {
    let mut query = sql!(
        concat!(
            "SELECT ",
            ticket_columns!(),
            ", (SELECT x.number FROM ticket_merges g JOIN tickets x ON x.id = g.target_id WHERE g.source_id = t.id AND g.undone_at IS NULL)",
            ", (SELECT 1 FROM ticket_people y WHERE y.ticket_id = t.id AND y.person_id = $1)",
            ticket_tables!(),
            " WHERE 1 = 1"
        ),
        actor.person
    );
    query.push(" AND t.id IN ").list(ids.iter().copied());
    let found: Vec<Held> = conn.all(query).await?;
    Ok(found.into_iter().filter(|held| held.may(actor, Action::See) || held.may(actor, Action::Trash)).map(|held| (held.ticket.id, held)).collect())
}

/// The tags of several tickets, each in order.
pub async fn tags(conn: &mut Conn, ids: &[TicketId]) -> Result<HashMap<TicketId, Vec<String>>> {
    let mut query = Query::with("SELECT ticket_id, tag FROM ticket_tags WHERE ticket_id IN ", Vec::new());
    query.list(ids.iter().copied());
    let mut all: HashMap<TicketId, Vec<String>> = HashMap::new();
    for (ticket, tag) in conn.all::<(TicketId, String)>(query).await? {
        all.entry(ticket).or_default().push(tag);
    }
    // engines order text each in its own way
    for tags in all.values_mut() {
        tags.sort();
    }
    Ok(all)
}

/// The values of some custom fields of several tickets.
pub(crate) async fn values(conn: &mut Conn, ids: &[TicketId], keys: &[&str]) -> Result<HashMap<TicketId, Values>> {
    let mut query = Query::with("SELECT ticket_id, field, value FROM ticket_field_values WHERE ticket_id IN ", Vec::new());
    query.list(ids.iter().copied()).push(" AND field IN ").list(keys.iter().copied());
    query.push(" ORDER BY ticket_id, field, folded");
    let mut all: HashMap<TicketId, Values> = HashMap::new();
    for (ticket, field, value) in conn.all::<(TicketId, String, String)>(query).await? {
        all.entry(ticket).or_default().entry(field).or_default().push(value);
    }
    Ok(all)
}

impl Held {
    /// May the actor do this to it?
    pub fn may(&self, actor: &Actor, action: Action) -> bool {
        policy::may(actor, action, &self.ticket, self.listens)
    }

    /// Changes it as [`Ticket::change`] does; the caller read it in this transaction.
    pub async fn change(&self, tx: &mut Tx, actor: &Actor, change: Change) -> Result<()> {
        policy::demand(actor, Action::Change, &self.ticket, self.listens)?;
        if self.goes_on_in.is_some() {
            self.ticket.demand_unmerged(tx).await?;
        }
        self.ticket.change_row(tx, actor, Change { version: self.ticket.version, ..change }).await
    }
}
