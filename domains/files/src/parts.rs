//! Unfinished uploads on this node's disk. The length of the file is the truth: what was acknowledged is
//! synced before, and what arrived without an answer may be kept, since clients ask for the offset (HEAD).
//! Several nodes need one shared folder for parts, or a balancer that keeps a client on its node.

use crate::{busy::Hold, store::on_disk};
use axum::body::Body;
use bytes::Bytes;
use futures::StreamExt as _;
use kernel::Fault;
use std::{
    io::{ErrorKind, SeekFrom},
    path::{Path, PathBuf},
    time::Duration,
};
use tokio::{
    fs::{File, OpenOptions},
    io::{AsyncSeekExt as _, AsyncWriteExt as _, BufWriter},
};

/// A client that sends nothing for this long is gone.
const SILENCE: Duration = Duration::from_secs(30);

/// Where the part of an upload is. Keys are 32 hex digits, so that no path can hide in them.
pub(crate) fn path(folder: &Path, key: &str) -> Result<PathBuf, Fault> {
    if key.len() == 32 && key.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')) { Ok(folder.join(key)) } else { Err(Fault::Missing) }
}

/// How many bytes have come.
pub(crate) async fn length(path: &Path) -> Result<u64, Fault> {
    match tokio::fs::metadata(path).await {
        Ok(metadata) => Ok(metadata.len()),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(0),
        Err(error) => Err(on_disk(error)),
    }
}

/// Removes a part; one that is gone is no error.
pub(crate) async fn remove(path: &Path) -> Result<(), Fault> {
    match tokio::fs::remove_file(path).await {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(on_disk(error)),
        _ => Ok(()),
    }
}

/// Writes a body at `offset`, never beyond `size`; answers the new offset when all of it is on disk. Must run
/// in its own task: dropped halfway, a late write could still land after somebody else took the upload.
pub(crate) async fn receive(hold: &Hold, path: &Path, offset: u64, size: u64, body: Body) -> Result<u64, Fault> {
    let mut file = OpenOptions::new().create(true).write(true).truncate(false).open(path).await.map_err(on_disk)?;
    let stands = file.seek(SeekFrom::End(0)).await.map_err(on_disk)?;
    if stands != offset {
        return Err(Fault::Conflict { kind: "wrong-offset", detail: format!("The upload stands at byte {stands}, not at {offset}.") });
    }
    let mut writer = BufWriter::with_capacity(256 * 1024, file);
    let received = copy(hold, &mut writer, size - offset, body).await;
    writer.flush().await.map_err(on_disk)?;
    let file = writer.into_inner();
    file.sync_all().await.map_err(on_disk)?;
    if offset == 0
        && let Some(folder) = path.parent()
    {
        File::open(folder).await.map_err(on_disk)?.sync_all().await.map_err(on_disk)?;
    }
    received?;
    Ok(file.metadata().await.map_err(on_disk)?.len())
}

async fn copy(hold: &Hold, writer: &mut BufWriter<File>, mut room: u64, body: Body) -> Result<(), Fault> {
    let mut chunks = body.into_data_stream();
    loop {
        let next = tokio::select! {
            next = tokio::time::timeout(SILENCE, chunks.next()) => next,
            () = hold.stopped() => return Err(Fault::Conflict { kind: "upload-taken-over", detail: "Another request goes on with this upload.".to_owned() }),
        };
        let chunk: Bytes = match next {
            Ok(Some(Ok(chunk))) => chunk,
            Ok(None) => return Ok(()),
            Ok(Some(Err(_))) => return Err(Fault::Malformed("The body broke off. Ask for the offset, then go on.".to_owned())),
            Err(_) => return Err(Fault::Busy),
        };
        if chunk.len() as u64 > room {
            return Err(Fault::TooLarge("There are more bytes than Upload-Length said.".to_owned()));
        }
        room -= chunk.len() as u64;
        writer.write_all(&chunk).await.map_err(on_disk)?;
    }
}
