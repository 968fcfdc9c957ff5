//! `/admin/webhooks`: admins make webhooks, see what became of each delivery, and send one again.

mod editor;
mod list;
mod log;

use crate::{Delivery, State};
use kernel::Result;
use std::time::{Duration, Instant};
use ui::{NavItem, Place};
use web::{Answer, Flash, Routes, Visit};

pub(crate) fn nav() -> Vec<NavItem> {
    vec![NavItem { place: Place::AdminSystem, label: "Webhooks", icon: "i-webhook", href: "/admin/webhooks", staff: true, admin: true }]
}

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/admin/webhooks", list::list)
        .post("/admin/webhooks", editor::add)
        .get("/admin/webhooks/new", editor::blank)
        .get("/admin/webhooks/{id}", editor::look)
        .post("/admin/webhooks/{id}", editor::change)
        .post("/admin/webhooks/{id}/switch", list::switch)
        .post("/admin/webhooks/{id}/remove", list::remove)
        .post("/admin/webhooks/{id}/secret", editor::rotate)
        .post("/admin/webhooks/{id}/test", log::test)
        .get("/admin/webhooks/{id}/deliveries", log::list)
        .get("/admin/webhooks/{id}/deliveries/{delivery}", log::one)
        .post("/admin/webhooks/{id}/deliveries/{delivery}/replay", log::replay)
}

/// Whoever sent something waits so long to see what came of it; later it stands on the page when it is loaded again.
const PATIENCE: Duration = Duration::from_secs(3);

/// Goes on to another page, which says this.
fn said(visit: &Visit, to: &str, kind: &'static str, text: impl Into<String>) -> Answer {
    Ok(visit.flash(web::see_other(to)?, &Flash { kind, text: text.into(), undo: None }))
}

/// Waits until something came of a delivery that waits, within reason.
async fn tried(visit: &Visit, sent: &Delivery) -> Result<Delivery> {
    let begun = Instant::now();
    loop {
        let now = Delivery::get(&mut visit.app.db.read().await?, sent.webhook_id, sent.id).await?;
        if now.state != State::Waiting || now.next_at > sent.next_at || begun.elapsed() > PATIENCE {
            return Ok(now);
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
