//! Values and conditions, by table.

use super::*;
use crate::field::{Audience, Options, Shown};
use serde_json::json;

fn field(key: &str, kind: Kind) -> Field {
    let options = if kind.chooses() { vec!["Free".to_owned(), "Team".to_owned(), "Business".to_owned()] } else { Vec::new() };
    Field {
        key: key.to_owned(),
        label: key.to_owned(),
        help: String::new(),
        kind,
        audience: Audience::Everyone,
        options: Options(options),
        is_needed_at_first: false,
        is_needed_to_solve: false,
        shown: Shown(None),
        position: 1,
        archived_at: None,
        version: 1,
    }
}

fn shown(key: &str, on: On, is: &str) -> Field {
    Field { shown: Shown(Some(Condition { on, is: vec![is.to_owned()] })), ..field(key, Kind::Text) }
}

/// The stored values, or the sentence.
fn said(kind: Kind, value: &Value, is_typed: bool) -> Result<Vec<String>, String> {
    let mut wrong = FieldErrors::default();
    let values = field("f", kind).read(value, is_typed, &[], &mut wrong);
    wrong.0.pop().map_or(Ok(values), |(_, sentence)| Err(sentence))
}

#[test]
fn each_kind_takes_its_own_values_and_refuses_others() {
    let long = "x".repeat(TEXT + 1);
    let cases: Vec<(Kind, Value, bool, Option<&[&str]>)> = vec![
        (Kind::Text, json!("  a b "), true, Some(&["a b"])),
        (Kind::Text, json!(""), true, Some(&[])),
        (Kind::Text, json!(null), true, Some(&[])),
        (Kind::Text, json!(7), true, None),
        (Kind::Text, json!("a\nb"), true, None),
        (Kind::Text, json!(long), true, None),
        (Kind::Number, json!(7), true, Some(&["7"])),
        (Kind::Number, json!(7.50), true, Some(&["7.5"])),
        (Kind::Number, json!(-0.5), true, Some(&["-0.5"])),
        (Kind::Number, json!("7"), true, None),
        (Kind::Number, json!(1e300), true, None),
        (Kind::Number, json!(1_234_567_890_123_456_i64), true, None),
        (Kind::Number, json!("007.50"), false, Some(&["7.5"])),
        (Kind::Number, json!("-0"), false, Some(&["0"])),
        (Kind::Number, json!("1,5"), false, None),
        (Kind::Number, json!("1e3"), false, None),
        (Kind::Number, json!("."), false, None),
        (Kind::Number, json!("-"), false, None),
        (Kind::Number, json!(""), false, Some(&[])),
        (Kind::Date, json!("2026-02-28"), true, Some(&["2026-02-28"])),
        (Kind::Date, json!("2026-02-29"), true, None),
        (Kind::Date, json!("28.02.2026"), true, None),
        (Kind::Date, json!("2026-2-8"), true, None),
        (Kind::Date, json!(20_260_228), true, None),
        (Kind::Checkbox, json!(true), true, Some(&["true"])),
        (Kind::Checkbox, json!("true"), true, None),
        (Kind::Checkbox, json!(["false", "true"]), false, Some(&["true"])),
        (Kind::Checkbox, json!("false"), false, Some(&["false"])),
        (Kind::Select, json!("Team"), true, Some(&["Team"])),
        (Kind::Select, json!("team"), true, Some(&["Team"])),
        (Kind::Select, json!("Gold"), true, None),
        (Kind::Select, json!(["Team"]), true, None),
        (Kind::MultiSelect, json!(["Team", "Free", "Team"]), true, Some(&["Team", "Free"])),
        (Kind::MultiSelect, json!([]), true, Some(&[])),
        (Kind::MultiSelect, json!("Team"), true, None),
        (Kind::MultiSelect, json!("Team"), false, Some(&["Team"])),
        (Kind::MultiSelect, json!(["Team", 7]), true, None),
        (Kind::MultiSelect, json!(["Gold"]), true, None),
    ];

    for (kind, value, is_typed, expected) in cases {
        let found = said(kind, &value, is_typed);
        match expected {
            Some(values) => assert_eq!(found.unwrap(), values, "{kind} {value}"),
            None => assert!(found.is_err(), "{kind} takes {value} as {found:?}"),
        }
    }
}

#[test]
fn a_choice_that_is_no_longer_offered_may_stay_but_not_come() {
    let held = vec!["Gold".to_owned()];
    let mut wrong = FieldErrors::default();

    assert_eq!(field("f", Kind::Select).read(&json!("Gold"), true, &held, &mut wrong), held);
    assert!(wrong.is_empty());
}

#[test]
fn a_field_is_asked_when_its_condition_and_those_above_it_are_met() {
    let all = [
        field("plan", Kind::Select),
        shown("seats", On::Field("plan".to_owned()), "Business"),
        shown("reason", On::Field("seats".to_owned()), "7"),
        shown("invoice", On::Category, "BILLING"),
        shown("caller", On::Channel, "call"),
    ];
    let asked = |category, channel, pairs: &[(&str, &str)]| {
        let values: Values = pairs.iter().map(|(key, value)| ((*key).to_owned(), vec![(*value).to_owned()])).collect();
        let case = Case { category, channel, values: &values };
        all.iter().filter(|field| case.shows(field, &all)).map(|field| field.key.clone()).collect::<Vec<_>>().join(" ")
    };

    assert_eq!(asked(Category::Bug, Channel::Web, &[]), "plan");
    assert_eq!(asked(Category::Billing, Channel::Call, &[]), "plan invoice caller");
    assert_eq!(asked(Category::Bug, Channel::Web, &[("plan", "Business")]), "plan seats");
    assert_eq!(asked(Category::Bug, Channel::Web, &[("plan", "Business"), ("seats", "7")]), "plan seats reason");
    assert_eq!(asked(Category::Bug, Channel::Web, &[("seats", "7")]), "plan", "what hangs on a field that is not asked is not asked");
}

#[test]
fn a_condition_is_kept_as_words_and_never_in_a_circle() {
    let all = [field("plan", Kind::Select), shown("seats", On::Field("plan".to_owned()), "Business")];
    let settled = |on: On, is: &str, key: &str| Condition { on, is: vec![is.to_owned()] }.settled(key, &all);

    assert_eq!(settled(On::Category, "something is broken", "new").unwrap().is, ["BUG"]);
    assert_eq!(settled(On::Field("plan".to_owned()), "business", "new").unwrap().is, ["Business"]);
    assert_eq!(settled(On::Field("plan".to_owned()), "Gold", "new").unwrap_err().0, "shownIs");
    assert_eq!(settled(On::Field("none".to_owned()), "x", "new").unwrap_err().0, "shownOn");
    assert_eq!(settled(On::Field("seats".to_owned()), "7", "plan").unwrap_err().0, "shownOn");
    assert_eq!(settled(On::Field("plan".to_owned()), "Team", "plan").unwrap_err().0, "shownOn");
    let kept = settled(On::Channel, "Web form", "new").unwrap();
    assert_eq!(Condition::parse(&kept.stored()).unwrap(), kept);
}
