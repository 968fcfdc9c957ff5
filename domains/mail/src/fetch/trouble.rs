//! Why no mail is fetched, in words for admins.

use crate::words::of_machine;
use kernel::Fault;

/// What went wrong.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Trouble {
    /// In the server's own words.
    #[error("The server says: {0}")]
    Refused(String),
    /// What it said is not IMAP.
    #[error("The server's answer can't be read: {0}")]
    Unreadable(String),
    /// There is no connection, or no more.
    #[error("No connection: {0}")]
    Unreachable(String),
    /// It took too long.
    #[error("The server did not answer in time.")]
    TimedOut,
    /// No access token.
    #[error("No access token: {0}")]
    Token(String),
    /// Another node took it over.
    #[error("Another node fetches this mailbox.")]
    Taken,
    /// On our side.
    #[error(transparent)]
    House(#[from] Fault),
}

impl Trouble {
    /// It lies with what was asked for, so asking for the same again gains nothing.
    pub(crate) const fn is_of_the_mail(&self) -> bool {
        matches!(self, Self::Refused(_) | Self::Unreadable(_))
    }
}

impl From<db::Error> for Trouble {
    fn from(error: db::Error) -> Self {
        Self::House(error.into())
    }
}

impl From<async_imap::error::Error> for Trouble {
    fn from(error: async_imap::error::Error) -> Self {
        use async_imap::error::Error;
        match error {
            Error::No(text) | Error::Bad(text) => Self::Refused(words(&text)),
            Error::Parse(error) => Self::Unreadable(short(&error.to_string())),
            Error::Io(error) if error.kind() == std::io::ErrorKind::Other => Self::Unreadable(short(&error.to_string())),
            Error::ConnectionLost => Self::Unreachable("it was closed by the server".to_owned()),
            other => Self::Unreachable(of_machine(&short(&other.to_string()))),
        }
    }
}

impl From<std::io::Error> for Trouble {
    fn from(error: std::io::Error) -> Self {
        Self::Unreachable(of_machine(&short(&error.to_string())))
    }
}

impl From<tokio::time::error::Elapsed> for Trouble {
    fn from(_: tokio::time::error::Elapsed) -> Self {
        Self::TimedOut
    }
}

/// The server's own words out of `code: …, info: Some("…")`, as the library tells them.
fn words(text: &str) -> String {
    let info = text.split_once("info: Some(\"").and_then(|(_, rest)| rest.rsplit_once("\")")).map(|(info, _)| info);
    short(info.unwrap_or(text))
}

fn short(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_control()).take(300).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_servers_words_are_told_alone() {
        assert_eq!(words(r#"code: None, info: Some("[AUTHENTICATIONFAILED] Wrong.")"#), "[AUTHENTICATIONFAILED] Wrong.");
        assert_eq!(words("something else"), "something else");
    }
}
