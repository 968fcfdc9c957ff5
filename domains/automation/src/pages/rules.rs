//! The list of rules, in their order.

use super::{id, said};
use crate::{Catalog, KIND, Rule, RuleId};
use accounts::admin;
use askama::Template;
use kernel::{Fault, FieldErrors, Result};
use web::{Answer, Fields, Flash, Form, Input, Path, Visit};

struct Item {
    rule: Rule,
    when: String,
    is_first: bool,
    is_last: bool,
}

#[derive(Template)]
#[template(path = "automation/rules.html")]
struct Rules {
    page: ui::Page,
    rules: Vec<Item>,
}

/// `GET /admin/automations`.
pub(super) async fn list(visit: Visit) -> Answer {
    admin(&visit)?;
    let mut conn = visit.app.db.read().await?;
    let (rules, catalog) = (Rule::all(&mut conn).await?, Catalog::of(&mut conn, &visit.app.domains, KIND).await?);
    let last = rules.len().saturating_sub(1);
    let item = |(at, rule): (usize, Rule)| {
        let json = rule.json();
        let labels: Vec<&str> =
            json["when"].as_array().into_iter().flatten().filter_map(|kind| catalog.event(kind.as_str()?).map(|event| event.label)).collect();
        let when = if json["when"] == "time" { "As time passes".to_owned() } else { format!("When {}", labels.join(", ")) };
        Item { when, is_first: at == 0, is_last: at == last, rule }
    };
    web::html(&Rules { page: visit.page("Automations"), rules: rules.into_iter().enumerate().map(item).collect() })
}

pub(super) struct On(bool);

impl Form for On {
    fn read(fields: &mut Fields) -> Self {
        Self(fields.boolean("on"))
    }
}

/// `POST /admin/automations/{id}/switch`.
pub(super) async fn switch(visit: Visit, Path(rule): Path<String>, input: Input<On>) -> Answer {
    let (actor, rule) = (admin(&visit)?, id::<Rule>(&rule)?);
    let On(is_on) = input.take()?;
    let done = async {
        let mut tx = visit.app.db.write().await?;
        let catalog = Catalog::of(&mut tx, &visit.app.domains, KIND).await?;
        Rule::get(&mut tx, rule).await?.switch(&mut tx, actor, is_on, &catalog).await?;
        Ok(tx.commit().await?)
    };
    match done.await {
        Ok(()) => said(&visit, "/admin/automations", if is_on { "Rule switched on." } else { "Rule switched off." }),
        Err(Fault::Invalid(errors)) => refused(&visit, rule, errors),
        Err(fault) => Err(fault.into()),
    }
}

/// Not before it is mended: to the editor, with the reason.
fn refused(visit: &Visit, rule: RuleId, errors: FieldErrors) -> Answer {
    let words = errors.0.into_iter().map(|(_, words)| words).collect::<Vec<_>>().join(" ");
    let flash = Flash { kind: "bad", text: format!("It can’t be switched on. {words}"), undo: None };
    Ok(visit.flash(web::see_other(&format!("/admin/automations/{rule}"))?, &flash))
}

pub(super) struct Way(bool);

impl Form for Way {
    fn read(fields: &mut Fields) -> Self {
        let way = fields.text("to", 10);
        if !matches!(way.as_str(), "" | "up" | "down") {
            fields.errors.add("to", "Must be up or down.");
        }
        Self(way == "up")
    }
}

/// `POST /admin/automations/{id}/move`.
pub(super) async fn shift(visit: Visit, Path(rule): Path<String>, input: Input<Way>) -> Answer {
    let (actor, rule, Way(is_up)) = (admin(&visit)?, id(&rule)?, input.take()?);
    let mut tx = visit.app.db.write().await?;
    Rule::get(&mut tx, rule).await?.shift(&mut tx, actor, is_up).await?;
    tx.commit().await?;
    said(&visit, "/admin/automations", "Order changed.")
}

/// `POST /admin/automations/{id}/remove`.
pub(super) async fn remove(visit: Visit, Path(rule): Path<String>) -> Answer {
    let (actor, rule) = (admin(&visit)?, id(&rule)?);
    let name = take_away(&visit, actor, rule).await?;
    said(&visit, "/admin/automations", format!("“{name}” removed."))
}

async fn take_away(visit: &Visit, actor: &kernel::Actor, rule: RuleId) -> Result<String> {
    let mut tx = visit.app.db.write().await?;
    let rule = Rule::get(&mut tx, rule).await?;
    rule.remove(&mut tx, actor).await?;
    tx.commit().await?;
    Ok(rule.name)
}
