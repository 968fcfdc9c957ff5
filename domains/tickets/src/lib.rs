//! Tickets: requests for help, the desk that answers them and the customer's side of it.
//!
//! Nouns: [`Ticket`], [`Message`]. Rights are in `policy`; what happened is in the journal, in words in `history`.

mod api;
pub mod batch;
mod body;
mod change;
pub mod column;
mod counting;
mod custom_status;
pub mod deadline;
pub mod draft;
mod duplicate;
mod export;
pub mod field;
mod field_value;
mod history;
mod json;
mod lanes;
pub mod later;
mod link;
pub mod list;
mod listener;
pub mod matches;
mod merge;
pub mod message;
mod narrow;
mod offer;
mod openapi;
mod pages;
pub mod policy;
mod recipients;
mod row;
pub mod saved;
mod searched;
mod seen;
mod snooze;
mod spam;
mod split;
mod suggestion;
pub mod tag;
mod telling;
mod ticket;
pub mod variables;
mod views;
mod words;
mod work;

pub use body::Body;
pub use change::Change;
pub use counting::COUNTING;
pub use custom_status::{CustomStatus, NAME as STATUS_NAME, Named, Picked};
pub use deadline::{Deadline, Standing};
pub use field::Field;
pub use lanes::seen_by_parts;
pub use link::{Linked, Relation};
pub use listener::{Listener, follow, invite};
pub use merge::{Merge, merged_in};
pub use message::{Message, NewMessage};
pub use openapi::openapi;
pub use searched::SEARCHABLE;
pub use snooze::wake_in_time;
pub use suggestion::likeness;
pub use tag::clean as clean_tag;
pub use telling::TELLING;
pub use ticket::{NewTicket, Ticket, TicketId};
pub use words::{Category, Channel, Part, Priority, Status};
pub use work::{register, sweep};

use db::Migration;
use kernel::{Domain, Offers};
use web::{Room, Routes};

/// The schema of this room.
pub const MIGRATIONS: &[Migration] = &[
    Migration { name: "tickets/0001_tickets", text: include_str!("../migrations/0001_tickets.sql") },
    Migration { name: "tickets/0002_deadlines", text: include_str!("../migrations/0002_deadlines.sql") },
    Migration { name: "tickets/0003_views", text: include_str!("../migrations/0003_views.sql") },
    Migration { name: "tickets/0005_fields", text: include_str!("../migrations/0005_fields.sql") },
    Migration { name: "tickets/0006_later", text: include_str!("../migrations/0006_later.sql") },
    Migration { name: "tickets/0017_suggestions", text: include_str!("../migrations/0017_suggestions.sql") },
    Migration { name: "tickets/0020_draft_files", text: include_str!("../migrations/0020_draft_files.sql") },
    Migration { name: "tickets/0021_links", text: include_str!("../migrations/0021_links.sql") },
    Migration { name: "tickets/0022_offer", text: include_str!("../migrations/0022_offer.sql") },
    Migration { name: "tickets/0023_statuses", text: include_str!("../migrations/0023_statuses.sql") },
    Migration { name: "tickets/0024_merged_status", text: include_str!("../migrations/0024_merged_status.sql") },
    Migration { name: "tickets/0025_facets", text: include_str!("../migrations/0025_facets.sql") },
    Migration { name: "tickets/0026_later_status", text: include_str!("../migrations/0026_later_status.sql") },
    Migration { name: "tickets/0030_article", text: include_str!("../migrations/0030_article.sql") },
    Migration { name: "tickets/0031_counted", text: include_str!("../migrations/0031_counted.sql") },
    Migration { name: "tickets/0032_requesters", text: include_str!("../migrations/0032_requesters.sql") },
    Migration { name: "tickets/0033_priorities", text: include_str!("../migrations/0033_priorities.sql") },
];

const DOMAINS: &[Domain] = &[
    Domain { kind: "ticket", may_see: policy::may_see_ticket, staff_list: Some("desk"), offer: Some(Offers::Own(&offer::OFFER)) },
    Domain { kind: saved::VIEW, may_see: saved::may_see, staff_list: Some("desk"), offer: None },
    Domain { kind: message::MESSAGE, may_see: policy::may_see_message, staff_list: None, offer: None },
];

/// The statements behind what stands beside an open ticket, bare; a test looks at their plans.
pub fn beside(actor: &kernel::Actor, ticket: &Ticket, now: db::Timestamp) -> [db::Query; 3] {
    [Linked::statement(actor, ticket.id), duplicate::of_requester(actor, ticket, now), duplicate::newest(actor)]
}

/// The room, for the roof.
pub fn room() -> Room {
    Room { name: "tickets", migrations: MIGRATIONS, domains: DOMAINS, nav: pages::nav(), panels: pages::PANELS, routes, authenticate: None }
}

fn routes() -> Routes {
    pages::routes().merge(api::routes()).merge(export::routes())
}
