//! A macro: a name, what it says, what it changes, and for whom it is.

use crate::{
    changes::Changes,
    policy::{self, Action},
};
use db::{Conn, FromRow, Id, Query, Reader, Timestamp, Tx, sql};
use kernel::{Actor, Fault, PersonId, Result, TeamId};
use serde_json::json;

/// Names have at most this many characters.
pub const NAME: usize = 80;

db::words! {
    /// For whom a macro is.
    pub enum Audience {
        /// For whoever made it.
        Personal = "PERSONAL",
        /// For one team.
        Team = "TEAM",
        /// For all staff.
        All = "ALL",
    }
}

/// A macro; without changes a canned reply.
#[derive(Clone, Debug)]
pub struct Macro {
    /// The id.
    pub id: Id<Macro>,
    /// What it is called.
    pub name: String,
    /// Who made it.
    pub owner_id: PersonId,
    /// Their name.
    pub owner: String,
    /// For whom it is.
    pub audience: Audience,
    /// For which team.
    pub team_id: Option<TeamId>,
    /// Its name.
    pub team: Option<String>,
    /// What it says and changes.
    pub changes: Changes,
    /// How often it was used.
    pub used: i64,
    /// When last.
    pub used_at: Option<Timestamp>,
    /// Last change.
    pub updated_at: Timestamp,
    /// Counts changes.
    pub version: i64,
}

impl FromRow for Macro {
    fn from_row(reader: &mut Reader<'_>) -> db::Result<Self> {
        Ok(Self {
            id: reader.read()?,
            name: reader.read()?,
            owner_id: reader.read()?,
            owner: reader.read()?,
            audience: reader.read()?,
            team_id: reader.read()?,
            team: reader.read()?,
            changes: Changes::from_text(&reader.read::<String>()?),
            used: reader.read()?,
            used_at: reader.read()?,
            updated_at: reader.read()?,
            version: reader.read()?,
        })
    }
}

macro_rules! macro_from {
    () => {
        "SELECT m.id, m.name, m.owner_id, p.name, m.audience, m.team_id, t.name, m.changes, m.used, m.used_at, m.updated_at, m.version
         FROM macros m JOIN people p ON p.id = m.owner_id LEFT JOIN teams t ON t.id = m.team_id WHERE "
    };
}

/// What makes or changes a macro.
#[derive(Clone, Debug)]
pub struct NewMacro {
    /// What it is called.
    pub name: String,
    /// For whom it is.
    pub audience: Audience,
    /// For which team, if for a team.
    pub team: Option<TeamId>,
    /// What it says and changes.
    pub changes: Changes,
}

/// What narrows the list.
#[derive(Clone, Debug, Default)]
pub struct Search {
    /// Words of the name.
    pub q: Option<String>,
    /// After this one.
    pub after: Option<Id<Macro>>,
    /// Rows of a page.
    pub limit: i64,
}

impl Search {
    /// The macros that the actor may use, by name.
    pub async fn page(&self, conn: &mut Conn, actor: &Actor) -> Result<Vec<Macro>> {
        Ok(conn.all(self.statement(actor)).await?)
    }

    /// The statement of a page, for plan tests too.
    pub fn statement(&self, actor: &Actor) -> Query {
        let mut query = sql!(concat!(macro_from!(), "1 = 1"));
        policy::visible_to(actor, &mut query);
        if let Some(q) = &self.q {
            query.push(" AND m.folded").like(q);
        }
        if let Some(after) = self.after {
            query.push(" AND (m.folded, m.id) > (SELECT folded, id FROM macros WHERE id = ").bind(after).push(")");
        }
        query.push(" ORDER BY m.folded, m.id").limit(self.limit);
        query
    }
}

impl Macro {
    /// The gate. What one may not use is missing.
    pub async fn get(conn: &mut Conn, actor: &Actor, id: Id<Self>, action: Action) -> Result<Self> {
        let found: Option<Self> = conn.first(sql!(concat!(macro_from!(), "m.id = $1"), id)).await?;
        let found = found.filter(|found| policy::may(actor, Action::Use, found)).ok_or(Fault::Missing)?;
        if policy::may(actor, action, &found) { Ok(found) } else { Err(Fault::Forbidden("Supervisors and admins change shared macros.".to_owned())) }
    }

    /// Adds one.
    pub async fn add(tx: &mut Tx, actor: &Actor, new: &NewMacro) -> Result<Self> {
        let (id, now, owner) = (Id::<Self>::new(), tx.now(), actor.person.ok_or(Fault::SignIn)?);
        check(tx, actor, new).await?;
        tx.run(sql!(
            "INSERT INTO macros (id, name, folded, owner_id, audience, team_id, changes, used, created_at, updated_at, version)
             VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8, $8, 1)",
            id,
            &new.name,
            new.name.to_lowercase(),
            owner,
            new.audience,
            new.team,
            new.changes.to_json().to_string(),
            now
        ))
        .await?;
        tx.record(actor.event("macro.added", ("macro", id.uuid()), true, json!({ "name": new.name }))).await?;
        Self::get(tx, actor, id, Action::Use).await
    }

    /// Changes all of it; a stale version is refused.
    pub async fn change(&self, tx: &mut Tx, actor: &Actor, version: i64, new: &NewMacro) -> Result<Self> {
        if new.audience == Audience::Personal && actor.person != Some(self.owner_id) {
            return Err(Fault::field("audience", "Only whoever made it can make it personal."));
        }
        check(tx, actor, new).await?;
        let now = tx.now();
        let changed = tx
            .run(sql!(
                "UPDATE macros SET name = $3, folded = $4, audience = $5, team_id = $6, changes = $7, updated_at = $8, version = version + 1
                 WHERE id = $1 AND version = $2",
                self.id,
                version,
                &new.name,
                new.name.to_lowercase(),
                new.audience,
                new.team,
                new.changes.to_json().to_string(),
                now
            ))
            .await?;
        if changed == 0 {
            return Err(Fault::Stale(Box::new(json!({ "id": self.id, "name": self.name, "version": self.version }))));
        }
        tx.record(actor.event("macro.changed", ("macro", self.id.uuid()), true, json!({ "name": new.name }))).await?;
        Self::get(tx, actor, self.id, Action::Use).await
    }

    /// Removes it; twice is harmless.
    pub async fn remove(&self, tx: &mut Tx, actor: &Actor) -> Result<()> {
        if tx.run(sql!("DELETE FROM macros WHERE id = $1", self.id)).await? == 1 {
            tx.record(actor.event("macro.removed", ("macro", self.id.uuid()), true, json!({ "name": self.name }))).await?;
        }
        Ok(())
    }

    /// Counts a use of it.
    pub async fn used(&self, tx: &mut Tx) -> Result<()> {
        let now = tx.now();
        tx.run(sql!("UPDATE macros SET used = used + 1, used_at = $2 WHERE id = $1", self.id, now)).await?;
        Ok(())
    }
}

/// Shared ones are for supervisors to write; a team must be there; it must do something.
async fn check(conn: &mut Conn, actor: &Actor, new: &NewMacro) -> Result<()> {
    if new.audience != Audience::Personal && !actor.is_supervisor() {
        return Err(Fault::field("audience", "Supervisors and admins write macros for others. Make it personal."));
    }
    if (new.audience == Audience::Team) != new.team.is_some() {
        return Err(Fault::field("audienceTeamId", "A macro for a team names the team; others do not."));
    }
    if new.changes == Changes::default() {
        return Err(Fault::field("reply", "Write a text, or choose at least one change."));
    }
    let known = crate::changes::Known::now(conn).await?;
    if new.team.is_some_and(|team| !known.teams.contains_key(&team)) {
        return Err(Fault::field("audienceTeamId", "There is no such team."));
    }
    match new.changes.lines(&known).into_iter().find(|line| line.trouble.is_some()) {
        Some(line) => {
            let field = match line.what {
                "Team" => "teamId",
                "Status" => "status",
                _ => "assignedTo",
            };
            Err(Fault::field(field, line.trouble.unwrap_or_default()))
        }
        None => Ok(()),
    }
}
