//! What the words of a list find: subjects, messages, notes and files, as far as whoever asks may read them.

use crate::list::Filter;
use db::{Query, Timestamp};
use kernel::{Actor, Finder, Result, Sought};
use std::time::Duration;
use uuid::Uuid;
use web::App;

/// So many are found at once. A list that is cut so is no base for work on all that match.
pub const FOUND: usize = 1_000;
/// The index may be so far behind.
const BEHIND: Duration = Duration::from_secs(10);

/// Tickets in which all words are.
#[derive(Clone, Debug)]
pub struct Matches {
    ids: Vec<Uuid>,
    /// What changed since then is looked at itself.
    since: Timestamp,
}

impl Filter {
    /// Asks the search for the words, if there are any. While there is no whole index, subjects alone are looked through.
    pub async fn find(&mut self, app: &App, actor: &Actor) -> Result<()> {
        if let (Some(q), Some(finder), false) = (&self.q, app.state::<Finder>(), self.is_number()) {
            let sought = Sought { kind: "ticket", text: q.clone(), limit: FOUND, is_narrow: true };
            let ids = (finder.0)(actor.clone(), sought).await?;
            self.found = ids.map(|ids| Matches { ids, since: app.db.clock().now().minus(BEHIND) });
        }
        Ok(())
    }

    /// More may match than the list has.
    pub fn is_cut(&self) -> bool {
        self.found.as_ref().is_some_and(|found| found.ids.len() >= FOUND)
    }

    /// True when the text is the number of a ticket.
    pub(crate) fn is_number(&self) -> bool {
        self.number().is_some()
    }

    fn number(&self) -> Option<i64> {
        self.q.as_deref().and_then(|text| text.trim().trim_start_matches('#').parse().ok())
    }

    /// Narrows a list to what its words find.
    pub(crate) fn narrow_words(&self, query: &mut Query) {
        let Some(text) = &self.q else { return };
        match (self.number(), &self.found) {
            (Some(number), _) => drop(query.push(" AND t.number = ").bind(number)),
            (None, None) => drop(query.push(" AND t.folded").like(text)),
            (None, Some(found)) => {
                query
                    .push(" AND t.id IN (SELECT r.id FROM tickets r WHERE r.trashed_at IS NULL AND r.updated_at > ")
                    .bind(found.since)
                    .push(" AND r.folded")
                    .like(text);
                query.push(" UNION ALL SELECT f.id FROM tickets f WHERE f.id IN ").list(found.ids.iter().copied()).push(")");
            }
        }
    }
}
