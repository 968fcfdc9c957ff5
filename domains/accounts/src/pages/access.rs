//! `POST /access`: whoever is signed in asks the admins for a place; the button stands on the page that refused it.

use super::in_browser;
use crate::access::Place;
use web::{Answer, Bucket, Fields, Flash, Form, Input, Routes, Visit};

pub(crate) fn routes() -> Routes {
    Routes::new().post("/access", ask)
}

struct Wanted(Place);

impl Form for Wanted {
    fn read(fields: &mut Fields) -> Self {
        Self(fields.word("place", Place::WORDS).unwrap_or(Place::Desk))
    }
}

/// `POST /access`: tells the admins by mail, once a day and person.
async fn ask(visit: Visit, input: Input<Wanted>) -> Answer {
    let actor = in_browser(&visit)?;
    let Wanted(place) = input.take()?;
    if place.is_open_to(actor) {
        return web::see_other(place.href());
    }
    visit.app.limits.check(Bucket::Mail, &visit.address.to_string())?;
    visit.app.limits.check(Bucket::Mail, &visit.counted_as())?;
    let mut tx = visit.app.db.write().await?;
    let is_told = place.ask(&mut tx, actor, &visit.app.config.public_url).await?;
    tx.commit().await?;
    let (kind, text) = if is_told {
        ("good", "The admins are told that you ask. You may go on once they change your role.")
    } else {
        ("info", "You asked within the last day already. The admins were told then.")
    };
    Ok(visit.flash(web::see_other("/")?, &Flash { kind, text: text.to_owned(), undo: None }))
}
