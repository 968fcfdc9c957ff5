//! Access tokens (RFC 6749, section 6): asked for with the refresh token, kept sealed until they end.

use super::{
    Ground,
    source::{Fetching, place},
    trouble::Trouble,
};
use db::sql;
use http::{HeaderMap, HeaderValue, Method, header};
use kernel::Result as HouseResult;
use serde::Deserialize;
use std::time::Duration;

/// The provider must answer by then.
const PATIENCE: Duration = Duration::from_secs(15);
/// The largest answer.
const MOST: usize = 64 * 1024;
/// A token is used no more so long before its end.
const MARGIN: Duration = Duration::from_mins(2);
/// How long a token lasts when nobody says.
const HOUR: u64 = 3_600;

#[derive(Deserialize)]
struct Granted {
    access_token: String,
    expires_in: Option<u64>,
    refresh_token: Option<String>,
}

#[derive(Deserialize, Default)]
struct Denied {
    #[serde(default)]
    error: String,
    #[serde(default)]
    error_description: String,
}

/// One that is good for a while.
pub(crate) async fn access_token(ground: &Ground, fetching: &Fetching) -> Result<String, Trouble> {
    let now = ground.intake.db.clock().now();
    if let (Some(sealed), Some(until)) = (&fetching.access_token, fetching.access_until)
        && now < until
    {
        return Ok(ground.seal.open(&place(fetching.mailbox_id, "access token"), sealed)?);
    }
    let granted = ask(ground, fetching).await?;
    keep(ground, fetching, &granted).await?;
    Ok(granted.access_token)
}

async fn ask(ground: &Ground, fetching: &Fetching) -> Result<Granted, Trouble> {
    let open = |what: &str, sealed: &Option<Vec<u8>>| sealed.as_ref().map(|sealed| ground.seal.open(&place(fetching.mailbox_id, what), sealed)).transpose();
    let (refresh, secret) = (open("refresh token", &fetching.refresh_token)?.unwrap_or_default(), open("client secret", &fetching.client_secret)?);
    let mut form = vec![("grant_type", "refresh_token"), ("refresh_token", refresh.as_str()), ("client_id", fetching.client_id.as_str())];
    form.extend(secret.as_deref().map(|secret| ("client_secret", secret)));
    let told = |error: &dyn std::fmt::Display| Trouble::Token(error.to_string());
    let answer = ground
        .client
        .send(::fetch::Request {
            method: Method::POST,
            url: ground.client.check(&fetching.token_url).map_err(|refusal| told(&refusal))?,
            headers: HeaderMap::from_iter([(header::CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"))]),
            body: serde_urlencoded::to_string(form).map_err(|error| told(&error))?.into_bytes(),
            timeout: PATIENCE,
            most: MOST,
        })
        .await
        .map_err(|failure| told(&failure))?;
    if answer.status == 200 {
        return serde_json::from_slice(&answer.body).map_err(|_| Trouble::Token("the provider's answer can't be read".to_owned()));
    }
    let denied: Denied = serde_json::from_slice(&answer.body).unwrap_or_default();
    let words: String = format!("{} {}", denied.error, denied.error_description).trim().chars().filter(|letter| !letter.is_control()).take(300).collect();
    Err(Trouble::Token(if words.is_empty() { format!("the provider answers {}", answer.status) } else { format!("the provider says: {words}") }))
}

/// Keeps it, and the new refresh token of providers that change it each time.
async fn keep(ground: &Ground, fetching: &Fetching, granted: &Granted) -> HouseResult<()> {
    let sealed = ground.seal.seal(&place(fetching.mailbox_id, "access token"), &granted.access_token)?;
    let refresh = granted.refresh_token.as_ref().map(|token| ground.seal.seal(&place(fetching.mailbox_id, "refresh token"), token)).transpose()?;
    let mut tx = ground.intake.db.write().await?;
    let until = tx.now().plus(Duration::from_secs(granted.expires_in.unwrap_or(HOUR)).saturating_sub(MARGIN));
    tx.run(sql!(
        "UPDATE mail_fetching SET access_token = $2, access_until = $3, refresh_token = COALESCE($4, refresh_token) WHERE mailbox_id = $1 AND version = $5",
        fetching.mailbox_id,
        sealed,
        until,
        refresh,
        fetching.version
    ))
    .await?;
    Ok(tx.commit().await?)
}
