//! Rules: when something happens or time passes, ask, then act. An engine: it knows rooms by their offers alone
//! (`kernel::Offer`), reads the journal from a position of its own, and acts by the rooms' own verbs.
//!
//! Nouns: [`Rule`], [`Trace`], [`Waiting`]. What a rule says is a [`Definition`]; [`evaluate()`] asks it.

mod api;
mod assign;
mod catalog;
mod clock;
mod definition;
mod dry_run;
mod evaluate;
mod fire;
mod loaded;
mod op;
mod openapi;
mod pages;
mod plan;
pub mod policy;
mod reading;
mod rule;
mod runner;
mod told;
mod trace;

pub use assign::{Mode, TeamDefault, Waiting};
pub use catalog::{Book, Catalog};
pub use definition::{Definition, Leaf, MOST, Step, Test};
pub use dry_run::{DryRun, dry_run};
pub use evaluate::{Miss, Moment, Turn, evaluate, folded};
pub use loaded::Loaded;
pub use op::{Needs, Op};
pub use openapi::openapi;
pub use rule::{Rule, RuleId, Wish};
pub use runner::{begin, follow};
pub use trace::{Line, Outcome, Trace, sweep};

use db::Migration;
use futures::FutureExt as _;
use std::{sync::Arc, time::Duration};
use web::{App, Room, Routes};

/// The schema of this room.
pub const MIGRATIONS: &[Migration] = &[Migration { name: "automation/0001_automation", text: include_str!("../migrations/0001_automation.sql") }];

/// The room, for the roof.
pub fn room() -> Room {
    Room { name: "automation", migrations: MIGRATIONS, domains: &[], nav: pages::nav(), panels: &[], routes, authenticate: None }
}

fn routes() -> Routes {
    pages::routes().merge(api::routes())
}

/// The kind of thing that rules are about; there is one so far.
pub(crate) const KIND: &str = "ticket";

/// Tells the worker that rules of time look each minute.
pub fn register(worker: &mut jobs::Worker, app: &App) {
    let app = app.clone();
    worker.every(
        Duration::from_mins(1),
        Arc::new(move |_| {
            let app = app.clone();
            async move { pass(&app).await }.boxed()
        }),
    );
}

/// One look of all rules of time; the clockwork calls it, and tests.
pub async fn pass(app: &App) -> kernel::Result<()> {
    clock::pass(app).await
}
