//! What becomes of one mail of a folder: kept once, known again after the server renumbered, or failed with a reason.

use super::{Ground, source::Fetching};
use crate::{Arrival, ArrivalId, MOST, Origin, Via};
use bytes::Bytes;
use db::sql;
use kernel::{Fault, Result};
use sha2::{Digest, Sha256};

/// So much of a mail that can't be taken is kept.
pub(crate) const HEAD: usize = 64 * 1024;

/// One mail on the server.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place<'a> {
    pub(crate) fetching: &'a Fetching,
    pub(crate) validity: i64,
    pub(crate) uid: i64,
}

impl Place<'_> {
    /// Keeps it; none when it was taken under another number.
    pub(crate) async fn keep(self, ground: &Ground, raw: Bytes) -> Result<Option<ArrivalId>> {
        if raw.len() > MOST {
            let (size, head) = (raw.len(), raw.slice(..HEAD));
            return self.fail(ground, size, &head, &too_large(size)).await.map(Some);
        }
        if self.is_known(ground, &raw).await? {
            return Ok(None);
        }
        Arrival::keep(&ground.intake.db, &ground.intake.store, &self.origin(&raw), raw).await.map(Some)
    }

    /// It can't be taken: its head is kept, and why.
    pub(crate) async fn fail(self, ground: &Ground, size: usize, head: &[u8], reason: &str) -> Result<ArrivalId> {
        Arrival::keep_failed(&ground.intake.db, &ground.intake.store, &self.origin(head), Bytes::copy_from_slice(head), size, reason).await
    }

    /// Of a mail that begins with this. IMAP has no envelope of a delivery; its server may have written down whom it delivered to.
    fn origin(self, head: &[u8]) -> Origin {
        let (mailbox, envelope_to) = (Some(self.fetching.mailbox_id), mime::delivered_to(head));
        Origin { mailbox, via: Via::Imap, envelope_from: None, envelope_to, uid: Some((self.validity, self.uid)), client: None }
    }

    /// The same bytes came from this folder under an earlier UIDVALIDITY: that row takes the new number.
    async fn is_known(self, ground: &Ground, raw: &Bytes) -> Result<bool> {
        let hash = Sha256::digest(raw).to_vec();
        let earlier = sql!(
            "SELECT id FROM mails WHERE hash = $1 AND mailbox_id = $2 AND via = 'imap' AND uid_validity <> $3 ORDER BY received_at, id LIMIT 1",
            hash,
            self.fetching.mailbox_id,
            self.validity
        );
        let mut conn = ground.intake.db.read().await?;
        let Some(known) = conn.first::<ArrivalId>(earlier).await? else { return Ok(false) };
        let taken: Option<ArrivalId> = conn
            .first(sql!("SELECT id FROM mails WHERE mailbox_id = $1 AND uid_validity = $2 AND uid = $3", self.fetching.mailbox_id, self.validity, self.uid))
            .await?;
        drop(conn);
        if taken.is_some() {
            return Ok(true);
        }
        let mut tx = ground.intake.db.write().await?;
        let moved = tx.run(sql!("UPDATE mails SET uid_validity = $2, uid = $3 WHERE id = $1 AND uid_validity <> $2", known, self.validity, self.uid)).await?;
        tx.commit().await?;
        Ok(moved == 1)
    }
}

/// Why a mail of this size is not taken.
pub(crate) fn too_large(size: usize) -> String {
    let mb = |bytes: usize| bytes.div_ceil(1024 * 1024);
    Fault::TooLarge(format!("It has {} MB, and {} MB is the most. Its head is kept; the whole mail is on the server.", mb(size), mb(MOST))).to_string()
}
