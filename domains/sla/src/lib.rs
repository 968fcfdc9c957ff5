//! Service levels: calendars, policies, and the clocks of tickets. Every figure is computed from the journal by one
//! pure function; what is kept of it is for lists and for the watcher.
//!
//! Nouns: [`SavedCalendar`], [`Policy`], [`Clock`]. Settings are for admins; a ticket's clocks are for the staff that
//! may see the ticket, by the gate of the room `tickets`.

mod announce;
mod api;
mod backfill;
mod calendar;
mod calendars;
mod clock;
mod counting;
mod follow;
mod hours;
pub mod ical;
mod keep;
mod marks;
mod metric;
mod offer;
mod pages;
mod policies;
mod rules;
mod telling;
mod ticket_clocks;
mod trial;
mod words;

pub use api::openapi;
pub use backfill::plan as backfill_plan;
pub use calendar::{Calendar, DAYS, Holiday, Interval, MOST_HOLIDAYS, intervals, intervals_words};
pub use calendars::SavedCalendar;
pub use clock::{Clock, Stretch, Term, Why, clocks};
pub use counting::PROMISING;
pub use follow::{catch_up, follow, next_due, prepare, sweep};
pub use hours::{Hours, Office, Span};
pub use marks::{Mark, What, marks};
pub use metric::{Metric, State};
pub use policies::{NewPolicy, Policy, Version};
pub use rules::{Conditions, Ready, Rules, Traits, WARN_PERCENT, rank};
pub use telling::TELLING;
pub use trial::{Attained, Trial, trial};
pub use words::{Piece, length, pieces, sentence};

use db::Migration;
use kernel::{Domain, Offers};
use web::{Room, Routes};

/// The schema of this room.
pub const MIGRATIONS: &[Migration] = &[
    Migration { name: "sla/0001_sla", text: include_str!("../migrations/0001_sla.sql") },
    Migration { name: "sla/0002_removed", text: include_str!("../migrations/0002_removed.sql") },
    Migration { name: "sla/0003_backfills", text: include_str!("../migrations/0003_backfills.sql") },
];

/// Lists are rung for it; it is no thing that anybody looks at. Rules may ask for the deadlines of tickets.
const DOMAINS: &[Domain] = &[
    Domain {
        kind: keep::DEADLINES,
        may_see: |_, _, _| Box::pin(std::future::ready(Ok(false))),
        staff_list: Some("desk"),
        offer: Some(Offers::About(&offer::ADDITION)),
    },
    Domain { kind: backfill::KIND, may_see: backfill::may_see, staff_list: None, offer: None },
];

/// The room, for the roof.
pub fn room() -> Room {
    Room { name: "sla", migrations: MIGRATIONS, domains: DOMAINS, nav: pages::nav(), panels: pages::PANELS, routes, authenticate: None }
}

/// Tells the worker what this room's job does.
pub fn register(worker: &mut jobs::Worker, db: &db::Db) {
    backfill::BACKFILL.register(worker, db);
}

fn routes() -> Routes {
    pages::routes().merge(api::routes())
}
