//! What stands between a sender and the store: name, kind, and for pictures a new one without what it hid.

use crate::{
    Store,
    kinds::{self, Kind},
    name, picture,
    store::Content,
};
use kernel::Fault;
use std::time::Duration;

/// Kinds are told by this many first bytes.
const HEAD: usize = 64 * 1024;
/// Bytes of a picture at most: it is decoded in memory.
const IMAGE: u64 = 64 * 1024 * 1024;

/// A picture waits this long for its turn; then its sender is asked to come again.
const PATIENCE: Duration = Duration::from_mins(1);

/// A file that may be stored.
pub(crate) struct Examined {
    pub(crate) name: String,
    pub(crate) kind: &'static Kind,
    pub(crate) content: Content,
    pub(crate) preview: Option<Vec<u8>>,
}

/// Examines a file: `Unsupported` names what is taken, `TooLarge` the limit.
pub(crate) async fn examine(store: &Store, name: &str, content: Content) -> Result<Examined, Fault> {
    let name = name::clean(name);
    if content.size() == 0 {
        return Err(Fault::field("file", format!("{name} is empty.")));
    }
    let kind = kinds::detect(&name, &content.head(HEAD).await?)?;
    let name = kind.fit(name);
    if !kind.is_image {
        return Ok(Examined { name, kind, content, preview: None });
    }
    if content.size() > IMAGE {
        return Err(Fault::TooLarge(format!("{name} is over the limit of {} MB for images.", IMAGE / 1024 / 1024)));
    }
    let turn = tokio::time::timeout(PATIENCE, store.pictures.acquire()).await.map_err(|_| Fault::Busy)?;
    let _turn = turn.map_err(|_| Fault::Busy)?;
    let bytes = content.whole().await?;
    let picture = tokio::task::spawn_blocking(move || picture::wash(kind.mime, &bytes)).await.map_err(|error| Fault::Broken(error.to_string()))??;
    Ok(Examined { name, kind, content: Content::Bytes(picture.bytes.into()), preview: Some(picture.preview) })
}
