//! A mail as a value.

use crate::{Automatic, Bounce, Invitation, Protection, Report};

/// Who wrote, or whom to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mailbox {
    /// Shown name, decoded; empty if there is none.
    pub name: String,
    /// `local@domain` as written; never empty.
    pub address: String,
}

/// A file that came along.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Attachment {
    /// File name, decoded; made up from its kind if there is none.
    pub name: String,
    /// Media type as named by the sender, lower case: `image/png`. Never trusted.
    pub kind: String,
    /// Its content, decoded.
    pub bytes: Vec<u8>,
    /// Content-ID without brackets; the HTML names it as `cid:`.
    pub content_id: Option<String>,
    /// Shown within the text.
    pub is_inline: bool,
}

/// What one mail says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mail {
    /// Decoded; empty if there is none.
    pub subject: String,
    /// The first author; none if nobody is named.
    pub from: Option<Mailbox>,
    /// Where answers should go, if elsewhere.
    pub reply_to: Vec<Mailbox>,
    /// Receivers.
    pub to: Vec<Mailbox>,
    /// Copies.
    pub cc: Vec<Mailbox>,
    /// Seconds since 1970, as the sender's clock says.
    pub date: Option<i64>,
    /// Without brackets.
    pub message_id: Option<String>,
    /// What it answers, without brackets.
    pub in_reply_to: Vec<String>,
    /// The thread, the oldest first, without brackets.
    pub references: Vec<String>,
    /// All of its text, plain.
    pub text: String,
    /// All of its HTML as it came: hostile.
    pub html: Option<String>,
    /// The sender's own words.
    pub reply: String,
    /// What is quoted of earlier mails.
    pub quoted: String,
    /// Signature and footers.
    pub signature: String,
    /// Files, those within the text too.
    pub attachments: Vec<Attachment>,
    /// An event that it invites to.
    pub invitation: Option<Invitation>,
    /// Whether it is signed or encrypted.
    pub protection: Option<Protection>,
    /// Whether a program wrote it.
    pub automatic: Option<Automatic>,
    /// Whether it tells that a mail could not be delivered.
    pub bounce: Option<Bounce>,
    /// The Message-ID of the mail that a report gives back, without brackets.
    pub returned: Option<String>,
    /// Whether it is a report in the sense of RFC 6522.
    pub report: Option<Report>,
    /// It came over a mailing list.
    pub is_list: bool,
    /// What was broken, for whoever looks at it.
    pub notes: Vec<String>,
}
