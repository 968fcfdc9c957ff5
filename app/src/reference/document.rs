//! The OpenAPI document: the rooms' parts and the ground's (`ground.json`, `guide.md`) merged, then completed with what
//! every endpoint has in common, so that no room has to say it.

use super::page::Reference;
use serde_json::{Map, Value, json};
use std::sync::LazyLock;

const PROBLEM: &str = "application/problem+json";

/// Built at the first look; an error only if a part is not readable, which the tests prove it is.
pub(super) static DOCUMENT: LazyLock<Result<Document, serde_json::Error>> = LazyLock::new(build);

/// What is served.
pub(super) struct Document {
    /// As JSON.
    pub(super) text: String,
    /// As a page shows it.
    pub(super) reference: Reference,
    /// As values, for the tests.
    #[cfg(test)]
    pub(super) value: Value,
}

fn build() -> Result<Document, serde_json::Error> {
    let mut value = Value::Null;
    for part in [
        serde_json::to_value(tickets::openapi())?,
        serde_json::to_value(reuse::openapi())?,
        serde_json::to_value(satisfaction::openapi())?,
        serde_json::to_value(worklog::openapi())?,
        serde_json::to_value(accounts::openapi())?,
        serde_json::to_value(macros::openapi())?,
        serde_json::to_value(incidents::openapi())?,
        serde_json::to_value(knowledge::openapi())?,
        serde_json::to_value(mail::openapi())?,
        serde_json::to_value(sla::openapi())?,
        serde_json::to_value(analytics::openapi())?,
        serde_json::to_value(automation::openapi())?,
        serde_json::to_value(webhooks::openapi())?,
        serde_json::to_value(notifications::openapi())?,
        serde_json::to_value(search::openapi())?,
        serde_json::from_str(include_str!("ground.json"))?,
    ] {
        merge(&mut value, part);
    }
    value["info"]["version"] = env!("CARGO_PKG_VERSION").into();
    value["info"]["description"] = include_str!("guide.md").into();
    complete(&mut value);
    Ok(Document {
        text: value.to_string(),
        reference: Reference::of(&value),
        #[cfg(test)]
        value,
    })
}

/// Objects are joined, lists go one behind the other, of anything else the later wins.
fn merge(into: &mut Value, from: Value) {
    match (into, from) {
        (Value::Object(into), Value::Object(from)) => from.into_iter().for_each(|(name, value)| merge(into.entry(name).or_insert(Value::Null), value)),
        (Value::Array(into), Value::Array(from)) => into.extend(from),
        (into, from) => *into = from,
    }
}

fn complete(document: &mut Value) {
    let whole = document.clone();
    let Some(paths) = document["paths"].as_object_mut() else { return };
    for (path, item) in paths {
        for (method, operation) in item.as_object_mut().into_iter().flatten() {
            complete_operation(&whole, path, method, operation);
        }
    }
}

/// Adds the refusals of the house, the idempotency key, and examples where a room gave none.
fn complete_operation(document: &Value, path: &str, method: &str, operation: &mut Value) {
    let (is_api, is_upload) = (path.starts_with("/api/"), path.starts_with("/files/uploads"));
    let has_body = operation.get("requestBody").is_some();
    for parameter in operation.get_mut("parameters").and_then(Value::as_array_mut).into_iter().flatten() {
        if let Some(schema) = parameter.get_mut("schema") {
            refuse_null(schema);
        }
    }
    if is_api && method == "post" {
        let key = if has_body { "IdempotencyKey" } else { "IdempotencyKeyUnneeded" };
        merge(&mut operation["parameters"], json!([{ "$ref": format!("#/components/parameters/{key}") }]));
    }
    let Some(responses) = operation["responses"].as_object_mut() else { return };
    let common = [
        ("400", "Malformed", is_api && has_body),
        ("413", "TooLarge", is_api && has_body),
        ("415", "Unsupported", is_api && has_body),
        ("429", "TooManyRequests", is_api || is_upload),
        ("503", "Busy", is_api || is_upload),
    ];
    for (status, name, _) in common.iter().filter(|(_, _, belongs)| *belongs) {
        responses.entry(*status).or_insert_with(|| json!({ "$ref": format!("#/components/responses/{name}") }));
    }
    for (status, response) in responses.iter_mut() {
        let problem = if status == "422" && !has_body { "problem-422-query".to_owned() } else { format!("problem-{status}") };
        give_examples(document, &mut response["content"], &problem);
        if response["content"].is_null()
            && let Some(response) = response.as_object_mut()
        {
            response.remove("content");
        }
    }
    if has_body {
        give_examples(document, &mut operation["requestBody"]["content"], "");
    }
}

/// A query has no null: a parameter is there or it is not.
fn refuse_null(schema: &mut Value) {
    if is_nullable(schema) && schema["type"].is_array() {
        schema["type"] = kind(schema).into();
    } else if is_nullable(schema)
        && let Some(other) = ["oneOf", "anyOf"].iter().find_map(|choice| schema[*choice].as_array()?.iter().find(|other| other["type"] != "null").cloned())
    {
        *schema = other;
    }
}

fn give_examples(document: &Value, content: &mut Value, problem: &str) {
    for (media, content) in content.as_object_mut().into_iter().flatten() {
        if content.get("example").is_some() || content.get("examples").is_some() {
            continue;
        }
        if media == PROBLEM {
            content["examples"] = json!({ "problem": { "$ref": format!("#/components/examples/{problem}") } });
        } else if media == "application/json" {
            content["example"] = sample(document, &content["schema"]);
        }
    }
}

/// What a reference points to; a thing that is none is itself.
pub(super) fn resolve<'d>(document: &'d Value, thing: &'d Value) -> &'d Value {
    let pointer = thing.get("$ref").and_then(Value::as_str).and_then(|reference| reference.strip_prefix('#'));
    pointer.and_then(|pointer| document.pointer(pointer)).unwrap_or(thing)
}

/// Of a choice with null the other one.
pub(super) fn certain<'d>(document: &'d Value, schema: &'d Value) -> &'d Value {
    let choice = schema.get("oneOf").or_else(|| schema.get("anyOf")).and_then(Value::as_array);
    choice.and_then(|choice| choice.iter().find(|other| other["type"] != "null")).map_or(schema, |other| resolve(document, other))
}

/// A value that fits a schema, made of the examples of its fields.
fn sample(document: &Value, schema: &Value) -> Value {
    let schema = certain(document, resolve(document, schema));
    if let Some(example) = schema.get("example").or_else(|| schema.get("const")).or_else(|| schema.pointer("/enum/0")) {
        return example.clone();
    }
    if let Some(parts) = schema["allOf"].as_array() {
        return parts.iter().fold(json!({}), |mut whole, part| {
            merge(&mut whole, sample(document, part));
            whole
        });
    }
    match (kind(schema), schema["format"].as_str()) {
        ("object", _) => {
            let properties = schema["properties"].as_object().into_iter().flatten();
            Value::Object(properties.map(|(name, property)| (name.clone(), sample(document, property))).collect::<Map<_, _>>())
        }
        ("array", _) => json!([sample(document, &schema["items"])]),
        ("integer" | "number", _) => json!(1),
        ("boolean", _) => json!(true),
        (_, Some("uuid")) => json!("019a90c2-7d1e-7b7f-9a53-0c1b6f1f3f10"),
        (_, Some("date-time")) => json!("2026-11-22T09:30:00Z"),
        _ if is_nullable(schema) => Value::Null,
        _ => json!("text"),
    }
}

/// The type of a schema, `null` aside.
pub(super) fn kind(schema: &Value) -> &str {
    match &schema["type"] {
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).find(|kind| *kind != "null").unwrap_or_default(),
        kind => kind.as_str().unwrap_or_default(),
    }
}

/// Null is taken, too.
pub(super) fn is_nullable(schema: &Value) -> bool {
    let is_null = |kind: &Value| kind == "null";
    let choice = schema.get("oneOf").or_else(|| schema.get("anyOf")).and_then(Value::as_array);
    schema["type"].as_array().is_some_and(|kinds| kinds.iter().any(is_null)) || choice.is_some_and(|choice| choice.iter().any(|other| is_null(&other["type"])))
}
