//! An upload: a file on its way. It begins with a key that nobody can guess, grows, and becomes a file that
//! waits to be attached.

use crate::{File, Store, busy::Hold, examine, file, name, parts, store::Content};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use db::{Conn, Id, Timestamp, Tx, record, sql};
use hmac::{Hmac, Mac};
use kernel::{Actor, Fault, PersonId};
use sha2::Sha256;
use std::{fmt::Write as _, time::Duration};
use web::{App, UploadLimit, Visit};

/// Unfinished uploads end this long after they began, finished ones this long after they were complete.
pub(crate) const LIFE: Duration = Duration::from_hours(24);

record! {
    /// Its row.
    pub(crate) struct Upload {
        pub(crate) key: String,
        pub(crate) name: String,
        pub(crate) size: i64,
        pub(crate) owner_id: Option<PersonId>,
        pub(crate) file_id: Option<Id<File>>,
        pub(crate) expires_at: Timestamp,
    }
}

impl Upload {
    /// Begins one, within the limit of a file and of all that somebody has not sent yet.
    pub(crate) async fn begin(tx: &mut Tx, visit: &Visit, name: &str, size: u64) -> Result<Self, Fault> {
        let limit = **visit.app.upload.load();
        let name = name::clean(name);
        name::refuse_programs(&name)?;
        if size == 0 {
            return Err(Fault::field("Upload-Length", format!("{name} is empty.")));
        }
        if size > limit.file_bytes {
            return Err(Fault::TooLarge(format!("{name} is over the {} MB limit of one file.", limit.file_bytes / 1024 / 1024)));
        }
        let (now, counted_as) = (tx.now(), counted_as(visit)?);
        let waiting: i64 =
            tx.one(sql!("SELECT CAST(COALESCE(SUM(size), 0) AS BIGINT) FROM uploads WHERE counted_as = $1 AND expires_at > $2", &counted_as, now)).await?;
        let total = total(limit, &visit.actor);
        if u64::try_from(waiting).unwrap_or(0) + size > total {
            return Err(Fault::TooLarge(format!(
                "Files that are uploaded and not sent yet may have {} MB together. Send or remove some first.",
                total / 1024 / 1024
            )));
        }
        let upload = Self {
            key: new_key()?,
            name,
            size: i64::try_from(size).unwrap_or(i64::MAX),
            owner_id: visit.actor.person,
            file_id: None,
            expires_at: now.plus(LIFE),
        };
        tx.run(sql!(
            "INSERT INTO uploads (key, name, size, owner_id, counted_as, expires_at) VALUES ($1, $2, $3, $4, $5, $6)",
            &upload.key,
            &upload.name,
            upload.size,
            upload.owner_id,
            counted_as,
            upload.expires_at
        ))
        .await?;
        Ok(upload)
    }

    /// The upload with this key, for who may go on with it: its owner, or anybody if it has none.
    pub(crate) async fn find(conn: &mut Conn, actor: &Actor, key: &str) -> Result<Self, Fault> {
        let now = conn.now();
        let found: Option<Self> =
            conn.first(sql!("SELECT key, name, size, owner_id, file_id, expires_at FROM uploads WHERE key = $1 AND expires_at > $2", key, now)).await?;
        found.filter(|upload| upload.owner_id.is_none() || upload.owner_id == actor.person).ok_or(Fault::Missing)
    }

    /// Bytes in all.
    pub(crate) fn length(&self) -> u64 {
        u64::try_from(self.size).unwrap_or(0)
    }

    /// Makes a file of a complete upload: examined, stored, and only then a row. What is refused is removed.
    /// `_hold` proves that nobody else works on it.
    pub(crate) async fn finish(self, app: &App, store: &Store, _hold: &Hold) -> Result<(), Fault> {
        let path = parts::path(&store.parts, &self.key)?;
        let stored = match examine::examine(store, &self.name, Content::Disk(path.clone(), self.length())).await {
            Ok(examined) => store.keep(examined).await?,
            Err(fault @ (Fault::Unsupported(_) | Fault::TooLarge(_) | Fault::Invalid(_))) => {
                let mut tx = app.db.write().await?;
                tx.run(sql!("DELETE FROM uploads WHERE key = $1 AND file_id IS NULL", &self.key)).await?;
                tx.commit().await?;
                parts::remove(&path).await?;
                return Err(fault);
            }
            Err(fault) => return Err(fault),
        };
        let id = stored.id;
        let mut tx = app.db.write().await?;
        let expires_at = tx.now().plus(LIFE);
        file::insert(&mut tx, stored, self.owner_id, None).await?;
        if tx.run(sql!("UPDATE uploads SET file_id = $2, expires_at = $3 WHERE key = $1 AND file_id IS NULL", &self.key, id, expires_at)).await? != 1 {
            drop(tx);
            store.delete(&[id]).await?;
            return Err(Fault::Missing);
        }
        tx.commit().await?;
        parts::remove(&path).await
    }

    /// Removes it, and its file if it has become one.
    pub(crate) async fn remove(self, tx: &mut Tx) -> Result<(), Fault> {
        tx.run(sql!("DELETE FROM uploads WHERE key = $1", &self.key)).await?;
        if let Some(id) = self.file_id {
            tx.run(sql!("DELETE FROM files WHERE id = $1", id)).await?;
            file::delete_objects(tx, &[id]).await?;
        }
        Ok(())
    }
}

/// What somebody may have uploaded and not sent: people two full messages, others four files.
fn total(limit: UploadLimit, actor: &Actor) -> u64 {
    let files = if actor.is_signed_in() { limit.files as u64 * 2 } else { 4 };
    limit.file_bytes.saturating_mul(files)
}

/// Who is counted, without keeping an address.
fn counted_as(visit: &Visit) -> Result<String, Fault> {
    let mut mac = Hmac::<Sha256>::new_from_slice(&visit.app.secret).map_err(|error| Fault::Broken(error.to_string()))?;
    mac.update(b"uploads of ");
    mac.update(visit.counted_as().as_bytes());
    Ok(URL_SAFE_NO_PAD.encode(&mac.finalize().into_bytes()[..16]))
}

/// 128 random bits as 32 hex digits.
pub(crate) fn new_key() -> Result<String, Fault> {
    let mut bytes = [0_u8; 16];
    getrandom::fill(&mut bytes).map_err(|error| Fault::Broken(format!("no random numbers: {error}")))?;
    Ok(bytes.iter().fold(String::with_capacity(32), |mut hex, byte| {
        // writing to a String can't fail
        let _ = write!(hex, "{byte:02x}");
        hex
    }))
}
