//! The panel on the page of a ticket: hear nothing more of it. Whoever looks at the ticket has read its notices.

use crate::{
    catalog::sources,
    choice,
    notice::{self, Notice},
    policy,
};
use askama::Template;
use kernel::{Actor, Fault, Named, Result, Who};
use uuid::Uuid;
use web::{Answer, Fields, Form, Input, Path, Visit};

/// What the panel is about.
const KIND: &str = "ticket";

#[derive(Template)]
#[template(path = "notifications/panel_desk.html")]
struct OnDesk {
    page: ui::Page,
    thing: Named,
    action: String,
    is_muted: bool,
}

#[derive(Template)]
#[template(path = "notifications/panel_request.html")]
struct OnRequest {
    page: ui::Page,
    thing: Named,
    action: String,
    is_muted: bool,
}

/// The thing, by the gate of its room.
async fn thing(visit: &Visit, actor: &Actor, id: &str) -> Result<Named> {
    let (sources, id) = (sources(&visit.app)?, id.parse::<Uuid>().map_err(|_| Fault::Missing)?);
    notice::named(&mut visit.app.db.read().await?, &sources, actor, &[(KIND, id)]).await?.remove(&id).ok_or(Fault::Missing)
}

/// Marks its notices as read, if there are any, and says whether it is muted.
async fn looked(visit: &Visit, actor: &Actor, thing: &Named) -> Result<bool> {
    let person = policy::own(actor)?;
    let mut conn = visit.app.db.read().await?;
    let is_muted = choice::is_muted(&mut conn, person, thing.id).await?;
    let has_unread = Notice::has_unread(&mut conn, person, thing.id).await?;
    drop(conn);
    if has_unread {
        let mut tx = visit.app.db.write().await?;
        Notice::read_thing(&mut tx, person, thing.id).await?;
        tx.commit().await?;
    }
    Ok(is_muted)
}

/// `GET /desk/tickets/{id}/notices`: staff who may see it.
pub(super) async fn of_desk(visit: Visit, Path(ticket): Path<String>) -> Answer {
    let actor = visit.staff()?;
    let thing = thing(&visit, actor, &ticket).await?;
    let is_muted = looked(&visit, actor, &thing).await?;
    web::html(&OnDesk { page: visit.page("Notifications"), action: format!("/desk/tickets/{}/notices", thing.id), thing, is_muted })
}

/// `GET /requests/{id}/notices`: whoever may see the request. Guests hear by mail and have nothing to choose.
pub(super) async fn of_request(visit: Visit, Path(ticket): Path<String>) -> Answer {
    if let Who::Guest(_) = visit.actor.who {
        let thing = thing(&visit, &visit.actor, &ticket).await?;
        return web::html(&OnRequest { page: visit.page("Notifications"), action: String::new(), thing, is_muted: false });
    }
    let actor = visit.signed_in()?;
    let thing = thing(&visit, actor, &ticket).await?;
    let is_muted = looked(&visit, actor, &thing).await?;
    web::html(&OnRequest { page: visit.page("Notifications"), action: format!("/requests/{}/notices", thing.id), thing, is_muted })
}

pub(super) struct Mute(bool);

impl Form for Mute {
    fn read(fields: &mut Fields) -> Self {
        Self(fields.boolean("muted"))
    }
}

async fn set(visit: &Visit, actor: &Actor, ticket: &str, input: Input<Mute>, place: &str) -> Answer {
    let (Mute(is_muted), thing) = (input.take()?, thing(visit, actor, ticket).await?);
    let mut tx = visit.app.db.write().await?;
    choice::mute(&mut tx, policy::own(actor)?, thing.id, is_muted).await?;
    tx.commit().await?;
    let own = format!("{place}/{}", thing.id);
    web::see_other(&if visit.frame.is_some() { format!("{own}/notices") } else { own })
}

/// `POST /desk/tickets/{id}/notices`: mutes it or not.
pub(super) async fn mute_on_desk(visit: Visit, Path(ticket): Path<String>, input: Input<Mute>) -> Answer {
    set(&visit, visit.staff()?, &ticket, input, "/desk/tickets").await
}

/// `POST /requests/{id}/notices`: mutes it or not.
pub(super) async fn mute_on_request(visit: Visit, Path(ticket): Path<String>, input: Input<Mute>) -> Answer {
    set(&visit, visit.signed_in()?, &ticket, input, "/requests").await
}
