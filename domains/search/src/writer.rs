//! Writes the index: takes things out and puts their documents in, and commits both with the place of the journal.

use crate::{
    schema,
    state::Search,
    store::{Index, Standing},
    view::broken,
};
use db::Conn;
use kernel::{Document, Result, Searchable};
use std::{collections::HashMap, sync::Arc, time::Instant};
use tantivy::{IndexWriter, TantivyDocument, Term};
use uuid::Uuid;
use web::App;

/// What the writer may use before it writes a segment.
const MEMORY: usize = 48 * 1024 * 1024;
/// Things whose documents are read at once.
pub const LOT: usize = 100;

/// The writer of one index. There is one in a process, and one process has the lock.
pub struct Writer {
    /// What it writes.
    pub index: Arc<Index>,
    inner: IndexWriter,
    /// Where it stands; what came up to here was written.
    pub standing: Standing,
    /// Something was written since the last commit.
    pub is_dirty: bool,
    /// When it committed last.
    pub committed: Instant,
    /// Lines of the journal that were read since.
    pub passed: usize,
}

impl Writer {
    /// For an index with this standing.
    pub fn on(index: Arc<Index>, standing: Standing) -> Result<Self> {
        let inner = index.inner.writer_with_num_threads(1, MEMORY).map_err(broken)?;
        Ok(Self { index, inner, standing, is_dirty: false, committed: Instant::now(), passed: 0 })
    }

    /// Puts the documents of these things in place of those that are there.
    pub async fn put(mut self, app: &App, conn: &mut Conn, search: &Search, kind: &'static Searchable, things: &[Uuid]) -> Result<Self> {
        let place = search.sources.kinds.iter().position(|known| known.kind == kind.kind).unwrap_or_default();
        for some in things.chunks(LOT) {
            let documents = (kind.documents)(conn, some).await?;
            let mut texts = Vec::with_capacity(documents.len());
            for document in documents {
                let text = match &document.file {
                    Some(file) => (search.sources.text_of)(app, file.id).await?.unwrap_or_default(),
                    None => document.body.clone(),
                };
                texts.push((document, text));
            }
            let some = some.to_vec();
            self = on_thread(move || self.replace((place as u64, kind.kind), &some, texts)).await?;
        }
        Ok(self)
    }

    fn replace(mut self, kind: (u64, &str), things: &[Uuid], texts: Vec<(Document, String)>) -> Result<Self> {
        for thing in things {
            self.inner.delete_term(Term::from_field_text(self.index.fields.key, &schema::key(kind.1, *thing)));
        }
        for entry in entries(&self.index, kind, texts) {
            self.inner.add_document(entry).map_err(broken)?;
        }
        self.is_dirty = true;
        Ok(self)
    }

    /// Makes it durable and lets it be found.
    pub async fn commit(self) -> Result<Self> {
        on_thread(move || {
            let mut writer = self;
            let mut commit = writer.inner.prepare_commit().map_err(broken)?;
            commit.set_payload(&serde_json::to_string(&writer.standing).map_err(broken)?);
            commit.commit().map_err(broken)?;
            writer.index.reader.reload().map_err(broken)?;
            writer.index.kept.leave(&writer.index.reader.searcher());
            writer.is_dirty = false;
            writer.committed = Instant::now();
            writer.passed = 0;
            Ok(writer)
        })
        .await
    }

    /// Waits for what is still merged.
    pub async fn end(self) -> Result<()> {
        on_thread(move || self.inner.wait_merging_threads().map_err(broken)).await
    }
}

/// The entries of documents; all documents of a thing are among them.
fn entries(index: &Index, kind: (u64, &str), texts: Vec<(Document, String)>) -> Vec<TantivyDocument> {
    let mut things: HashMap<Uuid, Vec<(Document, String)>> = HashMap::new();
    for (document, text) in texts {
        things.entry(document.thing).or_default().push((document, text));
    }
    let mut entries = Vec::new();
    for texts in things.into_values() {
        let (documents, texts): (Vec<Document>, Vec<String>) = texts.into_iter().unzip();
        let print = schema::print(&documents);
        let parts = documents.len();
        entries.extend(documents.iter().zip(&texts).map(|(document, text)| schema::entry(&index.fields, kind, document, text, parts, print)));
    }
    entries
}

/// Off the threads that answer requests.
pub async fn on_thread<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(broken)?
}
