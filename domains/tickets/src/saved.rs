//! Saved views: lists that somebody keeps, for themselves, a team or everybody. What is kept is the filter as it stands in
//! the address, and what its parts were called, so that a part that is gone later is named and never passed over.

use crate::list::Filter;
use db::{Conn, Id, Query, Tx, record, sql};
use futures::future::BoxFuture;
use kernel::{Actor, Fault, PersonId, Result, TeamId};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use uuid::Uuid;

/// The kind of saved views in the journal.
pub const VIEW: &str = "view";
/// Characters of a name.
pub const NAME: usize = 60;
/// Somebody sees at most this many.
const MOST: i64 = 100;

db::words! {
    /// Who sees a saved view.
    pub enum Reach {
        /// Whoever made it.
        Personal = "PERSONAL",
        /// A team.
        Team = "TEAM",
        /// All staff.
        All = "ALL",
    }
}

impl Reach {
    /// As shown.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Personal => "Only me",
            Self::Team => "A team",
            Self::All => "All staff",
        }
    }
}

record! {
    /// A list that somebody keeps.
    #[derive(Clone, Debug)]
    pub struct SavedView {
        /// The id.
        pub id: Id<SavedView>,
        /// Shown name.
        pub name: String,
        /// Who sees it.
        pub reach: Reach,
        /// Who made it.
        pub owner_id: PersonId,
        /// Their name.
        pub owner: String,
        /// The team that sees it.
        pub team_id: Option<TeamId>,
        /// Its name.
        pub team: Option<String>,
        /// The filter, as it stands in the address.
        pub query: String,
        /// What the parts of the filter were called when it was saved, as JSON.
        pub labels: String,
        /// Its place among those of the same reach.
        pub place: i64,
        /// Counts changes.
        pub version: i64,
    }
}

macro_rules! view_from {
    () => {
        "SELECT v.id, v.name, v.reach, v.owner_id, o.name, v.team_id, m.name, v.query, v.labels, v.place, v.version
         FROM saved_views v JOIN people o ON o.id = v.owner_id LEFT JOIN teams m ON m.id = v.team_id WHERE v.removed_at IS NULL"
    };
}

/// What makes a saved view, or becomes of one.
pub struct NewView {
    /// Shown name.
    pub name: String,
    /// Who sees it.
    pub reach: Reach,
    /// The team, for `Reach::Team`.
    pub team: Option<TeamId>,
    /// The filter, as it stands in the address.
    pub query: String,
}

/// Only supervisors and admins make what others see.
fn may_reach(actor: &Actor, reach: Reach) -> Result<()> {
    if reach == Reach::Personal || actor.is_supervisor() {
        return Ok(());
    }
    Err(Fault::Forbidden("Views for a team or for all staff are made by supervisors and admins.".to_owned()))
}

/// Narrows to what the actor sees; only staff has views.
fn narrow(actor: &Actor, query: &mut Query) {
    query.push(" AND (v.reach = 'ALL' OR (v.reach = 'PERSONAL' AND v.owner_id = ").bind(actor.person).push(") OR (v.reach = 'TEAM'");
    if !actor.is_supervisor() {
        query.push(" AND v.team_id IN ").list(actor.teams.iter().copied());
    }
    query.push("))");
    if !actor.is_staff() {
        query.push(" AND 1 = 0");
    }
}

impl SavedView {
    /// Those that the actor sees, in their order: own ones, then the teams', then everybody's.
    pub async fn of(conn: &mut Conn, actor: &Actor) -> Result<Vec<Self>> {
        let mut query = sql!(view_from!());
        narrow(actor, &mut query);
        query.push(" ORDER BY CASE v.reach WHEN 'PERSONAL' THEN 0 WHEN 'TEAM' THEN 1 ELSE 2 END, m.name, v.place, v.id").limit(MOST);
        Ok(conn.all(query).await?)
    }

    /// One of them; what one may not see is missing.
    pub async fn get(conn: &mut Conn, actor: &Actor, id: Id<Self>) -> Result<Self> {
        let mut query = sql!(view_from!());
        narrow(actor, &mut query);
        query.push(" AND v.id = ").bind(id);
        conn.first(query).await?.ok_or(Fault::Missing)
    }

    /// Whether the actor may change it: one's own, and supervisors what others see.
    pub fn may_change(&self, actor: &Actor) -> bool {
        if self.reach == Reach::Personal { Some(self.owner_id) == actor.person } else { actor.is_supervisor() }
    }

    /// The filter that it keeps.
    pub fn filter(&self) -> Filter {
        web::query(&self.query).unwrap_or_default()
    }

    fn demand(&self, actor: &Actor) -> Result<()> {
        if self.may_change(actor) { Ok(()) } else { Err(Fault::Forbidden("This view belongs to others. Save it under a name of your own.".to_owned())) }
    }

    /// Keeps a list.
    pub async fn add(tx: &mut Tx, actor: &Actor, new: &NewView) -> Result<Self> {
        let owner = actor.person.ok_or(Fault::SignIn)?;
        may_reach(actor, new.reach)?;
        let team = team_of(tx, new).await?;
        let count: i64 = tx.one(sql!("SELECT COUNT(*) FROM saved_views WHERE owner_id = $1 AND removed_at IS NULL", owner)).await?;
        if count >= MOST {
            return Err(Fault::field("name", format!("You keep {MOST} views already. Delete one first.")));
        }
        let (id, now) = (Id::<Self>::new(), tx.now());
        let (query, labels) = checked(tx, &new.query).await?;
        let place: i64 = tx.one(sql!("SELECT COALESCE(MAX(place), 0) + 1 FROM saved_views WHERE reach = $1", new.reach)).await?;
        tx.run(sql!(
            "INSERT INTO saved_views (id, name, reach, owner_id, team_id, query, labels, place, version, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1, $9)",
            id, &new.name, new.reach, owner, team, query, labels, place, now
        ))
        .await?;
        tx.record(actor.event("view.saved", (VIEW, id.uuid()), true, json!({ "name": new.name, "reach": new.reach }))).await?;
        Self::get(tx, actor, id).await
    }

    /// Changes all of it. The version it saw keeps two people from overwriting each other.
    pub async fn change(&self, tx: &mut Tx, actor: &Actor, version: i64, new: &NewView) -> Result<Self> {
        self.demand(actor)?;
        may_reach(actor, new.reach)?;
        let team = team_of(tx, new).await?;
        let (query, labels) = checked(tx, &new.query).await?;
        let done = tx
            .run(sql!(
                "UPDATE saved_views SET name = $3, reach = $4, team_id = $5, query = $6, labels = $7, version = version + 1 WHERE id = $1 AND version = $2",
                self.id,
                version,
                &new.name,
                new.reach,
                team,
                query,
                labels
            ))
            .await?;
        if done == 0 {
            return Err(Fault::Conflict { kind: "stale-view", detail: "Somebody changed this view meanwhile. Read it again.".to_owned() });
        }
        tx.record(actor.event("view.changed", (VIEW, self.id.uuid()), true, json!({ "name": [self.name, new.name], "reach": new.reach }))).await?;
        // a supervisor may give it to a team and see it no more only as an agent would: both see all teams' views
        Self::get(tx, actor, self.id).await
    }

    /// Moves it before or after its neighbour of the same reach and team; at an end nothing happens.
    pub async fn shift(&self, tx: &mut Tx, actor: &Actor, is_up: bool) -> Result<()> {
        self.demand(actor)?;
        let all = Self::of(tx, actor).await?;
        let group: Vec<&Self> = all.iter().filter(|view| view.reach == self.reach && view.team_id == self.team_id).collect();
        let Some(at) = group.iter().position(|view| view.id == self.id) else { return Ok(()) };
        let other = if is_up { at.checked_sub(1) } else { Some(at + 1) }.and_then(|index| group.get(index));
        let Some(other) = other else { return Ok(()) };
        for (id, place) in [(self.id, other.place), (other.id, self.place)] {
            tx.run(sql!("UPDATE saved_views SET place = $2 WHERE id = $1", id, place)).await?;
        }
        Ok(tx.record(actor.event("view.moved", (VIEW, self.id.uuid()), true, json!({}))).await?)
    }

    /// Deletes it. Twice is the same as once.
    pub async fn remove(&self, tx: &mut Tx, actor: &Actor) -> Result<()> {
        self.demand(actor)?;
        let now = tx.now();
        tx.run(sql!("UPDATE saved_views SET removed_at = $2, version = version + 1 WHERE id = $1", self.id, now)).await?;
        Ok(tx.record(actor.event("view.removed", (VIEW, self.id.uuid()), true, json!({ "name": self.name }))).await?)
    }

    /// Takes a deletion back; for whoever could have done it.
    pub async fn restore(tx: &mut Tx, actor: &Actor, id: Id<Self>) -> Result<()> {
        let done = tx
            .run(sql!(
                "UPDATE saved_views SET removed_at = NULL, version = version + 1 WHERE id = $1 AND removed_at IS NOT NULL
                 AND ((reach = 'PERSONAL' AND owner_id = $2) OR (reach <> 'PERSONAL' AND $3))",
                id,
                actor.person,
                actor.is_supervisor()
            ))
            .await?;
        if done == 0 {
            return Err(Fault::Missing);
        }
        Ok(tx.record(actor.event("view.restored", (VIEW, id.uuid()), true, json!({}))).await?)
    }
}

/// The team of a view for a team.
async fn team_of(tx: &mut Tx, new: &NewView) -> Result<Option<TeamId>> {
    if new.reach != Reach::Team {
        return Ok(None);
    }
    let team = new.team.ok_or_else(|| Fault::field("team", "Choose the team that sees it."))?;
    let known: Option<i64> = tx.first(sql!("SELECT 1 FROM teams WHERE id = $1", team)).await?;
    known.map(|_| Some(team)).ok_or_else(|| Fault::field("team", "There is no such team."))
}

/// A filter in its one written form, and what its parts are called now. One that can't be read is refused.
async fn checked(conn: &mut Conn, query: &str) -> Result<(String, String)> {
    let filter: Filter = web::query(query).map_err(|_| Fault::field("query", "This is no filter of a list of tickets."))?;
    filter.demand_known_columns(conn).await.map_err(|fault| match fault {
        Fault::Invalid(wrong) => Fault::field("query", wrong.0.into_iter().map(|(_, sentence)| sentence).collect::<Vec<_>>().join(" ")),
        other => other,
    })?;
    let parts = parts(conn, &filter).await?;
    if let Some(part) = parts.iter().find(|part| part.name.is_none()) {
        return Err(Fault::field("query", format!("The {} of this filter does not exist.", part.what)));
    }
    let labels: BTreeMap<&str, String> = parts.into_iter().filter_map(|part| Some((part.what, part.name?))).collect();
    Ok((filter.to_query(), json!(labels).to_string()))
}

/// A part of a filter that may go away: what it is, its name while it is there, and whether it is at rest.
struct Named {
    what: &'static str,
    name: Option<String>,
    is_disabled: bool,
}

async fn parts(conn: &mut Conn, filter: &Filter) -> Result<Vec<Named>> {
    let mut parts = Vec::new();
    let mut add = |what, found: Option<(String, bool)>| {
        parts.push(Named { what, is_disabled: found.as_ref().is_some_and(|found| found.1), name: found.map(|found| found.0) });
    };
    if let Some(team) = filter.team {
        add("team", conn.first(sql!("SELECT name, FALSE FROM teams WHERE id = $1", team)).await?);
    }
    if let Some(organization) = filter.organization {
        add("organization", conn.first(sql!("SELECT name, FALSE FROM organizations WHERE id = $1", organization)).await?);
    }
    for (what, person) in [("assignee", filter.assignee.flatten()), ("requester", filter.requester)] {
        if let Some(person) = person {
            add(what, conn.first(sql!("SELECT name, disabled_at IS NOT NULL FROM people WHERE id = $1", person)).await?);
        }
    }
    Ok(parts)
}

/// What a filter asks for that is there no more, a sentence each. `labels`: what its parts were called when it was saved.
pub async fn missing(conn: &mut Conn, filter: &Filter, labels: &str) -> Result<Vec<String>> {
    let labels: Value = serde_json::from_str(labels).unwrap_or_default();
    let mut said = Vec::new();
    for part in parts(conn, filter).await? {
        let named = part.name.as_deref().or(labels[part.what].as_str()).map_or_else(String::new, |name| format!(" “{name}”"));
        if part.name.is_none() {
            said.push(format!("The {}{named} was removed, so nothing can match.", part.what));
        } else if part.is_disabled {
            said.push(format!("The account of the {}{named} is disabled.", part.what));
        }
    }
    for tag in &filter.tags {
        let known: Option<i64> = conn.first(sql!("SELECT 1 FROM ticket_tags WHERE tag = $1 LIMIT 1", tag)).await?;
        if known.is_none() {
            said.push(format!("No ticket has the tag “{tag}” any more, so nothing can match."));
        }
    }
    Ok(said)
}

/// The gate by id, for live updates.
pub(crate) fn may_see<'a>(conn: &'a mut Conn, actor: &'a Actor, id: Uuid) -> BoxFuture<'a, Result<bool>> {
    Box::pin(async move {
        match SavedView::get(conn, actor, Id::from(id)).await {
            Ok(_) => Ok(true),
            Err(Fault::Missing) => Ok(false),
            Err(fault) => Err(fault),
        }
    })
}
