//! Words and phrases that mean the same, as staff wrote them down.

use crate::{language::Language, words};

/// Groups of words or phrases that mean the same.
#[derive(Clone, Debug, Default)]
pub struct Synonyms(Vec<Vec<Vec<String>>>);

impl Synonyms {
    /// From lines of words or phrases parted by commas.
    pub fn read<'a>(lines: impl Iterator<Item = &'a str>) -> Self {
        let group = |line: &str| line.split(',').map(plain).filter(|words| !words.is_empty()).collect::<Vec<_>>();
        Self(lines.map(group).filter(|group| group.len() > 1).collect())
    }

    /// What means the same as this word, or as a phrase in the order of words that it is part of; in any of their forms.
    pub fn of(&self, word: &str, order: &[String], tongues: &[Language]) -> Vec<Vec<String>> {
        let mut others = Vec::new();
        for group in &self.0 {
            let is_named = |phrase: &&Vec<String>| {
                let stands_in = |window: &[String]| window.iter().zip(phrase.iter()).all(|(one, other)| alike(one, other, tongues));
                phrase.iter().any(|part| alike(part, word, tongues)) && order.windows(phrase.len()).any(stands_in)
            };
            if let Some(own) = group.iter().find(is_named) {
                others.extend(group.iter().filter(|phrase| *phrase != own).cloned());
            }
        }
        others
    }
}

/// The same word, or two forms of it.
fn alike(one: &str, other: &str, tongues: &[Language]) -> bool {
    let begin = |word: &str| word.chars().take(3).collect::<String>();
    one == other || begin(one) == begin(other) && tongues.iter().any(|tongue| tongue.stem(one) == tongue.stem(other))
}

fn plain(text: &str) -> Vec<String> {
    words::words(text).into_iter().filter(|word| word.shape != words::Shape::Code).map(|word| word.text).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_phrases_stand_for_each_other() {
        let synonyms = Synonyms::read(["2FA, two factor, second factor", "invoice,bill", "alone", ""].into_iter());
        let order: Vec<String> = ["two", "factor", "bill"].map(str::to_owned).into();
        let english = [Language::of_tag("en").unwrap()];
        let of = |word: &str| synonyms.of(word, &order, &english).into_iter().map(|words| words.join(" ")).collect::<Vec<_>>();
        assert_eq!(of("two"), ["2fa", "second factor"]);
        assert_eq!(of("factor"), ["2fa", "second factor"]);
        assert_eq!(of("bill"), ["invoice"]);
        assert!(synonyms.of("factor", &["factor".to_owned()], &english).is_empty());
        assert_eq!(synonyms.of("invoices", &["invoices".to_owned()], &english), [["bill"]]);
    }
}
