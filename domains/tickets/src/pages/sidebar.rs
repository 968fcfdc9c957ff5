//! The desk's sidebar: built-in views and teams, and their numbers as a fragment of their own.

use super::{
    place::href,
    saved::{DeskList, lines},
};
use crate::{
    list::{Filter, View},
    saved::SavedView,
    views,
};
use accounts::Team;
use db::Conn;
use kernel::{Actor, Result, TeamId};
use web::{Answer, Asked, Visit};

/// The views of the sidebar: word, name, icon, words for an empty list.
pub(super) const VIEWS: &[(View, &str, &str, &str)] = &[
    (View::Mine, "Assigned to me", "i-circle-user", "Nothing is assigned to you."),
    (View::Teams, "My teams", "i-users", "Your teams have nothing to do."),
    (View::Unassigned, "Unassigned", "i-circle-dashed", "Everything has somebody."),
    (View::Breaching, "Breaching soon", "i-alarm-clock", "No deadline is near."),
    (View::Breached, "Breached", "i-alarm-clock-minus", "No deadline was missed."),
    (View::Open, "All open", "i-inbox", "Nothing is open."),
    (View::Pending, "Waiting on customer", "i-clock", "No customer is being waited for."),
    (View::Hold, "On hold", "i-circle-pause", "Nothing is on hold."),
    (View::Snoozed, "Snoozed", "i-alarm-clock-off", "Nothing is put away."),
    (View::Resolved, "Recently solved", "i-circle-check", "Nothing was solved lately."),
    (View::All, "All tickets", "i-layers", "No ticket came in yet."),
    (View::Spam, "Spam", "i-octagon-alert", "Nothing is marked as spam."),
    (View::Trash, "Trash", "i-trash-2", "The trash is empty."),
];

/// The sidebar without numbers: they come by themselves.
pub(super) async fn sidebar(conn: &mut Conn, actor: &Actor, view: Option<View>, team: Option<TeamId>) -> Result<views::Sidebar> {
    let mut sidebar = sidebar_of(actor, &Team::all(conn).await?, view, team);
    sidebar.saved = lines(&SavedView::of(conn, actor).await?, None);
    Ok(sidebar)
}

pub(super) fn sidebar_of(actor: &Actor, teams: &[Team], view: Option<View>, team: Option<TeamId>) -> views::Sidebar {
    let views = VIEWS
        .iter()
        .map(|(known, label, icon, _)| views::NavView {
            label: (*label).to_owned(),
            icon,
            href: href("/desk", &[("view", known.word())]),
            is_current: view == Some(*known),
            count: None,
            is_alarming: *known == View::Breaching,
        })
        .collect();
    let teams = teams
        .iter()
        .filter(|known| is_shown(actor, known))
        .map(|known| views::NavView {
            label: known.name.clone(),
            icon: "i-users-round",
            href: href("/desk", &[("team", &known.id.to_string())]),
            is_current: view.is_none() && team == Some(known.id),
            count: None,
            is_alarming: false,
        })
        .collect();
    let counts_src = href("/desk/counts", &[("view", view.map_or("", View::word)), ("team", &team.map_or(String::new(), |team| team.to_string()))]);
    views::Sidebar { views, teams, saved: Vec::new(), counts_src }
}

/// A group of the sidebar.
#[derive(Clone, Copy)]
enum Group {
    View,
    Team,
    Saved,
}

/// One's own teams; supervisors see all.
fn is_shown(actor: &Actor, team: &Team) -> bool {
    actor.is_supervisor() || actor.teams.contains(&team.id)
}

/// `GET /desk/counts`: the sidebar with its numbers. Staff.
pub(super) async fn counts(visit: Visit, Asked(DeskList { filter }): Asked<DeskList>) -> Answer {
    let actor = visit.staff()?;
    let mut conn = visit.app.db.read().await?;
    let teams = Team::all(&mut conn).await?;
    let mut sidebar = sidebar_of(actor, &teams, filter.view, filter.team);
    let saved = SavedView::of(&mut conn, actor).await?;
    sidebar.saved = lines(&saved, filter.saved);
    // one statement for all of them
    let mut asked: Vec<(usize, Group, Filter)> = Vec::new();
    for (index, (view, ..)) in VIEWS.iter().enumerate() {
        if !matches!(view, View::All | View::Trash | View::Resolved | View::Spam) {
            asked.push((index, Group::View, Filter { view: Some(*view), ..Filter::default() }));
        }
    }
    for (index, team) in teams.iter().filter(|known| is_shown(actor, known)).enumerate() {
        asked.push((index, Group::Team, Filter { view: Some(View::Open), team: Some(team.id), ..Filter::default() }));
    }
    for (index, view) in saved.iter().enumerate() {
        let mut filter = view.filter();
        filter.find(&visit.app, actor).await?;
        asked.push((index, Group::Saved, filter));
    }
    let filters: Vec<Filter> = asked.iter().map(|(.., filter)| filter.clone()).collect();
    let counts = Filter::counts(&mut conn, actor, &filters).await?;
    for ((index, group, _), count) in asked.iter().zip(counts) {
        let lines = match group {
            Group::View => &mut sidebar.views,
            Group::Team => &mut sidebar.teams,
            Group::Saved => &mut sidebar.saved,
        };
        if let Some(line) = lines.get_mut(*index) {
            line.count = Some(count);
        }
    }
    web::html(&views::Counts { sidebar })
}
