//! Agents change custom fields beside the ticket: each change with the version it saw, an undo, and a way to keep one's
//! own when somebody was faster.

use super::{
    acts::{back, meanwhile},
    desk::{Open, screen},
};
use crate::{
    Ticket,
    api::id,
    change::Change,
    field::{Field, Kind},
    field_value,
    list::Filter,
    policy::{self, Action},
    views,
};
use kernel::{Actor, Fault, Result};
use serde_json::Value;
use web::{Answer, Asked, Fields, Flash, Form, Group, HeaderMap, Input, Path, StatusCode, Visit};

/// Some custom fields and the version they were seen with.
pub(super) struct Wish {
    version: i64,
    group: Group,
}

impl Form for Wish {
    fn read(fields: &mut Fields) -> Self {
        Self { version: fields.needed_integer("version", 1..=i64::MAX), group: fields.group("customFields").unwrap_or_default() }
    }
}

/// `POST /desk/tickets/{id}/fields`: staff who may change it.
pub(super) async fn set(visit: Visit, headers: HeaderMap, Path(ticket): Path<String>, input: Input<Wish>) -> Answer {
    change(&visit, &headers, &ticket, input.take()?).await
}

/// `POST /desk/tickets/{id}/fields/undo?customFields.…=…&version=…`: takes one's last change back while nobody changed more.
pub(super) async fn undo(visit: Visit, headers: HeaderMap, Path(ticket): Path<String>, Asked(wish): Asked<Wish>) -> Answer {
    change(&visit, &headers, &ticket, wish).await
}

async fn change(visit: &Visit, headers: &HeaderMap, ticket: &str, wish: Wish) -> Answer {
    let actor = visit.staff()?;
    let mut tx = visit.app.db.write().await?;
    let before = Ticket::get(&mut tx, actor, id(ticket)?, Action::Change).await?;
    let held = field_value::of(&mut tx, before.id).await?;
    let fields = Field::all(&mut tx).await?;
    let change = Change { version: wish.version, custom_fields: Some(wish.group.clone()), ..Change::default() };
    let ticket = match before.change(&mut tx, actor, change).await {
        Err(Fault::Stale(_)) => {
            drop(tx);
            return conflict(visit, actor, &before, &wish, &fields).await;
        }
        Err(Fault::Invalid(wrong)) => {
            let label = |name: &str| fields.iter().find(|field| field.name() == name).map_or_else(String::new, |field| format!("{}: ", field.label));
            let text = wrong.0.first().map(|(name, sentence)| format!("{}{sentence}", label(name))).unwrap_or_default();
            return Ok(visit.flash(back(headers, before.id)?, &Flash { kind: "warn", text, undo: None }));
        }
        changed => changed?,
    };
    let now = field_value::of(&mut tx, ticket.id).await?;
    let may_stay = policy::may_now(&mut tx, actor, Action::See, &ticket).await?;
    tx.commit().await?;
    let none = Vec::new();
    let changed: Vec<&Field> = fields.iter().filter(|field| held.get(&field.key) != now.get(&field.key)).collect();
    let said = changed.iter().map(|field| {
        let words = field.words(now.get(&field.key).unwrap_or(&none));
        format!("{}: {}", field.label, if words.is_empty() { "empty" } else { &words })
    });
    let text = if changed.is_empty() { "Nothing changed.".to_owned() } else { format!("{}.", said.collect::<Vec<_>>().join(", ").trim_end_matches('.')) };
    let mut pairs: Vec<(String, String)> = vec![("version".to_owned(), ticket.version.to_string())];
    for field in &changed {
        let values = held.get(&field.key).filter(|values| !values.is_empty()).cloned().unwrap_or_else(|| vec![String::new()]);
        pairs.extend(values.into_iter().map(|value| (field.name(), value)));
    }
    let to = if may_stay { back(headers, ticket.id)? } else { web::see_other("/desk")? };
    let undo = (!changed.is_empty()).then(|| (super::place::query(&format!("/desk/tickets/{}/fields/undo", ticket.id), &pairs), "Undo".to_owned()));
    Ok(visit.flash(to, &Flash { kind: "good", text, undo }))
}

/// The desk again, saying what changed meanwhile and offering to keep one's own.
async fn conflict(visit: &Visit, actor: &Actor, ticket: &Ticket, wish: &Wish, fields: &[Field]) -> Answer {
    let mut conn = visit.app.db.read().await?;
    let theirs = meanwhile(&mut conn, actor, ticket, wish.version).await?;
    let mine: Vec<(&Field, Vec<String>)> =
        fields.iter().filter_map(|field| wish.group.values.get(&field.key).map(|value| (field, texts(field, value)))).collect();
    let mut hidden = vec![views::Hidden { name: "version".to_owned(), value: ticket.version.to_string() }];
    for (field, values) in &mine {
        hidden.extend(values.iter().map(|value| views::Hidden { name: field.name(), value: value.clone() }));
    }
    let conflict = views::Conflict {
        theirs,
        mine: mine.iter().map(|(field, values)| format!("{}: {}", field.label, field.words(values))).collect::<Vec<_>>().join(", "),
        action: format!("/desk/tickets/{}/fields", ticket.id),
        fields: hidden,
    };
    let page =
        screen(visit, &mut conn, actor, Filter { limit: 50, ..Filter::default() }, Some(Open { ticket, refused: None, conflict: Some(conflict) })).await?;
    web::html_with(StatusCode::CONFLICT, &page)
}

/// What was sent for a field; of a repeated name the last counts, unless it takes several.
fn texts(field: &Field, value: &Value) -> Vec<String> {
    let mut texts = sent(value);
    if field.kind != Kind::MultiSelect {
        texts.drain(..texts.len().saturating_sub(1));
    }
    texts
}

fn sent(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Array(list) => list.iter().filter_map(|text| text.as_str().map(str::to_owned)).collect(),
        _ => Vec::new(),
    }
}

/// Words of a refused change, for those who came from the desk: back to the ticket, with what to do next.
pub(super) fn refused(visit: &Visit, headers: &HeaderMap, ticket: crate::TicketId, fault: Fault) -> Result<Answer> {
    match fault {
        Fault::Invalid(wrong) if wrong.0.iter().any(|(field, _)| field.starts_with("customFields.")) => {
            let text = wrong.0.into_iter().map(|(_, sentence)| sentence).collect::<Vec<_>>().join(" ");
            Ok(back(headers, ticket).map(|answer| visit.flash(answer, &Flash { kind: "warn", text, undo: None })))
        }
        fault => Err(fault),
    }
}
