//! Works on mails that wait: those that a process left behind when it died, those that are tried again, and those whose
//! transport does not wait for their fate.

use crate::{Intake, arrival::Arrival};
use db::Tx;
use kernel::{Actor, Fault, Result};
use serde_json::json;
use tokio::sync::watch;
use web::App;

/// Mails taken at a time.
const LOT: i64 = 32;

/// Works until `stop` says so. It looks when it is rung, and at least each second.
pub async fn follow(app: App, mut stop: watch::Receiver<bool>) {
    let intake = match Intake::of(&app) {
        Ok(intake) => intake,
        Err(error) => {
            tracing::error!(%error, "mail is not worked on");
            return;
        }
    };
    let mut ear = app.db.bell().listen_work();
    while !*stop.borrow() {
        match step(&intake).await {
            Ok(true) => {}
            Ok(false) => {
                tokio::select! { () = ear.wait() => {} _ = stop.changed() => {} }
            }
            Err(error) => {
                tracing::error!(%error, "mails that wait can't be read");
                tokio::select! { () = tokio::time::sleep(std::time::Duration::from_secs(1)) => {} _ = stop.changed() => {} }
            }
        }
    }
}

/// One look; true when there is more to do at once.
async fn step(intake: &Intake) -> Result<bool> {
    let due = Arrival::due(&mut intake.db.read().await?, LOT).await?;
    for id in &due {
        intake.decide(*id).await?;
    }
    Ok(!due.is_empty())
}

impl Arrival {
    /// Has it worked on anew: its fate may be another now. What it became stays, so a mail that stands in a ticket is not.
    pub(crate) async fn replay(&self, tx: &mut Tx, actor: &Actor) -> Result<()> {
        if self.fate.is_some_and(|fate| !fate.can_be_let_in() && fate != crate::Fate::Bounce) {
            return Err(Fault::Conflict { kind: "has-ended", detail: "This mail stands in a ticket already.".to_owned() });
        }
        self.again(tx, actor, "mail.replayed").await
    }

    /// Vouches for it: it goes where it belongs.
    pub(crate) async fn let_in(&self, tx: &mut Tx, actor: &Actor) -> Result<()> {
        if !self.fate.is_some_and(crate::Fate::can_be_let_in) {
            return Err(Fault::Conflict { kind: "has-ended", detail: "This mail needs nobody to let it in.".to_owned() });
        }
        tx.run(db::sql!("UPDATE mails SET let_in_by = $2 WHERE id = $1", self.id, &actor.name)).await?;
        self.again(tx, actor, "mail.let_in").await
    }

    async fn again(&self, tx: &mut Tx, actor: &Actor, kind: &'static str) -> Result<()> {
        self.wait_again(tx).await?;
        Ok(tx.record(actor.event(kind, ("mail", self.id.uuid()), true, json!({ "was": self.fate }))).await?)
    }
}
