//! The error page: what happened, what to do next, and an id to quote.

use askama::Template;

use crate::{Html, Page, icon};

/// `error.html` for a status of HTTP.
#[derive(Template)]
#[template(path = "error.html")]
pub struct Failure {
    /// The page that could not be shown; its title is replaced.
    page: Page,
    status: u16,
    icon: &'static str,
    heading: &'static str,
    text: String,
}

/// Status, icon, heading, text.
type Words = (u16, &'static str, &'static str, &'static str);

const WORDS: [Words; 12] = [
    (400, "i-circle-help", "We could not read that", "The address or the form was not what this page expects. Go back and try once more."),
    (401, "i-lock", "Sign in first", "This page is only for people who are signed in."),
    (403, "i-lock", "You cannot do this", "Your account does not have this right. Ask an administrator of your workspace for it."),
    (404, "i-map-pin-off", "This page moved or never existed", "The link may be old, or it belongs to somebody else."),
    (405, "i-circle-help", "This address does not take that", "Go back and use the button on the page."),
    (409, "i-git-compare", "Someone was faster", "This changed after you opened it, so nothing was saved. Open it again to see how it is now."),
    (413, "i-file-x", "That is too large", "Send less at once, or a smaller file."),
    (422, "i-circle-alert", "Something in the form is not right", "Go back, correct the marked fields and send it again. What you typed is still there."),
    (429, "i-hourglass", "Too many tries", "Wait a minute, then try again."),
    (503, "i-hourglass", "We are busy right now", "Nothing is lost. Wait a minute, then try again."),
    (504, "i-hourglass", "That took too long", "Nothing is lost. Wait a minute, then try again."),
    FAILED,
];

const FAILED: Words =
    (500, "i-server-crash", "Something failed on our side", "It is written down and we look into it. Try again, and quote the request ID if it stays.");

impl Failure {
    /// The page for a status. `detail` are words that are fit for the viewer and replace the usual text, for example
    /// "61 MB is over the 25 MB limit".
    pub fn new(page: Page, status: u16, detail: Option<String>) -> Self {
        let words = |wanted: u16| WORDS.into_iter().find(|(known, ..)| *known == wanted);
        let (_, icon, heading, text) = words(status).or_else(|| words(status / 100 * 100)).unwrap_or(FAILED);
        Self { page: page.titled(heading), status, icon, heading, text: detail.unwrap_or_else(|| text.to_owned()) }
    }

    fn icon(&self) -> Html {
        icon(self.icon)
    }

    /// The place that an account opens by its role, when it is refused to somebody who is signed in: `POST /access` asks for it.
    fn place(&self) -> Option<&'static str> {
        let viewer = self.page.viewer.as_ref().filter(|_| self.status == 403)?;
        let is_at = |place: &str| self.page.path == place || self.page.path.starts_with(&format!("{place}/"));
        if is_at("/admin") && !viewer.is_admin {
            Some("ADMIN")
        } else if is_at("/desk") && !viewer.is_staff {
            Some("DESK")
        } else {
            None
        }
    }

    fn may_retry(&self) -> bool {
        matches!(self.status, 409 | 429 | 500..)
    }
}
