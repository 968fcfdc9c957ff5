//! Messages: one public reply or one internal note in a ticket's thread.

use crate::{
    Body, Channel, Status, Ticket, TicketId, change, draft, later, merge,
    policy::{self, Action},
    snooze,
};
use db::{Conn, Id, Timestamp, Tx, record, sql};
use kernel::{Actor, Fault, PersonId, Result};
use richtext::{Format, SafeHtml};
use serde_json::json;
use settings::ClosedReply;
use std::time::Duration;

/// The most that one message may have, in characters.
pub const LENGTH: usize = 100_000;
/// Messages of one ticket that are shown at once.
pub const SHOWN: i64 = 500;
/// Files of one message at most, whatever the setting says.
const MOST_FILES: usize = 50;
/// The job that lets a held reply go out.
pub const RELEASE: &str = "tickets.release";

record! {
    /// A reply or note.
    #[derive(Clone, Debug)]
    pub struct Message {
        /// The id.
        pub id: Id<Message>,
        /// The thread it stands in.
        pub ticket_id: TicketId,
        /// Who wrote it.
        pub author_id: Option<PersonId>,
        /// Their name at that time.
        pub author_name: String,
        /// Written by staff.
        pub is_staff: bool,
        /// A note: never for customers.
        pub is_internal: bool,
        /// How it came in.
        pub channel: Channel,
        /// As written.
        pub source: String,
        /// What it was written in: `MARKDOWN` or `HTML`.
        pub format: String,
        /// As shown.
        pub html: String,
        /// Which renderer made `html`.
        pub html_version: i64,
        /// Until when a reply can be taken back; it is for staff only until then.
        pub held_until: Option<Timestamp>,
        /// The status it sets when it goes out.
        pub then_status: Option<Status>,
        /// When it was written; for a held reply, when it went out.
        pub created_at: Timestamp,
    }
}

macro_rules! message_from {
    () => {
        "SELECT id, ticket_id, author_id, author_name, is_staff, is_internal, channel, source, format, html, html_version, held_until, then_status, created_at FROM messages"
    };
}

pub(crate) use message_from;

/// A message about to be stored.
pub(crate) struct Draft<'a> {
    pub body: &'a Body,
    pub is_internal: bool,
    pub channel: Channel,
    pub held_until: Option<Timestamp>,
    pub then_status: Option<Status>,
}

/// What somebody wants to say.
pub struct NewMessage {
    /// The text, Markdown.
    pub content: Body,
    /// A note for staff.
    pub is_internal: bool,
    /// How it came in.
    pub channel: Channel,
    /// Keys of finished uploads.
    pub file_keys: Vec<String>,
    /// The status to set with it (staff only).
    pub status: Option<Status>,
    /// How long a public reply of staff can be taken back; zero sends at once.
    pub hold: Duration,
}

impl Message {
    /// Messages of a ticket that the actor may see, oldest first, from `after` on. The caller holds the ticket by the gate.
    pub async fn of(conn: &mut Conn, actor: &Actor, ticket: &Ticket, after: Option<(Timestamp, Id<Self>)>, limit: i64) -> Result<Vec<Self>> {
        let sees_notes = policy::may_now(conn, actor, Action::Note, ticket).await?;
        let mut query = if let Some(merge) = merge::Merge::of(conn, ticket).await? {
            merge.thread(conn, actor).await?
        } else {
            sql!(concat!(message_from!(), " WHERE ticket_id = $1"), ticket.id)
        };
        if !sees_notes {
            query.push(" AND is_internal = FALSE AND held_until IS NULL");
        }
        if let Some((at, id)) = after {
            query.push(" AND (created_at, id) > (").bind(at).push(", ").bind(id).push(")");
        }
        query.push(" ORDER BY created_at, id").limit(limit);
        let mut messages: Vec<Self> = conn.all(query).await?;
        if !actor.is_staff() {
            // where they stand since a merge is none of the business of who may not see that ticket
            for message in &mut messages {
                message.ticket_id = ticket.id;
            }
        }
        Ok(messages)
    }

    /// The safe HTML; rendered anew when the stored one comes from an older renderer.
    pub fn safe_html(&self) -> SafeHtml {
        if self.html_version >= richtext::VERSION {
            return SafeHtml::from_stored(self.html.clone());
        }
        richtext::render(&self.source, if self.format == "HTML" { Format::Html } else { Format::Markdown })
    }

    /// Stores the row; the verb around it decides and records.
    pub(crate) async fn insert(tx: &mut Tx, author: &Actor, ticket: TicketId, id: Id<Self>, draft: Draft<'_>) -> Result<()> {
        let now = tx.now();
        tx.run(sql!(
            "INSERT INTO messages (id, ticket_id, author_id, author_name, is_staff, is_internal, channel, source, format, html, html_version, held_until, then_status, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'MARKDOWN', $9, $10, $11, $12, $13)",
            id, ticket, author.person, &author.name, author.is_staff(), draft.is_internal, draft.channel, draft.body.source(), draft.body.html(), richtext::VERSION,
            draft.held_until, draft.then_status, now
        )).await?;
        Ok(())
    }

    pub(crate) async fn get(conn: &mut Conn, ticket: TicketId, id: Id<Self>) -> Result<Self> {
        Ok(conn.one(sql!(concat!(message_from!(), " WHERE id = $1 AND ticket_id = $2"), id, ticket)).await?)
    }
}

impl Ticket {
    /// Adds a reply or a note. Never conflicts with changes of others. A customer's reply opens the ticket again;
    /// on a closed one it makes a new ticket that goes on from it, which comes back with the message.
    pub async fn say(&self, tx: &mut Tx, actor: &Actor, new: NewMessage) -> Result<(Self, Message)> {
        let action = if new.is_internal { Action::Note } else { Action::Reply };
        if !policy::may_now(tx, actor, action, self).await? {
            return Err(Fault::Forbidden("Your account may see this request but not do that.".to_owned()));
        }
        if new.status.is_some() && !actor.is_staff() {
            return Err(Fault::Forbidden("Only staff sets the status with a reply.".to_owned()));
        }
        if let Some((target, actor)) = merge::goes_on_in(tx, actor, self).await? {
            let (ticket, message) = Box::pin(target.say(tx, &actor, new)).await?;
            merge::came_by(tx, self.id, &message).await?;
            return Ok((ticket, message));
        }
        self.demand_for_solving(tx, actor, new.status, None).await?;
        if self.status == Status::Closed && !actor.is_staff() && !self.opens_on_reply(tx).await? {
            return self.go_on(tx, actor, new).await;
        }
        let (id, now) = (Id::<Message>::new(), tx.now());
        let held_until = (actor.is_staff() && !new.is_internal && !new.hold.is_zero()).then(|| now.plus(new.hold));
        let then_status = if held_until.is_some() { new.status } else { None };
        Message::insert(tx, actor, self.id, id, Draft { body: &new.content, is_internal: new.is_internal, channel: new.channel, held_until, then_status })
            .await?;
        if !new.file_keys.is_empty() {
            attach(tx, actor, id, &new.file_keys).await?;
        }
        if let Some(person) = actor.person {
            draft::remove(tx, person, self.id).await?;
        }
        match held_until {
            Some(at) => {
                jobs::enqueue(tx, RELEASE, &json!({ "ticket": self.id, "message": id }), at).await?;
                tx.record(actor.event("ticket.reply_held", ("ticket", self.id.uuid()), true, json!({ "message": id }))).await?;
            }
            None => self.went_out(tx, actor, id, new.is_internal, new.status).await?,
        }
        Ok((Self::reload(tx, self.id).await?, Message::get(tx, self.id, id).await?))
    }

    /// What a message does to its ticket once it is out.
    async fn went_out(&self, tx: &mut Tx, actor: &Actor, message: Id<Message>, is_internal: bool, status: Option<Status>) -> Result<()> {
        let now = tx.now();
        let (kind, staff) = match (is_internal, actor.is_staff()) {
            (true, _) => ("ticket.noted", true),
            (false, true) => ("ticket.replied", true),
            (false, false) => ("ticket.customer_replied", false),
        };
        tx.run(sql!("UPDATE tickets SET updated_at = $2, urgency = $3 WHERE id = $1", self.id, now, self.priority.urgency(now))).await?;
        if !is_internal && staff {
            tx.run(sql!("UPDATE tickets SET public_at = $2, staff_at = $2, first_reply_at = COALESCE(first_reply_at, $2) WHERE id = $1", self.id, now)).await?;
        } else if !is_internal {
            tx.run(sql!("UPDATE tickets SET public_at = $2, customer_at = $2 WHERE id = $1", self.id, now)).await?;
        }
        let first = !is_internal && staff && self.first_reply_at.is_none();
        tx.record(actor.event(
            kind,
            ("ticket", self.id.uuid()),
            is_internal,
            json!({ "message": message, "isFirstReply": first, "people": [self.requester_id] }),
        ))
        .await?;
        if !staff {
            snooze::wake(tx, actor, self.id, snooze::Waker::Reply).await?;
            later::stop_for_customer(tx, actor, self.id).await?;
        }
        // a customer's reply comes to a closed one only where the settings let it open again
        let reopens = !staff && matches!(self.status, Status::Pending | Status::OnHold | Status::Resolved | Status::Closed);
        match status.or(reopens.then_some(Status::Open)) {
            Some(status) if status != self.status => change::set_status(tx, actor, self, status).await,
            _ => Ok(()),
        }
    }

    /// Whether a customer's reply opens this closed ticket again, as the settings are and the days since it was closed.
    pub(crate) async fn opens_on_reply(&self, conn: &mut Conn) -> Result<bool> {
        let settings = settings::current(conn).await?;
        Ok(match settings.closed_reply {
            ClosedReply::New => false,
            ClosedReply::Reopen => true,
            ClosedReply::ReopenWithin => {
                let closed_at: Option<Option<Timestamp>> = conn.first(sql!("SELECT closed_at FROM tickets WHERE id = $1", self.id)).await?;
                let last = Duration::from_secs(u64::from(settings.reopen_within_days) * 86_400);
                closed_at.flatten().is_some_and(|at| conn.now() < at.plus(last))
            }
        })
    }

    /// A reply to a closed ticket starts a new one, linked to it.
    async fn go_on(&self, tx: &mut Tx, actor: &Actor, new: NewMessage) -> Result<(Self, Message)> {
        let requester = accounts::Person::get(tx, actor.person.ok_or(Fault::SignIn)?).await?;
        later::stop_for_customer(tx, actor, self.id).await?;
        let ticket = Self::create(
            tx,
            actor,
            &requester,
            crate::NewTicket {
                title: self.title.clone(),
                content: new.content,
                category: self.category,
                priority: self.priority,
                channel: new.channel,
                cc: Vec::new(),
                tags: Vec::new(),
                assignee: None,
                team: None,
                follows: Some(self.id),
                file_keys: new.file_keys,
            },
        )
        .await?;
        if let Some(team) = self.team_id {
            tx.run(sql!("UPDATE tickets SET team_id = $2 WHERE id = $1", ticket.id, team)).await?;
        }
        crate::field_value::copy(tx, self.id, ticket.id).await?;
        let message = Message::get(tx, ticket.id, ticket.first_message_id).await?;
        Ok((Self::reload(tx, ticket.id).await?, message))
    }

    /// Takes a held reply back: it was never sent, its text and files become the author's draft again.
    pub async fn take_back(&self, tx: &mut Tx, actor: &Actor, id: Id<Message>) -> Result<()> {
        if let Some(later) = later::of_message(tx, id).await? {
            return self.cancel_later(tx, actor, later).await;
        }
        let message = Message::get(tx, self.id, id).await?;
        if message.author_id.is_none() || message.author_id != actor.person {
            return Err(already_sent());
        }
        self.unsend(tx, actor, id).await?;
        Ok(tx.record(actor.event("ticket.reply_taken_back", ("ticket", self.id.uuid()), true, json!({ "message": id }))).await?)
    }
}

fn already_sent() -> Fault {
    Fault::Conflict { kind: "already-sent", detail: "This reply went out already.".to_owned() }
}

impl Ticket {
    /// Takes a held reply out of the thread; text and files become the draft of whoever does it.
    pub(crate) async fn unsend(&self, tx: &mut Tx, actor: &Actor, id: Id<Message>) -> Result<()> {
        self.give_back(tx, id, actor.person, self.id).await
    }

    /// The same for `person`, into their box of the ticket `place`.
    pub(crate) async fn give_back(&self, tx: &mut Tx, id: Id<Message>, person: Option<PersonId>, place: TicketId) -> Result<()> {
        let message = Message::get(tx, self.id, id).await?;
        let gone = tx.run(sql!("DELETE FROM messages WHERE id = $1 AND held_until IS NOT NULL", id)).await?;
        if gone == 0 {
            return Err(already_sent());
        }
        if let Some(person) = person {
            let keys = files::take_off(tx, person, MESSAGE, id.uuid()).await?;
            draft::take_back(tx, person, place, &message.source, &keys).await?;
        }
        Ok(())
    }
}

/// The kind under which messages own files.
pub const MESSAGE: &str = "message";

/// Gives finished uploads to a message.
pub(crate) async fn attach(tx: &mut Tx, actor: &Actor, message: Id<Message>, keys: &[String]) -> Result<()> {
    files::attach(tx, actor, keys, MESSAGE, message.uuid(), MOST_FILES).await.map(drop)
}

/// Stores files that came with a form, before any transaction.
pub(crate) async fn store(visit: &web::Visit, uploads: Vec<web::Upload>) -> Result<Vec<files::Stored>> {
    let mut stored = Vec::new();
    if uploads.is_empty() {
        return Ok(stored);
    }
    let store = visit.app.state::<files::Store>().ok_or_else(|| Fault::Broken("no file store".to_owned()))?;
    for mut upload in uploads {
        let bytes = upload.bytes().await?;
        stored.push(files::keep(&store, &upload.name, bytes).await?);
    }
    Ok(stored)
}

/// The same for a page's form: a file that is refused is a wrong field, so that nothing typed is lost.
pub(crate) async fn store_for_form(visit: &web::Visit, uploads: Vec<web::Upload>) -> Result<Vec<files::Stored>> {
    store(visit, uploads).await.map_err(|fault| match fault {
        Fault::TooLarge(words) | Fault::Unsupported(words) => Fault::field("file", words),
        other => other,
    })
}

/// Gives stored files to a message.
pub(crate) async fn adopt(tx: &mut Tx, actor: &Actor, message: Id<Message>, stored: Vec<files::Stored>) -> Result<()> {
    for file in stored {
        files::adopt(tx, actor, file, MESSAGE, message.uuid()).await?;
    }
    Ok(())
}

impl Ticket {
    /// Adds files to a message of the actor's own (staff: any public one they see), by default the description.
    pub async fn attach(&self, tx: &mut Tx, actor: &Actor, message: Option<Id<Message>>, keys: &[String], stored: Vec<files::Stored>) -> Result<Vec<Message>> {
        self.demand_unmerged(tx).await?;
        let message =
            Message::get(tx, self.id, message.unwrap_or(self.first_message_id)).await.map_err(|_| Fault::field("messageId", "There is no such message."))?;
        if !actor.is_staff() && (message.is_internal || message.held_until.is_some() || message.author_id != actor.person) {
            return Err(Fault::field("messageId", "There is no such message of yours."));
        }
        attach(tx, actor, message.id, keys).await?;
        adopt(tx, actor, message.id, stored).await?;
        let for_staff = message.is_internal || message.held_until.is_some();
        tx.record(actor.event("ticket.attached", ("ticket", self.id.uuid()), for_staff, json!({ "message": message.id, "people": [self.requester_id] })))
            .await?;
        Ok(vec![message])
    }
}

/// Lets a held reply go out, in its author's name; harmless twice. The job `tickets.release` calls it.
pub async fn release(tx: &mut Tx, ticket: TicketId, id: Id<Message>) -> Result<()> {
    let now = tx.now();
    let released = tx.run(sql!("UPDATE messages SET held_until = NULL, created_at = $2 WHERE id = $1 AND held_until IS NOT NULL", id, now)).await?;
    if released == 0 {
        return Ok(());
    }
    // where it stands now: a merge or its undoing may have moved it
    let ticket: TicketId = tx.first(sql!("SELECT ticket_id FROM messages WHERE id = $1", id)).await?.unwrap_or(ticket);
    let message = Message::get(tx, ticket, id).await?;
    let author = in_the_name_of(message.author_id, &message.author_name);
    let ticket = Ticket::reload(tx, ticket).await?;
    // what was filled in when the reply was written may be empty by now: the reply goes out, the status stays
    let may_settle = ticket.demand_for_solving(tx, &author, message.then_status, None).await.is_ok();
    ticket.went_out(tx, &author, id, false, message.then_status.filter(|_| may_settle)).await
}

/// Whoever wrote something that happens by itself.
pub(crate) fn in_the_name_of(person: Option<PersonId>, name: &str) -> Actor {
    Actor { who: kernel::Who::System, role: kernel::Role::Agent, person, ..Actor::system(name) }
}
