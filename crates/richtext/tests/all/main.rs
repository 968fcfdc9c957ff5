//! The promises of the door, tried from outside.
#![expect(clippy::unwrap_used, reason = "tests")]

mod cost;
mod features;
mod hostile;
mod vectors;
mod witness;
mod words;
