//! `GET /desk/bulk/incident`: the incident that the tickets ticked in the list become children of. It posts to
//! `/desk/bulk`, where the room `macros` changes many tickets.

use super::requests;
use crate::{Incident, incident::Brief};
use askama::Template;
use db::Id;
use tickets::TicketId;
use web::{Answer, Asked, Fields, Flash, Form, Visit};

/// At most this many at once, as for any change of many tickets.
const MOST: usize = 10_000;

pub(super) struct Pick {
    tickets: Vec<TicketId>,
    is_all: bool,
    list: String,
}

impl Form for Pick {
    fn read(fields: &mut Fields) -> Self {
        Self { tickets: fields.ids("tickets", MOST), is_all: fields.boolean("all"), list: fields.optional_text("list", 2_000).unwrap_or_default() }
    }
}

#[derive(Template)]
#[template(path = "bulk_incident.html")]
struct LinkPage {
    page: ui::Page,
    tickets: Vec<TicketId>,
    is_all: bool,
    list: String,
    how_many: String,
    incidents: Vec<Brief>,
    back: String,
    key: String,
}

/// Staff.
pub(super) async fn choose(visit: Visit, Asked(pick): Asked<Pick>) -> Answer {
    let actor = visit.staff()?;
    let is_query = pick.list.starts_with('?') && pick.list.bytes().all(|byte| byte.is_ascii_graphic());
    let back = if is_query { format!("/desk{}", pick.list) } else { "/desk".to_owned() };
    if pick.tickets.is_empty() && !pick.is_all {
        let text = "Choose tickets first, with the boxes before them.".to_owned();
        return Ok(visit.flash(web::see_other(&back)?, &Flash { kind: "info", text, undo: None }));
    }
    let incidents = Incident::unsettled(&mut visit.app.db.read().await?, actor).await?;
    let how_many = if pick.is_all { "all that match".to_owned() } else { requests(i64::try_from(pick.tickets.len()).unwrap_or(0)) };
    web::html(&LinkPage {
        page: visit.page("Link to an incident"),
        tickets: if pick.is_all { Vec::new() } else { pick.tickets },
        is_all: pick.is_all,
        list: pick.list,
        how_many,
        incidents,
        back,
        key: Id::<Incident>::new().to_string(),
    })
}
