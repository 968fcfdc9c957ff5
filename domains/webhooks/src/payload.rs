//! What is sent: the event with the field names of the API, and a few words of it for chats.

use db::{Event, Timestamp};
use kernel::{Fault, Result, Told};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// So much of a text is kept for chats, in characters.
const EXCERPT: usize = 600;

/// The words that the formats of chats are made of.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Brief {
    /// The thing: `#1042 Printer`.
    pub label: String,
    /// Its page, a path of this site.
    pub href: String,
    /// What happened: `the customer replies`.
    pub what: String,
    /// Who did it.
    pub who: String,
    /// What was written, shortened.
    pub text: String,
}

/// The event as JSON has it, and in a few words.
pub(crate) fn of_event(event: &Event, what: &str, told: Told) -> (String, Brief) {
    let actor = json!({ "id": event.actor_id, "name": event.actor_name, "kind": event.actor_kind.to_uppercase() });
    let body = whole(&format!("evt_{}", event.seq), &event.kind, event.at, &actor, &told.data);
    let text = told.text.chars().take(EXCERPT).collect();
    (body, Brief { label: told.label, href: told.href, what: what.to_owned(), who: event.actor_name.clone(), text })
}

/// All that is sent in the format JSON.
pub(crate) fn whole(id: &str, kind: &str, at: Timestamp, actor: &Value, data: &Value) -> String {
    json!({ "id": id, "type": kind, "createdAt": at, "actor": actor, "data": data }).to_string()
}

impl Brief {
    pub(crate) fn text(&self) -> Result<String> {
        serde_json::to_string(self).map_err(|error| Fault::Broken(error.to_string()))
    }

    pub(crate) fn read(text: &str) -> Self {
        serde_json::from_str(text).unwrap_or_default()
    }
}
