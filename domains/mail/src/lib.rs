//! Mail: mailboxes, intake and fate, threading. Each mail is kept as it came before anything in it is read; then it has one
//! fate, with a reason, once. Nouns: [`Mailbox`], [`Arrival`]. Rights are in `policy`; what a mail says to a ticket is said by
//! the verbs of the room `tickets`.

mod api;
mod arrival;
mod authentic;
mod bounce;
mod brake;
mod command;
mod content;
mod dkim;
mod fetch;
mod intake;
mod judge;
mod listen;
mod mailbox;
mod openapi;
mod pages;
pub mod policy;
mod send;
mod send_follow;
mod send_held;
mod send_letter;
mod send_line;
mod send_route;
mod send_try;
mod send_words;
mod send_work;
mod sender;
mod telling;
mod template;
mod thread;
mod token;
mod verdict;
mod ways;
mod words;
mod work;

pub use arrival::{Arrival, ArrivalId, MOST, Origin, Search};
pub use authentic::Authentic;
pub use fetch::follow as fetch;
pub(crate) use intake::Intake;
pub use listen::{Protocol, listen};
pub use mailbox::{Mailbox, MailboxId, Wish};
pub use openapi::openapi;
pub use send::{Sending, SendingId, TRIED_FOR};
pub use send_route::{Route, RouteWish, Security};
pub use telling::TELLING;
pub use token::{Tokens, number_in, subject_mark};
pub use verdict::{Verdict, of_headers};
pub use ways::Ways;
pub use words::{Fate, Rule, SendKind, SendState, Trust, Via};
pub use work::follow;

use db::Migration;
use kernel::{Domain, Result};
use tokio::sync::watch;
use web::{App, Room, Routes};

/// The schema of this room.
pub const MIGRATIONS: &[Migration] = &[
    Migration { name: "mail/0001_mail", text: include_str!("../migrations/0001_mail.sql") },
    Migration { name: "mail/0002_sending", text: include_str!("../migrations/0002_sending.sql") },
    Migration { name: "mail/0003_fetching", text: include_str!("../migrations/0003_fetching.sql") },
    Migration { name: "mail/0004_letters", text: include_str!("../migrations/0004_letters.sql") },
];

const DOMAINS: &[Domain] = &[Domain { kind: "mail", may_see: policy::may_see, staff_list: Some("mail"), offer: None }];

/// The room, for the roof.
pub fn room() -> Room {
    Room { name: "mail", migrations: MIGRATIONS, domains: DOMAINS, nav: pages::nav(), panels: pages::PANELS, routes, authenticate: None }
}

fn routes() -> Routes {
    pages::routes().merge(api::routes()).merge(fetch::pages::routes())
}

/// Queues and sends mails until `stop` says so.
pub async fn send(app: App, stop: watch::Receiver<bool>) {
    tokio::join!(send_follow::follow(app.clone(), stop.clone()), send_work::work(app, stop));
}

/// Takes a mail: keeps it, then decides its fate. When this answers, it is safe, whatever its fate; every way in ends here.
pub async fn take(app: &App, origin: &Origin, raw: bytes::Bytes) -> Result<Arrival> {
    let intake = Intake::of(app)?;
    let id = Arrival::keep(&intake.db, &intake.store, origin, raw).await?;
    intake.decide(id).await
}

/// Somebody else changed it since it was read.
fn stale(what: &str) -> kernel::Fault {
    kernel::Fault::Conflict { kind: "stale-version", detail: format!("Somebody else changed {what} meanwhile. Open it again to see theirs.") }
}
