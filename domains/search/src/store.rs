//! The index on disk. `search/` in the data folder holds one folder for each index and a file `current` that names the one
//! that is whole. The place of the journal stands in the index's own commit, so that both agree after a kill.

use crate::{
    kept::Kept,
    schema::{Fields, VERSION},
    view::broken,
};
use kernel::{Fault, Result};
use serde::{Deserialize, Serialize};
use std::{
    fs::{self, File, TryLockError},
    io,
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
    sync::Arc,
};
use tantivy::{IndexReader, ReloadPolicy, directory::MmapDirectory};
use uuid::Uuid;

/// Where an index stands.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// All of the journal up to this place is in it.
    pub seq: i64,
    /// Every thing is in it; false while it is built.
    pub is_whole: bool,
    /// The kinds it was made for, in their order.
    pub kinds: String,
    /// The first line of the journal it was made of: tells databases apart.
    pub root: String,
}

/// An open index.
pub struct Index {
    /// Its folder.
    pub folder: PathBuf,
    /// Its fields.
    pub fields: Fields,
    /// What tantivy knows of it.
    pub inner: tantivy::Index,
    /// Reads it as of its last commit.
    pub reader: IndexReader,
    /// Sets that are worth keeping.
    pub kept: Kept,
}

impl Index {
    /// Makes an empty one.
    pub fn make(home: &Path) -> Result<Arc<Self>> {
        let folder = home.join(format!("{VERSION}-{}", Uuid::now_v7().simple()));
        fs::create_dir_all(&folder).map_err(broken)?;
        let fields = Fields::new();
        let directory = MmapDirectory::open(&folder).map_err(broken)?;
        let inner = tantivy::Index::open_or_create(directory, fields.schema.clone()).map_err(broken)?;
        Self::over(folder, fields, inner)
    }

    /// Opens the one that `current` names, if it is of this version and can be read.
    pub fn current(home: &Path) -> Option<Arc<Self>> {
        let name = fs::read_to_string(home.join("current")).ok()?;
        let name = name.trim();
        if !name.starts_with(&format!("{VERSION}-")) || name.contains(['/', '\\', '.']) {
            return None;
        }
        let folder = home.join(name);
        // damaged files may break tantivy's own reading
        let opened = catch_unwind(AssertUnwindSafe(|| Self::open(&folder))).unwrap_or_else(|_| Err(broken("its files are damaged")));
        match opened {
            Ok(index) => Some(index),
            Err(fault) => {
                tracing::warn!(%fault, "the search index can't be opened and will be built anew");
                None
            }
        }
    }

    fn open(folder: &Path) -> Result<Arc<Self>> {
        let fields = Fields::new();
        let inner = tantivy::Index::open_in_dir(folder).map_err(broken)?;
        if inner.schema() != fields.schema {
            return Err(broken("its fields are those of another version"));
        }
        let broken_files = inner.validate_checksum().map_err(broken)?;
        if !broken_files.is_empty() {
            return Err(broken(format!("{} of its files are damaged", broken_files.len())));
        }
        Self::over(folder.to_owned(), fields, inner)
    }

    fn over(folder: PathBuf, fields: Fields, inner: tantivy::Index) -> Result<Arc<Self>> {
        // who commits reloads
        let reader = inner.reader_builder().reload_policy(ReloadPolicy::Manual).try_into().map_err(broken)?;
        Ok(Arc::new(Self { folder, fields, inner, reader, kept: Kept::default() }))
    }

    /// Where its last commit stands.
    pub fn standing(&self) -> Result<Standing> {
        let payload = self.inner.load_metas().map_err(broken)?.payload;
        Ok(payload.and_then(|payload| serde_json::from_str(&payload).ok()).unwrap_or_default())
    }

    /// Its folder was not taken away.
    pub fn is_there(&self) -> bool {
        self.folder.join("meta.json").exists()
    }

    /// Says that this one is whole, and removes the others.
    pub fn become_current(&self, home: &Path) -> Result<()> {
        let name = self.folder.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let draft = home.join("current.new");
        fs::write(&draft, name).and_then(|()| File::open(&draft)?.sync_all()).and_then(|()| fs::rename(&draft, home.join("current"))).map_err(broken)?;
        for other in folders(home) {
            if other != self.folder {
                let _ = fs::remove_dir_all(other);
            }
        }
        Ok(())
    }
}

fn folders(home: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(home).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).filter(|path| path.is_dir()).collect()
}

/// The right to write, of one process for a folder; it ends with the process.
pub struct Lock(#[expect(dead_code, reason = "held for as long as it lives")] File);

impl Lock {
    /// Takes it, or nothing when another process has it.
    pub fn take(home: &Path) -> Result<Option<Self>> {
        fs::create_dir_all(home).map_err(broken)?;
        let file = File::options().create(true).truncate(false).write(true).open(home.join("lock")).map_err(broken)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self(file))),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(broken(error)),
        }
    }
}

/// Asks whoever keeps the index to build it anew.
pub fn request(home: &Path) -> Result<()> {
    fs::write(home.join("reindex"), b"").map_err(broken)
}

/// Whether somebody asked so.
pub fn is_requested(home: &Path) -> bool {
    home.join("reindex").exists()
}

/// It was done.
pub fn answered(home: &Path) -> Result<()> {
    match fs::remove_file(home.join("reindex")) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(Fault::Broken(error.to_string())),
        _ => Ok(()),
    }
}
