//! Documents and judged queries, a line of JSON each.

use crate::Outcome;
use serde_json::Value;
use std::{collections::HashMap, path::Path};

/// A document.
pub(super) struct Document {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) labels: Vec<String>,
    pub(super) body: String,
}

/// A query with what answers it: 1 touches it, 3 is the answer.
pub(super) struct Query {
    pub(super) text: String,
    pub(super) kind: String,
    pub(super) relevant: HashMap<String, f64>,
}

/// All of it.
pub(super) struct Collection {
    pub(super) documents: Vec<Document>,
    pub(super) queries: Vec<Query>,
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn lines(path: &Path) -> Outcome<Vec<Value>> {
    let all = std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    all.lines().filter(|line| !line.trim().is_empty()).map(|line| Ok(serde_json::from_str(line)?)).collect()
}

impl Collection {
    pub(super) fn read(folder: &Path) -> Outcome<Self> {
        let documents = lines(&folder.join("documents.jsonl"))?.into_iter().map(|value| Document {
            id: text(&value["id"]),
            title: text(&value["title"]),
            labels: value["labels"].as_array().into_iter().flatten().map(text).collect(),
            body: text(&value["body"]),
        });
        let queries = lines(&folder.join("queries.jsonl"))?.into_iter().map(|value| Query {
            text: text(&value["query"]),
            kind: text(&value["kind"]),
            relevant: value["relevant"].as_object().into_iter().flatten().map(|(id, grade)| (id.clone(), grade.as_f64().unwrap_or_default())).collect(),
        });
        Ok(Self { documents: documents.collect(), queries: queries.collect() })
    }
}

/// nDCG of the first ten.
#[expect(clippy::cast_precision_loss, reason = "ten places")]
pub(super) fn ndcg(found: &[String], relevant: &HashMap<String, f64>) -> f64 {
    let gain = |grades: &mut dyn Iterator<Item = f64>| {
        grades.take(10).enumerate().map(|(place, grade)| (grade.exp2() - 1.0) / (place as f64 + 2.0).log2()).sum::<f64>()
    };
    let mut ideal: Vec<f64> = relevant.values().copied().collect();
    ideal.sort_by(|one, other| other.total_cmp(one));
    let best = gain(&mut ideal.into_iter());
    if best == 0.0 { 1.0 } else { gain(&mut found.iter().map(|id| relevant.get(id).copied().unwrap_or_default())) / best }
}

/// The query with one slip in its longest word that may be corrected: two letters swapped, or one left out. None where there is no such word.
pub(super) fn slip(text: &str, turn: usize) -> Option<String> {
    let fits = |word: &&str| word.is_ascii() && word.len() >= 5 && word.bytes().all(|byte| byte.is_ascii_lowercase());
    let word = text.split(' ').filter(fits).max_by_key(|word| word.len())?;
    let at = 1 + turn % (word.len() - 2);
    let mut letters = word.as_bytes().to_vec();
    if turn.is_multiple_of(2) && letters[at] != letters[at + 1] {
        letters.swap(at, at + 1);
    } else {
        letters.remove(at);
    }
    let slipped = String::from_utf8(letters).ok()?;
    let mut is_done = false;
    let words = text.split(' ').map(|part| if part == word && !std::mem::replace(&mut is_done, true) { slipped.clone() } else { part.to_owned() });
    Some(words.collect::<Vec<_>>().join(" "))
}
