//! Words and small parts that several screens share.

use crate::{Category, list::Listed, views};
use db::Word;
use kernel::{Actor, FieldErrors};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use ui::Errors;
use web::{Fields, Visit};

/// What may be uploaded, as the admin set it.
pub(crate) fn upload_limits(visit: &Visit) -> views::UploadLimits {
    let limit = **visit.app.upload.load();
    views::UploadLimits {
        max_bytes: i64::try_from(limit.file_bytes).unwrap_or(i64::MAX),
        max_files: i64::try_from(limit.files).unwrap_or(20),
        accept: String::new(),
    }
}

/// Errors as templates take them.
pub(crate) fn errors(errors: &FieldErrors) -> Errors {
    let mut shown = Errors::new();
    for (field, sentence) in &errors.0 {
        shown.add(field.clone(), sentence.clone());
    }
    shown
}

/// A fresh key that makes a second click harmless.
pub(crate) fn fresh_key() -> String {
    uuid::Uuid::new_v4().simple().to_string()
}

/// What was typed into a request form.
pub(crate) fn typed(fields: &Fields) -> views::RequestValues {
    views::RequestValues {
        category: fields.typed("category"),
        title: fields.typed("title"),
        priority: fields.typed("priority"),
        content: fields.typed("content"),
        cc: fields.typed("cc"),
        email: fields.typed("email"),
        name: fields.typed("name"),
        article: fields.typed("article"),
        idempotency_key: fresh_key(),
        kept_files: Vec::new(),
    }
}

/// A choice list of a closed set of words.
pub(crate) fn choices<W: Word + PartialEq>(all: &[W], label: fn(W) -> &'static str, chosen: &[W]) -> Vec<views::Choice> {
    all.iter().map(|word| views::Choice { value: word.word().to_owned(), label: label(*word).to_owned(), selected: chosen.contains(word) }).collect()
}

/// A request in a customer's list.
pub(crate) fn request_row(actor: &Actor, row: &Listed) -> views::RequestRow {
    let ticket = &row.ticket;
    let mut about = vec![category_words(ticket.category).to_owned()];
    if Some(ticket.requester_id) != actor.person {
        about.push(ticket.requester_name.clone());
    } else if let Some(name) = ticket.assignee.as_deref().filter(|_| ticket.staff_at > ticket.customer_at) {
        about.push(format!("{} replied", first_name(name)));
    }
    views::RequestRow {
        href: if actor.is_staff() { format!("/desk/tickets/{}", ticket.id) } else { format!("/requests/{}", ticket.id) },
        title: ticket.title.clone(),
        number: format!("#{}", ticket.number),
        status: ticket.status_for_customers(),
        about,
        at: ticket.public_at,
        is_unread: ticket.staff_at.is_some_and(|said| row.seen_at.is_none_or(|seen| said > seen)),
    }
}

/// The category as customers chose it.
pub(crate) const fn category_words(category: Category) -> &'static str {
    category.label()
}

/// The first word of a name.
pub(crate) fn first_name(name: &str) -> &str {
    name.split_whitespace().next().unwrap_or(name)
}

/// A pair of this name is a custom field: its value is `key=value`, and in an address it is `field.key=value`.
pub(super) const FIELD: &str = "field";

/// Name and value of a pair as an address and a form have them.
pub(super) fn named(name: &str, value: &str) -> (String, String) {
    match value.split_once('=').filter(|_| name == FIELD) {
        Some((key, value)) => (format!("{FIELD}.{key}"), value.to_owned()),
        None => (name.to_owned(), value.to_owned()),
    }
}

/// An address with its query; empty values are left out.
pub(super) fn href(path: &str, pairs: &[(&str, &str)]) -> String {
    let pairs: Vec<(String, String)> = pairs.iter().filter(|(_, value)| !value.is_empty()).map(|(name, value)| named(name, value)).collect();
    query(path, &pairs)
}

/// An address with its query; empty values stay.
pub(super) fn query(path: &str, pairs: &[(String, String)]) -> String {
    let query: Vec<String> = pairs.iter().map(|(name, value)| format!("{name}={}", utf8_percent_encode(value, NON_ALPHANUMERIC))).collect();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{}", query.join("&")) }
}

/// A choice list that begins with the empty value.
pub(super) fn or_none(label: &str, selected: bool, choices: impl Iterator<Item = views::Choice>) -> Vec<views::Choice> {
    std::iter::once(views::Choice { value: String::new(), label: label.to_owned(), selected }).chain(choices).collect()
}
