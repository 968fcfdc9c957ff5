//! Screens of the customer's side.

use super::{AskedField, Composer, Entry, KeptFile, Listener, Pager, UploadLimits};
use askama::Template;
use db::Timestamp;
use ui::{Errors, Page, Status};
/// A request in a customer's list.
pub struct RequestRow {
    /// Address of the request.
    pub href: String,
    /// Subject.
    pub title: String,
    /// Number with its sign: `#1042`.
    pub number: String,
    /// Status in the customer's words.
    pub status: Status,
    /// Small words: category, "Marcus replied", name of a colleague.
    pub about: Vec<String>,
    /// Last change.
    pub at: Timestamp,
    /// Something new since the viewer last looked.
    pub is_unread: bool,
}

/// `GET /`: the help center.
#[derive(Template)]
#[template(path = "home.html")]
pub struct Home {
    /// The shell.
    pub page: Page,
    /// How to greet: first name of the viewer.
    pub first_name: Option<String>,
    /// The viewer's latest requests, at most five.
    pub latest: Vec<RequestRow>,
    /// What other rooms show here.
    pub parts_html: Vec<String>,
}

/// What was typed into a request form.
#[derive(Default)]
pub struct RequestValues {
    /// Category, such as `BUG`; empty when none is chosen.
    pub category: String,
    /// Subject.
    pub title: String,
    /// Priority, such as `MEDIUM`.
    pub priority: String,
    /// The text as written.
    pub content: String,
    /// Addresses to copy, separated by commas.
    pub cc: String,
    /// Address of a guest or of the customer an agent writes for.
    pub email: String,
    /// Name that belongs to `email`.
    pub name: String,
    /// The id of the article that was read before; empty when there was none.
    pub article: String,
    /// Makes a second click harmless.
    pub idempotency_key: String,
    /// Files that were already uploaded.
    pub kept_files: Vec<KeptFile>,
}

/// `GET /requests/new` for customers and guests.
#[derive(Template)]
#[template(path = "request_form.html")]
pub struct RequestForm {
    /// The shell.
    pub page: Page,
    /// Asks for name and address.
    pub is_guest: bool,
    /// What was typed.
    pub values: RequestValues,
    /// Custom fields.
    pub asked: Vec<AskedField>,
    /// What was wrong.
    pub errors: Errors,
    /// What may be uploaded.
    pub upload: UploadLimits,
}

/// After a guest's request: look at your mail. Says the same whether the address is known or not.
#[derive(Template)]
#[template(path = "request_sent.html")]
pub struct RequestSent {
    /// The shell.
    pub page: Page,
    /// The address that was given.
    pub email: String,
}

/// `GET /requests/confirm/{token}`: a button, so that a mail scanner's visit confirms nothing.
#[derive(Template)]
#[template(path = "request_confirm.html")]
pub struct RequestConfirm {
    /// The shell.
    pub page: Page,
    /// Where the button posts.
    pub action: String,
    /// Subject of the waiting request; `None` when the link is used up or too old.
    pub title: Option<String>,
}

/// A filter tab over a list.
pub struct Tab {
    /// The word.
    pub label: String,
    /// Where it leads.
    pub href: String,
    /// Whether it is the present one.
    pub is_current: bool,
    /// A number, where one is worth showing.
    pub count: Option<i64>,
}

/// `GET /requests`: my requests.
#[derive(Template)]
#[template(path = "requests.html")]
pub struct MyRequests {
    /// The shell.
    pub page: Page,
    /// All, Active, Solved and, where allowed, the organization.
    pub tabs: Vec<Tab>,
    /// Words searched for.
    pub q: String,
    /// The `show` value of the present tab, kept while searching.
    pub show: String,
    /// The page of requests.
    pub rows: Vec<RequestRow>,
    /// The newest request that waits for the viewer.
    pub waiting: Option<RequestRow>,
    /// How many wait for the viewer.
    pub waiting_count: i64,
    /// Whether a tab or words narrow the list, so that "nothing" has a reason.
    pub is_filtered: bool,
    /// Neighbouring pages.
    pub pager: Pager,
}

/// `GET /requests/suggestions`: own requests about the same, beside the request form.
#[derive(Template)]
#[template(path = "suggestions.html")]
pub struct Suggestions {
    /// The shell.
    pub page: Page,
    /// The likeliest first, at most three.
    pub rows: Vec<RequestRow>,
    /// What was typed so far.
    pub q: String,
}

/// What the customer may do with a request.
#[derive(Clone, Copy, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "four rights that do not depend on each other, one button each")]
pub struct RequestRights {
    /// Write a reply.
    pub reply: bool,
    /// Say it is solved.
    pub solve: bool,
    /// Open it again.
    pub reopen: bool,
    /// Change who follows.
    pub follow: bool,
}

/// `GET /requests/{id}` and `/r/{token}`: one request as the customer sees it.
#[derive(Template)]
#[template(path = "request.html")]
pub struct RequestThread {
    /// The shell.
    pub page: Page,
    /// Ticket id.
    pub id: String,
    /// Address the forms hang under: `/requests/{id}` or `/r/{token}`.
    pub base: String,
    /// Whether the viewer came by a guest's link (no way to "My requests").
    pub is_guest: bool,
    /// Number with its sign.
    pub number: String,
    /// Subject.
    pub title: String,
    /// Status in the customer's words.
    pub status: Status,
    /// First name of who answers it: "Marcus".
    pub with: Option<String>,
    /// The thread, oldest first, without notes.
    pub entries: Vec<Entry>,
    /// Link to what came before the first entry shown.
    pub earlier_href: Option<String>,
    /// Name of the category in plain words.
    pub category: String,
    /// Name of the urgency in plain words.
    pub urgency: String,
    /// What its custom fields hold: label and words.
    pub asked: Vec<(String, String)>,
    /// When it was sent.
    pub opened_at: Timestamp,
    /// Who else hears of it.
    pub followers: Vec<Listener>,
    /// What the viewer may do.
    pub may: RequestRights,
    /// Set when it goes on in another one.
    pub merged: Option<super::MergedInto>,
    /// Words about a closed request: "A reply starts a new request linked to this one."
    pub closed_words: Option<String>,
    /// The box one writes in; shown when `may.reply`.
    pub composer: Composer,
}

// ------------------------------------------------------------------- agents
