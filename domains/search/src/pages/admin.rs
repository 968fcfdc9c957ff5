//! `/admin/search`: admins write down what means the same and what comes first; the index tells how it is.

use crate::{
    state::{Health, Search},
    tuning::{LONGEST, Tuning},
};
use accounts::{admin, again};
use askama::Template;
use kernel::{Fault, FieldErrors, Result};
use ui::Errors;
use web::{Answer, Fields, Flash, Form, Input, StatusCode, Visit};

pub(super) struct Wish(Tuning);

impl Form for Wish {
    fn read(fields: &mut Fields) -> Self {
        let text = |fields: &mut Fields, name| fields.optional_text(name, LONGEST).unwrap_or_default();
        Self(Tuning { synonyms: text(fields, "synonyms"), pins: text(fields, "pins"), version: fields.needed_integer("version", 1..=i64::MAX) })
    }
}

#[derive(Template)]
#[template(path = "search/tuning.html")]
struct AdminPage {
    page: ui::Page,
    errors: Errors,
    tuning: Tuning,
    /// What is stored, where somebody else changed it meanwhile.
    stored: Option<Tuning>,
    health: Health,
}

fn shown(visit: &Visit, tuning: Tuning, errors: Errors) -> Result<AdminPage> {
    Ok(AdminPage { page: visit.page("Search"), errors, tuning, stored: None, health: Search::of(&visit.app)?.health() })
}

/// `GET /admin/search`: admins.
pub(super) async fn look(visit: Visit) -> Answer {
    admin(&visit)?;
    let tuning = Tuning::current(&mut visit.app.db.read().await?).await?;
    web::html(&shown(&visit, tuning, Errors::new())?)
}

/// `POST /admin/search`: admins.
pub(super) async fn change(visit: Visit, input: Input<Wish>) -> Answer {
    admin(&visit)?;
    let (read, fields, ..) = input.open();
    let typed = |version: i64| Tuning { synonyms: fields.typed("synonyms"), pins: fields.typed("pins"), version };
    match save(&visit, read).await {
        Ok(()) => {
            let flash = Flash { kind: "good", text: "Saved. Searches follow it now.".to_owned(), undo: None };
            Ok(visit.flash(web::see_other("/admin/search")?, &flash))
        }
        Err(Fault::Stale(_)) => {
            let stored = Tuning::current(&mut visit.app.db.read().await?).await?;
            // sent again it stands, over what is told beside it
            let mut page = shown(&visit, typed(stored.version), Errors::new())?;
            page.stored = Some(stored);
            web::html_with(StatusCode::CONFLICT, &page)
        }
        Err(fault) => {
            let health = Search::of(&visit.app)?.health();
            let version = fields.typed("version").parse().unwrap_or(1);
            again(fault, |errors| AdminPage { page: visit.page("Search"), errors, tuning: typed(version), stored: None, health })
        }
    }
}

async fn save(visit: &Visit, read: std::result::Result<Wish, FieldErrors>) -> Result<()> {
    let Wish(wish) = read?;
    let search = Search::of(&visit.app)?;
    let mut tx = visit.app.db.write().await?;
    Tuning::change(&mut tx, admin(visit)?, &search, &wish).await?;
    tx.commit().await?;
    // this node at once, the others by the journal
    search.tune(&mut visit.app.db.read().await?).await
}
