//! Where objects are: a folder on this disk, or a bucket that speaks S3. An object is written whole and
//! durably before a row names it, and never changed after that.

use crate::{File, Stored, busy::Busy, examine::Examined};
use bytes::Bytes;
use db::Id;
use futures::TryStreamExt as _;
use kernel::Fault;
use object_store::{
    Error, GetOptions, GetRange, GetResult, ObjectStore, ObjectStoreExt as _, WriteMultipart, aws::AmazonS3Builder, local::LocalFileSystem, path::Path,
};
use std::{ops::Range, path::PathBuf, sync::Arc};
use tokio::{io::AsyncReadExt as _, sync::Semaphore};
use web::App;

/// A part of a large object; S3 wants at least 5 MiB.
const PART: usize = 8 * 1024 * 1024;

/// A bucket that speaks S3.
#[derive(Clone, Debug)]
pub struct S3 {
    /// `https://s3.example.com`; empty for Amazon's own.
    pub endpoint: String,
    /// Name of the bucket, which must exist.
    pub bucket: String,
    /// Region: `eu-central-1`.
    pub region: String,
    /// Access key.
    pub access_key: String,
    /// Secret key.
    pub secret_key: String,
}

/// Where files are. One is opened at start and given to `App` as a state.
pub struct Store {
    objects: Arc<dyn ObjectStore>,
    /// Folder of objects, when they are on this disk.
    pub(crate) folder: Option<PathBuf>,
    /// Folder of unfinished uploads, always on this node's disk.
    pub(crate) parts: PathBuf,
    /// Who works on which upload.
    pub(crate) busy: Busy,
    /// Decoding takes much memory: one picture at a time.
    pub(crate) pictures: Semaphore,
}

/// Bytes on their way into the store.
pub(crate) enum Content {
    /// In memory.
    Bytes(Bytes),
    /// In a file of this size.
    Disk(PathBuf, u64),
}

impl Store {
    /// Opens the store: the bucket if there is one, else `{data}/files`. Unfinished uploads go to `{data}/uploads`.
    pub fn open(data: &std::path::Path, s3: Option<&S3>) -> Result<Self, Fault> {
        if let Some(s3) = s3 {
            return Self::over(Arc::new(bucket(s3)?), data);
        }
        let folder = data.join("files");
        std::fs::create_dir_all(&folder).map_err(on_disk)?;
        let objects = LocalFileSystem::new_with_prefix(&folder).map_err(in_store)?.with_fsync(true);
        Ok(Self { folder: Some(folder), ..Self::over(Arc::new(objects), data)? })
    }

    /// A store over any object store; for tests.
    pub fn over(objects: Arc<dyn ObjectStore>, data: &std::path::Path) -> Result<Self, Fault> {
        let parts = data.join("uploads");
        std::fs::create_dir_all(&parts).map_err(on_disk)?;
        Ok(Self { objects, folder: None, parts, busy: Busy::default(), pictures: Semaphore::new(1) })
    }

    /// The store that was given to `App` at start.
    pub fn of(app: &App) -> Result<Arc<Self>, Fault> {
        app.state().ok_or_else(|| Fault::Broken("no file store was given at start".to_owned()))
    }

    /// Whether files can be written and read now: the folders take a file, the bucket knows what it has not.
    pub async fn answers(&self) -> Result<(), Fault> {
        let folders = self.folder.iter().chain([&self.parts]);
        for folder in folders {
            let probe = folder.join(".answers");
            tokio::fs::write(&probe, b"").await.map_err(on_disk)?;
            tokio::fs::remove_file(&probe).await.or_else(|error| if error.kind() == std::io::ErrorKind::NotFound { Ok(()) } else { Err(on_disk(error)) })?;
        }
        if self.folder.is_some() {
            return Ok(());
        }
        match self.objects.head(&Path::from("answers")).await {
            Ok(_) | Err(Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(in_store(error)),
        }
    }

    /// Writes what was examined; when this answers, it is safe.
    pub(crate) async fn keep(&self, examined: Examined) -> Result<Stored, Fault> {
        let id = Id::new();
        let Examined { name, kind, content, preview } = examined;
        let has_preview = preview.is_some();
        let size = match content {
            Content::Bytes(bytes) => {
                let size = bytes.len() as u64;
                self.objects.put(&object(id), bytes.into()).await.map_err(in_store)?;
                size
            }
            Content::Disk(path, size) => {
                self.put_from_disk(id, &path).await?;
                size
            }
        };
        if let Some(preview) = preview {
            self.objects.put(&small(id), preview.into()).await.map_err(in_store)?;
        }
        Ok(Stored { id, name, kind: kind.mime, size: i64::try_from(size).unwrap_or(i64::MAX), has_preview })
    }

    async fn put_from_disk(&self, id: Id<File>, path: &std::path::Path) -> Result<(), Fault> {
        let mut file = tokio::fs::File::open(path).await.map_err(on_disk)?;
        let mut writing = WriteMultipart::new_with_chunk_size(self.objects.put_multipart(&object(id)).await.map_err(in_store)?, PART);
        let mut buffer = vec![0; 256 * 1024];
        loop {
            let read = match file.read(&mut buffer).await {
                Ok(0) => break,
                Ok(read) => read,
                Err(error) => {
                    let _ = writing.abort().await;
                    return Err(on_disk(error));
                }
            };
            writing.wait_for_capacity(2).await.map_err(in_store)?;
            writing.write(buffer.get(..read).unwrap_or_default());
        }
        writing.finish().await.map(drop).map_err(in_store)
    }

    /// An object or its preview, or a range of it.
    pub(crate) async fn get(&self, id: Id<File>, preview: bool, range: Option<Range<u64>>) -> Result<GetResult, Fault> {
        let options = GetOptions { range: range.map(GetRange::Bounded), ..GetOptions::default() };
        let path = if preview { small(id) } else { object(id) };
        match self.objects.get_opts(&path, options).await {
            Err(Error::NotFound { .. }) => {
                tracing::error!(file = %id, "the object of a file is not in the store");
                Err(Fault::Missing)
            }
            other => other.map_err(in_store),
        }
    }

    /// Writes an object that is no file of people under a name of its room, `mail/…`; when this answers, it is safe.
    pub async fn put_named(&self, name: &str, bytes: Bytes) -> Result<(), Fault> {
        self.objects.put(&Path::from(name), bytes.into()).await.map(drop).map_err(in_store)
    }

    /// Reads such an object.
    pub async fn get_named(&self, name: &str) -> Result<Bytes, Fault> {
        match self.objects.get(&Path::from(name)).await {
            Ok(found) => found.bytes().await.map_err(in_store),
            Err(Error::NotFound { .. }) => Err(Fault::Missing),
            Err(error) => Err(in_store(error)),
        }
    }

    /// Removes such an object; one that is gone already is no error.
    pub async fn remove_named(&self, name: &str) -> Result<(), Fault> {
        match self.objects.delete(&Path::from(name)).await {
            Ok(()) | Err(Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(in_store(error)),
        }
    }

    /// Removes objects and their previews; those that are gone already are no error.
    pub(crate) async fn delete(&self, ids: &[Id<File>]) -> Result<(), Fault> {
        for path in ids.iter().flat_map(|id| [object(*id), small(*id)]) {
            match self.objects.delete(&path).await {
                Ok(()) | Err(Error::NotFound { .. }) => {}
                Err(error) => return Err(in_store(error)),
            }
        }
        Ok(())
    }

    /// Ids of objects between two ids. Ids grow with time, so this is a span of time.
    pub(crate) async fn between(&self, from: Id<File>, until: Id<File>) -> Result<Vec<Id<File>>, Fault> {
        let end = object(until);
        self.objects
            .list_with_offset(None, &object(from))
            .map_err(in_store)
            .try_filter_map(|meta| {
                let id: Option<Id<File>> = (meta.location < end).then(|| meta.location.as_ref().parse().ok()).flatten();
                async move { Ok(id) }
            })
            .try_collect()
            .await
    }
}

impl Content {
    /// The first bytes, at most `most`.
    pub(crate) async fn head(&self, most: usize) -> Result<Vec<u8>, Fault> {
        match self {
            Self::Bytes(bytes) => Ok(bytes.iter().take(most).copied().collect()),
            Self::Disk(path, _) => {
                let mut head = Vec::with_capacity(most);
                let file = tokio::fs::File::open(path).await.map_err(on_disk)?;
                file.take(most as u64).read_to_end(&mut head).await.map_err(on_disk)?;
                Ok(head)
            }
        }
    }

    /// How many bytes there are.
    pub(crate) fn size(&self) -> u64 {
        match self {
            Self::Bytes(bytes) => bytes.len() as u64,
            Self::Disk(_, size) => *size,
        }
    }

    /// All of it, in memory.
    pub(crate) async fn whole(self) -> Result<Bytes, Fault> {
        match self {
            Self::Bytes(bytes) => Ok(bytes),
            Self::Disk(path, _) => Ok(tokio::fs::read(path).await.map_err(on_disk)?.into()),
        }
    }
}

fn bucket(s3: &S3) -> Result<object_store::aws::AmazonS3, Fault> {
    let mut builder =
        AmazonS3Builder::new().with_bucket_name(&s3.bucket).with_region(&s3.region).with_access_key_id(&s3.access_key).with_secret_access_key(&s3.secret_key);
    if !s3.endpoint.is_empty() {
        builder = builder.with_endpoint(&s3.endpoint).with_allow_http(s3.endpoint.starts_with("http://"));
    }
    builder.build().map_err(in_store)
}

fn object(id: Id<File>) -> Path {
    Path::from(id.to_string())
}

fn small(id: Id<File>) -> Path {
    Path::from(format!("{id}-preview"))
}

#[expect(clippy::needless_pass_by_value, reason = "the shape that map_err takes")]
pub(crate) fn in_store(error: Error) -> Fault {
    Fault::Broken(format!("the file store: {error}"))
}

/// An error of the local disk.
#[expect(clippy::needless_pass_by_value, reason = "the shape that map_err takes")]
pub(crate) fn on_disk(error: std::io::Error) -> Fault {
    Fault::Broken(format!("the disk of uploads: {error}"))
}
