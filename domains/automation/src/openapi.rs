//! The answers of the API of rules, and what its document says of them.

mod bodies;
mod dry_run;

pub(crate) use bodies::{Late, NewRule, OnePath, OrderBody, Refused, RuleChange, TicketPath, TooLarge, TracePage};
pub(crate) use dry_run::DryRunJson;

use crate::{Catalog, Op, Rule, RuleId, told};
use db::Timestamp;
use kernel::{Argument, Choice, FieldKind};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

/// This room's part of the API document.
pub fn openapi() -> utoipa::openapi::OpenApi {
    use utoipa::OpenApi as _;
    crate::api::Doc::openapi()
}

/// When a rule is asked: at these kinds of events, or `time`.
#[derive(ToSchema)]
#[serde(untagged)]
#[schema(as = RuleMoment)]
#[expect(dead_code, reason = "only its derive reads it")]
pub(crate) enum When {
    /// Kinds of events.
    Events(Vec<String>),
    /// `time`.
    Time(String),
}

/// A rule.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Rule)]
pub(crate) struct RuleJson {
    /// The id.
    #[schema(value_type = Uuid)]
    id: RuleId,
    /// What it is called; it stands in the history of what it changes.
    #[schema(example = "Blocked releases first")]
    name: String,
    /// It answers.
    on: bool,
    /// After it fired, later rules are not asked.
    stops: bool,
    /// Kinds of events, or the word `time`.
    #[schema(value_type = When, example = json!(["ticket.created"]))]
    when: Value,
    /// A condition, or a group of them: `all` or `any`.
    #[schema(value_type = Object, example = json!({ "all": [{ "field": "category", "op": "is", "value": "BUG" }] }))]
    r#if: Value,
    /// What is done, in order.
    #[schema(value_type = Vec<Object>, example = json!([{ "do": "set_priority", "with": "HIGH" }]))]
    then: Value,
    /// Why it was switched off by itself: it names something that is gone.
    disabled_because: Option<String>,
    /// How often it fired.
    #[schema(example = 12)]
    fired: i64,
    /// When last.
    #[schema(value_type = Option<String>, format = DateTime)]
    fired_at: Option<Timestamp>,
    /// Give it with a change.
    #[schema(example = 1)]
    version: i64,
}

impl RuleJson {
    pub(crate) fn of(rule: Rule) -> Self {
        let mut json = rule.json();
        let mut part = |name: &str| json.get_mut(name).map(Value::take).unwrap_or_default();
        Self {
            when: part("when"),
            r#if: part("if"),
            then: part("then"),
            id: rule.id,
            name: rule.name,
            on: rule.is_on,
            stops: rule.stops,
            disabled_because: rule.broken,
            fired: rule.fired,
            fired_at: rule.fired_at,
            version: rule.version,
        }
    }
}

/// All rules.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = RuleList)]
pub(crate) struct RulesJson {
    /// The rules, in their order.
    items: Vec<RuleJson>,
    /// Always null: they come together.
    next_cursor: Option<String>,
}

impl RulesJson {
    pub(crate) fn of(rules: Vec<Rule>) -> Self {
        Self { items: rules.into_iter().map(RuleJson::of).collect(), next_cursor: None }
    }
}

/// A member of a list.
#[derive(Serialize, ToSchema)]
#[schema(as = RuleChoice)]
struct ChoiceJson {
    /// As rules name it: a word or an id.
    #[schema(example = "HIGH")]
    value: String,
    /// For people.
    #[schema(example = "High")]
    label: String,
}

/// Something that rules may listen to, ask or do.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = RuleTerm)]
struct TermJson {
    /// As rules name it.
    #[schema(example = "priority")]
    name: String,
    /// For people.
    #[schema(example = "Priority")]
    label: String,
    /// What a field holds, or what an action needs to know.
    #[schema(example = "CHOICE")]
    kind: Option<&'static str>,
    /// How a field can be compared.
    ops: Vec<&'static str>,
    /// What can be chosen.
    choices: Vec<ChoiceJson>,
}

/// What rules may listen to, ask and do.
#[derive(Serialize, ToSchema)]
#[schema(as = RuleTerms)]
pub(crate) struct TermsJson {
    /// For `when`.
    events: Vec<TermJson>,
    /// For `field` within `if`.
    fields: Vec<TermJson>,
    /// For `do` within `then`.
    actions: Vec<TermJson>,
    /// For texts of actions of the kind `TEMPLATE`, in double braces: `{{ticket.number}}`.
    variables: Vec<ChoiceJson>,
}

impl TermsJson {
    pub(crate) fn of(catalog: &Catalog) -> Self {
        let choices = |list: Option<&str>| {
            let all = list.and_then(|list| catalog.book.get(list)).into_iter().flatten();
            all.map(|Choice { value, label }| ChoiceJson { value: value.clone(), label: label.clone() }).collect()
        };
        let event = |event: &kernel::EventKind| TermJson {
            name: event.kind.to_owned(),
            label: event.label.to_owned(),
            kind: None,
            ops: Vec::new(),
            choices: Vec::new(),
        };
        let assigns = crate::Mode::ALL.iter().filter(|_| catalog.offer.duty.is_some()).map(|mode| TermJson {
            name: mode.step().to_owned(),
            label: mode.label().to_owned(),
            kind: Some("CHOICE"),
            ops: Vec::new(),
            choices: choices(Some("teams")),
        });
        let action = |command: &std::sync::Arc<kernel::Command>| {
            let (kind, list) = match &command.argument {
                Argument::Word => ("WORD", None),
                Argument::Text => ("TEXT", None),
                Argument::Template => ("TEMPLATE", None),
                Argument::Number => ("NUMBER", None),
                Argument::Day => ("DAY", None),
                Argument::Choice(list) => ("CHOICE", Some(&**list)),
                Argument::ChoiceOrNone(list) => ("CHOICE_OR_NONE", Some(&**list)),
            };
            TermJson { name: command.name.to_string(), label: command.label.to_string(), kind: Some(kind), ops: Vec::new(), choices: choices(list) }
        };
        let field = |field: &std::sync::Arc<kernel::Field>| {
            let (kind, list) = match &field.kind {
                FieldKind::Text => ("TEXT", None),
                FieldKind::Number => ("NUMBER", None),
                FieldKind::YesNo => ("YES_NO", None),
                FieldKind::Time => ("TIME", None),
                FieldKind::Words => ("WORDS", None),
                FieldKind::Choice(list) => ("CHOICE", Some(&**list)),
                FieldKind::Choices(list) => ("CHOICES", Some(&**list)),
            };
            let ops = Op::of(&field.kind).iter().map(|op| op.word()).collect();
            TermJson { name: field.name.to_string(), label: field.label.to_string(), kind: Some(kind), ops, choices: choices(list) }
        };
        let variables = catalog.offer.variables.map(|variables| variables.known).unwrap_or_default().iter();
        Self {
            events: catalog.events.iter().map(event).collect(),
            fields: catalog.fields.iter().map(field).collect(),
            actions: catalog.commands.iter().map(action).chain(assigns).collect(),
            variables: variables.map(|(name, label)| ChoiceJson { value: (*name).to_owned(), label: (*label).to_owned() }).collect(),
        }
    }
}

/// What became of a rule at an event.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = RuleOutcome)]
struct OutcomeJson {
    /// The rule; null when it was removed.
    #[schema(value_type = Option<Uuid>)]
    rule_id: Option<RuleId>,
    /// What it is called.
    #[schema(example = "Blocked releases first")]
    name: String,
    /// `FIRED`, `FIRED_AND_STOPPED`, `MISSED`, `OWN_CHAIN`, `LIMIT` or `FAILED`.
    #[schema(example = "MISSED")]
    outcome: &'static str,
    /// Why, in words.
    #[schema(example = "Not true: Subject contains blocked")]
    why: String,
}

/// An event and what became of the rules that listened.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = RuleTrace)]
pub(crate) struct TraceJson {
    /// When.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// The kind of event; `time` for a rule of time.
    #[schema(example = "ticket.created")]
    event: String,
    /// The ticket.
    ticket_id: Uuid,
    /// Its number and subject.
    #[schema(example = "#1042 Release is blocked")]
    ticket: String,
    /// The rules, in the order in which they were asked.
    rules: Vec<OutcomeJson>,
}

/// A page of traces.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = RuleTraces)]
pub(crate) struct TracesJson {
    /// The traces, the newest first.
    items: Vec<TraceJson>,
    /// Give it as `cursor` to read on; null at the end.
    next_cursor: Option<String>,
}

impl TracesJson {
    pub(crate) fn of(moments: Vec<told::Moment>, next_cursor: Option<String>) -> Self {
        let outcome = |told: told::Told| OutcomeJson { rule_id: told.rule, name: told.name, outcome: told.outcome, why: told.why };
        let items = moments.into_iter().map(|moment| TraceJson {
            at: moment.at,
            event: moment.kind,
            ticket_id: moment.subject,
            ticket: moment.label,
            rules: moment.told.into_iter().map(outcome).collect(),
        });
        Self { items: items.collect(), next_cursor }
    }
}
