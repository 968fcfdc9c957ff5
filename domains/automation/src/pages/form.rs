//! What stands in the editor: rows of conditions and steps, from the form or from a rule, and back to JSON.

use crate::{Catalog, MOST, Mode, Op, definition::text, op::Needs};
use kernel::{Argument, Field, FieldKind};
use serde_json::{Value, json};
use web::{Fields, Form};

/// Groups of alternatives at most; what has more, or lies deeper, is edited as JSON.
pub(super) const GROUPS: usize = 6;

/// A row of a condition.
#[derive(Clone, Debug, Default)]
pub(super) struct Condition {
    /// 0 for those that must all be true, else the number of its group of alternatives.
    pub group: usize,
    pub field: String,
    pub op: String,
    pub values: Vec<String>,
}

/// A row of a step.
#[derive(Clone, Debug, Default)]
pub(super) struct Act {
    pub name: String,
    pub with: String,
}

/// The whole form, as typed.
#[derive(Clone, Debug, Default)]
pub(super) struct Typed {
    pub name: String,
    pub is_on: bool,
    pub stops: bool,
    pub version: i64,
    pub is_time: bool,
    pub events: Vec<String>,
    pub conditions: Vec<Condition>,
    pub acts: Vec<Act>,
    /// Set when the rule is edited as JSON.
    pub json: Option<String>,
    /// Which button was pressed.
    pub button: String,
    /// The field that each group's button adds.
    pub new_fields: Vec<String>,
    pub new_step: String,
}

impl Form for Typed {
    fn read(fields: &mut Fields) -> Self {
        let mut typed = Self {
            name: fields.text("name", 80),
            is_on: fields.boolean("on"),
            stops: fields.boolean("stops"),
            version: fields.integer("version", 0..=i64::MAX).unwrap_or_default(),
            is_time: fields.optional_text("when", 10).as_deref() == Some("time"),
            events: fields.texts("event", 50, 80),
            json: fields.optional_text("definition", 100_000),
            button: fields.optional_text("act", 40).unwrap_or_else(|| "save".to_owned()),
            new_fields: (0..=GROUPS).map(|group| fields.optional_text(&format!("new{group}"), 80).unwrap_or_default()).collect(),
            new_step: fields.optional_text("newStep", 80).unwrap_or_default(),
            ..Self::default()
        };
        for at in 1..=MOST + 1 {
            let mut value = |part: &str, most| fields.optional_text(&format!("c{at}{part}"), most).unwrap_or_default();
            let (group, field, op) = (value("group", 2).parse().unwrap_or(0).min(GROUPS), value("field", 80), value("op", 40));
            let name = format!("c{at}value");
            // what is ticked comes as a list; several words stand in one line with commas
            let ticked = fields.texts(&format!("c{at}pick"), 50, 200);
            let is_list = matches!(op.as_str(), "any_of" | "none_of");
            let typed_values = if is_list { fields.texts(&name, 50, 200) } else { fields.optional_text(&name, 200).into_iter().collect() };
            if !field.is_empty() {
                typed.conditions.push(Condition { group, field, op, values: if ticked.is_empty() { typed_values } else { ticked } });
            }
            let mut value = |part: &str, most| fields.optional_text(&format!("a{at}{part}"), most).unwrap_or_default();
            let act = Act { name: value("do", 80), with: value("value", 5_000) };
            if !act.name.is_empty() {
                typed.acts.push(act);
            }
        }
        typed
    }
}

impl Typed {
    /// From what a rule says; as JSON where its groups are deeper than the form's.
    pub(super) fn of(definition: &Value) -> Self {
        let mut typed = Self { is_time: definition["when"] == "time", ..Self::default() };
        typed.events = definition["when"].as_array().into_iter().flatten().map(text).collect();
        match rows(&definition["if"]) {
            Some(conditions) => typed.conditions = conditions,
            None => typed.json = Some(serde_json::to_string_pretty(definition).unwrap_or_default()),
        }
        let steps = definition["then"].as_array().into_iter().flatten();
        typed.acts = steps.map(|step| Act { name: text(&step["do"]), with: text(&step["with"]) }).collect();
        typed
    }

    /// When, if, then; an error in words when the JSON can't be read.
    pub(super) fn definition(&self) -> Result<Value, String> {
        if let Some(json) = &self.json {
            return serde_json::from_str(json).map_err(|error| format!("This is not JSON: {error}."));
        }
        let leaf = |row: &Condition| {
            let is_nothing = Op::from_word(&row.op).is_some_and(|op| op.needs() == Needs::Nothing);
            let value = match row.values.as_slice() {
                _ if is_nothing => Value::Null,
                [one] => json!(one),
                several => json!(several),
            };
            json!({ "field": row.field, "op": row.op, "value": value })
        };
        let of = |group: usize| self.conditions.iter().filter(|row| row.group == group).map(leaf).collect::<Vec<_>>();
        let mut all = of(0);
        all.extend((1..=GROUPS).map(of).filter(|any| !any.is_empty()).map(|any| json!({ "any": any })));
        let then: Vec<Value> = self.acts.iter().map(|act| json!({ "do": act.name, "with": act.with })).collect();
        let when = if self.is_time { json!("time") } else { json!(self.events) };
        Ok(json!({ "when": when, "if": { "all": all }, "then": then }))
    }

    /// What a button that adds, removes or moves does to the rows; false when it was another one.
    pub(super) fn press(&mut self) -> bool {
        let button = std::mem::take(&mut self.button);
        let number = |prefix: &str| button.strip_prefix(prefix).and_then(|rest| rest.parse::<usize>().ok());
        let place = |prefix: &str| number(prefix).and_then(|number| number.checked_sub(1));
        if let Some(group) = number("add-c").filter(|group| *group <= GROUPS) {
            let field = self.new_fields.get(group).cloned().unwrap_or_default();
            self.conditions.push(Condition { group, field, ..Condition::default() });
        } else if button == "add-step" {
            self.acts.push(Act { name: self.new_step.clone(), ..Act::default() });
        } else if let Some(at) = place("remove-c").filter(|at| *at < self.conditions.len()) {
            self.conditions.remove(at);
        } else if let Some(at) = place("remove-a").filter(|at| *at < self.acts.len()) {
            self.acts.remove(at);
        } else if let Some(at) = place("up-a").filter(|at| (1..self.acts.len()).contains(at)) {
            self.acts.swap(at - 1, at);
        } else {
            return false;
        }
        self.conditions.truncate(MOST);
        self.acts.truncate(MOST);
        self.conditions.sort_by_key(|row| row.group);
        true
    }
}

/// Conditions as rows of groups; none when they lie deeper.
fn rows(json: &Value) -> Option<Vec<Condition>> {
    let leaf = |group: usize, json: &Value| {
        let values = match &json["value"] {
            Value::Array(list) => list.iter().map(text).collect(),
            Value::Null => Vec::new(),
            one => vec![text(one)],
        };
        json["field"].as_str().map(|field| Condition { group, field: field.to_owned(), op: text(&json["op"]), values })
    };
    let (mut found, mut alternatives, mut groups) = (Vec::new(), Vec::new(), 0);
    let one = [json.clone()];
    let all = match json {
        Value::Null => return Some(Vec::new()),
        _ => json["all"].as_array().map_or(&one[..], Vec::as_slice),
    };
    for item in all {
        if let Some(list) = item["any"].as_array() {
            groups += 1;
            alternatives.extend(list.iter().map(|item| leaf(groups, item)).collect::<Option<Vec<_>>>()?);
        } else {
            found.push(leaf(0, item)?);
        }
    }
    found.extend(alternatives);
    (groups <= GROUPS && found.len() <= MOST).then_some(found)
}

/// An entry of a menu.
pub(super) struct Entry {
    pub value: String,
    pub label: String,
    pub is_chosen: bool,
}

/// How a value is typed.
pub(super) enum Control {
    Nothing,
    Line(String),
    Number(String),
    Day(String),
    Menu(Vec<Entry>),
    /// What is chosen, in words, and all there is.
    Ticks(String, Vec<Entry>),
    Text(String),
}

/// A row as shown.
pub(super) struct Row {
    pub number: usize,
    pub name: String,
    pub label: String,
    pub ops: Vec<Entry>,
    pub control: Control,
    /// What stands before it.
    pub word: &'static str,
    /// What stands after the value.
    pub after: &'static str,
}

/// Rows with the numbers of their groups.
pub(super) fn condition_rows(typed: &Typed, catalog: &Catalog) -> Vec<(usize, Row)> {
    let row = |(at, row): (usize, &Condition)| {
        let field = catalog.field(&row.field);
        let all = field.map(|field| Op::of(&field.kind)).unwrap_or_default();
        let op = Op::from_word(&row.op).filter(|op| all.contains(op)).or_else(|| all.first().copied());
        // of a list "is" says no more than "is any of"
        let is_list = field.is_some_and(|field| matches!(field.kind, FieldKind::Choice(_)));
        let ops = all.iter().filter(|one| !is_list || Some(**one) == op || !matches!(one, Op::Is | Op::IsNot));
        let row = Row {
            number: at + 1,
            name: row.field.clone(),
            label: field.map_or_else(|| format!("{} (gone)", row.field), |field| field.label.to_string()),
            ops: ops.map(|one| Entry { value: one.word().to_owned(), label: one.label().to_owned(), is_chosen: Some(*one) == op }).collect(),
            control: field.zip(op).map_or(Control::Nothing, |(field, op)| control(field, op, &row.values, catalog)),
            word: "",
            after: op.map(Op::after).unwrap_or_default(),
        };
        (typed.conditions[at].group, row)
    };
    typed.conditions.iter().enumerate().map(row).collect()
}

fn control(field: &Field, op: Op, values: &[String], catalog: &Catalog) -> Control {
    let first = values.first().cloned().unwrap_or_default();
    match (op.needs(), &field.kind) {
        (Needs::Nothing, _) => Control::Nothing,
        (Needs::Number, _) | (_, FieldKind::Number) => Control::Number(first),
        (_, FieldKind::Choice(list) | FieldKind::Choices(list)) => {
            let entries = entries(catalog, list, values, None);
            let chosen: Vec<&str> = entries.iter().filter(|entry| entry.is_chosen).map(|entry| entry.label.as_str()).collect();
            Control::Ticks(chosen.join(", "), entries)
        }
        _ => Control::Line(values.join(", ")),
    }
}

/// A list as a menu; what was chosen and is gone stands there still, and says so.
fn entries(catalog: &Catalog, list: &str, chosen: &[String], none: Option<&str>) -> Vec<Entry> {
    let known = catalog.book.get(list).map(Vec::as_slice).unwrap_or_default();
    let none = none.map(|label| Entry { value: String::new(), label: label.to_owned(), is_chosen: chosen.iter().all(String::is_empty) });
    let there = known.iter().map(|one| Entry { value: one.value.clone(), label: one.label.clone(), is_chosen: chosen.contains(&one.value) });
    let gone = chosen.iter().filter(|value| !value.is_empty() && !known.iter().any(|one| one.value == **value));
    none.into_iter().chain(there).chain(gone.map(|value| Entry { value: value.clone(), label: "(gone)".to_owned(), is_chosen: true })).collect()
}

pub(super) fn step_rows(typed: &Typed, catalog: &Catalog) -> Vec<Row> {
    let row = |(at, act): (usize, &Act)| {
        let (chosen, with) = ([act.with.clone()], act.with.clone());
        let (label, control) = match (Mode::of_step(&act.name), catalog.command(&act.name)) {
            (Some(mode), _) => (mode.label().to_owned(), Control::Menu(entries(catalog, "teams", &chosen, Some("Choose a team…")))),
            (None, None) => (format!("{} (gone)", act.name), Control::Nothing),
            (None, Some(command)) => {
                let control = match &command.argument {
                    Argument::Word => Control::Line(with),
                    Argument::Number => Control::Number(with),
                    Argument::Day => Control::Day(with),
                    Argument::Text | Argument::Template => Control::Text(with),
                    Argument::Choice(list) => Control::Menu(entries(catalog, list, &chosen, Some("Choose…"))),
                    Argument::ChoiceOrNone(list) => Control::Menu(entries(catalog, list, &chosen, Some("None"))),
                };
                (command.label.to_string(), control)
            }
        };
        Row { number: at + 1, name: act.name.clone(), label, ops: Vec::new(), control, word: "", after: "" }
    };
    typed.acts.iter().enumerate().map(row).collect()
}
