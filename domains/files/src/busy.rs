//! Who works on which upload: one request at a time. A client that lost its connection asks again before the
//! server noticed; so a question (HEAD) or a removal stops the old request and waits for it.

use kernel::Fault;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::sync::watch;

/// How long a question waits for the request that it stopped: storing a large picture takes some seconds.
const PATIENCE: Duration = Duration::from_secs(20);

/// Uploads that one account or address may send at once: a slow one takes a place among all requests.
const AT_ONCE: usize = 12;

/// Keys at work.
#[derive(Default)]
pub(crate) struct Busy {
    keys: Arc<Mutex<HashMap<String, Work>>>,
}

/// How to stop a request, and for whom it runs; empty when it is a question.
struct Work {
    stop: watch::Sender<bool>,
    who: String,
}

/// The right to work on one upload, until dropped.
pub(crate) struct Hold {
    keys: Arc<Mutex<HashMap<String, Work>>>,
    key: String,
    stop: watch::Receiver<bool>,
}

impl Busy {
    /// Takes the upload; an error when somebody else works on it, or `who` on too many.
    pub(crate) fn hold(&self, key: &str, who: String) -> Result<Hold, Fault> {
        let many = |keys: &HashMap<String, Work>| keys.values().filter(|work| work.who == who).count() >= AT_ONCE;
        if many(&self.keys.lock().unwrap_or_else(PoisonError::into_inner)) {
            return Err(Fault::TooMany(5));
        }
        self.take(key, who).map_err(|_| busy())
    }

    /// Stops who works on the upload, waits for its end, and takes it.
    pub(crate) async fn take_over(&self, key: &str) -> Result<Hold, Fault> {
        let patience = tokio::time::sleep(PATIENCE);
        tokio::pin!(patience);
        loop {
            let other = match self.take(key, String::new()) {
                Ok(hold) => return Ok(hold),
                Err(other) => other,
            };
            let _ = other.send(true);
            tokio::select! {
                () = other.closed() => {}
                () = &mut patience => return Err(busy()),
            }
        }
    }

    fn take(&self, key: &str, who: String) -> Result<Hold, watch::Sender<bool>> {
        let mut keys = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(other) = keys.get(key) {
            return Err(other.stop.clone());
        }
        let (sender, stop) = watch::channel(false);
        keys.insert(key.to_owned(), Work { stop: sender, who });
        Ok(Hold { keys: Arc::clone(&self.keys), key: key.to_owned(), stop })
    }
}

impl Hold {
    /// Answers when somebody wants this upload.
    pub(crate) async fn stopped(&self) {
        let mut stop = self.stop.clone();
        // an error means that the sender is gone, which this hold itself prevents
        let _ = stop.wait_for(|stopped| *stopped).await;
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        self.keys.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.key);
    }
}

fn busy() -> Fault {
    Fault::Conflict { kind: "upload-busy", detail: "Another request is working on this upload. Ask for its offset, then go on.".to_owned() }
}
