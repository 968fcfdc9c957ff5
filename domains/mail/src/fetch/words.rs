//! The closed sets of words of fetching, and how people see them.

db::words! {
    /// How the connection is kept from others.
    pub enum Security {
        /// TLS from the first byte.
        Tls = "TLS",
        /// TLS by `STARTTLS`; without it, nothing is sent.
        StartTls = "STARTTLS",
        /// Not at all: for a server on the same machine.
        None = "NONE",
    }
}

impl Security {
    /// As shown.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Tls => "TLS",
            Self::StartTls => "STARTTLS",
            Self::None => "None: everybody on the way reads it",
        }
    }
}

db::words! {
    /// How it signs in.
    pub enum SignIn {
        /// With a password.
        Password = "PASSWORD",
        /// With a token (OAuth 2.0, XOAUTH2).
        OAuth2 = "OAUTH2",
    }
}

impl SignIn {
    /// As shown.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Password => "Password",
            Self::OAuth2 => "OAuth 2.0 (Google, Microsoft)",
        }
    }
}

db::words! {
    /// What is taken of the mails that are there already.
    pub enum Begin {
        /// Nothing: only what comes from now on.
        New = "NEW",
        /// All of them.
        All = "ALL",
    }
}

impl Begin {
    /// As shown.
    pub const fn label(self) -> &'static str {
        match self {
            Self::New => "Only new mail from now on",
            Self::All => "All mail that is in the folder",
        }
    }
}
