//! Who listens to a ticket: requester, CCs, followers.

use crate::{Part, TicketId};
use accounts::Person;
use db::{Conn, Tx, record, sql};
use kernel::{Actor, Fault, PersonId, Result};
use serde_json::json;

/// A ticket has at most this many listeners.
pub(crate) const MOST: i64 = 50;

record! {
    /// Somebody who listens.
    #[derive(Clone, Debug)]
    pub struct Listener {
        /// Who.
        pub person_id: PersonId,
        /// Shown name.
        pub name: String,
        /// Address.
        pub email: String,
        /// Why.
        pub part: Part,
    }
}

/// Everybody who listens, by name.
pub async fn of(conn: &mut Conn, ticket: TicketId) -> Result<Vec<Listener>> {
    Ok(conn
        .all(sql!(
            "SELECT p.id, p.name, p.email, l.part FROM ticket_people l JOIN people p ON p.id = l.person_id WHERE l.ticket_id = $1 ORDER BY p.folded, p.id",
            ticket
        ))
        .await?)
}

pub(crate) async fn listens(conn: &mut Conn, ticket: TicketId, person: Option<PersonId>) -> Result<bool> {
    let found: Option<i64> = conn.first(sql!("SELECT 1 FROM ticket_people WHERE ticket_id = $1 AND person_id = $2", ticket, person)).await?;
    Ok(found.is_some())
}

/// Lets somebody listen; twice is harmless and changes nothing.
pub(crate) async fn add(tx: &mut Tx, ticket: TicketId, person: PersonId, part: Part) -> Result<bool> {
    let added = tx
        .run(sql!(
            "INSERT INTO ticket_people (ticket_id, person_id, part) VALUES ($1, $2, $3) ON CONFLICT (ticket_id, person_id) DO NOTHING",
            ticket,
            person,
            part
        ))
        .await?;
    Ok(added == 1)
}

/// Adds an address; a new one becomes a customer. Followers must be staff.
pub async fn invite(tx: &mut Tx, actor: &Actor, ticket: TicketId, email: &str, part: Part) -> Result<()> {
    let count: i64 = tx.one(sql!("SELECT COUNT(*) FROM ticket_people WHERE ticket_id = $1", ticket)).await?;
    if count >= MOST {
        return Err(Fault::field("email", format!("At most {MOST} people can listen to one request.")));
    }
    let name = email.split('@').next().unwrap_or(email);
    let person = match Person::by_email(tx, email).await? {
        Some(person) => person,
        None if part == Part::Follower => return Err(Fault::field("email", "Followers are staff. Add this address as a copy instead.")),
        None => Person::of_guest(tx, actor, email, name).await?,
    };
    if part == Part::Follower && person.role < kernel::Role::Agent {
        return Err(Fault::field("email", "Followers are staff. Add this address as a copy instead."));
    }
    follow(tx, actor, ticket, &person, part).await
}

/// Lets a person listen.
pub async fn follow(tx: &mut Tx, actor: &Actor, ticket: TicketId, person: &Person, part: Part) -> Result<()> {
    if add(tx, ticket, person.id, part).await? {
        tx.record(actor.event(
            "ticket.listener_added",
            ("ticket", ticket.uuid()),
            part == Part::Follower,
            json!({ "person": person.id, "name": person.name, "part": part, "people": [person.id] }),
        ))
        .await?;
    }
    Ok(())
}

/// Lets somebody listen no more; the requester stays.
pub async fn unfollow(tx: &mut Tx, actor: &Actor, ticket: TicketId, person: PersonId) -> Result<()> {
    let listener: Option<(String, Part)> = tx
        .first(sql!(
            "SELECT p.name, l.part FROM ticket_people l JOIN people p ON p.id = l.person_id WHERE l.ticket_id = $1 AND l.person_id = $2",
            ticket,
            person
        ))
        .await?;
    let Some((name, part)) = listener else { return Ok(()) };
    if part == Part::Requester {
        return Err(Fault::Conflict { kind: "requester-stays", detail: "Whoever asked stays with the request.".to_owned() });
    }
    tx.run(sql!("DELETE FROM ticket_people WHERE ticket_id = $1 AND person_id = $2", ticket, person)).await?;
    tx.record(actor.event(
        "ticket.listener_removed",
        ("ticket", ticket.uuid()),
        part == Part::Follower,
        json!({ "person": person, "name": name, "part": part, "people": [person] }),
    ))
    .await?;
    Ok(())
}
