//! Pictures of articles: in the store of files, seen by whoever may read or write the article, named in its text by an address that
//! stays.

use crate::ArticleId;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use db::{Conn, Id, Tx, record, sql};
use image::{ImageDecoder as _, ImageReader, metadata::Orientation};
use kernel::{Actor, Fault, Result};
use sha2::{Digest, Sha256};
use std::io::Cursor;
use uuid::Uuid;

/// What files of articles belong to.
pub(crate) const KIND: &str = "article";
/// An article has at most so many.
const MOST: i64 = 300;

record! {
    /// A picture of an article.
    #[derive(Clone, Debug)]
    pub struct Image {
        /// The id of its file.
        pub id: Id<Uuid>,
        /// The name of the file.
        pub name: String,
        /// Pixels.
        pub width: i64,
        /// Pixels.
        pub height: i64,
    }
}

/// A picture in the store that no article has yet.
pub(crate) struct Prepared {
    stored: files::Stored,
    width: i64,
    height: i64,
    digest: String,
}

/// Looks at a picture and puts it into the store; before and outside of any transaction.
pub(crate) async fn prepare(store: &files::Store, name: &str, bytes: Vec<u8>) -> Result<Prepared> {
    let (width, height) = size(&bytes).ok_or_else(|| Fault::Unsupported(format!("{name} is no picture that browsers show: use PNG, JPEG, GIF or WebP.")))?;
    let digest = digest(&bytes);
    let stored = files::keep(store, name, bytes).await?;
    if !matches!(stored.kind, "image/png" | "image/jpeg" | "image/gif" | "image/webp") {
        return Err(Fault::Unsupported(format!("{name} is no picture that browsers show: use PNG, JPEG, GIF or WebP.")));
    }
    Ok(Prepared { stored, width, height, digest })
}

/// What tells the same bytes.
pub(crate) fn digest(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(bytes))
}

/// Width and height as it is shown, upright.
fn size(bytes: &[u8]) -> Option<(i64, i64)> {
    let mut decoder = ImageReader::new(Cursor::new(bytes)).with_guessed_format().ok()?.into_decoder().ok()?;
    let (width, height) = decoder.dimensions();
    let is_turned =
        matches!(decoder.orientation(), Ok(Orientation::Rotate90 | Orientation::Rotate270 | Orientation::Rotate90FlipH | Orientation::Rotate270FlipH));
    let (width, height) = if is_turned { (height, width) } else { (width, height) };
    Some((width.into(), height.into()))
}

impl Image {
    /// Gives a picture to an article.
    pub(crate) async fn add(tx: &mut Tx, actor: &Actor, article: ArticleId, prepared: Prepared) -> Result<Self> {
        let count: i64 = tx.one(sql!("SELECT COUNT(*) FROM article_images WHERE article_id = $1", article)).await?;
        if count >= MOST {
            return Err(Fault::field("file", format!("An article has at most {MOST} pictures.")));
        }
        let Prepared { stored, width, height, digest } = prepared;
        let file = files::adopt(tx, actor, stored, KIND, article.uuid()).await?;
        let id = Id::<Uuid>::from(file.id.uuid());
        tx.run(sql!("INSERT INTO article_images (file_id, article_id, width, height, digest) VALUES ($1, $2, $3, $4, $5)", id, article, width, height, digest))
            .await?;
        Ok(Self { id, name: file.name, width, height })
    }

    /// The picture of an article that was made of these bytes.
    pub(crate) async fn same(conn: &mut Conn, article: ArticleId, digest: &str) -> Result<Option<Self>> {
        let query = sql!(
            "SELECT i.file_id, f.name, i.width, i.height FROM article_images i JOIN files f ON f.id = i.file_id WHERE i.article_id = $1 AND i.digest = $2 LIMIT 1",
            article,
            digest
        );
        Ok(conn.first(query).await?)
    }

    /// Those of an article, the newest first.
    pub(crate) async fn of(conn: &mut Conn, article: ArticleId) -> Result<Vec<Self>> {
        let query = sql!(
            "SELECT i.file_id, f.name, i.width, i.height FROM article_images i JOIN files f ON f.id = i.file_id WHERE i.article_id = $1 ORDER BY i.file_id DESC",
            article
        );
        Ok(conn.all(query).await?)
    }

    /// Its address, as a text names it.
    pub(crate) fn href(&self) -> String {
        let name = percent_encoding::utf8_percent_encode(&self.name, SEGMENT);
        format!("{}{}/{name}", richtext::IMAGES, self.id)
    }

    /// The Markdown that shows it.
    pub(crate) fn markdown(&self) -> String {
        let words = self.name.rsplit_once('.').map_or(self.name.as_str(), |(stem, _)| stem).replace(['-', '_'], " ").replace(['[', ']'], "");
        format!("![{words}]({})", self.href())
    }
}

const SEGMENT: &percent_encoding::AsciiSet = &percent_encoding::NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.');
