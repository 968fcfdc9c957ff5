//! What was read of segments and is kept. A segment never changes, so it is right for ever.

use crate::{bits::Bits, columns::Columns};
use kernel::Result;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};
use tantivy::{SegmentReader, index::SegmentId};

/// The most bytes of kept sets, and of kept columns.
const KEPT: usize = 128 * 1024 * 1024;

/// Sets of entries by term of their audience, and columns.
#[derive(Default)]
pub struct Kept {
    sets: Shelf<(SegmentId, String), Bits>,
    columns: Shelf<SegmentId, Columns>,
}

impl Kept {
    /// The set of a segment's entries with a term.
    pub fn set(&self, segment: &SegmentReader, term: &str, make: impl FnOnce() -> Result<Bits>) -> Result<Arc<Bits>> {
        self.sets.take((segment.segment_id(), term.to_owned()), Bits::size, make)
    }

    /// The columns of a segment.
    pub fn columns(&self, segment: &SegmentReader) -> Result<Arc<Columns>> {
        self.columns.take(segment.segment_id(), Columns::size, || Columns::of(segment))
    }
}

/// Things that are made once; all of them go when they take too much.
struct Shelf<K, V>(Mutex<(usize, HashMap<K, Arc<V>>)>);

impl<K, V> Default for Shelf<K, V> {
    fn default() -> Self {
        Self(Mutex::new((0, HashMap::new())))
    }
}

impl<K: std::hash::Hash + Eq, V> Shelf<K, V> {
    fn take(&self, key: K, size: impl Fn(&V) -> usize, make: impl FnOnce() -> Result<V>) -> Result<Arc<V>> {
        if let Some(kept) = self.0.lock().ok().and_then(|shelf| shelf.1.get(&key).cloned()) {
            return Ok(kept);
        }
        let made = Arc::new(make()?);
        if let Ok(mut shelf) = self.0.lock() {
            if shelf.0 > KEPT {
                *shelf = (0, HashMap::new());
            }
            shelf.0 += size(&made);
            shelf.1.insert(key, Arc::clone(&made));
        }
        Ok(made)
    }
}
