//! The list of the desk: its rows, its filter box, its address.

use super::{
    columns::Columns,
    place::{choices, href},
    sidebar::VIEWS,
};
use crate::{
    Category, Channel, Field, Priority, Status,
    column::Column,
    list::{Filter, Listed, Sort, View},
    views,
};
use accounts::{Organization, Person, Team};
use db::{Conn, Timestamp};
use kernel::{Actor, Result};

/// A list's address as pairs, without where a page ended.
pub(super) fn pairs(filter: &Filter) -> Vec<(&'static str, String)> {
    let words = |words: Vec<&str>| words.join(",");
    let time = |at: Option<Timestamp>| at.map_or(String::new(), written);
    let mut pairs = vec![
        ("view", filter.view.map_or(String::new(), |view| view.word().to_owned())),
        ("team", filter.team.map_or(String::new(), |team| team.to_string())),
        ("status", words(filter.status.iter().map(|word| word.word()).collect())),
        ("customStatus", filter.custom_status.clone().unwrap_or_default()),
        ("priority", words(filter.priority.iter().map(|word| word.word()).collect())),
        ("category", words(filter.category.iter().map(|word| word.word()).collect())),
        ("channel", words(filter.channel.iter().map(|word| word.word()).collect())),
        ("tag", filter.tags.join(",")),
        ("assignee", filter.assignee.map_or(String::new(), |assignee| assignee.map_or_else(|| "none".to_owned(), |id| id.to_string()))),
        ("requester", filter.requester.map(|id| id.to_string()).or_else(|| filter.requester_text.clone()).unwrap_or_default()),
        ("organization", filter.organization.map_or(String::new(), |id| id.to_string())),
        ("createdFrom", time(filter.created.0)),
        ("createdTo", time(filter.created.1)),
        ("updatedFrom", time(filter.updated.0)),
        ("updatedTo", time(filter.updated.1)),
        ("q", filter.q.clone().unwrap_or_default()),
        ("sort", filter.sort.map_or(String::new(), |sort| sort.word().to_owned())),
        ("columns", filter.columns.iter().map(Column::word).collect::<Vec<_>>().join(",")),
        ("saved", filter.saved.map_or(String::new(), |id| id.to_string())),
    ];
    pairs.extend(filter.fields.iter().flat_map(|(key, values)| values.iter().map(move |value| (super::place::FIELD, format!("{key}={value}")))));
    pairs.retain(|(_, value)| !value.is_empty());
    pairs
}

/// A moment in an address: a day where it is the first moment of one.
fn written(time: Timestamp) -> String {
    let whole = time.to_jiff().to_string();
    whole.strip_suffix("T00:00:00Z").map_or_else(|| whole.clone(), str::to_owned)
}

impl Filter {
    /// As it stands in an address, without where a page ended.
    pub(crate) fn to_query(&self) -> String {
        list_href("", &pairs(&Self { saved: None, ..self.clone() }), &[]).trim_start_matches('?').to_owned()
    }
}

pub(super) fn list_href(path: &str, pairs: &[(&'static str, String)], more: &[(&str, &str)]) -> String {
    let all: Vec<(&str, &str)> = pairs.iter().map(|(name, value)| (*name, value.as_str())).chain(more.iter().copied()).collect();
    href(path, &all)
}

pub(super) fn list_title(filter: &Filter) -> String {
    VIEWS.iter().find(|(view, ..)| Some(*view) == filter.view).map_or("Tickets", |(_, label, ..)| label).to_owned()
}

pub(super) fn ticket_row(
    page: &ui::Page,
    row: &Listed,
    query: &[(&'static str, String)],
    current: Option<crate::TicketId>,
    cells: Vec<views::Cell>,
) -> views::TicketRow {
    let ticket = &row.ticket;
    views::TicketRow {
        id: ticket.id.to_string(),
        href: list_href(&format!("/desk/tickets/{}", ticket.id), query, &[]),
        title: ticket.title.clone(),
        status: ticket.status_for_agents(),
        who: match &ticket.organization {
            Some(organization) => format!("{}, {organization}", ticket.requester_name),
            None => ticket.requester_name.clone(),
        },
        priority: ticket.priority.word(),
        assignee: ticket.assignee.clone(),
        at: ticket.created_at,
        deadline: ticket.deadline.countdown(ticket.status),
        is_unread: ticket.customer_at.is_some_and(|said| row.seen_at.is_none_or(|seen| said > seen)) && ticket.status.is_active(),
        why: super::away::of_row(page, row),
        is_current: current == Some(ticket.id),
        cells,
    }
}

pub(super) async fn ticket_list(
    conn: &mut Conn,
    actor: &Actor,
    filter: &Filter,
    teams: &[Team],
    columns: &Columns<'_>,
    found: &[crate::saved::SavedView],
    rows: Vec<views::TicketRow>,
) -> Result<views::TicketList> {
    let query = pairs(filter);
    let hidden = |names: &[&str], keep: bool| {
        query
            .iter()
            .filter(|(name, _)| names.contains(name) == keep)
            .map(|(name, value)| super::place::named(name, value))
            .map(|(name, value)| views::Hidden { name, value })
            .collect()
    };
    let (_, label, _, empty) = VIEWS.iter().find(|(view, ..)| Some(*view) == filter.view).unwrap_or(&(View::All, "Tickets", "i-layers", "Nothing here yet."));
    let team = filter.team.and_then(|id| teams.iter().find(|team| team.id == id)).filter(|_| filter.view.is_none());
    let sort = filter.sorted_by();
    let sorts = [(Sort::Sla, "SLA first"), (Sort::Updated, "Last changed"), (Sort::Newest, "Newest"), (Sort::Oldest, "Oldest"), (Sort::Priority, "Priority")];
    let mut saved = super::saved::of_list(conn, actor, filter, found).await?;
    if actor.is_supervisor() {
        saved.teams = teams.iter().map(|team| views::Choice { value: team.id.to_string(), label: team.name.clone(), selected: false }).collect();
    }
    Ok(views::TicketList {
        title: saved.name.clone().unwrap_or_else(|| team.map_or_else(|| (*label).to_owned(), |team| team.name.clone())),
        saved,
        kept: hidden(&["view", "saved"], true),
        kept_filters: hidden(&["view", "sort", "saved", "columns"], false),
        kept_sort: hidden(&["sort"], true),
        kept_columns: hidden(&["columns"], true),
        columns: columns.menu(&query),
        sorts: sorts
            .into_iter()
            .map(|(word, label)| views::Choice { value: word.word().to_owned(), label: label.to_owned(), selected: sort == word })
            .collect(),
        filters: filters(conn, filter, &query, teams, columns.fields).await?,
        query: list_href("", &query, &[]),
        may_pick: !rows.is_empty() && filter.view != Some(View::Trash),
        rows,
        more_href: None,
        is_cut: filter.is_cut(),
        empty_words: (*empty).to_owned(),
    })
}

async fn filters(conn: &mut Conn, filter: &Filter, query: &[(&'static str, String)], teams: &[Team], fields: &[Field]) -> Result<views::Filters> {
    let staff = Person::staff(conn).await?;
    let organizations = Organization::names(conn).await?;
    let chosen = filter.assignee.flatten();
    let mut assignees = vec![views::Choice { value: "none".to_owned(), label: "Nobody".to_owned(), selected: filter.assignee == Some(None) }];
    assignees.extend(staff.iter().map(|person| views::Choice {
        value: person.id.to_string(),
        label: person.name.clone(),
        selected: chosen == Some(person.id),
    }));
    let without = |name: &str| {
        let rest: Vec<(&'static str, String)> = query.iter().filter(|(known, _)| *known != name).cloned().collect();
        list_href("/desk", &rest, &[])
    };
    let mut active = Vec::new();
    let mut say = |name: &str, label: String| active.push(views::ActiveFilter { label, remove_href: without(name) });
    let list = |labels: Vec<&str>| labels.join(", ");
    if !filter.status.is_empty() {
        say("status", format!("Status: {}", list(filter.status.iter().map(|word| word.label()).collect())));
    }
    let custom = crate::CustomStatus::all(conn).await?;
    if let Some(key) = &filter.custom_status {
        say("customStatus", format!("Status: {}", custom.iter().find(|known| known.key == *key).map_or("removed", |known| &known.name)));
    }
    if !filter.priority.is_empty() {
        say("priority", format!("Priority: {}", list(filter.priority.iter().map(|word| word.label()).collect())));
    }
    if !filter.category.is_empty() {
        say("category", format!("Category: {}", list(filter.category.iter().map(|word| word.label()).collect())));
    }
    if !filter.channel.is_empty() {
        say("channel", format!("Channel: {}", list(filter.channel.iter().map(|word| word.label()).collect())));
    }
    if !filter.tags.is_empty() {
        say("tag", format!("Tag: {}", filter.tags.join(", ")));
    }
    if let Some(id) = filter.team {
        // one that is gone is named so, never passed over
        let name = teams.iter().find(|team| team.id == id).map_or("removed", |team| &team.name);
        if filter.view.is_some() || name == "removed" {
            say("team", format!("Team: {name}"));
        }
    }
    if let Some(assignee) = filter.assignee {
        let name = assignee.map_or("Nobody", |id| staff.iter().find(|person| person.id == id).map_or("Somebody", |person| &person.name));
        say("assignee", format!("Assignee: {name}"));
    }
    if let Some(organization) = filter.organization {
        let name = organizations.iter().find(|(id, _)| *id == organization).map_or("unknown", |(_, name)| name);
        say("organization", format!("Organization: {name}"));
    }
    if let Some(text) = query.iter().find(|(name, _)| *name == "requester").map(|(_, text)| text) {
        let name = match filter.requester {
            Some(person) => Person::get(conn, person).await.map_or_else(|_| text.clone(), |person| person.name),
            None => text.clone(),
        };
        say("requester", format!("Requester: {name}"));
    }
    for (from, to, what, range) in [("createdFrom", "createdTo", "Created", filter.created), ("updatedFrom", "updatedTo", "Changed", filter.updated)] {
        range.0.into_iter().for_each(|time| say(from, format!("{what} from {}", written(time))));
        range.1.into_iter().for_each(|time| say(to, format!("{what} before {}", written(time))));
    }
    if let Some(text) = &filter.q {
        say("q", format!("Text: {text}"));
    }
    active.extend(super::asked::active(fields, filter, query));
    let base: Vec<(&'static str, String)> = query.iter().filter(|(name, _)| matches!(*name, "view" | "sort" | "saved" | "columns")).cloned().collect();
    Ok(views::Filters {
        statuses: choices(Status::ALL, Status::label, &filter.status),
        custom_statuses: custom.into_iter().map(|known| known.choice(filter.custom_status.as_deref())).collect(),
        priorities: choices(Priority::ALL, Priority::label, &filter.priority),
        categories: choices(Category::ALL, Category::label, &filter.category),
        teams: teams
            .iter()
            .map(|team| views::Choice { value: team.id.to_string(), label: team.name.clone(), selected: filter.team == Some(team.id) })
            .collect(),
        assignees,
        channels: choices(Channel::ALL, Channel::label, &filter.channel),
        organizations: organizations
            .into_iter()
            .map(|(id, name)| views::Choice { selected: filter.organization == Some(id), value: id.to_string(), label: name })
            .collect(),
        fields: super::asked::in_filter(fields, filter),
        tag: filter.tags.join(", "),
        requester: query.iter().find(|(name, _)| *name == "requester").map(|(_, text)| text.clone()).unwrap_or_default(),
        q: filter.q.clone().unwrap_or_default(),
        days: [
            ("createdFrom", "Created from", filter.created.0),
            ("createdTo", "Created before", filter.created.1),
            ("updatedFrom", "Changed from", filter.updated.0),
            ("updatedTo", "Changed before", filter.updated.1),
        ]
        .map(|(name, label, time)| views::DayField { name, label, value: time.map(|time| time.to_jiff().to_string()[..10].to_owned()).unwrap_or_default() })
        .into(),
        active,
        clear_href: list_href("/desk", &base, &[]),
    })
}
