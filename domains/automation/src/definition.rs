//! What a rule says: when, if, then. How it is read from JSON stands in `reading`.

use crate::{Catalog, Mode, Op, reading::Reading};
use kernel::{Argument, Command, Field, FieldErrors, TeamId};
use serde_json::{Value, json};
use std::sync::Arc;

/// A rule has at most this many conditions, and this many steps.
pub const MOST: usize = 30;

/// When, if, then.
#[derive(Clone, Debug)]
pub struct Definition {
    /// Kinds of events it listens to; empty for a rule of time.
    pub events: Vec<&'static str>,
    /// What must be true.
    pub test: Test,
    /// What is done, in order.
    pub steps: Vec<Step>,
}

/// A condition, or a group of them.
#[derive(Clone, Debug)]
pub enum Test {
    /// All are true; an empty one is.
    All(Vec<Test>),
    /// At least one is true.
    Any(Vec<Test>),
    /// A condition.
    One(Leaf),
}

/// One comparison.
#[derive(Clone, Debug)]
pub struct Leaf {
    /// Its number in the rule, from 0.
    pub number: usize,
    /// What is asked.
    pub field: Arc<Field>,
    /// How it is compared.
    pub op: Op,
    /// With what; texts in lower case.
    pub values: Vec<String>,
    /// What people call these values: old and new values of some events are names.
    pub labels: Vec<String>,
    /// With which number.
    pub number_value: f64,
}

/// One thing that is done.
#[derive(Clone, Debug)]
pub enum Step {
    /// A command of a room.
    Run(Arc<Command>, String),
    /// Given to somebody of a team.
    Assign(Mode, TeamId),
}

impl Definition {
    /// From JSON: `{"when": ["ticket.created"] or "time", "if": {"all": […]}, "then": [{"do", "with"}]}`. All that is wrong is
    /// told, with its place: `when`, `if`, `then`, `c1value` for the first condition, `a1value` for the first step.
    pub fn read(json: &Value, catalog: &Catalog) -> Result<Self, FieldErrors> {
        let mut reading = Reading::new(catalog, json["when"] == "time");
        let definition = reading.definition(json);
        let errors = reading.errors;
        if errors.is_empty() { Ok(definition) } else { Err(errors) }
    }

    /// All that is wrong with it.
    pub fn errors(json: &Value, catalog: &Catalog) -> FieldErrors {
        Self::read(json, catalog).err().unwrap_or_default()
    }

    /// Its conditions in words, by their number, as far as this program still knows what they name.
    pub fn words(json: &Value, catalog: &Catalog) -> Vec<String> {
        let mut reading = Reading::new(catalog, json["when"] == "time");
        reading.definition(json);
        reading.words
    }

    /// It waits for time to pass.
    pub fn is_time(&self) -> bool {
        self.events.is_empty()
    }

    /// Fields that it asks for or sets.
    pub fn fields(&self) -> Vec<String> {
        let mut found = Vec::new();
        self.test.fields(&mut found);
        found.extend(self.steps.iter().filter_map(|step| if let Step::Run(command, _) = step { command.sets.as_deref().map(str::to_owned) } else { None }));
        found.sort_unstable();
        found.dedup();
        found
    }
}

impl Test {
    fn fields(&self, found: &mut Vec<String>) {
        match self {
            Self::All(tests) | Self::Any(tests) => tests.iter().for_each(|test| test.fields(found)),
            Self::One(leaf) => found.push(leaf.field.name.to_string()),
        }
    }

    /// The condition of a number.
    pub fn leaf(&self, number: usize) -> Option<&Leaf> {
        match self {
            Self::All(tests) | Self::Any(tests) => tests.iter().find_map(|test| test.leaf(number)),
            Self::One(leaf) => (leaf.number == number).then_some(leaf),
        }
    }
}

/// A step in words, as far as this program still knows what it names.
pub(crate) fn step_words(json: &Value, catalog: &Catalog) -> String {
    let (name, with) = (json["do"].as_str().unwrap_or_default(), text(&json["with"]));
    let label = |list: &str| catalog.label(list, &with).map(str::to_owned);
    if let Some(mode) = Mode::of_step(name) {
        return format!("{} in {}", mode.label(), label("teams").unwrap_or_else(|| "a team that is gone".to_owned()));
    }
    let Some(command) = catalog.command(name) else { return name.to_owned() };
    match &command.argument {
        Argument::Text | Argument::Template => command.label.to_string(),
        Argument::ChoiceOrNone(_) if with.is_empty() => format!("{} none", command.label),
        Argument::Choice(list) | Argument::ChoiceOrNone(list) => format!("{} {}", command.label, label(list).unwrap_or_else(|| with.clone())),
        Argument::Word | Argument::Number | Argument::Day => format!("{} {with}", command.label),
    }
}

/// A JSON value as text.
pub(crate) fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

/// An empty rule, for the editor.
pub(crate) fn blank() -> Value {
    json!({ "when": ["ticket.created"], "if": { "all": [] }, "then": [] })
}
