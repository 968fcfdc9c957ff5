//! The one clock of the house. Code reads it through the transaction (`tx.now()`); tests move it.

use crate::Timestamp;
use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::{Duration, SystemTime, UNIX_EPOCH},
};

/// The system's time, which a test may push forward.
#[derive(Clone, Default)]
pub struct Clock {
    ahead_us: Arc<AtomicI64>,
}

impl Clock {
    /// Now.
    #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the system's clock")]
    pub fn now(&self) -> Timestamp {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
        let micros = i64::try_from(since.as_micros()).unwrap_or(i64::MAX);
        Timestamp::from_micros(micros.saturating_add(self.ahead_us.load(Ordering::Relaxed)))
    }

    /// A clock that lives in the past: for filling an installation with a history.
    pub fn behind(by: Duration) -> Self {
        let clock = Self::default();
        clock.ahead_us.store(-i64::try_from(by.as_micros()).unwrap_or(0), Ordering::Relaxed);
        clock
    }

    /// Moves this clock and all its copies forward; for tests.
    pub fn advance(&self, by: Duration) {
        self.ahead_us.fetch_add(i64::try_from(by.as_micros()).unwrap_or(0), Ordering::Relaxed);
    }
}
