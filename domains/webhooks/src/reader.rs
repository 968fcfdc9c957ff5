//! Reads the journal and makes deliveries of what webhooks listen to. They are written in the transaction that moves the
//! position, under a lock that nodes share: nothing is lost between a change and its delivery, and nothing made twice.

use crate::{
    Webhook, catalog,
    delivery::{Delivery, New},
    payload,
};
use db::{Conn, Event, journal};
use kernel::Result;
use std::time::Duration;
use tokio::sync::watch;
use web::App;

/// The name of the position.
const READER: &str = "webhooks";
/// Lines of one look.
const LOT: i64 = 100;
/// After this many lines that nobody listened to, the position is written down.
const FAR: usize = 2_000;
/// The lock that nodes share.
const LOCK: i64 = 0x7765_6268;

/// In a house that had no webhooks before, they begin at the end of its history.
pub async fn begin(app: &App) -> Result<()> {
    let mut tx = app.db.write().await?;
    tx.lock(LOCK).await?;
    journal::begin(&mut tx, READER).await?;
    Ok(tx.commit().await?)
}

/// Follows the journal until `stop` says so.
pub async fn follow(app: App, mut stop: watch::Receiver<bool>) {
    let (mut ear, mut passed) = (app.db.bell().listen(), Passed::default());
    while !*stop.borrow() {
        match turn(&app, &mut passed).await {
            Ok(true) => {}
            Ok(false) => {
                tokio::select! { () = ear.wait() => {} _ = stop.changed() => {} }
            }
            Err(error) => {
                tracing::error!(%error, "webhooks can't read the journal and will try again");
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        }
    }
}

/// Lines that this node passed over without a write.
#[derive(Default)]
struct Passed {
    to: i64,
    count: usize,
}

/// What a webhook may be told of one event.
struct Telling {
    seq: i64,
    kind: String,
    payload: String,
    brief: String,
    is_internal: bool,
}

/// One look; true when there may be more.
async fn turn(app: &App, passed: &mut Passed) -> Result<bool> {
    let mut conn = app.db.read().await?;
    let stands = journal::position(&mut conn, READER).await?;
    let lines = journal::after(&mut conn, stands.max(passed.to), LOT).await?;
    let Some(last) = lines.last().map(|line| line.seq) else { return Ok(false) };
    let webhooks = Webhook::all(&mut conn).await?;
    let tellings = tell(app, &mut conn, &webhooks, &lines).await?;
    drop(conn);
    passed.count += lines.len();
    if tellings.is_empty() && passed.count < FAR {
        passed.to = last;
        return Ok(true);
    }
    let mut tx = app.db.write().await?;
    tx.lock(LOCK).await?;
    if journal::position(&mut tx, READER).await? != stands {
        // another node was there meanwhile: go on from where it is
        *passed = Passed::default();
        return Ok(true);
    }
    // as they are now: one that was switched off, or wants no notes any more, gets nothing
    let webhooks = Webhook::all(&mut tx).await?;
    Delivery::make(&mut tx, &deliveries(&webhooks, &lines, &tellings)).await?;
    journal::advance(&mut tx, READER, last).await?;
    tx.commit().await?;
    *passed = Passed { to: last, count: 0 };
    Ok(true)
}

/// What is to be told of these lines, for those that some webhook wants.
async fn tell(app: &App, conn: &mut Conn, webhooks: &[Webhook], lines: &[Event]) -> Result<Vec<Telling>> {
    let (known, mut tellings) = (catalog::events(&app.domains), Vec::new());
    for line in lines.iter().filter(|line| webhooks.iter().any(|webhook| wants(webhook, line))) {
        let Some(event) = known.iter().find(|event| event.kind == line.kind) else { continue };
        let Some(offer) = catalog::offer(&app.domains, &line.subject_kind) else { continue };
        let Some(told) = (offer.tell)(conn, line).await? else { continue };
        let is_internal = told.is_internal;
        let (payload, brief) = payload::of_event(line, event.label, told);
        tellings.push(Telling { seq: line.seq, kind: line.kind.clone(), payload, brief: brief.text()?, is_internal });
    }
    Ok(tellings)
}

fn wants(webhook: &Webhook, line: &Event) -> bool {
    webhook.is_on && line.at >= webhook.since && webhook.listens_to(&line.kind)
}

fn deliveries<'a>(webhooks: &[Webhook], lines: &[Event], tellings: &'a [Telling]) -> Vec<New<'a>> {
    let mut made = Vec::new();
    for telling in tellings {
        let Some(line) = lines.iter().find(|line| line.seq == telling.seq) else { continue };
        for webhook in webhooks.iter().filter(|webhook| wants(webhook, line) && (webhook.sends_notes || !telling.is_internal)) {
            let Telling { seq, kind, payload, brief, is_internal } = telling;
            made.push(New { webhook: webhook.id, seq: *seq, kind, payload, brief, is_internal: *is_internal });
        }
    }
    made
}
