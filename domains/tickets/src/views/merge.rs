//! Screens of merging, splitting and linking.

use super::{Choice, Sidebar};
use askama::Template;
use db::Timestamp;
use ui::{Errors, Page, Status};

/// A ticket as one line.
pub struct Brief {
    /// Where a click leads.
    pub href: String,
    /// Number with its sign.
    pub number: String,
    /// Subject.
    pub title: String,
    /// Who asked.
    pub who: String,
    /// Status in the agents' words.
    pub status: Status,
}

/// What a merge would do, in words.
pub struct MergePreview {
    /// Id of the target, posted.
    pub into: String,
    /// The target.
    pub target: Brief,
    /// What moves and who will see what, a sentence each.
    pub facts: Vec<String>,
    /// Set when people of another organization would see more.
    pub warning: Option<String>,
    /// Why it can't be done, if it can't.
    pub obstacle: Option<String>,
}

/// `GET /desk/tickets/{id}/merge`: choosing the ticket to merge into, and the preview.
#[derive(Template)]
#[template(path = "merge.html")]
pub struct Merging {
    /// The shell.
    pub page: Page,
    /// Views and teams.
    pub sidebar: Sidebar,
    /// Ticket id.
    pub id: String,
    /// Number with its sign.
    pub number: String,
    /// Subject.
    pub title: String,
    /// Words searched for.
    pub q: String,
    /// What was found, or the requester's other tickets.
    pub found: Vec<Brief>,
    /// The chosen one.
    pub preview: Option<MergePreview>,
}

/// A message that can be split off.
pub struct Splittable {
    /// Message id.
    pub id: String,
    /// Who wrote it.
    pub author: String,
    /// Its first words.
    pub excerpt: String,
    /// When.
    pub at: Timestamp,
}

/// `GET /desk/tickets/{id}/split`: choosing the message.
#[derive(Template)]
#[template(path = "split.html")]
pub struct Splitting {
    /// The shell.
    pub page: Page,
    /// Views and teams.
    pub sidebar: Sidebar,
    /// Ticket id.
    pub id: String,
    /// Number with its sign.
    pub number: String,
    /// Subject.
    pub title: String,
    /// Messages to choose from, the newest first.
    pub messages: Vec<Splittable>,
    /// Makes a second click harmless.
    pub idempotency_key: String,
    /// What was wrong.
    pub errors: Errors,
}

/// Another ticket that this one belongs with.
pub struct LinkRow {
    /// "Duplicate of".
    pub relation: &'static str,
    /// The other ticket.
    pub ticket: Brief,
    /// Where removing or undoing posts; `None` when nothing can be taken back here.
    pub remove_href: Option<String>,
    /// What that button says.
    pub remove_label: &'static str,
}

/// `GET /desk/tickets/{id}/links`: the panel beside the ticket, and the page around it.
#[derive(Template)]
#[template(path = "links.html")]
pub struct Links {
    /// The shell.
    pub page: Page,
    /// Views and teams.
    pub sidebar: Sidebar,
    /// Ticket id.
    pub id: String,
    /// Number with its sign.
    pub number: String,
    /// Subject.
    pub title: String,
    /// The links.
    pub links: Vec<LinkRow>,
    /// Tickets that may say the same.
    pub likely: Vec<Brief>,
    /// What one may be to another.
    pub relations: Vec<Choice>,
    /// The number as typed.
    pub typed: String,
    /// Whether the viewer may change it.
    pub may_edit: bool,
    /// What was wrong.
    pub errors: Errors,
}

impl Links {
    /// Links that the panel shows at once.
    const AT_ONCE: usize = 12;

    /// The first ones.
    fn first(&self) -> &[LinkRow] {
        self.links.get(..Self::AT_ONCE).unwrap_or(&self.links)
    }

    /// The others, behind a word: an incident has thousands.
    fn rest(&self) -> &[LinkRow] {
        self.links.get(Self::AT_ONCE..).unwrap_or_default()
    }
}

/// A ticket that goes on in another, as its own page says.
pub struct MergedInto {
    /// Where; `None` when the viewer may not see it.
    pub href: Option<String>,
    /// The target's number with its sign.
    pub number: String,
    /// By whom.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// Where undoing posts; `None` when it is too late.
    pub undo_href: Option<String>,
}
