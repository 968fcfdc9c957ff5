//! One try of one delivery: what is sent, and what is written down of it.

use crate::{
    Delivery, DeliveryId, State, Webhook, WebhookId, format,
    outcome::{Standing, Verdict, judge},
    secret,
};
use db::{Conn, Timestamp, Tx, sql};
use fetch::{Answer, Client, Failure, Request};
use http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use kernel::{Fault, Result};
use seal::Seal;
use std::time::Duration;
use uuid::Uuid;
use web::App;

/// The receiver must have answered by then.
const TIMEOUT: Duration = Duration::from_secs(10);
/// So many bytes of an answer are kept.
const ANSWER: usize = 4096;

/// A delivery that this node has in hand.
#[derive(Clone, Copy, Debug)]
pub(crate) struct InHand {
    pub webhook: WebhookId,
    pub delivery: DeliveryId,
    /// Until when; whoever died is succeeded then.
    pub lease: Timestamp,
}

/// Tries it once and writes down what came of it.
pub(crate) async fn attempt(app: &App, client: &Client, hand: InHand) -> Result<()> {
    let mut conn = app.db.read().await?;
    let webhook = match Webhook::get(&mut conn, hand.webhook).await {
        Err(Fault::Missing) => return withdraw(app, hand, "The webhook was removed.").await,
        webhook => webhook?,
    };
    let delivery = Delivery::get(&mut conn, hand.webhook, hand.delivery).await?;
    if delivery.is_internal && !webhook.sends_notes {
        drop(conn);
        return withdraw(app, hand, "It holds an internal note, and the webhook does not take them any more.").await;
    }
    let (url, body) = (client.check(&webhook.url), sent_body(app, &mut conn, &webhook, &delivery).await?);
    let secrets = webhook.secrets(&mut conn, &Seal::new(app.secret)).await?;
    let begun = conn.now();
    drop(conn);
    if secrets.is_empty() {
        let reason = "Its secret can’t be opened with the key of this installation. Make a new one.";
        let mut tx = app.db.write().await?;
        webhook.disable(&mut tx, reason).await?;
        tx.commit().await?;
        return withdraw(app, hand, reason).await;
    }
    let lines = headers(&secrets, &delivery, begun, &body)?;
    let shown = lines.iter().map(|(name, value)| format!("{name}: {value}")).collect::<Vec<_>>().join("\n");
    let result = match url {
        Ok(url) => client.send(Request { method: Method::POST, url, headers: map(&lines)?, body: body.into_bytes(), timeout: TIMEOUT, most: ANSWER }).await,
        Err(refusal) => Err(Failure::Refused(refusal)),
    };
    let mut tx = app.db.write().await?;
    keep(&mut tx, hand, begun, &shown, &result).await?;
    let standing = Standing { now: tx.now(), tries: delivery.tries, until: delivery.until, is_test: delivery.is_test, chance: chance() };
    end(&mut tx, hand, &webhook, &delivery, (judge(&result, &standing), result.as_ref().ok().map(|answer| i64::from(answer.status)))).await?;
    Ok(tx.commit().await?)
}

/// The body as this webhook gets it.
pub(crate) async fn sent_body(app: &App, conn: &mut Conn, webhook: &Webhook, delivery: &Delivery) -> Result<String> {
    let payload = delivery.payload(conn).await?;
    Ok(format::body(webhook.format, &payload, &delivery.words(), &app.config.public_url))
}

fn headers(secrets: &[Vec<u8>], delivery: &Delivery, now: Timestamp, body: &str) -> Result<[(HeaderName, String); 4]> {
    let secrets: Vec<&[u8]> = secrets.iter().map(Vec::as_slice).collect();
    let id = delivery.message_id();
    let signature = secret::sign(&secrets, &id, now.seconds(), body)?;
    Ok([
        (header::CONTENT_TYPE, "application/json".to_owned()),
        (HeaderName::from_static("webhook-id"), id),
        (HeaderName::from_static("webhook-timestamp"), now.seconds().to_string()),
        (HeaderName::from_static("webhook-signature"), signature),
    ])
}

fn map(lines: &[(HeaderName, String)]) -> Result<HeaderMap> {
    let value = |text: &str| HeaderValue::from_str(text).map_err(|error| Fault::Broken(error.to_string()));
    lines.iter().map(|(name, text)| Ok((name.clone(), value(text)?))).collect()
}

/// Writes a try down.
async fn keep(tx: &mut Tx, hand: InHand, begun: Timestamp, headers: &str, result: &std::result::Result<Answer, Failure>) -> Result<()> {
    let took = |span: Duration| i64::try_from(span.as_millis()).unwrap_or(i64::MAX);
    let (status, error, answer, is_cut, took_ms) = match result {
        Ok(answer) => (Some(i64::from(answer.status)), None, readable(&answer.body), answer.is_cut, took(answer.took)),
        Err(failure) => (None, Some(failure.to_string()), String::new(), false, took(tx.now().since(begun))),
    };
    tx.run(sql!(
        "INSERT INTO webhook_tries (id, delivery_id, at, took_ms, status, error, headers, answer, is_cut) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        Uuid::now_v7(),
        hand.delivery,
        begun,
        took_ms,
        status,
        error,
        headers,
        answer,
        is_cut
    ))
    .await?;
    Ok(())
}

/// Bytes of strangers as text that both engines can keep.
fn readable(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).replace('\0', "\u{fffd}")
}

/// What becomes of the delivery and of its webhook. Whoever was too slow has been succeeded: then nothing is decided here.
async fn end(tx: &mut Tx, hand: InHand, webhook: &Webhook, delivery: &Delivery, (verdict, status): (Verdict, Option<i64>)) -> Result<()> {
    let (state, reason, next_at) = match &verdict {
        Verdict::Delivered => (State::Delivered, None, None),
        Verdict::Again { at, .. } => (State::Waiting, None, Some(*at)),
        Verdict::Failed(reason) => (State::Failed, Some(reason.clone()), None),
        Verdict::Gone => (State::Failed, Some("The receiver says that it is gone (410).".to_owned()), None),
    };
    let now = tx.now();
    let ended = (state != State::Waiting).then_some(now);
    let decided = tx
        .run(sql!(
            "UPDATE webhook_deliveries SET state = $3, reason = $4, status = $5, next_at = COALESCE($6, next_at), ended_at = $7, locked_until = NULL
             WHERE id = $1 AND locked_until = $2",
            hand.delivery,
            hand.lease,
            state,
            reason,
            status,
            next_at,
            ended
        ))
        .await?;
    if decided == 0 || delivery.is_test && verdict != Verdict::Delivered {
        return Ok(());
    }
    match verdict {
        Verdict::Delivered => webhook.works(tx).await,
        Verdict::Again { at, is_asked_for } => webhook.fails(tx, Some(at).filter(|_| is_asked_for), false).await,
        Verdict::Failed(_) => webhook.fails(tx, None, true).await,
        Verdict::Gone => webhook.disable(tx, "Its receiver says that it is gone (410).").await,
    }
}

/// Gives a delivery up without a try.
async fn withdraw(app: &App, hand: InHand, reason: &str) -> Result<()> {
    let mut tx = app.db.write().await?;
    let now = tx.now();
    tx.run(sql!(
        "UPDATE webhook_deliveries SET state = 'FAILED', reason = $3, ended_at = $4, locked_until = NULL WHERE id = $1 AND locked_until = $2",
        hand.delivery,
        hand.lease,
        reason,
        now
    ))
    .await?;
    Ok(tx.commit().await?)
}

fn chance() -> u8 {
    let mut byte = [127];
    // without random numbers all pauses are the middle ones
    let _ = getrandom::fill(&mut byte);
    byte[0]
}
