//! `/unsubscribe/{token}`: stops one kind of mail by the link of a mail, without signing in. Looking stops nothing, because
//! mail scanners look; the button, or the mail program (RFC 8058), posts.

use crate::{catalog::sources, channel::Channel, choice, stopping::Stop};
use askama::Template;
use web::{Answer, Path, Visit};

#[derive(Template)]
#[template(path = "notifications/stop.html")]
struct StopPage {
    page: ui::Page,
    why: &'static str,
    is_done: bool,
}

/// `GET /unsubscribe/{token}`.
pub(super) async fn look(visit: Visit, Path(token): Path<String>) -> Answer {
    let sources = sources(&visit.app)?;
    let stop = Stop::open(&visit.app, &sources, &token)?;
    let why = sources.kind(stop.kind).map_or("", |kind| kind.label);
    web::html(&StopPage { page: visit.page("Stop this mail"), why, is_done: false })
}

/// `POST /unsubscribe/{token}`: twice is harmless.
pub(super) async fn stop(visit: Visit, Path(token): Path<String>) -> Answer {
    let sources = sources(&visit.app)?;
    let stop = Stop::open(&visit.app, &sources, &token)?;
    let why = sources.kind(stop.kind).map_or("", |kind| kind.label);
    let mut tx = visit.app.db.write().await?;
    choice::switch_off(&mut tx, stop.person, stop.kind, Channel::Mail).await?;
    tx.commit().await?;
    web::html(&StopPage { page: visit.page("Mail stopped"), why, is_done: true })
}
