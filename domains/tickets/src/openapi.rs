//! What the API document says of tickets beyond the handlers themselves: closed words, rights, refusals. The shapes
//! of bodies are in `shapes`, what they look like in `examples`. The roof adds what every endpoint has in common.

pub(crate) mod away;
pub(crate) mod examples;
pub(crate) mod later;
pub(crate) mod shapes;
pub(crate) mod views;

use crate::{
    Category, Channel, Part, Priority, Relation, Status,
    api::Doc,
    list::{Sort, View},
};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use utoipa::{
    IntoResponses, Modify, OpenApi,
    openapi::{
        Content, ContentBuilder, Object, OpenApi as Document, Ref, RefOr, Response, ResponseBuilder, Schema,
        example::ExampleBuilder,
        path::{Operation, ParameterIn},
        schema::{AdditionalProperties, ArrayItems, ObjectBuilder, SchemaType, Type},
        security::SecurityRequirement,
    },
};

/// This room's part of the API document.
pub fn openapi() -> Document {
    let mut document = Doc::openapi();
    document.merge(crate::api::away::Doc::openapi());
    document.merge(crate::api::later::Doc::openapi());
    document.merge(crate::api::views::Doc::openapi());
    document.merge(crate::export::Doc::openapi());
    document.merge(crate::api::merging::Doc::openapi());
    document.merge(crate::api::thread::Doc::openapi());
    document.merge(crate::api::followers::Doc::openapi());
    document.merge(crate::api::links::Doc::openapi());
    document
}

/// A closed set of words: the field or parameter it stands in, its name in the document, what it says, the words.
struct Words(&'static str, &'static str, &'static str, &'static [&'static str]);

const WORDS: &[Words] = &[
    Words(
        "status",
        "Status",
        "Where a ticket stands. OPEN waits for staff, IN_PROGRESS: staff is at it, PENDING waits for the customer, ON_HOLD for somebody else, RESOLVED closes after some days, CLOSED is over.",
        Status::WORDS,
    ),
    Words(
        "priority",
        "Priority",
        "How much hangs on it. LOW is a question, MEDIUM slows work down, HIGH blocks it, URGENT: production is down.",
        Priority::WORDS,
    ),
    Words("category", "Category", "What a ticket is about.", Category::WORDS),
    Words("channel", "Channel", "How a ticket came in.", Channel::WORDS),
    Words("part", "Part", "Why somebody listens to a ticket. A CC gets copies of public replies; a FOLLOWER is staff.", Part::WORDS),
    Words("relation", "Relation", "What this ticket is to another. The last four come of splitting and merging and are not set by hand.", Relation::WORDS),
    Words(
        "stoppedBy",
        "ScheduleStop",
        "What stopped something that was scheduled: the customer came first, whoever scheduled it may not do it any more, the ticket lay in the trash, a field that is needed to solve was empty, or another ticket was merged in.",
        crate::later::Stop::WORDS,
    ),
    Words("reach", "Reach", "Who sees a saved view: whoever made it, a team, all staff.", crate::saved::Reach::WORDS),
    Words(
        "view",
        "View",
        "The built-in views. `mine`, `teams`, `unassigned` and `open` hold what is not resolved, put away or spam; `snoozed`, `spam` and `trash`, and `breaching` and `breached` by deadline, are for staff.",
        View::WORDS,
    ),
    Words(
        "sort",
        "Sort",
        "The order of a list: last changed, newest or oldest first, urgent first and then last changed, or by deadline (for staff).",
        Sort::WORDS,
    ),
];

/// Bodies that refuse what they do not know.
const STRICT: &[&str] = &[
    "NewTicket",
    "TicketChange",
    "NewMessage",
    "NewAttachments",
    "NewFollower",
    "NewMerge",
    "NewSplit",
    "NewLink",
    "ScheduledBody",
    "SnoozeBody",
    "ViewBody",
    "ViewChange",
];

/// Puts the closed words where text stands, so that they are written down once: in their enums.
pub(crate) struct Closed;

impl Modify for Closed {
    fn modify(&self, document: &mut Document) {
        let components = document.components.get_or_insert_default();
        for (name, schema) in &mut components.schemas {
            if let RefOr::T(Schema::Object(object)) = schema {
                if STRICT.contains(&name.as_str()) {
                    object.additional_properties = Some(Box::new(AdditionalProperties::FreeForm(false)));
                    object
                        .properties
                        .iter_mut()
                        .filter(|(name, _)| name.as_str() != "assignedTo" && name.as_str() != "teamId")
                        .for_each(|(_, property)| refuse_null(property));
                }
                object.properties.iter_mut().for_each(|(name, property)| close(name, property));
            }
        }
        for Words(_, name, description, words) in WORDS {
            let object = ObjectBuilder::new().schema_type(Type::String).description(Some(*description)).enum_values(Some(words.iter().copied()));
            components.schemas.insert((*name).to_owned(), object.into());
        }
        for parameter in operations(document).filter_map(|(_, operation)| operation.parameters.as_mut()).flatten() {
            if let RefOr::T(parameter) = parameter
                && parameter.parameter_in == ParameterIn::Query
                && let Some(schema) = &mut parameter.schema
            {
                close(&parameter.name, schema);
            }
        }
    }
}

/// A field that may be left out is not the same as one that may be null.
fn refuse_null(schema: &mut RefOr<Schema>) {
    let kind = match schema {
        RefOr::T(Schema::Object(object)) => &mut object.schema_type,
        RefOr::T(Schema::Array(list)) => &mut list.schema_type,
        _ => return,
    };
    if let SchemaType::Array(kinds) = kind
        && let Some(other) = kinds.iter().find(|kind| **kind != Type::Null)
    {
        *kind = SchemaType::Type(other.clone());
    }
}

/// Text, or a list of texts, becomes a reference to the words that go by this name.
fn close(name: &str, schema: &mut RefOr<Schema>) {
    let Some(Words(_, word, ..)) = WORDS.iter().find(|words| words.0 == name) else { return };
    match schema {
        RefOr::T(Schema::Object(object)) if is_text(object) => {
            let mut closed = Ref::from_schema_name(*word);
            closed.description = object.description.take().unwrap_or_default();
            *schema = RefOr::Ref(closed);
        }
        RefOr::T(Schema::Array(list)) => list.items = ArrayItems::RefOrSchema(Box::new(RefOr::Ref(Ref::from_schema_name(*word)))),
        _ => {}
    }
}

fn is_text(object: &Object) -> bool {
    match &object.schema_type {
        SchemaType::Type(kind) => *kind == Type::String,
        SchemaType::Array(kinds) => kinds.contains(&Type::String),
        SchemaType::AnyValue => false,
    }
}

/// Reading needs `tickets:read`, all else `tickets:write`: as `reader` and `writer` in the handlers ask.
pub(crate) struct Scoped;

impl Modify for Scoped {
    fn modify(&self, document: &mut Document) {
        for (is_read, operation) in operations(document) {
            let scope = if is_read { kernel::Scope::TicketsRead } else { kernel::Scope::TicketsWrite };
            operation.security = Some(vec![SecurityRequirement::new("bearer", [scope.word()]), SecurityRequirement::new::<_, [&str; 0], _>("session", [])]);
        }
    }
}

/// Every operation; true for those that read.
fn operations(document: &mut Document) -> impl Iterator<Item = (bool, &mut Operation)> {
    document.paths.paths.values_mut().flat_map(|item| {
        let read = item.get.iter_mut().map(|operation| (true, operation));
        read.chain([&mut item.post, &mut item.put, &mut item.delete].into_iter().flatten().map(|operation| (false, operation)))
    })
}

/// Refused, because of who asks: no token, not this scope or role, not this ticket.
pub(crate) struct Hidden;

impl IntoResponses for Hidden {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        BTreeMap::from([
            ("401".to_owned(), problem("No token, or one that is not known", &[])),
            ("403".to_owned(), problem("The token lacks the scope, or the ticket may be seen and this may not be done to it", &[])),
            ("404".to_owned(), problem("There is no such ticket, or not for you", &[])),
        ])
    }
}

/// Refused, because of who asks, where no ticket is named.
pub(crate) struct Denied;

impl IntoResponses for Denied {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let mut responses = Hidden::responses();
        responses.remove("404");
        responses.insert("403".to_owned(), problem("The token lacks the scope, or only staff may do this", &[]));
        responses
    }
}

/// Refused, because of what was sent.
pub(crate) struct Wrong;

impl IntoResponses for Wrong {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        BTreeMap::from([(
            "422".to_owned(),
            problem("A field or parameter is unknown, missing or wrong; or the Idempotency-Key was used for something else", &[]),
        )])
    }
}

/// Refused, because somebody changed it meanwhile.
pub(crate) struct Stale;

impl IntoResponses for Stale {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let mut stale =
            fault("stale-version", "It has changed since you read it", 409, "Read 'current', apply your change to it and send it with its version.");
        stale["current"] = json!(examples::changed());
        BTreeMap::from([("409".to_owned(), problem("The version is stale: `current` is the ticket as it is now", &[("stale-version", stale)]))])
    }
}

/// Refused, because somebody else was first.
pub(crate) struct Claimed;

impl IntoResponses for Claimed {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let claimed = fault("already-claimed", "Not possible as things stand", 409, "Noor Saleh took this ticket already.");
        BTreeMap::from([("409".to_owned(), problem("Somebody else has it already", &[("already-claimed", claimed)]))])
    }
}

/// Refused, because whoever asked stays.
pub(crate) struct Stays;

impl IntoResponses for Stays {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let stays = fault("requester-stays", "Not possible as things stand", 409, "Whoever asked stays with the request.");
        BTreeMap::from([("409".to_owned(), problem("This is the requester, who stays", &[("requester-stays", stays)]))])
    }
}

/// Refused, because of how the tickets stand.
pub(crate) struct Merged;

impl IntoResponses for Merged {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let merged = fault("merged", "Not possible as things stand", 409, "#1042 was merged into #1050 and goes on there. Undo the merge first.");
        let words = "They are not of one organization. Jonas Weber (Northwind) would see what is public in #1050.";
        let across = fault("other-organization", "Not possible as things stand", 409, words);
        let description = "Not as the tickets stand: merged already, closed, in the trash, a reply held, or people of another organization would see more";
        BTreeMap::from([("409".to_owned(), problem(description, &[("merged", merged), ("other-organization", across)]))])
    }
}

/// Refused, because links would contradict each other.
pub(crate) struct Circular;

impl IntoResponses for Circular {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let circular = fault("circular", "Not possible as things stand", 409, "That would close a circle: the other one stands above this one already.");
        BTreeMap::from([("409".to_owned(), problem("With itself, in a circle, a second parent, or a merge", &[("circular", circular)]))])
    }
}

fn problem(description: &str, examples: &[(&str, Value)]) -> RefOr<Response> {
    let examples = examples.iter().map(|(name, value)| ((*name).to_owned(), ExampleBuilder::new().value(Some(value.clone())).build()));
    let content: Content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).examples_from_iter(examples).build();
    ResponseBuilder::new().description(description).content("application/problem+json", content).build().into()
}

fn fault(kind: &str, title: &str, status: u16, detail: &str) -> Value {
    json!({ "type": format!("/problems/{kind}"), "title": title, "status": status, "detail": detail, "requestId": "019a90c27d1e7b7f9a530c1b6f1f3f10" })
}
