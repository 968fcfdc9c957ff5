//! How a mailbox sends: its mail server (SMTP), how fast, and its key for signing.

use crate::{Mailbox, MailboxId, dkim, stale};
use db::{Conn, Timestamp, Tx, record, sql};
use kernel::{Actor, Fault, Result};
use seal::Seal;
use serde_json::json;

db::words! {
    /// How the line to a mail server is protected.
    pub enum Security {
        /// TLS from the first byte (port 465).
        Tls = "TLS",
        /// Plain at first, then TLS or nothing at all (port 587).
        StartTls = "STARTTLS",
        /// Not at all: for a server on the same machine.
        None = "NONE",
    }
}

impl Security {
    /// As shown.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Tls => "TLS (port 465)",
            Self::StartTls => "STARTTLS (port 587)",
            Self::None => "None, for a server on this machine",
        }
    }
}

record! {
    /// How a mailbox sends.
    #[derive(Clone, Debug)]
    pub struct Route {
        /// Whose it is.
        pub mailbox_id: MailboxId,
        /// The mailbox's address.
        pub address: String,
        /// Its shown name.
        pub name: String,
        /// The mailbox is on.
        pub is_on: bool,
        /// The mail server.
        pub host: String,
        /// Its port.
        pub port: i64,
        /// How the line is protected.
        pub security: Security,
        /// Who signs in; empty: nobody.
        pub user_name: String,
        /// Sealed.
        pub(crate) password: Option<Vec<u8>>,
        /// Connections at once.
        pub most_at_once: i64,
        /// Mails a minute.
        pub most_a_minute: i64,
        /// Tells whoever writes by mail that it arrived.
        pub answers_first: bool,
        /// What happened before that is not mailed.
        pub since: Timestamp,
        /// Where the public key stands in DNS: `{selector}._domainkey.{domain}`.
        pub dkim_selector: Option<String>,
        /// Sealed.
        pub(crate) dkim_key: Option<Vec<u8>>,
        /// The public key as it stands in DNS.
        pub dkim_public: Option<String>,
        /// When a mail last went out.
        pub sent_at: Option<Timestamp>,
        /// When the server last could not be used; none since a mail went out.
        pub failed_at: Option<Timestamp>,
        /// What was wrong then.
        pub failure: String,
        /// Counts changes.
        pub version: i64,
    }
}

macro_rules! route_from {
    () => {
        "SELECT s.mailbox_id, m.address, m.name, m.is_on, s.host, s.port, s.security, s.user_name, s.password, s.most_at_once, s.most_a_minute, s.answers_first,
                s.since, s.dkim_selector, s.dkim_key, s.dkim_public, s.sent_at, s.failed_at, s.failure, s.version
         FROM mailbox_sending s JOIN mailboxes m ON m.id = s.mailbox_id"
    };
}

/// What an admin says of sending.
#[derive(Clone, Debug)]
pub struct RouteWish {
    /// The mail server.
    pub host: String,
    /// Its port.
    pub port: i64,
    /// How the line is protected.
    pub security: Security,
    /// Who signs in; empty: nobody.
    pub user_name: String,
    /// Their password; none keeps the one that is stored.
    pub password: Option<String>,
    /// Connections at once.
    pub most_at_once: i64,
    /// Mails a minute.
    pub most_a_minute: i64,
    /// Tells whoever writes by mail that it arrived.
    pub answers_first: bool,
    /// The version that was read; none: any.
    pub version: Option<i64>,
}

impl Route {
    /// Those that can send, by address.
    pub async fn all(conn: &mut Conn) -> Result<Vec<Self>> {
        Ok(conn.all(sql!(concat!(route_from!(), " WHERE m.is_on = TRUE ORDER BY m.created_at, m.id"))).await?)
    }

    /// All of them, on or off.
    pub async fn every(conn: &mut Conn) -> Result<Vec<Self>> {
        Ok(conn.all(sql!(route_from!())).await?)
    }

    /// Of a mailbox, on or off.
    pub async fn of(conn: &mut Conn, mailbox: MailboxId) -> Result<Option<Self>> {
        Ok(conn.first(sql!(concat!(route_from!(), " WHERE s.mailbox_id = $1"), mailbox)).await?)
    }

    /// Sets how a mailbox sends; from then on it does.
    pub async fn set(tx: &mut Tx, actor: &Actor, seal: &Seal, mailbox: &Mailbox, wish: &RouteWish) -> Result<Self> {
        let known = Self::of(tx, mailbox.id).await?;
        let password = match &wish.password {
            _ if wish.user_name.is_empty() => None,
            Some(password) => Some(seal.seal(&password_place(mailbox.id), password)?),
            // another server must not be handed the password of this one
            None if known.as_ref().is_some_and(|known| known.host == wish.host && known.user_name == wish.user_name) => known.and_then(|known| known.password),
            None => return Err(Fault::field("password", "Say the password: server or user changed.")),
        };
        let now = tx.now();
        let query = sql!(
            "INSERT INTO mailbox_sending (mailbox_id, host, port, security, user_name, password, most_at_once, most_a_minute, answers_first, since, failure, version)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, '', 1)
             ON CONFLICT (mailbox_id) DO UPDATE SET host = excluded.host, port = excluded.port, security = excluded.security, user_name = excluded.user_name,
               password = excluded.password, most_at_once = excluded.most_at_once, most_a_minute = excluded.most_a_minute,
               answers_first = excluded.answers_first, failed_at = NULL, failure = '', version = mailbox_sending.version + 1
             WHERE mailbox_sending.version = COALESCE($11, mailbox_sending.version)",
            mailbox.id,
            &wish.host,
            wish.port,
            wish.security,
            &wish.user_name,
            password,
            wish.most_at_once,
            wish.most_a_minute,
            wish.answers_first,
            now,
            wish.version
        );
        if tx.run(query).await? == 0 {
            return Err(stale("how this mailbox sends"));
        }
        tx.ring_work();
        tx.record(actor.event("mailbox.sending_changed", ("mailbox", mailbox.id.uuid()), true, json!({ "host": wish.host }))).await?;
        Self::of(tx, mailbox.id).await?.ok_or(Fault::Missing)
    }

    /// It sends no more; what waits goes by another one.
    pub async fn end(tx: &mut Tx, actor: &Actor, mailbox: MailboxId) -> Result<()> {
        if tx.run(sql!("DELETE FROM mailbox_sending WHERE mailbox_id = $1", mailbox)).await? == 1 {
            tx.run(sql!("UPDATE sendings SET mailbox_id = NULL WHERE mailbox_id = $1 AND state IN ('QUEUED', 'SENDING')", mailbox)).await?;
            tx.record(actor.event("mailbox.sending_ended", ("mailbox", mailbox.uuid()), true, json!({}))).await?;
        }
        Ok(())
    }

    /// Gives it a key to sign with; an earlier one is gone. `key` is made before, as that takes time.
    pub async fn sign_with(&self, tx: &mut Tx, actor: &Actor, seal: &Seal, key: &dkim::NewKey) -> Result<()> {
        let selector = format!("support{}", tx.now().micros() / 1_000_000);
        let sealed = seal.seal(&key_place(self.mailbox_id), &key.private)?;
        tx.run(sql!(
            "UPDATE mailbox_sending SET dkim_selector = $2, dkim_key = $3, dkim_public = $4, version = version + 1 WHERE mailbox_id = $1",
            self.mailbox_id,
            &selector,
            sealed,
            &key.public
        ))
        .await?;
        Ok(tx.record(actor.event("mailbox.key_made", ("mailbox", self.mailbox_id.uuid()), true, json!({ "selector": selector }))).await?)
    }

    /// Signs no more.
    pub async fn sign_no_more(&self, tx: &mut Tx, actor: &Actor) -> Result<()> {
        tx.run(sql!(
            "UPDATE mailbox_sending SET dkim_selector = NULL, dkim_key = NULL, dkim_public = NULL, version = version + 1 WHERE mailbox_id = $1",
            self.mailbox_id
        ))
        .await?;
        Ok(tx.record(actor.event("mailbox.key_removed", ("mailbox", self.mailbox_id.uuid()), true, json!({}))).await?)
    }

    /// The domain of its address.
    pub fn domain(&self) -> &str {
        self.address.rsplit_once('@').map_or("localhost", |(_, domain)| domain)
    }

    /// Name and value of the TXT record of its key.
    pub fn dns_record(&self) -> Option<(String, String)> {
        let (selector, public) = (self.dkim_selector.as_ref()?, self.dkim_public.as_ref()?);
        Some((format!("{selector}._domainkey.{}", self.domain()), format!("v=DKIM1; k=rsa; p={public}")))
    }

    /// The password, opened.
    pub(crate) fn password(&self, seal: &Seal) -> Result<Option<String>> {
        self.password.as_ref().map(|sealed| seal.open(&password_place(self.mailbox_id), sealed)).transpose()
    }

    /// What it signs with.
    pub(crate) fn signer(&self, seal: &Seal) -> Result<Option<dkim::Signer>> {
        match (&self.dkim_selector, &self.dkim_key) {
            (Some(selector), Some(sealed)) => dkim::Signer::new(self.domain(), selector, &seal.open(&key_place(self.mailbox_id), sealed)?).map(Some),
            _ => Ok(None),
        }
    }
}

fn password_place(mailbox: MailboxId) -> String {
    format!("mailbox {mailbox} smtp")
}

fn key_place(mailbox: MailboxId) -> String {
    format!("mailbox {mailbox} dkim")
}
