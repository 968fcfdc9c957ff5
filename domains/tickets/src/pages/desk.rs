//! The desk: sidebar, list, conversation, details; and the palette.

use super::{
    place::{choices, errors, upload_limits},
    thread,
};
use crate::{
    Category, Channel, Part, Priority, Status, Ticket,
    api::id,
    draft, history,
    list::{self, Filter, Listed, Sort, View},
    listener,
    policy::{self, Action},
    tag, views,
};
use accounts::{Organization, Person, Team};
use db::Conn;
use kernel::{Actor, FieldErrors, Result, TeamId};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use web::{Answer, Asked, Bucket, Fields, Form, Path, Visit};

/// The views of the sidebar: word, name, icon, words for an empty list.
const VIEWS: &[(View, &str, &str, &str)] = &[
    (View::Mine, "Assigned to me", "i-circle-user", "Nothing is assigned to you."),
    (View::Teams, "My teams", "i-users", "Your teams have nothing to do."),
    (View::Unassigned, "Unassigned", "i-circle-dashed", "Everything has somebody."),
    (View::Open, "All open", "i-inbox", "Nothing is open."),
    (View::Pending, "Waiting on customer", "i-clock", "No customer is being waited for."),
    (View::Hold, "On hold", "i-circle-pause", "Nothing is on hold."),
    (View::Resolved, "Recently solved", "i-circle-check", "Nothing was solved lately."),
    (View::All, "All tickets", "i-layers", "No ticket came in yet."),
    (View::Trash, "Trash", "i-trash-2", "The trash is empty."),
];

/// An address with its query; empty values are left out.
pub(super) fn href(path: &str, pairs: &[(&str, &str)]) -> String {
    let query: Vec<String> =
        pairs.iter().filter(|(_, value)| !value.is_empty()).map(|(name, value)| format!("{name}={}", utf8_percent_encode(value, NON_ALPHANUMERIC))).collect();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{}", query.join("&")) }
}

/// A list's address as pairs, without where a page ended.
fn pairs(filter: &Filter) -> Vec<(&'static str, String)> {
    let words = |words: Vec<&str>| words.join(",");
    let mut pairs = vec![
        ("view", filter.view.map_or(String::new(), |view| view.word().to_owned())),
        ("team", filter.team.map_or(String::new(), |team| team.to_string())),
        ("status", words(filter.status.iter().map(|word| word.word()).collect())),
        ("priority", words(filter.priority.iter().map(|word| word.word()).collect())),
        ("category", words(filter.category.iter().map(|word| word.word()).collect())),
        ("channel", words(filter.channel.iter().map(|word| word.word()).collect())),
        ("tag", filter.tag.clone().unwrap_or_default()),
        ("assignee", filter.assignee.map_or(String::new(), |assignee| assignee.map_or_else(|| "none".to_owned(), |id| id.to_string()))),
        ("requester", filter.requester.map(|id| id.to_string()).or_else(|| filter.requester_text.clone()).unwrap_or_default()),
        ("organization", filter.organization.map_or(String::new(), |id| id.to_string())),
        ("q", filter.q.clone().unwrap_or_default()),
        ("sort", filter.sort.map_or(String::new(), |sort| sort.word().to_owned())),
    ];
    pairs.retain(|(_, value)| !value.is_empty());
    pairs
}

fn list_href(path: &str, pairs: &[(&'static str, String)], more: &[(&str, &str)]) -> String {
    let all: Vec<(&str, &str)> = pairs.iter().map(|(name, value)| (*name, value.as_str())).chain(more.iter().copied()).collect();
    href(path, &all)
}

/// `GET /desk`: staff.
pub(super) async fn inbox(visit: Visit, Asked(filter): Asked<Filter>) -> Answer {
    let actor = visit.staff()?;
    let mut conn = visit.app.db.read().await?;
    web::html(&screen(&visit, &mut conn, actor, filter, None).await?)
}

/// `GET /desk/tickets/{id}`: staff who may see it; the list stays beside it.
pub(super) async fn ticket(visit: Visit, Path(ticket): Path<String>, Asked(filter): Asked<Filter>) -> Answer {
    let actor = visit.staff()?;
    let mut conn = visit.app.db.read().await?;
    let ticket = Ticket::get(&mut conn, actor, id(&ticket)?, Action::See).await?;
    list::saw(&visit.app, actor, ticket.id);
    web::html(&screen(&visit, &mut conn, actor, filter, Some(Open { ticket: &ticket, refused: None, conflict: None })).await?)
}

/// The ticket that is open beside the list, and what went wrong with it.
pub(super) struct Open<'a> {
    pub(super) ticket: &'a Ticket,
    pub(super) refused: Option<(&'a Fields, &'a FieldErrors)>,
    pub(super) conflict: Option<views::Conflict>,
}

/// The whole desk.
pub(super) async fn screen(visit: &Visit, conn: &mut Conn, actor: &Actor, mut filter: Filter, open: Option<Open<'_>>) -> Result<views::Inbox> {
    if filter.view.is_none() && filter.team.is_none() && pairs(&filter).is_empty() {
        filter.view = Some(View::Open);
    }
    let current = open.as_ref().map(|open| open.ticket.id);
    let query = pairs(&filter);
    let found = filter.page(conn, actor).await?;
    let rows = found.rows.iter().map(|row| ticket_row(row, &query, current)).collect();
    let more_href = found.next.as_deref().map(|next| list_href("/desk", &query, &[("cursor", next)]));
    let title = open.as_ref().map_or_else(|| list_title(&filter), |open| open.ticket.title.clone());
    let mut page = visit.page(title);
    page.live = std::iter::once("desk".to_owned()).chain(current.map(|id| format!("ticket:{id}"))).collect();
    let teams = Team::all(conn).await?;
    let list = ticket_list(conn, actor, &filter, &query, &teams, rows, more_href).await?;
    Ok(views::Inbox {
        page,
        sidebar: sidebar_of(actor, &teams, filter.view, filter.team),
        list,
        ticket: match open {
            Some(open) => Some(Box::new(ticket_view(visit, conn, actor, &query, &teams, open).await?)),
            None => None,
        },
    })
}

fn list_title(filter: &Filter) -> String {
    VIEWS.iter().find(|(view, ..)| Some(*view) == filter.view).map_or("Tickets", |(_, label, ..)| label).to_owned()
}

fn ticket_row(row: &Listed, query: &[(&'static str, String)], current: Option<crate::TicketId>) -> views::TicketRow {
    let ticket = &row.ticket;
    views::TicketRow {
        id: ticket.id.to_string(),
        href: list_href(&format!("/desk/tickets/{}", ticket.id), query, &[]),
        title: ticket.title.clone(),
        status: ticket.status.for_agents(ticket.is_untouched()),
        who: match &ticket.organization {
            Some(organization) => format!("{}, {organization}", ticket.requester_name),
            None => ticket.requester_name.clone(),
        },
        priority: ticket.priority.word(),
        assignee: ticket.assignee.clone(),
        at: ticket.created_at,
        is_unread: ticket.customer_at.is_some_and(|said| row.seen_at.is_none_or(|seen| said > seen)) && ticket.status.is_active(),
        is_current: current == Some(ticket.id),
    }
}

async fn ticket_list(
    conn: &mut Conn,
    actor: &Actor,
    filter: &Filter,
    query: &[(&'static str, String)],
    teams: &[Team],
    rows: Vec<views::TicketRow>,
    more_href: Option<String>,
) -> Result<views::TicketList> {
    let hidden = |names: &[&str], keep: bool| {
        query
            .iter()
            .filter(|(name, _)| names.contains(name) == keep)
            .map(|(name, value)| views::Hidden { name: (*name).to_owned(), value: value.clone() })
            .collect()
    };
    let (_, label, _, empty) = VIEWS.iter().find(|(view, ..)| Some(*view) == filter.view).unwrap_or(&(View::All, "Tickets", "i-layers", "Nothing here yet."));
    let team = filter.team.and_then(|id| teams.iter().find(|team| team.id == id)).filter(|_| filter.view.is_none());
    let sort = filter.sort.unwrap_or(Sort::Updated);
    let sorts = [(Sort::Updated, "Last changed"), (Sort::Newest, "Newest"), (Sort::Oldest, "Oldest"), (Sort::Priority, "Priority")];
    Ok(views::TicketList {
        title: team.map_or_else(|| (*label).to_owned(), |team| team.name.clone()),
        kept: hidden(&["view"], true),
        kept_filters: hidden(&["view", "sort"], false),
        sorts: sorts
            .into_iter()
            .map(|(word, label)| views::Choice { value: word.word().to_owned(), label: label.to_owned(), selected: sort == word })
            .collect(),
        filters: filters(conn, actor, filter, query, teams).await?,
        rows,
        more_href,
        empty_words: (*empty).to_owned(),
    })
}

async fn filters(conn: &mut Conn, _: &Actor, filter: &Filter, query: &[(&'static str, String)], teams: &[Team]) -> Result<views::Filters> {
    let staff = Person::staff(conn).await?;
    let organizations = Organization::all(conn).await?;
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
    if !filter.priority.is_empty() {
        say("priority", format!("Priority: {}", list(filter.priority.iter().map(|word| word.label()).collect())));
    }
    if !filter.category.is_empty() {
        say("category", format!("Category: {}", list(filter.category.iter().map(|word| word.label()).collect())));
    }
    if !filter.channel.is_empty() {
        say("channel", format!("Channel: {}", list(filter.channel.iter().map(|word| word.label()).collect())));
    }
    if let Some(tag) = &filter.tag {
        say("tag", format!("Tag: {tag}"));
    }
    if let Some(team) = filter.team.filter(|_| filter.view.is_some()).and_then(|id| teams.iter().find(|team| team.id == id)) {
        say("team", format!("Team: {}", team.name));
    }
    if let Some(assignee) = filter.assignee {
        let name = assignee.map_or("Nobody", |id| staff.iter().find(|person| person.id == id).map_or("Somebody", |person| &person.name));
        say("assignee", format!("Assignee: {name}"));
    }
    if let Some(organization) = filter.organization {
        let name = organizations.iter().find(|known| known.id == organization).map_or("unknown", |known| &known.name);
        say("organization", format!("Organization: {name}"));
    }
    if let Some(text) = query.iter().find(|(name, _)| *name == "requester").map(|(_, text)| text) {
        let name = match filter.requester {
            Some(person) => Person::get(conn, person).await.map_or_else(|_| text.clone(), |person| person.name),
            None => text.clone(),
        };
        say("requester", format!("Requester: {name}"));
    }
    if let Some(text) = &filter.q {
        say("q", format!("Text: {text}"));
    }
    let base: Vec<(&'static str, String)> = query.iter().filter(|(name, _)| matches!(*name, "view" | "sort")).cloned().collect();
    Ok(views::Filters {
        statuses: choices(Status::ALL, Status::label, &filter.status),
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
            .map(|known| views::Choice { selected: filter.organization == Some(known.id), value: known.id.to_string(), label: known.name })
            .collect(),
        tag: filter.tag.clone().unwrap_or_default(),
        requester: query.iter().find(|(name, _)| *name == "requester").map(|(_, text)| text.clone()).unwrap_or_default(),
        q: filter.q.clone().unwrap_or_default(),
        active,
        clear_href: list_href("/desk", &base, &[]),
    })
}

/// The sidebar without numbers: they come by themselves.
pub(super) async fn sidebar(conn: &mut Conn, actor: &Actor, view: Option<View>, team: Option<TeamId>) -> Result<views::Sidebar> {
    Ok(sidebar_of(actor, &Team::all(conn).await?, view, team))
}

fn sidebar_of(actor: &Actor, teams: &[Team], view: Option<View>, team: Option<TeamId>) -> views::Sidebar {
    let views = VIEWS
        .iter()
        .map(|(known, label, icon, _)| views::NavView {
            label: (*label).to_owned(),
            icon,
            href: href("/desk", &[("view", known.word())]),
            is_current: view == Some(*known),
            count: None,
        })
        .collect();
    let teams = teams
        .iter()
        .filter(|known| actor.is_supervisor() || actor.teams.contains(&known.id))
        .map(|known| views::NavView {
            label: known.name.clone(),
            icon: "i-users-round",
            href: href("/desk", &[("team", &known.id.to_string())]),
            is_current: view.is_none() && team == Some(known.id),
            count: None,
        })
        .collect();
    let counts_src = href("/desk/counts", &[("view", view.map_or("", View::word)), ("team", &team.map_or(String::new(), |team| team.to_string()))]);
    views::Sidebar { views, teams, counts_src }
}

/// `GET /desk/counts`: the sidebar with its numbers. Staff.
pub(super) async fn counts(visit: Visit, Asked(filter): Asked<Filter>) -> Answer {
    let actor = visit.staff()?;
    let mut conn = visit.app.db.read().await?;
    let teams = Team::all(&mut conn).await?;
    let mut sidebar = sidebar_of(actor, &teams, filter.view, filter.team);
    for (line, (view, ..)) in sidebar.views.iter_mut().zip(VIEWS) {
        if !matches!(view, View::All | View::Trash | View::Resolved) {
            line.count = Some(Filter { view: Some(*view), ..Filter::default() }.count(&mut conn, actor).await?);
        }
    }
    for line in &mut sidebar.teams {
        let Some(team) = teams.iter().find(|team| line.href.ends_with(&href("", &[("team", &team.id.to_string())])[1..])) else { continue };
        line.count = Some(Filter { view: Some(View::Open), team: Some(team.id), ..Filter::default() }.count(&mut conn, actor).await?);
    }
    web::html(&views::Counts { sidebar })
}

async fn ticket_view(visit: &Visit, conn: &mut Conn, actor: &Actor, query: &[(&'static str, String)], teams: &[Team], open: Open<'_>) -> Result<views::Ticket> {
    let ticket = open.ticket;
    let listeners = listener::of(conn, ticket.id).await?;
    let listens = listeners.iter().any(|listener| Some(listener.person_id) == actor.person);
    let requester = Person::get(conn, ticket.requester_id).await?;
    let staff = Person::staff(conn).await?;
    let earlier = Filter { requester: Some(ticket.requester_id), limit: 6, ..Filter::default() }.page(conn, actor).await?;
    let follower = |part: Part| {
        listeners
            .iter()
            .filter(move |listener| listener.part == part)
            .map(|listener| views::Listener { name: listener.name.clone(), email: listener.email.clone(), may_remove: true })
            .collect::<Vec<_>>()
    };
    let composer = composer(visit, conn, actor, ticket, open.refused).await?;
    let edit = policy::may(actor, Action::Change, ticket, listens);
    Ok(views::Ticket {
        id: ticket.id.to_string(),
        number: format!("#{}", ticket.number),
        version: ticket.version,
        title: ticket.title.clone(),
        back_href: list_href("/desk", query, &[]),
        is_done: !ticket.status.is_active(),
        entries: thread::entries(visit, conn, ticket).await?,
        earlier_href: None,
        here: visit
            .app
            .live
            .presence
            .of(ticket.id.uuid(), actor.person.map(db::Id::uuid))
            .into_iter()
            .map(|(name, doing)| views::Here { name, doing: doing.word() })
            .collect(),
        composer,
        recipients: recipients(conn, ticket, &listeners).await?,
        statuses: choices(Status::ALL, Status::label, &[ticket.status]),
        priorities: choices(Priority::ALL, Priority::label, &[ticket.priority]),
        categories: choices(Category::ALL, Category::label, &[ticket.category]),
        assignees: or_none(
            "Nobody",
            ticket.assignee_id.is_none(),
            staff.into_iter().map(|person| views::Choice { selected: ticket.assignee_id == Some(person.id), value: person.id.to_string(), label: person.name }),
        ),
        teams: or_none(
            "None",
            ticket.team_id.is_none(),
            teams.iter().map(|team| views::Choice { value: team.id.to_string(), label: team.name.clone(), selected: ticket.team_id == Some(team.id) }),
        ),
        is_mine: ticket.assignee_id.is_some() && ticket.assignee_id == actor.person,
        tags: tag::of(conn, ticket.id).await?,
        known_tags: tag::known(conn, 200).await?,
        followers: follower(Part::Follower),
        ccs: follower(Part::Cc),
        is_following: listeners.iter().any(|listener| Some(listener.person_id) == actor.person && listener.part == Part::Follower),
        channel: ticket.channel.label().to_owned(),
        created_at: ticket.created_at,
        first_reply: ticket.first_reply_at.map(|at| span(at.since(ticket.created_at))),
        requester: views::Requester {
            tickets_href: href("/desk", &[("view", "all"), ("requester", &requester.id.to_string())]),
            organization: ticket.organization.clone().or(requester.organization),
            zone: Some(requester.zone).filter(|zone| zone != "UTC"),
            since: requester.created_at,
            name: requester.name,
            email: requester.email,
        },
        earlier: earlier
            .rows
            .iter()
            .filter(|row| row.ticket.id != ticket.id)
            .take(5)
            .map(|row| views::EarlierRequest {
                href: list_href(&format!("/desk/tickets/{}", row.ticket.id), query, &[]),
                title: row.ticket.title.clone(),
                status: row.ticket.status.for_agents(row.ticket.is_untouched()),
            })
            .collect(),
        conflict: open.conflict,
        trashed: ticket.trashed_at.map(|at| views::Trashed { by: ticket.trashed_by.clone().unwrap_or_default(), at, gone_at: at.plus(crate::work::TRASH) }),
        may: views::TicketRights { edit, trash: policy::may(actor, Action::Trash, ticket, listens) },
    })
}

/// A choice list that begins with the empty value.
pub(super) fn or_none(label: &str, selected: bool, choices: impl Iterator<Item = views::Choice>) -> Vec<views::Choice> {
    std::iter::once(views::Choice { value: String::new(), label: label.to_owned(), selected }).chain(choices).collect()
}

async fn composer(visit: &Visit, conn: &mut Conn, actor: &Actor, ticket: &Ticket, refused: Option<(&Fields, &FieldErrors)>) -> Result<views::Composer> {
    let mut composer = thread::composer(visit, format!("/desk/tickets/{}/messages", ticket.id));
    composer.upload = upload_limits(visit);
    if let Some((fields, wrong)) = refused {
        composer.kind = if fields.typed("kind") == "note" { "note" } else { "reply" };
        composer.content = fields.typed("content");
        composer.kept_files = thread::kept(conn, actor, fields).await?;
        composer.errors = errors(wrong);
    } else if let Some(person) = actor.person
        && let Some(draft) = draft::of(conn, person, ticket.id).await?
    {
        composer.kind = if draft.is_internal { "note" } else { "reply" };
        composer.content = draft.content;
        composer.draft_at = Some(draft.updated_at);
    }
    Ok(composer)
}

/// Who will get a reply, and how that differs from the last public message.
async fn recipients(conn: &mut Conn, ticket: &Ticket, listeners: &[crate::Listener]) -> Result<views::Recipients> {
    let changes = db::journal::of(conn, ticket.id.uuid()).await?;
    let last = changes.iter().rposition(|event| matches!(event.kind.as_str(), "ticket.created" | "ticket.replied" | "ticket.customer_replied")).unwrap_or(0);
    let names = |kind: &str| {
        changes[last.min(changes.len())..]
            .iter()
            .filter(|event| event.kind == kind && event.facts()["part"] == "CC")
            .filter_map(|event| event.facts()["name"].as_str().map(str::to_owned))
            .collect::<Vec<_>>()
    };
    Ok(views::Recipients {
        to: ticket.requester_name.clone(),
        cc: listeners.iter().filter(|listener| listener.part == Part::Cc).map(|listener| listener.name.clone()).collect(),
        added: names("ticket.listener_added"),
        removed: names("ticket.listener_removed"),
        new_domain: None,
    })
}

/// A span in words: `14 min`, `2 h 10 min`, `3 d 4 h`.
fn span(span: std::time::Duration) -> String {
    let minutes = span.as_secs() / 60;
    match (minutes / 1_440, minutes / 60 % 24, minutes % 60) {
        (0, 0, 0) => "less than a minute".to_owned(),
        (0, 0, minutes) => format!("{minutes} min"),
        (0, hours, minutes) => format!("{hours} h {minutes} min"),
        (days, hours, _) => format!("{days} d {hours} h"),
    }
}

/// `GET /desk/tickets/{id}/history`: staff who may see it.
pub(super) async fn history(visit: Visit, Path(ticket): Path<String>) -> Answer {
    let actor = visit.staff()?;
    let mut conn = visit.app.db.read().await?;
    let ticket = Ticket::get(&mut conn, actor, id(&ticket)?, Action::Note).await?;
    let mut changes: Vec<views::Change> = history::of(&mut conn, actor, &ticket).await?.iter().map(history::change).collect();
    changes.reverse();
    let mut page = visit.page(format!("History of #{}", ticket.number));
    page.live = vec![format!("ticket:{}", ticket.id)];
    web::html(&views::History {
        page,
        sidebar: sidebar(&mut conn, actor, None, None).await?,
        number: format!("#{}", ticket.number),
        title: ticket.title,
        href: format!("/desk/tickets/{}", ticket.id),
        changes,
        pager: views::Pager::default(),
    })
}

pub(super) struct Words {
    q: String,
}

impl Form for Words {
    fn read(fields: &mut Fields) -> Self {
        Self { q: fields.optional_text("q", 100).unwrap_or_default() }
    }
}

/// `GET /desk/palette?q=`: tickets by number or subject, as JSON. Staff.
pub(super) async fn palette(visit: Visit, Asked(words): Asked<Words>) -> Answer {
    let actor = visit.staff()?;
    visit.app.limits.check(Bucket::Search, &visit.counted_as())?;
    let mut found = Vec::new();
    if !words.q.is_empty() {
        let filter = Filter { q: Some(words.q), limit: 8, ..Filter::default() };
        found = filter.page(&mut visit.app.db.read().await?, actor).await?.rows;
    }
    let items: Vec<_> = found.iter().map(|row| serde_json::json!({
        "group": "Tickets", "label": format!("#{} {}", row.ticket.number, row.ticket.title), "hint": row.ticket.requester_name, "href": format!("/desk/tickets/{}", row.ticket.id)
    })).collect();
    web::json(&items)
}
