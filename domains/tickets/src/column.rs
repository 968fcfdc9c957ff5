//! The columns that a list of the desk can show. Which ones stands in the address, in their order, and so in a saved view.

use crate::{Field, list::Filter};
use db::Conn;
use kernel::{Fault, FieldErrors, Result};
use web::Fields;

/// A list shows at most so many.
pub const MOST: usize = 20;
/// A column of a custom field is called so, and then its key.
const FIELD: &str = "field.";
/// Characters of a name.
const LENGTH: usize = 64;

db::words! {
    /// What every ticket has.
    pub enum Fact {
        /// Where it stands.
        Status = "status",
        /// How much hangs on it.
        Priority = "priority",
        /// What it is about.
        Category = "category",
        /// Which team answers.
        Team = "team",
        /// Who answers.
        Assignee = "assignee",
        /// Who asked.
        Requester = "requester",
        /// Their organization.
        Organization = "organization",
        /// How it came in.
        Channel = "channel",
        /// Its labels.
        Tags = "tags",
        /// Its next deadline.
        Due = "due",
        /// When it came in.
        Created = "created",
        /// Last change or message.
        Updated = "updated",
        /// Its number.
        Number = "number",
    }
}

impl Fact {
    /// As shown.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Status => "Status",
            Self::Priority => "Priority",
            Self::Category => "Category",
            Self::Team => "Team",
            Self::Assignee => "Assignee",
            Self::Requester => "Requester",
            Self::Organization => "Organization",
            Self::Channel => "Channel",
            Self::Tags => "Tags",
            Self::Due => "Due",
            Self::Created => "Created",
            Self::Updated => "Changed",
            Self::Number => "Number",
        }
    }
}

/// A column of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Column {
    /// What every ticket has.
    Fact(Fact),
    /// A custom field, by key.
    Field(String),
}

impl Column {
    /// As it stands in an address.
    pub fn word(&self) -> String {
        match self {
            Self::Fact(fact) => fact.word().to_owned(),
            Self::Field(key) => format!("{FIELD}{key}"),
        }
    }

    fn from_word(text: &str) -> Option<Self> {
        match text.strip_prefix(FIELD) {
            Some(key) if !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') => Some(Self::Field(key.to_owned())),
            Some(_) => None,
            None => Fact::from_word(text).map(Self::Fact),
        }
    }

    /// The key of its custom field.
    pub fn key(&self) -> Option<&str> {
        match self {
            Self::Field(key) => Some(key),
            Self::Fact(_) => None,
        }
    }
}

/// Reads the columns of an address, each once, in their order; with commas or by repeating the name.
pub(crate) fn read(fields: &mut Fields) -> Vec<Column> {
    let mut columns = Vec::new();
    for text in fields.texts("columns", MOST, LENGTH * MOST).iter().flat_map(|text| text.split(',')).filter(|text| !text.trim().is_empty()) {
        match Column::from_word(text.trim()) {
            Some(column) if columns.contains(&column) => {}
            Some(column) => columns.push(column),
            None => fields.errors.add("columns", format!("Must be one of {}, or {FIELD}KEY.", Fact::WORDS.join(", "))),
        }
    }
    if columns.len() > MOST {
        fields.errors.add("columns", format!("At most {MOST}; there are {}.", columns.len()));
        columns.truncate(MOST);
    }
    columns
}

impl Filter {
    /// Refuses columns of fields that there are not: programs and saved views should hear of a slip, pages pass over it.
    pub(crate) async fn demand_known_columns(&self, conn: &mut Conn) -> Result<()> {
        let keys: Vec<&str> = self.columns.iter().filter_map(Column::key).collect();
        if keys.is_empty() {
            return Ok(());
        }
        let known = Field::all(conn).await?;
        let mut wrong = FieldErrors::default();
        for key in keys.into_iter().filter(|key| !known.iter().any(|field| field.key == *key)) {
            wrong.add("columns", format!("There is no field “{}”.", key.chars().take(LENGTH).collect::<String>()));
        }
        if wrong.is_empty() { Ok(()) } else { Err(Fault::Invalid(wrong)) }
    }
}
