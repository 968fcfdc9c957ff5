//! What the program keeps of the search while it runs.

use crate::{
    log::Log,
    schema,
    store::Index,
    synonyms::Synonyms,
    tuning::{Pins, Tuning},
    view::broken,
};
use arc_swap::{ArcSwap, ArcSwapOption};
use db::Conn;
use kernel::{Coming, Fault, Result, Searchable};
use std::{
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex,
        atomic::{AtomicI64, Ordering},
    },
};
use uuid::Uuid;
use web::App;

/// Gives the text within a file, if there is any.
pub type TextOf = for<'a> fn(&'a App, Uuid) -> Coming<'a, Option<String>>;

/// What the roof hands over: what can be found, and what gives the texts of files.
#[derive(Clone, Copy)]
pub struct Sources {
    /// Kinds of things, in the order of the tabs.
    pub kinds: &'static [Searchable],
    /// The text within a file.
    pub text_of: TextOf,
}

/// How the index is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Health {
    /// It follows the journal.
    Well,
    /// It is built anew; what is there already is found.
    Building,
    /// It can't be written, and why; what was there before is found.
    Stuck(String),
}

/// The search of this node, among the states of `App`.
pub struct Search {
    pub(crate) home: PathBuf,
    pub(crate) sources: Sources,
    live: ArcSwapOption<Index>,
    health: Mutex<Health>,
    seen: AtomicI64,
    synonyms: ArcSwap<Synonyms>,
    pins: ArcSwap<Pins>,
    /// What was searched for.
    pub(crate) log: Log,
}

impl Search {
    /// Opens the index in `search/` of a data folder for reading, if it is there and whole. [`crate::follow`] keeps it.
    pub fn open(data: &Path, sources: Sources) -> Self {
        let home = data.join("search");
        let live = ArcSwapOption::from(Index::current(&home));
        Self {
            home,
            sources,
            live,
            health: Mutex::new(Health::Building),
            seen: AtomicI64::new(-1),
            synonyms: ArcSwap::default(),
            pins: ArcSwap::default(),
            log: Log::default(),
        }
    }

    /// The search among the states.
    pub fn of(app: &App) -> Result<Arc<Self>> {
        app.state().ok_or_else(|| Fault::Broken("the roof named nothing that can be found".to_owned()))
    }

    /// The index that answers now.
    pub(crate) fn index(&self) -> Option<Arc<Index>> {
        self.live.load_full()
    }

    pub(crate) fn answer_with(&self, index: Option<Arc<Index>>) {
        self.live.store(index);
    }

    /// What staff wrote down, as it is now.
    pub(crate) async fn tune(&self, conn: &mut Conn) -> Result<()> {
        let tuning = Tuning::current(conn).await?;
        self.synonyms.store(Arc::new(tuning.meanings()));
        self.pins.store(Arc::new(tuning.firsts(conn, self).await?));
        Ok(())
    }

    /// The thing at a path of this site: the place of its kind, and its id.
    pub(crate) async fn at(&self, conn: &mut Conn, path: &str) -> Result<Option<(usize, Uuid)>> {
        for (place, kind) in self.sources.kinds.iter().enumerate() {
            if let Some(id) = (kind.at)(conn, path).await? {
                return Ok(Some((place, id)));
            }
        }
        Ok(None)
    }

    /// What comes first for a query, as terms of the index.
    pub(crate) fn firsts(&self, key: &str) -> Vec<String> {
        let pins = self.pins.load();
        let of = |(place, id): &(usize, Uuid)| self.sources.kinds.get(*place).map(|kind| schema::key(kind.kind, *id));
        pins.get(key).into_iter().flatten().filter_map(of).collect()
    }

    pub(crate) fn synonyms(&self) -> Arc<Synonyms> {
        self.synonyms.load_full()
    }

    /// How the index is.
    pub fn health(&self) -> Health {
        self.health.lock().map_or_else(|_| Health::Stuck("a thread broke".to_owned()), |health| health.clone())
    }

    pub(crate) fn is_now(&self, health: Health) {
        if let Ok(mut known) = self.health.lock() {
            *known = health;
        }
    }

    /// All of the journal up to this place can be found; -1 while the index is not whole.
    pub fn seen(&self) -> i64 {
        self.seen.load(Ordering::Acquire)
    }

    pub(crate) fn has_seen(&self, seq: i64) {
        self.seen.store(seq, Ordering::Release);
    }

    pub(crate) fn kinds(&self) -> String {
        self.sources.kinds.iter().map(|source| source.kind).collect::<Vec<_>>().join(",")
    }

    /// A kind by its place.
    pub(crate) fn kind(&self, place: u64) -> Result<&'static Searchable> {
        usize::try_from(place).ok().and_then(|place| self.sources.kinds.get(place)).ok_or_else(|| broken("an entry of no kind"))
    }
}
