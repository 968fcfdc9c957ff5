//! Characters: which may pass, and how text and attribute values are written into HTML.

/// Removes what has no place in a message and makes line ends `\n`.
pub(crate) fn strip(source: &str) -> String {
    let mut out = String::with_capacity(source.len());
    let mut chars = source.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\r' => {
                if chars.peek() != Some(&'\n') {
                    out.push('\n');
                }
            }
            c if is_unwelcome(c) => {}
            c => out.push(c),
        }
    }
    out
}

/// Control characters other than newline and tab, and the two bidi overrides, which only serve to make text read
/// differently from what it is. Other bidi characters stay: right-to-left scripts need them.
pub(crate) fn is_unwelcome(c: char) -> bool {
    (c.is_control() && c != '\n' && c != '\t') || matches!(c, '\u{202d}' | '\u{202e}')
}

/// Writes HTML text or an attribute value into `out`: markup characters escaped, character references kept, and
/// unwelcome characters left out however they are written.
pub(crate) fn write_escaped(out: &mut String, raw: &str) {
    let mut rest = raw;
    while let Some(at) = rest.find(['&', '<', '>', '"']) {
        push_welcome(out, &rest[..at]);
        rest = &rest[at..];
        let mut taken = 1;
        match rest.as_bytes()[0] {
            b'<' => out.push_str("&lt;"),
            b'>' => out.push_str("&gt;"),
            b'"' => out.push_str("&quot;"),
            _ => taken = write_reference(out, rest),
        }
        rest = &rest[taken..];
    }
    push_welcome(out, rest);
}

/// Leaves out unwelcome characters, which Markdown may have made of references.
fn push_welcome(out: &mut String, text: &str) {
    if text.contains(is_unwelcome) {
        out.extend(text.chars().filter(|c| !is_unwelcome(*c)));
    } else {
        out.push_str(text);
    }
}

/// Writes the character reference at the start of `rest` and says how many bytes it took.
fn write_reference(out: &mut String, rest: &str) -> usize {
    let body = &rest[1..];
    let run = body.find(|c: char| !c.is_ascii_alphanumeric() && c != '#').unwrap_or(body.len());
    let end = 1 + run + usize::from(body[run..].starts_with(';'));
    if end == rest.len() && !rest.ends_with(';') {
        // Cut short: what follows must not complete it.
        out.push_str("&amp;");
        return 1;
    }
    match referred(&body[..run]) {
        Some((c, _)) if is_unwelcome(c) => end,
        Some(('\n', true)) => {
            out.push('\n');
            end
        }
        _ => {
            out.push('&');
            1
        }
    }
}

/// The character that the body of a reference stands for, where that matters here, and whether all of the body is
/// used up by it.
fn referred(body: &str) -> Option<(char, bool)> {
    if body == "NewLine" {
        return Some(('\n', true));
    }
    let digits = body.strip_prefix('#')?;
    let (digits, radix) = digits.strip_prefix(['x', 'X']).map_or((digits, 10), |hex| (hex, 16));
    let used = digits.find(|c: char| !c.is_digit(radix)).unwrap_or(digits.len());
    let code = u32::from_str_radix(&digits[..used], radix).ok()?;
    // 0x80..=0x9F are read as Windows-1252 and 0 as U+FFFD by browsers: both are visible characters.
    let c = char::from_u32(code).filter(|c| !matches!(c, '\0' | '\u{80}'..='\u{9f}'))?;
    Some((c, used == digits.len()))
}
