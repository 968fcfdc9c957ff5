//! The document tells the truth about the routes, and its examples fit its schemas.

use super::document::{DOCUMENT, resolve};
use serde_json::Value;
use std::collections::BTreeSet;
use web::Method;

fn document() -> &'static Value {
    &DOCUMENT.as_ref().unwrap().value
}

/// Every operation: method, path, what it says.
fn operations() -> Vec<(String, String, &'static Value)> {
    let paths = document()["paths"].as_object().unwrap();
    paths.iter().flat_map(|(path, item)| item.as_object().unwrap().iter().map(move |(method, operation)| (method.clone(), path.clone(), operation))).collect()
}

fn word(method: Method) -> &'static str {
    match method {
        Method::Get => "get",
        Method::Post => "post",
        Method::Put => "put",
        Method::Patch => "patch",
        Method::Delete => "delete",
        Method::Head => "head",
        Method::Options => "options",
    }
}

#[test]
fn every_route_for_programs_is_described_and_nothing_else() {
    let belongs = |path: &str| path.starts_with("/api/") || path.starts_with("/files/uploads") || path == "/healthz" || path == "/readyz";
    let served: BTreeSet<(String, String)> =
        crate::routes().list().iter().filter(|route| belongs(route.path)).map(|route| (word(route.method).to_owned(), route.path.to_owned())).collect();

    let described: BTreeSet<(String, String)> = operations().into_iter().map(|(method, path, _)| (method, path)).collect();

    assert_eq!(described.difference(&served).collect::<Vec<_>>(), Vec::<&(String, String)>::new(), "described and not served");
    assert_eq!(served.difference(&described).collect::<Vec<_>>(), Vec::<&(String, String)>::new(), "served and not described");
}

#[test]
fn every_operation_says_what_it_does_and_how_it_ends() {
    assert!(document()["openapi"].as_str().unwrap().starts_with("3.1."));
    assert_eq!(document()["info"]["license"]["identifier"], "Apache-2.0");
    let mut names = BTreeSet::new();
    for (method, path, operation) in operations() {
        let what = format!("{method} {path}");
        assert!(!operation["summary"].as_str().unwrap_or_default().is_empty(), "{what} has no summary");
        assert!(names.insert(operation["operationId"].as_str().unwrap().to_owned()), "{what} has somebody else's name");
        assert!(document()["tags"].as_array().unwrap().iter().any(|tag| tag["name"] == operation["tags"][0]), "{what} has no tag");
        let statuses: Vec<&String> = operation["responses"].as_object().unwrap().keys().collect();
        assert!(statuses.iter().any(|status| status.starts_with('2')), "{what} never succeeds");
        assert!(statuses.iter().any(|status| status.starts_with('4') || status.starts_with('5')), "{what} never fails");
        let written: BTreeSet<&str> = path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}')).collect();
        let parameters = operation["parameters"].as_array().into_iter().flatten().map(|parameter| resolve(document(), parameter));
        let named: BTreeSet<&str> = parameters.filter(|parameter| parameter["in"] == "path").filter_map(|parameter| parameter["name"].as_str()).collect();
        assert_eq!(written, named, "{what}");
    }
}

#[test]
fn every_post_of_the_api_takes_an_idempotency_key() {
    for (method, path, operation) in operations().into_iter().filter(|(method, path, _)| method == "post" && path.starts_with("/api/")) {
        let parameters = operation["parameters"].as_array().unwrap();
        assert!(parameters.iter().any(|parameter| resolve(document(), parameter)["name"] == "Idempotency-Key"), "{method} {path}");
    }
}

#[test]
fn every_anchor_of_the_page_is_there_once() {
    let reference = &DOCUMENT.as_ref().unwrap().reference;
    let groups = reference.groups.iter().flat_map(|group| std::iter::once(&group.about.id).chain(group.operations.iter().map(|operation| &operation.id)));
    let rest = reference.guide.iter().map(|section| &section.id).chain(reference.objects.iter().map(|object| &object.about.id));
    let mut seen: BTreeSet<&str> = ["start", "objects"].into();

    let twice: Vec<&str> = groups.chain(rest).map(String::as_str).filter(|id| !seen.insert(id)).collect();

    assert_eq!(twice, Vec::<&str>::new());
}

#[test]
fn no_reference_leads_nowhere() {
    fn walk(value: &Value) {
        if let Some(reference) = value["$ref"].as_str() {
            assert!(document().pointer(reference.trim_start_matches('#')).is_some(), "{reference}");
        }
        value.as_object().into_iter().flat_map(serde_json::Map::values).chain(value.as_array().into_iter().flatten()).for_each(walk);
    }
    walk(document());
}

#[test]
fn every_json_body_has_an_example_that_fits_its_schema() {
    let mut wrong = Vec::new();
    for (method, path, operation) in operations() {
        let responses = operation["responses"].as_object().unwrap().iter().map(|(status, response)| (status.as_str(), resolve(document(), response)));
        for (what, thing) in responses.chain([("body", &operation["requestBody"])]) {
            for (media, content) in thing["content"].as_object().into_iter().flatten().filter(|(media, _)| media.ends_with("json")) {
                let place = format!("{method} {path} {what} {media}");
                let many = content["examples"].as_object().into_iter().flatten().map(|(_, example)| &resolve(document(), example)["value"]);
                let examples: Vec<&Value> = content.get("example").into_iter().chain(many).collect();
                if examples.is_empty() {
                    wrong.push(format!("{place} has no example"));
                }
                for example in examples {
                    wrong.extend(fits(&content["schema"], example).err().map(|words| format!("{place}: {words}")));
                    if what != "body" && media.contains("problem") && example["status"].as_u64() != what.parse().ok() {
                        wrong.push(format!("{place}: another status"));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_check_of_examples_finds_what_does_not_fit() {
    let schema = |name: &str| document().pointer(&format!("/components/schemas/{name}")).unwrap();
    let wrong = [
        ("NewTicket", serde_json::json!({ "title": "t", "description": "d", "colour": "red" })),
        ("NewTicket", serde_json::json!({ "title": "t" })),
        ("NewTicket", serde_json::json!({ "title": "t", "description": "d", "priority": "SOON" })),
        ("TicketChange", serde_json::json!({ "version": "1" })),
        ("TicketChange", serde_json::json!({ "version": 1, "title": null })),
        ("TicketPage", serde_json::json!({ "items": [{ "id": 7 }], "nextCursor": null })),
    ];
    for (name, value) in wrong {
        assert!(fits(schema(name), &value).is_err(), "{name} {value}");
    }
}

/// The part of JSON Schema that the document uses.
fn fits(schema: &Value, value: &Value) -> Result<(), String> {
    let schema = resolve(document(), schema);
    for part in schema["allOf"].as_array().into_iter().flatten() {
        fits(part, value)?;
    }
    if let Some(choice) = schema.get("oneOf").or_else(|| schema.get("anyOf")).and_then(Value::as_array)
        && !choice.iter().any(|other| fits(other, value).is_ok())
    {
        return Err(format!("{value} is none of {choice:?}"));
    }
    let kinds: Vec<&str> = match &schema["type"] {
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
        kind => kind.as_str().into_iter().collect(),
    };
    if !kinds.is_empty() && !kinds.iter().any(|kind| is_a(kind, value)) {
        return Err(format!("{value} is not {kinds:?}"));
    }
    if schema["enum"].as_array().is_some_and(|words| !words.contains(value)) || schema.get("const").is_some_and(|only| only != value) {
        return Err(format!("{value} is not one of the words"));
    }
    if schema["format"] == "uuid" && value.is_string() && value.as_str().is_none_or(|text| text.parse::<uuid::Uuid>().is_err()) {
        return Err(format!("{value} is no id"));
    }
    if let Some(object) = value.as_object() {
        let known = schema["properties"].as_object();
        if let Some(missing) = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).find(|name| !object.contains_key(*name)) {
            return Err(format!("{missing} is missing in {value}"));
        }
        for (name, value) in object {
            match known.and_then(|known| known.get(name)) {
                Some(property) => fits(property, value)?,
                None if schema["additionalProperties"] == false => return Err(format!("{name} is not known")),
                None => {}
            }
        }
    }
    value.as_array().into_iter().flatten().try_for_each(|item| fits(&schema["items"], item))
}

fn is_a(kind: &str, value: &Value) -> bool {
    match kind {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        _ => value.is_null(),
    }
}
