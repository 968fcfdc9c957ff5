//! A checklist: steps to do on a ticket, in an order, ticked off by whoever did them.

use crate::{Template, time::parts};
use db::{Conn, Id, Query, Timestamp, Tx, record, sql};
use kernel::{Actor, Fault, Result};
use serde_json::{Value, json};
use tickets::TicketId;

/// A ticket has at most this many steps.
pub(crate) const MOST: usize = 100;
/// A step has at most this many characters.
pub(crate) const TEXT: usize = 200;

record! {
    /// A step.
    #[derive(Clone, Debug)]
    pub struct Item {
        /// The id.
        pub id: Id<Item>,
        /// The ticket it stands on: also one that was merged into the one that shows it.
        pub ticket_id: TicketId,
        /// What to do.
        pub text: String,
        /// When it was ticked off.
        pub done_at: Option<Timestamp>,
        /// By whom.
        pub done_by: Option<String>,
    }
}

/// Where a step goes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Move {
    Up,
    Down,
    /// To this place, counted from 0; beyond the end is the end.
    To(usize),
}

impl Item {
    /// The steps of a ticket in their order, then those of the tickets merged into it. The caller passed the gate.
    pub(crate) async fn of(conn: &mut Conn, parts: &[TicketId]) -> Result<Vec<Self>> {
        let mut query = Query::with("SELECT id, ticket_id, text, done_at, done_by FROM checklist_items WHERE ticket_id IN ", Vec::new());
        query.list(parts.iter().copied()).push(" ORDER BY place, id");
        let mut items: Vec<Self> = conn.all(query).await?;
        items.sort_by_key(|item| parts.iter().position(|part| *part == item.ticket_id));
        Ok(items)
    }

    /// One that this ticket shows.
    async fn get(conn: &mut Conn, ticket: TicketId, id: Id<Self>) -> Result<Self> {
        let item: Self = conn.one(sql!("SELECT id, ticket_id, text, done_at, done_by FROM checklist_items WHERE id = $1", id)).await?;
        if item.ticket_id == ticket || parts(conn, ticket).await?.contains(&item.ticket_id) { Ok(item) } else { Err(Fault::Missing) }
    }

    /// Adds a step at the end.
    pub(crate) async fn add(tx: &mut Tx, actor: &Actor, ticket: TicketId, text: &str) -> Result<Self> {
        let items = append(tx, ticket, &[text]).await?;
        note(tx, actor, "worklog.step_added", ticket, Value::Null, json!(text)).await?;
        Self::get(tx, ticket, items[0]).await
    }

    /// Adds the steps of a template at the end.
    pub(crate) async fn apply(tx: &mut Tx, actor: &Actor, ticket: TicketId, template: &Template) -> Result<()> {
        append(tx, ticket, &template.steps()).await?;
        note(tx, actor, "worklog.checklist_added", ticket, Value::Null, json!(template.name)).await
    }

    /// Ticks it off, or takes the tick back; twice is harmless.
    pub(crate) async fn tick(tx: &mut Tx, actor: &Actor, ticket: TicketId, id: Id<Self>, is_done: bool) -> Result<()> {
        let item = Self::get(tx, ticket, id).await?;
        let now = tx.now();
        let (at, by) = if is_done { (Some(now), Some(&actor.name)) } else { (None, None) };
        let ticked =
            tx.run(sql!("UPDATE checklist_items SET done_at = $2, done_by = $3 WHERE id = $1 AND (done_at IS NULL) = $4", id, at, by, is_done)).await?;
        if ticked == 0 {
            return Ok(());
        }
        note(tx, actor, if is_done { "worklog.step_done" } else { "worklog.step_undone" }, ticket, Value::Null, json!(item.text)).await
    }

    /// Says it in other words.
    pub(crate) async fn rewrite(tx: &mut Tx, actor: &Actor, ticket: TicketId, id: Id<Self>, text: &str) -> Result<()> {
        let item = Self::get(tx, ticket, id).await?;
        if item.text == text {
            return Ok(());
        }
        tx.run(sql!("UPDATE checklist_items SET text = $2 WHERE id = $1", id, text)).await?;
        note(tx, actor, "worklog.step_changed", ticket, json!(item.text), json!(text)).await
    }

    /// Moves it among the steps of its own ticket; at the end of its way it stays.
    pub(crate) async fn shift(tx: &mut Tx, actor: &Actor, ticket: TicketId, id: Id<Self>, way: Move) -> Result<()> {
        let mut items = Self::of(tx, &[ticket]).await?;
        let at = items.iter().position(|item| item.id == id).ok_or(Fault::Missing)?;
        let to = match way {
            Move::Up => at.saturating_sub(1),
            Move::Down => at + 1,
            Move::To(place) => place,
        }
        .min(items.len() - 1);
        if to == at {
            return Ok(());
        }
        let item = items.remove(at);
        let text = item.text.clone();
        items.insert(to, item);
        // all places anew in one statement, so that two who move at once leave an order
        let mut query = Query::with("UPDATE checklist_items SET place = CASE id", Vec::new());
        for (place, item) in (0_i64..).zip(&items) {
            query.push(" WHEN ").bind(item.id).push(" THEN CAST(").bind(place).push(" AS BIGINT)");
        }
        query.push(" ELSE place END WHERE ticket_id = ").bind(ticket);
        tx.run(query).await?;
        note(tx, actor, "worklog.step_moved", ticket, json!(format!("{}. {text}", at + 1)), json!(format!("{}. {text}", to + 1))).await
    }

    /// Takes it off the list; twice is harmless.
    pub(crate) async fn remove(tx: &mut Tx, actor: &Actor, ticket: TicketId, id: Id<Self>) -> Result<()> {
        if let Err(Fault::Missing) = Self::get(tx, ticket, id).await {
            return Ok(());
        }
        let text: Option<String> = tx.first(sql!("DELETE FROM checklist_items WHERE id = $1 RETURNING text", id)).await?;
        let Some(text) = text else { return Ok(()) };
        note(tx, actor, "worklog.step_removed", ticket, json!(text), Value::Null).await
    }
}

async fn append(tx: &mut Tx, ticket: TicketId, texts: &[&str]) -> Result<Vec<Id<Item>>> {
    let (count, last): (i64, i64) = tx.one(sql!("SELECT COUNT(*), COALESCE(MAX(place), -1) FROM checklist_items WHERE ticket_id = $1", ticket)).await?;
    if usize::try_from(count).unwrap_or(MOST) + texts.len() > MOST {
        return Err(Fault::field("text", format!("At most {MOST} steps on one ticket; there are {count}.")));
    }
    let (now, mut ids) = (tx.now(), Vec::new());
    let mut query = Query::with("INSERT INTO checklist_items (id, ticket_id, place, text, created_at) VALUES ", Vec::new());
    for (place, text) in (last + 1..).zip(texts) {
        let id = Id::<Item>::new();
        if !ids.is_empty() {
            query.push(", ");
        }
        query.push("(").bind(id).push(", ").bind(ticket).push(", ").bind(place).push(", ").bind(*text).push(", ").bind(now).push(")");
        ids.push(id);
    }
    if ids.is_empty() {
        return Err(Fault::field("text", "There is no step to add."));
    }
    tx.run(query).await?;
    Ok(ids)
}

async fn note(tx: &mut Tx, actor: &Actor, kind: &'static str, ticket: TicketId, old: Value, new: Value) -> Result<()> {
    Ok(tx.record(actor.event(kind, ("ticket", ticket.uuid()), true, json!({ "old": old, "new": new }))).await?)
}
