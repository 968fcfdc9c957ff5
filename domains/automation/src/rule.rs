//! A rule: its order, whether it is on, and what it says. The words are in `definition`.

use crate::{Catalog, Definition};
use db::{Conn, Id, Timestamp, Tx, record, sql};
use kernel::{Actor, Fault, Result};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// The id of a rule.
pub type RuleId = Id<Rule>;

record! {
    /// A rule.
    #[derive(Clone, Debug)]
    pub struct Rule {
        /// The id.
        pub id: RuleId,
        /// A small number that names it in traces; never given twice.
        pub number: i64,
        /// What it is about: `ticket`.
        pub kind: String,
        /// Shown name.
        pub name: String,
        /// Its place in the order.
        pub place: i64,
        /// It answers.
        pub is_on: bool,
        /// After it fired, later rules are not asked.
        pub stops: bool,
        /// When, if, then, as JSON text.
        pub definition: String,
        /// Why it was switched off by itself.
        pub broken: Option<String>,
        /// It answers to what happened since then.
        pub since: Timestamp,
        /// How often it fired.
        pub fired: i64,
        /// When it fired last.
        pub fired_at: Option<Timestamp>,
        /// Counts changes.
        pub version: i64,
    }
}

macro_rules! rule_from {
    () => {
        "SELECT id, number, kind, name, place, is_on, stops, definition, broken, since, fired, fired_at, version FROM rules"
    };
}

/// There are at most this many.
const MOST: i64 = 500;

/// What a rule is to be.
#[derive(Clone, Debug)]
pub struct Wish {
    /// Shown name.
    pub name: String,
    /// It answers.
    pub is_on: bool,
    /// After it fired, later rules are not asked.
    pub stops: bool,
    /// When, if, then.
    pub definition: Value,
}

impl Rule {
    /// All of them, in order.
    pub async fn all(conn: &mut Conn) -> Result<Vec<Self>> {
        Ok(conn.all(sql!(concat!(rule_from!(), " WHERE deleted_at IS NULL ORDER BY place, number LIMIT 500"))).await?)
    }

    /// One of them.
    pub async fn get(conn: &mut Conn, id: RuleId) -> Result<Self> {
        Ok(conn.one(sql!(concat!(rule_from!(), " WHERE id = $1 AND deleted_at IS NULL"), id)).await?)
    }

    /// When, if, then.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.definition).unwrap_or_default()
    }

    /// Adds one at the end of the order.
    pub async fn add(tx: &mut Tx, actor: &Actor, wish: &Wish, catalog: &Catalog) -> Result<Self> {
        Definition::read(&wish.definition, catalog)?;
        let (id, now, definition) = (RuleId::new(), tx.now(), wish.definition.to_string());
        tx.lock(LOCK).await?;
        let (count, number, place): (i64, i64, i64) = tx
            .one(sql!("SELECT (SELECT COUNT(*) FROM rules WHERE deleted_at IS NULL), COALESCE(MAX(number), 0) + 1, COALESCE(MAX(place), 0) + 1 FROM rules"))
            .await?;
        if count >= MOST {
            return Err(Fault::field("name", format!("There are {MOST} rules already. Remove one first.")));
        }
        tx.run(sql!(
            "INSERT INTO rules (id, number, kind, name, place, is_on, stops, definition, since, fired, version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, 1)",
            id,
            number,
            catalog.kind,
            &wish.name,
            place,
            wish.is_on,
            wish.stops,
            &definition,
            now
        ))
        .await?;
        keep_version(tx, id, 1, &definition).await?;
        let rule = Self::get(tx, id).await?;
        rule.note(tx, actor, "rule.added").await?;
        Ok(rule)
    }

    /// Changes what it says. Somebody who was faster is not overwritten.
    pub async fn change(&self, tx: &mut Tx, actor: &Actor, version: i64, wish: &Wish, catalog: &Catalog) -> Result<Self> {
        Definition::read(&wish.definition, catalog)?;
        let (now, definition) = (tx.now(), wish.definition.to_string());
        // what it says only now can't answer to what happened before
        let since = if self.is_on && wish.is_on && definition == self.definition { self.since } else { now };
        let changed = tx
            .run(sql!(
                "UPDATE rules SET name = $3, is_on = $4, stops = $5, definition = $6, since = $7, broken = NULL, version = version + 1
                 WHERE id = $1 AND version = $2 AND deleted_at IS NULL",
                self.id,
                version,
                &wish.name,
                wish.is_on,
                wish.stops,
                &definition,
                since
            ))
            .await?;
        if changed == 0 {
            return Err(Fault::Conflict {
                kind: "stale-version",
                detail: "Somebody else changed this rule meanwhile. Open it again to see theirs.".to_owned(),
            });
        }
        keep_version(tx, self.id, version + 1, &definition).await?;
        self.note(tx, actor, "rule.changed").await?;
        Self::get(tx, self.id).await
    }

    /// Switches it on or off. One that names what is gone stays off.
    pub async fn switch(&self, tx: &mut Tx, actor: &Actor, is_on: bool, catalog: &Catalog) -> Result<()> {
        if is_on == self.is_on {
            return Ok(());
        }
        if is_on {
            Definition::read(&self.json(), catalog)?;
        }
        let now = tx.now();
        tx.run(sql!("UPDATE rules SET is_on = $2, since = $3, broken = NULL, version = version + 1 WHERE id = $1", self.id, is_on, now)).await?;
        keep_version(tx, self.id, self.version + 1, &self.definition).await?;
        self.note(tx, actor, if is_on { "rule.switched_on" } else { "rule.switched_off" }).await
    }

    /// Switches it off with a reason that admins see.
    pub(crate) async fn disable(&self, tx: &mut Tx, reason: &str) -> Result<()> {
        let done = tx
            .run(sql!(
                "UPDATE rules SET is_on = FALSE, broken = $2, version = version + 1 WHERE id = $1 AND is_on = TRUE AND version = $3",
                self.id,
                reason,
                self.version
            ))
            .await?;
        if done == 0 {
            return Ok(());
        }
        keep_version(tx, self.id, self.version + 1, &self.definition).await?;
        let facts = json!({ "name": self.name, "reason": reason });
        Ok(tx.record(Actor::system("Rules").event("rule.disabled", ("rule", self.id.uuid()), true, facts)).await?)
    }

    /// Moves it one up or down; at the end it stays.
    pub async fn shift(&self, tx: &mut Tx, actor: &Actor, is_up: bool) -> Result<()> {
        tx.lock(LOCK).await?;
        let mut order: Vec<RuleId> = Self::all(tx).await?.into_iter().map(|rule| rule.id).collect();
        let Some(at) = order.iter().position(|id| *id == self.id) else { return Err(Fault::Missing) };
        let other = if is_up { at.checked_sub(1) } else { Some(at + 1).filter(|at| *at < order.len()) };
        let Some(other) = other else { return Ok(()) };
        order.swap(at, other);
        Self::place(tx, &order).await?;
        self.note(tx, actor, "rule.moved").await
    }

    /// Puts all of them into this order, each once.
    pub async fn arrange(tx: &mut Tx, actor: &Actor, order: &[RuleId]) -> Result<()> {
        tx.lock(LOCK).await?;
        let all = Self::all(tx).await?;
        let (known, wanted): (BTreeSet<RuleId>, BTreeSet<RuleId>) = (all.iter().map(|rule| rule.id).collect(), order.iter().copied().collect());
        if wanted.len() < order.len() {
            return Err(Fault::field("rules", "A rule stands here twice."));
        }
        if known != wanted {
            let detail = "These are not all rules there are. Somebody may have added or removed one: read the list again.".to_owned();
            return Err(Fault::Conflict { kind: "other-rules", detail });
        }
        Self::place(tx, order).await?;
        match all.first() {
            Some(rule) => rule.note(tx, actor, "rule.moved").await,
            None => Ok(()),
        }
    }

    async fn place(tx: &mut Tx, order: &[RuleId]) -> Result<()> {
        for (place, id) in (1_i64..).zip(order) {
            tx.run(sql!("UPDATE rules SET place = $2 WHERE id = $1 AND place <> $2", *id, place)).await?;
        }
        Ok(())
    }

    /// Removes it. Its row stays for the words of traces.
    pub async fn remove(&self, tx: &mut Tx, actor: &Actor) -> Result<()> {
        let now = tx.now();
        tx.run(sql!("UPDATE rules SET deleted_at = $2, is_on = FALSE, version = version + 1 WHERE id = $1 AND deleted_at IS NULL", self.id, now)).await?;
        tx.run(sql!("DELETE FROM rule_fired WHERE rule_id = $1", self.id)).await?;
        self.note(tx, actor, "rule.removed").await
    }

    pub(crate) async fn count_firing(tx: &mut Tx, id: RuleId) -> Result<()> {
        let now = tx.now();
        tx.run(sql!("UPDATE rules SET fired = fired + 1, fired_at = $2 WHERE id = $1", id, now)).await?;
        Ok(())
    }

    async fn note(&self, tx: &mut Tx, actor: &Actor, kind: &'static str) -> Result<()> {
        Ok(tx.record(actor.event(kind, ("rule", self.id.uuid()), true, json!({ "name": self.name }))).await?)
    }
}

/// Admins change the order one at a time.
const LOCK: &str = "rules";

async fn keep_version(tx: &mut Tx, id: RuleId, version: i64, definition: &str) -> Result<()> {
    tx.run(sql!("INSERT INTO rule_versions (rule_id, version, definition) VALUES ($1, $2, $3)", id, version, definition)).await?;
    Ok(())
}
