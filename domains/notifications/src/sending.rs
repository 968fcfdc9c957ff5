//! Sends what is due to browsers (Web Push) and phones. Whoever takes a piece has it for a while, and tries it once outside of a
//! transaction; a node that died is succeeded then. What comes twice takes the place of itself in a browser; a phone may get it twice.

use crate::{
    browser::{Browser, BrowserId, Way},
    bundle::{Bundle, Due, due},
    catalog::{Sources, sources},
    channel::Channel,
    delivery::{self, DeliveryId, End},
    gateway::{self, Gateway},
    phone::{self, Phone},
    push::{self, Note, Verdict, judge},
    vapid::Vapid,
};
use db::{Query, Timestamp, Tx};
use fetch::{Client, Request};
use kernel::{PersonId, Result};
use seal::Seal;
use std::{sync::Arc, time::Duration};
use tokio::{sync::watch, task::JoinSet};
use uuid::Uuid;
use web::App;

/// Pieces that one node works on at once.
const AT_ONCE: usize = 16;
/// A piece is in hand for so long: longer than a try can take.
const LEASE: Duration = Duration::from_secs(30);
/// Whose phone got enough waits so long.
const BRAKE: Duration = Duration::from_mins(10);
/// The lock under which nodes take pieces.
const LOCK: &str = "notices out";

/// Where a piece goes, and what it says.
enum Errand {
    Push { browser: BrowserId, way: Way, note: Note },
    Text { gateway: Gateway, number: String, note: Note },
}

/// A piece that this node has in hand.
struct Hand {
    ids: Vec<DeliveryId>,
    errand: Errand,
    tries: i64,
    lease: Timestamp,
}

impl Errand {
    fn request(&self, app: &App, vapid: &Vapid) -> Result<Request> {
        let url = &app.config.public_url;
        match self {
            Self::Push { way, note, .. } => note.request(way, vapid, url, app.db.clock().now()),
            Self::Text { gateway, number, note } => gateway.request(&Seal::new(app.secret), number, &note.line(url)),
        }
    }
}

/// Sends until `stop` says so; tries under way are finished.
pub async fn send_out(app: App, mut stop: watch::Receiver<bool>) {
    let (Some(client), Ok(vapid)) = (app.state::<Client>(), Vapid::of(&app.secret).map(Arc::new)) else {
        tracing::error!("no client for outgoing HTTP, or no key: nothing goes out but mail");
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
                tracing::error!(%error, "what is due for browsers and phones can't be taken and will be tried again");
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

/// Takes what is due, at most `room` pieces by each way; true when there may be more.
async fn take(app: &App, room: usize) -> Result<(Vec<Hand>, bool)> {
    let (mut hands, mut is_more) = (Vec::new(), false);
    for channel in [Channel::Push, Channel::Sms] {
        let room = room.saturating_sub(hands.len());
        let now = app.db.clock().now();
        if room == 0 || app.db.read().await?.all::<Due>(due(channel, now, 1)).await?.is_empty() {
            continue;
        }
        is_more = true;
        let sources = sources(app)?;
        let mut tx = app.db.write().await?;
        tx.lock(LOCK).await?;
        let now = tx.now();
        let found: Vec<Due> = tx.all(due(channel, now, i64::try_from(room).unwrap_or(1))).await?;
        let mut done: Vec<(PersonId, Uuid, Option<BrowserId>)> = Vec::new();
        for one in &found {
            if done.contains(&(one.person, one.subject, one.browser)) {
                continue;
            }
            done.push((one.person, one.subject, one.browser));
            if let Some(bundle) = Bundle::take(&mut tx, &sources, one).await? {
                hands.extend(lend(&mut tx, &sources, one, bundle).await?);
            }
        }
        tx.commit().await?;
    }
    Ok((hands, is_more))
}

async fn lend(tx: &mut Tx, sources: &Sources, one: &Due, bundle: Bundle) -> Result<Option<Hand>> {
    let Some(errand) = errand(tx, sources, one, &bundle).await? else {
        let gone =
            if one.channel == Channel::Push { "The browser is not told any more." } else { "There is no confirmed phone, or no text messages are sent." };
        delivery::end(tx, &bundle.ids, End::Skipped(gone)).await?;
        return Ok(None);
    };
    if one.channel == Channel::Sms && phone::has_enough(tx, one.person).await? {
        let later = tx.now().plus(BRAKE);
        delivery::put_off(tx, &bundle.ids, later).await?;
        return Ok(None);
    }
    let (ids, lease) = (bundle.ids, tx.now().plus(LEASE));
    let mut query = Query::with("UPDATE notice_deliveries SET tries = tries + 1, locked_until = ", Vec::new());
    query.bind(lease).push(" WHERE id IN ").list(ids.iter().copied());
    tx.run(query).await?;
    let mut query = Query::with("SELECT MAX(tries) FROM notice_deliveries WHERE id IN ", Vec::new());
    query.list(ids.iter().copied());
    let tries: Option<i64> = tx.one(query).await?;
    Ok(Some(Hand { ids, errand, tries: tries.unwrap_or(1), lease }))
}

/// None when there is nowhere to go any more.
async fn errand(tx: &mut Tx, sources: &Sources, one: &Due, bundle: &Bundle) -> Result<Option<Errand>> {
    let Some(note) = Note::of(sources, &bundle.shown) else { return Ok(None) };
    if let Some(browser) = one.browser {
        return Ok(Browser::way(tx, browser).await?.map(|way| Errand::Push { browser, way, note }));
    }
    let phone = Phone::of(tx, one.person).await?.filter(|phone| phone.confirmed_at.is_some() && bundle.actor.is_staff());
    let gateway = Gateway::at_work(tx).await?;
    Ok(phone.zip(gateway).map(|(phone, gateway)| Errand::Text { gateway, number: phone.number, note }))
}

async fn one(app: App, client: Arc<Client>, vapid: Arc<Vapid>, hand: Hand) {
    if let Err(error) = attempt(&app, &client, &vapid, &hand).await {
        tracing::warn!(%error, "what came of a message to a browser or phone can't be written down; it is tried again");
    }
}

/// Tries it once and writes down what came of it.
async fn attempt(app: &App, client: &Client, vapid: &Vapid, hand: &Hand) -> Result<()> {
    let result = client.send(hand.errand.request(app, vapid)?).await;
    let words = match &hand.errand {
        Errand::Push { .. } => push::words(&result),
        Errand::Text { .. } => gateway::words(&result),
    };
    let mut tx = app.db.write().await?;
    let mut query = Query::with("UPDATE notice_deliveries SET answer = ", Vec::new());
    query.bind(words).push(" WHERE locked_until = ").bind(hand.lease).push(" AND id IN ").list(hand.ids.iter().copied());
    if tx.run(query).await? == 0 {
        // too slow: another node has it by now
        return Ok(());
    }
    match (judge(&result, hand.tries, tx.now()), &hand.errand) {
        (Verdict::Taken, _) => delivery::end(&mut tx, &hand.ids, End::Sent).await?,
        (Verdict::Again(at), _) => delivery::put_off(&mut tx, &hand.ids, at).await?,
        (Verdict::Gone, Errand::Push { browser, .. }) => {
            Browser::forget(&mut tx, *browser).await?;
            delivery::end(&mut tx, &hand.ids, End::Failed("The browser is gone, and was removed.")).await?;
        }
        (Verdict::Failed | Verdict::Gone, _) => delivery::end(&mut tx, &hand.ids, End::Failed("It is not taken.")).await?,
    }
    Ok(tx.commit().await?)
}
