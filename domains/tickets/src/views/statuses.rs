//! The admin's pages of custom statuses.

use super::Choice;
use askama::Template;
use ui::{Errors, Page};

/// A status in the admin's list.
pub struct StatusRow {
    /// Its key.
    pub key: String,
    /// Its name.
    pub name: String,
    /// As agents see it.
    pub shown: ui::Status,
    /// The status that it belongs to, in words.
    pub counts_as: &'static str,
    /// What customers read.
    pub customers_read: String,
}

/// What stands in the form of a status.
pub struct StatusForm {
    /// For agents.
    pub name: String,
    /// For customers.
    pub customer_name: String,
    /// What the form was read at.
    pub version: String,
}

/// `GET /admin/statuses`: all custom statuses, and a form for a new one.
#[derive(Template)]
#[template(path = "admin/statuses.html")]
pub struct StatusesPage {
    /// The shell.
    pub page: Page,
    /// What was wrong.
    pub errors: Errors,
    /// Those that can be set, in order.
    pub active: Vec<StatusRow>,
    /// Those that can't any more.
    pub archived: Vec<StatusRow>,
    /// What was typed for a new one.
    pub form: StatusForm,
    /// What a new one may count as.
    pub statuses: Vec<Choice>,
}

/// `GET /admin/statuses/{key}`: one custom status.
#[derive(Template)]
#[template(path = "admin/status.html")]
pub struct StatusPage {
    /// The shell.
    pub page: Page,
    /// What was wrong.
    pub errors: Errors,
    /// The status as it is.
    pub row: StatusRow,
    /// What stands in the form.
    pub form: StatusForm,
    /// It can't be set any more.
    pub is_archived: bool,
}
