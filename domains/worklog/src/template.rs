//! A template of a checklist: a name and its steps, kept by supervisors and admins.

use crate::checklist::{MOST, TEXT};
use db::{Conn, Id, Timestamp, Tx, record, sql};
use kernel::{Actor, Fault, Result};
use serde_json::{Value, json};
use web::{Fields, Form};

record! {
    /// A list of steps to put on tickets.
    #[derive(Clone, Debug)]
    pub struct Template {
        /// The id.
        pub id: Id<Template>,
        /// As people choose it; no two alike.
        pub name: String,
        /// Its steps, a line each.
        pub lines: String,
        /// When it was made.
        pub created_at: Timestamp,
        /// Counts changes.
        pub version: i64,
    }
}

/// What a supervisor writes.
pub(crate) struct Wish {
    name: String,
    lines: String,
    version: i64,
}

impl Form for Wish {
    fn read(fields: &mut Fields) -> Self {
        let name = fields.text("name", 80);
        let written = fields.text("steps", 20_000);
        let steps: Vec<&str> = written.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        if steps.len() > MOST {
            fields.errors.add("steps", format!("At most {MOST} steps; there are {}.", steps.len()));
        }
        if let Some(long) = steps.iter().position(|step| step.chars().count() > TEXT) {
            fields.errors.add("steps", format!("Each step has at most {TEXT} characters; step {} has more.", long + 1));
        }
        Self { name, lines: steps.join("\n"), version: fields.integer("version", 1..=i64::MAX).unwrap_or_default() }
    }
}

impl Template {
    /// All, by name.
    pub(crate) async fn all(conn: &mut Conn) -> Result<Vec<Self>> {
        Ok(conn.all(sql!("SELECT id, name, steps, created_at, version FROM checklist_templates WHERE removed_at IS NULL ORDER BY folded")).await?)
    }

    /// One.
    pub(crate) async fn get(conn: &mut Conn, id: Id<Self>) -> Result<Self> {
        Ok(conn.one(sql!("SELECT id, name, steps, created_at, version FROM checklist_templates WHERE id = $1 AND removed_at IS NULL", id)).await?)
    }

    /// Its steps.
    pub fn steps(&self) -> Vec<&str> {
        self.lines.lines().collect()
    }
}

impl Wish {
    /// Makes one. The caller may keep templates.
    pub(crate) async fn add(&self, tx: &mut Tx, actor: &Actor) -> Result<Id<Template>> {
        let (id, now) = (Id::<Template>::new(), tx.now());
        let added = tx
            .run(sql!(
                "INSERT INTO checklist_templates (id, name, folded, steps, created_at, version) VALUES ($1, $2, $3, $4, $5, 1) ON CONFLICT (folded) DO NOTHING",
                id,
                &self.name,
                self.name.to_lowercase(),
                &self.lines,
                now
            ))
            .await?;
        if added == 0 {
            return Err(taken());
        }
        record(tx, actor, "checklist.added", id, Value::Null, json!(self.name)).await?;
        Ok(id)
    }

    /// Changes one that was read at its version.
    pub(crate) async fn save(&self, tx: &mut Tx, actor: &Actor, before: &Template) -> Result<()> {
        let folded = self.name.to_lowercase();
        let other: Option<i64> = tx.first(sql!("SELECT 1 FROM checklist_templates WHERE folded = $1 AND id <> $2", &folded, before.id)).await?;
        if other.is_some() {
            return Err(taken());
        }
        let saved = tx
            .run(sql!(
                "UPDATE checklist_templates SET name = $2, folded = $3, steps = $4, version = version + 1 WHERE id = $1 AND version = $5",
                before.id,
                &self.name,
                folded,
                &self.lines,
                self.version
            ))
            .await?;
        if saved == 0 {
            return Err(Fault::Conflict {
                kind: "stale-template",
                detail: "Somebody else changed this template meanwhile. Open it again, then make your change.".to_owned(),
            });
        }
        record(tx, actor, "checklist.changed", before.id, json!(before.name), json!(self.name)).await
    }
}

/// Removes a template; checklists made of it stay. Twice is harmless.
pub(crate) async fn remove(tx: &mut Tx, actor: &Actor, id: Id<Template>) -> Result<()> {
    let now = tx.now();
    let name: Option<String> = tx
        .first(sql!(
            "UPDATE checklist_templates SET removed_at = $2, folded = $3, version = version + 1 WHERE id = $1 AND removed_at IS NULL RETURNING name",
            id,
            now,
            id.to_string()
        ))
        .await?;
    let Some(name) = name else { return Ok(()) };
    record(tx, actor, "checklist.removed", id, json!(name), Value::Null).await
}

/// Takes a removal back, unless its name was given to another one meanwhile. Twice is harmless.
pub(crate) async fn restore(tx: &mut Tx, actor: &Actor, id: Id<Template>) -> Result<()> {
    let (name, is_removed): (String, bool) = tx.one(sql!("SELECT name, removed_at IS NOT NULL FROM checklist_templates WHERE id = $1", id)).await?;
    if !is_removed {
        return Ok(());
    }
    let folded = name.to_lowercase();
    let other: Option<i64> = tx.first(sql!("SELECT 1 FROM checklist_templates WHERE folded = $1", &folded)).await?;
    if other.is_some() {
        let detail = format!("Another template is called “{name}” by now. Rename it, then undo again.");
        return Err(Fault::Conflict { kind: "name-taken", detail });
    }
    tx.run(sql!("UPDATE checklist_templates SET removed_at = NULL, folded = $2, version = version + 1 WHERE id = $1", id, folded)).await?;
    record(tx, actor, "checklist.restored", id, Value::Null, json!(name)).await
}

fn taken() -> Fault {
    Fault::field("name", "There is a template of this name already.")
}

async fn record(tx: &mut Tx, actor: &Actor, kind: &'static str, id: Id<Template>, old: Value, new: Value) -> Result<()> {
    Ok(tx.record(actor.event(kind, ("checklist", id.uuid()), true, json!({ "old": old, "new": new }))).await?)
}
