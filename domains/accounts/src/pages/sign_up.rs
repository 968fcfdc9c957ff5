//! `/sign-up`: anyone. The answer is always "check your mail"; only the mail tells whether the address was known.

use super::{again, begin, gone, settle, signed_in};
use crate::{Link, NewPerson, Password, Person, Purpose, letters, mail, password, secret};
use askama::Template;
use kernel::{Actor, Fault, FieldErrors, Result, Role};
use serde_json::{Value, json};
use ui::Errors;
use web::{Answer, Bucket, Fields, Flash, Form, HeaderMap, Input, Path, Routes, Visit, header, set_cookie};

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/sign-up", look)
        .post("/sign-up", ask)
        .get("/check-mail", check_mail)
        .get("/sign-up/{token}", look_at_link)
        .post("/sign-up/{token}", confirm)
}

struct Wish {
    name: String,
    email: String,
    password: String,
}

impl Form for Wish {
    fn read(fields: &mut Fields) -> Self {
        Self { name: fields.text("name", 120), email: fields.email("email"), password: fields.secret("password", 256) }
    }
}

#[derive(Template)]
#[template(path = "sign_up.html")]
struct SignUp {
    page: ui::Page,
    errors: Errors,
    name: String,
    email: String,
}

#[derive(Template)]
#[template(path = "check_mail.html")]
struct CheckMail {
    page: ui::Page,
}

#[derive(Template)]
#[template(path = "confirm.html")]
struct Confirm {
    page: ui::Page,
    errors: Errors,
    name: String,
    email: String,
    token: String,
    asks_password: bool,
}

/// `GET /sign-up`.
async fn look(visit: Visit) -> Answer {
    web::html(&SignUp { page: visit.page("Create an account"), errors: Errors::new(), name: String::new(), email: String::new() })
}

/// `GET /check-mail`: after signing up and after asking for a new password.
async fn check_mail(visit: Visit) -> Answer {
    web::html(&CheckMail { page: visit.page("Check your mail") })
}

/// `POST /sign-up`: the browser keeps a secret, so that it can confirm without typing the password again.
async fn ask(visit: Visit, input: Input<Wish>) -> Answer {
    let (read, fields, ..) = input.open();
    match write_to(&visit, read).await {
        Ok(browser) => {
            let mut response = web::see_other("/check-mail")?;
            if let Some(cookie) = set_cookie(visit.app.config.is_secure(), "sign_up", &browser, 24 * 3600) {
                response.headers_mut().append(header::SET_COOKIE, cookie);
            }
            Ok(response)
        }
        Err(fault) => again(fault, |errors| SignUp { page: visit.page("Create an account"), errors, name: fields.typed("name"), email: fields.typed("email") }),
    }
}

async fn write_to(visit: &Visit, read: std::result::Result<Wish, FieldErrors>) -> Result<String> {
    let wish = read?;
    visit.app.limits.check(Bucket::Mail, &visit.address.to_string())?;
    visit.app.limits.check(Bucket::Mail, &wish.email)?;
    let hash = Password::new(&wish.password, &wish.email, &wish.name)?.hash().await?;
    let browser = secret::make("")?;
    let url = &visit.app.config.public_url;
    let mut tx = visit.app.db.write().await?;
    let letter = match Person::by_email(&mut tx, &wish.email).await? {
        Some(person) if person.disabled_at.is_some() => letters::closed(url),
        Some(person) => letters::known(url, &person.name, &Link::add(&mut tx, Purpose::Reset, Some(person.id), None, &json!({})).await?),
        None => {
            let kept = json!({ "name": wish.name, "email": wish.email, "password_hash": hash, "browser": secret::hash(&browser) });
            letters::confirm(url, &wish.name, &Link::add(&mut tx, Purpose::Confirm, None, None, &kept).await?)
        }
    };
    mail::queue(&mut tx, &wish.email, &letter.subject, &letter.text).await?;
    tx.commit().await?;
    Ok(browser)
}

/// `GET /sign-up/{token}`: a button, so that a mail scanner that follows links confirms nothing.
async fn look_at_link(visit: Visit, headers: HeaderMap, Path(token): Path<String>) -> Answer {
    match Link::open(&mut visit.app.db.read().await?, Purpose::Confirm, &token).await {
        Ok(link) => web::html(&confirm_page(&visit, &headers, &link, token, Errors::new())),
        Err(Fault::Missing) => gone(&visit, "/sign-up", "Sign up again"),
        Err(fault) => Err(fault.into()),
    }
}

/// The password again, when another browser confirms than the one that signed up: whoever signs up with somebody
/// else's address must not get an account that its owner confirms.
struct Again(String);

impl Form for Again {
    fn read(fields: &mut Fields) -> Self {
        Self(if fields.has("password") { fields.secret("password", 256) } else { String::new() })
    }
}

/// `POST /sign-up/{token}`: makes the person and signs in.
async fn confirm(visit: Visit, headers: HeaderMap, Path(token): Path<String>, input: Input<Again>) -> Answer {
    let link = match Link::open(&mut visit.app.db.read().await?, Purpose::Confirm, &token).await {
        Ok(link) => link,
        Err(Fault::Missing) => return gone(&visit, "/sign-up", "Sign up again"),
        Err(fault) => return Err(fault.into()),
    };
    match make(&visit, &headers, &link, &token, input.open().0).await {
        Ok((secret, name)) => {
            let flash = Flash { kind: "good", text: format!("Welcome, {name}. Your account is ready."), undo: None };
            Ok(visit.flash(signed_in(&visit, &secret, "/")?, &flash))
        }
        Err(Fault::Missing) => gone(&visit, "/sign-up", "Sign up again"),
        Err(fault) => again(fault, |errors| confirm_page(&visit, &headers, &link, token, errors)),
    }
}

async fn make(visit: &Visit, headers: &HeaderMap, link: &Link, token: &str, read: std::result::Result<Again, FieldErrors>) -> Result<(String, String)> {
    let (Again(typed), kept) = (read?, link.facts());
    let word = |key: &str| kept[key].as_str().unwrap_or_default().to_owned();
    let (name, email, hash) = (word("name"), word("email"), word("password_hash"));
    if !is_same_browser(visit, headers, &kept) {
        visit.app.limits.check(Bucket::SignInAccount, &email)?;
        if !password::verify(typed, Some(hash.clone())).await? {
            return Err(Fault::field("password", "This is not the password you chose. Type it again, or sign up again."));
        }
    }
    let mut tx = visit.app.db.write().await?;
    Link::take(&mut tx, Purpose::Confirm, token).await?;
    let person = match Person::by_email(&mut tx, &email).await? {
        Some(person) if person.disabled_at.is_some() => return Err(Fault::Missing),
        Some(person) => {
            person.set_password_hash(&mut tx, &person.acting(), &hash).await?;
            person
        }
        None => {
            Person::add(
                &mut tx,
                &Actor::stranger(),
                NewPerson { email: &email, name: &name, role: Role::Customer, password_hash: Some(hash), is_verified: true },
            )
            .await?
        }
    };
    let secret = begin(&mut tx, visit, &person).await?;
    settle(visit, tx).await?;
    Ok((secret, person.first_name().to_owned()))
}

fn confirm_page(visit: &Visit, headers: &HeaderMap, link: &Link, token: String, errors: Errors) -> Confirm {
    let kept = link.facts();
    let word = |key: &str| kept[key].as_str().unwrap_or_default().to_owned();
    Confirm {
        page: visit.page("Confirm your address"),
        errors,
        name: word("name"),
        email: word("email"),
        token,
        asks_password: !is_same_browser(visit, headers, &kept),
    }
}

/// True when this browser holds the secret that it got when it signed up.
fn is_same_browser(visit: &Visit, headers: &HeaderMap, kept: &Value) -> bool {
    let name = if visit.app.config.is_secure() { "__Host-sign_up=" } else { "sign_up=" };
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().strip_prefix(name)).any(|held| json!(secret::hash(held)) == kept["browser"])
}
