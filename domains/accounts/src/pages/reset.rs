//! `/reset`: anyone. A new password for whoever reads the mail of the account.

use super::{again, begin, gone, settle, signed_in};
use crate::{Link, Password, Person, Purpose, letters, mail};
use askama::Template;
use kernel::{Fault, FieldErrors, Result, Role};
use serde_json::json;
use ui::Errors;
use web::{Answer, Bucket, Fields, Flash, Form, Input, Path, Routes, Visit};

pub(crate) fn routes() -> Routes {
    Routes::new().get("/reset", look).post("/reset", ask).get("/reset/{token}", look_at_link).post("/reset/{token}", choose)
}

struct Address(String);

impl Form for Address {
    fn read(fields: &mut Fields) -> Self {
        Self(fields.email("email"))
    }
}

struct NewPassword(String);

impl Form for NewPassword {
    fn read(fields: &mut Fields) -> Self {
        Self(fields.secret("password", 256))
    }
}

#[derive(Template)]
#[template(path = "reset.html")]
struct Reset {
    page: ui::Page,
    errors: Errors,
    email: String,
}

#[derive(Template)]
#[template(path = "choose_password.html")]
struct Choose {
    page: ui::Page,
    errors: Errors,
    email: String,
    token: String,
}

/// `GET /reset`.
async fn look(visit: Visit) -> Answer {
    web::html(&Reset { page: visit.page("Choose a new password"), errors: Errors::new(), email: visit.actor.email.clone() })
}

/// `POST /reset`: the answer is the same for every address; so is the work.
async fn ask(visit: Visit, input: Input<Address>) -> Answer {
    let (read, fields, ..) = input.open();
    match write_to(&visit, read).await {
        Ok(()) => web::see_other("/check-mail"),
        Err(fault) => again(fault, |errors| Reset { page: visit.page("Choose a new password"), errors, email: fields.typed("email") }),
    }
}

async fn write_to(visit: &Visit, read: std::result::Result<Address, FieldErrors>) -> Result<()> {
    let Address(email) = read?;
    visit.app.limits.check(Bucket::Mail, &visit.address.to_string())?;
    visit.app.limits.check(Bucket::Mail, &email)?;
    let mut tx = visit.app.db.write().await?;
    let person = Person::by_email(&mut tx, &email).await?;
    let token = Link::add(&mut tx, Purpose::Reset, person.as_ref().map(|person| person.id), None, &json!({})).await?; // for nobody too: the same work
    let url = &visit.app.config.public_url;
    let letter = match &person {
        Some(person) if person.disabled_at.is_some() => letters::closed(url),
        Some(person) => letters::reset(url, &person.name, &token),
        None => letters::unknown(url),
    };
    mail::queue(&mut tx, &email, &letter.subject, &letter.text).await?;
    Ok(tx.commit().await?)
}

/// `GET /reset/{token}`.
async fn look_at_link(visit: Visit, Path(token): Path<String>) -> Answer {
    match holder(&visit, &token).await {
        Ok(person) => web::html(&Choose { page: visit.page("Choose a new password"), errors: Errors::new(), email: person.email, token }),
        Err(Fault::Missing) => gone(&visit, "/reset", "Ask for a new link"),
        Err(fault) => Err(fault.into()),
    }
}

/// `POST /reset/{token}`: ends all sessions of the person and signs in.
async fn choose(visit: Visit, Path(token): Path<String>, input: Input<NewPassword>) -> Answer {
    let person = match holder(&visit, &token).await {
        Ok(person) => person,
        Err(Fault::Missing) => return gone(&visit, "/reset", "Ask for a new link"),
        Err(fault) => return Err(fault.into()),
    };
    match change(&visit, &person, &token, input.open().0).await {
        Ok(secret) => {
            let flash = Flash { kind: "good", text: "Your password is changed. All other browsers are signed out.".to_owned(), undo: None };
            Ok(visit.flash(signed_in(&visit, &secret, if person.role >= Role::Agent { "/desk" } else { "/" })?, &flash))
        }
        Err(Fault::Missing) => gone(&visit, "/reset", "Ask for a new link"),
        Err(fault) => again(fault, |errors| Choose { page: visit.page("Choose a new password"), errors, email: person.email.clone(), token }),
    }
}

async fn holder(visit: &Visit, token: &str) -> Result<Person> {
    let mut conn = visit.app.db.read().await?;
    let link = Link::open(&mut conn, Purpose::Reset, token).await?;
    let person = Person::get(&mut conn, link.person_id.ok_or(Fault::Missing)?).await?;
    if person.disabled_at.is_some() { Err(Fault::Missing) } else { Ok(person) }
}

async fn change(visit: &Visit, person: &Person, token: &str, read: std::result::Result<NewPassword, FieldErrors>) -> Result<String> {
    let NewPassword(password) = read?;
    let hash = Password::new(&password, &person.email, &person.name)?.hash().await?;
    let mut tx = visit.app.db.write().await?;
    Link::take(&mut tx, Purpose::Reset, token).await?;
    Link::withdraw_of(&mut tx, Purpose::Reset, person.id).await?;
    person.set_password_hash(&mut tx, &person.acting(), &hash).await?;
    let secret = begin(&mut tx, visit, person).await?;
    settle(visit, tx).await?;
    Ok(secret)
}
