//! Documents on paper: title, facts, and sections of safe HTML, as PDF in A4. It knows no product word.

mod blocks;
mod draw;
mod flow;
mod style;

use std::fmt;

/// More characters than this are too many for one document.
pub const MOST: usize = 1_000_000;

/// A document.
pub struct Paper {
    /// Above the title, small: "PromptCraft Support #1042".
    pub mark: String,
    /// The title, also that of the file.
    pub title: String,
    /// Names and values below it.
    pub facts: Vec<(String, String)>,
    /// The sections, one below the other.
    pub sections: Vec<Section>,
}

/// A part of a document under a line that says whose it is.
pub struct Section {
    /// Who: in bold.
    pub head: String,
    /// When, or whatever belongs beside it.
    pub aside: String,
    /// A word that sets it apart, "Internal note"; such a section has a bar at its side.
    pub label: Option<String>,
    /// Safe HTML.
    pub html: String,
    /// Lines below it: names of files.
    pub notes: Vec<String>,
}

/// Why there is no PDF.
#[derive(Debug)]
pub enum Error {
    /// It has more than [`MOST`] characters.
    TooLong,
    /// The writer refused it.
    Broken(String),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong => write!(f, "it has more than {MOST} characters"),
            Self::Broken(why) => f.write_str(why),
        }
    }
}

impl std::error::Error for Error {}

/// Writes a document. It works for as long as it takes (some milliseconds a page): call it where blocking is allowed.
pub fn write(paper: &Paper) -> Result<Vec<u8>, Error> {
    let length: usize = paper.sections.iter().map(|section| section.html.len() + section.notes.iter().map(String::len).sum::<usize>()).sum();
    if length > MOST {
        return Err(Error::TooLong);
    }
    draw::write(&paper.title, flow::pages(paper))
}

#[cfg(test)]
mod tests;
