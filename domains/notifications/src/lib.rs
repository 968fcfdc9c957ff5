//! Notifications: who hears of what, and which way. An engine: it reads the journal from a position of its own and asks
//! the rooms, by what they tell (`kernel::Telling`), whom an event concerns.
//!
//! Nouns: [`Notice`], [`Choices`], [`Browser`], [`Delivery`]. A notice is one event for one person; what may not be seen any more is
//! not shown, because every list asks the room that owns the thing.

mod api;
mod browser;
mod bundle;
mod catalog;
mod channel;
mod choice;
mod delivery;
mod follow;
mod gateway;
mod letter;
mod mailing;
mod make;
mod notice;
mod openapi;
mod pages;
mod phone;
pub mod policy;
mod push;
mod quiet;
mod sending;
mod stopping;
mod vapid;

pub use browser::{Browser, BrowserId};
pub use catalog::Sources;
pub use channel::Channel;
pub use choice::{Choices, Digest, Hours};
pub use delivery::{Delivery, DeliveryId, State};
pub use follow::{begin, follow};
pub use mailing::send_mail;
pub use notice::{Notice, NoticeId, sweep};
pub use openapi::openapi;
pub use sending::send_out;

use db::Migration;
use web::{Room, Routes};

/// The schema of this room.
pub const MIGRATIONS: &[Migration] = &[Migration { name: "notifications/0001_notifications", text: include_str!("../migrations/0001_notifications.sql") }];

/// The room, for the roof.
pub fn room() -> Room {
    Room { name: "notifications", migrations: MIGRATIONS, domains: &[], nav: pages::nav(), panels: pages::PANELS, routes, authenticate: None }
}

fn routes() -> Routes {
    pages::routes().merge(api::routes())
}
