//! Articles and tickets together: staff puts articles into replies, makes articles of tickets, and sees what is missing.
//!
//! Nouns: [`Used`], an article in a ticket; [`Offer`], one for a reply; [`Finding`], personal data in a text; the gaps report.
//! Rights are those of the ticket and of the article: this room adds none.

mod api;
mod capture;
mod follow;
mod gaps;
mod offered;
mod pages;
mod personal;
mod used;

pub use api::openapi;
pub use follow::follow;
pub use gaps::{Ask, Search, Searches};
pub use offered::Offer;
pub use personal::{Finding, Kind, find, replaced};
pub use used::Used;

use db::Migration;
use ui::{Panel, PanelPlace};
use web::{Room, Routes};

/// The schema of this room.
pub const MIGRATIONS: &[Migration] = &[Migration { name: "reuse/0001_reuse", text: include_str!("../migrations/0001_reuse.sql") }];

const PANELS: &[Panel] = &[
    Panel { place: PanelPlace::Ticket, name: "articles", label: "Articles in this request", path: "/desk/tickets/{id}/articles" },
    Panel { place: PanelPlace::Composer, name: "article-finder", label: "Find an article", path: "/desk/tickets/{id}/articles/find" },
    Panel { place: PanelPlace::Article, name: "uses", label: "Tickets that use this article", path: "/desk/knowledge/{id}/uses" },
];

/// The room, for the roof. It takes [`Searches`] from the states of `App`, if there are any.
pub fn room() -> Room {
    Room { name: "reuse", migrations: MIGRATIONS, domains: &[], nav: Vec::new(), panels: PANELS, routes, authenticate: None }
}

fn routes() -> Routes {
    pages::routes().merge(api::routes())
}
