//! A folder or an archive of pages. Nothing outside of it is ever read, and what it claims of its sizes is not believed.

use super::{Line, Outcome};
use std::{
    collections::BTreeMap,
    fs::File,
    io::{Cursor, Read},
    path::{Path, PathBuf},
};
use zip::ZipArchive;

/// Files that are looked at.
const FILES: usize = 30_000;
/// Bytes of one file.
const ONE: u64 = 25 * 1024 * 1024;
/// Bytes of all files together, unpacked.
const ALL: u64 = 2 * 1024 * 1024 * 1024;
/// Folders within folders.
const DEPTH: usize = 20;

/// Where pages come from.
pub struct Tree {
    origin: Origin,
    /// Paths with `/`, and where each is.
    files: BTreeMap<String, Place>,
    /// What was left out already.
    pub(crate) lines: Vec<Line>,
    read: u64,
}

enum Origin {
    Folder,
    Zip(Box<ZipArchive<Cursor<Vec<u8>>>>),
}

enum Place {
    File(PathBuf),
    Entry(usize),
    Bytes(Vec<u8>),
}

impl Tree {
    /// A folder, a `.zip`, or one page. An error is a sentence.
    pub fn open(path: &Path) -> Result<Self, String> {
        let kind = std::fs::metadata(path).map_err(|error| format!("{} can't be read: {error}", path.display()))?;
        if kind.is_dir() {
            return Self::folder(path);
        }
        let mut bytes = Vec::new();
        let file = File::open(path).map_err(|error| format!("{} can't be read: {error}", path.display()))?;
        file.take(ALL).read_to_end(&mut bytes).map_err(|error| format!("{} can't be read: {error}", path.display()))?;
        if bytes.starts_with(b"PK") {
            return Self::zip(bytes);
        }
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        Ok(Self { origin: Origin::Folder, files: BTreeMap::from([(name, Place::File(path.to_owned()))]), lines: Vec::new(), read: 0 })
    }

    /// Pages that are here already; what has no fine path is left out.
    pub fn of(pages: impl IntoIterator<Item = (String, Vec<u8>)>) -> Self {
        let files = pages.into_iter().filter_map(|(path, bytes)| Some((safe(&path)?, Place::Bytes(bytes)))).collect();
        Self { origin: Origin::Folder, files, lines: Vec::new(), read: 0 }
    }

    /// One page that is here already.
    pub fn one(name: &str, bytes: Vec<u8>) -> Result<Self, String> {
        let name = safe(name).ok_or_else(|| "Its name can't be used.".to_owned())?;
        Ok(Self { origin: Origin::Folder, files: BTreeMap::from([(name, Place::Bytes(bytes))]), lines: Vec::new(), read: 0 })
    }

    fn folder(root: &Path) -> Result<Self, String> {
        let mut tree = Self { origin: Origin::Folder, files: BTreeMap::new(), lines: Vec::new(), read: 0 };
        let mut open = vec![(root.to_owned(), String::new(), 0)];
        while let Some((folder, prefix, depth)) = open.pop() {
            let entries = std::fs::read_dir(&folder).map_err(|error| format!("{} can't be read: {error}", folder.display()))?;
            for entry in entries.flatten() {
                let name = entry.file_name().to_string_lossy().into_owned();
                let path = format!("{prefix}{name}");
                let Ok(kind) = entry.file_type() else { continue };
                if is_hidden(&name) {
                    continue;
                }
                if kind.is_symlink() {
                    tree.lines.push(Line::new(&path, Outcome::Refused, "Links out of the folder are not followed."));
                } else if kind.is_dir() {
                    if depth < DEPTH {
                        open.push((entry.path(), format!("{path}/"), depth + 1));
                    } else {
                        tree.lines.push(Line::new(&path, Outcome::Refused, too_deep()));
                    }
                } else {
                    tree.put(path, Place::File(entry.path()));
                }
            }
        }
        Ok(tree)
    }

    /// An archive.
    pub fn zip(bytes: Vec<u8>) -> Result<Self, String> {
        let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| format!("This is no ZIP archive that can be read: {error}."))?;
        let mut tree = Self { origin: Origin::Folder, files: BTreeMap::new(), lines: Vec::new(), read: 0 };
        for index in 0..archive.len() {
            let entry = match archive.by_index_raw(index) {
                Ok(entry) => entry,
                Err(error) => {
                    tree.lines.push(Line::new(&format!("entry {index}"), Outcome::Refused, format!("It can't be read: {error}.")));
                    continue;
                }
            };
            if entry.is_dir() {
                continue;
            }
            let name = match entry.name() {
                Ok(name) => name.replace('\\', "/"),
                Err(_) => format!("../entry {index} without a name"),
            };
            let is_link = entry.unix_mode().is_some_and(|mode| mode & 0o170_000 == 0o120_000);
            match safe(&name).filter(|_| !is_link) {
                Some(path) if path.split('/').any(is_hidden) => {}
                Some(path) => tree.put(path, Place::Entry(index)),
                None if name.split('/').count() > DEPTH => tree.lines.push(Line::new(&name, Outcome::Refused, too_deep())),
                None => tree.lines.push(Line::new(&name, Outcome::Refused, "Its path leads out of the archive.")),
            }
        }
        tree.origin = Origin::Zip(Box::new(archive));
        tree.strip_root();
        Ok(tree)
    }

    /// An archive of one folder is that folder.
    fn strip_root(&mut self) {
        let Some(root) = self.files.keys().next().and_then(|path| path.split_once('/')).map(|(root, _)| format!("{root}/")) else { return };
        let is_docs = self.files.keys().all(|path| path.starts_with(&root));
        let has_folders = self.files.keys().any(|path| path[root.len().min(path.len())..].contains('/'));
        if is_docs && has_folders {
            self.files = std::mem::take(&mut self.files).into_iter().map(|(path, place)| (path[root.len()..].to_owned(), place)).collect();
        }
    }

    fn put(&mut self, path: String, place: Place) {
        if self.files.len() < FILES {
            self.files.insert(path, place);
        } else {
            self.lines.push(Line::new(&path, Outcome::Refused, format!("At most {FILES} files are taken at once.")));
        }
    }

    /// The paths of all files, in order.
    pub(crate) fn paths(&self) -> impl Iterator<Item = &str> {
        self.files.keys().map(String::as_str)
    }

    /// Whether there is such a file.
    pub(crate) fn has(&self, path: &str) -> bool {
        self.files.contains_key(path)
    }

    /// The bytes of a file; why not is a sentence.
    pub(crate) fn read(&mut self, path: &str) -> Result<Vec<u8>, String> {
        let place = self.files.get(path).ok_or_else(|| "There is no such file.".to_owned())?;
        let mut bytes = Vec::new();
        let unreadable = |error: &dyn std::fmt::Display| format!("It can't be read: {error}.");
        match (place, &mut self.origin) {
            (Place::Entry(index), Origin::Zip(archive)) => {
                let entry = archive.by_index(*index).map_err(|error| unreadable(&error))?;
                entry.take(ONE + 1).read_to_end(&mut bytes).map_err(|error| unreadable(&error))?;
            }
            (Place::Bytes(own), _) => bytes.clone_from(own),
            (Place::File(file), _) => {
                File::open(file).and_then(|file| file.take(ONE + 1).read_to_end(&mut bytes)).map_err(|error| unreadable(&error))?;
            }
            (Place::Entry(_), Origin::Folder) => return Err("There is no such file.".to_owned()),
        }
        let length = bytes.len() as u64;
        if length > ONE {
            return Err(format!("It is larger than {} MB.", ONE / 1024 / 1024));
        }
        self.read += length;
        if self.read > ALL {
            return Err("All files together are too large.".to_owned());
        }
        Ok(bytes)
    }
}

/// `.git`, `__MACOSX`, `node_modules` and the like.
fn is_hidden(name: &str) -> bool {
    name.starts_with('.') || matches!(name, "__MACOSX" | "node_modules" | "Thumbs.db")
}

fn too_deep() -> String {
    format!("Folders may lie {DEPTH} deep in each other.")
}

/// A path that stays within.
fn safe(name: &str) -> Option<String> {
    let is_fine = |part: &str| !part.is_empty() && part != "." && part != ".." && !part.contains(['\0', ':']) && part.len() <= 255;
    let is_inside = !name.starts_with('/') && name.split('/').all(is_fine) && name.split('/').count() <= DEPTH;
    is_inside.then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_that_stay_within_are_taken() {
        for (name, is_taken) in [
            ("a/b.md", true),
            ("../a.md", false),
            ("a/../../b.md", false),
            ("/etc/passwd", false),
            ("c:/x", false),
            ("a//b", false),
            ("./a", false),
            ("a\0b", false),
        ] {
            assert_eq!(safe(name).is_some(), is_taken, "{name}");
        }
    }
}
