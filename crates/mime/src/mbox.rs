//! A file of many mails (RFC 4155, with `>From ` quoting as mboxrd).

use mail_parser::mailbox::mbox::MessageIterator;
use std::io::{BufRead, Result};

/// What the first line of such a file begins with.
pub const MBOX: &[u8] = b"From ";

/// Its mails, one after the other, as they were before they were put into it.
pub fn mbox(reader: impl BufRead) -> impl Iterator<Item = Result<Vec<u8>>> {
    MessageIterator::new(reader).map(|found| {
        let mut raw = found?.unwrap_contents();
        // the empty line between two mails belongs to neither
        for end in [&b"\r\n\r\n"[..], b"\n\n"] {
            if raw.ends_with(end) {
                raw.truncate(raw.len() - end.len() / 2);
                break;
            }
        }
        Ok(raw)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mails_come_out_as_they_were() {
        let file = b"From a@b Thu Nov 26 10:00:00 2026\nSubject: One\n\n>From here on\n>>From there\n> From\n\nFrom c@d Thu Nov 26 10:00:00 2026\r\nSubject: Two\r\n\r\nText\r\n\r\n";
        let mails: Vec<String> = mbox(&file[..]).map(|raw| String::from_utf8(raw.unwrap()).unwrap()).collect();
        assert_eq!(mails, ["Subject: One\n\nFrom here on\n>From there\n> From\n", "Subject: Two\r\n\r\nText\r\n"]);
        assert_eq!(mbox(&b""[..]).count(), 0);
    }
}
