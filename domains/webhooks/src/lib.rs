//! Webhooks: what happens here, told to other programs. An engine: it reads the journal from a position of its own, asks
//! the rooms by their offers what an event says (`kernel::Offer::tell`), and sends by the guarded client (`fetch`).
//!
//! Nouns: [`Webhook`], [`Delivery`]. The reader makes deliveries of events, the sender tries them for 24 hours.

mod api;
mod catalog;
mod delivery;
mod format;
mod openapi;
mod outcome;
mod pages;
mod payload;
pub mod policy;
mod reader;
mod secret;
mod sender;
mod trial;
mod webhook;
mod wish;

pub use delivery::{Delivery, DeliveryId, Filter, State, sweep};
pub use openapi::openapi;
pub use reader::{begin, follow};
pub use secret::{secret_place, sign};
pub use sender::send;
pub use webhook::{Format, Webhook, WebhookId};
pub use wish::{Checks, Wish};

use db::Migration;
use web::{Room, Routes};

/// The schema of this room.
pub const MIGRATIONS: &[Migration] = &[Migration { name: "webhooks/0001_webhooks", text: include_str!("../migrations/0001_webhooks.sql") }];

/// The room, for the roof.
pub fn room() -> Room {
    Room { name: "webhooks", migrations: MIGRATIONS, domains: &[], nav: pages::nav(), panels: &[], routes, authenticate: None }
}

fn routes() -> Routes {
    pages::routes().merge(api::routes())
}
