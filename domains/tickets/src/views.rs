//! What the screens of this room show: one template struct per screen and the plain words they are made of.
//! Nothing here decides; the routes fill these from the database. Field ids on forms equal their field names.

use askama::Template;
use db::Timestamp;
use ui::{Errors, Page, Status};

/// One line a person can choose: an `<option>`, a tab or a radio button.
#[derive(Clone, Debug, Default)]
pub struct Choice {
    /// The value that is posted.
    pub value: String,
    /// The word that is shown.
    pub label: String,
    /// Whether it is the present one.
    pub selected: bool,
}

/// A hidden form field that carries what the form must not lose.
#[derive(Clone, Debug)]
pub struct Hidden {
    /// Field name.
    pub name: String,
    /// Field value.
    pub value: String,
}

/// The way to the neighbouring pages of a list; `None` where there is none.
#[derive(Clone, Debug, Default)]
pub struct Pager {
    /// Address of the page before.
    pub previous: Option<String>,
    /// Address of the page after.
    pub next: Option<String>,
}

/// A file on a message.
pub struct File {
    /// Name as the sender gave it.
    pub name: String,
    /// Signed link; `None` while the file is being checked.
    pub href: Option<String>,
    /// Signed link of a small picture, for images.
    pub preview: Option<String>,
    /// Bytes.
    pub size: i64,
    /// Icon: `file`, `image`, `file-text`, `file-archive`.
    pub icon: &'static str,
}

/// A file that was uploaded but whose form came back with an error.
pub struct KeptFile {
    /// Upload key, posted again as `fileId`.
    pub key: String,
    /// File name.
    pub name: String,
    /// Bytes.
    pub size: i64,
}

/// What an upload may be.
pub struct UploadLimits {
    /// Bytes per file.
    pub max_bytes: i64,
    /// Files per message.
    pub max_files: i64,
    /// Value of the `accept` attribute; empty allows all.
    pub accept: String,
}

/// One line of a thread.
pub enum Entry {
    /// A reply or an internal note.
    Message(Message),
    /// Something that happened, in plain words.
    Event(Event),
}

/// A reply or an internal note in a thread.
pub struct Message {
    /// Message id; the anchor is `m-{id}`.
    pub id: String,
    /// Who wrote it.
    pub author: String,
    /// Small words beside the name: "you", "via web form", "to Maya, Jonas".
    pub about: String,
    /// Internal note. Never filled for customers: they do not get notes at all.
    pub is_note: bool,
    /// When it was written.
    pub at: Timestamp,
    /// Safe HTML from `richtext`, and from nowhere else.
    pub html: String,
    /// Its files.
    pub files: Vec<File>,
    /// Set while the reply is held back and can be taken back.
    pub held: Option<Held>,
}

/// A reply that waits for its undo time to pass.
pub struct Held {
    /// Whole seconds left when the page was made.
    pub seconds: i64,
    /// When it goes out.
    pub until: Timestamp,
    /// Where the undo form posts; `None` for people who may not.
    pub undo_href: Option<String>,
}

/// Something that happened to a ticket.
pub struct Event {
    /// Event id; the anchor is `e-{id}`.
    pub id: String,
    /// Icon name.
    pub icon: &'static str,
    /// Who, shown bold: "Dev Anand", "System".
    pub who: String,
    /// What: "set priority to High".
    pub text: String,
    /// When.
    pub at: Timestamp,
}

/// A person who listens to a ticket.
pub struct Listener {
    /// Name, or the address when no name is known.
    pub name: String,
    /// Address, posted to remove.
    pub email: String,
    /// Whether the viewer may remove this person.
    pub may_remove: bool,
}

/// The box one writes in.
pub struct Composer {
    /// Where the form posts.
    pub action: String,
    /// `reply` or `note`.
    pub kind: &'static str,
    /// Text as written, or the saved draft.
    pub content: String,
    /// When the draft was saved.
    pub draft_at: Option<Timestamp>,
    /// Makes a second click harmless.
    pub idempotency_key: String,
    /// Files kept from a refused post.
    pub kept_files: Vec<KeptFile>,
    /// What may be uploaded.
    pub upload: UploadLimits,
    /// What was wrong.
    pub errors: Errors,
}

/// Who receives a reply, said before it is sent.
#[derive(Default)]
pub struct Recipients {
    /// Name of the requester.
    pub to: String,
    /// Names of the CCs.
    pub cc: Vec<String>,
    /// Added since the last message.
    pub added: Vec<String>,
    /// Removed since the last message.
    pub removed: Vec<String>,
    /// An outside domain no message of this ticket went to before; asks once (field `confirmDomain`).
    pub new_domain: Option<String>,
}

// ---------------------------------------------------------------- customers

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
    /// When it was sent.
    pub opened_at: Timestamp,
    /// Who else hears of it.
    pub followers: Vec<Listener>,
    /// What the viewer may do.
    pub may: RequestRights,
    /// Words about a closed request: "A reply starts a new request linked to this one."
    pub closed_words: Option<String>,
    /// The box one writes in; shown when `may.reply`.
    pub composer: Composer,
}

/// `GET /search?q=`: the viewer's own requests (staff: tickets they may see).
#[derive(Template)]
#[template(path = "search.html")]
pub struct SearchResults {
    /// The shell.
    pub page: Page,
    /// Words searched for.
    pub q: String,
    /// What was found.
    pub rows: Vec<RequestRow>,
    /// Neighbouring pages.
    pub pager: Pager,
}

// ------------------------------------------------------------------- agents

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
}

/// The agents' sidebar.
pub struct Sidebar {
    /// Built-in views.
    pub views: Vec<NavView>,
    /// The viewer's teams (supervisors: all).
    pub teams: Vec<NavView>,
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
    /// When it was created: its age stands where SLA will.
    pub at: Timestamp,
    /// Something new since the viewer last looked.
    pub is_unread: bool,
    /// Whether it is open beside the list.
    pub is_current: bool,
}

/// The choices in the filter box; the present ones are `selected`.
#[derive(Default)]
pub struct Filters {
    /// Statuses.
    pub statuses: Vec<Choice>,
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
    /// Tag as typed.
    pub tag: String,
    /// Address or name of the requester as typed.
    pub requester: String,
    /// Text as typed.
    pub q: String,
    /// What narrows the view now, each with the address that takes it away.
    pub active: Vec<ActiveFilter>,
    /// The view without any filter.
    pub clear_href: String,
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
    /// `view` (and `team`) that filter and sort forms carry along.
    pub kept: Vec<Hidden>,
    /// Present filters as hidden fields, for the sort form.
    pub kept_filters: Vec<Hidden>,
    /// Sort orders.
    pub sorts: Vec<Choice>,
    /// The filter box.
    pub filters: Filters,
    /// The rows.
    pub rows: Vec<TicketRow>,
    /// Address of the next rows.
    pub more_href: Option<String>,
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
    /// Set when it lies in the trash.
    pub trashed: Option<Trashed>,
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
    /// What was wrong.
    pub errors: Errors,
    /// What may be uploaded.
    pub upload: UploadLimits,
}
