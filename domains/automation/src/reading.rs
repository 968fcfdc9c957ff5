//! Reads what a rule says from JSON, against what there is today: anything that it names and that is not there is told.

use crate::{
    Catalog, Definition, Leaf, MOST, Mode, Op, Step, Test,
    definition::text,
    op::{Needs, OFTEN},
};
use kernel::{Argument, FieldErrors, FieldKind};
use serde_json::Value;

/// Groups may lie this deep.
const DEPTH: usize = 6;
/// A text of a step has at most this many characters.
const LENGTH: usize = 5_000;
/// A condition has at most this many values.
const VALUES: usize = 50;

/// Reads the parts; collects all that is wrong.
pub(crate) struct Reading<'a> {
    catalog: &'a Catalog,
    is_time: bool,
    /// Conditions in words, by their number.
    pub words: Vec<String>,
    /// What is wrong.
    pub errors: FieldErrors,
}

impl<'a> Reading<'a> {
    pub(crate) fn new(catalog: &'a Catalog, is_time: bool) -> Self {
        Self { catalog, is_time, words: Vec::new(), errors: FieldErrors::default() }
    }

    pub(crate) fn definition(&mut self, json: &Value) -> Definition {
        self.only(json, &["when", "if", "then"], "then");
        let events = if self.is_time { Vec::new() } else { self.events(&json["when"]) };
        let test = if json["if"].is_null() { Test::All(Vec::new()) } else { self.test(&json["if"], 0) };
        let steps = self.steps(&json["then"]);
        if self.words.len() > MOST {
            self.errors.add("if", format!("At most {MOST} conditions."));
        }
        if self.is_time && self.words.is_empty() {
            self.errors.add("if", "A rule of time needs a condition, or it would change everything.");
        }
        Definition { events, test, steps }
    }

    /// A part that nobody reads is a mistake.
    fn only(&mut self, json: &Value, known: &[&str], place: &str) {
        if let Some(name) = json.as_object().and_then(|object| object.keys().find(|name| !known.contains(&name.as_str()))) {
            let name: String = name.chars().take(64).collect();
            self.errors.add(place, format!("Nothing here is called {name}."));
        }
    }

    fn events(&mut self, json: &Value) -> Vec<&'static str> {
        let mut kinds = Vec::new();
        for name in json.as_array().into_iter().flatten() {
            match name.as_str().and_then(|name| self.catalog.event(name)) {
                Some(event) if !kinds.contains(&event.kind) => kinds.push(event.kind),
                Some(_) => {}
                None => self.errors.add("when", format!("There is no event {}.", text(name))),
            }
        }
        if kinds.is_empty() {
            self.errors.add("when", "Say when: choose what happens, or time.");
        }
        kinds
    }

    fn test(&mut self, json: &Value, depth: usize) -> Test {
        for (name, group) in [("all", Test::All as fn(Vec<Test>) -> Test), ("any", Test::Any)] {
            let Some(list) = json[name].as_array() else { continue };
            self.only(json, &[name], "if");
            if depth >= DEPTH || list.len() > MOST {
                self.errors.add("if", format!("Groups lie at most {DEPTH} deep and have {MOST} conditions."));
                return Test::All(Vec::new());
            }
            if list.is_empty() && name == "any" {
                self.errors.add("if", "A group of which one must be true needs a condition.");
            }
            return group(list.iter().map(|item| self.test(item, depth + 1)).collect());
        }
        self.leaf(json)
    }

    fn leaf(&mut self, json: &Value) -> Test {
        let number = self.words.len();
        let place = format!("c{}value", number + 1);
        self.words.push(text(&json["field"]));
        self.only(json, &["field", "op", "value"], &place);
        let Some(field) = json["field"].as_str().and_then(|name| self.catalog.field(name)).cloned() else {
            self.errors.add(&place, format!("Condition {}: there is no field {}.", number + 1, text(&json["field"])));
            return Test::All(Vec::new());
        };
        let op = json["op"].as_str().and_then(Op::from_word).filter(|op| Op::of(&field.kind).contains(op));
        let Some(op) = op else {
            self.errors.add(&place, format!("Condition {}: {} can’t be compared like that.", number + 1, field.label));
            return Test::All(Vec::new());
        };
        if op.asks_of_change() && self.is_time {
            self.errors.add(&place, format!("Condition {}: when time passes, nothing has changed.", number + 1));
        }
        let raw: Vec<String> = match &json["value"] {
            Value::Array(list) => list.iter().map(text).collect(),
            Value::Null => Vec::new(),
            one => vec![text(one)],
        };
        let raw = raw.into_iter().map(|value| value.trim().to_owned()).filter(|value| !value.is_empty()).collect();
        let mut leaf = Leaf { number, field, op, values: Vec::new(), labels: Vec::new(), number_value: 0.0 };
        self.values(&mut leaf, &place, raw);
        self.words[number] = format!("{} {} {}", leaf.field.label, op.label(), leaf.labels.join(", ")).trim().to_owned() + op.after();
        Test::One(leaf)
    }

    fn values(&mut self, leaf: &mut Leaf, place: &str, raw: Vec<String>) {
        let which = leaf.number + 1;
        let is_number = leaf.op.needs() == Needs::Number || leaf.field.kind == FieldKind::Number && leaf.op.needs() == Needs::One;
        match leaf.op.needs() {
            Needs::Nothing => return,
            _ if is_number => {
                let fits = |number: &f64| number.is_finite() && (!leaf.op.counts_hours() || (0.0..=OFTEN).contains(number));
                match raw.first().and_then(|value| value.parse::<f64>().ok()).filter(fits) {
                    Some(number) => leaf.number_value = number,
                    None => self.errors.add(place, format!("Condition {which}: say how many.")),
                }
            }
            _ if raw.is_empty() => self.errors.add(place, format!("Condition {which}: choose a value.")),
            _ => {}
        }
        if raw.iter().any(|value| value.chars().count() > 200) || raw.len() > VALUES {
            self.errors.add(place, format!("Condition {which}: at most {VALUES} values of 200 characters."));
        }
        for value in raw {
            let list = match &leaf.field.kind {
                FieldKind::Choice(list) | FieldKind::Choices(list) => Some(list),
                _ => None,
            };
            let label = list.map_or(Some(value.as_str()), |list| self.catalog.label(list, &value)).map(str::to_owned);
            if label.is_none() {
                self.errors.add(place, format!("Condition {which}: this choice of {} is gone.", leaf.field.label.to_lowercase()));
            }
            leaf.labels.push(label.unwrap_or_else(|| "(gone)".to_owned()));
            leaf.values.push(if matches!(leaf.field.kind, FieldKind::Text | FieldKind::Words) { value.to_lowercase() } else { value });
        }
    }

    fn steps(&mut self, json: &Value) -> Vec<Step> {
        let list = json.as_array().map(Vec::as_slice).unwrap_or_default();
        if list.is_empty() || list.len() > MOST {
            self.errors.add("then", format!("Say what is done: 1 to {MOST} steps."));
        }
        list.iter().take(MOST).enumerate().filter_map(|(at, step)| self.step(at + 1, step)).collect()
    }

    fn step(&mut self, which: usize, json: &Value) -> Option<Step> {
        let place = format!("a{which}value");
        self.only(json, &["do", "with"], &place);
        let read = self.read_step(json);
        if let Err(words) = &read {
            self.errors.add(&place, format!("Step {which}: {words}"));
        }
        read.ok()
    }

    fn read_step(&self, json: &Value) -> Result<Step, String> {
        let (name, with) = (text(&json["do"]), text(&json["with"]).trim().to_owned());
        if let Some(mode) = Mode::of_step(&name).filter(|_| self.catalog.offer.duty.is_some()) {
            let team = self.catalog.label("teams", &with).and_then(|_| with.parse().ok());
            return team.map(|team| Step::Assign(mode, team)).ok_or_else(|| if with.is_empty() { "choose a team." } else { "this team is gone." }.to_owned());
        }
        let command = self.catalog.command(&name).ok_or_else(|| format!("there is nothing called {name}."))?;
        let known = |list: &str| if self.catalog.label(list, &with).is_some() { Ok(()) } else { Err(format!("what to {} is gone.", lower(&command.label))) };
        match &command.argument {
            Argument::ChoiceOrNone(_) if with.is_empty() => {}
            Argument::Choice(_) if with.is_empty() => return Err("choose a value.".to_owned()),
            Argument::Choice(list) | Argument::ChoiceOrNone(list) => known(list)?,
            Argument::Number if with.parse::<f64>().is_ok_and(f64::is_finite) => {}
            Argument::Number => return Err("must be a number.".to_owned()),
            Argument::Day if is_day(&with) => {}
            Argument::Day => return Err("must be a date like 2026-11-22.".to_owned()),
            Argument::Word | Argument::Text | Argument::Template if with.is_empty() => return Err("write something.".to_owned()),
            Argument::Word if with.chars().count() > 200 || with.chars().any(char::is_control) => return Err("one line of at most 200 characters.".to_owned()),
            Argument::Text | Argument::Template if with.chars().count() > LENGTH => return Err(format!("at most {LENGTH} characters.")),
            Argument::Template => self.catalog.unknown_variable(&with).map_or(Ok(()), Err)?,
            Argument::Word | Argument::Text => {}
        }
        Ok(Step::Run(command.clone(), with))
    }
}

/// As it stands within a sentence.
fn lower(label: &str) -> String {
    let mut letters = label.chars();
    letters.next().map(|first| first.to_lowercase().chain(letters).collect()).unwrap_or_default()
}

/// Looks like a day; whether there is such a one says the room that takes it.
fn is_day(text: &str) -> bool {
    text.len() == 10 && text.bytes().enumerate().all(|(at, byte)| if matches!(at, 4 | 7) { byte == b'-' } else { byte.is_ascii_digit() })
}
