//! Why rules did or did not fire, of one rule and of one thing; and what a rule would have done.

use super::{Tried, id};
use crate::{Catalog, KIND, Rule, Trace, policy, told, told::Moment};
use accounts::admin;
use askama::Template;
use db::Id;
use kernel::Fault;
use web::{Answer, Asked, Fields, Form, Path, Visit};

/// Rows of one page.
pub(crate) const PAGE: usize = 50;

pub(super) struct After(Option<Id<Trace>>);

impl Form for After {
    fn read(fields: &mut Fields) -> Self {
        Self(fields.id("before"))
    }
}

#[derive(Template)]
#[template(path = "automation/rule_trace.html")]
struct RuleTrace {
    page: ui::Page,
    rule: Rule,
    moments: Vec<Moment>,
    next: Option<Id<Trace>>,
}

#[derive(Template)]
#[template(path = "automation/ticket_trace.html")]
struct TicketTrace {
    page: ui::Page,
    label: String,
    href: String,
    moments: Vec<Moment>,
    next: Option<Id<Trace>>,
    is_admin: bool,
}

/// `GET /admin/automations/{id}/trace?before=`.
pub(super) async fn of_rule(visit: Visit, Path(rule): Path<String>, Asked(After(before)): Asked<After>) -> Answer {
    admin(&visit)?;
    let mut conn = visit.app.db.read().await?;
    let rule = Rule::get(&mut conn, id(&rule)?).await?;
    let (traces, next) = Trace::page_of_rule(&mut conn, &rule, before, PAGE).await?;
    let catalog = Catalog::of(&mut conn, &visit.app.domains, KIND).await?;
    let moments = told::of_rule(&mut conn, &catalog, rule.id, &traces).await?;
    web::html(&RuleTrace { page: visit.page(format!("Trace of {}", rule.name)), rule, moments, next })
}

/// `GET /desk/tickets/{id}/rules?before=`: staff who may see it.
pub(super) async fn of_ticket(visit: Visit, Path(ticket): Path<String>, Asked(After(before)): Asked<After>) -> Answer {
    let actor = visit.staff()?;
    let ticket = id::<Trace>(&ticket)?.uuid();
    let mut conn = visit.app.db.read().await?;
    let domain = visit.app.domain(KIND).ok_or(Fault::Missing)?;
    if !(domain.may_see)(&mut conn, actor, ticket).await? {
        return Err(Fault::Missing.into());
    }
    let (traces, next) = Trace::page_of_subject(&mut conn, ticket, before, PAGE).await?;
    let catalog = Catalog::of(&mut conn, &visit.app.domains, KIND).await?;
    let moments = told::tell(&mut conn, &catalog, &traces).await?;
    let thing = catalog.things(&mut conn, &[ticket], &[]).await?.pop();
    let (label, href) = thing.map_or_else(|| (catalog.offer.one.to_owned(), format!("/desk/tickets/{ticket}")), |thing| (thing.label, thing.href));
    let page = visit.page(format!("Rules at {label}")).listening([format!("{KIND}:{ticket}")]);
    web::html(&TicketTrace { page, label, href, moments, next, is_admin: policy::may(actor, policy::Action::KeepRules) })
}

#[derive(Template)]
#[template(path = "automation/dry_run.html")]
struct DryRunPage {
    page: ui::Page,
    rule: Rule,
    tried: Tried,
}

/// `GET /admin/automations/{id}/dry-run`: reads only.
pub(super) async fn dry(visit: Visit, Path(rule): Path<String>) -> Answer {
    admin(&visit)?;
    let mut conn = visit.app.db.read().await?;
    let rule = Rule::get(&mut conn, id(&rule)?).await?;
    let catalog = Catalog::of(&mut conn, &visit.app.domains, KIND).await?;
    let tried = Tried::of(&mut conn, &catalog, &rule.json()).await?;
    web::html(&DryRunPage { page: visit.page(format!("Dry run of {}", rule.name)), rule, tried })
}
