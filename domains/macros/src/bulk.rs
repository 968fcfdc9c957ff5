//! Changes of many tickets: asked for at once, made a few at a time by `work`, told ticket by ticket, taken back as one.

use crate::{
    changes::{Changes, Known},
    work,
};
use db::{Conn, FromRow, Id, Query, Reader, Timestamp, Tx, record, sql};
use futures::future::BoxFuture;
use kernel::{Actor, Fault, PersonId, Result};
use serde_json::json;
use std::collections::HashSet;
use tickets::{TicketId, list::Filter};
use uuid::Uuid;

/// At most this many tickets at once.
pub const MOST: usize = 10_000;
/// At most this many are merged into one at once.
pub const MOST_MERGED: i64 = 100;
/// Rows written by one statement when tickets are named one by one.
const ROWS: usize = 500;

db::words! {
    /// How far it is.
    pub enum State {
        /// At work.
        Running = "RUNNING",
        /// Every ticket was changed or refused.
        Done = "DONE",
        /// Being taken back.
        Undoing = "UNDOING",
        /// Taken back as far as possible.
        Undone = "UNDONE",
    }
}

db::words! {
    /// What became of one ticket.
    pub enum Outcome {
        /// Its turn is to come.
        Waiting = "WAITING",
        /// Changed, or as wanted already.
        Done = "DONE",
        /// Not changed; the reason says why.
        Refused = "REFUSED",
        /// Changed back.
        Restored = "RESTORED",
        /// Not changed back, or not all of it; the reason says why.
        Kept = "KEPT",
    }
}

/// Which tickets are meant.
#[derive(Clone, Debug)]
pub enum Chosen {
    /// These.
    Tickets(Vec<TicketId>),
    /// All that a list shows.
    Matching(Box<Filter>),
}

/// A change of many tickets.
#[derive(Clone, Debug)]
pub struct Bulk {
    /// The id.
    pub id: Id<Bulk>,
    /// Who asked for it, and in whose name it is done.
    pub person_id: PersonId,
    /// What is done to each.
    pub changes: Changes,
    /// The name of the macro, if it was one.
    pub label: String,
    /// How far it is.
    pub state: State,
    /// How many tickets.
    pub total: i64,
    /// Of them changed.
    pub done: i64,
    /// Of them refused.
    pub refused: i64,
    /// Of those changed, changed back.
    pub restored: i64,
    /// Of those changed, not changed back.
    pub kept: i64,
    /// Items up to here are behind it.
    pub position: i64,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// Who takes it back, and in whose name that is done.
    pub undone_by: Option<PersonId>,
}

impl FromRow for Bulk {
    fn from_row(reader: &mut Reader<'_>) -> db::Result<Self> {
        Ok(Self {
            id: reader.read()?,
            person_id: reader.read()?,
            changes: Changes::from_text(&reader.read::<String>()?),
            label: reader.read()?,
            state: reader.read()?,
            total: reader.read()?,
            done: reader.read()?,
            refused: reader.read()?,
            restored: reader.read()?,
            kept: reader.read()?,
            position: reader.read()?,
            created_at: reader.read()?,
            ended_at: reader.read()?,
            undone_by: reader.read()?,
        })
    }
}

record! {
    /// What became of one ticket.
    #[derive(Clone, Debug)]
    pub struct Item {
        /// Its place.
        pub position: i64,
        /// The ticket as it was named.
        pub ticket_id: TicketId,
        /// What became of it.
        pub outcome: Outcome,
        /// Why not.
        pub reason: Option<String>,
        /// Its number, if the reader may see it.
        pub number: Option<i64>,
        /// Its subject, if the reader may see it.
        pub title: Option<String>,
    }
}

impl Bulk {
    /// Asks for it; the work begins after the commit.
    pub async fn ask(tx: &mut Tx, actor: &Actor, changes: &Changes, label: &str, chosen: &Chosen) -> Result<Self> {
        let person = actor.person.filter(|_| actor.is_staff()).ok_or_else(|| Fault::Forbidden("Only staff changes many tickets.".to_owned()))?;
        if *changes == Changes::default() {
            return Err(Fault::field("changes", "Choose at least one change."));
        }
        let changes = &changes.found(tx, actor).await?;
        if let Some(sentence) = changes.trouble(&Known::now(tx).await?) {
            return Err(Fault::field("changes", sentence));
        }
        let (id, now) = (Id::<Self>::new(), tx.now());
        tx.run(sql!(
            "INSERT INTO bulks (id, person_id, changes, label, state, total, done, refused, restored, kept, position, beat_at, created_at)
             VALUES ($1, $2, $3, $4, 'RUNNING', 0, 0, 0, 0, 0, 0, $5, $5)",
            id,
            person,
            changes.to_json().to_string(),
            label,
            now
        ))
        .await?;
        let total = match chosen {
            Chosen::Tickets(ids) => name(tx, id, ids).await?,
            Chosen::Matching(filter) => matching(tx, actor, id, filter).await?,
        };
        let total = match changes.spared() {
            Some(other) => total - i64::try_from(tx.run(sql!("DELETE FROM bulk_items WHERE bulk_id = $1 AND ticket_id = $2", id, other)).await?).unwrap_or(0),
            None => total,
        };
        if total == 0 {
            let words = if changes.merge.is_some() { "Choose at least one other ticket." } else { "Choose at least one ticket." };
            return Err(Fault::field("tickets", words));
        }
        if changes.merge.is_some() && total > MOST_MERGED {
            return Err(Fault::field("tickets", format!("At most {MOST_MERGED} tickets are merged at once.")));
        }
        tx.run(sql!("UPDATE bulks SET total = $2 WHERE id = $1", id, total)).await?;
        tx.record(actor.event("bulk.asked", ("bulk", id.uuid()), true, json!({ "total": total, "label": label }))).await?;
        work::BULK.enqueue(tx, id.uuid()).await?;
        Self::read(tx, id).await?.ok_or(Fault::Missing)
    }

    /// The gate: whoever asked for it, and admins.
    pub async fn get(conn: &mut Conn, actor: &Actor, id: Id<Self>) -> Result<Self> {
        let found = Self::read(conn, id).await?;
        found.filter(|bulk| actor.is_staff() && (actor.person == Some(bulk.person_id) || actor.is_admin())).ok_or(Fault::Missing)
    }

    /// Takes all of it back, where nobody changed more meanwhile. Once; twice is harmless.
    pub async fn undo(&self, tx: &mut Tx, actor: &Actor) -> Result<Self> {
        if self.state == State::Running {
            return Err(Fault::Conflict { kind: "still-running", detail: "It is still at work. Take it back when it has ended.".to_owned() });
        }
        let now = tx.now();
        let begun = tx
            .run(sql!(
                "UPDATE bulks SET state = 'UNDOING', position = 0, ended_at = NULL, beat_at = $2, undone_by = $3 WHERE id = $1 AND state = 'DONE'",
                self.id,
                now,
                actor.person
            ))
            .await?;
        if begun == 1 {
            tx.record(actor.event("bulk.undone", ("bulk", self.id.uuid()), true, json!({ "total": self.total }))).await?;
            work::BULK.enqueue(tx, self.id.uuid()).await?;
        }
        Self::read(tx, self.id).await?.ok_or(Fault::Missing)
    }

    /// Tickets of one outcome, in their order, after a place. Number and subject only of those that the reader may see.
    pub async fn items(&self, conn: &mut Conn, actor: &Actor, outcome: Outcome, after: i64, limit: i64) -> Result<Vec<Item>> {
        Ok(conn.all(self.items_statement(actor, outcome, after, limit)).await?)
    }

    /// The statement of a page of items, for plan tests too.
    pub fn items_statement(&self, actor: &Actor, outcome: Outcome, after: i64, limit: i64) -> Query {
        let mut query = Query::with(
            "SELECT i.position, i.ticket_id, i.state, i.reason, t.number, t.title FROM bulk_items i LEFT JOIN tickets t ON t.id = i.ticket_id",
            Vec::new(),
        );
        tickets::policy::narrow(actor, &mut query);
        query.push(" WHERE i.bulk_id = ").bind(self.id).push(" AND i.state = ").bind(outcome).push(" AND i.position > ").bind(after);
        query.push(" ORDER BY i.position").limit(limit);
        query
    }

    /// How many of it are behind it, for a progress bar.
    pub fn behind(&self) -> i64 {
        if matches!(self.state, State::Running | State::Done) { self.done + self.refused } else { self.restored + self.kept }
    }

    /// What there is to do, for a progress bar.
    pub fn whole(&self) -> i64 {
        if matches!(self.state, State::Running | State::Done) { self.total } else { self.done }
    }

    /// At work, or being taken back.
    pub fn is_at_work(&self) -> bool {
        matches!(self.state, State::Running | State::Undoing)
    }

    pub(crate) async fn read(conn: &mut Conn, id: Id<Self>) -> Result<Option<Self>> {
        Ok(conn
            .first(sql!(
                "SELECT id, person_id, changes, label, state, total, done, refused, restored, kept, position, created_at, ended_at, undone_by FROM bulks WHERE id = $1",
                id
            ))
            .await?)
    }
}

/// Writes down tickets that were named one by one; each once.
async fn name(tx: &mut Tx, id: Id<Bulk>, tickets: &[TicketId]) -> Result<i64> {
    let mut seen = HashSet::with_capacity(tickets.len());
    let once: Vec<TicketId> = tickets.iter().copied().filter(|ticket| seen.insert(*ticket)).collect();
    let mut position = 0;
    for rows in once.chunks(ROWS) {
        // not a whole statement yet, so not one for `sql!`
        let mut query = Query::with("INSERT INTO bulk_items (bulk_id, position, ticket_id, state) VALUES ", Vec::new());
        for (index, ticket) in rows.iter().enumerate() {
            position += 1;
            query.push(if index == 0 { "(" } else { ", (" }).bind(id).push(", ").bind(position).push(", ").bind(*ticket).push(", 'WAITING')");
        }
        tx.run(query).await?;
    }
    Ok(position)
}

/// Writes down all that a list shows, by one statement.
async fn matching(tx: &mut Tx, actor: &Actor, id: Id<Bulk>, filter: &Filter) -> Result<i64> {
    let mut query = Query::with("INSERT INTO bulk_items (bulk_id, position, ticket_id, state) SELECT ", Vec::new());
    query.bind(id).push(", ROW_NUMBER() OVER (ORDER BY c.id), c.id, 'WAITING' FROM (");
    filter.push_ids(actor, &mut query);
    query.limit(i64::try_from(MOST + 1).unwrap_or(i64::MAX)).push(") AS c");
    let total = i64::try_from(tx.run(query).await?).unwrap_or(i64::MAX);
    if usize::try_from(total).is_ok_and(|total| total <= MOST) {
        return Ok(total);
    }
    Err(Fault::field("matching", format!("More than {MOST} tickets match. Narrow the filter and go on in parts.")))
}

/// The gate by id, for live updates.
pub(crate) fn may_see<'a>(conn: &'a mut Conn, actor: &'a Actor, id: Uuid) -> BoxFuture<'a, Result<bool>> {
    Box::pin(async move {
        match Bulk::get(conn, actor, Id::from(id)).await {
            Ok(_) => Ok(true),
            Err(Fault::Missing) => Ok(false),
            Err(fault) => Err(fault),
        }
    })
}
