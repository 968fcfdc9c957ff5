//! Examples as text: JSON in the order people read it, and the command that sends it.

use serde_json::Value;
use std::fmt::Write as _;

/// What comes first in an object, and what last; the rest is between, by name.
const FIRST: &[&str] = &[
    "items",
    "seq",
    "id",
    "number",
    "version",
    "filename",
    "url",
    "type",
    "kind",
    "title",
    "name",
    "email",
    "content",
    "html",
    "description",
    "status",
    "priority",
    "category",
    "channel",
    "detail",
    "createdAt",
    "updatedAt",
];
const LAST: &[&str] = &["user", "assignee", "data", "errors", "messages", "attachments", "nextCursor", "current"];

/// Where a field stands in its object.
pub(super) fn rank(name: &str) -> (usize, String) {
    let at = |list: &[&str]| list.iter().position(|other| *other == name);
    let place = at(FIRST).or_else(|| at(LAST).map(|place| FIRST.len() + 1 + place)).unwrap_or(FIRST.len());
    (place, name.to_owned())
}

/// JSON with a field a line.
pub(super) fn pretty(value: &Value) -> String {
    let mut out = String::new();
    write(&mut out, value, 0);
    out
}

fn write(out: &mut String, value: &Value, depth: usize) {
    let (open, close, lines): (_, _, Vec<(Option<&String>, &Value)>) = match value {
        Value::Object(object) if !object.is_empty() => {
            let mut fields: Vec<_> = object.iter().map(|(name, value)| (Some(name), value)).collect();
            fields.sort_by_cached_key(|(name, _)| name.map(|name| rank(name)));
            ('{', '}', fields)
        }
        Value::Array(list) if list.iter().any(Value::is_object) => ('[', ']', list.iter().map(|value| (None, value)).collect()),
        other => {
            // writing to a String can't fail
            let _ = write!(out, "{other}");
            return;
        }
    };
    out.push(open);
    for (index, (name, value)) in lines.iter().enumerate() {
        let _ = write!(out, "{}\n{:indent$}", if index == 0 { "" } else { "," }, "", indent = depth * 2 + 2);
        if let Some(name) = name {
            let _ = write!(out, "\"{name}\": ");
        }
        write(out, value, depth + 1);
    }
    let _ = write!(out, "\n{:indent$}{close}", "", indent = depth * 2);
}

/// The command that asks for it. `$SUPPORT` is where the site is, `$TOKEN` the token.
pub(super) fn curl(path: &str, method: &str, parameters: &[&Value], body: Option<(&String, &Value)>, is_open: bool) -> String {
    let shown = |parameter: &Value| parameter.get("example").map(|example| example.as_str().map_or_else(|| example.to_string(), str::to_owned));
    let of = |place: &'static str| {
        parameters.iter().filter(move |parameter| parameter["in"] == place).filter_map(move |parameter| Some((parameter["name"].as_str()?, shown(parameter)?)))
    };
    let path = of("path").fold(path.to_owned(), |path, (name, value)| path.replace(&format!("{{{name}}}"), &value));
    let query = of("query").take(2).map(|(name, value)| format!("{name}={}", value.replace(' ', "+"))).collect::<Vec<_>>().join("&");
    let verb = match method {
        "get" => String::new(),
        "head" => "--head ".to_owned(),
        other => format!("-X {} ", other.to_uppercase()),
    };
    let mut command = format!("curl {verb}\"$SUPPORT{path}{}{query}\"", if query.is_empty() { "" } else { "?" });
    if !is_open {
        command.push_str(" \\\n  -H \"Authorization: Bearer $TOKEN\"");
    }
    for (name, value) in of("header") {
        let _ = write!(command, " \\\n  -H \"{name}: {value}\"");
    }
    if let Some((media, content)) = body {
        let _ = write!(command, " \\\n  -H \"Content-Type: {media}\" \\\n  ");
        match content.get("example") {
            Some(example) => drop(write!(command, "-d '{}'", pretty(example).replace('\'', "'\\''"))),
            None => command.push_str("--data-binary @run-trace.json"),
        }
    }
    command
}
