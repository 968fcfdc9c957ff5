//! Runs a query on the index, for one reader. It reads files, so it runs off the threads that answer requests.

use crate::{
    ask::{Ask, Term},
    language::Language,
    near::{self, forgiven},
    rank::{Ranked, Wanted, Weighed, rank},
    schema,
    store::Index,
    synonyms::Synonyms,
    view::{Places, Variant, View, broken},
};
use db::Timestamp;
use kernel::Result;
use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};
use tantivy::{
    DocAddress, TantivyDocument,
    schema::{Field, Value as _},
};
use uuid::Uuid;

/// A stem weighs this beside the word itself.
const STEM: f32 = 0.85;
/// A word that means the same.
const SYNONYM: f32 = 0.7;
/// A word that a beginning may become.
const BEGUN: f32 = 0.8;
/// A word in place of one that nobody knows.
const MENDED: f32 = 0.9;
/// So many words that a beginning may become are looked for.
const BEGINNINGS: usize = 48;
/// Words beside each other are looked for in queries of so many words.
const BESIDE: std::ops::RangeInclusive<usize> = 2..=8;

/// What is run.
pub struct Plan {
    /// The query.
    pub ask: Ask,
    /// The reader's terms.
    pub audience: Vec<String>,
    /// Groups of facets of which one each must fit.
    pub narrows: Vec<Vec<String>>,
    /// Places of the kinds that are shown; empty is all.
    pub kinds: Vec<u64>,
    /// Take the words as they are.
    pub is_exact: bool,
    /// All words must be there.
    pub needs_all: bool,
    /// What comes first, as terms of the index.
    pub firsts: Vec<String>,
    /// Words that mean the same.
    pub synonyms: Arc<Synonyms>,
    /// Only after this place.
    pub after: Option<(i64, Uuid)>,
    /// How many at most.
    pub limit: usize,
    /// Now.
    pub now: Timestamp,
}

/// What is kept of an entry.
#[derive(Clone, Debug, Default)]
pub struct Kept {
    /// Which part of its thing.
    pub part: String,
    /// Its text.
    pub body: String,
    /// Its language.
    pub language: Option<Language>,
}

/// A word that is nowhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing {
    /// As typed.
    pub word: String,
    /// The nearest that there are.
    pub near: Vec<String>,
}

/// What came of it.
pub struct Run {
    /// In order, and counts.
    pub ranked: Ranked,
    /// Words that were put in place of others.
    pub mended: Vec<(String, String)>,
    /// Words that are nowhere.
    pub missing: Vec<Missing>,
    /// Terms to mark.
    pub terms: HashSet<String>,
    /// What is kept of the entries in `ranked`.
    pub kept: HashMap<(u32, u32), Kept>,
}

/// Runs it.
pub fn run(index: &Index, plan: &Plan) -> Result<Run> {
    let mut view = View::of(index.reader.searcher(), &index.fields, &plan.audience, &index.kept)?;
    let mut words = Words { plan, tongues: tongues(&view)?, weighed: Vec::new(), mended: Vec::new(), missing: Vec::new(), terms: HashSet::new() };
    for facets in &plan.narrows {
        view.narrow(view.fields.facet, facets)?;
    }
    let variants: Vec<Vec<Variant>> = plan.ask.words.iter().map(|term| words.all_variants(&view, term)).collect::<Result<_>>()?;
    if plan.needs_all {
        let needed = plan.ask.words.iter().zip(&variants).filter(|(term, _)| !term.is_extra && words.others(term).is_empty());
        view.reach(&needed.map(|(_, variants)| variants.as_slice()).collect::<Vec<_>>())?;
    }
    let places = view.places_of(&variants)?;
    for ((term, variants), places) in plan.ask.words.iter().zip(variants).zip(places) {
        words.add(&view, term, variants, places)?;
    }
    let order = words.order();
    let phrases = |phrases: &[Vec<String>]| phrases.iter().map(|words| view.phrase(words)).collect::<Result<Vec<_>>>();
    let wanted = Wanted {
        musts: phrases(&plan.ask.phrases)?,
        without: phrases(&plan.ask.without)?,
        beside: if BESIDE.contains(&order.len()) { Some(view.phrase(&order)?) } else { None },
        exact: if plan.ask.key.is_empty() { None } else { Some(view.with(view.fields.exact, &plan.ask.key)?) },
        firsts: plan.firsts.iter().map(|key| view.with(view.fields.key, key)).collect::<Result<_>>()?,
        kinds: plan.kinds.clone(),
        needs_all: plan.needs_all,
        between: (plan.ask.after, plan.ask.before),
        after: plan.after,
        limit: plan.limit,
        now: plan.now,
        words: words.weighed,
    };
    let is_hopeless = wanted.words.is_empty() && !plan.ask.is_list();
    let ranked = if is_hopeless { Ranked::default() } else { rank(&view, &wanted)? };
    let mut kept = HashMap::new();
    for scored in &ranked.best {
        kept.insert(scored.entry, keep(&view, scored.entry)?);
    }
    Ok(Run { ranked, mended: words.mended, missing: words.missing, terms: words.terms, kept })
}

struct Words<'p> {
    plan: &'p Plan,
    tongues: Vec<Language>,
    weighed: Vec<Weighed>,
    mended: Vec<(String, String)>,
    missing: Vec<Missing>,
    terms: HashSet<String>,
}

impl Words<'_> {
    /// The word, its stems, and how it may go on.
    fn all_variants(&self, view: &View<'_>, term: &Term) -> Result<Vec<Variant>> {
        let mut variants = self.variants(&term.text, &term.lower, 1.0);
        if term.is_prefix {
            let begun = near::beginning(view, &term.text, BEGINNINGS)?;
            variants.extend(begun.into_iter().filter(|near| near.word != term.text).map(|near| Variant { term: near.word, weight: BEGUN }));
        }
        Ok(variants)
    }

    /// Words and phrases that mean the same.
    fn others(&self, term: &Term) -> Vec<Vec<String>> {
        self.plan.synonyms.of(&term.text, &self.plan.ask.order, &self.tongues)
    }

    /// Adds a word with its variants and where they are.
    fn add(&mut self, view: &View<'_>, term: &Term, mut variants: Vec<Variant>, mut places: Places) -> Result<()> {
        let mut weight = 1.0;
        let others = self.others(term);
        if places.count == 0 && term.may_mend && !self.plan.is_exact && others.is_empty() {
            let slips = forgiven(term.text.chars().count());
            if let Some(best) = near::near(view, &term.text, slips, 1)?.into_iter().next() {
                variants = self.variants(&best.word, &best.word, 1.0);
                places = view.places(&variants)?;
                weight = MENDED;
                self.mended.push((term.text.clone(), best.word));
            }
        }
        for other in &others {
            self.join(view, &mut places, other)?;
        }
        if places.count == 0 && !term.is_extra && !self.plan.needs_all {
            let letters = term.text.chars().count();
            let near = if term.may_mend { near::near(view, &term.text, forgiven(letters.max(5)) + 1, 3)? } else { Vec::new() };
            self.missing.push(Missing { word: term.typed.clone(), near: near.into_iter().map(|near| near.word).collect() });
        }
        self.terms.extend(variants.into_iter().map(|variant| variant.term));
        // a word that is nowhere is still missed: things with all others are no better for it
        self.weighed.push(Weighed { places, weight, is_extra: term.is_extra });
        Ok(())
    }

    /// Adds where another word or phrase stands that means the same.
    fn join(&mut self, view: &View<'_>, places: &mut Places, other: &[String]) -> Result<()> {
        let found = if let [word] = other {
            let variants = self.variants(word, word, SYNONYM);
            let found = view.places(&variants)?;
            self.terms.extend(variants.into_iter().map(|variant| variant.term));
            found.segments
        } else {
            self.terms.extend(other.iter().cloned());
            view.phrase(other)?.iter().map(|bits| bits.iter().map(|entry| (entry, SYNONYM)).collect()).collect()
        };
        places.join(found);
        Ok(())
    }

    /// The word itself, and its stems in the languages that there are.
    fn variants(&self, text: &str, lower: &str, weight: f32) -> Vec<Variant> {
        let mut variants = vec![Variant { term: text.to_owned(), weight }];
        if text.chars().all(char::is_alphabetic) {
            variants.extend(self.tongues.iter().map(|tongue| Variant { term: schema::stem(*tongue, lower), weight: weight * STEM }));
        }
        variants
    }

    /// The words in their order, the mended ones in place.
    fn order(&self) -> Vec<String> {
        let right = |word: &String| self.mended.iter().find(|(wrong, _)| wrong == word).map_or_else(|| word.clone(), |(_, right)| right.clone());
        self.plan.ask.order.iter().map(right).collect()
    }
}

/// The languages that there are texts in.
fn tongues(view: &View<'_>) -> Result<Vec<Language>> {
    let mut tongues = HashSet::new();
    for segment in view.searcher.segment_readers() {
        let index = segment.inverted_index(view.fields.facet).map_err(broken)?;
        let mut terms = index.terms().range().ge(b"lang:").lt(b"lang;").into_stream().map_err(broken)?;
        while terms.advance() {
            tongues.extend(std::str::from_utf8(terms.key()).ok().and_then(|term| Language::of_tag(&term[5..])));
        }
    }
    Ok(tongues.into_iter().collect())
}

fn keep(view: &View<'_>, (segment, entry): (u32, u32)) -> Result<Kept> {
    let document: TantivyDocument = view.searcher.doc(DocAddress::new(segment, entry)).map_err(broken)?;
    let text = |field: Field| document.get_first(field).and_then(|value| value.as_str()).unwrap_or_default().to_owned();
    Ok(Kept { part: text(view.fields.part), body: text(view.fields.body), language: Language::of_tag(&text(view.fields.language)) })
}
