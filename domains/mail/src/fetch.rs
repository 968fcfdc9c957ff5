//! Mail fetched from IMAP servers (RFC 3501): each mailbox that wants it has one task on one node, which takes what is new,
//! then waits with IDLE (RFC 2177).

pub(crate) mod api;
mod connect;
pub(crate) mod form;
mod keep;
mod oauth;
pub(crate) mod pages;
mod run;
pub(crate) mod shapes;
mod source;
mod state;
mod trouble;
mod walk;
mod words;

pub(crate) use source::Fetching;

use crate::{Intake, MailboxId, Ways};
use db::{Conn, sql};
use kernel::{Fault, Result};
use seal::Seal;
use std::{collections::HashMap, sync::Arc, time::Duration};
use tokio::{sync::watch, task::JoinHandle};
use web::App;

/// So often it is asked which mailboxes are fetched.
const LOOK: Duration = Duration::from_secs(1);

/// What fetching stands on.
#[derive(Clone)]
pub(crate) struct Ground {
    pub(crate) intake: Intake,
    pub(crate) seal: Seal,
    pub(crate) client: Arc<::fetch::Client>,
    /// The name of this node.
    pub(crate) node: String,
}

impl Ground {
    pub(crate) fn of(app: &App) -> Result<Self> {
        let missing = |what: &str| Fault::Broken(format!("no {what} was given at start"));
        Ok(Self {
            intake: Intake::of(app)?,
            seal: Seal::new(app.secret),
            client: app.state().ok_or_else(|| missing("client for outgoing HTTP"))?,
            node: app.state::<Ways>().ok_or_else(|| missing("ways of mail"))?.node.clone(),
        })
    }
}

struct Task {
    version: i64,
    work: JoinHandle<()>,
}

/// Keeps a task for each mailbox that is fetched, until `stop` says so.
pub async fn follow(app: App, mut stop: watch::Receiver<bool>) {
    let ground = match Ground::of(&app) {
        Ok(ground) => ground,
        Err(error) => {
            tracing::error!(%error, "no mail is fetched");
            return;
        }
    };
    let mut tasks: HashMap<MailboxId, Task> = HashMap::new();
    while !*stop.borrow() {
        match look(&ground).await {
            Ok(wanted) => align(&ground, &mut tasks, wanted),
            Err(error) => tracing::error!(%error, "it can't be read which mailboxes are fetched"),
        }
        tokio::select! { () = tokio::time::sleep(LOOK) => {} _ = stop.changed() => {} }
    }
    for (id, task) in tasks {
        end(&ground, id, task).await;
    }
}

async fn look(ground: &Ground) -> Result<Vec<(MailboxId, i64)>> {
    let mut conn = ground.intake.db.read().await?;
    wanted(&mut conn).await
}

/// Which mailboxes are fetched, with the version of how.
async fn wanted(conn: &mut Conn) -> Result<Vec<(MailboxId, i64)>> {
    Ok(conn
        .all(sql!("SELECT f.mailbox_id, f.version FROM mail_fetching f JOIN mailboxes m ON m.id = f.mailbox_id WHERE f.is_on = TRUE AND m.is_on = TRUE"))
        .await?)
}

/// Ends the tasks that are not wanted as they are, and begins those that are missing.
fn align(ground: &Ground, tasks: &mut HashMap<MailboxId, Task>, wanted: Vec<(MailboxId, i64)>) {
    tasks.retain(|id, task| {
        let stays = wanted.contains(&(*id, task.version)) && !task.work.is_finished();
        if !stays {
            task.work.abort();
        }
        stays
    });
    for (id, version) in wanted {
        tasks.entry(id).or_insert_with(|| Task { version, work: tokio::spawn(run::run(ground.clone(), id, version)) });
    }
}

/// Ends a task and lets another node begin at once.
async fn end(ground: &Ground, id: MailboxId, task: Task) {
    task.work.abort();
    let _ = task.work.await;
    if let Err(error) = state::release(&ground.intake.db, id, &ground.node).await {
        tracing::warn!(%error, "a mailbox stays taken for a minute");
    }
}
