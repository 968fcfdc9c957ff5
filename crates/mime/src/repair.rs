//! The best reading of what is broken in ways that are seen: a boundary that is not the one of the header, base64 with
//! foreign signs in it, text in another charset than it says, characters cut between encoded words.

use base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD};
use mail_parser::{Message, MessagePart, MimeHeaders, decoders::quoted_printable::quoted_printable_decode};

/// A mail whose parts are divided by another boundary than its header names: the same with the one that stands in it.
pub(crate) fn boundary(message: &Message<'_>) -> Option<Vec<u8>> {
    let root = message.parts.first()?;
    if !root.content_type()?.ctype().eq_ignore_ascii_case("multipart") {
        return None;
    }
    let named = root.content_type()?.attribute("boundary").unwrap_or_default();
    let body = message.raw_message().get(usize::try_from(root.offset_body).ok()?..)?;
    let line = body.split(|byte| *byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line)).find(|line| line.len() > 2 && line.starts_with(b"--"))?;
    let found = std::str::from_utf8(line.get(2..)?).ok()?;
    if found == named || found.contains(['"', '\\']) {
        return None;
    }
    Some([format!("Content-Type: multipart/mixed; boundary=\"{found}\"\r\n\r\n").as_bytes(), body].concat())
}

/// The text of a part, decoded anew where the parser could not.
pub(crate) fn text(message: &Message<'_>, part: &MessagePart<'_>, read: &str) -> Option<String> {
    let raw = || {
        let (from, to) = (usize::try_from(part.offset_body).ok()?, usize::try_from(part.offset_end).ok()?);
        message.raw_message().get(from..to)
    };
    let encoding = part.content_transfer_encoding().unwrap_or_default().to_lowercase();
    let is_undecoded = encoding == "base64" && read.len() > 20 && !read.trim().contains(' ');
    if is_undecoded {
        let signs: Vec<u8> = raw()?.iter().copied().filter(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/')).collect();
        let whole = signs.get(..signs.len() - usize::from(signs.len() % 4 == 1))?;
        // what is left over of a group that was cut is no sign
        let bytes = STANDARD_NO_PAD.decode(whole).or_else(|_| STANDARD_NO_PAD.decode(whole.get(..whole.len() / 4 * 4).unwrap_or_default())).ok()?;
        return Some(String::from_utf8(bytes).unwrap_or_else(|error| error.as_bytes().iter().map(|byte| char::from(*byte)).collect()));
    }
    if !read.contains('\u{fffd}') || encoding == "base64" {
        return None;
    }
    let bytes = if encoding == "quoted-printable" { quoted_printable_decode(raw()?)? } else { raw()?.to_vec() };
    // only where it is no UTF-8 at all: a sign of replacement may have been sent
    std::str::from_utf8(&bytes).is_err().then(|| bytes.iter().map(|byte| char::from(*byte)).collect())
}

/// A header in which characters were cut between encoded words of UTF-8 (RFC 2047 forbids it, some do it).
pub(crate) fn words(raw: &str) -> Option<String> {
    let mut bytes: Vec<u8> = Vec::new();
    for word in raw.split_whitespace() {
        let inner = word.strip_prefix("=?")?.strip_suffix("?=")?;
        let mut parts = inner.splitn(3, '?');
        let (charset, encoding, payload) = (parts.next()?, parts.next()?, parts.next()?);
        if !charset.eq_ignore_ascii_case("utf-8") {
            return None;
        }
        if encoding.eq_ignore_ascii_case("b") {
            bytes.extend(STANDARD_NO_PAD.decode(payload.trim_end_matches('=')).ok()?);
        } else {
            bytes.extend(quoted_printable_decode(payload.replace('_', " ").as_bytes())?);
        }
    }
    String::from_utf8(bytes).ok()
}
