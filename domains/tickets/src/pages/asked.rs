//! Custom fields as screens ask and show them: in request forms, in a ticket's details, in the filter box.

use crate::{
    Category, Channel,
    field::{
        Audience, Field, Kind,
        ask::{Case, Condition, On, Values},
    },
    list::Filter,
    views::{self, AskedField, Choice},
};
use kernel::Actor;
use serde_json::{Value, json};
use web::Group;

/// The fields of a request form. Channel conditions are settled here, others in the browser.
pub(super) fn in_form(fields: &[Field], actor: &Actor, group: Option<&Group>) -> Vec<AskedField> {
    let asked = fields.iter().filter(|field| field.archived_at.is_none() && field.is_for(actor));
    let asked = asked.filter(|field| !matches!(&field.shown.0, Some(Condition { on: On::Channel, is }) if !is.iter().any(|word| word == Channel::Web.word())));
    asked.map(|field| asked_field(field, fields, &typed(field, group), field.is_needed_at_first)).collect()
}

/// What was typed into the input of a field, as it came.
fn typed(field: &Field, group: Option<&Group>) -> Vec<String> {
    let texts = match group.and_then(|group| group.values.get(&field.key)) {
        Some(Value::String(text)) => vec![text.clone()],
        Some(Value::Array(list)) => list.iter().filter_map(|text| text.as_str().map(str::to_owned)).collect(),
        _ => Vec::new(),
    };
    let texts: Vec<String> = texts.into_iter().filter(|text| !text.is_empty()).collect();
    if field.kind == Kind::MultiSelect { texts } else { texts.into_iter().next_back().into_iter().collect() }
}

/// The fields beside a ticket: those that are asked of it, and all that hold something.
pub(super) fn in_details(fields: &[Field], category: Category, channel: Channel, values: &Values) -> Vec<AskedField> {
    let case = Case { category, channel, values };
    let none = Vec::new();
    let held = |field: &Field| values.get(&field.key).unwrap_or(&none).clone();
    let shown = fields.iter().filter(|field| !held(field).is_empty() || field.archived_at.is_none() && case.shows(field, fields));
    shown.map(|field| asked_field(field, fields, &held(field), field.is_needed_to_solve)).collect()
}

/// What a customer sees of the fields of a request: label and words.
pub(super) fn for_customer(fields: &[Field], values: &Values) -> Vec<(String, String)> {
    let public = fields.iter().filter(|field| field.audience == Audience::Everyone);
    public.filter_map(|field| values.get(&field.key).map(|held| (field.label.clone(), field.words(held)))).collect()
}

/// The fields of the filter box.
pub(super) fn in_filter(fields: &[Field], filter: &Filter) -> Vec<AskedField> {
    let asked = fields.iter().filter(|field| field.archived_at.is_none());
    asked
        .map(|field| {
            let wanted = filter.fields.iter().find(|(key, _)| *key == field.key).map_or(&[][..], |(_, values)| values.as_slice());
            let name = format!("field.{}", field.key);
            let mut options: Vec<(String, String)> = field.options.0.iter().map(|option| (option.clone(), option.clone())).collect();
            if field.kind == Kind::Checkbox {
                options = vec![("true".to_owned(), "Yes".to_owned()), ("false".to_owned(), "No".to_owned())];
            }
            let choice =
                |(value, label): (String, String)| Choice { selected: wanted.iter().any(|text| text.to_lowercase() == value.to_lowercase()), value, label };
            AskedField {
                name,
                label: field.label.clone(),
                kind: kind(field),
                value: wanted.join(", "),
                options: options.into_iter().map(choice).collect(),
                ..AskedField::default()
            }
        })
        .collect()
}

/// The custom fields that narrow the list now.
pub(super) fn active(fields: &[Field], filter: &Filter, query: &[(&'static str, String)]) -> Vec<views::ActiveFilter> {
    let wanted = filter.fields.iter().filter_map(|(key, values)| fields.iter().find(|field| field.key == *key).map(|field| (field, values)));
    wanted
        .map(|(field, values)| {
            let begin = format!("{}=", field.key);
            let rest: Vec<(&'static str, String)> =
                query.iter().filter(|(name, value)| *name != super::place::FIELD || !value.starts_with(&begin)).cloned().collect();
            views::ActiveFilter { label: format!("{}: {}", field.label, field.words(values)), remove_href: super::list::list_href("/desk", &rest, &[]) }
        })
        .collect()
}

fn kind(field: &Field) -> &'static str {
    match field.kind {
        Kind::Text => "text",
        Kind::Number => "number",
        Kind::Date => "date",
        Kind::Checkbox => "checkbox",
        Kind::Select => "select",
        Kind::MultiSelect => "many",
    }
}

fn asked_field(field: &Field, all: &[Field], values: &[String], is_needed: bool) -> AskedField {
    // what is held but no longer offered stays among the choices
    let gone = values.iter().filter(|value| field.kind.chooses() && !field.options.0.contains(value));
    let options = field.options.0.iter().chain(gone);
    AskedField {
        name: field.name(),
        label: field.label.clone(),
        help: field.help.clone(),
        hint: if field.help.is_empty() { String::new() } else { format!("{}-hint", field.name()) },
        kind: kind(field),
        value: values.first().cloned().unwrap_or_default(),
        options: options.map(|option| Choice { value: option.clone(), label: option.clone(), selected: values.contains(option) }).collect(),
        is_needed,
        is_for_staff: field.audience == Audience::Staff,
        is_archived: field.archived_at.is_some(),
        words: field.words(values),
        on: field.shown.0.as_ref().map_or_else(String::new, |condition| input_of(&condition.on)),
        is: field.shown.0.as_ref().map_or_else(String::new, |condition| json!(condition.is).to_string()),
        condition: field.shown.0.as_ref().map_or_else(String::new, |condition| condition_words(condition, all)),
    }
}

/// The input of a form that a condition looks at; none in the form for the channel, which the server knows.
fn input_of(on: &On) -> String {
    match on {
        On::Category => "category".to_owned(),
        On::Channel => String::new(),
        On::Field(key) => format!("customFields.{key}"),
    }
}

/// The values that a condition waits for, as a form takes them: a category by its label.
pub(super) fn condition_values(condition: &Condition) -> Vec<String> {
    let named = |label: fn(&str) -> Option<&'static str>| condition.is.iter().map(|word| label(word).unwrap_or(word).to_owned()).collect();
    match &condition.on {
        On::Category => named(|word| Category::from_word(word).map(Category::label)),
        On::Channel => named(|word| Channel::from_word(word).map(Channel::label)),
        On::Field(_) => condition.is.clone(),
    }
}

/// "Only if “Plan” is Business or Team"
pub(super) fn condition_words(condition: &Condition, all: &[Field]) -> String {
    let (what, values) = match &condition.on {
        On::Category => ("the category".to_owned(), condition_values(condition)),
        On::Channel => ("the channel".to_owned(), condition_values(condition)),
        On::Field(key) => match all.iter().find(|field| field.key == *key) {
            Some(field) => (format!("“{}”", field.label), condition.is.iter().map(|word| field.words(std::slice::from_ref(word))).collect()),
            None => (format!("“{key}”"), condition.is.clone()),
        },
    };
    format!("Only if {what} is {}", values.join(" or "))
}
