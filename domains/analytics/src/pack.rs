//! Facts as bytes: numbers of seven bits a byte (LEB128), small ones first, so that a ticket takes some forty bytes. A
//! year of 100,000 tickets is 4 MB, which is read and added up faster than any engine groups as many rows.

use crate::{
    fact::{Fact, Kept},
    spent::Spent,
};
use uuid::Uuid;

/// Packs facts of one hour.
pub fn pack<'f>(facts: impl IntoIterator<Item = &'f Fact>) -> Vec<u8> {
    let mut bytes = Vec::new();
    for fact in facts {
        bytes.extend_from_slice(fact.id.as_bytes());
        put(&mut bytes, u64::try_from(fact.created).unwrap_or(0));
        for span in [fact.first_reply, fact.solved] {
            put(&mut bytes, span.map_or(0, |span| u64::from(span) + 1));
        }
        let has_time = !fact.spent.is_empty();
        let flags = u64::from(fact.is_open) | u64::from(fact.is_reopened) << 1 | u64::from(has_time) << 2 | u64::from(fact.is_void) << 3;
        for number in [u64::from(fact.replies), flags, u64::from(fact.team), u64::from(fact.agent)] {
            put(&mut bytes, number);
        }
        for word in fact.words {
            put(&mut bytes, u64::from(word));
        }
        put(&mut bytes, fact.tags.len() as u64);
        for tag in &fact.tags {
            put(&mut bytes, u64::from(*tag));
        }
        put(&mut bytes, fact.promises.len() as u64);
        for kept in &fact.promises {
            put(&mut bytes, u64::from(kept.metric) << 1 | u64::from(kept.is_met));
            put(&mut bytes, u64::from(kept.after));
        }
        // packs that are older than this part have none, and the flag says so
        if has_time {
            put(&mut bytes, fact.spent.len() as u64);
            for spent in &fact.spent {
                for number in [u64::from(spent.agent), u64::try_from(spent.at).unwrap_or(0), u64::from(spent.seconds)] {
                    put(&mut bytes, number);
                }
            }
        }
    }
    bytes
}

/// All facts of a pack; what can't be read ends it.
pub fn unpack(bytes: &[u8]) -> Vec<Fact> {
    let (mut reader, mut fact, mut facts) = (Unpacker::new(bytes), Fact::default(), Vec::new());
    while reader.next(&mut fact) {
        facts.push(fact.clone());
    }
    facts
}

/// Reads facts one after the other into the same place, so that a hundred thousand of them allocate nothing.
pub(crate) struct Unpacker<'b> {
    rest: &'b [u8],
}

impl<'b> Unpacker<'b> {
    pub(crate) fn new(bytes: &'b [u8]) -> Self {
        Self { rest: bytes }
    }

    /// The next one; false at the end.
    pub(crate) fn next(&mut self, fact: &mut Fact) -> bool {
        self.read(fact).is_some()
    }

    fn read(&mut self, fact: &mut Fact) -> Option<()> {
        let (id, rest) = self.rest.split_first_chunk::<16>()?;
        (fact.id, self.rest) = (Uuid::from_bytes(*id), rest);
        fact.created = i64::try_from(self.number()?).ok()?;
        fact.first_reply = self.small()?.checked_sub(1);
        fact.solved = self.small()?.checked_sub(1);
        fact.replies = self.small()?;
        let flags = self.small()?;
        (fact.is_open, fact.is_reopened, fact.is_void) = (flags & 1 != 0, flags & 2 != 0, flags & 8 != 0);
        (fact.team, fact.agent) = (self.small()?, self.small()?);
        for word in &mut fact.words {
            *word = take(&mut self.rest).and_then(|number| u32::try_from(number).ok())?;
        }
        fact.tags.clear();
        for _ in 0..self.small()? {
            let tag = self.small()?;
            fact.tags.push(tag);
        }
        fact.promises.clear();
        for _ in 0..self.small()? {
            let (what, after) = (self.small()?, self.small()?);
            fact.promises.push(Kept { metric: what >> 1, is_met: what & 1 != 0, after });
        }
        fact.spent.clear();
        let entries = if flags & 4 == 0 { 0 } else { self.small()? };
        for _ in 0..entries {
            let (agent, at, seconds) = (self.small()?, i64::try_from(self.number()?).ok()?, self.small()?);
            fact.spent.push(Spent { agent, at, seconds });
        }
        Some(())
    }

    fn number(&mut self) -> Option<u64> {
        take(&mut self.rest)
    }

    fn small(&mut self) -> Option<u32> {
        u32::try_from(self.number()?).ok()
    }
}

fn put(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    bytes.push((number & 0x7f) as u8);
}

fn take(rest: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for place in 0..10 {
        let (byte, others) = rest.split_first()?;
        *rest = others;
        number |= u64::from(byte & 0x7f) << (7 * place);
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fact(n: u32) -> Fact {
        Fact {
            id: Uuid::from_u128(u128::from(n) << 60 | 7),
            created: 1_790_000_000 + i64::from(n),
            first_reply: n.is_multiple_of(2).then_some(n),
            solved: n.is_multiple_of(3).then_some(u32::MAX - 1 - n),
            replies: n % 300,
            is_open: !n.is_multiple_of(3),
            is_reopened: n.is_multiple_of(5),
            team: n % 4,
            agent: n % 1_000,
            words: [n % 7, 128, u32::MAX],
            tags: (0..n % 4).collect(),
            promises: (0..n % 3).map(|metric| Kept { metric, is_met: metric == n % 2, after: n * 1_000 }).collect(),
            is_void: n.is_multiple_of(11),
            spent: (0..n % 3).map(|agent| Spent { agent, at: 1_790_000_000 - i64::from(n), seconds: n * 60 + 1 }).collect(),
        }
    }

    #[test]
    fn what_is_packed_comes_out_as_it_was() {
        let facts: Vec<Fact> = (0..500).map(fact).collect();

        let bytes = pack(&facts);

        assert_eq!(unpack(&bytes), facts);
        assert_eq!(unpack(&[]), []);
    }

    #[test]
    fn a_pack_from_before_time_was_counted_is_read_as_it_was() {
        let old = Fact { spent: Vec::new(), is_void: false, ..fact(8) };

        let mut bytes = Uuid::from_u128(8 << 60 | 7).as_bytes().to_vec();
        // created; answered; not solved; replies; flags; team; agent
        for number in [1_790_000_008, 9, 0, 8, 1, 0, 8, 1, 128, u64::from(u32::MAX), 0, 2, 1, 0, 2, 8_000] {
            put(&mut bytes, number);
        }

        assert_eq!(
            unpack(&bytes),
            [Fact { promises: vec![Kept { metric: 0, is_met: true, after: 0 }, Kept { metric: 1, is_met: false, after: 8_000 }], ..old }]
        );
    }

    #[test]
    fn a_pack_that_broke_off_gives_what_is_whole() {
        let facts: Vec<Fact> = (0..3).map(fact).collect();
        let whole = pack(&facts);
        let two = pack(&facts[..2]);

        for end in two.len()..whole.len() {
            assert_eq!(unpack(&whole[..end]), facts[..2], "cut at {end}");
        }
        assert_eq!(unpack(&[0xff; 64]), []);
    }
}
