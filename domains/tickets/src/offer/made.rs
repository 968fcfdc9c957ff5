//! Custom fields as rules see them: what an admin made can be asked, and set, like what every ticket has.

use crate::{
    Ticket,
    field::{Field as Custom, Kind},
    field_value,
};
use db::{Conn, Query};
use futures::future::BoxFuture;
use kernel::{Argument, Choice, Command, Field, FieldKind, Made, Result};
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap};
use uuid::Uuid;
use web::Group;

/// What the names of fields, and of lists of choices, begin with.
pub(super) const PREFIX: &str = "customFields.";
/// What sets a field.
const SET: &str = "set.";
/// What adds to a field of several choices.
const ADD: &str = "add.";
/// The choices of a field that is ticked or not.
const YES_NO: &str = "yes_no";

/// See `Offer::made`.
pub(super) fn made(conn: &mut Conn) -> BoxFuture<'_, Result<Made>> {
    Box::pin(async move {
        let mut made = Made::default();
        for custom in Custom::active(conn).await? {
            let name = custom.name();
            let (kind, verb, argument) = match custom.kind {
                Kind::Text => (FieldKind::Text, SET, Argument::Word),
                Kind::Number => (FieldKind::Number, SET, Argument::Number),
                Kind::Date => (FieldKind::Time, SET, Argument::Day),
                Kind::Checkbox => (FieldKind::YesNo, SET, Argument::Choice(YES_NO.into())),
                Kind::Select => (FieldKind::Choice(name.clone().into()), SET, Argument::ChoiceOrNone(name.clone().into())),
                Kind::MultiSelect => (FieldKind::Choices(name.clone().into()), ADD, Argument::Choice(name.clone().into())),
            };
            let label = if verb == ADD { format!("Add to {}", custom.label) } else { format!("Set {} to", custom.label) };
            let sets = (verb == SET).then(|| name.clone().into());
            made.commands.push(Command { name: format!("{verb}{name}").into(), label: label.into(), argument, sets });
            made.fields.push(Field { name: name.into(), label: custom.label.into(), kind });
        }
        Ok(made)
    })
}

/// See `Offer::choices`.
pub(super) async fn choices(conn: &mut Conn, list: &str) -> Result<Vec<Choice>> {
    if list == YES_NO {
        return Ok([("true", "Yes"), ("false", "No")].map(|(value, label)| Choice { value: value.to_owned(), label: label.to_owned() }).into());
    }
    let Some(key) = list.strip_prefix(PREFIX) else { return Ok(Vec::new()) };
    let options = Custom::get(conn, key).await?.options.0;
    Ok(options.into_iter().map(|option| Choice { value: option.clone(), label: option }).collect())
}

/// The values of those custom fields that are wanted, by field and ticket: one statement for all.
pub(super) async fn facts(conn: &mut Conn, ids: &[Uuid], wanted: &[String]) -> Result<Vec<(String, HashMap<Uuid, Value>)>> {
    let keys: Vec<&str> = wanted.iter().filter_map(|name| name.strip_prefix(PREFIX)).collect();
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let mut query = Query::with("SELECT field, ticket_id, value FROM ticket_field_values WHERE ticket_id IN ", Vec::new());
    query.list(ids.iter().copied()).push(" AND field IN ").list(keys.iter().copied());
    let mut held: BTreeMap<String, HashMap<Uuid, Vec<String>>> = BTreeMap::new();
    for (field, ticket, value) in conn.all::<(String, Uuid, String)>(query).await? {
        held.entry(field).or_default().entry(ticket).or_default().push(value);
    }
    let customs = if held.is_empty() { Vec::new() } else { Custom::all(conn).await? };
    Ok(customs
        .iter()
        .filter_map(|custom| {
            let values = held.remove(&custom.key)?;
            Some((custom.name(), values.into_iter().map(|(ticket, values)| (ticket, fact(custom, &values))).collect()))
        })
        .collect())
}

/// A day counts from its first instant in UTC on.
fn fact(custom: &Custom, values: &[String]) -> Value {
    if custom.kind != Kind::Date {
        return custom.typed(values);
    }
    let day = values.first().and_then(|day| day.parse::<jiff::civil::Date>().ok());
    let begins = day.and_then(|day| day.to_zoned(jiff::tz::TimeZone::UTC).ok());
    begins.map_or(Value::Null, |begins| json!(begins.timestamp().as_microsecond()))
}

/// What a command makes of the fields of a ticket; none when it is so already. `text` is read and checked as the value of a
/// form is.
pub(super) async fn change(conn: &mut Conn, ticket: &Ticket, command: &str, text: &str) -> Result<Option<Group>> {
    let broken = || kernel::Fault::Broken(format!("tickets have no command {command}"));
    let (verb, name) = [SET, ADD].into_iter().find_map(|verb| command.strip_prefix(verb).map(|name| (verb, name))).ok_or_else(broken)?;
    let key = name.strip_prefix(PREFIX).ok_or_else(broken)?;
    let mut held = field_value::of(conn, ticket.id).await?.remove(key).unwrap_or_default();
    let value = if verb == ADD {
        if held.iter().any(|known| known == text) {
            return Ok(None);
        }
        held.push(text.to_owned());
        json!(held)
    } else {
        if held.first().map_or("", String::as_str) == text {
            return Ok(None);
        }
        json!(text)
    };
    Ok(Some(Group { values: [(key.to_owned(), value)].into(), is_typed: false }))
}
