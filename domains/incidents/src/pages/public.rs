//! What customers may know of an incident: its public title, beside the request form while they write about the same.

use super::id;
use crate::Incident;
use askama::Template;
use db::Timestamp;
use kernel::Fault;
use tickets::{TicketId, likeness};
use web::{Answer, Asked, Bucket, Fields, Form, Path, Visit};

/// Shown at once.
const SHOWN: usize = 3;

/// An incident as customers read it.
struct Known {
    id: TicketId,
    title: String,
    at: Timestamp,
}

impl Known {
    fn of(incident: Incident) -> Option<Self> {
        Some(Self { id: incident.ticket_id, title: incident.public_title?, at: incident.opened_at })
    }
}

#[derive(Template)]
#[template(path = "known_incidents.html")]
struct KnownPage {
    page: ui::Page,
    known: Vec<Known>,
}

pub(super) struct Typed(String);

impl Form for Typed {
    fn read(fields: &mut Fields) -> Self {
        fields.has("category");
        Self(fields.optional_text("q", 500).unwrap_or_default())
    }
}

/// `GET /requests/incidents?q=&category=`: those that are about the same. Anyone.
pub(super) async fn known(visit: Visit, Asked(Typed(text)): Asked<Typed>) -> Answer {
    let mut known = Vec::new();
    if !text.is_empty() {
        visit.app.limits.check(Bucket::Search, &visit.counted_as())?;
        let all = Incident::public(&mut visit.app.db.read().await?).await?;
        let mut scored: Vec<(usize, Known)> = all.into_iter().filter_map(Known::of).map(|known| (likeness(&text, &known.title), known)).collect();
        scored.retain(|(shared, _)| *shared > 0);
        scored.sort_by_key(|(shared, _)| std::cmp::Reverse(*shared));
        known = scored.into_iter().take(SHOWN).map(|(_, known)| known).collect();
    }
    web::html(&KnownPage { page: visit.page("What we know of already"), known })
}

#[derive(Template)]
#[template(path = "known_incident.html")]
struct OnePage {
    page: ui::Page,
    known: Known,
}

/// `GET /requests/incidents/{id}`: anyone, while it is public and not settled.
pub(super) async fn one(visit: Visit, Path(one): Path<String>) -> Answer {
    let found = Incident::public_one(&mut visit.app.db.read().await?, id(&one)?).await?;
    let known = found.and_then(Known::of).ok_or(Fault::Missing)?;
    web::html(&OnePage { page: visit.page(known.title.clone()), known })
}
