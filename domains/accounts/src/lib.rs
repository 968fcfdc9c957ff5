//! People, organizations and teams; how they sign in; what proves who they are.
//!
//! Nouns: [`Person`], [`Team`], [`Organization`], [`Session`], [`Token`], [`Link`]. Rights are in `policy`.

mod access;
mod api;
mod authenticate;
mod availability;
mod letters;
mod link;
pub mod mail;
mod organization;
mod pages;
mod password;
mod person;
pub mod policy;
mod searched;
pub mod secret;
mod session;
mod team;
mod token;

pub use access::Place;
pub use api::{Problem, openapi};
pub use authenticate::{authenticate, on_behalf_of};
pub use availability::{Availability, CAPACITY};
pub use link::{Link, Purpose};
pub use organization::Organization;
pub use pages::{admin, again, browser};
pub use password::Password;
pub use person::{NewPerson, Person, Search};
pub use searched::{ORGANIZATIONS, PEOPLE};
pub use session::Session;
pub use team::Team;
pub use token::Token;

use db::Migration;
use kernel::Domain;
use web::{Room, Routes};

/// The schema of this room.
pub const MIGRATIONS: &[Migration] = &[
    Migration { name: "accounts/0001_accounts", text: include_str!("../migrations/0001_accounts.sql") },
    Migration { name: "accounts/0002_bytewise", text: include_str!("../migrations/0002_bytewise.sql") },
    Migration { name: "accounts/0003_access", text: include_str!("../migrations/0003_access.sql") },
    Migration { name: "accounts/0004_availability", text: include_str!("../migrations/0004_availability.sql") },
    Migration { name: "accounts/0005_names", text: include_str!("../migrations/0005_names.sql") },
];

const DOMAINS: &[Domain] = &[Domain { kind: "profile", may_see: policy::may_see_person, staff_list: None, offer: None }];

/// The room, for the roof.
pub fn room() -> Room {
    Room { name: "accounts", migrations: MIGRATIONS, domains: DOMAINS, nav: pages::nav(), panels: &[], routes, authenticate: Some(authenticate) }
}

fn routes() -> Routes {
    pages::routes().merge(api::routes())
}

/// Removes sessions and links that ran out; called by the clockwork.
pub async fn sweep(db: &db::Db) -> kernel::Result<()> {
    let mut tx = db.write().await?;
    session::sweep(&mut tx).await?;
    link::sweep(&mut tx).await?;
    Ok(tx.commit().await?)
}
