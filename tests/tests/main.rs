//! The house at its doors, on both engines: one binary, so that it links once.
#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that can't go on should stop")]

#[macro_use]
mod world;
mod client;
mod customer;
mod postgres;

mod a_year;
mod after;
mod assignment;
mod automation;
mod automation_api;
mod automation_killed;
mod automation_respect;
mod backfill;
mod bad_input;
mod bulk;
mod bulk_killed;
mod closed;
mod deadlines;
mod deadlines_admin;
mod export;
mod fields;
mod fuzz;
mod guest;
mod hostile;
mod house;
mod incidents;
mod incidents_killed;
mod journal;
mod killed;
mod lanes;
mod later;
mod links;
mod lists;
mod live;
mod macros;
mod merge;
mod merge_doors;
mod merge_rooms;
mod merge_wait;
mod notes;
mod policy;
mod races;
mod reports;
mod reports_killed;
mod satisfaction;
mod saved;
mod sql;
mod statuses;
mod views;
mod walk;
mod walk_table;
mod worklog;
mod year_life;
mod year_plain;
