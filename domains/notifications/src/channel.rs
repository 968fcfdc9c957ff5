//! The ways by which a notice goes out.

use crate::make::BUNDLE;
use kernel::NoticeKind;
use std::time::Duration;

db::words! {
    /// A way.
    pub enum Channel {
        /// In the app: the bell and its page.
        App = "APP",
        /// By mail.
        Mail = "MAIL",
    }
}

impl Channel {
    /// As shown: `Mail`.
    pub const fn label(self) -> &'static str {
        match self {
            Self::App => "In the app",
            Self::Mail => "Mail",
        }
    }

    /// Whether a kind goes this way where nothing was chosen.
    pub(crate) const fn by_default(self, kind: &NoticeKind) -> bool {
        match self {
            Self::App => kind.ways.app,
            Self::Mail => kind.ways.mail,
        }
    }

    /// Whether a kind can go this way at all.
    pub(crate) const fn is_offered(self, kind: &NoticeKind) -> bool {
        !matches!(self, Self::Mail) || kind.may_mail
    }

    /// It waits so long before it goes.
    pub(crate) const fn delay(self) -> Duration {
        match self {
            Self::Mail => BUNDLE,
            Self::App => Duration::ZERO,
        }
    }
}
