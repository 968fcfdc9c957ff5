//! Where the mail of a mailbox is fetched from, as an admin says, and how that goes.

use super::words::{Begin, Security, SignIn};
use crate::{Mailbox, MailboxId, stale};
use db::{Conn, Timestamp, Tx, record, sql};
use kernel::{Actor, Fault, FieldErrors, Result};
use seal::Seal;
use serde_json::json;
use std::time::Duration;

/// A credential that ends within this time is worth a warning.
const SOON: Duration = Duration::from_hours(14 * 24);

record! {
    /// Settings and state; secrets stay sealed.
    #[derive(Clone, Debug)]
    pub(crate) struct Fetching {
        pub(crate) mailbox_id: MailboxId,
        pub(crate) is_on: bool,
        pub(crate) host: String,
        pub(crate) port: i64,
        pub(crate) security: Security,
        pub(crate) username: String,
        pub(crate) folder: String,
        pub(crate) sign_in: SignIn,
        pub(crate) password: Option<Vec<u8>>,
        pub(crate) token_url: String,
        pub(crate) client_id: String,
        pub(crate) client_secret: Option<Vec<u8>>,
        pub(crate) refresh_token: Option<Vec<u8>>,
        pub(crate) access_token: Option<Vec<u8>>,
        pub(crate) access_until: Option<Timestamp>,
        pub(crate) credential_until: Option<Timestamp>,
        pub(crate) begin_with: Begin,
        pub(crate) begun_at: Timestamp,
        pub(crate) silent_hours: i64,
        pub(crate) waiting: i64,
        pub(crate) last_success_at: Option<Timestamp>,
        pub(crate) last_mail_at: Option<Timestamp>,
        pub(crate) last_error: String,
        pub(crate) last_error_at: Option<Timestamp>,
        pub(crate) failures: i64,
        pub(crate) version: i64,
    }
}

/// What an admin says; a secret that is none stays as it is.
#[derive(Clone, Debug)]
pub(crate) struct FetchWish {
    pub(crate) is_on: bool,
    pub(crate) host: String,
    pub(crate) port: i64,
    pub(crate) security: Security,
    pub(crate) username: String,
    pub(crate) folder: String,
    pub(crate) sign_in: SignIn,
    pub(crate) password: Option<String>,
    pub(crate) token_url: String,
    pub(crate) client_id: String,
    pub(crate) client_secret: Option<String>,
    pub(crate) refresh_token: Option<String>,
    pub(crate) credential_until: Option<Timestamp>,
    pub(crate) begin_with: Begin,
    pub(crate) silent_hours: i64,
    /// The version that was read; none: any.
    pub(crate) version: Option<i64>,
}

/// Which secret of a mailbox: it opens at its place alone.
pub(crate) fn place(mailbox: MailboxId, what: &str) -> String {
    format!("mailbox {mailbox} imap {what}")
}

macro_rules! fetching_from {
    () => {
        "SELECT mailbox_id, is_on, host, port, security, username, folder, sign_in, password, token_url, client_id, client_secret, refresh_token,
                access_token, access_until, credential_until, begin_with, begun_at, silent_hours, waiting, last_success_at, last_mail_at, last_error,
                last_error_at, failures, version
         FROM mail_fetching"
    };
}

impl Fetching {
    /// Of a mailbox; none when its mail is not fetched.
    pub(crate) async fn of(conn: &mut Conn, mailbox: MailboxId) -> Result<Option<Self>> {
        Ok(conn.first(sql!(concat!(fetching_from!(), " WHERE mailbox_id = $1"), mailbox)).await?)
    }

    /// Of every mailbox that has one.
    pub(crate) async fn all(conn: &mut Conn) -> Result<Vec<Self>> {
        Ok(conn.all(sql!(fetching_from!())).await?)
    }

    /// Sets it. Another server, account or folder begins anew; a secret that was sealed for one server is not sent to another.
    pub(crate) async fn set(tx: &mut Tx, actor: &Actor, seal: &Seal, mailbox: &Mailbox, wish: &FetchWish) -> Result<Self> {
        let (now, id) = (tx.now(), mailbox.id);
        let before = Self::of(tx, id).await?;
        let same = before.as_ref().filter(|old| old.goes_to(wish));
        let secrets = Secrets::of(seal, id, same, wish)?;
        let is_new = !before.as_ref().is_some_and(|old| old.host == wish.host && old.username == wish.username && old.folder == wish.folder);
        let query = sql!(
            "INSERT INTO mail_fetching (mailbox_id, is_on, host, port, security, username, folder, sign_in, password, token_url, client_id, client_secret,
                    refresh_token, credential_until, begin_with, begun_at, silent_hours, uid, old_until, careful_until, stuck_uid, stuck_times, waiting,
                    last_error, failures, lease_by, lease_until, version)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, 0, 0, 0, 0, 0, 0, '', 0, '', 0, 1)
             ON CONFLICT (mailbox_id) DO UPDATE SET is_on = excluded.is_on, host = excluded.host, port = excluded.port, security = excluded.security,
                    username = excluded.username, folder = excluded.folder, sign_in = excluded.sign_in, password = excluded.password,
                    token_url = excluded.token_url, client_id = excluded.client_id, client_secret = excluded.client_secret,
                    refresh_token = excluded.refresh_token, access_token = NULL, access_until = NULL, credential_until = excluded.credential_until,
                    silent_hours = excluded.silent_hours, last_error = '', failures = 0, version = mail_fetching.version + 1
             WHERE mail_fetching.version = COALESCE($18, mail_fetching.version)",
            id,
            wish.is_on,
            &wish.host,
            wish.port,
            wish.security,
            &wish.username,
            &wish.folder,
            wish.sign_in,
            secrets.password,
            &wish.token_url,
            &wish.client_id,
            secrets.client_secret,
            secrets.refresh_token,
            wish.credential_until,
            wish.begin_with,
            now,
            wish.silent_hours,
            wish.version
        );
        if tx.run(query).await? == 0 {
            return Err(stale("how this mailbox is fetched"));
        }
        if is_new {
            tx.run(sql!(
                "UPDATE mail_fetching SET begin_with = $2, begun_at = $3, uid_validity = NULL, uid = 0, old_until = 0, careful_until = 0, stuck_times = 0,
                        waiting = 0, last_success_at = NULL, last_mail_at = NULL WHERE mailbox_id = $1",
                id,
                wish.begin_with,
                now
            ))
            .await?;
        }
        let facts = json!({ "address": mailbox.address, "host": wish.host, "on": wish.is_on });
        tx.record(actor.event("mailbox.fetching_changed", ("mailbox", id.uuid()), true, facts)).await?;
        Self::of(tx, id).await?.ok_or(Fault::Missing)
    }

    /// Fetches no more; mails that came stay.
    pub(crate) async fn remove(&self, tx: &mut Tx, actor: &Actor) -> Result<()> {
        tx.run(sql!("DELETE FROM mail_fetching WHERE mailbox_id = $1", self.mailbox_id)).await?;
        Ok(tx.record(actor.event("mailbox.fetching_removed", ("mailbox", self.mailbox_id.uuid()), true, json!({ "host": self.host }))).await?)
    }

    fn goes_to(&self, wish: &FetchWish) -> bool {
        self.host == wish.host && self.port == wish.port && self.security == wish.security && self.username == wish.username && self.token_url == wish.token_url
    }

    /// What an admin should know, in words; the worst first.
    pub(crate) fn warnings(&self, now: Timestamp) -> Vec<String> {
        let mut warnings = Vec::new();
        if !self.last_error.is_empty() {
            warnings.push(self.last_error.clone());
        }
        if let Some(until) = self.credential_until {
            if until <= now {
                warnings.push("The credential has expired.".to_owned());
            } else if until <= now.plus(SOON) {
                warnings.push("The credential expires within two weeks.".to_owned());
            }
        }
        let last = self.last_mail_at.unwrap_or(self.begun_at);
        if self.is_on && self.silent_hours > 0 && now.since(last) > Duration::from_hours(u64::try_from(self.silent_hours).unwrap_or(0)) {
            warnings.push(format!("No mail came for more than {} hours.", self.silent_hours));
        }
        warnings
    }
}

struct Secrets {
    password: Option<Vec<u8>>,
    client_secret: Option<Vec<u8>>,
    refresh_token: Option<Vec<u8>>,
}

impl Secrets {
    /// New ones sealed, others kept; what is needed and missing is told.
    fn of(seal: &Seal, id: MailboxId, same: Option<&Fetching>, wish: &FetchWish) -> Result<Self> {
        let sealed = |what: &str, typed: &Option<String>, kept: Option<&Vec<u8>>| match typed {
            Some(secret) => seal.seal(&place(id, what), secret).map(Some),
            None => Ok(kept.cloned()),
        };
        let all = Self {
            password: sealed("password", &wish.password, same.and_then(|old| old.password.as_ref()))?,
            client_secret: sealed("client secret", &wish.client_secret, same.and_then(|old| old.client_secret.as_ref()))?,
            refresh_token: sealed("refresh token", &wish.refresh_token, same.and_then(|old| old.refresh_token.as_ref()))?,
        };
        let mut errors = FieldErrors::default();
        match wish.sign_in {
            SignIn::Password if all.password.is_none() => errors.add("password", "Enter the password for this server and account."),
            SignIn::OAuth2 if all.refresh_token.is_none() => errors.add("refreshToken", "Enter a refresh token for this account."),
            _ => {}
        }
        if errors.is_empty() { Ok(all) } else { Err(Fault::Invalid(errors)) }
    }
}
