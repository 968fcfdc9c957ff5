//! `GET /desk/bulk/merge`: which of the tickets chosen in the list the others go on in. It posts to `/desk/bulk`.

use crate::{
    Bulk,
    bulk::MOST_MERGED,
    pages_bulk::{Pick, desk},
};
use askama::Template;
use db::Conn;
use kernel::{Actor, Result};
use std::collections::BTreeSet;
use tickets::{Status, Ticket, TicketId, batch, list::Filter, policy};
use web::{Answer, App, Asked, Flash, Visit};

/// A ticket that was chosen.
struct Row {
    id: TicketId,
    number: i64,
    title: String,
    who: String,
    status: ui::Status,
    /// The others may go on in it.
    may_be_target: bool,
    /// Ticked when the page opens.
    is_first: bool,
}

#[derive(Template)]
#[template(path = "bulk_merge.html")]
struct MergePage {
    page: ui::Page,
    rows: Vec<Row>,
    /// The requesters, when they are not of one organization.
    across: Option<String>,
    list: String,
    back: String,
    key: String,
}

/// Staff. Too few or too many go back to the list with words.
pub(crate) async fn choose(visit: Visit, Asked(pick): Asked<Pick>) -> Answer {
    let actor = visit.staff()?;
    let mut conn = visit.app.db.read().await?;
    let tickets = chosen(&visit.app, &mut conn, actor, &pick).await?;
    let back = desk(&pick.list);
    let count = i64::try_from(tickets.len()).unwrap_or(i64::MAX);
    if !(2..=MOST_MERGED).contains(&count) {
        let text = if count < 2 { "Choose at least two tickets to merge.".to_owned() } else { format!("At most {MOST_MERGED} tickets are merged at once.") };
        return Ok(visit.flash(web::see_other(&back)?, &Flash { kind: "info", text, undo: None }));
    }
    let across = across(&tickets);
    let first = tickets.iter().find(|(ticket, is_merged)| may_be_target(ticket, *is_merged)).map(|(ticket, _)| ticket.id);
    let rows = tickets.into_iter().map(|(ticket, is_merged)| Row {
        may_be_target: may_be_target(&ticket, is_merged),
        is_first: first == Some(ticket.id),
        status: ticket.status.for_agents(ticket.is_untouched()),
        who: ticket.organization.as_ref().map_or_else(|| ticket.requester_name.clone(), |organization| format!("{}, {organization}", ticket.requester_name)),
        id: ticket.id,
        number: ticket.number,
        title: ticket.title,
    });
    let page = visit.page(format!("Merge {count} tickets"));
    web::html(&MergePage { page, rows: rows.collect(), across, list: pick.list, back, key: db::Id::<Bulk>::new().to_string() })
}

/// The tickets, the oldest first, and whether each goes on in another one already.
async fn chosen(app: &App, conn: &mut Conn, actor: &Actor, pick: &Pick) -> Result<Vec<(Ticket, bool)>> {
    let ids: Vec<TicketId> = if pick.is_all {
        let mut filter = Filter { limit: MOST_MERGED + 1, cursor: None, ..web::query(&pick.list)? };
        filter.find(app, actor).await?;
        filter.page(conn, actor).await?.rows.into_iter().map(|row| row.ticket.id).collect()
    } else {
        pick.tickets.clone()
    };
    let held = batch::held(conn, actor, &ids).await?;
    let mut tickets: Vec<(Ticket, bool)> =
        held.into_values().filter(|held| held.may(actor, policy::Action::Change)).map(|held| (held.ticket, held.goes_on_in.is_some())).collect();
    tickets.sort_by_key(|(ticket, _)| ticket.number);
    Ok(tickets)
}

fn may_be_target(ticket: &Ticket, is_merged: bool) -> bool {
    !is_merged && ticket.status != Status::Closed
}

/// Who asked, when these are not all of one organization, or of none: they would read each other's words.
fn across(tickets: &[(Ticket, bool)]) -> Option<String> {
    let requesters: BTreeSet<_> = tickets.iter().map(|(ticket, _)| ticket.requester_id).collect();
    let organizations: BTreeSet<_> = tickets.iter().map(|(ticket, _)| ticket.organization_id).collect();
    if requesters.len() < 2 || organizations.len() == 1 && !organizations.contains(&None) {
        return None;
    }
    let names: BTreeSet<_> = tickets.iter().map(|(ticket, _)| ticket.requester_name.as_str()).collect();
    Some(names.into_iter().collect::<Vec<_>>().join(", "))
}
