//! Asks the conditions of a rule of a thing as it is, and of what an event changed. Pure: no database, no clock.

use crate::{Leaf, Op, Test};
use db::Timestamp;
use kernel::{Facts, Field, FieldKind};
use serde_json::Value;
use std::sync::Arc;

/// What an event changed.
#[derive(Clone, Copy, Debug)]
pub struct Turn<'a> {
    /// Which field.
    pub field: &'a str,
    /// Before.
    pub old: &'a Value,
    /// After.
    pub new: &'a Value,
}

impl<'a> Turn<'a> {
    /// By the facts of its line: what is stored where the line tells that, else the words.
    pub(crate) fn of(field: &'a str, facts: &'a Value) -> Self {
        let side = |value: &str, words: &str| facts.get(value).unwrap_or(&facts[words]);
        Self { field, old: side("oldValue", "old"), new: side("newValue", "new") }
    }
}

/// What is asked.
#[derive(Clone, Copy, Debug)]
pub struct Moment<'a> {
    /// Present values; texts in lower case, see [`folded`].
    pub facts: &'a Facts,
    /// What the event changed.
    pub turn: Option<Turn<'a>>,
    /// Now.
    pub now: Timestamp,
}

/// Why a rule does not fire: the condition by its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Miss {
    /// The number of the condition that decided.
    pub leaf: usize,
}

/// Lower case for all texts and words, once for all rules that ask.
pub fn folded(facts: &mut Facts, fields: &[Arc<Field>]) {
    for field in fields.iter().filter(|field| matches!(field.kind, FieldKind::Text | FieldKind::Words)) {
        match facts.get_mut(&*field.name) {
            Some(Value::String(text)) => *text = text.to_lowercase(),
            Some(Value::Array(words)) => {
                for word in words {
                    if let Value::String(text) = word {
                        *text = text.to_lowercase();
                    }
                }
            }
            _ => {}
        }
    }
}

/// None when it is true; else what decided: of `all` the first that is false, of `any` the last.
pub fn evaluate(test: &Test, moment: &Moment<'_>) -> Option<Miss> {
    match test {
        Test::All(tests) => tests.iter().find_map(|test| evaluate(test, moment)),
        Test::Any(tests) => {
            let mut miss = None;
            for test in tests {
                miss = Some(evaluate(test, moment)?);
            }
            miss
        }
        Test::One(leaf) => (!holds(leaf, moment)).then_some(Miss { leaf: leaf.number }),
    }
}

/// The same where not all is known: none when it hangs on that. Conditions are joined by "and" and "or" alone, so it is certain
/// when it makes no difference whether all that is not known holds or nothing of it.
pub(crate) fn certainly(test: &Test, moment: &Moment<'_>, is_known: &dyn Fn(&Leaf) -> bool) -> Option<bool> {
    fn guess(test: &Test, moment: &Moment<'_>, is_known: &dyn Fn(&Leaf) -> bool, rest: bool) -> bool {
        match test {
            Test::All(tests) => tests.iter().all(|test| guess(test, moment, is_known, rest)),
            Test::Any(tests) => tests.iter().any(|test| guess(test, moment, is_known, rest)),
            Test::One(leaf) if is_known(leaf) => holds(leaf, moment),
            Test::One(_) => rest,
        }
    }
    let least = guess(test, moment, is_known, false);
    (least == guess(test, moment, is_known, true)).then_some(least)
}

fn holds(leaf: &Leaf, moment: &Moment<'_>) -> bool {
    let fact = moment.facts.get(&*leaf.field.name).unwrap_or(&Value::Null);
    match leaf.op {
        Op::Is if leaf.field.kind == FieldKind::Number => fact.as_f64().is_some_and(|number| (number - leaf.number_value).abs() < f64::EPSILON),
        Op::Is => leaf.values.iter().any(|value| same(fact, value)),
        Op::IsNot => !leaf.values.iter().any(|value| same(fact, value)),
        Op::AnyOf => leaf.values.iter().any(|value| has(fact, value)),
        Op::NoneOf => !leaf.values.iter().any(|value| has(fact, value)),
        Op::Contains => fact.as_str().is_some_and(|text| leaf.values.iter().any(|value| text.contains(value.as_str()))),
        Op::Lacks => !fact.as_str().is_some_and(|text| leaf.values.iter().any(|value| text.contains(value.as_str()))),
        Op::Less => fact.as_f64().is_some_and(|number| number < leaf.number_value),
        Op::More => fact.as_f64().is_some_and(|number| number > leaf.number_value),
        Op::Older => hours_ago(fact, moment.now).is_some_and(|hours| hours >= leaf.number_value),
        Op::Newer => hours_ago(fact, moment.now).is_some_and(|hours| (0.0..leaf.number_value).contains(&hours)),
        Op::Within => hours_ago(fact, moment.now).is_some_and(|hours| (0.0..=leaf.number_value).contains(&-hours)),
        Op::IsEmpty => is_empty(fact),
        Op::IsSet => !is_empty(fact),
        Op::Yes => fact == &Value::Bool(true),
        Op::No => fact != &Value::Bool(true),
        Op::Changed => turned(leaf, moment).is_some(),
        Op::ChangedFrom => turned(leaf, moment).is_some_and(|turn| named(leaf, turn.old)),
        Op::ChangedTo => turned(leaf, moment).is_some_and(|turn| named(leaf, turn.new)),
    }
}

fn turned<'a>(leaf: &Leaf, moment: &Moment<'a>) -> Option<Turn<'a>> {
    moment.turn.filter(|turn| turn.field == &*leaf.field.name && turn.old != turn.new)
}

/// Old and new of some events are ids or words, of others names.
fn named(leaf: &Leaf, value: &Value) -> bool {
    value.as_str().is_some_and(|text| leaf.values.iter().chain(&leaf.labels).any(|known| known == text))
}

/// A fact is this value, as rules write it.
pub(crate) fn same(fact: &Value, value: &str) -> bool {
    match fact {
        Value::String(text) => text == value,
        Value::Number(number) => value.parse::<f64>().ok().zip(number.as_f64()).is_some_and(|(one, other)| (one - other).abs() < f64::EPSILON),
        Value::Bool(yes) => value == if *yes { "true" } else { "false" },
        Value::Null => value.is_empty(),
        _ => false,
    }
}

fn has(fact: &Value, value: &str) -> bool {
    match fact {
        Value::Array(list) => list.iter().any(|item| same(item, value)),
        one => same(one, value),
    }
}

fn is_empty(fact: &Value) -> bool {
    match fact {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(list) => list.is_empty(),
        _ => false,
    }
}

/// Hours from a time until now; below zero for what is to come.
#[expect(clippy::cast_precision_loss, reason = "microseconds of centuries stay exact in 53 bits")]
fn hours_ago(fact: &Value, now: Timestamp) -> Option<f64> {
    const HOUR_US: f64 = 3_600_000_000.0;
    fact.as_i64().map(|at| now.micros().saturating_sub(at) as f64 / HOUR_US)
}

#[cfg(test)]
#[path = "evaluate_tests.rs"]
mod tests;
