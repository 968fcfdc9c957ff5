//! What was read of segments and is kept. A segment never changes, so it is right for as long as the segment is there.

use crate::{bits::Bits, columns::Columns};
use kernel::Result;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};
use tantivy::{Searcher, SegmentReader, index::SegmentId};

/// The most bytes of kept sets; there may be very many readers.
const KEPT: usize = 24 * 1024 * 1024;

/// By segment, sets of entries by term of their audience, and columns.
#[derive(Default)]
pub struct Kept(Mutex<HashMap<SegmentId, Of>>);

/// What is kept of one segment.
#[derive(Default)]
struct Of {
    sets: HashMap<String, Arc<Bits>>,
    columns: Option<Arc<Columns>>,
}

impl Kept {
    /// The set of a segment's entries with a term.
    pub fn set(&self, segment: &SegmentReader, term: &str, make: impl FnOnce() -> Result<Bits>) -> Result<Arc<Bits>> {
        if let Some(bits) = self.of(segment, |of| of.sets.get(term).cloned()) {
            return Ok(bits);
        }
        let bits = Arc::new(make()?);
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.values().flat_map(|of| of.sets.values()).map(|bits| bits.size()).sum::<usize>() > KEPT {
            kept.values_mut().for_each(|of| of.sets.clear());
        }
        kept.entry(segment.segment_id()).or_default().sets.insert(term.to_owned(), Arc::clone(&bits));
        Ok(bits)
    }

    /// The columns of a segment.
    pub fn columns(&self, segment: &SegmentReader) -> Result<Arc<Columns>> {
        if let Some(columns) = self.of(segment, |of| of.columns.clone()) {
            return Ok(columns);
        }
        let columns = Arc::new(Columns::of(segment)?);
        self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(segment.segment_id()).or_default().columns = Some(Arc::clone(&columns));
        Ok(columns)
    }

    /// Leaves what is of segments that are still there.
    pub fn leave(&self, searcher: &Searcher) {
        let there = |id: &SegmentId| searcher.segment_readers().iter().any(|segment| segment.segment_id() == *id);
        self.0.lock().unwrap_or_else(PoisonError::into_inner).retain(|id, _| there(id));
    }

    fn of<T>(&self, segment: &SegmentReader, what: impl FnOnce(&Of) -> Option<T>) -> Option<T> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&segment.segment_id()).and_then(what)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::Fields;
    use tantivy::TantivyDocument;

    #[test]
    fn what_is_of_a_segment_goes_with_it() {
        let fields = Fields::new();
        let index = tantivy::Index::create_in_ram(fields.schema.clone());
        let mut writer = index.writer_with_num_threads(1, 15_000_000).unwrap();
        let mut text = TantivyDocument::new();
        text.add_text(fields.key, "one");
        writer.add_document(text.clone()).unwrap();
        writer.commit().unwrap();
        let reader = index.reader().unwrap();
        let (kept, before) = (Kept::default(), reader.searcher());
        let old = before.segment_reader(0);
        kept.columns(old).unwrap();
        let made = kept.set(old, "all", || Ok(Bits::none(1))).unwrap();
        let again = kept.set(old, "all", || panic!("it is kept")).unwrap();
        assert!(Arc::ptr_eq(&made, &again));

        kept.leave(&before);
        assert_eq!(kept.0.lock().unwrap().len(), 1, "it is still there");

        writer.delete_all_documents().unwrap();
        writer.add_document(text).unwrap();
        writer.commit().unwrap();
        reader.reload().unwrap();
        kept.leave(&reader.searcher());
        assert!(kept.0.lock().unwrap().is_empty());
    }
}
