//! The best reading of what is broken in ways that are seen: a boundary that is not the one of the header, base64 with
//! foreign signs in it, text in another charset than it says, characters cut between encoded words.

use base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD};
use mail_parser::{
    HeaderName, Message, MessagePart, MimeHeaders,
    decoders::{charsets::map::charset_decoder, quoted_printable::quoted_printable_decode},
};

/// A mail whose parts are divided by another boundary than its header names: the same with the one that stands in it.
pub(crate) fn boundary(message: &Message<'_>) -> Option<Vec<u8>> {
    let root = message.parts.first()?;
    if !root.content_type()?.ctype().eq_ignore_ascii_case("multipart") {
        return None;
    }
    let kind = root.content_type()?.subtype().filter(|kind| kind.eq_ignore_ascii_case("alternative")).unwrap_or("mixed");
    let named = root.content_type()?.attribute("boundary").unwrap_or_default();
    let body = message.raw_message().get(usize::try_from(root.offset_body).ok()?..)?;
    let line = body.split(|byte| *byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line)).find(|line| line.len() > 2 && line.starts_with(b"--"))?;
    let found = std::str::from_utf8(line.get(2..)?).ok()?;
    if found.contains(['"', '\\']) {
        return None;
    }
    if found == named {
        // cut before its end: as if it ended here
        let end = format!("\r\n--{found}--\r\n");
        let is_cut = !body.windows(end.len() - 4).any(|bytes| bytes == end.trim().as_bytes());
        return is_cut.then(|| [message.raw_message(), end.as_bytes()].concat());
    }
    Some([format!("Content-Type: multipart/{kind}; boundary=\"{found}\"\r\n\r\n").as_bytes(), body].concat())
}

/// The text of a part, decoded anew where the parser could not.
pub(crate) fn text(message: &Message<'_>, part: &MessagePart<'_>, read: &str) -> Option<String> {
    let raw = || {
        let (from, to) = (usize::try_from(part.offset_body).ok()?, usize::try_from(part.offset_end).ok()?);
        message.raw_message().get(from..to)
    };
    let encoding = part.content_transfer_encoding().unwrap_or_default().to_lowercase();
    // signs that are none are passed over (RFC 2045, 6.8)
    let is_mixed = |raw: &[u8]| raw.iter().any(|byte| !byte.is_ascii_alphanumeric() && !byte.is_ascii_whitespace() && !matches!(byte, b'+' | b'/' | b'='));
    let is_undecoded =
        encoding == "base64" && (read.len() > 20 && !read.trim().contains(' ') && is_base64(read) || raw().is_some_and(|raw| is_mixed(raw) && raw.len() > 20));
    if is_undecoded {
        let signs: Vec<u8> = raw()?.iter().copied().filter(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/')).collect();
        let whole = signs.get(..signs.len() - usize::from(signs.len() % 4 == 1))?;
        // what is left over of a group that was cut is no sign
        let bytes = STANDARD_NO_PAD.decode(whole).or_else(|_| STANDARD_NO_PAD.decode(whole.get(..whole.len() / 4 * 4).unwrap_or_default())).ok()?;
        return Some(String::from_utf8(bytes).unwrap_or_else(|error| in_charset(part, error.as_bytes())));
    }
    if !read.contains('\u{fffd}') || encoding == "base64" {
        return None;
    }
    let bytes = if encoding == "quoted-printable" { quoted(raw()?) } else { raw()?.to_vec() };
    // only where it is no UTF-8 at all: a sign of replacement may have been sent
    std::str::from_utf8(&bytes).is_err().then(|| in_charset(part, &bytes))
}

/// Quoted-printable (RFC 2045, 6.7) in which anything may stand: what is no escape stays as it is.
fn quoted(raw: &[u8]) -> Vec<u8> {
    if let Some(bytes) = quoted_printable_decode(raw) {
        return bytes;
    }
    let mut bytes = Vec::with_capacity(raw.len());
    let mut at = 0;
    while let Some(byte) = raw.get(at) {
        let hex = |offset: usize| raw.get(at + offset).and_then(|byte| char::from(*byte).to_digit(16)).and_then(|digit| u8::try_from(digit).ok());
        at += match (byte, raw.get(at + 1), raw.get(at + 2)) {
            (b'=', Some(b'\r'), Some(b'\n')) => 3,
            (b'=', Some(b'\n'), _) => 2,
            (b'=', ..) if let (Some(high), Some(low)) = (hex(1), hex(2)) => {
                bytes.push(high * 16 + low);
                3
            }
            _ => {
                bytes.push(*byte);
                1
            }
        };
    }
    bytes
}

/// Nearly all of it are signs of base64: text of a language without spaces is none.
fn is_base64(read: &str) -> bool {
    let (mut signs, mut others) = (0_usize, 0_usize);
    for c in read.chars().filter(|c| !c.is_whitespace()) {
        if c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=') { signs += 1 } else { others += 1 }
    }
    others * 4 <= signs
}

/// Bytes in the charset that the part names, if they are in it; else in that of most old mail.
fn in_charset(part: &MessagePart<'_>, bytes: &[u8]) -> String {
    let named = part.content_type().and_then(|kind| kind.attribute("charset")).unwrap_or_default();
    let read = |charset: &str| charset_decoder(charset.as_bytes()).map(|decode| decode(bytes)).filter(|text| !text.contains('\u{fffd}'));
    let is_utf8 = named.is_empty() || named.to_ascii_lowercase().starts_with("utf");
    let by_name = if is_utf8 { None } else { read(named) };
    by_name.or_else(|| read("windows-1252")).unwrap_or_else(|| bytes.iter().map(|byte| char::from(*byte)).collect())
}

/// A subject that was sent as bytes of old mail, in no charset that is named.
pub(crate) fn eight_bit(message: &Message<'_>) -> Option<String> {
    let header = message.parts.first()?.headers.iter().find(|header| header.name == HeaderName::Subject)?;
    let raw = message.raw_message().get(usize::try_from(header.offset_start).ok()?..usize::try_from(header.offset_end).ok()?)?;
    std::str::from_utf8(raw).is_err().then(|| charset_decoder(b"windows-1252").map(|decode| decode(raw))).flatten()
}

/// A header in which characters were cut between encoded words (RFC 2047 forbids it, some do it), whose charset has a name
/// of its own (`eucgb2312_cn`, `big5_tw`), or which is ISO-2022-JP without being encoded.
pub(crate) fn words(raw: &str) -> Option<String> {
    if raw.contains("\u{1b}$") {
        return charset_decoder(b"iso-2022-jp").map(|decode| decode(raw.trim().as_bytes()));
    }
    let mut pieces: Vec<(String, Vec<u8>)> = Vec::new();
    for word in raw.split_whitespace() {
        let inner = word.strip_prefix("=?")?.strip_suffix("?=")?;
        let mut parts = inner.splitn(3, '?');
        let (charset, encoding, payload) = (parts.next()?.to_ascii_lowercase(), parts.next()?, parts.next()?);
        let bytes = if encoding.eq_ignore_ascii_case("b") {
            STANDARD_NO_PAD.decode(payload.trim_end_matches('=')).ok()?
        } else {
            quoted_printable_decode(payload.replace('_', " ").as_bytes())?
        };
        match pieces.last_mut() {
            Some((last, whole)) if *last == charset => whole.extend(bytes),
            _ => pieces.push((charset, bytes)),
        }
    }
    pieces.into_iter().map(|(charset, bytes)| read_as(&charset, &bytes)).collect()
}

/// Bytes in a charset, by its name or by the part of it that is one.
fn read_as(charset: &str, bytes: &[u8]) -> Option<String> {
    if charset.starts_with("utf-8") || charset == "utf8" {
        return String::from_utf8(bytes.to_vec()).ok();
    }
    let known = ["gb18030", "gb2312", "gbk", "big5", "euc-jp", "euc_jp", "shift_jis", "iso-2022-jp", "euc-kr", "euc_kr"];
    let decode =
        charset_decoder(charset.as_bytes()).or_else(|| known.iter().find(|name| charset.contains(**name)).and_then(|name| charset_decoder(name.as_bytes())))?;
    Some(decode(bytes)).filter(|text| !text.contains('\u{fffd}'))
}

#[cfg(test)]
mod tests {
    use crate::parse;

    #[test]
    fn text_without_spaces_in_a_charset_of_its_own_is_read() {
        // "您好，朱镕军，请改正，谢谢您的帮助再见" in GBK, called gb2312
        let raw = b"From: a@b.example\r\nContent-Type: text/plain; charset=gb2312\r\nContent-Transfer-Encoding: base64\r\n\r\nxPq6w6Os1uzpRr78o6zH67jE1f2jrNC70LvE+rXEsO/W+tTZvPs=\r\n";
        assert_eq!(parse(raw).reply, "您好，朱镕军，请改正，谢谢您的帮助再见");
    }

    #[test]
    fn subjects_are_read_by_names_that_are_nearly_right() {
        let subject = |raw: &str| parse(format!("From: a@b.example\r\nSubject: {raw}\r\n\r\nx").as_bytes()).subject;
        assert_eq!(subject("=?eucgb2312_cn?b?u9i4tDogytTTw9XLusU=?="), "回复: 试用账号");
        assert_eq!(subject("=?big5_tw?b?pl7C0DogtW+yvA==?="), "回覆: 發票");
    }

    #[test]
    fn escapes_that_are_none_do_not_cost_the_others() {
        let raw =
            b"From: a@b.example\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\ngr=F6=DFe=ZZ und =\r\nmehr";
        assert_eq!(parse(raw).reply, "größe=ZZ und mehr");
        assert_eq!(parse(b"From: \"Marek <m@b.example>\r\n\r\nx").from.map(|from| from.address).as_deref(), Some("m@b.example"));
    }

    #[test]
    fn a_mail_that_was_cut_still_has_its_words() {
        let raw = b"From: a@b.example\r\nMIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=x\r\n\r\n--x\r\nContent-Type: text/html\r\n\r\n<div>Still here.</div><table cl";
        assert_eq!(parse(raw).reply, "Still here.");
    }
}
