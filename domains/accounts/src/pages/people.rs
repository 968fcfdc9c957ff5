//! `/admin/people`: admins. Everybody, by name; and new ones.

use super::{admin, again, said};
use crate::{Link, NewPerson, Organization, Person, Purpose, Search, letters, mail};
use askama::Template;
use kernel::{Fault, FieldErrors, OrganizationId, PersonId, Result, Role};
use serde_json::json;
use ui::Errors;
use web::{Answer, Asked, Fields, Form, Input, Routes, Visit};

/// People of one page.
const PAGE: i64 = 50;

pub(crate) fn routes() -> Routes {
    Routes::new().get("/admin/people", list).get("/admin/people/new", look).post("/admin/people", add)
}

struct Wanted {
    q: String,
    role: Option<Role>,
    after: Option<PersonId>,
}

impl Form for Wanted {
    fn read(fields: &mut Fields) -> Self {
        Self { q: fields.optional_text("q", 200).unwrap_or_default(), role: fields.word("role", Role::WORDS), after: fields.id("after") }
    }
}

struct RoleChoice {
    word: &'static str,
    label: &'static str,
    is_chosen: bool,
}

#[derive(Template)]
#[template(path = "admin/people.html")]
struct People {
    page: ui::Page,
    q: String,
    roles: Vec<RoleChoice>,
    people: Vec<Person>,
    is_filtered: bool,
    is_later: bool,
    next: Option<PersonId>,
}

impl People {
    /// The words of the role filter, empty for all.
    fn role(&self) -> &'static str {
        self.roles.iter().find(|role| role.is_chosen).map_or("", |role| role.word)
    }
}

/// `GET /admin/people?q=&role=&after=`.
async fn list(visit: Visit, Asked(wanted): Asked<Wanted>) -> Answer {
    let actor = admin(&visit)?;
    let search = Search { q: &wanted.q, role: wanted.role, after: wanted.after, limit: PAGE + 1 };
    let mut people = Person::find(&mut visit.app.db.read().await?, actor, &search).await?;
    let is_more = people.len() > 50;
    people.truncate(50);
    web::html(&People {
        page: visit.page("People"),
        is_filtered: !wanted.q.is_empty() || wanted.role.is_some(),
        is_later: wanted.after.is_some(),
        next: people.last().filter(|_| is_more).map(|person| person.id),
        roles: role_choices(wanted.role.map_or("", Role::word)),
        q: wanted.q,
        people,
    })
}

fn role_choices(chosen: &str) -> Vec<RoleChoice> {
    Role::ALL.iter().map(|role| RoleChoice { word: role.word(), label: role.label(), is_chosen: role.word() == chosen }).collect()
}

struct NewOne {
    name: String,
    email: String,
    role: Role,
    organization: Option<OrganizationId>,
}

impl Form for NewOne {
    fn read(fields: &mut Fields) -> Self {
        let role = fields.word("role", Role::WORDS).unwrap_or(Role::Customer);
        Self { name: fields.text("name", 120), email: fields.email("email"), role, organization: fields.id("organization") }
    }
}

#[derive(Template)]
#[template(path = "admin/person_new.html")]
struct NewPersonForm {
    page: ui::Page,
    errors: Errors,
    name: String,
    email: String,
    roles: Vec<RoleChoice>,
    organization: String,
    organizations: Vec<Organization>,
}

/// `GET /admin/people/new`.
async fn look(visit: Visit) -> Answer {
    admin(&visit)?;
    web::html(&form(&visit, None).await?)
}

/// `POST /admin/people`: adds somebody and mails them a link to choose a password.
async fn add(visit: Visit, input: Input<NewOne>) -> Answer {
    admin(&visit)?;
    let (read, fields, ..) = input.open();
    match invite(&visit, read).await {
        Ok(person) => said(&visit, &format!("/admin/people/{}", person.id), format!("{} was added and gets a mail to choose a password.", person.name)),
        Err(fault) => {
            let page = form(&visit, Some(&fields)).await?;
            again(fault, |errors| NewPersonForm { errors, ..page })
        }
    }
}

async fn invite(visit: &Visit, read: std::result::Result<NewOne, FieldErrors>) -> Result<Person> {
    let (new, actor) = (read?, admin(visit)?);
    let mut tx = visit.app.db.write().await?;
    let person = Person::add(&mut tx, actor, NewPerson { email: &new.email, name: &new.name, role: new.role, password_hash: None, is_verified: false }).await?;
    if new.organization.is_some() {
        let missing = |fault| if matches!(fault, Fault::Missing) { Fault::field("organization", "There is no such organization.") } else { fault };
        person.change_organization(&mut tx, actor, new.organization).await.map_err(missing)?;
    }
    let token = Link::add(&mut tx, Purpose::Reset, Some(person.id), None, &json!({})).await?;
    let letter = letters::invitation(&visit.app.config.public_url, &person.name, &actor.name, &token);
    mail::queue(&mut tx, &person.email, &letter.subject, &letter.text).await?;
    tx.commit().await?;
    Ok(person)
}

async fn form(visit: &Visit, typed: Option<&Fields>) -> Result<NewPersonForm> {
    let word = |name: &str| typed.map(|fields| fields.typed(name)).unwrap_or_default();
    Ok(NewPersonForm {
        page: visit.page("Add a person"),
        errors: Errors::new(),
        name: word("name"),
        email: word("email"),
        roles: role_choices(&word("role")),
        organization: word("organization"),
        organizations: Organization::all(&mut visit.app.db.read().await?).await?,
    })
}
