//! `support user …` and `support token …`

use super::{Place, say};
use crate::Error;
use accounts::{Password, Person};
use clap::{Args, Subcommand, ValueEnum};
use kernel::{Actor, Role, Scope};
use std::io::Read as _;

#[derive(Subcommand)]
pub(super) enum User {
    /// Add somebody, or change their role and password
    Add(AddUser),
}

#[derive(Args)]
pub(super) struct AddUser {
    /// Mail address
    email: String,
    /// Shown name
    #[arg(long)]
    name: String,
    /// What they are
    #[arg(long, value_enum)]
    role: RoleWord,
    /// Read the password from standard input; without it they sign in by a reset link
    #[arg(long)]
    password_stdin: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum RoleWord {
    Admin,
    Supervisor,
    Agent,
    Customer,
}

impl RoleWord {
    const fn role(self) -> Role {
        match self {
            Self::Admin => Role::Admin,
            Self::Supervisor => Role::Supervisor,
            Self::Agent => Role::Agent,
            Self::Customer => Role::Customer,
        }
    }
}

#[derive(Subcommand)]
pub(super) enum Token {
    /// Make a token for somebody; prints only the token
    Add(AddToken),
}

#[derive(Args)]
pub(super) struct AddToken {
    /// Mail address of whose token it is
    email: String,
    /// What to call it
    #[arg(long)]
    name: String,
    /// What it may be used for, repeatable: tickets:read, tickets:write, people:read, knowledge:read, knowledge:write; all if none is given
    #[arg(long, value_parser = scope)]
    scope: Vec<Scope>,
}

fn scope(text: &str) -> Result<Scope, String> {
    Scope::from_word(text).ok_or_else(|| format!("there is no scope {text}; use one of {}", Scope::WORDS.join(", ")))
}

impl User {
    pub(super) async fn run(self, place: &Place) -> Result<(), Error> {
        let Self::Add(user) = self;
        let email = user.email.trim().to_lowercase();
        if !email.contains('@') || email.contains(char::is_whitespace) {
            return Err(Error::Refused(format!("{} is not a mail address", user.email)));
        }
        let hash = if user.password_stdin { Some(Password::new(&password()?, &email, &user.name)?.hash().await?) } else { None };
        let db = place.database().await?;
        let mut tx = db.write().await?;
        let person = Person::put(&mut tx, &Actor::system("Command line"), &email, &user.name, user.role.role(), hash).await?;
        tx.commit().await?;
        db.close().await;
        say(format!("{} is {}.", person.email, person.role.label().to_lowercase()))
    }
}

impl Token {
    pub(super) async fn run(self, place: &Place) -> Result<(), Error> {
        let Self::Add(token) = self;
        let db = place.database().await?;
        let mut tx = db.write().await?;
        let person = Person::by_email(&mut tx, &token.email)
            .await?
            .ok_or_else(|| Error::Refused(format!("There is nobody with the address {}. Add them with 'support user add'.", token.email)))?;
        let secret = accounts::Token::add(&mut tx, &Actor::system("Command line"), person.id, &token.name, &token.scope, None).await?;
        tx.commit().await?;
        db.close().await;
        say(secret)
    }
}

fn password() -> Result<String, Error> {
    let mut text = String::new();
    std::io::stdin().take(4_096).read_to_string(&mut text).map_err(Error::io("standard input can't be read"))?;
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}
