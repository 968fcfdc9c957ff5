//! What the command palette finds on the server.

use crate::list::Filter;
use web::{Answer, Asked, Bucket, Fields, Form, Visit};

pub(super) struct Words {
    q: String,
}

impl Form for Words {
    fn read(fields: &mut Fields) -> Self {
        Self { q: fields.optional_text("q", 100).unwrap_or_default() }
    }
}

/// `GET /desk/palette?q=`: tickets by number or subject, as JSON. Staff.
pub(super) async fn palette(visit: Visit, Asked(words): Asked<Words>) -> Answer {
    let actor = visit.staff()?;
    visit.app.limits.check(Bucket::Search, &visit.counted_as())?;
    let mut found = Vec::new();
    if !words.q.is_empty() {
        let filter = Filter { q: Some(words.q), limit: 8, ..Filter::default() };
        found = filter.page(&mut visit.app.db.read().await?, actor).await?.rows;
    }
    let items: Vec<_> = found.iter().map(|row| serde_json::json!({
        "group": "Tickets", "label": format!("#{} {}", row.ticket.number, row.ticket.title), "hint": row.ticket.requester_name, "href": format!("/desk/tickets/{}", row.ticket.id)
    })).collect();
    web::json(&items)
}
