//! From what somebody shows to an `Actor`.

use crate::{Team, secret, session, token};
use db::{Conn, Timestamp, record, sql};
use futures::future::BoxFuture;
use kernel::{Actor, Fault, OrganizationId, PersonId, Result, Role, Who};
use std::time::Duration;
use uuid::Uuid;
use web::{App, Credential};

/// `seen_at` is kept to this.
const SEEN: Duration = Duration::from_mins(5);

record! {
    struct Known {
        id: Uuid,
        person: PersonId,
        name: String,
        email: String,
        role: Role,
        organization: Option<OrganizationId>,
        shares_requests: Option<bool>,
        zone: String,
        language: String,
        keys_on: bool,
        seen_at: Option<Timestamp>,
        created_at: Timestamp,
        scopes: Option<String>,
    }
}

macro_rules! known_person {
    () => {
        "p.id, p.name, p.email, p.role, p.organization_id, o.shares_requests, p.zone, p.language, p.keys_on"
    };
}

/// Who holds a credential; none when it is not, or no longer, good. Tokens that are not known are none too.
pub fn authenticate<'a>(app: &'a App, credential: Credential<'a>) -> BoxFuture<'a, Result<Option<Actor>>> {
    Box::pin(async move {
        match credential {
            Credential::Session(text) => by_session(app, text).await,
            Credential::Token(text) => by_token(app, text).await,
            Credential::Guest(text) => by_guest_link(app, text).await,
        }
    })
}

/// Somebody with the rights of this moment, for work that goes on after the request; none when they may not come in any more.
pub async fn on_behalf_of(conn: &mut Conn, person: PersonId) -> Result<Option<Actor>> {
    let known: Option<Known> = conn
        .first(sql!(
            concat!(
                "SELECT p.id, ",
                known_person!(),
                ", NULL, p.created_at, NULL FROM people p LEFT JOIN organizations o ON o.id = p.organization_id WHERE p.id = $1 AND p.disabled_at IS NULL"
            ),
            person
        ))
        .await?;
    let Some(known) = known else { return Ok(None) };
    Ok(Some(Actor { session: None, ..actor(conn, known, Who::Session).await? }))
}

async fn by_session(app: &App, text: &str) -> Result<Option<Actor>> {
    let mut conn = app.db.read().await?;
    let now = conn.now();
    let known: Option<Known> = conn
        .first(sql!(
            concat!(
                "SELECT s.id, ",
                known_person!(),
                ", s.seen_at, s.created_at, NULL FROM sessions s JOIN people p ON p.id = s.person_id
         LEFT JOIN organizations o ON o.id = p.organization_id WHERE s.secret_hash = $1 AND s.expires_at > $2 AND p.disabled_at IS NULL"
            ),
            secret::hash(text),
            now
        ))
        .await?;
    let Some(known) = known else { return Ok(None) };
    if known.seen_at.is_none_or(|seen| now.since(seen) > SEEN) {
        let expires = now.plus(session::IDLE).min(known.created_at.plus(session::ABSOLUTE));
        touch(app, sql!("UPDATE sessions SET seen_at = $2, expires_at = $3 WHERE id = $1", known.id, now, expires));
    }
    actor(&mut conn, known, Who::Session).await.map(Some)
}

async fn by_token(app: &App, text: &str) -> Result<Option<Actor>> {
    let mut conn = app.db.read().await?;
    let now = conn.now();
    let known: Option<Known> = conn
        .first(sql!(
            concat!(
                "SELECT t.id, ",
                known_person!(),
                ", t.seen_at, t.created_at, t.scopes FROM tokens t JOIN people p ON p.id = t.person_id
         LEFT JOIN organizations o ON o.id = p.organization_id
         WHERE t.secret_hash = $1 AND (t.expires_at IS NULL OR t.expires_at > $2) AND p.disabled_at IS NULL"
            ),
            secret::hash(text),
            now
        ))
        .await?;
    let Some(known) = known else { return Ok(None) };
    if known.seen_at.is_none_or(|seen| now.since(seen) > SEEN) {
        touch(app, sql!("UPDATE tokens SET seen_at = $2 WHERE id = $1", known.id, now));
    }
    let scopes = token::scopes(known.scopes.as_deref().unwrap_or_default());
    actor(&mut conn, known, Who::Token(scopes)).await.map(Some)
}

async fn by_guest_link(app: &App, text: &str) -> Result<Option<Actor>> {
    let mut conn = app.db.read().await?;
    let link = match crate::Link::open(&mut conn, crate::Purpose::Guest, text).await {
        Ok(link) => link,
        Err(Fault::Missing) => return Ok(None),
        Err(fault) => return Err(fault),
    };
    let (Some(person), Some(ticket)) = (link.person_id, link.subject_id) else { return Ok(None) };
    let person = crate::Person::get(&mut conn, person).await?;
    if person.disabled_at.is_some() {
        return Ok(None);
    }
    Ok(Some(Actor {
        who: Who::Guest(ticket),
        person: Some(person.id),
        name: person.name,
        email: person.email,
        zone: person.zone,
        language: person.language,
        ..Actor::stranger()
    }))
}

async fn actor(conn: &mut Conn, known: Known, who: Who) -> Result<Actor> {
    let teams = if known.role >= Role::Agent { Team::of(conn, known.person).await? } else { Vec::new() };
    Ok(Actor {
        who,
        person: Some(known.person),
        name: known.name,
        email: known.email,
        role: known.role,
        teams,
        organization: known.organization,
        shares_requests: known.shares_requests.unwrap_or(false),
        zone: known.zone,
        language: known.language,
        keys_on: known.keys_on,
        session: Some(known.id),
    })
}

/// Notes the last use without making the request wait for it.
fn touch(app: &App, query: db::Query) {
    let db = app.db.clone();
    tokio::spawn(async move {
        let touched = async {
            let mut tx = db.write().await?;
            tx.run(query).await?;
            tx.commit().await
        };
        if let Err(error) = touched.await {
            tracing::warn!(%error, "the last use of a session could not be noted");
        }
    });
}
