//! One search over every room. An index on each node, fed from the journal, tells where words are; who may find what is part
//! of every look at it. It is derived: it can be deleted and is built anew while the program runs.

mod api;
mod ask;
mod bits;
mod build;
mod check;
mod columns;
mod find;
mod follow;
mod kept;
mod language;
mod log;
mod near;
mod pages;
mod rank;
mod reach;
mod run;
mod schema;
mod snippet;
mod state;
mod store;
mod synonyms;
mod tuning;
mod view;
mod words;
mod writer;

pub use api::openapi;
pub use check::{Compared, compare, reindex};
pub use find::{Found, Item, Question, find, finder};
pub use follow::follow;
pub use log::{Gap, sweep, without_clicks, without_hits};
pub use snippet::Piece;
pub use state::{Health, Search, Sources, TextOf};

use db::Migration;
use web::{Room, Routes};

/// The schema of this room.
pub const MIGRATIONS: &[Migration] = &[Migration { name: "search/0001_search", text: include_str!("../migrations/0001_search.sql") }];

/// The room, for the roof. It needs a [`Search`] among the states of `App`.
pub fn room() -> Room {
    Room { name: "search", migrations: MIGRATIONS, domains: &[], nav: pages::nav(), panels: pages::PANELS, routes, authenticate: None }
}

fn routes() -> Routes {
    pages::routes().merge(api::routes())
}
