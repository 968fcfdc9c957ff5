//! Macros, canned replies, and changes of many tickets at once. Nouns: [`Macro`], [`Changes`], [`Bulk`]. All that is done
//! to a ticket here is done by the verbs of `tickets`.

mod api;
mod api_bulk;
mod apply;
pub mod bulk;
pub mod changes;
mod form;
mod macros;
mod openapi;
mod pages;
mod pages_bulk;
mod pages_merge;
pub mod policy;
mod take_back;
mod work;

pub use bulk::Bulk;
pub use changes::Changes;
pub use macros::{Audience, Macro, NewMacro, Search};
pub use openapi::openapi;

use db::Migration;
use kernel::Domain;
use web::{Room, Routes};

/// The schema of this room.
pub const MIGRATIONS: &[Migration] = &[Migration { name: "macros/0001_macros", text: include_str!("../migrations/0001_macros.sql") }];

const DOMAINS: &[Domain] = &[Domain { kind: "bulk", may_see: bulk::may_see, staff_list: None, offer: None }];

/// The room, for the roof.
pub fn room() -> Room {
    Room { name: "macros", migrations: MIGRATIONS, domains: DOMAINS, nav: pages::nav(), panels: pages::PANELS, routes, authenticate: None }
}

fn routes() -> Routes {
    pages::routes().merge(pages_bulk::routes()).merge(api::routes()).merge(api_bulk::routes())
}

/// Tells the worker what this room's jobs do.
pub fn register(worker: &mut jobs::Worker, db: &db::Db) {
    work::BULK.register(worker, db);
}
