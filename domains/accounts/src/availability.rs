//! Who of the staff takes new work that is given out by rules, and how much of it at once.

use db::{Conn, Query, Tx, record, sql};
use kernel::{Actor, Fault, PersonId, Result, TeamId};
use serde_json::json;

/// Open things that somebody has at most before rules give them no more, unless their own number is set.
pub const CAPACITY: i64 = 8;

record! {
    /// Somebody of the staff, and whether they take new work.
    #[derive(Clone, Debug)]
    pub struct Availability {
        /// Who.
        pub person: PersonId,
        /// Shown name.
        pub name: String,
        /// Takes new work.
        pub is_available: bool,
        /// Open things at most.
        pub capacity: i64,
    }
}

macro_rules! availability_from {
    () => {
        "SELECT p.id, p.name, COALESCE(a.is_available, TRUE), COALESCE(a.capacity, 8) FROM people p LEFT JOIN availability a ON a.person_id = p.id
         WHERE p.role IN ('AGENT', 'SUPERVISOR', 'ADMIN') AND p.disabled_at IS NULL"
    };
}

impl Availability {
    /// Everybody of the staff who may sign in, by name.
    pub async fn all(conn: &mut Conn) -> Result<Vec<Self>> {
        Ok(conn.all(sql!(concat!(availability_from!(), " ORDER BY p.folded, p.id LIMIT 1000"))).await?)
    }

    /// One of the staff.
    pub async fn get(conn: &mut Conn, person: PersonId) -> Result<Self> {
        Ok(conn.one(sql!(concat!(availability_from!(), " AND p.id = $1"), person)).await?)
    }

    /// Members of a team who take new work.
    pub async fn of_team(conn: &mut Conn, team: TeamId) -> Result<Vec<Self>> {
        let mut query: Query = sql!(concat!(availability_from!(), " AND p.id IN (SELECT person_id FROM team_members WHERE team_id = $1)"), team);
        query.push(" AND COALESCE(a.is_available, TRUE) = TRUE ORDER BY p.id");
        Ok(conn.all(query).await?)
    }

    /// Says whether somebody takes new work: oneself, or a supervisor for others.
    pub async fn set_available(&self, tx: &mut Tx, actor: &Actor, is_available: bool) -> Result<()> {
        if is_available == self.is_available {
            return Ok(());
        }
        self.put(tx, actor, is_available, self.capacity, json!({ "isAvailable": [self.is_available, is_available] })).await
    }

    /// Says how much somebody takes; supervisors.
    pub async fn set_capacity(&self, tx: &mut Tx, actor: &Actor, capacity: i64) -> Result<()> {
        if capacity == self.capacity {
            return Ok(());
        }
        self.put(tx, actor, self.is_available, capacity, json!({ "capacity": [self.capacity, capacity] })).await
    }

    async fn put(&self, tx: &mut Tx, actor: &Actor, is_available: bool, capacity: i64, facts: serde_json::Value) -> Result<()> {
        if actor.person != Some(self.person) && !actor.is_supervisor() {
            return Err(Fault::Missing);
        }
        let now = tx.now();
        tx.run(sql!(
            "INSERT INTO availability (person_id, is_available, capacity, changed_at) VALUES ($1, $2, $3, $4)
             ON CONFLICT (person_id) DO UPDATE SET is_available = excluded.is_available, capacity = excluded.capacity, changed_at = excluded.changed_at",
            self.person,
            is_available,
            capacity,
            now
        ))
        .await?;
        Ok(tx.record(actor.event("person.availability_changed", ("person", self.person.uuid()), true, facts)).await?)
    }
}
