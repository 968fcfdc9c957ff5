//! Teams: which staff answers which tickets.

use crate::Person;
use db::{Conn, Timestamp, Tx, record, sql};
use kernel::{Actor, Fault, PersonId, Result, Role, TeamId};
use serde_json::json;

record! {
    /// A group of staff.
    #[derive(Clone, Debug)]
    pub struct Team {
        /// The id.
        pub id: TeamId,
        /// Shown name; unique.
        pub name: String,
        /// Since when.
        pub created_at: Timestamp,
        /// Counts changes.
        pub version: i64,
        /// How many belong to it.
        pub members: i64,
    }
}

macro_rules! team_from {
    () => {
        "SELECT t.id, t.name, t.created_at, t.version, (SELECT COUNT(*) FROM team_members m WHERE m.team_id = t.id) FROM teams t"
    };
}

impl Team {
    /// Adds one; the name must be new.
    pub async fn add(tx: &mut Tx, actor: &Actor, name: &str) -> Result<Self> {
        let (id, now) = (TeamId::new(), tx.now());
        let added =
            tx.run(sql!("INSERT INTO teams (id, name, created_at, version) VALUES ($1, $2, $3, 1) ON CONFLICT (name) DO NOTHING", id, name, now)).await?;
        if added == 0 {
            return Err(Fault::field("name", "There is a team of this name already."));
        }
        tx.record(actor.event("team.added", ("team", id.uuid()), true, json!({ "name": name }))).await?;
        Self::get(tx, id).await
    }

    /// By id.
    pub async fn get(conn: &mut Conn, id: TeamId) -> Result<Self> {
        Ok(conn.one(sql!(concat!(team_from!(), " WHERE t.id = $1"), id)).await?)
    }

    /// How many there are.
    pub async fn count(conn: &mut Conn) -> Result<i64> {
        Ok(conn.one(sql!("SELECT COUNT(*) FROM teams")).await?)
    }

    /// All of them, by name.
    pub async fn all(conn: &mut Conn) -> Result<Vec<Self>> {
        Ok(conn.all(sql!(concat!(team_from!(), " ORDER BY t.name, t.id LIMIT 500"))).await?)
    }

    /// Gives it another name.
    pub async fn rename(&self, tx: &mut Tx, actor: &Actor, name: &str) -> Result<()> {
        let query = sql!(
            "UPDATE teams SET name = $2, version = version + 1 WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM teams o WHERE o.name = $2 AND o.id <> $1)",
            self.id,
            name
        );
        let renamed = match tx.run(query).await {
            Err(db::Error::Duplicate(_)) => 0, // somebody took the name a moment ago
            other => other?,
        };
        if renamed == 0 {
            return Err(Fault::field("name", "There is a team of this name already."));
        }
        Ok(tx.record(actor.event("team.renamed", ("team", self.id.uuid()), true, json!({ "name": [self.name, name] }))).await?)
    }

    /// Who belongs to it, by name.
    pub async fn members(&self, conn: &mut Conn) -> Result<Vec<(PersonId, String)>> {
        Ok(conn
            .all(sql!("SELECT p.id, p.name FROM team_members m JOIN people p ON p.id = m.person_id WHERE m.team_id = $1 ORDER BY p.folded, p.id", self.id))
            .await?)
    }

    /// Lets somebody of the staff in; twice is harmless.
    pub async fn join(&self, tx: &mut Tx, actor: &Actor, person: &Person) -> Result<()> {
        if person.role < Role::Agent {
            return Err(Fault::field("person", "Only staff can belong to a team."));
        }
        tx.run(sql!("INSERT INTO team_members (team_id, person_id) VALUES ($1, $2) ON CONFLICT (team_id, person_id) DO NOTHING", self.id, person.id)).await?;
        Ok(tx.record(actor.event("team.joined", ("team", self.id.uuid()), true, json!({ "person": person.id, "name": person.name }))).await?)
    }

    /// Takes somebody out; twice is harmless.
    pub async fn leave(&self, tx: &mut Tx, actor: &Actor, person: PersonId) -> Result<()> {
        tx.run(sql!("DELETE FROM team_members WHERE team_id = $1 AND person_id = $2", self.id, person)).await?;
        Ok(tx.record(actor.event("team.left", ("team", self.id.uuid()), true, json!({ "person": person }))).await?)
    }

    /// The teams somebody belongs to.
    pub async fn of(conn: &mut Conn, person: PersonId) -> Result<Vec<TeamId>> {
        Ok(conn.all(sql!("SELECT team_id FROM team_members WHERE person_id = $1", person)).await?)
    }
}
