//! The ways by which a notice goes out.

use kernel::NoticeKind;
use std::time::Duration;

/// Mail waits so long: what comes meanwhile goes with it, and what is read meanwhile is not sent.
const BUNDLE: Duration = Duration::from_mins(2);
/// What is read in the app so soon is not pushed: whoever looks at the ticket knows.
const SOON: Duration = Duration::from_secs(10);

db::words! {
    /// A way.
    pub enum Channel {
        /// In the app: the bell and its page.
        App = "APP",
        /// By mail.
        Mail = "MAIL",
        /// To the browsers that the person added, with no page open.
        Push = "PUSH",
    }
}

impl Channel {
    /// As shown: `Mail`.
    pub const fn label(self) -> &'static str {
        match self {
            Self::App => "In the app",
            Self::Mail => "Mail",
            Self::Push => "Push",
        }
    }

    /// Whether a kind goes this way where nothing was chosen.
    pub(crate) const fn by_default(self, kind: &NoticeKind) -> bool {
        match self {
            // who added a browser wants to hear there what stands in the app
            Self::App | Self::Push => kind.ways.app,
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
            Self::Push => SOON,
            Self::App => Duration::ZERO,
        }
    }
}
