//! The JSON API of bulk changes: ask, look, list what was refused, take back.

use crate::{
    Bulk, Macro,
    api::{Nothing, id, staff},
    bulk::{Chosen, Item, MOST, Outcome, State},
    changes::Changes,
    openapi::{ItemFilter, Late, NewBulk, OnePath, Refused},
    policy::Action,
};
use db::{Id, Timestamp, Tx};
use kernel::{Actor, Fault, Result, Scope};
use serde::Serialize;
use serde_json::Value;
use tickets::{TicketId, list::Filter};
use utoipa::{OpenApi, ToSchema};
use web::{Answer, App, Asked, Fields, Form, Input, Path, Routes, StatusCode, Visit};

pub(crate) fn routes() -> Routes {
    Routes::new()
        .post("/api/support/bulk", ask)
        .get("/api/support/bulk/{id}", show)
        .get("/api/support/bulk/{id}/items", items)
        .post("/api/support/bulk/{id}/undo", undo)
}

#[derive(OpenApi)]
#[openapi(paths(ask, show, items, undo), tags((name = "Bulk changes", description = "Changes of many tickets at once.")))]
pub(crate) struct Doc;

/// A change of many tickets, and how far it is.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Bulk)]
pub(crate) struct BulkJson {
    /// The id.
    #[schema(value_type = Uuid)]
    id: Id<Bulk>,
    /// `RUNNING`, `DONE`, `UNDOING` or `UNDONE`.
    #[schema(value_type = String, example = "RUNNING")]
    state: State,
    /// What is done to each, by the names with which it was asked for.
    #[schema(value_type = Object, example = json!({ "status": "PENDING" }))]
    does: Value,
    /// How many tickets.
    #[schema(example = 10_000)]
    total: i64,
    /// Of them changed so far.
    #[schema(example = 4_500)]
    done: i64,
    /// Of them refused so far; `/items` says why.
    #[schema(example = 500)]
    refused: i64,
    /// Of those changed, changed back.
    #[schema(example = 0)]
    restored: i64,
    /// Of those changed, not or not wholly changed back, because somebody changed more since.
    #[schema(example = 0)]
    kept: i64,
    /// When it was asked for.
    #[schema(value_type = String, format = DateTime, example = "2026-11-22T09:30:00Z")]
    created_at: Timestamp,
    /// When it ended.
    #[schema(value_type = Option<String>, format = DateTime)]
    ended_at: Option<Timestamp>,
}

impl From<&Bulk> for BulkJson {
    fn from(bulk: &Bulk) -> Self {
        Self {
            id: bulk.id,
            state: bulk.state,
            does: bulk.changes.to_json(),
            total: bulk.total,
            done: bulk.done,
            refused: bulk.refused,
            restored: bulk.restored,
            kept: bulk.kept,
            created_at: bulk.created_at,
            ended_at: bulk.ended_at,
        }
    }
}

/// One ticket of a bulk change.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = BulkItem)]
pub(crate) struct ItemJson {
    /// Its place.
    #[schema(example = 10)]
    position: i64,
    /// The ticket as it was named.
    #[schema(value_type = Uuid)]
    ticket_id: TicketId,
    /// Its number, if you may see it.
    number: Option<i64>,
    /// What became of it.
    #[schema(value_type = String, example = "REFUSED")]
    outcome: Outcome,
    /// Why not.
    #[schema(example = "There is no such ticket, or not for you.")]
    reason: Option<String>,
}

impl From<Item> for ItemJson {
    fn from(item: Item) -> Self {
        Self { position: item.position, ticket_id: item.ticket_id, number: item.number, outcome: item.outcome, reason: item.reason }
    }
}

/// A page of tickets of a bulk change.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = BulkItems)]
pub(crate) struct ItemsJson {
    /// The tickets, in their order.
    items: Vec<ItemJson>,
    /// Give it as `after` to read on; null at the end.
    next_after: Option<i64>,
}

/// Which tickets, and what is done to them.
pub(crate) struct Wish {
    pub(crate) tickets: Vec<TicketId>,
    pub(crate) matching: Option<String>,
    pub(crate) named: Option<Id<Macro>>,
    pub(crate) changes: Changes,
}

impl Form for Wish {
    fn read(fields: &mut Fields) -> Self {
        let wish = Self {
            tickets: fields.ids("tickets", MOST),
            matching: fields.has("matching").then(|| fields.optional_text("matching", 2_000).unwrap_or_default()),
            named: fields.id("macroId"),
            changes: Changes::read_for_many(fields),
        };
        if wish.named.is_some() && wish.changes != Changes::default() {
            fields.errors.add("macroId", "Either a macro or changes of your own.");
        }
        wish
    }
}

impl Wish {
    /// Which tickets it is about; before the transaction, since words are looked for in the index.
    pub(crate) async fn chosen(&self, app: &App, actor: &Actor) -> Result<Chosen> {
        let Some(query) = &self.matching else { return Ok(Chosen::Tickets(self.tickets.clone())) };
        if !self.tickets.is_empty() {
            return Err(Fault::field("matching", "Either 'tickets' or 'matching'."));
        }
        let mut filter: Filter = web::query(query).map_err(|fault| match fault {
            Fault::Invalid(wrong) => Fault::field("matching", wrong.0.first().map(|(field, words)| format!("{field}: {words}")).unwrap_or_default()),
            other => other,
        })?;
        filter.find(app, actor).await?;
        if filter.is_cut() {
            return Err(Fault::field("matching", "More than a thousand tickets have these words. Look for more words, or narrow the filter."));
        }
        Ok(Chosen::Matching(Box::new(filter)))
    }

    /// Writes it down; the work begins after the commit.
    pub(crate) async fn ask(&self, tx: &mut Tx, actor: &Actor, chosen: &Chosen) -> Result<Bulk> {
        let Some(named) = self.named else { return Bulk::ask(tx, actor, &self.changes, "", chosen).await };
        let found = Macro::get(tx, actor, named, Action::Use).await.map_err(|_| Fault::field("macroId", "There is no such macro."))?;
        found.used(tx).await?;
        Bulk::ask(tx, actor, &found.changes, &found.name, chosen).await
    }
}

/// Change many tickets.
#[utoipa::path(post, path = "/api/support/bulk", tag = "Bulk changes", operation_id = "changeManyTickets", security(("bearer" = ["tickets:write"]), ("session" = [])),
    description = "Begins to change tickets one by one, in your name. A refused ticket does not keep the others from being changed. Staff only.", request_body = NewBulk,
    responses((status = 202, headers(("Location" = String, description = "Where its progress is")), description = "It has begun", body = BulkJson), Refused))]
async fn ask(visit: Visit, input: Input<Wish>) -> Answer {
    let actor = staff(&visit, Scope::TicketsWrite)?;
    let seal = input.seal.clone();
    let wish = input.take()?;
    let chosen = wish.chosen(&visit.app, actor).await?;
    let mut tx = visit.app.db.write().await?;
    if let Some(answer) = seal.replay(&mut tx, &visit).await? {
        return Ok(answer);
    }
    let bulk = wish.ask(&mut tx, actor, &chosen).await?;
    let place = format!("/api/support/bulk/{}", bulk.id);
    let answer = seal.keep_json(&mut tx, &visit, StatusCode::ACCEPTED, Some(&place), &BulkJson::from(&bulk)).await?;
    tx.commit().await?;
    Ok(answer)
}

/// Get the progress of a bulk change.
#[utoipa::path(get, path = "/api/support/bulk/{id}", tag = "Bulk changes", operation_id = "getBulk", security(("bearer" = ["tickets:read"]), ("session" = [])),
    description = "For whoever asked for it, and admins.", params(OnePath), responses((status = 200, description = "How far it is", body = BulkJson), Refused))]
async fn show(visit: Visit, Path(one): Path<String>) -> Answer {
    let actor = staff(&visit, Scope::TicketsRead)?;
    let bulk = Bulk::get(&mut visit.app.db.read().await?, actor, id(&one)?).await?;
    web::json(&BulkJson::from(&bulk))
}

struct Items {
    outcome: Outcome,
    limit: i64,
    after: i64,
}

impl Form for Items {
    fn read(fields: &mut Fields) -> Self {
        Self {
            outcome: fields.word("outcome", Outcome::WORDS).unwrap_or(Outcome::Refused),
            limit: fields.integer("limit", 1..=1_000).unwrap_or(100),
            after: fields.integer("after", 0..=i64::MAX).unwrap_or(0),
        }
    }
}

/// List tickets of a bulk change.
#[utoipa::path(get, path = "/api/support/bulk/{id}/items", tag = "Bulk changes", operation_id = "listBulkItems", security(("bearer" = ["tickets:read"]), ("session" = [])),
    description = "What became of each ticket: those of one outcome, in their order.", params(OnePath, ItemFilter),
    responses((status = 200, description = "A page of tickets", body = ItemsJson), Refused))]
async fn items(visit: Visit, Path(one): Path<String>, Asked(asked): Asked<Items>) -> Answer {
    let actor = staff(&visit, Scope::TicketsRead)?;
    let mut conn = visit.app.db.read().await?;
    let bulk = Bulk::get(&mut conn, actor, id(&one)?).await?;
    let found = bulk.items(&mut conn, actor, asked.outcome, asked.after, asked.limit + 1).await?;
    let more = i64::try_from(found.len()).unwrap_or(i64::MAX) > asked.limit;
    let items: Vec<ItemJson> = found.into_iter().take(usize::try_from(asked.limit).unwrap_or(0)).map(ItemJson::from).collect();
    let next_after = items.last().filter(|_| more).map(|item| item.position);
    web::json(&ItemsJson { items, next_after })
}

/// Take a bulk change back.
#[utoipa::path(post, path = "/api/support/bulk/{id}/undo", tag = "Bulk changes", operation_id = "undoBulk", security(("bearer" = ["tickets:write"]), ("session" = [])),
    description = "Gives each ticket its old values again, where nobody changed them since. Replies and notes stay. Twice is the same as once.", params(OnePath),
    responses((status = 202, description = "It has begun", body = BulkJson), Refused, Late))]
async fn undo(visit: Visit, Path(one): Path<String>, input: Input<Nothing>) -> Answer {
    let actor = staff(&visit, Scope::TicketsWrite)?;
    let seal = input.seal.clone();
    input.take()?;
    let mut tx = visit.app.db.write().await?;
    if let Some(answer) = seal.replay(&mut tx, &visit).await? {
        return Ok(answer);
    }
    let bulk = Bulk::get(&mut tx, actor, id(&one)?).await?.undo(&mut tx, actor).await?;
    let answer = seal.keep_json(&mut tx, &visit, StatusCode::ACCEPTED, None, &BulkJson::from(&bulk)).await?;
    tx.commit().await?;
    Ok(answer)
}
