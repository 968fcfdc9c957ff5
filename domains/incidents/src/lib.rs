//! Incidents: a ticket of which others are children, and updates that go to all of them, each as a reply in its own
//! thread. For staff; customers see a reply. Nouns: [`Incident`], [`Update`]. Rights are in `policy`; children are links
//! of the room `tickets`, and all that is said is said by its verbs.

mod api;
mod incident;
mod pages;
pub mod policy;
mod reach;
mod update;
mod work;

pub use api::openapi;
pub use incident::Incident;
pub use update::{Item, Outcome, State, Update};

use db::Migration;
use kernel::Domain;
use ui::{Panel, PanelPlace};
use web::{Room, Routes};

/// The schema of this room.
pub const MIGRATIONS: &[Migration] = &[Migration { name: "incidents/0001_incidents", text: include_str!("../migrations/0001_incidents.sql") }];

const DOMAINS: &[Domain] = &[Domain { kind: update::KIND, may_see: policy::may_see, staff_list: None, offer: None }];

const PANELS: &[Panel] = &[
    Panel { place: PanelPlace::Ticket, name: "incident", label: "Incident", path: "/desk/tickets/{id}/incident" },
    Panel { place: PanelPlace::RequestForm, name: "known-incidents", label: "What we know of already", path: "/requests/incidents" },
];

/// The room, for the roof.
pub fn room() -> Room {
    Room { name: "incidents", migrations: MIGRATIONS, domains: DOMAINS, nav: Vec::new(), panels: PANELS, routes, authenticate: None }
}

fn routes() -> Routes {
    pages::routes().merge(api::routes())
}

/// Tells the worker what this room's job does.
pub fn register(worker: &mut jobs::Worker, db: &db::Db) {
    work::UPDATE.register(worker, db);
}
