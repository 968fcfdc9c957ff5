//! The arithmetic of service levels without a database: cases worked by hand, and a simulation as witness.
#![expect(clippy::unwrap_used, reason = "a test that can't go on should stop")]

mod calendars;
mod ical;
mod journal;
mod metrics;
mod simulation;
