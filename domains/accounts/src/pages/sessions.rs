//! `/profile/sessions`: whoever is signed in sees where, and ends what is not theirs.

use super::{id, in_browser, said, settle};
use crate::Session;
use askama::Template;
use db::Timestamp;
use kernel::{Fault, Result};
use web::{Answer, Path, Routes, Visit};

pub(crate) fn routes() -> Routes {
    Routes::new().get("/profile/sessions", look).post("/profile/sessions/{id}/end", end).post("/profile/sessions/end-others", end_others)
}

struct Shown {
    id: String,
    browser: String,
    icon: &'static str,
    address: String,
    created_at: Timestamp,
    seen_at: Timestamp,
    is_this: bool,
}

#[derive(Template)]
#[template(path = "profile/sessions.html")]
struct Sessions {
    page: ui::Page,
    sessions: Vec<Shown>,
}

/// `GET /profile/sessions`.
async fn look(visit: Visit) -> Answer {
    let sessions = shown(&visit).await?;
    web::html(&Sessions { page: visit.page("Sessions"), sessions })
}

/// `POST /profile/sessions/{id}/end`.
async fn end(visit: Visit, Path(session): Path<String>) -> Answer {
    let actor = in_browser(&visit)?;
    let mut tx = visit.app.db.write().await?;
    if !Session::end(&mut tx, actor, id::<Session>(&session)?.uuid()).await? {
        return Err(Fault::Missing.into());
    }
    settle(&visit, tx).await?;
    said(&visit, "/profile/sessions", "That browser is signed out.")
}

/// `POST /profile/sessions/end-others`.
async fn end_others(visit: Visit) -> Answer {
    let actor = in_browser(&visit)?;
    let mut tx = visit.app.db.write().await?;
    Session::end_others(&mut tx, actor).await?;
    settle(&visit, tx).await?;
    said(&visit, "/profile/sessions", "All other browsers are signed out.")
}

async fn shown(visit: &Visit) -> Result<Vec<Shown>> {
    let actor = in_browser(visit)?;
    let sessions = Session::of(&mut visit.app.db.read().await?, actor.person.ok_or(Fault::SignIn)?).await?;
    Ok(sessions
        .into_iter()
        .map(|session| Shown {
            id: session.id.to_string(),
            browser: browser(&session.agent),
            icon: if session.agent.contains("Mobi") { "i-smartphone" } else { "i-laptop" },
            address: session.address,
            created_at: session.created_at,
            seen_at: session.seen_at,
            is_this: actor.session == Some(session.id.uuid()),
        })
        .collect())
}

/// `Firefox on Linux`: as much of what a browser calls itself as people recognise. Any room may call it.
pub fn browser(agent: &str) -> String {
    let named = |names: &[(&str, &'static str)]| names.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| *name);
    let program = named(&[("Edg", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"), ("curl/", "curl")]);
    let system = named(&[("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS", "macOS"), ("Linux", "Linux")]);
    match (program, system) {
        (Some(program), Some(system)) => format!("{program} on {system}"),
        (Some(name), None) | (None, Some(name)) => name.to_owned(),
        (None, None) if agent.is_empty() => "Unknown browser".to_owned(),
        (None, None) => agent.chars().take(60).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_are_named_as_people_know_them() {
        for (agent, name) in [
            ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"),
            ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0", "Edge on Windows"),
            ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Version/18 Mobile Safari/604", "Safari on iPhone"),
            ("", "Unknown browser"),
        ] {
            assert_eq!(browser(agent), name);
        }
    }
}
