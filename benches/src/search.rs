//! `search`: how well the search finds and how fast. Judged queries on a collection, by nDCG@10, beside SQLite's FTS5 with
//! its bm25 tuned on the same documents; what one slip of the fingers costs; and times over 100,000 articles while somebody
//! writes.

mod bring;
mod collection;
mod fts;
mod judge;
mod load;
mod tickets;

use crate::{Outcome, report::line};
use collection::Collection;
use std::path::Path;

/// Where the collection is, from the project's folder.
const PLACE: &str = "benches/relevance";

/// A folder of so many pages, brought in.
pub(crate) async fn import(words: &[&str]) -> Outcome<()> {
    let pages = words.iter().find_map(|word| word.parse().ok()).unwrap_or(10_000);
    bring::measure(&Collection::read(Path::new(PLACE))?, pages).await
}

/// Speed over so many tickets.
pub(crate) async fn tickets(words: &[&str]) -> Outcome<()> {
    let tickets = words.iter().find_map(|word| word.parse().ok()).unwrap_or(500_000);
    line(&format!("{tickets} tickets of six messages made of the words of the collection"));
    tickets::measure(&Collection::read(Path::new(PLACE))?, tickets).await
}

/// Relevance, then speed over so many articles; none: relevance alone.
pub(crate) async fn all(words: &[&str]) -> Outcome<()> {
    let articles = words.iter().find_map(|word| word.parse().ok()).unwrap_or(100_000);
    let place = words.iter().find(|word| word.contains('/')).copied().unwrap_or(PLACE);
    let collection = Collection::read(Path::new(place))?;
    line(&format!("Relevance: {} documents, {} queries from {place}", collection.documents.len(), collection.queries.len()));
    judge::compare(&collection).await?;
    if articles > 0 {
        line(&format!("\nSpeed: {articles} articles made of the words of the collection"));
        load::measure(&collection, articles).await?;
    }
    Ok(())
}
