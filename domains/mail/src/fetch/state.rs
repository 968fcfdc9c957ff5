//! How far a mailbox was taken, who takes it, and how that went: kept with each step, so that whoever goes on knows.

use super::{source::Fetching, trouble::Trouble, words::Begin};
use crate::MailboxId;
use db::{Conn, Db, Timestamp, record, sql};
use kernel::Result;
use std::time::Duration;

/// So long a mailbox belongs to a node that says no more.
const LEASE: Duration = Duration::from_mins(1);

record! {
    /// The cursor (RFC 3501, 2.3.1.1).
    #[derive(Clone, Debug)]
    pub(crate) struct Cursor {
        pub(crate) uid_validity: Option<i64>,
        /// All up to this one were taken.
        pub(crate) uid: i64,
        /// Up to this one only what came since `begun_at` is taken.
        pub(crate) old_until: i64,
        pub(crate) begun_at: Timestamp,
        /// Up to this one mails are asked for one by one.
        pub(crate) careful_until: i64,
        pub(crate) stuck_uid: i64,
        pub(crate) stuck_times: i64,
        pub(crate) version: i64,
    }
}

impl Cursor {
    /// Of a mailbox; none when it is fetched no more.
    pub(crate) async fn of(conn: &mut Conn, mailbox: MailboxId) -> Result<Option<Self>> {
        Ok(conn
            .first(sql!(
                "SELECT uid_validity, uid, old_until, begun_at, careful_until, stuck_uid, stuck_times, version FROM mail_fetching WHERE mailbox_id = $1",
                mailbox
            ))
            .await?)
    }

    /// Begins at the first one, where the server numbers its mails anew or for the first time.
    pub(crate) async fn renumber(db: &Db, fetching: &Fetching, validity: i64, last_uid: i64) -> Result<()> {
        let old_until = if fetching.begin_with == Begin::New { last_uid } else { 0 };
        let mut tx = db.write().await?;
        tx.run(sql!(
            "UPDATE mail_fetching SET uid_validity = $2, uid = 0, old_until = $3, careful_until = 0, stuck_uid = 0, stuck_times = 0
             WHERE mailbox_id = $1 AND version = $4",
            fetching.mailbox_id,
            validity,
            old_until,
            fetching.version
        ))
        .await?;
        Ok(tx.commit().await?)
    }

    /// All up to a UID are safe. `came`: there were mails among them.
    pub(crate) async fn advance(db: &Db, fetching: &Fetching, uid: i64, waiting: i64, came: bool) -> Result<()> {
        let mut tx = db.write().await?;
        let now = tx.now();
        tx.run(sql!(
            "UPDATE mail_fetching SET uid = $2, waiting = $3, last_mail_at = COALESCE($4, last_mail_at) WHERE mailbox_id = $1 AND version = $5 AND uid < $2",
            fetching.mailbox_id,
            uid,
            waiting,
            came.then_some(now),
            fetching.version
        ))
        .await?;
        Ok(tx.commit().await?)
    }

    /// The server failed with these: next time one by one, and the one it failed with is counted.
    pub(crate) async fn fail_at(db: &Db, fetching: &Fetching, uids: &[i64]) -> Result<()> {
        let (Some(first), Some(last)) = (uids.first().copied(), uids.last().copied()) else { return Ok(()) };
        let mut tx = db.write().await?;
        let query = if first == last {
            sql!(
                "UPDATE mail_fetching SET stuck_times = CASE WHEN stuck_uid = $2 THEN stuck_times + 1 ELSE 1 END, stuck_uid = $2 WHERE mailbox_id = $1 AND version = $3",
                fetching.mailbox_id,
                first,
                fetching.version
            )
        } else {
            sql!("UPDATE mail_fetching SET careful_until = $2 WHERE mailbox_id = $1 AND version = $3", fetching.mailbox_id, last, fetching.version)
        };
        tx.run(query).await?;
        Ok(tx.commit().await?)
    }
}

/// Takes a mailbox for this node, or keeps it; false when another one has it.
pub(crate) async fn claim(db: &Db, mailbox: MailboxId, node: &str) -> Result<bool> {
    let mut tx = db.write().await?;
    let now = tx.now();
    let claimed = tx
        .run(sql!(
            "UPDATE mail_fetching SET lease_by = $2, lease_until = $3 WHERE mailbox_id = $1 AND (lease_by = $2 OR lease_until < $4)",
            mailbox,
            node,
            now.plus(LEASE),
            now
        ))
        .await?;
    tx.commit().await?;
    Ok(claimed == 1)
}

/// Keeps it as long as this runs; ends when it is lost.
pub(crate) async fn hold(db: &Db, mailbox: MailboxId, node: &str) -> Trouble {
    loop {
        tokio::time::sleep(LEASE / 3).await;
        match claim(db, mailbox, node).await {
            Ok(true) => {}
            Ok(false) => return Trouble::Taken,
            Err(fault) => return fault.into(),
        }
    }
}

/// Lets others take it.
pub(crate) async fn release(db: &Db, mailbox: MailboxId, node: &str) -> Result<()> {
    let mut tx = db.write().await?;
    tx.run(sql!("UPDATE mail_fetching SET lease_until = 0 WHERE mailbox_id = $1 AND lease_by = $2", mailbox, node)).await?;
    Ok(tx.commit().await?)
}

/// All that is there was taken.
pub(crate) async fn succeeded(db: &Db, fetching: &Fetching) -> Result<()> {
    let mut tx = db.write().await?;
    let now = tx.now();
    tx.run(sql!(
        "UPDATE mail_fetching SET last_success_at = $2, waiting = 0, last_error = '', failures = 0 WHERE mailbox_id = $1 AND version = $3",
        fetching.mailbox_id,
        now,
        fetching.version
    ))
    .await?;
    Ok(tx.commit().await?)
}

/// It did not work; answers how often in a row.
pub(crate) async fn failed(db: &Db, mailbox: MailboxId, version: i64, trouble: &Trouble) -> Result<i64> {
    let mut tx = db.write().await?;
    let now = tx.now();
    let failures: Option<i64> = tx
        .first(sql!(
            "UPDATE mail_fetching SET last_error = $2, last_error_at = $3, failures = failures + 1 WHERE mailbox_id = $1 AND version = $4 RETURNING failures",
            mailbox,
            trouble.to_string(),
            now,
            version
        ))
        .await?;
    tx.commit().await?;
    Ok(failures.unwrap_or(0))
}
