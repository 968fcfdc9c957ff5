//! `/profile/tokens`: whoever is signed in makes and revokes the own access tokens.

use super::{again, id, in_browser, profile::me, said, settle};
use crate::{Token, token};
use askama::Template;
use db::{Conn, Timestamp};
use kernel::{Fault, FieldErrors, Result, Scope};
use std::time::Duration;
use ui::Errors;
use web::{Answer, Fields, Form, Input, Path, Routes, StatusCode, Visit};

pub(crate) fn routes() -> Routes {
    Routes::new().get("/profile/tokens", look).post("/profile/tokens", make).post("/profile/tokens/{id}/revoke", revoke)
}

/// Days a token may live, with their words. The last one never ends.
const LIVES: &[(&str, &str)] = &[("30", "30 days"), ("90", "90 days"), ("365", "One year"), ("never", "Never")];

struct Wish {
    name: String,
    scopes: Vec<Scope>,
    expires: String,
}

impl Form for Wish {
    fn read(fields: &mut Fields) -> Self {
        let wish = Self { name: fields.text("name", 80), scopes: fields.words("scopes", Scope::WORDS), expires: fields.text("expires", 10) };
        if wish.scopes.is_empty() {
            fields.errors.add("scopes", "Choose at least one.");
        }
        if !wish.expires.is_empty() && !LIVES.iter().any(|(days, _)| *days == wish.expires) {
            fields.errors.add("expires", "Choose one of the list.");
        }
        wish
    }
}

struct Shown {
    id: String,
    name: String,
    scopes: String,
    seen_at: Option<Timestamp>,
    expires_at: Option<Timestamp>,
    is_over: bool,
}

struct Choice {
    word: &'static str,
    label: &'static str,
    is_chosen: bool,
}

#[derive(Template)]
#[template(path = "profile/tokens.html")]
struct Tokens {
    page: ui::Page,
    errors: Errors,
    tokens: Vec<Shown>,
    name: String,
    scopes: Vec<Choice>,
    lives: Vec<Choice>,
    secret: Option<String>,
}

/// `GET /profile/tokens`.
async fn look(visit: Visit) -> Answer {
    in_browser(&visit)?;
    web::html(&tokens(&visit, None).await?)
}

/// `POST /profile/tokens`: answers the page with the secret on it, this one time.
async fn make(visit: Visit, input: Input<Wish>) -> Answer {
    in_browser(&visit)?;
    let (read, fields, ..) = input.open();
    match add(&visit, read).await {
        Ok(secret) => web::html_with(StatusCode::CREATED, &Tokens { secret: Some(secret), ..tokens(&visit, None).await? }),
        Err(fault) => {
            let page = tokens(&visit, Some(&fields)).await?;
            again(fault, |errors| Tokens { errors, ..page })
        }
    }
}

async fn add(visit: &Visit, read: std::result::Result<Wish, FieldErrors>) -> Result<String> {
    let (wish, person) = (read?, me(visit).await?);
    let mut tx = visit.app.db.write().await?;
    let days: Option<u64> = wish.expires.parse().ok();
    let expires_at = days.map(|days| tx.now().plus(Duration::from_secs(days * 24 * 3600)));
    let secret = Token::add(&mut tx, &visit.actor, person.id, &wish.name, &wish.scopes, expires_at).await?;
    tx.commit().await?;
    Ok(secret)
}

/// `POST /profile/tokens/{id}/revoke`.
async fn revoke(visit: Visit, Path(token): Path<String>) -> Answer {
    let actor = in_browser(&visit)?;
    let mut tx = visit.app.db.write().await?;
    if !Token::revoke(&mut tx, actor, id::<Token>(&token)?.uuid()).await? {
        return Err(Fault::Missing.into());
    }
    settle(&visit, tx).await?;
    said(&visit, "/profile/tokens", "Token revoked. It stopped working at once.")
}

async fn tokens(visit: &Visit, typed: Option<&Fields>) -> Result<Tokens> {
    let person = me(visit).await?;
    let mut conn = visit.app.db.read().await?;
    let chosen = typed.map(|fields| fields.typed("scopes"));
    let life = typed.map_or_else(|| "90".to_owned(), |fields| fields.typed("expires"));
    let scopes = Scope::ALL.iter().map(|scope| Choice {
        word: scope.word(),
        label: told(*scope),
        is_chosen: chosen.as_ref().is_some_and(|chosen| chosen.contains(scope.word())),
    });
    Ok(Tokens {
        page: visit.page("Access tokens"),
        errors: Errors::new(),
        tokens: shown(&mut conn, person.id).await?,
        name: typed.map(|fields| fields.typed("name")).unwrap_or_default(),
        scopes: scopes.collect(),
        lives: LIVES.iter().map(|(word, label)| Choice { word, label, is_chosen: *word == life }).collect(),
        secret: None,
    })
}

async fn shown(conn: &mut Conn, person: kernel::PersonId) -> Result<Vec<Shown>> {
    let now = conn.now();
    let tokens = Token::of(conn, person).await?;
    Ok(tokens
        .into_iter()
        .map(|token| Shown {
            id: token.id.to_string(),
            scopes: token::scopes(&token.scopes).iter().map(|scope| scope.word()).collect::<Vec<_>>().join(", "),
            name: token.name,
            seen_at: token.seen_at,
            is_over: token.expires_at.is_some_and(|end| end <= now),
            expires_at: token.expires_at,
        })
        .collect())
}

fn told(scope: Scope) -> &'static str {
    match scope {
        Scope::TicketsRead => "Read requests, messages and files",
        Scope::TicketsWrite => "Create and change requests, send messages",
        Scope::PeopleRead => "Read people, teams and organizations",
        Scope::KnowledgeRead => "Read articles of the knowledge base",
        Scope::KnowledgeWrite => "Write articles of the knowledge base",
    }
}
