//! One event and the rules that listen to it: asked in order, done in order, in one transaction.

use crate::{Catalog, Line, Loaded, Miss, Moment, Outcome, Rule, RuleId, Step, Turn, assign, assign::Task, evaluate, loaded::Ready};
use db::{Event, Timestamp, Tx, sql};
use kernel::{Actor, Facts, Fault, FieldKind, Result, Thing};
use serde_json::{Value, json};
use std::{borrow::Cow, collections::HashMap};
use uuid::Uuid;

/// At most this many rules fire in what began with one event.
pub(crate) const LIMIT: i64 = 10;

/// Where an event stands in a chain of rules.
#[derive(Clone, Debug, Default)]
pub(crate) struct Chain {
    /// The first event.
    root: i64,
    /// Rules that led here.
    rules: Vec<RuleId>,
}

impl Chain {
    pub(crate) fn of(event: &Event, facts: &Value) -> Self {
        let cause = &facts["cause"];
        let rules = cause["chain"].as_array().into_iter().flatten().filter_map(|id| id.as_str()?.parse().ok()).collect();
        Self { root: cause["root"].as_i64().unwrap_or(event.seq), rules }
    }

    /// Time set it off: a root of its own, that no event has.
    pub(crate) fn begun_by_time() -> Self {
        let (_, low) = Uuid::now_v7().as_u64_pair();
        Self { root: -i64::try_from(low >> 2).unwrap_or(i64::MAX), rules: Vec::new() }
    }

    pub(crate) fn has(&self, rule: RuleId) -> bool {
        self.rules.contains(&rule)
    }

    fn cause(&self, rule: &Rule) -> Value {
        let chain: Vec<RuleId> = self.rules.iter().copied().chain([rule.id]).collect();
        json!({ "rule": rule.id, "name": rule.name, "chain": chain, "root": self.root })
    }
}

/// What an event changed.
pub(crate) struct Happened {
    facts: Value,
    field: Option<Cow<'static, str>>,
}

impl Happened {
    pub(crate) fn at(catalog: &Catalog, event: &Event) -> Self {
        let facts = event.facts();
        Self { field: catalog.event(&event.kind).and_then(|kind| kind.changes.field(&facts)), facts }
    }

    /// For the conditions that ask.
    pub(crate) fn turn(&self) -> Option<Turn<'_>> {
        self.field.as_deref().map(|field| Turn::of(field, &self.facts))
    }

    pub(crate) fn chain(&self, event: &Event) -> Chain {
        Chain::of(event, &self.facts)
    }
}

/// A rule could not do what it says: it is left out, and the event is done anew without it.
pub(crate) enum Halt {
    /// The rule, and why.
    Rule(RuleId, String),
    /// The database or the program.
    Fault(Fault),
}

impl<E: Into<Fault>> From<E> for Halt {
    fn from(error: E) -> Self {
        Self::Fault(error.into())
    }
}

/// The line of a rule that did not fire because of a condition. The text of people is not repeated.
pub(crate) fn missed(ready: &Ready, miss: Miss, facts: &Facts) -> Line {
    let leaf = ready.definition.test.leaf(miss.leaf).filter(|leaf| leaf.field.kind != FieldKind::Text);
    let was = match leaf.and_then(|leaf| facts.get(&*leaf.field.name)) {
        Some(Value::String(text)) if text.len() <= 40 => text.clone(),
        Some(Value::Bool(value)) => value.to_string(),
        Some(Value::Number(number)) if leaf.is_some_and(|leaf| leaf.field.kind == FieldKind::Number) => number.to_string(),
        _ => String::new(),
    };
    Outcome::Missed(miss.leaf, was).of(&ready.rule)
}

/// Fires what is to fire at an event; answers what became of each rule.
pub(crate) struct Firing<'a> {
    /// The rules of now.
    pub loaded: &'a Loaded,
    /// Rules that could not do what they say.
    pub failed: &'a HashMap<RuleId, String>,
}

impl Firing<'_> {
    /// All rules that listen to the event, in order.
    pub(crate) async fn event(&self, tx: &mut Tx, event: &Event) -> std::result::Result<Vec<Line>, Halt> {
        let Some(catalog) = self.loaded.catalogs.get(event.subject_kind.as_str()) else { return Ok(Vec::new()) };
        let happened = Happened::at(catalog, event);
        let mut chain = happened.chain(event);
        let (mut lines, mut thing) = (Vec::new(), None);
        for ready in self.loaded.listening(event) {
            if thing.is_none() {
                thing = catalog.things(tx, &[event.subject_id], self.loaded.wanted(catalog.kind)).await?.pop();
            }
            let Some(current) = thing.as_ref() else { return Ok(lines) };
            let outcome = match self.ask(ready, current, &happened, &chain, tx.now()) {
                Some(line) => {
                    lines.push(line);
                    continue;
                }
                None if !count(tx, &chain).await? => Outcome::Limit,
                None => {
                    self.fire(tx, catalog, ready, current, &chain).await?;
                    // what later rules do here may be owed to this one: it is not set off by theirs either
                    chain.rules.push(ready.rule.id);
                    thing = None;
                    if ready.rule.stops { Outcome::Stopped } else { Outcome::Fired }
                }
            };
            let is_last = outcome != Outcome::Fired;
            lines.push(outcome.of(&ready.rule));
            if is_last {
                break;
            }
        }
        Ok(lines)
    }

    /// Why a rule does not fire here; none when it does.
    pub(crate) fn ask(&self, ready: &Ready, thing: &Thing, happened: &Happened, chain: &Chain, now: Timestamp) -> Option<Line> {
        if chain.has(ready.rule.id) {
            return Some(Outcome::OwnChain.of(&ready.rule));
        }
        if let Some(why) = self.failed.get(&ready.rule.id) {
            return Some(Outcome::Failed(why.clone()).of(&ready.rule));
        }
        let moment = Moment { facts: &thing.facts, turn: happened.turn(), now };
        evaluate(&ready.definition.test, &moment).map(|miss| missed(ready, miss, &thing.facts))
    }

    /// Does what a rule says to one thing, in the rule's name.
    pub(crate) async fn fire(&self, tx: &mut Tx, catalog: &Catalog, ready: &Ready, thing: &Thing, chain: &Chain) -> std::result::Result<(), Halt> {
        let actor = Actor::system(&format!("Rule “{}”", ready.rule.name));
        tx.because(Some(chain.cause(&ready.rule)));
        for step in &ready.definition.steps {
            if let Err(fault) = do_step(tx, catalog, &actor, thing.id, step).await {
                return Err(match fault {
                    Fault::Busy | Fault::Broken(_) => Halt::Fault(fault),
                    Fault::Invalid(errors) => Halt::Rule(ready.rule.id, errors.0.into_iter().map(|(_, words)| words).collect::<Vec<_>>().join(" ")),
                    other => Halt::Rule(ready.rule.id, other.to_string()),
                });
            }
        }
        tx.because(None);
        Ok(Rule::count_firing(tx, ready.rule.id).await?)
    }
}

async fn do_step(tx: &mut Tx, catalog: &Catalog, actor: &Actor, id: Uuid, step: &Step) -> Result<()> {
    match (step, &catalog.offer.duty) {
        (Step::Run(command, argument), _) => catalog.run(tx, actor, id, &command.name, &json!(argument)).await,
        (Step::Assign(mode, team), Some(duty)) => {
            let task = Task { catalog, duty, subject: id, team: *team, mode: *mode, takes_over: true };
            assign::assign(tx, actor, &task).await.map(drop)
        }
        (Step::Assign(..), None) => Ok(()),
    }
}

/// Counts a firing in the chain; false when there were too many already.
pub(crate) async fn count(tx: &mut Tx, chain: &Chain) -> Result<bool> {
    let now: Timestamp = tx.now();
    let counted = tx
        .run(sql!(
            "INSERT INTO rule_chains (root, steps, at) VALUES ($1, 1, $2) ON CONFLICT (root) DO UPDATE SET steps = rule_chains.steps + 1 WHERE rule_chains.steps < $3",
            chain.root,
            now,
            LIMIT
        ))
        .await?;
    Ok(counted == 1)
}
