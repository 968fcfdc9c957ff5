//! The editor of a policy, and what a trial of it says.

use super::policy_form::{Cell, PRIORITIES, Typed};
use crate::{Policy, SavedCalendar, trial::Trial};
use accounts::{Organization, Team};
use askama::Template;
use db::Conn;
use kernel::Result;
use tickets::{Category, Channel, Priority};
use ui::Errors;
use web::Visit;

/// Something to tick.
pub(super) struct Tick {
    pub value: String,
    pub label: String,
    pub is_ticked: bool,
}

/// A row of the table of targets.
pub(super) struct Row<'a> {
    pub word: &'static str,
    pub always: bool,
    pub first: &'a [Cell],
    pub rest: &'a [Cell],
}

#[derive(Template)]
#[template(path = "sla/policy.html")]
pub(super) struct Editor {
    pub page: ui::Page,
    pub errors: Errors,
    /// None for a new one.
    pub id: Option<String>,
    pub version: i64,
    pub title: String,
    /// On how many tickets it counts now.
    pub tickets: i64,
    pub typed: Typed,
    pub calendars: Vec<Tick>,
    pub priorities: Vec<Tick>,
    pub categories: Vec<Tick>,
    pub channels: Vec<Tick>,
    pub teams: Vec<Tick>,
    pub organizations: Vec<Tick>,
    pub trial: Option<Trial>,
}

impl Editor {
    /// The editor of a policy that is kept, or of a new one, with what stands in its form.
    pub(super) async fn of(visit: &Visit, conn: &mut Conn, policy: Option<&Policy>, typed: Typed) -> Result<Self> {
        let has = |value: &str| typed.ticked.iter().any(|ticked| ticked == value);
        let tick = |kind: &str, word: &str, label: &str| Tick { value: word.to_owned(), label: label.to_owned(), is_ticked: has(&format!("{kind} {word}")) };
        let named = |id: String, name: String| Tick { is_ticked: has(&id), value: id, label: name };
        let calendars = SavedCalendar::all(conn).await?;
        let (teams, organizations) = (Team::all(conn).await?, Organization::names(conn).await?);
        let title = policy.map_or_else(|| "New policy".to_owned(), |policy| policy.name.clone());
        Ok(Self {
            page: visit.page(title.clone()),
            errors: Errors::new(),
            id: policy.map(|policy| policy.id.to_string()),
            version: policy.map_or(0, |policy| policy.version),
            title,
            tickets: match policy {
                Some(policy) => policy.tickets(conn).await?,
                None => 0,
            },
            calendars: calendars
                .into_iter()
                .map(|calendar| Tick { is_ticked: typed.calendar == calendar.id.to_string(), value: calendar.id.to_string(), label: calendar.name })
                .collect(),
            priorities: PRIORITIES.iter().map(|word| tick("priority", word.word(), Priority::label(*word))).collect(),
            categories: Category::ALL.iter().map(|word| tick("category", word.word(), Category::label(*word))).collect(),
            channels: Channel::ALL.iter().map(|word| tick("channel", word.word(), Channel::label(*word))).collect(),
            teams: teams.into_iter().map(|team| named(team.id.to_string(), team.name)).collect(),
            organizations: organizations.into_iter().map(|(id, name)| named(id.to_string(), name)).collect(),
            typed,
            trial: None,
        })
    }

    fn rows(&self) -> Vec<Row<'_>> {
        let rows = PRIORITIES.iter().zip(&self.typed.cells);
        rows.map(|(priority, cells)| {
            let (first, rest) = cells.split_at(cells.len().min(3));
            Row { word: priority.word(), always: self.typed.always.iter().any(|word| word == priority.word()), first, rest }
        })
        .collect()
    }

    /// Where the form posts to.
    fn action(&self) -> String {
        self.id.as_ref().map_or_else(|| "/admin/sla".to_owned(), |id| format!("/admin/sla/{id}"))
    }

    /// The rarer metrics are in use, or wrong.
    fn is_rest_open(&self) -> bool {
        self.typed.cells.iter().any(|row| row.iter().skip(3).any(|cell| !cell.value.is_empty()))
    }
}
