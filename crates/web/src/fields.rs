//! Typed fields from a form, a query or JSON alike. Reading collects every error, so that one answer names
//! all of them: unknown, missing, of the wrong type, too long, not one of the words.
//! (garde with serde was refused: serde stops at the first wrong type or unknown field. See docs/decisions.)

use db::{Id, Timestamp};
use kernel::FieldErrors;
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    str::FromStr,
};

/// What can be read from fields. Errors are collected in `fields`; the value counts only when there are none.
pub trait Form: Sized {
    /// True when files may come along (multipart/form-data).
    const UPLOADS: bool = false;
    /// Reads every field it knows.
    fn read(fields: &mut Fields) -> Self;
}

/// Values under one name, which only the database knows how to read: `customFields`.
#[derive(Clone, Debug, Default)]
pub struct Group {
    /// By the name within the group.
    pub values: BTreeMap<String, Value>,
    /// True for JSON: types must fit. A form has text only, and lists of texts where a name is repeated.
    pub is_typed: bool,
}

/// Named values on their way to a typed struct.
#[derive(Clone, Debug, Default)]
pub struct Fields {
    values: BTreeMap<String, Value>,
    known: BTreeSet<String>,
    /// What was wrong so far.
    pub errors: FieldErrors,
    /// True for JSON: types must fit. A form has text only.
    strict: bool,
}

impl Fields {
    /// From a JSON object.
    pub(crate) fn from_json(values: serde_json::Map<String, Value>) -> Self {
        Self { values: values.into_iter().collect(), strict: true, ..Self::default() }
    }

    /// From the pairs of a form or query; a repeated name becomes a list.
    pub(crate) fn from_pairs(pairs: Vec<(String, String)>) -> Self {
        let mut values: BTreeMap<String, Value> = BTreeMap::new();
        for (name, text) in pairs {
            match values.get_mut(&name) {
                Some(Value::Array(list)) => list.push(Value::String(text)),
                Some(known) => *known = Value::Array(vec![known.take(), Value::String(text)]),
                None => drop(values.insert(name, Value::String(text))),
            }
        }
        Self { values, ..Self::default() }
    }

    /// What was typed, for showing the form again.
    pub fn typed(&self, name: &str) -> String {
        match self.values.get(name) {
            Some(Value::String(text)) => text.clone(),
            Some(Value::Array(list)) => list.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", "),
            Some(Value::Number(number)) => number.to_string(),
            _ => String::new(),
        }
    }

    /// True when the field was sent at all: how a partial update tells "leave it" from "empty it".
    pub fn has(&mut self, name: &str) -> bool {
        self.know(name);
        self.values.contains_key(name)
    }

    /// Says that null is no value of a list: an empty list is.
    pub fn refuse_null(&mut self, name: &str) {
        if self.values.get(name).is_some_and(Value::is_null) {
            self.errors.add(name, "Must be a list of texts.");
        }
    }

    /// Text that must be there, `1..=max` characters after trimming.
    pub fn text(&mut self, name: &str, max: usize) -> String {
        let text = self.optional_text(name, max);
        if text.is_none() {
            self.errors.add(name, "This is needed.");
        }
        text.unwrap_or_default()
    }

    /// Text that may be missing; empty counts as missing.
    pub fn optional_text(&mut self, name: &str, max: usize) -> Option<String> {
        let text = self.raw_text(name)?;
        let text = text.trim();
        if text.chars().count() > max {
            self.errors.add(name, format!("At most {max} characters; this has {}.", text.chars().count()));
        }
        (!text.is_empty()).then(|| text.to_owned())
    }

    /// A mail address, in lower case.
    pub fn email(&mut self, name: &str) -> String {
        let text = self.text(name, 254);
        self.check_email(name, &text)
    }

    /// A mail address that may be missing.
    pub fn optional_email(&mut self, name: &str) -> Option<String> {
        let text = self.optional_text(name, 254)?;
        Some(self.check_email(name, &text))
    }

    /// Several texts: a JSON list, a repeated field, or one text with commas.
    pub fn texts(&mut self, name: &str, most: usize, max: usize) -> Vec<String> {
        self.know(name);
        let list: Vec<String> = match self.values.get(name) {
            None | Some(Value::Null) => Vec::new(),
            Some(Value::Array(list)) => {
                if list.iter().any(|item| !item.is_string()) {
                    self.errors.add(name, "Must be a list of texts.");
                }
                list.iter().filter_map(Value::as_str).map(str::to_owned).collect()
            }
            Some(Value::String(text)) if !self.strict => text.split(',').map(str::to_owned).collect(),
            Some(_) => {
                self.errors.add(name, "Must be a list of texts.");
                Vec::new()
            }
        };
        let list: Vec<String> = list.iter().map(|item| item.trim().to_owned()).filter(|item| !item.is_empty()).collect();
        if list.len() > most {
            self.errors.add(name, format!("At most {most}; there are {}.", list.len()));
        }
        if list.iter().any(|item| item.chars().count() > max) {
            self.errors.add(name, format!("Each at most {max} characters."));
        }
        list
    }

    /// Several mail addresses.
    pub fn emails(&mut self, name: &str, most: usize) -> Vec<String> {
        self.texts(name, most, 254).into_iter().map(|text| self.check_email(name, &text)).collect()
    }

    /// One of a closed set of words; none when missing or empty.
    pub fn word<W: db::Word>(&mut self, name: &str, words: &[&str]) -> Option<W> {
        let text = self.optional_text(name, 64)?;
        let word = W::from_word(&text);
        if word.is_none() {
            self.errors.add(name, format!("Must be one of {}.", words.join(", ")));
        }
        word
    }

    /// Several of a closed set of words, given with commas or repeated; each once, in the order they came.
    pub fn words<W: db::Word>(&mut self, name: &str, words: &[&str]) -> Vec<W> {
        let mut found: Vec<W> = Vec::new();
        for text in self.texts(name, words.len(), 64).iter().flat_map(|text| text.split(',')) {
            match W::from_word(text.trim()) {
                Some(word) if found.iter().any(|known| known.word() == word.word()) => {}
                Some(word) => found.push(word),
                None => self.errors.add(name, format!("Must be one of {}.", words.join(", "))),
            }
        }
        found
    }

    /// An id; none when missing or empty.
    pub fn id<T>(&mut self, name: &str) -> Option<Id<T>> {
        let text = self.optional_text(name, 64)?;
        let id = Id::from_str(&text).ok();
        if id.is_none() {
            self.errors.add(name, "This is not an id.");
        }
        id
    }

    /// Several ids.
    pub fn ids<T>(&mut self, name: &str, most: usize) -> Vec<Id<T>> {
        self.texts(name, most, 64)
            .iter()
            .filter_map(|text| {
                let id = Id::from_str(text).ok();
                if id.is_none() {
                    self.errors.add(name, "This is not an id.");
                }
                id
            })
            .collect()
    }

    /// A whole number within a range; none when missing, empty or, which is an error, outside of it.
    pub fn integer(&mut self, name: &str, range: std::ops::RangeInclusive<i64>) -> Option<i64> {
        self.know(name);
        let number = match self.values.get(name) {
            None | Some(Value::Null) => return None,
            Some(Value::Number(number)) => number.as_i64(),
            Some(Value::String(text)) if !self.strict && text.trim().is_empty() => return None,
            Some(Value::String(text)) if !self.strict => text.trim().parse().ok(),
            Some(_) => None,
        };
        let number = number.filter(|number| range.contains(number));
        if number.is_none() {
            self.errors.add(name, format!("Must be a whole number from {} to {}.", range.start(), range.end()));
        }
        number
    }

    /// A whole number that must be there.
    pub fn needed_integer(&mut self, name: &str, range: std::ops::RangeInclusive<i64>) -> i64 {
        let number = self.integer(name, range);
        if number.is_none() {
            self.errors.add(name, "This is needed.");
        }
        number.unwrap_or_default()
    }

    /// True or false; a checkbox that was sent counts as true.
    pub fn boolean(&mut self, name: &str) -> bool {
        self.know(name);
        match self.values.get(name) {
            None | Some(Value::Null) => false,
            Some(Value::Bool(value)) => *value,
            Some(Value::String(text)) if !self.strict => !matches!(text.as_str(), "" | "false" | "0" | "off"),
            Some(_) => {
                self.errors.add(name, "Must be true or false.");
                false
            }
        }
    }

    /// An RFC 3339 time; none when missing or empty.
    pub fn time(&mut self, name: &str) -> Option<Timestamp> {
        let text = self.optional_text(name, 64)?;
        let time = text.parse::<jiff::Timestamp>().ok();
        if time.is_none() {
            self.errors.add(name, "Must be a time like 2026-11-22T09:30:00Z.");
        }
        time.map(|time| Timestamp::from_micros(time.as_microsecond()))
    }

    /// A secret that must be there, taken as typed.
    pub fn secret(&mut self, name: &str, max: usize) -> String {
        let text = self.raw_text(name).unwrap_or_default();
        if text.is_empty() {
            self.errors.add(name, "This is needed.");
        }
        if text.chars().count() > max {
            self.errors.add(name, format!("At most {max} characters."));
        }
        text
    }

    /// A value of any shape, which only its reader knows; none when it is missing or null.
    pub fn any(&mut self, name: &str) -> Option<Value> {
        self.know(name);
        self.values.get(name).filter(|value| !value.is_null()).cloned()
    }

    /// What stands under a name: in JSON the object `name`, in a form or query the fields `name.something`. None when
    /// nothing of it was sent.
    pub fn group(&mut self, name: &str) -> Option<Group> {
        if self.strict {
            self.know(name);
            return if let Value::Object(object) = self.values.get(name)? {
                Some(Group { values: object.clone().into_iter().collect(), is_typed: true })
            } else {
                self.errors.add(name, "Must be an object.");
                None
            };
        }
        let mut values = BTreeMap::new();
        for (whole, value) in &self.values {
            if let Some(key) = whole.strip_prefix(name).and_then(|rest| rest.strip_prefix('.')) {
                self.known.insert(whole.clone());
                values.insert(key.to_owned(), value.clone());
            }
        }
        (!values.is_empty()).then_some(Group { values, is_typed: false })
    }

    /// Adds an error for each field that nobody asked for.
    pub(crate) fn refuse_unknown(&mut self) {
        let unknown: Vec<String> = self.values.keys().filter(|name| !self.known.contains(*name)).cloned().collect();
        for name in unknown {
            let name: String = name.chars().take(64).collect();
            self.errors.add(&name, "There is no such field.");
        }
    }

    /// Takes a field out before the form is read.
    pub(crate) fn take(&mut self, name: &str) -> Option<String> {
        self.values.remove(name).and_then(|value| value.as_str().map(str::to_owned))
    }

    fn know(&mut self, name: &str) {
        if !self.known.contains(name) {
            self.known.insert(name.to_owned());
        }
    }

    fn raw_text(&mut self, name: &str) -> Option<String> {
        self.know(name);
        match self.values.get(name) {
            None | Some(Value::Null) => None,
            Some(Value::String(text)) => Some(text.clone()),
            Some(Value::Array(list)) if !self.strict => list.last().and_then(Value::as_str).map(str::to_owned),
            Some(_) => {
                self.errors.add(name, "Must be text.");
                None
            }
        }
    }

    fn check_email(&mut self, name: &str, text: &str) -> String {
        let well_formed = text.split_once('@').is_some_and(|(local, domain)| {
            !local.is_empty() && local.len() <= 64 && domain.contains('.') && !domain.starts_with('.') && !domain.ends_with('.') && !domain.contains("..")
        }) && text.matches('@').count() == 1
            && !text.chars().any(|c| c.is_whitespace() || c.is_control() || "<>()[],;:\\\"".contains(c));
        if !text.is_empty() && !well_formed {
            self.errors.add(name, "This is not a mail address, like name@company.com.");
        }
        text.to_lowercase()
    }
}
