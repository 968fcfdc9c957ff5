//! What the desk does at another time: the composer's menu, what waits below the thread, calling it off, not waiting.

use super::{
    acts::told,
    thread,
    when::{self, local},
};
use crate::{
    CustomStatus, Message, Picked, Status, Ticket,
    api::id,
    later::{self, Scheduled, Stop},
    policy::Action,
    views,
};
use db::{Conn, Id, Timestamp};
use kernel::{Actor, Fault, Result};
use web::{Answer, Fields, Form, HeaderMap, Input, Path, Visit};

/// The time that the composer's menu asks for.
pub(super) struct When {
    word: Option<String>,
    moment: Option<String>,
    /// The status to set then.
    pub(super) status: Option<Picked>,
}

impl Form for When {
    fn read(fields: &mut Fields) -> Self {
        Self { word: fields.optional_text("later", 20), moment: fields.optional_text("sendAt", 30), status: Picked::read(fields, "laterStatus") }
    }
}

impl When {
    /// Whether a button of the menu was pressed. A moment that stands in it counts as well: Enter in that field presses
    /// the first button of the form, and what went out can't be called back.
    pub(super) fn is_asked(&self) -> bool {
        self.word.is_some() || self.moment.is_some()
    }

    /// The time, on the actor's own clock.
    pub(super) fn time(&self, now: Timestamp, actor: &Actor) -> Result<Timestamp> {
        let now = local(now, &actor.zone);
        let found = match (self.word.as_deref(), self.moment.as_deref()) {
            (None | Some("moment"), Some(text)) => when::moment(&now, text),
            (Some(word), _) => when::preset(&now, word),
            (None, None) => None,
        };
        found.ok_or_else(|| Fault::field("sendAt", "Choose a day and a time."))
    }
}

/// What waits, and the thread without it.
pub(super) async fn of_ticket(visit: &Visit, conn: &mut Conn, ticket: &Ticket) -> Result<(Vec<views::Entry>, Vec<views::Later>)> {
    let waiting = later::of(conn, ticket.id).await?;
    let apart: Vec<Id<Message>> = waiting.iter().filter_map(|later| later.message_id).collect();
    let (entries, mut messages) = thread::split(visit, conn, ticket, &apart).await?;
    let shown = waiting.into_iter().map(|later| {
        let place = later.message_id.and_then(|id| messages.iter().position(|message| message.id == id.to_string()));
        views::Later {
            message: place.map(|place| messages.swap_remove(place)),
            stopped: later.stopped_by.map(|stop| because(ticket, &later, stop)),
            id: later.id.to_string(),
            status: name(&later),
            at: later.due_at,
            by: later.by_name,
        }
    });
    let shown = shown.collect();
    Ok((entries, shown))
}

/// The status that is set then: within a sentence where a reply goes first.
fn name(later: &Scheduled) -> Option<String> {
    let plain = |status: Status| if later.message_id.is_some() { status.label().to_lowercase() } else { status.label().to_owned() };
    later.custom_name.clone().or_else(|| later.status.map(plain))
}

/// Why it will not happen by itself.
fn because(ticket: &Ticket, later: &Scheduled, stop: Stop) -> String {
    match stop {
        Stop::Customer => format!("{} wrote before that", ticket.requester_name),
        Stop::Rights => format!("{} may not do that any more", later.by_name),
        Stop::Trash => "The ticket lay in the trash at that time".to_owned(),
        Stop::Fields => "A field that is needed to solve was empty at that time".to_owned(),
        Stop::Status if later.message_id.is_some() => {
            format!("The status {} was removed before that. Sent now, it leaves the status as it is", later.custom_name.as_deref().unwrap_or_default())
        }
        Stop::Status => "It was removed before that".to_owned(),
        Stop::Merge => "Another ticket was merged in: read what came, and who gets it now".to_owned(),
    }
}

/// The times that the composer offers.
pub(super) async fn menu(conn: &mut Conn, actor: &Actor, refused: Option<&Fields>) -> Result<views::LaterMenu> {
    let now = local(conn.now(), &actor.zone);
    let typed = |name: &str| refused.map_or_else(String::new, |fields| fields.typed(name));
    let status = typed("laterStatus");
    let statuses = [("", "leave the status"), ("PENDING", "waiting on customer"), ("RESOLVED", "solved"), ("ON_HOLD", "on hold")];
    let plain = statuses.map(|(value, label)| (value.to_owned(), label.to_owned())).into_iter();
    let custom = CustomStatus::active(conn).await?.into_iter().map(|custom| (custom.option(), custom.name));
    Ok(views::LaterMenu {
        choices: when::choices(&now),
        first: when::first_moment(&now),
        at: typed("sendAt"),
        statuses: plain.chain(custom).map(|(value, label)| views::Choice { selected: value == status, value, label }).collect(),
    })
}

/// `POST /desk/tickets/{id}/later/{item}/cancel`: calls it off; a reply becomes a draft again. Staff.
pub(super) async fn cancel(visit: Visit, headers: HeaderMap, Path((ticket, item)): Path<(String, String)>, _: Input<super::guest::Nothing>) -> Answer {
    let actor = visit.staff()?;
    let mut tx = visit.app.db.write().await?;
    let ticket = Ticket::get(&mut tx, actor, id(&ticket)?, Action::Reply).await?;
    let outcome = ticket.cancel_later(&mut tx, actor, id(&item)?).await;
    told(&visit, &headers, ticket.id, tx, outcome).await
}

/// `POST /desk/tickets/{id}/later/{item}/hurry`: lets it happen now. Staff.
pub(super) async fn hurry(visit: Visit, headers: HeaderMap, Path((ticket, item)): Path<(String, String)>, _: Input<super::guest::Nothing>) -> Answer {
    let actor = visit.staff()?;
    let mut tx = visit.app.db.write().await?;
    let ticket = Ticket::get(&mut tx, actor, id(&ticket)?, Action::Reply).await?;
    let outcome = ticket.hurry_later(&mut tx, actor, id(&item)?).await;
    told(&visit, &headers, ticket.id, tx, outcome).await
}
