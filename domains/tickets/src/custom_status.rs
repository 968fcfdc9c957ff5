//! A custom status: what an admin calls a way in which a ticket stands. Each belongs to one of the six statuses, and stands
//! for it everywhere: in clocks, views, rights and reports.

use crate::{Status, Ticket};
use db::{Conn, Timestamp, Tx, record, sql};
use kernel::{Actor, Fault, Result};
use serde_json::json;
use uuid::Uuid;

/// What the journal calls the definitions: there is one set of them.
const SUBJECT: Uuid = Uuid::from_u128(0x5e77_1265_0000_7000_8000_0000_0000_0023);
/// What the journal calls a change of a ticket's own.
pub(crate) const CHANGED: &str = "ticket.custom_status_changed";
/// So many that are not archived.
pub const MOST: usize = 50;
/// A name has at most this many characters.
pub const NAME: usize = 40;
/// How a form tells one of these from one of the six.
const PREFIX: &str = "custom:";

record! {
    /// A custom status as the admin defined it.
    #[derive(Clone, Debug)]
    pub struct CustomStatus {
        /// Its name for programs; never changes.
        pub key: String,
        /// Its name for agents.
        pub name: String,
        /// Its name for customers; empty is the word of the status it belongs to.
        pub customer_name: String,
        /// The status it belongs to; never changes.
        pub status: Status,
        /// Its place among the others.
        pub position: i64,
        /// Since when it can no longer be set. Tickets that have it keep it.
        pub archived_at: Option<Timestamp>,
        /// Counts changes; a change states the version it saw.
        pub version: i64,
    }
}

record! {
    /// The custom status of a ticket, if it has one.
    #[derive(Clone, Debug)]
    pub struct Named {
        /// Its key.
        pub key: Option<String>,
        /// Its name for agents.
        pub name: Option<String>,
        /// Its name for customers; empty is the word of the status.
        pub customer_name: Option<String>,
    }
}

macro_rules! status_from {
    () => {
        "SELECT key, name, customer_name, status, position, archived_at, version FROM custom_statuses"
    };
}

/// What an admin decides about one and may change later.
#[derive(Clone, Debug)]
pub struct Names {
    /// For agents.
    pub name: String,
    /// For customers; may be empty.
    pub customer_name: String,
}

impl CustomStatus {
    /// All, archived ones too, in their order.
    pub async fn all(conn: &mut Conn) -> Result<Vec<Self>> {
        Ok(conn.all(sql!(concat!(status_from!(), " ORDER BY position, key"))).await?)
    }

    /// Those that can be set, in their order.
    pub async fn active(conn: &mut Conn) -> Result<Vec<Self>> {
        Ok(conn.all(sql!(concat!(status_from!(), " WHERE archived_at IS NULL ORDER BY position, key"))).await?)
    }

    /// One by its key.
    pub async fn get(conn: &mut Conn, key: &str) -> Result<Self> {
        conn.first(sql!(concat!(status_from!(), " WHERE key = $1"), key)).await?.ok_or(Fault::Missing)
    }

    /// One that may be set: it exists and is not archived.
    pub(crate) async fn to_set(conn: &mut Conn, key: &str) -> Result<Self> {
        let found: Option<Self> = conn.first(sql!(concat!(status_from!(), " WHERE key = $1 AND archived_at IS NULL"), key)).await?;
        found.ok_or_else(|| Fault::field("customStatus", "There is no such status."))
    }

    /// One that may be set, by its key; `status`, where it is given too, must be the one that it belongs to.
    pub(crate) async fn picked(conn: &mut Conn, status: Option<Status>, key: Option<&str>) -> Result<Option<Self>> {
        let Some(key) = key else { return Ok(None) };
        let custom = Self::to_set(conn, key).await?;
        if status.is_some_and(|status| status != custom.status) {
            return Err(Fault::field("customStatus", format!("“{}” belongs to {}.", custom.name, custom.status.word())));
        }
        Ok(Some(custom))
    }

    /// A line of the filter.
    pub(crate) fn choice(self, chosen: Option<&str>) -> crate::views::Choice {
        crate::views::Choice { selected: chosen == Some(&self.key), value: self.key, label: self.name }
    }

    /// The value of its option in a form.
    pub fn option(&self) -> String {
        Self::option_of(&self.key)
    }

    /// The value of the option of one that may be gone.
    pub fn option_of(key: &str) -> String {
        format!("{PREFIX}{key}")
    }

    /// Adds one, at the end. Admins; the caller asked for one.
    pub async fn add(tx: &mut Tx, actor: &Actor, key: &str, status: Status, names: &Names) -> Result<()> {
        let all = Self::all(tx).await?;
        if all.iter().any(|known| known.key == key) {
            return Err(Fault::field("name", "There is a status with this name already, perhaps an archived one."));
        }
        if all.iter().filter(|known| known.archived_at.is_none()).count() >= MOST {
            return Err(Fault::Conflict { kind: "too-many-statuses", detail: format!("There are {MOST} statuses. Archive one first.") });
        }
        let position = all.iter().map(|known| known.position).max().unwrap_or(0) + 1;
        tx.run(sql!(
            "INSERT INTO custom_statuses (key, name, customer_name, status, position, version) VALUES ($1, $2, $3, $4, $5, 1)",
            key,
            &names.name,
            &names.customer_name,
            status,
            position
        ))
        .await?;
        note(tx, actor, "statuses.added", key).await
    }

    /// Renames one that was read at `version`; stale if somebody was faster.
    pub async fn rename(&self, tx: &mut Tx, actor: &Actor, version: i64, names: &Names) -> Result<()> {
        let changed = tx
            .run(sql!(
                "UPDATE custom_statuses SET name = $3, customer_name = $4, version = version + 1 WHERE key = $1 AND version = $2",
                &self.key,
                version,
                &names.name,
                &names.customer_name
            ))
            .await?;
        if changed == 0 {
            return Err(Fault::Conflict {
                kind: "stale-version",
                detail: "Somebody else changed this status while you were at it. Open it again to see it as it is now.".to_owned(),
            });
        }
        note(tx, actor, "statuses.changed", &self.key).await
    }

    /// Offers it no more, or again; tickets that have it keep it. Twice is the same as once.
    pub async fn archive(&self, tx: &mut Tx, actor: &Actor, is_archived: bool) -> Result<()> {
        if self.archived_at.is_some() == is_archived {
            return Ok(());
        }
        let at = is_archived.then(|| tx.now());
        tx.run(sql!("UPDATE custom_statuses SET archived_at = $2, version = version + 1 WHERE key = $1", &self.key, at)).await?;
        note(tx, actor, if is_archived { "statuses.archived" } else { "statuses.restored" }, &self.key).await
    }
}

impl Ticket {
    /// How it stands, as agents see it.
    pub fn status_for_agents(&self) -> ui::Status {
        let shown = self.status.for_agents(self.is_untouched());
        self.named.name.clone().map_or(shown.clone(), |name| ui::Status { label: name.into(), ..shown })
    }

    /// How it stands, as customers see it.
    pub fn status_for_customers(&self) -> ui::Status {
        let shown = self.status.for_customers();
        self.named.customer_name.clone().filter(|name| !name.is_empty()).map_or(shown.clone(), |name| ui::Status { label: name.into(), ..shown })
    }

    /// The value of the option that stands for how it stands now.
    pub(crate) fn status_option(&self) -> String {
        self.named.key.as_ref().map_or_else(|| self.status.word().to_owned(), |key| CustomStatus::option_of(key))
    }
}

/// A status as a form has it: one of the six, or `custom:KEY`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Picked {
    /// One of the six.
    Plain(Status),
    /// A custom one, by key.
    Custom(String),
}

impl Picked {
    /// As a verb takes it: the status, or the key.
    pub(crate) fn parts(picked: Option<Self>) -> (Option<Status>, Option<String>) {
        match picked {
            Some(Self::Plain(status)) => (Some(status), None),
            Some(Self::Custom(key)) => (None, Some(key)),
            None => (None, None),
        }
    }

    /// What a field says; none when it is empty or neither.
    pub fn read(fields: &mut web::Fields, name: &str) -> Option<Self> {
        let text = fields.typed(name);
        match text.strip_prefix(PREFIX) {
            Some(key) if key.len() <= NAME => {
                let key = key.to_owned();
                // it is named here and looked up in the verb
                let _ = fields.optional_text(name, PREFIX.len() + NAME);
                Some(Self::Custom(key))
            }
            _ => fields.word(name, Status::WORDS).map(Self::Plain),
        }
    }
}

async fn note(tx: &mut Tx, actor: &Actor, kind: &'static str, key: &str) -> Result<()> {
    Ok(tx.record(actor.event(kind, ("statuses", SUBJECT), true, json!({ "key": key }))).await?)
}
