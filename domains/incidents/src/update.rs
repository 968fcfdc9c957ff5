//! An update of an incident: one reply for all children, asked for at once, given a few at a time by `work`, told child by
//! child. The incident's own thread has it from the beginning.

use crate::{Incident, policy, work};
use db::{Conn, Id, Query, Timestamp, Tx, record, sql};
use kernel::{Actor, Fault, PersonId, Result};
use serde_json::json;
use std::time::Duration;
use tickets::{Body, Channel, Message, NewMessage, Status, Ticket, TicketId};

/// The kind under which pages listen to an update.
pub(crate) const KIND: &str = "incident_update";
/// Updates of an incident that are shown.
pub(crate) const SHOWN: i64 = 5;

db::words! {
    /// How far it is.
    pub enum State {
        /// At work.
        Running = "RUNNING",
        /// Every child has it or was missed.
        Done = "DONE",
    }
}

db::words! {
    /// What became of one child.
    pub enum Outcome {
        /// Its turn is to come.
        Waiting = "WAITING",
        /// It has the reply.
        Sent = "SENT",
        /// It has not; the reason says why.
        Missed = "MISSED",
    }
}

record! {
    /// An update.
    #[derive(Clone, Debug)]
    pub struct Update {
        /// The id.
        pub id: Id<Update>,
        /// Of which incident.
        pub ticket_id: TicketId,
        /// Who wrote it, and in whose name it is sent.
        pub person_id: PersonId,
        /// Their name at that time.
        pub person_name: String,
        /// Markdown, as written.
        pub source: String,
        /// Set with it in each child.
        pub status: Option<Status>,
        /// How far it is.
        pub state: State,
        /// Children it was for.
        pub total: i64,
        /// Of them have it.
        pub sent: i64,
        /// Of them have it not.
        pub missed: i64,
        /// Items up to here are behind it.
        pub position: i64,
        /// When it was written.
        pub created_at: Timestamp,
        /// When the last child was behind it.
        pub ended_at: Option<Timestamp>,
    }
}

record! {
    /// What became of one child.
    #[derive(Clone, Debug)]
    pub struct Item {
        /// Its place.
        pub position: i64,
        /// Which child.
        pub ticket_id: TicketId,
        /// What became of it.
        pub outcome: Outcome,
        /// Why not, or what of it not.
        pub reason: Option<String>,
        /// The reply it got.
        pub message_id: Option<Id<Message>>,
        /// Its number, if the reader may see it.
        pub number: Option<i64>,
        /// Its subject, if the reader may see it.
        pub title: Option<String>,
    }
}

macro_rules! update_from {
    () => {
        "SELECT id, ticket_id, person_id, person_name, source, status, state, total, sent, missed, position, created_at, ended_at FROM incident_updates"
    };
}

impl Update {
    /// Says it in the incident itself and writes its children down; their turn comes after the commit.
    pub(crate) async fn ask(tx: &mut Tx, actor: &Actor, ticket: &Ticket, content: Body, status: Option<Status>) -> Result<Self> {
        let person = actor.person.filter(|_| actor.is_staff()).ok_or_else(|| Fault::Forbidden("Only staff sends updates.".to_owned()))?;
        if Incident::of(tx, ticket.id).await?.is_none() {
            return Err(Fault::Conflict { kind: "no-incident", detail: format!("#{} is no incident. Mark it as one first.", ticket.number) });
        }
        let (id, now, source) = (Id::<Self>::new(), tx.now(), content.source().to_owned());
        let new = NewMessage {
            content,
            is_internal: false,
            channel: Channel::Web,
            file_keys: Vec::new(),
            status: status.filter(|status| *status != ticket.status),
            hold: Duration::ZERO,
        };
        ticket.say(tx, actor, new).await?;
        tx.run(sql!(
            "INSERT INTO incident_updates (id, ticket_id, person_id, person_name, source, status, state, total, sent, missed, position, beat_at, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, 'RUNNING', 0, 0, 0, 0, $7, $7)",
            id,
            ticket.id,
            person,
            &actor.name,
            source,
            status,
            now
        ))
        .await?;
        let total = tx
            .run(sql!(
                "INSERT INTO incident_update_items (update_id, position, ticket_id, state)
                 SELECT $1, ROW_NUMBER() OVER (ORDER BY l.to_id), l.to_id, 'WAITING' FROM ticket_links l WHERE l.from_id = $2 AND l.kind = 'PARENT'",
                id,
                ticket.id
            ))
            .await?;
        if total == 0 {
            return Err(Fault::Conflict {
                kind: "no-children",
                detail: format!("No request is a child of #{} yet. Link some, or write a reply.", ticket.number),
            });
        }
        let total = i64::try_from(total).unwrap_or(i64::MAX);
        tx.run(sql!("UPDATE incident_updates SET total = $2 WHERE id = $1", id, total)).await?;
        tx.record(actor.event("incident.update_asked", ("ticket", ticket.id.uuid()), true, json!({ "update": id, "total": total }))).await?;
        work::UPDATE.enqueue(tx, id.uuid()).await?;
        Self::read(tx, id).await?.ok_or(Fault::Missing)
    }

    /// The gate: who may look at its incident, of which it is an update.
    pub(crate) async fn get(conn: &mut Conn, actor: &Actor, ticket: TicketId, id: Id<Self>) -> Result<(Ticket, Self)> {
        let ticket = policy::look(conn, actor, ticket).await?;
        let found = Self::read(conn, id).await?.filter(|update| update.ticket_id == ticket.id).ok_or(Fault::Missing)?;
        Ok((ticket, found))
    }

    /// Updates of an incident, the newest first, before a place. The caller passed the gate.
    pub(crate) async fn of(conn: &mut Conn, ticket: TicketId, before: Option<(Timestamp, Id<Self>)>, limit: i64) -> Result<Vec<Self>> {
        let mut query = sql!(concat!(update_from!(), " WHERE ticket_id = $1"), ticket);
        if let Some((at, id)) = before {
            query.push(" AND (created_at, id) < (").bind(at).push(", ").bind(id).push(")");
        }
        query.push(" ORDER BY created_at DESC, id DESC").limit(limit);
        Ok(conn.all(query).await?)
    }

    /// Children of one outcome, in their order, after a place. Number and subject only of those that the reader may see.
    pub(crate) async fn items(&self, conn: &mut Conn, actor: &Actor, outcome: Outcome, after: i64, limit: i64) -> Result<Vec<Item>> {
        let mut query = Query::with(
            "SELECT i.position, i.ticket_id, i.state, i.reason, i.message_id, t.number, t.title FROM incident_update_items i LEFT JOIN tickets t ON t.id = i.ticket_id",
            Vec::new(),
        );
        tickets::policy::narrow(actor, &mut query);
        query.push(" WHERE i.update_id = ").bind(self.id).push(" AND i.state = ").bind(outcome).push(" AND i.position > ").bind(after);
        query.push(" ORDER BY i.position").limit(limit);
        Ok(conn.all(query).await?)
    }

    /// Children that have it without the status, because of a field of their own.
    pub(crate) async fn without_status(&self, conn: &mut Conn, actor: &Actor, limit: i64) -> Result<Vec<Item>> {
        let mut query = Query::with(
            "SELECT i.position, i.ticket_id, i.state, i.reason, i.message_id, t.number, t.title FROM incident_update_items i LEFT JOIN tickets t ON t.id = i.ticket_id",
            Vec::new(),
        );
        tickets::policy::narrow(actor, &mut query);
        query.push(" WHERE i.update_id = ").bind(self.id).push(" AND i.state = 'SENT' AND i.reason IS NOT NULL ORDER BY i.position").limit(limit);
        Ok(conn.all(query).await?)
    }

    /// How many are behind it.
    pub(crate) fn behind(&self) -> i64 {
        self.sent + self.missed
    }

    /// At work.
    pub(crate) fn is_at_work(&self) -> bool {
        self.state == State::Running
    }

    pub(crate) async fn read(conn: &mut Conn, id: Id<Self>) -> Result<Option<Self>> {
        Ok(conn.first(sql!(concat!(update_from!(), " WHERE id = $1"), id)).await?)
    }
}
