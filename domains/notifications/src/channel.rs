//! The ways by which a notice goes out.

use crate::gateway::Gateway;
use db::Conn;
use kernel::{Actor, NoticeKind, Result};
use std::time::Duration;

/// Mail and text messages wait so long: what comes meanwhile goes with it, and what is read meanwhile is not sent.
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
        /// As a text message to the person's phone.
        Sms = "SMS",
    }
}

impl Channel {
    /// As shown: `Mail`.
    pub const fn label(self) -> &'static str {
        match self {
            Self::App => "In the app",
            Self::Mail => "Mail",
            Self::Push => "Push",
            Self::Sms => "SMS",
        }
    }

    /// Whether a kind goes this way where nothing was chosen.
    pub(crate) const fn by_default(self, kind: &NoticeKind) -> bool {
        match self {
            // who added a browser wants to hear there what stands in the app
            Self::App | Self::Push => kind.ways.app,
            Self::Mail => kind.ways.mail,
            // each costs money
            Self::Sms => false,
        }
    }

    /// Whether a kind can go this way at all.
    pub(crate) const fn is_offered(self, kind: &NoticeKind) -> bool {
        !matches!(self, Self::Mail) || kind.may_mail
    }

    /// It waits so long before it goes.
    pub(crate) const fn delay(self) -> Duration {
        match self {
            Self::Mail | Self::Sms => BUNDLE,
            Self::Push => SOON,
            Self::App => Duration::ZERO,
        }
    }
}

/// The ways that somebody can choose: text messages are for staff, once admins set them up.
pub(crate) async fn offered(conn: &mut Conn, actor: &Actor) -> Result<Vec<Channel>> {
    let has_sms = actor.is_staff() && Gateway::at_work(conn).await?.is_some();
    Ok(Channel::ALL.iter().copied().filter(|channel| *channel != Channel::Sms || has_sms).collect())
}
