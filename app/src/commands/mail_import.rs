//! `support mail import`: mails of files, as if they came now.

use super::{Place, say};
use crate::Error;
use clap::Args;
use db::Clock;
use mail::{Mailbox, Origin, Via};
use std::{
    fs::File,
    io::{BufRead, BufReader, Read},
    path::{Path, PathBuf},
};

#[derive(Args)]
pub(super) struct Import {
    /// One mail (.eml) or many (mbox) a file
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The address that they came to; without it, the first of ours among their receivers
    #[arg(long, value_name = "ADDRESS")]
    to: Option<String>,
}

impl Import {
    /// Prints id, fate and reason of each. The same mail twice is a duplicate.
    pub(super) async fn run(&self, place: &Place) -> Result<(), Error> {
        let opened = crate::open(&place.config()?, Clock::default()).await?;
        let mailbox = match &self.to {
            Some(address) => match Mailbox::of_address(&mut opened.app.db.read().await?, address).await? {
                Some(mailbox) => Some(mailbox.id),
                None => return Err(Error::Refused(format!("There is no mailbox {address}."))),
            },
            None => None,
        };
        let origin = Origin { mailbox, via: Via::Import, envelope_from: None, envelope_to: self.to.clone(), uid: None, client: None };
        for file in &self.files {
            for raw in mails(file)? {
                let raw = raw.map_err(Error::io(format!("{} can't be read", file.display())))?;
                match mail::take(&opened.app, &origin, raw.into()).await {
                    Ok(taken) => say(format!("{}\t{}\t{}", taken.id, taken.fate.map_or("WAITS", mail::Fate::word), taken.reason))?,
                    Err(kernel::Fault::TooLarge(sentence)) => say(format!("-\tREFUSED\t{}: {sentence}", file.display()))?,
                    Err(fault) => return Err(fault.into()),
                }
            }
        }
        opened.app.db.close().await;
        Ok(())
    }
}

/// The mails of a file, by how it begins.
fn mails(file: &Path) -> Result<Box<dyn Iterator<Item = std::io::Result<Vec<u8>>>>, Error> {
    let told = || Error::io(format!("{} can't be read", file.display()));
    let mut reader = BufReader::new(File::open(file).map_err(told())?);
    if reader.fill_buf().map_err(told())?.starts_with(mime::MBOX) {
        return Ok(Box::new(mime::mbox(reader)));
    }
    let mut raw = Vec::new();
    reader.take(mail::MOST as u64 + 1).read_to_end(&mut raw).map_err(told())?;
    Ok(Box::new(std::iter::once(Ok(raw))))
}
