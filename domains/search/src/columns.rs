//! The columns of a segment that every search reads of every entry that it finds, unpacked. A segment never changes, so
//! they are read once.

use crate::{bits::Bits, view::broken};
use kernel::Result;
use tantivy::{SegmentReader, columnar::Column};
use uuid::Uuid;

/// Entries that are unpacked at a time.
const AT_ONCE: u32 = 4_096;

/// No run.
const ALONE: u32 = u32::MAX;

/// The columns of a segment.
pub struct Columns {
    kind: Vec<u8>,
    help: Vec<u8>,
    at: Vec<i64>,
    high: Column<u64>,
    low: Column<u64>,
    /// By entry, the number of its run; `ALONE` for what is all of its thing.
    runs: Vec<u32>,
    /// Runs that are all of their thing.
    whole: Bits,
    /// Entries of the others.
    scattered: Bits,
    /// How many runs.
    count: usize,
}

impl Columns {
    /// Unpacks them.
    pub fn of(segment: &SegmentReader) -> Result<Self> {
        let fast = segment.fast_fields();
        let number = |name| fast.u64(name).map_err(broken);
        let size = segment.max_doc();
        let small = |values: Vec<u64>| values.into_iter().map(|value| u8::try_from(value).unwrap_or(u8::MAX)).collect();
        let mut columns = Self {
            kind: small(unpacked(&number("kind")?, size, 0)),
            help: small(unpacked(&number("help")?, size, 100)),
            at: unpacked(&fast.i64("at").map_err(broken)?, size, 0),
            high: number("id_high")?,
            low: number("id_low")?,
            runs: vec![ALONE; size as usize],
            whole: Bits::none(size),
            scattered: Bits::none(size),
            count: 0,
        };
        columns.find_runs(&unpacked(&number("parts")?, size, 1));
        Ok(columns)
    }

    /// The entries of a thing are written one after the other, and mostly into one segment. Who finds as many as the thing
    /// has, and of this version, has all of them.
    fn find_runs(&mut self, parts: &[u64]) {
        let mut first = 0;
        while let Some(of) = parts.get(first) {
            let owner = |entry: usize| u32::try_from(entry).map(|entry| (self.kind(entry), self.id(entry))).ok();
            let is_same = |entry: &usize| parts[*entry] > 1 && owner(*entry) == owner(first);
            let length = (first..parts.len()).take_while(is_same).count();
            if length == 0 {
                first += 1;
                continue;
            }
            let (run, next) = (u32::try_from(self.count).unwrap_or(ALONE), first + length);
            if *of == length as u64 && parts[first..next].iter().all(|parts| parts == of) {
                self.whole.add(run);
            } else {
                (first..next).filter_map(|entry| u32::try_from(entry).ok()).for_each(|entry| self.scattered.add(entry));
            }
            self.runs[first..next].fill(run);
            self.count += 1;
            first = next;
        }
    }

    /// How many runs of entries of one thing there are.
    pub fn count(&self) -> usize {
        self.count
    }

    /// The run of an entry; none for what is all of its thing.
    pub fn run(&self, entry: u32) -> Option<usize> {
        self.runs.get(entry as usize).filter(|run| **run != ALONE).map(|run| *run as usize)
    }

    /// A run is all of its thing: no other segment has more.
    pub fn is_whole(&self, run: usize) -> bool {
        u32::try_from(run).is_ok_and(|run| self.whole.has(run))
    }

    /// Entries of things of which another segment, or another place of this one, may have more.
    pub fn scattered(&self) -> &Bits {
        &self.scattered
    }

    /// The entries of a thing that are beside this one, with it.
    pub fn beside(&self, entry: u32) -> std::ops::Range<u32> {
        let Some(run) = self.run(entry) else { return entry..entry + 1 };
        let (mut first, mut next) = (entry, entry + 1);
        while first > 0 && self.run(first - 1) == Some(run) {
            first -= 1;
        }
        while self.run(next) == Some(run) {
            next += 1;
        }
        first..next
    }

    /// The place of its kind.
    pub fn kind(&self, entry: u32) -> u64 {
        self.kind.get(entry as usize).copied().map_or(0, u64::from)
    }

    /// How much it has helped, in hundredths.
    pub fn help(&self, entry: u32) -> u8 {
        self.help.get(entry as usize).copied().unwrap_or(100)
    }

    /// When it was touched, in microseconds.
    pub fn at(&self, entry: u32) -> i64 {
        self.at.get(entry as usize).copied().unwrap_or_default()
    }

    /// The thing that it is of.
    pub fn id(&self, entry: u32) -> Uuid {
        Uuid::from_u64_pair(self.high.first(entry).unwrap_or_default(), self.low.first(entry).unwrap_or_default())
    }
}

fn unpacked<T: Copy + PartialOrd + Send + Sync + std::fmt::Debug + 'static>(column: &Column<T>, size: u32, nothing: T) -> Vec<T> {
    let mut values = Vec::with_capacity(size as usize);
    let (mut entries, mut some) = (Vec::new(), Vec::new());
    for first in (0..size).step_by(AT_ONCE as usize) {
        entries.clear();
        entries.extend(first..size.min(first + AT_ONCE));
        some.clear();
        some.resize(entries.len(), None);
        column.first_vals(&entries, &mut some);
        values.extend(some.iter().map(|value| value.unwrap_or(nothing)));
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::Fields;
    use tantivy::TantivyDocument;

    /// Entries of things, each with how many texts its thing has.
    fn columns(entries: &[(u64, u64)]) -> Columns {
        let fields = Fields::new();
        let index = tantivy::Index::create_in_ram(fields.schema.clone());
        let mut writer = index.writer_with_num_threads(1, 15_000_000).unwrap();
        for (thing, parts) in entries {
            let mut entry = TantivyDocument::new();
            for (name, value) in [("kind", 1), ("id_high", 0), ("id_low", *thing), ("parts", *parts), ("help", 120)] {
                entry.add_u64(fields.schema.get_field(name).unwrap(), value);
            }
            entry.add_i64(fields.schema.get_field("at").unwrap(), 7);
            writer.add_document(entry).unwrap();
        }
        writer.commit().unwrap();
        Columns::of(index.reader().unwrap().searcher().segment_reader(0)).unwrap()
    }

    #[test]
    fn a_thing_is_whole_where_all_of_its_texts_are_beside_each_other() {
        // alone; two of two; one of three; two of two and the version before; alone
        let columns = columns(&[(1, 1), (2, 2), (2, 2), (3, 3), (4, 2), (4, 2), (4, 2), (4, 2), (5, 1)]);
        let runs: Vec<Option<usize>> = (0..10).map(|entry| columns.run(entry)).collect();
        assert_eq!(runs, [None, Some(0), Some(0), Some(1), Some(2), Some(2), Some(2), Some(2), None, None]);
        assert_eq!((columns.count(), columns.is_whole(0), columns.is_whole(1), columns.is_whole(2)), (3, true, false, false));
        assert_eq!([0, 1, 2, 3, 5, 8].map(|entry| columns.beside(entry)), [0..1, 1..3, 1..3, 3..4, 4..8, 8..9]);
        assert_eq!(columns.scattered().iter().collect::<Vec<_>>(), [3, 4, 5, 6, 7]);
        assert_eq!((columns.kind(2), columns.help(2), columns.at(2), columns.id(2)), (1, 120, 7, Uuid::from_u64_pair(0, 2)));
    }

    #[test]
    fn the_first_and_the_last_thing_of_a_segment_are_whole_too() {
        let columns = columns(&[(1, 2), (1, 2), (2, 3), (2, 3), (2, 3)]);
        assert_eq!((columns.count(), columns.is_whole(0), columns.is_whole(1)), (2, true, true));
    }
}
