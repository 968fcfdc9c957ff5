//! Every change of a ticket, newest first.

use super::sidebar::sidebar;
use crate::{Ticket, api::id, history, policy::Action, views};
use web::{Answer, Path, Visit};

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
