//! `/profile/availability`: staff. Whether rules give one new work.

use super::{in_browser, said};
use crate::Availability;
use askama::Template;
use kernel::{Actor, Fault, Result};
use web::{Answer, Fields, Form, Input, Routes, Visit};

pub(crate) fn routes() -> Routes {
    Routes::new().get("/profile/availability", look).post("/profile/availability", change)
}

#[derive(Template)]
#[template(path = "profile/availability.html")]
struct OwnAvailability {
    page: ui::Page,
    mine: Availability,
    is_supervisor: bool,
}

fn staff(visit: &Visit) -> Result<&Actor> {
    in_browser(visit)?;
    visit.staff()
}

async fn mine(visit: &Visit, actor: &Actor) -> Result<Availability> {
    Availability::get(&mut visit.app.db.read().await?, actor.person.ok_or(Fault::SignIn)?).await
}

/// `GET /profile/availability`.
async fn look(visit: Visit) -> Answer {
    let actor = staff(&visit)?;
    web::html(&OwnAvailability { page: visit.page("Availability"), mine: mine(&visit, actor).await?, is_supervisor: actor.is_supervisor() })
}

struct Wish(bool);

impl Form for Wish {
    fn read(fields: &mut Fields) -> Self {
        Self(fields.boolean("available"))
    }
}

/// `POST /profile/availability`.
async fn change(visit: Visit, input: Input<Wish>) -> Answer {
    let actor = staff(&visit)?;
    let Wish(is_available) = input.take()?;
    let mine = mine(&visit, actor).await?;
    let mut tx = visit.app.db.write().await?;
    mine.set_available(&mut tx, actor, is_available).await?;
    tx.commit().await?;
    said(&visit, "/profile/availability", if is_available { "You take new tickets." } else { "You take no new tickets." })
}
