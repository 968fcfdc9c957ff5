//! Table tests of the evaluator and of reading a rule, against an offer made for it: no room is needed.

use super::*;
use crate::{Catalog, Definition, Step};
use db::{Conn, Tx};
use futures::future::BoxFuture;
use kernel::{Actor, Addition, Argument, Change, Choice, Command, EventKind, Made, Offer, Place, Result, Thing, Walk};
use serde_json::json;
use std::borrow::Cow::Borrowed;
use uuid::Uuid;

fn choices<'a>(_: &'a mut Conn, _: &'a str) -> BoxFuture<'a, Result<Vec<Choice>>> {
    Box::pin(async { Ok(Vec::new()) })
}
fn things<'a>(_: &'a mut Conn, _: &'a [Uuid], _: &'a [String]) -> BoxFuture<'a, Result<Vec<Thing>>> {
    Box::pin(async { Ok(Vec::new()) })
}
fn facts<'a>(_: &'a mut Conn, _: &'a [Uuid], _: &'a [String]) -> BoxFuture<'a, Result<Vec<(Uuid, Facts)>>> {
    Box::pin(async { Ok(Vec::new()) })
}
fn run<'a>(_: &'a mut Tx, _: &'a Actor, _: Uuid, _: &'a str, _: &'a Value) -> BoxFuture<'a, Result<()>> {
    Box::pin(async { Ok(()) })
}
fn candidates(_: &mut Conn, _: Walk, _: Place, _: i64) -> BoxFuture<'_, Result<Vec<Place>>> {
    Box::pin(async { Ok(Vec::new()) })
}
fn made(_: &mut Conn) -> BoxFuture<'_, Result<Made>> {
    Box::pin(async { Ok(Made::default()) })
}

const fn field(name: &'static str, label: &'static str, kind: FieldKind) -> Field {
    Field { name: Borrowed(name), label: Borrowed(label), kind }
}

static OFFER: Offer = Offer {
    one: "lamp",
    many: "lamps",
    events: &[EventKind { kind: "lamp.lit", label: "it is lit", changes: Change::Field("colour") }],
    fields: &[
        field("colour", "Colour", FieldKind::Choice(Borrowed("colours"))),
        field("words", "Words", FieldKind::Words),
        field("text", "Text", FieldKind::Text),
        field("watts", "Watts", FieldKind::Number),
        field("is_on", "On", FieldKind::YesNo),
        field("made", "Made", FieldKind::Time),
        field("none", "None", FieldKind::Choice(Borrowed("colours"))),
    ],
    commands: &[Command { name: Borrowed("dim"), label: Borrowed("Dim to"), argument: Argument::Word, sets: None }],
    made,
    choices,
    things,
    run,
    candidates,
    variables: None,
    duty: None,
    tell: |_, _| Box::pin(std::future::ready(Ok(None))),
};

/// Another room knows more of lamps, and does more to them.
static ADDITION: Addition = Addition {
    kind: "lamp",
    events: &[EventKind { kind: "power.lost", label: "power is lost", changes: Change::Nothing }],
    fields: &[field("power.due", "Next outage", FieldKind::Time)],
    commands: &[Command { name: Borrowed("power.tell"), label: Borrowed("Tell"), argument: Argument::Text, sets: None }],
    choices,
    facts,
    run,
};

fn catalog() -> Catalog {
    let choice = |value: &str, label: &str| Choice { value: value.to_owned(), label: label.to_owned() };
    let made = Made {
        fields: vec![field("custom.sizes", "Sizes", FieldKind::Choices(Borrowed("sizes")))],
        commands: vec![
            Command { name: Borrowed("set.price"), label: Borrowed("Set price to"), argument: Argument::Number, sets: None },
            Command { name: Borrowed("set.day"), label: Borrowed("Set day to"), argument: Argument::Day, sets: None },
        ],
    };
    let colours = vec![choice("RED", "Red"), choice("BLUE", "Blue")];
    let book = [("colours".to_owned(), colours), ("teams".to_owned(), vec![]), ("sizes".to_owned(), vec![choice("S", "S"), choice("L", "L")])].into();
    Catalog::new("lamp", &OFFER, vec![&ADDITION], made, book)
}

const HOUR: i64 = 3_600_000_000;
const NOW: i64 = 100 * HOUR;

/// Reads a condition and asks it of one lamp that an event just turned from blue to red.
fn ask(condition: &Value) -> Option<Miss> {
    let rule = json!({ "when": ["lamp.lit"], "if": condition, "then": [{ "do": "dim", "with": "x" }] });
    let definition = Definition::read(&rule, &catalog()).unwrap_or_else(|errors| panic!("{condition}: {errors:?}"));
    let lamp = json!({
        "colour": "RED", "words": ["Hall", "big"], "text": "Hello WORLD", "watts": 40.5, "is_on": true, "made": NOW - 5 * HOUR, "none": null,
        "power.due": NOW + 2 * HOUR, "custom.sizes": ["S", "L"]
    });
    let mut facts = lamp.as_object().cloned().unwrap_or_default();
    folded(&mut facts, &catalog().fields);
    let (old, new) = (json!("Blue"), json!("Red"));
    let turn = Some(Turn { field: "colour", old: &old, new: &new });
    evaluate(&definition.test, &Moment { facts: &facts, turn, now: Timestamp::from_micros(NOW) })
}

#[test]
fn what_is_not_known_is_told_only_where_it_matters() {
    let (catalog, facts) = (catalog(), json!({ "is_on": true, "watts": 40 }).as_object().unwrap().clone());
    let (on, off, colour) = (json!({ "field": "is_on", "op": "yes" }), json!({ "field": "is_on", "op": "no" }), json!({ "field": "colour", "op": "is_empty" }));
    let cases = [
        (json!({ "all": [on, colour] }), None),
        (json!({ "all": [off, colour] }), Some(false)),
        (json!({ "any": [on, colour] }), Some(true)),
        (json!({ "any": [off, colour] }), None),
        (json!({ "all": [on, { "any": [off, colour] }] }), None),
        (json!({ "all": [on] }), Some(true)),
    ];
    for (condition, expected) in cases {
        let rule = json!({ "when": ["lamp.lit"], "if": condition, "then": [{ "do": "dim", "with": "x" }] });
        let definition = Definition::read(&rule, &catalog).unwrap();
        let moment = Moment { facts: &facts, turn: None, now: Timestamp::from_micros(NOW) };
        assert_eq!(certainly(&definition.test, &moment, &|leaf| leaf.field.name != "colour"), expected, "{condition}");
    }
}

#[test]
fn each_comparison_says_yes_and_no_where_it_should() {
    let cases = [
        ("colour", "is", json!("RED"), true),
        ("colour", "is", json!("BLUE"), false),
        ("colour", "is_not", json!("BLUE"), true),
        ("colour", "is_not", json!("RED"), false),
        ("colour", "any_of", json!(["BLUE", "RED"]), true),
        ("colour", "any_of", json!(["BLUE"]), false),
        ("colour", "none_of", json!(["BLUE"]), true),
        ("colour", "none_of", json!(["BLUE", "RED"]), false),
        ("colour", "is_set", json!(null), true),
        ("colour", "is_empty", json!(null), false),
        ("none", "is_empty", json!(null), true),
        ("none", "is_set", json!(null), false),
        ("none", "is", json!("RED"), false),
        ("none", "is_not", json!("RED"), true),
        ("none", "none_of", json!(["RED"]), true),
        ("colour", "changed", json!(null), true),
        ("none", "changed", json!(null), false),
        ("colour", "changed_from", json!("BLUE"), true),
        ("colour", "changed_from", json!("RED"), false),
        ("colour", "changed_to", json!("RED"), true),
        ("colour", "changed_to", json!("BLUE"), false),
        ("words", "any_of", json!(["HALL", "attic"]), true),
        ("words", "any_of", json!(["attic"]), false),
        ("words", "none_of", json!(["attic"]), true),
        ("words", "none_of", json!(["big"]), false),
        ("words", "is_empty", json!(null), false),
        ("text", "contains", json!("world"), true),
        ("text", "contains", json!("WORLD"), true),
        ("text", "contains", json!("moon"), false),
        ("text", "lacks", json!("moon"), true),
        ("text", "lacks", json!("hello"), false),
        ("text", "is", json!("hello world"), true),
        ("text", "is", json!("hello"), false),
        ("watts", "is", json!("40.50"), true),
        ("watts", "is", json!(41), false),
        ("watts", "less", json!(41), true),
        ("watts", "less", json!(40.5), false),
        ("watts", "more", json!("40.4"), true),
        ("watts", "more", json!(40.5), false),
        ("is_on", "yes", json!(null), true),
        ("is_on", "no", json!(null), false),
        ("made", "older_hours", json!(5), true),
        ("made", "older_hours", json!(6), false),
        ("made", "newer_hours", json!(6), true),
        ("made", "newer_hours", json!(5), false),
        ("made", "within_hours", json!(9), false),
        ("power.due", "within_hours", json!(2), true),
        ("power.due", "within_hours", json!(1.5), false),
        ("power.due", "newer_hours", json!(9), false),
        ("power.due", "older_hours", json!(0), false),
        ("custom.sizes", "any_of", json!(["L"]), true),
        ("custom.sizes", "none_of", json!("S"), false),
    ];

    for (field, op, value, expected) in cases {
        let condition = json!({ "field": field, "op": op, "value": value });
        assert_eq!(ask(&condition).is_none(), expected, "{condition}");
    }
}

#[test]
fn groups_nest_and_tell_which_condition_decided() {
    let (yes, no) = (json!({ "field": "is_on", "op": "yes" }), json!({ "field": "is_on", "op": "no" }));
    let cases = [
        (json!({ "all": [] }), None),
        (json!({ "all": [yes, yes] }), None),
        (json!({ "all": [yes, no, no] }), Some(1)),
        (json!({ "any": [no, yes, no] }), None),
        (json!({ "any": [no, no] }), Some(1)),
        (json!({ "all": [yes, { "any": [no, { "all": [yes, yes] }] }] }), None),
        (json!({ "all": [yes, { "any": [no, { "all": [yes, no] }] }] }), Some(3)),
        (json!({ "any": [{ "all": [no, yes] }, { "all": [yes, { "any": [yes] }] }] }), None),
    ];

    for (condition, expected) in cases {
        assert_eq!(ask(&condition).map(|miss| miss.leaf), expected, "{condition}");
    }
}

#[test]
fn a_rule_that_names_what_is_not_there_is_refused_with_its_place() {
    let rule = |when: Value, test: Value, then: Value| Definition::read(&json!({ "when": when, "if": test, "then": then }), &catalog());
    let (when, dim) = (json!(["lamp.lit"]), json!([{ "do": "dim", "with": "low" }]));
    let leaf = |field: &str, op: &str, value: &str| json!({ "all": [{ "field": field, "op": op, "value": value }] });
    let mut deep = json!({ "field": "is_on", "op": "yes" });
    for _ in 0..8 {
        deep = json!({ "all": [deep] });
    }
    let cases = [
        (json!([]), json!(null), dim.clone(), "when", "choose what happens"),
        (json!(["lamp.broken"]), json!(null), dim.clone(), "when", "no event lamp.broken"),
        (when.clone(), leaf("size", "is", "1"), dim.clone(), "c1value", "no field size"),
        (when.clone(), leaf("colour", "contains", "R"), dim.clone(), "c1value", "can’t be compared"),
        (when.clone(), leaf("colour", "is", "GREEN"), dim.clone(), "c1value", "is gone"),
        (when.clone(), leaf("colour", "is", ""), dim.clone(), "c1value", "choose a value"),
        (when.clone(), leaf("watts", "less", "many"), dim.clone(), "c1value", "how many"),
        (when.clone(), deep, dim.clone(), "if", "deep"),
        (when.clone(), json!({ "any": [] }), dim.clone(), "if", "needs a condition"),
        (json!("time"), json!(null), dim.clone(), "if", "needs a condition"),
        (json!("time"), leaf("colour", "changed_to", "RED"), dim, "c1value", "nothing has changed"),
        (when.clone(), json!(null), json!([]), "then", "Say what is done"),
        (when.clone(), json!(null), json!([{ "do": "melt" }]), "a1value", "nothing called melt"),
        (when.clone(), json!(null), json!([{ "do": "round_robin", "with": "x" }]), "a1value", "nothing called round_robin"),
        (when.clone(), json!(null), json!([{ "do": "dim" }]), "a1value", "write something"),
        (when.clone(), json!(null), json!([{ "do": "set.price", "with": "cheap" }]), "a1value", "a number"),
        (when.clone(), json!(null), json!([{ "do": "set.day", "with": "22.11.2026" }]), "a1value", "a date"),
        (when.clone(), json!(null), json!([{ "do": "dim", "with": "low", "text": "x" }]), "a1value", "called text"),
        (when.clone(), json!({ "all": [], "any": [] }), json!([{ "do": "dim", "with": "low" }]), "if", "called any"),
        (when, json!(null), json!([{ "do": "melt" }, { "do": "melt" }]), "a2value", "nothing called melt"),
    ];

    for (when, test, then, field, words) in cases {
        let errors = rule(when.clone(), test.clone(), then.clone()).unwrap_err();
        assert!(errors.0.iter().any(|(name, text)| name == field && text.contains(words)), "{when} {test} {then}: {errors:?}");
    }
}

#[test]
fn what_other_rooms_add_is_asked_and_done_like_the_rooms_own() {
    let rule = json!({ "when": ["power.lost"], "if": { "field": "power.due", "op": "is_set" }, "then": [{ "do": "power.tell", "with": "Dark." }] });

    let definition = Definition::read(&rule, &catalog()).unwrap();

    assert_eq!((definition.events.as_slice(), definition.fields()), (&["power.lost"][..], vec!["power.due".to_owned()]));
    assert!(matches!(&definition.steps[..], [Step::Run(command, text)] if command.name == "power.tell" && text == "Dark."));
}

#[test]
fn a_rule_that_names_what_is_gone_still_has_its_words() {
    let rule = json!({ "when": ["lamp.lit"], "if": { "all": [{ "field": "colour", "op": "is", "value": "GREEN" }, { "field": "made", "op": "older_hours", "value": 3 }] }, "then": [] });

    assert_eq!(Definition::words(&rule, &catalog()), ["Colour is (gone)", "Made was more than 3 hours ago"]);
}
