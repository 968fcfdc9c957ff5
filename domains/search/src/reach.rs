//! Where all words must be there, the rarest says which things can be found; the longer lists of the others are passed over.
//! So a list with words costs what its rarest word costs.

use crate::{
    bits::Bits,
    view::{Variant, View, broken, each},
};
use kernel::Result;
use tantivy::Term;

/// A list must be this many times as long as the shortest.
const WORTH: u64 = 8;

impl View<'_> {
    /// Narrows to things that may have each of these words. Counts of words are then those among these things.
    pub fn reach(&mut self, words: &[&[Variant]]) -> Result<()> {
        let lengths = words.iter().map(|variants| self.length(variants)).collect::<Result<Vec<_>>>()?;
        let (Some(longest), Some((shortest, rarest))) = (lengths.iter().max(), lengths.iter().zip(words).min_by_key(|(length, _)| **length)) else {
            return Ok(());
        };
        if shortest.saturating_mul(WORTH) > *longest {
            return Ok(());
        }
        for (segment, visible) in self.searcher.segment_readers().iter().zip(&mut self.visible) {
            let columns = self.kept.columns(segment)?;
            // a thing whose texts are not all beside each other may have the word elsewhere
            let mut reached: Bits = columns.scattered().clone();
            for field in self.fields.text {
                for variant in *rarest {
                    each(segment, field, &variant.term, |entry| {
                        if !reached.has(entry) {
                            columns.beside(entry).for_each(|entry| reached.add(entry));
                        }
                    })?;
                }
            }
            visible.keep(&reached);
        }
        Ok(())
    }

    /// In how many entries a word is, about.
    fn length(&self, variants: &[Variant]) -> Result<u64> {
        let mut length = 0;
        for field in self.fields.text {
            for variant in variants {
                length += self.searcher.doc_freq(&Term::from_field_text(field, &variant.term)).map_err(broken)?;
            }
        }
        Ok(length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{kept::Kept, schema, schema::Fields, view::tests::text};
    use kernel::Document;
    use std::collections::{BTreeSet, HashMap};
    use uuid::Uuid;

    fn word(text: &str) -> Vec<Variant> {
        vec![Variant { term: text.to_owned(), weight: 1.0 }]
    }

    /// Things that have all words, by what the view finds for each.
    fn with_all(view: &View<'_>, words: &[&str]) -> BTreeSet<Uuid> {
        let of = |text: &&str| {
            let places = view.places(&word(text)).unwrap();
            let mut things = BTreeSet::new();
            for (segment, places) in view.searcher.segment_readers().iter().zip(places.segments) {
                let columns = view.columns(segment).unwrap();
                things.extend(places.iter().map(|(entry, _)| columns.id(*entry)));
            }
            things
        };
        words.iter().map(of).reduce(|one, other| &one & &other).unwrap()
    }

    #[test]
    fn what_is_reached_has_all_that_has_all_words() {
        let fields = Fields::new();
        let index = tantivy::Index::create_in_ram(fields.schema.clone());
        let mut writer = index.writer_with_num_threads(1, 15_000_000).unwrap();
        let things: Vec<Uuid> = (0..300).map(|_| Uuid::now_v7()).collect();
        let mut plain: HashMap<Uuid, String> = HashMap::new();
        let mut add = |writer: &mut tantivy::IndexWriter, number: usize, part: usize, of: usize| {
            let body = format!(
                "run {} part{part} {}",
                if number % 50 == 7 && part == 1 { "rare" } else { "often" },
                if number.is_multiple_of(3) { "third" } else { "" }
            );
            let reader = if number.is_multiple_of(5) { "staff" } else { "all" };
            if reader == "all" {
                plain.entry(things[number]).or_default().extend([" ", &body, " "]);
            }
            let document = Document { thing: things[number], ..text("", &body, reader) };
            writer.add_document(schema::entry(&fields, (0, "ticket"), &document, &body, of, 0)).unwrap();
        };
        for number in 0..300 {
            // alone, all three beside each other, and three of which the last is in the next segment
            for part in 0..[1, 3, 2][number % 3] {
                add(&mut writer, number, part, [1, 3, 3][number % 3]);
            }
        }
        writer.commit().unwrap();
        (2..300).step_by(3).for_each(|number| add(&mut writer, number, 2, 3));
        writer.commit().unwrap();
        let (kept, searcher) = (Kept::default(), index.reader().unwrap().searcher());

        for words in [["run", "rare"], ["rare", "part2"], ["third", "rare"], ["often", "rare"], ["run", "part2"], ["run", "nowhere"]] {
            let whole = View::of(searcher.clone(), &fields, &["all".to_owned()], &kept).unwrap();
            let mut narrow = View::of(searcher.clone(), &fields, &["all".to_owned()], &kept).unwrap();
            narrow.reach(&[&word(words[0]), &word(words[1])]).unwrap();
            let expected: BTreeSet<Uuid> =
                plain.iter().filter(|(_, text)| words.iter().all(|word| text.contains(&format!(" {word} ")))).map(|(id, _)| *id).collect();

            assert_eq!(with_all(&whole, &words), expected, "{words:?}");
            assert_eq!(with_all(&narrow, &words), expected, "{words:?}");
            if words.contains(&"rare") {
                assert!(narrow.size() < whole.size(), "{words:?}");
            }
        }
    }
}
