//! The address that the last mail server delivered to, as it says at the top of the mail: the envelope's recipient (RFC 5321, section 3.3),
//! which IMAP does not tell and which need not stand in To.

/// How many lines are looked at.
const LINES: usize = 50;
/// Longer is no address (RFC 5321, section 4.5.3.1).
const LONGEST: usize = 320;

/// What the delivering server wrote above the first `Received`; what stands below that is whoever sent it. The address before a rewriting
/// goes first: `X-Original-To` (Postfix), then `Envelope-To` (Exim), then `Delivered-To` (Dovecot, Postfix, Gmail).
#[must_use]
pub fn delivered_to(raw: &[u8]) -> Option<String> {
    let own = raw.split(|byte| *byte == b'\n').take(LINES).map(<[u8]>::trim_ascii_end).take_while(|line| !line.is_empty() && !begins(line, b"received:"));
    let mut found = [None, None, None];
    for line in own {
        for (name, place) in [&b"x-original-to:"[..], b"envelope-to:", b"delivered-to:"].into_iter().zip(&mut found) {
            if begins(line, name) && place.is_none() {
                *place = line.get(name.len()..).and_then(address);
            }
        }
    }
    found.into_iter().flatten().next()
}

fn begins(line: &[u8], name: &[u8]) -> bool {
    line.get(..name.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(name))
}

fn address(text: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(text).ok()?.trim().trim_start_matches('<').trim_end_matches('>');
    let (local, domain) = text.rsplit_once('@')?;
    let is_one = !local.is_empty() && !domain.is_empty() && text.len() <= LONGEST && !text.contains(|c: char| c.is_whitespace() || c.is_control());
    is_one.then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::delivered_to;

    #[test]
    fn the_last_server_is_believed_and_the_sender_is_not() {
        for (raw, expected) in [
            ("Return-Path: <a@b.test>\r\nDelivered-To: <support+t1@help.test>\r\nReceived: from x\r\n\r\n", Some("support+t1@help.test")),
            ("Delivered-To: box@help.test\nX-Original-To: support+t1@help.test\nReceived: from x\n\n", Some("support+t1@help.test")),
            ("envelope-to: s@help.test\nReceived: from x\n", Some("s@help.test")),
            ("Received: from x\nDelivered-To: forged@help.test\n\n", None),
            ("Subject: none\n\nDelivered-To: body@help.test\n", None),
            ("Delivered-To: no address\nDelivered-To: @\n", None),
            ("Delivered-To: two words@help.test\nDelivered-To: second@help.test\n", Some("second@help.test")),
            ("", None),
        ] {
            assert_eq!(delivered_to(raw.as_bytes()).as_deref(), expected, "{raw}");
        }
        assert_eq!(delivered_to(b"Delivered-To: \xff@help.test\n"), None);
        assert_eq!(delivered_to(format!("Delivered-To: {}@help.test\n", "a".repeat(320)).as_bytes()), None);
    }
}
