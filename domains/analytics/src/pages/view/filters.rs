//! What can be chosen, and what is.

use crate::{
    Sources,
    filter::{DIMENSIONS, Filter, NONE, Owner},
    pages::REPORT,
    period::{Period, Preset},
    policy::Scope,
};
use accounts::{Person, Team};
use db::Conn;
use kernel::Result;

/// The menus of the report.
pub(in crate::pages) struct Filters {
    /// What the buttons say.
    pub period: String,
    pub team: String,
    pub periods: Vec<Choice>,
    pub teams: Vec<Choice>,
    pub from: String,
    pub to: String,
    pub selects: Vec<Select>,
    pub tag: String,
    /// What the form of the days keeps, and the form of the rest.
    pub kept_by_days: Vec<(&'static str, String)>,
    pub kept_by_rest: Vec<(&'static str, String)>,
    pub chips: Vec<Chip>,
    /// The same period, nothing else.
    pub clear: String,
}

/// An entry of a menu.
pub(in crate::pages) struct Choice {
    pub label: String,
    pub href: String,
    pub is_on: bool,
}

/// A field of the form.
pub(in crate::pages) struct Select {
    pub name: &'static str,
    pub label: &'static str,
    /// Value, words, chosen.
    pub options: Vec<(String, String, bool)>,
}

/// A filter that is set, with the way to the report without it.
pub(in crate::pages) struct Chip {
    pub label: String,
    pub href: String,
}

impl Filters {
    pub(in crate::pages) async fn of(conn: &mut Conn, sources: &Sources, scope: &Scope, filter: &Filter, period: &Period) -> Result<Self> {
        let teams: Vec<(String, String)> =
            Team::all(conn).await?.into_iter().filter(|team| sees(scope, team)).map(|team| (team.id.to_string(), team.name)).collect();
        let agents: Vec<(String, String)> = Person::staff(conn).await?.into_iter().map(|person| (person.id.to_string(), person.name)).collect();
        let (team, agent) = (filter.team.map(Owner::word), filter.agent.map(Owner::word));
        let name = |known: &[(String, String)], id: &str, none: &str| {
            if id == NONE {
                none.to_owned()
            } else {
                known.iter().find(|(known, _)| known == id).map_or_else(|| "Somebody else".to_owned(), |(_, name)| name.clone())
            }
        };
        let all = if *scope == Scope::All { "All teams" } else { "My teams and mine" };
        let mut selects = vec![Select { name: "agent", label: "Agent", options: options(agents.iter().cloned(), agent.as_deref(), Some("Nobody")) }];
        for (dimension, word) in sources.counting.dimensions.iter().zip(&filter.words) {
            let values = dimension.values.iter().map(|(word, label)| ((*word).to_owned(), (*label).to_owned()));
            selects.push(Select { name: dimension.name, label: dimension.label, options: options(values, word.as_deref(), None) });
        }
        Ok(Self {
            period: if period.preset == Preset::Custom { days(period) } else { period.preset.label().to_owned() },
            team: team.as_deref().map_or_else(|| all.to_owned(), |id| name(&teams, id, "No team")),
            periods: Preset::ALL.iter().filter(|preset| **preset != Preset::Custom).map(|preset| of_period(*preset, filter, period)).collect(),
            teams: team_choices(&teams, team.as_deref(), all, scope, filter),
            from: period.first.to_string(),
            to: period.last.to_string(),
            selects,
            tag: filter.tag.clone().unwrap_or_default(),
            kept_by_days: filter.pairs().into_iter().filter(|(name, _)| !matches!(*name, "period" | "from" | "to")).collect(),
            kept_by_rest: filter.pairs().into_iter().filter(|(name, _)| matches!(*name, "period" | "from" | "to" | "team")).collect(),
            chips: chips(filter, sources, |id| name(&agents, id, "Nobody"), |id| name(&teams, id, "No team")),
            clear: format!("{REPORT}{}", cleared(filter).query(&[])),
        })
    }
}

fn sees(scope: &Scope, team: &Team) -> bool {
    match scope {
        Scope::All => true,
        Scope::Own { teams, .. } => teams.contains(&team.id),
    }
}

/// The same period without anything else.
fn cleared(filter: &Filter) -> Filter {
    Filter { preset: filter.preset, from: filter.from.clone(), to: filter.to.clone(), ..Filter::default() }
}

fn days(period: &Period) -> String {
    let (first, last) = (period.first.strftime("%-d %b %Y").to_string(), period.last.strftime("%-d %b %Y").to_string());
    if first == last { first } else { format!("{first} to {last}") }
}

fn of_period(preset: Preset, filter: &Filter, period: &Period) -> Choice {
    let other = Filter { preset: Some(preset), from: None, to: None, ..filter.clone() };
    Choice { label: preset.label().to_owned(), href: format!("{REPORT}{}", other.query(&[])), is_on: period.preset == preset }
}

fn team_choices(teams: &[(String, String)], chosen: Option<&str>, all: &str, scope: &Scope, filter: &Filter) -> Vec<Choice> {
    let without = Filter { team: None, ..filter.clone() };
    let of = |id: &str, name: &str| Choice {
        label: name.to_owned(),
        href: format!("{REPORT}{}", without.query(&[("team", id.to_owned())])),
        is_on: chosen == Some(id),
    };
    let mut choices = vec![Choice { label: all.to_owned(), href: format!("{REPORT}{}", without.query(&[])), is_on: chosen.is_none() }];
    choices.extend(teams.iter().map(|(id, name)| of(id, name)));
    if *scope == Scope::All {
        choices.push(of(NONE, "No team"));
    }
    choices
}

fn options(values: impl Iterator<Item = (String, String)>, chosen: Option<&str>, none: Option<&str>) -> Vec<(String, String, bool)> {
    let mut options = vec![(String::new(), "Any".to_owned(), chosen.is_none())];
    options.extend(values.map(|(value, label)| {
        let is_chosen = chosen == Some(value.as_str());
        (value, label, is_chosen)
    }));
    options.extend(none.map(|label| (NONE.to_owned(), label.to_owned(), chosen == Some(NONE))));
    options
}

/// What is set beside the period, in words.
pub(in crate::pages) fn chips(filter: &Filter, sources: &Sources, agent: impl Fn(&str) -> String, team: impl Fn(&str) -> String) -> Vec<Chip> {
    let mut chips = Vec::new();
    for (name, value) in filter.pairs() {
        let place = DIMENSIONS.iter().position(|dimension| *dimension == name);
        let (label, mut without) = (
            match (name, place) {
                ("team", _) => format!("Team: {}", team(&value)),
                ("agent", _) => format!("Agent: {}", agent(&value)),
                ("tag", _) => format!("Tag: {value}"),
                (_, Some(place)) => {
                    let dimension = &sources.counting.dimensions[place];
                    let word = dimension.values.iter().find(|(word, _)| *word == value).map_or(value.as_str(), |(_, label)| *label);
                    format!("{}: {word}", dimension.label)
                }
                _ => continue,
            },
            filter.clone(),
        );
        match (name, place) {
            ("team", _) => without.team = None,
            ("agent", _) => without.agent = None,
            ("tag", _) => without.tag = None,
            (_, Some(place)) => without.words[place] = None,
            _ => {}
        }
        chips.push(Chip { label, href: format!("{REPORT}{}", without.query(&[])) });
    }
    chips
}
