//! `/admin/assignment`: supervisors. How teams give their work out, who takes new work, and what waits.

use super::{id, said, supervisor};
use crate::{Catalog, KIND, Mode, TeamDefault, Waiting, policy};
use accounts::{Availability, Team};
use askama::Template;
use kernel::{Fault, FieldErrors, PersonId, TeamId};
use std::collections::HashMap;
use ui::Errors;
use web::{Answer, Fields, Form, Input, Path, Visit};

struct TeamRow {
    team: Team,
    mode: Option<Mode>,
    waiting: usize,
}

struct PersonRow {
    one: Availability,
    load: i64,
    /// The number, as stored or as typed.
    capacity: String,
    /// What its field is called: there is one for each person.
    field: String,
}

#[derive(Template)]
#[template(path = "automation/assignment.html")]
struct Assignment {
    page: ui::Page,
    errors: Errors,
    teams: Vec<TeamRow>,
    people: Vec<PersonRow>,
    modes: &'static [Mode],
    is_admin: bool,
}

/// `GET /admin/assignment`.
pub(super) async fn look(visit: Visit) -> Answer {
    web::html(&page(&visit).await?)
}

async fn page(visit: &Visit) -> kernel::Result<Assignment> {
    let actor = supervisor(visit)?;
    let mut conn = visit.app.db.read().await?;
    let catalog = Catalog::of(&mut conn, &visit.app.domains, KIND).await?;
    let defaults: HashMap<TeamId, Mode> = TeamDefault::all(&mut conn).await?.into_iter().map(|default| (default.team, default.mode)).collect();
    let waiting = Waiting::first(&mut conn, 1000).await?;
    let people = Availability::all(&mut conn).await?;
    let ids: Vec<PersonId> = people.iter().map(|one| one.person).collect();
    let load: HashMap<PersonId, i64> = match &catalog.offer.duty {
        Some(duty) => (duty.load)(&mut conn, &ids).await?.into_iter().collect(),
        None => HashMap::new(),
    };
    let teams = Team::all(&mut conn).await?.into_iter().map(|team| TeamRow {
        mode: defaults.get(&team.id).copied(),
        waiting: waiting.iter().filter(|one| one.team == team.id).count(),
        team,
    });
    Ok(Assignment {
        page: visit.page("Assignment"),
        errors: Errors::new(),
        teams: teams.collect(),
        people: people
            .into_iter()
            .map(|one| PersonRow { load: load.get(&one.person).copied().unwrap_or(0), capacity: one.capacity.to_string(), field: field_of(one.person), one })
            .collect(),
        modes: Mode::ALL,
        is_admin: policy::may(actor, policy::Action::KeepRules),
    })
}

/// What the field of a person's number is called on the page.
fn field_of(person: PersonId) -> String {
    format!("capacity-{person}")
}

pub(super) struct NewMode(Option<Mode>);

impl Form for NewMode {
    fn read(fields: &mut Fields) -> Self {
        Self(fields.word("mode", Mode::WORDS))
    }
}

/// `POST /admin/assignment/teams/{id}`: an empty mode is "by hand".
pub(super) async fn set_mode(visit: Visit, Path(team): Path<String>, input: Input<NewMode>) -> Answer {
    let (actor, team) = (supervisor(&visit)?, id(&team)?);
    let NewMode(mode) = input.take()?;
    let mut tx = visit.app.db.write().await?;
    let team = Team::get(&mut tx, team).await?;
    TeamDefault::set(&mut tx, actor, team.id, mode).await?;
    tx.commit().await?;
    said(&visit, "/admin/assignment", format!("Assignment of {} saved.", team.name))
}

pub(super) struct NewAvailability {
    is_available: bool,
    capacity: i64,
}

impl Form for NewAvailability {
    fn read(fields: &mut Fields) -> Self {
        Self { is_available: fields.boolean("available"), capacity: fields.needed_integer("capacity", 0..=1000) }
    }
}

/// `POST /admin/assignment/people/{id}`.
pub(super) async fn set_person(visit: Visit, Path(person): Path<String>, input: Input<NewAvailability>) -> Answer {
    let (actor, person) = (supervisor(&visit)?, id(&person)?);
    let (read, fields, ..) = input.open();
    let wish = match read {
        Err(errors) => {
            let mut page = page(&visit).await?;
            if let Some(row) = page.people.iter_mut().find(|row| row.one.person == person) {
                row.capacity = fields.typed("capacity");
            }
            let errors = errors.0.into_iter().map(|(field, words)| (if field == "capacity" { field_of(person) } else { field }, words));
            return accounts::again(Fault::Invalid(FieldErrors(errors.collect())), |errors| Assignment { errors, ..page });
        }
        Ok(wish) => wish,
    };
    let mut tx = visit.app.db.write().await?;
    let one = Availability::get(&mut tx, person).await?;
    one.set_available(&mut tx, actor, wish.is_available).await?;
    let one = Availability::get(&mut tx, person).await?;
    one.set_capacity(&mut tx, actor, wish.capacity).await?;
    tx.commit().await?;
    said(&visit, "/admin/assignment", format!("{} saved.", one.name))
}
