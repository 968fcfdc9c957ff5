//! The roof: which rooms there are, how the program is configured and started. No rule of the business lives here.

pub mod commands;
pub mod config;
mod error;
mod ready;
mod reference;
mod start;

pub use config::Config;
pub use error::Error;
pub use start::{COUNTED, Opened, Running, open, rooms, routes, runtime, start};
