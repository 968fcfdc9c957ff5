//! The desk: sidebar, list, and the open ticket beside it.

use super::{
    columns::Columns,
    list::{list_href, list_title, pairs, ticket_list, ticket_row},
    saved::{DeskList, lines},
    sidebar::sidebar_of,
    ticket::ticket_view,
};
use crate::{
    Field, Ticket,
    api::id,
    list::{self, Filter, View},
    policy::Action,
    saved::SavedView,
    views,
};
use accounts::Team;
use db::Conn;
use kernel::{Actor, FieldErrors, Result};
use web::{Answer, Asked, Fields, Path, Visit};

/// `GET /desk`: staff.
pub(super) async fn inbox(visit: Visit, Asked(DeskList { filter }): Asked<DeskList>) -> Answer {
    let actor = visit.staff()?;
    let mut conn = visit.app.db.read().await?;
    web::html(&screen(&visit, &mut conn, actor, filter, None).await?)
}

/// `GET /desk/tickets/{id}`: staff who may see it; the list stays beside it.
pub(super) async fn ticket(visit: Visit, Path(ticket): Path<String>, Asked(DeskList { filter }): Asked<DeskList>) -> Answer {
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
    filter.find(&visit.app, actor).await?;
    let found = filter.page(conn, actor).await?;
    let more_href = found.next.as_deref().map(|next| list_href("/desk", &query, &[("cursor", next)]));
    let title = open.as_ref().map_or_else(|| list_title(&filter), |open| open.ticket.title.clone());
    let mut page = visit.page(title);
    let fields = Field::all(conn).await?;
    let columns = Columns::of(conn, &filter, &fields, &found.rows).await?;
    let rows = found.rows.iter().map(|row| ticket_row(&page, row, &query, current, columns.cells(row))).collect();
    page.live = std::iter::once("desk".to_owned()).chain(current.map(|id| format!("ticket:{id}"))).collect();
    let teams = Team::all(conn).await?;
    let saved = SavedView::of(conn, actor).await?;
    let mut list = ticket_list(conn, actor, &filter, &teams, &columns, &saved, rows).await?;
    list.more_href = more_href;
    let is_saved = saved.iter().any(|view| Some(view.id) == filter.saved);
    let mut sidebar = if is_saved { sidebar_of(actor, &teams, None, None) } else { sidebar_of(actor, &teams, filter.view, filter.team) };
    sidebar.saved = lines(&saved, filter.saved);
    if is_saved {
        sidebar.counts_src = super::place::href("/desk/counts", &[("saved", &filter.saved.map_or(String::new(), |id| id.to_string()))]);
    }
    Ok(views::Inbox {
        page,
        sidebar,
        list,
        ticket: match open {
            Some(open) => Some(Box::new(ticket_view(visit, conn, actor, &query, &teams, open).await?)),
            None => None,
        },
    })
}
