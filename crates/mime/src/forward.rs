//! A mail that somebody passes on: whose it is and what it says. Found as an attached mail (`message/rfc822`), or by the head
//! that clients put above a forwarded text.

use crate::{Mail, Mailbox, header_block, parse};

/// What was passed on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forwarded {
    /// Its author.
    pub from: Mailbox,
    /// Its subject; empty if none is named.
    pub subject: String,
    /// What it says.
    pub text: String,
}

/// How subjects of forwards begin, in lower case.
#[rustfmt::skip]
const PREFIXES: &[&str] = &[
    "fwd:", "fw:", "wg:", "tr:", "rv:", "rif:", "i:", "enc:", "doorst:", "pd:", "vb:", "vs:", "vl:", "iv:", "ilt:", "转发:", "轉寄:", "轉傳:", "転送:", "전달:",
    "reenv:", "inoltra:", "пересл:", "переслано:", "πρθ:", "továbbítás:", "tov:", "redirecționat:", "îns:", "הועבר:",
    "إعادة توجيه:", "přep:", "přeposlané:", "edelleen:", "videresendt:", "vidarebefordrat:", "yön:",
];

/// The first mail that this one passes on; none unless it says by its subject or its form that it does.
pub fn forwarded(mail: &Mail) -> Option<Forwarded> {
    if let Some(attached) = mail.attachments.iter().find(|file| file.kind == "message/rfc822") {
        let inner = parse(&attached.bytes);
        let text = if inner.reply.trim().is_empty() { inner.text } else { inner.reply };
        return inner.from.map(|from| Forwarded { from, subject: inner.subject, text });
    }
    let subject = crate::fold::fold(&mail.subject);
    if !PREFIXES.iter().any(|prefix| subject.starts_with(prefix)) {
        return None;
    }
    let lines: Vec<&str> = mail.text.lines().map(|line| line.trim_start_matches(['>', ' '])).collect();
    let begins = (0..lines.len()).find(|at| header_block::begins(lines.get(*at..).unwrap_or_default()).is_some())?;
    let rest = lines.get(begins..)?;
    let head = rest.iter().position(|line| header_block::author(line).is_some())?;
    let from = rest.get(head).and_then(|line| header_block::author(line)).and_then(mailbox)?;
    let after = rest.get(head..)?;
    let end = after.iter().position(|line| line.trim().is_empty()).unwrap_or(after.len());
    let subject = after.iter().take(end).find_map(|line| header_block::subject(line)).unwrap_or_default().trim().to_owned();
    Some(Forwarded { from, subject, text: after.get(end..).unwrap_or_default().join("\n").trim().to_owned() })
}

/// `Maya Okafor <maya@lumen.example>`, `"Maya" [mailto:maya@lumen.example]`, or the address alone.
fn mailbox(text: &str) -> Option<Mailbox> {
    let is_end = |c: char| c.is_whitespace() || "<>[]()\"',;".contains(c);
    let word =
        text.split(is_end).map(|word| word.trim_start_matches("mailto:")).find(|word| word.contains('@') && !word.starts_with('@') && !word.ends_with('@'))?;
    let at = text.find(word)?;
    let name = text.get(..at)?.trim_end_matches(|c: char| is_end(c) || c == ':').trim_end_matches("mailto").trim_matches(|c: char| is_end(c) || c == '*');
    Some(Mailbox { name: name.to_owned(), address: word.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(subject: &str, text: &str) -> Option<Forwarded> {
        forwarded(&parse(format!("From: amara@promptcraft.example\r\nSubject: {subject}\r\n\r\n{text}").as_bytes()))
    }

    #[test]
    fn the_author_of_what_is_passed_on_is_found_in_the_heads_of_the_common_clients() {
        for text in [
            "Please look.\n\n---------- Forwarded message ---------\nFrom: Maya Okafor <maya@lumen.example>\nDate: Thu, 26 Nov 2026 at 10:00\nSubject: Export is empty\nTo: <amara@promptcraft.example>\n\nThe export has no rows.",
            "Von: Maya Okafor <maya@lumen.example>\nGesendet: Donnerstag, 26. November 2026 10:00\nAn: Amara\nBetreff: Export is empty\n\nThe export has no rows.",
            "Begin forwarded message:\n\n> From: Maya Okafor <maya@lumen.example>\n> Subject: Export is empty\n> Date: 26 November 2026 at 10:00:00 CET\n> To: amara@promptcraft.example\n>\n> The export has no rows.",
            "-----Original Message-----\nFrom: Maya Okafor [mailto:maya@lumen.example]\nSent: Thursday, November 26, 2026 10:00 AM\nTo: Amara\nSubject: Export is empty\n\nThe export has no rows.",
        ] {
            let found = of("Fwd: Export is empty", text).unwrap();
            assert_eq!((found.from.name.as_str(), found.from.address.as_str()), ("Maya Okafor", "maya@lumen.example"), "{text}");
            assert_eq!((found.subject.as_str(), found.text.as_str()), ("Export is empty", "The export has no rows."), "{text}");
        }
    }

    #[test]
    fn an_answer_passes_nothing_on() {
        assert_eq!(of("Re: Export", "Yes.\n\nFrom: Maya <maya@lumen.example>\nSent: Thursday, November 26, 2026\nTo: Amara\nSubject: Export\n\nOld."), None);
        assert_eq!(of("Fwd: nothing", "No head here."), None);
        assert_eq!(of("Fwd:", "From: nobody\nSent: 2026-11-26 10:00\nTo: x\n\nText"), None);
    }

    #[test]
    fn an_attached_mail_is_read_as_one() {
        let raw = "From: a@b.example\r\nSubject: see\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\nSee.\r\n--x\r\nContent-Type: message/rfc822\r\n\r\nFrom: Maya <maya@lumen.example>\r\nSubject: Inner\r\n\r\nThe export has no rows.\r\n--x--\r\n";
        let found = forwarded(&parse(raw.as_bytes())).unwrap();
        assert_eq!((found.from.address.as_str(), found.subject.as_str(), found.text.trim()), ("maya@lumen.example", "Inner", "The export has no rows."));
    }
}
