//! The logo: a small picture in the database, so that every node has it. SVG is refused: it can hold scripts.

use crate::{colour::hash, site};
use db::{Conn, Tx, record, sql};
use image::{ImageFormat, ImageReader};
use kernel::{Actor, Fault, Result};
use std::io::Cursor;

/// Bytes at most.
const MOST: usize = 512 * 1024;
/// Pixels of a side at most.
const SIDE: u32 = 2_000;

record! {
    /// A picture, ready to send.
    #[derive(Clone, Debug)]
    pub struct Logo {
        /// For `Content-Type`.
        pub kind: String,
        /// Changes with the content.
        pub version: String,
        /// The picture.
        pub bytes: Vec<u8>,
    }
}

impl Logo {
    /// From what somebody sent; refusals are said on the field `logo`.
    pub fn read(bytes: Vec<u8>) -> Result<Self> {
        let refuse = |sentence: String| Err(Fault::field("logo", sentence));
        if bytes.is_empty() {
            return refuse("Choose a picture first.".to_owned());
        }
        if bytes.len() > MOST {
            return refuse(format!("{} is over the limit of {}.", ui::size(i64::try_from(bytes.len()).unwrap_or(i64::MAX)), ui::size(512 * 1024)));
        }
        let kind = match image::guess_format(&bytes) {
            Ok(format @ (ImageFormat::Png | ImageFormat::Jpeg | ImageFormat::WebP | ImageFormat::Gif)) => format.to_mime_type().to_owned(),
            _ => return refuse("Send a PNG, JPEG, WebP or GIF picture. SVG is not taken, because it can hold scripts.".to_owned()),
        };
        let size = ImageReader::new(Cursor::new(&bytes)).with_guessed_format().ok().and_then(|reader| reader.into_dimensions().ok());
        match size {
            Some((width, height)) if width <= SIDE && height <= SIDE => Ok(Self { kind, version: hash(&bytes), bytes }),
            Some((width, height)) => refuse(format!("{width} by {height} pixels is too large. Send at most {SIDE} by {SIDE}.")),
            None => refuse("This picture can't be read. Save it again and send that.".to_owned()),
        }
    }

    /// The logo, if there is one.
    pub async fn get(conn: &mut Conn) -> Result<Option<Self>> {
        Ok(conn.first(sql!("SELECT kind, hash, bytes FROM brand_assets WHERE name = 'logo'")).await?)
    }

    /// Its version, if there is one.
    pub async fn version(conn: &mut Conn) -> Result<Option<String>> {
        Ok(conn.first(sql!("SELECT hash FROM brand_assets WHERE name = 'logo'")).await?)
    }

    /// Makes it the logo.
    pub async fn put(self, tx: &mut Tx, actor: &Actor) -> Result<()> {
        tx.run(sql!(
            "INSERT INTO brand_assets (name, kind, hash, bytes) VALUES ('logo', $1, $2, $3)
             ON CONFLICT (name) DO UPDATE SET kind = excluded.kind, hash = excluded.hash, bytes = excluded.bytes",
            self.kind,
            self.version,
            self.bytes
        ))
        .await?;
        changed(tx, actor).await
    }

    /// Goes back to the house's own mark.
    pub async fn remove(tx: &mut Tx, actor: &Actor) -> Result<()> {
        tx.run(sql!("DELETE FROM brand_assets WHERE name = 'logo'")).await?;
        changed(tx, actor).await
    }
}

async fn changed(tx: &mut Tx, actor: &Actor) -> Result<()> {
    let now = tx.now();
    tx.run(sql!(
        "INSERT INTO settings (key, value, version, changed_at) VALUES ('logo', '{}', 1, $1)
         ON CONFLICT (key) DO UPDATE SET version = settings.version + 1, changed_at = excluded.changed_at",
        now
    ))
    .await?;
    site::record(tx, actor, &["logo".to_owned()]).await
}
