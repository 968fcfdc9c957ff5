//! From places of words to things in order: BM25 over weighed fields, the more for each word that is there, exact names and
//! phrases first, freshness and proven help as mild factors. The texts of one thing count together.

use crate::{
    bits::Bits,
    columns::Columns,
    view::{Places, View},
};
use db::Timestamp;
use kernel::Result;
use std::{collections::HashMap, sync::LazyLock};
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
/// What is left of freshness after so many days; after ten years nothing.
#[expect(clippy::cast_precision_loss, reason = "days are few")]
static FRESHNESS: LazyLock<Vec<f32>> = LazyLock::new(|| (0..3_650).map(|days| (-(days as f32) / HALF_DAYS * std::f32::consts::LN_2).exp()).collect());
/// How much proven help counts, at most.
const HELP: f32 = 0.08;
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

/// The marks of an entry beside its words.
#[derive(Clone, Copy, Default)]
struct Marks {
    musts: u64,
    is_without: bool,
    is_beside: bool,
    is_exact: bool,
    /// How far before all others it comes.
    first: f32,
}

/// What the texts of one thing have together, beside their words.
#[derive(Default)]
struct Thing {
    /// One of its texts is of the time that is wanted.
    is_there: bool,
    marks: Marks,
    factor: f32,
    at: i64,
    best: (f32, u32, u32),
}

impl Thing {
    fn join(&mut self, other: &Self) {
        let (own, marks) = (&mut self.marks, other.marks);
        own.musts |= marks.musts;
        own.is_without |= marks.is_without;
        own.is_beside |= marks.is_beside;
        own.is_exact |= marks.is_exact;
        own.first = own.first.max(marks.first);
        self.is_there |= other.is_there;
        self.factor = self.factor.max(other.factor);
        self.at = self.at.max(other.at);
        if other.is_there && other.best.0 >= self.best.0 {
            self.best = other.best;
        }
    }
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
    /// Things whose texts are not beside each other, with the best gain of each word.
    things: HashMap<(u64, Uuid), (Vec<f32>, Thing)>,
    found: Vec<Scored>,
    counts: Vec<usize>,
    /// What has a lower score comes after all that are kept already.
    least: i64,
}

impl Ranking<'_> {
    fn segment(&mut self, view: &View<'_>, number: u32, segment: &SegmentReader) -> Result<()> {
        let columns = view.columns(segment)?;
        let at = number as usize;
        let (size, width) = (segment.max_doc() as usize, self.wanted.words.len());
        // sums by entry; for things of several texts the best of each word, too
        let (mut sums, mut shares, mut gains) = (vec![0_f32; size], vec![0_f32; size], vec![0_f32; columns.count() * width]);
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
                if let Some(run) = columns.run(*entry) {
                    let best = &mut gains[run * width + index];
                    *best = best.max(gain);
                }
            }
        }
        for exact in self.wanted.exact.iter().chain(&self.wanted.firsts).filter_map(|sets| sets.get(at)) {
            touched.join(exact);
        }
        if self.wanted.words.is_empty() {
            view.visible[at].clone_into(&mut touched);
        }
        // what must not be there counts for a thing even where no word was found
        for set in self.wanted.without.iter().filter_map(|sets| sets.get(at)) {
            set.iter().filter(|entry| columns.run(*entry).is_some()).for_each(|entry| touched.add(entry));
        }
        let mut open: Option<(usize, u32, Thing)> = None;
        for entry in touched.iter() {
            let run = columns.run(entry);
            if let Some((before, first, thing)) = open.take_if(|(before, ..)| run != Some(*before)) {
                self.close(&columns, before, first, &thing, &gains[before * width..][..width]);
            }
            let text = self.text(&columns, number, entry, sums[entry as usize]);
            match run {
                Some(run) => open.get_or_insert_with(|| (run, entry, Thing::default())).2.join(&text),
                None => self.judge(columns.kind(entry), || columns.id(entry), (sums[entry as usize], shares[entry as usize]), &text),
            }
        }
        if let Some((run, first, thing)) = open {
            self.close(&columns, run, first, &thing, &gains[run * width..][..width]);
        }
        self.shrink();
        Ok(())
    }

    /// The texts of a thing that are beside each other: all of them, or those in this place alone.
    fn close(&mut self, columns: &Columns, run: usize, first: u32, thing: &Thing, gains: &[f32]) {
        let kind = columns.kind(first);
        if columns.is_whole(run) {
            self.judge(kind, || columns.id(first), self.together(gains), thing);
        } else {
            let (words, others) = self.things.entry((kind, columns.id(first))).or_default();
            words.resize(gains.len(), 0.0);
            words.iter_mut().zip(gains).for_each(|(word, gain)| *word = word.max(*gain));
            others.join(thing);
        }
    }

    /// The sum of the words' gains, and the share of the words that are there.
    fn together(&self, gains: &[f32]) -> (f32, f32) {
        let words = self.wanted.words.iter().zip(&self.scale.rarity).zip(gains);
        (gains.iter().sum(), words.filter(|((word, _), gain)| !word.is_extra && **gain > 0.0).map(|((_, rarity), _)| *rarity).sum())
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

    /// An entry as a thing by itself.
    fn text(&self, columns: &Columns, segment: u32, entry: u32, sum: f32) -> Thing {
        let marks = self.marks(segment as usize, entry);
        let at = columns.at(entry);
        let (after, before) = self.wanted.between;
        if after.is_some_and(|after| at < after.micros()) || before.is_some_and(|before| at >= before.micros()) {
            return Thing { marks: Marks { is_without: marks.is_without, ..Marks::default() }, ..Thing::default() };
        }
        Thing { is_there: true, marks, factor: self.factor(at, columns.help(entry)), at, best: (sum, segment, entry) }
    }

    /// Takes a thing that is what is wanted.
    fn judge(&mut self, kind: u64, id: impl Fn() -> Uuid, (sum, share): (f32, f32), thing: &Thing) {
        if thing.is_there && !thing.marks.is_without && thing.marks.musts == self.all_musts() && self.has_enough(share) {
            let score = self.score(sum, share, thing.marks, thing.factor, thing.at);
            self.take(kind, id, score, (thing.best.1, thing.best.2));
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

    fn factor(&self, at: i64, help: u8) -> f32 {
        let days = usize::try_from((self.wanted.now.micros() - at) / 86_400_000_000).unwrap_or_default();
        let fresh = FRESHNESS.get(days).copied().unwrap_or_default();
        (1.0 + FRESH * fresh) * (1.0 + HELP * (f32::from(help) / 100.0 - 1.0))
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

    /// Counts it, and keeps it if it may be among the best; of those alone the id is read.
    fn take(&mut self, kind: u64, id: impl Fn() -> Uuid, score: i64, entry: (u32, u32)) {
        let place = usize::try_from(kind).unwrap_or_default();
        if self.counts.len() <= place {
            self.counts.resize(place + 1, 0);
        }
        self.counts[place] += 1;
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
        for ((kind, id), (gains, thing)) in std::mem::take(&mut self.things) {
            self.judge(kind, || id, self.together(&gains), &thing);
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
