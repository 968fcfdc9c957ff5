//! The values of custom fields that a ticket holds: told when it is made, changed by staff, asked for before it is solved.

use crate::{
    Category, Channel, NewTicket, Status, Ticket, TicketId,
    field::{
        Audience, Field, Kind,
        ask::{self, Case, Values},
    },
};
use accounts::Person;
use db::{Conn, Event, Tx, sql};
use kernel::{Actor, Fault, FieldErrors, Result};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use web::Group;

/// The event of a change.
pub(crate) const CHANGED: &str = "ticket.field_changed";

/// All values of a ticket, staff's too: whoever shows them asks `Field::is_for`.
pub async fn of(conn: &mut Conn, ticket: TicketId) -> Result<Values> {
    let rows: Vec<(String, String)> =
        conn.all(sql!("SELECT field, value FROM ticket_field_values WHERE ticket_id = $1 ORDER BY field, folded", ticket)).await?;
    let mut values = Values::new();
    for (field, value) in rows {
        values.entry(field).or_default().push(value);
    }
    Ok(values)
}

/// Gives one field of a ticket exactly these values.
async fn set(tx: &mut Tx, ticket: TicketId, field: &str, values: &[String]) -> Result<()> {
    tx.run(sql!("DELETE FROM ticket_field_values WHERE ticket_id = $1 AND field = $2", ticket, field)).await?;
    for value in values {
        tx.run(sql!("INSERT INTO ticket_field_values (ticket_id, field, folded, value) VALUES ($1, $2, $3, $4)", ticket, field, value.to_lowercase(), value))
            .await?;
    }
    Ok(())
}

/// Gives a ticket all values of another: it goes on from it.
pub(crate) async fn copy(tx: &mut Tx, from: TicketId, to: TicketId) -> Result<()> {
    tx.run(sql!(
        "INSERT INTO ticket_field_values (ticket_id, field, folded, value)
         SELECT $2, v.field, v.folded, v.value FROM ticket_field_values v WHERE v.ticket_id = $1",
        from,
        to
    ))
    .await?;
    Ok(())
}

/// Reads the values of a new ticket and demands those that it needs; all that is wrong at once.
pub(crate) async fn checked(conn: &mut Conn, actor: &Actor, category: Category, channel: Channel, group: Option<&Group>) -> Result<Values> {
    let fields = Field::all(conn).await?;
    let mut wrong = FieldErrors::default();
    let values = match group {
        Some(group) => ask::read(&fields, actor, group, &Values::new(), &mut wrong),
        None => Values::new(),
    };
    ask::missing_at_first(&fields, actor, &Case { category, channel, values: &values }, &mut wrong);
    if wrong.is_empty() { Ok(values) } else { Err(Fault::Invalid(wrong)) }
}

/// Stores the checked values of a ticket that was just made; its making is its event.
pub(crate) async fn begin(tx: &mut Tx, ticket: TicketId, values: &Values) -> Result<()> {
    for (field, values) in values.iter().filter(|(_, values)| !values.is_empty()) {
        set(tx, ticket, field, values).await?;
    }
    Ok(())
}

impl Ticket {
    /// Makes a ticket whose maker was asked for custom fields: by a form or by the API. Tickets that come in by mail,
    /// or go on from another one, are made without asking.
    pub async fn create_asked(tx: &mut Tx, actor: &Actor, requester: &Person, new: NewTicket, group: Option<&Group>) -> Result<Self> {
        let values = checked(tx, actor, new.category, new.channel, group).await?;
        let ticket = Self::create(tx, actor, requester, new).await?;
        begin(tx, ticket.id, &values).await?;
        Ok(ticket)
    }

    /// Changes values; what is not named stays. Within a change, which has the version.
    pub(crate) async fn change_fields(&self, tx: &mut Tx, actor: &Actor, group: &Group) -> Result<()> {
        let fields = Field::all(tx).await?;
        let held = of(tx, self.id).await?;
        let mut wrong = FieldErrors::default();
        let values = ask::read(&fields, actor, group, &held, &mut wrong);
        if !wrong.is_empty() {
            return Err(Fault::Invalid(wrong));
        }
        let none = Vec::new();
        for field in &fields {
            let Some(new) = values.get(&field.key) else { continue };
            let old = held.get(&field.key).unwrap_or(&none);
            if old.iter().collect::<BTreeSet<_>>() == new.iter().collect::<BTreeSet<_>>() {
                continue;
            }
            set(tx, self.id, &field.key, new).await?;
            self.note_field(tx, actor, field, old, new).await?;
        }
        Ok(())
    }

    async fn note_field(&self, tx: &mut Tx, actor: &Actor, field: &Field, old: &[String], new: &[String]) -> Result<()> {
        let for_staff = field.audience == Audience::Staff;
        if !for_staff {
            let now = tx.now();
            tx.run(sql!("UPDATE tickets SET public_at = $2 WHERE id = $1", self.id, now)).await?;
        }
        let mut facts = json!({
            "field": field.key, "label": field.label, "old": field.words(old), "new": field.words(new), "people": [self.requester_id]
        });
        if matches!(field.kind, Kind::Select | Kind::MultiSelect) {
            // for readers who compare: a choice may be gone by then
            (facts["oldValue"], facts["newValue"]) = (field.typed(old), field.typed(new));
        }
        Ok(tx.record(actor.event(CHANGED, ("ticket", self.id.uuid()), for_staff, facts)).await?)
    }

    /// Refuses to solve or close an open ticket while a field is empty that it needs for that. Staff and rules are
    /// asked; customers never are.
    pub(crate) async fn demand_for_solving(&self, conn: &mut Conn, actor: &Actor, status: Option<Status>, category: Option<Category>) -> Result<()> {
        let solves = status.is_some_and(|status| !status.is_active()) && self.status.is_active();
        if !solves || !actor.is_staff() {
            return Ok(());
        }
        let fields = Field::active(conn).await?;
        if !fields.iter().any(|field| field.is_needed_to_solve) {
            return Ok(());
        }
        let (values, mut wrong) = (of(conn, self.id).await?, FieldErrors::default());
        let case = Case { category: category.unwrap_or(self.category), channel: self.channel, values: &values };
        ask::missing_to_solve(&fields, &case, &mut wrong);
        if wrong.is_empty() { Ok(()) } else { Err(Fault::Invalid(wrong)) }
    }
}

/// The values that the actor may know, typed, by key: every field that is asked, and archived ones that hold something.
pub async fn json(conn: &mut Conn, actor: &Actor, ticket: TicketId) -> Result<Map<String, Value>> {
    let fields = Field::all(conn).await?;
    let values = if fields.is_empty() { Values::new() } else { of(conn, ticket).await? };
    let held = |field: &Field| values.get(&field.key).map_or(&[][..], Vec::as_slice);
    let known = fields.iter().filter(|field| field.is_for(actor) && (field.archived_at.is_none() || !held(field).is_empty()));
    Ok(known.map(|field| (field.key.clone(), field.typed(held(field)))).collect())
}

/// A field that customers saw once may be staff's by now: its old lines go too.
pub(crate) async fn hide_from_customers(conn: &mut Conn, events: &mut Vec<Event>) -> Result<()> {
    if !events.iter().any(|event| event.kind == CHANGED) {
        return Ok(());
    }
    let public: Vec<String> = conn.all(sql!("SELECT key FROM custom_fields WHERE audience = 'EVERYONE'")).await?;
    events.retain(|event| event.kind != CHANGED || event.facts()["field"].as_str().is_some_and(|key| public.iter().any(|known| known == key)));
    Ok(())
}

/// "changed Plan: Team → Business"
pub(crate) fn sentence(facts: &Value) -> String {
    let word = |key: &str| facts[key].as_str().unwrap_or_default();
    match (word("label"), word("old"), word("new")) {
        (label, "", new) => format!("set {label} to {new}"),
        (label, old, "") => format!("emptied {label}, which was {old}"),
        (label, old, new) => format!("changed {label}: {old} → {new}"),
    }
}
