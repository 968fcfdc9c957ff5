//! What the desk shows of saved views.

use super::{Choice, Sidebar};
use askama::Template;
use ui::{Errors, Page};

/// What a list says of the saved view it came from, and the box that saves it.
pub struct SavedList {
    /// What the filter asks for that is there no more.
    pub missing: Vec<String>,
    /// The view to bring up to date: the address says something else by now.
    pub update: Option<SavedUpdate>,
    /// Its name.
    pub name: Option<String>,
    /// Who may see what is saved.
    pub reaches: Vec<Choice>,
    /// Teams to choose from.
    pub teams: Vec<Choice>,
    /// The present filter.
    pub query: String,
}

/// A saved view as the form that updates it posts it.
pub struct SavedUpdate {
    /// Where it posts.
    pub href: String,
    /// The version it saw.
    pub version: i64,
    /// Its name.
    pub name: String,
    /// Its reach.
    pub reach: &'static str,
    /// Its team, or nothing.
    pub team: String,
}

/// A saved view on the page of all.
pub struct SavedRow {
    /// Its id.
    pub id: String,
    /// Where it leads.
    pub href: String,
    /// Its name.
    pub name: String,
    /// Who sees it.
    pub who: String,
    /// What it asks for that is there no more.
    pub missing: Vec<String>,
    /// Whether the viewer may change it.
    pub may_change: bool,
    /// The version a change must name.
    pub version: i64,
    /// Its filter.
    pub query: String,
    /// Who may see it.
    pub reaches: Vec<Choice>,
    /// Teams to choose from.
    pub teams: Vec<Choice>,
}

/// `GET /desk/views`: one's own and shared views.
#[derive(Template)]
#[template(path = "saved_views.html")]
pub struct SavedViews {
    /// The shell.
    pub page: Page,
    /// Views and teams.
    pub sidebar: Sidebar,
    /// The views.
    pub rows: Vec<SavedRow>,
    /// Name as typed.
    pub name: String,
    /// Filter as typed.
    pub query: String,
    /// Who may see a new one.
    pub reaches: Vec<Choice>,
    /// Teams to choose from.
    pub teams: Vec<Choice>,
    /// What was wrong.
    pub errors: Errors,
}
