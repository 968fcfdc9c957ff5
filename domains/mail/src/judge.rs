//! The fate of a mail: decided by reading alone, so that it can be asked without being done.

use crate::{
    Fate, Mailbox, Rule, Tokens, Trust,
    arrival::Arrival,
    brake,
    sender::{Sender, clean, is_address},
    thread,
    verdict::Verdict,
};
use accounts::Person;
use db::{Conn, sql};
use kernel::Result;
use sha2::{Digest, Sha256};
use tickets::TicketId;

/// A mail that was read, with what does not hang on the database.
pub(crate) struct Reading {
    pub(crate) mail: mime::Mail,
    pub(crate) verdict: Verdict,
    /// SHA-256 of what it says, without the traces of its way.
    pub(crate) content: Vec<u8>,
    /// A server before us calls it spam.
    pub(crate) is_spam: bool,
    /// The mail that it passes on.
    pub(crate) forwarded: Option<mime::Forwarded>,
}

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Act {
    /// Open a ticket.
    Open,
    /// Add a message.
    Join(TicketId),
    /// Add a note for staff.
    Note(TicketId),
    /// Keep it, and nothing else.
    Nothing,
}

/// What becomes of a mail, and why.
pub(crate) struct Judgement {
    pub(crate) fate: Fate,
    pub(crate) reason: String,
    pub(crate) sender: Sender,
    pub(crate) trust: Trust,
    pub(crate) rule: Option<Rule>,
    pub(crate) looks_like: Option<TicketId>,
    pub(crate) ticket: Option<TicketId>,
    pub(crate) act: Act,
    /// An agent passed it on: whose request it is.
    pub(crate) passed_on_for: Option<mime::Mailbox>,
}

impl Judgement {
    fn new(fate: Fate, reason: impl Into<String>, sender: Sender) -> Self {
        Self { fate, reason: reason.into(), trust: sender.trust, sender, rule: None, looks_like: None, ticket: None, act: Act::Nothing, passed_on_for: None }
    }
}

impl Reading {
    /// Reads a mail; takes time for large ones.
    pub(crate) fn of(raw: &[u8]) -> Self {
        let mail = mime::parse(raw);
        let mut hasher = Sha256::new();
        let from = mail.from.as_ref().map(|from| from.address.to_lowercase()).unwrap_or_default();
        for part in [from.as_bytes(), mail.subject.as_bytes(), mail.text.as_bytes()] {
            hasher.update((part.len() as u64).to_le_bytes());
            hasher.update(part);
        }
        for file in &mail.attachments {
            hasher.update(Sha256::digest(&file.bytes));
        }
        let head = raw.get(..raw.len().min(64 * 1024)).unwrap_or_default();
        let head = String::from_utf8_lossy(head).to_ascii_lowercase();
        let head = head.split("\r\n\r\n").next().and_then(|head| head.split("\n\n").next()).unwrap_or_default();
        let is_spam = head.lines().any(|line| line.strip_prefix("x-spam-flag:").is_some_and(|value| value.trim() == "yes"));
        Self { content: hasher.finalize().to_vec(), verdict: Verdict::Neutral, is_spam, forwarded: mime::forwarded(&mail), mail }
    }

    /// The domain of its author.
    pub(crate) fn domain(&self) -> &str {
        self.mail.from.as_ref().and_then(|from| from.address.rsplit_once('@')).map_or("", |(_, domain)| domain)
    }
}

/// The fate of a mail as things are now. `let_in`: somebody of the staff vouches for it.
pub(crate) async fn judge(conn: &mut Conn, tokens: &Tokens, arrival: &Arrival, mailbox: Option<&Mailbox>, read: &Reading) -> Result<Judgement> {
    let mail = &read.mail;
    let sender = Sender::of(conn, mail, read.verdict).await?;
    let is_let_in = arrival.let_in_by.is_some();
    let known = earlier(conn, arrival, mailbox, read).await?;
    if let Some((id, ticket)) = known {
        let mut judgement = Judgement::new(Fate::Duplicate, format!("The same mail came already ({id})."), sender);
        judgement.ticket = ticket;
        return Ok(judgement);
    }
    if let Some(bounce) = mail.bounce.as_ref().filter(|_| !is_let_in) {
        return Ok(Judgement::new(Fate::Bounce, format!("{}: {}", bounce.address, bounce.words), sender));
    }
    let asked = thread::Asked { tokens, mail, envelope_to: arrival.envelope_to.as_deref(), mailbox: mailbox.map(|mailbox| mailbox.id), sender: &sender };
    let threading = asked.find(conn).await?;
    if read.is_spam && !is_let_in {
        return Ok(Judgement::new(Fate::Spam, "The mail server before us calls it spam.", sender));
    }
    if let Some(address) = &sender.address
        && !is_let_in
        && Mailbox::of_address(conn, address).await?.is_some()
    {
        return Ok(Judgement::new(Fate::Held, "It comes from an address of ours: a loop, or a forgery.", sender));
    }
    let found = threading.found;
    let ticket = found.map(|found| found.ticket);
    if let Some(automatic) = mail.automatic.filter(|_| !is_let_in) {
        let mut judgement = Judgement::new(Fate::Automatic, format!("A program wrote it ({}).", automatic.word()), sender);
        if let Some(found) = found {
            (judgement.rule, judgement.ticket, judgement.trust) = (Some(found.rule), ticket, found.trust);
            if matches!(found.trust, Trust::Agent | Trust::Participant) {
                judgement.act = Act::Note(found.ticket);
            }
        }
        return Ok(judgement);
    }
    if !is_let_in && let Some(reason) = brake::holds(conn, mailbox, &sender, ticket, &read.content).await? {
        let mut judgement = Judgement::new(Fate::Held, reason, sender);
        (judgement.ticket, judgement.rule) = (ticket, found.map(|found| found.rule));
        return Ok(judgement);
    }
    let trust = found.map_or(sender.trust, |found| found.trust);
    let passed_on_for = if found.is_none() && trust == Trust::Agent { passed_on(conn, read).await? } else { None };
    let mut judgement = match (found, trust) {
        (Some(found), Trust::Agent | Trust::Participant) => {
            Judgement { act: Act::Join(found.ticket), ..Judgement::new(Fate::Joined, format!("Found by {}.", found.rule.label()), sender) }
        }
        (Some(found), _) if is_let_in => {
            Judgement { act: Act::Join(found.ticket), ..Judgement::new(Fate::Joined, format!("Let in; found by {}.", found.rule.label()), sender) }
        }
        (Some(found), Trust::Failed) => Judgement { act: Act::Note(found.ticket), ..Judgement::new(Fate::Held, unproven(&sender, read.verdict), sender) },
        (Some(found), _) => {
            let reason = format!("{} does not take part in this request.", sender.shown());
            Judgement { act: Act::Note(found.ticket), ..Judgement::new(Fate::Held, reason, sender) }
        }
        (None, Trust::Failed) if !is_let_in => Judgement::new(Fate::Held, unproven(&sender, read.verdict), sender),
        (None, _) if passed_on_for.is_some() => {
            let reason = format!("{} passed it on.", sender.shown());
            Judgement { act: Act::Open, passed_on_for, ..Judgement::new(Fate::NewTicket, reason, sender) }
        }
        (None, _) => Judgement { act: Act::Open, ..Judgement::new(Fate::NewTicket, "It belongs to no request.", sender) },
    };
    (judgement.rule, judgement.ticket, judgement.trust, judgement.looks_like) = (found.map(|found| found.rule), ticket, trust, threading.looks_like);
    Ok(judgement)
}

/// Whose mail an agent passes on: a customer's, not one of ours.
async fn passed_on(conn: &mut Conn, read: &Reading) -> Result<Option<mime::Mailbox>> {
    let Some(forwarded) = &read.forwarded else { return Ok(None) };
    let address = forwarded.from.address.to_lowercase();
    let is_ours = !is_address(&address) || Mailbox::of_address(conn, &address).await?.is_some();
    let is_staff = Person::by_email(conn, &address).await?.is_some_and(|person| person.role >= kernel::Role::Agent);
    Ok((!is_ours && !is_staff).then(|| mime::Mailbox { name: clean(&forwarded.from.name), address }))
}

fn unproven(sender: &Sender, verdict: Verdict) -> String {
    match (verdict, &sender.person) {
        (Verdict::Fail, _) => format!("It is not from {}: authentication failed.", sender.shown()),
        (_, Some(person)) if person.disabled_at.is_some() => format!("The account of {} is closed.", sender.shown()),
        _ => format!("{} is staff, and nothing proves that it is from them.", sender.shown()),
    }
}

/// The same mail, come before by whatever way: the same Message-ID and the same content; without an id the same bytes to the
/// same mailbox.
async fn earlier(conn: &mut Conn, arrival: &Arrival, mailbox: Option<&Mailbox>, read: &Reading) -> Result<Option<(crate::ArrivalId, Option<TicketId>)>> {
    let id = read.mail.message_id.as_deref().map(str::trim).filter(|id| !id.is_empty());
    Ok(match id {
        Some(header_id) => {
            conn.first(sql!(
                "SELECT id, ticket_id FROM mails WHERE header_id = $1 AND content_hash = $2 AND id <> $3 AND fate IS NOT NULL AND fate NOT IN ('DUPLICATE', 'FAILED')
                 ORDER BY received_at LIMIT 1",
                header_id,
                read.content.clone(),
                arrival.id
            ))
            .await?
        }
        None => {
            conn.first(sql!(
                "SELECT m.id, m.ticket_id FROM mails m JOIN mails me ON me.id = $1 WHERE m.content_hash = $2 AND m.header_id IS NULL AND m.hash = me.hash
                   AND m.mailbox_id IS NOT DISTINCT FROM $3 AND m.id <> $1 AND m.fate IS NOT NULL AND m.fate NOT IN ('DUPLICATE', 'FAILED')
                 ORDER BY m.received_at LIMIT 1",
                arrival.id,
                read.content.clone(),
                mailbox.map(|mailbox| mailbox.id)
            ))
            .await?
        }
    })
}
