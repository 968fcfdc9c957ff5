//! Follows the journal and makes deliveries of what webhooks listen to.

use crate::{
    Webhook, catalog,
    delivery::{Delivery, New},
    payload,
};
use db::{Conn, Event, Timestamp, Tx};
use kernel::Result;
use tokio::sync::watch;
use web::{App, Follower};

/// Makes deliveries.
struct Deliveries(App);

impl Follower for Deliveries {
    const READER: &'static str = "webhooks";
    type Made = Vec<Telling>;

    async fn plan(&self, conn: &mut Conn, lines: &[Event]) -> Result<Option<Vec<Telling>>> {
        let webhooks = Webhook::all(conn).await?;
        let tellings = tell(&self.0, conn, &webhooks, lines).await?;
        Ok((!tellings.is_empty()).then_some(tellings))
    }

    async fn write(&self, tx: &mut Tx, tellings: Vec<Telling>) -> Result<()> {
        // as they are now: one that was switched off, or wants no notes any more, gets nothing
        let webhooks = Webhook::all(tx).await?;
        Delivery::make(tx, &deliveries(&webhooks, &tellings)).await
    }
}

/// In a house that had no webhooks before, they begin at the end of its history.
pub async fn begin(app: &App) -> Result<()> {
    web::begin::<Deliveries>(&app.db).await
}

/// Follows the journal until `stop` says so.
pub async fn follow(app: App, stop: watch::Receiver<bool>) {
    web::follow(app.db.clone(), Deliveries(app), stop).await;
}

/// What a webhook may be told of one event.
struct Telling {
    seq: i64,
    at: Timestamp,
    kind: String,
    payload: String,
    brief: String,
    is_internal: bool,
}

/// What is to be told of these lines, for those that some webhook wants.
async fn tell(app: &App, conn: &mut Conn, webhooks: &[Webhook], lines: &[Event]) -> Result<Vec<Telling>> {
    let (known, mut tellings) = (catalog::events(&app.domains), Vec::new());
    for line in lines.iter().filter(|line| webhooks.iter().any(|webhook| wants(webhook, line.at, &line.kind))) {
        let Some(event) = known.iter().find(|event| event.kind == line.kind) else { continue };
        let Some(offer) = catalog::offer(&app.domains, &line.subject_kind) else { continue };
        let Some(told) = (offer.tell)(conn, line).await? else { continue };
        let is_internal = told.is_internal;
        let (payload, brief) = payload::of_event(line, event.label, told);
        tellings.push(Telling { seq: line.seq, at: line.at, kind: line.kind.clone(), payload, brief: brief.text()?, is_internal });
    }
    Ok(tellings)
}

fn wants(webhook: &Webhook, at: Timestamp, kind: &str) -> bool {
    webhook.is_on && at >= webhook.since && webhook.listens_to(kind)
}

fn deliveries<'a>(webhooks: &[Webhook], tellings: &'a [Telling]) -> Vec<New<'a>> {
    let mut made = Vec::new();
    for telling in tellings {
        let Telling { seq, at, kind, payload, brief, is_internal } = telling;
        for webhook in webhooks.iter().filter(|webhook| wants(webhook, *at, kind) && (webhook.sends_notes || !is_internal)) {
            made.push(New { webhook: webhook.id, seq: *seq, kind, payload, brief, is_internal: *is_internal });
        }
    }
    made
}
