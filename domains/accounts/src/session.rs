//! Sessions: on the server, listed with device and place, revocable.

use crate::{Person, secret};
use db::{Conn, Id, Timestamp, Tx, record, sql};
use kernel::{Actor, PersonId, Result};
use serde_json::json;
use std::time::Duration;
use uuid::Uuid;

/// A session that is not used for this long ends.
pub(crate) const IDLE: Duration = Duration::from_hours(14 * 24);
/// However much it is used, it ends after this long.
pub(crate) const ABSOLUTE: Duration = Duration::from_hours(90 * 24);

record! {
    /// A browser somebody is signed in with.
    #[derive(Clone, Debug)]
    pub struct Session {
        /// The id.
        pub id: Id<Session>,
        /// Where it was last seen.
        pub address: String,
        /// What the browser calls itself.
        pub agent: String,
        /// Since when.
        pub created_at: Timestamp,
        /// Last seen, to five minutes.
        pub seen_at: Timestamp,
    }
}

impl Session {
    /// Signs somebody in; answers the secret for the cookie, which is not stored.
    pub async fn begin(tx: &mut Tx, person: &Person, address: &str, agent: &str) -> Result<String> {
        let (id, now, secret) = (Id::<Self>::new(), tx.now(), secret::make("")?);
        tx.run(sql!(
            "INSERT INTO sessions (id, secret_hash, person_id, address, agent, created_at, seen_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $6, $7)",
            id,
            secret::hash(&secret),
            person.id,
            address,
            agent,
            now,
            now.plus(IDLE)
        ))
        .await?;
        let actor = Actor { who: kernel::Who::Session, person: Some(person.id), name: person.name.clone(), ..Actor::stranger() };
        tx.record(actor.event("session.began", ("session", id.uuid()), true, json!({ "person": person.id }))).await?;
        Ok(secret)
    }

    /// Somebody's sessions, the freshest first.
    pub async fn of(conn: &mut Conn, person: PersonId) -> Result<Vec<Self>> {
        let now = conn.now();
        Ok(conn
            .all(sql!(
                "SELECT id, address, agent, created_at, seen_at FROM sessions WHERE person_id = $1 AND expires_at > $2 ORDER BY seen_at DESC LIMIT 100",
                person,
                now
            ))
            .await?)
    }

    /// Ends one of the actor's own sessions; false if there is none such.
    pub async fn end(tx: &mut Tx, actor: &Actor, id: Uuid) -> Result<bool> {
        let ended = tx.run(sql!("DELETE FROM sessions WHERE id = $1 AND person_id = $2", id, actor.person)).await?;
        if ended == 1 {
            tx.record(actor.event("session.ended", ("session", id), true, json!({ "person": actor.person }))).await?;
        }
        Ok(ended == 1)
    }

    /// Ends all of the actor's sessions but the one it acts with.
    pub async fn end_others(tx: &mut Tx, actor: &Actor) -> Result<()> {
        let Some(person) = actor.person else { return Ok(()) };
        end_all(tx, person, actor.session).await?;
        Ok(tx.record(actor.event("session.others_ended", ("person", person.uuid()), true, json!({ "person": person }))).await?)
    }
}

/// Ends all of somebody's sessions but one.
pub(crate) async fn end_all(tx: &mut Tx, person: PersonId, except: Option<Uuid>) -> Result<()> {
    tx.run(sql!("DELETE FROM sessions WHERE person_id = $1 AND (id <> $2 OR $2 IS NULL)", person, except)).await?;
    Ok(())
}

pub(crate) async fn sweep(tx: &mut Tx) -> Result<()> {
    let now = tx.now();
    tx.run(sql!("DELETE FROM sessions WHERE expires_at < $1", now)).await?;
    Ok(())
}
