//! Work on tickets: checklists, whose templates supervisors keep, and time spent. For staff alone.
//!
//! Nouns: [`Item`], [`Template`], [`Entry`]. Rights are in `policy`. Figures of reports come from the events
//! `worklog.time_added`, `worklog.time_changed` and `worklog.time_removed`, whose `seconds` say by how much the total of
//! the ticket changed.

mod api;
mod checklist;
mod pages;
pub mod policy;
mod span;
mod template;
mod time;

pub use api::openapi;
pub use checklist::Item;
pub use span::Span;
pub use template::Template;
pub use time::Entry;

use db::Migration;
use ui::{Panel, PanelPlace};
use web::{Room, Routes};

/// The schema of this room.
pub const MIGRATIONS: &[Migration] = &[
    Migration { name: "worklog/0001_worklog", text: include_str!("../migrations/0001_worklog.sql") },
    Migration { name: "worklog/0002_removed", text: include_str!("../migrations/0002_removed.sql") },
];

const PANELS: &[Panel] = &[
    Panel { place: PanelPlace::Ticket, name: "checklist", label: "Checklist", path: "/desk/tickets/{id}/checklist" },
    Panel { place: PanelPlace::Ticket, name: "time", label: "Time spent", path: "/desk/tickets/{id}/time" },
];

/// The room, for the roof.
pub fn room() -> Room {
    Room { name: "worklog", migrations: MIGRATIONS, domains: &[], nav: pages::nav(), panels: PANELS, routes, authenticate: None }
}

fn routes() -> Routes {
    pages::routes().merge(api::routes())
}
