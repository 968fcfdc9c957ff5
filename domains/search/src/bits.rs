//! Sets of entries of a segment.

/// A set of numbers below a limit.
#[derive(Clone, Debug, Default)]
pub struct Bits {
    blocks: Vec<u64>,
}

impl Bits {
    /// None of so many.
    pub fn none(size: u32) -> Self {
        Self { blocks: vec![0; size.div_ceil(64) as usize] }
    }

    /// Adds one.
    pub fn add(&mut self, number: u32) {
        if let Some(block) = self.blocks.get_mut(number as usize / 64) {
            *block |= 1 << (number % 64);
        }
    }

    /// Takes one out.
    pub fn remove(&mut self, number: u32) {
        if let Some(block) = self.blocks.get_mut(number as usize / 64) {
            *block &= !(1 << (number % 64));
        }
    }

    /// Whether one is in it.
    pub fn has(&self, number: u32) -> bool {
        self.blocks.get(number as usize / 64).is_some_and(|block| block & (1 << (number % 64)) != 0)
    }

    /// What is in either.
    pub fn join(&mut self, other: &Self) {
        for (block, other) in self.blocks.iter_mut().zip(&other.blocks) {
            *block |= other;
        }
    }

    /// What is in both.
    pub fn keep(&mut self, other: &Self) {
        for (block, other) in self.blocks.iter_mut().zip(&other.blocks) {
            *block &= other;
        }
    }

    /// All that is in it, in order.
    pub fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        self.blocks.iter().zip(0_u32..).flat_map(|(block, at)| {
            let mut rest = *block;
            std::iter::from_fn(move || {
                let bit = (rest != 0).then(|| rest.trailing_zeros())?;
                rest &= rest - 1;
                Some(at * 64 + bit)
            })
        })
    }

    /// How many.
    pub fn count(&self) -> usize {
        self.blocks.iter().map(|block| block.count_ones() as usize).sum()
    }

    /// The bytes it takes.
    pub fn size(&self) -> usize {
        self.blocks.len() * 8
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_hold_what_is_put_in() {
        let mut some = Bits::none(130);
        for number in [0, 63, 64, 129] {
            some.add(number);
        }
        assert_eq!(some.iter().collect::<Vec<_>>(), [0, 63, 64, 129]);
        assert!(some.has(129) && !some.has(128) && !some.has(1_000));
        let mut all = Bits::none(130);
        (0..130).for_each(|number| all.add(number));
        assert_eq!(all.iter().count(), 130);
        all.keep(&some);
        all.remove(63);
        assert_eq!(all.iter().collect::<Vec<_>>(), [0, 64, 129]);
        all.join(&some);
        assert_eq!((all.iter().count(), all.count()), (4, 4));
    }
}
