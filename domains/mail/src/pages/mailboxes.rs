//! `/admin/mailboxes`: admins. The addresses that take mail.

use super::{id, said};
use crate::{Mailbox, MailboxId, Route, Wish, brake::NEW_TICKETS, fetch::Fetching};
use accounts::{Team, admin, again};
use askama::Template;
use db::Timestamp;
use kernel::{FieldErrors, Result};
use ui::Errors;
use web::{Answer, Fields, Input, Path, Routes, Visit};

pub(super) fn routes() -> Routes {
    Routes::new()
        .get("/admin/mailboxes", list)
        .post("/admin/mailboxes", add)
        .get("/admin/mailboxes/new", blank)
        .get("/admin/mailboxes/{id}", look)
        .post("/admin/mailboxes/{id}", save)
        .post("/admin/mailboxes/{id}/remove", remove)
}

/// A mailbox in the list.
struct Row {
    mailbox: Mailbox,
    team: Option<String>,
    sends: bool,
    sent_at: Option<Timestamp>,
    failure: String,
    is_fetched: bool,
    taken_at: Option<Timestamp>,
    warning: Option<String>,
}

#[derive(Template)]
#[template(path = "admin/mailboxes.html")]
struct Mailboxes {
    page: ui::Page,
    rows: Vec<Row>,
}

/// A team to choose.
struct Choice {
    id: String,
    name: String,
    is_chosen: bool,
}

/// What stands in the form.
struct Typed {
    address: String,
    name: String,
    is_on: bool,
    team: String,
    authserv_id: String,
    most_an_hour: String,
    version: String,
}

impl Typed {
    fn of(mailbox: &Mailbox) -> Self {
        Self {
            address: mailbox.address.clone(),
            name: mailbox.name.clone(),
            is_on: mailbox.is_on,
            team: mailbox.team_id.map(|team| team.to_string()).unwrap_or_default(),
            authserv_id: mailbox.authserv_id.clone(),
            most_an_hour: mailbox.most_an_hour.to_string(),
            version: mailbox.version.to_string(),
        }
    }

    fn again(fields: &Fields) -> Self {
        Self {
            address: fields.typed("address"),
            name: fields.typed("name"),
            is_on: !fields.typed("isOn").is_empty(),
            team: fields.typed("teamId"),
            authserv_id: fields.typed("authservId"),
            most_an_hour: fields.typed("mostAnHour"),
            version: fields.typed("version"),
        }
    }
}

#[derive(Template)]
#[template(path = "admin/mailbox.html")]
struct MailboxPage {
    page: ui::Page,
    errors: Errors,
    /// None while it is new.
    mailbox: Option<MailboxId>,
    address: String,
    action: String,
    typed: Typed,
    teams: Vec<Choice>,
}

async fn page(visit: &Visit, mailbox: Option<&Mailbox>, typed: Typed) -> Result<MailboxPage> {
    let teams = Team::all(&mut visit.app.db.read().await?).await?;
    let teams = teams.into_iter().map(|team| Choice { is_chosen: team.id.to_string() == typed.team, id: team.id.to_string(), name: team.name }).collect();
    Ok(MailboxPage {
        page: visit.page(mailbox.map_or("New mailbox", |mailbox| &mailbox.address)),
        errors: Errors::new(),
        mailbox: mailbox.map(|mailbox| mailbox.id),
        address: mailbox.map(|mailbox| mailbox.address.clone()).unwrap_or_default(),
        action: mailbox.map_or_else(|| "/admin/mailboxes".to_owned(), |mailbox| format!("/admin/mailboxes/{}", mailbox.id)),
        typed,
        teams,
    })
}

/// `GET /admin/mailboxes`.
async fn list(visit: Visit) -> Answer {
    admin(&visit)?;
    let mut conn = visit.app.db.read().await?;
    let mailboxes = Mailbox::all(&mut conn).await?;
    let routes = Route::every(&mut conn).await?;
    let teams = Team::all(&mut conn).await?;
    let (sources, now) = (Fetching::all(&mut conn).await?, conn.now());
    let rows = mailboxes
        .into_iter()
        .map(|mailbox| {
            let route = routes.iter().find(|route| route.mailbox_id == mailbox.id);
            let source = sources.iter().find(|source| source.mailbox_id == mailbox.id);
            Row {
                is_fetched: source.is_some_and(|source| source.is_on),
                taken_at: source.and_then(|source| source.last_mail_at),
                warning: source.and_then(|source| source.warnings(now).into_iter().next()),
                team: teams.iter().find(|team| Some(team.id) == mailbox.team_id).map(|team| team.name.clone()),
                sends: route.is_some(),
                sent_at: route.and_then(|route| route.sent_at),
                failure: route.map(|route| route.failure.clone()).unwrap_or_default(),
                mailbox,
            }
        })
        .collect();
    web::html(&Mailboxes { page: visit.page("Mailboxes"), rows })
}

/// `GET /admin/mailboxes/new`.
async fn blank(visit: Visit) -> Answer {
    admin(&visit)?;
    let typed = Typed {
        address: String::new(),
        name: visit.app.brand.load().name.clone(),
        is_on: true,
        team: String::new(),
        authserv_id: String::new(),
        most_an_hour: NEW_TICKETS.to_string(),
        version: String::new(),
    };
    web::html(&page(&visit, None, typed).await?)
}

/// `POST /admin/mailboxes`.
async fn add(visit: Visit, input: Input<Wish>) -> Answer {
    admin(&visit)?;
    let (read, fields, ..) = input.open();
    match store(&visit, None, read).await {
        Ok(mailbox) => said(&visit, &format!("/admin/mailboxes/{}/sending", mailbox.id), "good", "Mailbox added. Now say how it sends."),
        Err(fault) => {
            let page = page(&visit, None, Typed::again(&fields)).await?;
            again(fault, |errors| MailboxPage { errors, ..page })
        }
    }
}

async fn store(visit: &Visit, known: Option<&Mailbox>, read: std::result::Result<Wish, FieldErrors>) -> Result<Mailbox> {
    let (wish, actor) = (read?, admin(visit)?);
    let mut tx = visit.app.db.write().await?;
    let mailbox = match known {
        Some(mailbox) => mailbox.change(&mut tx, actor, &wish).await?,
        None => Mailbox::add(&mut tx, actor, &wish).await?,
    };
    tx.commit().await?;
    Ok(mailbox)
}

/// `GET /admin/mailboxes/{id}`.
async fn look(visit: Visit, Path(mailbox): Path<String>) -> Answer {
    admin(&visit)?;
    let mailbox = Mailbox::get(&mut visit.app.db.read().await?, id(&mailbox)?).await?;
    web::html(&page(&visit, Some(&mailbox), Typed::of(&mailbox)).await?)
}

/// `POST /admin/mailboxes/{id}`.
async fn save(visit: Visit, Path(mailbox): Path<String>, input: Input<Wish>) -> Answer {
    admin(&visit)?;
    let mailbox = Mailbox::get(&mut visit.app.db.read().await?, id(&mailbox)?).await?;
    let (read, fields, ..) = input.open();
    match store(&visit, Some(&mailbox), read).await {
        Ok(_) => said(&visit, &format!("/admin/mailboxes/{}", mailbox.id), "good", "Mailbox saved."),
        Err(fault) => {
            let page = page(&visit, Some(&mailbox), Typed::again(&fields)).await?;
            again(fault, |errors| MailboxPage { errors, ..page })
        }
    }
}

/// `POST /admin/mailboxes/{id}/remove`: mails that came by it stay; what waits to go out goes by another one.
async fn remove(visit: Visit, Path(mailbox): Path<String>) -> Answer {
    let actor = admin(&visit)?;
    let mut tx = visit.app.db.write().await?;
    let mailbox = Mailbox::get(&mut tx, id(&mailbox)?).await?;
    Route::end(&mut tx, actor, mailbox.id).await?;
    mailbox.remove(&mut tx, actor).await?;
    tx.commit().await?;
    said(&visit, "/admin/mailboxes", "good", format!("{} is removed.", mailbox.address))
}
