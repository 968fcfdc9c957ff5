//! `/profile/password`: whoever is signed in changes the own password, knowing the current one.

use super::{again, in_browser, profile::me, said, settle};
use crate::{Password, Person};
use askama::Template;
use kernel::{Fault, FieldErrors, Result};
use ui::Errors;
use web::{Answer, Bucket, Fields, Form, Input, Routes, Visit};

pub(crate) fn routes() -> Routes {
    Routes::new().get("/profile/password", look).post("/profile/password", change)
}

struct Change {
    current: String,
    password: String,
}

impl Form for Change {
    fn read(fields: &mut Fields) -> Self {
        Self { current: fields.secret("current", 256), password: fields.secret("password", 256) }
    }
}

#[derive(Template)]
#[template(path = "profile/password.html")]
struct ChangePassword {
    page: ui::Page,
    errors: Errors,
}

/// `GET /profile/password`.
async fn look(visit: Visit) -> Answer {
    in_browser(&visit)?;
    web::html(&ChangePassword { page: visit.page("Password"), errors: Errors::new() })
}

/// `POST /profile/password`: ends the person's other sessions.
async fn change(visit: Visit, input: Input<Change>) -> Answer {
    in_browser(&visit)?;
    match save(&visit, input.open().0).await {
        Ok(()) => said(&visit, "/profile/password", "Password changed. All other browsers are signed out."),
        Err(fault) => again(fault, |errors| ChangePassword { page: visit.page("Password"), errors }),
    }
}

async fn save(visit: &Visit, read: std::result::Result<Change, FieldErrors>) -> Result<()> {
    let (change, person) = (read?, me(visit).await?);
    visit.app.limits.check(Bucket::SignInAccount, &person.email)?;
    if Person::by_password(&visit.app.db, &person.email, &change.current).await?.is_none() {
        return Err(Fault::field("current", "This is not your current password."));
    }
    let hash = Password::new(&change.password, &person.email, &person.name)?.hash().await?;
    let mut tx = visit.app.db.write().await?;
    person.set_password_hash(&mut tx, &visit.actor, &hash).await?;
    settle(visit, tx).await
}
