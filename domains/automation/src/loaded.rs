//! The rules as a node keeps them in memory, ready to be asked, until the journal says that one of them changed, or
//! something that they name.

use crate::{Catalog, Definition, Rule, TeamDefault};
use db::{Conn, Event};
use kernel::{Result, TeamId};
use std::{collections::HashMap, sync::Arc};
use web::App;

/// A rule that can be asked.
#[derive(Clone, Debug)]
pub struct Ready {
    /// Its row.
    pub rule: Rule,
    /// What it says.
    pub definition: Definition,
}

/// Everything that answers.
#[derive(Debug, Default)]
pub struct Loaded {
    /// What can be asked and done, by the kind of thing.
    pub catalogs: HashMap<&'static str, Arc<Catalog>>,
    /// Rules that are on, in order.
    pub rules: Vec<Ready>,
    /// Rules by the event they listen to.
    by_event: HashMap<String, Vec<usize>>,
    /// Fields that are asked for, by kind of thing.
    wanted: HashMap<&'static str, Vec<String>>,
    /// How teams give their work out.
    pub defaults: HashMap<TeamId, TeamDefault>,
    /// Rules that name what is gone, with the reason.
    pub broken: Vec<(Rule, String)>,
}

impl Loaded {
    /// Reads all rules and what they name. Rules come first: what one names was there before it, so that nothing that is
    /// made between two statements can seem to be gone.
    pub async fn load(app: &App, conn: &mut Conn) -> Result<Self> {
        let rules = Rule::all(conn).await?;
        let mut loaded = Self { catalogs: Catalog::all(conn, &app.domains).await?, ..Self::default() };
        loaded.defaults = TeamDefault::all(conn).await?.into_iter().map(|default| (default.team, default)).collect();
        for (kind, catalog) in &loaded.catalogs {
            let duty = catalog.offer.duty.map(|duty| [duty.person, duty.team, duty.is_work].map(str::to_owned).to_vec()).unwrap_or_default();
            loaded.wanted.insert(*kind, duty);
        }
        for rule in rules.into_iter().filter(|rule| rule.is_on) {
            let Some(catalog) = loaded.catalogs.get(rule.kind.as_str()).cloned() else {
                loaded.broken.push((rule, "What it is about does not exist in this program.".to_owned()));
                continue;
            };
            match Definition::read(&rule.json(), &catalog) {
                Ok(definition) => loaded.take(catalog.kind, Ready { rule, definition }),
                Err(errors) => loaded.broken.push((rule, errors.0.into_iter().map(|(_, words)| words).collect::<Vec<_>>().join(" "))),
            }
        }
        Ok(loaded)
    }

    fn take(&mut self, kind: &'static str, ready: Ready) {
        let at = self.rules.len();
        for event in &ready.definition.events {
            self.by_event.entry((*event).to_owned()).or_default().push(at);
        }
        let wanted = self.wanted.entry(kind).or_default();
        wanted.extend(ready.definition.fields());
        wanted.sort_unstable();
        wanted.dedup();
        self.rules.push(ready);
    }

    /// Fields that somebody asks for of this kind of thing.
    pub fn wanted(&self, kind: &str) -> &[String] {
        self.wanted.get(kind).map(Vec::as_slice).unwrap_or_default()
    }

    /// Rules that listen to an event, in order; those that are younger than it are left out.
    pub fn listening(&self, event: &Event) -> impl Iterator<Item = &Ready> {
        let places = self.by_event.get(&event.kind).map(Vec::as_slice).unwrap_or_default();
        places.iter().map(|at| &self.rules[*at]).filter(|ready| ready.rule.kind == event.subject_kind && ready.rule.since <= event.at)
    }

    /// Rules of time, in order.
    pub fn of_time(&self) -> impl Iterator<Item = &Ready> {
        self.rules.iter().filter(|ready| ready.definition.is_time())
    }
}

/// Rules, or something that they name, may have changed by this. Somebody new is named by no rule yet.
pub(crate) fn concerns_names(event: &Event) -> bool {
    ["rule", "team", "organization", "fields", "statuses"].contains(&event.subject_kind.as_str())
        || ["person.role_changed", "person.disabled", "person.enabled", "person.profile_changed"].contains(&event.kind.as_str())
}
