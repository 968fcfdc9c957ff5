//! An OpenAPI document (3.0 and 3.1) as pages: one for each operation, with its parameters, an example of what is sent and what comes
//! back. The next import of it changes the pages.

use super::page::Page;
use crate::{
    Kind,
    write::{CONTENT, TITLE},
};
use serde_json::{Map, Value, json};
use std::fmt::Write as _;

/// Operations of a document.
const OPERATIONS: usize = 2_000;
/// Schemas within each other in an example.
const DEPTH: usize = 6;
/// Characters of an example.
const EXAMPLE: usize = 8_000;
const METHODS: [&str; 7] = ["get", "post", "put", "patch", "delete", "head", "options"];

/// Whether this is such a document.
pub(crate) fn is(root: &Value) -> bool {
    root["openapi"].as_str().is_some_and(|version| version.starts_with("3.")) && root["paths"].is_object()
}

/// Its operations, in order.
pub(crate) fn pages(file: &str, root: &Value) -> Vec<Page> {
    let mut pages = Vec::new();
    let name = root["info"]["title"].as_str().unwrap_or("API");
    for (path, item) in root["paths"].as_object().into_iter().flatten() {
        for method in METHODS {
            let operation = &item[method];
            if operation.is_object() && pages.len() < OPERATIONS {
                let position = i64::try_from(pages.len()).unwrap_or(0);
                pages.push(page(file, name, root, path, item, method, operation, position));
            }
        }
    }
    pages
}

#[expect(clippy::too_many_arguments, reason = "all of them are the place of one operation")]
fn page(file: &str, name: &str, root: &Value, path: &str, item: &Value, method: &str, operation: &Value, position: i64) -> Page {
    let method = method.to_uppercase();
    let id = operation["operationId"].as_str().map_or_else(|| format!("{method} {path}"), str::to_owned);
    let title: String = operation["summary"].as_str().map_or_else(|| format!("{method} {path}"), |summary| summary.trim_end_matches('.').to_owned());
    let mut text = format!("```http\n{method} {path}\n```\n\n");
    if let Some(words) = operation["description"].as_str() {
        let _ = write!(text, "{words}\n\n");
    }
    if operation["deprecated"] == true {
        text.push_str(":::warning Deprecated\nIt still works, and will go.\n:::\n\n");
    }
    parameters(&mut text, root, item, operation);
    let body = resolved(root, &operation["requestBody"]);
    sent(&mut text, root, body);
    call(&mut text, root, path, &method, body);
    answers(&mut text, root, operation);
    let tag = operation["tags"][0].as_str().unwrap_or("Operations");
    Page {
        path: format!("{file}#{id}"),
        external_id: format!("openapi:{name}:{id}").chars().take(200).collect(),
        summary: format!("{method} {path}").chars().take(400).collect(),
        slug: richtext::slug(&title),
        title: title.chars().take(TITLE).collect(),
        content: text.chars().take(CONTENT).collect(),
        tags: vec!["api".to_owned()],
        kind: Kind::Api,
        place: (name.to_owned(), tag.to_owned()),
        position,
        language: None,
        translation_of: None,
        readers: None,
        is_draft: false,
    }
}

/// What a reference within the document names.
fn resolved<'a>(root: &'a Value, value: &'a Value) -> &'a Value {
    let mut value = value;
    for _ in 0..DEPTH {
        let Some(target) = value["$ref"].as_str().and_then(|target| target.strip_prefix('#')) else { return value };
        value = root.pointer(target).unwrap_or(&Value::Null);
    }
    value
}

/// A text in a cell of a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").split_whitespace().collect::<Vec<_>>().join(" ")
}

fn parameters(text: &mut String, root: &Value, item: &Value, operation: &Value) {
    let all: Vec<&Value> =
        [&item["parameters"], &operation["parameters"]].into_iter().filter_map(Value::as_array).flatten().map(|one| resolved(root, one)).collect();
    if all.is_empty() {
        return;
    }
    text.push_str("## Parameters\n\n| Name | In | Type | What it is |\n| --- | --- | --- | --- |\n");
    for one in all {
        let needed = if one["required"] == true { " (needed)" } else { "" };
        let schema = resolved(root, &one["schema"]);
        let _ = writeln!(
            text,
            "| `{}`{needed} | {} | {} | {} |",
            cell(one["name"].as_str().unwrap_or_default()),
            cell(one["in"].as_str().unwrap_or_default()),
            type_of(root, schema),
            cell(one["description"].as_str().unwrap_or_default())
        );
    }
    text.push('\n');
}

fn type_of(root: &Value, schema: &Value) -> String {
    let schema = resolved(root, schema);
    let kind = match &schema["type"] {
        Value::String(kind) => kind.clone(),
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" or "),
        _ => "any".to_owned(),
    };
    match schema["enum"].as_array() {
        Some(words) => words.iter().take(20).map(|word| format!("`{}`", cell(word.as_str().unwrap_or(&word.to_string())))).collect::<Vec<_>>().join(", "),
        None if kind == "array" => format!("list of {}", type_of_item(root, schema)),
        None => kind,
    }
}

fn type_of_item(root: &Value, schema: &Value) -> String {
    resolved(root, &schema["items"])["type"].as_str().unwrap_or("any").to_owned()
}

/// The fields of what is sent.
fn sent(text: &mut String, root: &Value, body: &Value) {
    let schema = resolved(root, &body["content"]["application/json"]["schema"]);
    let Some(fields) = schema["properties"].as_object() else { return };
    let needed = |name: &str| schema["required"].as_array().is_some_and(|all| all.iter().any(|one| one == name));
    text.push_str("## Body\n\n| Field | Type | What it is |\n| --- | --- | --- |\n");
    for (name, field) in fields {
        let words = field["description"].as_str().or_else(|| resolved(root, field)["description"].as_str()).unwrap_or_default();
        let _ = writeln!(text, "| `{}`{} | {} | {} |", cell(name), if needed(name) { " (needed)" } else { "" }, type_of(root, field), cell(words));
    }
    text.push('\n');
}

/// A call on the command line.
fn call(text: &mut String, root: &Value, path: &str, method: &str, body: &Value) {
    let server = root["servers"][0]["url"].as_str().unwrap_or_default().trim_end_matches('/');
    let _ = write!(text, "## Example\n\n```bash\ncurl -X {method} {server}{path} \\\n  -H \"Authorization: Bearer $TOKEN\"");
    if let Some(example) = example_of(root, body) {
        let _ = write!(text, " \\\n  -H \"Content-Type: application/json\" \\\n  -d '{}'", example.replace('\'', "'\\''"));
    }
    text.push_str("\n```\n\n");
}

fn example_of(root: &Value, body: &Value) -> Option<String> {
    let content = &body["content"]["application/json"];
    if !content.is_object() {
        return None;
    }
    let given =
        [&content["example"], content["examples"].as_object().and_then(|all| all.values().next()).map_or(&Value::Null, |one| &resolved(root, one)["value"])];
    let value = given.into_iter().find(|value| !value.is_null()).cloned().unwrap_or_else(|| made(root, &content["schema"], 0));
    let text = serde_json::to_string_pretty(&value).unwrap_or_default().replace("```", "");
    (text.len() <= EXAMPLE && !value.is_null()).then_some(text)
}

/// An example made of a schema.
fn made(root: &Value, schema: &Value, depth: usize) -> Value {
    let schema = resolved(root, schema);
    for given in [&schema["example"], &schema["default"], &schema["const"], &schema["enum"][0], &schema["examples"][0]] {
        if !given.is_null() {
            return given.clone();
        }
    }
    if depth > DEPTH {
        return Value::Null;
    }
    for choice in ["allOf", "oneOf", "anyOf"] {
        if let Some(all) = schema[choice].as_array() {
            let mut fields = Map::new();
            for one in all.iter().take(if choice == "allOf" { 10 } else { 1 }) {
                match made(root, one, depth + 1) {
                    Value::Object(own) => fields.extend(own),
                    other if choice != "allOf" => return other,
                    _ => {}
                }
            }
            return Value::Object(fields);
        }
    }
    let kind = schema["type"].as_str().or_else(|| schema["type"][0].as_str()).unwrap_or_default();
    match (kind, schema["format"].as_str().unwrap_or_default()) {
        ("object", _) => {
            let fields = schema["properties"].as_object().into_iter().flatten().take(30);
            Value::Object(fields.map(|(name, field)| (name.clone(), made(root, field, depth + 1))).collect())
        }
        ("array", _) => json!([made(root, &schema["items"], depth + 1)]),
        ("integer", _) => json!(1),
        ("number", _) => json!(1.5),
        ("boolean", _) => json!(true),
        ("string", "date-time") => json!("2026-01-31T09:00:00Z"),
        ("string", "date") => json!("2026-01-31"),
        ("string", "uuid") => json!("00000000-0000-0000-0000-000000000000"),
        ("string", "email") => json!("ana@example.com"),
        ("string", _) => json!("text"),
        _ => Value::Null,
    }
}

fn answers(text: &mut String, root: &Value, operation: &Value) {
    let Some(answers) = operation["responses"].as_object() else { return };
    text.push_str("## Answers\n\n| Status | What it means |\n| --- | --- |\n");
    for (status, answer) in answers {
        let _ = writeln!(text, "| `{}` | {} |", cell(status), cell(resolved(root, answer)["description"].as_str().unwrap_or_default()));
    }
    text.push('\n');
    let good = answers.iter().find(|(status, _)| status.starts_with('2')).map(|(_, answer)| resolved(root, answer));
    if let Some(example) = good.and_then(|answer| example_of(root, answer)) {
        let _ = write!(text, "```json\n{example}\n```\n");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_operation_is_a_page_with_examples_that_come_to_an_end() {
        let root = json!({
            "openapi": "3.1.0", "info": { "title": "Keys" }, "servers": [{ "url": "https://api.test/v1/" }],
            "paths": { "/keys/{id}": {
                "parameters": [{ "name": "id", "in": "path", "required": true, "schema": { "type": "string" }, "description": "Which | one" }],
                "get": { "operationId": "getKey", "summary": "Get a key.", "tags": ["Keys"], "responses": { "200": { "description": "It", "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Key" } } } } } },
                "put": { "requestBody": { "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Key" } } } }, "responses": {} }
            } },
            "components": { "schemas": { "Key": { "type": "object", "required": ["name"], "properties": { "name": { "type": "string", "example": "it's" }, "self": { "$ref": "#/components/schemas/Key" }, "loop": { "$ref": "#/components/schemas/Loop" } } }, "Loop": { "$ref": "#/components/schemas/Loop" } } }
        });
        let pages = pages("openapi.json", &root);

        assert!(is(&root) && !is(&json!({ "openapi": "2.0" })));
        assert_eq!(pages.iter().map(|page| page.title.as_str()).collect::<Vec<_>>(), ["Get a key", "PUT /keys/{id}"]);
        assert_eq!((pages[0].external_id.as_str(), &pages[0].place), ("openapi:Keys:getKey", &("Keys".to_owned(), "Keys".to_owned())));
        for piece in ["| `id` (needed) | path | string | Which \\| one |", "curl -X GET https://api.test/v1/keys/{id}", "| `200` | It |", "\"name\": \"it's\""]
        {
            assert!(pages[0].content.contains(piece), "{piece}: {}", pages[0].content);
        }
        assert!(pages[1].content.contains("| `name` (needed) | string |") && pages[1].content.contains("it'\\''s"), "{}", pages[1].content);
    }
}
