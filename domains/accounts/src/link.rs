//! One-time links: whoever opens one has read the mail. Stored hashed; used once, but for a guest's link to a ticket.

use crate::secret;
use db::{Conn, Id, Timestamp, Tx, record, sql};
use kernel::{Fault, PersonId, Result};
use std::time::Duration;
use uuid::Uuid;

db::words! {
    /// What a link is for.
    pub enum Purpose {
        /// Make the first admin.
        SetUp = "SET_UP",
        /// Confirm the address of a sign-up.
        Confirm = "CONFIRM",
        /// Choose a new password.
        Reset = "RESET",
        /// Confirm a guest's request.
        Request = "REQUEST",
        /// See one ticket as a guest; works until it expires.
        Guest = "GUEST",
    }
}

impl Purpose {
    const fn lifetime(self) -> Duration {
        Duration::from_secs(match self {
            Self::SetUp | Self::Request => 7 * 24 * 3600,
            Self::Confirm => 24 * 3600,
            Self::Reset => 3600,
            Self::Guest => 90 * 24 * 3600,
        })
    }
}

record! {
    /// A link that is still good.
    #[derive(Clone, Debug)]
    pub struct Link {
        /// The id.
        pub id: Id<Link>,
        /// What it is for.
        pub purpose: Purpose,
        /// Whose it is.
        pub person_id: Option<PersonId>,
        /// What it opens.
        pub subject_id: Option<Uuid>,
        /// What was to be kept until it is opened, as JSON text.
        pub payload: String,
        /// When it stops working.
        pub expires_at: Timestamp,
    }
}

impl Link {
    /// Makes one; answers the secret that goes into the address.
    pub async fn add(tx: &mut Tx, purpose: Purpose, person: Option<PersonId>, subject: Option<Uuid>, payload: &serde_json::Value) -> Result<String> {
        let (id, now, secret) = (Id::<Self>::new(), tx.now(), secret::make("")?);
        tx.run(sql!(
            "INSERT INTO links (id, secret_hash, purpose, person_id, subject_id, payload, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            id,
            secret::hash(&secret),
            purpose,
            person,
            subject,
            payload.to_string(),
            now,
            now.plus(purpose.lifetime())
        ))
        .await?;
        Ok(secret)
    }

    /// Keeps a guest's link whose secret the caller can always make again; kept again, it is good for its whole time once more.
    pub async fn keep_guest(tx: &mut Tx, person: PersonId, ticket: Uuid, secret: &str) -> Result<()> {
        let (id, now) = (Id::<Self>::new(), tx.now());
        tx.run(sql!(
            "INSERT INTO links (id, secret_hash, purpose, person_id, subject_id, payload, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, '{}', $6, $7)
             ON CONFLICT (secret_hash) DO UPDATE SET expires_at = excluded.expires_at",
            id,
            secret::hash(secret),
            Purpose::Guest,
            person,
            ticket,
            now,
            now.plus(Purpose::Guest.lifetime())
        ))
        .await?;
        Ok(())
    }

    /// The link of a secret, if it is good for this purpose.
    pub async fn open(conn: &mut Conn, purpose: Purpose, secret: &str) -> Result<Self> {
        let now = conn.now();
        let link: Option<Self> = conn.first(sql!(
            "SELECT id, purpose, person_id, subject_id, payload, expires_at FROM links WHERE secret_hash = $1 AND purpose = $2 AND used_at IS NULL AND expires_at > $3",
            secret::hash(secret), purpose, now
        )).await?;
        link.ok_or(Fault::Missing)
    }

    /// Uses it up; of two at once one is told that it is missing.
    pub async fn take(tx: &mut Tx, purpose: Purpose, secret: &str) -> Result<Self> {
        let link = Self::open(tx, purpose, secret).await?;
        let now = tx.now();
        let used = tx.run(sql!("UPDATE links SET used_at = $2 WHERE id = $1 AND used_at IS NULL", link.id, now)).await?;
        if used == 1 { Ok(link) } else { Err(Fault::Missing) }
    }

    /// What was kept until now.
    pub fn facts(&self) -> serde_json::Value {
        serde_json::from_str(&self.payload).unwrap_or_default()
    }
}

/// Forgets links of a purpose that were not used: a new set-up link replaces the old one.
pub(crate) async fn withdraw(tx: &mut Tx, purpose: Purpose) -> Result<()> {
    tx.run(sql!("DELETE FROM links WHERE purpose = $1 AND used_at IS NULL", purpose)).await?;
    Ok(())
}

pub(crate) async fn sweep(tx: &mut Tx) -> Result<()> {
    let now = tx.now();
    tx.run(sql!("DELETE FROM links WHERE expires_at < $1", now)).await?;
    Ok(())
}

impl Link {
    /// Forgets somebody's links of a purpose that were not used: after a new password the older mails are void.
    pub async fn withdraw_of(tx: &mut Tx, purpose: Purpose, person: PersonId) -> Result<()> {
        tx.run(sql!("DELETE FROM links WHERE purpose = $1 AND person_id = $2 AND used_at IS NULL", purpose, person)).await?;
        Ok(())
    }

    /// A fresh link to make the first admin; earlier ones stop working.
    pub async fn set_up(tx: &mut Tx) -> Result<String> {
        withdraw(tx, Purpose::SetUp).await?;
        Self::add(tx, Purpose::SetUp, None, None, &serde_json::json!({})).await
    }
}
