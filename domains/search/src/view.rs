//! The index as one reader sees it: the entries that they may find, and nothing of the others. Every look at words goes
//! through here, so that counts, corrections and completions know no other words either.

use crate::{bits::Bits, columns::Columns, kept::Kept, schema::Fields};
use kernel::{Fault, Result};
use std::{
    sync::{Arc, Mutex},
    thread,
};
use tantivy::{
    DocSet as _, Searcher, SegmentReader, TERMINATED, Term,
    fieldnorm::FieldNormReader,
    postings::Postings as _,
    query::{EnableScoring, PhraseQuery, Query as _},
    schema::{Field, IndexRecordOption},
};

/// What each field weighs, and how much its length counts: title, heads, body.
const WEIGHTS: [(f32, f32); 3] = [(3.0, 0.4), (1.6, 0.5), (1.0, 0.7)];
/// Words of an index with more entries than this are looked up side by side.
const BIG: u64 = 200_000;
/// Where a list is so many times as long as what is visible, the visible ones are looked up in it.
const SPARSE: u32 = 16;
/// Sets of terms that more entries than this have are kept.
const LARGE: u32 = 256;

/// What went wrong within the index.
pub(crate) fn broken(error: impl std::fmt::Display) -> Fault {
    Fault::Broken(format!("the search index: {error}"))
}

/// A term that stands for a word, with its weight beside the word itself.
#[derive(Clone, Debug, PartialEq)]
pub struct Variant {
    /// As the index has it.
    pub term: String,
    /// 1 for the word itself.
    pub weight: f32,
}

/// Where a word is: by segment, the entries with its weighed frequency.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Places {
    /// By segment, each entry once.
    pub segments: Vec<Vec<(u32, f32)>>,
    /// In how many entries.
    pub count: usize,
}

impl Places {
    /// Adds other places; where both are, the higher frequency counts.
    pub fn join(&mut self, others: Vec<Vec<(u32, f32)>>) {
        for (own, other) in self.segments.iter_mut().zip(others) {
            own.extend(other);
            own.sort_unstable_by(|one, other| one.0.cmp(&other.0).then(other.1.total_cmp(&one.1)));
            own.dedup_by_key(|(entry, _)| *entry);
        }
        self.count = self.segments.iter().map(Vec::len).sum();
    }
}

/// The index for one reader.
pub struct View<'a> {
    /// At one time.
    pub searcher: Searcher,
    /// The fields.
    pub fields: &'a Fields,
    /// By segment, what the reader may find.
    pub visible: Vec<Bits>,
    /// By field and kept length, what a frequency counts.
    scales: [[f32; 256]; 3],
    pub(crate) kept: &'a Kept,
    /// For adding up by entry, one for each thread; nothing but zeros between two words.
    sheets: Mutex<Vec<[Vec<f32>; 2]>>,
}

impl<'a> View<'a> {
    /// For a reader with these terms.
    pub fn of(searcher: Searcher, fields: &'a Fields, audience: &[String], kept: &'a Kept) -> Result<Self> {
        let mut visible = Vec::new();
        for segment in searcher.segment_readers() {
            visible.push(seen(segment, fields.audience, audience, kept)?);
        }
        let mut scales = [[0.0; 256]; 3];
        for ((scale, field), (weight, slope)) in scales.iter_mut().zip(fields.text).zip(WEIGHTS) {
            let mean = mean_length(&searcher, field)?;
            for (scale, kept) in scale.iter_mut().zip(0..=u8::MAX) {
                #[expect(clippy::cast_precision_loss, reason = "a length in words is far below 2^24")]
                let length = FieldNormReader::id_to_fieldnorm(kept) as f32;
                *scale = weight / (1.0 - slope + slope * length / mean);
            }
        }
        Ok(Self { searcher, fields, visible, scales, kept, sheets: Mutex::default() })
    }

    /// How many entries the reader may find.
    pub fn size(&self) -> usize {
        self.visible.iter().map(Bits::count).sum()
    }

    /// The columns of a segment.
    pub fn columns(&self, segment: &SegmentReader) -> Result<Arc<Columns>> {
        self.kept.columns(segment)
    }

    /// Leaves those with any of these terms in a field.
    pub fn narrow(&mut self, field: Field, terms: &[String]) -> Result<()> {
        for (segment, visible) in self.searcher.segment_readers().iter().zip(&mut self.visible) {
            let mut some = Bits::none(segment.max_doc());
            for term in terms {
                each(segment, field, term, |entry| some.add(entry))?;
            }
            visible.keep(&some);
        }
        Ok(())
    }

    /// By segment, those with a term in a field of keys: a title or code, or the thing itself.
    pub fn with(&self, field: Field, key: &str) -> Result<Vec<Bits>> {
        let mut found = Vec::new();
        for (segment, visible) in self.searcher.segment_readers().iter().zip(&self.visible) {
            let mut some = Bits::none(segment.max_doc());
            each(segment, field, key, |entry| some.add(entry))?;
            some.keep(visible);
            found.push(some);
        }
        Ok(found)
    }

    /// By segment, those with these words beside each other in one field.
    pub fn phrase(&self, words: &[String]) -> Result<Vec<Bits>> {
        let mut found: Vec<Bits> = self.searcher.segment_readers().iter().map(|segment| Bits::none(segment.max_doc())).collect();
        let [first, rest @ ..] = words else { return Ok(found) };
        for field in self.fields.text {
            let terms: Vec<Term> = words.iter().map(|word| Term::from_field_text(field, word)).collect();
            let weight = if rest.is_empty() {
                None
            } else {
                Some(PhraseQuery::new(terms).weight(EnableScoring::disabled_from_searcher(&self.searcher)).map_err(broken)?)
            };
            for ((segment, visible), found) in self.searcher.segment_readers().iter().zip(&self.visible).zip(&mut found) {
                let mut add = |entry| {
                    if visible.has(entry) {
                        found.add(entry);
                    }
                };
                match &weight {
                    None => each(segment, field, first, add)?,
                    Some(weight) => {
                        let mut scorer = weight.scorer(segment, 1.0).map_err(broken)?;
                        let mut entry = scorer.doc();
                        while entry != TERMINATED {
                            add(entry);
                            entry = scorer.advance();
                        }
                    }
                }
            }
        }
        Ok(found)
    }

    /// Where any of these terms is. Within a field the best of them counts, fields add up.
    pub fn places(&self, variants: &[Variant]) -> Result<Places> {
        let mut places = Places::default();
        for (segment, visible) in self.searcher.segment_readers().iter().zip(&self.visible) {
            let found = self.in_segment(segment, visible, variants)?;
            places.count += found.len();
            places.segments.push(found);
        }
        Ok(places)
    }

    /// The same for several words, in their order; in a big index side by side.
    pub fn places_of(&self, words: &[Vec<Variant>]) -> Result<Vec<Places>> {
        let threads = if self.searcher.num_docs() < BIG { 1 } else { thread::available_parallelism().map_or(1, usize::from) };
        self.side_by_side(words, threads.min(words.len()).max(1))
    }

    fn side_by_side(&self, words: &[Vec<Variant>], threads: usize) -> Result<Vec<Places>> {
        // every second, every third: long lists and short ones are mixed
        let lot = |first: usize| words.iter().skip(first).step_by(threads).map(|variants| self.places(variants)).collect::<Result<Vec<_>>>();
        let lots = thread::scope(|scope| {
            let lot = &lot;
            let others: Vec<_> = (1..threads).map(|first| scope.spawn(move || lot(first))).collect();
            let own = lot(0);
            let others = others.into_iter().map(|other| other.join().unwrap_or_else(|_| Err(broken("a thread ended"))));
            std::iter::once(own).chain(others).collect::<Result<Vec<_>>>()
        })?;
        let mut lots: Vec<_> = lots.into_iter().map(Vec::into_iter).collect();
        Ok((0..words.len()).filter_map(|word| lots.get_mut(word % threads)?.next()).collect())
    }

    fn in_segment(&self, segment: &SegmentReader, visible: &Bits, variants: &[Variant]) -> Result<Vec<(u32, f32)>> {
        let mut sheet = self.sheets.lock().ok().and_then(|mut sheets| sheets.pop()).unwrap_or_default();
        let [best, sums] = &mut sheet;
        let (size, few) = (segment.max_doc() as usize, u32::try_from(visible.count()).unwrap_or(u32::MAX));
        for column in [&mut *best, &mut *sums] {
            column.resize(size.max(column.len()), 0.0);
        }
        let (mut found, mut entries): (Vec<u32>, Vec<u32>) = (Vec::new(), Vec::new());
        for (field, scale) in self.fields.text.into_iter().zip(&self.scales) {
            let index = segment.inverted_index(field).map_err(broken)?;
            for variant in variants {
                let term = Term::from_field_text(field, &variant.term);
                let Some(mut postings) = index.read_postings(&term, IndexRecordOption::WithFreqs).map_err(broken)? else { continue };
                let mut take = |entry: u32, frequency: u32| {
                    #[expect(clippy::cast_precision_loss, reason = "a frequency is small")]
                    let frequency = frequency as f32 * variant.weight;
                    let best = &mut best[entry as usize];
                    if *best == 0.0 {
                        found.push(entry);
                    }
                    *best = best.max(frequency);
                };
                if few.saturating_mul(SPARSE) < postings.size_hint() {
                    for entry in visible.iter() {
                        if postings.doc() < entry {
                            postings.seek(entry);
                        }
                        if postings.doc() == entry {
                            take(entry, postings.term_freq());
                        }
                    }
                    continue;
                }
                let mut entry = postings.doc();
                while entry != TERMINATED {
                    if visible.has(entry) {
                        take(entry, postings.term_freq());
                    }
                    entry = postings.advance();
                }
            }
            if found.is_empty() {
                continue;
            }
            let norms = segment.get_fieldnorms_reader(field).map_err(broken)?;
            for entry in found.drain(..) {
                let frequency = std::mem::take(&mut best[entry as usize]);
                let sum = &mut sums[entry as usize];
                if *sum == 0.0 {
                    entries.push(entry);
                }
                *sum += frequency * scale[usize::from(norms.fieldnorm_id(entry))];
            }
        }
        let places = entries.into_iter().map(|entry| (entry, std::mem::take(&mut sums[entry as usize]))).collect();
        if let Ok(mut sheets) = self.sheets.lock() {
            sheets.push(sheet);
        }
        Ok(places)
    }

    /// Whether the reader may find an entry with this very term.
    pub fn knows(&self, term: &str) -> Result<bool> {
        for field in self.fields.text {
            if self.count(field, term, 1)? > 0 {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// In how many entries that the reader may find a field has a term; counted up to a limit.
    pub fn count(&self, field: Field, term: &str, most: usize) -> Result<usize> {
        let mut count = 0;
        for (segment, visible) in self.searcher.segment_readers().iter().zip(&self.visible) {
            let index = segment.inverted_index(field).map_err(broken)?;
            let Some(mut postings) = index.read_postings(&Term::from_field_text(field, term), IndexRecordOption::Basic).map_err(broken)? else { continue };
            let mut entry = postings.doc();
            while entry != TERMINATED && count < most {
                count += usize::from(visible.has(entry));
                entry = postings.advance();
            }
        }
        Ok(count)
    }
}

/// Calls with each entry of a segment that has a term in a field, deleted ones too.
pub(crate) fn each(segment: &SegmentReader, field: Field, term: &str, mut call: impl FnMut(u32)) -> Result<()> {
    let index = segment.inverted_index(field).map_err(broken)?;
    let Some(mut postings) = index.read_postings(&Term::from_field_text(field, term), IndexRecordOption::Basic).map_err(broken)? else { return Ok(()) };
    let mut entry = postings.doc();
    while entry != TERMINATED {
        call(entry);
        entry = postings.advance();
    }
    Ok(())
}

/// What a reader with these terms may find in a segment, without what was taken out.
fn seen(segment: &SegmentReader, field: Field, audience: &[String], kept: &Kept) -> Result<Bits> {
    let mut seen = Bits::none(segment.max_doc());
    let index = segment.inverted_index(field).map_err(broken)?;
    for term in audience {
        let size = index.doc_freq(&Term::from_field_text(field, term)).map_err(broken)?;
        if size <= LARGE {
            if size > 0 {
                each(segment, field, term, |entry| seen.add(entry))?;
            }
            continue;
        }
        let bits = kept.set(segment, term, || {
            let mut bits = Bits::none(segment.max_doc());
            each(segment, field, term, |entry| bits.add(entry))?;
            Ok(bits)
        })?;
        seen.join(&bits);
    }
    if let Some(alive) = segment.alive_bitset() {
        for entry in (0..segment.max_doc()).filter(|entry| alive.is_deleted(*entry)) {
            seen.remove(entry);
        }
    }
    Ok(seen)
}

fn mean_length(searcher: &Searcher, field: Field) -> Result<f32> {
    let (mut tokens, mut entries) = (0_u64, 0_u64);
    for segment in searcher.segment_readers() {
        tokens += segment.inverted_index(field).map_err(broken)?.total_num_tokens();
        entries += u64::from(segment.max_doc());
    }
    #[expect(clippy::cast_precision_loss, reason = "a mean needs no more")]
    Ok((tokens as f32 / entries.max(1) as f32).max(1.0))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::schema;
    use db::Timestamp;
    use kernel::Document;
    use uuid::Uuid;

    /// A text of a thing of its own, for one kind of reader.
    pub(crate) fn text(title: &str, body: &str, reader: &str) -> Document {
        Document {
            thing: Uuid::now_v7(),
            part: "public",
            file: None,
            audience: vec![reader.to_owned()],
            title: title.to_owned(),
            heads: String::new(),
            body: body.to_owned(),
            codes: Vec::new(),
            language: Some("en".to_owned()),
            facets: Vec::new(),
            staff_facets: Vec::new(),
            at: Timestamp::from_micros(0),
            votes: (0, 0),
        }
    }

    #[test]
    fn words_are_found_side_by_side_as_one_by_one() {
        let fields = Fields::new();
        let index = tantivy::Index::create_in_ram(fields.schema.clone());
        let mut writer = index.writer_with_num_threads(1, 15_000_000).unwrap();
        for lot in 0..3 {
            for n in 0..40 {
                let body = format!("one {} number{n} lot{lot}", if n % 3 == 0 { "three" } else { "other" });
                let document = text(&format!("Title {n}"), &body, if n % 5 == 0 { "staff" } else { "all" });
                writer.add_document(schema::entry(&fields, (0, "article"), &document, &body, 1, 0)).unwrap();
            }
            writer.commit().unwrap();
        }
        let kept = Kept::default();
        let view = View::of(index.reader().unwrap().searcher(), &fields, &["all".to_owned()], &kept).unwrap();
        let words = ["one", "three", "number7", "nowhere", "title", "lot2", "other"];
        let variants: Vec<Vec<Variant>> = words.iter().map(|word| vec![Variant { term: (*word).to_owned(), weight: 1.0 }]).collect();
        let plain: Vec<Places> = variants.iter().map(|variants| view.places(variants).unwrap()).collect();

        assert_eq!(plain.iter().map(|places| places.count).collect::<Vec<_>>(), [96, 33, 3, 0, 96, 32, 63]);
        for threads in [1, 2, 3, 7] {
            assert_eq!(view.side_by_side(&variants, threads).unwrap(), plain, "{threads} threads");
        }
        assert_eq!(view.places_of(&[]).unwrap(), []);
    }
}
