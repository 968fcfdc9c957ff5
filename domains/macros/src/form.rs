//! The fields that choose changes, on the form of a macro and on that of many tickets.

use crate::changes::{Assignee, Changes, Known};
use db::{Id, Word};
use kernel::TeamId;
use tickets::{Category, CustomStatus, Priority, Status};
use web::Fields;

/// A line of a select.
pub(crate) struct Choice {
    pub(crate) value: String,
    pub(crate) label: String,
    pub(crate) selected: bool,
}

impl Choice {
    pub(crate) fn new(value: impl Into<String>, label: impl Into<String>, selected: bool) -> Self {
        Self { value: value.into(), label: label.into(), selected }
    }
}

/// Things by name; the empty value stands first.
pub(crate) fn choices<T>(things: Vec<(Id<T>, String)>, chosen: Option<Id<T>>, none: &str) -> Vec<Choice> {
    let rest = things.into_iter().map(|(id, name)| Choice::new(id.to_string(), name, Some(id) == chosen));
    std::iter::once(Choice::new("", none, chosen.is_none())).chain(rest).collect()
}

/// What can be changed.
pub(crate) struct ChangeFields {
    pub(crate) statuses: Vec<Choice>,
    pub(crate) priorities: Vec<Choice>,
    pub(crate) categories: Vec<Choice>,
    pub(crate) assignees: Vec<Choice>,
    pub(crate) teams: Vec<Choice>,
    pub(crate) add_tags: String,
    pub(crate) remove_tags: String,
}

const STAYS: &str = "No change";

fn words<W: Word + PartialEq>(all: &[W], label: fn(W) -> &'static str, chosen: Option<W>) -> Vec<Choice> {
    let rest = all.iter().map(|word| Choice::new(word.word(), label(*word), Some(*word) == chosen));
    std::iter::once(Choice::new("", STAYS, chosen.is_none())).chain(rest).collect()
}

impl ChangeFields {
    pub(crate) fn of(known: &Known, chosen: &Changes) -> Self {
        let mut assignees = vec![
            Choice::new("", STAYS, chosen.assignee.is_none()),
            Choice::new("me", "Whoever applies it", chosen.assignee == Some(Assignee::Me)),
            Choice::new("none", "Nobody", chosen.assignee == Some(Assignee::Nobody)),
        ];
        let mut staff: Vec<_> = known.staff.iter().collect();
        staff.sort_by_key(|(id, name)| (name.to_lowercase(), **id));
        assignees.extend(staff.into_iter().map(|(id, name)| Choice::new(id.to_string(), name, chosen.assignee == Some(Assignee::Person(*id)))));
        if let Some(Assignee::Person(id)) = chosen.assignee.filter(|_| !assignees.iter().any(|choice| choice.selected)) {
            assignees.push(Choice::new(id.to_string(), "Somebody who is gone", true));
        }
        let mut teams = vec![Choice::new("", STAYS, chosen.team.is_none()), Choice::new("none", "None", chosen.team == Some(None))];
        teams.extend(known.teams_by_name().into_iter().map(|(id, name)| Choice::new(id.to_string(), name, chosen.team == Some(Some(id)))));
        if let Some(Some(id)) = chosen.team.filter(|_| !teams.iter().any(|choice| choice.selected)) {
            teams.push(Choice::new(id.to_string(), "A team that is gone", true));
        }
        let mut statuses = words(Status::ALL, Status::label, chosen.status.filter(|_| chosen.custom_status.is_none()));
        let mut customs: Vec<_> = known.statuses.values().collect();
        customs.sort_by_key(|custom| (custom.position, &custom.key));
        statuses.extend(customs.into_iter().map(|custom| Choice::new(custom.option(), &custom.name, chosen.custom_status.as_ref() == Some(&custom.key))));
        if let Some(key) = chosen.custom_status.as_ref() {
            statuses[0].selected = false;
            if !known.statuses.contains_key(key) {
                statuses.push(Choice::new(CustomStatus::option_of(key), "A status that is gone", true));
            }
        }
        Self {
            statuses,
            priorities: words(Priority::ALL, Priority::label, chosen.priority),
            categories: words(Category::ALL, Category::label, chosen.category),
            assignees,
            teams,
            add_tags: chosen.add_tags.join(", "),
            remove_tags: chosen.remove_tags.join(", "),
        }
    }

    /// What was typed stays typed.
    pub(crate) fn keep(&mut self, fields: &Fields) {
        (self.add_tags, self.remove_tags) = (fields.typed("addTags"), fields.typed("removeTags"));
    }
}

impl Known {
    /// All teams, by name.
    pub(crate) fn teams_by_name(&self) -> Vec<(TeamId, String)> {
        let mut teams: Vec<_> = self.teams.iter().map(|(id, name)| (*id, name.clone())).collect();
        teams.sort_by_key(|(id, name)| (name.to_lowercase(), *id));
        teams
    }
}
