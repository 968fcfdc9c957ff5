//! Suggestions beside the request form: this room's own filler, and the count of what was opened.

use super::place::request_row;
use crate::{
    Category,
    suggestion::{self, Open},
    views,
};
use db::Id;
use kernel::Fault;
use ui::{Panel, PanelPlace};
use web::{Answer, Asked, Bucket, Fields, Form, Input, Path, Visit};

/// This room's own panel beside the form.
pub(crate) const PANEL: Panel = Panel { place: PanelPlace::RequestForm, name: "own-requests", label: "Your open requests", path: "/requests/suggestions" };

pub(super) struct Typed {
    q: String,
}

impl Form for Typed {
    fn read(fields: &mut Fields) -> Self {
        fields.has("category");
        Self { q: fields.optional_text("q", 500).unwrap_or_default() }
    }
}

/// `GET /requests/suggestions?q=&category=`: the signed-in customer's own open requests that are about the same. Anyone; for
/// a stranger there is nothing.
pub(super) async fn own(visit: Visit, Asked(typed): Asked<Typed>) -> Answer {
    let actor = &visit.actor;
    let mut rows = Vec::new();
    if actor.is_signed_in() && !typed.q.is_empty() {
        visit.app.limits.check(Bucket::Search, &visit.counted_as())?;
        let found = suggestion::own(&mut visit.app.db.read().await?, actor, &typed.q).await?;
        rows = found
            .iter()
            .map(|row| request_row(actor, row))
            .map(|row| views::RequestRow { href: row.href.replace("/desk/tickets/", "/requests/"), ..row })
            .collect();
    }
    web::html(&views::Suggestions { page: visit.page("Your open requests"), rows, q: typed.q })
}

pub(super) struct Opened {
    id: Option<Id<Open>>,
    href: String,
    category: Option<Category>,
}

impl Form for Opened {
    fn read(fields: &mut Fields) -> Self {
        let (id, href) = (fields.id("id"), fields.text("href", 500));
        if id.is_none() {
            fields.errors.add("id", "This is needed.");
        }
        if !suggestion::is_own_path(&href) {
            fields.errors.add("href", "Must be a path of this site.");
        }
        Self { id, href, category: fields.word("category", Category::WORDS) }
    }
}

/// `POST /requests/suggestions/{panel}`: somebody opened a suggestion of that panel while writing. Anyone.
pub(super) async fn opened(visit: Visit, Path(panel): Path<String>, input: Input<Opened>) -> Answer {
    visit.app.limits.check(Bucket::Post, &visit.counted_as())?;
    let known = visit.app.panels.iter().find(|known| known.place == PanelPlace::RequestForm && known.name == panel).ok_or(Fault::Missing)?;
    let opened = input.take()?;
    let mut tx = visit.app.db.write().await?;
    suggestion::opened(&mut tx, &visit.actor, opened.id.ok_or(Fault::Missing)?, known.name, &opened.href, opened.category).await?;
    tx.commit().await?;
    web::no_content()
}
