//! `/admin/teams`: admins. Teams and who belongs to them.

use super::{admin, again, id, said, settle};
use crate::{Person, Team};
use askama::Template;
use kernel::{Fault, FieldErrors, PersonId, Result, TeamId};
use ui::Errors;
use web::{Answer, Fields, Form, Input, Path, Routes, Visit};

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/admin/teams", list)
        .post("/admin/teams", add)
        .get("/admin/teams/{id}", look)
        .post("/admin/teams/{id}/rename", rename)
        .post("/admin/teams/{id}/members", change_members)
}

struct Name(String);

impl Form for Name {
    fn read(fields: &mut Fields) -> Self {
        Self(fields.text("name", 80))
    }
}

#[derive(Template)]
#[template(path = "admin/teams.html")]
struct Teams {
    page: ui::Page,
    errors: Errors,
    teams: Vec<Team>,
    name: String,
}

#[derive(Template)]
#[template(path = "admin/team.html")]
struct TeamPage {
    page: ui::Page,
    errors: Errors,
    team: Team,
    name: String,
    members: Vec<(PersonId, String)>,
    others: Vec<Person>,
}

/// `GET /admin/teams`.
async fn list(visit: Visit) -> Answer {
    admin(&visit)?;
    web::html(&teams(&visit, String::new()).await?)
}

/// `POST /admin/teams`.
async fn add(visit: Visit, input: Input<Name>) -> Answer {
    admin(&visit)?;
    let (read, fields, ..) = input.open();
    match make(&visit, read).await {
        Ok(team) => said(&visit, &format!("/admin/teams/{}", team.id), "Team added. Now say who belongs to it."),
        Err(fault) => {
            let page = teams(&visit, fields.typed("name")).await?;
            again(fault, |errors| Teams { errors, ..page })
        }
    }
}

async fn make(visit: &Visit, read: std::result::Result<Name, FieldErrors>) -> Result<Team> {
    let Name(name) = read?;
    let mut tx = visit.app.db.write().await?;
    let team = Team::add(&mut tx, admin(visit)?, &name).await?;
    tx.commit().await?;
    Ok(team)
}

/// `GET /admin/teams/{id}`.
async fn look(visit: Visit, Path(team): Path<String>) -> Answer {
    admin(&visit)?;
    web::html(&page(&visit, id(&team)?, None).await?)
}

/// `POST /admin/teams/{id}/rename`.
async fn rename(visit: Visit, Path(team): Path<String>, input: Input<Name>) -> Answer {
    let (actor, team) = (admin(&visit)?, id(&team)?);
    let (read, fields, ..) = input.open();
    let renamed = async {
        let Name(name) = read?;
        let mut tx = visit.app.db.write().await?;
        Team::get(&mut tx, team).await?.rename(&mut tx, actor, &name).await?;
        settle(&visit, tx).await
    };
    answer(&visit, team, renamed.await, "Team renamed.", Some(fields.typed("name"))).await
}

struct Membership {
    is_added: bool,
    person: Option<PersonId>,
}

impl Form for Membership {
    fn read(fields: &mut Fields) -> Self {
        let act = fields.text("act", 10);
        if !matches!(act.as_str(), "" | "add" | "remove") {
            fields.errors.add("act", "Must be add or remove.");
        }
        let person = fields.id("person");
        if person.is_none() {
            fields.errors.add("person", "Choose somebody.");
        }
        Self { is_added: act == "add", person }
    }
}

/// `POST /admin/teams/{id}/members`.
async fn change_members(visit: Visit, Path(team): Path<String>, input: Input<Membership>) -> Answer {
    let (actor, team) = (admin(&visit)?, id(&team)?);
    let changed = async {
        let membership = input.take()?;
        let mut tx = visit.app.db.write().await?;
        let found = Team::get(&mut tx, team).await?;
        let missing = |fault| if matches!(fault, Fault::Missing) { Fault::field("person", "There is no such person.") } else { fault };
        let person = Person::get(&mut tx, membership.person.ok_or(Fault::Missing)?).await.map_err(missing)?;
        if membership.is_added {
            found.join(&mut tx, actor, &person).await?;
        } else {
            found.leave(&mut tx, actor, person.id).await?;
        }
        settle(&visit, tx).await
    };
    answer(&visit, team, changed.await, "Members changed.", None).await
}

async fn answer(visit: &Visit, team: TeamId, changed: Result<()>, text: &str, typed: Option<String>) -> Answer {
    match changed {
        Ok(()) => said(visit, &format!("/admin/teams/{team}"), text),
        Err(fault) => {
            let page = page(visit, team, typed).await?;
            again(fault, |errors| TeamPage { errors, ..page })
        }
    }
}

async fn teams(visit: &Visit, name: String) -> Result<Teams> {
    Ok(Teams { page: visit.page("Teams"), errors: Errors::new(), teams: Team::all(&mut visit.app.db.read().await?).await?, name })
}

async fn page(visit: &Visit, team: TeamId, typed: Option<String>) -> Result<TeamPage> {
    let mut conn = visit.app.db.read().await?;
    let team = Team::get(&mut conn, team).await?;
    let members = team.members(&mut conn).await?;
    let mut others = Person::staff(&mut conn).await?;
    others.retain(|person| !members.iter().any(|(member, _)| *member == person.id));
    Ok(TeamPage { page: visit.page(team.name.clone()), errors: Errors::new(), name: typed.unwrap_or_else(|| team.name.clone()), team, members, others })
}
