//! The sender: a task of its own, so that no slow server holds other work. Each mailbox has lines of its own; each line takes a
//! mail, hands it over, and writes down how that went together with taking the next.

use crate::{
    MailboxId, Tokens, dkim,
    send::{Answered, Sending},
    send_line::Line,
    send_route::Route,
    send_words::Desk,
};
use db::{Db, Timestamp, Tx, sql};
use files::Store;
use kernel::{Fault, Result};
use seal::Seal;
use std::{collections::HashMap, time::Duration};
use tokio::{
    sync::watch,
    task::JoinSet,
    time::{sleep, timeout},
};
use web::App;

/// After a server could not be used: the first pause of its mailbox, twice as long each time.
const PAUSE: Duration = Duration::from_secs(5);
/// The longest.
const LONGEST: Duration = Duration::from_mins(5);
/// So long a stop waits for mails under way.
const GRACE: Duration = Duration::from_secs(5);

/// What sending stands on.
#[derive(Clone)]
pub(crate) struct Sender {
    pub(crate) db: Db,
    pub(crate) seal: Seal,
    pub(crate) desk: Desk,
}

/// Sends until `stop` says so.
pub(crate) async fn work(app: App, mut stop: watch::Receiver<bool>) {
    let sender = match Sender::of(&app) {
        Ok(sender) => sender,
        Err(error) => {
            tracing::error!(%error, "no mail is sent");
            return;
        }
    };
    let mut ear = app.db.bell().listen_work();
    let mut lines = Lines { sender, stop: stop.clone(), open: JoinSet::new(), busy: HashMap::new(), pauses: HashMap::new() };
    while !*stop.borrow() {
        if let Err(error) = lines.begin().await {
            tracing::error!(%error, "mails that wait can't be read");
            tokio::select! { () = sleep(Duration::from_secs(1)) => {} _ = stop.changed() => {} }
        }
        tokio::select! {
            () = ear.wait() => {}
            Some(ended) = lines.open.join_next(), if !lines.open.is_empty() => lines.ended(ended),
            _ = stop.changed() => {}
        }
    }
    let _ = timeout(GRACE, async { while lines.open.join_next().await.is_some() {} }).await;
}

/// How a line ended.
struct Ended {
    mailbox: MailboxId,
    /// The server could not be used.
    in_trouble: bool,
}

struct Lines {
    sender: Sender,
    stop: watch::Receiver<bool>,
    open: JoinSet<Ended>,
    busy: HashMap<MailboxId, i64>,
    /// How often in a row a server could not be used, and until when its mailbox rests.
    pauses: HashMap<MailboxId, (u32, Timestamp)>,
}

impl Lines {
    /// Begins a line for each mail that is due, as many as a mailbox may have.
    async fn begin(&mut self) -> Result<()> {
        let mut conn = self.sender.db.read().await?;
        let routes = Route::all(&mut conn).await?;
        let Some(first) = routes.first() else { return Ok(()) };
        let is_orphaned = conn.first::<i64>(sql!("SELECT 1 FROM sendings WHERE mailbox_id IS NULL AND state IN ('QUEUED', 'SENDING') LIMIT 1")).await?;
        if is_orphaned.is_some() {
            let mut tx = self.sender.db.write().await?;
            tx.run(sql!("UPDATE sendings SET mailbox_id = $1 WHERE mailbox_id IS NULL AND state IN ('QUEUED', 'SENDING')", first.mailbox_id)).await?;
            tx.commit().await?;
        }
        let now = conn.now();
        for route in routes {
            let mailbox = route.mailbox_id;
            if self.pauses.get(&mailbox).is_some_and(|(_, until)| now < *until) {
                continue;
            }
            let (busy, due) = (self.busy.get(&mailbox).copied().unwrap_or_default(), Sending::due(&mut conn, mailbox).await?);
            for _ in busy..due.min(route.most_at_once) {
                *self.busy.entry(mailbox).or_default() += 1;
                let (sender, route, stop) = (self.sender.clone(), route.clone(), self.stop.clone());
                self.open.spawn(async move { Ended { mailbox, in_trouble: Box::pin(sender.run(&route, &stop)).await } });
            }
        }
        Ok(())
    }

    fn ended(&mut self, ended: std::result::Result<Ended, tokio::task::JoinError>) {
        let ended = match ended {
            Ok(ended) => ended,
            Err(error) => {
                // nobody knows whose line it was: all are counted anew
                tracing::error!(%error, "a line to a mail server broke");
                self.open.abort_all();
                self.busy.clear();
                return;
            }
        };
        if let Some(busy) = self.busy.get_mut(&ended.mailbox) {
            *busy = (*busy - 1).max(0);
        }
        if ended.in_trouble {
            let (times, until) = self.pauses.entry(ended.mailbox).or_insert((0, Timestamp::from_micros(0)));
            *times = times.saturating_add(1);
            *until = self.sender.db.clock().now().plus(PAUSE.saturating_mul(1 << (*times - 1).min(10)).min(LONGEST));
        } else {
            self.pauses.remove(&ended.mailbox);
        }
    }
}

impl Sender {
    pub(crate) fn of(app: &App) -> Result<Self> {
        let desk = Desk { store: Store::of(app)?, tokens: Tokens::new(app.secret), url: app.config.public_url.clone() };
        Ok(Self { db: app.db.clone(), seal: Seal::new(app.secret), desk })
    }

    /// One line: mail after mail until nothing is due; true when the server could not be used.
    async fn run(&self, route: &Route, stop: &watch::Receiver<bool>) -> bool {
        match self.mail_after_mail(route, stop).await {
            Ok(in_trouble) => in_trouble,
            Err(fault) => {
                tracing::error!(mailbox = %route.mailbox_id, %fault, "a line to a mail server ended");
                true
            }
        }
    }

    async fn mail_after_mail(&self, route: &Route, stop: &watch::Receiver<bool>) -> Result<bool> {
        let (password, signer) = (route.password(&self.seal)?, route.signer(&self.seal)?);
        let mut line: Option<Line> = None;
        let mut last: Option<(Sending, Outcome)> = None;
        loop {
            let ends = *stop.borrow() || last.as_ref().is_some_and(|(_, outcome)| matches!(outcome, Outcome::Unusable(_)));
            let in_trouble = ends && !*stop.borrow();
            let mut tx = self.db.write().await?;
            if let Some((sending, outcome)) = last.take() {
                write_down(&mut tx, route, &sending, &outcome).await?;
            }
            let next = if ends { None } else { Sending::take(&mut tx, route).await? };
            tx.commit().await?;
            let Some(next) = next else {
                if let Some(line) = line {
                    line.close().await;
                }
                return Ok(in_trouble);
            };
            let outcome = self.hand_over(route, password.as_deref(), signer.as_ref(), &mut line, &next).await;
            last = Some((next, outcome));
        }
    }

    /// One mail.
    async fn hand_over(&self, route: &Route, password: Option<&str>, signer: Option<&dkim::Signer>, line: &mut Option<Line>, sending: &Sending) -> Outcome {
        let mail = match self.bytes(route, signer, sending).await {
            Ok(Some(mail)) => mail,
            Ok(None) => return Outcome::Answered(Answered::Never("What it carried is gone.".to_owned())),
            Err(Fault::Invalid(wrong)) => {
                return Outcome::Answered(Answered::Never(wrong.0.into_iter().map(|(_, words)| words).next().unwrap_or_default()));
            }
            Err(fault) => {
                tracing::error!(sending = %sending.id, %fault, "a mail can't be built");
                return Outcome::Answered(Answered::Later("The mail could not be built; it is tried again.".to_owned()));
            }
        };
        if line.is_none() {
            match Line::open(route, password).await {
                Ok(open) => *line = Some(open),
                Err(words) => return Outcome::Unusable(words),
            }
        }
        let Some(open) = line.as_mut() else { return Outcome::Unusable(String::new()) };
        let answered = open.send(&route.address, &sending.address, &mail).await.unwrap_or_else(|fault| Answered::Never(fault.to_string()));
        if !matches!(answered, Answered::Taken(_)) {
            *line = None;
        }
        Outcome::Answered(answered)
    }

    async fn bytes(&self, route: &Route, signer: Option<&dkim::Signer>, sending: &Sending) -> Result<Option<Vec<u8>>> {
        let Some(letter) = self.desk.letter(&mut self.db.read().await?, route, sending).await? else { return Ok(None) };
        let mail = letter.bytes()?;
        signer.map_or_else(|| Ok(Some(mail.clone())), |signer| signer.sign(mail.clone()).map(Some))
    }
}

enum Outcome {
    Answered(Answered),
    /// There was no line to the server, for this reason.
    Unusable(String),
}

async fn write_down(tx: &mut Tx, route: &Route, sending: &Sending, outcome: &Outcome) -> Result<()> {
    let now = tx.now();
    match outcome {
        Outcome::Unusable(words) => {
            tx.run(sql!("UPDATE mailbox_sending SET failed_at = $2, failure = $3 WHERE mailbox_id = $1", route.mailbox_id, now, words)).await?;
            sending.settle(tx, &Answered::Later(words.clone())).await
        }
        Outcome::Answered(answered) => {
            if matches!(answered, Answered::Taken(_)) {
                tx.run(sql!("UPDATE mailbox_sending SET sent_at = $2, failed_at = NULL, failure = '' WHERE mailbox_id = $1", route.mailbox_id, now)).await?;
            }
            sending.settle(tx, answered).await
        }
    }
}
