//! The room at its doors: HTTP as clients speak it, and the verbs that other rooms call.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that can't go on should stop")]

mod bucket;
mod killed;
mod pictures;
mod serving;
mod uploads;
mod world;
