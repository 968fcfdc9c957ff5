//! A custom field: what an admin asks of a ticket beyond what every ticket has. Its definition, and the admin's verbs.
//! What a value of it may be is in [`ask`], the values of a ticket are in `field_value`.

pub mod ask;
pub(crate) mod filter;

use ask::Condition;
use db::{Conn, FromRow, Reader, Timestamp, Tx, record, sql};
use kernel::{Actor, Fault, FieldErrors, Result};
use serde_json::json;
use uuid::Uuid;

/// What the journal calls the definitions: there is one set of them.
const SUBJECT: Uuid = Uuid::from_u128(0x5e77_1265_0000_7000_8000_0000_0000_0005);
/// So many fields that are not archived.
pub const MOST: usize = 100;
/// So many choices of one field.
pub const MOST_OPTIONS: usize = 200;
/// A choice has at most this many characters.
pub const OPTION: usize = 100;

db::words! {
    /// What a field takes.
    pub enum Kind {
        /// One line of text.
        Text = "TEXT",
        /// A number, with decimals or without.
        Number = "NUMBER",
        /// A day.
        Date = "DATE",
        /// Yes or no.
        Checkbox = "CHECKBOX",
        /// One of its choices.
        Select = "SELECT",
        /// Any of its choices.
        MultiSelect = "MULTI_SELECT",
    }
}

impl Kind {
    /// As admins see it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Text => "Text",
            Self::Number => "Number",
            Self::Date => "Date",
            Self::Checkbox => "Checkbox",
            Self::Select => "One of a list",
            Self::MultiSelect => "Several of a list",
        }
    }

    /// It has a list to choose from.
    pub const fn chooses(self) -> bool {
        matches!(self, Self::Select | Self::MultiSelect)
    }
}

db::words! {
    /// Who may see and fill in a field.
    pub enum Audience {
        /// Customers too.
        Everyone = "EVERYONE",
        /// Staff alone; for customers it does not exist.
        Staff = "STAFF",
    }
}

impl Audience {
    /// As admins see it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Everyone => "Customers and agents",
            Self::Staff => "Agents only",
        }
    }
}

/// The choices of a field, in their order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options(pub Vec<String>);

impl FromRow for Options {
    fn from_row(reader: &mut Reader<'_>) -> db::Result<Self> {
        let text: String = reader.read()?;
        serde_json::from_str(&text).map(Self).map_err(|_| reader.refuse("is no list of texts"))
    }
}

/// When a field is shown; none is always.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shown(pub Option<Condition>);

impl FromRow for Shown {
    fn from_row(reader: &mut Reader<'_>) -> db::Result<Self> {
        let text: Option<String> = reader.read()?;
        text.map(|text| Condition::parse(&text).ok_or_else(|| reader.refuse("is no condition"))).transpose().map(Self)
    }
}

record! {
    /// A field as the admin defined it.
    #[derive(Clone, Debug)]
    pub struct Field {
        /// Its name for programs; never changes.
        pub key: String,
        /// Its name for people.
        pub label: String,
        /// A sentence below it; may be empty.
        pub help: String,
        /// What it takes; never changes.
        pub kind: Kind,
        /// Who may see it.
        pub audience: Audience,
        /// What can be chosen.
        pub options: Options,
        /// A new ticket needs it.
        pub is_needed_at_first: bool,
        /// A ticket needs it before staff solves it.
        pub is_needed_to_solve: bool,
        /// When it is asked.
        pub shown: Shown,
        /// Its place among the others.
        pub position: i64,
        /// Since when it is no longer asked. Values stay.
        pub archived_at: Option<Timestamp>,
        /// Counts changes; a change states the version it saw.
        pub version: i64,
    }
}

macro_rules! field_from {
    () => {
        "SELECT key, label, help, kind, audience, options, is_needed_at_first, is_needed_to_solve, shown_when, position, archived_at, version FROM custom_fields"
    };
}

/// What an admin decides about a field and may change later.
#[derive(Clone, Debug)]
pub struct Definition {
    /// Its name for people.
    pub label: String,
    /// A sentence below it.
    pub help: String,
    /// Who may see it.
    pub audience: Audience,
    /// What can be chosen.
    pub options: Vec<String>,
    /// A new ticket needs it.
    pub is_needed_at_first: bool,
    /// A ticket needs it before staff solves it.
    pub is_needed_to_solve: bool,
    /// When it is asked; none is always.
    pub shown: Option<Condition>,
}

impl Field {
    /// All, archived ones too, in their order.
    pub async fn all(conn: &mut Conn) -> Result<Vec<Self>> {
        Ok(conn.all(sql!(concat!(field_from!(), " ORDER BY position, key"))).await?)
    }

    /// Those that are asked.
    pub async fn active(conn: &mut Conn) -> Result<Vec<Self>> {
        Ok(conn.all(sql!(concat!(field_from!(), " WHERE archived_at IS NULL ORDER BY position, key"))).await?)
    }

    /// One by its key.
    pub async fn get(conn: &mut Conn, key: &str) -> Result<Self> {
        conn.first(sql!(concat!(field_from!(), " WHERE key = $1"), key)).await?.ok_or(Fault::Missing)
    }

    /// May this actor know of it?
    pub fn is_for(&self, actor: &Actor) -> bool {
        self.audience == Audience::Everyone || actor.is_staff()
    }

    /// Its name in forms and errors: `customFields.plan`.
    pub fn name(&self) -> String {
        format!("customFields.{}", self.key)
    }

    /// Adds one, at the end. Admins; the caller asked for one.
    pub async fn add(tx: &mut Tx, actor: &Actor, key: &str, kind: Kind, definition: Definition) -> Result<()> {
        let all = Self::all(tx).await?;
        if all.iter().any(|field| field.key == key) {
            return Err(Fault::field("key", "There is a field with this key already, perhaps an archived one."));
        }
        if all.iter().filter(|field| field.archived_at.is_none()).count() >= MOST {
            return Err(Fault::Conflict { kind: "too-many-fields", detail: format!("There are {MOST} fields. Archive one first.") });
        }
        let definition = definition.checked(key, kind, &all)?;
        let position = all.iter().map(|field| field.position).max().unwrap_or(0) + 1;
        tx.run(sql!(
            "INSERT INTO custom_fields (key, kind, label, help, audience, options, is_needed_at_first, is_needed_to_solve, shown_when, position, version)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 1)",
            key,
            kind,
            &definition.label,
            &definition.help,
            definition.audience,
            json!(definition.options).to_string(),
            definition.is_needed_at_first,
            definition.is_needed_to_solve,
            definition.shown.as_ref().map(Condition::stored),
            position
        ))
        .await?;
        note(tx, actor, "fields.added", key).await
    }

    /// Changes one that was read at `version`; stale if somebody was faster. Values of tickets stay as they are.
    pub async fn change(&self, tx: &mut Tx, actor: &Actor, version: i64, definition: Definition) -> Result<()> {
        let definition = definition.checked(&self.key, self.kind, &Self::all(tx).await?)?;
        let changed = tx
            .run(sql!(
                "UPDATE custom_fields SET label = $3, help = $4, audience = $5, options = $6, is_needed_at_first = $7, is_needed_to_solve = $8, shown_when = $9,
                                          version = version + 1 WHERE key = $1 AND version = $2",
                &self.key,
                version,
                &definition.label,
                &definition.help,
                definition.audience,
                json!(definition.options).to_string(),
                definition.is_needed_at_first,
                definition.is_needed_to_solve,
                definition.shown.as_ref().map(Condition::stored)
            ))
            .await?;
        if changed == 0 {
            return Err(Fault::Conflict {
                kind: "stale-version",
                detail: "Somebody else changed this field while you were at it. Open it again to see it as it is now.".to_owned(),
            });
        }
        note(tx, actor, "fields.changed", &self.key).await
    }

    /// Asks for it no more; what tickets hold of it stays and is shown. Twice is the same as once.
    pub async fn archive(&self, tx: &mut Tx, actor: &Actor) -> Result<()> {
        let now = tx.now();
        let done =
            tx.run(sql!("UPDATE custom_fields SET archived_at = $2, version = version + 1 WHERE key = $1 AND archived_at IS NULL", &self.key, now)).await?;
        if done == 1 { note(tx, actor, "fields.archived", &self.key).await } else { Ok(()) }
    }

    /// Asks for it again. Twice is the same as once.
    pub async fn restore(&self, tx: &mut Tx, actor: &Actor) -> Result<()> {
        let done =
            tx.run(sql!("UPDATE custom_fields SET archived_at = NULL, version = version + 1 WHERE key = $1 AND archived_at IS NOT NULL", &self.key)).await?;
        if done == 1 { note(tx, actor, "fields.restored", &self.key).await } else { Ok(()) }
    }

    /// Moves it one place up or down among those that are asked.
    pub async fn shift(&self, tx: &mut Tx, actor: &Actor, is_up: bool) -> Result<()> {
        let all = Self::active(tx).await?;
        let Some(at) = all.iter().position(|field| field.key == self.key) else { return Ok(()) };
        let other = if is_up { at.checked_sub(1) } else { Some(at + 1) };
        let Some(other) = other.and_then(|other| all.get(other)) else { return Ok(()) };
        tx.run(sql!(
            "UPDATE custom_fields SET position = CASE WHEN key = $1 THEN CAST($3 AS BIGINT) ELSE CAST($4 AS BIGINT) END WHERE key IN ($1, $2)",
            &self.key,
            &other.key,
            other.position,
            self.position
        ))
        .await?;
        note(tx, actor, "fields.moved", &self.key).await
    }

    /// How many tickets hold a value of it, at most 1,000 counted.
    pub async fn count(&self, conn: &mut Conn) -> Result<i64> {
        Ok(conn
            .one(sql!("SELECT COUNT(*) FROM (SELECT DISTINCT ticket_id FROM ticket_field_values WHERE field = $1 LIMIT 1000) AS counted", &self.key))
            .await?)
    }
}

impl Definition {
    /// All that is wrong with it, as the definition of a field of this key and kind.
    pub fn errors(&self, key: &str, kind: Kind, all: &[Field]) -> FieldErrors {
        match self.clone().checked(key, kind, all) {
            Err(Fault::Invalid(wrong)) => wrong,
            _ => FieldErrors::default(),
        }
    }

    /// What is stored: options only where they mean something, and a condition that can be met and does not lead in a circle.
    fn checked(mut self, key: &str, kind: Kind, all: &[Field]) -> Result<Self> {
        let mut wrong = FieldErrors::default();
        if kind.chooses() {
            let folded: std::collections::BTreeSet<String> = self.options.iter().map(|option| option.to_lowercase()).collect();
            if self.options.is_empty() {
                wrong.add("options", "Give at least one choice.");
            } else if folded.len() < self.options.len() {
                wrong.add("options", "A choice stands here twice.");
            }
        } else {
            self.options.clear();
        }
        if let Some(condition) = self.shown.take() {
            match condition.settled(key, all) {
                Ok(condition) => self.shown = Some(condition),
                Err((field, sentence)) => wrong.add(field, sentence),
            }
        }
        if wrong.is_empty() { Ok(self) } else { Err(Fault::Invalid(wrong)) }
    }
}

async fn note(tx: &mut Tx, actor: &Actor, kind: &'static str, key: &str) -> Result<()> {
    Ok(tx.record(actor.event(kind, ("fields", SUBJECT), true, json!({ "key": key }))).await?)
}
