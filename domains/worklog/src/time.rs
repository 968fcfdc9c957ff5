//! Time spent on a ticket: who, how long, when, and on which message.

use crate::{Span, policy, span::MOST};
use db::{Conn, Id, Query, Timestamp, Tx, record, sql};
use kernel::{Actor, Fault, PersonId, Result};
use serde_json::{Value, json};
use tickets::{Message, TicketId};
use web::Fields;

/// A note has at most this many characters.
pub(crate) const NOTE: usize = 500;

record! {
    /// An entry.
    #[derive(Clone, Debug)]
    pub struct Entry {
        /// The id.
        pub id: Id<Entry>,
        /// The ticket it was spent on: also one that was merged into the one that shows it.
        pub ticket_id: TicketId,
        /// The message it was spent on.
        pub message_id: Option<Id<Message>>,
        /// Who.
        pub person_id: PersonId,
        /// Their name at that time.
        pub person_name: String,
        /// How long, 1 to 86,400.
        pub seconds: i64,
        /// What for.
        pub note: Option<String>,
        /// When it was written down.
        pub created_at: Timestamp,
    }
}

/// What somebody writes down.
pub(crate) struct Spent {
    pub(crate) seconds: i64,
    pub(crate) note: Option<String>,
    pub(crate) message: Option<Id<Message>>,
}

impl Spent {
    /// As a page's form has it: `spent` in words.
    pub(crate) fn read(fields: &mut Fields) -> Self {
        let text = fields.text("spent", 40);
        let span = Span::read(&text);
        if span.is_none() {
            fields.errors.add("spent", "Write minutes, or a time like 1h 30m, up to 24 hours.");
        }
        Self { seconds: span.map_or(1, |span| span.0), note: fields.optional_text("note", NOTE), message: None }
    }

    /// As the API changes one: `seconds` and `note`.
    pub(crate) fn of_json(fields: &mut Fields) -> Self {
        Self { seconds: fields.needed_integer("seconds", 1..=MOST), note: fields.optional_text("note", NOTE), message: None }
    }

    /// As the API makes one: with its message.
    pub(crate) fn read_json(fields: &mut Fields) -> Self {
        Self { message: fields.id("messageId"), ..Self::of_json(fields) }
    }
}

macro_rules! entry_from {
    () => {
        "SELECT id, ticket_id, message_id, person_id, person_name, seconds, note, created_at FROM time_entries"
    };
}

impl Entry {
    fn list(parts: &[TicketId], before: Option<(Timestamp, Id<Self>)>, limit: i64) -> Query {
        let mut query = Query::with(concat!(entry_from!(), " WHERE ticket_id"), Vec::new());
        match parts {
            [one] => drop(query.push(" = ").bind(*one)),
            many => drop(query.push(" IN ").list(many.iter().copied())),
        }
        if let Some((at, id)) = before {
            query.push(" AND (created_at, id) < (").bind(at).push(", ").bind(id).push(")");
        }
        query.push(" ORDER BY created_at DESC, id DESC").limit(limit);
        query
    }

    /// Entries of a ticket and of those merged into it, the newest first, before a place. The caller passed the gate.
    pub(crate) async fn of(conn: &mut Conn, parts: &[TicketId], before: Option<(Timestamp, Id<Self>)>, limit: i64) -> Result<Vec<Self>> {
        Ok(conn.all(Self::list(parts, before, limit)).await?)
    }

    /// How the engine reads a page of them; for the plan test.
    pub async fn plan(conn: &mut Conn, ticket: TicketId) -> Result<String> {
        let at = conn.now();
        Ok(conn.plan(Self::list(&[ticket], Some((at, Id::new())), 10)).await?)
    }

    /// All seconds of a ticket and of those merged into it.
    pub(crate) async fn total(conn: &mut Conn, parts: &[TicketId]) -> Result<i64> {
        let mut query = Query::with("SELECT CAST(COALESCE(SUM(seconds), 0) AS BIGINT) FROM time_entries WHERE ticket_id IN ", Vec::new());
        query.list(parts.iter().copied());
        Ok(conn.one(query).await?)
    }

    /// One that the actor may change, shown by this ticket.
    async fn own(conn: &mut Conn, actor: &Actor, ticket: TicketId, id: Id<Self>) -> Result<Self> {
        let entry: Self = conn.one(sql!(concat!(entry_from!(), " WHERE id = $1"), id)).await?;
        if entry.ticket_id != ticket && !parts(conn, ticket).await?.contains(&entry.ticket_id) {
            return Err(Fault::Missing);
        }
        if policy::may_change(actor, &entry) { Ok(entry) } else { Err(Fault::Forbidden("Only its author and supervisors change an entry.".to_owned())) }
    }

    /// Writes down time.
    pub(crate) async fn add(tx: &mut Tx, actor: &Actor, ticket: TicketId, spent: &Spent) -> Result<Self> {
        let person = actor.person.ok_or_else(|| Fault::Forbidden("Only people spend time.".to_owned()))?;
        if let Some(message) = spent.message {
            let known: Option<i64> = tx.first(sql!("SELECT 1 FROM messages WHERE id = $1 AND ticket_id = $2", message, ticket)).await?;
            known.ok_or_else(|| Fault::field("messageId", "There is no such message in this ticket."))?;
        }
        let (id, now) = (Id::<Self>::new(), tx.now());
        tx.run(sql!(
            "INSERT INTO time_entries (id, ticket_id, message_id, person_id, person_name, seconds, note, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            id,
            ticket,
            spent.message,
            person,
            &actor.name,
            spent.seconds,
            spent.note.as_ref(),
            now
        ))
        .await?;
        let entry = Self {
            id,
            ticket_id: ticket,
            message_id: spent.message,
            person_id: person,
            person_name: actor.name.clone(),
            seconds: spent.seconds,
            note: spent.note.clone(),
            created_at: now,
        };
        entry.tell(tx, actor, "worklog.time_added", spent.seconds, (None, Some(spent.seconds))).await?;
        Ok(entry)
    }

    /// Changes one's own; supervisors any. The same again is no change.
    pub(crate) async fn change(tx: &mut Tx, actor: &Actor, ticket: TicketId, id: Id<Self>, spent: &Spent) -> Result<Self> {
        let entry = Self::own(tx, actor, ticket, id).await?;
        if entry.seconds == spent.seconds && entry.note == spent.note {
            return Ok(entry);
        }
        // what the total changes by must be right when two change it at once
        let changed = tx
            .run(sql!("UPDATE time_entries SET seconds = $2, note = $3 WHERE id = $1 AND seconds = $4", id, spent.seconds, spent.note.as_ref(), entry.seconds))
            .await?;
        if changed == 0 {
            return Err(Fault::Conflict { kind: "entry-changed", detail: "It was changed at this very moment. Look at it again.".to_owned() });
        }
        entry.tell(tx, actor, "worklog.time_changed", spent.seconds - entry.seconds, (Some(entry.seconds), Some(spent.seconds))).await?;
        Ok(Self { seconds: spent.seconds, note: spent.note.clone(), ..entry })
    }

    /// Removes one's own; supervisors any. Twice is harmless.
    pub(crate) async fn remove(tx: &mut Tx, actor: &Actor, ticket: TicketId, id: Id<Self>) -> Result<()> {
        let entry = match Self::own(tx, actor, ticket, id).await {
            Err(Fault::Missing) => return Ok(()),
            entry => entry?,
        };
        let gone: Option<i64> = tx.first(sql!("DELETE FROM time_entries WHERE id = $1 RETURNING seconds", id)).await?;
        let Some(seconds) = gone else { return Ok(()) };
        entry.tell(tx, actor, "worklog.time_removed", -seconds, (Some(seconds), None)).await
    }

    /// The event: by how much the total of the entry's own ticket changed, and whose time it is.
    async fn tell(&self, tx: &mut Tx, actor: &Actor, kind: &'static str, seconds: i64, (old, new): (Option<i64>, Option<i64>)) -> Result<()> {
        let words = |seconds: Option<i64>| seconds.map_or(Value::Null, |seconds| json!(Span(seconds).to_string()));
        let facts = json!({
            "entry": self.id, "person": self.person_id, "message": self.message_id, "seconds": seconds, "old": words(old), "new": words(new)
        });
        Ok(tx.record(actor.event(kind, ("ticket", self.ticket_id.uuid()), true, facts)).await?)
    }
}

/// A ticket and those that were merged into it: what was done for them is shown where the work goes on.
pub(crate) async fn parts(conn: &mut Conn, ticket: TicketId) -> Result<Vec<TicketId>> {
    Ok(tickets::merged_in(conn, ticket).await?.into_iter().map(|(id, _)| id).collect())
}

/// The actor's newest message in the ticket, when it is fresh and has no time yet: what a timer ran for.
pub(crate) async fn just_sent(conn: &mut Conn, actor: &Actor, ticket: TicketId) -> Result<Option<Id<Message>>> {
    let since = conn.now().minus(std::time::Duration::from_mins(5));
    Ok(conn
        .first(sql!(
            "SELECT m.id FROM messages m WHERE m.ticket_id = $1 AND m.author_id = $2 AND m.created_at > $3
             AND NOT EXISTS (SELECT 1 FROM time_entries e WHERE e.ticket_id = $1 AND e.message_id = m.id) ORDER BY m.created_at DESC, m.id DESC LIMIT 1",
            ticket,
            actor.person,
            since
        ))
        .await?)
}
