//! `/sign-in` and `/sign-out`: anyone.

use super::{again, settle};
use crate::{Person, Session, session};
use askama::Template;
use db::Tx;
use kernel::{Fault, FieldErrors, Result, Role, Who};
use ui::Errors;
use web::{Answer, Asked, Bucket, Fields, Form, Input, Routes, Visit, clear_cookie, header, set_cookie};

pub(crate) fn routes() -> Routes {
    Routes::new().get("/sign-in", look).post("/sign-in", enter).post("/sign-out", leave)
}

struct Next(String);

impl Form for Next {
    fn read(fields: &mut Fields) -> Self {
        Self(fields.optional_text("next", 500).unwrap_or_default())
    }
}

struct Proof {
    email: String,
    password: String,
    next: String,
}

impl Form for Proof {
    fn read(fields: &mut Fields) -> Self {
        Self { email: fields.email("email"), password: fields.secret("password", 256), next: Next::read(fields).0 }
    }
}

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignIn {
    page: ui::Page,
    errors: Errors,
    email: String,
    next: String,
}

/// `GET /sign-in`: the form; who is signed in already goes on.
async fn look(visit: Visit, Asked(next): Asked<Next>) -> Answer {
    if visit.actor.who == Who::Session {
        return web::see_other(&onward(&next.0, visit.actor.role));
    }
    web::html(&SignIn { page: visit.page("Sign in"), errors: Errors::new(), email: String::new(), next: next.0 })
}

/// `POST /sign-in`: the same words, and the same time, whether the address or the password is wrong.
async fn enter(visit: Visit, input: Input<Proof>) -> Answer {
    let (read, fields, ..) = input.open();
    match prove(&visit, read).await {
        Ok((person, next)) => {
            let mut tx = visit.app.db.write().await?;
            let secret = begin(&mut tx, &visit, &person).await?;
            settle(&visit, tx).await?;
            signed_in(&visit, &secret, &onward(&next, person.role))
        }
        Err(fault) => again(fault, |errors| SignIn { page: visit.page("Sign in"), errors, email: fields.typed("email"), next: fields.typed("next") }),
    }
}

async fn prove(visit: &Visit, read: std::result::Result<Proof, FieldErrors>) -> Result<(Person, String)> {
    let proof = read?;
    visit.app.limits.check(Bucket::SignInAddress, &visit.address.to_string())?;
    visit.app.limits.check(Bucket::SignInAccount, &proof.email)?;
    let person = Person::by_password(&visit.app.db, &proof.email, &proof.password).await?;
    let person = person.ok_or_else(|| Fault::field("password", "Address and password do not match. Try again, or choose a new password."))?;
    Ok((person, proof.next))
}

/// Begins a session and ends the one this browser had: the secret is always a new one.
pub(crate) async fn begin(tx: &mut Tx, visit: &Visit, person: &Person) -> Result<String> {
    if let (Who::Session, Some(old)) = (&visit.actor.who, visit.actor.session) {
        Session::end(tx, &visit.actor, old).await?;
    }
    Session::begin(tx, person, &visit.address.to_string(), &visit.user_agent).await
}

/// Goes on with the cookie of a new session.
pub(crate) fn signed_in(visit: &Visit, secret: &str, to: &str) -> Answer {
    let mut response = web::see_other(to)?;
    let seconds = i64::try_from(session::ABSOLUTE.as_secs()).unwrap_or(i64::MAX);
    if let Some(cookie) = set_cookie(visit.app.config.is_secure(), "session", secret, seconds) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

/// `POST /sign-out`: ends the session of this browser.
async fn leave(visit: Visit) -> Answer {
    if let (Who::Session, Some(session)) = (&visit.actor.who, visit.actor.session) {
        let mut tx = visit.app.db.write().await?;
        Session::end(&mut tx, &visit.actor, session).await?;
        settle(&visit, tx).await?;
    }
    let mut response = web::see_other("/")?;
    for name in ["session", "guest"] {
        if let Some(cookie) = clear_cookie(visit.app.config.is_secure(), name) {
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
    }
    Ok(response)
}

/// Where to go after signing in: a path of this site, never another one.
fn onward(next: &str, role: Role) -> String {
    let is_ours = next.starts_with('/') && !next.starts_with("//") && !next.contains('\\') && next.bytes().all(|byte| byte.is_ascii_graphic());
    let home = if role >= Role::Agent { "/desk" } else { "/" };
    (if is_ours { next } else { home }).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_this_site_are_gone_to() {
        for next in ["https://evil.example", "//evil.example", "/\\evil.example", "/\t/evil.example", "evil", "", "javascript:alert(1)", "/a b"] {
            assert_eq!(onward(next, Role::Customer), "/", "{next}");
        }
        assert_eq!(onward("/requests?show=all#x", Role::Customer), "/requests?show=all#x");
        assert_eq!(onward("", Role::Agent), "/desk");
    }
}
