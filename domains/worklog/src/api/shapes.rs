//! Shapes of bodies and answers of this room's API.

use crate::{Entry, Item};
use db::{Id, Timestamp};
use kernel::PersonId;
use serde::Serialize;
use tickets::{Message, TicketId};
use utoipa::ToSchema;

/// A step of a checklist.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct StepJson {
    /// The id.
    #[schema(value_type = uuid::Uuid)]
    pub(super) id: Id<Item>,
    /// The ticket it stands on; another one than asked for, when that was merged in.
    #[schema(value_type = uuid::Uuid)]
    pub(super) ticket_id: TicketId,
    /// What to do.
    #[schema(example = "Ask for the run id")]
    pub(super) text: String,
    /// When it was ticked off; null while it is to be done.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub(super) done_at: Option<Timestamp>,
    /// By whom.
    #[schema(example = "Noor Saleh")]
    pub(super) done_by: Option<String>,
}

impl From<Item> for StepJson {
    fn from(item: Item) -> Self {
        Self { id: item.id, ticket_id: item.ticket_id, text: item.text, done_at: item.done_at, done_by: item.done_by }
    }
}

/// All steps of a ticket, in their order; after them those of the tickets merged into it.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct StepList {
    /// The steps; at most 100.
    pub(super) items: Vec<StepJson>,
    /// Always null.
    pub(super) next_cursor: Option<String>,
}

/// A step, or all steps of a template. Fields that are not listed are refused.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct NewStep {
    /// What to do.
    #[schema(nullable = false, min_length = 1, max_length = 200, example = "Ask for the run id")]
    pub(super) text: Option<String>,
    /// The id of a template, instead of a text.
    #[schema(nullable = false)]
    pub(super) template_id: Option<uuid::Uuid>,
}

/// Any subset of fields; what is left out stays. Fields that are not listed are refused.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct StepChange {
    /// What to do.
    #[schema(nullable = false, min_length = 1, max_length = 200)]
    pub(super) text: Option<String>,
    /// Ticked off.
    #[schema(nullable = false, example = true)]
    pub(super) done: Option<bool>,
    /// Its place, counted from 0; beyond the end is the end.
    #[schema(nullable = false, minimum = 0, maximum = 100, example = 0)]
    pub(super) place: Option<i64>,
}

/// Time spent.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct EntryJson {
    /// The id.
    #[schema(value_type = uuid::Uuid)]
    pub(super) id: Id<Entry>,
    /// The ticket it was spent on; another one than asked for, when that was merged in.
    #[schema(value_type = uuid::Uuid)]
    pub(super) ticket_id: TicketId,
    /// How long.
    #[schema(minimum = 1, maximum = 86400, example = 900)]
    pub(super) seconds: i64,
    /// What for.
    #[schema(example = "Reading the trace")]
    pub(super) note: Option<String>,
    /// The message it was spent on.
    #[schema(value_type = Option<uuid::Uuid>)]
    pub(super) message_id: Option<Id<Message>>,
    /// Who.
    #[schema(value_type = uuid::Uuid)]
    pub(super) user_id: PersonId,
    /// Their name at that time.
    #[schema(example = "Noor Saleh")]
    pub(super) user_name: String,
    /// When it was written down.
    #[schema(value_type = String, format = DateTime)]
    pub(super) created_at: Timestamp,
}

impl From<Entry> for EntryJson {
    fn from(entry: Entry) -> Self {
        Self {
            id: entry.id,
            ticket_id: entry.ticket_id,
            seconds: entry.seconds,
            note: entry.note,
            message_id: entry.message_id,
            user_id: entry.person_id,
            user_name: entry.person_name,
            created_at: entry.created_at,
        }
    }
}

/// A page of entries, the newest first, and the total of all.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct EntryPage {
    /// The entries.
    pub(super) items: Vec<EntryJson>,
    /// Where to go on; null at the end.
    pub(super) next_cursor: Option<String>,
    /// Seconds of all entries of the ticket.
    #[schema(example = 5400)]
    pub(super) total_seconds: i64,
}

/// Time to write down. Fields that are not listed are refused.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct NewEntry {
    /// How long.
    #[schema(minimum = 1, maximum = 86400, example = 900)]
    pub(super) seconds: i64,
    /// What for.
    #[schema(nullable = false, max_length = 500, example = "Reading the trace")]
    pub(super) note: Option<String>,
    /// The message it was spent on.
    #[schema(nullable = false)]
    pub(super) message_id: Option<uuid::Uuid>,
}

/// What replaces it. Fields that are not listed are refused.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct EntryChange {
    /// How long.
    #[schema(minimum = 1, maximum = 86400, example = 1200)]
    pub(super) seconds: i64,
    /// What for; left out, there is none.
    #[schema(nullable = false, max_length = 500)]
    pub(super) note: Option<String>,
}
