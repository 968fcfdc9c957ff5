//! `/admin/sla/{id}/earlier`: admins. How many tickets that came before would get a policy, and the work on them.

use super::id;
use crate::{
    Policy,
    backfill::{self, Backfill},
};
use accounts::admin;
use askama::Template;
use web::{Answer, Fields, Form, Input, Path, Routes, Visit};

pub(super) fn routes() -> Routes {
    Routes::new().get("/admin/sla/{id}/earlier", look).post("/admin/sla/{id}/earlier", apply)
}

#[derive(Template)]
#[template(path = "sla/earlier.html")]
struct Earlier {
    page: ui::Page,
    policy: Policy,
    /// How many would change; none while that is being done, or the policy is off.
    count: Option<usize>,
    last: Option<Backfill>,
}

/// `GET /admin/sla/{id}/earlier`.
async fn look(visit: Visit, Path(policy): Path<String>) -> Answer {
    admin(&visit)?;
    let mut conn = visit.app.db.read().await?;
    let policy = Policy::get(&mut conn, id(&policy)?).await?;
    let last = Backfill::last(&mut conn, policy.id).await?;
    let working = last.as_ref().filter(|last| last.is_at_work());
    let mut page = visit.page("Tickets that came before");
    page.live = working.iter().map(|last| format!("{}:{}", backfill::KIND, last.id)).collect();
    let count = if policy.is_active && working.is_none() { Some(backfill::count(&mut conn, &policy).await?) } else { None };
    web::html(&Earlier { page, policy, count, last })
}

struct Seen(i64);

impl Form for Seen {
    fn read(fields: &mut Fields) -> Self {
        Self(fields.needed_integer("version", 0..=i64::MAX))
    }
}

/// `POST /admin/sla/{id}/earlier`.
async fn apply(visit: Visit, Path(policy): Path<String>, input: Input<Seen>) -> Answer {
    let actor = admin(&visit)?;
    let Seen(version) = input.take()?;
    let mut tx = visit.app.db.write().await?;
    let policy = Policy::get(&mut tx, id(&policy)?).await?;
    Backfill::begin(&mut tx, actor, &policy, version).await?;
    tx.commit().await?;
    web::see_other(&format!("/admin/sla/{}/earlier", policy.id))
}
