//! What runs without a request: removing objects whose rows are gone, and what nobody came back for.

use crate::{File, Store, file, parts, store::on_disk, upload::LIFE};
use db::{Db, Id, Query, Timestamp, sql};
use kernel::Fault;
use serde_json::Value;
use std::{
    path::Path,
    sync::Arc,
    time::{Duration, UNIX_EPOCH},
};
use uuid::Builder;

/// The job that removes objects: `{"ids": [..]}`.
pub(crate) const DELETE: &str = "files.delete";
const HOUR: Duration = Duration::from_hours(1);

/// Tells the worker how to remove objects, and to sweep every hour.
pub fn register(worker: &mut jobs::Worker, db: &Db, store: &Arc<Store>) {
    let objects = Arc::clone(store);
    worker.on(
        DELETE,
        Arc::new(move |facts| {
            let store = Arc::clone(&objects);
            Box::pin(async move { store.delete(&ids(&facts)).await })
        }),
    );
    let (db, store) = (db.clone(), Arc::clone(store));
    worker.every(
        HOUR,
        Arc::new(move |_| {
            let (db, store) = (db.clone(), Arc::clone(&store));
            Box::pin(async move { sweep(&db, &store).await })
        }),
    );
}

fn ids(facts: &Value) -> Vec<Id<File>> {
    facts["ids"].as_array().into_iter().flatten().filter_map(|id| id.as_str()?.parse().ok()).collect()
}

/// Removes uploads that ran out, with their files, this node's abandoned parts, and objects without a row.
pub async fn sweep(db: &Db, store: &Store) -> Result<(), Fault> {
    let mut tx = db.write().await?;
    let now = tx.now();
    let expired: Vec<Option<Id<File>>> = tx.all(sql!("DELETE FROM uploads WHERE expires_at <= $1 RETURNING file_id", now)).await?;
    let mut query = Query::with("DELETE FROM files WHERE subject_id IS NULL AND id IN ", Vec::new());
    query.list(expired.into_iter().flatten()).push(" RETURNING id");
    let gone: Vec<Id<File>> = tx.all(query).await?;
    file::delete_objects(&mut tx, &gone).await?;
    tx.commit().await?;
    sweep_folder(&store.parts, now, |_| true).await?;
    if let Some(folder) = &store.folder {
        // `object_store` writes to `{name}#{number}` first; a program that was killed leaves it behind
        sweep_folder(folder, now, |name| name.contains('#')).await?;
    }
    sweep_objects(db, store, now).await
}

/// Removes files that nobody wrote to for longer than an upload lives.
async fn sweep_folder(folder: &Path, now: Timestamp, is_meant: fn(&str) -> bool) -> Result<(), Fault> {
    let before = UNIX_EPOCH + Duration::from_micros(u64::try_from(now.minus(LIFE + HOUR).micros()).unwrap_or(0));
    let mut entries = tokio::fs::read_dir(folder).await.map_err(on_disk)?;
    while let Some(entry) = entries.next_entry().await.map_err(on_disk)? {
        let is_old =
            entry.file_name().to_str().is_some_and(is_meant) && entry.metadata().await.and_then(|found| found.modified()).is_ok_and(|time| time < before);
        if is_old {
            parts::remove(&entry.path()).await?;
        }
    }
    Ok(())
}

/// Objects whose row was never written: the program ended in between, or the form was refused. Looks at those
/// made one to three days ago, which every object is for many rounds.
async fn sweep_objects(db: &Db, store: &Store, now: Timestamp) -> Result<(), Fault> {
    let found = store.between(at(now.minus(LIFE * 3)), at(now.minus(LIFE))).await?;
    for some in found.chunks(500) {
        let mut query = Query::with("SELECT id FROM files WHERE id IN ", Vec::new());
        query.list(some.iter().copied());
        let known: Vec<Id<File>> = db.read().await?.all(query).await?;
        let orphans: Vec<Id<File>> = some.iter().filter(|id| !known.contains(id)).copied().collect();
        store.delete(&orphans).await?;
    }
    Ok(())
}

/// The first id of a moment.
fn at(time: Timestamp) -> Id<File> {
    let millis = u64::try_from(time.micros() / 1000).unwrap_or(0);
    Builder::from_unix_timestamp_millis(millis, &[0; 10]).into_uuid().into()
}
