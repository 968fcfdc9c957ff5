//! One mailbox, on this node: walk, wait, and after trouble again, with growing pauses.

use super::{
    Ground,
    connect::{self, Imap, STEP},
    source::Fetching,
    state,
    trouble::Trouble,
    walk::Walk,
};
use crate::MailboxId;
use async_imap::types::UnsolicitedResponse;
use std::time::Duration;
use tokio::time::{sleep, timeout};

/// IDLE is renewed so often, well before a server hangs up (29 minutes, RFC 2177), and the folder walked: a server may forget to tell.
const POLL: Duration = Duration::from_mins(5);
/// Without IDLE it is asked so often.
const ASK: Duration = Duration::from_secs(30);
/// Another node has the mailbox: look again then.
const STANDBY: Duration = Duration::from_secs(5);
/// The longest pause after trouble.
const LONGEST: u64 = 300;

/// Runs until it is aborted.
pub(crate) async fn run(ground: Ground, id: MailboxId, version: i64) {
    let db = &ground.intake.db;
    loop {
        let pause = match state::claim(db, id, &ground.node).await {
            Ok(true) => {
                let trouble = tokio::select! {
                    trouble = session(&ground, id) => trouble,
                    trouble = state::hold(db, id, &ground.node) => trouble,
                };
                after(&ground, id, version, &trouble).await
            }
            Ok(false) => STANDBY,
            Err(error) => {
                tracing::warn!(mailbox = %id, %error, "it can't be asked who fetches a mailbox");
                STANDBY
            }
        };
        sleep(pause).await;
    }
}

/// Tells it, and how long to wait.
async fn after(ground: &Ground, id: MailboxId, version: i64, trouble: &Trouble) -> Duration {
    if matches!(trouble, Trouble::Taken) {
        return STANDBY;
    }
    // admins see it on the pages of the mailbox
    tracing::info!(mailbox = %id, %trouble, "mail can't be fetched");
    match state::failed(&ground.intake.db, id, version, trouble).await {
        Ok(failures) => Duration::from_secs((1_u64 << failures.clamp(0, 16)).min(LONGEST)),
        Err(error) => {
            tracing::warn!(mailbox = %id, %error, "that mail can't be fetched can't be noted");
            STANDBY
        }
    }
}

/// One connection, until something goes wrong.
async fn session(ground: &Ground, id: MailboxId) -> Trouble {
    match follow(ground, id).await {
        Ok(never) => match never {},
        Err(trouble) => trouble,
    }
}

async fn follow(ground: &Ground, id: MailboxId) -> Result<std::convert::Infallible, Trouble> {
    let fetching = Fetching::of(&mut ground.intake.db.read().await?, id).await?.ok_or(Trouble::Taken)?;
    let (mut session, mut folder) = connect::open(ground, &fetching).await?;
    let can_idle = timeout(STEP, session.capabilities()).await??.has_str("IDLE");
    loop {
        // what was told before this walk is seen by it
        while session.unsolicited_responses.try_recv().is_ok() {}
        Walk { ground, fetching: &fetching, session: &mut session }.on(&folder).await?;
        state::succeeded(&ground.intake.db, &fetching).await?;
        session = wait(session, can_idle).await?;
        folder = timeout(STEP, session.examine(&fetching.folder)).await??;
    }
}

/// Waits until something happens in the folder, or for a while.
async fn wait(session: Imap, can_idle: bool) -> Result<Imap, Trouble> {
    if !can_idle {
        sleep(ASK).await;
        return Ok(session);
    }
    let told = session.unsolicited_responses.clone();
    let mut idle = session.idle();
    timeout(STEP, idle.init()).await??;
    let mut is_new = false;
    while let Ok(response) = told.try_recv() {
        is_new |= matches!(response, UnsolicitedResponse::Exists(_));
    }
    if !is_new {
        let (change, _stop) = idle.wait_with_timeout(POLL);
        // a server that says “still here” again and again does not keep us from looking
        if let Ok(answer) = timeout(POLL, change).await {
            answer?;
        }
    }
    Ok(timeout(STEP, idle.done()).await??)
}
