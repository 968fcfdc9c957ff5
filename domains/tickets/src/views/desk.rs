//! Screens of the desk.

use super::{
    AskedField, Away, Cell, CellValue, Choice, Columns, Composer, Entry, Hidden, Later, LaterMenu, Listener, Pager, Recipients, RequestValues, SavedList,
    UploadLimits,
};
use askama::Template;
use db::Timestamp;
use ui::{Errors, Page, Status};
/// A line of the agents' sidebar.
pub struct NavView {
    /// Name of the view or team.
    pub label: String,
    /// Icon name.
    pub icon: &'static str,
    /// Where it leads.
    pub href: String,
    /// Whether it is the present one.
    pub is_current: bool,
    /// How many tickets; `None` until the counts are loaded.
    pub count: Option<i64>,
    /// Its number is red when there is one.
    pub is_alarming: bool,
}

/// The agents' sidebar.
pub struct Sidebar {
    /// Built-in views.
    pub views: Vec<NavView>,
    /// The viewer's teams (supervisors: all).
    pub teams: Vec<NavView>,
    /// Saved views.
    pub saved: Vec<NavView>,
    /// Where the counts come from: `/desk/counts?view=…`, with the present view or team.
    pub counts_src: String,
}

/// `GET /desk/counts`: the sidebar's lists with their numbers, alone.
#[derive(Template)]
#[template(path = "counts.html")]
pub struct Counts {
    /// The sidebar with all counts.
    pub sidebar: Sidebar,
}

/// A ticket in the agents' list.
pub struct TicketRow {
    /// Ticket id.
    pub id: String,
    /// Address, with the list's query kept.
    pub href: String,
    /// Subject.
    pub title: String,
    /// Status in the agents' words.
    pub status: Status,
    /// "Maya Okafor, Northwind Labs".
    pub who: String,
    /// `urgent`, `high`, `normal` or `low`.
    pub priority: &'static str,
    /// Name of the assignee.
    pub assignee: Option<String>,
    /// When it was created: its age stands where nothing was promised.
    pub at: Timestamp,
    /// What was promised next.
    pub deadline: Option<ui::Countdown>,
    /// Something new since the viewer last looked.
    pub is_unread: bool,
    /// Why it is back, or until when it is away.
    pub why: Option<String>,
    /// What stands in the chosen columns.
    pub cells: Vec<Cell>,
    /// Whether it is open beside the list.
    pub is_current: bool,
}

/// The choices in the filter box; the present ones are `selected`.
#[derive(Default)]
pub struct Filters {
    /// Statuses.
    pub statuses: Vec<Choice>,
    /// Custom statuses, by key.
    pub custom_statuses: Vec<Choice>,
    /// Priorities.
    pub priorities: Vec<Choice>,
    /// Categories.
    pub categories: Vec<Choice>,
    /// Teams.
    pub teams: Vec<Choice>,
    /// Assignees.
    pub assignees: Vec<Choice>,
    /// Channels.
    pub channels: Vec<Choice>,
    /// Organizations.
    pub organizations: Vec<Choice>,
    /// Custom fields.
    pub fields: Vec<AskedField>,
    /// Tag as typed.
    pub tag: String,
    /// Address or name of the requester as typed.
    pub requester: String,
    /// Text as typed.
    pub q: String,
    /// First and last days.
    pub days: Vec<DayField>,
    /// What narrows the view now, each with the address that takes it away.
    pub active: Vec<ActiveFilter>,
    /// The view without any filter.
    pub clear_href: String,
}

/// A day that bounds a list.
pub struct DayField {
    /// Field name: `createdFrom`.
    pub name: &'static str,
    /// "Created from".
    pub label: &'static str,
    /// The day, `2026-11-23`.
    pub value: String,
}

/// One filter that narrows the list.
pub struct ActiveFilter {
    /// "Priority: High".
    pub label: String,
    /// The list without it.
    pub remove_href: String,
}

/// The list pane.
pub struct TicketList {
    /// Name of the view or team.
    pub title: String,
    /// `view` and `saved`, which all forms carry along.
    pub kept: Vec<Hidden>,
    /// Present filters as hidden fields, for the forms that leave them.
    pub kept_filters: Vec<Hidden>,
    /// The order, for the forms that leave it.
    pub kept_sort: Vec<Hidden>,
    /// The chosen columns, for the forms that leave them.
    pub kept_columns: Vec<Hidden>,
    /// Columns.
    pub columns: Columns,
    /// Sort orders.
    pub sorts: Vec<Choice>,
    /// The saved view it came from, and the box that saves it.
    pub saved: SavedList,
    /// The filter box.
    pub filters: Filters,
    /// The rows.
    pub rows: Vec<TicketRow>,
    /// The list's query, for acts on all that match.
    pub query: String,
    /// Whether rows can be ticked and changed together.
    pub may_pick: bool,
    /// Address of the next rows.
    pub more_href: Option<String>,
    /// More have its words than it shows.
    pub is_cut: bool,
    /// Words for an empty, unfiltered list: "Nothing waits for you."
    pub empty_words: String,
}

/// Who is in this ticket now.
pub struct Here {
    /// Name.
    pub name: String,
    /// `viewing`, `replying` or `noting`.
    pub doing: &'static str,
}

/// The requester beside the ticket.
pub struct Requester {
    /// Name.
    pub name: String,
    /// Address.
    pub email: String,
    /// Organization.
    pub organization: Option<String>,
    /// Time zone in words, if known.
    pub zone: Option<String>,
    /// Customer since.
    pub since: Timestamp,
    /// List of all their tickets.
    pub tickets_href: String,
}

/// Another ticket of the same requester.
pub struct EarlierRequest {
    /// Address.
    pub href: String,
    /// Subject.
    pub title: String,
    /// Status in the agents' words.
    pub status: Status,
}

/// One change in a history.
pub struct Change {
    /// Who did it: a person, a rule, "System".
    pub who: String,
    /// What: "Priority", "Assignee", "Reply", "Tag".
    pub what: String,
    /// Value before.
    pub old: Option<String>,
    /// Value after.
    pub new: Option<String>,
    /// Why, where a rule did it.
    pub why: Option<String>,
    /// Where the rule's own account of it stands.
    pub why_href: Option<String>,
    /// When.
    pub at: Timestamp,
}

/// A refused change: someone else was faster.
pub struct Conflict {
    /// What changed meanwhile.
    pub theirs: Vec<Change>,
    /// What the viewer wanted: "Priority: Low".
    pub mine: String,
    /// Where "keep mine" posts.
    pub action: String,
    /// The viewer's fields with the new `version`.
    pub fields: Vec<Hidden>,
}

/// A ticket that lies in the trash.
pub struct Trashed {
    /// Who put it there.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// When it goes for good.
    pub gone_at: Timestamp,
}

/// What the agent may do with a ticket.
#[derive(Clone, Copy, Debug, Default)]
pub struct TicketRights {
    /// Write in it and change it at all.
    pub edit: bool,
    /// Put it into the trash or take it out.
    pub trash: bool,
}

/// The open ticket: conversation pane and details pane.
pub struct Ticket {
    /// Ticket id.
    pub id: String,
    /// Number with its sign.
    pub number: String,
    /// Version every change must name.
    pub version: i64,
    /// Subject.
    pub title: String,
    /// Back to the list, with its query.
    pub back_href: String,
    /// Whether it is RESOLVED or CLOSED (then "Resolve" becomes "Reopen").
    pub is_done: bool,
    /// The thread, oldest first.
    pub entries: Vec<Entry>,
    /// What is to happen at a time, soonest first.
    pub later: Vec<Later>,
    /// Times to send at.
    pub later_menu: LaterMenu,
    /// Link to what came before the first entry shown.
    pub earlier_href: Option<String>,
    /// Who else is here.
    pub here: Vec<Here>,
    /// The box one writes in.
    pub composer: Composer,
    /// Who will receive a reply.
    pub recipients: Recipients,
    /// Statuses.
    pub statuses: Vec<Choice>,
    /// Priorities.
    pub priorities: Vec<Choice>,
    /// Categories.
    pub categories: Vec<Choice>,
    /// Agents; the empty value is nobody.
    pub assignees: Vec<Choice>,
    /// Teams; the empty value is none.
    pub teams: Vec<Choice>,
    /// Whether the viewer is the assignee.
    pub is_mine: bool,
    /// Custom fields that are asked of it, or that hold something.
    pub fields: Vec<AskedField>,
    /// Tags.
    pub tags: Vec<String>,
    /// Tags to propose.
    pub known_tags: Vec<String>,
    /// Staff who follow.
    pub followers: Vec<Listener>,
    /// People who get copies.
    pub ccs: Vec<Listener>,
    /// Whether the viewer follows.
    pub is_following: bool,
    /// How it came in: "Web form", "API".
    pub channel: String,
    /// When it was created.
    pub created_at: Timestamp,
    /// Time to the first public staff reply in words, once there was one.
    pub first_reply: Option<String>,
    /// Who asked.
    pub requester: Requester,
    /// Their other tickets, newest first, at most five.
    pub earlier: Vec<EarlierRequest>,
    /// A refused change.
    pub conflict: Option<Conflict>,
    /// Snooze and spam.
    pub away: Away,
    /// Set when it lies in the trash.
    pub trashed: Option<Trashed>,
    /// Set when it goes on in another one.
    pub merged: Option<super::MergedInto>,
    /// What the viewer may do.
    pub may: TicketRights,
}

/// `GET /desk` and `/desk/tickets/{id}`: sidebar, list, conversation, details.
#[derive(Template)]
#[template(path = "inbox.html")]
pub struct Inbox {
    /// The shell.
    pub page: Page,
    /// Views and teams.
    pub sidebar: Sidebar,
    /// The list.
    pub list: TicketList,
    /// The open ticket.
    pub ticket: Option<Box<Ticket>>,
}

/// `GET /desk/tickets/{id}/history`: every change, newest first.
#[derive(Template)]
#[template(path = "history.html")]
pub struct History {
    /// The shell.
    pub page: Page,
    /// Views and teams.
    pub sidebar: Sidebar,
    /// Number with its sign.
    pub number: String,
    /// Subject.
    pub title: String,
    /// Address of the ticket.
    pub href: String,
    /// The changes.
    pub changes: Vec<Change>,
    /// What the list can be narrowed to: the kinds that there are.
    pub kinds: Vec<super::Choice>,
    /// It is narrowed.
    pub is_narrowed: bool,
    /// Neighbouring pages.
    pub pager: Pager,
}

/// `GET /desk/tickets/new`: a ticket on behalf of a customer.
#[derive(Template)]
#[template(path = "new_ticket.html")]
pub struct NewTicket {
    /// The shell.
    pub page: Page,
    /// Views and teams.
    pub sidebar: Sidebar,
    /// What was typed.
    pub values: RequestValues,
    /// Agents; the empty value is nobody.
    pub assignees: Vec<Choice>,
    /// Teams; the empty value is none.
    pub teams: Vec<Choice>,
    /// Custom fields.
    pub asked: Vec<AskedField>,
    /// What was wrong.
    pub errors: Errors,
    /// What may be uploaded.
    pub upload: UploadLimits,
}
