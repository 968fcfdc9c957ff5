//! Reports: rollups by the hour, made by a reader of the journal, and the figures that are computed of them.
//!
//! An engine: it imports none of the rooms whose things it counts. They offer themselves by `kernel::Counting` and
//! `kernel::Promising`, which the roof hands over as [`Sources`]. What is kept of a ticket is a [`Fact`], packed with
//! the others of its hour; every figure, and the list of tickets behind it, comes from the same facts.

mod api;
mod chart;
mod fact;
mod figures;
mod filter;
mod follow;
mod keep;
mod names;
mod pack;
mod pages;
mod period;
pub mod policy;
mod rebuild;
mod report;
mod shapes;
mod spent;
mod tickets;
mod words;

pub use api::openapi;
pub use fact::{Fact, Kept};
pub use follow::{catch_up, follow};
pub use keep::facts;
pub use pack::{pack, unpack};
pub use rebuild::{Rebuilt, rebuild};
pub use report::plan;
pub use spent::Spent;

use db::Migration;
use kernel::{Counting, Promising};
use web::{Room, Routes};

/// The schema of this room.
pub const MIGRATIONS: &[Migration] = &[
    Migration { name: "analytics/0001_analytics", text: include_str!("../migrations/0001_analytics.sql") },
    Migration { name: "analytics/0002_spent", text: include_str!("../migrations/0002_spent.sql") },
];

/// What the roof hands over: whose things are counted, and who promises something about them.
#[derive(Clone, Copy)]
pub struct Sources {
    /// The tickets.
    pub counting: Counting,
    /// Their service levels.
    pub promising: Promising,
}

/// The room, for the roof.
pub fn room() -> Room {
    Room { name: "analytics", migrations: MIGRATIONS, domains: &[], nav: pages::nav(), panels: &[], routes, authenticate: None }
}

fn routes() -> Routes {
    pages::routes().merge(api::routes())
}
