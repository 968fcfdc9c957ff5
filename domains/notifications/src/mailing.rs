//! Mail: what is due for a person goes out in one transaction with the note that it did, so never twice. What was read in
//! the app meanwhile, or may not be seen any more, is left out.

use crate::{
    catalog::{Sources, sources},
    choice::{Digest, Hours},
    delivery::{self, DeliveryId, End},
    letter,
    notice::{Notice, NoticeId, notice_columns},
    quiet,
};
use db::{Query, Timestamp, Tx, record, sql};
use jiff::tz::TimeZone;
use kernel::{Actor, PersonId, Result};
use std::{collections::HashMap, time::Duration};
use tokio::sync::watch;
use uuid::Uuid;
use web::App;

/// Bundles of one transaction.
const LOT: i64 = 20;
/// Notices of one mail at most; more go with the next.
const MOST: i64 = 100;
/// The lock that nodes share.
const LOCK: i64 = 0x6e6f_6d61;

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

record! {
    /// What is due, for somebody about something.
    struct Due {
        person: PersonId,
        subject: Uuid,
        since: Timestamp,
    }
}

record! {
    /// A delivery with its notice.
    struct Waiting {
        id: DeliveryId,
        notice: Notice,
    }
}

fn due(now: Timestamp) -> Query {
    let mut query = sql!(
        "SELECT person_id, subject_id, created_at FROM notice_deliveries WHERE channel = 'MAIL' AND state = 'WAITING' AND due_at <= $1 ORDER BY due_at, id",
        now
    );
    query.limit(LOT);
    query
}

/// One look; true when there may be more.
async fn turn(app: &App) -> Result<bool> {
    let now = app.db.clock().now();
    if app.db.read().await?.all::<Due>(due(now)).await?.is_empty() {
        return Ok(false);
    }
    let sources = sources(app)?;
    let mut tx = app.db.write().await?;
    tx.lock(LOCK).await?;
    let now = tx.now();
    let found: Vec<Due> = tx.all(due(now)).await?;
    let mut done: Vec<(PersonId, Uuid)> = Vec::new();
    for one in &found {
        if !done.contains(&(one.person, one.subject)) {
            bundle(app, &mut tx, &sources, one).await?;
            done.push((one.person, one.subject));
        }
    }
    tx.commit().await?;
    Ok(!found.is_empty())
}

/// Sends what is due for a person about a thing, or all of it where they want mail in one piece.
async fn bundle(app: &App, tx: &mut Tx, sources: &Sources, one: &Due) -> Result<()> {
    let hours = Hours::of(tx, one.person).await?;
    let is_digest = hours.digest != Digest::Off;
    let waiting = waiting(tx, one, is_digest).await?;
    let ids: Vec<DeliveryId> = waiting.iter().map(|waiting| waiting.id).collect();
    let Some(actor) = accounts::on_behalf_of(tx, one.person).await? else {
        return delivery::end(tx, &ids, End::Skipped("The account is closed.")).await;
    };
    let zone = TimeZone::get(&actor.zone).unwrap_or(TimeZone::UTC);
    let (now, at) = (tx.now(), quiet::mail_at(&hours, &zone, one.since, tx.now()));
    if at > now {
        return put_off(tx, &ids, at).await;
    }
    send(app, tx, sources, &actor, waiting, is_digest).await
}

async fn waiting(tx: &mut Tx, one: &Due, is_digest: bool) -> Result<Vec<Waiting>> {
    let mut query = sql!(
        concat!(
            "SELECT d.id, ",
            notice_columns!(),
            " FROM notice_deliveries d JOIN notices n ON n.id = d.notice_id WHERE d.state = 'WAITING' AND d.channel = 'MAIL' AND d.person_id = $1"
        ),
        one.person
    );
    if !is_digest {
        query.push(" AND d.subject_id = ").bind(one.subject);
    }
    // what is due first: each look gets on
    query.push(" ORDER BY d.due_at, d.id").limit(MOST);
    Ok(tx.all(query).await?)
}

async fn put_off(tx: &mut Tx, ids: &[DeliveryId], at: Timestamp) -> Result<()> {
    let mut query = Query::with("UPDATE notice_deliveries SET due_at = ", Vec::new());
    query.bind(at).push(" WHERE id IN ").list(ids.iter().copied());
    tx.run(query).await?;
    Ok(())
}

async fn send(app: &App, tx: &mut Tx, sources: &Sources, actor: &Actor, waiting: Vec<Waiting>, is_digest: bool) -> Result<()> {
    let (read, unread): (Vec<Waiting>, Vec<Waiting>) = waiting.into_iter().partition(|waiting| waiting.notice.read_at.is_some());
    delivery::end(tx, &read.iter().map(|waiting| waiting.id).collect::<Vec<_>>(), End::Skipped("It was read in the app.")).await?;
    let of_notice: HashMap<NoticeId, DeliveryId> = unread.iter().map(|waiting| (waiting.notice.id, waiting.id)).collect();
    let shown = Notice::shown(tx, sources, actor, unread.into_iter().map(|waiting| waiting.notice).collect()).await?;
    let sent: Vec<DeliveryId> = shown.iter().filter_map(|shown| of_notice.get(&shown.notice.id).copied()).collect();
    let gone: Vec<DeliveryId> = of_notice.into_values().filter(|id| !sent.contains(id)).collect();
    delivery::end(tx, &gone, End::Skipped("It may not be seen any more.")).await?;
    if sent.is_empty() {
        return Ok(());
    }
    let mail = letter::write(app, actor, sources, shown, is_digest)?;
    let mail = accounts::mail::post(tx, &mail).await?;
    delivery::end(tx, &sent, End::Sent(mail)).await
}
