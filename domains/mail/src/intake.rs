//! From a mail that waits to its fate: read, judged, and done in one transaction, once.

use crate::{
    Authentic, Fate, Mailbox, Tokens, Ways,
    arrival::{Arrival, ArrivalId},
    bounce,
    content::{Content, Rendered},
    judge::{Act, Judgement, Reading, judge},
    sender::{NOBODY, Sender, clean, is_address},
    verdict,
};
use accounts::{NewPerson, Person};
use db::{Conn, Tx, sql};
use files::{Store, Stored};
use kernel::{Actor, Fault, Result, Role};
use serde_json::{Value, json};
use std::time::Duration;
use tickets::{Body, Category, Channel, NewMessage, NewTicket, Part, Priority, Status, Ticket, TicketId, policy::Action};
use uuid::Uuid;

/// Who does it, as the history names it.
const WHO: &str = "Mail";
/// After so many tries a mail has failed, and waits for somebody to replay it.
const TRIES: i64 = 8;
/// Things that changed between reading and writing: it is looked at anew, so often at once.
const CHANGED: &str = "changed-meanwhile";
const LOOKS: u32 = 3;
/// Copies taken from one mail.
const COPIES: usize = 10;
/// Files taken from one mail; more stay in the whole mail.
const FILES: usize = 50;

/// What intake stands on.
#[derive(Clone)]
pub(crate) struct Intake {
    pub(crate) db: db::Db,
    pub(crate) store: std::sync::Arc<Store>,
    pub(crate) tokens: Tokens,
    /// Looks for itself whether a mail is authentic, where no host says so.
    pub(crate) authentic: Option<Authentic>,
}

impl Intake {
    pub(crate) fn of(app: &web::App) -> Result<Self> {
        Ok(Self {
            db: app.db.clone(),
            store: Store::of(app)?,
            tokens: Tokens::new(app.secret),
            authentic: app.state::<Ways>().and_then(|ways| ways.authentic.clone()),
        })
    }

    /// Decides the fate of a mail that waits; harmless twice. What goes wrong is tried again later, and at last shown.
    pub(crate) async fn decide(&self, id: ArrivalId) -> Result<Arrival> {
        let arrival = Arrival::get(&mut self.db.read().await?, id).await?;
        if arrival.fate.is_some() {
            return Ok(arrival);
        }
        for look in 1.. {
            match Box::pin(self.work(&arrival)).await {
                Ok(()) => break,
                Err(Fault::Conflict { kind: CHANGED, .. }) if look < LOOKS => {}
                Err(fault) => {
                    self.postpone(&arrival, &fault).await?;
                    break;
                }
            }
        }
        Arrival::get(&mut self.db.read().await?, id).await
    }

    async fn work(&self, arrival: &Arrival) -> Result<()> {
        let raw = arrival.raw(&self.store).await?;
        let (mailbox, read) = self.read(arrival, raw).await?;
        let judged = judge(&mut self.db.read().await?, &self.tokens, arrival, mailbox.as_ref(), &read).await?;
        let (content, files) =
            if judged.act == Act::Nothing { (None, Kept::default()) } else { (Some(Content::of(&judged, &read)), self.keep_files(&read.mail).await) };
        let content = content.map(|content| content.render(&files.refused));
        let mut tx = self.db.write().await?;
        tx.lock(&lock_of(&read.content)).await?;
        let waits: Option<i64> = tx.hold(sql!("SELECT attempts FROM mails WHERE id = $1 AND fate IS NULL", arrival.id)).await?;
        if waits.is_none() {
            return Ok(()); // another node was first
        }
        // once more, where nobody else writes the same mail; its text was made before, as rendering takes time
        let before = judged.act;
        let judged = judge(&mut tx, &self.tokens, arrival, mailbox.as_ref(), &read).await?;
        if judged.act != before && judged.act != Act::Nothing {
            return Err(Fault::Conflict { kind: CHANGED, detail: "The ticket changed while the mail was read.".to_owned() });
        }
        let done = match (judged.act, content) {
            (Act::Nothing, _) | (_, None) => (judged.ticket, None),
            (act, Some(content)) => Doing { judged: &judged, mailbox: mailbox.as_ref(), read: &read, content }.run(&mut tx, act, files.stored).await?,
        };
        match judged.fate {
            Fate::Bounce => bounce::tell(&mut tx, &self.tokens, &read.mail).await?,
            Fate::NewTicket | Fate::Joined => bounce::forget(&mut tx, judged.sender.address.as_deref()).await?,
            _ => {}
        }
        settle(&mut tx, arrival, mailbox.as_ref(), &judged, &read, done).await?;
        Ok(tx.commit().await?)
    }

    /// The mail as a value, with the mailbox that it came to.
    pub(crate) async fn read(&self, arrival: &Arrival, raw: bytes::Bytes) -> Result<(Option<Mailbox>, Reading)> {
        let copy = raw.clone();
        let mut read =
            tokio::task::spawn_blocking(move || Reading::of(&copy)).await.map_err(|error| Fault::Broken(format!("the mail can't be read: {error}")))?;
        let mailbox = mailbox_of(&mut self.db.read().await?, arrival, &read.mail).await?;
        let believed = mailbox.as_ref().map_or("", |mailbox| &mailbox.authserv_id);
        read.verdict = match &self.authentic {
            Some(authentic) if believed.is_empty() => authentic.verdict(arrival, raw, read.domain()).await,
            _ => verdict::of_headers(&raw, believed, read.domain()),
        };
        Ok((mailbox, read))
    }

    /// What would become of a mail that is not kept: nothing is written.
    pub(crate) async fn foresee(&self, arrival: &Arrival, raw: bytes::Bytes) -> Result<(Judgement, Reading)> {
        let (mailbox, read) = self.read(arrival, raw).await?;
        let judged = judge(&mut self.db.read().await?, &self.tokens, arrival, mailbox.as_ref(), &read).await?;
        Ok((judged, read))
    }

    /// Puts the files into the store; those that are refused are named.
    async fn keep_files(&self, mail: &mime::Mail) -> Kept {
        let mut kept = Kept::default();
        for file in &mail.attachments {
            if kept.stored.len() == FILES {
                kept.refused.push(format!("{} (there are more than {FILES} files)", file.name));
                continue;
            }
            match files::keep(&self.store, &file.name, file.bytes.clone()).await {
                Ok(stored) => kept.stored.push(stored),
                Err(fault) => kept.refused.push(format!("{} ({fault})", file.name)),
            }
        }
        kept
    }

    async fn postpone(&self, arrival: &Arrival, fault: &Fault) -> Result<()> {
        tracing::warn!(mail = %arrival.id, %fault, "a mail could not be worked on");
        let mut tx = self.db.write().await?;
        let (now, tries) = (tx.now(), arrival.attempts + 1);
        let pause = Duration::from_secs(1 << tries.clamp(0, 10));
        tx.run(sql!(
            "UPDATE mails SET attempts = $2, next_at = $3, reason = $4, fate = $5, decided_at = $6 WHERE id = $1 AND fate IS NULL",
            arrival.id,
            tries,
            now.plus(pause),
            fault.to_string(),
            (tries >= TRIES).then_some(Fate::Failed),
            (tries >= TRIES).then_some(now)
        ))
        .await?;
        Ok(tx.commit().await?)
    }
}

#[derive(Default)]
struct Kept {
    stored: Vec<Stored>,
    refused: Vec<String>,
}

/// A mail on its way into a ticket.
struct Doing<'a> {
    judged: &'a Judgement,
    mailbox: Option<&'a Mailbox>,
    read: &'a Reading,
    content: Rendered,
}

impl Doing<'_> {
    async fn run(self, tx: &mut Tx, act: Act, stored: Vec<Stored>) -> Result<(Option<TicketId>, Option<Uuid>)> {
        let system = Actor::system(WHO);
        let mail = &self.read.mail;
        let (ticket, message, copies) = match act {
            Act::Nothing => return Ok((self.judged.ticket, None)),
            Act::Open => {
                let (ticket, first) = self.open(tx, &system).await?;
                (ticket, first, true)
            }
            Act::Note(id) => {
                let ticket = Ticket::get(tx, &system, id, Action::Note).await?;
                let (ticket, note) = ticket.say(tx, &system, said(self.content.body, true, None)).await?;
                (ticket, note.id.uuid(), false)
            }
            Act::Join(id) => {
                let (ticket, message) = self.join(tx, &system, id).await?;
                (ticket, message, true)
            }
        };
        if !stored.is_empty() {
            ticket.attach(tx, &system, Some(message.into()), &[], stored).await?;
        }
        if copies {
            invite(tx, &system, &ticket, mail).await?;
        }
        Ok((Some(ticket.id), Some(message)))
    }

    async fn open(self, tx: &mut Tx, system: &Actor) -> Result<(Ticket, Uuid)> {
        let requester = match &self.judged.passed_on_for {
            Some(other) => {
                let name = if other.name.is_empty() { other.address.split('@').next().unwrap_or(&other.address) } else { &other.name };
                known(tx, system, &other.address, name, false).await?
            }
            None => requester(tx, system, &self.judged.sender, self.read.verdict).await?,
        };
        let new = NewTicket {
            title: self.content.title,
            content: self.content.body,
            category: Category::GeneralInquiry,
            priority: Priority::Medium,
            channel: Channel::Email,
            cc: Vec::new(),
            tags: Vec::new(),
            assignee: None,
            team: self.mailbox.and_then(|mailbox| mailbox.team_id),
            follows: None,
            file_keys: Vec::new(),
        };
        let ticket = Ticket::create(tx, system, &requester, new).await?;
        let first = ticket.first_message_id.uuid();
        if let (Some(comment), Some(agent)) = (self.content.comment, &self.judged.sender.actor) {
            ticket.say(tx, agent, said(comment, true, None)).await?;
        }
        Ok((ticket, first))
    }

    async fn join(self, tx: &mut Tx, system: &Actor, id: TicketId) -> Result<(Ticket, Uuid)> {
        let author = author(tx, system, id, self.judged, self.read.verdict).await?;
        let ticket = Ticket::get(tx, &author, id, Action::Reply).await?;
        let commands = self.content.commands;
        if commands.takes {
            match ticket.claim(tx, &author).await {
                Ok(_) | Err(Fault::Conflict { .. }) => {}
                Err(fault) => return Err(fault),
            }
        }
        let ticket = Ticket::get(tx, &author, id, Action::Reply).await?;
        if self.content.body.source().trim().is_empty() {
            // commands alone: the status is changed, nothing is said
            let text = "*Changed by mail.*";
            let (ticket, note) = ticket.say(tx, &author, said(Body::markdown(text), true, commands.status)).await?;
            return Ok((ticket, note.id.uuid()));
        }
        let (ticket, message) = ticket.say(tx, &author, said(self.content.body, commands.is_note, commands.status)).await?;
        Ok((ticket, message.id.uuid()))
    }
}

fn said(content: Body, is_internal: bool, status: Option<Status>) -> NewMessage {
    NewMessage { content, is_internal, channel: Channel::Email, file_keys: Vec::new(), status, hold: Duration::ZERO }
}

/// In whose name it joins; who was let in takes part from now on.
async fn author(tx: &mut Tx, system: &Actor, ticket: TicketId, judged: &Judgement, verdict: verdict::Verdict) -> Result<Actor> {
    let person = requester(tx, system, &judged.sender, verdict).await?;
    let actor = accounts::on_behalf_of(tx, person.id).await?.ok_or_else(|| Fault::Forbidden("The account of the sender is closed.".to_owned()))?;
    match Ticket::get(tx, &actor, ticket, Action::Reply).await {
        Err(Fault::Missing) => tickets::follow(tx, system, ticket, &person, Part::Cc).await?,
        other => drop(other?),
    }
    Ok(actor)
}

/// The person behind a sender; a new one becomes a customer, known to be it only if the mail was authentic.
async fn requester(tx: &mut Tx, system: &Actor, sender: &Sender, verdict: verdict::Verdict) -> Result<Person> {
    known(tx, system, sender.address.as_deref().unwrap_or(NOBODY), &sender.name, verdict == verdict::Verdict::Pass).await
}

async fn known(tx: &mut Tx, system: &Actor, email: &str, name: &str, is_verified: bool) -> Result<Person> {
    match Person::by_email(tx, email).await? {
        Some(person) => Ok(person),
        None => Person::add(tx, system, NewPerson { email, name, role: Role::Customer, password_hash: None, is_verified }).await,
    }
}

/// Receivers beside us get copies from now on.
async fn invite(tx: &mut Tx, system: &Actor, ticket: &Ticket, mail: &mime::Mail) -> Result<()> {
    let from = mail.from.as_ref().map(|from| from.address.to_lowercase());
    for mailbox in mail.to.iter().chain(&mail.cc).take(COPIES) {
        let address = mailbox.address.to_lowercase();
        if !is_address(&address) || from.as_ref() == Some(&address) || Mailbox::of_address(tx, &address).await?.is_some() {
            continue;
        }
        match tickets::invite(tx, system, ticket.id, &address, Part::Cc).await {
            Ok(()) | Err(Fault::Invalid(_)) => {}
            Err(fault) => return Err(fault),
        }
    }
    Ok(())
}

async fn settle(
    tx: &mut Tx,
    arrival: &Arrival,
    mailbox: Option<&Mailbox>,
    judged: &Judgement,
    read: &Reading,
    (ticket, message): (Option<TicketId>, Option<Uuid>),
) -> Result<()> {
    let now = tx.now();
    tx.run(sql!(
        "UPDATE mails SET fate = $2, reason = $3, trust = $4, rule = $5, ticket_id = $6, message_id = $7, looks_like = $8, header_id = $9, from_address = $10,
                from_name = $11, subject = $12, content_hash = $13, attempts = attempts + 1, decided_at = $14, mailbox_id = $15 WHERE id = $1",
        arrival.id,
        judged.fate,
        judged.reason.chars().take(1_000).collect::<String>(),
        judged.trust,
        judged.rule,
        ticket,
        message,
        judged.looks_like,
        read.mail.message_id.as_deref().map(str::trim).filter(|id| !id.is_empty()).map(|id| id.chars().take(500).collect::<String>()),
        judged.sender.address.clone(),
        judged.sender.name.clone(),
        clean(&read.mail.subject),
        read.content.clone(),
        now,
        mailbox.map(|mailbox| mailbox.id)
    ))
    .await?;
    let facts: Value = json!({ "fate": judged.fate, "trust": judged.trust, "rule": judged.rule, "ticket": ticket, "message": message });
    Ok(tx.record(Actor::system(WHO).event("mail.decided", ("mail", arrival.id.uuid()), true, facts)).await?)
}

/// The mailbox that a mail came to: as its transport said, else the first of ours among its receivers.
async fn mailbox_of(conn: &mut Conn, arrival: &Arrival, mail: &mime::Mail) -> Result<Option<Mailbox>> {
    if let Some(id) = arrival.mailbox_id {
        return Mailbox::get(conn, id).await.map(Some);
    }
    let receivers = mail.to.iter().chain(&mail.cc).map(|mailbox| mailbox.address.as_str());
    for address in arrival.envelope_to.as_deref().into_iter().chain(receivers).take(50) {
        if let Some(mailbox) = Mailbox::of_address(conn, address).await? {
            return Ok(Some(mailbox));
        }
    }
    Ok(None)
}

/// One writer at a time for the same content, so that the same mail in two mailboxes is one ticket.
fn lock_of(content: &[u8]) -> String {
    format!("mail {}", content.escape_ascii())
}
