//! The server that sends text messages: Twilio's, or one that speaks like it. One for the installation, set up by admins.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use db::{Conn, Tx, record, sql};
use fetch::{Answer, Client, Failure, Request, Url};
use http::{HeaderMap, HeaderValue, Method, header};
use kernel::{Actor, Fault, FieldErrors, Result};
use seal::Seal;
use serde_json::json;
use std::time::Duration;

/// Where Twilio answers.
pub(crate) const TWILIO: &str = "https://api.twilio.com";
/// The name of the place of the token, for its seal.
const PLACE: &str = "sms token";
/// It must have answered by then.
const TIMEOUT: Duration = Duration::from_secs(10);
/// So many bytes of an answer are read.
const ANSWER: usize = 8_000;

record! {
    /// The server.
    #[derive(Clone, Debug)]
    pub(crate) struct Gateway {
        pub base_url: String,
        pub account: String,
        /// Sealed.
        token: Vec<u8>,
        pub sender: String,
        pub is_on: bool,
    }
}

/// What an admin typed.
pub(crate) struct Wish {
    base_url: String,
    account: String,
    /// None keeps the one that is stored.
    token: Option<String>,
    sender: String,
    is_on: bool,
}

impl web::Form for Wish {
    fn read(fields: &mut web::Fields) -> Self {
        Self {
            base_url: fields.optional_text("baseUrl", 500).unwrap_or_else(|| TWILIO.to_owned()),
            account: fields.text("account", 64),
            token: fields.optional_text("token", 200),
            sender: fields.text("sender", 40),
            is_on: fields.boolean("on"),
        }
    }
}

impl Gateway {
    /// The one that is set up, on or off.
    pub(crate) async fn get(conn: &mut Conn) -> Result<Option<Self>> {
        Ok(conn.first(sql!("SELECT base_url, account, token, sender, is_on FROM notice_sms WHERE id = 1")).await?)
    }

    /// The one that sends.
    pub(crate) async fn at_work(conn: &mut Conn) -> Result<Option<Self>> {
        Ok(Self::get(conn).await?.filter(|gateway| gateway.is_on))
    }

    /// Sets it up; for admins. Refuses an address that may not be asked, and another server with the token of the one before.
    pub(crate) async fn keep(tx: &mut Tx, client: &Client, seal: &Seal, actor: &Actor, wish: Wish) -> Result<()> {
        let (known, mut errors) = (Self::get(tx).await?, FieldErrors::default());
        let base_url = wish.base_url.trim_end_matches('/').to_owned();
        if let Err(refusal) = client.check(&base_url) {
            errors.add("baseUrl", refusal.to_string());
        }
        if !wish.account.chars().all(|letter| letter.is_ascii_alphanumeric()) {
            errors.add("account", "It has letters and digits only, like AC0123….");
        }
        if !is_number(&wish.sender) && !wish.sender.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == ' ') {
            errors.add("sender", "Give a number like +441632960000, a name, or the SID of a messaging service.");
        }
        // a token goes to no other server than the one that it was typed for
        let kept = known.filter(|known| known.base_url == base_url && known.account == wish.account).map(|known| known.token);
        let token = match (&wish.token, kept) {
            (Some(token), _) => seal.seal(PLACE, token)?,
            (None, Some(kept)) => kept,
            (None, None) => {
                errors.add("token", "Give the auth token.");
                Vec::new()
            }
        };
        if !errors.is_empty() {
            return Err(errors.into());
        }
        tx.run(sql!(
            "INSERT INTO notice_sms (id, base_url, account, token, sender, is_on) VALUES (1, $1, $2, $3, $4, $5)
             ON CONFLICT (id) DO UPDATE SET base_url = excluded.base_url, account = excluded.account, token = excluded.token, sender = excluded.sender,
                                            is_on = excluded.is_on",
            base_url,
            wish.account,
            token,
            wish.sender,
            wish.is_on
        ))
        .await?;
        Ok(tx.record(actor.event("notices.sms_changed", ("notices", uuid::Uuid::nil()), true, json!({ "on": wish.is_on }))).await?)
    }

    /// A message as a request, in the way of Twilio's API of 2010-04-01.
    pub(crate) fn request(&self, seal: &Seal, to: &str, text: &str) -> Result<Request> {
        let broken = |error: &dyn std::fmt::Display| Fault::Broken(format!("a text message can't be made: {error}"));
        let url = format!("{}/2010-04-01/Accounts/{}/Messages.json", self.base_url, self.account);
        let url: Url = url.parse().map_err(|error| broken(&error))?;
        let token = seal.open(PLACE, &self.token)?;
        let mut authorization =
            HeaderValue::from_str(&format!("Basic {}", STANDARD.encode(format!("{}:{token}", self.account)))).map_err(|error| broken(&error))?;
        authorization.set_sensitive(true);
        let from = if self.sender.starts_with("MG") && self.sender.len() == 34 { "MessagingServiceSid" } else { "From" };
        let body = serde_urlencoded::to_string([("To", to), (from, &self.sender), ("Body", text)]).map_err(|error| broken(&error))?;
        let kind = HeaderValue::from_static("application/x-www-form-urlencoded");
        let headers = HeaderMap::from_iter([(header::AUTHORIZATION, authorization), (header::CONTENT_TYPE, kind)]);
        Ok(Request { method: Method::POST, url, headers, body: body.into_bytes(), timeout: TIMEOUT, most: ANSWER })
    }
}

/// The client for other servers.
pub(crate) fn client(app: &web::App) -> Result<std::sync::Arc<Client>> {
    app.state::<Client>().ok_or_else(|| Fault::Broken("there is no client for outgoing HTTP".to_owned()))
}

/// What was answered, for the log: the number of the message, or what is wrong with it.
pub(crate) fn words(result: &std::result::Result<Answer, Failure>) -> String {
    let answer = match result {
        Ok(answer) => answer,
        Err(failure) => return failure.to_string(),
    };
    let said: serde_json::Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    let word = |key: &str| said[key].as_str().unwrap_or_default().replace('\0', "\u{fffd}");
    match said["code"].as_i64() {
        Some(code) => format!("{} {code} {}", answer.status, word("message")),
        None => format!("{} {} {}", answer.status, word("status"), word("sid")).trim_end().to_owned(),
    }
}

/// A number in the form of E.164: `+441632960000`.
pub(crate) fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix('+').unwrap_or_default();
    (8..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit()) && !digits.starts_with('0')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_those_of_the_whole_world() {
        for (text, expected) in [
            ("+441632960000", true),
            ("+12025550123", true),
            ("01632960000", false),
            ("+0441632960", false),
            ("+44 1632", false),
            ("+1234567", false),
            ("", false),
        ] {
            assert_eq!(is_number(text), expected, "{text}");
        }
    }
}
