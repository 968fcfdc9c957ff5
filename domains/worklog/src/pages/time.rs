//! Time spent, beside a ticket: write it down by hand or by the timer, change one's own.

use super::{back, id};
use crate::{Entry, policy, time, time::Spent};
use accounts::again;
use kernel::{FieldErrors, Result};
use tickets::TicketId;
use ui::Errors;
use web::{Answer, Asked, Cursor, Fields, Form, Input, Path, Visit};

/// Entries of a page.
const SHOWN: i64 = 10;
/// The sort that a cursor of this list belongs to.
const SORT: &str = "time";

#[derive(askama::Template)]
#[template(path = "time.html")]
struct TimePanel {
    page: ui::Page,
    ticket: TicketId,
    number: String,
    total: i64,
    /// Entries, and whether the viewer may change each.
    entries: Vec<(Entry, bool)>,
    next: Option<String>,
    /// The ticket and those merged into it, with their numbers.
    parts: Vec<(TicketId, i64)>,
    may_work: bool,
    typed: String,
    note: String,
    errors: Errors,
}

impl TimePanel {
    /// The number of the ticket that an entry came with.
    fn origin(&self, entry: &Entry) -> Option<i64> {
        self.parts.iter().find(|(id, _)| *id == entry.ticket_id && *id != self.ticket).map(|(_, number)| *number)
    }
}

pub(super) struct Place(Option<String>);

impl Form for Place {
    fn read(fields: &mut Fields) -> Self {
        Self(fields.optional_text("cursor", 300))
    }
}

async fn panel(visit: &Visit, ticket: TicketId, cursor: Option<&str>) -> Result<TimePanel> {
    let actor = visit.staff()?;
    let mut conn = visit.app.db.read().await?;
    let ticket = policy::look(&mut conn, actor, ticket).await?;
    let before = cursor.map(|cursor| Cursor::decode(cursor, SORT)).transpose()?;
    let before = before.map(|cursor| (db::Timestamp::from_micros(cursor.value), cursor.id.into()));
    let parts = tickets::merged_in(&mut conn, ticket.id).await?;
    let ids: Vec<TicketId> = parts.iter().map(|(id, _)| *id).collect();
    let mut entries = Entry::of(&mut conn, &ids, before, SHOWN + 1).await?;
    let more = i64::try_from(entries.len()).unwrap_or(i64::MAX) > SHOWN;
    if more {
        entries.pop();
    }
    let next = entries.last().filter(|_| more).map(|last| Cursor { sort: SORT.to_owned(), value: last.created_at.micros(), id: last.id.uuid() }.encode());
    let may_work = policy::may_work(&mut conn, actor, &ticket).await?;
    Ok(TimePanel {
        page: visit.page("Time spent"),
        ticket: ticket.id,
        number: format!("#{}", ticket.number),
        total: Entry::total(&mut conn, &ids).await?,
        entries: entries.into_iter().map(|entry| (may_work && policy::may_change(actor, &entry), entry)).map(|(may, entry)| (entry, may)).collect(),
        next,
        parts,
        may_work,
        typed: String::new(),
        note: String::new(),
        errors: Errors::new(),
    })
}

/// `GET /desk/tickets/{id}/time`: staff who see the ticket.
pub(super) async fn look(visit: Visit, Path(ticket): Path<String>, Asked(Place(cursor)): Asked<Place>) -> Answer {
    visit.staff()?;
    web::html(&panel(&visit, id(&ticket)?, cursor.as_deref()).await?)
}

pub(super) struct Add {
    spent: Spent,
    is_of_message: bool,
}

impl Form for Add {
    fn read(fields: &mut Fields) -> Self {
        Self { spent: Spent::read(fields), is_of_message: fields.boolean("ofMessage") }
    }
}

/// `POST /desk/tickets/{id}/time`: staff who may change the ticket. `ofMessage`: it was spent on what they just sent.
pub(super) async fn add(visit: Visit, Path(ticket): Path<String>, input: Input<Add>) -> Answer {
    visit.staff()?;
    let ticket = id(&ticket)?;
    let (read, fields, ..) = input.open();
    match put(&visit, ticket, read).await {
        Ok(()) => back(&visit, ticket, "time"),
        Err(fault) => {
            let page = panel(&visit, ticket, None).await?;
            again(fault, |errors| TimePanel { typed: fields.typed("spent"), note: fields.typed("note"), errors, ..page })
        }
    }
}

async fn put(visit: &Visit, ticket: TicketId, read: std::result::Result<Add, FieldErrors>) -> Result<()> {
    let actor = visit.staff()?;
    let mut tx = visit.app.db.write().await?;
    policy::work(&mut tx, actor, ticket).await?;
    let mut add = read?;
    if add.is_of_message {
        add.spent.message = time::just_sent(&mut tx, actor, ticket).await?;
    }
    Entry::add(&mut tx, actor, ticket, &add.spent).await?;
    Ok(tx.commit().await?)
}

pub(super) struct Change(Option<Spent>);

impl Form for Change {
    fn read(fields: &mut Fields) -> Self {
        match fields.text("act", 10).as_str() {
            "remove" => {
                fields.has("spent");
                fields.has("note");
                Self(None)
            }
            "change" => Self(Some(Spent::read(fields))),
            _ => {
                fields.errors.add("act", "Must be change or remove.");
                Self(None)
            }
        }
    }
}

/// `POST /desk/tickets/{id}/time/{entry}`: its author, and supervisors.
pub(super) async fn act(visit: Visit, Path((ticket, entry)): Path<(String, String)>, input: Input<Change>) -> Answer {
    let actor = visit.staff()?;
    let (ticket, entry) = (id(&ticket)?, id(&entry)?);
    let (read, ..) = input.open();
    let done: Result<()> = async {
        let mut tx = visit.app.db.write().await?;
        policy::work(&mut tx, actor, ticket).await?;
        match read?.0 {
            Some(spent) => drop(Entry::change(&mut tx, actor, ticket, entry, &spent).await?),
            None => Entry::remove(&mut tx, actor, ticket, entry).await?,
        }
        Ok(tx.commit().await?)
    }
    .await;
    match done {
        Ok(()) => back(&visit, ticket, "time"),
        Err(fault) => {
            let page = panel(&visit, ticket, None).await?;
            again(fault, |errors| TimePanel { errors, ..page })
        }
    }
}
