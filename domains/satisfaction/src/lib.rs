//! How it went: after a ticket is solved its requester is asked once, by a letter with a link or in the portal, to rate
//! it from 1 to 5.
//!
//! Nouns: [`Survey`], [`Settings`]. The rating stands in the survey; that it was given is in the journal as
//! `ticket.rated`. Rights are in `policy`.

mod api;
mod follow;
mod pages;
pub mod policy;
mod rate;
mod settings;
mod survey;

pub use api::openapi;
pub use follow::follow;
pub use settings::Settings;
pub use survey::{CHANGEABLE, LINK, Survey};

use db::Migration;
use ui::{Panel, PanelPlace};
use web::{Room, Routes};

/// The schema of this room.
pub const MIGRATIONS: &[Migration] = &[Migration { name: "satisfaction/0001_satisfaction", text: include_str!("../migrations/0001_satisfaction.sql") }];

const PANELS: &[Panel] = &[
    Panel { place: PanelPlace::Ticket, name: "rating", label: "Rating", path: "/desk/tickets/{id}/rating" },
    Panel { place: PanelPlace::Request, name: "own-rating", label: "Rate this request", path: "/requests/{id}/rating" },
];

/// The room, for the roof.
pub fn room() -> Room {
    Room { name: "satisfaction", migrations: MIGRATIONS, domains: &[], nav: pages::nav(), panels: PANELS, routes, authenticate: None }
}

fn routes() -> Routes {
    pages::routes().merge(api::routes())
}
