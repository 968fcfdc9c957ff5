//! The text of a mail on its way in: dots unstuffed (RFC 5321, 4.5.2), and its end seen in one form alone.

/// What a mail may have.
pub(super) const MOST: usize = crate::MOST;

/// Gathers a mail line by line. Only `CRLF . CRLF` ends it: a line that ends with LF alone spoils the mail, as servers that
/// disagree about the end of a mail let strangers forge another one within it (SMTP smuggling).
#[derive(Default)]
pub(super) struct Data {
    raw: Vec<u8>,
    line: Vec<u8>,
    /// The line before ended with LF alone.
    after_bare: bool,
    has_bare: bool,
    is_too_large: bool,
}

/// What came.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Whole {
    Mail(Vec<u8>),
    TooLarge,
    BareLineFeed,
}

impl Data {
    /// Takes what was read; answers how much of it belongs to the mail, and the whole mail at its end.
    pub(super) fn take(&mut self, bytes: &[u8]) -> (usize, Option<Whole>) {
        let mut used = 0;
        for part in bytes.split_inclusive(|byte| *byte == b'\n') {
            used += part.len();
            self.line.extend_from_slice(part);
            if self.line.len() > MOST {
                // its end alone is needed from here on
                self.is_too_large = true;
                self.line.drain(..self.line.len() - 2);
            }
            if part.ends_with(b"\n") && self.line_ended() {
                return (used, Some(self.whole()));
            }
        }
        (used, None)
    }

    /// A line is there; true when it ends the mail.
    fn line_ended(&mut self) -> bool {
        let is_bare = !self.line.ends_with(b"\r\n");
        let begins = !std::mem::replace(&mut self.after_bare, is_bare);
        self.has_bare |= is_bare;
        if begins && self.line == b".\r\n" {
            return true;
        }
        let text = if begins { self.line.strip_prefix(b".").unwrap_or(&self.line) } else { &self.line };
        self.is_too_large |= self.raw.len() + text.len() > MOST;
        if self.is_too_large || self.has_bare {
            self.raw = Vec::new();
        } else {
            self.raw.extend_from_slice(text);
        }
        self.line.clear();
        false
    }

    fn whole(&mut self) -> Whole {
        let this = std::mem::take(self);
        match this {
            Self { has_bare: true, .. } => Whole::BareLineFeed,
            Self { is_too_large: true, .. } => Whole::TooLarge,
            Self { raw, .. } => Whole::Mail(raw),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All at once and byte by byte give the same.
    fn of(text: &[u8]) -> (usize, Option<Whole>) {
        let at_once = Data::default().take(text);
        let mut data = Data::default();
        let mut slowly = (text.len(), None);
        for at in 0..text.len() {
            if let (_, Some(whole)) = data.take(&text[at..=at]) {
                slowly = (at + 1, Some(whole));
                break;
            }
        }
        assert_eq!(at_once, slowly);
        at_once
    }

    #[test]
    fn a_mail_ends_in_one_form_alone_and_dots_are_unstuffed() {
        let mail = |text: &str| Some(Whole::Mail(text.as_bytes().to_vec()));
        assert_eq!(of(b"a\r\n.\r\nQUIT\r\n"), (6, mail("a\r\n")));
        assert_eq!(of(b".\r\n"), (3, mail("")));
        assert_eq!(of(b"..a\r\n.b\r\n...\r\n.\r\n"), (17, mail(".a\r\nb\r\n..\r\n")));
        assert_eq!(of(b"a\rb\r\n\0\xff\r\n.\r\n").1, Some(Whole::Mail(b"a\rb\r\n\0\xff\r\n".to_vec())));
        assert_eq!(of(b"a\r\n.\r\r\n").1, None);
        for smuggled in [&b"a\n.\r\nMAIL FROM:<x@y>\r\n.\r\n"[..], b"a\r\n.\nMAIL FROM:<x@y>\r\n.\r\n", b"a\n.\nMAIL\r\n.\r\n", b"a\nb\r\n.\r\n"] {
            assert_eq!(of(smuggled), (smuggled.len(), Some(Whole::BareLineFeed)), "{}", String::from_utf8_lossy(smuggled));
        }
    }

    #[test]
    fn what_is_too_large_is_read_to_its_end_and_not_kept() {
        let mut data = Data::default();
        let chunk = vec![b'x'; 1024 * 1024];
        for _ in 0..60 {
            assert_eq!(data.take(&chunk), (chunk.len(), None));
        }
        assert!(data.line.capacity() < 2 * MOST + chunk.len() && data.raw.is_empty());
        assert_eq!(data.take(b"\r\n.\r\n").1, Some(Whole::TooLarge));
    }
}
