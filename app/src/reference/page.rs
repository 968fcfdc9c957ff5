//! The document as a page shows it: sections of the guide, endpoints by tag, objects. Nothing is written here that
//! the document does not say.

use super::document::{certain, is_nullable, kind, resolve};
use richtext::Format;
use serde_json::Value;

mod show;

/// All that the page shows.
pub(super) struct Reference {
    /// What it is, in a sentence.
    pub(super) lead: String,
    /// Version of the program.
    pub(super) version: String,
    /// What holds for every endpoint.
    pub(super) guide: Vec<Section>,
    /// Endpoints by tag.
    pub(super) groups: Vec<Group>,
    /// What bodies are made of.
    pub(super) objects: Vec<Shape>,
}

/// A heading with its text.
pub(super) struct Section {
    pub(super) id: String,
    pub(super) title: String,
    /// Safe HTML.
    pub(super) html: String,
}

/// The endpoints of one tag.
pub(super) struct Group {
    pub(super) about: Section,
    pub(super) operations: Vec<Operation>,
}

/// One endpoint.
pub(super) struct Operation {
    pub(super) id: String,
    pub(super) method: String,
    pub(super) path: String,
    pub(super) title: String,
    /// Safe HTML.
    pub(super) html: String,
    /// Who may call it: safe HTML.
    pub(super) who: String,
    pub(super) parameters: Vec<Field>,
    pub(super) body: Vec<Field>,
    pub(super) curl: String,
    pub(super) answer: Answer,
    pub(super) refusals: Vec<Refusal>,
}

/// What comes back when it went well.
pub(super) struct Answer {
    pub(super) status: String,
    /// Safe HTML.
    pub(super) html: String,
    pub(super) headers: Vec<Field>,
    /// The body; empty when there is none.
    pub(super) example: String,
}

/// What comes back when it did not.
pub(super) struct Refusal {
    pub(super) status: String,
    /// Safe HTML.
    pub(super) html: String,
    /// The last word of its `type`.
    pub(super) word: String,
    /// The body, where it says more than the common ones.
    pub(super) example: Option<String>,
}

/// A parameter, header or field.
pub(super) struct Field {
    pub(super) name: String,
    /// `path`, `query`, `header`; empty for fields.
    pub(super) place: String,
    pub(super) is_needed: bool,
    /// In words: `id`, `time or null`, `list of Message`.
    pub(super) kind: String,
    /// The closed set, if it is one.
    pub(super) words: Vec<String>,
    /// Safe HTML.
    pub(super) html: String,
}

/// A named object.
pub(super) struct Shape {
    pub(super) about: Section,
    pub(super) fields: Vec<Field>,
}

impl Reference {
    /// Reads the finished document.
    pub(super) fn of(document: &Value) -> Self {
        let (lead, guide) = text(&document["info"]["description"]).split_once("\n## ").unwrap_or_default();
        let tags = document["tags"].as_array().into_iter().flatten();
        let shapes = document["components"]["schemas"].as_object().into_iter().flatten();
        Self {
            lead: lead.trim().to_owned(),
            version: text(&document["info"]["version"]).to_owned(),
            guide: guide.split("\n## ").filter_map(|part| part.split_once('\n')).map(|(title, words)| section(title, words)).collect(),
            groups: tags.map(|tag| group(document, tag)).collect(),
            objects: shapes.filter(|(_, schema)| schema.get("enum").is_none()).map(|(name, schema)| shape(document, name, schema)).collect(),
        }
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn html(words: &str) -> String {
    richtext::render(words, Format::Markdown).into_string()
}

fn section(title: &str, words: &str) -> Section {
    let id = title.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' }).collect();
    Section { id, title: title.to_owned(), html: html(words) }
}

fn group(document: &Value, tag: &Value) -> Group {
    const METHODS: [&str; 7] = ["get", "post", "put", "patch", "delete", "head", "options"];
    let paths = document["paths"].as_object().into_iter().flatten();
    let operations = paths.flat_map(|(path, item)| METHODS.iter().filter_map(move |method| item.get(method).map(|operation| (path, *method, operation))));
    let own = operations.filter(|(_, _, operation)| operation["tags"][0] == tag["name"]);
    Group {
        about: section(text(&tag["name"]), text(&tag["description"])),
        operations: own.map(|(path, method, operation)| self::operation(document, path, method, operation)).collect(),
    }
}

fn operation(document: &Value, path: &str, method: &str, operation: &Value) -> Operation {
    let parameters: Vec<&Value> = operation["parameters"].as_array().into_iter().flatten().map(|parameter| resolve(document, parameter)).collect();
    let body = operation["requestBody"]["content"].as_object().into_iter().flatten().next();
    let responses = operation["responses"].as_object().into_iter().flatten().map(|(status, response)| (status, resolve(document, response)));
    let (good, bad): (Vec<_>, Vec<_>) = responses.partition(|(status, _)| status.starts_with('2'));
    Operation {
        id: text(&operation["operationId"]).to_owned(),
        method: method.to_uppercase(),
        path: path.to_owned(),
        title: text(&operation["summary"]).trim_end_matches('.').to_owned(),
        html: html(text(&operation["description"])),
        who: html(&who(operation.get("security").unwrap_or(&document["security"]))),
        parameters: parameters
            .iter()
            .map(|parameter| Field {
                place: text(&parameter["in"]).to_owned(),
                ..field(document, text(&parameter["name"]), parameter, parameter["required"] == true)
            })
            .collect(),
        body: body.map(|(_, content)| fields(document, &content["schema"])).unwrap_or_default(),
        curl: show::curl(path, method, &parameters, body, operation["security"][0].as_object().is_some_and(serde_json::Map::is_empty)),
        answer: good.first().map_or_else(|| answer(document, "", &Value::Null), |(status, response)| answer(document, status, response)),
        refusals: bad.into_iter().map(|(status, response)| refusal(document, status, response)).collect(),
    }
}

fn who(security: &Value) -> String {
    let ways = security.as_array().map(Vec::as_slice).unwrap_or_default();
    let scope = ways.iter().find_map(|way| way["bearer"][0].as_str());
    let is_open = ways.iter().any(|way| way.as_object().is_some_and(serde_json::Map::is_empty));
    match (is_open, scope) {
        (true, None) => "Anyone.".to_owned(),
        (true, Some(scope)) => format!("Anyone; a token needs `{scope}`."),
        (false, None) => "A signed-in person.".to_owned(),
        (false, Some(scope)) => format!("A signed-in person; a token needs `{scope}`."),
    }
}

fn answer(document: &Value, status: &str, response: &Value) -> Answer {
    let headers = response["headers"].as_object().into_iter().flatten();
    let content = response["content"].as_object().into_iter().flatten().find_map(|(_, content)| example(document, content));
    Answer {
        status: status.to_owned(),
        html: html(text(&response["description"])),
        headers: headers.map(|(name, header)| field(document, name, header, true)).collect(),
        example: content.map(show::pretty).unwrap_or_default(),
    }
}

fn refusal(document: &Value, status: &str, response: &Value) -> Refusal {
    let content = response["content"].as_object().into_iter().flatten().find_map(|(_, content)| example(document, content).map(|value| (content, value)));
    let word = content.map_or("", |(_, value)| text(&value["type"]).trim_start_matches("/problems/"));
    let own = content.filter(|(content, value)| value.is_object() && !content["examples"].to_string().contains("$ref"));
    Refusal { status: status.to_owned(), html: html(text(&response["description"])), word: word.to_owned(), example: own.map(|(_, value)| show::pretty(value)) }
}

/// The first example of a body.
pub(super) fn example<'d>(document: &'d Value, content: &'d Value) -> Option<&'d Value> {
    let first = || content["examples"].as_object()?.values().next().map(|example| &resolve(document, example)["value"]);
    content.get("example").or_else(first)
}

fn shape(document: &Value, name: &str, schema: &Value) -> Shape {
    let about = section(name, text(&schema["description"]));
    Shape { about: Section { id: format!("object-{}", about.id), ..about }, fields: fields(document, schema) }
}

/// The fields of an object, the needed ones first, then in the order in which objects are shown.
fn fields(document: &Value, schema: &Value) -> Vec<Field> {
    let schema = resolve(document, schema);
    let parts = schema["allOf"].as_array().into_iter().flatten().flat_map(|part| fields(document, part));
    let needed = schema["required"].as_array().map(Vec::as_slice).unwrap_or_default();
    let own = schema["properties"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, property)| field(document, name, property, needed.iter().any(|other| other == name)));
    let mut all: Vec<Field> = parts.chain(own).collect();
    all.sort_by_cached_key(|field| (!field.is_needed, show::rank(&field.name)));
    all
}

fn field(document: &Value, name: &str, given: &Value, is_needed: bool) -> Field {
    let schema = given.get("schema").unwrap_or(given);
    let (kind, words) = in_words(document, schema);
    let about = [given, resolve(document, schema)].into_iter().find_map(|thing| thing["description"].as_str());
    Field { name: name.to_owned(), place: String::new(), is_needed, kind, words, html: html(about.unwrap_or_default()) }
}

/// What a value is, and its closed set of words.
fn in_words(document: &Value, given: &Value) -> (String, Vec<String>) {
    let named = [given, given.pointer("/oneOf/1").unwrap_or(given)]
        .into_iter()
        .find_map(|thing| thing["$ref"].as_str())
        .and_then(|reference| reference.rsplit('/').next());
    let schema = certain(document, resolve(document, given));
    let words: Vec<String> = schema["enum"].as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect();
    let (mut said, words) = match (kind(schema), schema["format"].as_str(), named) {
        _ if !words.is_empty() => ("one of".to_owned(), words),
        ("object", _, Some(name)) => (name.to_owned(), words),
        ("array", ..) => {
            let (item, words) = in_words(document, &schema["items"]);
            (format!("list of {}", item.trim_start_matches("one of")), words)
        }
        ("string", Some("uuid"), _) => ("id".to_owned(), words),
        ("string", Some("date-time"), _) => ("time".to_owned(), words),
        ("string", Some("binary"), _) => ("bytes".to_owned(), words),
        ("string", Some("email"), _) => ("mail address".to_owned(), words),
        ("string", ..) => (bounded("text", &schema["minLength"], &schema["maxLength"], " characters"), words),
        ("integer", ..) => (bounded("whole number", &schema["minimum"], &schema["maximum"], ""), words),
        ("boolean", ..) => ("true or false".to_owned(), words),
        (kind, ..) => (if kind.is_empty() { "any value" } else { kind }.to_owned(), words),
    };
    if is_nullable(given) && words.is_empty() {
        said.push_str(" or null");
    }
    (said.trim_end().to_owned(), words)
}

fn bounded(what: &str, least: &Value, most: &Value, unit: &str) -> String {
    match (least.as_f64(), most.as_f64()) {
        (Some(least), Some(most)) => format!("{what}, {least} to {most}{unit}"),
        (None, Some(most)) => format!("{what}, at most {most}{unit}"),
        (Some(least), None) if least > 0.0 => format!("{what}, at least {least}{unit}"),
        _ => what.to_owned(),
    }
}
