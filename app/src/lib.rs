//! The roof: which rooms there are, how the program is configured and started. No rule of the business lives here.

pub mod commands;
pub mod config;
mod error;
mod ready;
mod reference;
mod start;

/// Rows of SQLite are allocated by its thread and freed by ours: glibc's heap locks for each (decision 23).
#[global_allocator]
static HEAP: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

pub use config::{Config, MailConfig};
pub use error::Error;
pub use start::{COUNTED, Opened, Running, open, own_routes, rooms, routes, runtime, start};
