//! Creates a second with 32 clients at once, each answered only after the COMMIT is on disk.

use crate::{Outcome, client::Client};
use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

/// The body of a create.
pub(crate) const CREATE: &str = r#"{"title":"Evaluation run stuck","description":"It hangs since this morning.","priority":"HIGH","category":"BUG"}"#;

/// Acknowledged creates a second.
pub(crate) async fn rate(address: &str, token: &str, writers: usize, seconds: u64) -> Outcome<f64> {
    let done = Arc::new(AtomicU32::new(0));
    let (began, mut tasks) = (Instant::now(), Vec::new());
    for _ in 0..writers {
        let mut client = Client::new(address, token).await?;
        let done = Arc::clone(&done);
        tasks.push(tokio::spawn(async move {
            while began.elapsed() < Duration::from_secs(seconds) {
                if let Ok((201, _)) = client.post("/api/support/tickets", CREATE).await {
                    done.fetch_add(1, Ordering::Relaxed);
                }
            }
        }));
    }
    for task in tasks {
        task.await?;
    }
    Ok(f64::from(done.load(Ordering::Relaxed)) / began.elapsed().as_secs_f64())
}
