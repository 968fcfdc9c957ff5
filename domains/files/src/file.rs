//! A file: a row that names an object in the store, and the verbs that bind it to what it belongs to.

use crate::{
    Store, examine,
    kinds::Kind,
    store::Content,
    upload::{LIFE, new_key},
};
use db::{Conn, Id, Query, Timestamp, Tx, record, sql};
use kernel::{Actor, Fault, PersonId};
use serde_json::json;
use uuid::Uuid;

record! {
    /// A file whose object is safely stored.
    #[derive(Clone, Debug)]
    pub struct File {
        /// Its id, and the name of its object.
        pub id: Id<File>,
        /// Cleaned name, at most 200 characters.
        pub name: String,
        /// Media type, decided by content: `image/png`.
        pub kind: String,
        /// Bytes.
        pub size: i64,
        /// True when there is a small picture of it.
        pub has_preview: bool,
        /// Kind of what it belongs to: `message`; none while unattached.
        pub subject_kind: Option<String>,
        /// Which one.
        pub subject_id: Option<Uuid>,
        /// Who brought it; none for guests, strangers and mail.
        pub owner_id: Option<PersonId>,
        /// When it was complete.
        pub created_at: Timestamp,
    }
}

record! {
    /// A finished upload that waits for its form: to show the form again with its files kept.
    #[derive(Clone, Debug)]
    pub struct Kept {
        /// Value of the form field `fileId`.
        pub key: String,
        /// Cleaned name.
        pub name: String,
        /// Bytes.
        pub size: i64,
    }
}

/// A file that is in the store and has no row yet: made by [`keep`], given to [`adopt`].
/// One that is never adopted is swept out after a day.
#[derive(Debug)]
pub struct Stored {
    /// The id its row will have.
    pub id: Id<File>,
    /// Cleaned name.
    pub name: String,
    /// Media type.
    pub kind: &'static str,
    /// Bytes.
    pub size: i64,
    /// True when there is a small picture of it.
    pub has_preview: bool,
}

macro_rules! columns {
    () => {
        "id, name, kind, size, has_preview, subject_kind, subject_id, owner_id, created_at"
    };
}

impl File {
    /// The row, whoever asks; the gate is in `serve`.
    pub(crate) async fn find(conn: &mut Conn, id: Id<Self>) -> Result<Option<Self>, Fault> {
        Ok(conn.first(sql!(concat!("SELECT ", columns!(), " FROM files WHERE id = $1"), id)).await?)
    }

    /// All of its bytes, for a mail; whoever asks passed the gate of what it belongs to.
    pub async fn bytes(&self, store: &Store) -> Result<bytes::Bytes, Fault> {
        store.get(self.id, false, None).await?.bytes().await.map_err(crate::store::in_store)
    }

    /// True for pictures that a page may show in place.
    pub fn is_image(&self) -> bool {
        Kind::of(&self.kind).is_some_and(|kind| kind.is_image)
    }

    /// The name without its extension, and the extension: `("report", "pdf")`.
    pub fn stem_and_extension(&self) -> (&str, &str) {
        self.name.rsplit_once('.').unwrap_or((&self.name, ""))
    }
}

/// Binds finished uploads (`keys` are form values of `fileId`) to what they belong to; answers them in the
/// order of `keys`. An upload of a person is for that person alone; one of a guest is for who knows its key.
/// Too many, unknown, unfinished, expired or already attached ones are wrong on the field `fileId`.
pub async fn attach(tx: &mut Tx, actor: &Actor, keys: &[String], subject_kind: &str, subject_id: Uuid, limit: usize) -> Result<Vec<File>, Fault> {
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    if keys.len() > limit {
        return Err(Fault::field("fileId", format!("At most {limit} files in one message; this has {}.", keys.len())));
    }
    let mut found = finished(tx, actor, keys).await?;
    let files: Vec<File> = keys.iter().filter_map(|key| found.iter().position(|(known, _)| known == key).map(|at| found.swap_remove(at).1)).collect();
    if files.len() != keys.len() {
        return Err(gone());
    }
    // The row of the upload is the one thing that two forms or the sweep can fight for.
    let mut taken = Query::with("DELETE FROM uploads WHERE key IN ", Vec::new());
    taken.list(keys.iter());
    if tx.run(taken).await? != keys.len() as u64 {
        return Err(gone());
    }
    let mut bound =
        Query::with("UPDATE files SET subject_kind = $1, subject_id = $2 WHERE subject_id IS NULL AND id IN ", vec![subject_kind.into(), subject_id.into()]);
    bound.list(files.iter().map(|file| file.id));
    if tx.run(bound).await? != keys.len() as u64 {
        return Err(gone());
    }
    Ok(files.into_iter().map(|file| File { subject_kind: Some(subject_kind.to_owned()), subject_id: Some(subject_id), ..file }).collect())
}

fn gone() -> Fault {
    Fault::field("fileId", "A file is not there any more or not finished. Attach it again.")
}

/// The finished uploads among `keys` that this actor may attach.
async fn finished(conn: &mut Conn, actor: &Actor, keys: &[String]) -> Result<Vec<(String, File)>, Fault> {
    let mut query = Query::with(
        "SELECT uploads.key, files.id, files.name, files.kind, files.size, has_preview, subject_kind, subject_id, files.owner_id, created_at
         FROM uploads JOIN files ON files.id = uploads.file_id WHERE subject_id IS NULL AND uploads.expires_at > ",
        Vec::new(),
    );
    query.bind(conn.now()).push(" AND (uploads.owner_id IS NULL OR uploads.owner_id = ").bind(actor.person).push(") AND uploads.key IN ");
    query.list(keys.iter());
    Ok(conn.all(query).await?)
}

/// What is kept of these uploads, in the order of `keys`; those that are gone or not this actor's are left out.
pub async fn kept(conn: &mut Conn, actor: &Actor, keys: &[String]) -> Result<Vec<Kept>, Fault> {
    let found = finished(conn, actor, keys).await?;
    Ok(keys
        .iter()
        .filter_map(|key| {
            let (_, file) = found.iter().find(|(known, _)| known == key)?;
            Some(Kept { key: key.clone(), name: file.name.clone(), size: file.size })
        })
        .collect())
}

/// Puts a file that came in one piece (a form without script, a mail) into the store: the same checks as an
/// upload, before and outside of any transaction. What is not taken is `Fault::Unsupported` or `TooLarge`.
pub async fn keep(store: &Store, name: &str, bytes: Vec<u8>) -> Result<Stored, Fault> {
    let examined = examine::examine(store, name, Content::Bytes(bytes.into())).await?;
    store.keep(examined).await
}

/// Makes the row of a stored file, in the transaction of what it belongs to.
pub async fn adopt(tx: &mut Tx, actor: &Actor, stored: Stored, subject_kind: &str, subject_id: Uuid) -> Result<File, Fault> {
    insert(tx, stored, actor.person, Some((subject_kind, subject_id))).await
}

/// Makes the row of a stored file.
pub(crate) async fn insert(tx: &mut Tx, stored: Stored, owner: Option<PersonId>, subject: Option<(&str, Uuid)>) -> Result<File, Fault> {
    let now = tx.now();
    let Stored { id, name, kind, size, has_preview } = stored;
    tx.run(sql!(
        "INSERT INTO files (id, name, kind, size, has_preview, subject_kind, subject_id, owner_id, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        id,
        &name,
        kind,
        size,
        has_preview,
        subject.map(|subject| subject.0.to_owned()),
        subject.map(|subject| subject.1),
        owner,
        now
    ))
    .await?;
    Ok(File {
        id,
        name,
        kind: kind.to_owned(),
        size,
        has_preview,
        owner_id: owner,
        created_at: now,
        subject_kind: subject.map(|subject| subject.0.to_owned()),
        subject_id: subject.map(|subject| subject.1),
    })
}

/// All files of these subjects, oldest first; `subject_id` says whose each is. The caller has asked for the right.
pub async fn of(conn: &mut Conn, subject_kind: &str, subject_ids: &[Uuid]) -> Result<Vec<File>, Fault> {
    if subject_ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut query = Query::with(concat!("SELECT ", columns!(), " FROM files WHERE subject_kind = $1 AND subject_id IN "), vec![subject_kind.into()]);
    query.list(subject_ids.iter().copied()).push(" ORDER BY id");
    Ok(conn.all(query).await?)
}

/// Moves all files of one subject to another: `("draft", a)` to `("message", b)`. Answers how many.
pub async fn move_to(tx: &mut Tx, from: (&str, Uuid), to: (&str, Uuid)) -> Result<u64, Fault> {
    Ok(tx.run(sql!("UPDATE files SET subject_kind = $3, subject_id = $4 WHERE subject_kind = $1 AND subject_id = $2", from.0, from.1, to.0, to.1)).await?)
}

/// Takes all files of one subject off it again: each becomes a finished upload of this person, who may attach it anew
/// within a day. They count for nobody's limit of what waits: they had been let in before. Answers their keys, oldest first.
pub async fn take_off(tx: &mut Tx, owner: PersonId, subject_kind: &str, subject_id: Uuid) -> Result<Vec<String>, Fault> {
    let files = of(tx, subject_kind, &[subject_id]).await?;
    if files.is_empty() {
        return Ok(Vec::new());
    }
    tx.run(sql!(
        "UPDATE files SET subject_kind = NULL, subject_id = NULL, owner_id = $3 WHERE subject_kind = $1 AND subject_id = $2",
        subject_kind,
        subject_id,
        owner
    ))
    .await?;
    let expires_at = tx.now().plus(LIFE);
    let keys: Vec<String> = files.iter().map(|_| new_key()).collect::<Result<_, _>>()?;
    let mut query = Query::with("INSERT INTO uploads (key, name, size, owner_id, counted_as, file_id, expires_at) VALUES ", Vec::new());
    for (at, (file, key)) in files.iter().zip(&keys).enumerate() {
        query.push(if at == 0 { "(" } else { ", (" }).bind(key).push(", ").bind(&file.name).push(", ").bind(file.size).push(", ").bind(owner);
        query.push(", ").bind(owner.to_string()).push(", ").bind(file.id).push(", ").bind(expires_at).push(")");
    }
    tx.run(query).await?;
    Ok(keys)
}

/// Removes all files of these subjects: the rows now, the objects by a job of the same transaction. Answers how many.
pub async fn drop_of(tx: &mut Tx, subject_kind: &str, subject_ids: &[Uuid]) -> Result<usize, Fault> {
    if subject_ids.is_empty() {
        return Ok(0);
    }
    let mut query = Query::with("DELETE FROM files WHERE subject_kind = $1 AND subject_id IN ", vec![subject_kind.into()]);
    query.list(subject_ids.iter().copied()).push(" RETURNING id");
    let gone: Vec<Id<File>> = tx.all(query).await?;
    delete_objects(tx, &gone).await?;
    Ok(gone.len())
}

/// Enqueues the removal of objects whose rows are gone.
pub(crate) async fn delete_objects(tx: &mut Tx, ids: &[Id<File>]) -> Result<(), Fault> {
    if !ids.is_empty() {
        let now = tx.now();
        jobs::enqueue(tx, crate::sweep::DELETE, &json!({ "ids": ids }), now).await?;
    }
    Ok(())
}
