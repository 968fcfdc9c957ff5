//! Compares the index with the database, and builds it anew where somebody asks for it.

use crate::{
    build::build,
    schema,
    state::Search,
    store::{self, Index, Lock},
    view::broken,
    writer::on_thread,
};
use kernel::{Result, Searchable};
use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
    time::Duration,
};
use uuid::Uuid;
use web::App;

/// Things of one look.
const LOT: i64 = 400;
/// What was written just now may not be in the index yet: what differs is looked at again after this.
const AGAIN: Duration = Duration::from_secs(2);

/// A thing: the place of its kind, and its id.
type Key = (u64, Uuid);

/// What a comparison found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Compared {
    /// Things in the database that can be found.
    pub things: usize,
    /// Of these, not in the index.
    pub missing: usize,
    /// Of these, in the index as they were before.
    pub stale: usize,
    /// In the index alone.
    pub surplus: usize,
}

impl Compared {
    /// Index and database agree.
    pub fn is_equal(&self) -> bool {
        self.missing + self.stale + self.surplus == 0
    }
}

/// Compares every thing with its entries: their words, who may find them, what narrows them. None without an index.
pub async fn compare(app: &App) -> Result<Option<Compared>> {
    let search = Search::of(app)?;
    let Some(index) = Index::current(&search.home) else { return Ok(None) };
    let (things, differing) = differences(app, &search, &index, None).await?;
    if differing.is_empty() {
        return Ok(Some(Compared { things, ..Compared::default() }));
    }
    tokio::time::sleep(AGAIN).await;
    let index = Index::current(&search.home).unwrap_or(index);
    index.reader.reload().map_err(broken)?;
    let only: HashSet<Key> = differing.into_keys().collect();
    let (_, differing) = differences(app, &search, &index, Some(&only)).await?;
    let of = |wanted: Difference| differing.values().filter(|difference| **difference == wanted).count();
    Ok(Some(Compared { things, missing: of(Difference::Missing), stale: of(Difference::Stale), surplus: of(Difference::Surplus) }))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Difference {
    Missing,
    Stale,
    Surplus,
}

/// How many things there are, and which differ; of `only` these.
async fn differences(app: &App, search: &Search, index: &Arc<Index>, only: Option<&HashSet<Key>>) -> Result<(usize, HashMap<Key, Difference>)> {
    let own = Arc::clone(index);
    let mut known = on_thread(move || prints(&own)).await?;
    if let Some(only) = only {
        known.retain(|key, _| only.contains(key));
    }
    let (mut things, mut differing) = (0, HashMap::new());
    for (place, kind) in (0_u64..).zip(search.sources.kinds) {
        for ids in lots(app, kind, place, only).await? {
            for (id, print) in printed(app, kind, &ids).await? {
                things += 1;
                match known.remove(&(place, id)) {
                    None => drop(differing.insert((place, id), Difference::Missing)),
                    Some(found) if found != print => drop(differing.insert((place, id), Difference::Stale)),
                    Some(_) => {}
                }
            }
        }
    }
    differing.extend(known.into_keys().map(|key| (key, Difference::Surplus)));
    Ok((things, differing))
}

/// The ids of a kind, some at a time.
async fn lots(app: &App, kind: &Searchable, place: u64, only: Option<&HashSet<Key>>) -> Result<Vec<Vec<Uuid>>> {
    if let Some(only) = only {
        return Ok(vec![only.iter().filter(|(of, _)| *of == place).map(|(_, id)| *id).collect()]);
    }
    let (mut lots, mut after) = (Vec::new(), None);
    loop {
        let ids = (kind.walk)(&mut app.db.read().await?, after, LOT).await?;
        let Some(last) = ids.last() else { return Ok(lots) };
        after = Some(*last);
        lots.push(ids);
    }
}

/// What the entries of these things should be.
async fn printed(app: &App, kind: &Searchable, ids: &[Uuid]) -> Result<Vec<(Uuid, u64)>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut things: HashMap<Uuid, Vec<_>> = HashMap::new();
    for document in (kind.documents)(&mut app.db.read().await?, ids).await? {
        things.entry(document.thing).or_default().push(document);
    }
    Ok(things.into_iter().map(|(id, documents)| (id, schema::print(&documents))).collect())
}

/// What the entries of all things are.
fn prints(index: &Index) -> Result<HashMap<Key, u64>> {
    let mut known = HashMap::new();
    let searcher = index.reader.searcher();
    for segment in searcher.segment_readers() {
        let column = |name| segment.fast_fields().u64(name).map_err(broken);
        let (kind, high, low, print) = (column("kind")?, column("id_high")?, column("id_low")?, column("print")?);
        let of = |column: &tantivy::columnar::Column<u64>, entry| column.first(entry).unwrap_or_default();
        for entry in segment.doc_ids_alive() {
            known.insert((of(&kind, entry), Uuid::from_u64_pair(of(&high, entry), of(&low, entry))), of(&print, entry));
        }
    }
    Ok(known)
}

/// Builds the index anew: by itself, or by the program that keeps it, which goes on answering meanwhile.
pub async fn reindex(app: &App) -> Result<()> {
    let search = Search::of(app)?;
    let Some(_lock) = Lock::take(&search.home)? else {
        store::request(&search.home)?;
        while store::is_requested(&search.home) {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        return Ok(());
    };
    let index = Index::make(&search.home)?;
    let writer = Box::pin(build(app.clone(), Arc::clone(&search), index, false)).await?;
    writer.index.become_current(&search.home)?;
    store::answered(&search.home)?;
    writer.end().await
}
