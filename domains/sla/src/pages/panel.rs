//! `/desk/tickets/{id}/sla`: what is promised for the ticket, beside it. Staff that may see the ticket.

use super::id;
use crate::{
    State, length,
    ticket_clocks::{self, Promises, Told},
};
use askama::Template;
use tickets::{Ticket, policy::Action};
use web::{Answer, Path, Routes, Visit};

pub(super) fn routes() -> Routes {
    Routes::new().get("/desk/tickets/{id}/sla", look)
}

/// One metric, as it stands now.
struct Line {
    label: &'static str,
    countdown: Option<ui::Countdown>,
    /// Where there is nothing to count down: "met", "missed", "paused".
    word: &'static str,
    state: &'static str,
    /// "Counted 40 min of 1 h".
    counted: String,
    /// Why nothing is counted.
    paused: Option<String>,
    due: Option<db::Timestamp>,
    is_late: bool,
    pieces: Vec<crate::Piece>,
}

/// What stands in the frame.
struct Shown {
    policy: String,
    /// Where it is changed; none for whoever may not, or when it is gone.
    policy_href: Option<String>,
    zone: String,
    lines: Vec<Line>,
}

#[derive(Template)]
#[template(path = "sla/panel.html")]
struct PanelFrame {
    page: ui::Page,
    shown: Option<Shown>,
}

#[derive(Template)]
#[template(path = "sla/panel_page.html")]
struct PanelPage {
    page: ui::Page,
    shown: Option<Shown>,
    number: i64,
    href: String,
}

/// `GET /desk/tickets/{id}/sla`.
async fn look(visit: Visit, Path(ticket): Path<String>) -> Answer {
    let actor = visit.staff()?;
    let mut conn = visit.app.db.read().await?;
    let ticket = Ticket::get(&mut conn, actor, id(&ticket)?, Action::See).await?;
    let page = visit.page("Service level");
    let shown = ticket_clocks::of(&mut conn, ticket.id).await?.map(|promises| show(promises, actor.is_admin()));
    if visit.frame.is_some() {
        return web::html(&PanelFrame { page, shown });
    }
    web::html(&PanelPage { page, shown, number: ticket.number, href: format!("/desk/tickets/{}", ticket.id) })
}

fn show(promises: Promises, is_admin: bool) -> Shown {
    // of a metric that began again, the last one counts
    let mut last: Vec<Told> = Vec::new();
    for told in promises.clocks {
        match last.last_mut() {
            Some(before) if before.metric == told.metric => *before = told,
            _ => last.push(told),
        }
    }
    Shown {
        policy: promises.policy,
        policy_href: promises.policy_id.filter(|_| is_admin).map(|id| format!("/admin/sla/{id}")),
        zone: promises.zone.iana_name().unwrap_or("UTC").to_owned(),
        lines: last.into_iter().map(line).collect(),
    }
}

fn line(told: Told) -> Line {
    let counts = told.state == State::Running || told.is_late;
    Line {
        label: told.label,
        countdown: counts.then(|| ui::Countdown {
            state: if told.is_late { "late" } else { "ok" },
            about: told.label.to_owned(),
            word: String::new(),
            since: Some(told.started),
            warn: told.warn,
            due: told.due,
        }),
        word: match told.state {
            State::Met => "Met",
            State::Missed => "Missed",
            State::Paused | State::Running => "Paused",
        },
        state: match told.state {
            State::Met => "met",
            State::Missed => "missed",
            State::Paused | State::Running => "paused",
        },
        counted: format!("Counted {} of {}", length(told.counted), length(told.target)),
        paused: told.paused.map(|(_, why)| why),
        due: told.due,
        is_late: told.is_late,
        pieces: told.pieces,
    }
}
