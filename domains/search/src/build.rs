//! Builds an index from the database while the program runs. What changes meanwhile is in the journal after the place where
//! it began, and is read from there.

use crate::{
    state::Search,
    store::{Index, Standing},
    writer::Writer,
};
use db::{Conn, journal, sql};
use kernel::Result;
use std::{sync::Arc, time::Duration};
use web::App;

/// Things of one look.
const LOT: i64 = 400;
/// What is there already is shown this often.
const SHOWN: Duration = Duration::from_secs(2);

/// Fills an empty index; the writer that comes back is committed. `is_live`: what is there is shown on the way.
pub async fn build(app: App, search: Arc<Search>, index: Arc<Index>, is_live: bool) -> Result<Writer> {
    let began = std::time::Instant::now();
    let mut conn = app.db.read().await?;
    // what is committed after this is in the journal behind it, or is read below, or both
    let seq = journal::head(&mut conn).await?;
    let standing = Standing { seq, is_whole: false, kinds: search.kinds(), root: root(&mut conn).await? };
    drop(conn);
    let mut writer = Writer::on(index, standing)?;
    let mut things = 0;
    for kind in search.sources.kinds {
        let mut after = None;
        loop {
            let mut conn = app.db.read().await?;
            let ids = (kind.walk)(&mut conn, after, LOT).await?;
            let Some(last) = ids.last() else { break };
            after = Some(*last);
            things += ids.len();
            writer = writer.put(&app, &mut conn, &search, kind, &ids).await?;
            drop(conn);
            if is_live && writer.committed.elapsed() > SHOWN {
                writer = writer.commit().await?;
            }
        }
    }
    writer.standing.is_whole = true;
    let writer = writer.commit().await?;
    tracing::info!(things, seconds = began.elapsed().as_secs(), "built the search index");
    Ok(writer)
}

/// What tells this database from another: the first line of its journal.
pub async fn root(conn: &mut Conn) -> Result<String> {
    let first: Option<(i64, db::Timestamp)> = conn.first(sql!("SELECT seq, at FROM events ORDER BY seq LIMIT 1")).await?;
    Ok(first.map(|(seq, at)| format!("{seq}-{}", at.micros())).unwrap_or_default())
}
