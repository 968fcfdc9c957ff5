//! Two engines, one SQL. `Db::read` gives a connection for reading, `Db::write` a transaction;
//! both run the same text on SQLite and on PostgreSQL. The few statements that truly differ live here.

mod bell;
mod clock;
mod conn;
mod error;
mod heard;
mod id;
pub mod journal;
mod migrate;
mod open;
mod pool;
mod query;
mod row;
mod sqlite;
mod tail;
mod timestamp;
mod tx;

pub use bell::Bell;
pub use clock::Clock;
pub use conn::Conn;
pub use error::Error;
pub use heard::heard;
pub use id::Id;
pub use journal::{Event, NewEvent};
pub use migrate::Migration;
pub use open::{CONNECTIONS, Db, Engine, Options};
pub use query::{Query, Statement, Value};
pub use row::{FromRow, Reader, Row, Scalar, Word};
pub use timestamp::Timestamp;
pub use tx::Tx;

#[doc(hidden)]
pub use inventory;

/// What every call of this crate answers.
pub type Result<T> = std::result::Result<T, Error>;
