//! The words within files: read once, off the threads that answer requests, and kept for all nodes.

use crate::{File, Store};
use db::{Id, sql};
use futures::future::BoxFuture;
use kernel::Fault;
use std::time::Duration;
use uuid::Uuid;
use web::App;

/// A file whose words take longer has none.
const PATIENCE: Duration = Duration::from_secs(20);

/// The words within a file, if it is of a kind that has any and is still there.
pub fn text_of(app: &App, id: Uuid) -> BoxFuture<'_, Result<Option<String>, Fault>> {
    Box::pin(async move {
        let id: Id<File> = id.into();
        let mut conn = app.db.read().await?;
        let Some((kind, size)) = conn.first::<(String, i64)>(sql!("SELECT kind, size FROM files WHERE id = $1", id)).await? else { return Ok(None) };
        if !extract::can_read(&kind) || usize::try_from(size).is_ok_and(|size| size > extract::LARGEST) {
            return Ok(None);
        }
        let kept: Option<String> = conn.first(sql!("SELECT words FROM file_texts WHERE file_id = $1 AND version = $2", id, extract::VERSION)).await?;
        drop(conn);
        if kept.is_some() {
            return Ok(kept);
        }
        let words = read(&*Store::of(app)?, id, kind).await?;
        let mut tx = app.db.write().await?;
        // it may be gone by now
        tx.run(sql!(
            "INSERT INTO file_texts (file_id, version, words) SELECT id, CAST($2 AS BIGINT), CAST($3 AS TEXT) FROM files WHERE id = $1
             ON CONFLICT (file_id) DO UPDATE SET version = excluded.version, words = excluded.words",
            id,
            extract::VERSION,
            &words
        ))
        .await?;
        tx.commit().await?;
        Ok(Some(words))
    })
}

async fn read(store: &Store, id: Id<File>, kind: String) -> Result<String, Fault> {
    let bytes = match store.get(id, false, None).await {
        Ok(found) => found.bytes().await.map_err(crate::store::in_store)?,
        Err(Fault::Missing) => return Ok(String::new()),
        Err(fault) => return Err(fault),
    };
    let reading = tokio::task::spawn_blocking(move || extract::text(&kind, &bytes));
    match tokio::time::timeout(PATIENCE, reading).await {
        Ok(Ok(words)) => Ok(words),
        Ok(Err(error)) => Err(Fault::Broken(error.to_string())),
        Err(_) => {
            tracing::warn!(%id, "the words of a file took too long to read");
            Ok(String::new())
        }
    }
}
