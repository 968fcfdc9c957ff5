//! `/admin/people/{id}`: admins. One person, and what may be changed about them.

use super::{admin, again, id, said, settle};
use crate::{Organization, Person, Team};
use askama::Template;
use db::Tx;
use kernel::{Actor, Fault, OrganizationId, PersonId, Result, Role, TeamId};
use ui::Errors;
use web::{Answer, Fields, Form, Input, Path, Routes, Visit};

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/admin/people/{id}", look)
        .post("/admin/people/{id}/role", change_role)
        .post("/admin/people/{id}/organization", change_organization)
        .post("/admin/people/{id}/teams", change_teams)
        .post("/admin/people/{id}/disable", disable)
        .post("/admin/people/{id}/enable", enable)
}

struct TeamChoice {
    id: TeamId,
    name: String,
    is_chosen: bool,
}

#[derive(Template)]
#[template(path = "admin/person.html")]
struct PersonPage {
    page: ui::Page,
    errors: Errors,
    person: Person,
    is_me: bool,
    roles: &'static [Role],
    organizations: Vec<Organization>,
    teams: Vec<TeamChoice>,
}

impl PersonPage {
    fn is_in(&self, organization: &Organization) -> bool {
        self.person.organization_id == Some(organization.id)
    }
}

/// `GET /admin/people/{id}`.
async fn look(visit: Visit, Path(person): Path<String>) -> Answer {
    admin(&visit)?;
    web::html(&page(&visit, id(&person)?).await?)
}

struct NewRole(Option<Role>);

impl Form for NewRole {
    fn read(fields: &mut Fields) -> Self {
        let role = fields.word("role", Role::WORDS);
        if role.is_none() {
            fields.errors.add("role", "Choose a role.");
        }
        Self(role)
    }
}

/// `POST /admin/people/{id}/role`: ends the person's sessions, because rights changed.
async fn change_role(visit: Visit, Path(person): Path<String>, input: Input<NewRole>) -> Answer {
    let (actor, person) = (admin(&visit)?, find(&visit, &person).await?);
    let changed = async {
        let NewRole(role) = input.take()?;
        let mut tx = visit.app.db.write().await?;
        person.change_role(&mut tx, actor, role.unwrap_or(person.role)).await?;
        settle(&visit, tx).await
    };
    answer(&visit, &person, changed.await, "Role changed.").await
}

struct NewOrganization(Option<OrganizationId>);

impl Form for NewOrganization {
    fn read(fields: &mut Fields) -> Self {
        Self(fields.id("organization"))
    }
}

/// `POST /admin/people/{id}/organization`: an empty one is none.
async fn change_organization(visit: Visit, Path(person): Path<String>, input: Input<NewOrganization>) -> Answer {
    let (actor, person) = (admin(&visit)?, find(&visit, &person).await?);
    let changed = async {
        let NewOrganization(organization) = input.take()?;
        let mut tx = visit.app.db.write().await?;
        let missing = |fault| if matches!(fault, Fault::Missing) { Fault::field("organization", "There is no such organization.") } else { fault };
        person.change_organization(&mut tx, actor, organization).await.map_err(missing)?;
        settle(&visit, tx).await
    };
    answer(&visit, &person, changed.await, "Organization changed.").await
}

struct NewTeams(Vec<TeamId>);

impl Form for NewTeams {
    fn read(fields: &mut Fields) -> Self {
        Self(fields.ids("team", 500))
    }
}

/// `POST /admin/people/{id}/teams`: the teams ticked are the teams of the person.
async fn change_teams(visit: Visit, Path(person): Path<String>, input: Input<NewTeams>) -> Answer {
    let (actor, person) = (admin(&visit)?, find(&visit, &person).await?);
    let changed = async {
        let NewTeams(wanted) = input.take()?;
        let mut tx = visit.app.db.write().await?;
        move_between(&mut tx, actor, &person, &wanted).await?;
        settle(&visit, tx).await
    };
    answer(&visit, &person, changed.await, "Teams changed.").await
}

async fn move_between(tx: &mut Tx, actor: &Actor, person: &Person, wanted: &[TeamId]) -> Result<()> {
    let now = Team::of(tx, person.id).await?;
    let teams = Team::all(tx).await?;
    for team in &teams {
        match (now.contains(&team.id), wanted.contains(&team.id)) {
            (false, true) => team.join(tx, actor, person).await?,
            (true, false) => team.leave(tx, actor, person.id).await?,
            _ => {}
        }
    }
    if wanted.iter().any(|id| !teams.iter().any(|team| team.id == *id)) {
        return Err(Fault::field("team", "One of these teams is gone. Look again."));
    }
    Ok(())
}

/// `POST /admin/people/{id}/disable`: they can't sign in any more; sessions and tokens stop at once.
async fn disable(visit: Visit, Path(person): Path<String>) -> Answer {
    set_disabled(visit, &person, true).await
}

/// `POST /admin/people/{id}/enable`.
async fn enable(visit: Visit, Path(person): Path<String>) -> Answer {
    set_disabled(visit, &person, false).await
}

async fn set_disabled(visit: Visit, person: &str, is_disabled: bool) -> Answer {
    let (actor, person) = (admin(&visit)?, find(&visit, person).await?);
    let changed = async {
        let mut tx = visit.app.db.write().await?;
        person.set_disabled(&mut tx, actor, is_disabled).await?;
        settle(&visit, tx).await
    };
    answer(&visit, &person, changed.await, if is_disabled { "Access taken away. All sessions ended." } else { "Access given back." }).await
}

/// Back to the person with a word, or the page again with what is in the way.
async fn answer(visit: &Visit, person: &Person, changed: Result<()>, text: &str) -> Answer {
    match changed {
        Ok(()) if visit.actor.person == Some(person.id) && text.starts_with("Role") => web::see_other("/sign-in"), // the own sessions ended
        Ok(()) => said(visit, &format!("/admin/people/{}", person.id), text),
        Err(fault) => {
            let page = page(visit, person.id).await?;
            again(fault, |errors| PersonPage { errors, ..page })
        }
    }
}

async fn find(visit: &Visit, person: &str) -> Result<Person> {
    Person::get(&mut visit.app.db.read().await?, id(person)?).await
}

async fn page(visit: &Visit, person: PersonId) -> Result<PersonPage> {
    let mut conn = visit.app.db.read().await?;
    let person = Person::get(&mut conn, person).await?;
    let now = Team::of(&mut conn, person.id).await?;
    let teams = Team::all(&mut conn).await?.into_iter().map(|team| TeamChoice { is_chosen: now.contains(&team.id), id: team.id, name: team.name });
    Ok(PersonPage {
        page: visit.page(person.name.clone()),
        errors: Errors::new(),
        is_me: visit.actor.person == Some(person.id),
        roles: Role::ALL,
        organizations: Organization::all(&mut conn).await?,
        teams: if person.role >= Role::Agent { teams.collect() } else { Vec::new() },
        person,
    })
}
