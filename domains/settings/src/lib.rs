//! What an admin changes at run time: brand, texts, limits. Every node follows within a moment.

mod colour;
mod follow;
mod logo;
mod pages;
mod site;

pub use colour::Colour;
pub use follow::{Live, follow, load_into, now};
pub use logo::Logo;
pub use site::{ClosedReply, Settings, current};

use db::Migration;
use web::Room;

/// The schema of this room.
pub const MIGRATIONS: &[Migration] = &[Migration { name: "settings/0001_settings", text: include_str!("../migrations/0001_settings.sql") }];

/// The room, for the roof.
pub fn room() -> Room {
    Room { name: "settings", migrations: MIGRATIONS, domains: &[], nav: pages::nav(), panels: &[], routes: pages::routes, authenticate: None }
}
