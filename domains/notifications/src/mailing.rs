//! Mail: what is due for a person goes out in one transaction with the note that it did, so never twice.

use crate::{
    bundle::{Bundle, Due, due},
    catalog::sources,
    channel::Channel,
    delivery::{self, End},
    letter,
};
use kernel::{PersonId, Result};
use std::time::Duration;
use tokio::sync::watch;
use uuid::Uuid;
use web::App;

/// Bundles of one transaction.
const LOT: i64 = 20;
/// The lock that nodes share.
const LOCK: &str = "notices by mail";

/// Sends until `stop` says so.
pub async fn send_mail(app: App, mut stop: watch::Receiver<bool>) {
    let mut ear = app.db.bell().listen_work();
    while !*stop.borrow() {
        match turn(&app).await {
            Ok(true) => {}
            Ok(false) => {
                tokio::select! { () = ear.wait() => {} _ = stop.changed() => {} }
            }
            Err(error) => {
                tracing::error!(%error, "mail of notices can't be sent and will be tried again");
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        }
    }
}

/// One look; true when there may be more.
async fn turn(app: &App) -> Result<bool> {
    let now = app.db.clock().now();
    if app.db.read().await?.all::<Due>(due(Channel::Mail, now, LOT)).await?.is_empty() {
        return Ok(false);
    }
    let sources = sources(app)?;
    let mut tx = app.db.write().await?;
    tx.lock(LOCK).await?;
    let now = tx.now();
    let found: Vec<Due> = tx.all(due(Channel::Mail, now, LOT)).await?;
    let mut done: Vec<(PersonId, Uuid)> = Vec::new();
    for one in &found {
        if done.contains(&(one.person, one.subject)) {
            continue;
        }
        done.push((one.person, one.subject));
        if let Some(Bundle { actor, shown, ids, is_digest }) = Bundle::take(&mut tx, &sources, one).await? {
            let mail = letter::write(app, &actor, &sources, shown, is_digest)?;
            let mail = accounts::mail::post(&mut tx, &mail).await?;
            delivery::end(&mut tx, &ids, End::Mailed(mail)).await?;
        }
    }
    tx.commit().await?;
    Ok(!found.is_empty())
}
