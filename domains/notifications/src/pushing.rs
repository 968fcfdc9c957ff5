//! Sends what is due to browsers (Web Push). Whoever takes a piece has it for a while, and tries it once outside of a transaction; a
//! node that died is succeeded then. A piece that comes twice takes the place of itself in the browser.

use crate::{
    browser::{Browser, BrowserId, Way},
    bundle::{Bundle, Due, due},
    catalog::{Sources, sources},
    channel::Channel,
    delivery::{self, DeliveryId, End},
    push::{Note, Verdict, judge, words},
    vapid::Vapid,
};
use db::{Query, Timestamp, Tx};
use fetch::Client;
use kernel::Result;
use std::{sync::Arc, time::Duration};
use tokio::{sync::watch, task::JoinSet};
use uuid::Uuid;
use web::App;

/// Pieces that one node works on at once.
const AT_ONCE: usize = 16;
/// A piece is in hand for so long: longer than a try can take.
const LEASE: Duration = Duration::from_secs(30);
/// The lock under which nodes take pieces.
const LOCK: i64 = 0x6e6f_7075;

/// A piece that this node has in hand.
struct Hand {
    ids: Vec<DeliveryId>,
    browser: BrowserId,
    way: Way,
    note: Note,
    tries: i64,
    lease: Timestamp,
}

/// Sends until `stop` says so; tries under way are finished.
pub async fn send_push(app: App, mut stop: watch::Receiver<bool>) {
    let (Some(client), Ok(vapid)) = (app.state::<Client>(), Vapid::of(&app.secret).map(Arc::new)) else {
        tracing::error!("no client for outgoing HTTP, or no key: nothing is pushed");
        return;
    };
    let (mut ear, mut at_work) = (app.db.bell().listen_work(), JoinSet::new());
    while !*stop.borrow() {
        match take(&app, AT_ONCE - at_work.len()).await {
            Ok((hands, is_more)) => {
                for hand in hands {
                    at_work.spawn(one(app.clone(), Arc::clone(&client), Arc::clone(&vapid), hand));
                }
                if is_more && at_work.len() < AT_ONCE {
                    continue;
                }
            }
            Err(error) => {
                tracing::error!(%error, "what is due for browsers can't be taken and will be tried again");
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

/// Takes what is due, at most `room` pieces; true when there may be more.
async fn take(app: &App, room: usize) -> Result<(Vec<Hand>, bool)> {
    let now = app.db.clock().now();
    if room == 0 || app.db.read().await?.all::<Due>(due(Channel::Push, now, 1)).await?.is_empty() {
        return Ok((Vec::new(), false));
    }
    let sources = sources(app)?;
    let mut tx = app.db.write().await?;
    tx.lock(LOCK).await?;
    let now = tx.now();
    let found: Vec<Due> = tx.all(due(Channel::Push, now, i64::try_from(room).unwrap_or(1))).await?;
    let (mut done, mut hands): (Vec<(BrowserId, Uuid)>, Vec<Hand>) = (Vec::new(), Vec::new());
    for one in &found {
        let Some(browser) = one.browser.filter(|browser| !done.contains(&(*browser, one.subject))) else { continue };
        done.push((browser, one.subject));
        if let Some(bundle) = Bundle::take(&mut tx, &sources, one).await? {
            hands.extend(lend(&mut tx, &sources, browser, bundle).await?);
        }
    }
    tx.commit().await?;
    Ok((hands, !found.is_empty()))
}

async fn lend(tx: &mut Tx, sources: &Sources, browser: BrowserId, Bundle { shown, ids, .. }: Bundle) -> Result<Option<Hand>> {
    let (Some(way), Some(note)) = (Browser::way(tx, browser).await?, Note::of(sources, &shown)) else {
        delivery::end(tx, &ids, End::Skipped("The browser is not told any more.")).await?;
        return Ok(None);
    };
    let lease = tx.now().plus(LEASE);
    let mut query = Query::with("UPDATE notice_deliveries SET tries = tries + 1, locked_until = ", Vec::new());
    query.bind(lease).push(" WHERE id IN ").list(ids.iter().copied());
    tx.run(query).await?;
    let mut query = Query::with("SELECT MAX(tries) FROM notice_deliveries WHERE id IN ", Vec::new());
    query.list(ids.iter().copied());
    let tries: Option<i64> = tx.one(query).await?;
    Ok(Some(Hand { ids, browser, way, note, tries: tries.unwrap_or(1), lease }))
}

async fn one(app: App, client: Arc<Client>, vapid: Arc<Vapid>, hand: Hand) {
    if let Err(error) = attempt(&app, &client, &vapid, &hand).await {
        tracing::warn!(%error, browser = %hand.browser, "what came of a message to a browser can't be written down; it is tried again");
    }
}

/// Tries it once and writes down what came of it.
async fn attempt(app: &App, client: &Client, vapid: &Vapid, hand: &Hand) -> Result<()> {
    let request = hand.note.request(&hand.way, vapid, &app.config.public_url, app.db.clock().now())?;
    let result = client.send(request).await;
    let mut tx = app.db.write().await?;
    let mut query = Query::with("UPDATE notice_deliveries SET answer = ", Vec::new());
    query.bind(words(&result)).push(" WHERE locked_until = ").bind(hand.lease).push(" AND id IN ").list(hand.ids.iter().copied());
    if tx.run(query).await? == 0 {
        // too slow: another node has it by now
        return Ok(());
    }
    match judge(&result, hand.tries, tx.now()) {
        Verdict::Taken => delivery::end(&mut tx, &hand.ids, End::Pushed).await?,
        Verdict::Again(at) => delivery::put_off(&mut tx, &hand.ids, at).await?,
        Verdict::Failed => delivery::end(&mut tx, &hand.ids, End::Failed("The push service does not take it.")).await?,
        Verdict::Gone => {
            Browser::forget(&mut tx, hand.browser).await?;
            delivery::end(&mut tx, &hand.ids, End::Failed("The browser is gone, and was removed.")).await?;
        }
    }
    Ok(tx.commit().await?)
}
