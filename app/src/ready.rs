//! Whether this node can serve: its database, its queue and its file store answer. The search index is told of.

use kernel::Fault;
use std::time::Duration;
use web::{Answer, Routes, Visit};

/// The store may take this long; one that hangs must not hang the load balancer's question.
const PATIENCE: Duration = Duration::from_secs(1);

pub(crate) fn routes() -> Routes {
    Routes::new().get("/readyz", ready)
}

/// `GET /readyz`. Anyone; 503 when something does not answer.
async fn ready(visit: Visit) -> Answer {
    let waiting = jobs::count(&mut visit.app.db.read().await.map_err(|_| Fault::Busy)?, "queued").await.map_err(|_| Fault::Busy)?;
    let store = files::Store::of(&visit.app)?;
    match tokio::time::timeout(PATIENCE, store.answers()).await {
        Ok(Ok(())) => web::json(&serde_json::json!({ "status": "ready", "database": "ok", "store": "ok", "search": searched(&visit), "queuedJobs": waiting })),
        Ok(Err(fault)) => {
            tracing::warn!(%fault, "the file store does not answer");
            Err(Fault::Busy.into())
        }
        Err(_) => {
            tracing::warn!("the file store takes too long to answer");
            Err(Fault::Busy.into())
        }
    }
}

/// How the search index is; without it this node serves all the same.
fn searched(visit: &Visit) -> &'static str {
    match search::Search::of(&visit.app).map(|search| search.health()) {
        Ok(search::Health::Well) => "ok",
        Ok(search::Health::Building) => "building",
        Ok(search::Health::Stuck(_)) | Err(_) => "failing",
    }
}
