//! `support render`

use super::say;
use crate::Error;
use clap::{Args, ValueEnum};
use std::io::Read as _;

/// The most it takes, as much as a message may have and more.
const MOST: u64 = 1024 * 1024;

#[derive(Args)]
pub(super) struct Render {
    /// What the text is written in
    #[arg(long, value_enum, default_value = "markdown")]
    format: Format,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    Markdown,
    Html,
}

impl Render {
    pub(super) fn run(&self) -> Result<(), Error> {
        let mut bytes = Vec::new();
        std::io::stdin().take(MOST + 1).read_to_end(&mut bytes).map_err(Error::io("standard input can't be read"))?;
        if bytes.len() as u64 > MOST {
            return Err(Error::Refused("The text is over the limit of 1 MB.".to_owned()));
        }
        let format = match self.format {
            Format::Markdown => richtext::Format::Markdown,
            Format::Html => richtext::Format::Html,
        };
        say(richtext::render(&String::from_utf8_lossy(&bytes), format).as_str())
    }
}
