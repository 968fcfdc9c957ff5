//! Databases of a run: one for each size, and copies for the floors.

use crate::Outcome;

/// The same data once more, for the floors: what they write, the program's readers of the journal must not meet.
pub(crate) struct Twin {
    /// Its folder.
    pub(crate) data: String,
    /// Its database, or `sqlite`.
    pub(crate) url: String,
    _folder: tempfile::TempDir,
}

impl Twin {
    /// A copy of what nobody uses now.
    pub(crate) async fn of(data: &str, url: &str) -> Outcome<Self> {
        let folder = tempfile::tempdir()?;
        let copy = folder.path().to_str().ok_or("the folder has a strange name")?.to_owned();
        // a connection that is just being closed may still move pages: this one waits for it, and keeps the file as it is
        let held = if url == "sqlite" { Some(settled(data).await?) } else { None };
        for file in ["secret", "support.sqlite"] {
            let from = std::path::Path::new(data).join(file);
            if from.exists() {
                std::fs::copy(from, folder.path().join(file))?;
            }
        }
        drop(held);
        let url = if url == "sqlite" { url.to_owned() } else { database_of(url, Some(url)).await? };
        Ok(Self { data: copy, url, _folder: folder })
    }
}

/// A connection to a database whose file holds everything that was written.
async fn settled(data: &str) -> Outcome<sqlx::SqliteConnection> {
    let mut conn = crate::floor::sqlite(data).await?;
    let (is_busy,): (i64,) = sqlx::query_as("PRAGMA wal_checkpoint(TRUNCATE)").fetch_one(&mut conn).await?;
    if is_busy == 0 { Ok(conn) } else { Err("somebody still writes to what is to be copied".into()) }
}

/// A database of its own for each size.
pub(crate) async fn fresh_database(url: &str) -> Outcome<String> {
    database_of(url, None).await
}

/// A new database on the server of `url`, empty or a copy of another that nobody uses now.
async fn database_of(url: &str, copied: Option<&str>) -> Outcome<String> {
    let name = format!("bench_{}", uuid::Uuid::now_v7().simple());
    let (server, _) = url.rsplit_once('/').ok_or("the URL names no database")?;
    let template = copied.and_then(|copied| copied.rsplit_once('/')).map_or(String::new(), |(_, of)| format!(" TEMPLATE {of}"));
    let admin = db::Db::open(&db::Options::postgres(format!("{server}/postgres")), db::Clock::default()).await?;
    admin.raw(Box::leak(format!("CREATE DATABASE {name}{template}").into_boxed_str())).await?;
    admin.close().await;
    Ok(format!("{server}/{name}"))
}
