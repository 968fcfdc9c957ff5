//! `Idempotency-Key`: the same key and body give the same answer for 24 h, another body 422. The answer is
//! kept in the transaction of the work, so that neither a crash nor two requests at once can do it twice.

use crate::{Visit, answer};
use axum::response::{IntoResponse, Response};
use db::{Db, Tx, sql};
use http::{HeaderValue, StatusCode, header};
use kernel::Fault;
use std::time::Duration;

/// How long answers are kept.
const KEEP: Duration = Duration::from_hours(24);

/// A request's key, if it has one, and the hash of what it asks.
#[derive(Clone, Debug)]
pub struct Seal {
    pub(crate) key: Option<String>,
    pub(crate) request: [u8; 32],
}

impl Seal {
    /// Takes the key for this request. An earlier answer to it comes back as a response; of two at once the
    /// second waits for the first (PostgreSQL: on the row; SQLite: for the writer).
    pub async fn replay(&self, tx: &mut Tx, visit: &Visit) -> Result<Option<Response>, Fault> {
        let Some(key) = &self.key else { return Ok(None) };
        let (now, actor) = (tx.now(), owner(visit));
        let taken = tx
            .run(sql!(
                "INSERT INTO answers (actor, key, request, created_at) VALUES ($1, $2, $3, $4) ON CONFLICT (actor, key) DO NOTHING",
                &actor,
                key,
                &self.request[..],
                now
            ))
            .await?;
        if taken == 1 {
            return Ok(None);
        }
        let (request, status, location, body): (Vec<u8>, Option<i64>, Option<String>, Option<String>) =
            tx.one(sql!("SELECT request, status, location, body FROM answers WHERE actor = $1 AND key = $2", &actor, key)).await?;
        if request != self.request {
            return Err(Fault::field("Idempotency-Key", "This key was used for another request. Take a new one."));
        }
        let status = status.and_then(|status| u16::try_from(status).ok()).and_then(|status| StatusCode::from_u16(status).ok()).unwrap_or(StatusCode::CONFLICT);
        let mut response = dressed(status, location.as_deref(), body);
        response.headers_mut().insert("idempotent-replayed", HeaderValue::from_static("true"));
        Ok(Some(response))
    }

    /// Keeps a JSON answer, with where the new thing is, and gives it back as a response.
    pub async fn keep_json(
        &self,
        tx: &mut Tx,
        visit: &Visit,
        status: StatusCode,
        location: Option<&str>,
        value: &impl serde::Serialize,
    ) -> Result<Response, Fault> {
        let body = serde_json::to_string(value).map_err(|error| Fault::Broken(error.to_string()))?;
        self.keep(tx, visit, status, location, Some(&body)).await?;
        Ok(dressed(status, location, Some(body)))
    }

    /// Keeps a redirect after a form and gives it back as a response.
    pub async fn keep_redirect(&self, tx: &mut Tx, visit: &Visit, location: &str) -> Result<Response, Fault> {
        self.keep(tx, visit, StatusCode::SEE_OTHER, Some(location), None).await?;
        answer::see_other(location).map_err(|failure| failure.0)
    }

    async fn keep(&self, tx: &mut Tx, visit: &Visit, status: StatusCode, location: Option<&str>, body: Option<&str>) -> Result<(), Fault> {
        let Some(key) = &self.key else { return Ok(()) };
        tx.run(sql!(
            "UPDATE answers SET status = $3, location = $4, body = $5 WHERE actor = $1 AND key = $2",
            owner(visit),
            key,
            i64::from(status.as_u16()),
            location,
            body
        ))
        .await?;
        Ok(())
    }
}

/// JSON if there is a body, and where to look.
fn dressed(status: StatusCode, location: Option<&str>, body: Option<String>) -> Response {
    let is_json = body.is_some();
    let mut response = (status, body.unwrap_or_default()).into_response();
    if is_json {
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    }
    if let Some(location) = location.and_then(|location| HeaderValue::from_str(location).ok()) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    response
}

fn owner(visit: &Visit) -> String {
    visit.actor.person.map_or_else(|| format!("guest {}", visit.address), |person| person.to_string())
}

/// Forgets answers older than 24 h; called by the clockwork.
pub async fn sweep(db: &Db) -> Result<(), Fault> {
    let mut tx = db.write().await?;
    let before = tx.now().minus(KEEP);
    tx.run(sql!("DELETE FROM answers WHERE created_at < $1", before)).await?;
    Ok(tx.commit().await?)
}
