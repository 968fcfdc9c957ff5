//! `support mail`

use super::{Place, mail_import::Import, say};
use crate::Error;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use clap::{Args, Subcommand};
use std::{
    io::{BufRead, BufReader, Read},
    path::{Path, PathBuf},
};

/// The largest mail that is read.
const MOST: u64 = 100 * 1024 * 1024;

#[derive(Subcommand)]
pub(super) enum Mail {
    /// Show what the program reads out of mails: who, what they say themselves, what is quoted, files, bounces
    Parse(Parse),
    /// Take mails of files, as if they came now; the server may run meanwhile
    Import(Import),
}

#[derive(Args)]
#[group(required = true, multiple = true)]
pub(super) struct Parse {
    /// Mails as files (RFC 5322, .eml); - is standard input
    files: Vec<PathBuf>,
    /// One line of JSON a mail
    #[arg(long)]
    json: bool,
    /// Mails as lines of base64 in a file; - is standard input. One line of JSON each
    #[arg(long, value_name = "FILE")]
    jsonl: Option<PathBuf>,
}

impl Mail {
    pub(super) async fn run(&self, place: &Place) -> Result<(), Error> {
        match self {
            Self::Parse(parse) => parse.run(),
            Self::Import(import) => import.run(place).await,
        }
    }
}

impl Parse {
    fn run(&self) -> Result<(), Error> {
        for file in &self.files {
            let mut raw = Vec::new();
            open(file)?.take(MOST + 1).read_to_end(&mut raw).map_err(Error::io(format!("{} can't be read", file.display())))?;
            if raw.len() as u64 > MOST {
                return Err(Error::Refused(format!("{} is over the limit of 100 MB.", file.display())));
            }
            let value = mime::parse(&raw).json();
            say(if self.json { value.to_string() } else { format!("{value:#}") })?;
        }
        let Some(lines) = &self.jsonl else { return Ok(()) };
        for (number, line) in BufReader::new(open(lines)?).lines().enumerate() {
            let line = line.map_err(Error::io(format!("{} can't be read", lines.display())))?;
            if line.trim().is_empty() {
                continue;
            }
            let raw = STANDARD.decode(line.trim()).map_err(|error| Error::Refused(format!("Line {} is not base64: {error}", number + 1)))?;
            say(mime::parse(&raw).json().to_string())?;
        }
        Ok(())
    }
}

fn open(path: &Path) -> Result<Box<dyn Read>, Error> {
    if path == Path::new("-") {
        return Ok(Box::new(std::io::stdin()));
    }
    let file = std::fs::File::open(path).map_err(Error::io(format!("{} can't be opened", path.display())))?;
    Ok(Box::new(file))
}
