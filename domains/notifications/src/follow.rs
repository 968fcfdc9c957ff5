//! Reads the journal and makes notices of what concerns somebody. They are written in the transaction that moves the
//! position, under a lock that nodes share: nothing is lost between a change and its notice, and nothing made twice.

use crate::{
    catalog::{Sources, sources},
    make::{self, Told},
};
use db::{Conn, Event, journal};
use kernel::Result;
use std::time::Duration;
use tokio::sync::watch;
use web::App;

/// The name of the position.
const READER: &str = "notifications";
/// Lines of one look.
const LOT: i64 = 100;
/// After this many lines that concern nobody, the position is written down.
const FAR: i64 = 2_000;
/// The lock that nodes share.
const LOCK: i64 = 0x6e6f_7469;

/// In a house that told nothing before, it begins at the end of its history.
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
                tracing::error!(%error, "notices can't be made and will be tried again");
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        }
    }
}

/// Lines that this node passed over without a write.
#[derive(Default)]
struct Passed {
    to: i64,
    count: i64,
}

/// One look; true when there may be more.
async fn turn(app: &App, passed: &mut Passed) -> Result<bool> {
    let sources = sources(app)?;
    let mut conn = app.db.read().await?;
    let stands = journal::position(&mut conn, READER).await?;
    let lines = journal::after(&mut conn, stands.max(passed.to), LOT).await?;
    let Some(last) = lines.last().map(|line| line.seq) else { return Ok(false) };
    let told = concerned(&mut conn, &sources, &lines).await?;
    let made = make::plan(app, &mut conn, &sources, &told).await?;
    drop(conn);
    passed.count += LOT;
    if made.is_empty() && passed.count < FAR {
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
    make::write(&mut tx, &made).await?;
    journal::advance(&mut tx, READER, last).await?;
    tx.commit().await?;
    *passed = Passed { to: last, count: 0 };
    Ok(true)
}

/// Whom these lines concern. Whoever did it is not told of it, and nobody twice of one line.
async fn concerned(conn: &mut Conn, sources: &Sources, lines: &[Event]) -> Result<Vec<Told>> {
    let mut told: Vec<Told> = Vec::new();
    for line in lines {
        let Some(telling) = sources.of_event(&line.kind) else { continue };
        let begin = told.len();
        for concern in (telling.concerned)(conn, line).await? {
            let is_known = told[begin..].iter().any(|other| other.person == concern.person);
            if !is_known && line.actor_id != Some(concern.person.uuid()) {
                told.push(Told::of(line, telling.of, concern));
            }
        }
    }
    Ok(told)
}
