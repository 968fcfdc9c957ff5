//! A mailbox: an address that takes mail, and how it goes out from there.

use crate::stale;
use db::{Conn, Id, Timestamp, Tx, record, sql};
use kernel::{Actor, Fault, Result, TeamId};
use serde_json::json;

/// The id of a mailbox.
pub type MailboxId = Id<Mailbox>;

record! {
    /// An address that takes mail.
    #[derive(Clone, Debug)]
    pub struct Mailbox {
        /// The id.
        pub id: MailboxId,
        /// Lower case; unique.
        pub address: String,
        /// Shown name.
        pub name: String,
        /// Takes and sends mail.
        pub is_on: bool,
        /// Which team gets new tickets.
        pub team_id: Option<TeamId>,
        /// The host whose Authentication-Results (RFC 8601) are believed; empty: none.
        pub authserv_id: String,
        /// New tickets an hour before mail is held.
        pub most_an_hour: i64,
        /// When it was made.
        pub created_at: Timestamp,
        /// Counts changes.
        pub version: i64,
    }
}

/// What an admin says of a mailbox.
#[derive(Clone, Debug)]
pub struct Wish {
    /// The address, lower case.
    pub address: String,
    /// Shown name.
    pub name: String,
    /// Takes and sends mail.
    pub is_on: bool,
    /// Which team gets new tickets.
    pub team_id: Option<TeamId>,
    /// The host whose Authentication-Results are believed; empty: none.
    pub authserv_id: String,
    /// New tickets an hour before mail is held.
    pub most_an_hour: i64,
    /// The version that was read; none: any.
    pub version: Option<i64>,
}

macro_rules! mailbox_from {
    () => {
        "SELECT id, address, name, is_on, team_id, authserv_id, most_an_hour, created_at, version FROM mailboxes"
    };
}

impl Mailbox {
    /// All of them, by address.
    pub async fn all(conn: &mut Conn) -> Result<Vec<Self>> {
        Ok(conn.all(sql!(concat!(mailbox_from!(), " ORDER BY address"))).await?)
    }

    /// By id.
    pub async fn get(conn: &mut Conn, id: MailboxId) -> Result<Self> {
        conn.first(sql!(concat!(mailbox_from!(), " WHERE id = $1"), id)).await?.ok_or(Fault::Missing)
    }

    /// The one that an address belongs to: its own, or one with a tag (`support+t…@`).
    pub async fn of_address(conn: &mut Conn, address: &str) -> Result<Option<Self>> {
        Ok(conn.first(sql!(concat!(mailbox_from!(), " WHERE address = $1"), untagged(address))).await?)
    }

    /// Adds one. The address of another one is refused.
    pub async fn add(tx: &mut Tx, actor: &Actor, wish: &Wish) -> Result<Self> {
        let (id, now) = (MailboxId::new(), tx.now());
        let added = tx
            .run(sql!(
                "INSERT INTO mailboxes (id, address, name, is_on, team_id, authserv_id, most_an_hour, created_at, version)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1) ON CONFLICT (address) DO NOTHING",
                id,
                &wish.address,
                &wish.name,
                wish.is_on,
                wish.team_id,
                &wish.authserv_id,
                wish.most_an_hour,
                now
            ))
            .await?;
        if added == 0 {
            return Err(Fault::field("address", "There is a mailbox with this address already."));
        }
        tx.record(actor.event("mailbox.added", ("mailbox", id.uuid()), true, json!({ "address": wish.address }))).await?;
        Self::get(tx, id).await
    }

    /// Changes it. Somebody who was faster than the version that was read is not overwritten.
    pub async fn change(&self, tx: &mut Tx, actor: &Actor, wish: &Wish) -> Result<Self> {
        if Self::of_address(tx, &wish.address).await?.is_some_and(|other| other.id != self.id) {
            return Err(Fault::field("address", "There is a mailbox with this address already."));
        }
        let query = sql!(
            "UPDATE mailboxes SET address = $2, name = $3, is_on = $4, team_id = $5, authserv_id = $6, most_an_hour = $7, version = version + 1
             WHERE id = $1 AND version = COALESCE($8, version)",
            self.id,
            &wish.address,
            &wish.name,
            wish.is_on,
            wish.team_id,
            &wish.authserv_id,
            wish.most_an_hour,
            wish.version
        );
        if tx.run(query).await? == 0 {
            return Err(stale("this mailbox"));
        }
        tx.record(actor.event("mailbox.changed", ("mailbox", self.id.uuid()), true, json!({ "address": wish.address }))).await?;
        Self::get(tx, self.id).await
    }

    /// Removes it; mails that came by it stay.
    pub async fn remove(&self, tx: &mut Tx, actor: &Actor) -> Result<()> {
        tx.run(sql!("DELETE FROM mailboxes WHERE id = $1", self.id)).await?;
        Ok(tx.record(actor.event("mailbox.removed", ("mailbox", self.id.uuid()), true, json!({ "address": self.address }))).await?)
    }
}

/// An address without its tag, in lower case: `support@example.com` for `Support+x@example.com`.
pub(crate) fn untagged(address: &str) -> String {
    let address = address.trim().to_lowercase();
    match address.rsplit_once('@') {
        Some((local, domain)) => format!("{}@{domain}", local.split('+').next().unwrap_or(local)),
        None => address,
    }
}
