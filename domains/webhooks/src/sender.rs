//! Sends what is due. A node works on some deliveries at once, all nodes together on a few for each receiver: one that is
//! slow holds up nobody else. Whoever takes a delivery has it for a while; a node that died is succeeded then.

use crate::{
    WebhookId,
    delivery::DeliveryId,
    trial::{self, InHand},
};
use db::{Conn, Query, Timestamp, Tx, record, sql};
use fetch::Client;
use kernel::{Fault, Result};
use std::{collections::HashMap, sync::Arc, time::Duration};
use tokio::{sync::watch, task::JoinSet};
use web::App;

/// Deliveries that one node works on at once.
const AT_ONCE: usize = 32;
/// Deliveries to one host and port that all nodes work on at once.
const PER_PLACE: usize = 4;
/// A delivery is in hand for so long: longer than a try can take.
const LEASE: Duration = Duration::from_secs(30);
/// The lock under which nodes take deliveries.
const LOCK: &str = "webhooks out";

/// Sends until `stop` says so; tries under way are finished.
pub async fn send(app: App, mut stop: watch::Receiver<bool>) {
    let Some(client) = app.state::<Client>() else {
        tracing::error!("no client for outgoing HTTP: webhooks are not sent");
        return;
    };
    let (mut ear, mut at_work) = (app.db.bell().listen_work(), JoinSet::new());
    while !*stop.borrow() {
        match take(&app, AT_ONCE - at_work.len()).await {
            Ok(taken) => {
                for hand in taken {
                    at_work.spawn(one(app.clone(), Arc::clone(&client), hand));
                }
            }
            Err(error) => {
                tracing::error!(%error, "webhooks can't take what is due and will try again");
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        }
        tokio::select! {
            () = ear.wait(), if at_work.len() < AT_ONCE => {}
            Some(_) = at_work.join_next() => while at_work.try_join_next().is_some() {},
            _ = stop.changed() => {}
        }
    }
    while at_work.join_next().await.is_some() {}
}

async fn one(app: App, client: Arc<Client>, hand: InHand) {
    if let Err(error) = trial::attempt(&app, &client, hand).await {
        tracing::warn!(%error, delivery = %hand.delivery, "what came of a delivery can't be written down; it is tried again");
    }
}

/// Takes what is due, at most `room`.
async fn take(app: &App, room: usize) -> Result<Vec<InHand>> {
    if room == 0 || due(&mut app.db.read().await?, room).await?.is_empty() {
        return Ok(Vec::new());
    }
    let mut tx = app.db.write().await?;
    tx.lock(LOCK).await?;
    let due = due(&mut tx, room).await?;
    let lease = lend(&mut tx, &due).await?;
    tx.commit().await?;
    Ok(due.into_iter().map(|due| InHand { webhook: due.webhook, delivery: due.id, lease }).collect())
}

async fn lend(tx: &mut Tx, due: &[Due]) -> Result<Timestamp> {
    let lease = tx.now().plus(LEASE);
    let mut query = Query::with("UPDATE webhook_deliveries SET tries = tries + 1, locked_until = ", Vec::new());
    query.bind(lease).push(" WHERE id IN ").list(due.iter().map(|due| due.id));
    tx.run(query).await?;
    Ok(lease)
}

record! {
    /// A webhook for which something is due.
    struct Place {
        webhook: WebhookId,
        place: String,
        is_on: bool,
    }
}

record! {
    /// A delivery that is due.
    struct Due {
        id: DeliveryId,
        webhook: WebhookId,
        next_at: Timestamp,
    }
}

/// What is due, the oldest first: as many for each place as it has room for.
async fn due(conn: &mut Conn, room: usize) -> Result<Vec<Due>> {
    let now = conn.now();
    let places: Vec<Place> = conn
        .all(sql!(
            "SELECT w.id, w.place, w.is_on FROM webhooks w WHERE w.deleted_at IS NULL AND (w.paused_until IS NULL OR w.paused_until <= $1)
               AND EXISTS (SELECT 1 FROM webhook_deliveries d WHERE d.webhook_id = w.id AND d.state = 'WAITING' AND d.next_at <= $1
                           AND (w.is_on = TRUE OR d.is_test = TRUE))",
            now
        ))
        .await?;
    if places.is_empty() {
        return Ok(Vec::new());
    }
    let busy: Vec<(String, i64)> = conn
        .all(sql!("SELECT w.place, COUNT(*) FROM webhook_deliveries d JOIN webhooks w ON w.id = d.webhook_id WHERE d.locked_until > $1 GROUP BY w.place", now))
        .await?;
    let mut busy: HashMap<String, usize> = busy.into_iter().map(|(place, count)| (place, usize::try_from(count).unwrap_or(PER_PLACE))).collect();
    let found: Vec<Due> = conn.all(first_of_each(&places, now)).await?;
    let place_of: HashMap<WebhookId, &str> = places.iter().map(|place| (place.webhook, place.place.as_str())).collect();
    let mut due = Vec::new();
    for one in found {
        let Some(place) = place_of.get(&one.webhook) else { return Err(Fault::Missing) };
        let count = busy.entry((*place).to_owned()).or_default();
        if due.len() < room && *count < PER_PLACE {
            *count += 1;
            due.push(one);
        }
    }
    Ok(due)
}

/// The first few of each webhook, by its own index: a long queue of one does not make the others dear.
fn first_of_each(places: &[Place], now: Timestamp) -> Query {
    let mut query = Query::with("SELECT id, webhook_id, next_at FROM (", Vec::new());
    for (at, place) in places.iter().enumerate() {
        query.push(if at == 0 { "" } else { " UNION ALL " });
        query.push("SELECT id, webhook_id, next_at FROM (SELECT id, webhook_id, next_at FROM webhook_deliveries WHERE webhook_id = ").bind(place.webhook);
        query.push(" AND state = 'WAITING' AND next_at <= ").bind(now).push(" AND (locked_until IS NULL OR locked_until <= ").bind(now).push(")");
        query.push(if place.is_on { "" } else { " AND is_test = TRUE" });
        query.push(" ORDER BY next_at, id").limit(i64::try_from(PER_PLACE).unwrap_or(4)).push(") AS one");
    }
    query.push(") AS due ORDER BY next_at, id");
    query
}
