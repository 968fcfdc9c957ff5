//! The form of a policy: read from what was sent, and shown again as it was typed.

use crate::{Conditions, Metric, NewPolicy, Rules, SavedCalendar, WARN_PERCENT, rank};
use db::{Id, Timestamp};
use kernel::{Fault, FieldErrors, Result};
use tickets::{Category, Channel, Priority};
use uuid::Uuid;
use web::{Fields, Form};

/// Priorities as the table shows them, urgent first.
pub(super) const PRIORITIES: [Priority; 4] = [Priority::Urgent, Priority::High, Priority::Medium, Priority::Low];
/// A promise of more than this many minutes is a slip of the finger.
const MOST_MINUTES: i64 = 60 * 24 * 366;

/// What an admin sent.
pub(super) struct Wish {
    /// The version it was read at.
    pub version: i64,
    /// It is to be applied to tickets that came before.
    pub is_for_earlier: bool,
    /// The policy.
    pub policy: NewPolicy,
}

impl Form for Wish {
    fn read(fields: &mut Fields) -> Self {
        // a trial says which policy it is about; whoever asks reads it from what was typed
        fields.id::<crate::Policy>("id");
        let version = fields.integer("version", 0..=i64::MAX).unwrap_or(0);
        let name = fields.text("name", 80);
        let is_active = fields.boolean("active");
        let is_for_earlier = fields.boolean("earlier");
        let valid_from = valid_from(fields);
        let calendar = fields.id::<SavedCalendar>("calendar");
        let conditions = conditions(fields);
        let mut targets = [[None; 4]; 7];
        for metric in Metric::ALL {
            for priority in PRIORITIES {
                targets[metric.index()][rank(priority)] = minutes(fields, *metric, priority);
            }
        }
        if targets.iter().flatten().all(Option::is_none) {
            fields.errors.add("targets", "A policy promises something: give at least one time.");
        }
        let mut always = [false; 4];
        for word in fields.words::<Priority>("always", Priority::WORDS) {
            always[rank(word)] = true;
        }
        let mut pauses = Vec::new();
        for word in ["PENDING", "ON_HOLD"] {
            if fields.boolean(&format!("pause-{word}")) {
                pauses.push(word.to_owned());
            }
        }
        let warn_percent = fields.integer("warnPercent", 0..=90).and_then(|percent| u8::try_from(percent).ok()).unwrap_or(WARN_PERCENT);
        let rules = Rules { conditions, targets, pauses, always, warn_percent, calendar: None };
        Self { version, is_for_earlier, policy: NewPolicy { name, is_active, valid_from, calendar, rules } }
    }
}

fn valid_from(fields: &mut Fields) -> Timestamp {
    let text = fields.optional_text("validFrom", 10).unwrap_or_default();
    let at = text.parse::<jiff::civil::Date>().ok().and_then(|date| date.to_zoned(jiff::tz::TimeZone::UTC).ok());
    if at.is_none() {
        fields.errors.add("validFrom", "Write a day like 2026-12-01.");
    }
    at.map_or(Timestamp::default(), |at| Timestamp::from_micros(at.timestamp().as_microsecond()))
}

fn conditions(fields: &mut Fields) -> Conditions {
    let words = |words: Vec<&'static str>| words.into_iter().map(str::to_owned).collect();
    let uuids = |ids: Vec<Id<()>>| ids.into_iter().map(Id::uuid).collect::<Vec<Uuid>>();
    let mut tags = Vec::new();
    for tag in fields.texts("tags", 20, 40) {
        match tickets::clean_tag(&tag) {
            Ok(tag) => tags.push(tag),
            Err(Fault::Invalid(errors)) => errors.0.into_iter().for_each(|(_, sentence)| fields.errors.add("tags", sentence)),
            Err(_) => {}
        }
    }
    Conditions {
        priority: words(fields.words::<Priority>("priority", Priority::WORDS).into_iter().map(Priority::word).collect()),
        category: words(fields.words::<Category>("category", Category::WORDS).into_iter().map(Category::word).collect()),
        channel: words(fields.words::<Channel>("channel", Channel::WORDS).into_iter().map(Channel::word).collect()),
        team: uuids(fields.ids("team", 100)),
        organization: uuids(fields.ids("organization", 100)),
        tags,
    }
}

/// The name of a target's field.
pub(super) fn field(metric: Metric, priority: Priority) -> String {
    format!("{}-{}", metric.word(), priority.word())
}

fn minutes(fields: &mut Fields, metric: Metric, priority: Priority) -> Option<u32> {
    let name = field(metric, priority);
    let number = fields.integer(&name, 1..=MOST_MINUTES);
    let unit = fields.optional_text(&format!("{name}-unit"), 3);
    let times = match unit.as_deref() {
        None | Some("min") => 1,
        Some("h") => 60,
        Some(_) => {
            fields.errors.add(&name, "The unit is min or h.");
            1
        }
    };
    let minutes = number? * times;
    if minutes > MOST_MINUTES {
        fields.errors.add(&name, "At most a year.");
    }
    u32::try_from(minutes).ok()
}

/// A cell of the table of targets.
pub(super) struct Cell {
    /// Field name.
    pub name: String,
    /// What stands in it.
    pub value: String,
    /// In hours, not minutes.
    pub is_hours: bool,
    /// For screen readers: "First reply, Urgent".
    pub label: String,
}

/// What stands in the form.
#[expect(clippy::struct_excessive_bools, reason = "each is a box of the form")]
pub(super) struct Typed {
    pub name: String,
    pub is_active: bool,
    pub is_for_earlier: bool,
    pub valid_from: String,
    pub calendar: String,
    pub tags: String,
    pub warn_percent: String,
    pub pause_pending: bool,
    pub pause_hold: bool,
    /// Words and ids that are ticked, of every condition.
    pub ticked: Vec<String>,
    pub always: Vec<String>,
    pub cells: Vec<Vec<Cell>>,
}

impl Typed {
    /// As it is kept.
    pub(super) fn kept(name: &str, is_active: bool, valid_from: Timestamp, calendar: Option<String>, rules: &Rules) -> Self {
        let c = &rules.conditions;
        let ids = c.team.iter().chain(&c.organization).map(Uuid::to_string);
        let cell = |metric: Metric, priority: Priority| {
            let minutes = rules.targets[metric.index()][rank(priority)];
            let is_hours = minutes.is_some_and(|minutes| minutes % 60 == 0) || minutes.is_none() && metric != Metric::FirstResponse;
            let value = minutes.map_or_else(String::new, |minutes| if is_hours { minutes / 60 } else { minutes }.to_string());
            (value, is_hours)
        };
        Self {
            name: name.to_owned(),
            is_active,
            is_for_earlier: false,
            valid_from: valid_from.to_jiff().strftime("%Y-%m-%d").to_string(),
            calendar: calendar.unwrap_or_default(),
            tags: c.tags.join(", "),
            warn_percent: rules.warn_percent.to_string(),
            pause_pending: rules.pauses.iter().any(|word| word == "PENDING"),
            pause_hold: rules.pauses.iter().any(|word| word == "ON_HOLD"),
            ticked: c
                .priority
                .iter()
                .map(|word| format!("priority {word}"))
                .chain(c.category.iter().map(|word| format!("category {word}")))
                .chain(c.channel.iter().map(|word| format!("channel {word}")))
                .chain(ids)
                .collect(),
            always: PRIORITIES.iter().filter(|priority| rules.always[rank(**priority)]).map(|priority| priority.word().to_owned()).collect(),
            cells: cells(cell),
        }
    }

    /// As it was typed.
    pub(super) fn again(fields: &Fields) -> Self {
        let list = |name: &str| fields.typed(name).split(',').map(|word| word.trim().to_owned()).filter(|word| !word.is_empty()).collect::<Vec<_>>();
        let named = |name: &str| list(name).into_iter().map(|word| format!("{name} {word}")).collect::<Vec<_>>();
        Self {
            name: fields.typed("name"),
            is_active: !fields.typed("active").is_empty(),
            is_for_earlier: !fields.typed("earlier").is_empty(),
            valid_from: fields.typed("validFrom"),
            calendar: fields.typed("calendar"),
            tags: fields.typed("tags"),
            warn_percent: fields.typed("warnPercent"),
            pause_pending: !fields.typed("pause-PENDING").is_empty(),
            pause_hold: !fields.typed("pause-ON_HOLD").is_empty(),
            ticked: named("priority").into_iter().chain(named("category")).chain(named("channel")).chain(list("team")).chain(list("organization")).collect(),
            always: list("always"),
            cells: cells(|metric, priority| {
                let name = field(metric, priority);
                (fields.typed(&name), fields.typed(&format!("{name}-unit")) == "h")
            }),
        }
    }
}

/// One row a priority, one cell a metric.
fn cells(of: impl Fn(Metric, Priority) -> (String, bool)) -> Vec<Vec<Cell>> {
    let cell = |metric: Metric, priority: Priority| {
        let (value, is_hours) = of(metric, priority);
        Cell { name: field(metric, priority), value, is_hours, label: format!("{}, {}", metric.label(), priority.label()) }
    };
    PRIORITIES.iter().map(|priority| Metric::ALL.iter().map(|metric| cell(*metric, *priority)).collect()).collect()
}

/// All that is wrong, or the wish.
pub(super) fn taken(read: std::result::Result<Wish, FieldErrors>) -> Result<Wish> {
    Ok(read?)
}
