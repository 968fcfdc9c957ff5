//! The columns of a segment that every search reads of every entry that it finds, unpacked. A segment never changes, so
//! they are read once.

use crate::{bits::Bits, view::broken};
use kernel::Result;
use tantivy::{SegmentReader, columnar::Column};
use uuid::Uuid;

/// Entries that are unpacked at a time.
const AT_ONCE: u32 = 4_096;

/// The columns of a segment.
pub struct Columns {
    kind: Vec<u8>,
    help: Vec<u8>,
    at: Vec<i64>,
    shared: Bits,
    high: Column<u64>,
    low: Column<u64>,
}

impl Columns {
    /// Unpacks them.
    pub fn of(segment: &SegmentReader) -> Result<Self> {
        let fast = segment.fast_fields();
        let number = |name| fast.u64(name).map_err(broken);
        let size = segment.max_doc();
        let mut shared = Bits::none(size);
        for (entry, is_alone) in (0_u32..).zip(unpacked(&number("is_alone")?, size, 1)) {
            if is_alone == 0 {
                shared.add(entry);
            }
        }
        let small = |values: Vec<u64>| values.into_iter().map(|value| u8::try_from(value).unwrap_or(u8::MAX)).collect();
        Ok(Self {
            kind: small(unpacked(&number("kind")?, size, 0)),
            help: small(unpacked(&number("help")?, size, 100)),
            at: unpacked(&fast.i64("at").map_err(broken)?, size, 0),
            shared,
            high: number("id_high")?,
            low: number("id_low")?,
        })
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

    /// Its thing has other entries too.
    pub fn is_shared(&self, entry: u32) -> bool {
        self.shared.has(entry)
    }

    /// The thing that it is of.
    pub fn id(&self, entry: u32) -> Uuid {
        Uuid::from_u64_pair(self.high.first(entry).unwrap_or_default(), self.low.first(entry).unwrap_or_default())
    }

    /// The bytes they take, without what is read where it lies.
    pub fn size(&self) -> usize {
        self.kind.len() + self.help.len() + self.at.len() * 8 + self.shared.size()
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
