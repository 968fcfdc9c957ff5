//! The desk's sidebar: built-in views and teams, and their numbers as a fragment of their own.

use super::place::href;
use crate::{
    list::{Filter, View},
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
    (View::Resolved, "Recently solved", "i-circle-check", "Nothing was solved lately."),
    (View::All, "All tickets", "i-layers", "No ticket came in yet."),
    (View::Trash, "Trash", "i-trash-2", "The trash is empty."),
];

/// The sidebar without numbers: they come by themselves.
pub(super) async fn sidebar(conn: &mut Conn, actor: &Actor, view: Option<View>, team: Option<TeamId>) -> Result<views::Sidebar> {
    Ok(sidebar_of(actor, &Team::all(conn).await?, view, team))
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
        .filter(|known| actor.is_supervisor() || actor.teams.contains(&known.id))
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
