//! An incident: the mark on a ticket that makes it one, and what customers may read of it.

use db::{Conn, Query, Timestamp, Tx, record, sql};
use kernel::{Actor, Fault, Result};
use serde_json::json;
use tickets::{Status, Ticket, TicketId};

/// A public title has at most this many characters.
pub(crate) const TITLE: usize = 120;
/// Open incidents that are offered at once, the newest first.
const OFFERED: i64 = 50;

record! {
    /// The mark.
    #[derive(Clone, Debug)]
    pub struct Incident {
        /// Which ticket.
        pub ticket_id: TicketId,
        /// What customers read of it on the request form; none: nothing.
        pub public_title: Option<String>,
        /// Who made it one.
        pub opened_by: String,
        /// When.
        pub opened_at: Timestamp,
    }
}

record! {
    /// An incident as others name it.
    #[derive(Clone, Debug)]
    pub(crate) struct Brief {
        /// Which ticket.
        pub(crate) id: TicketId,
        /// Its number.
        pub(crate) number: i64,
        /// Its subject.
        pub(crate) title: String,
        /// Where it stands.
        pub(crate) status: Status,
    }
}

impl Incident {
    /// The mark of a ticket, if it has one. The caller passed the gate.
    pub async fn of(conn: &mut Conn, ticket: TicketId) -> Result<Option<Self>> {
        Ok(conn.first(sql!("SELECT ticket_id, public_title, opened_by, opened_at FROM incidents WHERE ticket_id = $1", ticket)).await?)
    }

    /// Makes a ticket an incident, or gives it another public title. Twice is the same as once.
    pub(crate) async fn open(tx: &mut Tx, actor: &Actor, ticket: &Ticket, public_title: Option<&str>) -> Result<Self> {
        let known = Self::of(tx, ticket.id).await?;
        if known.is_none() && ticket.status == Status::Closed {
            return Err(Fault::Conflict { kind: "closed", detail: format!("#{} is closed. Open it first.", ticket.number) });
        }
        if known.as_ref().is_some_and(|known| known.public_title.as_deref() == public_title) {
            return known.ok_or(Fault::Missing);
        }
        let now = tx.now();
        tx.run(sql!(
            "INSERT INTO incidents (ticket_id, public_title, opened_by, opened_at) VALUES ($1, $2, $3, $4)
             ON CONFLICT (ticket_id) DO UPDATE SET public_title = excluded.public_title",
            ticket.id,
            public_title,
            &actor.name,
            now
        ))
        .await?;
        let (kind, old) = known.map_or(("incident.opened", None), |known| ("incident.titled", known.public_title));
        tx.record(actor.event(kind, ("ticket", ticket.id.uuid()), true, json!({ "old": old, "new": public_title }))).await?;
        Self::of(tx, ticket.id).await?.ok_or(Fault::Missing)
    }

    /// Makes it an ordinary ticket again; links and what was sent stay. Twice is the same as once.
    pub(crate) async fn end(tx: &mut Tx, actor: &Actor, ticket: TicketId) -> Result<()> {
        let gone = tx.run(sql!("DELETE FROM incidents WHERE ticket_id = $1", ticket)).await?;
        if gone == 0 {
            return Ok(());
        }
        Ok(tx.record(actor.event("incident.ended", ("ticket", ticket.uuid()), true, json!({}))).await?)
    }

    /// The incident that a ticket is a child of, if the actor may see it.
    pub(crate) async fn above(conn: &mut Conn, actor: &Actor, ticket: TicketId) -> Result<Option<Brief>> {
        let mut query = sql!(
            "SELECT t.id, t.number, t.title, t.status FROM ticket_links l JOIN incidents i ON i.ticket_id = l.from_id JOIN tickets t ON t.id = i.ticket_id
             WHERE l.to_id = $1 AND l.kind = 'PARENT'",
            ticket
        );
        tickets::policy::visible_to(actor, &mut query);
        Ok(conn.first(query).await?)
    }

    /// What customers may know of: incidents with a public title that are not settled, the newest first. For anyone.
    pub(crate) async fn public(conn: &mut Conn) -> Result<Vec<Self>> {
        let mut query = public();
        query.push(" ORDER BY i.opened_at DESC, i.ticket_id DESC LIMIT ").bind(OFFERED);
        Ok(conn.all(query).await?)
    }

    /// One of these.
    pub(crate) async fn public_one(conn: &mut Conn, ticket: TicketId) -> Result<Option<Self>> {
        let mut query = public();
        query.push(" AND i.ticket_id = ").bind(ticket);
        Ok(conn.first(query).await?)
    }

    /// Incidents that are not settled and that the actor may see, the newest first.
    pub(crate) async fn unsettled(conn: &mut Conn, actor: &Actor) -> Result<Vec<Brief>> {
        let mut query = sql!(
            "SELECT t.id, t.number, t.title, t.status FROM incidents i JOIN tickets t ON t.id = i.ticket_id
             WHERE t.status IN ('OPEN', 'IN_PROGRESS', 'PENDING', 'ON_HOLD')"
        );
        tickets::policy::visible_to(actor, &mut query);
        query.push(" ORDER BY i.opened_at DESC, t.id DESC LIMIT ").bind(OFFERED);
        Ok(conn.all(query).await?)
    }
}

fn public() -> Query {
    sql!(
        "SELECT i.ticket_id, i.public_title, i.opened_by, i.opened_at FROM incidents i JOIN tickets t ON t.id = i.ticket_id
         WHERE i.public_title IS NOT NULL AND t.trashed_at IS NULL AND t.spam_at IS NULL AND t.status IN ('OPEN', 'IN_PROGRESS', 'PENDING', 'ON_HOLD')"
    )
}
