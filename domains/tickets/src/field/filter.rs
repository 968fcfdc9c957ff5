//! Lists narrowed by custom fields: `field.plan=Business` in the address.

use super::Field;
use crate::list::Filter;
use db::{Conn, Query};
use kernel::{Actor, Fault, FieldErrors, Result};
use serde_json::Value;
use web::Fields;

/// So many fields narrow one list.
const MOST: usize = 10;
/// So many values of one field.
const VALUES: usize = 50;

/// Reads every `field.key`; several values by repeating it.
pub(crate) fn read(fields: &mut Fields) -> Vec<(String, Vec<String>)> {
    let Some(group) = fields.group("field") else { return Vec::new() };
    let mut wanted: Vec<(String, Vec<String>)> = Vec::new();
    for (key, value) in group.values {
        let texts: Vec<String> = match value {
            Value::String(text) => vec![text],
            Value::Array(list) => list.iter().filter_map(|text| text.as_str().map(str::to_owned)).collect(),
            _ => Vec::new(),
        };
        let texts: Vec<String> = texts.iter().map(|text| text.trim().to_owned()).filter(|text| !text.is_empty()).collect();
        let name: String = format!("field.{key}").chars().take(64).collect();
        if texts.len() > VALUES || texts.iter().any(|text| text.chars().count() > super::ask::TEXT) {
            fields.errors.add(&name, format!("At most {VALUES} values of {} characters.", super::ask::TEXT));
        } else if !texts.is_empty() && wanted.len() >= MOST {
            fields.errors.add(&name, format!("At most {MOST} fields at once."));
        } else if !texts.is_empty() {
            wanted.push((key, texts));
        }
    }
    wanted
}

/// Leaves the tickets with these values. By a field of staff a customer finds nothing, not even that it exists.
pub(crate) fn narrow(wanted: &[(String, Vec<String>)], actor: &Actor, query: &mut Query) {
    for (key, values) in wanted {
        query.push(" AND t.id IN (SELECT v.ticket_id FROM ticket_field_values v WHERE v.field = ").bind(key);
        query.push(" AND v.folded IN ").list(values.iter().map(|value| value.to_lowercase()));
        if !actor.is_staff() {
            query.push(" AND EXISTS (SELECT 1 FROM custom_fields f WHERE f.key = v.field AND f.audience = 'EVERYONE')");
        }
        query.push(")");
    }
}

impl Filter {
    /// Refuses fields that there are not, or not for this actor: programs should hear of a slip, pages pass over it.
    pub(crate) async fn demand_known_fields(&self, conn: &mut Conn, actor: &Actor) -> Result<()> {
        if self.fields.is_empty() {
            return Ok(());
        }
        let known = Field::all(conn).await?;
        let mut wrong = FieldErrors::default();
        for (key, _) in self.fields.iter().filter(|(key, _)| !known.iter().any(|field| field.key == *key && field.is_for(actor))) {
            wrong.add(&format!("field.{}", key.chars().take(64).collect::<String>()), "There is no such field.");
        }
        if wrong.is_empty() { Ok(()) } else { Err(Fault::Invalid(wrong)) }
    }
}
