//! What a policy says, as it is stored with its calendar: conditions, targets, pauses. A ticket keeps the version
//! that counted for it.

use crate::{Calendar, Metric, hours::Hours};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use tickets::{Priority, Status};
use uuid::Uuid;

/// Warns when this much of the time is left, in per cent.
pub const WARN_PERCENT: u8 = 25;
/// And at least this long before.
const WARN_AT_LEAST: Duration = Duration::from_mins(15);

/// The words of a policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rules {
    /// Which tickets it is for; what is empty fits every ticket.
    pub conditions: Conditions,
    /// Minutes by metric (`Metric::index`) and priority (LOW first); none promises nothing.
    pub targets: [[Option<u32>; 4]; 7],
    /// Statuses in which responses and resolutions are not counted.
    pub pauses: Vec<String>,
    /// Priorities (LOW first) that count round the clock whatever the calendar says.
    pub always: [bool; 4],
    /// Warns when this much of the time is left, in per cent.
    pub warn_percent: u8,
    /// The hours; none is round the clock.
    pub calendar: Option<Calendar>,
}

/// All of them must fit; within one, any.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conditions {
    /// Priorities, by word.
    pub priority: Vec<String>,
    /// Categories, by word.
    pub category: Vec<String>,
    /// Channels, by word.
    pub channel: Vec<String>,
    /// Teams.
    pub team: Vec<Uuid>,
    /// Organizations.
    pub organization: Vec<Uuid>,
    /// Labels.
    pub tags: Vec<String>,
}

/// What conditions look at.
#[derive(Clone, Debug)]
pub struct Traits {
    /// Its priority, by word.
    pub priority: String,
    /// Its category, by word.
    pub category: String,
    /// Its channel, by word.
    pub channel: String,
    /// Its team.
    pub team: Option<Uuid>,
    /// Its organization.
    pub organization: Option<Uuid>,
    /// Its labels.
    pub tags: Vec<String>,
}

impl Conditions {
    /// Whether a ticket is meant.
    pub fn fit(&self, traits: &Traits) -> bool {
        let word = |chosen: &[String], word: &String| chosen.is_empty() || chosen.contains(word);
        let id = |chosen: &[Uuid], id: Option<Uuid>| chosen.is_empty() || id.is_some_and(|id| chosen.contains(&id));
        word(&self.priority, &traits.priority)
            && word(&self.category, &traits.category)
            && word(&self.channel, &traits.channel)
            && id(&self.team, traits.team)
            && id(&self.organization, traits.organization)
            && (self.tags.is_empty() || self.tags.iter().any(|tag| traits.tags.contains(tag)))
    }
}

/// Rules made ready to be counted with.
#[derive(Clone, Debug)]
pub struct Ready {
    targets: [[Option<Duration>; 4]; 7],
    /// Statuses that pause.
    pub(crate) pauses: Vec<Status>,
    always: [bool; 4],
    warn_percent: u8,
    hours: Hours,
}

impl Rules {
    /// Ready to be counted with.
    pub fn ready(&self) -> Ready {
        Ready {
            targets: self.targets.map(|row| row.map(|minutes| minutes.map(|minutes| Duration::from_secs(u64::from(minutes) * 60)))),
            pauses: self.pauses.iter().filter_map(|word| Status::from_word(word)).collect(),
            always: self.always,
            warn_percent: self.warn_percent,
            hours: self.calendar.as_ref().map_or(Hours::Always, Calendar::hours),
        }
    }
}

/// The place of a priority in tables, LOW first.
pub const fn rank(priority: Priority) -> usize {
    match priority {
        Priority::Low => 0,
        Priority::Medium => 1,
        Priority::High => 2,
        Priority::Urgent => 3,
    }
}

impl Ready {
    /// What is promised.
    pub fn target(&self, metric: Metric, priority: Priority) -> Option<Duration> {
        self.targets[metric.index()][rank(priority)]
    }

    /// When time counts for a priority.
    pub fn hours(&self, priority: Priority) -> &Hours {
        const ALWAYS: &Hours = &Hours::Always;
        if self.always[rank(priority)] { ALWAYS } else { &self.hours }
    }

    /// The zone of its calendar.
    pub fn zone(&self) -> jiff::tz::TimeZone {
        self.hours.zone()
    }

    /// How long before the deadline it warns: a share of the target, at least 15 minutes. A target that is not longer
    /// than that warns by its share alone.
    pub fn lead(&self, target: Duration) -> Duration {
        let share = target * u32::from(self.warn_percent) / 100;
        if target > WARN_AT_LEAST { share.max(WARN_AT_LEAST) } else { share }
    }
}
