//! A mail as bytes (RFC 5322, MIME): ASCII alone, whatever stands in names, subjects and texts.

use crate::sender::clean;
use db::Timestamp;
use kernel::{Fault, Result};
use lettre::{
    Address,
    message::{
        Attachment, Mailbox, Message, MultiPart, SinglePart,
        header::{ContentType, HeaderName, HeaderValue},
    },
};

/// A name and an address.
#[derive(Clone, Debug)]
pub(crate) struct Named {
    pub(crate) name: String,
    pub(crate) address: String,
}

/// A file that goes along.
pub(crate) struct Piece {
    pub(crate) name: String,
    pub(crate) kind: String,
    pub(crate) bytes: bytes::Bytes,
}

/// What a mail says and wears.
pub(crate) struct Letter {
    pub(crate) from: Named,
    pub(crate) to: Vec<Named>,
    pub(crate) cc: Vec<Named>,
    pub(crate) reply_to: Option<String>,
    pub(crate) subject: String,
    pub(crate) message_id: String,
    pub(crate) in_reply_to: Option<String>,
    pub(crate) references: Vec<String>,
    /// The host-like name of the list (RFC 2919).
    pub(crate) list_id: Option<String>,
    /// Where a POST stops such letters (RFC 8058).
    pub(crate) unsubscribe: Option<String>,
    /// The value of Auto-Submitted (RFC 3834).
    pub(crate) automatic: Option<&'static str>,
    pub(crate) at: Timestamp,
    pub(crate) text: String,
    pub(crate) html: String,
    pub(crate) files: Vec<Piece>,
}

impl Letter {
    /// The bytes.
    pub(crate) fn bytes(self) -> Result<Vec<u8>> {
        let mut builder = Message::builder()
            .from(mailbox(&self.from)?)
            .subject(clean(&self.subject))
            .date(std::time::SystemTime::from(self.at.to_jiff()))
            .message_id(Some(format!("<{}>", self.message_id)));
        for to in &self.to {
            builder = builder.to(mailbox(to)?);
        }
        for cc in &self.cc {
            builder = builder.cc(mailbox(cc)?);
        }
        if let Some(address) = &self.reply_to {
            builder = builder.reply_to(mailbox(&Named { name: self.from.name.clone(), address: address.clone() })?);
        }
        if let Some(id) = self.in_reply_to.as_deref().and_then(known_id) {
            builder = builder.in_reply_to(format!("<{id}>"));
        }
        let references: Vec<String> = self.references.iter().filter_map(|id| known_id(id)).map(|id| format!("<{id}>")).collect();
        if !references.is_empty() {
            builder = builder.references(references.join(" "));
        }
        if let Some(list) = &self.list_id {
            builder = builder.raw_header(header("List-Id", format!("<{list}>"))?);
        }
        if let Some(link) = &self.unsubscribe {
            let (list, post) = (header("List-Unsubscribe", format!("<{link}>"))?, header("List-Unsubscribe-Post", "List-Unsubscribe=One-Click".to_owned())?);
            builder = builder.raw_header(list).raw_header(post);
        }
        if let Some(word) = self.automatic {
            builder = builder.raw_header(header("Auto-Submitted", word.to_owned())?).raw_header(header("X-Auto-Response-Suppress", "All".to_owned())?);
        }
        let words = MultiPart::alternative().singlepart(SinglePart::plain(lines(&self.text))).singlepart(SinglePart::html(lines(&self.html)));
        let message = if self.files.is_empty() {
            builder.multipart(words)
        } else {
            let mut mixed = MultiPart::mixed().multipart(words);
            for file in self.files {
                let kind = ContentType::parse(&file.kind).or_else(|_| ContentType::parse("application/octet-stream")).map_err(broken)?;
                mixed = mixed.singlepart(Attachment::new(clean(&file.name)).body(file.bytes.to_vec(), kind));
            }
            builder.multipart(mixed)
        };
        Ok(message.map_err(broken)?.formatted())
    }
}

fn mailbox(named: &Named) -> Result<Mailbox> {
    let name = clean(&named.name);
    Ok(Mailbox::new((!name.is_empty()).then_some(name), address(&named.address)?))
}

/// An address that SMTP and headers take.
pub(crate) fn address(text: &str) -> Result<Address> {
    text.parse().map_err(|_| Fault::field("address", format!("{} is no address that mail can go to.", clean(text))))
}

fn header(name: &'static str, value: String) -> Result<HeaderValue> {
    Ok(HeaderValue::new(HeaderName::new_from_ascii(name.to_owned()).map_err(broken)?, value))
}

/// A foreign Message-ID that can stand in a header as it is.
fn known_id(id: &str) -> Option<&str> {
    let id = id.trim().trim_start_matches('<').trim_end_matches('>');
    let is_good = id.contains('@') && id.len() <= 250 && id.bytes().all(|byte| byte.is_ascii_graphic() && !b"<>".contains(&byte));
    is_good.then_some(id)
}

/// Without what no text of a mail may have, lines ended as mails want them.
fn lines(text: &str) -> String {
    let text: String = text.replace("\r\n", "\n").chars().filter(|c| matches!(c, '\n' | '\t') || !c.is_control()).collect();
    text.replace('\n', "\r\n")
}

fn broken(error: impl std::fmt::Display) -> Fault {
    Fault::Broken(format!("a mail can't be built: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letter(name: &str, subject: &str) -> Letter {
        Letter {
            from: Named { name: name.to_owned(), address: "support@help.example".to_owned() },
            to: vec![Named { name: name.to_owned(), address: "maya@lumen.example".to_owned() }],
            cc: Vec::new(),
            reply_to: Some("support+t123@help.example".to_owned()),
            subject: subject.to_owned(),
            message_id: "1.2@help.example".to_owned(),
            in_reply_to: Some("a@b".to_owned()),
            references: vec!["a@b".to_owned(), "x y\r\nBcc: evil@c".to_owned(), "c@d".to_owned()],
            list_id: Some("support.help.example".to_owned()),
            unsubscribe: None,
            automatic: Some("auto-replied"),
            at: Timestamp::from_micros(1_790_000_000_000_000),
            text: "Grüße,\n.\nline\u{0}".to_owned(),
            html: "<p>Grüße</p>".to_owned(),
            files: Vec::new(),
        }
    }

    #[test]
    fn no_name_or_subject_makes_a_header() {
        let long = "ä".repeat(5_000);
        for hostile in [
            "Maya\r\nBcc: evil@c.example",
            "Maya\nBcc: evil@c.example",
            "Maya\rBcc: evil@c.example",
            "Maya\0Bcc: evil@c.example",
            "Maya\u{2028}Bcc: evil@c.example",
            "\"Maya\" <evil@c.example>, x",
            "=?utf-8?q?=0D=0ABcc:_evil@c.example?=",
            "Bcc: evil@c.example\r\n\r\nbody",
            &long,
            &"x".repeat(5_000),
            "日本語の名前🙂",
            "",
        ] {
            let bytes = letter(hostile, hostile).bytes().unwrap();
            assert!(bytes.is_ascii(), "{hostile}");
            let text = String::from_utf8(bytes.clone()).unwrap();
            let head = text.split("\r\n\r\n").next().unwrap();
            for line in head.split("\r\n") {
                assert!(!line.contains(['\r', '\n', '\0']) && line.len() <= 998, "{line:?}");
                assert!(!line.to_lowercase().starts_with("bcc"), "{line}");
            }
            let read = mime::parse(&bytes);
            assert_eq!(read.from.as_ref().unwrap().address, "support@help.example", "{hostile}");
            assert_eq!(read.to.len(), 1, "{hostile}");
            assert_eq!(read.to[0].address, "maya@lumen.example", "{hostile}");
            assert!(read.cc.is_empty());
            assert_eq!(read.references, ["a@b", "c@d"]);
            assert_eq!(read.message_id.as_deref(), Some("1.2@help.example"));
            if !hostile.starts_with("=?") {
                assert_eq!(read.subject, clean(hostile));
            }
        }
    }

    #[test]
    fn words_and_files_come_back_as_they_were() {
        let mut letter = letter("Maya Ökafor", "[#1042-k] Größe");
        letter.files = vec![Piece { name: "Größe\r\n\"x\".pdf".to_owned(), kind: "application/pdf".to_owned(), bytes: vec![0, 255, 13, 10, 46].into() }];
        let read = mime::parse(&letter.bytes().unwrap());
        assert_eq!(read.subject, "[#1042-k] Größe");
        assert_eq!(read.text.trim(), "Grüße,\n.\nline");
        assert!(read.automatic.is_some());
        assert_eq!(read.attachments.len(), 1);
        assert_eq!(&read.attachments[0].bytes[..], [0, 255, 13, 10, 46]);
    }
}
