//! What may be said to a custom field, and when it is asked: pure rules, no database.

use super::{Field, Kind};
use crate::{Category, Channel};
use db::Word;
use kernel::{Actor, FieldErrors};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use web::Group;

/// A text has at most this many characters.
pub const TEXT: usize = 500;
/// A number has at most this many digits, so that every program reads the same one.
const DIGITS: usize = 15;

/// Values by the key of their field, as they are stored. An empty list is no value.
pub type Values = BTreeMap<String, Vec<String>>;

/// What a condition looks at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum On {
    /// What the ticket is about.
    Category,
    /// How it came in.
    Channel,
    /// Another field, by its key.
    Field(String),
}

impl On {
    /// As stored, and as the admin's form sends it.
    pub fn word(&self) -> String {
        match self {
            Self::Category => "category".to_owned(),
            Self::Channel => "channel".to_owned(),
            Self::Field(key) => format!("field:{key}"),
        }
    }

    /// From its word.
    pub fn from_word(word: &str) -> Option<Self> {
        match word {
            "category" => Some(Self::Category),
            "channel" => Some(Self::Channel),
            other => other.strip_prefix("field:").filter(|key| !key.is_empty()).map(|key| Self::Field(key.to_owned())),
        }
    }
}

/// A field is asked when this is any of those.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    /// What it looks at.
    pub on: On,
    /// Any of these, as they are stored.
    pub is: Vec<String>,
}

impl Condition {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let value: Value = serde_json::from_str(text).ok()?;
        let is = value["is"].as_array()?.iter().filter_map(|word| word.as_str().map(str::to_owned)).collect();
        Some(Self { on: On::from_word(value["on"].as_str()?)?, is })
    }

    pub(super) fn stored(&self) -> String {
        json!({ "on": self.on.word(), "is": self.is }).to_string()
    }

    /// With its values as they are stored; the field of the admin's form and what is wrong with it otherwise.
    pub(super) fn settled(self, key: &str, all: &[Field]) -> Result<Self, (&'static str, String)> {
        if self.is.is_empty() {
            return Err(("shownIs", "Say for which values, one a line.".to_owned()));
        }
        let unknown = |word: &str, known: String| ("shownIs", format!("There is no “{word}”. It can be {known}."));
        let find = |word: &str| -> Result<String, (&'static str, String)> {
            match &self.on {
                On::Category => named(Category::ALL, Category::label, word)
                    .ok_or_else(|| unknown(word, Category::ALL.iter().map(|c| c.label()).collect::<Vec<_>>().join(", "))),
                On::Channel => named(Channel::ALL, Channel::label, word)
                    .ok_or_else(|| unknown(word, Channel::ALL.iter().map(|c| c.label()).collect::<Vec<_>>().join(", "))),
                On::Field(other) => {
                    let field = all.iter().find(|field| field.key == *other).ok_or(("shownOn", "There is no such field.".to_owned()))?;
                    let mut none = FieldErrors::default();
                    let given = if field.kind == Kind::MultiSelect { json!([word]) } else { json!(word) };
                    field.read(&given, false, &[], &mut none).pop().ok_or_else(|| unknown(word, field.allowed()))
                }
            }
        };
        let is = self.is.iter().map(|word| find(word)).collect::<Result<Vec<_>, _>>()?;
        if leads_to(&self.on, key, all) {
            return Err(("shownOn", "That field is shown only because of this one: a circle.".to_owned()));
        }
        Ok(Self { on: self.on, is })
    }
}

/// A word of a closed set, given as stored or as shown.
fn named<W: Word>(all: &[W], label: fn(W) -> &'static str, text: &str) -> Option<String> {
    all.iter().find(|word| word.word().eq_ignore_ascii_case(text) || label(**word).eq_ignore_ascii_case(text)).map(|word| word.word().to_owned())
}

/// Whether a condition hangs, over however many fields, on the field of this key.
fn leads_to(on: &On, key: &str, all: &[Field]) -> bool {
    let mut on = Some(on);
    for _ in 0..=all.len() {
        match on {
            Some(On::Field(other)) if other == key => return true,
            Some(On::Field(other)) => on = all.iter().find(|field| field.key == *other).and_then(|field| field.shown.0.as_ref()).map(|condition| &condition.on),
            _ => return false,
        }
    }
    true
}

/// A ticket as conditions see it.
#[derive(Clone, Copy)]
pub struct Case<'a> {
    /// What it is about.
    pub category: Category,
    /// How it came in.
    pub channel: Channel,
    /// Its values.
    pub values: &'a Values,
}

impl Case<'_> {
    /// Whether a field is asked here: its condition is met, and the field it looks at is asked too.
    pub fn shows(&self, field: &Field, all: &[Field]) -> bool {
        self.meets(field, all, all.len())
    }

    fn meets(&self, field: &Field, all: &[Field], depth: usize) -> bool {
        let Some(condition) = &field.shown.0 else { return true };
        match &condition.on {
            On::Category => condition.is.iter().any(|word| word == self.category.word()),
            On::Channel => condition.is.iter().any(|word| word == self.channel.word()),
            On::Field(key) => {
                let holds = self.values.get(key).is_some_and(|values| values.iter().any(|value| condition.is.contains(value)));
                let parent = all.iter().find(|other| other.key == *key);
                holds && depth > 0 && parent.is_none_or(|parent| self.meets(parent, all, depth - 1))
            }
        }
    }
}

/// Reads what somebody said to the fields that they may know of; what is wrong is named `customFields.key`.
/// `current`: what the ticket holds already, which may stay although it is no longer offered.
pub fn read(fields: &[Field], actor: &Actor, group: &Group, current: &Values, wrong: &mut FieldErrors) -> Values {
    let mut values = Values::new();
    for (key, value) in &group.values {
        let Some(field) = fields.iter().find(|field| field.key == *key && field.is_for(actor)) else {
            let key: String = key.chars().take(64).collect();
            wrong.add(&format!("customFields.{key}"), "There is no such field.");
            continue;
        };
        if field.archived_at.is_some() {
            // an old form may still send it, empty
            if !is_nothing(value) {
                wrong.add(&field.name(), format!("“{}” is archived: it can't be filled in any more.", field.label));
            }
            continue;
        }
        let held = current.get(key).map_or(&[][..], Vec::as_slice);
        values.insert(key.clone(), field.read(value, group.is_typed, held, wrong));
    }
    values
}

fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(list) => list.iter().all(is_nothing),
        _ => false,
    }
}

/// What this actor has to fill in on a new ticket and did not.
pub fn missing_at_first(fields: &[Field], actor: &Actor, case: &Case<'_>, wrong: &mut FieldErrors) {
    for field in fields.iter().filter(|field| field.is_needed_at_first && field.is_for(actor) && lacks(field, fields, case)) {
        wrong.add(&field.name(), if field.kind == Kind::Checkbox { format!("Tick “{}”.", field.label) } else { format!("“{}” is needed.", field.label) });
    }
}

/// What staff has to fill in before the ticket is solved.
pub fn missing_to_solve(fields: &[Field], case: &Case<'_>, wrong: &mut FieldErrors) {
    for field in fields.iter().filter(|field| field.is_needed_to_solve && lacks(field, fields, case)) {
        wrong.add(&field.name(), format!("“{}” is needed before this is solved. Fill it in under Details.", field.label));
    }
}

fn lacks(field: &Field, all: &[Field], case: &Case<'_>) -> bool {
    let value = case.values.get(&field.key).and_then(|values| values.first());
    let is_empty = if field.kind == Kind::Checkbox { value.is_none_or(|value| value != "true") } else { value.is_none() };
    field.archived_at.is_none() && is_empty && case.shows(field, all)
}

impl Field {
    /// A value as it is stored; nothing when it is empty or wrong. `is_typed`: JSON, whose types must fit.
    fn read(&self, value: &Value, is_typed: bool, held: &[String], wrong: &mut FieldErrors) -> Vec<String> {
        let read = match (self.kind, value) {
            (_, Value::Null) => Ok(Vec::new()),
            (Kind::MultiSelect, value) => self.many(value, is_typed, held),
            (kind, value) => {
                let value = if is_typed { value } else { last(value) };
                if !is_typed && is_nothing(value) && kind != Kind::Checkbox {
                    Ok(Vec::new())
                } else {
                    self.one(value, is_typed, held).map(|one| one.into_iter().collect())
                }
            }
        };
        read.unwrap_or_else(|sentence| {
            wrong.add(&self.name(), sentence);
            Vec::new()
        })
    }

    fn one(&self, value: &Value, is_typed: bool, held: &[String]) -> Result<Option<String>, String> {
        match (self.kind, value) {
            (Kind::Checkbox, Value::Bool(yes)) if is_typed => Ok(Some(yes.to_string())),
            (Kind::Checkbox, Value::String(text)) if !is_typed => {
                Ok(Some((!matches!(text.to_lowercase().as_str(), "" | "false" | "0" | "off" | "no")).to_string()))
            }
            (Kind::Checkbox, _) => Err("Must be true or false.".to_owned()),
            (Kind::Number, Value::Number(number)) => number
                .as_i64()
                .map(|n| n.to_string())
                .or_else(|| number.as_f64().map(|n| n.to_string()))
                .map_or_else(|| Err(NUMBER.to_owned()), |text| decimal(&text).map(Some)),
            (Kind::Number, Value::String(text)) if !is_typed => decimal(text.trim()).map(Some),
            (Kind::Number, _) => Err(NUMBER.to_owned()),
            (_, Value::String(text)) if text.trim().is_empty() => Ok(None),
            (Kind::Text, Value::String(text)) => one_line(text.trim()).map(Some),
            (Kind::Date, Value::String(text)) => day(text.trim()).map(Some),
            (Kind::Select, Value::String(text)) => self.option(text.trim(), held).map(Some),
            _ => Err("Must be text.".to_owned()),
        }
    }

    fn many(&self, value: &Value, is_typed: bool, held: &[String]) -> Result<Vec<String>, String> {
        let list: Vec<&Value> = match value {
            Value::Array(list) => list.iter().collect(),
            Value::String(_) if !is_typed => vec![value],
            _ => return Err("Must be a list of texts.".to_owned()),
        };
        let texts = list.into_iter().map(Value::as_str).collect::<Option<Vec<_>>>().ok_or("Must be a list of texts.")?;
        let mut chosen = Vec::new();
        for text in texts.into_iter().map(str::trim).filter(|text| !text.is_empty()) {
            let option = self.option(text, held)?;
            if !chosen.contains(&option) {
                chosen.push(option);
            }
        }
        Ok(chosen)
    }

    fn option(&self, text: &str, held: &[String]) -> Result<String, String> {
        let known = self.options.0.iter().chain(held).find(|option| option.as_str() == text || option.to_lowercase() == text.to_lowercase());
        known.cloned().ok_or_else(|| format!("Must be {}.", self.allowed()))
    }

    /// What it takes, in words.
    fn allowed(&self) -> String {
        match self.kind {
            Kind::Select | Kind::MultiSelect if self.options.0.len() > 12 => "one of its choices".to_owned(),
            Kind::Select | Kind::MultiSelect => format!("one of {}", self.options.0.join(", ")),
            Kind::Checkbox => "yes or no".to_owned(),
            Kind::Number => "a number".to_owned(),
            Kind::Date => "a date like 2026-11-22".to_owned(),
            Kind::Text => format!("a text of at most {TEXT} characters"),
        }
    }

    /// Its values as JSON of their type; null is none.
    pub fn typed(&self, values: &[String]) -> Value {
        match (self.kind, values.first()) {
            (Kind::MultiSelect, _) => json!(self.in_order(values)),
            (_, None) => Value::Null,
            (Kind::Checkbox, Some(value)) => json!(value == "true"),
            (Kind::Number, Some(value)) => serde_json::from_str(value).unwrap_or(Value::Null),
            (_, Some(value)) => json!(value),
        }
    }

    /// Its values in words.
    pub fn words(&self, values: &[String]) -> String {
        match (self.kind, values.first().map(String::as_str)) {
            (Kind::Checkbox, Some("true")) => "Yes".to_owned(),
            (Kind::Checkbox, Some(_)) => "No".to_owned(),
            _ => self.in_order(values).join(", "),
        }
    }

    /// In the order of the choices; what is no longer one comes last.
    pub fn in_order<'a>(&self, values: &'a [String]) -> Vec<&'a str> {
        let mut values: Vec<&str> = values.iter().map(String::as_str).collect();
        values.sort_by_key(|value| self.options.0.iter().position(|known| known == value).unwrap_or(usize::MAX));
        values
    }
}

/// Of a name that a form repeats, the last one counts: a checkbox sends `false` and, when it is ticked, `true` after it.
fn last(value: &Value) -> &Value {
    match value {
        Value::Array(list) => list.last().unwrap_or(&Value::Null),
        other => other,
    }
}

fn one_line(text: &str) -> Result<String, String> {
    let length = text.chars().count();
    if length > TEXT {
        return Err(format!("At most {TEXT} characters; this has {length}."));
    }
    if text.chars().any(char::is_control) { Err("Must be one line of text.".to_owned()) } else { Ok(text.to_owned()) }
}

fn day(text: &str) -> Result<String, String> {
    let looks_right = text.len() == 10 && text.bytes().enumerate().all(|(at, byte)| if matches!(at, 4 | 7) { byte == b'-' } else { byte.is_ascii_digit() });
    let date = looks_right.then(|| text.parse::<jiff::civil::Date>().ok()).flatten();
    date.map(|date| date.to_string()).ok_or_else(|| "Must be a date like 2026-11-22.".to_owned())
}

const NUMBER: &str = "Must be a number.";

/// A decimal number in its shortest form: `007.50` is `7.5`, `-0` is `0`.
fn decimal(text: &str) -> Result<String, String> {
    let (minus, digits) = text.strip_prefix('-').map_or(("", text), |digits| ("-", digits));
    let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
    if whole.is_empty() || part.is_empty() || !whole.bytes().chain(part.bytes()).all(|byte| byte.is_ascii_digit()) {
        return Err(NUMBER.to_owned());
    }
    let (whole, part) = (whole.trim_start_matches('0'), part.trim_end_matches('0'));
    if whole.len() + part.len() > DIGITS {
        return Err(format!("At most {DIGITS} digits."));
    }
    let whole = if whole.is_empty() { "0" } else { whole };
    Ok(match (whole, part) {
        ("0", "") => "0".to_owned(),
        (whole, "") => format!("{minus}{whole}"),
        (whole, part) => format!("{minus}{whole}.{part}"),
    })
}

#[cfg(test)]
mod tests;
