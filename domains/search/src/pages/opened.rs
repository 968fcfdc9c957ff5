//! A hit was opened: the log counts it, without who did it.

use crate::state::Search;
use kernel::Fault;
use web::{Answer, Bucket, Path, Visit};

/// `POST /search/opened/{id}`: anyone; the id is that of a search.
pub(super) async fn opened(visit: Visit, Path(id): Path<String>) -> Answer {
    visit.app.limits.check(Bucket::Post, &visit.counted_as())?;
    let id = id.parse().map_err(|_| Fault::Missing)?;
    Search::of(&visit.app)?.log.opened(&visit.app.db, id).await?;
    web::no_content()
}
