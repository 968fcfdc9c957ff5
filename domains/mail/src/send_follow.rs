//! Reads the journal from a position of its own: replies that are out and mails that opened a ticket become mails of ours, exactly
//! once, also after a crash. Letters that the rooms laid down meanwhile go the same way.

use crate::{
    MailboxId, SendKind, SendingId, Tokens,
    send::{NewSending, Sending},
    send_held,
    send_route::Route,
    sender::{NOBODY, clean, is_address},
};
use db::{Conn, Db, Event, Query, Timestamp, Tx, journal, record, sql};
use kernel::{PersonId, Result};
use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};
use tickets::TicketId;
use tokio::sync::watch;
use uuid::Uuid;
use web::App;

/// The name of the position.
const READER: &str = "mail";
/// Lines of one look; also how many of no interest are passed before the position is written down.
const LOT: usize = 200;
const LINES: i64 = 200;
/// Its lock: one node at a time queues.
const LOCK: &str = "mail";
/// One automatic mail of a kind to an address within this time.
const BRAKE: Duration = Duration::from_hours(1);

/// Follows the journal until `stop` says so.
pub(crate) async fn follow(app: App, mut stop: watch::Receiver<bool>) {
    let (mut ear, mut work) = (app.db.bell().listen(), app.db.bell().listen_work());
    let mut follower = Follower { tokens: Tokens::new(app.secret), seen: None, passed: 0 };
    while !*stop.borrow() {
        let more = follower.step(&app.db).await.unwrap_or_else(|error| {
            tracing::warn!(%error, "mails wait: the journal can't be read");
            false
        });
        if !more {
            tokio::select! { () = ear.wait() => {} () = work.wait() => {} _ = stop.changed() => {} }
        }
    }
}

struct Follower {
    tokens: Tokens,
    /// The last line looked at; after a start, where the written position is.
    seen: Option<i64>,
    /// Lines since the position was written.
    passed: usize,
}

impl Follower {
    /// One look; true when there is more to do at once.
    async fn step(&mut self, db: &Db) -> Result<bool> {
        let mut conn = db.read().await?;
        let seen = journal::resume(&mut conn, READER, &mut self.seen).await?;
        let lines = journal::after(&mut conn, seen, LINES).await?;
        let held = send_held::waits(&mut conn).await?;
        drop(conn);
        self.passed += lines.len();
        let last = lines.last().map_or(seen, |line| line.seq);
        let mut more = lines.len() == LOT;
        if lines.iter().any(concerns) || self.passed >= LOT {
            let to = self.take(db).await?;
            more |= to < last;
            (self.seen, self.passed) = (Some(to), 0);
        } else {
            self.seen = Some(last);
        }
        if held {
            more |= send_held::take(db, &self.tokens).await?;
        }
        Ok(more)
    }

    /// Takes the next lines for good: mails and position in one transaction. Answers the position.
    async fn take(&self, db: &Db) -> Result<i64> {
        let mut tx = db.write().await?;
        tx.lock(LOCK).await?;
        let from = journal::position(&mut tx, READER).await?;
        let lines = journal::after(&mut tx, from, LINES).await?;
        let routes = Route::all(&mut tx).await?;
        if !routes.is_empty() && lines.iter().any(concerns) {
            let mut new = replies(&mut tx, &routes, &lines).await?;
            new.extend(first_answers(&mut tx, &routes, &lines).await?);
            let new = braked(&mut tx, new).await?;
            Sending::queue(&mut tx, &self.tokens, new).await?;
        }
        let to = lines.last().map_or(from, |line| line.seq);
        journal::advance(&mut tx, READER, to).await?;
        tx.commit().await?;
        Ok(to)
    }
}

fn concerns(line: &Event) -> bool {
    line.kind == "ticket.replied" || opens(line)
}

fn opens(line: &Event) -> bool {
    line.kind == "mail.decided" && line.facts()["fate"] == "NEW_TICKET"
}

record! {
    /// Somebody who is to get a message.
    struct Receiver {
        ticket: TicketId,
        message: Uuid,
        address: String,
        name: String,
        language: String,
        is_copy: bool,
        /// The requester, who has no password.
        guest: Option<PersonId>,
        /// What a server said of an address that came back.
        gone: Option<String>,
    }
}

/// Public replies of staff, to the requester and copies who are no staff; what would come back again is shown as failed.
async fn replies<'a>(conn: &mut Conn, routes: &'a [Route], lines: &[Event]) -> Result<Vec<NewSending<'a>>> {
    let said: HashMap<Uuid, (Timestamp, bool)> = lines
        .iter()
        .filter(|line| line.kind == "ticket.replied")
        .filter_map(|line| {
            let facts = line.facts();
            Some((facts["message"].as_str()?.parse().ok()?, (line.at, facts["isAutomatic"] == true)))
        })
        .collect();
    let mut query = sql!(
        "SELECT m.ticket_id, m.id, p.email, p.name, p.language, l.part = 'CC', CASE WHEN p.password_hash IS NULL AND l.part = 'REQUESTER' THEN p.id END,
                b.words
         FROM messages m JOIN tickets t ON t.id = m.ticket_id JOIN ticket_people l ON l.ticket_id = m.ticket_id JOIN people p ON p.id = l.person_id
         LEFT JOIN bad_addresses b ON b.address = p.email
         WHERE m.is_internal = FALSE AND m.held_until IS NULL AND m.is_staff = TRUE AND l.part IN ('REQUESTER', 'CC') AND p.role = 'CUSTOMER' AND p.disabled_at IS NULL
           AND t.trashed_at IS NULL
           AND NOT EXISTS (SELECT 1 FROM mailboxes x WHERE x.address = p.email)"
    );
    query.push(" AND m.id IN ").list(said.keys().copied());
    let receivers: Vec<Receiver> = if said.is_empty() { Vec::new() } else { conn.all(query).await? };
    let ways = ways(conn, receivers.iter().map(|receiver| receiver.ticket).collect()).await?;
    Ok(receivers
        .into_iter()
        .filter_map(|to| {
            let (at, is_automatic) = *said.get(&to.message)?;
            NewSending::to(routes, &ways, at, SendKind::Reply, is_automatic, to)
        })
        .collect())
}

/// “We have your request”, to whoever opened a ticket by a mail that nobody had to let in.
async fn first_answers<'a>(conn: &mut Conn, routes: &'a [Route], lines: &[Event]) -> Result<Vec<NewSending<'a>>> {
    let opened: HashMap<Uuid, Timestamp> = lines.iter().filter(|line| opens(line)).map(|line| (line.subject_id, line.at)).collect();
    let mut query = sql!(
        "SELECT i.ticket_id, i.message_id, p.email, p.name, p.language, FALSE, CASE WHEN p.password_hash IS NULL THEN p.id END, NULL
         FROM mails i JOIN tickets t ON t.id = i.ticket_id JOIN people p ON p.id = t.requester_id
         WHERE i.fate = 'NEW_TICKET' AND i.let_in_by IS NULL AND i.message_id IS NOT NULL AND p.role = 'CUSTOMER' AND p.disabled_at IS NULL AND p.email = i.from_address
           AND NOT EXISTS (SELECT 1 FROM bad_addresses b WHERE b.address = p.email)
           AND NOT EXISTS (SELECT 1 FROM mailboxes x WHERE x.address = p.email)"
    );
    query.push(" AND i.id IN ").list(opened.keys().copied());
    let receivers: Vec<Receiver> = if opened.is_empty() { Vec::new() } else { conn.all(query).await? };
    let ways = ways(conn, receivers.iter().map(|receiver| receiver.ticket).collect()).await?;
    let first = opened.values().min().copied();
    Ok(receivers
        .into_iter()
        .filter_map(|to| NewSending::to(routes, &ways, first?, SendKind::FirstAnswer, true, to))
        .filter(|new| new.route.answers_first)
        .collect())
}

impl<'a> NewSending<'a> {
    /// To a receiver, unless nothing can go there; what happened before a mailbox could send is not mailed.
    fn to(routes: &'a [Route], ways: &HashMap<TicketId, MailboxId>, at: Timestamp, kind: SendKind, is_automatic: bool, to: Receiver) -> Option<Self> {
        if to.address == NOBODY || !is_address(&to.address) {
            return None;
        }
        let mut open = routes.iter().filter(|route| route.since <= at);
        let way = ways.get(&to.ticket);
        let route = open.clone().find(|route| Some(&route.mailbox_id) == way).or_else(|| open.next())?;
        Some(Self {
            id: SendingId::new(),
            unsubscribe: String::new(),
            route,
            kind,
            is_automatic,
            ticket: Some(to.ticket),
            message: Some(to.message),
            address: to.address,
            // a name may say anything, and a first answer can be provoked in anybody's
            name: if kind == SendKind::FirstAnswer { String::new() } else { clean(&to.name) },
            language: to.language,
            is_copy: to.is_copy,
            guest: to.guest,
            subject: String::new(),
            text: String::new(),
            refused: to.gone.map(|words| format!("An earlier mail to this address came back: {words}")),
        })
    }
}

/// Which mailbox the mail of each ticket came to, the newest.
async fn ways(conn: &mut Conn, tickets: HashSet<TicketId>) -> Result<HashMap<TicketId, MailboxId>> {
    if tickets.is_empty() {
        return Ok(HashMap::new());
    }
    let mut query: Query = sql!("SELECT ticket_id, mailbox_id FROM mails WHERE mailbox_id IS NOT NULL AND fate IN ('NEW_TICKET', 'JOINED')");
    query.push(" AND ticket_id IN ").list(tickets).push(" ORDER BY received_at");
    Ok(conn.all::<(TicketId, MailboxId)>(query).await?.into_iter().collect())
}

/// Automatic mails go to an address once an hour, each kind: more first answers are dropped, more replies of rules are shown as
/// held by a brake.
async fn braked<'a>(tx: &mut Tx, new: Vec<NewSending<'a>>) -> Result<Vec<NewSending<'a>>> {
    let since = tx.now().minus(BRAKE);
    let mut query = sql!("SELECT address, kind FROM sendings WHERE is_automatic = TRUE AND state <> 'FAILED' AND created_at > $1", since);
    query.push(" AND address IN ").list(new.iter().filter(|one| one.is_automatic).map(|one| one.address.clone()));
    let mut told: HashSet<(String, SendKind)> = tx.all(query).await?.into_iter().collect();
    Ok(new
        .into_iter()
        .filter_map(|mut one| {
            if one.is_automatic && !told.insert((one.address.clone(), one.kind)) {
                if one.kind == SendKind::FirstAnswer {
                    return None;
                }
                one.refused = Some("A brake holds it: one automatic reply an hour to an address.".to_owned());
            }
            Some(one)
        })
        .collect())
}
