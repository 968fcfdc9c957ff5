//! Pages: signing in, one's own profile, and what admins do with people, teams and organizations.

mod access;
mod availability;
mod jobs_done;
mod organizations;
mod outbox;
mod overview;
mod passwords;
mod people;
mod person_acts;
mod profile;
mod reset;
mod sessions;
mod set_up;
mod sign_in;
mod sign_up;
mod teams;
mod tokens;

use db::{Id, Tx};
use kernel::{Actor, Fault, Result, Who};
use std::str::FromStr;
use ui::{Errors, NavItem, Place};
use web::{Answer, Flash, Routes, StatusCode, Visit};

/// What this room shows in the sidebar of the admin pages.
pub(crate) fn nav() -> Vec<NavItem> {
    let item = |place, label, icon, href| NavItem { place, label, icon, href, staff: true, admin: true };
    vec![
        item(Place::AdminWorkspace, "Overview", "i-layout-dashboard", "/admin"),
        item(Place::AdminPeople, "People", "i-user-cog", "/admin/people"),
        item(Place::AdminPeople, "Teams", "i-users", "/admin/teams"),
        item(Place::AdminPeople, "Organizations", "i-building-2", "/admin/organizations"),
        item(Place::AdminSystem, "Held mail", "i-mail", "/admin/outbox"),
        item(Place::AdminSystem, "Jobs", "i-list-checks", "/admin/jobs"),
    ]
}

pub(crate) fn routes() -> Routes {
    let at_the_door = sign_in::routes().merge(sign_up::routes()).merge(reset::routes()).merge(set_up::routes());
    let own =
        profile::routes().merge(passwords::routes()).merge(tokens::routes()).merge(sessions::routes()).merge(access::routes()).merge(availability::routes());
    let people = overview::routes().merge(people::routes()).merge(person_acts::routes()).merge(teams::routes()).merge(organizations::routes());
    at_the_door.merge(own).merge(people).merge(outbox::routes()).merge(jobs_done::routes())
}

/// Asks for somebody in a browser. A token has its scopes on the API and none on these pages.
pub(crate) fn in_browser(visit: &Visit) -> Result<&Actor> {
    let actor = visit.signed_in()?;
    if matches!(actor.who, Who::Token(_)) {
        return Err(Fault::Forbidden("Tokens are for the API. Sign in to use this page.".to_owned()));
    }
    Ok(actor)
}

/// Asks for an admin in a browser: the first line of every admin page.
pub fn admin(visit: &Visit) -> Result<&Actor> {
    visit.admin()?;
    in_browser(visit)
}

/// An id out of an address; what is none names nothing.
pub(crate) fn id<T>(text: &str) -> Result<Id<T>> {
    Id::from_str(text).map_err(|_| Fault::Missing)
}

/// Commits, and forgets whom we knew: rights or sessions changed, here and now.
pub(crate) async fn settle(visit: &Visit, tx: Tx) -> Result<()> {
    tx.commit().await?;
    visit.app.actors.clear();
    Ok(())
}

/// Goes on to another page, which says this.
pub(crate) fn said(visit: &Visit, to: &str, text: impl Into<String>) -> Answer {
    Ok(visit.flash(web::see_other(to)?, &Flash { kind: "good", text: text.into(), undo: None }))
}

/// Shows a form again with what is to be mended; every other fault goes its own way.
pub fn again<P: askama::Template>(fault: Fault, page: impl FnOnce(Errors) -> P) -> Answer {
    let (status, errors) = match fault {
        Fault::Invalid(errors) => {
            (StatusCode::UNPROCESSABLE_ENTITY, errors.0.into_iter().fold(Errors::new(), |all, (field, sentence)| all.with(field, sentence)))
        }
        Fault::Conflict { detail, .. } => (StatusCode::CONFLICT, Errors::new().with("", detail)),
        other => return Err(other.into()),
    };
    web::html_with(status, &page(errors))
}

pub use sessions::browser;
/// `/sign-in` and what else begins with a session.
pub(crate) use sign_in::{begin, signed_in};

#[derive(askama::Template)]
#[template(path = "link_gone.html")]
struct LinkGone {
    page: ui::Page,
    href: &'static str,
    label: &'static str,
}

/// A one-time link that was used, ran out, or never was.
pub(crate) fn gone(visit: &Visit, href: &'static str, label: &'static str) -> Answer {
    web::html_with(StatusCode::NOT_FOUND, &LinkGone { page: visit.page("This link no longer works"), href, label })
}
