//! The house at its doors, on both engines: one binary, so that it links once.
#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that can't go on should stop")]

#[macro_use]
mod world;
mod client;
mod postgres;

mod after;
mod bad_input;
mod fuzz;
mod guest;
mod hostile;
mod house;
mod journal;
mod killed;
mod lists;
mod live;
mod notes;
mod policy;
mod races;
mod saved;
mod sql;
mod views;
mod walk;
mod walk_table;
