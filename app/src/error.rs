//! Why a command could not do its work, in words that say what to do.

use kernel::Fault;

/// An error of a command.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The configuration is wrong.
    #[error("{0}")]
    Config(String),
    /// The database can't be used.
    #[error("The database can't be used: {0}")]
    Database(#[from] db::Error),
    /// The request itself is wrong.
    #[error("{0}")]
    Refused(String),
    /// A file or socket.
    #[error("{what}: {error}")]
    Io {
        /// What was tried.
        what: String,
        /// What the system said.
        error: std::io::Error,
    },
}

impl From<Fault> for Error {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Invalid(errors) => Self::Refused(errors.0.iter().map(|(field, sentence)| format!("{field}: {sentence}")).collect::<Vec<_>>().join("\n")),
            Fault::Broken(reason) => Self::Refused(reason),
            other => Self::Refused(other.to_string()),
        }
    }
}

impl Error {
    /// With what was tried.
    pub fn io(what: impl Into<String>) -> impl FnOnce(std::io::Error) -> Self {
        let what = what.into();
        move |error| Self::Io { what, error }
    }
}
