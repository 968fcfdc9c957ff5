//! The fields of the index, and how a document becomes one of its entries.

use crate::{
    language::Language,
    words::{self, Shape},
};
use kernel::Document;
use std::hash::{Hash, Hasher};
use tantivy::{
    TantivyDocument,
    schema::{FAST, Field, IndexRecordOption, STORED, Schema, TextFieldIndexing, TextOptions},
    tokenizer::{PreTokenizedString, Token},
};
use uuid::Uuid;

/// Counts changes of what is written here: an index of another number is built anew.
pub const VERSION: u32 = 3;
/// The most characters of a text that are indexed.
const LONGEST: usize = 200_000;
/// The most characters of a text that are kept for snippets.
const KEPT: usize = 60_000;
/// Stands before a stem and its language, so that stems are no words.
pub const STEM: char = '\u{1}';

/// The fields.
#[derive(Clone, Debug)]
pub struct Fields {
    /// The whole.
    pub schema: Schema,
    /// `kind:id`, by which a thing is taken out.
    pub key: Field,
    /// Titles, heads and bodies as words.
    pub text: [Field; 3],
    /// Whole titles and codes, as keys.
    pub exact: Field,
    /// Who may find it.
    pub audience: Field,
    /// What it can be narrowed by; those for staff begin with `~`.
    pub facet: Field,
    /// Which part of the thing, kept.
    pub part: Field,
    /// The text, kept.
    pub body: Field,
    /// The language, kept.
    pub language: Field,
}

impl Fields {
    /// The fields of this version.
    pub fn new() -> Self {
        let mut builder = Schema::builder();
        let indexed = |record, norms| {
            TextOptions::default().set_indexing_options(TextFieldIndexing::default().set_tokenizer("raw").set_index_option(record).set_fieldnorms(norms))
        };
        let words = || indexed(IndexRecordOption::WithFreqsAndPositions, true);
        let terms = || indexed(IndexRecordOption::Basic, false);
        let fields = Self {
            key: builder.add_text_field("key", terms()),
            text: [builder.add_text_field("in_title", words()), builder.add_text_field("in_heads", words()), builder.add_text_field("in_body", words())],
            exact: builder.add_text_field("exact", terms()),
            audience: builder.add_text_field("audience", terms()),
            facet: builder.add_text_field("facet", terms()),
            part: builder.add_text_field("part", STORED),
            body: builder.add_text_field("body", STORED),
            language: builder.add_text_field("language", STORED),
            schema: Schema::builder().build(),
        };
        for name in ["kind", "id_high", "id_low", "print", "parts", "help"] {
            builder.add_u64_field(name, FAST);
        }
        builder.add_i64_field("at", FAST);
        Self { schema: builder.build(), ..fields }
    }
}

/// The term that a thing is taken out by.
pub fn key(kind: &str, thing: Uuid) -> String {
    format!("{kind}:{}", thing.simple())
}

/// Tells whether a thing's entries are what the database says now.
pub fn print(documents: &[Document]) -> u64 {
    let mut hasher = Fnv(0xcbf2_9ce4_8422_2325);
    VERSION.hash(&mut hasher);
    documents.hash(&mut hasher);
    hasher.finish()
}

/// FNV-1a: what it makes of a text stands in indexes, so it must not change with the compiler.
struct Fnv(u64);

impl Hasher for Fnv {
    fn finish(&self) -> u64 {
        self.0 >> 1
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
}

/// A document as an entry. `kind` is the place of its kind; `parts` says how many documents the thing has, `print` is that of all.
pub fn entry(fields: &Fields, kind: (u64, &str), document: &Document, text: &str, parts: usize, print: u64) -> TantivyDocument {
    let mut entry = TantivyDocument::new();
    let body: String = text.chars().take(LONGEST).collect();
    let language = match &document.language {
        Some(tag) => Language::of_tag(tag),
        // too short to be told: most are English, and stems of two languages never meet
        None => Language::guess(&format!("{}. {}. {body}", document.title, document.heads)).or_else(|| Language::of_tag("en")),
    };
    entry.add_text(fields.key, key(kind.1, document.thing));
    for (field, text) in fields.text.iter().zip([&document.title, &document.heads, &body]) {
        entry.add_pre_tokenized_text(*field, tokens(text, language));
    }
    let codes = document.codes.iter().chain(std::iter::once(&document.title)).map(|code| words::key(code));
    for code in codes.filter(|code| !code.is_empty()) {
        entry.add_text(fields.exact, code);
    }
    for term in &document.audience {
        entry.add_text(fields.audience, term);
    }
    for facet in &document.facets {
        entry.add_text(fields.facet, facet);
    }
    for facet in &document.staff_facets {
        entry.add_text(fields.facet, format!("~{facet}"));
    }
    if let Some(language) = language {
        entry.add_text(fields.facet, format!("lang:{}", language.tag()));
        entry.add_text(fields.language, language.tag());
    }
    let part = document.file.as_ref().map_or_else(|| document.part.to_owned(), |file| format!("{}/{}", document.part, file.id.simple()));
    entry.add_text(fields.part, part);
    entry.add_text(fields.body, body.chars().take(KEPT).collect::<String>());
    let (high, low) = document.thing.as_u64_pair();
    let schema = &fields.schema;
    for (name, value) in [("kind", kind.0), ("id_high", high), ("id_low", low), ("print", print), ("parts", parts as u64), ("help", help(document.votes))] {
        if let Ok(field) = schema.get_field(name) {
            entry.add_u64(field, value);
        }
    }
    if let Ok(field) = schema.get_field("at") {
        entry.add_i64(field, document.at.micros());
    }
    entry
}

/// How sure it is that it helps, in hundredths around 100: Laplace's rule over the votes.
fn help((yes, no): (i64, i64)) -> u64 {
    let (yes, no) = (yes.max(0), no.max(0));
    u64::try_from((yes + 2) * 200 / (yes + no + 4)).unwrap_or(100)
}

/// Words, and beside each its stem in the text's language.
fn tokens(text: &str, language: Option<Language>) -> PreTokenizedString {
    let mut tokens = Vec::new();
    for word in words::words(text) {
        let token = |text| Token { offset_from: word.span.0, offset_to: word.span.1, position: word.place, text, position_length: 1 };
        if let Some(language) = language.filter(|_| word.shape == Shape::Plain) {
            tokens.push(token(stem(language, &word.lower)));
        }
        tokens.push(token(word.text));
    }
    // what is kept of a text stands in a field of its own
    PreTokenizedString { text: String::new(), tokens }
}

/// A stem as the index has it.
pub fn stem(language: Language, lower: &str) -> String {
    format!("{STEM}{}{STEM}{}", language.tag(), language.stem(lower))
}

/// The word or stem within a term.
pub fn word(term: &str) -> &str {
    term.rsplit(STEM).next().unwrap_or(term)
}
