//! The API for people and teams. Staff reads everybody, a customer only itself; tokens need `people:read`.

use crate::{Person, Search, Team, policy};
use db::Timestamp;
use kernel::{Fault, PersonId, Result, Role, Scope};
use serde::Serialize;
use std::{collections::BTreeMap, str::FromStr};
use utoipa::{OpenApi, ToSchema};
use web::{Answer, Asked, Cursor, Fields, Form, Path, Routes, Visit};

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/api/support/me", me)
        .get("/api/support/people", list_people)
        .get("/api/support/people/{id}", get_person)
        .get("/api/support/teams", list_teams)
}

/// This room's part of the API document.
pub fn openapi() -> utoipa::openapi::OpenApi {
    Doc::openapi()
}

#[derive(OpenApi)]
#[openapi(paths(me, list_people, get_person, list_teams), components(schemas(Problem)), tags((name = "People", description = "People, teams, and who you are.")))]
struct Doc;

/// What a person is, from the least to the most.
#[derive(Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "UPPERCASE")]
#[schema(as = Role)]
pub enum RoleWord {
    /// An end user.
    Customer,
    /// Staff: the inbox of the own teams.
    Agent,
    /// Staff: every team.
    Supervisor,
    /// Runs the system.
    Admin,
}

impl From<Role> for RoleWord {
    fn from(role: Role) -> Self {
        match role {
            Role::Customer => Self::Customer,
            Role::Agent => Self::Agent,
            Role::Supervisor => Self::Supervisor,
            Role::Admin => Self::Admin,
        }
    }
}

/// A thing by id and name.
#[derive(Serialize, ToSchema)]
pub struct Named {
    /// Its id.
    #[schema(value_type = String, format = Uuid, example = "019a90c2-7d1e-7b7f-9a53-0c1b6f1f3f10")]
    pub id: uuid::Uuid,
    /// Its name.
    #[schema(example = "Northwind Labs")]
    pub name: String,
}

/// Somebody.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Person)]
pub struct PersonJson {
    /// The id.
    #[schema(value_type = String, format = Uuid, example = "019a90c2-7d1e-7b7f-9a53-0c1b6f1f3f10")]
    pub id: PersonId,
    /// Shown name.
    #[schema(example = "Maya Okafor")]
    pub name: String,
    /// Mail address.
    #[schema(format = Email, example = "maya@northwind.example")]
    pub email: String,
    /// What they are.
    pub role: RoleWord,
    /// Their organization, if any.
    pub organization: Option<Named>,
    /// Since when they are known.
    #[schema(value_type = String, format = DateTime, example = "2026-11-22T09:30:00Z")]
    pub created_at: Timestamp,
}

impl From<Person> for PersonJson {
    fn from(person: Person) -> Self {
        let organization = person.organization_id.zip(person.organization).map(|(id, name)| Named { id: id.uuid(), name });
        Self { id: person.id, name: person.name, email: person.email, role: person.role.into(), organization, created_at: person.created_at }
    }
}

/// A page of people.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = PeoplePage)]
pub struct PeopleJson {
    /// The people, by name.
    pub items: Vec<PersonJson>,
    /// Give it as `cursor` to read on; null at the end.
    pub next_cursor: Option<String>,
}

/// A group of staff.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Team)]
pub struct TeamJson {
    /// The id.
    #[schema(value_type = String, format = Uuid, example = "019a90c2-7d1e-7b7f-9a53-0c1b6f1f3f10")]
    pub id: kernel::TeamId,
    /// Shown name.
    #[schema(example = "Billing")]
    pub name: String,
    /// How many belong to it.
    #[schema(example = 4)]
    pub members: i64,
    /// Since when.
    #[schema(value_type = String, format = DateTime, example = "2026-11-22T09:30:00Z")]
    pub created_at: Timestamp,
}

/// All teams.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = TeamList)]
pub struct TeamsJson {
    /// The teams, by name.
    pub items: Vec<TeamJson>,
    /// Always null: there are few teams.
    pub next_cursor: Option<String>,
}

/// Who is asking.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Me)]
pub struct MeJson {
    /// The person behind the token or session.
    #[serde(flatten)]
    pub person: PersonJson,
    /// IANA time zone.
    #[schema(example = "Europe/Lisbon")]
    pub time_zone: String,
    /// BCP 47 language tag.
    #[schema(example = "en-GB")]
    pub language: String,
    /// Teams of staff.
    pub teams: Vec<Named>,
    /// What this token may be used for; a session has all.
    #[schema(example = json!(["tickets:read", "people:read"]))]
    pub scopes: Vec<String>,
}

/// What went wrong (RFC 9457).
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Problem {
    /// A stable word at the end of a path.
    #[serde(rename = "type")]
    #[schema(example = "/problems/invalid-fields")]
    pub kind: String,
    /// In a few words.
    #[schema(example = "Some fields need another look")]
    pub title: String,
    /// The HTTP status.
    #[schema(example = 422)]
    pub status: u16,
    /// What to do next.
    #[schema(example = "Correct the fields named in 'errors' and send it again.")]
    pub detail: String,
    /// Quote it when you ask for help.
    #[schema(example = "019a90c27d1e7b7f9a530c1b6f1f3f10")]
    pub request_id: String,
    /// With 422: sentences by field.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = json!({ "role": ["Must be one of CUSTOMER, AGENT, SUPERVISOR, ADMIN."] }))]
    pub errors: Option<BTreeMap<String, Vec<String>>>,
    /// With 409 for a stale version: the thing as it is now.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub current: Option<serde_json::Value>,
}

/// Who am I.
#[utoipa::path(get, path = "/api/support/me", tag = "People", operation_id = "getMe",
    description = "Who the token or session belongs to. Needs no scope.",
    responses(
        (status = 200, description = "You", body = MeJson),
        (status = 401, description = "No token, or one that is not known", body = Problem, content_type = "application/problem+json")))]
async fn me(visit: Visit) -> Answer {
    let actor = visit.signed_in()?;
    let mut conn = visit.app.db.read().await?;
    let person = Person::get(&mut conn, actor.person.ok_or(Fault::SignIn)?).await?;
    let teams = Team::all(&mut conn).await?.into_iter().filter(|team| actor.teams.contains(&team.id)).map(|team| Named { id: team.id.uuid(), name: team.name });
    let scopes = Scope::ALL.iter().filter(|scope| actor.has_scope(**scope)).map(|scope| scope.word().to_owned());
    web::json(&MeJson {
        time_zone: person.zone.clone(),
        language: person.language.clone(),
        teams: teams.collect(),
        scopes: scopes.collect(),
        person: person.into(),
    })
}

struct Wanted {
    q: Option<String>,
    role: Option<Role>,
    limit: i64,
    cursor: Option<String>,
}

impl Form for Wanted {
    fn read(fields: &mut Fields) -> Self {
        Self {
            q: fields.optional_text("q", 200),
            role: fields.word("role", Role::WORDS),
            limit: fields.integer("limit", 1..=100).unwrap_or(25),
            cursor: fields.optional_text("cursor", 200),
        }
    }
}

/// The sort that a cursor of this list belongs to.
const SORT: &str = "people";

/// List people.
#[utoipa::path(get, path = "/api/support/people", tag = "People", operation_id = "listPeople",
    description = "People by name. Customers get only themselves. Tokens need `people:read`.",
    params(
        ("q" = Option<String>, Query, description = "What the name or the address begins with", example = "maya"),
        ("role" = Option<RoleWord>, Query, description = "Only people of this role"),
        ("limit" = Option<i64>, Query, description = "1 to 100, by default 25", minimum = 1, maximum = 100),
        ("cursor" = Option<String>, Query, description = "`nextCursor` of the page before")),
    responses(
        (status = 200, description = "A page of people", body = PeopleJson),
        (status = 401, description = "No token, or one that is not known", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "The token lacks the scope `people:read`", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "A parameter is unknown or wrong", body = Problem, content_type = "application/problem+json")))]
async fn list_people(visit: Visit, Asked(wanted): Asked<Wanted>) -> Answer {
    let actor = visit.signed_in()?;
    visit.scope(Scope::PeopleRead)?;
    let after = wanted.cursor.map(|cursor| Cursor::decode(&cursor, SORT)).transpose()?.map(|cursor| PersonId::from(cursor.id));
    let search = Search { q: wanted.q.as_deref().unwrap_or_default(), role: wanted.role, after, limit: wanted.limit + 1 };
    let mut people = Person::find(&mut visit.app.db.read().await?, actor, &search).await?;
    let page = usize::try_from(wanted.limit).unwrap_or(usize::MAX);
    let is_more = people.len() > page;
    people.truncate(page);
    let next_cursor = people.last().filter(|_| is_more).map(|last| Cursor { sort: SORT.to_owned(), value: 0, id: last.id.uuid() }.encode());
    web::json(&PeopleJson { items: people.into_iter().map(Into::into).collect(), next_cursor })
}

/// Get a person.
#[utoipa::path(get, path = "/api/support/people/{id}", tag = "People", operation_id = "getPerson",
    description = "One person. Customers get only themselves. Tokens need `people:read`.",
    params(("id" = String, Path, description = "The id", format = Uuid)),
    responses(
        (status = 200, description = "The person", body = PersonJson),
        (status = 401, description = "No token, or one that is not known", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "The token lacks the scope `people:read`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such person, or not for you", body = Problem, content_type = "application/problem+json")))]
async fn get_person(visit: Visit, Path(id): Path<String>) -> Answer {
    let actor = visit.signed_in()?;
    visit.scope(Scope::PeopleRead)?;
    let person = visible(&visit, PersonId::from_str(&id).map_err(|_| Fault::Missing)?).await?;
    if !policy::may(actor, policy::Action::See, person.id, person.role) {
        return Err(Fault::Missing.into());
    }
    web::json(&PersonJson::from(person))
}

async fn visible(visit: &Visit, id: PersonId) -> Result<Person> {
    Person::get(&mut visit.app.db.read().await?, id).await
}

/// List teams.
#[utoipa::path(get, path = "/api/support/teams", tag = "People", operation_id = "listTeams",
    description = "All teams, by name. Staff only. Tokens need `people:read`.",
    responses(
        (status = 200, description = "The teams", body = TeamsJson),
        (status = 401, description = "No token, or one that is not known", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "Not staff, or the token lacks the scope `people:read`", body = Problem, content_type = "application/problem+json")))]
async fn list_teams(visit: Visit) -> Answer {
    visit.staff()?;
    visit.scope(Scope::PeopleRead)?;
    let teams = Team::all(&mut visit.app.db.read().await?).await?;
    let items = teams.into_iter().map(|team| TeamJson { id: team.id, name: team.name, members: team.members, created_at: team.created_at });
    web::json(&TeamsJson { items: items.collect(), next_cursor: None })
}
