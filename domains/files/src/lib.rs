//! Files: resumable uploads (tus 1.0.0), type by content, safe storage, previews, and signed links that ask
//! the owner of the subject before anything is shown.
//!
//! Nouns: [`File`] (a row and its object), [`Store`] (where objects are), uploads (files on their way).
//! A file goes from an upload by [`attach`], or from a form or a mail by [`keep`] and [`adopt`].

mod busy;
mod examine;
mod file;
mod kinds;
mod link;
mod name;
mod parts;
mod picture;
mod serve;
mod store;
mod strip;
mod sweep;
mod tus;
mod upload;

pub use file::{File, Kept, Stored, adopt, attach, drop_of, keep, kept, move_to, of, take_off};
pub use link::{link, preview_link};
pub use serve::answer;
pub use store::{S3, Store};
pub use sweep::{register, sweep};

use db::Migration;
use web::{Room, Routes};

/// The schema of this room.
pub const MIGRATIONS: &[Migration] = &[Migration { name: "files/0001_files", text: include_str!("../migrations/0001_files.sql") }];

/// The room, for the roof. It needs a [`Store`] among the states of `App`.
pub fn room() -> Room {
    Room { name: "files", migrations: MIGRATIONS, domains: &[], nav: Vec::new(), panels: &[], routes, authenticate: None }
}

fn routes() -> Routes {
    tus::routes().merge(serve::routes())
}
