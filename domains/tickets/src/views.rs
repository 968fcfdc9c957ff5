//! What the screens of this room show: one template struct per screen and the plain words they are made of.
//! Nothing here decides; the routes fill these from the database. Field ids on forms equal their field names.

mod away;
mod columns;
mod desk;
mod fields;
mod merge;
mod saved;
mod site;
mod statuses;

pub use away::*;
pub use columns::*;
pub use desk::*;
pub use fields::*;
pub use merge::*;
pub use saved::*;
pub use site::*;
pub use statuses::*;

use db::Timestamp;
use ui::Errors;

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
