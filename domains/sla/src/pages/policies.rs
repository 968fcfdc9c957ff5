//! `/admin/sla`: admins. Policies in their order, and the editor.

use super::{
    editor::Editor,
    id,
    policy_form::{Typed, Wish, taken},
    said,
};
use crate::{Conditions, Policy, Rules, SavedCalendar, WARN_PERCENT, trial};
use accounts::{admin, again};
use askama::Template;
use db::Conn;
use kernel::{Fault, Result};
use ui::Errors;
use web::{Answer, Fields, Flash, Form, Input, Path, Routes, Visit};

pub(super) fn routes() -> Routes {
    Routes::new()
        .get("/admin/sla", list)
        .post("/admin/sla", add)
        .get("/admin/sla/new", blank)
        .post("/admin/sla/trial", try_out)
        .get("/admin/sla/{id}", look)
        .post("/admin/sla/{id}", change)
        .post("/admin/sla/{id}/move", shift)
        .post("/admin/sla/{id}/remove", remove)
        .post("/admin/sla/{id}/restore", restore)
}

struct Line {
    id: String,
    name: String,
    is_active: bool,
    /// "Priority, team".
    about: String,
    calendar: String,
    tickets: i64,
}

#[derive(Template)]
#[template(path = "sla/policies.html")]
struct Policies {
    page: ui::Page,
    lines: Vec<Line>,
}

/// `GET /admin/sla`.
async fn list(visit: Visit) -> Answer {
    admin(&visit)?;
    let mut conn = visit.app.db.read().await?;
    let calendars = SavedCalendar::all(&mut conn).await?;
    let counts = crate::policies::counts(&mut conn).await?;
    let mut lines = Vec::new();
    for policy in Policy::all(&mut conn).await? {
        let calendar = policy.calendar_id.and_then(|id| calendars.iter().find(|calendar| calendar.id == id));
        lines.push(Line {
            about: about(&policy.rules()?.conditions),
            calendar: calendar.map_or_else(|| "24/7".to_owned(), |calendar| calendar.name.clone()),
            tickets: counts.iter().find(|(id, _)| *id == policy.id).map_or(0, |(_, count)| *count),
            id: policy.id.to_string(),
            name: policy.name,
            is_active: policy.is_active,
        });
    }
    web::html(&Policies { page: visit.page("SLA policies"), lines })
}

/// What a policy looks at, in words.
fn about(conditions: &Conditions) -> String {
    let named = [
        ("priority", conditions.priority.is_empty()),
        ("category", conditions.category.is_empty()),
        ("channel", conditions.channel.is_empty()),
        ("team", conditions.team.is_empty()),
        ("organization", conditions.organization.is_empty()),
        ("tags", conditions.tags.is_empty()),
    ];
    let words: Vec<&str> = named.iter().filter(|(_, is_empty)| !is_empty).map(|(word, _)| *word).collect();
    if words.is_empty() { "Every ticket".to_owned() } else { format!("By {}", words.join(", ")) }
}

/// `GET /admin/sla/new`.
async fn blank(visit: Visit) -> Answer {
    admin(&visit)?;
    let mut conn = visit.app.db.read().await?;
    let calendar = SavedCalendar::all(&mut conn).await?.first().map(|calendar| calendar.id.to_string());
    let pauses = vec!["PENDING".to_owned(), "ON_HOLD".to_owned()];
    let rules = Rules { conditions: Conditions::default(), targets: [[None; 4]; 7], pauses, always: [false; 4], warn_percent: WARN_PERCENT, calendar: None };
    let typed = Typed::kept("", false, conn.now(), calendar, &rules);
    web::html(&Editor::of(&visit, &mut conn, None, typed).await?)
}

/// `GET /admin/sla/{id}`.
async fn look(visit: Visit, Path(policy): Path<String>) -> Answer {
    admin(&visit)?;
    let mut conn = visit.app.db.read().await?;
    let policy = Policy::get(&mut conn, id(&policy)?).await?;
    web::html(&kept(&visit, &mut conn, &policy).await?)
}

async fn kept(visit: &Visit, conn: &mut Conn, policy: &Policy) -> Result<Editor> {
    let calendar = policy.calendar_id.map(|id| id.to_string());
    let typed = Typed::kept(&policy.name, policy.is_active, policy.valid_from, calendar, &policy.rules()?);
    Editor::of(visit, conn, Some(policy), typed).await
}

/// `POST /admin/sla`.
async fn add(visit: Visit, input: Input<Wish>) -> Answer {
    let actor = admin(&visit)?;
    let (read, fields, ..) = input.open();
    let added = async {
        let wish = taken(read)?;
        let mut tx = visit.app.db.write().await?;
        let id = Policy::add(&mut tx, actor, wish.policy).await?;
        tx.commit().await?;
        Ok((id, wish.is_for_earlier))
    };
    match added.await {
        Ok((id, true)) => said(&visit, &format!("/admin/sla/{id}/earlier"), "Policy added. Look what would change before you apply it."),
        Ok((id, false)) => said(&visit, &format!("/admin/sla/{id}"), "Policy added. It counts for tickets to come while it is active."),
        Err(fault) => refused(&visit, fault, None, &fields).await,
    }
}

/// `POST /admin/sla/{id}`.
async fn change(visit: Visit, Path(policy): Path<String>, input: Input<Wish>) -> Answer {
    let actor = admin(&visit)?;
    let policy = Policy::get(&mut visit.app.db.read().await?, id(&policy)?).await?;
    let (read, fields, ..) = input.open();
    let changed = async {
        let wish = taken(read)?;
        let mut tx = visit.app.db.write().await?;
        policy.change(&mut tx, actor, wish.version, wish.policy).await?;
        tx.commit().await?;
        Ok(wish.is_for_earlier)
    };
    match changed.await {
        Ok(true) => said(&visit, &format!("/admin/sla/{}/earlier", policy.id), "Policy saved. Look what would change before you apply it."),
        Ok(false) => said(&visit, &format!("/admin/sla/{}", policy.id), "Policy saved. It counts for tickets to come; others keep what was promised."),
        Err(fault) => refused(&visit, fault, Some(&policy), &fields).await,
    }
}

async fn refused(visit: &Visit, fault: Fault, policy: Option<&Policy>, fields: &Fields) -> Answer {
    let mut conn = visit.app.db.read().await?;
    let editor = Editor::of(visit, &mut conn, policy, Typed::again(fields)).await?;
    let version = fields.typed("version").parse().unwrap_or(0);
    again(fault, |errors| Editor { errors, version, ..editor })
}

/// `POST /admin/sla/trial`: what stands in the form, tried on the last 90 days. Nothing is saved.
async fn try_out(visit: Visit, input: Input<Wish>) -> Answer {
    admin(&visit)?;
    let (read, fields, ..) = input.open();
    let mut conn = visit.app.db.read().await?;
    let wished: Option<db::Id<Policy>> = fields.typed("id").parse().ok();
    let policy = match wished {
        Some(id) => Some(Policy::get(&mut conn, id).await?),
        None => None,
    };
    let wish = match taken(read) {
        Ok(wish) => wish,
        Err(fault) => return refused(&visit, fault, policy.as_ref(), &fields).await,
    };
    let mut rules = wish.policy.rules;
    if let Some(calendar) = wish.policy.calendar {
        match SavedCalendar::get(&mut conn, calendar).await {
            Ok(calendar) => rules.calendar = Some(calendar.calendar()?),
            Err(Fault::Missing) => return refused(&visit, Fault::field("calendar", "There is no such calendar."), policy.as_ref(), &fields).await,
            Err(fault) => return Err(fault.into()),
        }
    }
    let above = above(&mut conn, policy.as_ref()).await?;
    let trial = trial::trial(&mut conn, &rules, &above).await?;
    let editor = Editor::of(&visit, &mut conn, policy.as_ref(), Typed::again(&fields)).await?;
    let version = fields.typed("version").parse().unwrap_or(0);
    web::html(&Editor { trial: Some(trial), version, errors: Errors::new(), ..editor })
}

/// What active policies above this one take first; a new one stands below all.
async fn above(conn: &mut Conn, policy: Option<&Policy>) -> Result<Vec<Conditions>> {
    let all = Policy::all(conn).await?;
    let first = all.into_iter().take_while(|other| policy.is_none_or(|policy| policy.id != other.id));
    first.filter(|other| other.is_active).map(|other| Ok(other.rules()?.conditions)).collect()
}

struct Way(bool);

impl Form for Way {
    fn read(fields: &mut Fields) -> Self {
        let way = fields.text("to", 4);
        if !matches!(way.as_str(), "" | "up" | "down") {
            fields.errors.add("to", "Must be up or down.");
        }
        Self(way == "up")
    }
}

/// `POST /admin/sla/{id}/move`.
async fn shift(visit: Visit, Path(policy): Path<String>, input: Input<Way>) -> Answer {
    let actor = admin(&visit)?;
    let Way(is_up) = input.take()?;
    let mut tx = visit.app.db.write().await?;
    Policy::get(&mut tx, id(&policy)?).await?.shift(&mut tx, actor, is_up).await?;
    tx.commit().await?;
    said(&visit, "/admin/sla", "Order saved. The first that fits from the top counts.")
}

/// `POST /admin/sla/{id}/remove`.
async fn remove(visit: Visit, Path(policy): Path<String>) -> Answer {
    let actor = admin(&visit)?;
    let mut tx = visit.app.db.write().await?;
    let policy = Policy::get(&mut tx, id(&policy)?).await?;
    policy.remove(&mut tx, actor).await?;
    tx.commit().await?;
    let undo = Some((format!("/admin/sla/{}/restore", policy.id), "Undo".to_owned()));
    let text = "Policy removed. Tickets that have it keep what was promised.".to_owned();
    Ok(visit.flash(web::see_other("/admin/sla")?, &Flash { kind: "good", text, undo }))
}

/// `POST /admin/sla/{id}/restore`: takes a removal back.
async fn restore(visit: Visit, Path(policy): Path<String>) -> Answer {
    let actor = admin(&visit)?;
    let mut tx = visit.app.db.write().await?;
    Policy::restore(&mut tx, actor, id(&policy)?).await?;
    tx.commit().await?;
    said(&visit, "/admin/sla", "Policy is back. The first that fits from the top counts.")
}
