//! Migrations: forward only, run at start under a lock, one text for both engines.
//! Types are written as PostgreSQL's; a line may begin with `-- sqlite:` or `-- postgres:` to stand on that engine only.

use crate::{Db, Engine, Error, Result, sql};
use sha2::{Digest, Sha256};
use std::fmt::Write as _;

/// One step of the schema; `name` is `room/0001_what`.
#[derive(Clone, Copy, Debug)]
pub struct Migration {
    /// Unique, for ever.
    pub name: &'static str,
    /// The SQL.
    pub text: &'static str,
}

/// The ground's own tables: the journal, its readers, sequences.
pub(crate) const GROUND: &[Migration] = &[
    Migration { name: "db/0001_journal", text: include_str!("../migrations/0001_journal.sql") },
    Migration { name: "db/0002_journal_order", text: include_str!("../migrations/0002_journal_order.sql") },
];

/// Its lock.
const LOCK: &str = "migrate";

impl Db {
    /// Brings the schema up to date; answers the names of what was applied. Rooms come in the order of their foreign keys.
    pub async fn migrate(&self, rooms: &[Migration]) -> Result<Vec<&'static str>> {
        let mut tx = self.write().await?;
        tx.lock(LOCK).await?;
        tx.run_script(translate(
            "CREATE TABLE IF NOT EXISTS migrations (\n  name TEXT NOT NULL PRIMARY KEY,\n  checksum TEXT NOT NULL,\n  applied_at BIGINT NOT NULL\n);",
            self.engine(),
        ))
        .await?;
        let applied: Vec<(String, String)> = tx.all(sql!("SELECT name, checksum FROM migrations")).await?;
        let mut done = Vec::new();
        for migration in GROUND.iter().chain(rooms) {
            let checksum = checksum(migration.text);
            match applied.iter().find(|(name, _)| name == migration.name) {
                Some((_, known)) if *known == checksum => {}
                Some(_) => {
                    return Err(Error::Migration {
                        name: migration.name.to_owned(),
                        reason: "was applied with another text; a released migration must never change".to_owned(),
                    });
                }
                None => {
                    tx.run_script(translate(migration.text, self.engine()))
                        .await
                        .map_err(|error| Error::Migration { name: migration.name.to_owned(), reason: error.to_string() })?;
                    let now = tx.now();
                    tx.run(sql!("INSERT INTO migrations (name, checksum, applied_at) VALUES ($1, $2, $3)", migration.name, checksum, now)).await?;
                    done.push(migration.name);
                }
            }
        }
        if self.engine() == Engine::Postgres {
            crate::journal::go_on_after_restore(&mut tx).await?;
        }
        tx.commit().await?;
        Ok(done)
    }
}

fn checksum(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().take(8).fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

fn translate(text: &str, engine: Engine) -> String {
    let (ours, theirs) = match engine {
        Engine::Sqlite => ("-- sqlite:", "-- postgres:"),
        Engine::Postgres => ("-- postgres:", "-- sqlite:"),
    };
    let mut out = String::with_capacity(text.len());
    for line in text.lines() {
        let trimmed = line.trim_start();
        if trimmed.starts_with(theirs) {
            continue;
        }
        let line = trimmed.strip_prefix(ours).unwrap_or(line);
        if engine == Engine::Sqlite && trimmed == ");" {
            out.push_str(") STRICT;\n");
        } else if engine == Engine::Sqlite && !trimmed.starts_with("--") {
            out.push_str(&sqlite_types(line));
            out.push('\n');
        } else {
            out.push_str(line);
            out.push('\n');
        }
    }
    out
}

fn sqlite_types(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    for (index, word) in line.split(' ').enumerate() {
        if index > 0 {
            out.push(' ');
        }
        let bare = word.trim_end_matches([',', ')', ';']);
        let kind = match bare {
            "BIGINT" | "BOOLEAN" => "INTEGER",
            "UUID" | "BYTEA" => "BLOB",
            other => other,
        };
        out.push_str(kind);
        out.push_str(&word[bare.len()..]);
    }
    out
}
