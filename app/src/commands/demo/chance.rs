//! Chance that repeats: xorshift64*, seeded. The same seed tells the same stories.

/// A source of choices.
pub(super) struct Chance(u64);

impl Chance {
    /// One for a seed and a place in it, so that one ticket's choices don't shift those of the next.
    pub(super) fn new(seed: u64, place: u64) -> Self {
        // splitmix64: neighbours must not begin alike, and zero would stay zero
        let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15).wrapping_add(place.wrapping_add(1).wrapping_mul(0xD1B5_4A32_D192_ED03));
        state = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        state = (state ^ (state >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        Self((state ^ (state >> 31)) | 1)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    /// A number from `low` to `high`, both possible.
    pub(super) fn between(&mut self, low: i64, high: i64) -> i64 {
        let span = u64::try_from(high - low + 1).unwrap_or(1).max(1);
        low + i64::try_from((self.next() >> 1) % span).unwrap_or(0)
    }

    /// A place in a list of this length.
    pub(super) fn below(&mut self, length: usize) -> usize {
        usize::try_from(self.between(0, i64::try_from(length).unwrap_or(1) - 1)).unwrap_or(0)
    }

    /// True in so many of a hundred cases.
    pub(super) fn percent(&mut self, percent: i64) -> bool {
        self.between(0, 99) < percent
    }

    /// One of them.
    pub(super) fn pick<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())]
    }

    /// So many letters and digits, as in ids.
    pub(super) fn code(&mut self, length: usize) -> String {
        const LETTERS: &[u8] = b"abcdefghijkmnpqrstuvwxyz23456789";
        (0..length).map(|_| char::from(self.pick(LETTERS))).collect()
    }
}
