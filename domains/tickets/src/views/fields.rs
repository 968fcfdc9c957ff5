//! Custom fields and statuses on screens: what is asked, what is held, and the admin's pages.

use super::Choice;
use askama::Template;
use ui::{Errors, Page};

/// A custom field in a form, in the details or in the filter box.
#[derive(Clone, Default)]
pub struct AskedField {
    /// Name and id of the input: `customFields.plan`.
    pub name: String,
    /// Its words.
    pub label: String,
    /// A sentence below it; may be empty.
    pub help: String,
    /// Id of that sentence; empty where there is none.
    pub hint: String,
    /// `text`, `number`, `date`, `checkbox`, `select` or `many`.
    pub kind: &'static str,
    /// The value, or what was typed; for a checkbox `true` or `false`.
    pub value: String,
    /// What can be chosen.
    pub options: Vec<Choice>,
    /// It must be filled in here.
    pub is_needed: bool,
    /// Customers do not see it.
    pub is_for_staff: bool,
    /// Nothing may be changed any more: an archived field that still holds something.
    pub is_archived: bool,
    /// The value in words.
    pub words: String,
    /// Name of the input that decides whether it is shown; empty when it always is.
    pub on: String,
    /// JSON list of the values with which it is shown.
    pub is: String,
    /// The same in words: "Only if “Plan” is Business".
    pub condition: String,
}

/// A field in the admin's list.
pub struct FieldRow {
    /// Its key.
    pub key: String,
    /// Its words.
    pub label: String,
    /// Small words: kind, who sees it, when it is needed, when it is shown.
    pub about: Vec<String>,
}

/// `GET /admin/fields`: all custom fields.
#[derive(Template)]
#[template(path = "admin/fields.html")]
pub struct FieldsPage {
    /// The shell.
    pub page: Page,
    /// What was wrong.
    pub errors: Errors,
    /// Those that are asked, in order.
    pub active: Vec<FieldRow>,
    /// Those that are no longer asked.
    pub archived: Vec<FieldRow>,
}

/// What stands in the form of a field.
#[derive(Default)]
pub struct FieldForm {
    /// Key, for a new one.
    pub key: String,
    /// Words.
    pub label: String,
    /// Sentence below.
    pub help: String,
    /// Choices, one a line.
    pub options: String,
    /// A new ticket needs it.
    pub is_needed_at_first: bool,
    /// Solving needs it.
    pub is_needed_to_solve: bool,
    /// Values of the condition, one a line.
    pub shown_is: String,
    /// What the form was read at.
    pub version: String,
}

/// `GET /admin/fields/new` and `/admin/fields/{key}`: one custom field.
#[derive(Template)]
#[template(path = "admin/field.html")]
pub struct FieldPage {
    /// The shell.
    pub page: Page,
    /// What was wrong.
    pub errors: Errors,
    /// Its key; none for a new one.
    pub key: Option<String>,
    /// Kind in words, of one that exists.
    pub kind: String,
    /// It has choices.
    pub chooses: bool,
    /// Kinds, for a new one.
    pub kinds: Vec<Choice>,
    /// Who may see it.
    pub audiences: Vec<Choice>,
    /// What its condition looks at; the empty value is always.
    pub shown_on: Vec<Choice>,
    /// What stands in the form.
    pub form: FieldForm,
    /// It is archived.
    pub is_archived: bool,
    /// How many tickets hold a value, in words.
    pub held_by: String,
}
