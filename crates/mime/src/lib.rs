//! Mail: one value out of raw bytes (RFC 5322, MIME), whatever the bytes are. Broken input gives the best reading, with
//! notes on what was broken. What is the sender's own, what is quoted, what is a signature; whether a program wrote it;
//! whether it tells of a mail that failed.

mod attribution;
mod automatic;
mod bounce;
mod closings;
mod delivered;
mod flat;
mod fold;
mod footers;
mod forward;
mod head_words;
mod header_block;
mod invitation;
mod json;
mod mail;
mod mbox;
mod page;
mod page_marks;
mod parse;
mod protection;
mod repair;
mod returned;
mod signature;
mod split;
mod winmail;

pub use automatic::Automatic;
pub use bounce::{Bounce, Report};
pub use delivered::delivered_to;
pub use forward::{Forwarded, forwarded};
pub use invitation::Invitation;
pub use mail::{Attachment, Mail, Mailbox};
pub use mbox::{MBOX, mbox};
pub use parse::parse;
pub use protection::Protection;
