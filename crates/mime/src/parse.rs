//! From raw bytes to a value. Never fails.

use crate::{
    Attachment, Mail, Mailbox, automatic, bounce,
    flat::{self, Line},
    fold::fold,
    invitation, page, protection, repair, split, winmail,
};
use mail_parser::{Address, HeaderName, HeaderValue, Message, MessageParser, MessagePart, MimeHeaders, PartType};
use std::borrow::Cow;

/// Text beyond this is not looked at for own words.
const READ: usize = 400_000;
/// Parts beyond these are left out, with a note.
const PARTS: usize = 2_000;

/// Reads a mail.
pub fn parse(raw: &[u8]) -> Mail {
    let Some(message) = MessageParser::default().parse(raw) else {
        return Mail { text: lossy(raw), reply: lossy(raw), notes: vec!["It has no header that can be read.".to_owned()], ..Mail::default() };
    };
    let mut mail = headers(&message);
    let anew = if has_text(&message) { None } else { repair::boundary(&message) };
    let within = anew.as_ref().and_then(|raw| MessageParser::default().parse(raw.as_slice()));
    if within.is_some() {
        mail.notes.push("Its parts are divided by another boundary than it names.".to_owned());
    }
    let parts = within.as_ref().unwrap_or(&message);
    bodies(parts, &mut mail);
    attachments(parts, &mut mail);
    mail.protection = protection::tell(parts, &mail.text);
    automatic::tell(&message, &mut mail);
    bounce::tell(&message, &mut mail);
    if mail.report.is_some() || message.parts.iter().any(|part| part.is_content_type("text", "calendar")) {
        // a program's words for people: nothing of them is quoted, but a copy of the first mail may follow
        (mail.reply, mail.quoted, mail.signature) = (without_copy(&mail.text), String::new(), String::new());
    }
    mail
}

fn has_text(message: &Message<'_>) -> bool {
    message.text_bodies().any(|part| matches!(&part.body, PartType::Text(text) | PartType::Html(text) if !text.trim().is_empty()))
}

/// A program's words without the copy of the mail that it could not deliver.
fn without_copy(text: &str) -> String {
    let is_rule = |line: &str| {
        let lower = line.trim().trim_matches('-').trim().to_lowercase();
        line.trim().starts_with("--") && COPIES.iter().any(|words| lower.starts_with(words))
    };
    let lines: Vec<&str> = text.lines().take_while(|line| !is_rule(line)).collect();
    lines.join("\n").trim_end().to_owned()
}

/// What stands above such a copy, in lower case.
const COPIES: [&str; 6] = [
    "below this line is a copy",
    "this is a copy of the message",
    "the header of the original message",
    "original message follows",
    "returned message",
    "unsent message",
];

fn lossy(raw: &[u8]) -> String {
    String::from_utf8_lossy(raw).replace('\0', "")
}

fn headers(message: &Message<'_>) -> Mail {
    let mut mail = Mail {
        subject: subject(message),
        from: message.from().and_then(|from| mailboxes(from).into_iter().next()).or_else(|| in_brackets(message)),
        reply_to: message.reply_to().map(mailboxes).unwrap_or_default(),
        to: message.all_to().flat_map(mailboxes).collect(),
        cc: message.all_cc().flat_map(mailboxes).collect(),
        date: message.date().map(mail_parser::DateTime::to_timestamp),
        message_id: message.message_id().map(one_line).filter(|id| !id.is_empty()),
        in_reply_to: ids(message.in_reply_to()),
        references: ids(message.references()),
        ..Mail::default()
    };
    if mail.from.is_none() {
        mail.from = message.sender().and_then(|sender| mailboxes(sender).into_iter().next());
        mail.notes.push("From is missing or has no address.".to_owned());
    }
    if message.message_id().is_none_or(|id| id.trim().is_empty()) {
        mail.notes.push("Message-ID is missing or empty.".to_owned());
    }
    if mail.date.is_none() {
        mail.notes.push("Date is missing or can't be read.".to_owned());
    }
    mail
}

fn subject(message: &Message<'_>) -> String {
    let read = message.subject().unwrap_or_default();
    let is_broken = read.contains(['\u{fffd}', '\u{1b}']);
    let anew = is_broken.then(|| message.header_raw(HeaderName::Subject).and_then(repair::words).or_else(|| repair::eight_bit(message))).flatten();
    one_line(anew.as_deref().unwrap_or(read))
}

/// Decoded text that may hold anything, as one line without control characters.
pub(crate) fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}

fn mailboxes(address: &Address<'_>) -> Vec<Mailbox> {
    let read = |addr: &mail_parser::Addr<'_>| {
        let address = one_line(addr.address().unwrap_or_default());
        address.contains('@').then(|| Mailbox { name: one_line(addr.name().unwrap_or_default()), address })
    };
    address.iter().filter_map(read).collect()
}

/// The author of a `From` that is against the rules (a quote that is never closed): what stands in angle brackets.
fn in_brackets(message: &Message<'_>) -> Option<Mailbox> {
    let raw = one_line(message.header_raw(HeaderName::From)?);
    let (name, rest) = raw.rsplit_once('<')?;
    let address = rest.split_once('>')?.0.trim();
    let (local, domain) = address.split_once('@')?;
    let is_one = !local.is_empty() && domain.contains('.') && !address.contains(char::is_whitespace);
    is_one.then(|| Mailbox { name: name.replace('"', "").trim().to_owned(), address: address.to_owned() })
}

fn ids(value: &HeaderValue<'_>) -> Vec<String> {
    let texts: Vec<&str> = match value {
        HeaderValue::Text(text) => vec![text],
        HeaderValue::TextList(list) => list.iter().map(AsRef::as_ref).collect(),
        _ => Vec::new(),
    };
    texts.into_iter().map(one_line).filter(|id| !id.is_empty()).collect()
}

/// A header as it was sent, in one line, lower case; empty if it is not there.
pub(crate) fn raw_header(message: &Message<'_>, name: &'static str) -> String {
    message.header_raw(HeaderName::from(name)).map(one_line).unwrap_or_default().to_lowercase()
}

/// Plain text and HTML as they came, and what of it is the sender's own.
fn bodies(message: &Message<'_>, mail: &mut Mail) {
    let (mut plain, mut pages) = (Vec::new(), Vec::new());
    for part in message.text_bodies() {
        if let PartType::Text(text) = &part.body {
            plain.push((clean(&decoded(message, part, text)), flowed(part)));
        }
    }
    if plain.is_empty() && pages.is_empty() {
        // "Content-Type: text" and nothing more
        let nearly =
            message.parts.iter().filter(|part| part.content_type().is_some_and(|kind| kind.ctype().eq_ignore_ascii_case("text") && kind.subtype().is_none()));
        plain.extend(nearly.map(|part| (lossy(part.contents()), None)));
    }
    for part in message.html_bodies() {
        match &part.body {
            PartType::Html(text) => pages.push((clean(&decoded(message, part, text)), true)),
            PartType::Text(text) => pages.push((clean(&decoded(message, part, text)), false)),
            _ => {}
        }
    }
    for part in &message.parts {
        if part.is_encoding_problem {
            mail.notes.push("A part could not be decoded whole.".to_owned());
        }
    }
    let mut from_plain: Vec<Line> = plain.iter().flat_map(|(text, flowed)| flat::lines(cut(text), *flowed)).collect();
    flat::initials(&mut from_plain);
    let has_page = pages.iter().any(|(_, is_html)| *is_html);
    let from_page: Vec<Line> = if has_page {
        pages.iter().flat_map(|(text, is_html)| if *is_html { page::lines(cut(text)) } else { flat::lines(cut(text), None) }).collect()
    } else {
        Vec::new()
    };
    mail.html = has_page.then(|| pages.iter().filter(|(_, is_html)| *is_html).map(|(text, _)| text.as_str()).collect::<Vec<_>>().join("\n"));
    let own = mail.from.as_ref().map(|from| from.address.clone()).unwrap_or_default();
    let receivers: Vec<String> = mail.to.iter().chain(&mail.cc).map(|one| fold(&one.name)).filter(|name| name.chars().count() > 1).collect();
    let (by_plain, by_page) = (split::split(&from_plain, &own, &receivers), split::split(&from_page, &own, &receivers));
    let has_text = |lines: &[Line]| lines.iter().any(|line| !line.is_blank());
    // markup knows better what is quoted than marks in plain text do
    let prefers_page = has_text(&from_page) && (by_page.is_sure || !has_text(&from_plain) || !by_plain.is_sure);
    mail.text = flat::join(if has_text(&from_plain) { from_plain.iter() } else { from_page.iter() });
    let parts = if prefers_page { by_page } else { by_plain };
    (mail.reply, mail.quoted, mail.signature) = (parts.reply, parts.quoted, parts.signature);
}

fn decoded<'a>(message: &Message<'_>, part: &MessagePart<'_>, text: &'a str) -> Cow<'a, str> {
    repair::text(message, part, text).map_or(Cow::Borrowed(text), Cow::Owned)
}

fn clean(text: &str) -> String {
    text.replace('\0', "")
}

fn cut(text: &str) -> &str {
    text.get(..text.floor_char_boundary(READ)).unwrap_or(text)
}

/// RFC 3676: flowed, and whether the space at the end goes.
fn flowed(part: &MessagePart<'_>) -> Option<bool> {
    let kind = part.content_type()?;
    let is = |name: &str, wanted: &str| kind.attribute(name).is_some_and(|value| value.eq_ignore_ascii_case(wanted));
    is("format", "flowed").then(|| is("delsp", "yes"))
}

fn attachments(message: &Message<'_>, mail: &mut Mail) {
    let calendar = message.parts.iter().find(|part| part.is_content_type("text", "calendar"));
    mail.invitation = calendar.and_then(|part| part.text_contents()).and_then(invitation::read);
    let html = mail.html.as_deref().unwrap_or_default();
    let is_report = message.is_content_type("multipart", "report");
    for part in message.attachments().take(PARTS) {
        let kind = part.content_type().map_or_else(
            || "application/octet-stream".to_owned(),
            |kind| format!("{}/{}", kind.ctype(), kind.subtype().unwrap_or("octet-stream")).to_lowercase(),
        );
        let content_id = part.content_id().map(|id| one_line(id).trim_matches(['<', '>']).to_owned()).filter(|id| !id.is_empty());
        let is_shown = content_id.as_ref().is_some_and(|id| html.contains(&format!("cid:{id}")));
        let is_named = part.attachment_name().is_some_and(|name| !name.trim().is_empty());
        let is_part_of_report =
            matches!(kind.as_str(), "message/delivery-status" | "message/disposition-notification" | "message/feedback-report" | "text/rfc822-headers");
        let is_copy = is_report && kind == "message/rfc822";
        // an invitation stands beside the text as one more way to say it
        let is_invitation = kind == "text/calendar" && !is_named;
        let is_text = part.content_type().is_some_and(|kind| kind.ctype().eq_ignore_ascii_case("text") && kind.subtype().is_none()) && !is_named;
        if is_part_of_report && !is_named || is_copy || is_invitation || is_text {
            continue;
        }
        if kind == "application/ms-tnef" || part.attachment_name().is_some_and(|name| name.eq_ignore_ascii_case("winmail.dat")) {
            let within = winmail::files(part.contents());
            if !within.is_empty() {
                mail.notes.push(format!("{} files were taken out of winmail.dat.", within.len()));
                mail.attachments.extend(within.into_iter().map(|file| Attachment { name: base_name(&file.name), ..file }));
                continue;
            }
        }
        let bytes = match &part.body {
            PartType::Message(inner) => inner.raw_message().to_vec(),
            _ => part.contents().to_vec(),
        };
        let name = part.attachment_name().map(base_name).filter(|name| !name.is_empty()).unwrap_or_else(|| made_up(part, &kind));
        mail.attachments.push(Attachment { name, kind, bytes, content_id, is_inline: is_shown });
    }
    if message.attachment_count() > PARTS {
        mail.notes.push(format!("Only the first {PARTS} files were taken."));
    }
}

/// A name as it is shown, without the folders that somebody put before it.
fn base_name(name: &str) -> String {
    one_line(name.rsplit(['/', '\\']).next().unwrap_or_default())
}

/// A name for what has none: the subject of a mail, else its kind.
fn made_up(part: &MessagePart<'_>, kind: &str) -> String {
    if let PartType::Message(inner) = &part.body {
        let subject = one_line(inner.subject().unwrap_or("message"));
        return format!("{}.eml", subject.replace(['/', '\\'], "-"));
    }
    let ending = match kind {
        "text/calendar" => "invite.ics",
        "text/html" => "part.html",
        "image/png" => "image.png",
        "image/jpeg" => "image.jpg",
        "image/gif" => "image.gif",
        _ if kind.starts_with("text/") => "part.txt",
        _ => "part.bin",
    };
    ending.to_owned()
}
