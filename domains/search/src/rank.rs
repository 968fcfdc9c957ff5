//! From places of words to things in order: BM25 over weighed fields, the more for each word that is there, exact names and
//! phrases first, freshness and proven help as mild factors. The texts of one thing count together.

use crate::{
    bits::Bits,
    columns::Columns,
    view::{Places, View},
};
use db::Timestamp;
use kernel::Result;
use std::collections::HashMap;
use tantivy::SegmentReader;
use uuid::Uuid;

/// How soon more of the same word adds little.
const SOON: f32 = 1.2;
/// A thing that is named exactly so gets this much of the most that words can give.
const EXACT: f32 = 1.0;
/// Words beside each other as they were typed get this much of it.
const BESIDE: f32 = 0.35;
/// What staff put first comes before all that words can give, in its order.
const FIRSTS: [f32; 8] = [18.0, 16.0, 14.0, 12.0, 10.0, 8.0, 6.0, 4.0];
/// What was touched now counts this much more than what was long ago.
const FRESH: f32 = 0.06;
/// Half of that is gone after so many days.
const HALF_DAYS: f32 = 120.0;
/// How much proven help counts, at most.
const HELP: f32 = 0.08;
/// The most that both are together; the help is at most 200.
const MOST_FACTOR: f32 = (1.0 + FRESH) * (1.0 + HELP);
/// How much the share of words counts that are there.
const SHARE: f32 = 0.6;

/// A word with its places.
pub struct Weighed {
    /// Where it is.
    pub places: Places,
    /// Its weight beside the others: 1, less for what was only guessed.
    pub weight: f32,
    /// It is not missed where it is not.
    pub is_extra: bool,
}

/// What is ranked by.
pub struct Wanted {
    /// The words.
    pub words: Vec<Weighed>,
    /// By segment, those that must be there, one set a phrase.
    pub musts: Vec<Vec<Bits>>,
    /// By segment, those that must not be there.
    pub without: Vec<Vec<Bits>>,
    /// By segment, those with the words beside each other.
    pub beside: Option<Vec<Bits>>,
    /// By segment, those that are named exactly so.
    pub exact: Option<Vec<Bits>>,
    /// By segment, what comes first, one set each in order.
    pub firsts: Vec<Vec<Bits>>,
    /// Places of the kinds that are shown; empty is all.
    pub kinds: Vec<u64>,
    /// All words must be there.
    pub needs_all: bool,
    /// From this time on, before this time.
    pub between: (Option<Timestamp>, Option<Timestamp>),
    /// Only after this place of the order.
    pub after: Option<(i64, Uuid)>,
    /// How many at most.
    pub limit: usize,
    /// Now, for freshness.
    pub now: Timestamp,
}

/// A thing that was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Scored {
    /// The place of its kind.
    pub kind: u64,
    /// Which one.
    pub id: Uuid,
    /// By which it is ordered: millionths.
    pub score: i64,
    /// The entry that fits best: its segment and number.
    pub entry: (u32, u32),
}

/// What was found.
#[derive(Clone, Debug, Default)]
pub struct Ranked {
    /// The best, in order.
    pub best: Vec<Scored>,
    /// How many of each kind, at the place of the kind, whatever kinds are shown.
    pub counts: Vec<usize>,
}

/// What the texts of one thing have together.
#[derive(Default)]
struct Thing {
    words: Vec<f32>,
    musts: u64,
    is_without: bool,
    is_exact: bool,
    is_beside: bool,
    first: f32,
    factor: f32,
    at: i64,
    best: (f32, u32, u32),
}

/// The marks of an entry beside its words.
#[derive(Clone, Copy)]
struct Marks {
    musts: u64,
    is_without: bool,
    is_beside: bool,
    is_exact: bool,
    /// How far before all others it comes.
    first: f32,
}

/// Orders what the reader may find by what is wanted.
pub fn rank(view: &View<'_>, wanted: &Wanted) -> Result<Ranked> {
    let scale = Scale::of(view, wanted);
    let mut ranking = Ranking { wanted, scale, things: HashMap::new(), found: Vec::new(), counts: Vec::new(), least: i64::MIN };
    for (number, segment) in (0_u32..).zip(view.searcher.segment_readers()) {
        ranking.segment(view, number, segment)?;
    }
    Ok(ranking.end())
}

/// The weight of each word, from what the reader may find alone.
struct Scale {
    rarity: Vec<f32>,
    /// What all words that can be missed weigh.
    whole: f32,
    /// The most that words can give.
    most: f32,
}

impl Scale {
    #[expect(clippy::cast_precision_loss, reason = "counts of entries need no more")]
    fn of(view: &View<'_>, wanted: &Wanted) -> Self {
        let size = view.size() as f32;
        let rarity: Vec<f32> = wanted
            .words
            .iter()
            .map(|word| {
                let count = word.places.count as f32;
                word.weight * (1.0 + (size - count + 0.5).max(0.5) / (count + 0.5)).ln()
            })
            .collect();
        let whole = rarity.iter().zip(&wanted.words).filter(|(_, word)| !word.is_extra).map(|(rarity, _)| *rarity).sum::<f32>().max(f32::MIN_POSITIVE);
        let most = rarity.iter().sum::<f32>() * (SOON + 1.0);
        Self { rarity, whole, most }
    }
}

struct Ranking<'w> {
    wanted: &'w Wanted,
    scale: Scale,
    things: HashMap<(u64, Uuid), Thing>,
    found: Vec<Scored>,
    counts: Vec<usize>,
    /// What has a lower score comes after all that are kept already.
    least: i64,
}

impl Ranking<'_> {
    fn segment(&mut self, view: &View<'_>, number: u32, segment: &SegmentReader) -> Result<()> {
        let columns = view.columns(segment)?;
        let at = number as usize;
        let size = segment.max_doc() as usize;
        // sums by entry, for things of one text; the others are kept word by word
        let (mut sums, mut shares) = (vec![0_f32; size], vec![0_f32; size]);
        let mut touched = Bits::none(segment.max_doc());
        for (index, (word, rarity)) in self.wanted.words.iter().zip(&self.scale.rarity).enumerate() {
            for (entry, frequency) in word.places.segments.get(at).into_iter().flatten() {
                let gain = rarity * frequency * (SOON + 1.0) / (frequency + SOON);
                let place = *entry as usize;
                sums[place] += gain;
                if !word.is_extra {
                    shares[place] += rarity;
                }
                touched.add(*entry);
                if columns.is_shared(*entry) {
                    let thing = self.things.entry((columns.kind(*entry), columns.id(*entry))).or_default();
                    thing.words.resize(self.wanted.words.len(), 0.0);
                    thing.words[index] = thing.words[index].max(gain);
                }
            }
        }
        for exact in self.wanted.exact.iter().chain(&self.wanted.firsts).filter_map(|sets| sets.get(at)) {
            touched.join(exact);
        }
        if self.wanted.words.is_empty() {
            view.visible[at].clone_into(&mut touched);
        }
        for entry in touched.iter() {
            self.entry(&columns, number, entry, sums[entry as usize], shares[entry as usize]);
        }
        // what must not be there counts for a thing even where no word was found
        for set in self.wanted.without.iter().filter_map(|sets| sets.get(at)) {
            for entry in set.iter().filter(|entry| columns.is_shared(*entry)) {
                if let Some(thing) = self.things.get_mut(&(columns.kind(entry), columns.id(entry))) {
                    thing.is_without = true;
                }
            }
        }
        self.shrink();
        Ok(())
    }

    fn marks(&self, segment: usize, entry: u32) -> Marks {
        let has = |sets: &Vec<Bits>| sets.get(segment).is_some_and(|bits| bits.has(entry));
        Marks {
            musts: self.wanted.musts.iter().take(64).enumerate().filter(|(_, sets)| has(sets)).fold(0, |marks, (index, _)| marks | 1 << index),
            is_without: self.wanted.without.iter().any(has),
            is_beside: self.wanted.beside.as_ref().is_some_and(has),
            is_exact: self.wanted.exact.as_ref().is_some_and(has),
            first: self.wanted.firsts.iter().zip(FIRSTS).find(|(sets, _)| has(sets)).map_or(0.0, |(_, first)| first),
        }
    }

    fn entry(&mut self, columns: &Columns, segment: u32, entry: u32, sum: f32, share: f32) {
        let at = columns.at(entry);
        let (after, before) = self.wanted.between;
        if after.is_some_and(|after| at < after.micros()) || before.is_some_and(|before| at >= before.micros()) {
            return;
        }
        let marks = self.marks(segment as usize, entry);
        let kind = columns.kind(entry);
        if columns.is_shared(entry) {
            let factor = self.factor(at, columns.help(entry));
            let thing = self.things.entry((kind, columns.id(entry))).or_default();
            thing.musts |= marks.musts;
            thing.is_without |= marks.is_without;
            thing.is_exact |= marks.is_exact;
            thing.is_beside |= marks.is_beside;
            thing.first = thing.first.max(marks.first);
            thing.factor = thing.factor.max(factor);
            thing.at = thing.at.max(at);
            if sum >= thing.best.0 {
                thing.best = (sum, segment, entry);
            }
            return;
        }
        if marks.is_without || marks.musts != self.all_musts() || !self.has_enough(share) {
            return;
        }
        self.count(kind);
        // most come after those that are kept already, however fresh and helpful they are
        if self.score(sum, share, marks, MOST_FACTOR, at) >= self.least {
            let score = self.score(sum, share, marks, self.factor(at, columns.help(entry)), at);
            self.take(kind, || columns.id(entry), score, (segment, entry));
        }
    }

    /// All words are there, or need not be.
    fn has_enough(&self, share: f32) -> bool {
        !self.wanted.needs_all || self.wanted.words.iter().all(|word| word.is_extra) || share >= self.scale.whole * 0.999
    }

    fn all_musts(&self) -> u64 {
        let count = self.wanted.musts.len().min(64);
        if count == 64 { u64::MAX } else { (1 << count) - 1 }
    }

    #[expect(clippy::cast_precision_loss, reason = "days are few")]
    fn factor(&self, at: i64, help: u8) -> f32 {
        let days = ((self.wanted.now.micros() - at).max(0) / 86_400_000_000) as f32;
        (1.0 + FRESH * (-days / HALF_DAYS * std::f32::consts::LN_2).exp()) * (1.0 + HELP * (f32::from(help) / 100.0 - 1.0))
    }

    /// In millionths; without words the time.
    #[expect(clippy::cast_possible_truncation, reason = "scores are small")]
    fn score(&self, sum: f32, share: f32, marks: Marks, factor: f32, at: i64) -> i64 {
        if self.wanted.words.is_empty() {
            return at;
        }
        let share = (share / self.scale.whole).min(1.0);
        let mut score = sum * (1.0 - SHARE + SHARE * share);
        if marks.is_beside {
            score += BESIDE * self.scale.most;
        }
        if marks.is_exact {
            score += EXACT * self.scale.most;
        }
        (f64::from(score * factor + marks.first * self.scale.most) * 1e6) as i64
    }

    /// One more is found, shown or not.
    fn count(&mut self, kind: u64) {
        let place = usize::try_from(kind).unwrap_or_default();
        if self.counts.len() <= place {
            self.counts.resize(place + 1, 0);
        }
        self.counts[place] += 1;
    }

    /// Keeps it if it may be among the best, of which alone the id is read.
    fn take(&mut self, kind: u64, id: impl Fn() -> Uuid, score: i64, entry: (u32, u32)) {
        let is_shown = self.wanted.kinds.is_empty() || self.wanted.kinds.contains(&kind);
        if !is_shown || score < self.least {
            return;
        }
        let id = id();
        if self.wanted.after.is_none_or(|after| (score, id) < after) {
            self.found.push(Scored { kind, id, score, entry });
            if self.found.len() > 8 * self.wanted.limit + 1_024 {
                self.shrink();
            }
        }
    }

    /// Keeps the best alone.
    fn shrink(&mut self) {
        let limit = self.wanted.limit;
        if self.found.len() > limit && limit > 0 {
            self.found.select_nth_unstable_by(limit - 1, better);
            self.found.truncate(limit);
            self.least = self.found[limit - 1].score;
        }
    }

    fn end(mut self) -> Ranked {
        for ((kind, id), thing) in std::mem::take(&mut self.things) {
            if thing.is_without || thing.musts != self.all_musts() || thing.factor == 0.0 {
                continue;
            }
            let sum: f32 = thing.words.iter().sum();
            let missed = self.wanted.words.iter().zip(&self.scale.rarity).zip(thing.words.iter());
            let share: f32 = missed.filter(|((word, _), gain)| !word.is_extra && **gain > 0.0).map(|((_, rarity), _)| *rarity).sum();
            if !self.has_enough(share) {
                continue;
            }
            let marks = Marks { musts: thing.musts, is_without: false, is_beside: thing.is_beside, is_exact: thing.is_exact, first: thing.first };
            let score = self.score(sum, share, marks, thing.factor, thing.at);
            self.count(kind);
            self.take(kind, || id, score, (thing.best.1, thing.best.2));
        }
        self.shrink();
        self.found.sort_unstable_by(better);
        self.found.truncate(self.wanted.limit);
        Ranked { best: self.found, counts: self.counts }
    }
}

fn better(one: &Scored, other: &Scored) -> std::cmp::Ordering {
    (other.score, other.id).cmp(&(one.score, one.id))
}
