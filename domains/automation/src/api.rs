//! The JSON API of rules: admins. Why rules did what they did to a ticket: whoever of the staff may see the ticket.

use crate::{
    Catalog, Definition, KIND, Rule, RuleId, Trace, Wish,
    dry_run::{deeds, dry_run},
    openapi::{
        DryRunJson, Late, NewRule, OnePath, OrderBody, Refused, RuleChange, RuleJson, RulesJson, TermsJson, TicketPath, TooLarge, TracePage, TracesJson,
    },
    policy::{self, Action},
    told,
};
use db::Id;
use kernel::{Actor, Fault, FieldErrors, Result, Scope};
use serde_json::json;
use utoipa::OpenApi;
use web::{Answer, Asked, Cursor, Fields, Form, Input, Path, Routes, StatusCode, Visit};

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/api/support/rules", list)
        .post("/api/support/rules", add)
        .get("/api/support/rules/terms", terms)
        .put("/api/support/rules/order", arrange)
        .get("/api/support/rules/{id}", show)
        .put("/api/support/rules/{id}", change)
        .delete("/api/support/rules/{id}", remove)
        .get("/api/support/rules/{id}/dry-run", dry)
        .get("/api/support/rules/{id}/traces", traces)
        .get("/api/support/tickets/{id}/rules", of_ticket)
}

#[derive(OpenApi)]
#[openapi(
    paths(list, add, terms, arrange, show, change, remove, dry, traces, of_ticket),
    tags((name = "Rules", description = "When something happens or time passes, ask, then act. For admins."))
)]
pub(crate) struct Doc;

/// An admin with the scope.
fn keeper(visit: &Visit, scope: Scope) -> Result<&Actor> {
    let actor = visit.signed_in()?;
    visit.scope(scope)?;
    policy::demand(actor, Action::KeepRules)?;
    Ok(actor)
}

/// An id from a path; what is not one names nothing.
fn id<T>(text: &str) -> Result<Id<T>> {
    text.parse().map_err(|_| Fault::Missing)
}

async fn catalog(visit: &Visit, conn: &mut db::Conn) -> Result<std::sync::Arc<Catalog>> {
    Catalog::of(conn, &visit.app.domains, KIND).await
}

/// List rules.
#[utoipa::path(get, path = "/api/support/rules", tag = "Rules", operation_id = "listRules", security(("bearer" = ["tickets:read"]), ("session" = [])),
    description = "All rules, in the order in which they are asked. There are at most 500.", responses((status = 200, description = "The rules", body = RulesJson), Refused))]
async fn list(visit: Visit) -> Answer {
    keeper(&visit, Scope::TicketsRead)?;
    let rules = Rule::all(&mut visit.app.db.read().await?).await?;
    web::json(&RulesJson::of(rules))
}

/// What a rule is to be, as JSON says it.
struct Body(Wish);

impl Form for Body {
    fn read(fields: &mut Fields) -> Self {
        let (name, is_on, stops) = (fields.text("name", 80), fields.boolean("on"), fields.boolean("stops"));
        let mut part = |name: &str| fields.any(name).unwrap_or_default();
        Self(Wish { name, is_on, stops, definition: json!({ "when": part("when"), "if": part("if"), "then": part("then") }) })
    }
}

/// Make a rule.
#[utoipa::path(post, path = "/api/support/rules", tag = "Rules", operation_id = "createRule", security(("bearer" = ["tickets:write"]), ("session" = [])),
    description = "Adds a rule at the end of the order. It is off unless `on` is true. It answers to what happens from then on.",
    request_body(content = NewRule, example = json!({ "name": "Blocked releases first", "on": true, "when": ["ticket.created"], "if": { "all": [{ "field": "category", "op": "any_of", "value": ["BUG"] }, { "any": [{ "field": "subject", "op": "contains", "value": "blocked" }, { "field": "priority", "op": "is", "value": "URGENT" }] }] }, "then": [{ "do": "set_priority", "with": "HIGH" }] })),
    responses((status = 201, description = "The rule", body = RuleJson, headers(("location" = String, description = "Its address"))), Refused, TooLarge))]
async fn add(visit: Visit, input: Input<Body>) -> Answer {
    let actor = keeper(&visit, Scope::TicketsWrite)?;
    let seal = input.seal.clone();
    let mut tx = visit.app.db.write().await?;
    if let Some(answer) = seal.replay(&mut tx, &visit).await? {
        return Ok(answer);
    }
    let catalog = catalog(&visit, &mut tx).await?;
    let Body(wish) = input.check(|Body(wish)| Definition::errors(&wish.definition, &catalog)).take()?;
    let made = Rule::add(&mut tx, actor, &wish, &catalog).await?;
    let place = format!("/api/support/rules/{}", made.id);
    let answer = seal.keep_json(&mut tx, &visit, StatusCode::CREATED, Some(&place), &RuleJson::of(made)).await?;
    tx.commit().await?;
    Ok(answer)
}

/// Get the terms of rules.
#[utoipa::path(get, path = "/api/support/rules/terms", tag = "Rules", operation_id = "getRuleTerms", security(("bearer" = ["tickets:read"]), ("session" = [])),
    description = "What rules may listen to, ask and do at present, custom fields, teams and staff included.", responses((status = 200, description = "The terms", body = TermsJson), Refused))]
async fn terms(visit: Visit) -> Answer {
    keeper(&visit, Scope::TicketsRead)?;
    let catalog = catalog(&visit, &mut visit.app.db.read().await?).await?;
    web::json(&TermsJson::of(&catalog))
}

struct Order(Vec<RuleId>);

impl Form for Order {
    fn read(fields: &mut Fields) -> Self {
        Self(fields.ids("rules", 500))
    }
}

/// Arrange rules.
#[utoipa::path(put, path = "/api/support/rules/order", tag = "Rules", operation_id = "arrangeRules", security(("bearer" = ["tickets:write"]), ("session" = [])),
    description = "Says in which order rules are asked. Twice is the same as once. All rules must be named: others than these are refused with 409.",
    request_body(content = OrderBody), responses((status = 200, description = "The rules in their new order", body = RulesJson), Refused, Late))]
async fn arrange(visit: Visit, input: Input<Order>) -> Answer {
    let actor = keeper(&visit, Scope::TicketsWrite)?;
    let Order(order) = input.take()?;
    let mut tx = visit.app.db.write().await?;
    Rule::arrange(&mut tx, actor, &order).await?;
    let rules = Rule::all(&mut tx).await?;
    tx.commit().await?;
    web::json(&RulesJson::of(rules))
}

/// Get a rule.
#[utoipa::path(get, path = "/api/support/rules/{id}", tag = "Rules", operation_id = "getRule", security(("bearer" = ["tickets:read"]), ("session" = [])),
    description = "One rule, with what it says.", params(OnePath), responses((status = 200, description = "The rule", body = RuleJson), Refused))]
async fn show(visit: Visit, Path(rule): Path<String>) -> Answer {
    keeper(&visit, Scope::TicketsRead)?;
    let rule = Rule::get(&mut visit.app.db.read().await?, id(&rule)?).await?;
    web::json(&RuleJson::of(rule))
}

struct Edit {
    version: i64,
    wish: Wish,
}

impl Form for Edit {
    fn read(fields: &mut Fields) -> Self {
        Self { version: fields.needed_integer("version", 1..=i64::MAX), wish: Body::read(fields).0 }
    }
}

/// Replace a rule.
#[utoipa::path(put, path = "/api/support/rules/{id}", tag = "Rules", operation_id = "replaceRule", security(("bearer" = ["tickets:write"]), ("session" = [])),
    description = "All of it, with the `version` that was read. What it says from now on does not answer to what happened before.", params(OnePath),
    request_body(content = RuleChange, example = json!({ "version": 1, "name": "Blocked releases first", "on": true, "when": ["ticket.created"], "if": { "field": "subject", "op": "contains", "value": "blocked" }, "then": [{ "do": "set_priority", "with": "URGENT" }] })),
    responses((status = 200, description = "The rule as it is now", body = RuleJson), Refused, Late, TooLarge))]
async fn change(visit: Visit, Path(rule): Path<String>, input: Input<Edit>) -> Answer {
    let actor = keeper(&visit, Scope::TicketsWrite)?;
    let mut tx = visit.app.db.write().await?;
    let rule = Rule::get(&mut tx, id(&rule)?).await?;
    let catalog = catalog(&visit, &mut tx).await?;
    let edit = input.check(|edit| Definition::errors(&edit.wish.definition, &catalog)).take()?;
    let rule = rule.change(&mut tx, actor, edit.version, &edit.wish, &catalog).await?;
    tx.commit().await?;
    web::json(&RuleJson::of(rule))
}

/// Remove a rule.
#[utoipa::path(delete, path = "/api/support/rules/{id}", tag = "Rules", operation_id = "removeRule", security(("bearer" = ["tickets:write"]), ("session" = [])),
    description = "What it did stays, and its traces for 30 days.", params(OnePath), responses((status = 204, description = "It is gone"), Refused))]
async fn remove(visit: Visit, Path(rule): Path<String>) -> Answer {
    let actor = keeper(&visit, Scope::TicketsWrite)?;
    let mut tx = visit.app.db.write().await?;
    Rule::get(&mut tx, id(&rule)?).await?.remove(&mut tx, actor).await?;
    tx.commit().await?;
    web::no_content()
}

/// Dry-run a rule.
#[utoipa::path(get, path = "/api/support/rules/{id}/dry-run", tag = "Rules", operation_id = "dryRunRule", security(("bearer" = ["tickets:read"]), ("session" = [])),
    description = "Which tickets it would have changed in the last 30 days, on or off. Nothing is written. A rule that names what is gone is refused with 422.", params(OnePath),
    responses((status = 200, description = "What it would have done", body = DryRunJson), Refused))]
async fn dry(visit: Visit, Path(rule): Path<String>) -> Answer {
    keeper(&visit, Scope::TicketsRead)?;
    let mut conn = visit.app.db.read().await?;
    let json = Rule::get(&mut conn, id(&rule)?).await?.json();
    let catalog = catalog(&visit, &mut conn).await?;
    let definition = Definition::read(&json, &catalog)?;
    let run = dry_run(&mut conn, &catalog, &definition).await?;
    let steps = deeds(&mut conn, &catalog, &json, run.first.first().map(|(thing, _)| thing)).await?;
    web::json(&DryRunJson::of(run, steps))
}

struct Page {
    limit: i64,
    before: Option<Id<Trace>>,
}

/// The sort that a cursor of traces belongs to.
const SORT: &str = "traces";

impl Form for Page {
    fn read(fields: &mut Fields) -> Self {
        let limit = fields.integer("limit", 1..=100).unwrap_or(50);
        let cursor = fields.optional_text("cursor", 300).map(|text| Cursor::decode(&text, SORT));
        if let Some(Err(Fault::Invalid(FieldErrors(errors)))) = &cursor {
            for (name, words) in errors {
                fields.errors.add(name, words.clone());
            }
        }
        Self { limit, before: cursor.and_then(Result::ok).map(|cursor| cursor.id.into()) }
    }
}

impl Page {
    fn limit(&self) -> usize {
        usize::try_from(self.limit).unwrap_or(50)
    }
}

fn page_of(moments: Vec<told::Moment>, next: Option<Id<Trace>>) -> TracesJson {
    TracesJson::of(moments, next.map(|next| Cursor { sort: SORT.to_owned(), value: 0, id: next.uuid() }.encode()))
}

/// List traces of a rule.
#[utoipa::path(get, path = "/api/support/rules/{id}/traces", tag = "Rules", operation_id = "listRuleTraces", security(("bearer" = ["tickets:read"]), ("session" = [])),
    description = "Why it did or did not fire, at each event that it listens to, the newest first. They are kept for 30 days. A rule of time leaves one when it fires. A page may hold fewer than `limit`.",
    params(OnePath, TracePage), responses((status = 200, description = "A page of traces", body = TracesJson), Refused))]
async fn traces(visit: Visit, Path(rule): Path<String>, Asked(page): Asked<Page>) -> Answer {
    keeper(&visit, Scope::TicketsRead)?;
    let mut conn = visit.app.db.read().await?;
    let rule = Rule::get(&mut conn, id(&rule)?).await?;
    let (traces, next) = Trace::page_of_rule(&mut conn, &rule, page.before, page.limit()).await?;
    let catalog = catalog(&visit, &mut conn).await?;
    web::json(&page_of(told::of_rule(&mut conn, &catalog, rule.id, &traces).await?, next))
}

/// List what rules did to a ticket.
#[utoipa::path(get, path = "/api/support/tickets/{id}/rules", tag = "Rules", operation_id = "listTicketRules", security(("bearer" = ["tickets:read"]), ("session" = [])),
    description = "Why each rule did or did not fire at this ticket, the newest first. For staff that may see the ticket.", params(TicketPath, TracePage),
    responses((status = 200, description = "A page of traces", body = TracesJson), Refused))]
async fn of_ticket(visit: Visit, Path(ticket): Path<String>, Asked(page): Asked<Page>) -> Answer {
    let actor = visit.signed_in()?;
    visit.scope(Scope::TicketsRead)?;
    policy::demand(actor, Action::SeeWhy)?;
    let ticket = id::<Trace>(&ticket)?.uuid();
    let mut conn = visit.app.db.read().await?;
    let domain = visit.app.domain(KIND).ok_or(Fault::Missing)?;
    if !(domain.may_see)(&mut conn, actor, ticket).await? {
        return Err(Fault::Missing.into());
    }
    let (traces, next) = Trace::page_of_subject(&mut conn, ticket, page.before, page.limit()).await?;
    let catalog = catalog(&visit, &mut conn).await?;
    web::json(&page_of(told::tell(&mut conn, &catalog, &traces).await?, next))
}
