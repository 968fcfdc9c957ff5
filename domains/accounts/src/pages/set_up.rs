//! `/set-up/{token}`: whoever holds the link that the first start prints makes the first admin. Once.

use super::{again, begin, gone, settle, signed_in};
use crate::{Link, Password, Person, Purpose};
use askama::Template;
use kernel::{Actor, Fault, FieldErrors, Result, Role};
use ui::Errors;
use web::{Answer, Fields, Flash, Form, Input, Path, Routes, Visit};

pub(crate) fn routes() -> Routes {
    Routes::new().get("/set-up/{token}", look).post("/set-up/{token}", make)
}

struct FirstAdmin {
    name: String,
    email: String,
    password: String,
}

impl Form for FirstAdmin {
    fn read(fields: &mut Fields) -> Self {
        Self { name: fields.text("name", 120), email: fields.email("email"), password: fields.secret("password", 256) }
    }
}

#[derive(Template)]
#[template(path = "set_up.html")]
struct SetUp {
    page: ui::Page,
    errors: Errors,
    name: String,
    email: String,
    token: String,
}

/// `GET /set-up/{token}`.
async fn look(visit: Visit, Path(token): Path<String>) -> Answer {
    match still_open(&visit, &token).await {
        Ok(()) => web::html(&SetUp { page: visit.page("Set up"), errors: Errors::new(), name: String::new(), email: String::new(), token }),
        Err(Fault::Missing) => gone(&visit, "/sign-in", "Sign in"),
        Err(fault) => Err(fault.into()),
    }
}

/// `POST /set-up/{token}`: makes the admin and signs in.
async fn make(visit: Visit, Path(token): Path<String>, input: Input<FirstAdmin>) -> Answer {
    let (read, fields, ..) = input.open();
    match add(&visit, &token, read).await {
        Ok(secret) => {
            let flash = Flash { kind: "good", text: "You are the administrator. Next, name your help center and add your team.".to_owned(), undo: None };
            Ok(visit.flash(signed_in(&visit, &secret, "/admin")?, &flash))
        }
        Err(Fault::Missing) => gone(&visit, "/sign-in", "Sign in"),
        Err(fault) => again(fault, |errors| SetUp { page: visit.page("Set up"), errors, name: fields.typed("name"), email: fields.typed("email"), token }),
    }
}

async fn still_open(visit: &Visit, token: &str) -> Result<()> {
    let mut conn = visit.app.db.read().await?;
    Link::open(&mut conn, Purpose::SetUp, token).await?;
    if Person::has_admin(&mut conn).await? { Err(Fault::Missing) } else { Ok(()) }
}

async fn add(visit: &Visit, token: &str, read: std::result::Result<FirstAdmin, FieldErrors>) -> Result<String> {
    still_open(visit, token).await?;
    let wish = read?;
    let hash = Password::new(&wish.password, &wish.email, &wish.name)?.hash().await?;
    let mut tx = visit.app.db.write().await?;
    Link::take(&mut tx, Purpose::SetUp, token).await?;
    if Person::has_admin(&mut tx).await? {
        return Err(Fault::Missing);
    }
    let person = Person::put(&mut tx, &Actor::system("Set-up"), &wish.email, &wish.name, Role::Admin, Some(hash)).await?;
    let secret = begin(&mut tx, visit, &person).await?;
    settle(visit, tx).await?;
    Ok(secret)
}
