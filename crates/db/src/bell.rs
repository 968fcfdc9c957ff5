//! The bell: after a commit a node rings, and whoever reads the journal looks at once.
//! A lost ring costs at most a second, because readers also look by themselves.

use std::time::Duration;
use tokio::{sync::watch, time::Instant};

/// How long a reader waits for a ring before it looks by itself.
const LOOK_ANYWAY: Duration = Duration::from_secs(1);
/// A reader looks once for all that is written within this time. A lone ring it hears at once.
const GATHER: Duration = Duration::from_millis(10);

/// Rings all who wait on any copy of it.
#[derive(Clone)]
pub struct Bell {
    /// Every ring, ours and other nodes'.
    rings: watch::Sender<u64>,
    /// Rings when work was enqueued here.
    work: watch::Sender<u64>,
    /// Rings of this node only: what other nodes must be told.
    own: watch::Sender<u64>,
}

/// One listener of the bell; remembers which ring it has heard.
pub struct Ear {
    rings: watch::Receiver<u64>,
    /// When it may hear the next ring.
    rested: Instant,
}

impl Ear {
    fn new(bell: &watch::Sender<u64>) -> Self {
        Self { rings: bell.subscribe(), rested: Instant::now() }
    }
}

impl Default for Bell {
    fn default() -> Self {
        Self { rings: watch::channel(0).0, own: watch::channel(0).0, work: watch::channel(0).0 }
    }
}

impl Bell {
    /// Something was committed here.
    pub fn ring(&self) {
        self.own.send_modify(|count| *count = count.wrapping_add(1));
        self.ring_from_afar();
    }

    /// Work was enqueued here; other nodes find it within a second.
    pub(crate) fn ring_work(&self) {
        self.work.send_modify(|count| *count = count.wrapping_add(1));
    }

    /// A listener that hears when work was enqueued.
    pub fn listen_work(&self) -> Ear {
        Ear::new(&self.work)
    }

    /// Something was committed on another node.
    pub(crate) fn ring_from_afar(&self) {
        self.rings.send_modify(|count| *count = count.wrapping_add(1));
    }

    /// How often it has rung.
    pub(crate) fn rings(&self) -> u64 {
        *self.rings.borrow()
    }

    /// A listener of this node's own rings.
    pub(crate) fn listen_own(&self) -> Ear {
        Ear::new(&self.own)
    }

    /// A listener that hears every ring from now on.
    pub fn listen(&self) -> Ear {
        Ear::new(&self.rings)
    }
}

impl Ear {
    /// Waits for a ring, at most a second.
    pub async fn wait(&mut self) {
        tokio::time::sleep_until(self.rested).await;
        let _ = tokio::time::timeout(LOOK_ANYWAY, self.rings.changed()).await;
        self.rested = Instant::now() + GATHER;
    }

    /// Waits for a ring, however long it takes; false when the bell is gone.
    pub async fn rung(&mut self) -> bool {
        self.rings.changed().await.is_ok()
    }
}
