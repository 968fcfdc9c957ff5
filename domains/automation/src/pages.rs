//! `/admin/automations`: admins. Rules in their order, an editor that needs no script, dry runs and traces. `/admin/assignment`:
//! supervisors. `/desk/tickets/{id}/rules`: staff who may see the ticket.

mod assignment;
mod editor;
mod form;
mod rules;
pub(crate) mod traces;

use crate::{
    Catalog, Definition, DryRun,
    dry_run::{Deed, deeds, dry_run},
    policy,
};
use db::{Conn, Id};
use kernel::{Actor, Fault, Result};
use serde_json::Value;
use std::str::FromStr;
use ui::{NavItem, Place};
use web::{Answer, Flash, Routes, Visit};

pub(crate) fn nav() -> Vec<NavItem> {
    let item = |label, icon, href| NavItem { place: Place::AdminWork, label, icon, href, staff: true, admin: true };
    vec![item("Assignment", "i-route", "/admin/assignment"), item("Automations", "i-zap", "/admin/automations")]
}

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/admin/automations", rules::list)
        .post("/admin/automations", editor::add)
        .get("/admin/automations/new", editor::blank)
        .get("/admin/automations/{id}", editor::look)
        .post("/admin/automations/{id}", editor::change)
        .post("/admin/automations/{id}/switch", rules::switch)
        .post("/admin/automations/{id}/move", rules::shift)
        .post("/admin/automations/{id}/remove", rules::remove)
        .get("/admin/automations/{id}/dry-run", traces::dry)
        .get("/admin/automations/{id}/trace", traces::of_rule)
        .get("/desk/tickets/{id}/rules", traces::of_ticket)
        .get("/admin/assignment", assignment::look)
        .post("/admin/assignment/teams/{id}", assignment::set_mode)
        .post("/admin/assignment/people/{id}", assignment::set_person)
}

/// What a rule would have done, for pages.
struct Tried {
    /// None when it can't be tried.
    run: Option<DryRun>,
    /// Its steps, as they would be for the first thing found.
    steps: Vec<Deed>,
    /// Why it can't be tried.
    reason: String,
    many: &'static str,
}

impl Tried {
    fn says_something(&self) -> bool {
        self.steps.iter().any(|step| step.says.is_some())
    }

    async fn of(conn: &mut Conn, catalog: &Catalog, json: &Value) -> Result<Self> {
        let (run, reason) = match Definition::read(json, catalog) {
            Ok(definition) => (Some(dry_run(conn, catalog, &definition).await?), String::new()),
            Err(errors) => (None, errors.0.into_iter().map(|(_, words)| words).collect::<Vec<_>>().join(" ")),
        };
        let example = run.as_ref().and_then(|run| run.first.first()).map(|(thing, _)| thing);
        let steps = deeds(conn, catalog, json, example).await?;
        Ok(Self { run, steps, reason, many: catalog.offer.many })
    }
}

/// An id out of an address; what is none names nothing.
fn id<T>(text: &str) -> Result<Id<T>> {
    Id::from_str(text).map_err(|_| Fault::Missing)
}

/// Asks for a supervisor in a browser.
fn supervisor(visit: &Visit) -> Result<&Actor> {
    let actor = visit.staff()?;
    if matches!(actor.who, kernel::Who::Token(_)) {
        return Err(Fault::Forbidden("Tokens are for the API. Sign in to use this page.".to_owned()));
    }
    policy::demand(actor, policy::Action::Assign)?;
    Ok(actor)
}

/// Goes on to another page, which says this.
fn said(visit: &Visit, to: &str, text: impl Into<String>) -> Answer {
    Ok(visit.flash(web::see_other(to)?, &Flash { kind: "good", text: text.into(), undo: None }))
}
